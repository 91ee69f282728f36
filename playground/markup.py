"""Telegram's texts: cleaning, HTML and MarkdownV2 into entities, and entities into safe HTML.

Offsets and lengths of entities count UTF-16 code units and those in error texts count UTF-8 bytes,
as Telegram does. Source: https://core.telegram.org/bots/api#formatting-options and TDLib's
`MessageEntity.cpp` for the wording of errors. Left out on purpose: the legacy "Markdown" mode,
custom emoji, and the detection of anything but commands and web addresses.
"""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Entity = dict[str, Any]

MAX_TEXT = 4096
MAX_CAPTION = 1024

_HTML_TYPES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "blockquote": "blockquote",
}
_TAGS = {
    "bold": "strong",
    "italic": "em",
    "underline": "u",
    "strikethrough": "s",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
_CHARACTER_REFERENCE = re.compile(r"&(?:(lt|gt|amp|quot)|#(\d{1,7})|#x([0-9a-fA-F]{1,6}));?")
_ATTRIBUTE = re.compile(r"""\s+([A-Za-z][\w-]*)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s>"']+))?""")
_RESERVED = "_*[]()~`>#+-=|{}.!"
_COMMAND = re.compile(r"(?<![\w/])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/])")
_WEB_ADDRESS = re.compile(r"\bhttps?://[^\s<>\"']*[^\s<>\"'.,;:!?)\]]")


class MarkupError(Exception):
    """The text does not follow its parse mode; the message is Telegram's reason."""


def utf16_length(text: str) -> int:
    """Length in UTF-16 code units, which is how Telegram counts."""
    return len(text) + sum(character > "\uffff" for character in text)


def clean(text: str) -> str:
    """What Telegram makes of a typed text: control characters become spaces, line ends are trimmed.

    Raises MarkupError when the text cannot be UTF-8 (a lone surrogate).
    """
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise MarkupError("strings must be encoded in UTF-8")
    text = text.replace("\r", "")
    text = re.sub(r"[\x00-\x09\x0b-\x1f]", " ", text)
    return re.sub("[\u2028-\u202e]", "", text)


def trim(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Cut spaces and line ends off both sides, and the entities with them."""
    shorter = text.strip(" \n")
    dropped = utf16_length(text[: len(text) - len(text.lstrip(" \n"))])
    end = utf16_length(shorter)
    kept = []
    for entity in entities:
        start = min(max(entity["offset"] - dropped, 0), end)
        stop = min(max(entity["offset"] + entity["length"] - dropped, 0), end)
        if stop > start:
            kept.append({**entity, "offset": start, "length": stop - start})
    return shorter, sorted(kept, key=lambda entity: (entity["offset"], -entity["length"]))


def detect_entities(text: str) -> list[Entity]:
    """Commands and web addresses, as Telegram marks them in a text without formatting."""
    found = []
    for kind, pattern in (("bot_command", _COMMAND), ("url", _WEB_ADDRESS)):
        for match in pattern.finditer(text):
            offset = utf16_length(text[: match.start()])
            found.append({"type": kind, "offset": offset, "length": utf16_length(match[0])})
    return sorted(found, key=lambda entity: int(entity["offset"]))


def is_link(url: str) -> bool:
    """Whether Telegram would make a link of it; anything else stays plain text."""
    return re.fullmatch(r"(?:https?://|tg://)[^\s/?#][^\s]*", url, re.IGNORECASE) is not None


@dataclass
class _Open:
    """A tag or mark that waits for its end."""

    kind: str
    name: str
    start: int
    at_byte: int
    url: str = ""
    language: str = ""


@dataclass
class _Reader:
    """Walks over the source and writes the plain text."""

    source: str
    at: int = 0
    plain: str = ""
    open: list[_Open] = field(default_factory=list)
    entities: list[Entity] = field(default_factory=list)

    def byte(self) -> int:
        return len(self.source[: self.at].encode())

    def begin(self, kind: str, name: str, url: str = "", language: str = "") -> None:
        start = utf16_length(self.plain)
        self.open.append(_Open(kind, name, start, self.byte(), url, language))

    def end(self) -> None:
        mark = self.open.pop()
        entity: Entity = {
            "type": mark.kind,
            "offset": mark.start,
            "length": utf16_length(self.plain) - mark.start,
        }
        if mark.kind == "text_link":
            entity["url"] = mark.url
        if mark.kind == "pre" and mark.language:
            entity["language"] = mark.language
        if entity["length"] > 0 and (mark.kind != "text_link" or is_link(mark.url)):
            self.entities.append(entity)


def parse_html(source: str) -> tuple[str, list[Entity]]:
    """Plain text and entities of Telegram's HTML. Raises MarkupError with Telegram's reason."""
    reader = _Reader(source)
    while reader.at < len(source):
        if source[reader.at] == "<":
            _read_tag(reader)
        else:
            _read_html_character(reader)
    if reader.open:
        name = reader.open[-1].name
        raise MarkupError(
            f"can't parse entities: Can't find end tag corresponding to start tag \"{name}\""
        )
    return reader.plain, reader.entities


def _read_html_character(reader: _Reader) -> None:
    match = _CHARACTER_REFERENCE.match(reader.source, reader.at)
    if match is None or not (decoded := _decode_reference(match)):
        reader.plain += reader.source[reader.at]
        reader.at += 1
        return
    reader.plain += decoded
    reader.at = match.end()


def _decode_reference(match: re.Match[str]) -> str:
    """The character, or "" when the number names none."""
    if match[1]:
        return {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}[match[1]]
    number = int(match[2]) if match[2] else int(match[3], 16)
    allowed = 0 < number < 0x110000 and not 0xD800 <= number <= 0xDFFF
    return chr(number) if allowed else ""


def _read_tag(reader: _Reader) -> None:
    if reader.source.startswith("</", reader.at):
        _read_end_tag(reader)
    else:
        _read_start_tag(reader)


def _read_start_tag(reader: _Reader) -> None:
    name_match = re.compile(r"[^\s>]*").match(reader.source, reader.at + 1)
    assert name_match is not None
    name = name_match[0].lower()
    if name not in _HTML_TYPES:
        raise MarkupError(
            f'can\'t parse entities: Unsupported start tag "{name}" at byte offset {reader.byte()}'
        )
    position = name_match.end()
    attributes: dict[str, str] = {}
    while match := _ATTRIBUTE.match(reader.source, position):
        attributes[match[1].lower()] = html.unescape((match[2] or "").strip("\"'"))
        position = match.end()
    closing = re.compile(r"\s*>").match(reader.source, position)
    if closing is None:
        raise MarkupError(
            f"can't parse entities: Unclosed start tag at byte offset {reader.byte()}"
        )
    _begin_tag(reader, name, attributes, closing.end())


def _begin_tag(reader: _Reader, name: str, attributes: dict[str, str], end: int) -> None:
    if name == "span" and attributes.get("class") != "tg-spoiler":
        raise MarkupError(
            'can\'t parse entities: Tag "span" must have class "tg-spoiler"'
            f" at byte offset {reader.byte()}"
        )
    kind = _HTML_TYPES[name]
    if name == "blockquote" and "expandable" in attributes:
        kind = "expandable_blockquote"
    language = attributes.get("class", "")
    reader.begin(kind, name, attributes.get("href", ""), language.removeprefix("language-"))
    reader.at = end


def _read_end_tag(reader: _Reader) -> None:
    match = re.compile(r"</([^\s>]*)\s*>").match(reader.source, reader.at)
    if not reader.open:
        raise MarkupError(
            f"can't parse entities: Unexpected end tag at byte offset {reader.byte()}"
        )
    if match is None:
        raise MarkupError(f"can't parse entities: Unclosed end tag at byte offset {reader.byte()}")
    expected, found = reader.open[-1].name, match[1].lower()
    if found not in ("", expected):
        raise MarkupError(
            f"can't parse entities: Unmatched end tag at byte offset {reader.byte()},"
            f' expected "</{expected}>", found "</{found}>"'
        )
    reader.end()
    reader.at = match.end()


def parse_markdown_v2(source: str) -> tuple[str, list[Entity]]:
    """Plain text and entities of MarkdownV2. Raises MarkupError with Telegram's reason."""
    reader = _Reader(source)
    while reader.at < len(source):
        if not (_read_escape(reader) or _read_plain(reader) or _read_mark_end(reader)):
            _read_mark_start(reader)
    if reader.open and reader.open[-1].kind == "blockquote":
        reader.end()
    if reader.open:
        mark = reader.open[-1]
        raise MarkupError(
            f"can't parse entities: Can't find end of {mark.name} entity"
            f" at byte offset {mark.at_byte}"
        )
    return reader.plain, reader.entities


def _read_escape(reader: _Reader) -> bool:
    following = reader.source[reader.at + 1 : reader.at + 2]
    if reader.source[reader.at] != "\\" or not following or not "\x01" <= following <= "\x7e":
        return False
    reader.plain += following
    reader.at += 2
    return True


def _read_plain(reader: _Reader) -> bool:
    character = reader.source[reader.at]
    in_code = bool(reader.open) and reader.open[-1].kind in ("code", "pre")
    if character in ("`" if in_code else _RESERVED):
        return False
    reader.plain += character
    reader.at += 1
    quoting = bool(reader.open) and reader.open[-1].kind == "blockquote"
    if character == "\n" and quoting:
        if reader.source.startswith(">", reader.at):
            reader.at += 1
        else:
            reader.end()
    return True


_MARKS = (
    ("```", "pre", "Pre"),
    ("`", "code", "Code"),
    ("__", "underline", "Underline"),
    ("_", "italic", "Italic"),
    ("*", "bold", "Bold"),
    ("~", "strikethrough", "Strikethrough"),
    ("||", "spoiler", "Spoiler"),
)


def _read_mark_end(reader: _Reader) -> bool:
    if not reader.open:
        return False
    kind = reader.open[-1].kind
    if kind == "text_link" and reader.source[reader.at] == "]":
        _read_link_end(reader)
        return True
    for mark, mark_kind, _ in _MARKS:
        if reader.source.startswith(mark, reader.at):
            if mark_kind != kind:
                return False
            reader.end()
            reader.at += len(mark)
            return True
    return False


def _read_link_end(reader: _Reader) -> None:
    at_byte = reader.byte()
    reader.at += 1
    if not reader.source.startswith("(", reader.at):
        raise MarkupError(
            f"can't parse entities: Can't find end of Url entity at byte offset {at_byte}"
        )
    match = re.compile(r"\(((?:\\.|[^)\\])*)\)", re.DOTALL).match(reader.source, reader.at)
    if match is None:
        raise MarkupError(f"can't parse entities: Can't find end of a URL at byte offset {at_byte}")
    reader.open[-1].url = re.sub(r"\\(.)", r"\1", match[1])
    reader.end()
    reader.at = match.end()


def _read_mark_start(reader: _Reader) -> None:
    source, at = reader.source, reader.at
    for mark, kind, name in _MARKS:
        if source.startswith(mark, at):
            language = re.compile(r"```(\w+)\n").match(source, at) if kind == "pre" else None
            reader.begin(kind, name, language=language[1] if language else "")
            reader.at = language.end() if language else at + len(mark)
            return
    if source[at] == "[":
        reader.begin("text_link", "TextUrl")
    elif source[at] == ">" and (at == 0 or source[at - 1] == "\n"):
        reader.begin("blockquote", "BlockQuote")
    else:
        raise MarkupError(
            f"can't parse entities: Character '{source[at]}' is reserved"
            " and must be escaped with the preceding '\\'"
        )
    reader.at = at + 1


PARSERS: dict[str, Callable[[str], tuple[str, list[Entity]]]] = {
    "html": parse_html,
    "markdownv2": parse_markdown_v2,
}


def render_html(text: str, entities: list[Entity]) -> str:
    """The text as HTML that is safe to put into a page: all of it escaped, only our own tags."""
    units = text.encode("utf-16-le")
    ordered = sorted(entities, key=lambda entity: (entity["offset"], -entity["length"]))
    return _render_span(units, 0, len(units) // 2, ordered)


def _render_span(units: bytes, start: int, end: int, entities: list[Entity]) -> str:
    pieces, at, rest = [], start, entities
    while rest:
        entity, rest = rest[0], rest[1:]
        first, last = entity["offset"], min(entity["offset"] + entity["length"], end)
        if first < at or last <= first:
            continue
        inside = [other for other in rest if other["offset"] < last]
        rest = rest[len(inside) :]
        pieces.append(_escape(units, at, first))
        pieces.append(_wrap(entity, units, first, last, _render_span(units, first, last, inside)))
        at = last
    return "".join(pieces) + _escape(units, at, end)


def _escape(units: bytes, start: int, end: int) -> str:
    return html.escape(_slice(units, start, end))


def _slice(units: bytes, start: int, end: int) -> str:
    # An entity given by hand may cut a pair of surrogates in two: show a mark, do not fail.
    return units[2 * start : 2 * end].decode("utf-16-le", errors="replace")


def _wrap(entity: Entity, units: bytes, start: int, end: int, inner: str) -> str:
    kind = entity["type"]
    if kind in ("url", "text_link"):
        url = entity.get("url") or _slice(units, start, end)
        if not is_link(url):
            return inner
        return f'<a href="{html.escape(url)}" target="_blank" rel="noopener noreferrer">{inner}</a>'
    if kind == "bot_command":
        return f'<button type="button" class="command">{inner}</button>'
    if kind == "spoiler":
        return f'<span class="spoiler" tabindex="0">{inner}</span>'
    tag = _TAGS.get(kind.removeprefix("expandable_"))
    return f"<{tag}>{inner}</{tag}>" if tag else inner
