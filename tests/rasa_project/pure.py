"""The components that know nothing of Rasa, imported as they import one another."""

import importlib
import sys
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[2] / "rasa_project"


def component(name: str) -> Any:
    """The module `rasa_project/components/<name>.py`."""
    if str(PROJECT) not in sys.path:
        sys.path.append(str(PROJECT))
    return importlib.import_module(f"components.{name}")
