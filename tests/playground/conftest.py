"""A playground on a real port for the tests of this folder, with a clock that tests can move."""

import struct
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from telegram import Bot
from telegram.request import HTTPXRequest

from playground.limits import SendLimits
from playground.server import Place, create_app

TOKEN = "424242:TEST-token_of-the-playground"
AN = 1001


@dataclass
class Clock:
    """Seconds that pass only when a test says so."""

    seconds: float = 1_790_000_000.0

    def __call__(self) -> float:
        return self.seconds

    def advance(self, seconds: float) -> None:
        self.seconds += seconds


@dataclass
class Playground:
    """One served playground; `http` stands in for the citizens' phones."""

    url: str
    http: httpx.Client
    clock: Clock = field(default_factory=Clock)

    def bot(self) -> Bot:
        """A python-telegram-bot Bot that talks to this playground and to nothing else."""
        request = HTTPXRequest(httpx_kwargs={"trust_env": False})
        polling = HTTPXRequest(httpx_kwargs={"trust_env": False})
        return Bot(
            TOKEN,
            base_url=f"{self.url}/bot",
            base_file_url=f"{self.url}/file/bot",
            request=request,
            get_updates_request=polling,
        )

    def call(self, method: str, **params: Any) -> httpx.Response:
        return self.http.post(f"/bot{TOKEN}/{method}", json=params)

    def result(self, method: str, **params: Any) -> Any:
        answer = self.call(method, **params).json()
        assert answer["ok"], answer
        return answer["result"]

    def refusal(self, method: str, **params: Any) -> str:
        answer = self.call(method, **params)
        body = answer.json()
        assert body["ok"] is False
        assert body["error_code"] == answer.status_code
        return str(body["description"])

    def say(self, text: str, citizen: int = AN) -> int:
        answer = self.http.post(f"/api/chats/{citizen}/messages", json={"text": text})
        assert answer.status_code == 201, answer.text
        return int(answer.json()["message_id"])

    def read(
        self,
        citizen: int = AN,
        after: int = 0,
        since: int | None = None,
        sender: str | None = None,
        wait: float = 0,
    ) -> list[dict[str, Any]]:
        given = {"after": after, "since": since, "from": sender, "wait": wait}
        query = {name: value for name, value in given.items() if value is not None}
        answer = self.http.get(f"/api/chats/{citizen}/messages", params=query)
        assert answer.status_code == 200, answer.text
        messages: list[dict[str, Any]] = answer.json()["messages"]
        return messages


@contextmanager
def serve(app: FastAPI) -> Iterator[str]:
    """The application's address while it runs in a thread on a free port."""
    config = uvicorn.Config(
        app, host="127.0.0.1", port=0, log_level="warning", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        assert time.monotonic() < deadline, "the server takes too long to start"
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(timeout=20)


@contextmanager
def run_playground(store_path: Path, **options: Any) -> Iterator[Playground]:
    """`create_app` on a port. Send limits never bite here: their clock gains a minute a look."""
    clock = Clock()
    ticks = iter(range(0, 10**9, 60))
    defaults: dict[str, Any] = {
        "now": clock,
        "limits": SendLimits(lambda: next(ticks)),
        "first_retry_s": 0.02,
        "places": (Place("Bến xe thử", 20.85, 106.68),),
    }
    app = create_app(store_path, TOKEN, **(defaults | options))
    with serve(app) as url, httpx.Client(base_url=url, trust_env=False, timeout=30) as http:
        yield Playground(url, http, clock)


@pytest.fixture
def open_playground(tmp_path: Path) -> Callable[..., AbstractContextManager[Playground]]:
    """Opens a playground on this test's own store: twice is a restart."""

    def open_it(**options: Any) -> AbstractContextManager[Playground]:
        return run_playground(tmp_path / "playground.sqlite3", **options)

    return open_it


@pytest.fixture
def playground(
    open_playground: Callable[..., AbstractContextManager[Playground]],
) -> Iterator[Playground]:
    with open_playground() as running:
        yield running


def png(width: int, height: int) -> bytes:
    """A grey PNG picture of that size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + checksum

    rows = (b"\x00" + b"\x80" * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts
