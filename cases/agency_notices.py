"""What agencies are told: a line in their inbox of the console, and from there on to their
addresses outside.

Threat: mail and groups are read by many. Nothing that leaves the console holds a citizen's words,
name, number or place: only the code, the category and the deadline.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from cases.access import SUPERVISOR, TRIAGE_OFFICER, visible_cases
from db import queue
from db.models import AgencyNotice, Case, Delivery, Staff

ASSIGNED = "assigned"
SUPPORTING = "supporting"
REOPENED = "reopened"
ADDED = "added"
RETURNED = "returned"
RECALLED = "recalled"

WORDS = {
    ASSIGNED: "Được giao vụ việc",
    SUPPORTING: "Được đề nghị phối hợp giải quyết vụ việc",
    REOPENED: "Người dân cho biết vụ việc chưa được giải quyết",
    ADDED: "Người dân bổ sung nội dung cho vụ việc",
    RETURNED: "Cơ quan được giao trả lại vụ việc",
    RECALLED: "Vụ việc được thu hồi, cơ quan không còn xử lý",
}

# Why a delivery ended without being sent.
REFUSED = "refused"  # The server or Telegram said that nobody can be reached there.
PAUSED = "paused"  # Not tried: the address was refused less than a day before.
UNCONFIGURED = "unconfigured"  # No mail server is set.

PAGE = 50


@dataclass(frozen=True)
class NoticeFacts:
    """When an agency was told something, and when somebody of it opened the case."""

    agency_id: str
    created_at: datetime
    read_at: datetime | None


@dataclass(frozen=True)
class Unread:
    """An agency that had notices in a time and opened none of them."""

    agency_id: str
    notices: int
    oldest_at: datetime


@dataclass(frozen=True)
class Trouble:
    """An address of an agency whose latest delivery failed. `why` is the delivery's failure."""

    agency_id: str
    channel: str
    address: str
    why: str
    failed_at: datetime


async def notify_agency(
    session: AsyncSession, case: Case, agency_id: str, kind: str, now: datetime
) -> AgencyNotice:
    """Put a notice in the agency's inbox, and queue the job that takes it to its addresses."""
    notice = AgencyNotice(case_id=case.id, agency_id=agency_id, kind=kind, created_at=now)
    session.add(notice)
    await session.flush()
    await queue.defer(session, queue.DELIVER_NOTICE, notice_id=notice.id)
    return notice


# --- the inbox


def inbox_agency(staff: Staff, triage_agency_id: str) -> str | None:
    """Whose inbox a person reads: their own agency's; who triages reads the triage desk's."""
    if staff.agency_id is not None:
        return staff.agency_id
    return triage_agency_id if {TRIAGE_OFFICER, SUPERVISOR} & set(staff.roles) else None


async def read_inbox(
    session: AsyncSession, staff: Staff, agency_id: str, before_id: int | None = None
) -> Sequence[AgencyNotice]:
    """A page of an agency's notices, newest first, each with its case; none of a case that this
    person may not see. `before_id` pages on (keyset)."""
    query = _inbox(staff, agency_id).options(joinedload(AgencyNotice.case))
    if before_id is not None:
        query = query.where(AgencyNotice.id < before_id)
    return (await session.scalars(query.order_by(AgencyNotice.id.desc()).limit(PAGE))).all()


async def count_unread(session: AsyncSession, staff: Staff, agency_id: str) -> int:
    """How many notices of the inbox nobody of the agency has opened."""
    unread = _inbox(staff, agency_id).where(AgencyNotice.read_at.is_(None)).subquery()
    return await session.scalar(select(func.count()).select_from(unread)) or 0


def _inbox(staff: Staff, agency_id: str) -> Select[AgencyNotice]:
    mine = AgencyNotice.agency_id == agency_id
    return select(AgencyNotice).join(Case).where(mine, visible_cases(staff))


async def mark_read(
    session: AsyncSession, case: Case, agency_id: str, staff: Staff, now: datetime
) -> None:
    """Somebody of the agency opened the case: its notices to the agency are read."""
    await session.execute(
        update(AgencyNotice)
        .where(
            AgencyNotice.case_id == case.id,
            AgencyNotice.agency_id == agency_id,
            AgencyNotice.read_at.is_(None),
        )
        .values(read_at=now, read_by=staff.id)
    )


# --- what somebody must look after


async def load_notices(session: AsyncSession, until: datetime) -> tuple[NoticeFacts, ...]:
    """The notices made until a moment, oldest first. Those of restricted cases count for nobody,
    nor do those of a case that was taken away: nobody there can open it."""
    rows = await session.execute(
        select(AgencyNotice.agency_id, AgencyNotice.created_at, AgencyNotice.read_at)
        .join(Case)
        .where(
            AgencyNotice.created_at <= until,
            AgencyNotice.kind != RECALLED,
            Case.restricted.is_(False),
        )
        .order_by(AgencyNotice.created_at, AgencyNotice.id)
    )
    return tuple(NoticeFacts(*row) for row in rows)


def unread_agencies(
    notices: Iterable[NoticeFacts], since: datetime, until: datetime
) -> tuple[Unread, ...]:
    """The agencies that had notices from `since` until before `until` and had opened none of them
    by then, the longest waiting first."""
    had: dict[str, list[NoticeFacts]] = {}
    for notice in notices:
        if since <= notice.created_at < until:
            had.setdefault(notice.agency_id, []).append(notice)
    unread = [
        Unread(agency_id, len(own), min(notice.created_at for notice in own))
        for agency_id, own in had.items()
        if not any(notice.read_at is not None and notice.read_at < until for notice in own)
    ]
    return tuple(sorted(unread, key=lambda one: (one.oldest_at, one.agency_id)))


async def troubled_addresses(session: AsyncSession) -> list[Trouble]:
    """The addresses whose latest delivery failed, newest first: staff correct them."""
    ended = func.coalesce(Delivery.sent_at, Delivery.failed_at)
    latest = (
        select(
            AgencyNotice.agency_id,
            Delivery.channel,
            Delivery.address,
            Delivery.failure,
            Delivery.failed_at,
        )
        .join(AgencyNotice, AgencyNotice.id == Delivery.notice_id)
        .where(ended.is_not(None))
        .distinct(AgencyNotice.agency_id, Delivery.channel, Delivery.address)
        .order_by(
            AgencyNotice.agency_id,
            Delivery.channel,
            Delivery.address,
            ended.desc(),
            Delivery.id.desc(),
        )
        .subquery()
    )
    failed = select(latest).where(latest.c.failed_at.is_not(None))
    rows = await session.execute(failed.order_by(latest.c.failed_at.desc()))
    return [Trouble(*row) for row in rows]
