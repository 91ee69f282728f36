"""What a message says, whatever the channel: storable words, a command, a pin."""

import unicodedata
from collections.abc import Awaitable
from datetime import datetime
from typing import Any, Protocol

from bot import vietnamese
from bot.heard import Heard
from routing.coordinates import coordinates_in, is_only_coordinates


class Reader(Protocol):
    """One channel's handlers: stored updates in, calls of the conversation out."""

    def read(self, update: dict[str, Any], inbox_id: int) -> Awaitable[None]:
        """Handle one stored update. Raises what a handler raised."""

    def address_of(self, update: dict[str, Any]) -> str | None:
        """Whom an update is from, where it can be told and is one person."""


def clean(text: str) -> str:
    """NFC, so that the same word is always the same characters; without what no database can
    hold (NUL, halves of characters). Nothing else is changed."""
    storable = text.encode("utf-8", "ignore").decode().replace("\0", "")
    return unicodedata.normalize("NFC", storable).strip()


def read_text(
    text: str, now: datetime, *, message_id: int | None = None, is_edit: bool = False
) -> Heard:
    """Typed words; a map link alone is a pin, and nothing but space cannot be read."""
    words = clean(text)
    at = coordinates_in(words)
    if at is not None and is_only_coordinates(words):
        return pin(*at, now)
    if not words:
        return Heard("unreadable", now)
    return Heard("text", now, text=words, message_id=message_id, is_edit=is_edit)


def read_command(text: str, now: datetime) -> Heard | None:
    """One of our commands with what stands behind it; None for any other words."""
    if not text.startswith("/"):
        return None
    first, *rest = text.split(maxsplit=1)
    name = first.lstrip("/").partition("@")[0].lower()
    if name not in vietnamese.COMMANDS:
        return None
    return Heard("command", now, text=name, payload=rest[0].strip() if rest else "")


def pin(latitude: float, longitude: float, now: datetime) -> Heard:
    return Heard("location", now, latitude=latitude, longitude=longitude)
