"""`langnghe run`: everything on one machine, started in order, watched, stopped cleanly.

Each part is a process of its own, the same command that production runs in its own
container. A part that dies is started again; what it was doing is in the database.
"""

import asyncio
import ctypes
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

import httpx
from rich.console import Console

from app import rasa_server
from app.accounts import first_password
from app.keys import KEYS, kept_keys, open_vault
from app.processes import PLAYGROUND_TOKEN, PLAYGROUND_ZALO_TOKEN
from app.services import database_url, open_pack, reachable_host
from app.settings import ROOT, Settings
from db.embedded import revive_postgres
from db.migrate import upgrade
from playground.server import ZALO_BASE

LARGEST_LOG = 10 * 1024 * 1024
STOP_SECONDS = 15
# A part that lived so long did not die of its start.
STEADY_SECONDS = 10
LONGEST_RESTART_WAIT = 30.0


@dataclass
class Part:
    """One process and how to start it again."""

    name: str
    command: list[str]
    environment: dict[str, str]
    log: Path
    folder: Path = ROOT
    process: "subprocess.Popen[bytes] | None" = None
    started_at: float = 0.0
    restart_at: float = 0.0
    wait: float = field(default=1.0)

    def start(self) -> None:
        if self.log.exists() and self.log.stat().st_size > LARGEST_LOG:
            self.log.replace(self.log.with_suffix(".old.log"))
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self.command,
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # Ctrl-C is ours to pass on, in order.
                preexec_fn=_end_with_parent,
            )
        self.started_at = time.monotonic()

    def last_words(self) -> str:
        """The last line of its log: codes only, as all logs."""
        lines = self.log.read_text(errors="replace").splitlines()
        return lines[-1] if lines else "no word in its log"

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def ask_to_stop(self) -> None:
        if self.process is not None and self.is_running():
            self.process.send_signal(signal.SIGTERM)

    def wait_until_stopped(self) -> None:
        if self.process is None:
            return
        try:
            self.process.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Stopped(BaseException):
    """Ctrl-C or SIGTERM; no library's `except Exception` may swallow it."""


def run_everything(settings: Settings) -> int:
    """Run until Ctrl-C; the exit code. Raises what `app.cli` turns into one line."""
    console = Console(highlight=False)
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, _stop)
    parts: list[Part] = []
    try:
        with ExitStack() as stack:
            stack.callback(_stop_all, parts, console)
            _start(settings, parts, stack, console)
            _watch(parts, console, None if settings.database_url else settings.data_dir)
    except Stopped:
        console.print("Stopped. Everything is kept; start again with the same command.")
        return 0


def _stop(*_: object) -> None:
    raise Stopped


def _start(settings: Settings, parts: list[Part], stack: ExitStack, console: Console) -> None:
    began = time.monotonic()
    logs = settings.data_dir / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    stack.enter_context(_only_one(settings.data_dir))
    open_pack(settings)
    step = _Steps(console)

    rasa, rasa_url = None, settings.rasa_url
    if rasa_url is None:
        step("Rasa model: training it if its data changed")
        model, port = rasa_server.train(), rasa_server.free_port()
        rasa_url = f"http://127.0.0.1:{port}"
        rasa = Part(
            "rasa",
            rasa_server.command(model, port),
            rasa_server.environment(),
            logs / "rasa.log",
            rasa_server.PROJECT,
        )
        _add(parts, rasa)
    rasa_server.remember_url(settings, rasa_url)

    step("PostgreSQL: starting and bringing its tables up to date")
    url = stack.enter_context(database_url(settings))
    # Entered after it, so that PostgreSQL outlives the processes that use it.
    stack.callback(_stop_all, parts, console)
    upgrade(url)
    open_vault(settings)
    password = asyncio.run(first_password(url))

    ports = _Ports()
    console_port = ports.take(settings.console_host, settings.console_port)
    environment = _environment(settings, url, rasa_url, console_port)
    console_url = f"http://{reachable_host(settings.console_host)}:{console_port}"
    addresses = [("Console", f"{console_url}/")]
    if settings.telegram_token is None:
        step("Playground: a local Telegram and Zalo, because LANGNGHE_TELEGRAM_TOKEN is not set")
        port = ports.take("127.0.0.1", settings.playground_port)
        playground_url = f"http://127.0.0.1:{port}"
        environment |= {
            "LANGNGHE_TELEGRAM_TOKEN": PLAYGROUND_TOKEN,
            "LANGNGHE_TELEGRAM_API_URL": playground_url,
            "LANGNGHE_ZALO_TOKEN": PLAYGROUND_ZALO_TOKEN,
            "LANGNGHE_ZALO_API_URL": f"{playground_url}{ZALO_BASE}",
            "LANGNGHE_PLAYGROUND_PORT": str(port),
            # Nobody is woken here, and whoever tries it at night wants to see the answer.
            "LANGNGHE_QUIET_HOURS": "false",
        }
        chat = _add(parts, _ours("playground", environment, logs))
        addresses.insert(0, ("Chat page", f"{playground_url}/"))
        _await(lambda: _answers(playground_url), 30, chat)

    step("Console, receiver, worker and sender: starting")
    for name in ("receiver", "worker", "sender"):
        _add(parts, _ours(name, environment | kept_keys(settings), logs))
    desk = _add(parts, _ours("console", environment, logs))
    _await(lambda: _answers(f"{console_url}/khoe"), 30, desk)

    if rasa is not None:
        step("Rasa: loading the model")
        _await(lambda: rasa_server.is_ready(rasa_url), rasa_server.START_SECONDS, rasa)
    elif not rasa_server.is_ready(rasa_url):
        console.print("LANGNGHE_RASA_URL does not answer: citizens file by buttons until it does.")

    console.print(f"\nReady after {time.monotonic() - began:.0f} seconds.")
    for name, address in addresses:
        console.print(f"  {name + ':':<11}{address}")
    if password is not None:
        console.print(f"  Log in:    quantri / {password}  (one-time: choose your own then)")
    console.print(f"  Logs:      {logs}\n  Ctrl-C stops everything; cases are kept.\n")


@contextmanager
def _only_one(folder: Path) -> Iterator[None]:
    """Two on one folder would both answer each citizen. Raises ValueError for the second."""
    with (folder / "run.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ValueError(f"`langnghe run` is already running on {folder}") from None
        yield


class _Steps:
    def __init__(self, console: Console) -> None:
        self._console = console
        self._count = 0

    def __call__(self, what: str) -> None:
        self._count += 1
        self._console.print(f"[{self._count}] {what} …", markup=False)


class _Ports:
    """The wished port, or the next free one; never one that was just given out."""

    def __init__(self) -> None:
        self._taken: set[int] = set()

    def take(self, host: str, wished: int) -> int:
        for port in range(wished, wished + 100):
            if port not in self._taken and _is_free(host, port):
                self._taken.add(port)
                return port
        raise ValueError(f"no free port from {wished} to {wished + 99}")


def _is_free(host: str, port: int) -> bool:
    family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError:
            return False
        return True


def _environment(settings: Settings, url: str, rasa_url: str, console_port: int) -> dict[str, str]:
    """What was decided here, for our processes; keys go only to those that need them."""
    inherited = {name: value for name, value in os.environ.items() if name not in KEYS}
    return inherited | {
        "LANGNGHE_DATABASE_URL": url,
        "LANGNGHE_RASA_URL": rasa_url,
        "LANGNGHE_CONSOLE_PORT": str(console_port),
        "LANGNGHE_DATA_DIR": str(settings.data_dir),
    }


def _ours(name: str, environment: dict[str, str], logs: Path) -> Part:
    command = [sys.executable, "-m", "app", name]
    return Part(name, command, dict(environment), logs / f"{name}.log")


def _add(parts: list[Part], part: Part) -> Part:
    parts.append(part)
    part.start()
    return part


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2).status_code < 500
    except httpx.HTTPError:
        return False


def _await(is_ready: Callable[[], bool], seconds: float, part: Part) -> None:
    """Wait for a part. Raises ValueError in one line when it ends or does not come."""
    end = time.monotonic() + seconds
    while not is_ready():
        if not part.is_running():
            raise ValueError(f"{part.name} ended while starting: {part.last_words()}")
        if time.monotonic() > end:
            raise ValueError(f"{part.name} did not start in {seconds:.0f} s: see {part.log}")
        time.sleep(0.2)


def _watch(parts: list[Part], console: Console, data_dir: Path | None) -> NoReturn:
    """Start again what dies, waiting longer each time it dies soon; our own PostgreSQL, in
    `data_dir`, at once, for all others wait for it."""
    while True:
        if data_dir is not None:
            _revive_database(data_dir, console)
        now = time.monotonic()
        for part in parts:
            if part.is_running():
                continue
            if part.restart_at == 0.0:
                code = part.process.returncode if part.process else None
                is_steady = now - part.started_at > STEADY_SECONDS
                part.wait = 1.0 if is_steady else min(part.wait * 2, LONGEST_RESTART_WAIT)
                part.restart_at = now + part.wait
                console.print(f"{part.name} ended ({code}); again in {part.wait:.0f} s")
                console.print(f"  {part.last_words()}", markup=False)
            elif now >= part.restart_at:
                part.restart_at = 0.0
                part.start()
        time.sleep(0.5)


def _revive_database(data_dir: Path, console: Console) -> None:
    try:
        if revive_postgres(data_dir / "postgres"):
            console.print("PostgreSQL ended; started again")
    except subprocess.SubprocessError as error:
        console.print(f"PostgreSQL ended and does not start yet ({type(error).__name__})")


def _stop_all(parts: list[Part], console: Console) -> None:
    """Receiver first, so that nothing new comes in; a second Ctrl-C does not interrupt this."""
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.SIG_IGN)
    running = [part for part in reversed(parts) if part.is_running()]
    if running:
        console.print("\nStopping …")
    for part in running:
        part.ask_to_stop()
    for part in running:
        part.wait_until_stopped()
    parts.clear()


def _end_with_parent() -> None:
    """In the child: when `langnghe run` is killed, its processes end too (Linux)."""
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)
