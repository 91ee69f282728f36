"""A case's life on the real database: accepting, waiting for the citizen, rejecting, silence."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from cases import lifecycle
from cases.access import CaseNotFound, NotAllowed, access_case
from cases.alerts import alerts_of
from cases.answering import answer_case
from cases.lifecycle import IllegalMove, accept_case, ask_citizen
from cases.rejection import REJECT_REASONS, reject_case
from cases.silence import close_silent, remind_silent
from cases.transfers import assign_case, moves_of, return_case
from db.models import Attachment, Case, Event, Reply, Staff
from db.session import Database
from routing.tables import Pack
from tests.cases.conftest import HEALTH, NOW, ROADS, NewCase, answered, decided

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
Act = Callable[..., Awaitable[Any]]


def at(day: str, clock: str = "10:00") -> datetime:
    """A moment of November 2026 in Hải Phòng: at("10") is when the cases here are filed."""
    return datetime.fromisoformat(f"2026-11-{day}T{clock}").replace(tzinfo=ZONE)


@pytest.fixture
def act(database: Database, staff: dict[str, Staff]) -> Act:
    async def make(who: str, case: Case, move: Callable[..., Awaitable[Any]], *more: Any) -> Case:
        async with database.in_transaction() as session:
            held = await access_case(session, staff[who], case.code, to_change=True)
            await move(session, held, staff[who], *more)
        return held

    return make


@pytest.fixture
def citizen_does(database: Database) -> Act:
    async def do(case: Case, move: Callable[..., Awaitable[Any]], *more: Any) -> Case:
        async with database.in_transaction() as session:
            held = await lifecycle.own_case(session, case.citizen_id or 0, case.code)
            assert held is not None
            await move(session, held, *more)
        return held

    return do


async def history(database: Database, case: Case) -> list[Event]:
    async with database.in_transaction() as session:
        query = select(Event).where(Event.case_id == case.id).order_by(Event.seq)
        return list(await session.scalars(query))


async def told(database: Database) -> list[dict[str, Any]]:
    async with database.in_transaction() as session:
        return [
            one.content or {} for one in await session.scalars(select(Reply).order_by(Reply.id))
        ]


def kinds(case: Case, now: datetime, pack: Pack) -> list[str]:
    return [alert.kind for alert in alerts_of(case, now, pack)]


# --- accepting


@pytest.mark.parametrize(("when", "late"), [(at("11", "17:00"), False), (at("11", "17:01"), True)])
async def test_an_agency_accepts_within_a_working_day_or_is_late(
    database: Database, new_case: NewCase, act: Act, pack: Pack, when: datetime, late: bool
) -> None:
    case = await new_case()
    held = await act("hoa", case, accept_case, "Sở Xây dựng", when, pack)
    assert (held.state, held.accepted_at, held.stage_due_at) == ("accepted", when, None)
    accepted = (await history(database, case))[-1]
    assert (accepted.name, accepted.data) == ("accepted", {"agency": ROADS, "late": late})
    (notice,) = await told(database)
    assert (notice["notice"], notice["accepter"]) == ("accepted", "Sở Xây dựng")


async def test_who_accepted_keeps_the_case_until_a_sorter_moves_it(
    database: Database, new_case: NewCase, act: Act, pack: Pack
) -> None:
    case = await new_case()
    await act("hoa", case, accept_case, "Sở Xây dựng", NOW, pack)
    with pytest.raises(IllegalMove, match="không trả lại được"):
        await act("hoa", case, return_case, "unclear", "vì", None, NOW, pack)
    held = await act("binh", case, assign_case, pack.agencies[HEALTH], "vì", NOW, pack)
    assert (held.state, held.accepted_at, held.agency_id) == ("assigned", None, HEALTH)


async def test_only_the_agency_that_holds_the_case_accepts_it(
    new_case: NewCase, act: Act, pack: Pack
) -> None:
    case = await new_case()
    for who in ("binh", "mai"):
        with pytest.raises(NotAllowed, match="không được tiếp nhận"):
            await act(who, case, accept_case, "Sở", NOW, pack)
    with pytest.raises(CaseNotFound):
        await act("chi", case, accept_case, "Sở", NOW, pack)


# --- waiting for the citizen


async def test_the_clock_stands_still_while_the_citizen_is_asked_and_the_history_says_so(
    database: Database, new_case: NewCase, act: Act, citizen_does: Act, pack: Pack
) -> None:
    case = await new_case()
    assert case.due_at == at("25", "17:00")
    await act("hoa", case, accept_case, "Sở Xây dựng", NOW, pack)
    held = await act("hoa", case, ask_citizen, "Số mấy?", "Sở", at("13", "16:00"), pack)
    assert (held.state, held.paused_at) == ("needs_info", at("13", "16:00"))
    held = await citizen_does(case, lifecycle.add_to_case, "Số 12.", at("16", "08:00"), pack)
    assert (held.state, held.paused_at) == ("accepted", None)
    assert held.due_at == at("26", "09:00")  # An hour on Friday, half an hour on Monday.
    *_, added, resumed = await history(database, case)
    assert (added.name, resumed.name) == ("addition_received", "clock_resumed")
    assert resumed.data == {"stopped_minutes": 90, "due_at": at("26", "09:00").isoformat()}


async def test_a_picture_answers_a_question_too(
    database: Database, new_case: NewCase, act: Act, citizen_does: Act, pack: Pack
) -> None:
    case = await new_case()
    await act("hoa", case, ask_citizen, "Có ảnh không?", "Sở", NOW, pack)
    async with database.in_transaction() as session:
        photo = Attachment(citizen_id=case.citizen_id, kind="photo", file_id="p", created_at=NOW)
        session.add(photo)
    later = NOW + timedelta(minutes=30)
    held = await citizen_does(case, lifecycle.attach_to_case, photo, later, pack)
    assert (held.state, held.paused_at) == ("assigned", None)
    assert held.due_at == at("26", "08:00")


async def test_an_answer_without_waiting_for_the_citizen_starts_the_clock_again(
    database: Database, new_case: NewCase, act: Act, pack: Pack
) -> None:
    case = await new_case()
    await act("hoa", case, ask_citizen, "Số mấy?", "Sở", NOW, pack)
    held = await act("hoa", case, answer_case, answered(), "Sở", at("11"), pack)
    assert (held.state, held.paused_at) == ("answered", None)
    assert held.due_at == case.due_at + timedelta(days=1)


async def test_reopening_does_not_reset_the_clock(
    new_case: NewCase, act: Act, citizen_does: Act, pack: Pack
) -> None:
    case = await new_case()
    await act("hoa", case, answer_case, answered(), "Sở", at("11"), pack)
    held = await citizen_does(case, lifecycle.reopen_case, at("12"), pack)
    assert (held.state, held.due_at, held.accepted_at) == ("reopened", case.due_at, None)
    assert held.stage_due_at == at("13", "17:00")


# --- rejecting


@pytest.mark.parametrize("code", sorted(REJECT_REASONS))
async def test_a_rejection_tells_the_citizen_why_who_may_object(
    database: Database, new_case: NewCase, act: Act, citizen_does: Act, pack: Pack, code: str
) -> None:
    case = await new_case()
    held = await act("binh", case, reject_case, code, "Vì việc này …", NOW, pack)
    assert (held.state, held.closed_at, held.closed_by) == ("rejected", NOW, None)
    (notice,) = await told(database)
    assert (notice["notice"], notice["why"], notice["words"]) == ("rejected", code, "Vì việc này …")
    held = await citizen_does(case, lifecycle.reopen_case, at("11"), pack)
    assert (held.state, held.closed_at) == ("reopened", None)
    assert [event.name for event in await history(database, case)][-2:] == ["rejected", "objected"]


async def test_after_an_objection_only_a_supervisor_rejects_again(
    database: Database,
    new_case: NewCase,
    act: Act,
    citizen_does: Act,
    pack: Pack,
    staff: dict[str, Staff],
) -> None:
    case = await new_case()
    await act("binh", case, reject_case, "no_matter", "Không rõ việc gì.", NOW, pack)
    held = await citizen_does(case, lifecycle.reopen_case, NOW, pack)
    async with database.in_transaction() as session:
        assert "reject" not in await moves_of(session, held, staff["binh"])
        assert "reject" in await moves_of(session, held, staff["mai"])
    with pytest.raises(NotAllowed, match="chỉ người phụ trách"):
        await act("binh", case, reject_case, "no_matter", "Vẫn vậy.", NOW, pack)
    held = await act("mai", case, reject_case, "no_matter", "Đã xem lại.", NOW, pack)
    assert held.state == "rejected"


@pytest.mark.parametrize(("code", "words"), [("", "vì"), ("khac", "vì"), ("unclear", " … ")])
async def test_a_rejection_needs_a_reason_of_the_list_and_words(
    new_case: NewCase, act: Act, pack: Pack, code: str, words: str
) -> None:
    case = await new_case()
    with pytest.raises(IllegalMove, match="Cần"):
        await act("binh", case, reject_case, code, words, NOW, pack)


async def test_a_denunciation_that_was_taken_is_hidden_from_who_held_it(
    database: Database, new_case: NewCase, act: Act, pack: Pack, staff: dict[str, Staff]
) -> None:
    case = await new_case()
    held = await act("binh", case, reject_case, "denunciation", "Cần gửi đơn.", NOW, pack)
    assert (held.restricted, held.legal_type, held.agency_id) == (True, "to_cao", None)
    async with database.in_transaction() as session:
        for who in ("binh", "hoa"):
            with pytest.raises(CaseNotFound):
                await access_case(session, staff[who], case.code)
        assert (await access_case(session, staff["yen"], case.code)).state == "rejected"


# --- silence


async def minded(database: Database, now: datetime, pack: Pack) -> tuple[int, int]:
    """The job once: how many were reminded and closed."""
    async with database.in_transaction() as session:
        reminded = await remind_silent(session, now, pack)
        return reminded, await close_silent(session, now, pack)


@pytest.fixture
async def silent(new_case: NewCase, act: Act, pack: Pack) -> Case:
    """A case answered on the 10th: silence closes it at the end of the 25th."""
    case = await new_case()
    return await act("hoa", case, answer_case, answered(), "Sở", NOW, pack)  # type: ignore[no-any-return]


async def changed(database: Database, case: Case) -> Case:
    async with database.in_transaction() as session:
        return await session.get_one(Case, case.id)


async def test_silence_closes_after_one_reminder_and_is_counted_apart(
    database: Database, silent: Case, citizen_does: Act, pack: Pack
) -> None:
    assert await minded(database, at("22", "23:59"), pack) == (0, 0)
    assert await minded(database, at("23", "00:00"), pack) == (1, 0)
    assert await minded(database, at("25", "23:59"), pack) == (0, 0)
    assert await minded(database, at("26", "00:00"), pack) == (0, 1)
    assert await minded(database, at("27"), pack) == (0, 0)
    case = await changed(database, silent)
    assert (case.state, case.closed_by, case.closed_at) == ("closed", "silence", at("26", "00:00"))
    names = [event.name for event in await history(database, silent)]
    assert names[-2:] == ["reminded", "closed_by_silence"]
    notices = await told(database)
    assert [one["notice"] for one in notices] == ["answered", "reminded", "lapsed"]
    assert datetime.fromisoformat(notices[1]["due_at"]).astimezone(ZONE).day == 25
    held = await citizen_does(silent, lifecycle.reopen_case, at("28"), pack)
    assert (held.state, held.closed_by, held.reminded_at) == ("reopened", None, None)


async def test_after_an_outage_nobody_is_closed_before_the_reminder_had_its_days(
    database: Database, silent: Case, pack: Pack
) -> None:
    assert await minded(database, at("27"), pack) == (1, 0)
    assert await minded(database, at("29", "23:59"), pack) == (0, 0)
    assert await minded(database, at("30", "00:00"), pack) == (0, 1)


async def test_a_reminder_in_the_day_names_the_day_at_whose_end_it_closes(
    database: Database, silent: Case, pack: Pack
) -> None:
    assert await minded(database, at("23", "15:30"), pack) == (1, 0)
    assert (await changed(database, silent)).stage_due_at == at("26", "00:00")
    *_, reminder = await told(database)
    assert datetime.fromisoformat(reminder["due_at"]) == at("25", "23:59") + timedelta(seconds=59)


async def test_who_writes_is_not_silent(
    database: Database, silent: Case, citizen_does: Act, pack: Pack
) -> None:
    await minded(database, at("23"), pack)
    await citizen_does(silent, lifecycle.add_to_case, "vẫn còn hỏng", at("24"), pack)
    assert await minded(database, at("26"), pack) == (0, 0)
    assert (await changed(database, silent)).state == "answered"


async def test_who_confirmed_or_reopened_is_not_reminded(
    database: Database, silent: Case, citizen_does: Act, pack: Pack
) -> None:
    await citizen_does(silent, lifecycle.settle_case, at("11"))
    assert await minded(database, at("27"), pack) == (0, 0)
    case = await changed(database, silent)
    assert (case.closed_by, case.stage_due_at) == ("citizen", None)


async def test_more_silent_people_than_one_batch_are_closed_in_turn(
    database: Database, new_case: NewCase, act: Act, pack: Pack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cases.silence.AT_ONCE", 2)
    for _ in range(3):
        await act("hoa", await new_case(), answer_case, answered(), "Sở", NOW, pack)
    assert await minded(database, at("23"), pack) == (2, 0)
    assert await minded(database, at("23"), pack) == (1, 0)


# --- alerts


async def test_alerts_of_a_case_from_hour_to_hour(new_case: NewCase, act: Act, pack: Pack) -> None:
    case = await new_case(decision=decided(outcome="triage"))
    assert kinds(case, at("10", "11:00"), pack) == []
    assert kinds(case, at("10", "11:01"), pack) == ["unassigned"]
    held = await act("binh", case, assign_case, pack.agencies[ROADS], "đúng việc", at("11"), pack)
    assert kinds(held, at("12", "17:00"), pack) == []
    assert kinds(held, at("13", "07:30"), pack) == ["not_accepted"]
    held = await act("hoa", case, accept_case, "Sở", at("13", "08:00"), pack)
    assert kinds(held, at("20"), pack) == []
    assert kinds(held, at("23"), pack) == ["due_soon"]
    assert kinds(held, at("25", "17:00"), pack) == ["due_soon"]
    assert kinds(held, at("25", "17:01"), pack) == ["overdue"]
    held = await act("hoa", case, answer_case, answered(), "Sở", at("26"), pack)
    assert kinds(held, at("30"), pack) == []


async def test_an_alert_says_why_in_words(new_case: NewCase, pack: Pack) -> None:
    case = await new_case()
    overdue, not_accepted = alerts_of(case, at("26"), pack)
    assert overdue.words == "quá hạn trả lời từ 17:00 25/11/2026"
    assert not_accepted.words == "cơ quan chưa tiếp nhận quá 1 ngày làm việc"
    assert (overdue.since, not_accepted.since) == (case.due_at, at("11", "17:00"))
    unassigned = await new_case(decision=decided(outcome="triage"))
    words = [alert.words for alert in alerts_of(unassigned, at("11"), pack)]
    assert words == ["chưa giao cơ quan quá 1 giờ làm việc"]


async def test_who_waits_for_the_citizen_is_not_hurried_but_told_when_it_takes_long(
    new_case: NewCase, act: Act, pack: Pack
) -> None:
    case = await new_case()
    held = await act("hoa", case, ask_citizen, "Số mấy?", "Sở", at("23"), pack)
    assert kinds(held, at("26"), pack) == []
    assert kinds(held, at("30") + timedelta(days=2), pack) == ["unheard"]
    late = await act("hoa", await new_case(), ask_citizen, "Số mấy?", "Sở", at("26"), pack)
    assert kinds(late, at("27"), pack) == ["overdue"]


async def test_a_dispute_that_nobody_decides_is_told(new_case: NewCase, pack: Pack) -> None:
    case = await new_case()
    lifecycle.enter(case, "disputed", NOW, pack)
    assert kinds(case, at("11", "17:00"), pack) == []
    assert kinds(case, at("12"), pack) == ["undecided"]
