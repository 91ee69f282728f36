from datetime import timedelta

from cases.agency_notices import REOPENED, notify_agency
from db.models import AgencyNotice
from db.session import Database
from tests.console.conftest import HEALTH, ROADS, Cast, Clock, FileCase, NewBrowser


async def test_an_officer_reads_their_agencys_notices_and_opening_the_case_marks_them_read(
    cast: Cast, file_one: FileCase, new_browser: NewBrowser
) -> None:
    case = await file_one()
    chi, hanh = new_browser(), new_browser()
    await chi.log_in("chi")
    page = await chi.open("/hop-thu")
    assert case.code in page.text
    assert "Được giao vụ việc" in page.text
    assert "1 thông báo chưa mở" in page.text
    await chi.open(f"/vu-viec/{case.code}")
    page = await chi.open("/hop-thu")
    assert case.code in page.text
    assert "chưa mở" not in page.text.lower()
    await hanh.log_in("hanh")
    assert case.code not in (await hanh.open("/hop-thu")).text


async def test_a_notice_of_a_case_that_a_person_may_not_see_is_not_shown(
    database: Database, cast: Cast, file_one: FileCase, new_browser: NewBrowser, clock: Clock
) -> None:
    case = await file_one()
    async with database.in_transaction() as session:
        await notify_agency(session, case, HEALTH, REOPENED, clock())
    hanh = new_browser()
    await hanh.log_in("hanh")
    page = await hanh.open("/hop-thu")
    assert case.code not in page.text
    assert "Chưa có thông báo nào" in page.text


async def test_somebody_without_an_inbox_does_not_find_one(
    cast: Cast, new_browser: NewBrowser
) -> None:
    giang = new_browser()
    await giang.log_in("giang")
    assert (await giang.open("/hop-thu")).status_code == 404


async def test_supervisors_see_which_agency_opened_nothing(
    database: Database, cast: Cast, file_one: FileCase, new_browser: NewBrowser, clock: Clock
) -> None:
    await file_one()
    clock.advance(timedelta(hours=1))
    dung, chi = new_browser(), new_browser()
    await dung.log_in("dung")
    page = await dung.open("/co-quan")
    assert "1 thông báo, sớm nhất từ" in page.text
    async with database.in_transaction() as session:
        notice = await session.get_one(AgencyNotice, 1)
        assert (notice.agency_id, notice.read_by) == (ROADS, None)
    await chi.log_in("chi")
    page = await chi.open("/hop-thu")
    code = page.text.split("/vu-viec/PA-")[1][:6]
    await chi.open(f"/vu-viec/PA-{code}")
    clock.advance(timedelta(minutes=1))
    page = await dung.open("/co-quan")
    assert "Cơ quan nào có thông báo cũng đã mở" in page.text


async def test_pages_go_on_where_the_last_one_ended(
    database: Database, cast: Cast, file_one: FileCase, new_browser: NewBrowser, clock: Clock
) -> None:
    case = await file_one()
    async with database.in_transaction() as session:
        for _ in range(60):
            await notify_agency(session, case, ROADS, REOPENED, clock())
    chi = new_browser()
    await chi.log_in("chi")
    first = await chi.open("/hop-thu")
    assert first.text.count('href="/vu-viec/PA-') == 50
    address = first.text.split('href="/hop-thu?truoc=')[1].split('"')[0]
    second = await chi.open(f"/hop-thu?truoc={address}")
    assert second.text.count('href="/vu-viec/PA-') == 11
