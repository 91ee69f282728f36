"""Where the development petitions would go, how surely, and how fast: `python -m bench.routing`.

Each petition is read by the trained model in its three wordings and decided with its place as the
citizen would have given it: the place its own words name where that is in the province, else a pin
in a ward of the kind that the petition tells of. An agency is acceptable when it is usual for the
petition's main or second category (acceptable_agencies.csv, after ../shared/domain.md), or when it
is today's counterpart of the one that did answer (answered_by.csv). What goes above an accused unit
counts by the unit that would have had it.

Prints the coverage curve, from which `triage.min_confidence` of the pack is set, what was wrong at
the pack's own figures, and the time of 100,000 decisions.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import json
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from app.explain import parse_all
from app.rasa_server import running_rasa
from app.services import open_pack, utc_now
from app.settings import Settings
from bench.messages import PETITIONS
from bot.heard import Understanding
from routing.router import Decision, Matter, decide
from routing.tables import Pack

HERE = Path(__file__).parent
WORDINGS = ("text_formal", "text_chat", "text_nodiac")
THRESHOLDS = tuple(step / 20 for step in range(19))
DECISIONS = 100_000
WANTED_COVERAGE, WANTED_ACCEPTABLE = 0.70, 0.95
RURAL_WORDS = ("xã", "thôn", "huyện", "cánh đồng", "làng", "xóm")


@dataclass(frozen=True)
class Petition:
    """A development petition in one wording, with what the model made of it."""

    gold: dict[str, Any]
    text: str
    matter: Matter
    acceptable: frozenset[str]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wrong", action="store_true", help="list what goes to a wrong agency")
    options = parser.parse_args()
    settings, console = Settings(), Console()
    pack = open_pack(settings)
    on = pack.local_day(utc_now())
    with running_rasa(settings) as url:
        petitions = list(_read(url, pack))
    console.print(_curve(petitions, pack, on))
    console.print(_outcomes(petitions, pack, on))
    if options.wrong:
        _print_wrong(petitions, pack, on, console)
    console.print(_speed(petitions, pack, on))


# --- the petitions


def _read(url: str, pack: Pack) -> Iterator[Petition]:
    golds = [json.loads(line) for line in PETITIONS.read_text(encoding="utf-8").splitlines()]
    worded = [(gold, gold[wording]) for gold in golds for wording in WORDINGS if gold[wording]]
    parsed = asyncio.run(parse_all(url, [text for _, text in worded]))
    usual = {row["category"]: row["agencies"].split() for row in _rows("acceptable_agencies.csv")}
    answered = {row["petition"]: row["agencies"].split() for row in _rows("answered_by.csv")}
    for (gold, text), said in zip(worded, parsed, strict=True):
        if not isinstance(said, Understanding):
            raise SystemExit(f"Rasa did not answer: {said.why}")
        matter = _placed(said.matter(text, None), gold, pack)
        named = [*usual[gold["category"]], *usual.get(gold["secondary_category"], [])]
        named += answered.get(str(gold["id"]), [])
        acceptable = frozenset(pack.policy.roles.get(one, one) for one in named)
        yield Petition(gold, text, matter, acceptable)


def _rows(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _placed(matter: Matter, gold: dict[str, Any], pack: Pack) -> Matter:
    place = pack.gazetteer.find(matter.text)
    if gold["province"] in ("Hải Phòng", "Hải Dương") and place.outcome == "found":
        return replace(matter, ward_code=place.ward_code, place_confidence=place.confidence)
    is_rural = any(word in (gold["place_text"] or "").lower() for word in RURAL_WORDS)
    kind = "xa" if is_rural else "phuong"
    ward = next(ward for ward in pack.wards.values() if ward.kind == kind)
    return replace(matter, ward_code=ward.code)


# --- what becomes of them


def is_acceptable(petition: Petition, decision: Decision, pack: Pack, on: date) -> bool:
    """Whether a dispatch goes to an acceptable agency; never where it is a denunciation."""
    if petition.gold["legal_type"] == "to_cao":
        return False
    if decision.rule.endswith("+accused"):
        decision = decide(replace(petition.matter, accused=()), pack, on)
    agency_id = decision.agency_id or ""
    if agency_id in petition.acceptable:
        return True
    ward_code = petition.matter.ward_code or ""
    return agency_id.removesuffix(ward_code) in petition.acceptable


def _at(pack: Pack, threshold: float) -> Pack:
    return replace(pack, policy=replace(pack.policy, min_confidence=threshold))


def _dispatched(petitions: list[Petition], pack: Pack, on: date) -> list[tuple[Petition, Decision]]:
    decided = ((one, decide(one.matter, pack, on)) for one in petitions)
    return [(one, decision) for one, decision in decided if decision.outcome == "dispatch"]


def _curve(petitions: list[Petition], pack: Pack, on: date) -> Table:
    own = pack.policy.min_confidence
    table = Table("min_confidence", "dispatched", "of those acceptable", "", title="Coverage curve")
    for threshold in sorted({*THRESHOLDS, own}):
        dispatched = _dispatched(petitions, _at(pack, threshold), on)
        right = sum(is_acceptable(one, decision, pack, on) for one, decision in dispatched)
        coverage, acceptable = len(dispatched) / len(petitions), right / max(len(dispatched), 1)
        meets = coverage >= WANTED_COVERAGE and acceptable >= WANTED_ACCEPTABLE
        marks = " ".join((*(["the pack's"] if threshold == own else []), "met" if meets else ""))
        table.add_row(f"{threshold:.2f}", f"{coverage:.1%}", f"{acceptable:.1%}", marks)
    return table


def _outcomes(petitions: list[Petition], pack: Pack, on: date) -> Table:
    table = Table("wording or legal type", "texts", "dispatched", "acceptable", "redirected")
    groups = {wording: [p for p in petitions if p.gold[wording] == p.text] for wording in WORDINGS}
    for legal_type in sorted({one.gold["legal_type"] for one in petitions}):
        groups[legal_type] = [p for p in petitions if p.gold["legal_type"] == legal_type]
    for name, group in groups.items():
        dispatched = _dispatched(group, pack, on)
        right = sum(is_acceptable(one, decision, pack, on) for one, decision in dispatched)
        redirected = sum(decide(p.matter, pack, on).outcome == "redirect" for p in group)
        counts = (len(group), len(dispatched), right, redirected)
        table.add_row(name, *(str(count) for count in counts))
    return table


def _print_wrong(petitions: list[Petition], pack: Pack, on: date, console: Console) -> None:
    for one, decision in _dispatched(petitions, pack, on):
        if not is_acceptable(one, decision, pack, on):
            gold = (one.gold["id"], one.gold["category"], one.gold["secondary_category"])
            console.print(*gold, f"{decision.confidence:.2f}", decision.agency_id, decision.rule)
            console.print("   ", one.text, markup=False)


# --- speed


def _speed(petitions: list[Petition], pack: Pack, on: date) -> Table:
    accused = tuple(f"UBND {ward.name}" for ward in pack.wards.values())
    seconds = []
    for number in range(DECISIONS):
        one = petitions[number % len(petitions)].matter
        # Every twentieth complains about some ward, which is the longest way through the rules.
        named = (accused[number % len(accused)],) if number % 20 == 0 else one.accused
        matter = replace(one, accused=named)
        began = time.perf_counter()
        decide(matter, pack, on)
        seconds.append(time.perf_counter() - began)
    table = Table("decisions", "p50, ms", "p95, ms", "p99, ms", "a second")
    cuts = statistics.quantiles(seconds, n=100)
    figures = (cuts[49], cuts[94], cuts[98])
    table.add_row(
        f"{DECISIONS:,}", *(f"{s * 1000:.3f}" for s in figures), f"{DECISIONS / sum(seconds):,.0f}"
    )
    return table


if __name__ == "__main__":
    main()
