"""The life of a case: one table of moves, and the functions that answer and end it.

Each move locks the case (see `access_case(to_change=True)`), checks the table, appends an
event and queues what the citizen is told, all in the caller's transaction. The moves between
agencies are in `cases.transfers`, those of several agencies in `cases.support`.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases import agency_notices
from cases.access import AGENCY_OFFICER, INSPECTOR, SUPERVISOR, TRIAGE_OFFICER, NotAllowed
from cases.agency_notices import notify_agency
from cases.events import CITIZEN, by_staff, record
from cases.notices import notify
from db.models import Case, Message, Staff

NEEDS_TRIAGE = "needs_triage"
ASSIGNED = "assigned"
DISPUTED = "disputed"
NEEDS_INFO = "needs_info"
ANSWERED = "answered"
CLOSED = "closed"
REOPENED = "reopened"
WITHDRAWN = "withdrawn"

STATE_NAMES = {
    NEEDS_TRIAGE: "Chờ phân loại",
    ASSIGNED: "Đã giao cơ quan",
    DISPUTED: "Chờ người phụ trách quyết định",
    NEEDS_INFO: "Chờ người dân trả lời thêm",
    ANSWERED: "Đã trả lời, chờ người dân xác nhận",
    CLOSED: "Đã kết thúc",
    REOPENED: "Mở lại",
    WITHDRAWN: "Người dân đã rút",
}
OPEN_STATES = (NEEDS_TRIAGE, ASSIGNED, REOPENED, DISPUTED, NEEDS_INFO)
HELD_STATES = (ASSIGNED, REOPENED)  # An agency is to act.

# What an agency officer is to a case of which their agency is no lead.
SUPPORTER = "supporter"

_HANDLERS = frozenset({TRIAGE_OFFICER, INSPECTOR, SUPERVISOR})
_HELD = frozenset(HELD_STATES)

# move -> (states it starts from, state it leads to, roles that may make it; none: the citizen).
# Without a state the move leaves it as it is. Where a return or a contested assignment leads to
# DISPUTED instead is for `cases.handover` to say.
MOVES: dict[str, tuple[frozenset[str], str | None, frozenset[str]]] = {
    "assign": (frozenset({NEEDS_TRIAGE, ASSIGNED, REOPENED}), ASSIGNED, _HANDLERS),
    "return": (_HELD, NEEDS_TRIAGE, frozenset({AGENCY_OFFICER})),
    "decide": (frozenset({DISPUTED}), ASSIGNED, frozenset({SUPERVISOR})),
    "support": (_HELD, None, _HANDLERS),
    "contribute": (_HELD, None, frozenset({SUPPORTER})),
    "ask": (
        frozenset({NEEDS_TRIAGE, ASSIGNED, REOPENED}),
        NEEDS_INFO,
        _HANDLERS | {AGENCY_OFFICER},
    ),
    "answer": (
        frozenset({NEEDS_TRIAGE, ASSIGNED, REOPENED, NEEDS_INFO}),
        ANSWERED,
        _HANDLERS | {AGENCY_OFFICER},
    ),
    "rate": (frozenset({ANSWERED, CLOSED}), None, frozenset()),
    "settle": (frozenset({ANSWERED}), CLOSED, frozenset()),
    "reopen": (frozenset({ANSWERED, CLOSED}), REOPENED, frozenset()),
    "withdraw": (frozenset(OPEN_STATES), WITHDRAWN, frozenset()),
}
# A Telegram message holds 4,096 UTF-16 units; the answer's frame and the code take some.
LONGEST_ANSWER = 3500


class IllegalMove(ValueError):
    """The case's state does not allow this; the message says why, in Vietnamese."""


def allowed_moves(case: Case, staff: Staff) -> set[str]:
    """The moves that this person could make now."""
    roles = acting_roles(case, staff)
    return {
        move for move, (starts, _, may) in MOVES.items() if case.state in starts and may & roles
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


async def answer_case(
    session: AsyncSession, case: Case, staff: Staff, answer: str, responder: str, now: datetime
) -> None:
    """Send `answer` to the citizen, who is asked whether the matter is settled.

    `responder` names the agency that answers. Raises IllegalMove, NotAllowed.
    """
    check_move(case, staff, "answer")
    answer = require_words(answer, "Nội dung trả lời đang trống.")
    if len(answer.encode("utf-16-le")) // 2 > LONGEST_ANSWER:
        raise IllegalMove(f"Trả lời dài quá {LONGEST_ANSWER} ký tự, xin rút gọn.")
    message = Message(
        case_id=case.id, kind="answer", staff_id=staff.id, text=answer, created_at=now
    )
    session.add(message)
    await session.flush()
    case.state, case.answered_at = ANSWERED, now
    await record(session, case, "answered", by_staff(staff.id), now, message_id=message.id)
    await notify(session, case, "answered", responder=responder, answer=answer)


async def ask_citizen(
    session: AsyncSession, case: Case, staff: Staff, question: str, asker: str, now: datetime
) -> None:
    """Ask the citizen in the chat; what they answer brings the case back to whoever holds it.

    `asker` names the agency that asks. Raises IllegalMove, NotAllowed.
    """
    check_move(case, staff, "ask")
    question = require_words(question, "Câu hỏi đang trống.")
    if len(question.encode("utf-16-le")) // 2 > LONGEST_ANSWER:
        raise IllegalMove(f"Câu hỏi dài quá {LONGEST_ANSWER} ký tự, xin rút gọn.")
    message = Message(
        case_id=case.id, kind="question", staff_id=staff.id, text=question, created_at=now
    )
    session.add(message)
    await session.flush()
    case.state = NEEDS_INFO
    await record(session, case, "asked", by_staff(staff.id), now, message_id=message.id)
    await notify(session, case, "asked", asker=asker, question=question)


async def rate_case(session: AsyncSession, case: Case, stars: int, now: datetime) -> None:
    """How content the citizen is, 1 to 5; the last word counts. Raises IllegalMove."""
    _check_state(case, "rate")
    case.rating, case.rated_at = stars, now
    await record(session, case, "rated", CITIZEN, now, stars=stars)


async def settle_case(session: AsyncSession, case: Case, now: datetime) -> None:
    """The citizen says that it is settled: the only word that closes a case well."""
    _check_state(case, "settle")
    case.state, case.closed_at, case.closed_by = CLOSED, now, "citizen"
    await record(session, case, "settled", CITIZEN, now)


async def reopen_case(session: AsyncSession, case: Case, now: datetime) -> None:
    """The citizen says that it is not settled: back to the lead, the clock running on."""
    _check_state(case, "reopen")
    case.state, case.closed_at, case.closed_by = REOPENED, None, None
    case.reopenings += 1
    await record(session, case, "reopened", CITIZEN, now)
    if case.agency_id is not None:
        await notify_agency(session, case, case.agency_id, agency_notices.REOPENED, now)


async def withdraw_case(session: AsyncSession, case: Case, now: datetime) -> None:
    """The citizen takes the case back."""
    _check_state(case, "withdraw")
    case.state, case.closed_at, case.decider_id = WITHDRAWN, now, None
    await record(session, case, "withdrawn", CITIZEN, now)


async def add_to_case(session: AsyncSession, case: Case, text: str, now: datetime) -> None:
    """Keep what the citizen adds to a filed case, and tell the agencies that work on it."""
    message = Message(case_id=case.id, kind="addition", text=text, created_at=now)
    session.add(message)
    await session.flush()
    await record(session, case, "addition_received", CITIZEN, now, message_id=message.id)
    if case.state == NEEDS_INFO:  # The answer that was waited for.
        case.state = ASSIGNED if case.agency_id is not None else NEEDS_TRIAGE
    lead = [case.agency_id] if case.agency_id is not None else []
    for agency_id in (*lead, *case.supporting):
        await notify_agency(session, case, agency_id, agency_notices.ADDED, now)


async def own_case(session: AsyncSession, citizen_id: int, code: str) -> Case | None:
    """The citizen's own case with this code, locked; nobody else's."""
    found: Case | None = await session.scalar(
        select(Case).where(Case.code == code, Case.citizen_id == citizen_id).with_for_update()
    )
    return found


def check_move(case: Case, staff: Staff, move: str) -> None:
    """Raises IllegalMove (the state) or NotAllowed (the role) where `staff` may not make it."""
    _check_state(case, move)
    if not MOVES[move][2] & acting_roles(case, staff):
        raise NotAllowed("Vai trò của anh/chị không được làm việc này.")


def _check_state(case: Case, move: str) -> None:
    if case.state not in MOVES[move][0]:
        raise IllegalMove(f"Vụ việc đang ở trạng thái “{STATE_NAMES[case.state]}”.")


def require_words(text: str, complaint: str) -> str:
    """The text without space around it. Raises IllegalMove where it says nothing."""
    stripped = text.strip()
    if not any(character.isalnum() for character in stripped):
        raise IllegalMove(complaint)
    return stripped
