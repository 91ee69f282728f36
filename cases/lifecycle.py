"""The life of a case: one table of moves, and the functions of the citizen's and of the agency's.

The table says from which states a move starts, where it leads, who may make it, what must be said
with it and what the citizen is told. Each move locks the case (see `access_case(to_change=True)`),
checks the table, appends an event and queues what the citizen is told, all in the caller's
transaction. Answers are in `cases.answering`, rejections in `cases.rejection`, moves between
agencies in `cases.transfers`, those of several agencies in `cases.support`, silence in
`cases.silence`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases import agency_notices, deadlines
from cases.access import AGENCY_OFFICER, INSPECTOR, SUPERVISOR, TRIAGE_OFFICER, NotAllowed
from cases.agency_notices import notify_agency
from cases.events import CITIZEN, SYSTEM, by_staff, fingerprint, record
from cases.notices import notify
from db.models import Attachment, Case, Event, Message, Staff
from routing.tables import Pack

NEEDS_TRIAGE = "needs_triage"
ASSIGNED = "assigned"
ACCEPTED = "accepted"
DISPUTED = "disputed"
NEEDS_INFO = "needs_info"
ANSWERED = "answered"
CLOSED = "closed"
REOPENED = "reopened"
REJECTED = "rejected"
WITHDRAWN = "withdrawn"

STATE_NAMES = {
    NEEDS_TRIAGE: "Chờ phân loại",
    ASSIGNED: "Đã giao cơ quan",
    ACCEPTED: "Cơ quan đang giải quyết",
    DISPUTED: "Chờ người phụ trách quyết định",
    NEEDS_INFO: "Chờ người dân trả lời thêm",
    ANSWERED: "Đã trả lời, chờ người dân xác nhận",
    CLOSED: "Đã kết thúc",
    REOPENED: "Mở lại",
    REJECTED: "Không giải quyết qua hệ thống",
    WITHDRAWN: "Người dân đã rút",
}
OPEN_STATES = (NEEDS_TRIAGE, ASSIGNED, ACCEPTED, REOPENED, DISPUTED, NEEDS_INFO)
HELD_STATES = (ASSIGNED, ACCEPTED, REOPENED)  # An agency is to act.

# What an agency officer is to a case of which their agency is no lead.
SUPPORTER = "supporter"
# Who closed a case: their counts are kept apart.
BY_CITIZEN, BY_SILENCE = "citizen", "silence"

_HANDLERS = frozenset({TRIAGE_OFFICER, INSPECTOR, SUPERVISOR})
_HELD = frozenset(HELD_STATES)
_AT_WORK = frozenset({NEEDS_TRIAGE, *HELD_STATES})  # Somebody may act on it without waiting.
_NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Move:
    """A row of the table.

    `name` is how staff read it in a refusal. Without `leads_to` the state stays; without `roles`
    it is the citizen's move or, for "lapse", time's. `needs` says for each thing that must come
    with it how its lack is complained about; `tells` is the notice to the citizen.
    """

    name: str
    starts: frozenset[str]
    leads_to: str | None
    roles: frozenset[str] = _NOBODY
    needs: Mapping[str, str] = field(default_factory=dict)
    tells: str | None = None


# Where a return or a contested assignment leads to DISPUTED instead is for `cases.handover` to say.
# An agency that accepted a case keeps it until whoever sorts cases gives it to another.
MOVES: dict[str, Move] = {
    "assign": Move(
        "giao hoặc chuyển", _AT_WORK, ASSIGNED, _HANDLERS,
        {"reason": "Cần ghi lý do giao hoặc chuyển vụ việc."}, "assigned",
    ),
    "accept": Move(
        "tiếp nhận", frozenset({ASSIGNED, REOPENED}), ACCEPTED,
        frozenset({AGENCY_OFFICER, INSPECTOR}), tells="accepted",
    ),
    "return": Move(
        "trả lại", frozenset({ASSIGNED, REOPENED}), NEEDS_TRIAGE, frozenset({AGENCY_OFFICER}),
        {
            "code": "Cần chọn lý do trả lại.",
            "note": "Cần ghi rõ vì sao trả lại vụ việc.",
            "proposed": "Cần đề xuất cơ quan giải quyết.",
        },
    ),
    "decide": Move(
        "quyết định cơ quan giải quyết", frozenset({DISPUTED}), ASSIGNED, frozenset({SUPERVISOR}),
        {"reason": "Cần ghi lý do quyết định."}, "assigned",
    ),
    "support": Move(
        "thêm, bớt cơ quan phối hợp", _HELD, None, _HANDLERS,
        {"task": "Cần ghi việc cần phối hợp.", "reason": "Cần ghi lý do thôi phối hợp."},
    ),
    "contribute": Move(
        "góp ý", _HELD, None, frozenset({SUPPORTER}), {"words": "Nội dung đang trống."}
    ),
    "ask": Move(
        "hỏi thêm người dân", _AT_WORK, NEEDS_INFO, _HANDLERS | {AGENCY_OFFICER},
        {"question": "Câu hỏi đang trống."}, "asked",
    ),
    "answer": Move(
        "trả lời", _AT_WORK | {NEEDS_INFO}, ANSWERED, _HANDLERS | {AGENCY_OFFICER},
        {
            "text": "Nội dung trả lời đang trống.",
            "done_on": "Cần ghi ngày đã làm.",
            "done_by": "Cần ghi đơn vị, bộ phận đã làm.",
            "evidence": "Cần gửi kèm ảnh hoặc tài liệu, hoặc ghi vì sao không có.",
        },
        "answered",
    ),
    "reject": Move(
        "từ chối", _AT_WORK, REJECTED, _HANDLERS,
        {
            "code": "Cần chọn lý do từ chối.",
            "words": "Cần giải thích cho người dân vì sao, bằng lời dễ hiểu.",
        },
        "rejected",
    ),
    "rate": Move("chấm điểm", frozenset({ANSWERED, CLOSED}), None),
    "settle": Move("xác nhận đã giải quyết", frozenset({ANSWERED}), CLOSED),
    "lapse": Move("kết thúc", frozenset({ANSWERED}), CLOSED, tells="lapsed"),
    "reopen": Move("mở lại", frozenset({ANSWERED, CLOSED, REJECTED}), REOPENED),
    "withdraw": Move("rút", frozenset(OPEN_STATES), WITHDRAWN),
}  # fmt: skip
# A Telegram message holds 4,096 UTF-16 units; the answer's frame and the code take some.
LONGEST_ANSWER = 3500


class IllegalMove(ValueError):
    """The case's state does not allow this; the message says why, in Vietnamese."""


def allowed_moves(case: Case, staff: Staff) -> set[str]:
    """The moves that this person could make now."""
    roles = acting_roles(case, staff)
    return {
        name for name, move in MOVES.items() if case.state in move.starts and move.roles & roles
    }


def acting_roles(case: Case, staff: Staff) -> set[str]:
    """As what this person may act on the case.

    Inspectors act on restricted cases only, triage officers and agencies on the others; of the
    agencies the lead as itself, those that work with it as SUPPORTER.
    """
    roles = set(staff.roles)
    if case.restricted:
        return roles & {INSPECTOR, SUPERVISOR}
    if AGENCY_OFFICER in roles and staff.agency_id in case.supporting:
        roles.add(SUPPORTER)
    if staff.agency_id is None or staff.agency_id != case.agency_id:
        roles.discard(AGENCY_OFFICER)
    return roles - {INSPECTOR}


# --- states and their clocks


def enter(case: Case, state: str, now: datetime, pack: Pack) -> None:
    """Put the case into a state: the stage's clock begins."""
    case.state, case.stage_at = state, now
    case.stage_due_at = _stage_due_at(case, now, pack)


def end(case: Case, state: str, now: datetime) -> None:
    """Put the case into a state in which nothing is waited for any more."""
    case.state, case.stage_at, case.closed_at = state, now, now
    case.stage_due_at = case.paused_at = case.decider_id = None


def _stage_due_at(case: Case, now: datetime, pack: Pack) -> datetime | None:
    """Until when whoever is to act in the case's state should have. None: the citizen's clock is
    the only one (an accepted case), or nobody is to act."""
    limits, is_held = pack.limits, case.agency_id is not None
    if case.state == NEEDS_TRIAGE or (case.state == REOPENED and not is_held):
        return deadlines.add_working_time(now, timedelta(minutes=limits.sort_minutes), pack.office)
    if case.state == ANSWERED:
        return deadlines.silence_at(now, pack)
    days = {
        ASSIGNED: limits.accept_days,
        REOPENED: limits.accept_days,
        DISPUTED: limits.decide_days,
        NEEDS_INFO: limits.citizen_reply_days,
    }.get(case.state)
    return None if days is None else deadlines.due_at(now, days, pack.office)


def is_stage_late(case: Case, now: datetime) -> bool:
    """Whether whoever is to act in the case's state let its limit pass."""
    return case.stage_due_at is not None and now > case.stage_due_at


async def resume_clock(session: AsyncSession, case: Case, now: datetime, pack: Pack) -> None:
    """The citizen's clock goes on: the deadline moves by the working time that it was stopped."""
    if case.paused_at is None:
        return
    stopped = deadlines.working_time(case.paused_at, now, pack.office)
    case.due_at = deadlines.resumed_due_at(case.due_at, case.paused_at, now, pack)
    case.paused_at = None
    minutes = round(stopped.total_seconds() / 60)
    told = {"stopped_minutes": minutes, "due_at": case.due_at.isoformat()}
    await record(session, case, "clock_resumed", SYSTEM, now, **told)


# --- what the agency does


async def accept_case(
    session: AsyncSession, case: Case, staff: Staff, accepter: str, now: datetime, pack: Pack
) -> None:
    """The agency takes the case; whether it was late doing so stays in the history.

    `accepter` is the agency's name. Raises IllegalMove, NotAllowed.
    """
    check_move(case, staff, "accept")
    await note_accepted(session, case, staff, now)
    enter(case, ACCEPTED, now, pack)
    await tell(session, case, "accept", accepter=accepter, due_at=case.due_at.isoformat())


async def note_accepted(session: AsyncSession, case: Case, staff: Staff, now: datetime) -> None:
    """The fact that the agency accepted the case, and whether in time."""
    is_late, case.accepted_at = is_stage_late(case, now), now
    told = {"agency": case.agency_id, "late": is_late}
    await record(session, case, "accepted", by_staff(staff.id), now, **told)


async def ask_citizen(
    session: AsyncSession,
    case: Case,
    staff: Staff,
    question: str,
    asker: str,
    now: datetime,
    pack: Pack,
) -> None:
    """Ask the citizen in the chat; what they answer brings the case back to whoever holds it.

    Until then the citizen's clock stands still. `asker` names the agency that asks. Raises
    IllegalMove, NotAllowed.
    """
    check_move(case, staff, "ask")
    question = require_words("ask", "question", question)
    require_length(question, "Câu hỏi")
    message = await keep_message(session, case, "question", question, now, staff)
    case.paused_at = now
    enter(case, NEEDS_INFO, now, pack)
    await record(session, case, "asked", by_staff(staff.id), now, **proof_of(message))
    await tell(session, case, "ask", asker=asker, question=question)


# --- what the citizen does


async def rate_case(session: AsyncSession, case: Case, stars: int, now: datetime) -> None:
    """How content the citizen is, 1 to 5; the last word counts. Raises IllegalMove."""
    check_state(case, "rate")
    case.rating, case.rated_at = stars, now
    await record(session, case, "rated", CITIZEN, now, stars=stars)


async def settle_case(session: AsyncSession, case: Case, now: datetime) -> None:
    """The citizen says that it is settled: the only word that closes a case well."""
    check_state(case, "settle")
    end(case, CLOSED, now)
    case.closed_by = BY_CITIZEN
    await record(session, case, "settled", CITIZEN, now)


async def reopen_case(session: AsyncSession, case: Case, now: datetime, pack: Pack) -> None:
    """The citizen says that it is not settled, or objects to a rejection: back to the lead, or to
    whoever sorts cases, the clock running on."""
    check_state(case, "reopen")
    was_rejected = case.state == REJECTED
    case.closed_at = case.closed_by = case.reminded_at = case.accepted_at = None
    case.reopenings += 1
    enter(case, REOPENED, now, pack)
    await record(session, case, "objected" if was_rejected else "reopened", CITIZEN, now)
    if case.agency_id is not None:
        await notify_agency(session, case, case.agency_id, agency_notices.REOPENED, now)


async def withdraw_case(session: AsyncSession, case: Case, now: datetime) -> None:
    """The citizen takes the case back."""
    check_state(case, "withdraw")
    end(case, WITHDRAWN, now)
    await record(session, case, "withdrawn", CITIZEN, now)


async def add_to_case(
    session: AsyncSession, case: Case, text: str, now: datetime, pack: Pack
) -> None:
    """Keep what the citizen adds to a filed case, and tell the agencies that work on it."""
    message = await keep_message(session, case, "addition", text, now)
    await record(session, case, "addition_received", CITIZEN, now, **proof_of(message))
    await _hear(session, case, now, pack)
    lead = [case.agency_id] if case.agency_id is not None else []
    for agency_id in (*lead, *case.supporting):
        await notify_agency(session, case, agency_id, agency_notices.ADDED, now)


async def attach_to_case(
    session: AsyncSession, case: Case, attachment: Attachment, now: datetime, pack: Pack
) -> None:
    """Keep a file that the citizen sends for a filed case."""
    attachment.case_id = case.id
    await record(session, case, "attachment_received", CITIZEN, now, attachment=attachment.id)
    await _hear(session, case, now, pack)


async def _hear(session: AsyncSession, case: Case, now: datetime, pack: Pack) -> None:
    """The citizen said something: what was waited for is here, and they are not silent."""
    if case.state == NEEDS_INFO:
        await resume_clock(session, case, now, pack)
        held = ACCEPTED if case.accepted_at is not None else ASSIGNED
        enter(case, held if case.agency_id is not None else NEEDS_TRIAGE, now, pack)
    elif case.state == ANSWERED:
        case.stage_due_at, case.reminded_at = deadlines.silence_at(now, pack), None


async def own_case(session: AsyncSession, citizen_id: int, code: str) -> Case | None:
    """The citizen's own case with this code, locked; nobody else's."""
    found: Case | None = await session.scalar(
        select(Case).where(Case.code == code, Case.citizen_id == citizen_id).with_for_update()
    )
    return found


async def was_rejected(session: AsyncSession, case: Case) -> bool:
    """Whether the case was rejected before, and the citizen objected."""
    rejections = select(Event.id).where(Event.case_id == case.id, Event.name == "rejected")
    return await session.scalar(rejections.limit(1)) is not None


def check_move(case: Case, staff: Staff, name: str) -> None:
    """Raises IllegalMove (the state) or NotAllowed (the role) where `staff` may not make it."""
    check_state(case, name)
    if not MOVES[name].roles & acting_roles(case, staff):
        raise NotAllowed(f"Vai trò của anh/chị không được {MOVES[name].name} vụ việc này.")


def check_state(case: Case, name: str) -> None:
    """Raises IllegalMove where the move does not start from the case's state."""
    move, state = MOVES[name], STATE_NAMES[case.state]
    if case.state not in move.starts:
        raise IllegalMove(f"Vụ việc đang ở trạng thái “{state}” nên không {move.name} được.")


def require_words(move: str, what: str, text: str) -> str:
    """The text without space around it. Raises IllegalMove where it says nothing."""
    stripped = text.strip()
    if not any(character.isalnum() for character in stripped):
        raise IllegalMove(MOVES[move].needs[what])
    return stripped


def require_length(text: str, named: str, longest: int = LONGEST_ANSWER) -> None:
    """Raises IllegalMove where the text is longer, in UTF-16 units, than `longest`."""
    if len(text.encode("utf-16-le")) // 2 > longest:
        raise IllegalMove(f"{named} dài quá {longest} ký tự, xin rút gọn.")


async def tell(session: AsyncSession, case: Case, move: str, **params: object) -> None:
    """Tell the citizen what the table says of the move."""
    notice = MOVES[move].tells
    if notice is not None:
        await notify(session, case, notice, **params)


async def keep_message(
    session: AsyncSession,
    case: Case,
    kind: str,
    text: str,
    now: datetime,
    staff: Staff | None = None,
) -> Message:
    """Store words about the case; without `staff` they are the citizen's."""
    writer = staff.id if staff is not None else None
    message = Message(case_id=case.id, kind=kind, staff_id=writer, text=text, created_at=now)
    session.add(message)
    await session.flush()
    return message


def proof_of(message: Message) -> dict[str, object]:
    """What an event says of a message: which, and what it held."""
    return {"message_id": message.id, "text_sha256": fingerprint(message.text)}
