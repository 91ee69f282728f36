"""What the processes are made of, from settings."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from telegram.ext import AIORateLimiter, ExtBot
from telegram.request import HTTPXRequest

from app.keys import make_local_keys
from app.settings import Settings
from db.embedded import embedded_postgres
from routing.tables import PACKS, Pack, load_pack

# A little under Telegram's 30 a second. Each worker keeps it for itself: several can reach
# Telegram's limit together, and then wait as long as they are told.
MESSAGES_PER_SECOND = 28


def utc_now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def database_url(settings: Settings) -> Iterator[str]:
    """The configured database, or PostgreSQL in the data folder for as long as it is needed.

    Raises app.keys.MissingKeys where the data folder has lost the keys of its database.
    """
    if settings.database_url is not None:
        yield settings.database_url.get_secret_value()
    else:
        make_local_keys(settings)
        with embedded_postgres(settings.data_dir / "postgres") as url:
            yield url


def open_pack(settings: Settings) -> Pack:
    """The province's tables. Raises routing.tables.PackError."""
    return load_pack(PACKS / settings.pack)


def telegram_bot(settings: Settings) -> ExtBot[Any]:
    """The bot on the configured Bot API server. Raises ValueError without a token."""
    if settings.telegram_token is None:
        raise ValueError("LANGNGHE_TELEGRAM_TOKEN is not set")
    api = settings.telegram_api_url.rstrip("/")
    return ExtBot(
        settings.telegram_token.get_secret_value(),
        base_url=f"{api}/bot",
        base_file_url=f"{api}/file/bot",
        request=HTTPXRequest(connection_pool_size=32, pool_timeout=30, read_timeout=30),
        get_updates_request=HTTPXRequest(connection_pool_size=2),
        # Waiting for `retry_after` is the job queue's work: it survives a restart.
        rate_limiter=AIORateLimiter(overall_max_rate=MESSAGES_PER_SECOND, max_retries=0),
    )
