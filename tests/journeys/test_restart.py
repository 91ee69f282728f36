"""Ctrl-C stops everything cleanly; starting again keeps every case."""

import asyncio
import time
from pathlib import Path

import httpx
from rich.console import Console

from bench.town import SimulatedCitizen, Town


async def test_stopping_and_starting_again_keeps_every_case(
    town: Town, phones: httpx.AsyncClient, channel: type[SimulatedCitizen]
) -> None:
    citizen = await channel.arrive(phones, "An")
    code = await citizen.file("Đèn đường ngõ tôi ở phường Lê Chân hỏng ba tuần, tối om")
    await citizen.write("Nước máy ở xã Cẩm Giàng đục ngầu cả tuần nay, không dám nấu cơm")
    card = await citizen.hear()

    assert await asyncio.to_thread(town.stop) == 0
    began = time.monotonic()
    await asyncio.to_thread(town.start)
    Console().print(f"later start: {time.monotonic() - began:.0f} s")

    await citizen.tap(card, next(iter(citizen.offered(card))))  # The card from before still works.
    assert "Mã vụ việc" in (await citizen.hear())["text"]
    await citizen.write("/tinhtrang")
    assert code in (await citizen.hear())["text"]


def test_the_data_folder_keeps_its_keys_to_its_owner(town: Town) -> None:
    keys: Path = town.data_dir / "keys.json"
    assert keys.stat().st_mode & 0o077 == 0


def test_logs_hold_no_words_of_citizens_and_no_tokens(town: Town) -> None:
    for log in (town.data_dir / "logs").glob("*.log"):
        words = log.read_text(encoding="utf-8")
        for secret in ("Cẩm Giàng", "tối om", "playground-on-this-machine-only"):
            assert secret not in words, f"{secret} in {log.name}"
