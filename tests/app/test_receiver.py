"""`langnghe receiver` with a webhook, as the process that production runs."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from cryptography.fernet import Fernet
from pydantic import ValidationError
from sqlalchemy import Engine, create_engine, text

from app.rasa_server import free_port
from app.services import bot_id_of, webhook_of
from app.settings import ROOT, Settings
from db.session import Database, sqlalchemy_url
from tests.playground.conftest import run_playground

SECRET = "a-secret-of-thirty-two-letters-01"
NOBODY = "http://127.0.0.1:1"  # Where no Telegram is.
UPDATE = {
    "update_id": 77,
    "message": {"chat": {"id": 5, "type": "private"}, "text": "chuyện riêng"},
}


class Receiver:
    """The process, its log and its door."""

    def __init__(self, database_url: str, log: Path, **settings: str) -> None:
        self.port = free_port()
        clean = {k: v for k, v in os.environ.items() if not k.startswith("LANGNGHE_")}
        self.environment = clean | {
            "LANGNGHE_DATABASE_URL": database_url,
            "LANGNGHE_ENCRYPTION_KEYS": Fernet.generate_key().decode(),
            "LANGNGHE_LOOKUP_KEY": "k" * 32,
            "LANGNGHE_TELEGRAM_TOKEN": "424242:TEST-token_of-the-playground",
            "LANGNGHE_TELEGRAM_API_URL": NOBODY,
            "LANGNGHE_WEBHOOK_URL": f"http://127.0.0.1:{self.port}",
            "LANGNGHE_WEBHOOK_SECRET": SECRET,
            "LANGNGHE_WEBHOOK_PORT": str(self.port),
            **settings,
        }
        self._log = log
        command = [sys.executable, "-m", "app", "receiver"]
        with log.open("w") as output:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stderr=output, stdout=output
            )

    def log(self) -> str:
        return self._log.read_text()

    def wait(self) -> None:
        end = time.monotonic() + 60
        while not self._answers():
            assert self.process.poll() is None, self.log()
            assert time.monotonic() < end, self.log()
            time.sleep(0.1)

    def deliver(self) -> int:
        headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
        url = f"http://127.0.0.1:{self.port}/telegram"
        answer = httpx.post(url, json=UPDATE, headers=headers, timeout=30, trust_env=False)
        return answer.status_code

    def health(self) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "app", "health", "receiver"]
        return subprocess.run(
            command,
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def _answers(self) -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/khoe", trust_env=False).is_success
        except httpx.HTTPError:
            return False


@contextmanager
def running(database_url: str, log: Path, **settings: str) -> Iterator[Receiver]:
    receiver = Receiver(database_url, log, **settings)
    try:
        yield receiver
    finally:
        receiver.process.kill()
        receiver.process.wait()


async def stored(database: Database) -> int:
    async with database.in_transaction() as session:
        count: int = (await session.execute(text("select count(*) from inbox"))).scalar_one()
        return count


async def test_it_takes_deliveries_while_telegram_is_out_of_reach(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    with running(database_url, tmp_path / "log") as receiver:
        receiver.wait()
        assert receiver.deliver() == 200
        assert await stored(database) == 1
        assert receiver.health().returncode == 0
        receiver.process.send_signal(signal.SIGTERM)
        assert receiver.process.wait(timeout=30) == 0
        assert "telegram is out of reach" in receiver.log()
        unwell = receiver.health()
        assert (unwell.returncode, unwell.stderr) == (
            2,
            "langnghe: the webhook does not answer (ConnectError)\n",
        )


async def test_a_stop_finishes_what_is_being_stored(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    engine = create_engine(sqlalchemy_url(database_url))
    with running(database_url, tmp_path / "log") as receiver, ThreadPoolExecutor() as pool:
        receiver.wait()
        with engine.begin() as slow:  # The insert waits as long as this is open.
            slow.execute(text("lock table inbox in access exclusive mode"))
            answer = pool.submit(receiver.deliver)
            _wait_for_a_waiting_lock(engine)
            receiver.process.send_signal(signal.SIGTERM)
            await asyncio.sleep(0.5)
            assert receiver.process.poll() is None
        assert answer.result(timeout=30) == 200
        assert receiver.process.wait(timeout=30) == 0
    engine.dispose()
    assert await stored(database) == 1


def test_logs_hold_no_words_secret_or_token(database_url: str, tmp_path: Path) -> None:
    settings = {"LANGNGHE_LOG_LEVEL": "DEBUG"}
    with (
        run_playground(tmp_path / "p.sqlite3") as telegram,
        running(
            database_url, tmp_path / "log", LANGNGHE_TELEGRAM_API_URL=telegram.url, **settings
        ) as receiver,
    ):
        receiver.wait()
        telegram.say("chuyện riêng")
        end = time.monotonic() + 30
        while telegram.result("getWebhookInfo")["pending_update_count"]:
            assert time.monotonic() < end, receiver.log()
            time.sleep(0.1)
        assert telegram.result("getWebhookInfo")["url"]
        receiver.process.send_signal(signal.SIGTERM)
        assert receiver.process.wait(timeout=30) == 0
        for hidden in ("chuyện", SECRET, "TEST-token", "1001"):
            assert hidden not in receiver.log()


def test_a_token_that_telegram_does_not_know_ends_it_in_one_line(
    database_url: str, tmp_path: Path
) -> None:
    with (
        run_playground(tmp_path / "p.sqlite3") as telegram,
        running(
            database_url,
            tmp_path / "log",
            LANGNGHE_TELEGRAM_API_URL=telegram.url,
            LANGNGHE_TELEGRAM_TOKEN="424242:not-the-token",
        ) as receiver,
    ):
        assert receiver.process.wait(timeout=60) == 2
        assert receiver.log().splitlines() == [
            "langnghe: the Bot API server does not know LANGNGHE_TELEGRAM_TOKEN, or"
            " LANGNGHE_TELEGRAM_API_URL is not a Bot API server"
        ]


def settings_with(**values: str) -> Settings:
    return Settings(_env_file=None, **values)  # type: ignore[call-arg, arg-type]


def test_without_an_address_channels_are_polled() -> None:
    assert webhook_of(settings_with()) is None


def test_an_address_may_end_with_a_slash() -> None:
    settings = settings_with(webhook_url="https://bot.example.vn/", webhook_secret=SECRET)
    assert webhook_of(settings) == ("https://bot.example.vn", SECRET)


@pytest.mark.parametrize(
    "url",
    ["bot.example.vn", "http://bot.example.vn", "ftp://127.0.0.1", "https://", "https://x/p",
     "https://x?a=b", "https://me@x"],
)  # fmt: skip
def test_an_address_that_telegram_would_refuse_is_refused_here(url: str) -> None:
    with pytest.raises(ValueError, match="LANGNGHE_WEBHOOK_URL must"):
        webhook_of(settings_with(webhook_url=url, webhook_secret=SECRET))


@pytest.mark.parametrize("secret", ["x" * 31 + " ", "x" * 31 + "ă", "x" * 31 + "\n"])
def test_a_secret_has_letters_that_a_header_carries(secret: str) -> None:
    with pytest.raises(ValueError, match="LANGNGHE_WEBHOOK_SECRET must"):
        webhook_of(settings_with(webhook_url="https://x.vn", webhook_secret=secret))


def test_an_address_needs_a_secret() -> None:
    with pytest.raises(ValueError, match="LANGNGHE_WEBHOOK_SECRET must"):
        webhook_of(settings_with(webhook_url="https://x.vn"))


@pytest.mark.parametrize("secret", ["x" * 31, "x" * 257])
def test_a_secret_is_neither_short_nor_longer_than_telegram_takes(secret: str) -> None:
    with pytest.raises(ValidationError):
        settings_with(webhook_secret=secret)


def test_a_token_begins_with_the_bots_number() -> None:
    assert bot_id_of("7123456789:AAE") == 7123456789
    with pytest.raises(ValueError, match="not a token"):
        bot_id_of("AAE:7123456789")


def _wait_for_a_waiting_lock(engine: Engine) -> None:
    end = time.monotonic() + 30
    query = text("select count(*) from pg_locks where not granted")
    while time.monotonic() < end:
        with engine.connect() as connection:
            if connection.execute(query).scalar_one():
                return
        time.sleep(0.05)
    raise AssertionError("nobody waits")
