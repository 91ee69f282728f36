"""What may happen to a case, and what may not."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from cases import lifecycle, support, transfers
from cases.access import AGENCY_OFFICER, NotAllowed, access_case
from cases.answering import answer_case
from cases.lifecycle import LONGEST_ANSWER, MOVES, STATE_NAMES, IllegalMove
from cases.rejection import reject_case
from cases.silence import close_silent
from db.models import Case, Event, Message, Reply, Staff
from db.session import Database
from routing.tables import Pack
from tests.cases.conftest import HEALTH, NOW, ROADS, NewCase, answered, decided

LATER = NOW + timedelta(days=3)
TRIAGE = decided(outcome="triage")


async def move(session: Any, name: str, case: Case, staff: dict[str, Staff], pack: Pack) -> None:
    """Make the move `name` in the way that is otherwise allowed."""
    agencies = pack.agencies
    target = agencies[HEALTH if case.agency_id == ROADS else ROADS]
    calls = {
        "assign": lambda: transfers.assign_case(
            session, case, staff["mai"], target, "đúng việc", LATER, pack
        ),
        "return": lambda: transfers.return_case(
            session, case, staff["hoa"], "wrong_ward", "đường tỉnh", target, LATER, pack
        ),
        "decide": lambda: transfers.decide_holder(
            session, case, staff["mai"], target, "đúng việc", LATER, pack
        ),
        "support": lambda: support.add_support(
            session, case, staff["mai"], target, "cùng xem", LATER, pack
        ),
        "contribute": lambda: support.contribute(session, case, staff["chi"], "đã xem", LATER),
        "accept": lambda: lifecycle.accept_case(
            session, case, staff["hoa"], "Sở Xây dựng", LATER, pack
        ),
        "answer": lambda: answer_case(
            session, case, staff["mai"], answered(), "Sở Xây dựng", LATER, pack
        ),
        "ask": lambda: lifecycle.ask_citizen(
            session, case, staff["mai"], "Nhà số mấy?", "Sở Xây dựng", LATER, pack
        ),
        "reject": lambda: reject_case(
            session, case, staff["mai"], "other_province", "Việc ở Hà Nội.", LATER, pack
        ),
        "lapse": lambda: lapse(session, case, LATER, pack),
        "rate": lambda: lifecycle.rate_case(session, case, 4, LATER),
        "settle": lambda: lifecycle.settle_case(session, case, LATER),
        "reopen": lambda: lifecycle.reopen_case(session, case, LATER, pack),
        "withdraw": lambda: lifecycle.withdraw_case(session, case, LATER),
    }
    await calls[name]()


async def lapse(session: Any, case: Case, now: datetime, pack: Pack) -> None:
    """What the clock does; it looks only at answered cases, so the table is asked first."""
    lifecycle.check_state(case, "lapse")
    case.stage_due_at = case.reminded_at = now
    await close_silent(session, now, pack)


async def changed(database: Database, case: Case) -> Case:
    async with database.in_transaction() as session:
        return await session.get_one(Case, case.id)


async def in_state(database: Database, case: Case, state: str) -> None:
    async with database.in_transaction() as session:
        held = await session.get_one(Case, case.id)
        held.state = state
        if state == "disputed":
            held.agency_id = None


async def names(database: Database, case: Case) -> list[str]:
    async with database.in_transaction() as session:
        query = select(Event.name).where(Event.case_id == case.id).order_by(Event.seq)
        return list(await session.scalars(query))


LEGAL = {
    ("needs_triage", "assign"), ("needs_triage", "answer"), ("needs_triage", "withdraw"),
    ("accepted", "assign"), ("accepted", "answer"), ("accepted", "withdraw"), ("accepted", "ask"),
    ("accepted", "support"), ("accepted", "contribute"),
    ("assigned", "accept"), ("reopened", "accept"),
    ("needs_triage", "reject"), ("assigned", "reject"), ("accepted", "reject"),
    ("reopened", "reject"), ("rejected", "reopen"), ("answered", "lapse"),
    ("assigned", "assign"), ("assigned", "answer"), ("assigned", "withdraw"),
    ("assigned", "return"), ("assigned", "support"), ("assigned", "contribute"),
    ("reopened", "assign"), ("reopened", "answer"), ("reopened", "withdraw"),
    ("reopened", "return"), ("reopened", "support"), ("reopened", "contribute"),
    ("needs_triage", "ask"), ("assigned", "ask"), ("reopened", "ask"),
    ("needs_info", "answer"), ("needs_info", "withdraw"),
    ("answered", "rate"), ("closed", "rate"),
    ("disputed", "decide"), ("disputed", "withdraw"),
    ("answered", "settle"), ("answered", "reopen"), ("closed", "reopen"),
}  # fmt: skip


@pytest.mark.parametrize("state", sorted(STATE_NAMES))
@pytest.mark.parametrize("name", sorted(MOVES))
async def test_moves_of_each_state(
    database: Database, new_case: NewCase, staff: dict[str, Staff], pack: Pack, state: str,
    name: str,
) -> None:  # fmt: skip
    case = await new_case()
    await in_state(database, case, state)
    async with database.in_transaction() as session:
        held = await session.get_one(Case, case.id, with_for_update=True)
        if name == "contribute":
            held.supporting = [HEALTH]
        if (state, name) in LEGAL:
            await move(session, name, held, staff, pack)
            assert held.state == (MOVES[name].leads_to or state)
        else:
            with pytest.raises(IllegalMove, match=STATE_NAMES[state]):
                await move(session, name, held, staff, pack)
    if (state, name) not in LEGAL:
        assert (await changed(database, case)).state == state
        assert await names(database, case) == ["filed", "assigned"]


HANDLING = {"assign", "support", "ask", "answer", "reject"}
OWN = {"accept", "return", "ask", "answer"}
MAY = {
    # of a case that roads holds, the same with health at its side, a disputed one, a restricted one
    "binh": (HANDLING, HANDLING, set(), set()),
    "mai": (HANDLING, HANDLING, {"decide"}, HANDLING),
    "hoa": (OWN, OWN, set(), set()),
    "chi": (set(), {"contribute"}, set(), set()),
    "yen": (set(), set(), set(), HANDLING | {"accept"}),
    "dung": (set(), set(), set(), set()),
    "quan_tri": (set(), set(), set(), set()),
}


@pytest.mark.parametrize("who", sorted(MAY))
async def test_what_each_role_may_do(new_case: NewCase, staff: dict[str, Staff], who: str) -> None:
    held, helped, disputed = await new_case(), await new_case(), await new_case()
    helped.supporting = [HEALTH]
    disputed.state, disputed.agency_id = "disputed", None
    restricted = await new_case(restricted=True)
    for case, may in zip((held, helped, disputed, restricted), MAY[who], strict=True):
        assert lifecycle.allowed_moves(case, staff[who]) == may


async def test_an_officer_without_agency_is_nobodys_officer(
    new_case: NewCase, staff: dict[str, Staff]
) -> None:
    case = await new_case(decision=TRIAGE)
    lost = Staff(roles=[AGENCY_OFFICER], agency_id=None)
    assert case.agency_id is None
    assert lifecycle.allowed_moves(case, lost) == set()


SORTS = {"assign", "support", "ask", "answer", "reject"}
NEW = {"assign", "ask", "answer", "reject"}
# state -> what each may do with an open case that roads leads and health supports
TABLE: dict[str, dict[str, set[str]]] = {
    "needs_triage": {"binh": NEW, "mai": NEW, "hoa": {"ask", "answer"}, "chi": set()},
    "assigned": {"binh": SORTS, "mai": SORTS, "hoa": OWN, "chi": {"contribute"}},
    "accepted": {"binh": SORTS, "mai": SORTS, "hoa": {"ask", "answer"}, "chi": {"contribute"}},
    "reopened": {"binh": SORTS, "mai": SORTS, "hoa": OWN, "chi": {"contribute"}},
    "disputed": {"binh": set(), "mai": {"decide"}, "hoa": set(), "chi": set()},
    "needs_info": {"binh": {"answer"}, "mai": {"answer"}, "hoa": {"answer"}, "chi": set()},
    **{
        state: {"binh": set(), "mai": set()}
        for state in ("answered", "closed", "rejected", "withdrawn")
    },
}
WHO = {"binh": "triage_officer", "mai": "supervisor", "yen": "inspector", "dung": "leader",
       "quan_tri": "administrator", "hoa": "agency_officer", "chi": "agency_officer"}  # fmt: skip


def test_the_table_has_every_state() -> None:
    assert set(TABLE) == set(STATE_NAMES)


@pytest.mark.parametrize("who", sorted(WHO))
@pytest.mark.parametrize("state", sorted(STATE_NAMES))
@pytest.mark.parametrize("restricted", [False, True])
def test_every_state_move_and_role(state: str, who: str, restricted: bool) -> None:
    case = Case(state=state, agency_id=ROADS, supporting=[HEALTH], restricted=restricted)
    agency = {"hoa": ROADS, "chi": HEALTH}.get(who)
    may = lifecycle.allowed_moves(case, Staff(roles=[WHO[who]], agency_id=agency))
    expected = TABLE[state].get(who, set())
    if restricted and who == "yen":  # The inspector is a restricted case's sorter and its agency.
        takes = {"accept"} if state in ("assigned", "reopened") else set()
        expected = TABLE[state]["binh"] | takes
    elif restricted and who != "mai":
        expected = set()
    assert may == expected
    for name in set(MOVES) - may:
        with pytest.raises((IllegalMove, NotAllowed), match=r"Vụ việc|Vai trò"):
            lifecycle.check_move(case, Staff(roles=[WHO[who]], agency_id=agency), name)


def test_a_refusal_says_which_move_and_why() -> None:
    closed = Case(state="closed", agency_id=ROADS, supporting=[], restricted=False)
    officer = Staff(roles=["agency_officer"], agency_id=ROADS)
    with pytest.raises(IllegalMove, match="“Đã kết thúc” nên không trả lại được"):
        lifecycle.check_move(closed, officer, "return")
    held = Case(state="assigned", agency_id=ROADS, supporting=[], restricted=False)
    with pytest.raises(NotAllowed, match="không được từ chối vụ việc này"):
        lifecycle.check_move(held, officer, "reject")


@pytest.mark.parametrize("who", ["chi", "hoa", "yen", "dung", "quan_tri"])
async def test_who_may_not_assign_is_refused(
    database: Database, new_case: NewCase, staff: dict[str, Staff], pack: Pack, who: str
) -> None:
    case = await new_case()
    async with database.in_transaction() as session:
        with pytest.raises(NotAllowed):
            await transfers.assign_case(
                session, case, staff[who], pack.agencies[HEALTH], "vì", LATER, pack
            )


@pytest.mark.parametrize("who", ["chi", "yen", "dung", "quan_tri"])
async def test_who_may_not_answer_is_refused(
    database: Database, new_case: NewCase, staff: dict[str, Staff], pack: Pack, who: str
) -> None:
    case = await new_case()
    async with database.in_transaction() as session:
        with pytest.raises(NotAllowed):
            await answer_case(session, case, staff[who], answered(), "Sở", LATER, pack)
        assert not list(await session.scalars(select(Message)))


@pytest.mark.parametrize("who", ["binh", "hoa"])
async def test_only_inspectors_and_supervisors_act_on_a_restricted_case(
    database: Database, new_case: NewCase, staff: dict[str, Staff], who: str
) -> None:
    case = await new_case(decision=decided(outcome="triage", rule="restricted"))
    assert lifecycle.allowed_moves(case, staff[who]) == set()


@pytest.mark.parametrize(
    "answer", ["", " \n ", "\u200b\u200b", "…!", "a" * (LONGEST_ANSWER + 1), "a" + "🙂" * 1750]
)
async def test_an_answer_that_is_empty_or_fits_no_message_is_refused(
    database: Database, new_case: NewCase, staff: dict[str, Staff], pack: Pack, answer: str
) -> None:
    case = await new_case()
    async with database.in_transaction() as session:
        held = await session.get_one(Case, case.id, with_for_update=True)
        with pytest.raises(IllegalMove):
            await answer_case(session, held, staff["hoa"], answered(answer), "Sở", LATER, pack)
    assert (await changed(database, case)).state == "assigned"


DONE = "Đã vá ba ổ gà ngày 10. "
LEFT = LONGEST_ANSWER - len(DONE)


@pytest.mark.parametrize(
    "answer",
    [DONE + "a" * LEFT, DONE + "ab" + "🙂" * (LEFT // 2 - 1)],
)
async def test_the_longest_answer_is_kept_and_queued_for_the_citizen(
    database: Database, new_case: NewCase, staff: dict[str, Staff], pack: Pack, answer: str
) -> None:
    case = await new_case()
    async with database.in_transaction() as session:
        held = await session.get_one(Case, case.id, with_for_update=True)
        sent = answered(answer)
        assert not await answer_case(session, held, staff["hoa"], sent, "Sở Xây dựng", LATER, pack)
    async with database.in_transaction() as session:
        (message,) = list(await session.scalars(select(Message)))
        (reply,) = list(await session.scalars(select(Reply)))
    assert (message.text, message.kind, message.staff_id) == (answer, "answer", staff["hoa"].id)
    assert reply.content == {
        "notice": "answered",
        "code": case.code,
        "responder": "Sở Xây dựng",
        "answer": answer,
        "done_on": "2026-11-10",
        "done_by": "Đội quản lý đường",
        "files": 0,
        "no_evidence": "Trời tối.",
        "days": 15,
    }
    assert (await changed(database, case)).answered_at == LATER


async def test_the_citizens_words_close_and_reopen_and_the_clock_never_resets(
    database: Database, new_case: NewCase, staff: dict[str, Staff], pack: Pack
) -> None:
    case = await new_case()
    due = case.due_at
    for name in ("answer", "settle", "reopen", "answer", "reopen", "withdraw"):
        async with database.in_transaction() as session:
            held = await session.get_one(Case, case.id, with_for_update=True)
            await move(session, name, held, staff, pack)
            closed = (held.closed_at, held.closed_by)
            if name == "settle":
                assert closed == (LATER, "citizen")
            elif name == "withdraw":
                assert closed == (LATER, None)
            else:
                assert closed == (None, None)
    after = await changed(database, case)
    assert (after.reopenings, after.due_at, after.agency_id) == (2, due, ROADS)
    assert await names(database, case) == [
        "filed", "assigned", "answered", "settled", "reopened", "answered", "reopened", "withdrawn",
    ]  # fmt: skip


async def test_an_addition_is_kept_with_an_event(
    database: Database, new_case: NewCase, pack: Pack
) -> None:
    case = await new_case()
    async with database.in_transaction() as session:
        held = await lifecycle.own_case(session, case.citizen_id or 0, case.code)
        assert held is not None
        await lifecycle.add_to_case(session, held, "vẫn còn", LATER, pack)
        assert await lifecycle.own_case(session, 0, case.code) is None
    assert (await names(database, case))[-1] == "addition_received"


async def test_nobody_is_told_about_an_erased_citizens_case(
    database: Database, new_case: NewCase, staff: dict[str, Staff], pack: Pack
) -> None:
    case = await new_case()
    async with database.in_transaction() as session:
        held = await access_case(session, staff["mai"], case.code, to_change=True)
        held.citizen_id = None
        await move(session, "answer", held, staff, pack)
        assert not list(await session.scalars(select(Reply)))
