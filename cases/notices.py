"""What citizens are told, queued in the transaction in which it came true.

Only what happened is queued; `bot.texts` finds the words for the channel when it is sent.
"""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from db import queue
from db.models import Case, Reply


def chat_lock(citizen_id: int) -> str:
    """Replies to one citizen are sent in order."""
    return f"replies:{citizen_id}"


def push_lock(citizen_id: int) -> str:
    """What waits for the morning goes in order too, and holds up no reply."""
    return f"pushes:{citizen_id}"


async def queue_reply(
    session: AsyncSession, citizen_id: int, content: dict[str, Any], case: Case | None = None
) -> Reply:
    """Queue something to be said, and the job that says it."""
    reply = Reply(citizen_id=citizen_id, case_id=case.id if case else None, content=content)
    session.add(reply)
    await session.flush()
    await queue.defer(session, queue.SEND_REPLY, lock=chat_lock(citizen_id), reply_id=reply.id)
    return reply


async def notify(session: AsyncSession, case: Case, notice: str, **params: Any) -> None:
    """Tell the case's citizen that `notice` happened; nobody is told of an erased citizen's."""
    if case.citizen_id is not None:
        content = {"notice": notice, "code": case.code, **params}
        await queue_reply(session, case.citizen_id, content, case)
