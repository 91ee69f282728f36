"""What a request means that got no answer: whether it can have been done."""

import httpx

from bot.channel import OutOfReach, Unclear

# Errors of httpx at which nothing was sent yet.
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)


def unanswered(error: httpx.HTTPError) -> OutOfReach | Unclear:
    """By the error's kind alone: its message may hold an address, and that a token."""
    kind = type(error).__name__
    return OutOfReach(kind) if isinstance(error, _NOT_SENT) else Unclear(kind)
