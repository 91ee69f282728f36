"""What a pack must also hold, beyond being readable: one decision for whatever may come.

`langnghe tables check` shows what is found here, and a table that fails it cannot be saved.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from itertools import product
from pathlib import Path
from zoneinfo import ZoneInfo

from routing.decision import Decision, Matter
from routing.reading import PackError, Problems
from routing.router import decide
from routing.tables import LEGAL_TYPES, Agency, Pack, Responsibility, current_agency, load_pack
from routing.text import spelling

_ONE_DAY = timedelta(days=1)
# Enough to catch a slip; whether the address exists, only a delivery tells.
_EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\".]+")
# A group's number (negative) or its public name: https://core.telegram.org/bots/api#sendmessage
_TELEGRAM_GROUP = re.compile(r"-\d+|@[A-Za-z]\w{4,31}", re.ASCII)


def check_pack(
    path: Path, on: date | None = None, edited: Mapping[str, str] | None = None
) -> list[str]:
    """Every problem as "file:row: rule"; an empty list when the pack is sound.

    Beyond what `load_pack` refuses: every category has, for every ward and legal type, exactly one
    decision and somebody in force to hold it, `on` a day (today by default) and on every date on
    which a row changes; and each agency can be reached and told from the others.
    """
    try:
        pack = load_pack(path, edited)
    except PackError as error:
        return error.problems
    return find_problems(pack, on or datetime.now(ZoneInfo(pack.timezone)).date())


def load_sound_pack(path: Path, edited: Mapping[str, str], now: datetime) -> Pack:
    """A pack that passes every check at an aware moment. Raises PackError with every problem."""
    pack = load_pack(path, edited)
    problems = find_problems(pack, pack.local_day(now))
    if problems:
        raise PackError(problems)
    return pack


def find_problems(pack: Pack, on: date) -> list[str]:
    """What is wrong with a readable pack, on a day and on every date of change."""
    problems = Problems()
    _check_agencies(pack, problems)
    _check_names(pack, problems)
    for day in days_of_change(pack, on):
        for category in sorted(pack.categories):
            _check_coverage(pack, category, day, problems)
        _check_decisions(pack, day, problems, wards=_like_wards(pack, day))
    _check_decisions(pack, on, problems, wards=(None, *pack.wards))
    return list(dict.fromkeys(problems.found))


def days_of_change(pack: Pack, on: date) -> list[date]:
    """The day itself and every day on which a row begins or has just ended, in order."""
    days = {on}
    rows: list[Responsibility | Agency] = [*pack.responsibilities, *pack.agencies.values()]
    for row in rows:
        if row.valid_from is not None:
            days.add(row.valid_from)
        if row.valid_to is not None:
            days.add(row.valid_to + _ONE_DAY)
    first = min((row.valid_from for row in pack.responsibilities), default=on)
    return sorted(day for day in days if day >= first)


# --- agencies


def _check_agencies(pack: Pack, problems: Problems) -> None:
    for agency in pack.agencies.values():
        where = f"agencies.csv:{agency.agency_id}"
        for rule in _faults_of(agency, pack):
            problems.note(where, rule)


def _faults_of(agency: Agency, pack: Pack) -> Iterator[str]:
    first, last = agency.valid_from, agency.valid_to
    if first is not None and last is not None and last < first:
        yield "valid_to lies before valid_from"
    if agency.successor_id is not None and last is None:
        yield "an agency with a successor has a valid_to"
    if agency.successor_id is not None and last is not None:
        day = last + _ONE_DAY
        if current_agency(pack, agency.successor_id, day) is None:
            yield f"the successor {agency.successor_id!r} is not in force on {day}"
    if agency.email and not _EMAIL.fullmatch(agency.email):
        yield f"email is no address: {agency.email!r}"
    if agency.telegram_group and not _TELEGRAM_GROUP.fullmatch(agency.telegram_group):
        yield "telegram_group is no group's number (-100...) or @name"


def _check_names(pack: Pack, problems: Problems) -> None:
    """Two agencies of one name cannot be told apart when a citizen complains about one. An agency
    and whoever took over from it may share one: both are the unit complained about."""
    owners: dict[object, Agency] = {}
    for agency in pack.agencies.values():
        for name in dict.fromkeys((agency.name, *agency.aliases)):
            owner = owners.setdefault(spelling(name), agency)
            if owner is not agency and not _are_one_after_another(owner, agency):
                where = f"agencies.csv:{agency.agency_id}"
                problems.note(where, f"{name!r} also names {owner.agency_id!r}")


def _are_one_after_another(one: Agency, other: Agency) -> bool:
    def ends_before(earlier: Agency, later: Agency) -> bool:
        ended, began = earlier.valid_to, later.valid_from
        return ended is not None and began is not None and ended < began

    return ends_before(one, other) or ends_before(other, one)


# --- responsibilities


def _check_coverage(pack: Pack, category: str, on: date, problems: Problems) -> None:
    """One category on one day: exactly one row fits whatever its conditions may be."""
    if category in pack.policy.triage_categories | pack.policy.restricted_categories:
        return
    rows = [row for row in pack.rows_of.get(category, ()) if row.is_valid(on)]
    if not rows:
        problems.note("responsibilities.csv:0", f"{category} has no row on {on}")
        return
    groups = sorted({pack.vocabulary.group_of[one] for row in rows for one in row.conditions})
    members = [sorted(pack.vocabulary.members(group)) for group in groups]
    for held in product(*members):
        _check_one_fits(rows, held, on, problems)
    for row in rows:
        for agency_id in _agency_ids(pack, row):
            if current_agency(pack, agency_id, on) is None:
                where = f"responsibilities.csv:{row.line}"
                problems.note(where, f"{agency_id!r} is no agency in force on {on}")


def _check_one_fits(
    rows: list[Responsibility], held: tuple[str, ...], on: date, problems: Problems
) -> None:
    fitting = [row for row in rows if row.fits(held)]
    case = f"{rows[0].category}/{'+'.join(held)}"
    if not fitting:
        where = f"responsibilities.csv:{rows[-1].line}"
        problems.note(where, f"gap: {case} has no row on {on}")
    for row in fitting if len(fitting) > 1 else []:
        where = f"responsibilities.csv:{row.line}"
        problems.note(where, f"overlap: {case} has {len(fitting)} rows on {on}")


def _agency_ids(pack: Pack, row: Responsibility) -> list[str]:
    if row.level == "ward":
        return [pack.policy.roles[row.agency] + code for code in pack.wards]
    return [row.agency]


# --- decisions


def _check_decisions(
    pack: Pack, on: date, problems: Problems, wards: tuple[str | None, ...]
) -> None:
    """Ask the router itself: whoever gets it is in force and can be reached."""
    for category, legal_type, ward_code in product(sorted(pack.categories), LEGAL_TYPES, wards):
        matter = Matter(category, 1.0, legal_type, ward_code, "")
        fault = _fault_of(decide(matter, pack, on), legal_type, pack, on)
        if fault is not None:
            where = _row_behind(category, legal_type, pack, on)
            problems.note(where, f"{category}/{legal_type}: {fault} on {on}")


def _fault_of(decision: Decision, legal_type: str, pack: Pack, on: date) -> str | None:
    if (decision.outcome == "redirect") != (legal_type == "to_cao"):
        return f"the outcome is {decision.outcome}"
    if decision.outcome == "redirect":
        return None
    if decision.rule.startswith("gap:"):
        return "no row, or no agency, for it"
    agency = pack.agencies.get(decision.agency_id or "")
    if agency is None:
        return "nobody in force to hold it"
    if not agency.is_valid(on):
        return f"{agency.agency_id!r} is not in force"
    return None if agency.contact else f"{agency.agency_id!r} has no contact"


def _row_behind(category: str, legal_type: str, pack: Pack, on: date) -> str:
    """Where to mend it: a row of the table, or the desks that pack.toml names."""
    policy = pack.policy
    is_tabled = category not in policy.triage_categories | policy.restricted_categories
    if not is_tabled or legal_type in ("khieu_nai", "to_cao"):
        return "pack.toml:0"
    rows = (row for row in pack.rows_of.get(category, ()) if row.is_valid(on))
    return f"responsibilities.csv:{min((row.line for row in rows), default=0)}"


def _like_wards(pack: Pack, on: date) -> tuple[str | None, ...]:
    """No ward, and one ward of each sort that the tables can tell apart on the day: its kind, and
    whether each role is filled by its own agency, by a successor or by nobody."""
    chosen: dict[tuple[object, ...], str] = {}
    for code, ward in pack.wards.items():
        filled = []
        for prefix in pack.policy.roles.values():
            agency = current_agency(pack, prefix + code, on)
            filled.append(agency and agency.agency_id == prefix + code)
        chosen.setdefault((ward.kind, *filled), code)
    return (None, *chosen.values())
