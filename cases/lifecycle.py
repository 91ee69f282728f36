"""The life of a case: one table of moves, and the functions that make them.

Each move locks the case (see `access_case(to_change=True)`), checks the table, appends an
event and queues what the citizen is told, all in the caller's transaction.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.access import AGENCY_OFFICER, INSPECTOR, SUPERVISOR, TRIAGE_OFFICER, NotAllowed
from cases.events import CITIZEN, by_staff, record
from cases.notices import notify
from db.models import Case, Message, Staff
from routing.tables import Agency

NEEDS_TRIAGE = "needs_triage"
ASSIGNED = "assigned"
ANSWERED = "answered"
CLOSED = "closed"
REOPENED = "reopened"
WITHDRAWN = "withdrawn"

STATE_NAMES = {
    NEEDS_TRIAGE: "Chờ phân loại",
    ASSIGNED: "Đã giao cơ quan",
    ANSWERED: "Đã trả lời, chờ người dân xác nhận",
    CLOSED: "Đã kết thúc",
    REOPENED: "Mở lại",
    WITHDRAWN: "Người dân đã rút",
}
OPEN_STATES = (NEEDS_TRIAGE, ASSIGNED, REOPENED)

# move -> (states it starts from, state it leads to, roles that may make it; none: the citizen)
MOVES: dict[str, tuple[frozenset[str], str, frozenset[str]]] = {
    "assign": (
        frozenset({NEEDS_TRIAGE, ASSIGNED, REOPENED}),
        ASSIGNED,
        frozenset({TRIAGE_OFFICER, INSPECTOR, SUPERVISOR}),
    ),
    "answer": (
        frozenset({NEEDS_TRIAGE, ASSIGNED, REOPENED}),
        ANSWERED,
        frozenset({TRIAGE_OFFICER, INSPECTOR, SUPERVISOR, AGENCY_OFFICER}),
    ),
    "settle": (frozenset({ANSWERED}), CLOSED, frozenset()),
    "reopen": (frozenset({ANSWERED, CLOSED}), REOPENED, frozenset()),
    "withdraw": (frozenset({NEEDS_TRIAGE, ASSIGNED, REOPENED}), WITHDRAWN, frozenset()),
}
# From the third transfer on a supervisor decides (promise 3).
TRANSFERS_WITHOUT_SUPERVISOR = 2
# A Telegram message holds 4,096 UTF-16 units; the answer's frame and the code take some.
LONGEST_ANSWER = 3500


class IllegalMove(ValueError):
    """The case's state does not allow this; the message says why, in Vietnamese."""


def allowed_moves(case: Case, staff: Staff) -> set[str]:
    """The moves that this person could make now."""
    roles = _acting_roles(case, staff)
    return {
        move for move, (starts, _, may) in MOVES.items() if case.state in starts and may & roles
    }


def _acting_roles(case: Case, staff: Staff) -> set[str]:
    """Inspectors act on restricted cases only, triage officers and agencies on the others."""
    roles = set(staff.roles)
    return roles & {INSPECTOR, SUPERVISOR} if case.restricted else roles - {INSPECTOR}


async def assign_case(
    session: AsyncSession,
    case: Case,
    staff: Staff,
    agency: Agency,
    reason: str,
    now: datetime,
    *,
    oversight: Collection[str] = (),
) -> None:
    """Give the case to `agency`. A case that already had one is transferred: that is counted.

    `oversight` are the agencies that may hold a restricted case (`Policy.may_hold_restricted`).
    Raises IllegalMove, NotAllowed (role; third transfer; the unit complained about; an ordinary
    agency for a restricted case).
    """
    _check(case, staff, "assign")
    reason = _required(reason, "Cần ghi lý do giao hoặc chuyển vụ việc.")
    is_transfer = case.agency_id is not None
    if case.restricted and agency.agency_id not in oversight:
        raise NotAllowed("Vụ việc hạn chế chỉ được giao cho cơ quan thanh tra, kiểm tra.")
    _check_agency(case, staff, agency, is_transfer)
    before, case.agency_id, case.state = case.agency_id, agency.agency_id, ASSIGNED
    case.transfers += is_transfer
    await record(
        session,
        case,
        "transferred" if is_transfer else "assigned",
        by_staff(staff.id),
        now,
        agency=agency.agency_id,
        from_agency=before,
        reason=reason,
    )
    await notify(session, case, "assigned", agency=agency.name, due_at=case.due_at.isoformat())


def _check_agency(case: Case, staff: Staff, agency: Agency, is_transfer: bool) -> None:
    if agency.agency_id == case.agency_id:
        raise IllegalMove("Cơ quan này đang giữ vụ việc.")
    if agency.agency_id in case.decision.get("excluded", []):
        raise NotAllowed("Đơn vị bị phản ánh không được nhận vụ việc của chính mình.")
    if (
        is_transfer
        and case.transfers >= TRANSFERS_WITHOUT_SUPERVISOR
        and SUPERVISOR not in staff.roles
    ):
        raise NotAllowed("Vụ việc đã chuyển hai lần; lần này người phụ trách phải quyết định.")


async def answer_case(
    session: AsyncSession, case: Case, staff: Staff, answer: str, responder: str, now: datetime
) -> None:
    """Send `answer` to the citizen, who is asked whether the matter is settled.

    `responder` names the agency that answers. Raises IllegalMove, NotAllowed.
    """
    _check(case, staff, "answer")
    answer = _required(answer, "Nội dung trả lời đang trống.")
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


async def settle_case(session: AsyncSession, case: Case, now: datetime) -> None:
    """The citizen says that it is settled: the only word that closes a case well."""
    _check_state(case, "settle")
    case.state, case.closed_at, case.closed_by = CLOSED, now, "citizen"
    await record(session, case, "settled", CITIZEN, now)


async def reopen_case(session: AsyncSession, case: Case, now: datetime) -> None:
    """The citizen says that it is not settled: back to who answered, the clock running on."""
    _check_state(case, "reopen")
    case.state, case.closed_at, case.closed_by = REOPENED, None, None
    case.reopenings += 1
    await record(session, case, "reopened", CITIZEN, now)


async def withdraw_case(session: AsyncSession, case: Case, now: datetime) -> None:
    """The citizen takes the case back."""
    _check_state(case, "withdraw")
    case.state, case.closed_at = WITHDRAWN, now
    await record(session, case, "withdrawn", CITIZEN, now)


async def add_to_case(session: AsyncSession, case: Case, text: str, now: datetime) -> None:
    """Keep what the citizen adds to a filed case."""
    message = Message(case_id=case.id, kind="addition", text=text, created_at=now)
    session.add(message)
    await session.flush()
    await record(session, case, "addition_received", CITIZEN, now, message_id=message.id)


async def own_case(session: AsyncSession, citizen_id: int, code: str) -> Case | None:
    """The citizen's own case with this code, locked; nobody else's."""
    found: Case | None = await session.scalar(
        select(Case).where(Case.code == code, Case.citizen_id == citizen_id).with_for_update()
    )
    return found


def _check(case: Case, staff: Staff, move: str) -> None:
    _check_state(case, move)
    if not MOVES[move][2] & _acting_roles(case, staff):
        raise NotAllowed("Vai trò của anh/chị không được làm việc này.")


def _check_state(case: Case, move: str) -> None:
    if case.state not in MOVES[move][0]:
        raise IllegalMove(f"Vụ việc đang ở trạng thái “{STATE_NAMES[case.state]}”.")


def _required(text: str, complaint: str) -> str:
    stripped = text.strip()
    if not any(character.isalnum() for character in stripped):
        raise IllegalMove(complaint)
    return stripped
