"""Updates that could not be handled: kept, shown to staff by their code, tried again on request.

What is in one is not shown: it is encrypted, and nobody has read it.
"""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from db import queue
from db.models import InboxUpdate, Reply

LONGEST_LIST = 200


def parked_code(inbox_id: int) -> str:
    """How citizen and staff name a message that could not be read."""
    return f"TN-{inbox_id:06d}"


async def parked_updates(session: AsyncSession) -> list[InboxUpdate]:
    """Those that every try failed on, oldest first."""
    parked = InboxUpdate.failed_at.is_not(None), InboxUpdate.handled_at.is_(None)
    query = select(InboxUpdate).where(*parked).order_by(InboxUpdate.id).limit(LONGEST_LIST)
    return list(await session.scalars(query))


async def unsent_replies(session: AsyncSession) -> Sequence[tuple[str, int]]:
    """Why replies were given up, and how many of each."""
    given_up = Reply.failed_at.is_not(None), Reply.sent_at.is_(None), Reply.failure.is_not(None)
    query = select(Reply.failure, func.count()).where(*given_up).group_by(Reply.failure)
    rows = await session.execute(query.order_by(func.count().desc(), Reply.failure))
    return [(str(why), count) for why, count in rows]


async def find_parked(session: AsyncSession, inbox_id: int) -> InboxUpdate | None:
    """A parked update, locked."""
    found: InboxUpdate | None = await session.scalar(
        select(InboxUpdate)
        .where(
            InboxUpdate.id == inbox_id,
            InboxUpdate.failed_at.is_not(None),
            InboxUpdate.handled_at.is_(None),
        )
        .with_for_update()
    )
    return found


async def retry_update(session: AsyncSession, update: InboxUpdate) -> None:
    """Queue it again, after its cause was mended. The row must be locked."""
    update.failed_at = update.failure = None
    await queue.defer(session, queue.HANDLE_UPDATE, lock="retry", inbox_id=update.id)
