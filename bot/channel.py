"""What the core knows of a channel (Telegram, Zalo): how to say something there, and what can
go wrong. Adapters: `bot.telegram`, `bot.zalo`.

Each way in which a call fails is one exception here, so that `bot.send` decides once what
follows, whatever the channel.
"""

from typing import Protocol

# Rows of (label, data).
Rows = list[list[dict[str, str]]]


class Blocked(Exception):
    """The citizen blocked the bot or closed the account: nothing reaches them."""


class Refused(Exception):
    """The channel will never take this; the message says why, without the citizen's words."""


class SlowDown(Exception):
    """Too many at once: the channel says how long to wait."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"retry after {seconds:.0f} s")
        self.seconds = seconds


class OutOfReach(Exception):
    """The call was surely not done (no connection, a 5xx, a wrong token): a later try may be."""


class Unclear(Exception):
    """No answer came: the call may have been done."""


class Channel(Protocol):
    """One messenger. Every call raises the exceptions above, nothing else of the channel's."""

    name: str
    longest: int  # Of one message, in UTF-16 code units.
    has_buttons: bool

    async def say(self, address: str, text: str, rows: Rows) -> None:
        """Send a message with buttons under it."""

    async def replace(self, address: str, message_id: int, text: str, rows: Rows) -> bool:
        """Change a message of the bot's in place; False where it can no longer be changed."""

    async def acknowledge(self, address: str, tap: str, spent: int | None) -> None:
        """Answer a tap and take the buttons of the message `spent` away, where that still goes."""

    async def delete(self, address: str, message_ids: list[int]) -> bool:
        """Delete messages from the chat; False where one could not be."""

    async def send_file(self, address: str, name: str, content: bytes, caption: str) -> bool:
        """Send a file: a picture (`.jpg`) to be seen at once, anything else as a document. False
        where the channel can show no such file, and nothing was said."""

    async def fetch(self, file_id: str) -> bytes:
        """A citizen's file."""


def pieces(text: str, longest: int) -> list[str]:
    """`text` cut into messages of at most `longest` UTF-16 units, at paragraphs where they are
    there, else at lines, at spaces, anywhere."""
    found, rest = [], text
    while _units(rest) > longest:
        head = _head(rest, longest)
        at = next((cut for mark in ("\n\n", "\n", " ") if (cut := head.rfind(mark)) > 0), len(head))
        found.append(rest[:at].rstrip())
        rest = rest[at:].lstrip()
    return [piece for piece in (*found, rest) if piece]


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _head(text: str, longest: int) -> str:
    """The longest beginning of `longest` units that ends with a whole character."""
    return text.encode("utf-16-le")[: 2 * longest].decode("utf-16-le", "ignore")
