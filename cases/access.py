"""Who may see and do what. The one place that decides it.

Threat: a staff member of the unit complained about, or of any other unit, reads a case. So
the default is no; each role adds what it may see.
"""

from sqlalchemy import ColumnElement, and_, false, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Case, Staff

TRIAGE_OFFICER = "triage_officer"
AGENCY_OFFICER = "agency_officer"
INSPECTOR = "inspector"
SUPERVISOR = "supervisor"
LEADER = "leader"
ADMINISTRATOR = "administrator"

ROLE_NAMES = {
    TRIAGE_OFFICER: "Cán bộ phân loại",
    AGENCY_OFFICER: "Cán bộ cơ quan",
    INSPECTOR: "Cán bộ thanh tra",
    SUPERVISOR: "Người phụ trách",
    LEADER: "Lãnh đạo",
    ADMINISTRATOR: "Quản trị viên",
}


# Who looks after what could not be read or sent.
CARETAKERS = frozenset({ADMINISTRATOR, SUPERVISOR})


class CaseNotFound(LookupError):
    """No such case, or none that this person may see: the two must look alike from outside."""


class NotAllowed(PermissionError):
    """The person sees the case but may not do this; the message says why, in Vietnamese."""


def visible_cases(staff: Staff) -> ColumnElement[bool]:
    """The condition on `cases` that holds for what this person may see."""
    open_to: list[ColumnElement[bool]] = [false()]
    roles = set(staff.roles)
    if SUPERVISOR in roles:
        open_to.append(Case.restricted.is_(False))
    if TRIAGE_OFFICER in roles:
        # What complains about the triage desk is read by whoever supervises it.
        about_desk = func.coalesce(Case.decision["desk_barred"].as_boolean(), false())
        open_to.append(and_(Case.restricted.is_(False), about_desk.is_(False)))
    if roles & {INSPECTOR, SUPERVISOR}:
        open_to.append(Case.restricted.is_(True))
    if AGENCY_OFFICER in roles and staff.agency_id:
        takes_part = or_(
            Case.agency_id == staff.agency_id, Case.supporting.contains([staff.agency_id])
        )
        open_to.append(and_(Case.restricted.is_(False), takes_part))
    seen = or_(*open_to) if staff.disabled_at is None else ~true()
    if staff.agency_id is None:
        return seen
    # Whatever their role, people of the unit complained about do not read it (promise 2).
    excluded = Case.decision["excluded"].has_key(staff.agency_id)
    return and_(seen, func.coalesce(excluded, false()).is_(False))


async def access_case(
    session: AsyncSession, staff: Staff, code: str, *, to_change: bool = False
) -> Case:
    """The case with this code. Raises CaseNotFound where `staff` may not see it.

    `to_change` locks the row until the transaction ends, so that two people cannot act on it
    at once.
    """
    query = select(Case).where(Case.code == code, visible_cases(staff))
    if to_change:
        query = query.with_for_update()
    case = await session.scalar(query)
    if case is None:
        raise CaseNotFound(code)
    return case
