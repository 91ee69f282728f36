"""The worker's tasks: what `db.queue` names, done here.

A job may run twice (a worker can die after its work and before saying so), so each task asks
the database what is left to do. Jobs of a dead worker are found by its missing heartbeat.
"""

import asyncio
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from procrastinate import App, JobContext, PsycopgConnector, RetryDecision
from procrastinate.jobs import Job
from procrastinate.retry import BaseRetryStrategy
from telegram import Update
from telegram.error import NetworkError, RetryAfter
from telegram.ext import ExtBot

from bot.conversation import Conversation
from bot.handlers import Handlers, TelegramApplication
from bot.heard import Understanding
from bot.send import Sender
from bot.understand import Rasa
from cases import intake
from db import queue
from db.encryption import Vault
from db.models import Case, InboxUpdate
from db.session import Database, libpq_url
from routing.router import Matter, decide
from routing.tables import Pack

logger = logging.getLogger(__name__)

ATTEMPTS = 6  # Waits 1, 2, 4, 8, 16 seconds; the chat's later messages wait behind.
LONGEST_WAIT = 300


class RasaUnavailable(Exception):
    """Rasa still does not answer."""


class Patience(BaseRetryStrategy):
    """Wait out what passes (Telegram's pace, networks, Rasa); give up on what does not."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if isinstance(exception, RetryAfter):
            wait = exception.retry_after
            seconds = wait if isinstance(wait, int) else int(wait.total_seconds()) + 1
            return RetryDecision(retry_in={"seconds": seconds})
        if isinstance(exception, NetworkError | RasaUnavailable):
            return RetryDecision(retry_in={"seconds": min(2**job.attempts, LONGEST_WAIT)})
        if job.attempts + 1 < ATTEMPTS:
            return RetryDecision(retry_in={"seconds": 2**job.attempts})
        return None


class RasaPatience(Patience):
    """The same, but a case that waits for Rasa is looked at every few seconds."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if isinstance(exception, RasaUnavailable):
            return RetryDecision(retry_in={"seconds": min(2 + job.attempts, 30)})
        return super().get_retry_decision(exception=exception, job=job)


@dataclass
class Workshop:
    """What the tasks work with."""

    database: Database
    vault: Vault
    rasa: Rasa
    pack: Pack
    bot: ExtBot[Any]
    clock: Callable[[], datetime]

    def __post_init__(self) -> None:
        conversation = Conversation(self.database, self.vault, self.rasa, self.pack, self.clock)
        self.handlers = Handlers(conversation, self.clock)
        self.application: TelegramApplication = self.handlers.build(self.bot)
        self.sender = Sender(self.bot, self.database, self.vault, self.pack, self.clock)

    async def handle_update(self, inbox_id: int) -> None:
        """Handle one stored update through python-telegram-bot."""
        async with self.database.in_transaction() as session:
            row = await session.get_one(InboxUpdate, inbox_id)
        if row.handled_at is not None or row.payload is None:
            return
        update = Update.de_json(json.loads(self.vault.decrypt(row.payload)), self.bot)
        await self.handlers.process(self.application, update, inbox_id)

    async def note_failure(self, inbox_id: int, error: BaseException) -> None:
        """The update stays stored, with the kind of failure, for an operator to look at."""
        async with self.database.in_transaction() as session:
            row = await session.get_one(InboxUpdate, inbox_id, with_for_update=True)
            if row.handled_at is None:
                cause = error.__cause__ or error
                row.failed_at, row.failure = self.clock(), type(cause).__name__

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

    async def _understand(self, session: Any, case: Case, said: Understanding) -> None:
        best = said.categories[0]
        now = self.clock()
        matter = Matter(
            category=best.name,
            category_confidence=best.confidence,
            legal_type=said.legal_type.name,
            ward_code=case.ward_code,
            text=case.text,
            accused=said.accused,
        )
        today = now.astimezone(ZoneInfo(self.pack.timezone)).date()
        scored = [{"name": c.name, "confidence": c.confidence} for c in said.categories[:5]]
        await intake.understand_case(
            session,
            case,
            best.name,
            scored,
            said.legal_type.name,
            decide(matter, self.pack, today),
            now,
        )


def build_queue(database_url: str, workshop: Workshop) -> App:
    """The procrastinate app with every task of `db.queue`."""
    app = App(connector=PsycopgConnector(conninfo=libpq_url(database_url)))

    @app.task(name=queue.HANDLE_UPDATE, retry=Patience(), pass_context=True)
    async def handle_update(context: JobContext, inbox_id: int) -> None:
        try:
            await workshop.handle_update(inbox_id)
        except Exception as error:
            if context.job.attempts + 1 >= ATTEMPTS:
                await workshop.note_failure(inbox_id, error)
            raise

    @app.task(name=queue.SEND_REPLY, retry=Patience())
    async def send_reply(reply_id: int) -> None:
        await workshop.sender.send(reply_id)

    @app.task(name=queue.UNDERSTAND_CASE, retry=RasaPatience())
    async def understand_case(case_id: int) -> None:
        await workshop.understand_case(case_id)

    @app.task(name=queue.FETCH_ATTACHMENT, retry=Patience())
    async def fetch_attachment(attachment_id: int) -> None:
        await workshop.sender.fetch_attachment(attachment_id)

    return app


async def work(app: App, concurrency: int, heartbeat: float) -> None:
    """Do jobs until SIGTERM or SIGINT; jobs that run then are finished first."""
    async with app.open_async():
        rescue = asyncio.create_task(_rescue_jobs(app, heartbeat))
        try:
            await app.run_worker_async(
                concurrency=concurrency,
                fetch_job_polling_interval=1.0,
                update_heartbeat_interval=heartbeat,
                stalled_worker_timeout=4 * heartbeat,
                shutdown_graceful_timeout=10,
                delete_jobs="successful",
            )
        finally:
            rescue.cancel()


async def _rescue_jobs(app: App, heartbeat: float) -> None:
    """Take up what a killed worker left half done (its heartbeat stopped)."""
    while True:
        stalled = await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=4 * heartbeat)
        for job in stalled:
            logger.warning("rescuing a job of a dead worker", extra={"job": job.id})
            await app.job_manager.retry_job(job)
        await asyncio.sleep(heartbeat)
