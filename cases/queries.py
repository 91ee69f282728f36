"""What is read about cases, for the console and for the citizen."""

import re

from sqlalchemy import Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from cases.access import visible_cases
from cases.codes import read_code
from cases.lifecycle import OPEN_STATES
from db.models import Case, Message, Staff

PAGE = 50


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
