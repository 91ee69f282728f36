"""Zalo as a channel: the Zalo Bot Platform's calls, its errors told apart.

The platform (bot.zaloplatforms.com/docs) is shaped like Telegram's, with less in it: no buttons, no
edits, no deletions, no documents; 2,000 characters a message. What its documentation leaves open is
marked unchecked here and in docs/decisions/0013.
"""

import logging
from typing import Any
from urllib.parse import urlsplit

import httpx
from aiolimiter import AsyncLimiter

from bot.channel import Blocked, OutOfReach, Refused, Rows, SlowDown, Unclear, pieces
from bot.unanswered import unanswered

logger = logging.getLogger(__name__)

ZALO = "zalo"
# Unchecked whether it counts UTF-16 units or characters; units are the stricter.
LONGEST = 2000
# As Telegram's `getFile`: enough for any photo.
LARGEST_FILE = 20 * 1024 * 1024
# Where Zalo keeps pictures (unchecked; from its clients' addresses).
FILE_HOSTS = (".zdn.vn", ".zadn.vn", ".zaloapp.com", ".zalo.me")
# Zalo publishes no pace: one message each thirtieth of a second, as at Telegram, is ours.
PER_MESSAGE_SECONDS = 1 / 30
USUAL_WAIT_SECONDS = 5.0
UNAUTHORIZED, FORBIDDEN, NO_UPDATE, TOO_MANY = 401, 403, 408, 429


class ZaloApi:
    """The platform's methods for one bot. Every call raises `bot.channel`'s exceptions only."""

    def __init__(self, token: str, api_url: str) -> None:
        """`token` is "<bot id>:<secret>". Raises ValueError for another form."""
        bot_id, _, secret = token.partition(":")
        if not bot_id.isdigit() or not secret:
            raise ValueError("a Zalo bot token looks like 123456:ABC")
        self.bot_id = int(bot_id)
        self._api_url = api_url.rstrip("/")
        self._token = token
        self._client = httpx.AsyncClient(timeout=30)

    async def call(
        self, method: str, params: dict[str, str] | None = None, read_timeout: float = 30
    ) -> Any:
        """The method's result; None where it has none. Raises as said above."""
        url = f"{self._api_url}/bot{self._token}/{method}"
        timeout = httpx.Timeout(30, read=read_timeout)
        try:
            response = await self._client.post(url, json=params or {}, timeout=timeout)
        except httpx.HTTPError as error:
            raise unanswered(error) from None
        return _result(response)

    async def updates(self, seconds: int) -> list[dict[str, Any]]:
        """What came, waiting for at most so long. Zalo gives it once: it must be stored now."""
        try:
            found = await self.call("getUpdates", {"timeout": str(seconds)}, seconds + 10)
        except NoUpdate:
            return []
        return found if isinstance(found, list) else [found] if found else []

    async def fetch(self, url: str) -> bytes:
        """A picture. Raises Refused for one that is none of Zalo's, or too large."""
        if not self._is_zalos(url):
            raise Refused("a file of another host")
        content = bytearray()
        try:
            async with self._client.stream("GET", url, follow_redirects=False) as response:
                _check_file(response)
                async for chunk in response.aiter_bytes():
                    content += chunk
                    if len(content) > LARGEST_FILE:
                        raise Refused("file is too big")
        except httpx.HTTPError as error:
            raise OutOfReach(type(error).__name__) from None
        return bytes(content)

    async def close(self) -> None:
        await self._client.aclose()

    def _is_zalos(self, url: str) -> bool:
        """Threat: an address in an update that makes us ask a machine of our own network."""
        parts, api = urlsplit(url), urlsplit(self._api_url)
        if (parts.scheme, parts.netloc) == (api.scheme, api.netloc):
            return True
        host = parts.hostname or ""
        return parts.scheme == "https" and parts.port is None and host.endswith(FILE_HOSTS)


class NoUpdate(OutOfReach):
    """Nothing came while a poll waited."""


class Zalo:
    """A bot's chats on Zalo; an address is a chat's id."""

    name = ZALO
    longest = LONGEST
    has_buttons = False

    def __init__(self, api: ZaloApi) -> None:
        self._api = api
        self._pace = AsyncLimiter(1, PER_MESSAGE_SECONDS)

    async def say(self, address: str, text: str, rows: Rows) -> None:
        await self._pace.acquire()
        await self._api.call("sendMessage", {"chat_id": address, "text": text})

    async def replace(self, address: str, message_id: int, text: str, rows: Rows) -> bool:
        """Zalo changes no message: a new one is said."""
        return False

    async def acknowledge(self, address: str, tap: str, spent: int | None) -> None:
        """There are no taps."""

    async def delete(self, address: str, message_ids: list[int]) -> bool:
        """Zalo lets a bot delete nothing of a citizen's."""
        return not message_ids

    async def send_file(self, address: str, name: str, content: bytes, caption: str) -> bool:
        """Zalo takes no documents, and pictures only by a public address: what is text is said, in
        as many messages as it needs."""
        try:
            text = content.decode()
        except UnicodeDecodeError:
            return False
        for piece in pieces(f"{caption}\n\n{text}", LONGEST):
            await self.say(address, piece, [])
        return True

    async def fetch(self, file_id: str) -> bytes:
        return await self._api.fetch(file_id)


def _result(response: httpx.Response) -> Any:
    if response.status_code >= 500:
        raise OutOfReach(f"status {response.status_code}")
    try:
        body = response.json()
        is_done = bool(body["ok"])
    except (KeyError, TypeError, ValueError):
        raise Unclear("an answer that is none of Zalo's") from None
    if is_done:
        return body.get("result")
    raise _refusal(body, response)


def _refusal(body: dict[str, Any], response: httpx.Response) -> Exception:
    """What a refusal means. Codes follow HTTP (unchecked for those who blocked the bot)."""
    code = body.get("error_code") or response.status_code
    if code == TOO_MANY:
        return SlowDown(_wait_of(body, response))
    if code == FORBIDDEN:
        return Blocked()
    if code == NO_UPDATE:
        return NoUpdate("no update")
    if code == UNAUTHORIZED or (isinstance(code, int) and code >= 500):
        return OutOfReach(f"error {code}")  # For an operator or for Zalo to mend.
    return Refused(f"error {code}")  # Its words may repeat ours.


def _wait_of(body: dict[str, Any], response: httpx.Response) -> float:
    told = (body.get("parameters") or {}).get("retry_after", response.headers.get("Retry-After"))
    try:
        return max(1.0, float(told))
    except (TypeError, ValueError):
        return USUAL_WAIT_SECONDS


def _check_file(response: httpx.Response) -> None:
    if response.status_code >= 500:
        raise OutOfReach(f"status {response.status_code}")
    if response.status_code != httpx.codes.OK:
        raise Refused(f"status {response.status_code}")
