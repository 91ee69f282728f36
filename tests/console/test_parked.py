"""What could not be read or sent, and questions to citizens, in the console."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from cases.parked import parked_code
from db.models import Case, Citizen, InboxUpdate, Message, Reply
from db.session import Database
from tests.console.conftest import NOW, Cast, FileCase, NewBrowser


async def parked(database: Database) -> int:
    async with database.in_transaction() as session:
        row = InboxUpdate(
            bot_id=1, update_key="7", payload=b"secret", failed_at=NOW, failure="KeyError"
        )
        session.add(row)
        await session.flush()
        return row.id


@pytest.mark.parametrize(
    ("username", "status"),
    [("dung", 200), ("giang", 200), ("binh", 404), ("chi", 404), ("yen", 404)],
)
async def test_who_looks_after_what_could_not_be_read(
    database: Database, new_browser: NewBrowser, cast: Cast, username: str, status: int
) -> None:
    number = await parked(database)
    browser = new_browser()
    await browser.log_in(username)
    page = await browser.open("/tin-chua-doc")
    assert page.status_code == status
    assert (parked_code(number) in page.text) == (status == 200)


async def test_a_parked_update_is_queued_again_once(
    database: Database, new_browser: NewBrowser, cast: Cast
) -> None:
    number = await parked(database)
    browser = new_browser()
    await browser.log_in("dung")
    await browser.open("/tin-chua-doc")
    page = await browser.post(f"/tin-chua-doc/{number}/thu-lai")
    assert "Đã xếp hàng" in page.text
    assert (await browser.post(f"/tin-chua-doc/{number}/thu-lai")).status_code == 404
    async with database.in_transaction() as session:
        jobs = await session.scalars(text("select task_name from procrastinate_jobs"))
        assert list(jobs) == ["handle_update"]


async def test_nobody_else_queues_one_again(
    database: Database, new_browser: NewBrowser, cast: Cast
) -> None:
    number = await parked(database)
    browser = new_browser()
    await browser.log_in("binh")
    await browser.open("/vu-viec")
    assert (await browser.post(f"/tin-chua-doc/{number}/thu-lai")).status_code == 404


async def test_replies_that_never_arrived_are_counted_by_why(
    database: Database, new_browser: NewBrowser, cast: Cast, file_one: FileCase
) -> None:
    case = await file_one()
    async with database.in_transaction() as session:
        for why in ("blocked", "blocked", "unclear"):
            session.add(Reply(citizen_id=case.citizen_id, failed_at=NOW, failure=why))
    browser = new_browser()
    await browser.log_in("dung")
    page = await browser.open("/tin-chua-doc")
    assert "Người dân đã chặn bot: 2" in page.text
    assert "Không rõ đã tới chưa, đã thử hai lần: 1" in page.text


async def test_an_officer_asks_the_citizen_from_the_case(
    database: Database, new_browser: NewBrowser, cast: Cast, file_one: FileCase
) -> None:
    case = await file_one()
    chi = new_browser()
    await chi.log_in("chi")
    await chi.open(f"/vu-viec/{case.code}")
    page = await chi.post(f"/vu-viec/{case.code}/hoi", text="Đoạn nào của đường?")
    assert "Đã gửi câu hỏi tới người dân" in page.text
    assert "Chờ người dân trả lời thêm" in page.text
    async with database.in_transaction() as session:
        message = (await session.scalars(select(Message))).one()
        reply = (await session.scalars(select(Reply).order_by(Reply.id.desc()))).first()
    assert (message.kind, message.text) == ("question", "Đoạn nào của đường?")
    assert reply is not None
    assert reply.content is not None
    assert reply.content["notice"] == "asked"


@pytest.mark.parametrize("words", ["", "   ", "?!"])
async def test_an_empty_question_is_not_asked(
    new_browser: NewBrowser, cast: Cast, file_one: FileCase, words: str
) -> None:
    case = await file_one()
    chi = new_browser()
    await chi.log_in("chi")
    await chi.open(f"/vu-viec/{case.code}")
    page = await chi.post(f"/vu-viec/{case.code}/hoi", text=words)
    assert "Câu hỏi đang trống." in page.text


async def changed(database: Database, code: str, **values: Any) -> None:
    async with database.in_transaction() as session:
        case = (await session.scalars(select(Case).where(Case.code == code))).one()
        case.text = "Gọi tôi 0912 345 678 nhé, ổ gà to lắm"
        for name, value in values.items():
            setattr(case, name, value)


async def test_nobody_sees_the_numbers_of_an_anonymous_case(
    database: Database, new_browser: NewBrowser, cast: Cast, file_one: FileCase
) -> None:
    case = await file_one()
    await changed(database, case.code, anonymous=True)
    binh = new_browser()
    await binh.log_in("binh")
    page = await binh.open(f"/vu-viec/{case.code}")
    assert "Ẩn danh" in page.text
    assert "345" not in page.text
    assert "hien-so" not in page.text
    assert (await binh.post(f"/vu-viec/{case.code}/hien-so")).status_code == 403


async def test_an_unreachable_citizen_a_rating_and_many_cases_stand_on_the_case(
    database: Database, new_browser: NewBrowser, cast: Cast, file_one: FileCase
) -> None:
    case = await file_one()
    await changed(database, case.code, rating=2, rating_words="chậm quá")
    async with database.in_transaction() as session:
        citizen = await session.get_one(Citizen, case.citizen_id)
        citizen.blocked_at = NOW
        columns = "code, citizen_id, text, state, legal_type, decision, filed_at, due_at, revision"
        query = f"""insert into cases ({columns})
            select 'X' || n, citizen_id, text, state, legal_type, decision, :at, due_at, 1
            from cases, generate_series(1, 25) n where code = :code"""  # noqa: S608
        await session.execute(text(query), {"code": case.code, "at": NOW - timedelta(days=1)})
    binh = new_browser()
    await binh.log_in("binh")
    page = await binh.open(f"/vu-viec/{case.code}")
    assert "Không tới được người dân" in page.text
    assert "2/5" in page.text
    assert "chậm quá" in page.text
    assert "26 vụ việc trong 30 ngày" in page.text
