"""`langnghe health`: healthy only while the process does its work."""

import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import psutil
import pytest
import pytest_asyncio
from procrastinate import App, PsycopgConnector

from app.health import Unhealthy, check_receiver, check_worker
from app.settings import Settings
from db.session import libpq_url
from tests.deployment.conftest import ROOT

SETTINGS = Settings(_env_file=None, worker_heartbeat_seconds=0.5)  # type: ignore[call-arg]
ELSEWHERE = "postgresql://langnghe@postgres:1/langnghe"
# A process that looks like a receiver: it connects to the port that it is given, and waits.
CONNECTED = "import socket, sys; c = socket.create_connection(('127.0.0.1', int(sys.argv[1])));"
CONNECTED += "print('ready', flush=True); sys.stdin.read()"


@contextmanager
def receiver(port: int) -> Iterator["subprocess.Popen[str]"]:
    words = [sys.executable, "-c", CONNECTED, str(port), "receiver"]
    pipe = subprocess.PIPE
    with subprocess.Popen(words, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process
        process.kill()


@pytest.fixture
def telegram() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


@pytest.fixture(autouse=True)
def only_mine(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a container there is one receiver; on a developer's machine others may run."""

    def children() -> list[psutil.Process]:
        return psutil.Process(os.getpid()).children()

    monkeypatch.setattr("app.health.psutil.process_iter", children)


def test_a_receiver_that_is_connected_is_healthy(telegram: socket.socket) -> None:
    with receiver(telegram.getsockname()[1]):
        check_receiver(ELSEWHERE)


def test_a_receiver_that_only_knows_the_database_is_not(telegram: socket.socket) -> None:
    port = telegram.getsockname()[1]
    with receiver(port), pytest.raises(Unhealthy, match="no connection to Telegram"):
        check_receiver(f"postgresql://langnghe@postgres:{port}/langnghe")


def test_no_receiver_is_unhealthy() -> None:
    with pytest.raises(Unhealthy, match="no receiver"):
        check_receiver(ELSEWHERE)


@pytest_asyncio.fixture
async def beating(database_url: str) -> AsyncIterator[None]:
    """A worker's heartbeat in the database, from connections of this process."""
    queue = App(connector=PsycopgConnector(conninfo=libpq_url(database_url)))
    async with queue.open_async():
        worker = await queue.job_manager.register_worker()
        yield
        await queue.job_manager.unregister_worker(worker)


async def test_a_worker_is_healthy_while_it_beats_and_asks_for_jobs(
    database_url: str, beating: None
) -> None:
    check_worker(SETTINGS, database_url)


async def test_the_heartbeat_of_another_worker_does_not_count(
    database_url: str, beating: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGAPPNAME", "langnghe-worker-that-hangs")
    with pytest.raises(Unhealthy, match="asked for no job"):
        check_worker(SETTINGS, database_url)


def test_without_a_worker_it_is_unhealthy(database_url: str) -> None:
    with pytest.raises(Unhealthy, match="no worker beat"):
        check_worker(SETTINGS, database_url)


@pytest.mark.parametrize("process", ["worker", "sender"])
def test_the_command_asks_whoever_does_jobs_for_its_beat(database_url: str, process: str) -> None:
    environment = os.environ | {"LANGNGHE_DATABASE_URL": database_url}
    words = [sys.executable, "-m", "app", "health", process]
    done = subprocess.run(
        words, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("langnghe: no worker beat")
