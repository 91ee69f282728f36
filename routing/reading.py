"""Rows of a pack's files, with the file and line that a person needs to mend them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from routing.text import normalise

_AREAS = "wards.geojson"


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


@dataclass(frozen=True)
class PackFiles:
    """The files of a pack: those of its folder, save where staff saved a newer one.

    `edited` holds whole files by name, as the console keeps them.
    """

    folder: Path
    edited: Mapping[str, str] = field(default_factory=dict)

    def read(self, name: str) -> str | None:
        """A file's text, or None where there is none. Raises PackError for bytes not UTF-8."""
        if name in self.edited:
            return self.edited[name]
        path = self.folder / name
        if not path.is_file():
            return None
        try:
            return path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            raise PackError([f"{name}:0: not UTF-8"]) from error


def read_table(
    files: PackFiles, name: str, columns: Sequence[str], problems: Problems
) -> list[Row]:
    """The rows of a CSV file; none, and a problem, when the file or a column is missing."""
    text = files.read(name)
    if text is None:
        problems.note(f"{name}:0", "the file is missing")
        return []
    reader = csv.DictReader(io.StringIO(text, newline=""), restval="")
    missing = [column for column in columns if column not in (reader.fieldnames or [])]
    if missing:
        problems.note(f"{name}:1", f"the column {missing[0]!r} is missing")
        return []
    return [_row(name, reader.line_num, raw, columns, problems) for raw in reader]


def _row(
    file: str, line: int, raw: Mapping[str | None, Any], columns: Sequence[str], problems: Problems
) -> Row:
    row = Row(file, line, {column: normalise(raw[column]).strip() for column in columns})
    if None in raw:
        problems.add(row, "more fields than columns")
    return row


def read_areas(
    files: PackFiles, ward_codes: set[str], problems: Problems
) -> dict[str, dict[str, Any]]:
    """The polygons of `wards.geojson` by ward code; each ward must have one."""
    text = files.read(_AREAS)
    if text is None:
        problems.note(f"{_AREAS}:0", "the file is missing")
        return {}
    features = json.loads(text)["features"]
    areas = {feature["properties"]["code"]: feature["geometry"] for feature in features}
    for code in sorted(ward_codes ^ set(areas)):
        problems.note(f"{_AREAS}:{code}", "a ward without a polygon, or a polygon without a ward")
    return areas
