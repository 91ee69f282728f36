"""The text of a table as rows: read, written, compared, changed one row at a time. Pure.

Rows are counted from 0, the header not among them.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from difflib import SequenceMatcher
from typing import Literal

EDITOR = "editor"
VALID_FROM, VALID_TO = "valid_from", "valid_to"

_Cells = tuple[str, ...]


@dataclass(frozen=True)
class Line:
    """A row that only the old (-) or only the new (+) table has; `number` is its file's line,
    as the checks name it where no cell holds a line break."""

    sign: Literal["-", "+"]
    number: int
    cells: _Cells


@dataclass(frozen=True)
class Rows:
    """A table taken apart."""

    header: _Cells
    body: tuple[_Cells, ...]

    def column(self, name: str) -> int:
        """Where a column stands. Raises ValueError where there is none."""
        return self.header.index(name)

    def values(self, number: int) -> dict[str, str]:
        """A row by column; cells that it lacks are empty. Raises IndexError."""
        cells = (*self.body[number], *("" for _ in self.header))
        return dict(zip(self.header, cells, strict=False))

    def write(self) -> str:
        """The table as a CSV file."""
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows([self.header, *self.body])
        return out.getvalue()

    def with_row(self, number: int, values: Mapping[str, str]) -> Rows:
        """The row with other values in some of its columns."""
        row = self.values(number) | dict(values)
        body = list(self.body)
        body[number] = tuple(row[column] for column in self.header)
        return replace(self, body=tuple(body))

    def with_new_row(self, values: Mapping[str, str], after: int | None = None) -> Rows:
        """One row more: behind another, or at the end."""
        at = len(self.body) if after is None else after + 1
        row = tuple(values.get(column, "") for column in self.header)
        return replace(self, body=(*self.body[:at], row, *self.body[at:]))

    def without_row(self, number: int) -> Rows:
        return replace(self, body=(*self.body[:number], *self.body[number + 1 :]))

    def with_end(self, number: int, last: date) -> Rows:
        """The row holds up to and with its last day."""
        return self.with_row(number, {VALID_TO: last.isoformat()})

    def with_successor(self, number: int, first: date, values: Mapping[str, str]) -> Rows:
        """The row ends before a day; from that day on one with other values holds."""
        ended = self.with_end(number, first - timedelta(days=1))
        fresh = self.values(number) | dict(values) | {VALID_FROM: first.isoformat()}
        return ended.with_new_row(fresh, after=number)


def read_rows(content: str) -> Rows:
    """Take a table apart: NFC, without empty lines. Raises ValueError for what is no CSV."""
    text = unicodedata.normalize("NFC", content.removeprefix("\ufeff"))
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        rows = [
            (reader.line_num, tuple(cell.strip() for cell in row)) for row in reader if any(row)
        ]
    except csv.Error as error:
        raise ValueError(f"{reader.line_num}: not CSV: {error}") from error
    if not rows:
        raise ValueError("1: the table is empty")
    (_, header), *body = rows
    for line, row in body:
        if len(row) > len(header):
            raise ValueError(f"{line}: more fields than columns")
    return Rows(header, tuple(row for _, row in body))


def diff(old: str, new: str) -> list[Line]:
    """The rows that one table has and the other has not, in the new table's order."""
    before, after = _lines(old), _lines(new)
    lines: list[Line] = []
    for tag, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag != "equal":
            lines += [Line("-", n + 1, before[n]) for n in range(i, j)]
            lines += [Line("+", n + 1, after[n]) for n in range(k, m)]
    return lines


def sign_rows(old: str, new: Rows, editor: str) -> Rows:
    """Each row names who wrote it: `editor` where it is not as it was, else whoever it was.

    A table without that column is left as it is.
    """
    if EDITOR not in new.header:
        return new
    authors = _authors(read_rows(old))
    signed = new
    for number in range(len(new.body)):
        before = authors.get(_unsigned(new.values(number)), [])
        author = before.pop(0) if before else editor
        signed = signed.with_row(number, {EDITOR: author})
    return signed


def _authors(rows: Rows) -> dict[frozenset[tuple[str, str]], list[str]]:
    authors: dict[frozenset[tuple[str, str]], list[str]] = {}
    for number in range(len(rows.body)):
        values = rows.values(number)
        authors.setdefault(_unsigned(values), []).append(values.get(EDITOR, ""))
    return authors


def _unsigned(values: Mapping[str, str]) -> frozenset[tuple[str, str]]:
    return frozenset((column, value) for column, value in values.items() if column != EDITOR)


def _lines(content: str) -> list[_Cells]:
    rows = read_rows(content)
    return [rows.header, *rows.body]
