"""75 people write at once: 75 cases, 75 codes, none lost, none twice."""

import asyncio
import json
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select, text

from bench.town import ROOT, SimulatedCitizen, Town, together
from cases.events import first_broken
from db.models import Case, Event, InboxUpdate, Reply
from db.session import Database

PETITIONS: Path = ROOT / "rasa_project" / "evaluation" / "petitions_dev.jsonl"


def petitions() -> list[str]:
    lines = PETITIONS.read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["text_formal"] for line in lines]


@pytest.mark.parametrize("kills", [0, 3])
async def test_seventy_five_at_once_give_seventy_five_cases(
    town: Town, phones: httpx.AsyncClient, records: Database, kills: int
) -> None:
    texts = petitions()
    newest_before = await _newest_case(records)
    citizens = await together(
        *(SimulatedCitizen.arrive(phones, f"Người thử {number}") for number in range(len(texts)))
    )

    filing = asyncio.gather(*(c.file(t) for c, t in zip(citizens, texts, strict=True)))
    for _ in range(kills):
        await _a_few_more_cases(records, newest_before, 8)
        await asyncio.to_thread(town.kill, "worker")
    codes = await filing

    assert len(texts) == len(set(codes)) == 75
    await _check_records(records, newest_before, dict(zip(codes, texts, strict=True)))


async def test_a_denunciation_leaves_no_words_behind(
    phones: httpx.AsyncClient, records: Database
) -> None:
    citizen = await SimulatedCitizen.arrive(phones, "An")
    await citizen.file("Cống trước trường tắc, 38 triệu sửa năm ngoái mà nước vẫn ngập")
    assert await _tables_that_hold(records, "38 triệu sửa năm ngoái")  # The search finds.
    words = "Tôi tố cáo ông trưởng thôn nhận hối lộ, lập hồ sơ giả, ăn chặn 38 triệu của dân"
    await citizen.write(words)
    answer = await citizen.hear()
    await asyncio.sleep(1)  # Until the sent answer is marked and its job is gone.
    assert "không nhận tố cáo qua" in answer["text"]
    assert await _tables_that_hold(records, "ăn chặn 38 triệu") == []


async def _tables_that_hold(records: Database, words: str) -> list[str]:
    """Every table, ours and the job queue's, with a row in which these words stand."""
    async with records.in_transaction() as session:
        names = await session.scalars(
            text("select tablename from pg_tables where schemaname = 'public'")
        )
        holding = []
        for name in list(names):
            query = text(f"select count(*) from {name} t where t::text like :words")  # noqa: S608
            if await session.scalar(query, {"words": f"%{words}%"}):
                holding.append(name)
        return holding


async def _newest_case(records: Database) -> int:
    async with records.in_transaction() as session:
        return await session.scalar(select(func.max(Case.id))) or 0


async def _a_few_more_cases(records: Database, after: int, count: int) -> None:
    """Wait until some more cases are filed, so that the kill falls into the middle."""
    start = await _count(records, after)
    for _ in range(600):
        now = await _count(records, after)
        if now >= min(start + count, 70):
            return
        await asyncio.sleep(0.1)
    raise AssertionError("no cases are being filed")


async def _count(records: Database, after: int) -> int:
    async with records.in_transaction() as session:
        query = select(func.count()).select_from(Case).where(Case.id > after)
        return await session.scalar(query) or 0


async def _check_records(records: Database, after: int, texts: dict[str, str]) -> None:
    """One case a code with the citizen's very words, its history unbroken, nothing pending."""
    async with records.in_transaction() as session:
        cases = (await session.scalars(select(Case).where(Case.id > after))).all()
        assert {case.code: case.text for case in cases} == texts
        assert len({case.citizen_id for case in cases}) == len(cases)
        for case in cases:
            query = select(Event).where(Event.case_id == case.id).order_by(Event.seq)
            assert first_broken(case.code, list(await session.scalars(query))) is None
        unhandled = select(func.count()).where(InboxUpdate.handled_at.is_(None))
        unsent = select(func.count()).where(Reply.sent_at.is_(None), Reply.failed_at.is_(None))
        assert await session.scalar(unhandled) == 0
        for _ in range(100):
            if await session.scalar(unsent) == 0:
                return
            await asyncio.sleep(0.2)
        raise AssertionError("replies were left unsent")
