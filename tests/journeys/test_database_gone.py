"""PostgreSQL is killed under everybody: what is not stored is not acknowledged, nothing is lost."""

import asyncio

import httpx
from sqlalchemy import select

from bench.town import SimulatedCitizen, Town, together
from db.models import Case
from db.session import Database


async def test_a_killed_database_comes_back_and_nobody_is_forgotten(
    town: Town,
    phones: httpx.AsyncClient,
    records: Database,
    channel: type[SimulatedCitizen],
) -> None:
    citizens = await together(*(channel.arrive(phones, f"Người {number}") for number in range(12)))
    words = [
        f"Đèn đường ngõ {number} ở phường Lê Chân hỏng ba tuần nay, tối om không ai sửa"
        for number in range(100, 112)
    ]
    filing = asyncio.gather(*(c.file(w) for c, w in zip(citizens, words, strict=True)))
    await asyncio.sleep(1)
    await asyncio.to_thread(town.kill_database)
    codes = await filing
    assert len(set(codes)) == 12
    await citizens[0].write("/tinhtrang")  # Answered once the database is back.
    assert codes[0] in (await citizens[0].hear(120))["text"]
    async with records.in_transaction() as session:
        found = await session.execute(select(Case.code, Case.text).where(Case.code.in_(codes)))
        assert dict(found.tuples().all()) == dict(zip(codes, words, strict=True))
