"""Client of the Rasa server. Its failure is a value: the conversation goes on without it."""

import logging
import math
from typing import Any

import httpx

from bot.answers import checked
from bot.heard import NotUnderstood, Part, Scored, Understanding, is_accused, is_acting
from routing.tables import LEGAL_TYPES

logger = logging.getLogger(__name__)

# One parse takes milliseconds; a citizen should not wait longer than this for a sick server.
TIMEOUT_SECONDS = 2.0
REPORT = "report"


class Rasa:
    """`POST /model/parse` of one Rasa server (or a balancer of several)."""

    def __init__(self, url: str, timeout: float = TIMEOUT_SECONDS) -> None:
        self._client = httpx.AsyncClient(base_url=url, timeout=timeout)

    async def parse(self, text: str) -> Understanding | NotUnderstood:
        try:
            response = await self._client.post("/model/parse", json={"text": text})
            response.raise_for_status()
            return read_parse(response.json())
        except httpx.TimeoutException:
            return _failed("timeout")
        except httpx.HTTPError:
            return _failed("unreachable")
        except (KeyError, TypeError, ValueError):
            return _failed("bad_answer")

    async def close(self) -> None:
        await self._client.aclose()


def read_parse(body: dict[str, Any]) -> Understanding:
    """Rasa's JSON as an Understanding. Raises KeyError, TypeError or ValueError where a part is
    missing or is nothing that a case could hold, or an answer asks for a fact that no pack has."""
    intent, legal_type = _scored(body["intent"]), _scored(body["legal_type"])
    categories = tuple(_scored(item) for item in body["categories"])
    if not categories or legal_type.name not in LEGAL_TYPES:
        raise ValueError("no category, or a legal type that the law does not know")
    return Understanding(
        intent=intent,
        categories=categories,
        legal_type=legal_type,
        entities=tuple(dict(entity) for entity in body.get("entities", ())),
        answer=_answer(body, intent.name),
        parts=_parts(body),
        question=_question(body, categories[0].name),
        category_words=tuple(str(word["text"]) for word in body.get("category_words", ())),
    )


def _parts(body: dict[str, Any]) -> tuple[Part, ...]:
    """The matters of a text that holds several. Raises ValueError where words lie between them:
    they would be lost with a case each."""
    matters = list(body.get("matters", ()))
    if len(matters) < 2:
        return ()
    text = str(body["text"])
    bounds = [int(matter["start"]) for matter in matters] + [int(matters[-1]["end"])]
    parts = tuple(_part(body, matter) for matter in matters)
    is_whole = (bounds[0], bounds[-1]) == (0, len(text))
    if not is_whole or [int(matter["end"]) for matter in matters] != bounds[1:]:
        raise ValueError("matters that do not cover the text")
    if not all(part.text for part in parts):
        raise ValueError("a matter without words")
    return parts


def _part(body: dict[str, Any], matter: dict[str, Any]) -> Part:
    start, end = int(matter["start"]), int(matter["end"])
    category = _scored({"name": matter["category"], "confidence": matter["confidence"]})
    inside = [e for e in body.get("entities", ()) if start <= int(e.get("start", -1)) < end]
    accused = tuple(str(entity["value"]) for entity in inside if is_accused(entity))
    acting = tuple(str(entity["value"]) for entity in inside if is_acting(entity))
    words = str(body["text"])[start:end].strip()
    return Part(words, category.name, category.confidence, accused, acting)


def _answer(body: dict[str, Any], intent: str) -> str:
    """What the model says to a question (a retrieval intent); empty for all else, a report too:
    the follow-up question of its category is no answer."""
    selected = dict(body.get("response_selector", {})).get(intent)
    if intent == REPORT or selected is None:
        return ""
    responses = selected["response"]["responses"]
    return checked(str(responses[0]["text"])) if responses else ""


def _question(body: dict[str, Any], category: str) -> str:
    """What the category asks about, where the model's choice is this category's."""
    selected = dict(body.get("response_selector", {})).get(REPORT)
    if selected is None:
        return ""
    chosen = selected["response"]
    is_its_own = chosen.get("intent_response_key") == f"{REPORT}/{category}"
    responses = chosen["responses"] if is_its_own else ()
    return checked(str(responses[0]["text"])) if responses else ""


def _scored(item: dict[str, Any]) -> Scored:
    confidence = float(item["confidence"])
    if not math.isfinite(confidence):
        raise ValueError("a confidence that is no number")
    return Scored(str(item["name"]), confidence)


def _failed(why: str) -> NotUnderstood:
    logger.warning("rasa did not answer", extra={"why": why})
    return NotUnderstood(why)
