"""Trains the model once per content: models/<fingerprint>.tar.gz, skipped when it is there.

Run with this folder's own Python from anywhere: `rasa_project/.venv/bin/python
rasa_project/train.py`.
Standard library only, so that "nothing to do" takes no time. Exit code 1 and one line on failure.
"""

import hashlib
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Dict, Iterator, List

PROJECT = Path(__file__).resolve().parent
MODELS = PROJECT / "models"
SOURCES = (
    "config.yml", "domain.yml", "data", "components",
    "encoder/encoder.onnx", "encoder/pieces.model", "encoder/labels.json",
)  # fmt: skip
MODELS_KEPT = 2


def list_sources(project: Path) -> Iterator[Path]:
    """The files that decide what a model is, in a stable order; byte code is none of them."""
    for name in SOURCES:
        root = project / name
        paths = sorted(root.rglob("*")) if root.is_dir() else [root]
        yield from (p for p in paths if p.is_file() and "__pycache__" not in p.parts)


def fingerprint(project: Path) -> str:
    """sha256 over names and contents, shortened to 16 hexadecimal digits for the file's name."""
    digest = hashlib.sha256()
    for path in list_sources(project):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(project).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:16]


def environment() -> Dict[str, str]:
    """Quiet, without telemetry or GPU search, with `components` importable."""
    quiet = {
        "PYTHONPATH": str(PROJECT),
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "CUDA_VISIBLE_DEVICES": "-1",
        "LOG_LEVEL": "WARNING",
        # No cache: Rasa's does not see a change in components/text.py and would keep the old model.
        "RASA_MAX_CACHE_SIZE": "0",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "PYTHONWARNINGS": "ignore",
    }
    return {**os.environ, **quiet}


def train_into(folder: Path) -> Path:
    """Runs `rasa train nlu`. Returns the model file; raises RuntimeError with Rasa's last line."""
    command: List[str] = [
        sys.executable, "-m", "rasa", "train", "nlu",
        "--config", "config.yml", "--domain", "domain.yml", "--nlu", "data/nlu",
        "--out", str(folder), "--fixed-model-name", "model",
    ]  # fmt: skip
    done = subprocess.run(
        command, cwd=PROJECT, env=environment(), capture_output=True, text=True, check=False
    )
    model = folder / "model.tar.gz"
    if done.returncode != 0 or not model.is_file():
        lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        raise RuntimeError(lines[-1] if lines else f"rasa exited with {done.returncode}")
    return model


def drop_old_models(keep: Path) -> None:
    """Leaves the newest models, the given one always among them: one to run, one to go back to."""
    others = [path for path in MODELS.glob("*.tar.gz") if path != keep]
    others.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    for path in others[MODELS_KEPT - 1 :]:
        path.unlink()
        print(f"removed old model {path.name}", flush=True)


def main() -> int:
    """Prints one line a step. The last line of a success names the model."""
    target = MODELS / f"{fingerprint(PROJECT)}.tar.gz"
    if target.is_file():
        os.utime(target)  # The newest file is the one that is served.
        print(f"model is up to date: models/{target.name}")
        return 0
    MODELS.mkdir(exist_ok=True)
    print("training (about a minute)", flush=True)
    started = time.monotonic()
    try:
        with tempfile.TemporaryDirectory(dir=MODELS, prefix=".training-") as folder:
            model = train_into(Path(folder))
            if MODELS / f"{fingerprint(PROJECT)}.tar.gz" != target:
                raise RuntimeError("the sources changed meanwhile; train again")
            model.replace(target)
    except (OSError, RuntimeError) as error:
        print(f"training failed: {error}", file=sys.stderr)
        return 1
    print(f"trained in {time.monotonic() - started:.0f} s: models/{target.name}", flush=True)
    drop_old_models(keep=target)
    return 0


if __name__ == "__main__":
    sys.exit(main())
