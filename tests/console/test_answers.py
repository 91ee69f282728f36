"""Answering, accepting and rejecting on the screen."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from db.models import Attachment, Case, Event, Reply
from db.session import Database
from tests.console.conftest import ANSWER, Browser, Cast, Clock, FileCase, NewBrowser
from tests.playground.conftest import png

VAGUE = ANSWER | {"text": "Đã chuyển đơn vị chức năng."}
PHOTO = ("xong.png", png(30, 20), "image/png")


async def at_case(new_browser: NewBrowser, who: str, case: Case) -> Browser:
    browser = new_browser()
    await browser.log_in(who)
    await browser.open(f"/vu-viec/{case.code}")
    return browser


async def answer(browser: Browser, case: Case, *files: Any, **fields: Any) -> Any:
    """Post the form, in parts where files go with it."""
    hidden = {name: browser.hidden(name) for name in ("csrf", "revision")}
    parts = [("files", file) for file in files]
    browser.page = await browser.client.post(
        f"/vu-viec/{case.code}/tra-loi",
        data=hidden | ANSWER | fields,
        files=parts or None,
        follow_redirects=True,
    )
    return browser.page


async def one(database: Database, case: Case) -> Case:
    async with database.in_transaction() as session:
        return await session.get_one(Case, case.id)


async def test_a_vague_answer_comes_back_with_why_and_with_examples_and_is_mended(
    database: Database, new_browser: NewBrowser, cast: Cast, file_one: FileCase
) -> None:
    case = await file_one()
    chi = await at_case(new_browser, "chi", case)
    page = await answer(chi, case, PHOTO, **VAGUE)
    assert page.status_code == 422
    for shown in ("Chưa gửi cho người dân", "“Đã chuyển đơn vị”", "Ví dụ trả lời rõ", "thu gom"):
        assert shown in page.text
    assert f">{VAGUE['text']}</textarea>" in page.text
    assert 'value="2026-11-10"' in page.text
    assert 'name="insists"' not in page.text
    assert "chỉ người phụ trách gửi được" in page.text
    assert (await one(database, case)).state == "assigned"
    file_id = chi.value_of("keep")
    page = await answer(chi, case, keep=file_id)
    assert "Đã ghi trả lời" in page.text
    assert "Đơn vị làm: Đội quản lý đường bộ." in page.text
    assert f"/tep/{file_id}" in page.text
    picture = await chi.open(f"/vu-viec/{case.code}/tep/{file_id}")
    assert picture.headers["content-type"] == "image/jpeg"
    async with database.in_transaction() as session:
        contents = [reply.content or {} for reply in await session.scalars(select(Reply))]
    assert [one["notice"] for one in contents] == ["evidence", "answered"]


async def test_a_supervisor_finds_the_answer_that_was_sent_back_and_may_send_it(
    database: Database, new_browser: NewBrowser, cast: Cast, file_one: FileCase
) -> None:
    case = await file_one()
    await answer(await at_case(new_browser, "chi", case), case, **VAGUE)
    dung = await at_case(new_browser, "dung", case)
    assert dung.page is not None
    assert f">{VAGUE['text']}</textarea>" in dung.page.text
    assert "Trả lời chưa gửi (nội bộ)" in dung.page.text
    page = await answer(dung, case, **VAGUE, insists="true")
    assert "Đã ghi trả lời" in page.text
    assert "theo quyết định của người phụ trách" in page.text
    assert (await one(database, case)).state == "answered"


async def test_an_officer_cannot_insist(
    database: Database, new_browser: NewBrowser, cast: Cast, file_one: FileCase
) -> None:
    case = await file_one()
    chi = await at_case(new_browser, "chi", case)
    await answer(chi, case, **VAGUE)
    assert (await answer(chi, case, **VAGUE, insists="true")).status_code == 422
    assert (await one(database, case)).state == "assigned"


async def test_files_are_not_lost_when_the_words_are_refused(
    new_browser: NewBrowser, cast: Cast, file_one: FileCase
) -> None:
    case = await file_one()
    chi = await at_case(new_browser, "chi", case)
    page = await answer(chi, case, PHOTO, text=" ")
    assert page.status_code == 409
    assert "đang trống" in page.text
    file_id = chi.value_of("keep")
    assert file_id
    page = await answer(chi, case, ("x.exe", b"MZ", "image/png"), keep=file_id)
    assert page.status_code == 409
    assert "“x.exe” không phải ảnh" in page.text
    assert f">{ANSWER['text']}</textarea>" in page.text
    page = await answer(chi, case, keep=file_id, no_evidence="")
    assert "Đã ghi trả lời" in page.text


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"done_on": ""}, "ngày đã làm"),
        ({"done_on": "hôm qua"}, "Ngày đã làm chưa đúng"),
        ({"done_by": ""}, "đơn vị, bộ phận"),
        ({"no_evidence": ""}, "vì sao không có"),
        ({"keep": "12345"}, "không còn nữa"),
    ],
)
async def test_what_is_missing_is_said_and_what_was_typed_stays(
    new_browser: NewBrowser, cast: Cast, file_one: FileCase, wrong: dict[str, str], words: str
) -> None:
    case = await file_one()
    chi = await at_case(new_browser, "chi", case)
    page = await answer(chi, case, **wrong)
    assert page.status_code == 409
    assert words in page.text
    assert f">{ANSWER['text']}</textarea>" in page.text


async def test_a_form_without_a_file_is_taken_as_browsers_send_it(
    new_browser: NewBrowser, cast: Cast, file_one: FileCase
) -> None:
    case = await file_one()
    chi = await at_case(new_browser, "chi", case)
    hidden = {name: chi.hidden(name) for name in ("csrf", "revision")}
    parts = [
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in (hidden | ANSWER).items()
    ]
    no_file = (
        '--x\r\nContent-Disposition: form-data; name="files"; filename=""\r\n'
        "Content-Type: application/octet-stream\r\n\r\n\r\n--x--\r\n"
    )
    page = await chi.client.post(
        f"/vu-viec/{case.code}/tra-loi",
        content="".join([*parts, no_file]).encode(),
        headers={"Content-Type": "multipart/form-data; boundary=x"},
        follow_redirects=True,
    )
    assert "Đã ghi trả lời" in page.text


async def test_who_may_not_answer_keeps_no_file(
    database: Database, new_browser: NewBrowser, cast: Cast, file_one: FileCase
) -> None:
    case = await file_one(restricted=True)
    hanh = await at_case(new_browser, "hanh", case)
    await hanh.open("/vu-viec")
    page = await answer(hanh, case, PHOTO, revision="1")
    assert page.status_code == 404
    async with database.in_transaction() as session:
        assert await session.scalar(select(func.count()).select_from(Attachment)) == 0


async def test_a_citizens_files_and_an_agencys_stand_apart(
    database: Database, new_browser: NewBrowser, cast: Cast, file_one: FileCase
) -> None:
    case = await file_one()
    chi = await at_case(new_browser, "chi", case)
    page = await answer(chi, case, PHOTO, no_evidence="")
    assert "Ảnh kèm trả lời, số 1" in page.text
    assert "Ảnh người dân gửi" not in page.text
    assert "Tệp kèm theo" not in page.text


async def test_an_agency_accepts_and_then_cannot_return(
    database: Database, new_browser: NewBrowser, cast: Cast, file_one: FileCase
) -> None:
    case = await file_one()
    chi = await at_case(new_browser, "chi", case)
    assert chi.page is not None
    assert "trước <time" in chi.page.text
    page = await chi.post(f"/vu-viec/{case.code}/tiep-nhan")
    assert "Đã tiếp nhận vụ việc." in page.text
    assert "Cơ quan đang giải quyết" in page.text
    assert "/tra-lai" not in page.text
    page = await chi.post(f"/vu-viec/{case.code}/tra-lai", why="unclear", note="vì")
    assert page.status_code == 409
    assert "nên không trả lại được" in page.text
    assert (await one(database, case)).state == "accepted"


async def test_an_alert_is_shown_and_a_late_acceptance_is_in_the_history(
    new_browser: NewBrowser, cast: Cast, file_one: FileCase, clock: Clock
) -> None:
    case = await file_one()
    assert case.stage_due_at is not None
    clock.advance(case.stage_due_at - clock.now + timedelta(minutes=1))
    chi = await at_case(new_browser, "chi", case)
    assert chi.page is not None
    assert "Cơ quan chưa tiếp nhận quá 1 ngày làm việc." in chi.page.text
    page = await chi.post(f"/vu-viec/{case.code}/tiep-nhan")
    assert "muộn hạn tiếp nhận" in page.text
    assert "Cơ quan chưa tiếp nhận" not in page.text


async def test_a_sorter_rejects_with_words_that_the_citizen_reads(
    database: Database, new_browser: NewBrowser, cast: Cast, file_one: FileCase
) -> None:
    case = await file_one()
    binh = await at_case(new_browser, "binh", case)
    page = await binh.post(f"/vu-viec/{case.code}/tu-choi", why="", words="Việc riêng.")
    assert page.status_code == 409
    assert "Cần chọn lý do từ chối." in page.text
    assert "Việc riêng.</textarea>" in page.text
    page = await binh.post(f"/vu-viec/{case.code}/tu-choi", why="unclear", words="Chưa rõ ở đâu.")
    assert "Đã từ chối" in page.text
    assert "Không giải quyết qua hệ thống" in page.text
    assert "Không đủ thông tin, đã hỏi mà không rõ hơn. Chưa rõ ở đâu." in page.text
    async with database.in_transaction() as session:
        reply = (await session.scalars(select(Reply))).one()
    assert reply.content is not None
    assert (reply.content["why"], reply.content["words"]) == ("unclear", "Chưa rõ ở đâu.")


async def test_who_finds_a_denunciation_is_led_back_to_the_list(
    new_browser: NewBrowser, cast: Cast, file_one: FileCase
) -> None:
    case = await file_one()
    binh = await at_case(new_browser, "binh", case)
    page = await binh.post(f"/vu-viec/{case.code}/tu-choi", why="denunciation", words="Gửi đơn.")
    assert (page.status_code, page.url.path) == (200, "/vu-viec")
    assert (await binh.open(f"/vu-viec/{case.code}")).status_code == 404


async def test_an_agency_cannot_reject(
    new_browser: NewBrowser, cast: Cast, file_one: FileCase
) -> None:
    case = await file_one()
    chi = await at_case(new_browser, "chi", case)
    assert chi.page is not None
    assert "/tu-choi" not in chi.page.text
    page = await chi.post(f"/vu-viec/{case.code}/tu-choi", why="unclear", words="vì")
    assert page.status_code == 403
    assert "không được từ chối" in page.text


async def test_a_question_stops_the_deadline_and_the_page_says_so(
    new_browser: NewBrowser, cast: Cast, file_one: FileCase
) -> None:
    case = await file_one()
    chi = await at_case(new_browser, "chi", case)
    page = await chi.post(f"/vu-viec/{case.code}/hoi", text="Số nhà mấy?")
    assert "tạm dừng, chờ người dân" in page.text
    assert "Hỏi thêm người dân, hạn trả lời tạm dừng" in page.text


async def test_how_often_answers_were_sent_back_stands_on_the_agencies_page(
    new_browser: NewBrowser, cast: Cast, file_one: FileCase, clock: Clock
) -> None:
    case = await file_one()
    await answer(await at_case(new_browser, "chi", case), case, **VAGUE)
    clock.advance(timedelta(minutes=1))
    dung = new_browser()
    await dung.log_in("dung")
    page = await dung.open("/co-quan")
    assert '<td data-label="Trả lời bị gửi lại">1</td>' in page.text


async def test_events_of_every_name_have_words(
    database: Database, new_browser: NewBrowser, cast: Cast, file_one: FileCase
) -> None:
    """A name that staff would read as a code is a name that was forgotten."""
    case = await file_one()
    chi = await at_case(new_browser, "chi", case)
    await answer(chi, case, **VAGUE)
    await answer(chi, case)
    async with database.in_transaction() as session:
        names = set(await session.scalars(select(Event.name).where(Event.case_id == case.id)))
    page = await chi.open(f"/vu-viec/{case.code}")
    assert names == {"filed", "assigned", "answer_sent_back", "accepted", "answered"}
    assert not [name for name in names if f"<p>{name}</p>" in page.text]
