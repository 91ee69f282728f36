"""Several agencies at one case: a lead, who answers, and those who work with it.

One citizen, one answer: who supports reads the case and writes for the lead, and the citizen
hears from the lead alone. The benchmark of 15 working days when several agencies take part
(Hồ Chí Minh City's 1022 rule, 9/2025) is not used here: the deadline that the citizen was
told stays, because their clock does not stop.
"""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cases import agency_notices
from cases.agency_notices import notify_agency
from cases.events import by_staff, record
from cases.handover import check_agency
from cases.lifecycle import IllegalMove, check_move, require_words
from db.models import Case, Message, Staff
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
    """Let `agency` work with the lead; `note` says on what. The deadline stays as it is.

    Raises IllegalMove (it leads or supports the case already; not in force), NotAllowed (role;
    the unit complained about; an ordinary agency for a restricted case).
    """
    check_move(case, staff, "support")
    note = require_words(note, "Cần ghi việc cần phối hợp.")
    check_agency(case, agency, pack.policy.may_hold_restricted, pack.local_day(now))
    if agency.agency_id in (case.agency_id, *case.supporting):
        raise IllegalMove("Cơ quan này đang giải quyết hoặc phối hợp giải quyết vụ việc.")
    case.supporting = [*case.supporting, agency.agency_id]
    actor = by_staff(staff.id)
    await record(session, case, "support_added", actor, now, agency=agency.agency_id, reason=note)
    await notify_agency(session, case, agency.agency_id, agency_notices.SUPPORTING, now)


async def drop_support(
    session: AsyncSession, case: Case, staff: Staff, agency_id: str, note: str, now: datetime
) -> None:
    """The agency no longer works with the lead. What it wrote stays with the case.

    Raises IllegalMove (it does not support the case), NotAllowed.
    """
    check_move(case, staff, "support")
    note = require_words(note, "Cần ghi lý do thôi phối hợp.")
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
    text = require_words(text, "Nội dung đang trống.")
    message = Message(
        case_id=case.id, kind=CONTRIBUTION, staff_id=staff.id, text=text, created_at=now
    )
    session.add(message)
    await session.flush()
    await record(
        session,
        case,
        "contributed",
        by_staff(staff.id),
        now,
        agency=staff.agency_id,
        message_id=message.id,
    )
