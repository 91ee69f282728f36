"""A pack's name tables joined into a gazetteer: what each name may mean today."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from routing.areas import Areas
from routing.mentions import Referent
from routing.places import Gazetteer
from routing.reading import Problems, Row
from routing.text import spelling

_PREFIXES = {
    "Thành phố": "thanh_pho",
    "Thị xã": "thi_xa",
    "Thị trấn": "thi_tran",
    "Đặc khu": "dac_khu",
    "Phường": "phuong",
    "Xã": "xa",
    "Huyện": "huyen",
    "Quận": "quan",
    "Tỉnh": "tinh",
}
_LANDMARK_KINDS = ("landmark", "street")
_SPLITS = ("no", "main", "part")


@dataclass(frozen=True)
class NameTables:
    """wards: code -> (full name, kind). The others are rows of the pack's files."""

    wards: Mapping[str, tuple[str, str]]
    old_wards: list[Row]
    aliases: list[Row]
    elsewhere: list[Row]
    other_names: list[Row]
    landmarks: list[Row]
    older_wards: list[Row]


def build_gazetteer(tables: NameTables, areas: Areas, problems: Problems) -> Gazetteer:
    """Join the tables. Unknown codes, splits, levels and targets are added to `problems`."""
    old_wards = [row for row in tables.old_wards if _is_sound(row, tables, problems)]
    upper = _districts(old_wards) + _provinces(old_wards)
    abolished = _old_wards(old_wards)
    older = _older_wards(tables.older_wards, abolished, problems)
    referents = [*_wards(tables, old_wards), *abolished, *older, *upper]
    named = [(split_name(referent.name)[1], referent) for referent in referents]
    named += _aliases(tables.aliases, upper, problems)
    named += _landmarks(tables, referents, problems)
    named += [(row["name"], Referent("elsewhere", "tinh", row["name"])) for row in tables.elsewhere]
    names = {code: name for code, (name, _) in tables.wards.items()}
    return Gazetteer(names, _with_other_names(named, tables.other_names), areas)


def split_name(full: str) -> tuple[str, str]:
    """("xa", "Tân Trào") of "Xã Tân Trào"; the kind is empty where no prefix is known."""
    for prefix, kind in _PREFIXES.items():
        if full.startswith(prefix + " "):
            return kind, full.removeprefix(prefix + " ")
    return "", full


def _is_sound(row: Row, tables: NameTables, problems: Problems) -> bool:
    known = row["ward_code"] in tables.wards
    if not known:
        problems.add(row, f"unknown ward_code {row['ward_code']!r}")
    if row["split"] not in _SPLITS:
        problems.add(row, f"split is one of {', '.join(_SPLITS)}, not {row['split']!r}")
    return known


def _wards(tables: NameTables, old_wards: list[Row]) -> list[Referent]:
    within: dict[str, set[str]] = {code: set() for code in tables.wards}
    for row in old_wards:
        within[row["ward_code"]] |= {row["district"], row["province"]}
    return [
        Referent("ward", kind, name, (code,), frozenset(within[code]))
        for code, (name, kind) in tables.wards.items()
    ]


def _old_wards(rows: list[Row]) -> list[Referent]:
    parts: dict[tuple[str, str, str], list[Row]] = {}
    for row in rows:
        if row["name"]:
            parts.setdefault((row["province"], row["district"], row["name"]), []).append(row)
    return [
        Referent(
            "old_ward",
            split_name(name)[0],
            name,
            tuple(row["ward_code"] for row in sorted(own, key=lambda row: row["split"] != "main")),
            frozenset((province, district)),
        )
        for (province, district, name), own in parts.items()
    ]


def _older_wards(
    rows: list[Row], abolished: list[Referent], problems: Problems
) -> Iterator[Referent]:
    """What a commune merged away earlier became is a commune of old_wards.csv, and goes with it."""
    known = {(key, one.name): one for one in abolished for key in one.within}
    for row in rows:
        became = known.get((row["district"], row["became"]))
        if became is None:
            problems.add(row, f"{row['district']} has no {row['became']!r} in old_wards.csv")
        else:
            kind = split_name(row["name"])[0]
            yield Referent("older_ward", kind, row["name"], became.codes, became.within)


def _districts(rows: list[Row]) -> list[Referent]:
    """The abolished districts with their wards of today, those with most communes first."""
    counts: dict[tuple[str, str], Counter[str]] = {}
    for row in rows:
        counts.setdefault((row["province"], row["district"]), Counter())[row["ward_code"]] += 1
    return [
        Referent(
            "district",
            split_name(district)[0],
            district,
            tuple(code for code, _ in own.most_common()),
            frozenset((province,)),
            district,
        )
        for (province, district), own in counts.items()
    ]


def _provinces(rows: list[Row]) -> list[Referent]:
    names = dict.fromkeys(row["province"] for row in rows)
    return [Referent("province", split_name(name)[0], name, key=name) for name in names]


def _aliases(
    rows: list[Row], upper: list[Referent], problems: Problems
) -> list[tuple[str, Referent]]:
    targets = {(str(referent.level), referent.name): referent for referent in upper}
    found: list[tuple[str, Referent]] = []
    for row in rows:
        target = targets.get((row["level"], row["target"]))
        if target is None:
            problems.add(row, f"no {row['level']} is called {row['target']!r}")
        else:
            found.append((row["alias"], target))
    return found


def _landmarks(
    tables: NameTables, referents: list[Referent], problems: Problems
) -> Iterator[tuple[str, Referent]]:
    """A landmark or street by name; the rows of one name are the wards that it may lie in."""
    within = {r.codes[0]: r.within for r in referents if r.level == "ward"}
    for row in tables.landmarks:
        if not row["name"]:
            problems.add(row, "a landmark needs a name")
        elif row["kind"] not in _LANDMARK_KINDS:
            kinds = ", ".join(_LANDMARK_KINDS)
            problems.add(row, f"kind is one of {kinds}, not {row['kind']!r}")
        elif row["ward_code"] not in tables.wards:
            problems.add(row, f"unknown ward_code {row['ward_code']!r}")
        else:
            code = row["ward_code"]
            yield row["name"], Referent("landmark", row["kind"], row["name"], (code,), within[code])


def _with_other_names(
    named: list[tuple[str, Referent]], other_names: list[Row]
) -> Iterator[tuple[str, Referent]]:
    """Mark the names that mean something else too, and add the names that mean only that."""
    others = {spelling(row["name"]): row["name"] for row in other_names}
    for words, referent in named:
        yield words, replace(referent, needs_sign=spelling(words) in others)
    known = {spelling(words) for words, _ in named}
    for name in (name for spelt, name in others.items() if spelt not in known):
        yield name, Referent("other", "", name)
