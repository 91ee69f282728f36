"""The citizen's clock: working days from filing. It never resets."""

from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays

from routing.tables import Pack

CLOSE_OF_BUSINESS = time(17, 0)


@cache
def _holidays(year: int) -> frozenset[date]:
    """Vietnam's public holidays of a year, substitute days included."""
    return frozenset(holidays.country_holidays("VN", years=year))


def is_working_day(day: date) -> bool:
    return day.weekday() < 5 and day not in _holidays(day.year)


def due_at(filed_at: datetime, working_days: int, timezone: ZoneInfo) -> datetime:
    """Close of business of the last of `working_days` after the day of filing (Bộ luật Dân sự
    2015, Điều 147: the first day of an event is not counted)."""
    day = filed_at.astimezone(timezone).date()
    remaining = working_days
    while remaining > 0:
        day += timedelta(days=1)
        remaining -= is_working_day(day)
    return datetime.combine(day, CLOSE_OF_BUSINESS, tzinfo=timezone)


def answer_due_at(category: str | None, pack: Pack, filed_at: datetime) -> datetime:
    """When a case of this category must be answered, by the pack's limits."""
    days = pack.limits.answer_days
    limit = days.get(category or "") or max(days.values())
    return due_at(filed_at, limit, ZoneInfo(pack.timezone))
