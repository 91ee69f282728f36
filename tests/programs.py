"""System programs that some tests need."""

import os
import shutil

import pytest


def require(program: str) -> str:
    """Its path. Where it is missing the test is skipped and says so; with
    LANGNGHE_REQUIRE_SYSTEM_PROGRAMS=1, as in CI, it fails."""
    path = shutil.which(program)
    if path is not None:
        return path
    message = f"{program} is not installed"
    if os.environ.get("LANGNGHE_REQUIRE_SYSTEM_PROGRAMS") == "1":
        pytest.fail(message)
    pytest.skip(message)
