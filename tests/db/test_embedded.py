"""PostgreSQL in a folder."""

import os
import subprocess
import sys
from pathlib import Path

from db.embedded import _forget_dead_users, _is_starting


def test_a_machine_without_a_log_in_hears_no_warning() -> None:
    environment = {k: v for k, v in os.environ.items() if k != "XDG_RUNTIME_DIR"}
    command = [sys.executable, "-c", "import db.embedded"]
    root = Path(__file__).parents[2]
    done = subprocess.run(
        command, env=environment, cwd=root, capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("", "")


def test_killed_processes_no_longer_keep_the_server_running(tmp_path: Path) -> None:
    handles = tmp_path / ".handle_pids.json"
    _forget_dead_users(handles)
    assert not handles.exists()
    handles.write_text(f"[{os.getpid()}, 4194305]")
    _forget_dead_users(handles)
    assert handles.read_text() == f"[{os.getpid()}]"
    handles.write_text("")
    _forget_dead_users(handles)
    assert handles.read_text() == "[]"


def test_a_server_that_is_just_starting_is_waited_for(tmp_path: Path) -> None:
    note = tmp_path / "postmaster.pid"
    assert not _is_starting(note)
    head = [str(os.getpid()), "data", "0", "5432", "/tmp", "", "0 0"]  # noqa: S108
    for lines, is_starting in (
        (head[:3], True),
        ([*head, "starting"], True),
        ([*head, "ready   "], False),
        (["4194305", *head[1:], "starting"], False),  # Nobody is there any more.
        ([], False),
    ):
        note.write_text("\n".join(lines))
        assert _is_starting(note) is is_starting
