"""The door to the job queue: a job is queued in the transaction that needs it.

Jobs are procrastinate's, on the same PostgreSQL, so a job exists if and only if the change
that needs it was committed. Tasks are named here and written in `app.jobs`, so that the rooms
below `app` can ask for work without importing who does it.
"""

from datetime import datetime
from typing import Any

from procrastinate import App, PsycopgConnector
from sqlalchemy.ext.asyncio import AsyncSession

HANDLE_UPDATE = "handle_update"
SEND_REPLY = "send_reply"
UNDERSTAND_CASE = "understand_case"
FETCH_ATTACHMENT = "fetch_attachment"
TRANSCRIBE = "transcribe"
DELIVER_NOTICE = "deliver_notice"
ERASE_EXPIRED = "erase_expired"
MIND_SILENCE = "mind_silence"

# Which process does it: workers read and decide; the one sender talks to channels and agencies, so
# that whoever waits for Telegram's pace or for a dead network keeps no citizen's message waiting.
WORKER, SENDER = "worker", "sender"
_SENT = (SEND_REPLY, FETCH_ATTACHMENT, DELIVER_NOTICE)


def queue_of(task: str) -> str:
    """The queue that a task waits in."""
    return SENDER if task in _SENT else WORKER


# Never opened: it only builds the INSERT, which runs on the session's own connection.
_queue = App(connector=PsycopgConnector())


async def defer(
    session: AsyncSession,
    task: str,
    *,
    lock: str | None = None,
    not_before: datetime | None = None,
    **args: Any,
) -> None:
    """Queue `task` in this transaction. Jobs that share a `lock` run one at a time, in order: one
    that waits for `not_before` holds up those behind it."""
    connection = await session.connection()
    raw = await connection.get_raw_connection()
    job = _queue.configure_task(
        task,
        queue=queue_of(task),
        lock=lock,
        schedule_at=not_before,
        connection=raw.driver_connection,
    )
    await job.defer_async(**args)
