"""The deployment's files, read once."""

from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]

Service = dict[str, Any]


@pytest.fixture(scope="session")
def compose() -> dict[str, Any]:
    parsed: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return parsed


@pytest.fixture(scope="session")
def services(compose: dict[str, Any]) -> dict[str, Service]:
    found: dict[str, Service] = compose["services"]
    return found


@pytest.fixture(scope="session")
def ours(services: dict[str, Service]) -> dict[str, Service]:
    """The services that run the application's own image."""
    return {name: it for name, it in services.items() if it["image"].startswith("langnghe:")}
