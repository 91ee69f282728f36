"""The Rasa server of this machine: its own Python 3.10, trained when its data changed."""

import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from app.settings import ROOT, Settings

PROJECT = ROOT / "rasa_project"
PYTHON = PROJECT / ".venv" / "bin" / "python"
START_SECONDS = 120
QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "-1",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "PYTHONWARNINGS": "ignore",
    "LOG_LEVEL": "WARNING",  # Rasa's own: at DEBUG it would log what citizens wrote.
    "LOG_LEVEL_LIBRARIES": "ERROR",
    "SANIC_WORKERS": "1",
}


class RasaFailed(RuntimeError):
    """Rasa could not be trained or started; the message is one line for an operator."""


def train(*, quiet: bool = False) -> Path:
    """Train unless a model of the present data exists; the model's file. Raises RasaFailed."""
    if not PYTHON.exists():
        raise RasaFailed("rasa_project/.venv is missing: run `make setup`")
    output = subprocess.DEVNULL if quiet else None
    done = subprocess.run([PYTHON, PROJECT / "train.py"], stdout=output, check=False)
    if done.returncode != 0:
        raise RasaFailed("training the Rasa model failed")
    return newest_model()


def newest_model() -> Path:
    """The model that was trained last. Raises RasaFailed when there is none."""
    models = sorted(PROJECT.glob("models/*.tar.gz"), key=lambda path: path.stat().st_mtime)
    if not models:
        raise RasaFailed("rasa_project/models holds no model")
    return models[-1]


def command(model: Path, port: int) -> list[str]:
    """The command that serves `model` on loopback; run it in `rasa_project/`."""
    rasa = [str(PYTHON), "-m", "rasa", "run", "--enable-api"]
    return [*rasa, "-m", str(model), "-i", "127.0.0.1", "-p", str(port)]


def environment() -> dict[str, str]:
    """Rasa gets none of our settings: no token, no key, no database."""
    ours = {k: v for k, v in os.environ.items() if not k.startswith("LANGNGHE_")}
    return {**ours, **QUIET, "PYTHONPATH": str(PROJECT)}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def is_ready(url: str) -> bool:
    """Whether a Rasa server answers at `url` with a model loaded."""
    try:
        response = httpx.get(f"{url}/status", timeout=2)
        return response.status_code == 200 and bool(response.json().get("model_file"))
    except (httpx.HTTPError, ValueError):
        return False


@contextmanager
def running_rasa(settings: Settings) -> Iterator[str]:
    """The URL of the configured server, of the one that `langnghe run` started, or of one
    started for this call (trained first if needed). Raises RasaFailed."""
    known = settings.rasa_url or known_url(settings)
    if known and is_ready(known):
        yield known
        return
    if settings.rasa_url:
        raise RasaFailed("LANGNGHE_RASA_URL does not answer")
    model, port = train(quiet=True), free_port()
    server = subprocess.Popen(
        command(model, port),
        cwd=PROJECT,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(server, url)
        yield url
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait(server: "subprocess.Popen[bytes]", url: str) -> None:
    end = time.monotonic() + START_SECONDS
    while not is_ready(url):
        if server.poll() is not None:
            raise RasaFailed("the Rasa server stopped while starting")
        if time.monotonic() > end:
            raise RasaFailed(f"the Rasa server did not start in {START_SECONDS} seconds")
        time.sleep(0.3)


def remember_url(settings: Settings, url: str) -> None:
    """Tell other commands on this machine where `langnghe run` started Rasa."""
    _note(settings).write_text(json.dumps({"url": url}))


def known_url(settings: Settings) -> str | None:
    note = _note(settings)
    if not note.exists():
        return None
    url: str = json.loads(note.read_text())["url"]
    return url


def _note(settings: Settings) -> Path:
    return settings.data_dir / "rasa.json"
