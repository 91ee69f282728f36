"""One run of the measuring, and the files that keep runs: recorded.json and stock.json."""

import hashlib
import json
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Optional

from .figures import Figure

HERE = Path(__file__).resolve().parent
RECORDED = HERE / "recorded.json"
STOCK = HERE / "stock.json"
DIGITS = 6


class Training(NamedTuple):
    """How long training took, when, and on which training text."""

    seconds: float
    measured_on: str
    data: str


class Run(NamedTuple):
    """What one run measured. `data` is the fingerprint of the training text.

    `speed` holds what was timed (milliseconds, seconds, megabytes, parses a second), and `folds`
    the shares of the five parts of the cross-validation; both by name.
    """

    measured_on: str
    data: str
    model: str
    figures: Dict[str, Dict[str, Figure]]
    speed: Dict[str, float]
    folds: Dict[str, List[float]]
    training: Optional[Training]


def data_fingerprint(nlu: Path) -> str:
    """sha256 over names and contents of the training text, shortened to 16 hexadecimal digits."""
    digest = hashlib.sha256()
    for path in sorted(nlu.glob("*.yml")):
        content = path.read_bytes()
        digest.update(f"{path.name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:16]


def write_run(run: Run, path: Path) -> None:
    """Keeps a run, rounded so that a run of the same model changes few lines."""
    kept = run._asdict()
    kept["figures"] = {
        group: {name: figure._asdict() for name, figure in figures.items()}
        for group, figures in run.figures.items()
    }
    kept["training"] = run.training._asdict() if run.training else None
    text = json.dumps(_rounded(kept), ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8")


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, DIGITS)
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    return [_rounded(item) for item in value] if isinstance(value, list) else value


def read_run(path: Path) -> Run:
    """Raises OSError for a missing file, ValueError, KeyError or TypeError for another shape."""
    kept: Dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    kept["figures"] = {
        group: {name: Figure(**figure) for name, figure in figures.items()}
        for group, figures in kept["figures"].items()
    }
    kept["training"] = Training(**kept["training"]) if kept["training"] else None
    return Run(**kept)


def read_run_if_kept(path: Path) -> Optional[Run]:
    """None where nothing was ever kept."""
    return read_run(path) if path.is_file() else None
