"""What holds for every page: headers, errors in Vietnamese, health."""

import httpx
import pytest

from cases.tables import Tables
from console.server import create_app
from db.session import Database
from routing.tables import PACKS, Pack
from tests.console.conftest import PASSWORD, Cast, Clock, FileCase, NewBrowser


async def test_every_answer_is_protected_and_never_cached(
    new_browser: NewBrowser, cast: Cast, file_one: FileCase
) -> None:
    case = await file_one()
    browser = new_browser()
    await browser.log_in("binh")
    for path in ("/dang-nhap", "/vu-viec", f"/vu-viec/{case.code}", "/khong-co", "/khoe"):
        headers = (await browser.open(path)).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-frame-options"] == "DENY"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
        assert "strict-transport-security" not in headers


async def test_pages_need_nothing_that_the_policy_forbids(
    new_browser: NewBrowser, cast: Cast, file_one: FileCase
) -> None:
    case = await file_one()
    browser = new_browser()
    await browser.log_in("dung")
    for path in ("/vu-viec", f"/vu-viec/{case.code}", "/doi-mat-khau"):
        answer = await browser.open(path)
        page = answer.text
        assert answer.status_code == 200
        for forbidden in ("<script", "style=", "<style", "onclick", "https://", "http://"):
            assert forbidden not in page, (path, forbidden)
    assert (await browser.open("/static/console.css")).headers["cache-control"].startswith("public")


async def test_over_https_the_cookie_is_secure_and_bound_to_the_host(
    database: Database, pack: Pack, clock: Clock, cast: Cast
) -> None:
    app = create_app(database, Tables(PACKS / "hai_phong", pack), secure_cookies=True, clock=clock)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="https://console.test") as client:
        page = await client.get("/dang-nhap")
        token = page.text.split('name="csrf" value="')[1].split('"')[0]
        answer = await client.post(
            "/dang-nhap", data={"csrf": token, "username": "binh", "password": PASSWORD}
        )
    cookie = answer.headers.get_list("set-cookie")[0]
    assert cookie.startswith("__Host-langnghe=")
    for part in ("Secure", "HttpOnly", "SameSite=lax", "Path=/", "Max-Age=43200"):
        assert part in cookie
    assert "Domain" not in cookie
    assert answer.headers["strict-transport-security"]


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/khong-co", 404, "Không tìm thấy"),
        ("/vu-viec?trang_thai=la", 404, "Không tìm thấy"),
        ("/vu-viec?truoc=abc", 400, "Yêu cầu chưa đúng"),
        ("/vu-viec?truoc=99999999999999999999", 400, "Yêu cầu chưa đúng"),
        ("/dang-xuat", 405, "Yêu cầu chưa đúng"),
        ("/nhan-vien", 404, "Không tìm thấy"),
        ("/vu-viec/PA-000000/tep/99999999999999999999", 400, "Yêu cầu chưa đúng"),
    ],
)
async def test_mistakes_are_answered_in_vietnamese(
    new_browser: NewBrowser, cast: Cast, path: str, status: int, words: str
) -> None:
    browser = new_browser()
    await browser.log_in("binh")
    page = await browser.open(path)
    assert page.status_code == status
    assert words in page.text
    assert "Not Found" not in page.text


async def test_a_body_that_is_too_large_is_not_read(new_browser: NewBrowser, cast: Cast) -> None:
    browser = new_browser()
    answer = await browser.client.post("/dang-nhap", content=b"x" * 300_000)
    assert answer.status_code == 413


async def test_a_failure_is_told_calmly_and_logged_without_its_words(
    pack: Pack, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    nowhere = Database("postgresql://nobody@127.0.0.1:1/none")
    app = create_app(nowhere, Tables(PACKS / "hai_phong", pack), secure_cookies=False, clock=clock)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://console.test") as client:
        health = await client.get("/khoe")
        page = await client.get("/vu-viec", headers={"cookie": "langnghe=secret-token"})
    assert (health.status_code, health.json()) == (503, {"status": "unavailable"})
    assert page.status_code == 500
    assert "Hệ thống gặp lỗi" in page.text
    assert page.headers["x-frame-options"] == "DENY"
    assert "OperationalError" in caplog.text
    assert "secret-token" not in caplog.text
    assert "nobody" not in caplog.text


async def test_health_needs_no_log_in(new_browser: NewBrowser) -> None:
    answer = await new_browser().open("/khoe")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
