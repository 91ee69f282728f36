"""`langnghe explain`: how a text is understood, and where it would go and why."""

import asyncio
import json
import sys
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any, TextIO

from rich.console import Console
from rich.table import Table

from app.rasa_server import RasaFailed, running_rasa
from app.services import utc_now
from app.settings import Settings
from app.tables import read_saved
from bot.heard import NotUnderstood, Scored, Understanding
from bot.understand import Rasa
from routing.places import Place
from routing.router import Decision, decide
from routing.tables import PACKS, Pack, load_pack

REPORT = "report"
AT_A_TIME = 8


class BadLine(ValueError):
    """A line of `--jsonl` input that is no {"id","text"} object."""


def explain_text(settings: Settings, text: str, console: Console, on: date | None) -> None:
    """Print one explanation as a table, by the tables in force `on` a day (today by default).

    Raises ValueError for an empty text, RasaFailed,
    routing.tables.PackError."""
    if not text.strip():
        raise ValueError("the text is empty")
    pack = _pack_in_force(settings)
    with running_rasa(settings) as url:
        said = asyncio.run(parse_all(url, [text]))[0]
    if isinstance(said, NotUnderstood):
        raise RasaFailed(f"Rasa did not answer: {said.why}")
    console.print(_table(explanation(text, said, pack, on or _today(pack))))


def explain_lines(settings: Settings, lines: TextIO, out: TextIO, on: date | None) -> int:
    """One JSON line out for each line in, in order; 1 when any was an error, else 0."""
    pack = _pack_in_force(settings)
    day = on or _today(pack)
    inputs = [_read_line(line) for line in lines if line.strip()]
    with running_rasa(settings) as url:
        texts = [line["text"] for line in inputs if isinstance(line, dict)]
        heard = iter(asyncio.run(parse_all(url, texts)))
        answers = [
            {"error": str(line)}
            if isinstance(line, BadLine)
            else _answer(line, next(heard), pack, day)
            for line in inputs
        ]
    for answer in answers:
        print(json.dumps(answer, ensure_ascii=False), file=out)
    failures = sum("error" in answer for answer in answers)
    if failures:
        print(f"langnghe: {failures} of {len(answers)} lines failed", file=sys.stderr)
    return 1 if failures else 0


def explanation(text: str, said: Understanding, pack: Pack, on: date) -> dict[str, Any]:
    """What `explain --jsonl` writes for one text, less its id."""
    place = pack.gazetteer.find(text)
    is_report = said.intent.name == REPORT
    best = said.categories[0]
    matter = said.matter(text, place.ward_code)
    matter = replace(matter, place_words=place.matched, place_confidence=place.confidence)
    if not is_report:
        matter = replace(matter, category=None, category_confidence=0.0)
    return {
        "intent": _scored(said.intent),
        "category": _scored(best) if is_report else None,
        "categories": [_scored(category) for category in said.categories],
        "legal_type": said.legal_type.name,
        "entities": list(said.entities),
        "place": _place(place),
        "route": _route(decide(matter, pack, on)),
    }


def _answer(
    line: dict[str, Any], said: Understanding | NotUnderstood, pack: Pack, on: date
) -> dict[str, Any]:
    if isinstance(said, NotUnderstood):
        return {"id": line["id"], "error": f"Rasa did not answer: {said.why}"}
    return {"id": line["id"], **explanation(line["text"], said, pack, on)}


def _read_line(line: str) -> dict[str, Any] | BadLine:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        return BadLine(f"not JSON: {str(error) or type(error).__name__}")
    if not isinstance(value, dict) or "id" not in value:
        return BadLine('not an object with "id" and "text"')
    if not isinstance(value.get("text"), str) or not value["text"].strip():
        return BadLine(f'{value["id"]}: "text" is missing or empty')
    return value


async def parse_all(url: str, texts: Iterable[str]) -> list[Understanding | NotUnderstood]:
    """What the Rasa server at `url` makes of each text, in order, a few at a time."""
    rasa, gate = Rasa(url, timeout=30), asyncio.Semaphore(AT_A_TIME)

    async def parse(text: str) -> Understanding | NotUnderstood:
        async with gate:
            return await rasa.parse(text)

    try:
        return await asyncio.gather(*(parse(text) for text in texts))
    finally:
        await rasa.close()


def _scored(scored: Scored) -> dict[str, Any]:
    return {"name": scored.name, "confidence": scored.confidence}


def _place(place: Place) -> dict[str, Any]:
    return {
        "ward_code": place.ward_code,
        "name": place.name,
        "confidence": place.confidence,
        "candidates": [
            {"ward_code": candidate.ward_code, "name": candidate.name}
            for candidate in place.candidates
        ],
        "outcome": place.outcome,
    }


def _route(decision: Decision) -> dict[str, Any]:
    return {
        "outcome": decision.outcome,
        "agency": decision.agency_id,
        "name": decision.agency_name,
        "confidence": decision.confidence,
        "rule": decision.rule,
        "reasons": list(decision.reasons),
        "excluded": list(decision.excluded),
        "suggestions": list(decision.suggestions),
        "ask": decision.ask,
        "for_citizen": decision.for_citizen,
    }


def _table(found: dict[str, Any]) -> Table:
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_row("intent", _percent(found["intent"]))
    for category in found["categories"][:3]:
        table.add_row("category", _percent(category))
    table.add_row("legal type", found["legal_type"])
    place = found["place"]
    names = place["name"] or ", ".join(c["name"] for c in place["candidates"]) or "-"
    table.add_row("place", f"{place['outcome']}: {names}")
    route = found["route"]
    table.add_row("route", f"{route['outcome']}: {route['name'] or '-'}")
    table.add_row("rule", route["rule"])
    for reason in route["reasons"]:
        table.add_row("because", reason)
    if route["suggestions"]:
        table.add_row("likely", ", ".join(route["suggestions"]))
    if route["ask"]:
        table.add_row("to ask", route["ask"])
    table.add_row("citizen reads", route["for_citizen"] or "-")
    return table


def _percent(scored: dict[str, Any]) -> str:
    return f"{scored['name']} ({scored['confidence']:.0%})"


def _pack_in_force(settings: Settings) -> Pack:
    """The tables with what staff saved, where there is a database: as the bot would decide."""
    return load_pack(PACKS / settings.pack, read_saved(settings, settings.pack))


def _today(pack: Pack) -> date:
    return pack.local_day(utc_now())
