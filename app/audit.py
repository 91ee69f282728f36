"""`langnghe audit`: whether anybody changed the history of cases."""

from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from cases.audit import Broken, Head, find_broken, read_heads, read_seal
from db.session import Database


def load_seal(path: Path | None) -> Mapping[str, Head]:
    """The heads in a seal's file; none without one. Raises ValueError for what is no seal."""
    return read_seal(path.read_text(encoding="utf-8")) if path is not None else {}


async def verify(url: str, sealed: Mapping[str, Head]) -> list[Broken]:
    """Every case whose history does not hold, all as of one moment."""
    database = Database(url, pool_size=1)
    try:
        async with database.in_transaction() as session:
            await _stand_still(session)
            return [one async for one in find_broken(session, sealed)]
    finally:
        await database.close()


async def collect_heads(url: str) -> list[tuple[str, Head]]:
    """The heads of all cases, all as of one moment."""
    database = Database(url, pool_size=1)
    try:
        async with database.in_transaction() as session:
            await _stand_still(session)
            return [one async for one in read_heads(session)]
    finally:
        await database.close()


async def _stand_still(session: AsyncSession) -> None:
    """Cases go on while they are read: what is seen is one moment's."""
    await session.execute(text("set transaction isolation level repeatable read read only"))
