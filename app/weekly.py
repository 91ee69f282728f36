"""`langnghe digest`: snapshot, build, render, write."""

from pathlib import Path

from app.files import write_whole
from app.services import utc_now
from cases.snapshot import take_snapshot
from cases.tables import Tables
from db.session import Database
from digest.build import build
from digest.render_docx import render_docx
from digest.weeks import Week


async def write_digest(url: str, tables: Tables, written_week: str, out: Path) -> int:
    """Write the digest of a week to `out`; the number of cases that it looked at.

    Raises ValueError, in one line for operators, for a week that is none or is in the future,
    a file that is no .docx, or a database without cases.
    """
    week, now = Week.parse(written_week, tables.pack.timezone), utc_now()
    if week.starts_at > now:
        raise ValueError(f"{week} is in the future")
    if out.suffix != ".docx":
        raise ValueError(f"{out.name}: only .docx can be written")
    database = Database(url, pool_size=1)
    try:
        async with database.in_transaction() as session:
            snapshot = await take_snapshot(session, min(week.ends_at, now))
            pack = await tables.current(session)
    finally:
        await database.close()
    if not snapshot.cases and not snapshot.restricted_cases:
        raise ValueError("the database holds no cases of that week or before")
    write_whole(out, render_docx(build(snapshot, week, pack), pack.letterhead))
    return len(snapshot.cases) + snapshot.restricted_cases
