"""What a citizen hears and does while their case goes on: objections, questions, silence."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from bot import texts
from bot.send import notice_words
from cases.answering import Answer, answer_case
from cases.events import first_broken
from cases.lifecycle import ask_citizen
from cases.queries import load_history
from cases.rejection import reject_case
from db.models import Case, Message, Staff
from routing.tables import Pack
from tests.bot.conftest import Clock, Desk


async def act_as(desk: Desk, move: Any, **more: Any) -> Case:
    """A member of staff of the case's agency, or a supervisor, makes a move."""
    async with desk.database.in_transaction() as session:
        case = (await session.scalars(select(Case).with_for_update())).one()
        roles = ["agency_officer", "supervisor"]
        staff = Staff(
            username="chi", display_name="Chi", password_hash="-", roles=roles,
            agency_id=case.agency_id, must_change_password=False,
        )  # fmt: skip
        session.add(staff)
        await session.flush()
        await move(session, case, staff, **more)
        return case


async def test_a_rejected_citizen_objects_with_one_tap_and_then_writes_why(
    desk: Desk, clock: Clock, pack: Pack
) -> None:
    code = await desk.files()
    why = {"code": "in_court", "words": "Tòa án đang xử."}
    await act_as(desk, reject_case, **why, now=clock(), pack=pack)
    (notice,) = await desk.said()
    words, rows = notice_words(notice, pack)
    assert "Tòa án đang xử." in words
    assert rows[0][0]["text"] == "Không đồng ý"
    (told,) = await desk.tapped(rows[0][0]["callback_data"])
    assert told["text"] == texts.OBJECTED.format(code=code)
    await desk.hears("Tòa xử việc khác, không phải việc này")
    (case,) = await desk.all(Case)
    assert case.state == "reopened"
    (addition,) = await desk.all(Message)
    assert addition.text == "Tòa xử việc khác, không phải việc này"
    (details,) = await desk.tapped(f"case:{code}")
    assert "Anh/chị không đồng ý, vụ việc được xem lại" in details["text"]


async def test_the_answer_to_a_question_says_that_the_clock_runs_again(
    desk: Desk, clock: Clock, pack: Pack
) -> None:
    code = await desk.files()
    await act_as(desk, ask_citizen, question="Số mấy?", asker="UBND", now=clock(), pack=pack)
    (asked,) = await desk.said()
    words, rows = notice_words(asked, pack)
    assert "tạm dừng" in words
    clock.advance(timedelta(days=1))
    await desk.tapped(rows[0][0]["callback_data"])
    (told,) = await desk.hears("Số 12")
    assert told["text"] == texts.ADDED_REPLY.format(code=code, due_on="26/11/2026")
    (details,) = await desk.tapped(f"case:{code}")
    assert "Hạn trả lời tính tiếp" in details["text"]


async def test_silence_is_minded_by_the_clock_whose_closing_can_be_undone(
    desk: Desk, clock: Clock, pack: Pack
) -> None:
    code = await desk.files()
    done = Answer("Đã dọn sạch rác trước cổng chợ.", pack.local_day(clock()), "Tổ 3", "Trời tối.")
    await act_as(desk, answer_case, answer=done, responder="UBND", now=clock(), pack=pack)
    for days in (13, 2, 1):
        clock.advance(timedelta(days=days))
        await desk.workshop.mind_silence()
        await desk.workshop.mind_silence()
    told = [one["notice"] for one in await desk.said()]
    assert told == ["answered", "reminded", "lapsed"]
    (case,) = await desk.all(Case)
    assert (case.state, case.closed_by) == ("closed", "silence")
    (reopened,) = await desk.tapped(f"unsettled:{code}")
    assert "được mở lại" in reopened["text"]
    async with desk.database.in_transaction() as session:
        kept = await load_history(session, case)
        assert first_broken(code, kept.events) is None
