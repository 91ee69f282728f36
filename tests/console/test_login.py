"""Logging in: what opens the door, what keeps it shut."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from console.accounts import (
    AccountError,
    authenticate,
    create_staff,
    ensure_administrator,
)
from console.sessions import COOKIE, hash_token
from console.site import Site
from db.models import Staff, StaffSession
from db.session import Database
from tests.console.conftest import NOW, PASSWORD, Cast, Clock, NewBrowser


async def test_whoever_is_not_logged_in_is_sent_to_the_log_in_page_and_back(
    new_browser: NewBrowser, cast: Cast
) -> None:
    browser = new_browser()
    page = await browser.open("/vu-viec?trang_thai=assigned")
    assert page.url.path == "/dang-nhap"
    page = await browser.post(
        "/dang-nhap", username="Binh ", password=PASSWORD, tiep="/vu-viec?trang_thai=assigned"
    )
    assert (page.url.path, page.url.query) == ("/vu-viec", b"trang_thai=assigned")


@pytest.mark.parametrize("path", ["//evil.test/", "https://evil.test/", "/\\evil.test", "/a\tb"])
async def test_a_log_in_never_leads_to_another_site(
    new_browser: NewBrowser, cast: Cast, path: str
) -> None:
    browser = new_browser()
    await browser.open("/dang-nhap")
    page = await browser.post("/dang-nhap", username="binh", password=PASSWORD, tiep=path)
    assert str(page.url) == "http://console.test/vu-viec"


async def test_the_first_administrator_must_choose_a_password_before_anything_else(
    database: Database, new_browser: NewBrowser
) -> None:
    async with database.in_transaction() as session:
        one_time = await ensure_administrator(session)
    assert one_time is not None
    browser = new_browser()
    assert (await browser.log_in("quantri", one_time)).url.path == "/doi-mat-khau"
    for path in ("/vu-viec", "/nhan-vien", "/vu-viec/PA-000000"):
        assert (await browser.open(path)).url.path == "/doi-mat-khau"
    page = await browser.post(
        "/doi-mat-khau", current=one_time, new="troi cao xanh", repeated="troi cao xanh"
    )
    assert page.url.path == "/vu-viec"
    assert "Đã đổi mật khẩu" in page.text
    async with database.in_transaction() as session:
        assert await ensure_administrator(session) is None


async def test_an_unused_first_password_is_replaced_by_a_fresh_one(database: Database) -> None:
    issued = []
    for _ in range(2):
        async with database.in_transaction() as session:
            issued.append(await ensure_administrator(session))
    first, second = issued
    assert first
    assert second
    assert first != second
    async with database.in_transaction() as session:
        assert await authenticate(session, "quantri", first, NOW) is None
        assert await authenticate(session, "quantri", second, NOW) is not None


async def test_no_first_administrator_is_made_where_there_is_staff(
    database: Database, cast: Cast
) -> None:
    async with database.in_transaction() as session:
        assert await ensure_administrator(session) is None


async def test_five_wrong_passwords_lock_the_account_and_each_more_for_longer(
    new_browser: NewBrowser, cast: Cast, clock: Clock
) -> None:
    browser = new_browser()
    for _ in range(5):
        assert (await browser.log_in("binh", "sai mat khau")).status_code == 401
    assert (await browser.log_in("binh")).status_code == 401
    clock.advance(timedelta(seconds=61))
    assert (await browser.log_in("binh", "sai mat khau")).status_code == 401
    clock.advance(timedelta(seconds=61))
    assert (await browser.log_in("binh")).status_code == 401, "the second wait is two minutes"
    clock.advance(timedelta(seconds=61))
    assert (await browser.log_in("binh")).url.path == "/vu-viec"


async def test_an_unknown_name_gets_the_same_answer_as_a_wrong_password(
    new_browser: NewBrowser, cast: Cast
) -> None:
    browser = new_browser()
    refusals = []
    for username in ("binh", "khongai"):
        page = await browser.log_in(username, "sai mat khau")
        refusals.append(page.text.replace(username, "").replace(browser.hidden("csrf"), ""))
    assert refusals[0] == refusals[1]


@pytest.mark.parametrize("username", ["", "a" * 5000, "binh\x00", "' or 1=1 --", "Bình"])
async def test_odd_names_are_refused_calmly(
    new_browser: NewBrowser, cast: Cast, username: str
) -> None:
    assert (await new_browser().log_in(username)).status_code == 401


async def test_a_log_in_form_of_another_site_is_refused(
    new_browser: NewBrowser, cast: Cast
) -> None:
    browser = new_browser()
    await browser.open("/dang-nhap")
    page = await browser.client.post(
        "/dang-nhap", data={"username": "binh", "password": PASSWORD, "csrf": "forged"}
    )
    assert page.status_code == 403
    assert COOKIE not in browser.client.cookies


async def test_a_form_without_the_sessions_token_is_refused(
    new_browser: NewBrowser, cast: Cast
) -> None:
    browser = new_browser()
    await browser.log_in("binh")
    for forged in ({}, {"csrf": ""}, {"csrf": "forgé"}):
        page = await browser.client.post("/dang-xuat", data=forged or {"x": "y"})
        assert page.status_code == 403
        assert "Biểu mẫu đã hết hạn" in page.text
    assert (await browser.open("/vu-viec")).url.path == "/vu-viec"


async def test_logging_out_revokes_the_session_and_not_only_the_cookie(
    new_browser: NewBrowser, cast: Cast
) -> None:
    browser, thief = new_browser(), new_browser()
    await browser.log_in("binh")
    thief.client.cookies.set(COOKIE, browser.client.cookies[COOKIE])
    assert (await thief.open("/vu-viec")).url.path == "/vu-viec"
    await browser.post("/dang-xuat")
    assert (await thief.open("/vu-viec")).url.path == "/dang-nhap"


async def test_a_session_ends_after_twelve_hours(
    new_browser: NewBrowser, cast: Cast, clock: Clock
) -> None:
    browser = new_browser()
    await browser.log_in("binh")
    clock.advance(timedelta(hours=11, minutes=59))
    assert (await browser.open("/vu-viec")).url.path == "/vu-viec"
    clock.advance(timedelta(minutes=1))
    assert (await browser.open("/vu-viec")).url.path == "/dang-nhap"


async def test_a_new_password_ends_the_other_sessions(new_browser: NewBrowser, cast: Cast) -> None:
    here, elsewhere = new_browser(), new_browser()
    await here.log_in("binh")
    await elsewhere.log_in("binh")
    await here.open("/doi-mat-khau")
    fields = {"current": PASSWORD, "new": "gió mùa đông bắc", "repeated": "gió mùa đông bắc"}
    assert (await here.post("/doi-mat-khau", **fields)).url.path == "/vu-viec"
    assert (await elsewhere.open("/vu-viec")).url.path == "/dang-nhap"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        (("sai", "gió mùa đông bắc", "gió mùa đông bắc"), "Mật khẩu hiện tại không đúng."),
        ((PASSWORD, "gió mùa đông bắc", "gió mùa đông nam"), "không giống nhau"),
        ((PASSWORD, "ngắn", "ngắn"), "ít nhất 10 ký tự"),
        ((PASSWORD, PASSWORD, PASSWORD), "phải khác"),
        ((PASSWORD, "binh binh binh", "binh binh binh"), "quá dễ đoán"),
    ],
)
async def test_a_poor_new_password_is_refused_with_the_reason(
    new_browser: NewBrowser, cast: Cast, fields: tuple[str, str, str], words: str
) -> None:
    browser = new_browser()
    await browser.log_in("binh")
    await browser.open("/doi-mat-khau")
    current, new, repeated = fields
    page = await browser.post("/doi-mat-khau", current=current, new=new, repeated=repeated)
    assert page.status_code == 400
    assert words in page.text


async def test_the_table_keeps_neither_token_nor_password(
    database: Database, new_browser: NewBrowser, cast: Cast
) -> None:
    browser = new_browser()
    await browser.log_in("binh")
    token = browser.client.cookies[COOKIE]
    async with database.in_transaction() as session:
        kept = (await session.scalars(select(StaffSession))).one()
        staff = await session.get_one(Staff, cast.binh.id)
    assert kept.token_hash == hash_token(token)
    assert token.encode() not in kept.token_hash
    assert staff.password_hash.startswith("$argon2id$")


async def test_a_disabled_account_is_out_at_once(
    database: Database, new_browser: NewBrowser, cast: Cast
) -> None:
    browser = new_browser()
    await browser.log_in("binh")
    async with database.in_transaction() as session:
        await session.execute(update(Staff).where(Staff.id == cast.binh.id).values(disabled_at=NOW))
    assert (await browser.open("/vu-viec")).url.path == "/dang-nhap"
    assert (await browser.log_in("binh")).status_code == 401


@pytest.mark.parametrize(
    ("username", "name", "password", "roles", "agency", "words"),
    [
        ("Bình", "Bình", PASSWORD, ["triage_officer"], None, "Tên đăng nhập gồm"),
        ("ab", "Bình", PASSWORD, ["triage_officer"], None, "Tên đăng nhập gồm"),
        ("binh2", "  ", PASSWORD, ["triage_officer"], None, "Cần ghi họ và tên."),
        ("binh2", "Bình", "ngắn", ["triage_officer"], None, "ít nhất 10 ký tự"),
        ("binh2", "Bình", PASSWORD, [], None, "ít nhất một vai trò"),
        ("binh2", "Bình", PASSWORD, ["king"], None, "ít nhất một vai trò"),
        ("binh2", "Bình", PASSWORD, ["agency_officer"], None, "phải thuộc một cơ quan"),
        ("binh", "Bình", PASSWORD, ["triage_officer"], None, "đã có người dùng"),
    ],
)
async def test_an_account_that_makes_no_sense_is_refused(
    database: Database,
    cast: Cast,
    username: str,
    name: str,
    password: str,
    roles: list[str],
    agency: str | None,
    words: str,
) -> None:
    with pytest.raises(AccountError, match=words):
        async with database.in_transaction() as session:
            await create_staff(session, username, name, password, roles, agency, False)


async def test_over_https_the_cookies_are_secure_and_bound_to_the_host() -> None:
    site = Site.__new__(Site)
    object.__setattr__(site, "secure_cookies", True)
    assert site.cookie_name(COOKIE) == "__Host-langnghe"
