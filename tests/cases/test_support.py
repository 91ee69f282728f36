"""Several agencies: a lead, those who work with it, one citizen, one answer."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from cases.access import CaseNotFound, NotAllowed, access_case
from cases.answering import answer_case
from cases.deadlines import due_at
from cases.lifecycle import IllegalMove, add_to_case, reopen_case
from cases.queries import list_cases
from cases.support import add_support, contribute, drop_support
from cases.transfers import assign_case
from db.models import AgencyNotice, Case, Message, Reply, Staff
from db.session import Database
from routing.tables import Pack
from tests.cases.conftest import HEALTH, NOW, ROADS, NewCase, answered, decided

LATER = NOW + timedelta(days=3)
Act = Callable[..., Awaitable[Case]]


@pytest.fixture
def act(database: Database, staff: dict[str, Staff]) -> Act:
    async def make(who: str, case: Case, move: Callable[..., Awaitable[None]], *more: Any) -> Case:
        async with database.in_transaction() as session:
            held = await access_case(session, staff[who], case.code, to_change=True)
            await move(session, held, staff[who], *more)
        return held

    return make


async def test_who_supports_reads_and_writes_for_the_lead_alone(
    database: Database, new_case: NewCase, act: Act, pack: Pack, staff: dict[str, Staff]
) -> None:
    case = await new_case()
    with pytest.raises(CaseNotFound):
        await act("chi", case, contribute, "đã xem", LATER)
    held = await act("binh", case, add_support, pack.agencies[HEALTH], "cùng xem", LATER, pack)
    assert (held.agency_id, held.supporting) == (ROADS, [HEALTH])
    held = await act("chi", case, contribute, "nước đạt chuẩn", LATER)
    assert held.state == "assigned"
    async with database.in_transaction() as session:
        message = (await session.scalars(select(Message))).one()
        assert (message.kind, message.staff_id) == ("contribution", staff["chi"].id)
        replies = await session.scalars(select(Reply))
        assert [(one.content or {})["notice"] for one in replies] == ["due_moved"]
        assert [one.id for one in await list_cases(session, staff["chi"])] == [case.id]
        told = select(AgencyNotice).where(AgencyNotice.kind != "assigned")
        notice = (await session.scalars(told)).one()
    assert (notice.agency_id, notice.kind) == (HEALTH, "supporting")


async def test_only_the_lead_answers_and_only_supporters_contribute(
    new_case: NewCase, act: Act, pack: Pack
) -> None:
    case = await new_case()
    await act("binh", case, add_support, pack.agencies[HEALTH], "cùng xem", LATER, pack)
    with pytest.raises(NotAllowed):
        await act("chi", case, answer_case, answered(), "Sở Y tế", LATER, pack)
    with pytest.raises(NotAllowed):
        await act("hoa", case, contribute, "đã xem", LATER)
    held = await act("hoa", case, answer_case, answered(), "Sở Xây dựng", LATER, pack)
    assert held.state == "answered"
    with pytest.raises(IllegalMove):
        await act("chi", case, contribute, "muộn", LATER)


@pytest.mark.parametrize("text", ["", " \n ", "…"])
async def test_a_contribution_says_something(
    new_case: NewCase, act: Act, pack: Pack, text: str
) -> None:
    case = await new_case()
    await act("binh", case, add_support, pack.agencies[HEALTH], "cùng xem", LATER, pack)
    with pytest.raises(IllegalMove):
        await act("chi", case, contribute, text, LATER)


async def test_a_unit_complained_about_never_supports(
    new_case: NewCase, act: Act, pack: Pack
) -> None:
    case = await new_case(decision=decided(excluded=(HEALTH,)))
    with pytest.raises(NotAllowed, match="Đơn vị bị phản ánh"):
        await act("mai", case, add_support, pack.agencies[HEALTH], "cùng xem", LATER, pack)


async def test_a_restricted_case_is_supported_by_oversight_only(
    new_case: NewCase, act: Act, pack: Pack
) -> None:
    case = await new_case(restricted=True, decision=decided("thanh_tra_thanh_pho"))
    with pytest.raises(NotAllowed, match="hạn chế"):
        await act("yen", case, add_support, pack.agencies[HEALTH], "cùng xem", LATER, pack)
    party = pack.agencies["ban_noi_chinh_thanh_uy"]
    held = await act("yen", case, add_support, party, "cùng xem", LATER, pack)
    assert held.supporting == [party.agency_id]


@pytest.mark.parametrize("agency", [ROADS, HEALTH])
async def test_nobody_supports_twice_or_beside_themselves(
    new_case: NewCase, act: Act, pack: Pack, agency: str
) -> None:
    case = await new_case()
    await act("binh", case, add_support, pack.agencies[HEALTH], "cùng xem", LATER, pack)
    with pytest.raises(IllegalMove, match="phối hợp"):
        await act("binh", case, add_support, pack.agencies[agency], "cùng xem", LATER, pack)


async def test_who_becomes_the_lead_no_longer_supports(
    new_case: NewCase, act: Act, pack: Pack
) -> None:
    case = await new_case()
    await act("binh", case, add_support, pack.agencies[HEALTH], "cùng xem", LATER, pack)
    held = await act("binh", case, assign_case, pack.agencies[HEALTH], "chủ trì", LATER, pack)
    assert (held.agency_id, held.supporting) == (HEALTH, [])


async def test_who_was_dropped_sees_the_case_no_more_and_their_words_stay(
    database: Database, new_case: NewCase, act: Act, pack: Pack
) -> None:
    case = await new_case()
    await act("binh", case, add_support, pack.agencies[HEALTH], "cùng xem", LATER, pack)
    await act("chi", case, contribute, "nước đạt chuẩn", LATER)
    with pytest.raises(IllegalMove, match="lý do"):
        await act("binh", case, drop_support, HEALTH, " ", LATER)
    held = await act("binh", case, drop_support, HEALTH, "đã xong", LATER)
    assert held.supporting == []
    with pytest.raises(IllegalMove, match="không phối hợp"):
        await act("binh", case, drop_support, HEALTH, "đã xong", LATER)
    with pytest.raises(CaseNotFound):
        await act("chi", case, contribute, "còn nữa", LATER)
    async with database.in_transaction() as session:
        assert (await session.scalars(select(Message.text))).all() == ["nước đạt chuẩn"]


async def test_all_agencies_of_a_case_hear_what_the_citizen_adds_and_the_lead_that_it_is_reopened(
    database: Database, new_case: NewCase, act: Act, pack: Pack
) -> None:
    case = await new_case()
    await act("binh", case, add_support, pack.agencies[HEALTH], "cùng xem", LATER, pack)
    async with database.in_transaction() as session:
        held = await session.get_one(Case, case.id, with_for_update=True)
        await add_to_case(session, held, "vẫn còn", LATER, pack)
    await act("hoa", case, answer_case, answered(), "Sở Xây dựng", LATER, pack)
    async with database.in_transaction() as session:
        held = await session.get_one(Case, case.id, with_for_update=True)
        await reopen_case(session, held, LATER, pack)
        notices = await session.scalars(select(AgencyNotice).order_by(AgencyNotice.id))
        told = [(notice.agency_id, notice.kind) for notice in notices]
    assert told == [
        (ROADS, "assigned"), (HEALTH, "supporting"), (ROADS, "added"), (HEALTH, "added"),
        (ROADS, "reopened"),
    ]  # fmt: skip


async def test_the_limit_for_several_agencies_holds_from_the_day_of_filing_and_once(
    database: Database, new_case: NewCase, act: Act, pack: Pack
) -> None:
    case = await new_case()
    held = await act("binh", case, add_support, pack.agencies[HEALTH], "cùng xem", LATER, pack)
    assert held.due_at == due_at(NOW, 15, pack.office)
    await act("binh", case, drop_support, HEALTH, "đã xong", LATER)
    held = await act("binh", case, add_support, pack.agencies[HEALTH], "xem nữa", LATER, pack)
    assert held.due_at == due_at(NOW, 15, pack.office)
    async with database.in_transaction() as session:
        replies = list(await session.scalars(select(Reply)))
    assert len(replies) == 1
    content = replies[0].content or {}
    assert datetime.fromisoformat(content["due_at"]) == held.due_at


async def test_what_is_overdue_stays_so_whoever_joins(
    new_case: NewCase, act: Act, pack: Pack
) -> None:
    case = await new_case()
    late = case.due_at + timedelta(minutes=1)
    held = await act("binh", case, add_support, pack.agencies[HEALTH], "cùng xem", late, pack)
    assert held.due_at == case.due_at
