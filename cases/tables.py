"""The tables that staff own: which are in force, what an edit would change, who saved what.

A pack's folder holds what a province starts from. What staff save stands in `table_versions`, and
the newest version of a file takes its place; an empty one gives the folder's file its place back.
Nothing is overwritten, so the versions are the history.

Threat: a table decides who gets a case. So only two roles may save one, each with a reason and
under their name, and none that leaves a case without exactly one agency (`routing.checks`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select, union
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from cases.access import ADMINISTRATOR, INSPECTOR, SUPERVISOR, TRIAGE_OFFICER, visible_cases
from cases.intake import matter_of
from cases.table_rows import Line, diff, read_rows, sign_rows
from db.models import Case, Staff, TableVersion
from routing.checks import load_sound_pack
from routing.preview import Preview, preview
from routing.reading import PackFiles
from routing.router import Matter
from routing.tables import Pack, PackError, load_pack

# Categories are not among them: their codes are what the model was trained on. Polygons, wards,
# pack.toml and the letterhead stay files too: see docs/decisions/0011.
EDITABLE = (
    "responsibilities.csv",
    "agencies.csv",
    "conditions.csv",
    "landmarks.csv",
    "aliases.csv",
    "other_names.csv",
    "elsewhere.csv",
)
EDITORS = frozenset((ADMINISTRATOR, SUPERVISOR))
CASES_LOOKED_AT = 500
LONGEST_NOTE = 500
OWN_FILE = ""  # The content of a version that gives the folder's file its place back.
_SEE_CASES = frozenset((TRIAGE_OFFICER, SUPERVISOR, INSPECTOR))
# Any constant will do: it keeps two people from saving tables that are sound only apart.
_SAVING_LOCK = 5_047_840


class TableNotSaved(ValueError):
    """Nothing was saved; the message says why, in Vietnamese."""


class StaleTable(TableNotSaved):
    """Somebody saved the table after this edit began."""


class TableRefused(TableNotSaved):
    """With this table the pack would not be sound; `problems` are "file:row: rule"."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = list(problems)
        super().__init__("Bảng phân công chưa đạt kiểm tra: " + "; ".join(self.problems[:5]))


@dataclass(frozen=True)
class Table:
    """A table as it is in force; `saved` is the version that made it so, None where it is the
    folder's own file."""

    name: str
    content: str
    saved: TableVersion | None

    @property
    def version(self) -> int:
        """What an edit begins from: 0 where nobody ever saved the table."""
        return self.saved.id if self.saved else 0

    @property
    def is_edited(self) -> bool:
        return self.saved is not None and self.saved.content != OWN_FILE


@dataclass(frozen=True)
class Proposal:
    """An edit before it is saved. Without problems, `preview` says which cases would go elsewhere;
    codes are shown only to those who may see cases."""

    name: str
    content: str
    version: int
    lines: list[Line]
    problems: list[str]
    preview: Preview | None
    shows_codes: bool


class Tables:
    """The pack in force in one process.

    `pack` is the pack as it was last seen in force: enough for the province's name and time zone.
    """

    def __init__(self, folder: Path, shipped: Pack | None = None) -> None:
        """`shipped`: the folder's pack, where it is loaded already. Raises PackError."""
        self.folder = folder
        self.pack = shipped or load_pack(folder)
        self._version = 0
        self._loading = asyncio.Lock()

    @property
    def pack_id(self) -> str:
        return self.folder.name

    async def current(self, session: AsyncSession) -> Pack:
        """The pack as staff saved it up to this moment; read again only when they did.

        Raises PackError where a saved table does not fit the folder's files (after an upgrade):
        better to decide nothing than to decide by half a table. `langnghe tables revert` mends it.
        """
        if await _newest(session, self.pack_id) != self._version:
            async with self._loading:
                await self._reload(session)
        return self.pack

    async def _reload(self, session: AsyncSession) -> None:
        version = await _newest(session, self.pack_id)
        if version != self._version:
            edited = await edited_tables(session, self.pack_id)
            self.pack = await asyncio.to_thread(load_pack, self.folder, edited)
            self._version = version


# --- reading


async def edited_tables(session: AsyncSession, pack_id: str) -> dict[str, str]:
    """The files that staff put in place of the folder's own, by name."""
    newest = await _newest_versions(session, pack_id)
    return {name: one.content for name, one in newest.items() if one.content != OWN_FILE}


async def list_tables(session: AsyncSession, folder: Path) -> list[Table]:
    """The tables that staff may edit, as they are in force."""
    newest = await _newest_versions(session, folder.name)
    found = (_table(folder, name, newest.get(name)) for name in EDITABLE)
    return [table for table in found if table is not None]


async def find_table(session: AsyncSession, folder: Path, name: str) -> Table | None:
    """One of them; None for any other name."""
    if name not in EDITABLE:
        return None
    newest = await _newest_versions(session, folder.name)
    return _table(folder, name, newest.get(name))


async def history(session: AsyncSession, pack_id: str, name: str) -> list[TableVersion]:
    """Every version of a table with who saved it, newest first."""
    query = (
        select(TableVersion)
        .where(TableVersion.pack == pack_id, TableVersion.name == name)
        .options(joinedload(TableVersion.staff))
        .order_by(TableVersion.id.desc())
    )
    return list(await session.scalars(query))


def text_of(version: TableVersion | None, folder: Path, name: str) -> str:
    """What a version says; before the first and after a return, the folder's own file."""
    if version is not None and version.content != OWN_FILE:
        return version.content
    return PackFiles(folder).read(name) or ""


def _table(folder: Path, name: str, saved: TableVersion | None) -> Table | None:
    if not (folder / name).is_file() and saved is None:
        return None
    return Table(name, text_of(saved, folder, name), saved)


async def _newest(session: AsyncSession, pack_id: str) -> int:
    query = select(func.coalesce(func.max(TableVersion.id), 0)).where(TableVersion.pack == pack_id)
    return await session.scalar(query) or 0


async def _newest_versions(session: AsyncSession, pack_id: str) -> dict[str, TableVersion]:
    query = (
        select(TableVersion)
        .where(TableVersion.pack == pack_id)
        .distinct(TableVersion.name)
        .options(joinedload(TableVersion.staff))
        .order_by(TableVersion.name, TableVersion.id.desc())
    )
    return {one.name: one for one in await session.scalars(query)}


# --- an edit, before it is saved


async def propose_table(
    session: AsyncSession, tables: Tables, table: Table, content: str, staff: Staff, now: datetime
) -> Proposal:
    """What saving this content would do: the rows that differ, what the check finds, and which of
    the last cases that `staff` may see would go elsewhere."""
    try:
        ready = _ready(table, content, staff.display_name)
    except TableRefused as refused:
        return Proposal(table.name, content, table.version, [], refused.problems, None, False)
    matters, shows_codes = await recent_matters(session, staff)
    old = await tables.current(session)
    edited = await edited_tables(session, tables.pack_id) | {table.name: ready}
    found = await asyncio.to_thread(_preview, tables.folder, edited, now, old, matters)
    lost = await _lost_agencies(session, table, ready)
    problems = [*lost, *found] if isinstance(found, list) else lost
    shown = found if isinstance(found, Preview) and not problems else None
    lines = diff(table.content, ready)
    return Proposal(table.name, ready, table.version, lines, problems, shown, shows_codes)


def _preview(
    folder: Path, edited: Mapping[str, str], now: datetime, old: Pack, matters: Mapping[str, Matter]
) -> Preview | list[str]:
    try:
        new = load_sound_pack(folder, edited, now)
    except PackError as error:
        return error.problems
    return preview(old, new, new.local_day(now), matters)


async def recent_matters(
    session: AsyncSession, staff: Staff | None
) -> tuple[dict[str, Matter], bool]:
    """The last cases, by code, and whether `staff` may know which. Who sees no case at all (an
    administrator, an operator) learns how many would move, among those that are not restricted."""
    sees_cases = staff is not None and bool(_SEE_CASES & set(staff.roles))
    seen = visible_cases(staff) if staff and sees_cases else Case.restricted.is_(False)
    query = select(Case).where(seen).order_by(Case.id.desc()).limit(CASES_LOOKED_AT)
    return {case.code: matter_of(case) for case in await session.scalars(query)}, sees_cases


def _ready(table: Table, content: str, editor: str) -> str:
    """The content as it will be kept: every changed row signed. Raises TableRefused."""
    try:
        return sign_rows(table.content, read_rows(content), editor).write()
    except ValueError as error:
        raise TableRefused([f"{table.name}:{error}"]) from error


# --- saving


async def save_table(
    session: AsyncSession,
    folder: Path,
    name: str,
    content: str,
    note: str,
    staff: Staff,
    now: datetime,
    expected_version: int,
) -> TableVersion:
    """Put a table in force from the end of this transaction on.

    Raises TableRefused, StaleTable or TableNotSaved; then nothing is saved.
    """
    if staff.disabled_at is not None or not EDITORS & set(staff.roles):
        raise TableNotSaved("Anh/chị không được sửa bảng phân công.")
    await _wait_turn(session)
    table = await find_table(session, folder, name)
    if table is None:
        raise TableNotSaved("Không có bảng này.")
    if table.version != expected_version:
        raise StaleTable("Bảng vừa được người khác lưu. Xin mở lại bảng rồi sửa tiếp.")
    ready = _ready(table, content, staff.display_name)
    if not diff(table.content, ready):
        raise TableNotSaved("Bảng không có gì thay đổi.")
    lost = await _lost_agencies(session, table, ready)
    if lost:
        raise TableRefused(lost)
    await _check(session, folder, {name: ready}, now)
    return await _store(session, folder.name, name, ready, _checked_note(note), staff.id, now)


async def revert_tables(
    session: AsyncSession, folder: Path, names: Sequence[str], note: str, now: datetime
) -> list[TableVersion]:
    """Give the folder's own files their place back, all at once: what an operator does when
    saved tables do not fit an upgrade. Raises TableRefused or TableNotSaved."""
    await _wait_turn(session)
    edited = await edited_tables(session, folder.name)
    for name in names:
        if name not in edited:
            raise TableNotSaved(f"{name}: không có bản đã sửa.")
    await _check(session, folder, dict.fromkeys(names, OWN_FILE), now)
    kept = _checked_note(note)
    return [await _store(session, folder.name, one, OWN_FILE, kept, None, now) for one in names]


async def _lost_agencies(session: AsyncSession, table: Table, content: str) -> list[str]:
    """A problem for each agency that an edit takes away though a case or a member of staff still
    names it: nobody could say any more who answers, or answered. Such an agency is ended."""
    gone = _agency_ids(table.content) - _agency_ids(content)
    if not gone:
        return []
    named = union(
        select(Case.agency_id), select(func.unnest(Case.supporting)), select(Staff.agency_id)
    )
    used = sorted(gone.intersection(one for one in await session.scalars(named) if one))
    rule = "in use: cases or staff name it, so give it a valid_to instead"
    return [f"{table.name}:{agency_id}: {rule}" for agency_id in used]


def _agency_ids(content: str) -> set[str]:
    rows = read_rows(content)
    return {rows.values(number).get("agency_id", "") for number in range(len(rows.body))}


async def _wait_turn(session: AsyncSession) -> None:
    await session.execute(select(func.pg_advisory_xact_lock(_SAVING_LOCK)))


async def _check(
    session: AsyncSession, folder: Path, changed: Mapping[str, str], now: datetime
) -> None:
    edited = await edited_tables(session, folder.name) | dict(changed)
    kept = {name: content for name, content in edited.items() if content != OWN_FILE}
    try:
        await asyncio.to_thread(load_sound_pack, folder, kept, now)
    except PackError as error:
        raise TableRefused(error.problems) from error


async def _store(
    session: AsyncSession,
    pack_id: str,
    name: str,
    content: str,
    note: str,
    staff_id: int | None,
    now: datetime,
) -> TableVersion:
    version = TableVersion(
        pack=pack_id, name=name, content=content, note=note, staff_id=staff_id, saved_at=now
    )
    session.add(version)
    await session.flush()
    return version


def _checked_note(note: str) -> str:
    if not note.strip():
        raise TableNotSaved("Xin ghi lý do sửa bảng.")
    if len(note) > LONGEST_NOTE:
        raise TableNotSaved(f"Lý do dài quá {LONGEST_NOTE} ký tự.")
    return note.strip()
