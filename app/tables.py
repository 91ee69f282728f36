"""`langnghe tables`: what staff saved, read and undone from the command line."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.services import database_url, utc_now
from app.settings import Settings
from cases.tables import (
    EDITABLE,
    Table,
    edited_tables,
    list_tables,
    recent_matters,
    revert_tables,
)
from db.session import Database
from routing.checks import load_sound_pack
from routing.preview import Preview, preview
from routing.reading import PackFiles
from routing.router import Matter
from routing.tables import LEGAL_TYPES, PACKS, load_pack

T = TypeVar("T")


def read_saved(settings: Settings, pack_id: str) -> dict[str, str]:
    """The tables that staff saved, by name; none where no database was ever made here."""
    with _existing_database(settings) as url:
        if url is None:
            return {}
        return asyncio.run(_ask(url, lambda session: edited_tables(session, pack_id)))


def read_in_force(settings: Settings, names: Sequence[str] = EDITABLE) -> dict[str, str]:
    """The tables as they are in force, by name. Raises ValueError for a table that is none."""
    folder = PACKS / settings.pack
    saved = read_saved(settings, settings.pack)
    files = PackFiles(folder, saved)
    found = {name: files.read(name) for name in names if name in EDITABLE}
    missing = [name for name in names if found.get(name) is None and names is not EDITABLE]
    if missing:
        raise ValueError(f"no table {missing[0]!r}: the tables are {', '.join(EDITABLE)}")
    return {name: content for name, content in found.items() if content is not None}


def describe_tables(settings: Settings) -> list[str]:
    """A line for each table: its name, and who last saved it when and why."""
    folder = PACKS / settings.pack
    with _existing_database(settings) as url:
        if url is None:
            return [name for name in EDITABLE if (folder / name).is_file()]
        tables = asyncio.run(_ask(url, lambda session: list_tables(session, folder)))
    return [_describe(table) for table in tables]


def preview_edit(settings: Settings, edited: Path, cases: Path | None) -> list[str]:
    """What a table would change, in lines. Raises ValueError, or PackError where it is unsound."""
    if edited.name not in EDITABLE:
        raise ValueError(f"{edited.name} is no table: they are {', '.join(EDITABLE)}")
    saved, now = read_saved(settings, settings.pack), utc_now()
    folder = PACKS / settings.pack
    old = load_pack(folder, saved)
    content = edited.read_text(encoding="utf-8-sig")
    new = load_sound_pack(folder, saved | {edited.name: content}, now)
    matters = _recent(settings) if cases is None else read_matters(cases)
    found = preview(old, new, new.local_day(now), matters)
    return list(_lines(found, shows_codes=cases is not None))


def read_matters(path: Path) -> dict[str, Matter]:
    """Cases from JSON lines, by id. Raises ValueError that names the line."""
    matters: dict[str, Matter] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if line.strip():
            try:
                case = json.loads(line)
                matters[str(case["id"])] = _matter(case)
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise ValueError(f"{path.name}:{number}: no case: {error}") from error
    return matters


async def revert_saved(url: str, settings: Settings, names: Sequence[str], note: str) -> None:
    """Put the pack's own tables back. Raises cases.tables.TableNotSaved, a ValueError."""
    folder = PACKS / settings.pack
    await _ask(url, lambda session: revert_tables(session, folder, names, note, utc_now()))


def _matter(case: Mapping[str, Any]) -> Matter:
    legal_type = case.get("legal_type", LEGAL_TYPES[0])
    if legal_type not in LEGAL_TYPES:
        raise ValueError(f"unknown legal_type {legal_type!r}")
    return Matter(
        category=case.get("category"),
        category_confidence=float(case.get("confidence", 1.0)),
        legal_type=legal_type,
        ward_code=case.get("ward_code"),
        text=str(case["text"]),
    )


def _recent(settings: Settings) -> dict[str, Matter]:
    with _existing_database(settings) as url:
        if url is None:
            raise ValueError("there is no database: give the cases in a file, --cases")
        matters, _ = asyncio.run(_ask(url, lambda session: recent_matters(session, None)))
    return matters


def _lines(found: Preview, *, shows_codes: bool) -> Iterator[str]:
    changed = f"{len(found.changes)} of {found.looked_at} cases would go elsewhere"
    yield f"{changed}, by the tables of {found.on}"
    for before, after, count in found.moves:
        yield f"{count:5}  {before or '-'} -> {after or '-'}"
    for one in found.changes if shows_codes else ():
        yield f"{one.code}: {one.before_rule} -> {one.after_rule}"


def _describe(table: Table) -> str:
    if table.saved is None:
        return table.name
    by = table.saved.staff.display_name if table.saved.staff else "operator"
    back = "" if table.is_edited else " (back to the pack's own)"
    return f"{table.name}  {table.saved.saved_at:%Y-%m-%d %H:%M}Z  {by}: {table.saved.note}{back}"


@contextmanager
def _existing_database(settings: Settings) -> Iterator[str | None]:
    """The database, unless no table can have been saved in it: none is made where there was none,
    and one that lacks the migration is left as it is."""
    if settings.database_url is None and not (settings.data_dir / "postgres").is_dir():
        yield None
    else:
        with database_url(settings) as url:
            yield url if asyncio.run(_ask(url, _holds_tables)) else None


async def _holds_tables(session: AsyncSession) -> bool:
    return await session.scalar(text("select to_regclass('table_versions')")) is not None


async def _ask(url: str, work: Callable[[AsyncSession], Awaitable[T]]) -> T:
    database = Database(url, pool_size=1)
    try:
        async with database.in_transaction() as session:
            return await work(session)
    finally:
        await database.close()
