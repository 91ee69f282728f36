"""Locks hold names, versions and hashes, and no address (docs/decisions/0008)."""

import re
from pathlib import Path

import pytest

from tests.deployment.conftest import ROOT

LOCKS = [*sorted(ROOT.glob("requirements*.txt")), ROOT / "rasa_project" / "requirements.txt"]
FORBIDDEN = ("://", "--index-url", "--extra-index-url", "--find-links", "--trusted-host")
PACKAGE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*==[^\s\\;]+(\s*;[^\\]+)?\s*\\?")


def read_packages(lock: Path) -> list[list[str]]:
    """Each package's lines, its own first."""
    packages: list[list[str]] = []
    for line in lock.read_text().splitlines():
        if line.startswith("    --hash="):
            packages[-1].append(line.strip(" \\"))
        elif line and not line.lstrip().startswith("#"):
            packages.append([line])
    return packages


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: str(lock.relative_to(ROOT)))
def test_each_package_is_exact_and_hashed(lock: Path) -> None:
    packages = read_packages(lock)
    assert packages
    for name, *hashes in packages:
        assert PACKAGE.fullmatch(name), name
        assert hashes, name
        assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", found) for found in hashes), name


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: str(lock.relative_to(ROOT)))
def test_no_lock_names_an_address(lock: Path) -> None:
    text = lock.read_text()
    assert not [word for word in FORBIDDEN if word in text]


def test_there_is_no_other_lock() -> None:
    assert not (ROOT / "uv.lock").exists() or "uv.lock" in (ROOT / ".gitignore").read_text()
