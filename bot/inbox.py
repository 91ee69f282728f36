"""Where updates of every channel are stored with their jobs, before anybody is told that they came.

What the channel sent is stored, not our reading of it: an update that this version cannot read
fails alone, later, and is kept. `(channel, bot_id, update_key)` keeps what comes again single.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from db import queue
from db.encryption import Vault
from db.models import InboxUpdate
from db.session import Database


@dataclass(frozen=True)
class Received:
    """One update. `key` is the channel's own name for it; `sender` orders those of one person."""

    key: str
    sender: str
    payload: dict[str, Any]


class Inbox:
    """The inbox of one bot on one channel."""

    def __init__(self, channel: str, bot_id: int, database: Database, vault: Vault) -> None:
        self._channel = channel
        self._bot_id = bot_id
        self._database = database
        self._vault = vault

    async def store(self, updates: list[Received]) -> None:
        """Keep a batch and queue a job for each new update, in one transaction."""
        async with self._database.in_transaction() as session:
            for update in updates:
                await self._store_one(session, update)

    async def _store_one(self, session: AsyncSession, update: Received) -> None:
        payload = self._vault.encrypt(json.dumps(update.payload).encode())
        inbox_id = await session.scalar(
            insert(InboxUpdate)
            .values(
                channel=self._channel, bot_id=self._bot_id, update_key=update.key, payload=payload
            )
            .on_conflict_do_nothing(index_elements=["channel", "bot_id", "update_key"])
            .returning(InboxUpdate.id)
        )
        if inbox_id is not None:
            lock = chat_lock(self._vault, self._channel, update.sender)
            await queue.defer(session, queue.HANDLE_UPDATE, lock=lock, inbox_id=inbox_id)


def chat_lock(vault: Vault, channel: str, sender: str) -> str:
    """What one sender sent is handled in order; the lock's name does not tell who."""
    return "chat:" + vault.lookup("lock", f"{channel} {sender}").hex()[:32]


def unreadable(body: bytes) -> Received:
    """What nobody can read, byte for byte; its hash keeps it single."""
    name = hashlib.sha256(body).hexdigest()
    return Received(f"sha256:{name}", name, {"unreadable": body.decode(errors="surrogateescape")})
