"""How updates reach the bot: `getUpdates` long polling, or a webhook. Never both, as at Telegram.

An update stays stored until the bot confirms it: by a later `offset`, or by answering the webhook
with 2xx. (Telegram gives up after 24 hours; the playground keeps them.)
"""

import asyncio
import logging
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

import httpx

from playground.errors import bad_request, conflict
from playground.store import Json, Store

log = logging.getLogger(__name__)

OTHER_POLL = (
    "terminated by other getUpdates request; make sure that only one bot instance is running"
)
WEBHOOK_IS_ACTIVE = (
    "can't use getUpdates method while webhook is active;"
    " use deleteWebhook to delete the webhook first"
)
# Left out of what a bot gets unless it asks for them by name, as the Bot API documents.
OPT_IN_KINDS = ("chat_member", "message_reaction", "message_reaction_count")
MAX_RETRY_DELAY_S = 60.0
WEBHOOK_TIMEOUT_S = 30.0
TELEGRAMS_HEADER = "X-Telegram-Bot-Api-Secret-Token"
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class Bell:
    """Wakes those who wait at the moment of a ring; rings are not remembered."""

    def __init__(self) -> None:
        self._rung: dict[int, asyncio.Event] = defaultdict(asyncio.Event)

    def ring(self, key: int = 0) -> None:
        event = self._rung.pop(key, None)
        if event is not None:
            event.set()

    async def wait(self, key: int = 0, timeout_s: float | None = None) -> bool:
        """True when it rang, False when the time was over first."""
        try:
            await asyncio.wait_for(self._rung[key].wait(), timeout_s)
        except TimeoutError:
            return False
        return True


class Updates:
    """The queue of what the bot has not confirmed, and the one long poll that may wait for it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._poll: asyncio.Future[None] | None = None
        self.arrived = Bell()

    def publish(self, kind: str, payload: Json) -> None:
        """Store an update of that kind, unless the bot asked not to get the kind."""
        allowed = self._store.setting("allowed_updates")
        if kind in allowed if allowed else kind not in OPT_IN_KINDS:
            self._store.add_update(kind, payload)
            self._wake_poll()
            self.arrived.ring()

    def remember_allowed(self, kinds: Sequence[str] | None) -> None:
        """None leaves the earlier choice, as at Telegram; an empty list means the default kinds."""
        if kinds is not None:
            self._store.change_setting("allowed_updates", list(kinds))

    async def poll(self, offset: int, limit: int, timeout_s: float) -> list[Json]:
        """Confirm what lies before `offset`; give the oldest updates, or wait for the next."""
        if self._store.setting("webhook"):
            raise conflict(WEBHOOK_IS_ACTIVE)
        self.stop_poll(OTHER_POLL)
        self._confirm(offset)
        updates = self._store.updates(limit)
        if updates or timeout_s <= 0:
            return updates
        await self._wait_for_update(timeout_s)
        return self._store.updates(limit)

    def stop_poll(self, reason: str) -> None:
        """The waiting poll, if there is one, ends with 409: the newer request wins."""
        if self._poll is not None and not self._poll.done():
            self._poll.set_exception(conflict(reason))

    def _confirm(self, offset: int) -> None:
        if offset > 0:
            self._store.confirm_updates(before=offset)
        elif offset < 0:
            self._store.keep_last_updates(-offset)

    async def _wait_for_update(self, timeout_s: float) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._poll = turn
        try:
            await asyncio.wait_for(turn, timeout_s)
        except TimeoutError:
            return
        finally:
            if self._poll is turn:
                self._poll = None

    def _wake_poll(self) -> None:
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(None)


class Webhook:
    """Delivers updates to the bot's own address, one at a time and in order."""

    def __init__(
        self,
        store: Store,
        updates: Updates,
        now: Callable[[], float],
        first_retry_s: float,
        secret_header: str = TELEGRAMS_HEADER,
        wrap: Callable[[Json], Json] = lambda update: update,
    ) -> None:
        """`wrap` makes what is posted of a stored update."""
        self._secret_header = secret_header
        self._wrap = wrap
        self._store = store
        self._updates = updates
        self._now = now
        self._first_retry_s = first_retry_s
        self._changed = Bell()

    def register(self, url: str, secret_token: str, max_connections: int) -> None:
        """Raises ApiError (400) for an address or secret that Telegram would refuse."""
        check_webhook_url(url)
        if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", secret_token):
            raise bad_request("secret token contains unallowed characters")
        self._updates.stop_poll("terminated by setWebhook request")
        hook = {"url": url, "secret_token": secret_token, "max_connections": max_connections}
        self._store.change_setting("webhook", hook)
        self._store.change_setting("webhook_error", None)
        self._announce_change()

    def remove(self) -> None:
        self._store.change_setting("webhook", None)
        self._store.change_setting("webhook_error", None)
        self._announce_change()

    def info(self) -> Json:
        """A WebhookInfo."""
        hook = self._store.setting("webhook") or {"url": ""}
        info: Json = {
            "url": hook["url"],
            "has_custom_certificate": False,
            "pending_update_count": self._store.count_updates(),
            **(self._store.setting("webhook_error") or {}),
        }
        if hook["url"]:
            info["max_connections"] = hook["max_connections"]
        if allowed := self._store.setting("allowed_updates"):
            info["allowed_updates"] = allowed
        return info

    async def run(self) -> None:
        """Deliver until cancelled."""
        failures = 0
        # The machine's proxy settings must not carry a citizen's words elsewhere.
        async with httpx.AsyncClient(trust_env=False, timeout=WEBHOOK_TIMEOUT_S) as client:
            while True:
                hook, waiting = self._store.setting("webhook"), self._store.updates(1)
                if not hook or not waiting:
                    await self._updates.arrived.wait()
                elif await self._deliver(client, hook, waiting[0]):
                    failures = 0
                else:
                    failures += 1
                    await self._changed.wait(timeout_s=self._retry_delay_s(failures))

    def _announce_change(self) -> None:
        self._changed.ring()
        self._updates.arrived.ring()

    def _retry_delay_s(self, failures: int) -> float:
        return min(MAX_RETRY_DELAY_S, self._first_retry_s * 2.0 ** min(failures - 1, 10))

    async def _deliver(self, client: httpx.AsyncClient, hook: Json, update: Json) -> bool:
        headers = {}
        if hook["secret_token"]:
            headers[self._secret_header] = hook["secret_token"]
        try:
            response = await client.post(hook["url"], json=self._wrap(update), headers=headers)
        except httpx.HTTPError as error:
            self._note_failure(_describe(error))
            return False
        if response.is_success:
            self._store.confirm_updates(before=update["update_id"] + 1)
            return True
        status = f"{response.status_code} {response.reason_phrase}"
        self._note_failure(f"Wrong response from the webhook: {status}")
        return False

    def _note_failure(self, reason: str) -> None:
        log.warning("webhook.failed")
        failed = {"last_error_date": int(self._now()), "last_error_message": reason}
        self._store.change_setting("webhook_error", failed)


def check_webhook_url(url: str) -> None:
    """HTTPS anywhere, or plain HTTP on this machine: the one thing laxer than at Telegram."""
    parts = urlsplit(url)
    if parts.scheme == "https" and parts.hostname:
        return
    if parts.scheme != "http" or parts.hostname not in _LOOPBACK:
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")


def _describe(error: httpx.HTTPError) -> str:
    if isinstance(error, httpx.TimeoutException):
        return "Read timeout expired"
    return "Connection refused" if isinstance(error, httpx.ConnectError) else "Connection closed"
