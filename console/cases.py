"""The queue and one case: each view parses, calls one function of `cases`, renders."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import takewhile
from typing import Annotated

from fastapi import (
    APIRouter,
    Depends,
    File,
    Form,
    HTTPException,
    Query,
    Request,
    Response,
    UploadFile,
)
from fastapi.responses import RedirectResponse
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer
from sqlalchemy.orm.exc import StaleDataError

from cases.access import SUPERVISOR, CaseNotFound, NotAllowed, access_case
from cases.agency_notices import mark_read
from cases.alerts import alerts_of
from cases.answering import Answer, answer_case, keep_files, kept_files, unsent_answer
from cases.codes import read_code
from cases.events import by_staff, record
from cases.evidence import UnusableFile, read_evidence
from cases.handover import RETURN_REASONS, WITHOUT_PROPOSAL
from cases.lifecycle import (
    DISPUTED,
    LONGEST_ANSWER,
    NEEDS_TRIAGE,
    STATE_NAMES,
    IllegalMove,
    accept_case,
    acting_roles,
    ask_citizen,
)
from cases.queries import PAGE, count_by_state, count_to_decide, list_cases, load_history
from cases.rejection import DENUNCIATION, REJECT_REASONS, reject_case
from cases.similar import count_recent, people_of
from cases.substance import Fault
from cases.support import add_support, contribute, drop_support
from cases.transfers import able_decider, assign_case, decide_holder, moves_of, return_case
from console.masking import mask_numbers
from console.sessions import Visit, VisitHere
from console.site import LARGEST_ID, FormId, RowId, Site, SiteHere
from console.wording import Typed, clean, responder_of
from db.models import Attachment, Case, Citizen, Event, Message, Staff
from routing.tables import Agency

# A person who files so many cases in this time is shown to staff, who judge; no machine blocks.
MANY_CASES, MANY_CASES_WITHIN = 20, timedelta(days=30)
CHANGED_MEANWHILE = (
    "Có người vừa cập nhật vụ việc này. Nội dung anh/chị viết vẫn còn đây nhưng chưa được gửi; "
    "xin xem lại vụ việc rồi gửi lại."
)
SENT_BACK = "Chưa gửi cho người dân: trả lời chưa nêu rõ việc đã làm. Xin bổ sung rồi gửi lại."
# What a browser may show by itself; anything else is handed over as a download.
SHOWN_MEDIA = {"image/jpeg", "image/png", "image/webp", "image/gif"}
SUFFIXES = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/gif": "gif",
    "video/mp4": "mp4",
    "audio/ogg": "ogg",
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "application/pdf": "pdf",
}

# Moves whose form offers agencies.
_CHOOSING = {"assign", "return", "decide", "support"}
_BETWEEN_AGENCIES = {"assigned", "transferred", "returned", "disputed", "decided", "recalled"}
# What the address says after a move.
_DONE = {
    "answer": "tra-loi",
    "assign": "giao",
    "return": "tra-lai",
    "decide": "quyet-dinh",
    "support": "phoi-hop",
    "unsupport": "thoi-phoi-hop",
    "contribute": "gop-y",
    "ask": "hoi",
    "accept": "tiep-nhan",
    "reject": "tu-choi",
}

router = APIRouter(prefix="/vu-viec")


Make = Callable[[AsyncSession, Case], Awaitable[None]]
AgencyGroups = list[tuple[str, list[Agency]]]


@dataclass(frozen=True)
class TypedMove:
    """What the form of a move held: its words, the agency and the reason that were chosen."""

    move: str
    words: str
    agency_id: str = ""
    code: str = ""
    done_on: str = ""
    done_by: str = ""
    no_evidence: str = ""


@dataclass(frozen=True)
class TypedAnswer:
    """What the form of an answer held. `keep` names the files that were kept for it before."""

    typed: TypedMove
    keep: tuple[int, ...]
    files: list[UploadFile]
    insists: bool

    def answer(self, added: tuple[int, ...]) -> Answer:
        """The answer with the files `added` just now. Raises IllegalMove for what is no day."""
        typed = self.typed
        try:
            done_on = date.fromisoformat(typed.done_on) if typed.done_on else None
        except ValueError:
            raise IllegalMove("Ngày đã làm chưa đúng, xin chọn lại.") from None
        files = (*self.keep, *added)
        return Answer(typed.words, done_on, typed.done_by, typed.no_evidence, files)


def read_answer(
    text: Annotated[Typed, Form()] = "",
    done_on: Annotated[str, Form(max_length=40)] = "",
    done_by: Annotated[Typed, Form()] = "",
    no_evidence: Annotated[Typed, Form()] = "",
    keep: Annotated[list[FormId] | None, Form()] = None,
    insists: Annotated[bool, Form()] = False,
    files: Annotated[list[UploadFile] | None, File()] = None,
) -> TypedAnswer:
    """The form of an answer; a browser sends a nameless, empty file where none was chosen."""
    typed = TypedMove("answer", text, done_on=done_on, done_by=done_by, no_evidence=no_evidence)
    chosen = [file for file in files or [] if file.size]
    return TypedAnswer(typed, tuple(keep or ()), chosen, insists)


@dataclass(frozen=True)
class Refusal:
    """A move that was not made: why, and what the person had typed. `faults` are an answer's."""

    typed: TypedMove
    words: str
    status: int
    faults: tuple[Fault, ...] = ()

    @property
    def move(self) -> str:
        return self.typed.move


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
        to_decide = await count_to_decide(session, visit.staff)
    # The front list is in order of deadline, which descending ids cannot continue.
    by_id = bool(state or words.strip() or before_id)
    return site.page(
        request,
        "cases.html",
        cases=cases,
        counts=counts,
        to_decide=to_decide,
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
    page = await _case_page(request, site, visit, code)
    if visit.inbox is not None:
        async with site.database.in_transaction() as session:
            case = await access_case(session, visit.staff, _known(code))
            await mark_read(session, case, visit.inbox, visit.staff, site.clock())
    return page


@router.post("/{code}/tra-loi")
async def answer(
    request: Request,
    site: SiteHere,
    visit: VisitHere,
    code: str,
    revision: Annotated[int, Form()],
    form: Annotated[TypedAnswer, Depends(read_answer)],
) -> Response:
    """Files are kept first, so that whatever becomes of the words nobody chooses them twice."""
    try:
        added = await _keep_uploads(site, visit, code, form.files)
        async with _changing(site, visit, code, revision) as (session, case):
            faults = await answer_case(
                session,
                case,
                visit.staff,
                form.answer(added),
                responder_of(case, site.pack),
                site.clock(),
                site.pack,
                insists=form.insists,
            )
    except (IllegalMove, NotAllowed, StaleDataError, UnusableFile) as refused:
        refusal = _refusal(form.typed, refused)
        return await _case_page(request, site, visit, code, refusal=refusal)
    if faults:
        refusal = Refusal(form.typed, SENT_BACK, 422, faults)
        return await _case_page(request, site, visit, code, refusal=refusal)
    return RedirectResponse(f"/vu-viec/{case.code}?xong={_DONE['answer']}", 303)


async def _keep_uploads(
    site: Site, visit: Visit, code: str, files: list[UploadFile]
) -> tuple[int, ...]:
    """Keep the files that were chosen. Raises UnusableFile for the first that cannot be, after the
    others were kept."""
    kept, unusable = [], []
    for file in files:
        content = await file.read()
        try:
            kept.append(await asyncio.to_thread(read_evidence, clean(file.filename or ""), content))
        except UnusableFile as refused:
            unusable.append(refused)
    ids: tuple[int, ...] = ()
    if kept:
        async with site.database.in_transaction() as session:
            case = await access_case(session, visit.staff, _known(code), to_change=True)
            ids = await keep_files(session, case, visit.staff, kept, site.clock())
    if unusable:
        raise unusable[0]
    return ids


@router.post("/{code}/tiep-nhan")
async def accept(
    request: Request,
    site: SiteHere,
    visit: VisitHere,
    code: str,
    revision: Annotated[int, Form()],
) -> Response:
    async def make(session: AsyncSession, case: Case) -> None:
        accepter = responder_of(case, site.pack)
        await accept_case(session, case, visit.staff, accepter, site.clock(), site.pack)

    return await _move(request, site, visit, code, revision, TypedMove("accept", ""), make)


@router.post("/{code}/tu-choi")
async def reject(
    request: Request,
    site: SiteHere,
    visit: VisitHere,
    code: str,
    revision: Annotated[int, Form()],
    why: Annotated[str, Form()] = "",
    words: Annotated[Typed, Form()] = "",
) -> Response:
    async def make(session: AsyncSession, case: Case) -> None:
        await reject_case(session, case, visit.staff, why, words, site.clock(), site.pack)

    typed = TypedMove("reject", words, code=why)
    return await _move(request, site, visit, code, revision, typed, make)


@router.post("/{code}/hoi")
async def ask(
    request: Request,
    site: SiteHere,
    visit: VisitHere,
    code: str,
    revision: Annotated[int, Form()],
    text: Annotated[Typed, Form()] = "",
) -> Response:
    async def make(session: AsyncSession, case: Case) -> None:
        asker = responder_of(case, site.pack)
        await ask_citizen(session, case, visit.staff, text, asker, site.clock(), site.pack)

    return await _move(request, site, visit, code, revision, TypedMove("ask", text), make)


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
    async def make(session: AsyncSession, case: Case) -> None:
        agency, now = _chosen_agency(site, agency_id), site.clock()
        await assign_case(session, case, visit.staff, agency, reason, now, site.pack)

    typed = TypedMove("assign", reason, agency_id)
    return await _move(request, site, visit, code, revision, typed, make)


@router.post("/{code}/tra-lai")
async def give_back(
    request: Request,
    site: SiteHere,
    visit: VisitHere,
    code: str,
    revision: Annotated[int, Form()],
    why: Annotated[str, Form()] = "",
    note: Annotated[Typed, Form()] = "",
    agency_id: Annotated[str, Form()] = "",
) -> Response:
    """The agency returns the case. From then on it does not see it: back to the list."""

    async def make(session: AsyncSession, case: Case) -> None:
        proposed = _chosen_agency(site, agency_id) if agency_id else None
        now = site.clock()
        await return_case(session, case, visit.staff, why, note, proposed, now, site.pack)

    typed = TypedMove("return", note, agency_id, why)
    return await _move(request, site, visit, code, revision, typed, make)


@router.post("/{code}/quyet-dinh")
async def decide(
    request: Request,
    site: SiteHere,
    visit: VisitHere,
    code: str,
    revision: Annotated[int, Form()],
    agency_id: Annotated[str, Form()] = "",
    reason: Annotated[Typed, Form()] = "",
) -> Response:
    async def make(session: AsyncSession, case: Case) -> None:
        agency, now = _chosen_agency(site, agency_id), site.clock()
        await decide_holder(session, case, visit.staff, agency, reason, now, site.pack)

    typed = TypedMove("decide", reason, agency_id)
    return await _move(request, site, visit, code, revision, typed, make)


@router.post("/{code}/phoi-hop")
async def let_support(
    request: Request,
    site: SiteHere,
    visit: VisitHere,
    code: str,
    revision: Annotated[int, Form()],
    agency_id: Annotated[str, Form()] = "",
    note: Annotated[Typed, Form()] = "",
) -> Response:
    async def make(session: AsyncSession, case: Case) -> None:
        agency, now = _chosen_agency(site, agency_id), site.clock()
        await add_support(session, case, visit.staff, agency, note, now, site.pack)

    typed = TypedMove("support", note, agency_id)
    return await _move(request, site, visit, code, revision, typed, make)


@router.post("/{code}/thoi-phoi-hop")
async def end_support(
    request: Request,
    site: SiteHere,
    visit: VisitHere,
    code: str,
    revision: Annotated[int, Form()],
    agency_id: Annotated[str, Form()] = "",
    note: Annotated[Typed, Form()] = "",
) -> Response:
    async def make(session: AsyncSession, case: Case) -> None:
        await drop_support(session, case, visit.staff, agency_id, note, site.clock())

    typed = TypedMove("unsupport", note, agency_id)
    return await _move(request, site, visit, code, revision, typed, make)


@router.post("/{code}/gop-y")
async def write_to_lead(
    request: Request,
    site: SiteHere,
    visit: VisitHere,
    code: str,
    revision: Annotated[int, Form()],
    text: Annotated[Typed, Form()] = "",
) -> Response:
    async def make(session: AsyncSession, case: Case) -> None:
        await contribute(session, case, visit.staff, text, site.clock())

    typed = TypedMove("contribute", text)
    return await _move(request, site, visit, code, revision, typed, make)


@router.post("/{code}/hien-so")
async def reveal_numbers(request: Request, site: SiteHere, visit: VisitHere, code: str) -> Response:
    """Show telephone and identity numbers once; who looked stays in the history."""
    async with site.database.in_transaction() as session:
        case = await access_case(session, visit.staff, _known(code), to_change=True)
        if case.anonymous:  # Nothing that identifies is shown to anyone.
            raise HTTPException(403)
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


async def _move(
    request: Request,
    site: Site,
    visit: Visit,
    code: str,
    revision: int,
    typed: TypedMove,
    make: Make,
) -> Response:
    """Make the move, or show the case again with why not and with what was typed."""
    try:
        async with _changing(site, visit, code, revision) as (session, case):
            await make(session, case)
    except (IllegalMove, NotAllowed, StaleDataError) as refused:
        refusal = _refusal(typed, refused)
        return await _case_page(request, site, visit, code, refusal=refusal)
    # Whoever returned a case, or found a denunciation in it, does not see it any more.
    is_gone = typed.move == "return" or typed.code == DENUNCIATION
    place = "/vu-viec" if is_gone else f"/vu-viec/{case.code}"
    return RedirectResponse(f"{place}?xong={_DONE[typed.move]}", 303)


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
        moves = await moves_of(session, case, visit.staff)
        decider = await able_decider(session, case)
        people = await people_of(session, case)
        recent = await count_recent(session, case, site.clock() - MANY_CASES_WITHIN)
        citizen = await session.get(Citizen, case.citizen_id) if case.citizen_id else None
        kept = await kept_files(session, case) if "answer" in moves else []
        draft = await unsent_answer(session, case) if "answer" in moves else None
    return site.page(
        request,
        "case.html",
        refusal.status if refusal else 200,
        case=case,
        actors=actors,
        moves=moves,
        agencies=_agency_choices(case, site) if moves & _CHOOSING else [],
        decider=decider,
        people=people,
        many_cases=recent if recent >= MANY_CASES else 0,
        blocked_at=citizen.blocked_at if citizen else None,
        open_returns=_open_returns(case),
        return_reasons=RETURN_REASONS,
        without_proposal=WITHOUT_PROPOSAL,
        responder=responder_of(case, site.pack),
        longest_answer=LONGEST_ANSWER,
        kept_files=kept,
        answer=_answer_form(case, site, refusal, draft),
        was_sent_back=draft is not None,
        may_insist=draft is not None and SUPERVISOR in acting_roles(case, visit.staff),
        reject_reasons=REJECT_REASONS,
        alerts=alerts_of(case, site.clock(), site.pack),
        refusal=refusal,
        has_hidden_numbers=not revealed and not case.anonymous and _has_numbers(case),
        shown=(lambda text: text) if revealed else mask_numbers,
        shown_media=SHOWN_MEDIA,
        done=request.query_params.get("xong", ""),
    )


def _answer_form(
    case: Case, site: Site, refusal: Refusal | None, draft: Message | None
) -> TypedMove:
    """What the form of an answer begins with: what was typed just now, or sent back before."""
    if refusal is not None and refusal.move == "answer":
        return refusal.typed
    if draft is None:
        return TypedMove("answer", "", done_by=responder_of(case, site.pack))
    return TypedMove(
        "answer",
        draft.text,
        done_on=draft.done_on.isoformat() if draft.done_on else "",
        done_by=draft.done_by or "",
        no_evidence=draft.no_evidence or "",
    )


async def _actor_names(session: AsyncSession, case: Case) -> dict[str, str]:
    """Events' actors as people's names."""
    ids = [int(e.actor.split(":")[1]) for e in case.events if e.actor.startswith("staff:")]
    rows = await session.execute(select(Staff.id, Staff.display_name).where(Staff.id.in_(ids)))
    return {by_staff(staff_id): name for staff_id, name in rows} | {
        "citizen": "Người dân",
        "system": "Hệ thống",
    }


def _agency_choices(case: Case, site: Site) -> AgencyGroups:
    """Who may get the case, in groups: what was proposed, its ward, the province, other wards.

    An agency stands in the first group that it belongs to.
    """
    may = {agency.agency_id: agency for agency in _admissible(case, site)}
    ward = site.pack.wards.get(case.ward_code or "")
    groups: AgencyGroups = []
    for label, wanted in (
        ("Cơ quan vừa trả lại đề xuất", _proposed(case)),
        ("Hệ thống gợi ý", case.decision.get("suggestions", ())),
        (
            f"Tại {ward.name}" if ward else "",
            [one for one, a in may.items() if ward and a.ward_code == ward.code],
        ),
        ("Cấp tỉnh, thành phố", [one for one, a in may.items() if a.level == "province"]),
        ("Xã, phường, đặc khu khác", list(may)),
    ):
        group = [may.pop(agency_id) for agency_id in wanted if agency_id in may]
        groups += [(label, group)] if group else []
    return groups


def _admissible(case: Case, site: Site) -> list[Agency]:
    today = site.pack.local_day(site.clock())
    barred = {case.agency_id, *case.decision.get("excluded", [])}
    return [
        agency
        for agency in site.pack.agencies.values()
        if agency.agency_id not in barred
        and agency.is_valid(today)
        and (not case.restricted or agency.agency_id in site.pack.policy.may_hold_restricted)
    ]


def _open_returns(case: Case) -> list[Event]:
    """The returns and disputes that nobody answered yet, the newest first."""
    if case.state not in (NEEDS_TRIAGE, DISPUTED):
        return []
    moves = [event for event in reversed(case.events) if event.name in _BETWEEN_AGENCIES]
    return list(takewhile(lambda event: event.name in {"returned", "disputed"}, moves))


def _proposed(case: Case) -> list[str]:
    return [event.data["proposed"] for event in _open_returns(case) if event.data["proposed"]]


def _chosen_agency(site: Site, agency_id: str) -> Agency:
    agency = site.pack.agencies.get(agency_id)
    if agency is None:
        raise IllegalMove("Cần chọn cơ quan nhận vụ việc.")
    return agency


def _refusal(typed: TypedMove, refused: Exception) -> Refusal:
    words = CHANGED_MEANWHILE if isinstance(refused, StaleDataError) else str(refused)
    return Refusal(typed, words, 403 if isinstance(refused, NotAllowed) else 409)


def _has_numbers(case: Case) -> bool:
    texts = [case.text, *(message.text for message in case.messages)]
    texts += [file.transcript for file in case.attachments if file.transcript]
    texts += [str(event.data["reason"]) for event in case.events if "reason" in event.data]
    return any(mask_numbers(text) != text for text in texts)


def _known(code: str) -> str:
    """The code as it is kept. Raises CaseNotFound for what cannot be one."""
    read = read_code(code)
    if read is None:
        raise CaseNotFound(code)
    return read
