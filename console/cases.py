"""The queue and one case: each view parses, calls one function of `cases`, renders."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer
from sqlalchemy.orm.exc import StaleDataError

from cases.access import CaseNotFound, NotAllowed, access_case
from cases.codes import read_code
from cases.events import by_staff, record
from cases.lifecycle import (
    LONGEST_ANSWER,
    STATE_NAMES,
    IllegalMove,
    allowed_moves,
    answer_case,
    assign_case,
)
from cases.queries import PAGE, count_by_state, list_cases, load_history
from console.masking import mask_numbers
from console.sessions import Visit, VisitHere
from console.site import LARGEST_ID, RowId, Site, SiteHere
from console.wording import Typed
from db.models import Attachment, Case, Staff
from routing.tables import Agency, Pack

CHANGED_MEANWHILE = (
    "Có người vừa cập nhật vụ việc này. Nội dung anh/chị viết vẫn còn đây nhưng chưa được gửi; "
    "xin xem lại vụ việc rồi gửi lại."
)
# What a browser may show by itself; anything else is handed over as a download.
SHOWN_MEDIA = {"image/jpeg", "image/png", "image/webp", "image/gif"}
SUFFIXES = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/gif": "gif",
    "video/mp4": "mp4",
    "audio/ogg": "ogg",
    "application/pdf": "pdf",
}

router = APIRouter(prefix="/vu-viec")


@dataclass(frozen=True)
class Refusal:
    """A move that was not made: why, and what the person had typed."""

    move: str
    words: str
    status: int
    typed: str
    agency_id: str = ""


@router.get("")
async def show_queue(
    request: Request,
    site: SiteHere,
    visit: VisitHere,
    state: Annotated[str, Query(alias="trang_thai")] = "",
    words: Annotated[Typed, Query(alias="tu", max_length=200)] = "",
    before_id: Annotated[int | None, Query(alias="truoc", ge=1, le=LARGEST_ID)] = None,
) -> Response:
    if state and state not in STATE_NAMES:
        raise HTTPException(404)
    async with site.database.in_transaction() as session:
        cases = await list_cases(session, visit.staff, state or None, words, before_id)
        counts = await count_by_state(session, visit.staff)
    # The front list is in order of deadline, which descending ids cannot continue.
    by_id = bool(state or words.strip() or before_id)
    return site.page(
        request,
        "cases.html",
        cases=cases,
        counts=counts,
        state=state,
        words=words,
        by_id=by_id,
        next_id=cases[-1].id if by_id and len(cases) == PAGE else None,
        is_cut=not by_id and len(cases) == PAGE,
        latest=LARGEST_ID,
        done=request.query_params.get("xong", ""),
    )


@router.get("/{code}")
async def show_case(request: Request, site: SiteHere, visit: VisitHere, code: str) -> Response:
    return await _case_page(request, site, visit, code)


@router.post("/{code}/tra-loi")
async def answer(
    request: Request,
    site: SiteHere,
    visit: VisitHere,
    code: str,
    revision: Annotated[int, Form()],
    text: Annotated[Typed, Form()] = "",
) -> Response:
    try:
        async with _changing(site, visit, code, revision) as (session, case):
            responder = _responder(case, site.pack)
            await answer_case(session, case, visit.staff, text, responder, site.clock())
    except (IllegalMove, NotAllowed, StaleDataError) as refused:
        refusal = _refusal("answer", refused, text)
        return await _case_page(request, site, visit, code, refusal=refusal)
    return RedirectResponse(f"/vu-viec/{case.code}?xong=tra-loi", 303)


@router.post("/{code}/giao")
async def assign(
    request: Request,
    site: SiteHere,
    visit: VisitHere,
    code: str,
    revision: Annotated[int, Form()],
    agency_id: Annotated[str, Form()] = "",
    reason: Annotated[Typed, Form()] = "",
) -> Response:
    try:
        agency = _chosen_agency(site, agency_id)
        async with _changing(site, visit, code, revision) as (session, case):
            await assign_case(
                session,
                case,
                visit.staff,
                agency,
                reason,
                site.clock(),
                oversight=site.pack.policy.may_hold_restricted,
            )
    except (IllegalMove, NotAllowed, StaleDataError) as refused:
        refusal = _refusal("assign", refused, reason, agency_id)
        return await _case_page(request, site, visit, code, refusal=refusal)
    return RedirectResponse(f"/vu-viec/{case.code}?xong=giao", 303)


@router.post("/{code}/hien-so")
async def reveal_numbers(request: Request, site: SiteHere, visit: VisitHere, code: str) -> Response:
    """Show telephone and identity numbers once; who looked stays in the history."""
    async with site.database.in_transaction() as session:
        case = await access_case(session, visit.staff, _known(code), to_change=True)
        actor = by_staff(visit.staff.id)
        await record(session, case, "numbers_revealed", actor, site.clock())
    return await _case_page(request, site, visit, code, revealed=True)


@router.get("/{code}/tep/{attachment_id}")
async def show_attachment(
    site: SiteHere, visit: VisitHere, code: str, attachment_id: RowId
) -> Response:
    """A file of a case. Threat: a file that acts as a page of ours, so only images are shown."""
    async with site.database.in_transaction() as session:
        case = await access_case(session, visit.staff, _known(code))
        found = await session.scalar(
            select(Attachment)
            .where(Attachment.id == attachment_id, Attachment.case_id == case.id)
            .options(undefer(Attachment.content))
        )
    if found is None or found.content is None:
        raise HTTPException(404)
    return _file_response(case, found, found.content)


def _file_response(case: Case, attachment: Attachment, content: bytes) -> Response:
    media_type = attachment.media_type or ""
    is_shown = media_type in SHOWN_MEDIA
    name = f"{case.code}-{attachment.id}.{SUFFIXES.get(media_type, 'bin')}"
    return Response(
        content,
        media_type=media_type if is_shown else "application/octet-stream",
        headers={
            "Content-Disposition": f'{"inline" if is_shown else "attachment"}; filename="{name}"',
            "Content-Security-Policy": "default-src 'none'; sandbox",
        },
    )


@asynccontextmanager
async def _changing(
    site: Site, visit: Visit, code: str, revision: int
) -> AsyncIterator[tuple[AsyncSession, Case]]:
    """The case, locked, as the person saw it. Raises StaleDataError when it changed since."""
    async with site.database.in_transaction() as session:
        case = await access_case(session, visit.staff, _known(code), to_change=True)
        if case.revision != revision:
            raise StaleDataError(f"revision {revision} was seen")
        yield session, case


async def _case_page(
    request: Request,
    site: Site,
    visit: Visit,
    code: str,
    refusal: Refusal | None = None,
    revealed: bool = False,
) -> Response:
    async with site.database.in_transaction() as session:
        case = await access_case(session, visit.staff, _known(code))
        await load_history(session, case)
        actors = await _actor_names(session, case)
    moves = allowed_moves(case, visit.staff)
    return site.page(
        request,
        "case.html",
        refusal.status if refusal else 200,
        case=case,
        actors=actors,
        moves=moves,
        agencies=_agency_choices(case, site) if "assign" in moves else [],
        responder=_responder(case, site.pack),
        longest_answer=LONGEST_ANSWER,
        refusal=refusal,
        has_hidden_numbers=not revealed and _has_numbers(case),
        shown=(lambda text: text) if revealed else mask_numbers,
        shown_media=SHOWN_MEDIA,
        done=request.query_params.get("xong", ""),
    )


async def _actor_names(session: AsyncSession, case: Case) -> dict[str, str]:
    """Events' actors as people's names."""
    ids = [int(e.actor.split(":")[1]) for e in case.events if e.actor.startswith("staff:")]
    rows = await session.execute(select(Staff.id, Staff.display_name).where(Staff.id.in_(ids)))
    return {by_staff(staff_id): name for staff_id, name in rows} | {
        "citizen": "Người dân",
        "system": "Hệ thống",
    }


def _agency_choices(case: Case, site: Site) -> list[tuple[str, list[Agency]]]:
    """Who may get the case, in groups: its ward first, then the province, then other wards."""
    today = site.pack.local_day(site.clock())
    barred = {case.agency_id, *case.decision.get("excluded", [])}
    current = [
        agency
        for agency in site.pack.agencies.values()
        if agency.agency_id not in barred
        and _is_in_office(agency, today)
        and (not case.restricted or agency.agency_id in site.pack.policy.may_hold_restricted)
    ]
    own = [a for a in current if a.ward_code is not None and a.ward_code == case.ward_code]
    province = [a for a in current if a.level == "province"]
    others = [a for a in current if a.level != "province" and a not in own]
    ward_name = site.pack.wards[case.ward_code].name if own and case.ward_code else ""
    return [
        (label, group)
        for label, group in (
            (f"Tại {ward_name}", own),
            ("Cấp tỉnh, thành phố", province),
            ("Xã, phường, đặc khu khác", others),
        )
        if group
    ]


def _is_in_office(agency: Agency, day: date) -> bool:
    """Whether the agency exists on `day`; `valid_to` is the first day on which it does not."""
    began = agency.valid_from is None or agency.valid_from <= day
    return began and (agency.valid_to is None or day < agency.valid_to)


def _chosen_agency(site: Site, agency_id: str) -> Agency:
    agency = site.pack.agencies.get(agency_id)
    if agency is None:
        raise IllegalMove("Cần chọn cơ quan nhận vụ việc.")
    return agency


def _responder(case: Case, pack: Pack) -> str:
    """In whose name an answer goes out."""
    return pack.agencies[case.agency_id or pack.triage_agency_id].name


def _refusal(move: str, refused: Exception, typed: str, agency_id: str = "") -> Refusal:
    words = CHANGED_MEANWHILE if isinstance(refused, StaleDataError) else str(refused)
    status = 403 if isinstance(refused, NotAllowed) else 409
    return Refusal(move, words, status, typed, agency_id)


def _has_numbers(case: Case) -> bool:
    texts = [case.text, *(message.text for message in case.messages)]
    texts += [str(event.data["reason"]) for event in case.events if "reason" in event.data]
    return any(mask_numbers(text) != text for text in texts)


def _known(code: str) -> str:
    """The code as it is kept. Raises CaseNotFound for what cannot be one."""
    read = read_code(code)
    if read is None:
        raise CaseNotFound(code)
    return read
