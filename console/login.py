"""Logging in and out, and changing one's own password."""

import logging
import secrets
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from console.accounts import AccountError, authenticate, change_password
from console.sessions import (
    COOKIE,
    FORM_EXPIRED,
    AnyVisit,
    current_visit,
    open_session,
    revoke_session,
    revoke_sessions,
    same_token,
    set_cookie,
)
from console.site import Site, SiteHere

FORM_COOKIE = "langnghe-form"
REFUSED = (
    "Tên đăng nhập hoặc mật khẩu không đúng, hoặc tài khoản đang tạm khóa. "
    "Sau 5 lần sai, mỗi lần thử lại phải chờ lâu hơn."
)

log = logging.getLogger(__name__)
router = APIRouter()


@router.get("/dang-nhap")
async def show_login(
    request: Request, site: SiteHere, after: Annotated[str, Query(alias="tiep")] = "/"
) -> Response:
    if await current_visit(request, site):
        return RedirectResponse("/", 303)
    return _login_page(request, site, after)


@router.post("/dang-nhap")
async def log_in(
    request: Request,
    site: SiteHere,
    csrf: Annotated[str, Form()] = "",
    username: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    after: Annotated[str, Form(alias="tiep")] = "/",
) -> Response:
    username = username.strip().lower()
    expected = request.cookies.get(site.cookie_name(FORM_COOKIE), "")
    if not same_token(csrf, expected):
        return _login_page(request, site, after, username, FORM_EXPIRED, 403)
    now = site.clock()
    async with site.database.in_transaction() as session:
        staff = await authenticate(session, username, password, now)
        token = await open_session(session, staff.id, now) if staff else ""
    if staff is None:
        log.warning("log-in refused")
        return _login_page(request, site, after, username, REFUSED, 401)
    log.info("logged in staff=%s", staff.id)
    response = RedirectResponse(_own_path(after), 303)
    set_cookie(response, site, token)
    response.delete_cookie(site.cookie_name(FORM_COOKIE), secure=site.secure_cookies)
    return response


@router.post("/dang-xuat")
async def log_out(site: SiteHere, visit: AnyVisit) -> Response:
    async with site.database.in_transaction() as session:
        await revoke_session(session, visit.token_hash, site.clock())
    response = RedirectResponse("/dang-nhap", 303)
    response.delete_cookie(site.cookie_name(COOKIE), secure=site.secure_cookies)
    return response


@router.get("/doi-mat-khau")
async def show_password_form(request: Request, site: SiteHere, visit: AnyVisit) -> Response:
    return site.page(request, "password.html", problem=None)


@router.post("/doi-mat-khau")
async def replace_password(
    request: Request,
    site: SiteHere,
    visit: AnyVisit,
    current: Annotated[str, Form()] = "",
    new: Annotated[str, Form()] = "",
    repeated: Annotated[str, Form()] = "",
) -> Response:
    now = site.clock()
    try:
        async with site.database.in_transaction() as session:
            await change_password(session, visit.staff.id, current, new, repeated)
            await revoke_sessions(session, visit.staff.id, now)
            token = await open_session(session, visit.staff.id, now)
    except AccountError as problem:
        return site.page(request, "password.html", 400, problem=str(problem))
    response = RedirectResponse("/?xong=mat-khau", 303)
    set_cookie(response, site, token)
    return response


def _login_page(
    request: Request,
    site: Site,
    after: str,
    username: str = "",
    problem: str | None = None,
    status: int = 200,
) -> Response:
    """The form, with a token that its cookie must repeat: nobody is logged in by another site."""
    token = secrets.token_urlsafe(32)
    response = site.page(
        request,
        "login.html",
        status,
        csrf=token,
        after=_own_path(after),
        username=username,
        problem=problem,
    )
    response.set_cookie(
        site.cookie_name(FORM_COOKIE),
        token,
        max_age=3600,
        secure=site.secure_cookies,
        httponly=True,
        samesite="strict",
    )
    return response


def _own_path(path: str) -> str:
    """`path` when it is one of ours, else the front page: no log-in leads to another site."""
    is_ours = path.startswith("/") and not path.startswith("//")
    return path if is_ours and "\\" not in path and path.isprintable() else "/"
