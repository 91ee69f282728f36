"""Citizens who do not react to an answer: reminded once, then their case is closed, counted apart.

Silence is no consent: such a case is never counted as settled, and the citizen can reopen it.
Whoever writes is not silent (`cases.lifecycle.add_to_case` begins the time anew).
"""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases import deadlines
from cases.events import SYSTEM, record
from cases.lifecycle import ANSWERED, BY_SILENCE, CLOSED, check_state, end, tell
from cases.notices import notify
from db.models import Case
from routing.tables import Pack

AT_ONCE = 200


async def remind_silent(session: AsyncSession, now: datetime, pack: Pack) -> int:
    """Ask once more those whose cases silence closes in a few days; how many they were."""
    ahead = timedelta(days=pack.limits.silence_reminder_days)
    query = (
        select(Case)
        .where(
            Case.state == ANSWERED,
            Case.reminded_at.is_(None),
            Case.stage_due_at <= now + ahead,
        )
        .order_by(Case.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    cases = list(await session.scalars(query))
    for case in cases:
        await _remind(session, case, now, pack)
    return len(cases)


async def _remind(session: AsyncSession, case: Case, now: datetime, pack: Pack) -> None:
    """After an outage the reminder comes late; then the closing waits until it had its days."""
    days = pack.limits.silence_reminder_days - 1  # The day of the reminder is one of them.
    closes_at = max(case.stage_due_at or now, deadlines.end_of_day(now, days, pack.office))
    case.reminded_at, case.stage_due_at = now, closes_at
    await record(session, case, "reminded", SYSTEM, now, closes_at=closes_at.isoformat())
    last_on = (closes_at - timedelta(seconds=1)).isoformat()
    await notify(session, case, "reminded", due_at=last_on)


async def close_silent(session: AsyncSession, now: datetime, pack: Pack) -> int:
    """Close the cases whose citizens were reminded and stayed silent; how many they were."""
    query = (
        select(Case)
        .where(Case.state == ANSWERED, Case.reminded_at.is_not(None), Case.stage_due_at <= now)
        .order_by(Case.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    cases = list(await session.scalars(query))
    for case in cases:
        await _close(session, case, now, pack)
    return len(cases)


async def _close(session: AsyncSession, case: Case, now: datetime, pack: Pack) -> None:
    check_state(case, "lapse")
    end(case, CLOSED, now)
    case.closed_by = BY_SILENCE
    await record(session, case, "closed_by_silence", SYSTEM, now)
    await tell(session, case, "lapse", days=pack.limits.silence_days)
