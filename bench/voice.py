"""`python -m bench.voice`: what listening to a recording costs, in seconds and in memory.

A robot's voice is listened to (bench/speech.py). It shows what a recording costs and that long ones
are heard to their end; how well people are heard it cannot show.
"""

import asyncio
import time

import psutil
from rich.console import Console
from rich.table import Table

from bench.speech import lasting, recorded, speak
from bot.heard import NotHeard
from bot.voice import LocalRecogniser

SECONDS = (5, 30, 60, 180, 299)
TEXT = "Trước cổng trường tiểu học phường Lê Chân có ổ gà to, xe máy ngã suốt cả tuần nay."


async def cost_of(recording: bytes) -> tuple[float, float, int]:
    """Seconds, the most memory that the process held in MB, and words heard."""
    listening = asyncio.create_task(LocalRecogniser().hear(recording, "audio/ogg"))
    began, most = time.perf_counter(), 0
    while not listening.done():
        await asyncio.sleep(0.05)
        most = max(most, _memory())
    heard = await listening
    words = 0 if isinstance(heard, NotHeard) else len(heard.split())
    return time.perf_counter() - began, most / 2**20, words


def _memory() -> int:
    held = 0
    for child in psutil.Process().children():
        try:
            held = max(held, child.memory_info().rss)
        except psutil.Error:  # It has just ended.
            continue
    return held


async def run() -> Table:
    table = Table("recording, s", "listened, s", "s per s", "memory, MB", "words")
    spoken = speak(TEXT)
    for length in SECONDS:
        took, memory, words = await cost_of(recorded(lasting(spoken, length), "ogg"))
        share = f"{took / length:.2f}"
        table.add_row(str(length), f"{took:.1f}", share, f"{memory:.0f}", str(words))
    return table


if __name__ == "__main__":
    Console().print(asyncio.run(run()))
