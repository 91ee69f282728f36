"""`make bench`: how long a citizen waits at a steady pace, and how a burst is stored and drained.

Everything is part of it, on one machine: playground, receiver, PostgreSQL, worker and Rasa. The
steady run takes the time from a citizen's message to the bot's first reply. The burst has
thousands of people write within seconds; then every message must be stored, none twice, and the
rate is told at which the waiting ones are handled and answered. Answers keep Telegram's pace.
"""

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from sqlalchemy import func, select

from bench.messages import PETITIONS
from bench.town import SimulatedCitizen, Town, at_once, together
from db.embedded import embedded_postgres
from db.models import InboxUpdate, Reply
from db.session import Database

STYLES = ("text_formal", "text_chat", "text_nodiac")
BURST, BURST_SECONDS = 5000, 10.0
PER_SECOND, STEADY_SECONDS = 10, 60
# A burst is written in so many requests a second, each of many people's messages: what writes it
# must not need the machine that is measured.
BATCHES_A_SECOND = 5


@dataclass(frozen=True)
class Drained:
    """What became of a burst; seconds are counted from its first message."""

    written: int
    written_seconds: float
    stored: int
    handled_seconds: float
    answered_seconds: float
    first_wait_p50: float


def petitions() -> list[str]:
    """The development set in its three styles."""
    lines = [json.loads(line) for line in PETITIONS.read_text(encoding="utf-8").splitlines()]
    return [line[style] for style in STYLES for line in lines]


async def steady(town: Town, per_second: float, seconds: float) -> list[float]:
    """Seconds from each message to the first reply, people writing at a steady pace."""
    texts, count = petitions(), int(per_second * seconds)
    limits = at_once(2 * count)
    async with httpx.AsyncClient(base_url=town.chat_url, limits=limits, timeout=90) as client:
        people = await together(
            *(SimulatedCitizen.arrive(client, f"Người {n}") for n in range(count))
        )

        async def one(number: int) -> float:
            await asyncio.sleep(number / per_second)
            began = time.perf_counter()
            await people[number].write(texts[number % len(texts)])
            await people[number].hear(120)
            return time.perf_counter() - began

        return await together(*(one(number) for number in range(count)))


async def burst(town: Town, database: Database, count: int, seconds: float) -> Drained:
    """So many people write one message each within so many seconds; waits until all is done."""
    texts = petitions()
    batches = int(seconds * BATCHES_A_SECOND)
    size = count // batches
    after = await _newest(database)
    async with httpx.AsyncClient(base_url=town.chat_url, timeout=90) as client:
        began = time.perf_counter()
        for batch in range(batches):
            words = [texts[(batch * size + n) % len(texts)] for n in range(size)]
            answer = await client.post("/api/crowd", json={"texts": words})
            answer.raise_for_status()
            due = began + (batch + 1) / BATCHES_A_SECOND
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
        written_seconds = time.perf_counter() - began
    await _until_done(database, after, size * batches)
    return await _drained(database, after, size * batches, written_seconds)


async def _newest(database: Database) -> int:
    async with database.in_transaction() as session:
        return await session.scalar(select(func.max(InboxUpdate.id))) or 0


async def _until_done(database: Database, after: int, count: int) -> None:
    waiting = (
        select(func.count()).where(InboxUpdate.id > after, InboxUpdate.handled_at.is_not(None)),
        select(func.count()).where(Reply.sent_at.is_(None), Reply.failed_at.is_(None)),
    )
    while True:
        async with database.in_transaction() as session:
            handled, unsent = [await session.scalar(query) or 0 for query in waiting]
        if handled >= count and not unsent:
            return
        await asyncio.sleep(1)


async def _drained(database: Database, after: int, count: int, written_seconds: float) -> Drained:
    times = select(
        func.count(),
        func.min(InboxUpdate.received_at),
        func.max(InboxUpdate.handled_at),
    ).where(InboxUpdate.id > after)
    async with database.in_transaction() as session:
        stored, began_at, handled_at = (await session.execute(times)).one()
        answers = (Reply.queued_at >= began_at, Reply.sent_at.is_not(None))
        answered_at = await session.scalar(select(func.max(Reply.sent_at)).where(*answers))
        first = func.min(Reply.sent_at).label("first")
        per_citizen = select(first).where(*answers).group_by(Reply.citizen_id).subquery()
        firsts = list(await session.scalars(select(per_citizen.c.first)))
    waits = sorted((at - began_at).total_seconds() for at in firsts)
    return Drained(
        count,
        written_seconds,
        stored,
        (handled_at - began_at).total_seconds(),
        (answered_at - began_at).total_seconds(),
        statistics.median(waits),
    )


def _percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def _tell(console: Console, name: str, value: Any) -> None:
    console.print(f"{name}: {value}", markup=False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--per-second", type=float, default=PER_SECOND)
    parser.add_argument("--seconds", type=float, default=STEADY_SECONDS)
    parser.add_argument("--burst", type=int, default=BURST)
    asked = parser.parse_args()
    console = Console(highlight=False)
    with tempfile.TemporaryDirectory(prefix="pace-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        town = Town(Path(folder) / "data")
        town.start()
        try:
            _run(town, asked, console)
        finally:
            town.stop()


def _run(town: Town, asked: argparse.Namespace, console: Console) -> None:
    asyncio.run(steady(town, 5, 4))  # A first few, so that pools and caches are warm.
    waits = asyncio.run(steady(town, asked.per_second, asked.seconds))
    shares = [f"p{100 * s:.0f} {1000 * _percentile(waits, s):.0f} ms" for s in (0.5, 0.95, 0.99)]
    _tell(console, f"first reply at {asked.per_second:g} a second, of {len(waits)}", shares)
    if asked.burst:
        with embedded_postgres(town.data_dir / "postgres") as url:
            database = Database(url, pool_size=2)
            done = asyncio.run(burst(town, database, asked.burst, BURST_SECONDS))
        _tell(console, "burst written", f"{done.written} in {done.written_seconds:.1f} s")
        _tell(console, "stored", done.stored)
        rate = done.written / done.handled_seconds
        _tell(console, "handled", f"{done.handled_seconds:.0f} s, {rate:.0f} a second")
        rate = done.written / done.answered_seconds
        _tell(console, "answered", f"{done.answered_seconds:.0f} s, {rate:.0f} a second")
        _tell(console, "half had an answer after", f"{done.first_wait_p50:.0f} s")


if __name__ == "__main__":
    main()
