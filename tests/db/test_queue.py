"""A job exists if and only if the change that needs it was committed."""

import pytest
from sqlalchemy import text

from db import queue
from db.models import Citizen
from db.session import Database


async def count(database: Database) -> tuple[int, int]:
    async with database.in_transaction() as session:
        jobs = await session.scalar(text("select count(*) from procrastinate_jobs"))
        citizens = await session.scalar(text("select count(*) from citizens"))
    return jobs or 0, citizens or 0


async def test_a_job_is_committed_with_its_change(database: Database) -> None:
    async with database.in_transaction() as session:
        session.add(Citizen(address=b"x", address_lookup=b"x"))
        await queue.defer(session, queue.SEND_REPLY, lock="replies:1", reply_id=7)
    assert await count(database) == (1, 1)
    async with database.in_transaction() as session:
        query = text(
            "select task_name, queue_name, lock, args, status::text from procrastinate_jobs"
        )
        assert (await session.execute(query)).one() == (
            "send_reply", "sender", "replies:1", {"reply_id": 7}, "todo",
        )  # fmt: skip


def test_what_talks_to_the_outside_waits_in_the_senders_queue() -> None:
    sent = {queue.SEND_REPLY, queue.FETCH_ATTACHMENT, queue.DELIVER_NOTICE}
    assert {queue.queue_of(task) for task in sent} == {queue.SENDER}
    read = {
        queue.HANDLE_UPDATE, queue.UNDERSTAND_CASE, queue.ERASE_EXPIRED, queue.MIND_SILENCE,
    }  # fmt: skip
    assert {queue.queue_of(task) for task in read} == {queue.WORKER}


async def test_a_job_is_rolled_back_with_its_change(database: Database) -> None:
    async def crash() -> None:
        async with database.in_transaction() as session:
            session.add(Citizen(address=b"x", address_lookup=b"x"))
            await queue.defer(session, queue.SEND_REPLY, reply_id=7)
            raise RuntimeError("the machine is gone")

    with pytest.raises(RuntimeError):
        await crash()
    assert await count(database) == (0, 0)


async def test_words_are_in_no_error_of_the_database(database: Database) -> None:
    with pytest.raises(Exception, match="citizens") as failure:
        async with database.in_transaction() as session:
            session.add_all([Citizen(address=b"bi mat", address_lookup=b"x") for _ in range(2)])
    assert "bi mat" not in str(failure.value)
