"""The door to the job queue: a job is queued in the transaction that needs it.

Jobs are procrastinate's, on the same PostgreSQL, so a job exists if and only if the change
that needs it was committed. Tasks are named here and written in `app.jobs`, so that the rooms
below `app` can ask for work without importing who does it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from procrastinate import App, PsycopgConnector
from procrastinate.jobs import Job
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
    await _defer(session, [_job(task, lock, not_before, args)])


async def defer_many(
    session: AsyncSession, task: str, jobs: Sequence[tuple[str, dict[str, Any]]]
) -> None:
    """Queue `task` once for each (lock, arguments), in that order and in one statement."""
    if jobs:
        await _defer(session, [_job(task, lock, None, args) for lock, args in jobs])


def _job(task: str, lock: str | None, not_before: datetime | None, args: dict[str, Any]) -> Job:
    deferrer = _queue.configure_task(task, queue=queue_of(task), lock=lock, schedule_at=not_before)
    return deferrer.make_new_job(**args)


async def _defer(session: AsyncSession, jobs: list[Job]) -> None:
    connection = await session.connection()
    raw = await connection.get_raw_connection()
    await _queue.job_manager.batch_defer_jobs_async(jobs, connection=raw.driver_connection)
