"""Asks a parser about every measuring text and puts what it answers beside what is right.

The parser is a function, so that the tests and `evaluate.py` share this. Standard library only:
both Python environments import it.
"""

import json
from pathlib import Path
from typing import Any, Callable, Dict, List, NamedTuple, Tuple

from .figures import (
    REPORT,
    Figure,
    Message,
    Reading,
    Spotted,
    entity_figures,
    message_figures,
    reading_figures,
)

HERE = Path(__file__).resolve().parent
STYLES = {"formal": "text_formal", "chat": "text_chat", "no diacritics": "text_nodiac"}
ALL_STYLES = "all styles"
SHORT_MESSAGES = "short messages"
ENTITIES = "entities"
# Stands for `report/` where categories and intents are learnt as one list, by the stock pipeline.
FLAT_PREFIX = "report_"
Row = Dict[str, Any]
Parse = Callable[[str], Row]


class Texts(NamedTuple):
    """The rows of the measuring files."""

    petitions: List[Row]
    intents: List[Row]
    entities: List[Row]


class Heard(NamedTuple):
    """What a model made of the texts. `spotted` is empty for a pipeline without entities."""

    readings: List[Reading]
    messages: List[Message]
    spotted: List[Spotted]

    def of_style(self, style: str) -> List[Reading]:
        """The grievances in one way of writing."""
        return [reading for reading in self.readings if reading.style == style]


def read_texts(folder: Path = HERE) -> Texts:
    """Raises OSError for a missing file and ValueError for one that is not JSON line by line."""
    return Texts(
        _read_lines(folder / "petitions_dev.jsonl"),
        _read_lines(folder / "intents_dev.jsonl"),
        _read_lines(folder / "entities.jsonl"),
    )


def _read_lines(path: Path) -> List[Row]:
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    if not rows:
        raise ValueError(f"{path.name} holds no texts")
    return rows


def hear(texts: Texts, parse: Parse) -> Heard:
    """Parses every text once. Raises what `parse` does; KeyError for answers of another shape."""
    return Heard(
        [
            read_petition(row, style, parse(row[field]))
            for style, field in STYLES.items()
            for row in texts.petitions
        ],
        [read_message(row, parse(row["text"])) for row in texts.intents],
        [spot(row, parse(row["text"])) for row in texts.entities],
    )


def read_petition(row: Row, style: str, answer: Row) -> Reading:
    """A row of petitions_dev.jsonl beside the answer to its text of that style."""
    categories, legal = answer["categories"], answer.get("legal_type")
    return Reading(
        style=style,
        text=row[STYLES[style]],
        category=row["category"],
        secondary=row["secondary_category"],
        legal_type=row["legal_type"],
        intent=answer["intent"]["name"],
        guesses=tuple(category["name"] for category in categories),
        confidence=categories[0]["confidence"],
        legal_guess=legal["name"] if legal else None,
    )


def read_message(row: Row, answer: Row) -> Message:
    """A row of intents_dev.jsonl beside its answer."""
    intent = answer["intent"]
    return Message(row["text"], row["intent"], intent["name"], intent["confidence"])


def spot(row: Row, answer: Row) -> Spotted:
    """A row of entities.jsonl beside its answer. Spans are of the answer's own text."""
    meant = tuple((e["entity"], e["text"]) for e in row["entities"])
    found = tuple((e["entity"], _span(answer, e)) for e in answer["entities"])
    return Spotted(row["text"], meant, found)


def _span(answer: Row, entity: Row) -> str:
    text: str = answer["text"][entity["start"] : entity["end"]]
    return text


def figures_of(heard: Heard) -> Dict[str, Dict[str, Figure]]:
    """Every figure that is recorded: group -> name -> figure."""
    groups = {style: reading_figures(heard.of_style(style)) for style in STYLES}
    groups[ALL_STYLES] = reading_figures(heard.readings)
    groups[SHORT_MESSAGES] = message_figures(heard.messages)
    if heard.spotted:
        groups[ENTITIES] = entity_figures(heard.spotted)
    return groups


def from_flat_labels(answer: Row) -> Row:
    """The answer of the stock pipeline in the shape of ours.

    Its labels are plain intents and `report_<category>`, all in one ranking: the best label
    decides the intent, whose confidence is the sum over its labels; the categories' confidences
    sum to one within the report.
    """
    ranking = [(item["name"], item["confidence"]) for item in answer["intent_ranking"]]
    inside: List[Tuple[str, float]] = [
        (name[len(FLAT_PREFIX) :], confidence)
        for name, confidence in ranking
        if name.startswith(FLAT_PREFIX)
    ]
    whole = sum(confidence for _, confidence in inside) or 1.0
    best, confidence = ranking[0]
    if best.startswith(FLAT_PREFIX):
        best, confidence = REPORT, whole
    categories = [{"name": name, "confidence": c / whole} for name, c in inside]
    return {
        "text": answer["text"],
        "intent": {"name": best, "confidence": confidence},
        "categories": categories,
        "entities": answer["entities"],
    }
