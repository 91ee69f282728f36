"""How fast a bot may send, with Telegram's published figures.

Source: https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
(about one message a second in a chat, where "short bursts" are allowed, and 30 messages a second
overall). Telegram does not publish how long a burst may be: three is our reading.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

OVERALL_PER_SECOND = 30
CHAT_PER_SECOND = 1
CHAT_BURST = 3


@dataclass
class TokenBucket:
    """Holds at most `burst` tokens and gains `rate` of them a second; starts full."""

    rate: float
    burst: float
    filled_at: float
    tokens: float = field(init=False)

    def __post_init__(self) -> None:
        self.tokens = self.burst

    def wait_s(self, now: float) -> float:
        """Seconds until one token is there; 0.0 when one is there already."""
        self._refill(now)
        # The tolerance keeps 0.1 + 0.2 style rounding from refusing a bot that waited long enough.
        return 0.0 if self.tokens >= 1 - 1e-6 else (1 - self.tokens) / self.rate

    def take(self) -> None:
        self.tokens -= 1

    def _refill(self, now: float) -> None:
        gained = max(0.0, now - self.filled_at) * self.rate
        self.tokens = min(self.burst, self.tokens + gained)
        self.filled_at = now


class SendLimits:
    """The overall bucket and one bucket a chat. `clock` returns monotonic seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._overall = TokenBucket(OVERALL_PER_SECOND, OVERALL_PER_SECOND, clock())
        self._chats: dict[int, TokenBucket] = {}

    def admit_message(self, chat_id: int) -> int:
        """0 when the message may go (and it is counted), else the whole seconds to wait.

        A refused message costs nothing, so a bot that waits `retry_after` always gets through.
        """
        return self._admit(self._overall, self._chat(chat_id))

    def admit_edit(self) -> int:
        """As `admit_message`, for an edit: no figure is published; only the overall one holds."""
        return self._admit(self._overall)

    def _chat(self, chat_id: int) -> TokenBucket:
        if chat_id not in self._chats:
            self._chats[chat_id] = TokenBucket(CHAT_PER_SECOND, CHAT_BURST, self._clock())
        return self._chats[chat_id]

    def _admit(self, *buckets: TokenBucket) -> int:
        now = self._clock()
        wait = max(bucket.wait_s(now) for bucket in buckets)
        if wait > 0:
            return max(1, math.ceil(wait - 1e-6))
        for bucket in buckets:
            bucket.take()
        return 0
