"""Which cases another table would send elsewhere: both tables decide, so only the edit shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from routing.router import Decision, Matter, decide
from routing.tables import Agency, Pack, Responsibility

# A table edited for several days ahead is looked at on each of them, in order, up to this many.
_DAYS_LOOKED_AT = 8


@dataclass(frozen=True)
class Change:
    """One case that would go elsewhere. An agency is None where nobody could be told."""

    code: str
    before_agency: str | None
    after_agency: str | None
    before_rule: str
    after_rule: str
    is_triage_before: bool
    is_triage_after: bool


@dataclass(frozen=True)
class Preview:
    """The changes among `looked_at` cases, by the tables as they are `on` a day."""

    on: date
    looked_at: int
    changes: tuple[Change, ...]

    @property
    def moves(self) -> list[tuple[str | None, str | None, int]]:
        """How many go from which agency to which, the most first."""
        counts = Counter((one.before_agency, one.after_agency) for one in self.changes)
        return [(*way, count) for way, count in counts.most_common()]


def preview(old: Pack, new: Pack, on: date, matters: Mapping[str, Matter]) -> Preview:
    """What the new tables change, on the first day from `on` on which they change anything.

    An edit may take effect later: "today" would then show nothing.
    """
    for day in _days_of_edit(old, new, on):
        changes = tuple(_compare(old, new, day, matters.items()))
        if changes:
            return Preview(day, len(matters), changes)
    return Preview(on, len(matters), ())


def _compare(
    old: Pack, new: Pack, on: date, matters: Iterable[tuple[str, Matter]]
) -> Iterator[Change]:
    for code, matter in matters:
        before, after = decide(matter, old, on), decide(matter, new, on)
        if _holder(before) != _holder(after):
            yield Change(
                code,
                before.agency_id,
                after.agency_id,
                before.rule,
                after.rule,
                before.outcome != "dispatch",
                after.outcome != "dispatch",
            )


def _holder(decision: Decision) -> tuple[str, str | None]:
    return decision.outcome, decision.agency_id


def _days_of_edit(old: Pack, new: Pack, on: date) -> list[date]:
    """The day, and each later one on which a row that is not in both tables begins or ends."""
    days = {on}
    for row in _rows(old) ^ _rows(new):
        days.update(_days(row.valid_from, row.valid_to))
    return sorted(day for day in days if day >= on)[:_DAYS_LOOKED_AT]


def _rows(pack: Pack) -> set[Responsibility | Agency]:
    """A row's place in the file is no part of what it says: rows are compared by their words."""
    return {*(replace(row, line=0) for row in pack.responsibilities), *pack.agencies.values()}


def _days(first: date | None, last: date | None) -> set[date]:
    began = {first} if first is not None else set()
    return began | ({last + timedelta(days=1)} if last is not None else set())
