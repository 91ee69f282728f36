"""Client of the Rasa server. Its failure is a value: the conversation goes on without it."""

import logging
import math
from typing import Any

import httpx

from bot.heard import NotUnderstood, Scored, Understanding
from routing.tables import LEGAL_TYPES

logger = logging.getLogger(__name__)

# One parse takes milliseconds; a citizen should not wait longer than this for a sick server.
TIMEOUT_SECONDS = 5.0


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
    missing or is nothing that a case could hold."""
    legal_type = _scored(body["legal_type"])
    categories = tuple(_scored(item) for item in body["categories"])
    if not categories or legal_type.name not in LEGAL_TYPES:
        raise ValueError("no category, or a legal type that the law does not know")
    return Understanding(
        intent=_scored(body["intent"]),
        categories=categories,
        legal_type=legal_type,
        entities=tuple(dict(entity) for entity in body.get("entities", ())),
    )


def _scored(item: dict[str, Any]) -> Scored:
    confidence = float(item["confidence"])
    if not math.isfinite(confidence):
        raise ValueError("a confidence that is no number")
    return Scored(str(item["name"]), confidence)


def _failed(why: str) -> NotUnderstood:
    logger.warning("rasa did not answer", extra={"why": why})
    return NotUnderstood(why)
