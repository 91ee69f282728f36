"""Cases that may be about the same thing: the citizen's own, and those of others nearby.

A suggestion only: the citizen says whether it is the same. Texts are compared by their trigrams
without diacritics (`pg_trgm`), within one ward, one category and a time.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Float, func, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncSession

from cases.lifecycle import OPEN_STATES
from db.models import Case

# Set between pairs of texts about one thing and pairs about two (tests/cases/test_similar.py); what
# is written in quite other words is not found.
ALIKE = 0.42
OWN_DAYS, HOTSPOT_DAYS = timedelta(days=30), timedelta(days=14)
# So many other people make it a known matter.
HOTSPOT_PEOPLE = 2


@dataclass(frozen=True)
class Related:
    """`own` is the code of the citizen's own open case; `hotspot` that of the first case of others,
    which `people` reported."""

    own: str | None = None
    hotspot: str | None = None
    people: int = 0


async def related_cases(
    session: AsyncSession,
    citizen_id: int,
    text: str,
    category: str,
    ward_code: str,
    now: datetime,
) -> Related:
    """What a new case may belong to. What only an inspecting body reads is never compared."""
    same = (
        Case.ward_code == ward_code,
        Case.category == category,
        Case.state.in_(OPEN_STATES),
        Case.restricted.is_(False),
    )
    alike = _likeness(text)
    own = await session.scalar(
        select(Case.code)
        .where(
            *same, Case.citizen_id == citizen_id, Case.filed_at >= now - OWN_DAYS, alike >= ALIKE
        )
        .order_by(alike.desc(), Case.id)
        .limit(1)
    )
    if own is not None:
        return Related(own=own)
    recent = Case.filed_at >= now - HOTSPOT_DAYS
    others = (
        select(Case.id, Case.citizen_id, func.coalesce(Case.joins_id, Case.id).label("first"))
        .where(*same, recent, Case.citizen_id != citizen_id, alike >= ALIKE)
        .subquery()
    )
    first, people = (
        await session.execute(
            select(func.min(others.c.first), func.count(others.c.citizen_id.distinct()))
        )
    ).one()
    if people < HOTSPOT_PEOPLE:
        return Related()
    code = await session.scalar(select(Case.code).where(Case.id == first))
    return Related(hotspot=code, people=people)


def _likeness(text: str) -> ColumnElement[float]:
    """How alike a case's words are to `text`, 0..1."""
    stored = func.lower(func.immutable_unaccent(Case.text))
    return type_coerce(func.similarity(stored, func.lower(func.immutable_unaccent(text))), Float)


async def people_of(session: AsyncSession, case: Case) -> int:
    """How many people the hotspot counts that this case belongs to; 1 where it is alone."""
    first = case.joins_id or case.id
    together = func.coalesce(Case.joins_id, Case.id) == first
    query = select(func.count(Case.citizen_id.distinct())).where(together)
    return max(1, await session.scalar(query) or 0)


async def count_recent(session: AsyncSession, case: Case, since: datetime) -> int:
    """How many cases the sender of this one has filed since then."""
    if case.citizen_id is None:
        return 0
    mine = Case.citizen_id == case.citizen_id, Case.filed_at >= since
    return await session.scalar(select(func.count()).select_from(Case).where(*mine)) or 0
