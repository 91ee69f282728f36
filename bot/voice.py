"""What was said in a recording. That nothing was heard is a value: the recording stays, and the
conversation goes on without its words.

Threat: a recording is a stranger's file, and ffmpeg and the recogniser that read it are native
code. So each recording is read by a process of its own (`bot.hearing`) that knows no key and no
token and has limits: a crash, an endless loop or a full memory ends that process and nothing else.
"""

import asyncio
import importlib.util
import json
import logging
import os
import signal
import sys
from pathlib import Path
from typing import Protocol

from bot.heard import LONGEST_MINUTES, NotHeard

logger = logging.getLogger(__name__)

ROOT = Path(__file__).parents[1]
# Several times what the longest recording takes on a slow core (`python -m bench.voice`).
PATIENCE_SECONDS = 300.0
# All that the process is told of its surroundings.
_PASSED_ON = ("PATH", "PYTHONPATH", "LANG", "LC_ALL")


class Busy(Exception):
    """Another recording is being listened to; this one waits in the queue, not in a worker."""


class Recogniser(Protocol):
    """Anything that turns speech into text."""

    async def hear(self, recording: bytes, media_type: str | None) -> str | NotHeard:
        """The words, composed (NFC) and on one line. Raises Busy."""


def is_installed() -> bool:
    """Whether the extra `voice` is there: a recogniser and what opens recordings."""
    return all(importlib.util.find_spec(name) is not None for name in ("vietasr", "av"))


class LocalRecogniser:
    """Vietnamese speech on this machine, one recording at a time; nothing leaves it."""

    def __init__(self, patience: float = PATIENCE_SECONDS) -> None:
        self._patience = patience
        self._listening = asyncio.Lock()

    async def hear(self, recording: bytes, media_type: str | None) -> str | NotHeard:
        """ffmpeg looks for itself what the recording is: the media type is the sender's word."""
        if self._listening.locked():
            raise Busy
        async with self._listening:
            heard = await self._ask(recording)
        if isinstance(heard, NotHeard):
            logger.info("a recording was not heard", extra={"why": heard.why})
        return heard

    async def _ask(self, recording: bytes) -> str | NotHeard:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot.hearing",
            str(LONGEST_MINUTES * 60),
            cwd=ROOT,
            env={name: os.environ[name] for name in _PASSED_ON if name in os.environ},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is the worker's to answer.
        )
        try:
            asked = process.communicate(recording)
            answer, _ = await asyncio.wait_for(asked, self._patience)
        except TimeoutError:
            return NotHeard("timeout")
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGKILL)
                await process.wait()
        return _read(answer) if process.returncode == 0 else NotHeard("crashed")


def _read(answer: bytes) -> str | NotHeard:
    said = json.loads(answer)
    return NotHeard(said["why"]) if "why" in said else str(said["text"])
