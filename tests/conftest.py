"""The real parts that tests share: a PostgreSQL of their own, emptied after each test."""

import tempfile
import warnings
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import text

from db.migrate import upgrade
from db.models import Base
from db.session import Database

with warnings.catch_warnings():
    # The wheel asks for the runtime folder, which a machine without a log-in has none of.
    warnings.simplefilter("ignore")
    from db.embedded import embedded_postgres


@pytest.fixture(scope="session")
def database_url() -> Iterator[str]:
    """A migrated database. Directly under the temporary folder: a socket's path must be short,
    and the server's own user must be able to reach it."""
    with (
        tempfile.TemporaryDirectory(prefix="langnghe-test-", ignore_cleanup_errors=True) as folder,
        embedded_postgres(Path(folder) / "postgres") as url,
    ):
        upgrade(url)
        yield url


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """The database, empty again after the test."""
    opened = Database(database_url)
    yield opened
    names = [table.name for table in Base.metadata.sorted_tables]
    async with opened.in_transaction() as session:
        await session.execute(
            text(f"truncate {', '.join([*names, 'procrastinate_jobs'])} restart identity cascade")
        )
    await opened.close()
