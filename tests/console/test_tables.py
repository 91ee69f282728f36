"""The pages of the tables: read by all, changed by two roles, never without a preview."""

import re
from html import unescape

import pytest

from cases.tables import Tables, edited_tables
from db.models import Case
from db.session import Database
from routing.router import Matter, decide
from routing.tables import PACKS, Pack
from tests.console.conftest import NOW, Browser, Cast, FileCase, NewBrowser

TABLE = "/bang-phan-cong/responsibilities.csv"


async def logged_in(new_browser: NewBrowser, who: str) -> Browser:
    browser = new_browser()
    await browser.log_in(who)
    return browser


def shown_version(browser: Browser) -> str:
    return browser.hidden("version")


def previewed(browser: Browser) -> str:
    """The content that the preview would save."""
    assert browser.page is not None
    found = re.search(r'<textarea name="content" hidden>(.*?)</textarea>', browser.page.text, re.S)
    assert found is not None
    return unescape(found[1])


@pytest.mark.parametrize("who", ["binh", "chi", "yen"])
async def test_everybody_reads_and_only_two_roles_are_offered_to_edit(
    cast: Cast, new_browser: NewBrowser, who: str
) -> None:
    reader = await logged_in(new_browser, who)
    assert "Phân công trách nhiệm" in (await reader.open("/bang-phan-cong")).text
    page = await reader.open(f"{TABLE}?tim=ma tuy")
    assert "Công an thành phố" in page.text
    assert "Sửa cả bảng" not in page.text
    assert (await reader.open(f"{TABLE}/van-ban")).status_code == 404
    await reader.open(TABLE)
    refused = await reader.post(f"{TABLE}/luu", version=0, content="x", note="y")
    assert refused.status_code == 404


async def test_a_row_is_changed_seen_and_saved(
    database: Database, cast: Cast, pack: Pack, file_one: FileCase, new_browser: NewBrowser
) -> None:
    case = await file_one("karaoke", category="noise", ward_code="11383", category_confidence=1.0)
    dung = await logged_in(new_browser, "dung")
    page = await dung.open(f"{TABLE}?tim=tieng on")
    (row,) = set(re.findall(r"/dong/(\d+)", page.text))
    await dung.open(f"{TABLE}/dong/{row}")
    version = shown_version(dung)
    page = await dung.post(
        f"{TABLE}/dong/{row}",
        version=version,
        viec="sua",
        c_category="noise",
        c_condition="always",
        c_level="ward",
        c_agency="police",
        c_legal_source="Quyết định thử",
        c_valid_from="2025-07-01",
    )
    assert page.status_code == 200, page.text
    assert "sẽ đi nơi khác" in page.text
    assert case.code in page.text
    for words in ("Tiếng ồn", "mọi trường hợp", "Công an xã, phường nơi xảy ra", "01/07/2025"):
        assert f"<td>{words}</td>" in page.text  # What differs is read by people.
    saved = await dung.post(
        f"{TABLE}/luu", version=version, content=previewed(dung), note="Phân cấp lại"
    )
    assert "Đã lưu. Bảng có hiệu lực ngay." in saved.text
    assert "Phân cấp lại" in saved.text
    tables = Tables(PACKS / "hai_phong", pack)
    async with database.in_transaction() as session:
        current = await tables.current(session)
    noise = Matter("noise", 1.0, "phan_anh", "11383", "")
    assert decide(noise, current, current.local_day(NOW)).agency_id == "ca_11383"


async def test_a_table_that_fails_the_check_is_shown_with_what_is_wrong_and_not_saved(
    database: Database, cast: Cast, new_browser: NewBrowser
) -> None:
    giang = await logged_in(new_browser, "giang")
    page = await giang.open(f"{TABLE}/van-ban")
    found = re.search(r'<textarea id="content"[^>]*>(.*?)</textarea>', page.text, re.S)
    assert found is not None
    content = unescape(found[1]).replace("noise,always,ward,ubnd", "noise,urban,ward,ubnd")
    page = await giang.post(f"{TABLE}/xem-truoc", version=0, content=content)
    assert "gap: noise/rural" in page.text
    assert "Lý do sửa" not in page.text
    page = await giang.post(f"{TABLE}/luu", version=0, content=content, note="cứ lưu")
    assert page.status_code == 400
    async with database.in_transaction() as session:
        assert await edited_tables(session, "hai_phong") == {}


async def test_an_administrator_sees_how_many_cases_move_and_no_code(
    cast: Cast, file_one: FileCase, new_browser: NewBrowser
) -> None:
    case = await file_one("karaoke", category="noise", ward_code="11383", category_confidence=1.0)
    giang = await logged_in(new_browser, "giang")
    page = await giang.open(f"{TABLE}/van-ban")
    found = re.search(r'<textarea id="content"[^>]*>(.*?)</textarea>', page.text, re.S)
    assert found is not None
    content = unescape(found[1]).replace("noise,always,ward,ubnd", "noise,always,ward,police")
    page = await giang.post(f"{TABLE}/xem-truoc", version=0, content=content)
    assert "1 trong 1 vụ việc gần nhất sẽ đi nơi khác" in page.text
    assert case.code not in page.text


async def test_a_file_goes_out_and_comes_back_as_it_was(
    cast: Cast, new_browser: NewBrowser
) -> None:
    giang = await logged_in(new_browser, "giang")
    sent = (await giang.open(f"{TABLE}/tai-ve")).content
    page = await giang.open(f"{TABLE}/van-ban")
    fields = {"csrf": giang.hidden("csrf"), "version": "0"}
    page = await giang.client.post(
        f"{TABLE}/xem-truoc", data=fields, files={"file": ("r.csv", sent, "text/csv")}
    )
    assert page.status_code == 200
    assert "Không có dòng nào khác" in page.text


@pytest.mark.parametrize(
    "path",
    ["/bang-phan-cong/pack.toml", "/bang-phan-cong/..%2Fpack.toml", f"{TABLE}/dong/9999",
     f"{TABLE}/ban/77"],
)  # fmt: skip
async def test_what_is_no_table_or_row_is_not_found(
    cast: Cast, new_browser: NewBrowser, path: str
) -> None:
    dung = await logged_in(new_browser, "dung")
    assert (await dung.open(path)).status_code == 404


async def test_a_row_is_replaced_from_a_day_and_the_old_one_kept(
    cast: Cast, new_browser: NewBrowser
) -> None:
    dung = await logged_in(new_browser, "dung")
    page = await dung.open(f"{TABLE}?tim=tieng on")
    (row,) = set(re.findall(r"/dong/(\d+)", page.text))
    await dung.open(f"{TABLE}/dong/{row}")
    fields = {"version": shown_version(dung), "c_agency": "police"}
    page = await dung.post(f"{TABLE}/dong/{row}", viec="thay", tu_ngay="2027-01-01", **fields)
    rows = [line for line in previewed(dung).splitlines() if line.startswith("noise,")]
    assert ["2026-12-31" in one for one in rows] == [True, False]
    assert [",ubnd," in one for one in rows] == [True, False]
    assert rows[1].endswith(",Dũng")
    assert "Bảng chưa đạt kiểm tra" not in page.text
    await dung.open(f"{TABLE}/dong/{row}")
    page = await dung.post(f"{TABLE}/dong/{row}", viec="ket-thuc", het_ngay="2026-12-31", **fields)
    assert "noise has no row on 2027-01-01" in page.text
    assert (await dung.open(f"{TABLE}/dong/{row}")).status_code == 200
    page = await dung.post(f"{TABLE}/dong/{row}", viec="thay", tu_ngay="mai", **fields)
    assert (page.status_code, "Xin chọn ngày" in page.text) == (409, True)


async def test_a_row_is_added_and_one_taken_away(cast: Cast, new_browser: NewBrowser) -> None:
    places = "/bang-phan-cong/landmarks.csv"
    giang = await logged_in(new_browser, "giang")
    await giang.open(f"{places}/them")
    page = await giang.post(
        f"{places}/them",
        version="0",
        c_name="chợ Mẫu Thử",
        c_kind="landmark",
        c_ward_code="11383",
    )
    assert "chợ Mẫu Thử,landmark,11383," in previewed(giang)
    assert "Lý do sửa" in page.text
    await giang.open(f"{places}/dong/0")
    await giang.post(f"{places}/dong/0", version="0", viec="xoa")
    assert "chợ Sắt" not in previewed(giang)


async def test_the_second_of_two_editors_is_told_before_anything_is_lost(
    cast: Cast, new_browser: NewBrowser
) -> None:
    dung, giang = await logged_in(new_browser, "dung"), await logged_in(new_browser, "giang")
    places = "/bang-phan-cong/landmarks.csv"
    for browser in (dung, giang):
        await browser.open(f"{places}/them")
        await browser.post(f"{places}/them", version="0", c_name="chợ Mẫu", c_kind="landmark",
                           c_ward_code="11383")  # fmt: skip
    saved = await dung.post(f"{places}/luu", version="0", content=previewed(dung), note="thêm")
    assert saved.status_code == 200
    refused = await giang.post(f"{places}/luu", version="0", content=previewed(giang), note="thêm")
    assert (refused.status_code, "vừa được người khác lưu" in refused.text) == (409, True)


async def test_an_old_version_is_shown_and_put_back(cast: Cast, new_browser: NewBrowser) -> None:
    dung = await logged_in(new_browser, "dung")
    for agency in ("police", "ubnd"):
        page = await dung.open(f"{TABLE}?tim=tieng on")
        (row,) = set(re.findall(r"/dong/(\d+)", page.text))
        await dung.open(f"{TABLE}/dong/{row}")
        version = shown_version(dung)
        await dung.post(f"{TABLE}/dong/{row}", version=version, viec="sua", c_agency=agency)
        await dung.post(f"{TABLE}/luu", version=version, content=previewed(dung), note=agency)
    page = await dung.open(TABLE)
    newest, oldest = re.findall(r"/ban/(\d+)", page.text)
    assert "Khôi phục" not in (await dung.open(f"{TABLE}/ban/{newest}")).text
    page = await dung.open(f"{TABLE}/ban/{oldest}")
    assert "Khôi phục bản này" in page.text
    content, version = previewed(dung), shown_version(dung)
    await dung.post(f"{TABLE}/xem-truoc", version=version, content=content)
    saved = await dung.post(f"{TABLE}/luu", version=version, content=previewed(dung), note="lại")
    assert "Đã lưu" in saved.text


async def test_the_longest_table_passes_through_the_pages(
    cast: Cast, new_browser: NewBrowser
) -> None:
    agencies = "/bang-phan-cong/agencies.csv"
    giang = await logged_in(new_browser, "giang")
    page = await giang.open(f"{agencies}/van-ban")
    found = re.search(r'<textarea id="content"[^>]*>(.*?)</textarea>', page.text, re.S)
    assert found is not None
    content = unescape(found[1]).replace("quản trị viên nhập", "quản trị viên nhập, " + "ạ" * 150)
    page = await giang.post(f"{agencies}/xem-truoc", version="0", content=content)
    assert (page.status_code, "Lý do sửa" in page.text) == (200, True)


async def test_the_pages_of_one_request_show_the_tables_in_force(
    cast: Cast, new_browser: NewBrowser
) -> None:
    """An agency's new name stands everywhere from the next page on, without a restart."""
    agencies = "/bang-phan-cong/agencies.csv"
    dung = await logged_in(new_browser, "dung")
    page = await dung.open(f"{agencies}?tim=so_ngoai_vu")
    (row,) = set(re.findall(r"/dong/(\d+)", page.text))
    await dung.open(f"{agencies}/dong/{row}")
    await dung.post(f"{agencies}/dong/{row}", version="0", viec="sua", c_name="Sở Đối ngoại Mẫu")
    await dung.post(f"{agencies}/luu", version="0", content=previewed(dung), note="đổi tên")
    giang = await logged_in(new_browser, "giang")
    assert "Sở Đối ngoại Mẫu" in (await giang.open("/nhan-vien")).text


async def test_a_case_of_an_agency_that_the_tables_lost_can_still_be_read(
    database: Database, cast: Cast, file_one: FileCase, new_browser: NewBrowser
) -> None:
    """A newer pack, or going back to the pack's own table, may lack an agency that staff added."""
    case = await file_one()
    async with database.in_transaction() as session:
        (await session.get_one(Case, case.id)).agency_id = "co_quan_mau"
    binh = await logged_in(new_browser, "binh")
    page = await binh.open(f"/vu-viec/{case.code}")
    assert (page.status_code, "co_quan_mau" in page.text) == (200, True)


async def test_columns_that_differ_are_shown_as_they_are_written(
    cast: Cast, new_browser: NewBrowser
) -> None:
    giang = await logged_in(new_browser, "giang")
    await giang.open(f"{TABLE}/van-ban")
    page = await giang.post(f"{TABLE}/xem-truoc", version="0", content="category,x\nnoise,1\n")
    assert "the column &#39;condition&#39; is missing" in page.text
    assert "<td>noise</td>" in page.text
