"""`langnghe retry`: what failed for good is queued again when its cause was mended."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.notices import chat_lock
from cases.parked import retry_update
from db import queue
from db.models import Delivery, InboxUpdate, Reply
from db.session import Database

# Nothing to send again: the citizen blocked the bot, the message itself was refused, or it may have
# arrived.
FINAL = ("blocked", "refused", "unclear")


async def retry_failed(url: str) -> tuple[int, int, int]:
    """How many updates, replies and notices to agencies were queued again."""
    database = Database(url, pool_size=1)
    try:
        async with database.in_transaction() as session:
            return (
                await _retry_updates(session),
                await _retry_replies(session),
                await _retry_notices(session),
            )
    finally:
        await database.close()


async def _retry_updates(session: AsyncSession) -> int:
    failed = select(InboxUpdate).where(
        InboxUpdate.failed_at.is_not(None), InboxUpdate.handled_at.is_(None)
    )
    updates = list(await session.scalars(failed.order_by(InboxUpdate.id).with_for_update()))
    for update in updates:
        await retry_update(session, update)
    return len(updates)


async def _retry_replies(session: AsyncSession) -> int:
    failed = select(Reply).where(
        Reply.failed_at.is_not(None), Reply.sent_at.is_(None), Reply.failure.not_in(FINAL)
    )
    replies = list(await session.scalars(failed.order_by(Reply.id).with_for_update()))
    for reply in replies:
        reply.failed_at = reply.failure = None
        lock = chat_lock(reply.citizen_id)
        await queue.defer(session, queue.SEND_REPLY, lock=lock, reply_id=reply.id)
    return len(replies)


async def _retry_notices(session: AsyncSession) -> int:
    """Those that had no mail server, or whose address was refused: it may be mended now."""
    failed = select(Delivery).where(Delivery.failed_at.is_not(None), Delivery.sent_at.is_(None))
    deliveries = list(await session.scalars(failed.with_for_update()))
    for delivery in deliveries:
        delivery.failed_at = delivery.failure = None
    notices = sorted({delivery.notice_id for delivery in deliveries})
    for notice_id in notices:
        await queue.defer(session, queue.DELIVER_NOTICE, notice_id=notice_id)
    return len(notices)
