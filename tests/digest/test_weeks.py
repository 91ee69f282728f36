from datetime import UTC, date, datetime

import pytest

from digest.weeks import Week

ZONE = "Asia/Ho_Chi_Minh"


def test_a_week_runs_from_monday_midnight_to_the_next_in_the_provinces_time() -> None:
    week = Week.parse("2026-W48", ZONE)
    assert week.starts_at == datetime(2026, 11, 22, 17, tzinfo=UTC)
    assert week.ends_at == datetime(2026, 11, 29, 17, tzinfo=UTC)
    assert (week.first_on, week.last_on) == (date(2026, 11, 23), date(2026, 11, 29))
    assert week.starts_at.tzinfo is UTC


@pytest.mark.parametrize("written", ["2026-W01", "2026-W48", "2026-W53"])
def test_a_week_is_written_as_it_was_read(written: str) -> None:
    assert str(Week.parse(written, ZONE)) == written


@pytest.mark.parametrize(
    ("written", "before"),
    [("2026-W48", "2026-W47"), ("2027-W01", "2026-W53"), ("2026-W01", "2025-W52")],
)
def test_the_week_before_crosses_the_year(written: str, before: str) -> None:
    week = Week.parse(written, ZONE)
    assert str(week.previous()) == before
    assert week.previous().ends_at == week.starts_at


@pytest.mark.parametrize(
    "written",
    [
        "",
        "2026",
        "2026-48",
        "2026-W8",
        "2026-w48",
        "2026-W00",
        "2025-W53",
        "2026-W48\n",
        "2026-W٤٨",
    ],
)
def test_what_is_no_week_is_refused_in_one_line(written: str) -> None:
    with pytest.raises(ValueError, match="is not a week") as refused:
        Week.parse(written, ZONE)
    assert "\n" not in str(refused.value)


def test_a_moment_belongs_to_the_week_on_the_provinces_clocks() -> None:
    sunday_evening_in_utc = datetime(2026, 11, 22, 17, 30, tzinfo=UTC)
    assert str(Week.containing(sunday_evening_in_utc, ZONE)) == "2026-W48"
    assert str(Week.containing(sunday_evening_in_utc, "UTC")) == "2026-W47"
