"""The administrators' page."""

import re

import pytest

from tests.console.conftest import HEALTH, PASSWORD, Cast, NewBrowser


async def test_a_new_colleague_gets_a_one_time_password_and_must_change_it(
    new_browser: NewBrowser, cast: Cast
) -> None:
    giang = new_browser()
    await giang.log_in("giang")
    page = await giang.post(
        "/nhan-vien",
        username="khoa",
        display_name="Khoa",
        roles=["agency_officer", "inspector"],
        agency_id=HEALTH,
    )
    found = re.search(r'one-time"><code>([^<]+)<', page.text)
    assert found, page.text
    khoa = new_browser()
    assert (await khoa.log_in("khoa", found[1])).url.path == "/doi-mat-khau"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"username": "binh"}, "đã có người dùng"),
        ({"roles": ["agency_officer"]}, "phải thuộc một cơ quan"),
        ({"roles": []}, "ít nhất một vai trò"),
        ({"agency_id": "so_trang_tri"}, "không có trong danh mục"),
    ],
)
async def test_what_was_typed_stays_beside_what_was_wrong(
    new_browser: NewBrowser, cast: Cast, changes: dict[str, object], words: str
) -> None:
    giang = new_browser()
    await giang.log_in("giang")
    fields = {"username": "khoa", "display_name": "Khoa Nguyễn", "roles": ["inspector"]}
    page = await giang.post("/nhan-vien", **(fields | changes))
    assert page.status_code == 400
    assert words in page.text
    assert 'value="Khoa Nguyễn"' in page.text


async def test_a_disabled_colleague_is_out_and_can_be_let_in_again(
    new_browser: NewBrowser, cast: Cast
) -> None:
    giang, binh = new_browser(), new_browser()
    await giang.log_in("giang")
    await binh.log_in("binh")
    page = await giang.post(f"/nhan-vien/{cast.binh.id}/ngung")
    assert "Đã ngừng tài khoản" in page.text
    assert (await binh.open("/vu-viec")).url.path == "/dang-nhap"
    assert (await binh.log_in("binh")).status_code == 401
    await giang.post(f"/nhan-vien/{cast.binh.id}/mo-lai")
    assert (await binh.log_in("binh")).url.path == "/vu-viec"


async def test_a_forgotten_password_is_replaced(new_browser: NewBrowser, cast: Cast) -> None:
    giang, binh = new_browser(), new_browser()
    await giang.log_in("giang")
    await binh.log_in("binh")
    page = await giang.post(f"/nhan-vien/{cast.binh.id}/cap-lai-mat-khau")
    found = re.search(r'one-time"><code>([^<]+)<', page.text)
    assert found
    assert (await binh.open("/vu-viec")).url.path == "/dang-nhap"
    assert (await binh.log_in("binh", PASSWORD)).status_code == 401
    assert (await binh.log_in("binh", found[1])).url.path == "/doi-mat-khau"


async def test_nobody_disables_themselves(new_browser: NewBrowser, cast: Cast) -> None:
    giang = new_browser()
    await giang.log_in("giang")
    page = await giang.post(f"/nhan-vien/{cast.quan_tri.id}/ngung")
    assert page.status_code == 409
    assert "của chính mình" in page.text
    assert (await giang.open("/nhan-vien")).status_code == 200


async def test_only_administrators_manage_accounts(new_browser: NewBrowser, cast: Cast) -> None:
    dung = new_browser()
    await dung.log_in("dung")
    assert (await dung.open("/nhan-vien")).status_code == 404
    await dung.open("/vu-viec")
    for path in ("", f"/{cast.binh.id}/ngung", f"/{cast.binh.id}/cap-lai-mat-khau"):
        assert (await dung.post("/nhan-vien" + path)).status_code in {403, 404}
