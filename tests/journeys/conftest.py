"""The running town, shared by the journeys: starting Rasa takes most of its time."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from bench.town import SimulatedCitizen, Town, ZaloCitizen, at_once
from db.embedded import embedded_postgres
from db.session import Database


@pytest.fixture(scope="session")
def town() -> Iterator[Town]:
    # A short path that PostgreSQL's own user may enter: its socket lies in the data folder.
    with tempfile.TemporaryDirectory(prefix="town-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        running = Town(Path(folder) / "data")
        running.start()
        yield running
        running.stop()


@pytest_asyncio.fixture
async def phones(town: Town) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the playground's citizens."""
    limits = at_once(200)
    async with httpx.AsyncClient(base_url=town.chat_url, limits=limits, timeout=60) as client:
        yield client


@pytest_asyncio.fixture
async def records(town: Town) -> AsyncIterator[Database]:
    """The town's own database."""
    with embedded_postgres(town.data_dir / "postgres") as url:
        database = Database(url, pool_size=2)
        yield database
        await database.close()


@pytest.fixture(params=[SimulatedCitizen, ZaloCitizen], ids=["telegram", "zalo"])
def channel(request: pytest.FixtureRequest) -> type[SimulatedCitizen]:
    """The same journey on each channel."""
    kind: type[SimulatedCitizen] = request.param
    return kind
