"""How well several matters in one message are told apart: `python -m evaluation.several --url …`.

The texts of matters.jsonl are for measuring only. Those marked `held_out` were written after the
limits of components/matters.py were chosen with the others. Standard library only.
"""

import argparse
import json
from pathlib import Path
from typing import Any, Callable, Dict, List, NamedTuple

from .client import Client

FILE = Path(__file__).resolve().parent / "matters.jsonl"
Row = Dict[str, Any]


class SplitFigures(NamedTuple):
    """Counts of messages."""

    several: int  # Messages that hold several matters.
    split: int  # Of those: told apart, into as many as there are.
    right: int  # Of those: every category right too.
    single: int  # Messages that hold one matter.
    cut: int  # Of those: wrongly taken for several.


def read_rows() -> List[Row]:
    """The measuring texts with their categories in reading order."""
    return [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]


def measure(rows: List[Row], parse: Callable[[str], Row]) -> SplitFigures:
    """What `parse` (a text to the answer of `POST /model/parse`) makes of the rows."""
    found = [[matter["category"] for matter in parse(row["text"])["matters"]] for row in rows]
    pairs = [(row["categories"], names) for row, names in zip(rows, found, strict=True)]
    several = [(wanted, names) for wanted, names in pairs if len(wanted) > 1]
    single = [names for wanted, names in pairs if len(wanted) == 1]
    return SplitFigures(
        several=len(several),
        split=sum(len(wanted) == len(names) for wanted, names in several),
        right=sum(wanted == names for wanted, names in several),
        single=len(single),
        cut=sum(len(names) > 1 for names in single),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", required=True, help="a running Rasa server")
    client = Client(parser.parse_args().url)
    rows = read_rows()
    for title, is_held_out in (("limits chosen with these", False), ("held out", True)):
        chosen = [row for row in rows if row.get("held_out", False) == is_held_out]
        figures = measure(chosen, client.parse)
        print(f"{title}: {figures.split} of {figures.several} told apart, {figures.right} of them")
        print(f"  with every category right; {figures.cut} of {figures.single} wrongly split")
    client.close()


if __name__ == "__main__":
    main()
