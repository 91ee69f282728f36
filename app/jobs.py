"""What the queue's jobs do: the worker's (`Workshop`) and the sender's (`Outbox`).

A job may run twice (a worker can die after its work and before saying so), so each task asks
the database what is left to do. Jobs of a dead worker are found by its missing heartbeat.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from procrastinate import App, JobContext, PsycopgConnector, RetryDecision
from procrastinate.jobs import Job
from procrastinate.retry import BaseRetryStrategy
from sqlalchemy import func, select
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncSession
from telegram.error import BadRequest, Conflict, InvalidToken, NetworkError, RetryAfter

from app.mail import MailUnreachable
from app.notices import Courier
from bot.channel import OutOfReach, SlowDown, Unclear
from bot.conversation import Conversation, Sender
from bot.handlers import HandlingFailed
from bot.heard import Understanding
from bot.reading import Reader
from bot.send import Sender as Replies
from bot.understand import Rasa
from bot.voice import Busy
from cases import intake
from cases.personal_data import erase_expired
from cases.silence import close_silent, remind_silent
from cases.tables import Tables
from db import queue
from db.encryption import Vault
from db.models import Case, InboxUpdate
from db.session import DATABASE_AWAY, Database, libpq_url
from routing.router import decide
from routing.tables import Pack

logger = logging.getLogger(__name__)

LISTEN_AGAIN = 2  # Seconds; meanwhile the worker does other work.
ATTEMPTS = 5  # Waits 1, 2, 4, 8 seconds; the chat's later messages wait behind.
LONGEST_WAIT = 300
# What passes by itself, or when an operator mends it: a network, a token, a database.
PASSING = (
    OutOfReach, Unclear, NetworkError, InvalidToken, Conflict,
    OperationalError, InterfaceError, MailUnreachable,
)  # fmt: skip
# A reply that could not be sent for so long says nothing any more that a citizen waits for.
REPLY_PATIENCE = timedelta(hours=24)
# Any constant will do: it keeps two workers from rescuing the same job.
RESCUE_LOCK = 5_047_832


MindSilence = Callable[[AsyncSession, datetime, Pack], Awaitable[int]]


class RasaUnavailable(Exception):
    """Rasa still does not answer."""


class Patience(BaseRetryStrategy):
    """Wait out what passes (Telegram's pace, networks, a database); give up on what does not."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if isinstance(exception, HandlingFailed) and exception.__cause__ is not None:
            exception = exception.__cause__
        if isinstance(exception, asyncio.CancelledError):  # The worker is told to stop.
            return RetryDecision(retry_in={"seconds": 0})
        if isinstance(exception, SlowDown):
            return RetryDecision(retry_in={"seconds": ceil(exception.seconds)})
        if isinstance(exception, Busy):
            return RetryDecision(retry_in={"seconds": LISTEN_AGAIN})
        if isinstance(exception, RetryAfter):
            wait = exception.retry_after
            seconds = wait if isinstance(wait, int) else int(wait.total_seconds()) + 1
            return RetryDecision(retry_in={"seconds": seconds})
        is_passing = isinstance(exception, PASSING)
        if is_passing and not isinstance(exception, BadRequest):  # Which is a NetworkError too.
            return RetryDecision(retry_in={"seconds": min(2 ** min(job.attempts, 9), LONGEST_WAIT)})
        if job.attempts + 1 < ATTEMPTS:
            return RetryDecision(retry_in={"seconds": 2**job.attempts})
        return None

    def gives_up(self, exception: BaseException, job: Job) -> bool:
        """Whether this was the last try."""
        return self.get_retry_decision(exception=exception, job=job) is None


class RasaPatience(Patience):
    """The same, but a case that waits for Rasa is looked at every few seconds."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if isinstance(exception, RasaUnavailable):
            return RetryDecision(retry_in={"seconds": min(2 + job.attempts, 30)})
        return super().get_retry_decision(exception=exception, job=job)


@dataclass
class Workshop:
    """What citizens sent, read and decided on. `readers` are those of the channels that are set
    up, by name."""

    database: Database
    vault: Vault
    rasa: Rasa
    tables: Tables
    conversation: Conversation
    readers: Mapping[str, Reader]
    clock: Callable[[], datetime]

    async def handle_update(self, inbox_id: int) -> None:
        """Read one stored update as its channel does. Raises OutOfReach where that channel is not
        set up any more: the update waits until it is."""
        async with self.database.in_transaction() as session:
            channel, payload = await _stored(session, inbox_id)
        if payload is None:  # Handled: its content was wiped then.
            return
        if channel not in self.readers:
            raise OutOfReach(f"{channel} is not set up")
        update = json.loads(self.vault.decrypt(payload))
        await self.readers[channel].read(update, inbox_id)

    async def note_failure(self, inbox_id: int, error: BaseException) -> None:
        """The update stays stored, with the kind of failure, for an operator to look at."""
        async with self.database.in_transaction() as session:
            row = await session.get_one(InboxUpdate, inbox_id, with_for_update=True)
            if row.handled_at is not None or row.payload is None:
                return
            cause = error.__cause__ or error
            row.failed_at, row.failure = self.clock(), type(cause).__name__
            update = json.loads(self.vault.decrypt(row.payload))
            address = self.readers[row.channel].address_of(update)
        if address is not None:
            await self.conversation.note_parked(inbox_id, Sender(row.channel, address))

    async def erase_expired(self) -> None:
        """Erase what was kept for as long as citizens were told."""
        while True:
            async with self.database.in_transaction() as session:
                pack = await self.tables.current(session)
                count = await erase_expired(session, pack.retention_months, self.clock())
            logger.info("erased what was kept long enough", extra={"cases": count})
            if not count:
                return

    async def mind_silence(self) -> None:
        """Remind whoever does not react to an answer, and close what stayed without a word."""
        reminded = await self._until_none(remind_silent)
        closed = await self._until_none(close_silent)
        logger.info("minded silence", extra={"reminded": reminded, "closed": closed})

    async def _until_none(self, mind: MindSilence) -> int:
        """Do it a batch a transaction; how many cases it was."""
        total = 0
        while True:
            async with self.database.in_transaction() as session:
                pack = await self.tables.current(session)
                count = await mind(session, self.clock(), pack)
            total += count
            if not count:
                return total

    async def understand_case(self, case_id: int) -> None:
        """Read a case that was filed while Rasa was away. Raises RasaUnavailable."""
        async with self.database.in_transaction() as session:
            case = await session.get_one(Case, case_id)
        if case.understood_at is not None:
            return
        said = await self.rasa.parse(case.text)
        if not isinstance(said, Understanding):
            raise RasaUnavailable(said.why)
        async with self.database.in_transaction() as session:
            case = await session.get_one(Case, case_id, with_for_update=True)
            await self._understand(session, case, said)

    async def _understand(self, session: AsyncSession, case: Case, said: Understanding) -> None:
        now = self.clock()
        matter = said.matter(case.text, case.ward_code, category=case.category)
        pack = await self.tables.current(session)
        decision = decide(matter, pack, pack.local_day(now))
        await intake.understand_case(session, case, matter, decision, pack, now)


async def _stored(session: AsyncSession, inbox_id: int) -> tuple[str, bytes | None]:
    query = select(InboxUpdate.channel, InboxUpdate.payload).where(InboxUpdate.id == inbox_id)
    channel, payload = (await session.execute(query)).one()
    return channel, payload


@dataclass
class Outbox:
    """What goes out: replies to citizens and notices to agencies; and citizens' files, in."""

    replies: Replies
    courier: Courier

    async def ends_waiting(self, reply_id: int, error: Exception, job: Job) -> bool:
        """Whether a reply that failed is given up because it waited for a whole day. The last try
        of what no waiting mends is noted too."""
        is_over = await self.replies.has_waited(reply_id, REPLY_PATIENCE)
        if is_over or Patience().gives_up(error, job):
            await self.replies.give_up(reply_id, type(error).__name__)
        return is_over


def _open_queue(database_url: str) -> App:
    return App(connector=PsycopgConnector(conninfo=libpq_url(database_url)))


def workers_queue(database_url: str, workshop: Workshop) -> App:
    """The procrastinate app with the tasks of `db.queue.WORKER`."""
    app, patience = _open_queue(database_url), Patience()

    @app.task(name=queue.HANDLE_UPDATE, retry=patience, pass_context=True)
    async def handle_update(context: JobContext, inbox_id: int) -> None:
        try:
            await workshop.handle_update(inbox_id)
        except Exception as error:
            if patience.gives_up(error, context.job):
                await workshop.note_failure(inbox_id, error)
            raise

    @app.task(name=queue.TRANSCRIBE, retry=patience)
    async def transcribe(attachment_id: int) -> None:
        await workshop.conversation.listen(attachment_id)

    @app.task(name=queue.UNDERSTAND_CASE, retry=RasaPatience())
    async def understand_case(case_id: int) -> None:
        await workshop.understand_case(case_id)

    _add_upkeep(app, workshop)
    return app


def senders_queue(database_url: str, outbox: Outbox) -> App:
    """The procrastinate app with the tasks of `db.queue.SENDER`."""
    app, patience = _open_queue(database_url), Patience()

    @app.task(name=queue.SEND_REPLY, retry=patience, pass_context=True)
    async def send_reply(context: JobContext, reply_id: int) -> None:
        try:
            await outbox.replies.send(reply_id)
        except Exception as error:
            if not await outbox.ends_waiting(reply_id, error, context.job):
                raise

    @app.task(name=queue.FETCH_ATTACHMENT, retry=patience)
    async def fetch_attachment(attachment_id: int) -> None:
        await outbox.replies.fetch_attachment(attachment_id)

    @app.task(name=queue.DELIVER_NOTICE, retry=patience)
    async def deliver_notice(notice_id: int) -> None:
        await outbox.courier.deliver(notice_id)

    return app


def _add_upkeep(app: App, workshop: Workshop) -> None:
    """What is done by the clock."""

    @app.periodic(cron="17 20 * * *")  # UTC: in the small hours of Vietnam.
    @app.task(name=queue.ERASE_EXPIRED, queueing_lock=queue.ERASE_EXPIRED, queue=queue.WORKER)
    async def erase_expired(timestamp: int) -> None:
        await workshop.erase_expired()

    @app.periodic(cron="11 * * * *")  # Hourly: which hour is a province's morning is its own.
    @app.task(name=queue.MIND_SILENCE, queueing_lock=queue.MIND_SILENCE, queue=queue.WORKER)
    async def mind_silence(timestamp: int) -> None:
        await workshop.mind_silence()


async def work(app: App, name: str, database: Database, concurrency: int, heartbeat: float) -> None:
    """Do the jobs of the queue `name` until SIGTERM or SIGINT; those that run are finished."""
    async with app.open_async():
        rescue = asyncio.create_task(_rescue_jobs(app, database, heartbeat))
        try:
            await app.run_worker_async(
                queues=[name],
                concurrency=concurrency,
                fetch_job_polling_interval=1.0,
                update_heartbeat_interval=heartbeat,
                stalled_worker_timeout=4 * heartbeat,
                shutdown_graceful_timeout=10,
                delete_jobs="successful",
            )
        finally:
            rescue.cancel()


async def _rescue_jobs(app: App, database: Database, heartbeat: float) -> None:
    """Take up what a killed worker left half done (its heartbeat stopped)."""
    while True:
        try:
            async with database.in_transaction() as session:
                lock = select(func.pg_try_advisory_xact_lock(RESCUE_LOCK))
                if await session.scalar(lock):  # Else another worker looks just now.
                    await _rescue_once(app, 4 * heartbeat)
        except DATABASE_AWAY as error:
            logger.warning("could not look for stalled jobs", extra={"error": type(error).__name__})
        await asyncio.sleep(heartbeat)


async def _rescue_once(app: App, silence: float) -> None:
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=silence):
        logger.warning("rescuing a job of a dead worker", extra={"job": job.id})
        await app.job_manager.retry_job(job)
