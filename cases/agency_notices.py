"""What agencies are told: a line in their inbox of the console, and from there on to their
addresses outside.

Threat: mail and groups are read by many. Nothing that leaves the console holds a citizen's words,
name, number or place: only the code, the category and the deadline.
"""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from db import queue
from db.models import AgencyNotice, Case

ASSIGNED = "assigned"
SUPPORTING = "supporting"
REOPENED = "reopened"
ADDED = "added"
RETURNED = "returned"
RECALLED = "recalled"


async def notify_agency(
    session: AsyncSession, case: Case, agency_id: str, kind: str, now: datetime
) -> AgencyNotice:
    """Put a notice in the agency's inbox, and queue the job that takes it to its addresses."""
    notice = AgencyNotice(case_id=case.id, agency_id=agency_id, kind=kind, created_at=now)
    session.add(notice)
    await session.flush()
    await queue.defer(session, queue.DELIVER_NOTICE, notice_id=notice.id)
    return notice
