"""One engine a process, one transaction a unit of work.

Functions elsewhere that take `session` first never commit; `Database.in_transaction` does.
"""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from procrastinate.exceptions import ConnectorException
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

logger = logging.getLogger(__name__)

# What a database that is away, restarting or full raises: in a query, in queueing a job, or because
# no connection is free. Nothing was committed.
DATABASE_AWAY = (DBAPIError, ConnectorException, PoolTimeout)


def sqlalchemy_url(url: str) -> str:
    """Any PostgreSQL URL, made to use psycopg 3. Raises ValueError for another database."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "postgresql":
        raise ValueError("the database must be PostgreSQL")
    return parsed.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def libpq_url(url: str) -> str:
    """The same URL as libpq (psycopg, procrastinate) reads it."""
    parsed = make_url(sqlalchemy_url(url)).set(drivername="postgresql")
    return parsed.render_as_string(hide_password=False)


class Database:
    """The engine and its sessions."""

    def __init__(self, url: str, pool_size: int = 10, *, is_retried: bool = False) -> None:
        """`is_retried`: whatever fails is done again by itself, so a connection is not asked
        whether it still lives before each use: that question costs a round trip a transaction."""
        self._engine = create_async_engine(
            sqlalchemy_url(url),
            pool_size=pool_size,
            max_overflow=10,
            pool_pre_ping=not is_retried,
            hide_parameters=True,  # They hold citizens' words, and errors are logged.
        )
        self._sessions = async_sessionmaker(self._engine, expire_on_commit=False)

    @asynccontextmanager
    async def in_transaction(self) -> AsyncIterator[AsyncSession]:
        """A session whose work is committed at the end, or rolled back by an exception."""
        async with self._sessions() as session, session.begin():
            yield session

    async def answers(self) -> bool:
        """Whether the database can be asked now."""
        try:
            async with self.in_transaction() as session:
                await session.execute(text("select 1"))
        except DATABASE_AWAY as error:
            logger.error("the database is away", extra={"error": type(error).__name__})
            return False
        return True

    async def close(self) -> None:
        await self._engine.dispose()
