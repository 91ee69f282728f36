"""Zalo's updates: one in, one call of the conversation out. Words and pictures come through; of
stickers, recordings, files and places Zalo tells a bot only that they came."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.conversation import Conversation, File, Sender
from bot.heard import Heard
from bot.inbox import Received
from bot.reading import clean, read_command, read_text
from bot.zalo import ZALO

TEXT, IMAGE = "message.text.received", "message.image.received"
PRIVATE = "PRIVATE"
# Pictures that are sent together come one by one, within moments: each is no album of its own.
ALBUM_MS = 10_000


class ZaloHandlers:
    """Zalo's `bot.reading.Reader`."""

    def __init__(self, conversation: Conversation, clock: Callable[[], datetime]) -> None:
        self._conversation = conversation
        self._clock = clock

    async def read(self, update: dict[str, Any], inbox_id: int) -> None:
        """Handle one stored update. Raises KeyError or TypeError for one that is none of Zalo's."""
        message = update["message"]
        if message["chat"].get("chat_type", PRIVATE) != PRIVATE:
            await self._conversation.ignore(inbox_id)  # A group would see who complains.
            return
        heard, file = self._hear(update["event_name"], message)
        sender = Sender(ZALO, str(message["chat"]["id"]))
        await self._conversation.take(inbox_id, sender, heard, file)

    def address_of(self, update: dict[str, Any]) -> str | None:
        chat = (update.get("message") or {}).get("chat") or {}
        is_private = chat.get("chat_type", PRIVATE) == PRIVATE
        return str(chat["id"]) if is_private and "id" in chat else None

    def _hear(self, event: str, message: dict[str, Any]) -> tuple[Heard, File | None]:
        now = self._clock()
        if event == TEXT:
            text = str(message["text"])
            return read_command(text, now) or read_text(text, now), None
        if event == IMAGE:
            return self._hear_picture(message, now)
        return Heard("unreadable", now), None

    def _hear_picture(self, message: dict[str, Any], now: datetime) -> tuple[Heard, File]:
        caption = clean(str(message.get("caption") or ""))
        heard = Heard("text" if caption else "attachment", now, text=caption)
        album = str(int(message["date"]) // ALBUM_MS)
        return replace(heard, album=album), File("photo", str(message["photo"]), "image/jpeg")


def received_from(update: dict[str, Any]) -> Received:
    """Zalo's update for the inbox, as polled or as delivered. Its name is the message's id: there
    is no other. Raises KeyError or TypeError where there is none."""
    inner = update.get("result", update)
    message = inner["message"]
    chat = message.get("chat") or {}
    return Received(str(message["message_id"]), str(chat.get("id")), inner)
