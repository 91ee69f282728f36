"""The agencies' page: who may read it, and what it counts."""

from datetime import timedelta

import pytest

from cases.access import LEADER, access_case
from cases.transfers import assign_case
from db.models import Staff
from db.session import Database
from routing.tables import Pack
from tests.console.conftest import HEALTH, NOW, Cast, Clock, FileCase, NewBrowser


@pytest.mark.parametrize(
    ("username", "status"),
    [("dung", 200), ("binh", 200), ("giang", 200), ("chi", 404), ("yen", 404)],
)
async def test_who_reads_the_agencies_page(
    new_browser: NewBrowser, cast: Cast, username: str, status: int
) -> None:
    browser = new_browser()
    front = await browser.log_in(username)
    assert ('href="/co-quan"' in front.text) == (status == 200)
    assert (await browser.open("/co-quan")).status_code == status


async def test_a_leader_reads_it(database: Database, new_browser: NewBrowser, cast: Cast) -> None:
    async with database.in_transaction() as session:
        (await session.get_one(Staff, cast.yen.id)).roles = [LEADER]
    yen = new_browser()
    await yen.log_in("yen")
    assert (await yen.open("/co-quan")).status_code == 200


async def test_transfers_and_work_are_shown_by_agency_and_time(
    database: Database, new_browser: NewBrowser, cast: Cast, file_one: FileCase, pack: Pack,
    clock: Clock,
) -> None:  # fmt: skip
    case = await file_one()
    async with database.in_transaction() as session:
        kept = await access_case(session, cast.binh, case.code, to_change=True)
        await assign_case(session, kept, cast.binh, pack.agencies[HEALTH], "đổi", NOW, pack)
    clock.advance(timedelta(minutes=1))
    dung = new_browser()
    await dung.log_in("dung")
    assert "Chưa có cơ quan nào giữ" not in (await dung.open("/co-quan?ngay=7")).text
    page = await dung.open("/co-quan")
    rows = [row.split("</tr>")[0] for row in page.text.split("<tr")[2:]]
    cells = {
        row.split("<strong>")[1].split("</strong>")[0]: [
            int(cell.split(">")[1].split("<")[0]) for cell in row.split("<td data-label")[1:]
        ]
        for row in rows
    }
    # Holding, overdue, supporting; returned, transferred, disputed, decided for; sent back.
    assert cells == {
        "Sở Xây dựng": [0, 0, 0, 0, 1, 0, 0, 0],
        "Sở Y tế": [1, 0, 0, 0, 0, 0, 0, 0],
    }
    assert (await dung.open("/co-quan?ngay=8")).status_code == 404
    assert (await dung.open("/co-quan?ngay=x")).status_code == 400
