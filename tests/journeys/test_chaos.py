"""Three hundred people write while receiver, worker, Rasa and PostgreSQL are killed at random."""

import os

import pytest
from rich.console import Console

from bench import chaos
from bench.town import Town

CITIZENS = 300


@pytest.mark.timeout(900)
async def test_nothing_is_lost_and_nothing_twice_whatever_is_killed(town: Town) -> None:
    seed = int(os.environ.get("CHAOS_SEED") or int.from_bytes(os.urandom(3)))
    Console().print(f"CHAOS_SEED={seed}")
    report = await chaos.run(town, seed, CITIZENS)
    assert report.wrong == [], f"CHAOS_SEED={seed}"
    assert set(report.kills) == set(chaos.PARTS), "each part was killed"
