"""`make bench`: many people write at once, and workers are killed meanwhile.

Prints how long a citizen waits for the card and for the code, how many cases a second the
whole path files (playground, receiver, worker, Rasa, PostgreSQL), and what a SIGKILL costs.
Telegram's pace (30 messages a second overall, about one a chat) is part of it: the playground
keeps it as Telegram does.
"""

import asyncio
import json
import statistics
import tempfile
import time
from pathlib import Path

import httpx
from rich.console import Console
from rich.table import Table

from bench.town import ROOT, SimulatedCitizen, Town, at_once, together

CITIZENS = 75
KILLS = 3
PETITIONS = ROOT / "rasa_project" / "evaluation" / "petitions_dev.jsonl"


async def file_all(town: Town, kills: int) -> tuple[float, list[float], int]:
    """Seconds in all, seconds until each first answer, and how many codes were given."""
    lines = PETITIONS.read_text(encoding="utf-8").splitlines()
    texts = [json.loads(line)["text_formal"] for line in lines][:CITIZENS]
    waits: list[float] = []
    limits = at_once(2 * CITIZENS)
    async with httpx.AsyncClient(base_url=town.chat_url, limits=limits, timeout=60) as client:
        citizens = await together(
            *(SimulatedCitizen.arrive(client, f"Người {n}") for n in range(len(texts)))
        )
        began = time.perf_counter()
        filing = asyncio.gather(
            *(_file(c, text, waits) for c, text in zip(citizens, texts, strict=True))
        )
        for _ in range(kills):
            await asyncio.sleep(2)
            await asyncio.to_thread(town.kill, "worker")
        codes = await filing
    return time.perf_counter() - began, waits, len(set(codes))


async def _file(citizen: SimulatedCitizen, text: str, waits: list[float]) -> str:
    began = time.perf_counter()
    code = await citizen.file(text, seconds=180)
    waits.append(citizen.first_answer_at - began)
    return code


def main() -> None:
    console = Console()
    table = Table("run", "cases", "codes", "seconds", "cases/s", "first answer p50/p95, s")
    with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        town = Town(Path(folder) / "data")
        town.start()
        try:
            for kills in (0, KILLS):
                seconds, waits, codes = asyncio.run(file_all(town, kills))
                name = f"{kills} kills of the worker" if kills else "undisturbed"
                p95 = statistics.quantiles(waits, n=20)[-1]
                table.add_row(
                    name,
                    str(len(waits)),
                    str(codes),
                    f"{seconds:.1f}",
                    f"{codes / seconds:.1f}",
                    f"{statistics.median(waits):.1f} / {p95:.1f}",
                )
        finally:
            town.stop()
    console.print(table)


if __name__ == "__main__":
    main()
