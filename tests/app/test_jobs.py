"""How long the worker tries, and what becomes of what it cannot do."""

import asyncio
from datetime import timedelta

import pytest
from procrastinate.jobs import Job
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError
from telegram.error import BadRequest, InvalidToken, RetryAfter, TimedOut

from app.jobs import ATTEMPTS, Patience
from app.retry import retry_failed
from bot.handlers import HandlingFailed
from db.models import Citizen, InboxUpdate, Reply
from db.session import Database


def job(attempts: int) -> Job:
    return Job(
        id=1, queue="default", lock=None, queueing_lock=None, task_name="t", attempts=attempts
    )


@pytest.mark.parametrize(
    "error",
    [
        TimedOut(),
        InvalidToken(),
        OperationalError("select", {}, Exception("gone")),
        RetryAfter(timedelta(seconds=3)),
        asyncio.CancelledError(),
    ],
)
def test_what_passes_is_waited_out_however_long(error: BaseException) -> None:
    assert not Patience().gives_up(error, job(1000))


def test_a_handler_that_met_a_passing_error_is_waited_out() -> None:
    failed = HandlingFailed("OperationalError")
    failed.__cause__ = OperationalError("select", {}, Exception("gone"))
    assert not Patience().gives_up(failed, job(1000))


@pytest.mark.parametrize("error", [KeyError("x"), BadRequest("no"), HandlingFailed("KeyError")])
def test_what_never_passes_is_given_up(error: Exception) -> None:
    assert not Patience().gives_up(error, job(ATTEMPTS - 2))
    assert Patience().gives_up(error, job(ATTEMPTS - 1))


async def test_what_failed_for_good_is_queued_again_but_not_a_blocked_chats(
    database: Database, database_url: str
) -> None:
    now = text("now()")
    async with database.in_transaction() as session:
        citizen = Citizen(address=b"x", address_lookup=b"y")
        session.add(citizen)
        await session.flush()
        for failure in ("KeyError", "blocked"):
            session.add(Reply(citizen_id=citizen.id, content={}, failed_at=now, failure=failure))
        session.add(InboxUpdate(bot_id=1, update_key="1", payload=b"x", failed_at=now, failure="E"))
    assert await retry_failed(database_url) == (1, 1, 0)
    assert await retry_failed(database_url) == (0, 0, 0)
    async with database.in_transaction() as session:
        names = await session.scalars(text("select task_name from procrastinate_jobs order by id"))
        assert list(names) == ["handle_update", "send_reply"]
        assert list(await session.scalars(select(Reply.failure).order_by(Reply.id))) == [
            None,
            "blocked",
        ]
