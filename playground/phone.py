"""What a citizen does with the phone: each act is stored together with the Update that it makes."""

import secrets
from collections.abc import Callable, Sequence

from playground.citizens import AN_EMPTY_MESSAGE
from playground.delivery import Bell, Updates
from playground.markup import MAX_CAPTION, MAX_TEXT, clean, detect_entities, trim, utf16_length
from playground.store import Citizen, Json, Message, Store
from playground.telegram import Upload, chat_of, show, store_upload, text_content, user_of

# Invented people: a family name and a given name each, none of them anybody.
SEED_CITIZENS = (
    ("An", "Nguyễn Văn"),
    ("Hạnh", "Trần Thị"),
    ("Khoa", "Phạm Đăng"),
    ("Lan", "Vũ Thị"),
    ("Minh", "Đỗ Quang"),
    ("Ngọc", "Bùi Thị"),
    ("Phúc", "Hoàng Gia"),
    ("Thảo", "Lê Phương"),
)


def seed_citizens(store: Store) -> None:
    """Fill a new store; a store that has anyone is left as it is."""
    if not store.citizens():
        for first_name, last_name in SEED_CITIZENS:
            store.add_citizen(first_name, last_name)


class Phone:
    """The acts of every citizen. `now` gives Unix seconds; `page` is rung with the chat's id."""

    def __init__(
        self, store: Store, updates: Updates, page: Bell, now: Callable[[], float], me: Json
    ) -> None:
        self._store = store
        self._updates = updates
        self._page = page
        self._now = now
        self._me = me

    def send_texts(self, citizen: Citizen, text: str) -> list[Message]:
        """One message for each 4096 UTF-16 units. Raises ValueError for an empty text."""
        shorter, _ = trim(clean(text), [])
        if not shorter.strip():
            raise ValueError(AN_EMPTY_MESSAGE)
        contents = []
        for piece in _cut(shorter, MAX_TEXT):
            kept, entities = trim(piece, detect_entities(piece))
            if kept.strip():
                contents.append(text_content(kept, entities, caption=False))
        return self._send(citizen, contents)

    def send_location(self, citizen: Citizen, latitude: float, longitude: float) -> list[Message]:
        location = {"latitude": latitude, "longitude": longitude}
        return self._send(citizen, [{"location": location}])

    def send_files(
        self, citizen: Citizen, uploads: Sequence[tuple[str, Upload]], caption: str
    ) -> list[Message]:
        """Several photos are an album, with the caption on the first, as phones send it.

        Raises ValueError for a caption that is too long, ApiError for a photo that is none.
        """
        text, entities = trim(clean(caption), detect_entities(clean(caption)))
        if utf16_length(text) > MAX_CAPTION:
            raise ValueError(f"Chú thích dài quá {MAX_CAPTION} ký tự.")
        album = {"media_group_id": str(secrets.randbits(48))} if len(uploads) > 1 else {}
        with self._store.transaction():
            contents = [
                {**album, **store_upload(self._store, kind, upload)} for kind, upload in uploads
            ]
            contents[0] |= text_content(text, entities, caption=True)
            return self._send_inside(citizen, contents)

    def tap(self, citizen: Citizen, message_id: int, data: str) -> str:
        """The id of the callback query. Raises ValueError when the message has no such button."""
        message = self._store.message(citizen.id, message_id)
        if message is None or data not in _callback_data(message):
            raise ValueError("Tin nhắn này không còn nút đó.")
        query_id = str(secrets.randbits(62))
        with self._store.transaction():
            self._store.add_callback_query(query_id, citizen.id, int(self._now()))
            query = {
                "id": query_id,
                "from": user_of(citizen),
                "message": show(message),
                "chat_instance": str(-citizen.id * 7919),
                "data": data,
            }
            self._updates.publish("callback_query", query)
        return query_id

    def change_block(self, citizen: Citizen, blocked: bool) -> None:
        """Telegram tells the bot with `my_chat_member`, once for each change."""
        if citizen.blocked == blocked:
            return
        with self._store.transaction():
            self._store.mark_blocked(citizen.id, blocked)
            if citizen.started:
                self._updates.publish("my_chat_member", self._membership(citizen, blocked))
        self._page.ring(citizen.id)

    def _membership(self, citizen: Citizen, blocked: bool) -> Json:
        member = {"status": "member", "user": self._me}
        kicked = {"status": "kicked", "user": self._me, "until_date": 0}
        return {
            "chat": chat_of(citizen),
            "from": user_of(citizen),
            "date": int(self._now()),
            "old_chat_member": member if blocked else kicked,
            "new_chat_member": kicked if blocked else member,
        }

    def _send(self, citizen: Citizen, contents: Sequence[Json]) -> list[Message]:
        with self._store.transaction():
            return self._send_inside(citizen, contents)

    def _send_inside(self, citizen: Citizen, contents: Sequence[Json]) -> list[Message]:
        self._store.mark_started(citizen.id)
        sent = []
        for content in contents:
            head = {
                "from": user_of(citizen),
                "chat": chat_of(citizen),
                "date": int(self._now()),
            }
            message = self._store.add_message(citizen.id, "citizen", {**head, **content})
            self._updates.publish("message", show(message))
            sent.append(message)
        self._page.ring(citizen.id)
        return sent


def _callback_data(message: Message) -> set[str]:
    rows = message.body.get("reply_markup", {}).get("inline_keyboard", [])
    return {button["callback_data"] for row in rows for button in row if "callback_data" in button}


def _cut(text: str, longest: int) -> list[str]:
    """Pieces of at most `longest` UTF-16 units, never through the middle of a character."""
    pieces: list[str] = []
    piece: list[str] = []
    units = 0
    for character in text:
        width = utf16_length(character)
        if units + width > longest:
            pieces.append("".join(piece))
            piece, units = [], 0
        piece.append(character)
        units += width
    return [*pieces, "".join(piece)]
