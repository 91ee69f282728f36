"""Cases between agencies, on the real database: what is stored, counted and told."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from cases.access import AGENCY_OFFICER, SUPERVISOR, CaseNotFound, NotAllowed, access_case
from cases.deadlines import shared_due_at
from cases.events import first_broken
from cases.handover import RETURN_REASONS, WITHOUT_PROPOSAL
from cases.lifecycle import IllegalMove
from cases.queries import (
    TransferCounts,
    Workload,
    count_to_decide,
    load_history,
    transfer_counts,
    workloads,
)
from cases.support import add_support, drop_support
from cases.transfers import assign_case, decide_holder, moves_of, recall_case, return_case
from db.models import AgencyNotice, Case, Event, Reply, Staff
from db.session import Database
from routing.tables import Pack
from tests.cases.conftest import HEALTH, NOW, ROADS, NewCase, decided

LATER = NOW + timedelta(days=3)
SCHOOLS, POWER = "so_giao_duc_dao_tao", "dien_luc"
TRIAGE = decided(outcome="triage")


class Desk:
    """One case, and the people who move it: each move in a transaction of its own."""

    def __init__(self, database: Database, pack: Pack, staff: dict[str, Staff], code: str) -> None:
        self.database, self.pack, self.staff, self.code = database, pack, staff, code

    async def act(
        self, who: str | Staff, make: Callable[[Any, Case, Staff], Awaitable[None]]
    ) -> Case:
        person = self.staff[who] if isinstance(who, str) else who
        async with self.database.in_transaction() as session:
            case = await access_case(session, person, self.code, to_change=True)
            await make(session, case, person)
        return case

    async def assign(self, who: str, agency: str, reason: str = "đúng việc") -> Case:
        target = self.pack.agencies[agency]
        return await self.act(
            who, lambda s, c, p: assign_case(s, c, p, target, reason, LATER, self.pack)
        )

    async def give_back(
        self, who: str, proposed: str | None, code: str = "not_competent", note: str = "không phải"
    ) -> Case:
        target = self.pack.agencies[proposed] if proposed else None
        return await self.act(
            who, lambda s, c, p: return_case(s, c, p, code, note, target, LATER, self.pack)
        )

    async def decide(self, who: str | Staff, agency: str, reason: str = "theo quy định") -> Case:
        target = self.pack.agencies[agency]
        return await self.act(
            who, lambda s, c, p: decide_holder(s, c, p, target, reason, LATER, self.pack)
        )

    async def moves(self, who: str) -> set[str]:
        async with self.database.in_transaction() as session:
            person = self.staff[who]
            return await moves_of(session, await access_case(session, person, self.code), person)

    async def events(self) -> list[Event]:
        async with self.database.in_transaction() as session:
            found = await session.scalar(select(Case).where(Case.code == self.code))
            assert found is not None
            events = (await load_history(session, found)).events
        assert first_broken(self.code, events) is None
        return events

    async def notices(self) -> list[tuple[str, str]]:
        async with self.database.in_transaction() as session:
            query = select(AgencyNotice).order_by(AgencyNotice.id)
            return [(notice.agency_id, notice.kind) for notice in await session.scalars(query)]


@pytest.fixture
def open_desk(database: Database, pack: Pack, staff: dict[str, Staff]) -> Callable[[Case], Desk]:
    return lambda case: Desk(database, pack, staff, case.code)


OpenDesk = Callable[[Case], Desk]


async def hire(database: Database, name: str, agency: str | None = None) -> Staff:
    person = Staff(
        username=name, display_name=name, password_hash="-", roles=[SUPERVISOR],
        agency_id=agency, must_change_password=False,
    )  # fmt: skip
    async with database.in_transaction() as session:
        session.add(person)
    return person


async def test_a_returned_case_goes_to_triage_with_the_proposal_and_the_clock_runs_on(
    new_case: NewCase, open_desk: OpenDesk, pack: Pack, staff: dict[str, Staff]
) -> None:
    case = await new_case()
    desk = open_desk(case)
    after = await desk.give_back("hoa", HEALTH, "other_lead", "việc của y tế")
    assert (after.state, after.agency_id, after.transfers) == ("needs_triage", None, 1)
    assert after.due_at == case.due_at
    event = (await desk.events())[-1]
    assert (event.name, event.actor) == ("returned", f"staff:{staff['hoa'].id}")
    assert event.data == {
        "from_agency": ROADS, "proposed": HEALTH, "code": "other_lead", "reason": "việc của y tế",
    }  # fmt: skip
    assert await desk.notices() == [(ROADS, "assigned"), (pack.triage_agency_id, "returned")]
    with pytest.raises(CaseNotFound):
        await desk.give_back("hoa", HEALTH)
    after = await desk.assign("binh", HEALTH)
    assert (after.state, after.agency_id, after.transfers) == ("assigned", HEALTH, 1)
    assert (await desk.notices())[-1] == (HEALTH, "assigned")


@pytest.mark.parametrize("code", sorted(RETURN_REASONS))
async def test_a_return_names_who_should_have_it_unless_nobody_could(
    new_case: NewCase, open_desk: OpenDesk, code: str
) -> None:
    desk = open_desk(await new_case())
    if code in WITHOUT_PROPOSAL:
        assert (await desk.give_back("hoa", None, code)).state == "needs_triage"
    else:
        with pytest.raises(IllegalMove, match="đề xuất"):
            await desk.give_back("hoa", None, code)


@pytest.mark.parametrize(("code", "note"), [("", "vì"), ("unheard_of", "vì"), ("unclear", " \n")])
async def test_a_return_needs_a_reason_of_the_list_and_words(
    new_case: NewCase, open_desk: OpenDesk, code: str, note: str
) -> None:
    desk = open_desk(await new_case())
    with pytest.raises(IllegalMove):
        await desk.give_back("hoa", HEALTH, code, note)
    assert [event.name for event in await desk.events()] == ["filed", "assigned"]


async def test_a_return_to_a_unit_complained_about_is_refused(
    new_case: NewCase, open_desk: OpenDesk
) -> None:
    desk = open_desk(await new_case(decision=decided(excluded=(HEALTH,))))
    with pytest.raises(NotAllowed, match="Đơn vị bị phản ánh"):
        await desk.give_back("hoa", HEALTH)


async def test_a_return_to_an_agency_out_of_office_is_refused(
    new_case: NewCase, open_desk: OpenDesk, pack: Pack, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = open_desk(await new_case())
    ended = pack.local_day(LATER) - timedelta(days=1)
    monkeypatch.setitem(vars(pack.agencies[HEALTH]), "valid_to", ended)
    with pytest.raises(IllegalMove, match="không hoạt động"):
        await desk.give_back("hoa", HEALTH)
    monkeypatch.setitem(vars(pack.agencies[HEALTH]), "valid_to", pack.local_day(LATER))
    assert (await desk.give_back("hoa", HEALTH)).state == "needs_triage"


async def test_an_agency_returns_a_case_once(
    new_case: NewCase, open_desk: OpenDesk, staff: dict[str, Staff]
) -> None:
    desk = open_desk(await new_case())
    await desk.give_back("hoa", None, "unclear")
    after = await desk.assign("binh", ROADS)
    assert (after.state, after.decider_id) == ("disputed", staff["mai"].id), "back to who left it"
    await desk.decide("mai", ROADS)
    assert await desk.moves("hoa") == {"accept", "answer", "ask"}
    with pytest.raises(IllegalMove, match="đã quyết định"):
        await desk.give_back("hoa", HEALTH)


@pytest.mark.parametrize("reason", ["", "  \n"])
async def test_an_assignment_needs_a_reason(
    new_case: NewCase, open_desk: OpenDesk, reason: str
) -> None:
    desk = open_desk(await new_case())
    with pytest.raises(IllegalMove, match="lý do"):
        await desk.assign("binh", HEALTH, reason)


async def test_the_agency_that_has_a_case_is_not_given_it_again(
    new_case: NewCase, open_desk: OpenDesk
) -> None:
    desk = open_desk(await new_case())
    with pytest.raises(IllegalMove, match="đang giữ"):
        await desk.assign("binh", ROADS)


async def test_the_third_transfer_goes_to_a_named_person_who_decides(
    database: Database, new_case: NewCase, open_desk: OpenDesk, staff: dict[str, Staff]
) -> None:
    case = await new_case(decision=TRIAGE)
    desk = open_desk(case)
    for agency in (ROADS, HEALTH, SCHOOLS):
        after = await desk.assign("binh", agency)
    assert (after.state, after.transfers, after.decider_id) == ("assigned", 2, None)
    after = await desk.assign("binh", POWER, "của điện lực")
    assert (after.state, after.agency_id, after.transfers) == ("disputed", None, 3)
    assert (after.decider_id, after.due_at) == (staff["mai"].id, case.due_at)
    event = (await desk.events())[-1]
    assert event.name == "disputed"
    assert event.data == {
        "from_agency": SCHOOLS, "was_held": True, "contested_by": "third_transfer",
        "decider": staff["mai"].id, "proposed": POWER, "reason": "của điện lực",
    }  # fmt: skip
    async with database.in_transaction() as session:
        told = [r.content for r in await session.scalars(select(Reply).order_by(Reply.id))]
        assert await count_to_decide(session, staff["mai"]) == 1
    assert told[-1] is not None
    assert told[-1]["notice"] == "disputed"
    assert datetime.fromisoformat(told[-1]["due_at"]) == case.due_at
    with pytest.raises(IllegalMove, match="Chờ người phụ trách"):
        await desk.assign("binh", POWER)
    after = await desk.decide("mai", SCHOOLS)
    assert (after.state, after.agency_id, after.decider_id) == ("assigned", SCHOOLS, None)
    assert after.transfers == 3
    assert (await desk.events())[-1].data["reason"] == "theo quy định"
    after = await desk.assign("binh", POWER)
    assert after.state == "disputed", "every transfer from the third on"


async def test_a_proposal_to_go_back_is_a_ping_pong_for_a_person(
    new_case: NewCase, open_desk: OpenDesk, staff: dict[str, Staff]
) -> None:
    desk = open_desk(await new_case())
    await desk.assign("binh", HEALTH)
    after = await desk.give_back("chi", ROADS)
    assert (after.state, after.transfers) == ("disputed", 2)
    assert after.decider_id == staff["mai"].id
    *_, returned, disputed = await desk.events()
    assert (returned.name, disputed.name) == ("returned", "disputed")
    assert (disputed.data["contested_by"], disputed.data["was_held"]) == ("ping_pong", False)


async def test_a_supervisors_own_transfer_decides_at_once(
    new_case: NewCase, open_desk: OpenDesk
) -> None:
    desk = open_desk(await new_case())
    await desk.assign("binh", HEALTH)
    after = await desk.assign("mai", ROADS)
    assert (after.state, after.agency_id, after.transfers) == ("assigned", ROADS, 2)
    assert (await desk.events())[-1].name == "decided"
    with pytest.raises(IllegalMove, match="đã quyết định"):
        await desk.give_back("hoa", HEALTH)


async def dispute(desk: Desk) -> Case:
    await desk.assign("binh", HEALTH)
    return await desk.assign("binh", ROADS)


async def test_only_the_person_named_decides(
    database: Database, new_case: NewCase, open_desk: OpenDesk, staff: dict[str, Staff]
) -> None:
    other = await hire(database, "lan")
    desk = open_desk(await new_case())
    assert (await dispute(desk)).decider_id == staff["mai"].id
    desk.staff["lan"] = other
    assert await desk.moves("lan") == set()
    assert await desk.moves("mai") == {"decide"}
    with pytest.raises(NotAllowed, match="mai"):
        await desk.decide(other, HEALTH)
    for name in ("binh", "dung", "hoa"):
        with pytest.raises((NotAllowed, CaseNotFound)):
            await desk.decide(name, HEALTH)


@pytest.mark.parametrize("change", [{"disabled_at": NOW}, {"roles": ["leader"]}])
async def test_any_supervisor_decides_for_who_cannot_any_more(
    database: Database, new_case: NewCase, open_desk: OpenDesk, change: dict[str, Any]
) -> None:
    other = await hire(database, "lan")
    desk = open_desk(await new_case())
    decider = (await dispute(desk)).decider_id
    async with database.in_transaction() as session:
        named = await session.get_one(Staff, decider)
        for column, value in change.items():
            setattr(named, column, value)
    assert (await desk.decide(other, HEALTH)).agency_id == HEALTH


async def test_nobody_of_a_unit_complained_about_is_named(
    database: Database, new_case: NewCase, open_desk: OpenDesk, staff: dict[str, Staff]
) -> None:
    async with database.in_transaction() as session:
        (await session.get_one(Staff, staff["mai"].id)).agency_id = SCHOOLS
    desk = open_desk(await new_case(decision=decided(excluded=(SCHOOLS,))))
    assert (await dispute(desk)).decider_id is None
    other = await hire(database, "lan")
    assert (await desk.decide(other, ROADS)).agency_id == ROADS


async def test_disputes_are_spread_over_supervisors(
    database: Database, new_case: NewCase, open_desk: OpenDesk, staff: dict[str, Staff]
) -> None:
    lan = await hire(database, "lan")
    named = [(await dispute(open_desk(await new_case()))).decider_id for _ in range(4)]
    assert named == [staff["mai"].id, lan.id] * 2


@pytest.mark.parametrize("who", ["binh", "mai"])
async def test_the_unit_complained_about_never_gets_its_own_case(
    new_case: NewCase, open_desk: OpenDesk, who: str
) -> None:
    desk = open_desk(await new_case(decision=decided(outcome="triage", excluded=(HEALTH,))))
    with pytest.raises(NotAllowed, match="Đơn vị bị phản ánh"):
        await desk.assign(who, HEALTH)
    assert (await desk.assign(who, ROADS)).agency_id == ROADS


@pytest.mark.parametrize("who", ["yen", "mai"])
async def test_a_restricted_case_is_given_to_oversight_only(
    new_case: NewCase, open_desk: OpenDesk, pack: Pack, who: str
) -> None:
    desk = open_desk(await new_case(decision=decided(outcome="triage", rule="restricted")))
    with pytest.raises(NotAllowed, match="hạn chế"):
        await desk.assign(who, HEALTH)
    inspectorate = pack.policy.restricted_agency_id
    assert (await desk.assign(who, inspectorate)).agency_id == inspectorate


async def test_a_case_is_recalled_from_everybody_who_may_not_have_it(
    database: Database, new_case: NewCase, open_desk: OpenDesk, pack: Pack
) -> None:
    case = await new_case()
    desk = open_desk(case)
    await desk.act(
        "binh",
        lambda s, c, p: add_support(s, c, p, pack.agencies[HEALTH], "cùng xem", LATER, pack),
    )
    async with database.in_transaction() as session:
        held = await session.get_one(Case, case.id, with_for_update=True)
        held.decision = held.decision | {"excluded": [ROADS, HEALTH]}
        await recall_case(session, held, LATER, pack)
    assert (held.state, held.agency_id, held.supporting) == ("needs_triage", None, [])
    assert held.transfers == 0, "nobody passed it on"
    assert [event.name for event in await desk.events()][-2:] == ["recalled", "support_ended"]
    assert (ROADS, "recalled") in await desk.notices()


async def test_a_recall_leaves_who_may_have_it(
    database: Database, new_case: NewCase, open_desk: OpenDesk, pack: Pack
) -> None:
    case = await new_case()
    async with database.in_transaction() as session:
        held = await session.get_one(Case, case.id, with_for_update=True)
        await recall_case(session, held, LATER, pack)
        assert (held.state, held.agency_id) == ("assigned", ROADS)
        held.restricted = True
        await recall_case(session, held, LATER, pack)
        assert (held.state, held.agency_id) == ("needs_triage", None)


async def test_a_person_named_who_turns_out_to_be_of_the_unit_is_replaced(
    database: Database, new_case: NewCase, open_desk: OpenDesk, pack: Pack, staff: dict[str, Staff]
) -> None:
    case = await new_case()
    async with database.in_transaction() as session:
        (await session.get_one(Staff, staff["mai"].id)).agency_id = SCHOOLS
    assert (await dispute(open_desk(case))).decider_id == staff["mai"].id
    lan = await hire(database, "lan")
    async with database.in_transaction() as session:
        held = await session.get_one(Case, case.id, with_for_update=True)
        held.decision = held.decision | {"excluded": [SCHOOLS]}
        await recall_case(session, held, LATER, pack)
        assert held.decider_id == lan.id


async def test_two_officers_who_return_at_once_return_once(
    new_case: NewCase, open_desk: OpenDesk
) -> None:
    desk = open_desk(await new_case())
    done = await asyncio.gather(
        desk.give_back("hoa", HEALTH), desk.give_back("hoa", HEALTH), return_exceptions=True
    )
    assert sum(isinstance(one, CaseNotFound) for one in done) == 1
    names = [event.name for event in await desk.events()]
    assert names.count("returned") == 1


async def test_transfers_are_counted_per_agency(
    database: Database, new_case: NewCase, open_desk: OpenDesk
) -> None:
    passed = open_desk(await new_case())
    await passed.give_back("hoa", HEALTH)
    await passed.assign("binh", HEALTH)
    await passed.give_back("chi", ROADS)
    await passed.decide("mai", HEALTH)
    moved = open_desk(await new_case())
    await moved.assign("binh", SCHOOLS)
    hidden = await new_case(restricted=True, decision=decided("thanh_tra_thanh_pho"))
    await open_desk(hidden).assign("yen", "ban_noi_chinh_thanh_uy")
    async with database.in_transaction() as session:
        counts = await transfer_counts(session, LATER, LATER + timedelta(seconds=1))
        assert await transfer_counts(session, NOW, LATER) == []
        work = await workloads(session, LATER + timedelta(days=60))
        early = await workloads(session, LATER)
    assert counts == [
        TransferCounts(ROADS, returned=1, transferred=1),
        TransferCounts(HEALTH, returned=1, disputed=1, upheld=1),
    ]
    assert work == [Workload(SCHOOLS, 1, 1), Workload(HEALTH, 1, 1)]
    assert early == [Workload(SCHOOLS, 1), Workload(HEALTH, 1)]


PLACES = (ROADS, HEALTH, SCHOOLS, POWER)
MOVED = {"assigned", "transferred", "returned", "disputed", "decided"}
# Mostly what people may do, so that walks get far; `holder` is whoever holds the case then.
PEOPLES_MOVES = [
    *[("assign", "binh")] * 4,
    *[("give_back", "holder")] * 4,
    *[("decide", "mai")] * 3,
    ("assign", "mai"),
    ("support", "binh"),
    ("drop", "binh"),
    ("assign", "holder"),
    ("decide", "binh"),
    ("give_back", "binh"),
    ("give_back", "chi"),
    ("support", "yen"),
]
walks = st.lists(
    st.tuples(st.sampled_from(PEOPLES_MOVES), st.sampled_from(PLACES)), min_size=8, max_size=20
)


async def attempt(desk: Desk, move: str, who: str, target: str) -> bool:
    """Whether it was allowed."""
    pack = desk.pack
    calls = {
        "assign": lambda: desk.assign(who, target),
        "give_back": lambda: desk.give_back(who, target),
        "decide": lambda: desk.decide(who, target),
        "support": lambda: desk.act(
            who, lambda s, c, p: add_support(s, c, p, pack.agencies[target], "xem", LATER, pack)
        ),
        "drop": lambda: desk.act(who, lambda s, c, p: drop_support(s, c, p, target, "x", LATER)),
    }
    try:
        await calls[move]()
    except (CaseNotFound, IllegalMove, NotAllowed):
        return False
    return True


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(walks, st.sampled_from([(), (HEALTH,), (HEALTH, POWER)]))
async def test_no_walk_ever_breaks_the_promises(
    database: Database, new_case: NewCase, pack: Pack, staff: dict[str, Staff],
    walk: list[tuple[tuple[str, str], str]], excluded: tuple[str, ...],
) -> None:  # fmt: skip
    people = staff | {  # An officer of each agency.
        agency: Staff(id=staff["hoa"].id, roles=[AGENCY_OFFICER], agency_id=agency)
        for agency in PLACES
    }
    filed = await new_case(decision=decided(excluded=excluded))
    desk = Desk(database, pack, people, filed.code)
    handovers, left = 0, set[str]()
    before = filed
    for (move, mover), target in walk:
        who = (before.agency_id or "hoa") if mover == "holder" else mover
        known = len(await desk.events())
        if not await attempt(desk, move, who, target):
            assert len(await desk.events()) == known
            continue
        async with database.in_transaction() as session:
            case = await session.get_one(Case, filed.id)
        said = (await desk.events())[known:]
        assert not {case.agency_id, *case.supporting} & set(excluded)
        # The clock never begins anew: only a first supporter gives more time, and only once.
        shared = shared_due_at(filed.due_at, filed.category, pack)
        assert case.due_at == (before.due_at if move != "support" else shared)
        assert case.agency_id not in case.supporting
        if before.agency_id != case.agency_id:
            assert said[0].name in MOVED
            assert said[0].data["reason"]
        contested = case.agency_id in left and case.agency_id != before.agency_id
        if before.agency_id is not None and case.agency_id != before.agency_id:
            handovers += 1
            left.add(before.agency_id)
            contested = contested or handovers > 2
        assert case.transfers == handovers
        if contested:
            assert case.state == "disputed" or said[-1].name == "decided"
        if before.state == "disputed":
            assert (move, said[-1].name) == ("decide", "decided")
        before = case
