"""How well words and pins become wards, and how fast: `python -m bench.places`.

Two sets. The development texts of the province that themselves name a commune (its ward today
worked out by hand in rasa_project/evaluation/places_dev.jsonl); they are few. And every ward and
every old commune with its district, spelt as people spell: generated from the pack's own tables, so
it measures spelling, not whether the tables are right.
"""

from __future__ import annotations

import csv
import json
import random
import statistics
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.messages import PETITIONS
from routing.places import Place
from routing.tables import PACKS, Pack, load_pack
from routing.text import fold

PACK = PACKS / "hai_phong"
GOLD = Path(PETITIONS).parent / "places_dev.jsonl"
FIRST = 3
ROUNDS = 2000
_SHORT = {"Thị trấn": "tt.", "Thành phố": "tp", "Phường": "p.", "Huyện": "h.", "Quận": "q.",
          "Thị xã": "tx", "Xã": "x."}  # fmt: skip

Named = tuple[str, frozenset[str]]  # A text, and the codes of the wards that are right.


def main() -> None:
    began = time.perf_counter()
    pack = load_pack(PACK)
    loaded = time.perf_counter() - began
    console = Console()
    table = Table("texts", "count", "found or right in first three", "wrong found", "none")
    development = list(_development(pack))
    table.add_row("development, naming a commune", *_shares(development, pack))
    for name, spell in SPELLINGS.items():
        texts = [(spell(text), codes) for text, codes in _units(pack)]
        table.add_row(f"every unit, {name}", *_shares(texts, pack))
    console.print(table)
    console.print(_speed(pack, loaded))


def _development(pack: Pack) -> Iterator[Named]:
    texts = {row["id"]: row for row in map(json.loads, PETITIONS.read_text("utf-8").splitlines())}
    codes = {ward.name: code for code, ward in pack.wards.items()}
    for line in GOLD.read_text(encoding="utf-8").splitlines():
        gold = json.loads(line)
        yield texts[gold["id"]][gold["style"]], frozenset({codes[gold["gold"]]})


def _units(pack: Pack) -> Iterator[Named]:
    """Every ward of today, and every old commune with its district."""
    for ward in pack.wards.values():
        yield ward.name, frozenset({ward.code})
    wards: dict[tuple[str, str], set[str]] = {}
    with (PACK / "old_wards.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            wards.setdefault((row["name"], row["district"]), set()).add(row["ward_code"])
    for (name, district), codes in wards.items():
        yield f"{name}, {district}" if name else district, frozenset(codes)


def _shares(texts: list[Named], pack: Pack) -> tuple[str, str, str, str]:
    places = [(pack.gazetteer.find(text), right) for text, right in texts]
    good = sum(_is_good(place, right) for place, right in places)
    wrong = sum(p.outcome == "found" and p.ward_code not in right for p, right in places)
    none = sum(place.outcome in ("none", "elsewhere") for place, _ in places)
    parts = (f"{count / len(texts):.1%}" for count in (good, wrong, none))
    return (str(len(texts)), *parts)  # type: ignore[return-value]


def _is_good(place: Place, right: frozenset[str]) -> bool:
    return any(candidate.ward_code in right for candidate in place.candidates[:FIRST])


# --- as people spell


def _abbreviated(text: str) -> str:
    for full, short in _SHORT.items():
        text = text.replace(f"{full} ", f"{short} ")
    return text.lower()


def _with_slip(text: str) -> str:
    """l for n and n for l at the beginning of words."""
    swap = {"l": "n", "n": "l", "L": "N", "N": "L"}
    words = text.split(" ")
    return " ".join(
        swap[word[0]] + word[1:] if word[0] in swap and word[1:2] not in ("g", "h") else word
        for word in words
    )


def _with_typo(text: str) -> str:
    """Two neighbouring letters of the unit's own name the wrong way round, the same each run."""
    name, _, district = text.partition(", ")
    prefix = next(
        (p for p in ("Phường ", "Xã ", "Thị trấn ", "Đặc khu ") if name.startswith(p)), ""
    )
    letters = list(name.removeprefix(prefix))
    pairs = [
        i for i in range(len(letters) - 1) if letters[i].isalpha() and letters[i + 1].isalpha()
    ]
    # Seeded by the name: not for secrets.
    at = random.Random(name).choice(pairs)  # noqa: S311
    letters[at], letters[at + 1] = letters[at + 1], letters[at]
    return f"{prefix}{''.join(letters)}" + (f", {district}" if district else "")


SPELLINGS: dict[str, Callable[[str], str]] = {
    "in full": str,
    "no diacritics": lambda text: fold(text),
    "abbreviated": _abbreviated,
    "l/n slips": _with_slip,
    "one typo": _with_typo,
}


# --- speed


def _speed(pack: Pack, loaded: float) -> Table:
    lines = PETITIONS.read_text(encoding="utf-8").splitlines()
    texts = [str(json.loads(line)["text_formal"]) for line in lines]
    points = [pack.gazetteer.point_in(code) for code in pack.wards]
    table = Table("what", "p50, ms", "p95, ms")
    finds = _timed([partial(pack.gazetteer.find, text) for text in texts])
    pins = _timed([partial(pack.gazetteer.locate, *point) for point in points])
    for name, seconds in (("words to ward", finds), ("pin to ward", pins)):
        cuts = statistics.quantiles(seconds, n=20)
        table.add_row(name, f"{cuts[9] * 1000:.3f}", f"{cuts[18] * 1000:.3f}")
    table.add_row("loading the whole pack, once", f"{loaded * 1000:.0f}", "")
    return table


def _timed(calls: list[Callable[[], Place]]) -> list[float]:
    seconds = []
    for number in range(ROUNDS):
        call = calls[number % len(calls)]
        began = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - began)
    return seconds


if __name__ == "__main__":
    main()
