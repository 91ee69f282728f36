"""python-telegram-bot handlers: an update in, one call of the conversation out."""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal

from telegram import ChatMember, InlineKeyboardButton, InlineKeyboardMarkup, Message, Update
from telegram.error import BadRequest, Forbidden
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    ContextTypes,
    ExtBot,
    MessageHandler,
    TypeHandler,
    filters,
)

from bot import texts, vietnamese
from bot.conversation import Conversation, File, Sender, Tap
from bot.heard import Heard
from bot.reading import clean, pin, read_command, read_text
from bot.receive import private_chat
from bot.telegram import TELEGRAM

logger = logging.getLogger(__name__)

# What `getFile` gives a bot at most: https://core.telegram.org/bots/api#getfile
LARGEST_FILE = 20 * 1024 * 1024
# Documents that staff can open without running anything.
TYPES_TAKEN = (
    "image/", "video/", "audio/", "text/plain", "text/csv", "application/pdf",
    "application/msword", "application/vnd.ms-excel", "application/rtf",
    "application/vnd.openxmlformats-officedocument", "application/vnd.oasis.opendocument",
)  # fmt: skip
# What a message can carry, and how its file is found. Of a photo's sizes the last is largest.
_FILES: dict[str, Callable[[Message], Any]] = {
    "photo": lambda message: message.photo[-1] if message.photo else None,
    "video": lambda message: message.video or message.video_note,
    "voice": lambda message: message.voice or message.audio,
    "document": lambda message: message.document,
}

Refusal = Literal["", "too_large", "type"]
TelegramApplication = Application[Any, Any, Any, Any, Any, Any]


class HandlingFailed(Exception):
    """A handler raised; python-telegram-bot only logs that, a job must know."""


class Handlers:
    """Telegram's `bot.reading.Reader`. Its `application` must be initialised before it reads."""

    def __init__(
        self, conversation: Conversation, clock: Callable[[], datetime], bot: ExtBot[Any]
    ) -> None:
        self._conversation = conversation
        self._clock = clock
        self._bot = bot
        self._inbox_ids: dict[int, int] = {}
        self._errors: dict[int, BaseException] = {}
        self.application = self._build(bot)

    def _build(self, bot: ExtBot[Any]) -> TelegramApplication:
        """An application that is only ever fed by `read`, never polls by itself."""
        application: TelegramApplication = (
            Application.builder().bot(bot).updater(None).concurrent_updates(True).build()
        )
        private = filters.ChatType.PRIVATE
        new = filters.UpdateType.MESSAGE  # A live location is edited every few seconds.
        where = filters.LOCATION | filters.VENUE
        has_file = filters.PHOTO | filters.VIDEO | filters.VIDEO_NOTE | filters.VOICE
        has_file |= filters.AUDIO | filters.Document.ALL
        application.add_handlers(
            [
                CommandHandler(list(vietnamese.COMMANDS), self._command, private & new),
                CommandHandler(
                    list(vietnamese.COMMANDS), self._group, filters.ChatType.GROUPS & new
                ),
                CallbackQueryHandler(self._tap),
                ChatMemberHandler(self._membership, ChatMemberHandler.MY_CHAT_MEMBER),
                MessageHandler(private & filters.TEXT, self._text),
                MessageHandler(private & new & where, self._location),
                MessageHandler(private & has_file, self._file),
                MessageHandler(private & new & filters.CONTACT, self._contact),
                MessageHandler(private & new, self._unreadable),
                TypeHandler(Update, self._other),
            ]
        )
        application.add_error_handler(self._remember_error)
        return application

    async def read(self, update: dict[str, Any], inbox_id: int) -> None:
        """Handle one stored update. Raises HandlingFailed from whatever a handler raised."""
        read = Update.de_json(update, self._bot)
        key = read.update_id
        self._inbox_ids[key] = inbox_id
        try:
            await self.application.process_update(read)
            if key in self._errors:
                raise HandlingFailed(type(self._errors[key]).__name__) from self._errors[key]
        finally:
            self._inbox_ids.pop(key, None)
            self._errors.pop(key, None)

    def address_of(self, update: dict[str, Any]) -> str | None:
        chat = private_chat(update)
        return None if chat is None else str(chat)

    async def _remember_error(self, update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
        if isinstance(update, Update) and context.error is not None:
            self._errors[update.update_id] = context.error

    async def _text(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        message = _message(update)
        heard = read_text(
            message.text or "",
            self._clock(),
            message_id=message.message_id,
            is_edit=update.edited_message is not None,
        )
        await self._take(update, heard)

    async def _command(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        heard = read_command(_message(update).text or "", self._clock())
        if heard is None:
            raise ValueError("a command that is none of ours")
        await self._take(update, heard)

    async def _group(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """In a group who complains would be seen by all: only a link to the private chat."""
        link = f"https://t.me/{context.bot.username}"
        button = InlineKeyboardButton(texts.OPEN_PRIVATE_CHAT, url=link)
        try:
            await _message(update).reply_text(
                texts.IN_GROUP, reply_markup=InlineKeyboardMarkup([[button]])
            )
        except (Forbidden, BadRequest) as error:  # Put out of the group, or muted there.
            logger.info("a group was not answered", extra={"error": type(error).__name__})
        await self._other(update, context)

    async def _contact(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        contact = _message(update).contact
        if contact is None:
            raise ValueError("a contact message without a contact")
        number = clean(contact.phone_number)
        await self._take(update, Heard(kind="contact", now=self._clock(), text=number))

    async def _location(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        message = _message(update)
        location = message.location or (message.venue.location if message.venue else None)
        if location is None:
            raise ValueError("a location message without a location")
        await self._take(update, pin(location.latitude, location.longitude, self._clock()))

    async def _file(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        message = _message(update)
        caption = clean(message.caption or "")
        if update.edited_message is not None and not caption:
            await self._other(update, context)  # Its file was kept when it came.
            return
        heard = Heard(
            kind="text" if caption else "attachment",
            now=self._clock(),
            text=caption,
            message_id=message.message_id,
            album=message.media_group_id,
            is_edit=update.edited_message is not None,
        )
        # An edited caption is new words; its file was kept when it came.
        file, refused = (None, "") if update.edited_message else taken(message)
        await self._take(update, replace(heard, refused=refused), file)

    async def _unreadable(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        await self._take(update, Heard(kind="unreadable", now=self._clock()))

    async def _tap(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        query = update.callback_query
        if query is None or query.data is None:
            await self._other(update, context)
            return
        message_id = query.message.message_id if query.message else None
        heard = Heard(kind="button", now=self._clock(), text=query.data)
        tap = Tap(query.id, message_id)
        await self._conversation.take(
            self._inbox_ids[update.update_id], _sender(query.from_user.id), heard, None, tap
        )

    async def _membership(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        change = update.my_chat_member
        if change is None or change.chat.type != "private":
            await self._other(update, context)
            return
        is_blocked = change.new_chat_member.status == ChatMember.BANNED
        inbox_id = self._inbox_ids[update.update_id]
        await self._conversation.note_blocked(inbox_id, _sender(change.chat.id), is_blocked)

    async def _other(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        await self._conversation.ignore(self._inbox_ids[update.update_id])

    async def _take(self, update: Update, heard: Heard, file: File | None = None) -> None:
        inbox_id = self._inbox_ids[update.update_id]
        await self._conversation.take(inbox_id, _sender(_message(update).chat_id), heard, file)


def _sender(chat_id: int) -> Sender:
    return Sender(TELEGRAM, str(chat_id))


def taken(message: Message) -> tuple[File | None, Refusal]:
    """The file that a message carries, or why it is not taken. Raises ValueError when it carries
    none."""
    file, found = file_of(message), _found(message)
    if (getattr(found, "file_size", None) or 0) > LARGEST_FILE:
        return None, "too_large"
    is_document = file.kind == "document"
    if is_document and not (file.media_type or "").startswith(TYPES_TAKEN):
        return None, "type"
    return file, ""


def _found(message: Message) -> Any:
    return next((found for find in _FILES.values() if (found := find(message))), None)


def file_of(message: Message) -> File:
    """The file that a message carries. Raises ValueError when it carries none."""
    for kind, find in _FILES.items():
        found = find(message)
        if found is not None:
            media_type = "image/jpeg" if kind == "photo" else getattr(found, "mime_type", None)
            return File(kind, found.file_id, media_type)
    raise ValueError("a message without a file")


def _message(update: Update) -> Message:
    message = update.effective_message
    if not isinstance(message, Message):
        raise ValueError("an update without a message")
    return message
