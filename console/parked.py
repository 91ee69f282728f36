"""What could not be read or sent: codes and kinds of failure, no words and no names."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from cases.access import CARETAKERS
from cases.parked import find_parked, parked_code, parked_updates, retry_update, unsent_replies
from console.sessions import Visit, VisitHere
from console.site import RowId, SiteHere

router = APIRouter(prefix="/tin-chua-doc")


def _caretaker(visit: VisitHere) -> Visit:
    if not CARETAKERS & set(visit.staff.roles):
        raise HTTPException(404)
    return visit


CaretakerHere = Annotated[Visit, Depends(_caretaker)]


@router.get("")
async def show_parked(request: Request, site: SiteHere, visit: CaretakerHere) -> Response:
    async with site.database.in_transaction() as session:
        updates = await parked_updates(session)
        unsent = await unsent_replies(session)
    return site.page(
        request,
        "parked.html",
        updates=[(parked_code(update.id), update) for update in updates],
        unsent=unsent,
        done=request.query_params.get("xong", ""),
    )


@router.post("/{inbox_id}/thu-lai")
async def try_again(site: SiteHere, visit: CaretakerHere, inbox_id: RowId) -> Response:
    async with site.database.in_transaction() as session:
        update = await find_parked(session, inbox_id)
        if update is None:
            raise HTTPException(404)
        await retry_update(session, update)
    return RedirectResponse("/tin-chua-doc?xong=thu-lai", 303)
