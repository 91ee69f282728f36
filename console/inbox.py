"""The inbox: what an agency was told of its cases, newest first."""

from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request, Response

from cases.agency_notices import PAGE, WORDS, read_inbox
from console.sessions import VisitHere
from console.site import LARGEST_ID, SiteHere

router = APIRouter(prefix="/hop-thu")


@router.get("")
async def show_inbox(
    request: Request,
    site: SiteHere,
    visit: VisitHere,
    before: Annotated[int | None, Query(alias="truoc", ge=1, le=LARGEST_ID)] = None,
) -> Response:
    """A notice counts as read when somebody of the agency opens its case."""
    if visit.inbox is None:
        raise HTTPException(404)
    async with site.database.in_transaction() as session:
        notices = await read_inbox(session, visit.staff, visit.inbox, before)
    return site.page(
        request,
        "inbox.html",
        notices=notices,
        words=WORDS,
        next_id=notices[-1].id if len(notices) == PAGE else None,
        is_first=before is None,
    )
