"""What responsibilities.csv says about a category: its row, and the agency that the row names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from routing.conditions import WARD_KIND, Circumstances, Held
from routing.tables import Agency, Pack, Responsibility, current_agency

Lack = Literal["", "row", "place", "agency"]


@dataclass(frozen=True)
class Assignment:
    """The row for a category and whoever it names on the day, or what is `lacking` to tell."""

    row: Responsibility | None
    agency: Agency | None
    held: tuple[Held, ...]
    lacking: Lack = ""

    def hangs_on_ward(self, pack: Pack) -> bool:
        """Whether another ward might have led to another agency."""
        if self.row is None or self.row.level == "ward":
            return True
        return any(pack.vocabulary.group_of[one] == WARD_KIND for one in self.row.conditions)

    @property
    def is_by_default(self) -> bool:
        """Whether a condition holds only because the text has no word for another."""
        return any(one.is_default for one in self.held)


def assigned(
    category: str, ward_code: str | None, circumstances: Circumstances, pack: Pack, on: date
) -> Assignment:
    """What the table says on a day. Rows that hang on an unknown ward are told apart no further
    than they need: where all that may fit name one body, it is the one."""
    rows = [row for row in pack.rows_of.get(category, ()) if row.is_valid(on)]
    group_of = pack.vocabulary.group_of
    groups = dict.fromkeys(group_of[one] for row in rows for one in row.conditions)
    known = {group: circumstances.holding(group) for group in groups}
    held = tuple(one for one in known.values() if one is not None)
    conditions = {one.condition for one in held}
    open_ = {one for one, group in group_of.items() if group in groups and known[group] is None}
    fitting = [row for row in rows if row.fits(conditions | open_)]
    if not fitting:
        return Assignment(None, None, held, "row")
    row = fitting[0]
    if (row.level == "ward" and ward_code is None) or not _name_one_body(fitting):
        return Assignment(row, None, held, "place")
    agency = current_agency(pack, agency_id_of(row, ward_code, pack), on)
    return Assignment(row, agency, held, "" if agency else "agency")


def agency_id_of(row: Responsibility, ward_code: str | None, pack: Pack) -> str:
    """The agency that a row names; a ward row names a role, which the ward fills."""
    return pack.policy.roles[row.agency] + (ward_code or "") if row.level == "ward" else row.agency


def _name_one_body(rows: Iterable[Responsibility]) -> bool:
    return len({(row.level, row.agency) for row in rows}) == 1


def free(
    agency_ids: Iterable[str], barred: frozenset[str], pack: Pack, on: date
) -> Iterator[Agency]:
    """Those of the agencies, or their successors, that are in force and not complained about."""
    for agency_id in agency_ids:
        agency = current_agency(pack, agency_id, on)
        if agency is not None and agency.agency_id not in barred:
            yield agency


def above(agency_id: str, barred: frozenset[str], pack: Pack, on: date) -> Agency | None:
    """The nearest body above that is not complained about, else the first oversight body."""
    bodies = (*chain_above(agency_id, pack), *pack.policy.oversight)
    return next(free(bodies, barred, pack, on), None)


def chain_above(agency_id: str, pack: Pack) -> tuple[str, ...]:
    """The bodies above an agency, the nearest first."""
    chain: list[str] = []
    parent = pack.agencies[agency_id].parent_id
    while parent is not None:
        chain.append(parent)
        parent = pack.agencies[parent].parent_id
    return tuple(chain)
