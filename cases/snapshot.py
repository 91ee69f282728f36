"""What the weekly digest is built from: plain facts about cases, and no person's words.

The texts, addresses and codes of restricted cases never leave this module: of those there
is only a count.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.agency_notices import NoticeFacts, load_notices
from db.models import Case, Tally


@dataclass(frozen=True)
class CaseFacts:
    """One unrestricted case. Times are aware UTC; `state` is one of `cases.lifecycle`."""

    code: str
    category: str | None
    ward_code: str | None
    agency_id: str | None
    legal_type: str
    state: str
    filed_at: datetime
    due_at: datetime
    answered_at: datetime | None
    closed_at: datetime | None
    closed_by: str | None
    transfers: int
    reopenings: int
    paused_at: datetime | None = None  # The citizen's clock stands still since then.


@dataclass(frozen=True)
class Snapshot:
    """All cases as of a moment."""

    as_of: datetime
    cases: tuple[CaseFacts, ...]
    restricted_cases: int
    denunciations_redirected: int
    notices: tuple[NoticeFacts, ...] = ()  # What agencies were told.


async def take_snapshot(session: AsyncSession, as_of: datetime) -> Snapshot:
    """Every case filed until `as_of`, as it stands now."""
    columns = [getattr(Case, name) for name in CaseFacts.__dataclass_fields__]
    rows = await session.execute(
        select(*columns)
        .where(Case.filed_at <= as_of, Case.restricted.is_(False))
        .order_by(Case.filed_at, Case.code)
    )
    restricted = await session.scalar(
        select(func.count()).select_from(Case).where(Case.filed_at <= as_of, Case.restricted)
    )
    denunciations = await session.scalar(
        select(func.coalesce(func.sum(Tally.count), 0)).where(Tally.name == "denunciation")
    )
    return Snapshot(
        as_of=as_of,
        cases=tuple(CaseFacts(*row) for row in rows),
        restricted_cases=restricted or 0,
        denunciations_redirected=int(denunciations or 0),
        notices=await load_notices(session, as_of),
    )
