"""A whole running system, as `langnghe run` starts it, and the citizens who write to it.

Journey tests and load runs share it; nothing in it is replaced by a stand-in.
"""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Self

import httpx
import psutil

ROOT = Path(__file__).parents[1]
READY_SECONDS = 150
CODE = re.compile(r"PA-[0-9A-HJKMNP-TV-Z]{6}")


def at_once(connections: int) -> httpx.Limits:
    """Limits for a client of so many phones. Idle connections are let go of before the server
    does, which would break a request that just went out."""
    return httpx.Limits(max_connections=connections, keepalive_expiry=2.0)


class Town:
    """`langnghe run` in a process of its own, on free ports, with its own data folder."""

    def __init__(self, data_dir: Path, **settings: str) -> None:
        """`settings` are environment variables beyond what a fresh machine has."""
        self.data_dir = data_dir
        self._settings = settings
        self._process: subprocess.Popen[str] | None = None
        self.output = ""
        self.chat_url = ""
        self.console_url = ""

    def start(self) -> None:
        """Start it and wait until it says that it is ready."""
        environment = {k: v for k, v in os.environ.items() if not k.startswith("LANGNGHE_")}
        environment |= {
            "LANGNGHE_DATA_DIR": str(self.data_dir),
            "LANGNGHE_CONSOLE_PORT": "18080",
            "LANGNGHE_PLAYGROUND_PORT": "18180",
            "LANGNGHE_WORKER_HEARTBEAT_SECONDS": "1",
            **self._settings,
        }
        log = self.data_dir.parent / "run.log"
        with log.open("w") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "app", "run"],
                cwd=ROOT,
                env=environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,
            )
        self._wait_for("Ctrl-C stops everything", log)
        if "Chat page" in self.output:
            self.chat_url = self._said(r"Chat page:\s+(\S+)/")
        self.console_url = self._said(r"Console:\s+(\S+)/")

    @property
    def rasa_url(self) -> str:
        """Where its Rasa server answers."""
        note: dict[str, str] = json.loads((self.data_dir / "rasa.json").read_text())
        return note["url"]

    @property
    def first_password(self) -> str:
        return self._said(r"Log in:\s+quantri / (\S+)")

    def stop(self) -> int:
        """Ctrl-C; the exit code. Fails if anything is left running."""
        assert self._process is not None
        parts = psutil.Process(self._process.pid).children(recursive=True)
        self._process.send_signal(signal.SIGINT)
        code = self._process.wait(timeout=60)
        _, alive = psutil.wait_procs(parts, timeout=5)
        assert not alive, f"still running: {[process.name() for process in alive]}"
        return code

    def part(self, name: str) -> psutil.Process:
        """The running process of a part: 'worker', 'rasa', ..."""
        assert self._process is not None
        end = time.monotonic() + 60
        while time.monotonic() < end:
            for child in psutil.Process(self._process.pid).children():
                if _is_part(child, name):
                    return child
            time.sleep(0.1)
        raise AssertionError(f"no running {name}")

    def kill(self, name: str) -> None:
        """SIGKILL: no farewell, no clean-up."""
        process = self.part(name)
        process.kill()
        process.wait(timeout=10)

    def kill_database(self) -> None:
        """SIGKILL to the embedded PostgreSQL's postmaster; what it leaves ends by itself."""
        pid_file = self.data_dir / "postgres" / "postmaster.pid"
        postmaster = psutil.Process(int(pid_file.read_text().split()[0]))
        postmaster.kill()
        psutil.wait_procs([postmaster], timeout=10)

    def _said(self, pattern: str) -> str:
        found = re.search(pattern, self.output)
        assert found, f"{pattern!r} not in:\n{self.output}"
        return found[1]

    def _wait_for(self, words: str, log: Path) -> None:
        assert self._process is not None
        end = time.monotonic() + READY_SECONDS
        while time.monotonic() < end:
            self.output = log.read_text()
            if words in self.output:
                return
            assert self._process.poll() is None, f"ended:\n{self.output}"
            time.sleep(0.2)
        raise AssertionError(f"not ready:\n{self.output}")


def _is_part(process: psutil.Process, name: str) -> bool:
    try:
        words = process.cmdline()
    except psutil.Error:
        return False
    return words[-1:] == [name] or (name == "rasa" and "rasa" in words)


@dataclass
class SimulatedCitizen:
    """A patient citizen on the playground's Telegram: writes, reads, taps what leads to a code."""

    channel: ClassVar[str] = "telegram"
    base: ClassVar[str] = ""

    client: httpx.AsyncClient
    chat: int
    read: int = 0
    first_answer_at: float = 0.0
    said: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    async def arrive(cls, client: httpx.AsyncClient, name: str) -> Self:
        answer = await client.post(f"{cls.base}/api/citizens", json={"first_name": name})
        answer.raise_for_status()
        return cls(client, answer.json()["id"])

    @property
    def path(self) -> str:
        return f"{self.base}/api/chats/{self.chat}"

    async def write(self, text: str) -> None:
        answer = await self.client.post(f"{self.path}/messages", json={"text": text})
        answer.raise_for_status()

    async def send_photos(self, pictures: list[bytes], caption: str = "") -> None:
        """One photo, or several as an album."""
        files = [("photo", (f"{n}.png", one, "image/png")) for n, one in enumerate(pictures)]
        answer = await self.client.post(
            f"{self.path}/messages", files=files, data={"caption": caption}
        )
        answer.raise_for_status()

    async def send_voice(self, recording: bytes) -> None:
        """A voice note, OGG with Opus as telephones record it."""
        files = [("voice", ("voice.ogg", recording, "audio/ogg"))]
        answer = await self.client.post(f"{self.path}/messages", files=files)
        answer.raise_for_status()

    async def hear(self, seconds: float = 60) -> dict[str, Any]:
        """The bot's next message; fails when none comes."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            answer = await self.client.get(
                f"{self.path}/messages",
                params={"after": self.read, "from": "bot", "wait": 20},
                timeout=40,
            )
            answer.raise_for_status()
            messages = answer.json()["messages"]
            if messages:
                self.read = messages[0]["message_id"]
                self.first_answer_at = self.first_answer_at or time.perf_counter()
                self.said.append(messages[0])
                return dict(messages[0])
        raise AssertionError(f"no answer in {seconds} s")

    def offered(self, message: dict[str, Any]) -> dict[str, str]:
        """What can be chosen under a message: label -> what choosing it sends."""
        return labels(message)

    async def tap(self, message: dict[str, Any], label: str) -> None:
        """Choose what is offered under that label. Raises KeyError where it is not."""
        data = self.offered(message)[label]
        answer = await self.client.post(
            f"{self.path}/taps",
            json={"message_id": message["message_id"], "data": data},
        )
        assert answer.status_code == 201, answer.text

    async def file(self, text: str, seconds: float = 120) -> str:
        """Write a petition and follow the bot until it gives a code."""
        await self.write(text)
        return await self.follow(text, seconds)

    async def follow(self, text: str, seconds: float = 120) -> str:
        """Tap what leads to a code; `text` is written again where that is asked for."""
        has_rewritten = False
        while True:
            message = await self.hear(seconds)
            code = CODE.search(message["text"])
            if code:
                return code[0]
            label = next((wish for wish in _WISHES if wish in self.offered(message)), None)
            if label is not None:
                await self.tap(message, label)
            elif "viết lại sự việc" in message["text"] and not has_rewritten:
                # A worker killed right after sending repeats that one reply: nobody writes twice.
                has_rewritten = True
                await self.write(text)


class ZaloCitizen(SimulatedCitizen):
    """The same on the playground's Zalo, where a choice is a number that is typed."""

    channel: ClassVar[str] = "zalo"
    base: ClassVar[str] = "/zalo"

    def offered(self, message: dict[str, Any]) -> dict[str, str]:
        _, _, lines = message["text"].partition("Trả lời bằng một số:\n")
        return {label: number for number, label in re.findall(r"^(\d+)\. (.+)$", lines, re.M)}

    async def tap(self, message: dict[str, Any], label: str) -> None:
        await self.write(self.offered(message)[label])


# What a patient citizen taps, the first that is offered.
_WISHES = (
    "Gửi chung một vụ việc",
    "Đồng ý và gửi",
    "Gửi",
    "Đây là phản ánh của tôi",
    "Tôi chỉ phản ánh sự việc",
    "Việc này ở trong thành phố",
    "Không rõ, bỏ qua",
    "Bỏ qua",
    "Đây là việc mới",
    "Thủ tục hành chính",  # Rasa was too slow to say what it is about: any will do here.
)


def labels(message: dict[str, Any]) -> dict[str, str]:
    """The buttons of a message: label -> data."""
    return {button["text"]: button["data"] for row in message["buttons"] for button in row}


async def together(*waiting: Any) -> list[Any]:
    """Do all at once."""
    return list(await asyncio.gather(*waiting))
