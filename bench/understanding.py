"""`make evaluate`: the trained model on the measuring texts (see rasa_project/evaluation).

Starts a server of its own and never asks one that runs: how long it takes to be ready and what it
holds in memory are measured as well. With --stock Rasa's stock pipeline is trained on the same text
and measured first, which takes over an hour.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.rasa_server import (
    PROJECT,
    PYTHON,
    START_SECONDS,
    RasaFailed,
    command,
    environment,
    free_port,
    is_ready,
    train,
)


@contextmanager
def serving(model: Path) -> Iterator[list[str]]:
    """A server of that model, as the options that tell evaluate.py of it. Raises RasaFailed."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    began = time.monotonic()
    server = subprocess.Popen(
        command(model, port),
        cwd=PROJECT,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while not is_ready(url):
            if server.poll() is not None or time.monotonic() - began > START_SECONDS:
                raise RasaFailed(f"the Rasa server of {model.name} did not start")
            time.sleep(0.1)
        ready = time.monotonic() - began
        yield ["--url", url, "--pid", str(server.pid), "--ready-seconds", f"{ready:.1f}"]
    finally:
        server.terminate()
        server.wait(timeout=20)


def run_module(name: str, *options: str, timed: bool = False) -> str:
    """Run a module of rasa_project in its Python; its output, if `timed`. Raises RasaFailed."""
    done = subprocess.run(
        [PYTHON, "-m", name, *options],
        cwd=PROJECT,
        env=environment(),
        stdout=subprocess.PIPE if timed else None,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RasaFailed(f"{name} failed")
    return done.stdout or ""


def train_timed(folder: str, *options: str) -> list[str]:
    """Train into `folder`, as the option that tells evaluate.py the seconds. Raises RasaFailed."""
    seconds = run_module("evaluation.training", folder, *options, timed=True)
    return ["--training-seconds", seconds.strip()]


def evaluate_stock() -> None:
    """Train, serve and measure the stock pipeline; its figures stay in stock.json."""
    print("training Rasa's stock pipeline (over an hour)", flush=True)
    with tempfile.TemporaryDirectory(prefix="stock-") as folder:
        trained = train_timed(folder, "--stock")
        with serving(Path(folder) / "model.tar.gz") as server:
            run_module("evaluation.evaluate", "--stock", "--model", "stock", *server, *trained)


def evaluate_ours(options: argparse.Namespace) -> None:
    """Serve and measure the model of the present data, timing its training first if asked to."""
    trained: list[str] = []
    if options.train:
        print("training once more, to time it", flush=True)
        with tempfile.TemporaryDirectory(prefix="training-") as folder:
            trained = train_timed(folder)
    model = train(quiet=True)
    flags = [f"--{name}" for name in ("quick", "record") if getattr(options, name)]
    with serving(model) as server:
        run_module("evaluation.evaluate", "--model", model.name, *flags, *server, *trained)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stock", action="store_true", help="Rasa's stock pipeline as well")
    parser.add_argument("--train", action="store_true", help="train once more, to time it")
    parser.add_argument("--quick", action="store_true", help="no cross-validation, no page")
    parser.add_argument("--record", action="store_true", help="write recorded.json anew")
    options = parser.parse_args()
    try:
        if options.stock:
            evaluate_stock()
        evaluate_ours(options)
    except RasaFailed as error:
        print(f"evaluate: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
