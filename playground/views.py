"""How the page and the tests see people, chats and messages: JSON, with text as safe HTML."""

from datetime import UTC, datetime
from typing import Protocol

from playground.markup import render_html
from playground.store import Citizen, Json, Message, Store


class Bot(Protocol):
    """A messenger's bot, as far as the page shows it."""

    # A citizen must start the bot before it may write.
    is_started_by_citizen: bool

    def is_typing(self, chat_id: int) -> bool: ...


def describe_citizen(store: Store, citizen: Citizen) -> Json:
    """A row of the chooser."""
    last = store.last_message(citizen.id)
    return {
        "id": citizen.id,
        "first_name": citizen.first_name,
        "last_name": citizen.last_name,
        "name": f"{citizen.last_name} {citizen.first_name}".strip(),
        "started": citizen.started,
        "blocked": citizen.blocked,
        "last_message": None if last is None else describe(last),
    }


def describe_chat(store: Store, bot: Bot, chat_id: int) -> Json:
    """What the page shows besides messages. `change` only ever rises."""
    citizen = store.citizen(chat_id)
    assert citizen is not None
    return {
        "change": store.setting("change") or 0,
        "started": citizen.started or not bot.is_started_by_citizen,
        "blocked": citizen.blocked,
        "typing": bot.is_typing(chat_id),
        "keyboard": citizen.keyboard,
    }


def describe(message: Message) -> Json:
    """A message for the page; one that was deleted keeps only its place."""
    head = {
        "message_id": message.message_id,
        "from": message.sender,
        "sent_at": datetime.fromtimestamp(message.body["date"], UTC).isoformat(),
        "change": message.change,
        "deleted": message.deleted,
    }
    if message.deleted:
        return {**head, "text": "", "html": "", "entities": [], "buttons": [], "edited": False}
    body = message.body
    text = body.get("text") or body.get("caption") or ""
    entities = body.get("entities") or body.get("caption_entities") or []
    return {
        **head,
        "text": text,
        "html": render_html(text, entities),
        "entities": entities,
        "buttons": _describe_buttons(body),
        "edited": "edit_date" in body,
        **_describe_attachments(body),
    }


def _describe_buttons(body: Json) -> list[list[Json]]:
    rows = body.get("reply_markup", {}).get("inline_keyboard", [])
    return [[_describe_button(button) for button in row] for row in rows]


def _describe_button(button: Json) -> Json:
    shown = {"text": button["text"]}
    if "callback_data" in button:
        shown["data"] = button["callback_data"]
    if "url" in button:
        shown["url"] = button["url"]
    return shown


def _describe_attachments(body: Json) -> Json:
    shown: Json = {}
    if "photo" in body:
        largest = body["photo"][-1]
        size = {"width": largest["width"], "height": largest["height"]}
        shown["photo"] = {"url": f"/api/files/{largest['file_id']}", **size}
    for kind in ("document", "voice"):
        if kind in body:
            file = body[kind]
            shown[kind] = {
                "url": f"/api/files/{file['file_id']}",
                "file_name": file.get("file_name"),
                "file_size": file["file_size"],
            }
    if "location" in body:
        shown["location"] = body["location"]
    if "reply_to_message" in body:
        shown["reply_to"] = body["reply_to_message"]["message_id"]
    return shown
