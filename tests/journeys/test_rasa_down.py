"""Without Rasa the citizen still files; with Rasa back the case is understood."""

import asyncio

import httpx
from sqlalchemy import select

from bench.town import CODE, SimulatedCitizen, Town
from cases.lifecycle import NEEDS_TRIAGE
from db.models import Case
from db.session import Database


async def test_with_rasa_stopped_a_citizen_files_by_buttons(
    town: Town,
    phones: httpx.AsyncClient,
    records: Database,
    channel: type[SimulatedCitizen],
) -> None:
    citizen = await channel.arrive(phones, "An")
    await asyncio.to_thread(town.kill, "rasa")

    await citizen.write("Rác chất đống trước cổng chợ phường Lê Chân cả tuần không ai dọn, hôi lắm")
    question = await citizen.hear()
    assert "tạm thời chưa đọc được nội dung" in question["text"]
    await citizen.tap(question, "Rác thải, ô nhiễm")
    card = await citizen.hear()
    assert "Phường Lê Chân" in card["text"]
    await citizen.tap(card, "Đồng ý và gửi")
    code = CODE.search((await citizen.hear())["text"])
    assert code is not None

    filed = await _case(records, code[0])
    assert (filed.state, filed.agency_id, filed.understood_at) == (NEEDS_TRIAGE, None, None)
    understood = await _understood(records, code[0])
    assert understood.state == NEEDS_TRIAGE
    assert understood.categories[0]["name"] == "waste_pollution"


async def _case(records: Database, code: str) -> Case:
    async with records.in_transaction() as session:
        return (await session.scalars(select(Case).where(Case.code == code))).one()


async def _understood(records: Database, code: str) -> Case:
    for _ in range(240):
        case = await _case(records, code)
        if case.understood_at is not None:
            return case
        await asyncio.sleep(0.5)
    raise AssertionError("the case was never understood")
