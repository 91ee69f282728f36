"""The administrators' page: who has an account, with which roles."""

import logging
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.access import ADMINISTRATOR
from console.accounts import AccountError, create_staff, one_time_password, reset_password
from console.sessions import Visit, VisitHere, revoke_sessions
from console.site import RowId, Site, SiteHere
from console.wording import Typed
from db.models import Staff

log = logging.getLogger(__name__)
router = APIRouter(prefix="/nhan-vien")


@dataclass(frozen=True)
class TypedAccount:
    """What the form held, to be shown again beside what was wrong with it."""

    username: str = ""
    display_name: str = ""
    roles: tuple[str, ...] = ()
    agency_id: str = ""


def _administrator(visit: VisitHere) -> Visit:
    if ADMINISTRATOR not in visit.staff.roles:
        raise HTTPException(404)
    return visit


AdministratorHere = Annotated[Visit, Depends(_administrator)]


@router.get("")
async def show_staff(request: Request, site: SiteHere, visit: AdministratorHere) -> Response:
    return await _staff_page(request, site)


@router.post("")
async def add_staff(
    request: Request,
    site: SiteHere,
    visit: AdministratorHere,
    username: Annotated[Typed, Form()] = "",
    display_name: Annotated[Typed, Form()] = "",
    roles: Annotated[tuple[str, ...], Form()] = (),
    agency_id: Annotated[str, Form()] = "",
) -> Response:
    """The one-time password is shown on this answer only; it is kept nowhere."""
    typed = TypedAccount(username, display_name, roles, agency_id)
    password = one_time_password()
    try:
        if agency_id and agency_id not in site.pack.agencies:
            raise AccountError("Cơ quan này không có trong danh mục.")
        async with site.database.in_transaction() as session:
            staff = await create_staff(
                session, username, display_name, password, list(roles), agency_id or None, True
            )
    except AccountError as problem:
        return await _staff_page(request, site, 400, problem=str(problem), typed=typed)
    log.info("account made staff=%s by=%s", staff.id, visit.staff.id)
    return await _staff_page(request, site, issued=(staff, password))


@router.post("/{staff_id}/ngung")
async def disable_staff(site: SiteHere, visit: AdministratorHere, staff_id: RowId) -> Response:
    """Close the account and end its log-ins. One's own stays: somebody must remain."""
    if staff_id == visit.staff.id:
        raise HTTPException(409, "Không thể ngừng tài khoản của chính mình.")
    now = site.clock()
    async with site.database.in_transaction() as session:
        await _check_still_administrator(session, visit.staff.id)
        staff = await _locked(session, staff_id)
        staff.disabled_at = staff.disabled_at or now
        await revoke_sessions(session, staff_id, now)
    log.info("account disabled staff=%s by=%s", staff_id, visit.staff.id)
    return RedirectResponse("/nhan-vien?xong=ngung", 303)


async def _check_still_administrator(session: AsyncSession, staff_id: int) -> None:
    """Two administrators who disable each other at once must not both succeed: all their rows
    are locked in one order, and the second finds that it is disabled by then."""
    query = select(Staff).where(Staff.roles.contains([ADMINISTRATOR])).order_by(Staff.id)
    locked = await session.scalars(
        query.with_for_update().execution_options(populate_existing=True)
    )
    if not any(one.id == staff_id and one.disabled_at is None for one in locked):
        raise HTTPException(409, "Tài khoản của anh/chị vừa bị ngừng.")


@router.post("/{staff_id}/mo-lai")
async def enable_staff(site: SiteHere, visit: AdministratorHere, staff_id: RowId) -> Response:
    async with site.database.in_transaction() as session:
        (await _locked(session, staff_id)).disabled_at = None
    log.info("account enabled staff=%s by=%s", staff_id, visit.staff.id)
    return RedirectResponse("/nhan-vien?xong=mo-lai", 303)


@router.post("/{staff_id}/cap-lai-mat-khau")
async def issue_password(
    request: Request, site: SiteHere, visit: AdministratorHere, staff_id: RowId
) -> Response:
    """A fresh one-time password for somebody who forgot theirs; ends their log-ins."""
    if staff_id == visit.staff.id:
        return RedirectResponse("/doi-mat-khau", 303)
    async with site.database.in_transaction() as session:
        staff = await _locked(session, staff_id)
        password = await reset_password(session, staff)
        await revoke_sessions(session, staff_id, site.clock())
    log.info("password reset staff=%s by=%s", staff_id, visit.staff.id)
    return await _staff_page(request, site, issued=(staff, password))


async def _locked(session: AsyncSession, staff_id: int) -> Staff:
    staff = await session.get(Staff, staff_id, with_for_update=True)
    if staff is None:
        raise HTTPException(404)
    return staff


async def _staff_page(
    request: Request,
    site: Site,
    status: int = 200,
    problem: str | None = None,
    typed: TypedAccount | None = None,
    issued: tuple[Staff, str] | None = None,
) -> Response:
    async with site.database.in_transaction() as session:
        everybody = list(await session.scalars(select(Staff).order_by(Staff.username)))
    return site.page(
        request,
        "staff.html",
        status,
        everybody=everybody,
        problem=problem,
        typed=typed or TypedAccount(),
        issued=issued,
        done=request.query_params.get("xong", ""),
    )
