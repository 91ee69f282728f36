"""Several agencies at one case: a lead, who answers, and those who work with it.

One citizen, one answer: who supports reads the case and writes for the lead, and the citizen
hears from the lead alone. With the first supporter the pack's limit for several agencies holds,
from the same day of filing: the citizen is told the later deadline. That happens once, and never
after the deadline has passed.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases import agency_notices, deadlines
from cases.agency_notices import notify_agency
from cases.events import SYSTEM, by_staff, record
from cases.handover import check_agency
from cases.lifecycle import IllegalMove, check_move, keep_message, proof_of, require_words
from cases.notices import notify
from db.models import Case, Event, Staff
from routing.tables import Agency, Pack

CONTRIBUTION = "contribution"


async def add_support(
    session: AsyncSession,
    case: Case,
    staff: Staff,
    agency: Agency,
    note: str,
    now: datetime,
    pack: Pack,
) -> None:
    """Let `agency` work with the lead; `note` says on what.

    Raises IllegalMove (it leads or supports the case already; not in force), NotAllowed (role;
    the unit complained about; an ordinary agency for a restricted case).
    """
    check_move(case, staff, "support")
    note = require_words("support", "task", note)
    check_agency(case, agency, pack.policy.may_hold_restricted, pack.local_day(now))
    if agency.agency_id in (case.agency_id, *case.supporting):
        raise IllegalMove("Cơ quan này đang giải quyết hoặc phối hợp giải quyết vụ việc.")
    case.supporting = [*case.supporting, agency.agency_id]
    actor = by_staff(staff.id)
    await record(session, case, "support_added", actor, now, agency=agency.agency_id, reason=note)
    await notify_agency(session, case, agency.agency_id, agency_notices.SUPPORTING, now)
    await _allow_more_time(session, case, now, pack)


async def _allow_more_time(session: AsyncSession, case: Case, now: datetime, pack: Pack) -> None:
    """The limit for several agencies, unless it held before or the deadline has passed."""
    moved = select(Event.id).where(Event.case_id == case.id, Event.name == "due_moved")
    due = deadlines.shared_due_at(case.due_at, case.category, pack)
    if due == case.due_at or now > case.due_at or await session.scalar(moved) is not None:
        return
    case.due_at = due
    await record(session, case, "due_moved", SYSTEM, now, due_at=due.isoformat())
    await notify(session, case, "due_moved", due_at=due.isoformat())


async def drop_support(
    session: AsyncSession, case: Case, staff: Staff, agency_id: str, note: str, now: datetime
) -> None:
    """The agency no longer works with the lead. What it wrote stays with the case.

    Raises IllegalMove (it does not support the case), NotAllowed.
    """
    check_move(case, staff, "support")
    note = require_words("support", "reason", note)
    if agency_id not in case.supporting:
        raise IllegalMove("Cơ quan này không phối hợp giải quyết vụ việc.")
    case.supporting = [one for one in case.supporting if one != agency_id]
    actor = by_staff(staff.id)
    await record(session, case, "support_ended", actor, now, agency=agency_id, reason=note)
    await notify_agency(session, case, agency_id, agency_notices.RECALLED, now)


async def contribute(
    session: AsyncSession, case: Case, staff: Staff, text: str, now: datetime
) -> None:
    """Write something for the lead. It stays among staff and is never sent to the citizen.

    Raises IllegalMove, NotAllowed (only people of a supporting agency).
    """
    check_move(case, staff, "contribute")
    text = require_words("contribute", "words", text)
    message = await keep_message(session, case, CONTRIBUTION, text, now, staff)
    said = {"agency": staff.agency_id, **proof_of(message)}
    await record(session, case, "contributed", by_staff(staff.id), now, **said)
