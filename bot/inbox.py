"""Where updates of every channel are stored with their jobs, before anybody is told that they came.

What the channel sent is stored, not our reading of it: an update that this version cannot read
fails alone, later, and is kept. `(channel, bot_id, update_key)` keeps what comes again single.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy.dialects.postgresql import insert

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
        rows = [
            {
                "channel": self._channel,
                "bot_id": self._bot_id,
                "update_key": update.key,
                "payload": self._vault.encrypt(json.dumps(update.payload).encode()),
            }
            for update in updates
        ]
        new = (
            insert(InboxUpdate)
            .values(rows)
            .on_conflict_do_nothing(index_elements=["channel", "bot_id", "update_key"])
            .returning(InboxUpdate.id, InboxUpdate.update_key)
        )
        senders = {update.key: update.sender for update in updates}
        async with self._database.in_transaction() as session:
            stored = sorted((await session.execute(new)).tuples())
            locks = [chat_lock(self._vault, self._channel, senders[key]) for _, key in stored]
            jobs = [(lock, {"inbox_id": i}) for lock, (i, _) in zip(locks, stored, strict=True)]
            await queue.defer_many(session, queue.HANDLE_UPDATE, jobs)


def chat_lock(vault: Vault, channel: str, sender: str) -> str:
    """What one sender sent is handled in order; the lock's name does not tell who."""
    return "chat:" + vault.lookup("lock", f"{channel} {sender}").hex()[:32]


def unreadable(body: bytes) -> Received:
    """What nobody can read, byte for byte; its hash keeps it single."""
    name = hashlib.sha256(body).hexdigest()
    return Received(f"sha256:{name}", name, {"unreadable": body.decode(errors="surrogateescape")})
