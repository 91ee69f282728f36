"""From a snapshot to the digest's figures and lists. Pure: the same snapshot, the same digest.

Counts of people's matters are not broken down below five (k-anonymity). Cases are listed by
code, category and ward only: no citizen's words, name or address is within reach here.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from cases.agency_notices import unread_agencies
from cases.deadlines import read_at
from cases.lifecycle import (
    ANSWERED,
    ASSIGNED,
    CLOSED,
    DISPUTED,
    NEEDS_TRIAGE,
    OPEN_STATES,
    REJECTED,
    REOPENED,
    STATE_NAMES,
    WITHDRAWN,
)
from cases.snapshot import CaseFacts, Snapshot
from digest.weeks import Week
from routing.tables import Pack

SMALLEST_SHOWN = 5
_INSTANT = timedelta(microseconds=1)
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Figures:
    """What happened in a week, and what stood open at its end."""

    filed: int
    answered: int
    settled: int  # Closed by the citizen's word.
    closed_by_silence: int  # Closed because the citizen did not react: never counted as settled.
    withdrawn: int
    rejected: int  # Not a matter for this system: the citizen was told where to go.
    unsettled: int  # Open or reopened, at the end.
    overdue: int  # Of the unsettled: past the citizen's deadline.
    reopened: int  # Of the unsettled: the citizen said that it was not settled.


@dataclass(frozen=True)
class Outcomes:
    """How one set of cases stands now. All but `total` and `on_time` are parts of `total`."""

    total: int
    on_time: int  # Answered by the deadline, whatever came after.
    settled: int
    closed_by_silence: int
    awaiting: int  # Answered; the citizen has not said anything yet.
    withdrawn: int
    rejected: int
    unsettled: int

    @property
    def answered(self) -> int:
        """With an answer that stands: settled, closed by silence, or waiting for the citizen."""
        return self.settled + self.closed_by_silence + self.awaiting


@dataclass(frozen=True)
class Breakdown:
    """The cases filed in the week by one trait. rows + merged + unknown = total.

    No row, and no merge unless it is all there is, stands for fewer than SMALLEST_SHOWN cases.
    """

    rows: tuple[tuple[str, int], ...]
    merged: int
    merges_larger: bool  # A larger group was merged too, so that the small ones stay hidden.
    unknown: int

    @property
    def total(self) -> int:
        return sum(count for _, count in self.rows) + self.merged + self.unknown


@dataclass(frozen=True)
class CaseLine:
    """One unsettled case. `days_overdue` counts begun calendar days; 0: not overdue."""

    code: str
    category: str | None
    ward: str | None
    days_overdue: int
    due_at: datetime
    state: str
    transfers: int
    reopenings: int


@dataclass(frozen=True)
class Backlog:
    """The unsettled cases of one agency, the longest overdue first."""

    agency: str
    lines: tuple[CaseLine, ...]

    @property
    def overdue(self) -> int:
        return sum(line.days_overdue > 0 for line in self.lines)

    @property
    def reopened(self) -> int:
        return sum(line.reopenings > 0 for line in self.lines)

    @property
    def longest_overdue(self) -> int:
        """Days; 0 when nothing is overdue."""
        return max((line.days_overdue for line in self.lines), default=0)


@dataclass(frozen=True)
class Unknown:
    """What nobody has determined yet, among the unsettled cases."""

    without_category: int
    without_ward: int


@dataclass(frozen=True)
class UnreadAgency:
    """An agency that opened none of the week's notices to it."""

    agency: str
    notices: int


@dataclass(frozen=True)
class Digest:
    """A week, as of a moment. Holds names of agencies, wards and categories; none of people."""

    week: Week
    as_of: datetime
    this_week: Figures
    week_before: Figures
    of_filed: Outcomes  # The cases filed in the week.
    of_answered: Outcomes  # The cases whose latest answer was given in the week.
    by_category: Breakdown
    by_ward: Breakdown
    backlogs: tuple[Backlog, ...]
    needs_triage: Backlog
    restricted_cases: int
    denunciations_redirected: int
    unknown: Unknown
    unread: tuple[UnreadAgency, ...]

    @property
    def is_whole_week(self) -> bool:
        return self.as_of == self.week.ends_at


def build(snapshot: Snapshot, week: Week, pack: Pack) -> Digest:
    """The digest of `week` as of its end, or as of the snapshot where the week is not over.

    Cases stand as they stood at that moment, as far as a snapshot of the present can tell: see
    `state_at`. Raises ValueError when the snapshot was taken before the week began.
    """
    if snapshot.as_of < week.starts_at:
        raise ValueError(f"week {week} begins at {week.starts_at}, after {snapshot.as_of}")
    before = min(week.ends_at, snapshot.as_of + _INSTANT)
    filed = [case for case in snapshot.cases if week.starts_at <= case.filed_at < before]
    answered = [case for case in snapshot.cases if _in(week, before, case.answered_at)]
    open_lines = _open_lines(snapshot.cases, before, pack)
    lines = [line for _, line in open_lines]
    return Digest(
        week=week,
        as_of=min(week.ends_at, snapshot.as_of),
        this_week=_count(snapshot.cases, week, before),
        week_before=_count(snapshot.cases, week.previous(), week.starts_at),
        of_filed=_follow(filed, before),
        of_answered=_follow(answered, before),
        by_category=_break_down(filed, lambda case: case.category, pack.categories),
        by_ward=_break_down(filed, lambda case: case.ward_code, pack.wards),
        backlogs=_group_by_agency(open_lines, pack),
        needs_triage=Backlog(
            "Chờ phân loại", _by_urgency(line for line in lines if line.state == NEEDS_TRIAGE)
        ),
        restricted_cases=snapshot.restricted_cases,
        denunciations_redirected=snapshot.denunciations_redirected,
        unknown=Unknown(
            without_category=sum(line.category is None for line in lines),
            without_ward=sum(line.ward is None for line in lines),
        ),
        unread=tuple(
            UnreadAgency(_name(pack.agencies, one.agency_id), one.notices)
            for one in unread_agencies(snapshot.notices, week.starts_at, before)
        ),
    )


def state_at(case: CaseFacts, before: datetime) -> str:
    """The state of a case filed before `before`, just before that moment.

    Answers and closings that came later are undone. A snapshot does not say when a case was
    reopened or transferred, nor that it was answered twice: there its present state is taken.
    """
    closed_later = case.closed_at is not None and case.closed_at >= before
    answered_later = case.answered_at is not None and case.answered_at >= before
    if answered_later or (closed_later and case.answered_at is None):
        return NEEDS_TRIAGE if case.agency_id is None else ASSIGNED
    if closed_later:
        return REOPENED if case.state in (WITHDRAWN, REJECTED) else ANSWERED
    return case.state


def _count(cases: Sequence[CaseFacts], week: Week, before: datetime) -> Figures:
    """The figures of `week`, counting only what happened before `before`."""
    closed = [case for case in cases if _in(week, before, case.closed_at)]
    ended = [case.closed_by for case in closed if case.state == CLOSED]
    open_cases = [case for case in cases if _is_open(case, before)]
    return Figures(
        filed=sum(_in(week, before, case.filed_at) for case in cases),
        answered=sum(_in(week, before, case.answered_at) for case in cases),
        settled=ended.count("citizen"),
        closed_by_silence=len(ended) - ended.count("citizen"),
        withdrawn=sum(case.state == WITHDRAWN for case in closed),
        rejected=sum(case.state == REJECTED for case in closed),
        unsettled=len(open_cases),
        overdue=sum(_days_overdue(case, before) > 0 for case in open_cases),
        reopened=sum(case.reopenings > 0 for case in open_cases),
    )


def _in(week: Week, before: datetime, moment: datetime | None) -> bool:
    return moment is not None and week.starts_at <= moment < min(week.ends_at, before)


def _is_open(case: CaseFacts, before: datetime) -> bool:
    return case.filed_at < before and state_at(case, before) in OPEN_STATES


def _days_overdue(case: CaseFacts, before: datetime) -> int:
    """Begun calendar days from the deadline to the last instant before `before`, or to when the
    clock was stopped to wait for the citizen."""
    last = read_at(case.paused_at, before - _INSTANT)
    return max(0, math.ceil((last - case.due_at) / _DAY))


def _follow(cases: Sequence[CaseFacts], before: datetime) -> Outcomes:
    states = [(state_at(case, before), case) for case in cases]
    settled = sum(state == CLOSED and case.closed_by == "citizen" for state, case in states)
    counted = Counter(state for state, _ in states)
    return Outcomes(
        total=len(cases),
        on_time=sum(
            case.answered_at is not None
            and case.answered_at < before
            and case.answered_at <= case.due_at
            for case in cases
        ),
        settled=settled,
        closed_by_silence=counted[CLOSED] - settled,
        awaiting=counted[ANSWERED],
        withdrawn=counted[WITHDRAWN],
        rejected=counted[REJECTED],
        unsettled=sum(counted[state] for state in OPEN_STATES),
    )


class _Named(Protocol):
    @property
    def name(self) -> str: ...


def _name(names: Mapping[str, _Named], code: str) -> str:
    """A code that the pack does not know is shown as such: hiding the case would be worse."""
    return names[code].name if code in names else f"{code} (không có trong danh mục)"


def _break_down(
    cases: Sequence[CaseFacts],
    trait: Callable[[CaseFacts], str | None],
    names: Mapping[str, _Named],
) -> Breakdown:
    counts = Counter(trait(case) for case in cases)
    unknown = counts.pop(None, 0)
    groups = [(_name(names, code), count) for code, count in counts.items() if code is not None]
    groups.sort(key=lambda group: (-group[1], group[0]))
    shown = [group for group in groups if group[1] >= SMALLEST_SHOWN]
    merged = sum(count for _, count in groups) - sum(count for _, count in shown)
    # Small groups that are few even together would be given away by their sum: hide them
    # behind the smallest of the larger ones.
    merges_larger = 0 < merged < SMALLEST_SHOWN and bool(shown)
    if merges_larger:
        merged += shown.pop()[1]
    return Breakdown(tuple(shown), merged, merges_larger, unknown)


def _open_lines(
    cases: Iterable[CaseFacts], before: datetime, pack: Pack
) -> list[tuple[CaseFacts, CaseLine]]:
    return [(case, _line(case, before, pack)) for case in cases if _is_open(case, before)]


def _line(case: CaseFacts, before: datetime, pack: Pack) -> CaseLine:
    return CaseLine(
        code=case.code,
        category=None if case.category is None else _name(pack.categories, case.category),
        ward=None if case.ward_code is None else _name(pack.wards, case.ward_code),
        days_overdue=_days_overdue(case, before),
        due_at=case.due_at,
        state=state_at(case, before),
        transfers=case.transfers,
        reopenings=case.reopenings,
    )


def _group_by_agency(
    open_lines: Iterable[tuple[CaseFacts, CaseLine]], pack: Pack
) -> tuple[Backlog, ...]:
    """By agency, the one with most overdue cases first. What waits for triage is apart."""
    grouped: dict[str, list[CaseLine]] = {}
    for case, line in open_lines:
        if line.state != NEEDS_TRIAGE:
            grouped.setdefault(_holder(case, line, pack), []).append(line)
    backlogs = [Backlog(holder, _by_urgency(lines)) for holder, lines in grouped.items()]
    return tuple(sorted(backlogs, key=lambda b: (-b.overdue, -len(b.lines), b.agency)))


def _holder(case: CaseFacts, line: CaseLine, pack: Pack) -> str:
    """At whose door the case lies. While agencies differ, at that of the person who decides."""
    if line.state == DISPUTED:
        return STATE_NAMES[DISPUTED]
    return "Chưa rõ cơ quan" if case.agency_id is None else _name(pack.agencies, case.agency_id)


def _by_urgency(lines: Iterable[CaseLine]) -> tuple[CaseLine, ...]:
    return tuple(sorted(lines, key=lambda line: (line.due_at, line.code)))
