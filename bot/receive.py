"""Long polling: an update is stored in the same transaction as its job, then confirmed.

Asking for the next offset is what confirms to Telegram, so a crash
before that brings the same updates again, and `bot.inbox` keeps them single.
"""

import asyncio
import logging
import warnings
from typing import Any

from telegram import Bot
from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError
from telegram.warnings import PTBUserWarning

from bot.handlers import COMMANDS
from bot.inbox import Inbox, Received
from bot.telegram import TELEGRAM
from db.encryption import Vault
from db.session import Database

logger = logging.getLogger(__name__)

POLL_SECONDS = 25
PAUSE_AFTER_ERROR = 3.0
ALLOWED_UPDATES = ["message", "edited_message", "callback_query", "my_chat_member"]


class Receiver:
    """Moves updates from the Bot API into `inbox`."""

    def __init__(self, bot: Bot, database: Database, vault: Vault) -> None:
        self._bot = bot
        self._database = database
        self._vault = vault
        self._offset: int | None = None
        # `get_updates` would read the updates; we want the raw JSON, of which it warns.
        warnings.filterwarnings("ignore", r"Please use 'Bot\.getUpdates'", PTBUserWarning)

    async def prepare(self) -> None:
        """Tell Telegram the commands; long polling excludes a webhook."""
        await self._bot.delete_webhook()
        await self._bot.set_my_commands(list(COMMANDS.items()))

    async def run(self) -> None:
        """Poll until cancelled; errors of the network or of Telegram are waited out."""
        await _until_done(self.prepare)
        while True:
            await _until_done(self.poll_once)

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


def received_from(update: dict[str, Any]) -> Received:
    """Telegram's update for the inbox. One of another shape than Telegram's is stored as well, and
    fails when it is handled."""
    body = next((part for part in update.values() if isinstance(part, dict)), {})
    people = (body.get("from"), body.get("chat"))
    sender = next((one.get("id") for one in people if isinstance(one, dict)), None)
    return Received(str(update["update_id"]), str(sender), update)


async def _until_done(step: Any) -> None:
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


def _seconds(error: RetryAfter) -> float:
    wait = error.retry_after
    return float(wait if isinstance(wait, int | float) else wait.total_seconds())
