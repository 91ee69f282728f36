"""The citizen's clock: working days, Vietnamese holidays, the office's own time zone."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.deadlines import answer_due_at, due_at, is_working_day
from routing.tables import Pack

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def filed(day: str, at: str = "10:00") -> datetime:
    return datetime.combine(date.fromisoformat(day), time.fromisoformat(at), tzinfo=ZONE)


@pytest.mark.parametrize(
    ("day", "days", "due"),
    [
        ("2026-11-09", 1, "2026-11-10"),
        ("2026-11-09", 5, "2026-11-16"),  # Over a week-end.
        ("2026-11-13", 1, "2026-11-16"),  # Friday.
        ("2026-11-14", 1, "2026-11-16"),  # Saturday: the day of filing is not counted anyway.
        ("2026-11-15", 1, "2026-11-16"),  # Sunday.
        ("2026-11-23", 1, "2026-11-25"),  # 24 November 2026, Vietnam's Culture Day.
        ("2026-11-10", 10, "2026-11-25"),
        ("2026-09-01", 1, "2026-09-03"),  # National Day.
        ("2026-04-29", 1, "2026-05-04"),  # 30 April and 1 May, then a week-end.
        ("2026-12-31", 1, "2027-01-04"),  # New Year's Day is a Friday.
        ("2027-02-04", 1, "2027-02-11"),  # Tết: 5 to 10 February 2027, week-end between.
        ("2026-11-10", 0, "2026-11-10"),
    ],
)
def test_table(day: str, days: int, due: str) -> None:
    assert due_at(filed(day), days, ZONE) == filed(due, "17:00")


def test_the_day_of_filing_is_the_day_in_vietnam() -> None:
    late = datetime(2026, 11, 9, 17, 30, tzinfo=UTC)  # 00:30 on Tuesday in Hải Phòng.
    assert due_at(late, 1, ZONE) == filed("2026-11-11", "17:00")


@given(st.datetimes(datetime(2025, 7, 1), datetime(2029, 12, 1)), st.integers(0, 45))  # noqa: DTZ001
def test_as_a_slow_and_obvious_count(filed_at: datetime, days: int) -> None:
    due = due_at(filed_at.replace(tzinfo=ZONE), days, ZONE)
    first = filed_at.date() + timedelta(days=1)
    counted = [
        day
        for offset in range((due.date() - first).days + 1)
        if is_working_day(day := first + timedelta(days=offset))
    ]
    assert len(counted) == days
    assert due.time() == time(17)
    assert days == 0 or is_working_day(due.date())


@given(st.datetimes(datetime(2025, 7, 1), datetime(2029, 12, 1)), st.integers(1, 30))  # noqa: DTZ001
def test_more_days_and_later_filings_are_never_due_earlier(filed_at: datetime, days: int) -> None:
    now = filed_at.replace(tzinfo=ZONE)
    assert due_at(now, days, ZONE) < due_at(now, days + 1, ZONE)
    assert due_at(now, days, ZONE) <= due_at(now + timedelta(days=1), days, ZONE)


def test_a_category_has_the_packs_limit_and_an_unknown_one_the_longest(pack: Pack) -> None:
    now = filed("2026-11-10")
    assert answer_due_at("roads", pack, now) == filed("2026-11-25", "17:00")
    longest = max(answer_due_at(one, pack, now) for one in pack.categories)
    assert answer_due_at(None, pack, now) == answer_due_at("unheard_of", pack, now) == longest
