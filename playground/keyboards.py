"""Reply markup as Telegram checks it. Source: https://core.telegram.org/bots/api#inlinekeyboardmarkup."""

import json
import re
from typing import Any

Json = dict[str, Any]

MAX_CALLBACK_DATA_BYTES = 64
MAX_INLINE_BUTTONS = 100
_ACTIONS = (
    "callback_data",
    "url",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "copy_text",
)


class KeyboardError(Exception):
    """The markup is refused; the message is the reason without its "Bad Request: "."""


def parse_reply_markup(raw: object) -> Json | None:
    """The checked markup (a dict with `inline_keyboard`, `keyboard`, `remove_keyboard` or
    `force_reply`), or None when there is none or it is empty. Raises KeyboardError.
    """
    if raw is None or raw == "":
        return None
    markup = _load(raw)
    if "inline_keyboard" in markup:
        rows = _rows(markup["inline_keyboard"], "inline_keyboard")
        inline = [[_check_inline_button(button) for button in row] for row in rows if row]
        if sum(map(len, inline)) > MAX_INLINE_BUTTONS:
            raise KeyboardError("REPLY_MARKUP_TOO_LONG")
        return {"inline_keyboard": inline} if inline else None
    if "keyboard" in markup:
        rows = _rows(markup["keyboard"], "keyboard")
        reply = [[_check_reply_button(button) for button in row] for row in rows if row]
        return {**markup, "keyboard": reply} if reply else None
    if markup.get("remove_keyboard") or markup.get("force_reply"):
        return markup
    return None


def _load(raw: object) -> Json:
    if isinstance(raw, str):
        try:
            raw = json.loads(raw)
        except ValueError as error:
            raise KeyboardError("can't parse reply keyboard markup JSON object") from error
    if not isinstance(raw, dict):
        raise KeyboardError("object expected as reply markup")
    return raw


def _rows(value: object, name: str) -> list[list[Any]]:
    if not isinstance(value, list) or not all(isinstance(row, list) for row in value):
        raise KeyboardError(f'field "{name}" must be an Array of Arrays')
    return value


def _check_inline_button(button: object) -> Json:
    problem = "can't parse inline keyboard button: "
    if not isinstance(button, dict):
        raise KeyboardError(problem + "expected an Object")
    _check_text(button, problem)
    actions = [name for name in _ACTIONS if button.get(name)]
    if len(actions) != 1:
        raise KeyboardError(problem + "Text buttons are unallowed in the inline keyboard")
    _check_action(button)
    return button


def _check_text(button: Json, problem: str) -> None:
    if "text" not in button:
        raise KeyboardError(problem + 'Can\'t find field "text"')
    if not isinstance(button["text"], str):
        raise KeyboardError(problem + 'Field "text" must be of type String')
    if not button["text"].strip():
        raise KeyboardError(problem + 'Field "text" must be non-empty')


def _check_action(button: Json) -> None:
    data, url = button.get("callback_data"), button.get("url")
    if data and (not isinstance(data, str) or len(data.encode()) > MAX_CALLBACK_DATA_BYTES):
        raise KeyboardError("BUTTON_DATA_INVALID")
    if not url:
        return
    # A phone cannot open this machine's own pages, and Telegram refuses their addresses.
    host = re.fullmatch(r"(?:https?|tg)://([^\s/?#:]+)\S*", str(url), re.IGNORECASE)
    if host is None or ("." not in host[1] and not str(url).lower().startswith("tg://")):
        raise KeyboardError(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")


def _check_reply_button(button: object) -> Json:
    problem = "can't parse keyboard button: "
    if isinstance(button, str):
        button = {"text": button}
    if not isinstance(button, dict):
        raise KeyboardError(problem + "KeyboardButton must be an Object")
    _check_text(button, problem)
    return button
