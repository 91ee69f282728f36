"""The Bot API's methods, as strict as the real ones as far as our bot uses them.

Source: https://core.telegram.org/bots/api. `BotApi.call` takes a method's name and its parameters
and gives its result, or raises ApiError with Telegram's wording.

Known differences from Telegram: web addresses given as files are never fetched; pictures are not
recompressed; the legacy "Markdown" mode, groups, channels and inline mode do not exist.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from playground.delivery import Bell, Updates, Webhook
from playground.errors import bad_request, forbidden, not_found, too_many_requests
from playground.keyboards import KeyboardError, parse_reply_markup
from playground.limits import SendLimits
from playground.markup import (
    MAX_CAPTION,
    MAX_TEXT,
    PARSERS,
    Entity,
    MarkupError,
    clean,
    detect_entities,
    trim,
    utf16_length,
)
from playground.media import (
    FOLDERS,
    MAX_DOWNLOAD_BYTES,
    MAX_PHOTO_BYTES,
    image_size,
    image_type,
    scaled,
    suffix_of,
)
from playground.store import Citizen, Json, Message, Store, StoredFile

TOKEN = re.compile(r"\d{1,20}:[A-Za-z0-9_-]+")
# Telegram names no figure for how long a tap may be answered; bots see the error after minutes.
CALLBACK_LIFETIME_S = 120
# https://core.telegram.org/bots/api#deletemessage
DELETABLE_FOR_S = 48 * 3600
TYPING_LASTS_S = 5
MAX_CALLBACK_ANSWER = 200
MAX_COMMANDS = 100
MAX_DESCRIPTION = 512
MAX_SHORT_DESCRIPTION = 120
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly"
    " the same as a current content and reply markup of the message"
)
CHAT_ACTIONS = frozenset(
    (
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    )
)


@dataclass(frozen=True)
class Upload:
    """A file that came with a request."""

    file_name: str | None
    mime_type: str
    content: bytes


@dataclass(frozen=True)
class Params:
    """A request's parameters: strings from a form or values from JSON, and its files."""

    values: dict[str, Any]
    files: dict[str, Upload] = field(default_factory=dict)

    def text(self, name: str) -> str:
        value = self.values.get(name)
        return "" if value is None else value if isinstance(value, str) else json.dumps(value)

    def number(self, name: str, default: int) -> int:
        """The whole number, or the default when absent or not a number, as Telegram reads it."""
        value = self.text(name).strip()
        return int(value) if re.fullmatch(r"-?\d{1,18}", value) else default

    def flag(self, name: str) -> bool:
        return self.text(name).strip().lower() in ("true", "1", "yes", "t", "y")

    def json(self, name: str, reason: str) -> Any:
        """The value, parsed when it is a string; None when absent. Raises ApiError (400)."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except ValueError as error:
            raise bad_request(reason) from error


def user_of(citizen: Citizen) -> Json:
    """A User."""
    user = {"id": citizen.id, "is_bot": False, "first_name": citizen.first_name}
    if citizen.last_name:
        user["last_name"] = citizen.last_name
    return {**user, "language_code": "vi"}


def chat_of(citizen: Citizen) -> Json:
    """A private Chat."""
    chat = {"id": citizen.id, "first_name": citizen.first_name, "type": "private"}
    return {**chat, "last_name": citizen.last_name} if citizen.last_name else chat


def show(message: Message) -> Json:
    """A Message of the Bot API."""
    return {"message_id": message.message_id, **message.body}


def text_content(text: str, entities: list[Entity], caption: bool) -> Json:
    """The part of a Message that holds its words; empty for none."""
    names = ("caption", "caption_entities") if caption else ("text", "entities")
    content: Json = {names[0]: text} if text else {}
    return {**content, names[1]: entities} if entities else content


def store_upload(store: Store, kind: str, upload: Upload) -> Json:
    """The part of a Message that holds a new file. Raises ApiError (400) for what is no picture."""
    if not upload.content:
        raise bad_request("file must be non-empty")
    if kind == "photo":
        return _store_photo(store, upload)
    folder, suffix = FOLDERS[kind], suffix_of(kind, upload.file_name)
    file = store.add_file(folder, suffix, upload.mime_type, upload.file_name, upload.content)
    # The playground does not listen to a recording: it says one second, whatever it holds.
    voice = {"duration": 1, "mime_type": upload.mime_type, **_describe(file)}
    return {kind: voice if kind == "voice" else _describe_document(file)}


def _store_photo(store: Store, upload: Upload) -> Json:
    size = image_size(upload.content)
    mime_type = image_type(upload.content)
    if size is None or mime_type is None:
        raise bad_request("IMAGE_PROCESS_FAILED")
    if sum(size) > 10_000 or max(size) > 20 * min(size):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    if len(upload.content) > MAX_PHOTO_BYTES:
        raise bad_request(
            f"file of size {len(upload.content)} bytes is too big for a photo;"
            f" the maximum size is {MAX_PHOTO_BYTES} bytes"
        )
    sizes = [scaled(size, longest) for longest in (320, 1280)]
    # Both "sizes" hold the same bytes: the figures are right, only the picture is not made smaller.
    files = [
        store.add_file("photos", suffix_of("photo", None), mime_type, None, upload.content)
        for _ in dict.fromkeys(sizes)
    ]
    photo = [
        {**_describe(file), "width": width, "height": height}
        for file, (width, height) in zip(files, dict.fromkeys(sizes), strict=True)
    ]
    return {"photo": photo}


def _describe(file: StoredFile) -> Json:
    return {
        "file_id": file.file_id,
        "file_unique_id": file.unique_id,
        "file_size": len(file.content),
    }


def _describe_document(file: StoredFile) -> Json:
    name = {} if file.file_name is None else {"file_name": file.file_name}
    return {**name, "mime_type": file.mime_type, **_describe(file)}


class BotApi:
    """One bot. `now` gives Unix seconds; `page` is rung with a chat's id when the chat changes."""

    is_started_by_citizen = True

    def __init__(
        self,
        store: Store,
        updates: Updates,
        webhook: Webhook,
        limits: SendLimits,
        page: Bell,
        now: Callable[[], float],
        me: Json,
    ) -> None:
        self._store = store
        self._updates = updates
        self._webhook = webhook
        self._limits = limits
        self._page = page
        self._now = now
        self._me = me
        self._typing_until: dict[int, float] = {}
        self._methods: dict[str, Callable[[Params], object]] = {
            "getme": self.get_me,
            "setwebhook": self.set_webhook,
            "deletewebhook": self.delete_webhook,
            "getwebhookinfo": self.get_webhook_info,
            "sendmessage": self.send_message,
            "sendphoto": self.send_photo,
            "senddocument": self.send_document,
            "sendchataction": self.send_chat_action,
            "editmessagetext": self.edit_message_text,
            "editmessagereplymarkup": self.edit_message_reply_markup,
            "deletemessage": self.delete_message,
            "answercallbackquery": self.answer_callback_query,
            "getfile": self.get_file,
            "getchat": self.get_chat,
            "setmycommands": self.set_my_commands,
            "getmycommands": self.get_my_commands,
            "deletemycommands": self.delete_my_commands,
            "setmydescription": self.set_my_description,
            "getmydescription": self.get_my_description,
            "setmyshortdescription": self.set_my_short_description,
            "getmyshortdescription": self.get_my_short_description,
        }

    async def call(self, method: str, params: Params) -> object:
        """The result of a method, whose name may be in any case. Raises ApiError.

        What a method writes is written whole, or not at all when it raises.
        """
        if method.lower() == "getupdates":
            return await self.get_updates(params)
        handle = self._methods.get(method.lower())
        if handle is None:
            raise not_found()
        with self._store.transaction():
            return handle(params)

    def is_typing(self, chat_id: int) -> bool:
        """Whether the bot said within the last seconds that it is doing something."""
        return self._now() < self._typing_until.get(chat_id, 0)

    def get_me(self, params: Params) -> Json:
        return {
            **self._me,
            "can_join_groups": False,
            "can_read_all_group_messages": False,
            "supports_inline_queries": False,
            "can_connect_to_business": False,
            "has_main_web_app": False,
        }

    # Updates

    async def get_updates(self, params: Params) -> list[Json]:
        limit = params.number("limit", 100)
        self._updates.remember_allowed(self._allowed_updates(params))
        return await self._updates.poll(
            offset=params.number("offset", 0),
            limit=limit if 1 <= limit <= 100 else 100,
            timeout_s=min(max(params.number("timeout", 0), 0), 50),
        )

    def set_webhook(self, params: Params) -> bool:
        url = params.text("url").strip()
        if not url:
            return self.delete_webhook(params)
        connections = min(max(params.number("max_connections", 40), 1), 100)
        self._webhook.register(url, params.text("secret_token"), connections)
        self._updates.remember_allowed(self._allowed_updates(params))
        self._drop_updates_if_asked(params)
        return True

    def delete_webhook(self, params: Params) -> bool:
        self._webhook.remove()
        self._drop_updates_if_asked(params)
        return True

    def get_webhook_info(self, params: Params) -> Json:
        return self._webhook.info()

    def _drop_updates_if_asked(self, params: Params) -> None:
        if params.flag("drop_pending_updates"):
            self._store.keep_last_updates(0)

    def _allowed_updates(self, params: Params) -> list[str] | None:
        kinds = params.json("allowed_updates", "can't parse allowed updates JSON object")
        if kinds is None:
            return None
        if not isinstance(kinds, list):
            raise bad_request("can't parse allowed updates: expected an Array")
        return [str(kind) for kind in kinds]

    # Sending

    def send_message(self, params: Params) -> Json:
        text, entities = self._formatted(params, "text", "entities")
        _check_text(text)
        return self._send(params, text_content(text, entities, caption=False))

    def send_photo(self, params: Params) -> Json:
        return self._send_file(params, "photo")

    def send_document(self, params: Params) -> Json:
        return self._send_file(params, "document")

    def send_chat_action(self, params: Params) -> bool:
        if params.text("action") not in CHAT_ACTIONS:
            raise bad_request("wrong parameter action in request")
        citizen = self._reachable(params)
        self._typing_until[citizen.id] = self._now() + TYPING_LASTS_S
        self._page.ring(citizen.id)
        return True

    def _send_file(self, params: Params, kind: str) -> Json:
        text, entities = self._formatted(params, "caption", "caption_entities")
        if utf16_length(text) > MAX_CAPTION:
            raise bad_request("message caption is too long")
        caption = text_content(text, entities, caption=True)
        return self._send(params, {**self._file_content(params, kind), **caption})

    def _file_content(self, params: Params, kind: str) -> Json:
        value = params.text(kind)
        upload = params.files.get(value.removeprefix("attach://") if value else kind)
        if upload is not None:
            return store_upload(self._store, kind, upload)
        if not value:
            raise bad_request(f"there is no {kind} in the request")
        if value.startswith(("http://", "https://")):
            raise bad_request("failed to get HTTP URL content")
        file = self._store.file(value)
        if file is None:
            raise bad_request("wrong file identifier/HTTP URL specified")
        return self._resend(kind, file)

    def _resend(self, kind: str, file: StoredFile) -> Json:
        if kind == "document":
            return {"document": _describe_document(file)}
        size = image_size(file.content)
        if size is None:
            raise bad_request("can't use file of type Document as Photo")
        return {"photo": [{**_describe(file), "width": size[0], "height": size[1]}]}

    def _send(self, params: Params, content: Json) -> Json:
        citizen = self._reachable(params)
        markup = self._markup(params)
        reply = self._reply(params, citizen)
        wait = self._limits.admit_message(citizen.id)
        if wait:
            raise too_many_requests(wait)
        inline = {"reply_markup": markup} if markup and "inline_keyboard" in markup else {}
        body = {
            "from": self._me,
            "chat": chat_of(citizen),
            "date": int(self._now()),
            **reply,
            **content,
            **inline,
        }
        message = self._store.add_message(citizen.id, "bot", body)
        self._show_keyboard(citizen, markup)
        self._typing_until.pop(citizen.id, None)
        self._page.ring(citizen.id)
        return show(message)

    def _show_keyboard(self, citizen: Citizen, markup: Json | None) -> None:
        if markup and ("keyboard" in markup or "remove_keyboard" in markup):
            self._store.show_keyboard(citizen.id, markup if "keyboard" in markup else None)

    def _reply(self, params: Params, citizen: Citizen) -> Json:
        about = params.json("reply_parameters", "can't parse reply parameters JSON object") or {}
        message_id = about.get("message_id") or params.number("reply_to_message_id", 0)
        if not message_id:
            return {}
        found = self._store.message(citizen.id, int(message_id))
        if found is None:
            if about.get("allow_sending_without_reply"):
                return {}
            raise bad_request("message to be replied not found")
        quoted = {k: v for k, v in show(found).items() if k != "reply_to_message"}
        return {"reply_to_message": quoted}

    # Changing what was sent

    def edit_message_text(self, params: Params) -> Json:
        text, entities = self._formatted(params, "text", "entities")
        _check_text(text)
        message = self._editable(params)
        if "text" not in message.body:
            raise bad_request("there is no text in the message to edit")
        return self._edit(message, params, text_content(text, entities, caption=False))

    def edit_message_reply_markup(self, params: Params) -> Json:
        message = self._editable(params)
        kept: Json = {
            name: message.body[name] for name in ("text", "entities") if name in message.body
        }
        return self._edit(message, params, kept)

    def _editable(self, params: Params) -> Message:
        citizen = self._reachable(params)
        message = self._store.message(citizen.id, self._message_id(params))
        if message is None:
            raise bad_request("message to edit not found")
        if message.sender != "bot":
            raise bad_request("message can't be edited")
        return message

    def _edit(self, message: Message, params: Params, content: Json) -> Json:
        """Replace words and buttons: as at Telegram, buttons that are not given again are gone."""
        markup = self._markup(params)
        if markup and "inline_keyboard" not in markup:
            raise bad_request("inline keyboard expected")
        replaced = ("text", "entities", "reply_markup")
        body = {name: value for name, value in message.body.items() if name not in replaced}
        body |= content | ({"reply_markup": markup} if markup else {})
        if body == message.body:
            raise bad_request(NOT_MODIFIED)
        wait = self._limits.admit_edit()
        if wait:
            raise too_many_requests(wait)
        body["edit_date"] = int(self._now())
        self._store.replace_message(message.message_id, body)
        self._page.ring(message.chat_id)
        return {"message_id": message.message_id, **body}

    def delete_message(self, params: Params) -> bool:
        citizen = self._reachable(params)
        message = self._store.message(citizen.id, self._message_id(params))
        if message is None:
            raise bad_request("message to delete not found")
        if self._now() - message.body["date"] > DELETABLE_FOR_S:
            raise bad_request("message can't be deleted for everyone")
        self._store.delete_message(message.message_id)
        self._page.ring(citizen.id)
        return True

    def answer_callback_query(self, params: Params) -> bool:
        query = self._store.callback_query(params.text("callback_query_id"))
        if query is None or self._now() - query.asked_at > CALLBACK_LIFETIME_S:
            raise bad_request(
                "query is too old and response timeout expired or query ID is invalid"
            )
        text = params.text("text")
        if utf16_length(text) > MAX_CALLBACK_ANSWER:
            raise bad_request("MESSAGE_TOO_LONG")
        answer = {"text": text, "show_alert": params.flag("show_alert")}
        self._store.answer_callback_query(query.id, answer)
        self._page.ring(query.chat_id)
        return True

    # Looking up

    def get_file(self, params: Params) -> Json:
        file_id = params.text("file_id")
        if not file_id:
            raise bad_request("file_id not specified")
        file = self._store.file(file_id)
        if file is None:
            raise bad_request("wrong file_id or the file is temporarily unavailable")
        if len(file.content) > MAX_DOWNLOAD_BYTES:
            raise bad_request("file is too big")
        return {**_describe(file), "file_path": file.file_path}

    def get_chat(self, params: Params) -> Json:
        gifts = {
            "unlimited_gifts": False,
            "limited_gifts": False,
            "unique_gifts": False,
            "premium_subscription": False,
            "gifts_from_channels": False,
        }
        return {
            **chat_of(self._known(params)),
            "accent_color_id": 0,
            "max_reaction_count": 11,
            "accepted_gift_types": gifts,
        }

    # How the bot presents itself

    def set_my_commands(self, params: Params) -> bool:
        commands = params.json("commands", "can't parse commands JSON object")
        if not isinstance(commands, list):
            raise bad_request("can't parse BotCommand: expected an Array of BotCommand")
        if len(commands) > MAX_COMMANDS:
            raise bad_request("BOT_COMMANDS_TOO_MUCH")
        checked = [_check_command(command) for command in commands]
        self._store.change_setting(self._commands_name(params), checked)
        return True

    def get_my_commands(self, params: Params) -> list[Json]:
        return self._store.setting(self._commands_name(params)) or []

    def delete_my_commands(self, params: Params) -> bool:
        self._store.change_setting(self._commands_name(params), [])
        return True

    def _commands_name(self, params: Params) -> str:
        scope = params.json("scope", "can't parse BotCommandScope JSON object")
        scope = scope or {"type": "default"}
        if not isinstance(scope, dict):
            raise bad_request("BotCommandScope must be an Object")
        return f"commands {json.dumps(scope, sort_keys=True)} {params.text('language_code')}"

    def set_my_description(self, params: Params) -> bool:
        return self._describe_bot("description", params, MAX_DESCRIPTION)

    def set_my_short_description(self, params: Params) -> bool:
        return self._describe_bot("short_description", params, MAX_SHORT_DESCRIPTION)

    def get_my_description(self, params: Params) -> Json:
        return self._description("description", params)

    def get_my_short_description(self, params: Params) -> Json:
        return self._description("short_description", params)

    def _describe_bot(self, name: str, params: Params, longest: int) -> bool:
        text = params.text(name)
        if utf16_length(text) > longest:
            raise bad_request(f"{name.upper()}_TOO_LONG")
        self._store.change_setting(f"{name} {params.text('language_code')}", text)
        return True

    def _description(self, name: str, params: Params) -> Json:
        return {name: self._store.setting(f"{name} {params.text('language_code')}") or ""}

    # Reading parameters

    def _formatted(self, params: Params, name: str, given: str) -> tuple[str, list[Entity]]:
        try:
            return self._parse_text(params, clean(params.text(name)), given)
        except MarkupError as error:
            raise bad_request(str(error)) from error

    def _parse_text(self, params: Params, text: str, given: str) -> tuple[str, list[Entity]]:
        mode = params.text("parse_mode").lower()
        if mode and mode not in PARSERS:
            raise bad_request("unsupported parse_mode")
        entities = params.json(given, "can't parse message entities JSON object") or []
        if mode:
            text, entities = PARSERS[mode](text)
        if not _are_entities(entities):
            raise bad_request("can't parse MessageEntity")
        return trim(text, entities + _not_inside(detect_entities(text), entities))

    def _known(self, params: Params) -> Citizen:
        """The citizen of `chat_id`, who must have written to the bot first."""
        chat_id = params.text("chat_id").strip()
        if not chat_id:
            raise bad_request("chat_id is empty")
        citizen = self._store.citizen(params.number("chat_id", 0))
        if citizen is None or not citizen.started:
            raise bad_request("chat not found")
        return citizen

    def _reachable(self, params: Params) -> Citizen:
        citizen = self._known(params)
        if citizen.blocked:
            raise forbidden("bot was blocked by the user")
        return citizen

    def _message_id(self, params: Params) -> int:
        message_id = params.number("message_id", 0)
        if message_id <= 0:
            raise bad_request("message identifier is not specified")
        return message_id

    def _markup(self, params: Params) -> Json | None:
        try:
            return parse_reply_markup(params.values.get("reply_markup"))
        except KeyboardError as error:
            raise bad_request(str(error)) from error


def _check_text(text: str) -> None:
    if not text.strip():
        raise bad_request("message text is empty")
    if utf16_length(text) > MAX_TEXT:
        raise bad_request("message is too long")


def _are_entities(entities: object) -> bool:
    return isinstance(entities, list) and all(
        isinstance(entity, dict)
        and isinstance(entity.get("type"), str)
        and isinstance(entity.get("offset"), int)
        and isinstance(entity.get("length"), int)
        for entity in entities
    )


def _not_inside(found: list[Entity], others: list[Entity]) -> list[Entity]:
    """What was detected, except in code and in links, where Telegram detects nothing."""
    opaque = [other for other in others if other["type"] in ("code", "pre", "text_link")]
    return [
        entity
        for entity in found
        if not any(
            other["offset"] < entity["offset"] + entity["length"]
            and entity["offset"] < other["offset"] + other["length"]
            for other in opaque
        )
    ]


def _check_command(command: object) -> Json:
    if not isinstance(command, dict):
        raise bad_request("expected an Object as BotCommand")
    name, description = str(command.get("command", "")), str(command.get("description", ""))
    if not re.fullmatch(r"/?[a-z0-9_]{1,32}", name):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= utf16_length(description) <= 256:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name.removeprefix("/"), "description": description}
