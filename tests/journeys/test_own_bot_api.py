"""With a token set, everything talks to that Bot API server and no playground is started."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from app.rasa_server import free_port
from bench.town import ROOT, SimulatedCitizen, Town

TOKEN = "2000000002:somebody-elses-bot-on-another-server"


@pytest.fixture
def bot_api() -> Iterator[str]:
    """Another Bot API server: as good as Telegram's for whoever has only its address."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="api-") as folder:
        environment = os.environ | {
            "LANGNGHE_DATA_DIR": folder,
            "LANGNGHE_TELEGRAM_TOKEN": TOKEN,
            "LANGNGHE_PLAYGROUND_PORT": str(port),
        }
        server = subprocess.Popen(
            [sys.executable, "-m", "app", "playground"], cwd=ROOT, env=environment
        )
        url = f"http://127.0.0.1:{port}"
        try:
            _wait(url)
            yield url
        finally:
            server.terminate()
            server.wait(timeout=20)


@pytest.fixture
def own_town(town: Town, bot_api: str) -> Iterator[Town]:
    with tempfile.TemporaryDirectory(prefix="own-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        own = Town(
            Path(folder) / "data",
            LANGNGHE_TELEGRAM_TOKEN=TOKEN,
            LANGNGHE_TELEGRAM_API_URL=bot_api,
            LANGNGHE_RASA_URL=town.rasa_url,
        )
        own.start()
        yield own
        own.stop()


async def test_with_a_token_the_bot_talks_to_that_server(own_town: Town, bot_api: str) -> None:
    assert "Chat page" not in own_town.output
    async with httpx.AsyncClient(base_url=bot_api, timeout=60) as client:
        citizen = await SimulatedCitizen.arrive(client, "An")
        assert await citizen.file("Đèn đường ngõ tôi ở phường Lê Chân hỏng ba tuần")


def _wait(url: str) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            httpx.get(url, timeout=2)
            return
        except httpx.HTTPError:
            time.sleep(0.2)
    raise AssertionError("the Bot API server did not start")
