"""Rows of a pack's files, with the file and line that a person needs to mend them."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from routing.text import normalise


class PackError(ValueError):
    """A pack that must not be used; `problems` lists why, each as "file:row: rule"."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = list(problems)
        super().__init__("; ".join(self.problems[:5]))


@dataclass(frozen=True)
class Row:
    """One row; values are NFC and stripped."""

    file: str
    line: int
    values: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.values[column]

    def day(self, column: str, problems: Problems) -> date | None:
        """The date in a column, or None when it is empty; a problem when it is no date."""
        if not self[column]:
            return None
        try:
            return date.fromisoformat(self[column])
        except ValueError:
            problems.add(self, f"{column} is no date YYYY-MM-DD: {self[column]!r}")
            return None


@dataclass
class Problems:
    """What was found wrong so far."""

    found: list[str] = field(default_factory=list)

    def add(self, row: Row, rule: str) -> None:
        self.note(f"{row.file}:{row.line}", rule)

    def note(self, where: str, rule: str) -> None:
        self.found.append(f"{where}: {rule}")


def read_table(path: Path, columns: Sequence[str], problems: Problems) -> list[Row]:
    """The rows of a CSV file; none, and a problem, when the file or a column is missing."""
    if not path.is_file():
        problems.note(f"{path.name}:0", "the file is missing")
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file, restval="")
        missing = [column for column in columns if column not in (reader.fieldnames or [])]
        if missing:
            problems.note(f"{path.name}:1", f"the column {missing[0]!r} is missing")
            return []
        return [_row(path.name, reader.line_num, raw, columns, problems) for raw in reader]


def _row(
    file: str, line: int, raw: Mapping[str | None, Any], columns: Sequence[str], problems: Problems
) -> Row:
    row = Row(file, line, {column: normalise(raw[column]).strip() for column in columns})
    if None in raw:
        problems.add(row, "more fields than columns")
    return row


def read_areas(path: Path, ward_codes: set[str], problems: Problems) -> dict[str, dict[str, Any]]:
    """The polygons of a GeoJSON file by ward code; each ward must have one."""
    if not path.is_file():
        problems.note(f"{path.name}:0", "the file is missing")
        return {}
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    areas = {feature["properties"]["code"]: feature["geometry"] for feature in features}
    for code in sorted(ward_codes ^ set(areas)):
        problems.note(
            f"{path.name}:{code}", "a ward without a polygon, or a polygon without a ward"
        )
    return areas
