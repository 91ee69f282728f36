"""Two clocks, in the working time of the province's offices.

The citizen's runs from filing until the answer. It never begins anew, and stops only while an
agency waits for the citizen: then the deadline moves on by exactly the working time that passed.
The stage's begins with each state and says how long whoever is to act there may take.

Pure: pack and moments in, moments out.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays

from routing.tables import Office, Pack

_DAY = timedelta(days=1)
_ZERO = timedelta()


@cache
def _holidays(year: int) -> frozenset[date]:
    """Vietnam's public holidays of a year, substitute days included."""
    return frozenset(holidays.country_holidays("VN", years=year))


def is_working_day(day: date) -> bool:
    return day.weekday() < 5 and day not in _holidays(day.year)


def due_at(begun_at: datetime, working_days: int, office: Office) -> datetime:
    """Close of business of the last of `working_days` after the day on which it began (Bộ luật Dân
    sự 2015, Điều 147: the first day of an event is not counted)."""
    zone = ZoneInfo(office.timezone)
    day = begun_at.astimezone(zone).date()
    remaining = working_days
    while remaining > 0:
        day += _DAY
        remaining -= is_working_day(day)
    return datetime.combine(day, office.hours[-1][1], tzinfo=zone)


def working_time(begin: datetime, end: datetime, office: Office) -> timedelta:
    """How long offices worked between two moments; nothing where `end` is not after `begin`."""
    total = _ZERO
    if end <= begin:
        return total
    for opens, closes in _periods_from(begin, office):
        if opens >= end:
            return total
        total += min(closes, end) - max(opens, begin)
    raise AssertionError("working days do not end")


def add_working_time(begin: datetime, amount: timedelta, office: Office) -> datetime:
    """The first moment by which offices worked for `amount` since `begin`."""
    remaining = amount
    if remaining <= _ZERO:
        return begin
    for opens, closes in _periods_from(begin, office):
        first = max(opens, begin)
        if closes - first >= remaining:
            return (first + remaining).astimezone(ZoneInfo(office.timezone))
        remaining -= closes - first
    raise AssertionError("working days do not end")


def _periods_from(begin: datetime, office: Office) -> Iterator[tuple[datetime, datetime]]:
    """The periods of work that end after `begin`, in order, without end."""
    zone = ZoneInfo(office.timezone)
    day = begin.astimezone(zone).date()
    while True:
        if is_working_day(day):
            for opens, closes in office.hours:
                closing = _moment(day, closes, zone)
                if closing > begin:
                    yield _moment(day, opens, zone), closing
        day += _DAY


def _moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)


def length_of_days(working_days: int, office: Office) -> timedelta:
    """So many working days as working time."""
    of_day = (
        datetime.combine(date.min, closes) - datetime.combine(date.min, opens)
        for opens, closes in office.hours
    )
    return working_days * sum(of_day, _ZERO)


# --- the citizen's clock


def answer_due_at(category: str | None, pack: Pack, filed_at: datetime) -> datetime:
    """When a case of this category must be answered, by the pack's limits."""
    return due_at(filed_at, answer_days(category, pack), pack.office)


def answer_days(category: str | None, pack: Pack) -> int:
    """The limit of a category; the longest one for what has no category that the pack knows."""
    days = pack.limits.answer_days
    return days.get(category or "") or max(days.values())


def resumed_due_at(due: datetime, paused_at: datetime, now: datetime, pack: Pack) -> datetime:
    """The deadline after a pause: later by the working time of the pause, and by nothing else."""
    return add_working_time(due, working_time(paused_at, now, pack.office), pack.office)


def shared_due_at(due: datetime, category: str | None, pack: Pack) -> datetime:
    """The deadline once several agencies work on the case: the pack's limit for that in place of
    the category's, where it is the longer one."""
    more = pack.limits.several_agencies_days - answer_days(category, pack)
    return add_working_time(due, length_of_days(more, pack.office), pack.office)


def read_at(paused_at: datetime | None, now: datetime) -> datetime:
    """The moment at which the citizen's clock stands: one that is stopped shows when it stopped."""
    return now if paused_at is None else min(paused_at, now)


def is_due_soon(due: datetime, at: datetime, pack: Pack) -> bool:
    """Whether no more than the pack's `soon_days` is left at the moment `at`."""
    left = working_time(at, due, pack.office)
    return left <= length_of_days(pack.limits.soon_days, pack.office)


# --- silence


def silence_at(answered_at: datetime, pack: Pack) -> datetime:
    """When silence closes an answered case: the end of the last of the pack's calendar days after
    the day of the answer."""
    return end_of_day(answered_at, pack.limits.silence_days, pack.office)


def end_of_day(moment: datetime, days_later: int, office: Office) -> datetime:
    """The midnight that ends the office's calendar day, so many days after the moment's."""
    zone = ZoneInfo(office.timezone)
    last = moment.astimezone(zone).date() + timedelta(days=days_later)
    return datetime.combine(last + _DAY, time.min, tzinfo=zone)
