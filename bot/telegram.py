"""Telegram as a channel: python-telegram-bot's calls, its errors told apart.

Telegram answers a request that it did; so an error after the request left (a time-out while
waiting for the answer, a broken connection) leaves it unclear whether it was done.
"""

from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, InputFile
from telegram.error import (
    BadRequest,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot.channel import Blocked, OutOfReach, Refused, Rows, SlowDown
from bot.unanswered import unanswered

TELEGRAM = "telegram"


class Telegram:
    """A bot's chats on Telegram; an address is a chat's id."""

    name = TELEGRAM
    longest = 4096
    has_buttons = True

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    async def say(self, address: str, text: str, rows: Rows) -> None:
        with _told_apart():
            await self._bot.send_message(int(address), text, reply_markup=_markup(rows))

    async def replace(self, address: str, message_id: int, text: str, rows: Rows) -> bool:
        with _told_apart():
            return await _done(
                self._bot.edit_message_text(
                    text, chat_id=int(address), message_id=message_id, reply_markup=_markup(rows)
                ),
                same="message is not modified",
            )

    async def acknowledge(self, address: str, tap: str, spent: int | None) -> None:
        """An old tap cannot be answered and spent buttons may be gone: neither matters."""
        with _told_apart():
            await _done(self._bot.answer_callback_query(tap))
            if spent is not None:
                await _done(self._bot.edit_message_reply_markup(int(address), spent))

    async def delete(self, address: str, message_ids: list[int]) -> bool:
        """Telegram lets a bot delete a citizen's message for 48 hours."""
        done = True
        with _told_apart():
            for message_id in message_ids:
                done &= await _done(self._bot.delete_message(int(address), message_id))
        return done

    async def send_file(self, address: str, name: str, content: bytes, caption: str) -> bool:
        with _told_apart():
            file = InputFile(content, filename=name)
            if name.endswith(".jpg"):
                await self._bot.send_photo(int(address), file, caption=caption)
            else:
                await self._bot.send_document(int(address), file, caption=caption)
        return True

    async def fetch(self, file_id: str) -> bytes:
        with _told_apart():
            file = await self._bot.get_file(file_id)
            return bytes(await file.download_as_bytearray())


async def _done(call: Awaitable[Any], same: str = "") -> bool:
    """Whether Telegram did it; what is so already counts as done."""
    try:
        await call
    except BadRequest as error:
        return bool(same) and same in error.message.lower()
    return True


@contextmanager
def _told_apart() -> Iterator[None]:
    """python-telegram-bot's errors as those of `bot.channel`."""
    try:
        yield
    except RetryAfter as error:
        wait = error.retry_after
        seconds = wait if isinstance(wait, int | float) else wait.total_seconds()
        raise SlowDown(float(seconds)) from error
    except Forbidden as error:
        raise Blocked from error
    except BadRequest as error:  # A NetworkError too, but no outage.
        raise Refused(error.message) from error
    except (InvalidToken, Conflict) as error:  # For an operator to mend.
        raise OutOfReach(type(error).__name__) from error
    except NetworkError as error:
        cause = error.__cause__
        if isinstance(cause, httpx.HTTPError):
            raise unanswered(cause) from error
        raise OutOfReach(type(cause or error).__name__) from error
    except TelegramError as error:
        raise Refused(type(error).__name__) from error


def _markup(rows: Rows) -> InlineKeyboardMarkup | None:
    if not rows:
        return None
    return InlineKeyboardMarkup(
        [
            [
                InlineKeyboardButton(button["text"], callback_data=button["callback_data"])
                for button in row
            ]
            for row in rows
        ]
    )
