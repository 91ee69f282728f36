"""What the processes are made of, from settings."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from telegram.ext import AIORateLimiter, ExtBot
from telegram.request import HTTPXRequest

from app.keys import make_local_keys
from app.mail import MailServer, is_address
from app.settings import Settings
from bot.voice import LocalRecogniser, Recogniser, is_installed
from bot.zalo import ZaloApi
from cases.tables import Tables
from db.embedded import embedded_postgres
from db.session import Database
from routing.tables import PACKS, Pack, load_pack

# Telegram's own ceiling, https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
# One at a time, evenly spaced: whoever saves up a burst is told to wait for it.
PER_MESSAGE_SECONDS = 1 / 30
ANYWHERE = ("", "0.0.0.0", "::")  # noqa: S104
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


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
    """The province's tables as they come with the code. Raises routing.tables.PackError."""
    return load_pack(PACKS / settings.pack)


async def open_tables(settings: Settings, url: str) -> Tables:
    """The province's tables as staff keep them. Raises routing.tables.PackError where what they
    saved does not fit the files that came with the code."""
    tables, database = Tables(PACKS / settings.pack), Database(url, pool_size=1)
    try:
        async with database.in_transaction() as session:
            await tables.current(session)
    finally:
        await database.close()
    return tables


def recogniser() -> Recogniser | None:
    """What hears recordings: there with the extra `voice`, else nobody does."""
    return LocalRecogniser() if is_installed() else None


def mail_server_of(settings: Settings) -> MailServer | None:
    """The province's mail server; None where none is set. Raises ValueError for a sender that is
    no address."""
    if settings.smtp_host is None:
        return None
    if not is_address(settings.smtp_sender):
        raise ValueError("LANGNGHE_SMTP_SENDER is no mail address")
    return MailServer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        sender=settings.smtp_sender,
        security=settings.smtp_security,
        user=settings.smtp_user,
        password=settings.smtp_password,
    )


def console_url_of(settings: Settings) -> str:
    """Where staff reach the console, for the links in notices."""
    return settings.console_url or f"http://{settings.console_host}:{settings.console_port}"


def webhook_of(settings: Settings) -> tuple[str, str] | None:
    """Where channels deliver and the secret that they show; None where they are polled. Raises
    ValueError for what Telegram would refuse."""
    if settings.webhook_url is None:
        return None
    url = settings.webhook_url.rstrip("/")
    parts = urlsplit(url)
    # Plain http reaches no further than this machine: the playground's way.
    is_local = parts.scheme == "http" and parts.hostname in _LOOPBACK
    if not (is_local or (parts.scheme == "https" and parts.hostname)):
        raise ValueError("LANGNGHE_WEBHOOK_URL must begin with https:// and a host name")
    if parts.path or parts.query or parts.fragment or parts.username:
        raise ValueError("LANGNGHE_WEBHOOK_URL must be https://host, with nothing after the host")
    secret = settings.webhook_secret.get_secret_value() if settings.webhook_secret else ""
    if not re.fullmatch(r"[A-Za-z0-9_-]+", secret):
        raise ValueError("LANGNGHE_WEBHOOK_SECRET must be 32 to 256 of A-Z, a-z, 0-9, _ and -")
    return url, secret


def reachable_host(host: str) -> str:
    """An address by which this machine reaches what listens on `host`."""
    if host in ANYWHERE:
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def bot_id_of(token: str) -> int:
    """A bot's number, which its token begins with: known also while Telegram is out of reach.
    Raises ValueError for what is no token."""
    number = token.partition(":")[0]
    if not number.isdecimal():
        raise ValueError("LANGNGHE_TELEGRAM_TOKEN is not a token of @BotFather's")
    return int(number)


def zalo_api(settings: Settings) -> ZaloApi | None:
    """The bot on Zalo, where one is set up. Raises ValueError for what is no token."""
    if settings.zalo_token is None:
        return None
    return ZaloApi(settings.zalo_token.get_secret_value(), settings.zalo_api_url)


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
        rate_limiter=AIORateLimiter(
            overall_max_rate=1, overall_time_period=PER_MESSAGE_SECONDS, max_retries=0
        ),
    )
