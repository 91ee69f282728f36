"""A real Rasa server with the trained model, started once for this folder."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from app.rasa_server import running_rasa
from app.settings import Settings

Parse = Callable[[str], dict[str, Any]]


@pytest.fixture(scope="session")
def rasa_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """LANGNGHE_TEST_RASA_URL where a server of the present model runs already, else a new one."""
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("data"),
        rasa_url=os.environ.get("LANGNGHE_TEST_RASA_URL"),
    )
    with running_rasa(settings) as url:
        yield url


@pytest.fixture(scope="session")
def parse(rasa_url: str) -> Iterator[Parse]:
    """What the server makes of a text."""
    with httpx.Client(base_url=rasa_url, timeout=30) as client:

        def ask(text: str) -> dict[str, Any]:
            response = client.post("/model/parse", json={"text": text})
            response.raise_for_status()
            body: dict[str, Any] = response.json()
            return body

        yield ask
