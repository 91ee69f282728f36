"""Load a province pack: the folder of tables that holds everything about a province.

`load_pack` gives a pack that may be used or raises. It reads the files and nothing else; what
the tables must hold beyond being readable, `routing.checks` asks.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from routing.answer_words import AnswerWords, build_answer_words
from routing.areas import Areas
from routing.conditions import MASK, QUESTION, Vocabulary, WordGroup, any_number, build_vocabulary
from routing.names import NameTables, build_gazetteer
from routing.places import Gazetteer
from routing.reading import PackError, PackFiles, Problems, Row, read_areas, read_table
from routing.text import Phrases

__all__ = [
    "LEGAL_TYPES", "PACKS", "Agency", "Category", "FrontDesk", "Letterhead", "Limits", "Office",
    "Pack", "PackError", "Policy", "Responsibility", "Ward", "load_pack",
]  # fmt: skip

PACKS = Path(__file__).resolve().parent / "packs"
LEGAL_TYPES = ("phan_anh", "kien_nghi", "khieu_nai", "to_cao")
_WARD_KINDS = ("phuong", "xa", "dac_khu")
_LEVELS = ("province", "ward")

T = TypeVar("T")


@dataclass(frozen=True)
class Ward:
    """A commune-level unit in force; `kind` is phuong, xa or dac_khu."""

    code: str
    name: str
    kind: str


@dataclass(frozen=True)
class Category:
    """A code of the taxonomy and its Vietnamese name."""

    code: str
    name: str


@dataclass(frozen=True)
class Agency:
    """Who answers. The dates are inclusive; `parent_id` is the body above, or overseeing it."""

    agency_id: str
    name: str
    level: str
    parent_id: str | None
    contact: str
    ward_code: str | None
    valid_from: date | None
    valid_to: date | None
    successor_id: str | None
    aliases: tuple[str, ...] = ()
    email: str = ""
    telegram_group: str = ""

    def is_valid(self, on: date) -> bool:
        return _is_within(self.valid_from, self.valid_to, on)


@dataclass(frozen=True)
class Responsibility:
    """A row of responsibilities.csv; `agency` is an agency_id, or a role where `level` is ward."""

    category: str
    condition: str
    level: str
    agency: str
    legal_source: str
    valid_from: date
    valid_to: date | None
    note: str
    editor: str
    line: int

    def is_valid(self, on: date) -> bool:
        return _is_within(self.valid_from, self.valid_to, on)

    @cached_property
    def conditions(self) -> tuple[str, ...]:
        """All that must hold: "duong_khac+rural" is an unknown road in a commune."""
        return tuple(self.condition.split("+"))

    def fits(self, held: Collection[str]) -> bool:
        """Whether the row is for a matter of which these conditions hold."""
        return all(condition in held for condition in self.conditions)


@dataclass(frozen=True)
class Letterhead:
    """The head and foot of a report: every name and symbol that a Party office puts on paper."""

    parent_body: str
    issuing_body: str
    number_suffix: str
    place_name: str
    signatory_position: str
    signatory_name: str
    recipients: tuple[str, ...]


@dataclass(frozen=True)
class Limits:
    """How long each step may take: in working days, where the name says nothing else.

    `answer_days` has every category of the pack; `several_agencies_days` holds where more than
    one agency works on a case. `silence_days` and `silence_reminder_days` are calendar days.
    """

    answer_days: Mapping[str, int]
    several_agencies_days: int
    sort_minutes: int  # Working minutes in which a person gives an unclear case to an agency.
    accept_days: int
    decide_days: int
    citizen_reply_days: int  # After them staff look whether to wait on for the citizen.
    soon_days: int  # An answer is due soon when so much is left.
    silence_days: int  # After an answer, until silence closes the case.
    silence_reminder_days: int  # Before that, when the citizen is reminded.


@dataclass(frozen=True)
class Office:
    """When the province's offices work: the hours of a working day in order, by its own clock."""

    timezone: str
    hours: tuple[tuple[time, time], ...]


@dataclass(frozen=True)
class FrontDesk:
    """What citizens are told: who runs the bot, where and when to come, whom to ring up."""

    operator: str
    reception: str
    office_hours: str
    hotlines: tuple[str, ...]


@dataclass(frozen=True)
class Policy:
    """What pack.toml decides: who triages, who oversees, what is restricted.

    Below `min_confidence` (0..1) a person decides; `default_condition` (0..1) is what is left of
    the confidence where a row holds only because the text has no word for another.
    """

    min_confidence: float
    default_condition: float
    triage_categories: frozenset[str]
    restricted_categories: frozenset[str]
    restricted_agency_id: str
    conduct_categories: frozenset[str]
    oversight: tuple[str, ...]
    roles: Mapping[str, str]

    @property
    def may_hold_restricted(self) -> frozenset[str]:
        """The agencies that a restricted case may be given to."""
        return frozenset((self.restricted_agency_id, *self.oversight))


@dataclass(frozen=True)
class QuietHours:
    """When nobody is told what can wait, by the province's clock; it may go over midnight."""

    begin: time
    end: time

    def until(self, local: datetime) -> datetime | None:
        """The moment at which these hours end; None outside them. `local` is aware."""
        now = local.time()
        is_over_midnight = self.begin > self.end
        if is_over_midnight and now >= self.begin:
            return datetime.combine(local.date() + timedelta(days=1), self.end, local.tzinfo)
        begins = time.min if is_over_midnight else self.begin
        return datetime.combine(local, self.end, local.tzinfo) if begins <= now < self.end else None


@dataclass(frozen=True)
class Pack:
    """A province, ready to use. `agency_names` finds agencies by name or alias in words."""

    pack_id: str
    name: str
    timezone: str
    wards: dict[str, Ward]
    agencies: dict[str, Agency]
    categories: dict[str, Category]
    responsibilities: tuple[Responsibility, ...]
    triage_agency_id: str
    letterhead: Letterhead
    front_desk: FrontDesk
    quiet_hours: QuietHours
    office: Office
    retention_months: int
    gazetteer: Gazetteer
    limits: Limits
    policy: Policy
    vocabulary: Vocabulary
    agency_names: Phrases[str]
    answer_words: AnswerWords

    @cached_property
    def rows_of(self) -> Mapping[str, tuple[Responsibility, ...]]:
        """The rows of each category, of all times, in the table's order."""
        rows: dict[str, tuple[Responsibility, ...]] = {}
        for row in self.responsibilities:
            rows[row.category] = (*rows.get(row.category, ()), row)
        return rows

    def local_day(self, moment: datetime) -> date:
        """The province's calendar day at an aware moment: rules and counts go by it."""
        return moment.astimezone(ZoneInfo(self.timezone)).date()

    def quiet_until(self, moment: datetime) -> datetime | None:
        """When the quiet hours end in which an aware moment lies; None outside them."""
        return self.quiet_hours.until(moment.astimezone(ZoneInfo(self.timezone)))


def load_pack(path: Path, edited: Mapping[str, str] | None = None) -> Pack:
    """Read a pack, with the files that staff `edited` (by name) in place of its own.

    Raises PackError, naming file, row and rule, when any table is unsound.
    """
    problems = Problems()
    try:
        pack = _read_pack(PackFiles(path, edited or {}), problems)
    except PackError as error:
        raise PackError([*problems.found, *error.problems]) from error
    if problems.found:
        raise PackError(problems.found)
    return pack


def _read_pack(files: PackFiles, problems: Problems) -> Pack:
    settings = _read_toml(files, "pack.toml")
    wards = _keyed(
        read_table(files, "wards.csv", ("code", "name", "kind"), problems), _ward, problems
    )
    columns = ("code", "name")
    categories = _keyed(read_table(files, "categories.csv", columns, problems), _category, problems)
    agencies = _keyed(
        read_table(files, "agencies.csv", _AGENCY_COLUMNS, problems), _agency, problems
    )
    vocabulary = _read_vocabulary(files, problems)
    rows = read_table(files, "responsibilities.csv", _RESPONSIBILITY_COLUMNS, problems)
    responsibilities = [r for row in rows if (r := _responsibility(row, problems)) is not None]
    policy = _policy(settings)
    pack = Pack(
        pack_id=_setting(settings, "id", str),
        name=_setting(settings, "name", str),
        timezone=_setting(settings, "timezone", str),
        wards=wards,
        agencies=agencies,
        categories=categories,
        responsibilities=tuple(responsibilities),
        triage_agency_id=_setting(settings, "triage.agency", str),
        letterhead=_letterhead(_read_toml(files, "letterhead.toml")),
        front_desk=_front_desk(settings),
        quiet_hours=_quiet_hours(settings),
        office=_office(settings),
        retention_months=_setting(settings, "retention.months", int),
        gazetteer=_read_gazetteer(files, wards, problems),
        limits=_limits(settings, categories),
        policy=policy,
        vocabulary=vocabulary,
        agency_names=_agency_names(agencies),
        answer_words=build_answer_words(
            read_table(files, "answers.csv", ("kind", "phrase"), problems), problems
        ),
    )
    _check_agencies(pack, problems)
    _check_responsibilities(pack, problems)
    _check_settings(pack, problems)
    return pack


# --- rows -> records


_AGENCY_COLUMNS = (
    "agency_id", "name", "level", "parent_id", "contact", "ward_code", "valid_from", "valid_to",
    "successor_id", "aliases", "email", "telegram_group",
)  # fmt: skip
_OLDER_COLUMNS = ("province", "district", "name", "became")
_LANDMARK_COLUMNS = ("name", "kind", "ward_code", "note")
_RESPONSIBILITY_COLUMNS = (
    "category", "condition", "level", "agency", "legal_source", "valid_from", "valid_to", "note",
    "editor",
)  # fmt: skip


def _keyed(
    rows: list[Row], build: Callable[[Row, Problems], tuple[str, T]], problems: Problems
) -> dict[str, T]:
    records: dict[str, T] = {}
    for row in rows:
        key, record = build(row, problems)
        if not key:
            problems.add(row, "the first column is empty")
        if key in records:
            problems.add(row, f"{key!r} stands twice")
        records[key] = record
    return records


def _ward(row: Row, problems: Problems) -> tuple[str, Ward]:
    if row["kind"] not in _WARD_KINDS:
        problems.add(row, f"unknown kind {row['kind']!r}")
    return row["code"], Ward(row["code"], row["name"], row["kind"])


def _category(row: Row, problems: Problems) -> tuple[str, Category]:
    if not row["name"]:
        problems.add(row, "a category needs a name")
    return row["code"], Category(row["code"], row["name"])


def _agency(row: Row, problems: Problems) -> tuple[str, Agency]:
    for column in ("name", "contact"):
        if not row[column]:
            problems.add(row, f"agency {row['agency_id']!r} without a {column}")
    if row["level"] not in _LEVELS:
        problems.add(row, f"unknown level {row['level']!r}")
    return row["agency_id"], Agency(
        agency_id=row["agency_id"],
        name=row["name"],
        level=row["level"],
        parent_id=row["parent_id"] or None,
        contact=row["contact"],
        ward_code=row["ward_code"] or None,
        valid_from=row.day("valid_from", problems),
        valid_to=row.day("valid_to", problems),
        successor_id=row["successor_id"] or None,
        aliases=tuple(alias.strip() for alias in row["aliases"].split(";") if alias.strip()),
        email=row["email"],
        telegram_group=row["telegram_group"],
    )


def _responsibility(row: Row, problems: Problems) -> Responsibility | None:
    valid_from = row.day("valid_from", problems)
    valid_to = row.day("valid_to", problems)
    if valid_from is None:
        problems.add(row, "a responsibility needs valid_from")
        return None
    if valid_to is not None and valid_to < valid_from:
        problems.add(row, "valid_to lies before valid_from")
    text = {column: row[column] for column in _RESPONSIBILITY_COLUMNS}
    return Responsibility(
        **(text | {"valid_from": valid_from, "valid_to": valid_to}),  # type: ignore[arg-type]
        line=row.line,
    )


def _read_vocabulary(files: PackFiles, problems: Problems) -> Vocabulary:
    groups: dict[str, list[Row]] = {}
    for row in read_table(files, "conditions.csv", ("group", "condition", "word"), problems):
        groups.setdefault(row["group"], []).append(row)
    return build_vocabulary({name: _word_group(rows, problems) for name, rows in groups.items()})


def _word_group(rows: list[Row], problems: Problems) -> WordGroup:
    phrases: Phrases[str] = Phrases(any_number)
    defaults = [row["condition"] for row in rows if not row["word"]]
    if len(defaults) != 1:
        problems.add(
            rows[0], f"group {rows[0]['group']!r} needs exactly one row with an empty word"
        )
    for row in rows:
        if row["word"] and row["condition"] != QUESTION:
            phrases.add(row["word"], row["condition"])
    named = (row["condition"] for row in rows if row["word"])
    order = dict.fromkeys(one for one in named if one not in (MASK, QUESTION))
    question = next((row["word"] for row in rows if row["condition"] == QUESTION), "")
    return WordGroup(tuple(order), defaults[0] if defaults else "", phrases, question)


def _read_gazetteer(files: PackFiles, wards: Mapping[str, Ward], problems: Problems) -> Gazetteer:
    columns = ("province", "district", "name", "ward_code", "split")
    names = NameTables(
        wards={code: (ward.name, ward.kind) for code, ward in wards.items()},
        old_wards=read_table(files, "old_wards.csv", columns, problems),
        aliases=read_table(files, "aliases.csv", ("alias", "level", "target"), problems),
        elsewhere=read_table(files, "elsewhere.csv", ("name", "status"), problems),
        other_names=read_table(files, "other_names.csv", ("name", "is"), problems),
        older_wards=read_table(files, "older_wards.csv", _OLDER_COLUMNS, problems),
        landmarks=read_table(files, "landmarks.csv", _LANDMARK_COLUMNS, problems),
    )
    return build_gazetteer(names, Areas(read_areas(files, set(wards), problems)), problems)


def _agency_names(agencies: Mapping[str, Agency]) -> Phrases[str]:
    phrases: Phrases[str] = Phrases()
    for agency in agencies.values():
        for name in (agency.name, *agency.aliases):
            if name.strip():
                phrases.add(name.replace(",", " "), agency.agency_id)
    return phrases


# --- settings


def _read_toml(files: PackFiles, name: str) -> dict[str, Any]:
    text = files.read(name)
    if text is None:
        raise PackError([f"{name}:0: the file is missing"])
    try:
        return tomllib.loads(text) | {"": name}
    except tomllib.TOMLDecodeError as error:
        raise PackError([f"{name}:0: not TOML: {error}"]) from error


def _setting(settings: Mapping[str, Any], dotted: str, kind: type[T]) -> T:
    value: Any = settings
    for key in dotted.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    if not isinstance(value, kind) or isinstance(value, bool):
        raise PackError([f"{settings['']}:0: {dotted} is missing or no {kind.__name__}"])
    return value


def _policy(settings: Mapping[str, Any]) -> Policy:
    return Policy(
        min_confidence=_setting(settings, "triage.min_confidence", float),
        default_condition=_setting(settings, "triage.default_condition", float),
        triage_categories=frozenset(_setting(settings, "triage.categories", list)),
        restricted_categories=frozenset(_setting(settings, "restricted.categories", list)),
        restricted_agency_id=_setting(settings, "restricted.agency", str),
        conduct_categories=frozenset(_setting(settings, "oversight.conduct_categories", list)),
        oversight=tuple(_setting(settings, "oversight.agencies", list)),
        roles=_setting(settings, "roles", dict),
    )


def _limits(settings: Mapping[str, Any], categories: Mapping[str, Category]) -> Limits:
    default = _setting(settings, "limits.answer_days", int)
    own = _setting(settings, "limits.answer_days_by_category", dict)
    unknown = sorted(set(own) - set(categories))
    if unknown:
        raise PackError([f"pack.toml:0: limits name the unknown category {unknown[0]!r}"])
    limits = Limits(
        answer_days={code: int(own.get(code, default)) for code in categories},
        several_agencies_days=_setting(settings, "limits.several_agencies_days", int),
        sort_minutes=_setting(settings, "limits.sort_minutes", int),
        accept_days=_setting(settings, "limits.accept_days", int),
        decide_days=_setting(settings, "limits.decide_days", int),
        citizen_reply_days=_setting(settings, "limits.citizen_reply_days", int),
        soon_days=_setting(settings, "limits.soon_days", int),
        silence_days=_setting(settings, "limits.silence_days", int),
        silence_reminder_days=_setting(settings, "limits.silence_reminder_days", int),
    )
    if not 0 < limits.silence_reminder_days < limits.silence_days:
        raise PackError(["pack.toml:0: the reminder comes before silence closes a case"])
    return limits


def _office(settings: Mapping[str, Any]) -> Office:
    hours = _setting(settings, "working_time.hours", list)
    moments = [moment for period in hours if isinstance(period, list) for moment in period]
    is_sound = (
        all(isinstance(moment, time) for moment in moments)
        and len(moments) == 2 * len(hours) > 0
        and all(one < other for one, other in pairwise(moments))
    )
    if not is_sound:
        raise PackError(["pack.toml:0: working_time.hours are no pairs of rising times"])
    pairs = tuple((moments[at], moments[at + 1]) for at in range(0, len(moments), 2))
    return Office(_setting(settings, "timezone", str), pairs)


def _letterhead(settings: Mapping[str, Any]) -> Letterhead:
    return Letterhead(
        parent_body=_setting(settings, "parent_body", str),
        issuing_body=_setting(settings, "issuing_body", str),
        number_suffix=_setting(settings, "number_suffix", str),
        place_name=_setting(settings, "place_name", str),
        signatory_position=_setting(settings, "signatory_position", str),
        signatory_name=_setting(settings, "signatory_name", str),
        recipients=tuple(_setting(settings, "recipients", list)),
    )


def _front_desk(settings: Mapping[str, Any]) -> FrontDesk:
    return FrontDesk(
        operator=_setting(settings, "front_desk.operator", str),
        reception=_setting(settings, "front_desk.reception", str),
        office_hours=_setting(settings, "front_desk.office_hours", str),
        hotlines=tuple(str(line) for line in _setting(settings, "front_desk.hotlines", list)),
    )


def _quiet_hours(settings: Mapping[str, Any]) -> QuietHours:
    return QuietHours(
        begin=_setting(settings, "quiet_hours.begin", time),
        end=_setting(settings, "quiet_hours.end", time),
    )


# --- checks


def _check_agencies(pack: Pack, problems: Problems) -> None:
    for agency in pack.agencies.values():
        where = f"agencies.csv:{agency.agency_id}"
        for column, value in (
            ("parent_id", agency.parent_id),
            ("successor_id", agency.successor_id),
        ):
            if value is not None and value not in pack.agencies:
                problems.note(where, f"unknown {column} {value!r}")
        if (agency.level == "ward") != (agency.ward_code is not None):
            problems.note(where, "a ward agency, and no other, has a ward_code")
        if agency.ward_code is not None and agency.ward_code not in pack.wards:
            problems.note(where, f"unknown ward_code {agency.ward_code!r}")
        for link in ("parent_id", "successor_id"):
            if _is_circular(pack.agencies, agency.agency_id, link):
                problems.note(where, f"{link} leads round in a circle")


def _is_circular(agencies: Mapping[str, Agency], start: str, link: str) -> bool:
    seen: set[str] = set()
    current: str | None = start
    while current in agencies and current is not None:
        if current in seen:
            return True
        seen.add(current)
        current = getattr(agencies[current], link)
    return False


def _check_responsibilities(pack: Pack, problems: Problems) -> None:
    for row in pack.responsibilities:
        where = f"responsibilities.csv:{row.line}"
        if row.category not in pack.categories:
            problems.note(where, f"unknown category {row.category!r}")
        for condition in row.conditions:
            if condition not in pack.vocabulary.group_of:
                problems.note(where, f"unknown condition {condition!r}")
        if row.level not in _LEVELS:
            problems.note(where, f"unknown level {row.level!r}")
        known = pack.policy.roles if row.level == "ward" else pack.agencies
        if row.agency not in known:
            problems.note(where, f"unknown {row.level} agency {row.agency!r}")
        if not row.legal_source:
            problems.note(where, "a responsibility names its legal source")


def _check_settings(pack: Pack, problems: Problems) -> None:
    policy = pack.policy
    for agency_id in (pack.triage_agency_id, policy.restricted_agency_id, *policy.oversight):
        if agency_id not in pack.agencies:
            problems.note("pack.toml:0", f"unknown agency {agency_id!r}")
    named = policy.triage_categories | policy.restricted_categories | policy.conduct_categories
    for category in sorted(named - set(pack.categories)):
        problems.note("pack.toml:0", f"unknown category {category!r}")


def current_agency(pack: Pack, agency_id: str, on: date) -> Agency | None:
    """The agency itself while it is in force, else whoever took over; None when nobody did."""
    agency = pack.agencies.get(agency_id)
    while agency is not None and not agency.is_valid(on):
        agency = pack.agencies.get(agency.successor_id) if agency.successor_id else None
    return agency


def _is_within(first: date | None, last: date | None, on: date) -> bool:
    return (first is None or first <= on) and (last is None or on <= last)
