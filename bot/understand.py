"""Client of the Rasa server. Its failure is a value: the conversation goes on without it."""

import logging
from typing import Any

import httpx

from bot.heard import NotUnderstood, Scored, Understanding

logger = logging.getLogger(__name__)

# One parse takes milliseconds; a citizen should not wait longer than this for a sick server.
TIMEOUT_SECONDS = 5.0


class Rasa:
    """`POST /model/parse` and `GET /status` of one Rasa server (or a balancer of several)."""

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

    async def is_ready(self) -> bool:
        """Whether the server answers and has a model loaded."""
        try:
            response = await self._client.get("/status")
            return response.status_code == 200 and bool(response.json().get("model_file"))
        except (httpx.HTTPError, ValueError):
            return False

    async def close(self) -> None:
        await self._client.aclose()


def read_parse(body: dict[str, Any]) -> Understanding:
    """Rasa's JSON as an Understanding. Raises KeyError or TypeError where a part is missing."""
    return Understanding(
        intent=_scored(body["intent"]),
        categories=tuple(_scored(item) for item in body["categories"]),
        legal_type=_scored(body["legal_type"]),
        entities=tuple(body.get("entities", ())),
    )


def _scored(item: dict[str, Any]) -> Scored:
    return Scored(str(item["name"]), float(item["confidence"]))


def _failed(why: str) -> NotUnderstood:
    logger.warning("rasa did not answer", extra={"why": why})
    return NotUnderstood(why)
