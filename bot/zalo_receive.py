"""Zalo's updates by long polling: each is stored with its job as soon as it came.

Zalo gives an update once and has nothing by which to confirm it. So a crash between its answer and
our commit loses that one message; where that matters take the webhook (`bot.webhook`), which
answers only after storing.
"""

import asyncio
import json
import logging
from typing import Any

from bot.channel import Blocked, OutOfReach, Refused, SlowDown, Unclear
from bot.inbox import Inbox, unreadable
from bot.zalo import ZALO, ZaloApi
from bot.zalo_handlers import received_from
from db.encryption import Vault
from db.session import DATABASE_AWAY, Database

logger = logging.getLogger(__name__)

POLL_SECONDS = 25
PAUSE_AFTER_ERROR = 3.0
PAUSE_WITHOUT_DATABASE = 1.0


class ZaloReceiver:
    """Moves updates from Zalo into `inbox`."""

    def __init__(self, api: ZaloApi, database: Database, vault: Vault) -> None:
        self._api = api
        self._database = database
        self._inbox = Inbox(ZALO, api.bot_id, database, vault)

    async def run(self) -> None:
        """Poll until cancelled; long polling excludes a webhook."""
        await self.forget_webhook()
        while True:
            await self.poll_once()

    async def poll_once(self) -> None:
        """Wait for an update and store it. Nothing is asked for while it could not be stored."""
        if not await self._database.answers():
            await asyncio.sleep(PAUSE_WITHOUT_DATABASE)
            return
        try:
            updates = await self._api.updates(POLL_SECONDS)
        except (Blocked, OutOfReach, Refused, SlowDown, Unclear) as error:
            await _wait_out(error)
            return
        for update in updates:
            await self.keep(update)

    async def announce(self, url: str, secret: str) -> None:
        """Have updates delivered to `url` in place of polling."""
        await self._patiently("setWebhook", {"url": url, "secret_token": secret})

    async def forget_webhook(self) -> None:
        """Have nothing delivered any more."""
        await self._patiently("deleteWebhook", {})

    async def keep(self, update: dict[str, Any]) -> None:
        """Store it, however long the database stays away: it is not given again. One that nobody
        can read is kept as it came."""
        try:
            received = received_from(update)
        except (KeyError, TypeError, AttributeError) as error:
            logger.error("zalo: unreadable", extra={"error": type(error).__name__})
            received = unreadable(json.dumps(update).encode())
        while True:
            try:
                await self._inbox.store([received])
                return
            except DATABASE_AWAY as error:
                logger.warning("the database is away", extra={"error": type(error).__name__})
                await asyncio.sleep(PAUSE_WITHOUT_DATABASE)

    async def _patiently(self, method: str, params: dict[str, str]) -> None:
        while True:
            try:
                await self._api.call(method, params)
                return
            except (Blocked, OutOfReach, Refused, SlowDown, Unclear) as error:
                await _wait_out(error)


async def _wait_out(error: Exception) -> None:
    logger.warning("zalo did not answer", extra={"error": type(error).__name__, "why": str(error)})
    await asyncio.sleep(error.seconds if isinstance(error, SlowDown) else PAUSE_AFTER_ERROR)
