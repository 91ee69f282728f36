"""Long polling: an update is stored in the same transaction as its job, then confirmed.

Asking for the next offset is what confirms to Telegram, so a crash
before that brings the same updates again, and `bot.inbox` keeps them single.
"""

import asyncio
import logging
import warnings
from collections.abc import Awaitable, Callable
from typing import Any

from telegram import Bot
from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError
from telegram.warnings import PTBUserWarning

from bot import texts
from bot.inbox import Inbox, Received
from bot.telegram import TELEGRAM
from db.encryption import Vault
from db.session import DATABASE_AWAY, Database

logger = logging.getLogger(__name__)

POLL_SECONDS = 25
PAUSE_AFTER_ERROR = 3.0
PAUSE_WITHOUT_DATABASE = 1.0
ALLOWED_UPDATES = ["message", "edited_message", "callback_query", "my_chat_member"]


class Receiver:
    """Moves updates from the Bot API into `inbox`."""

    def __init__(self, bot: Bot, database: Database, vault: Vault, province: str) -> None:
        self._bot = bot
        self._province = province
        self._database = database
        self._vault = vault
        self._offset: int | None = None
        # `get_updates` would read the updates; we want the raw JSON, of which it warns.
        warnings.filterwarnings("ignore", r"Please use 'Bot\.getUpdates'", PTBUserWarning)

    async def prepare(self) -> None:
        """Tell Telegram what the bot is; long polling excludes a webhook."""
        await self._bot.delete_webhook()
        await present(self._bot, self._province)

    async def run(self) -> None:
        """Poll until cancelled; errors of the network or of Telegram are waited out."""
        await until_done(self.prepare)
        while True:
            await until_done(self.poll_once)

    async def poll_once(self) -> None:
        updates = await self._fetch()
        if updates:
            await self.store(updates)
            self._offset = max(int(update["update_id"]) for update in updates) + 1

    async def store(self, updates: list[dict[str, Any]]) -> None:
        """Keep a batch. Raises KeyError for an update without a number, which could not be kept
        single."""
        received = [received_from(update) for update in updates]
        await Inbox(TELEGRAM, self._bot.id, self._database, self._vault).store(received)

    async def _fetch(self) -> list[dict[str, Any]]:
        arguments: dict[str, Any] = {"timeout": POLL_SECONDS, "allowed_updates": ALLOWED_UPDATES}
        if self._offset is not None:
            arguments["offset"] = self._offset
        answer = await self._bot.do_api_request(
            "getUpdates", api_kwargs=arguments, read_timeout=POLL_SECONDS + 10
        )
        return [dict(update) for update in answer]


async def present(bot: Bot, province: str) -> None:
    """Set commands and descriptions: Vietnamese for all, English for those who read English."""
    for language in texts.CATALOGUES:
        code = None if language == texts.DEFAULT else language
        with texts.speaking(language):
            await bot.set_my_commands(list(texts.commands().items()), language_code=code)
            await bot.set_my_description(texts.DESCRIPTION.format(province=province), code)
            short = texts.SHORT_DESCRIPTION.format(province=province)
            await bot.set_my_short_description(short, code)


def received_from(update: dict[str, Any]) -> Received:
    """Telegram's update for the inbox. One of another shape than Telegram's is stored as well, and
    fails when it is handled. Raises KeyError or TypeError for one without a number."""
    if not isinstance(update["update_id"], int):
        raise TypeError("update_id is a number")
    body = next((part for part in update.values() if isinstance(part, dict)), {})
    people = (body.get("from"), body.get("chat"))
    sender = next((one.get("id") for one in people if isinstance(one, dict)), None)
    return Received(str(update["update_id"]), str(sender), update)


def private_chat(update: dict[str, Any]) -> int | None:
    """Whom an update is from, where it can be told and is one person."""
    body = next((part for part in update.values() if isinstance(part, dict)), {})
    chat = body.get("chat") or (body.get("message") or {}).get("chat") or {}
    number = chat.get("id") if isinstance(chat, dict) else None
    return number if isinstance(number, int) and number > 0 else None


async def until_done(step: Callable[[], Awaitable[None]]) -> None:
    """Do it, again and again while Telegram or the database is away."""
    while True:
        try:
            await step()
            return
        except RetryAfter as error:
            await asyncio.sleep(_seconds(error))
        except BadRequest as error:  # A NetworkError too, but no outage.
            logger.error("telegram refused", extra={"error": error.message})
            await asyncio.sleep(PAUSE_AFTER_ERROR)
        except NetworkError:
            logger.warning("telegram is out of reach; trying again")
            await asyncio.sleep(PAUSE_AFTER_ERROR)
        except TelegramError as error:
            logger.error("telegram refused", extra={"error": type(error).__name__})
            await asyncio.sleep(PAUSE_AFTER_ERROR)
        except DATABASE_AWAY as error:
            # Nothing was stored and nothing is confirmed: Telegram gives it again.
            logger.warning("the database is away", extra={"error": type(error).__name__})
            await asyncio.sleep(PAUSE_WITHOUT_DATABASE)


def _seconds(error: RetryAfter) -> float:
    wait = error.retry_after
    return float(wait if isinstance(wait, int | float) else wait.total_seconds())
