"""The agencies' page: who holds what, and who passes how much on."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request, Response

from cases.access import ADMINISTRATOR, LEADER, SUPERVISOR, TRIAGE_OFFICER
from cases.agency_notices import load_notices, troubled_addresses, unread_agencies
from cases.answering import sent_back_counts
from cases.queries import TransferCounts, Workload, transfer_counts, workloads
from console.sessions import VisitHere
from console.site import SiteHere

WEEK = timedelta(days=7)
READERS = {SUPERVISOR, LEADER, TRIAGE_OFFICER, ADMINISTRATOR}
PERIODS = (7, 30, 90, 365)  # Days back from now.

router = APIRouter(prefix="/co-quan")


@dataclass(frozen=True)
class AgencyLine:
    """One agency of the table: what waits for it now, and what it passed on in the period."""

    work: Workload
    counts: TransferCounts
    sent_back: int  # Answers that said too little.


@router.get("")
async def show_agencies(
    request: Request,
    site: SiteHere,
    visit: VisitHere,
    days: Annotated[int, Query(alias="ngay")] = 30,
) -> Response:
    if days not in PERIODS or not READERS & set(visit.staff.roles):
        raise HTTPException(404)
    now = site.clock()
    async with site.database.in_transaction() as session:
        work = await workloads(session, now)
        counts = await transfer_counts(session, now - timedelta(days=days), now)
        sent_back = await sent_back_counts(session, now - timedelta(days=days), now)
        unread = unread_agencies(await load_notices(session, now), now - WEEK, now)
        troubles = await troubled_addresses(session)
    lines = _join(work, counts, sent_back)
    return site.page(
        request,
        "agencies.html",
        lines=lines,
        days=days,
        periods=PERIODS,
        unread=unread,
        troubles=troubles,
    )


def _join(
    work: list[Workload], counts: list[TransferCounts], sent_back: dict[str, int]
) -> list[AgencyLine]:
    """Who passes on most comes first, then who has most overdue."""
    at_hand = {one.agency_id: one for one in work}
    passed = {one.agency_id: one for one in counts}
    lines = [
        AgencyLine(
            at_hand.get(agency_id, Workload(agency_id)),
            passed.get(agency_id, TransferCounts(agency_id)),
            sent_back.get(agency_id, 0),
        )
        for agency_id in at_hand.keys() | passed.keys() | sent_back.keys()
    ]
    return sorted(lines, key=_by_concern)


def _by_concern(line: AgencyLine) -> tuple[int, int, int, str]:
    counts, work = line.counts, line.work
    passed_on = counts.returned + counts.transferred + counts.disputed
    return (-passed_on, -work.overdue, -work.holding, work.agency_id)
