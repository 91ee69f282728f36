"""The ISO week that a digest covers, in the province's own time."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_WRITTEN = re.compile(r"(20[0-9]{2})-W([0-9]{2})")


@dataclass(frozen=True)
class Week:
    """An ISO 8601 week: Monday 00:00 until the next Monday 00:00 in `timezone` (an IANA name)."""

    year: int
    number: int
    timezone: str

    @classmethod
    def parse(cls, written: str, timezone: str) -> "Week":
        """Read "2026-W48". Raises ValueError, in one line for operators, for anything else."""
        match = _WRITTEN.fullmatch(written)
        if match is None:
            raise ValueError(f"{written!r} is not a week: write it as 2026-W48")
        year, number = int(match[1]), int(match[2])
        try:
            date.fromisocalendar(year, number, 1)
        except ValueError:
            raise ValueError(f"{written!r} is not a week: {year} has no week {number}") from None
        return cls(year, number, timezone)

    @classmethod
    def containing(cls, moment: datetime, timezone: str) -> "Week":
        """The week in which an aware `moment` falls."""
        year, number, _ = moment.astimezone(ZoneInfo(timezone)).isocalendar()
        return cls(year, number, timezone)

    def __str__(self) -> str:
        return f"{self.year}-W{self.number:02d}"

    @property
    def first_on(self) -> date:
        """Its Monday."""
        return date.fromisocalendar(self.year, self.number, 1)

    @property
    def last_on(self) -> date:
        """Its Sunday."""
        return self.first_on + timedelta(days=6)

    @property
    def starts_at(self) -> datetime:
        """Monday 00:00 local time, as aware UTC."""
        return self._midnight(self.first_on)

    @property
    def ends_at(self) -> datetime:
        """The next Monday 00:00 local time, as aware UTC: the first moment that is not in it."""
        return self._midnight(self.first_on + timedelta(days=7))

    def previous(self) -> "Week":
        year, number, _ = (self.first_on - timedelta(days=7)).isocalendar()
        return Week(year, number, self.timezone)

    def local(self, moment: datetime) -> datetime:
        """The same moment on the clocks of the province."""
        return moment.astimezone(ZoneInfo(self.timezone))

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time.min, tzinfo=ZoneInfo(self.timezone)).astimezone(UTC)
