"""Assembly of the console: rooms, protection of every answer, error pages in Vietnamese."""

import logging
import traceback
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from urllib.parse import urlencode

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException as StarletteHTTPException

from cases.access import ADMINISTRATOR, LEADER, CaseNotFound
from cases.evidence import LARGEST_FILE, MOST_FILES
from cases.tables import Tables
from console import agencies, cases, inbox, login, parked, staff
from console import tables as tables_pages
from console.sessions import ChangePasswordFirst, LogInFirst, VisitHere
from console.site import FOLDER, AnySite, Site, any_site, build_templates
from db.session import Database

LARGEST_FORM = 256 * 1024
LARGEST_ANSWER = LARGEST_FORM + MOST_FILES * LARGEST_FILE
LARGEST_TABLE = 1024 * 1024  # A whole table is one field, and é takes six bytes of a form.
ERRORS = {
    400: ("Yêu cầu chưa đúng", "Địa chỉ hoặc biểu mẫu có chỗ chưa đúng. Xin quay lại và thử lại."),
    403: ("Chưa thực hiện được", "Anh/chị không được làm việc này."),
    404: (
        "Không tìm thấy",
        "Trang hoặc vụ việc này không có, hoặc anh/chị không có quyền xem.",
    ),
    405: ("Yêu cầu chưa đúng", "Trang này không nhận loại yêu cầu đó."),
    409: ("Chưa thực hiện được", "Việc này không thực hiện được lúc này."),
    413: ("Nội dung quá dài", "Biểu mẫu gửi lên quá lớn. Xin rút gọn nội dung."),
    500: ("Hệ thống gặp lỗi", "Việc vừa rồi chưa được thực hiện. Xin thử lại sau ít phút."),
}
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}
HTTPS_ONLY = "max-age=31536000"

log = logging.getLogger(__name__)


def utc_now() -> datetime:
    return datetime.now(UTC)


def create_app(
    database: Database,
    tables: Tables,
    *,
    secure_cookies: bool,
    clock: Callable[[], datetime] = utc_now,
) -> FastAPI:
    """The console over this database. `secure_cookies` must be true wherever there is HTTPS."""
    app = FastAPI(
        title="Lắng Nghe", docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False
    )
    app.state.site = Site(
        database, tables, tables.pack, secure_cookies, clock, build_templates(tables.pack)
    )
    app.mount("/static", StaticFiles(directory=FOLDER / "static"), name="static")
    app.add_api_route("/", _show_front, methods=["GET"])
    app.add_api_route("/khoe", _check_health, methods=["GET"])
    for room in (login, cases, inbox, agencies, tables_pages, parked, staff):
        app.include_router(room.router)
    _add_error_pages(app)
    app.middleware("http")(_protect)
    return app


async def _show_front(request: Request, visit: VisitHere) -> Response:
    """Administrators without another role manage accounts; everybody else works on cases."""
    sees_cases = set(visit.staff.roles) - {ADMINISTRATOR, LEADER}
    is_administrator = ADMINISTRATOR in visit.staff.roles
    room = "/nhan-vien" if is_administrator and not sees_cases else "/vu-viec"
    return RedirectResponse(f"{room}?{request.url.query}".rstrip("?"), 303)


async def _check_health(site: AnySite) -> Response:
    if not await site.database.answers():
        return JSONResponse({"status": "unavailable"}, 503)
    return JSONResponse({"status": "ok"})


async def _protect(
    request: Request, call_next: Callable[[Request], Awaitable[Response]]
) -> Response:
    """The outermost layer: refuse large bodies, answer failures, put the headers on."""
    site: Site = request.app.state.site
    try:
        if _is_too_large(request):
            response = _error_page(request, 413)
        else:
            response = await call_next(request)
    except Exception as failure:  # noqa: BLE001 - the last resort: an error page
        # The message may hold a citizen's words (SQL parameters do): log where, not what.
        where = "".join(traceback.format_tb(failure.__traceback__))
        log.error("%s\n%s", type(failure).__name__, where)
        response = _error_page(request, 500)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.url.path.startswith("/static/"):
        response.headers["Cache-Control"] = "public, max-age=86400"
    if site.secure_cookies:
        response.headers["Strict-Transport-Security"] = HTTPS_ONLY
    return response


def _is_too_large(request: Request) -> bool:
    """A body of unknown length counts as too large: browsers' forms always tell theirs."""
    if request.method in {"GET", "HEAD"}:
        return False
    length = request.headers.get("content-length", "")
    return not length.isdigit() or int(length) > _largest(request.url.path)


def _largest(path: str) -> int:
    if path.startswith("/bang-phan-cong/"):
        return LARGEST_TABLE
    return (
        LARGEST_ANSWER
        if path.startswith("/vu-viec/") and path.endswith("/tra-loi")
        else LARGEST_FORM
    )


def _add_error_pages(app: FastAPI) -> None:
    @app.exception_handler(LogInFirst)
    async def log_in_first(request: Request, _: Exception) -> Response:
        return RedirectResponse(_login_address(request), 303)

    @app.exception_handler(ChangePasswordFirst)
    async def change_password_first(_: Request, __: Exception) -> Response:
        return RedirectResponse("/doi-mat-khau", 303)

    @app.exception_handler(CaseNotFound)
    async def case_not_found(request: Request, _: Exception) -> Response:
        return _error_page(request, 404)

    @app.exception_handler(RequestValidationError)
    async def not_understood(request: Request, _: Exception) -> Response:
        return _error_page(request, 400)

    @app.exception_handler(StarletteHTTPException)
    async def refused(request: Request, problem: StarletteHTTPException) -> Response:
        # Starlette's own errors speak English; only our HTTPException carries our words.
        ours = isinstance(problem, HTTPException) and problem.status_code in {403, 409}
        return _error_page(request, problem.status_code, problem.detail if ours else None)


def _login_address(request: Request) -> str:
    """Back to the page that was asked for; what was posted is gone."""
    query = f"?{request.url.query}" if request.url.query else ""
    wanted = request.url.path + query
    if request.method != "GET" or wanted == "/":
        return "/dang-nhap"
    return "/dang-nhap?" + urlencode({"tiep": wanted})


def _error_page(request: Request, status: int, words: str | None = None) -> Response:
    site = any_site(request)
    title, usual_words = ERRORS.get(status, ERRORS[500 if status >= 500 else 400])
    return site.page(request, "error.html", status, title=title, words=words or usual_words)
