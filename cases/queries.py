"""What is read about cases, for the console and for the citizen."""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from cases.access import visible_cases
from cases.codes import read_code
from cases.lifecycle import DISPUTED, HELD_STATES, OPEN_STATES
from db.models import Case, Event, Message, Staff

PAGE = 50
_PASSED_ON = ("returned", "transferred", "disputed", "decided")


@dataclass(frozen=True)
class TransferCounts:
    """How one agency passed cases on in a time, each by its own event.

    `transferred`: triage officers or supervisors gave its case to another agency. `disputed`: a
    person had to decide about a case that it held last. `upheld`: they decided that it has it.
    """

    agency_id: str
    returned: int = 0
    transferred: int = 0
    disputed: int = 0
    upheld: int = 0


@dataclass(frozen=True)
class Workload:
    """The cases that wait for one agency now; `supporting`: those that others lead."""

    agency_id: str
    holding: int = 0
    overdue: int = 0
    supporting: int = 0


async def list_cases(
    session: AsyncSession,
    staff: Staff,
    state: str | None = None,
    words: str = "",
    before_id: int | None = None,
) -> list[Case]:
    """A page of what `staff` may see, work first: open cases by deadline, then the others.

    `words` are looked for with and without diacritics, or are a code. `before_id` pages
    through a filtered list by descending id (keyset).
    """
    query = select(Case).where(visible_cases(staff))
    if state:
        query = query.where(Case.state == state)
    if words.strip():
        query = _search(query, words.strip())
    if before_id is not None:
        query = query.where(Case.id < before_id)
    is_open = Case.state.in_(OPEN_STATES)
    order = (
        (Case.id.desc(),)
        if state or words or before_id is not None
        else (is_open.desc(), Case.due_at, Case.id.desc())
    )
    return list(await session.scalars(query.order_by(*order).limit(PAGE)))


def _search(query: Select[Case], words: str) -> Select[Case]:
    folded = func.lower(func.immutable_unaccent(Case.text))
    literal = re.sub(r"([\\%_])", r"\\\1", words)  # "50%" means a per cent sign.
    pattern = func.concat("%", func.lower(func.immutable_unaccent(literal)), "%")
    return query.where(or_(folded.like(pattern), Case.code == (read_code(words) or "")))


async def count_by_state(session: AsyncSession, staff: Staff) -> dict[str, int]:
    """How many visible cases stand in each state."""
    rows = await session.execute(
        select(Case.state, func.count()).where(visible_cases(staff)).group_by(Case.state)
    )
    return dict(rows.tuples().all())


async def load_history(session: AsyncSession, case: Case) -> Case:
    """The case with its events, messages (and who wrote them) and attachments at hand."""
    return (
        await session.scalars(
            select(Case)
            .where(Case.id == case.id)
            .options(
                selectinload(Case.events),
                selectinload(Case.messages).joinedload(Message.staff),
                selectinload(Case.attachments),
            )
            .execution_options(populate_existing=True)
        )
    ).one()


async def cases_of_citizen(session: AsyncSession, citizen_id: int, limit: int = 10) -> list[Case]:
    """The citizen's latest cases, newest first."""
    return list(
        await session.scalars(
            select(Case).where(Case.citizen_id == citizen_id).order_by(Case.id.desc()).limit(limit)
        )
    )


async def count_to_decide(session: AsyncSession, staff: Staff) -> int:
    """How many disputes are named to this person."""
    query = select(func.count()).where(Case.decider_id == staff.id, Case.state == DISPUTED)
    return await session.scalar(query) or 0


async def transfer_counts(
    session: AsyncSession, since: datetime, until: datetime
) -> list[TransferCounts]:
    """Who passed how much on, from `since` until before `until`, the most first.

    Restricted cases are left out: that an inspecting body got one is not for every reader.
    """
    giver, receiver = Event.data["from_agency"].astext, Event.data["agency"].astext
    rows = await session.execute(
        select(Event.name, giver, receiver, func.count())
        .join(Case, Case.id == Event.case_id)
        .where(
            Event.name.in_(_PASSED_ON),
            Event.happened_at >= since,
            Event.happened_at < until,
            Case.restricted.is_(False),
        )
        .group_by(Event.name, giver, receiver)
    )
    counts: dict[str, dict[str, int]] = {}
    for name, from_agency, agency, count in rows:
        for counted, agency_id in _credit(name, from_agency, agency):
            of_agency = counts.setdefault(agency_id, {})
            of_agency[counted] = of_agency.get(counted, 0) + count
    found = [TransferCounts(agency_id, **of_agency) for agency_id, of_agency in counts.items()]
    return sorted(found, key=lambda c: (-c.returned - c.transferred - c.disputed, c.agency_id))


def _credit(name: str, giver: str | None, receiver: str | None) -> list[tuple[str, str]]:
    """What an event counts as, and for whom. A supervisor's decision can take from a holder."""
    given = {"decided": "transferred"}.get(name, name)
    credited = [(given, giver)] if giver is not None else []
    if name == "decided" and receiver is not None:
        credited.append(("upheld", receiver))
    return credited


async def workloads(session: AsyncSession, now: datetime) -> list[Workload]:
    """What each agency holds and supports now; restricted cases are left out."""
    at_hand = [Case.state.in_(HELD_STATES), Case.restricted.is_(False)]
    held = await session.execute(
        select(Case.agency_id, func.count(), func.count().filter(Case.due_at < now))
        .where(*at_hand, Case.agency_id.is_not(None))
        .group_by(Case.agency_id)
    )
    supporter = func.unnest(Case.supporting).label("supporter")
    each = select(supporter).where(*at_hand).subquery()
    helped = await session.execute(
        select(each.c.supporter, func.count()).group_by(each.c.supporter)
    )
    holding = {str(agency_id): (count, overdue) for agency_id, count, overdue in held}
    supporting: dict[str, int] = dict(helped.tuples().all())
    return [
        Workload(agency_id, *holding.get(agency_id, (0, 0)), supporting.get(agency_id, 0))
        for agency_id in sorted(holding.keys() | supporting.keys())
    ]
