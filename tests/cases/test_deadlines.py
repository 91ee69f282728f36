"""The citizen's clock: working days, Vietnamese holidays, the office's own time zone."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.deadlines import (
    add_working_time,
    answer_due_at,
    due_at,
    is_due_soon,
    is_working_day,
    length_of_days,
    read_at,
    resumed_due_at,
    shared_due_at,
    silence_at,
    working_time,
)
from routing.tables import Office, Pack

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
OFFICE = Office(ZONE.key, ((time(7, 30), time(11, 30)), (time(13, 30), time(17))))
MINUTE = timedelta(minutes=1)
# Weeks with Tết, with a substitute day and with none; minutes, so that a walk can be exact.
MOMENTS = st.one_of(
    *(
        st.datetimes(datetime(*first), datetime(*last))  # noqa: DTZ001
        for first, last in (
            ((2027, 1, 30), (2027, 2, 14)),
            ((2026, 11, 18), (2026, 11, 29)),
            ((2026, 4, 24), (2026, 5, 6)),
        )
    )
).map(lambda at: at.replace(second=0, microsecond=0, tzinfo=ZONE))


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
    assert due_at(filed(day), days, OFFICE) == filed(due, "17:00")


def test_the_day_of_filing_is_the_day_in_vietnam() -> None:
    late = datetime(2026, 11, 9, 17, 30, tzinfo=UTC)  # 00:30 on Tuesday in Hải Phòng.
    assert due_at(late, 1, OFFICE) == filed("2026-11-11", "17:00")


@given(st.datetimes(datetime(2025, 7, 1), datetime(2029, 12, 1)), st.integers(0, 45))  # noqa: DTZ001
def test_as_a_slow_and_obvious_count(filed_at: datetime, days: int) -> None:
    due = due_at(filed_at.replace(tzinfo=ZONE), days, OFFICE)
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
    assert due_at(now, days, OFFICE) < due_at(now, days + 1, OFFICE)
    assert due_at(now, days, OFFICE) <= due_at(now + timedelta(days=1), days, OFFICE)


def test_a_category_has_the_packs_limit_and_an_unknown_one_the_longest(pack: Pack) -> None:
    now = filed("2026-11-10")
    assert answer_due_at("roads", pack, now) == filed("2026-11-25", "17:00")
    longest = max(answer_due_at(one, pack, now) for one in pack.categories)
    assert answer_due_at(None, pack, now) == answer_due_at("unheard_of", pack, now) == longest


def works(at: datetime) -> bool:
    """Whether the minute that begins at a moment is one in which offices work."""
    clock = at.astimezone(ZONE).time()
    in_hours = time(7, 30) <= clock < time(11, 30) or time(13, 30) <= clock < time(17)
    return in_hours and is_working_day(at.astimezone(ZONE).date())


@given(MOMENTS, st.integers(0, 9 * 24 * 60))
def test_working_time_is_what_a_walk_minute_by_minute_counts(begin: datetime, minutes: int) -> None:
    walked = sum(works(begin + number * MINUTE) for number in range(minutes))
    assert working_time(begin, begin + minutes * MINUTE, OFFICE) == walked * MINUTE


@given(MOMENTS, st.integers(1, 1500))
def test_working_time_is_added_as_by_a_walk_minute_by_minute(begin: datetime, minutes: int) -> None:
    at, remaining = begin, minutes
    while remaining:
        remaining -= works(at)
        at += MINUTE
    assert add_working_time(begin, minutes * MINUTE, OFFICE) == at


@given(
    st.datetimes(datetime(2025, 7, 1), datetime(2029, 1, 1)),  # noqa: DTZ001
    st.timedeltas(timedelta(), timedelta(days=30)),
    st.timedeltas(timedelta(), timedelta(days=30)),
)
def test_working_time_adds_up_and_is_undone_to_the_microsecond(
    moment: datetime, one: timedelta, other: timedelta
) -> None:
    begin = moment.replace(tzinfo=ZONE)
    middle, end = begin + one, begin + one + other
    parts = working_time(begin, middle, OFFICE) + working_time(middle, end, OFFICE)
    assert working_time(begin, end, OFFICE) == parts
    assert working_time(begin, add_working_time(begin, parts, OFFICE), OFFICE) == parts
    assert working_time(end, begin, OFFICE) == timedelta()


@given(MOMENTS, st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 3000)), max_size=4))
def test_pauses_leave_the_citizens_clock_as_much_time_as_it_had(
    pack: Pack, filed_at: datetime, turns: list[tuple[int, int]]
) -> None:
    """The working time that is not a pause, from filing to the deadline, is the same after any
    pauses; a walk counts it."""
    due = first_due = answer_due_at("roads", pack, filed_at)
    at, pauses = filed_at, []
    for ran, paused in turns:
        begun, at = at + ran * MINUTE, at + (ran + paused) * MINUTE
        pauses.append((begun, at))
        due = resumed_due_at(due, begun, at, pack)
    stopped = sum(
        (works(begun + number * MINUTE) for begun, ended in pauses
         for number in range(int((ended - begun) / MINUTE))),
    )  # fmt: skip
    allowed = working_time(filed_at, first_due, OFFICE)
    assert working_time(filed_at, due, OFFICE) - stopped * MINUTE == allowed


def test_a_pause_moves_the_deadline_by_its_working_time_only(pack: Pack) -> None:
    due = filed("2026-11-25", "17:00")
    friday, monday = filed("2026-11-13", "16:00"), filed("2026-11-16", "08:00")
    assert resumed_due_at(due, friday, monday, pack) == filed("2026-11-26", "09:00")
    assert resumed_due_at(due, filed("2026-11-14"), filed("2026-11-15"), pack) == due


def test_several_agencies_have_the_longer_limit_from_the_same_day(pack: Pack) -> None:
    filed_at = filed("2026-11-10")
    due = answer_due_at("roads", pack, filed_at)
    assert shared_due_at(due, "roads", pack) == due_at(filed_at, 15, OFFICE)


def test_a_stopped_clock_shows_when_it_stopped() -> None:
    now, before, after = filed("2026-11-10"), filed("2026-11-09"), filed("2026-11-11")
    assert (read_at(None, now), read_at(before, now), read_at(after, now)) == (now, before, now)


def test_due_soon_is_two_working_days(pack: Pack) -> None:
    due = filed("2026-11-16", "17:00")
    assert length_of_days(2, OFFICE) == timedelta(hours=15)
    assert not is_due_soon(due, filed("2026-11-12", "16:59"), pack)
    assert is_due_soon(due, filed("2026-11-12", "17:00"), pack)


def test_silence_closes_at_the_end_of_the_fifteenth_day(pack: Pack) -> None:
    assert silence_at(filed("2026-11-10", "23:59"), pack) == filed("2026-11-26", "00:00")
    assert silence_at(filed("2026-11-11", "00:01"), pack) == filed("2026-11-27", "00:00")
