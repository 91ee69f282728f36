"""The pages of the tables that decide who answers: read by all staff, changed by two roles.

An edit is one row or a whole file. It is shown with what it would change before it can be saved,
and the server checks it again when it is.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Form, HTTPException, Query, Request, Response
from fastapi import UploadFile as Upload
from fastapi.responses import RedirectResponse
from sqlalchemy.ext.asyncio import AsyncSession

from cases.table_rows import EDITOR, VALID_TO, Line, Rows, diff, read_rows
from cases.tables import (
    EDITORS,
    Proposal,
    Table,
    TableNotSaved,
    TableRefused,
    find_table,
    history,
    list_tables,
    propose_table,
    save_table,
    text_of,
)
from console.sessions import Visit, VisitHere
from console.site import LARGEST_ID, RowId, Site, SiteHere
from console.table_fields import TABLES, fields_of, label_of, shown
from console.wording import Typed, clean
from routing.tables import Pack
from routing.text import fold

log = logging.getLogger(__name__)
router = APIRouter(prefix="/bang-phan-cong")

STALE = "Bảng vừa được người khác lưu. Xin mở lại bảng rồi sửa tiếp."
NO_DATE = "Xin chọn ngày."
NOT_CSV = "Tệp gửi lên không phải bảng CSV dạng UTF-8."
# More than these are for the command line: a page with thousands of lines helps nobody.
LINES_SHOWN, PROBLEMS_SHOWN, CODES_SHOWN = 200, 50, 100


@dataclass(frozen=True)
class ShownRow:
    """A row of the page: its number in the table, and its cells as people read them."""

    number: int
    cells: list[str]
    has_ended: bool


def _editor(visit: VisitHere) -> Visit:
    if not EDITORS & set(visit.staff.roles):
        raise HTTPException(404)
    return visit


EditorHere = Annotated[Visit, Depends(_editor)]
Version = Annotated[int, Form(alias="version", ge=0, le=LARGEST_ID)]


@router.get("")
async def show_tables(request: Request, site: SiteHere, visit: VisitHere) -> Response:
    async with site.database.in_transaction() as session:
        tables = await list_tables(session, site.tables.folder)
    counts = {one.name: len(read_rows(one.content).body) for one in tables}
    return site.page(request, "tables.html", tables=tables, words=TABLES, counts=counts)


@router.get("/{name}")
async def show_table(
    request: Request,
    site: SiteHere,
    visit: VisitHere,
    name: str,
    words: Annotated[Typed, Query(alias="tim", max_length=200)] = "",
    done: Annotated[str, Query(alias="xong")] = "",
) -> Response:
    async with site.database.in_transaction() as session:
        table = await _find(session, site, name)
        versions = await history(session, site.tables.pack_id, name)
    rows = read_rows(table.content)
    return site.page(
        request,
        "table.html",
        table=table,
        words=TABLES[name],
        labels=[label_of(column) for column in rows.header],
        rows=_shown_rows(rows, words, site),
        total=len(rows.body),
        sought=words,
        versions=versions,
        may_edit=_may_edit(visit),
        done=done,
    )


@router.get("/{name}/tai-ve")
async def download_table(site: SiteHere, visit: VisitHere, name: str) -> Response:
    """The file itself. The mark at its front tells spreadsheets that it is UTF-8."""
    async with site.database.in_transaction() as session:
        table = await _find(session, site, name)
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    content = "\ufeff" + table.content
    return Response(content, media_type="text/csv; charset=utf-8", headers=disposition)


@router.get("/{name}/ban/{version_id}")
async def show_version(
    request: Request, site: SiteHere, visit: VisitHere, name: str, version_id: RowId
) -> Response:
    """What one version changed against the one before it."""
    async with site.database.in_transaction() as session:
        table = await _find(session, site, name)
        versions = await history(session, site.tables.pack_id, name)
    at = next((n for n, one in enumerate(versions) if one.id == version_id), None)
    if at is None:
        raise HTTPException(404)
    before = versions[at + 1] if at + 1 < len(versions) else None
    folder = site.tables.folder
    content = text_of(versions[at], folder, name)
    lines = diff(text_of(before, folder, name), content)
    return site.page(
        request,
        "table_version.html",
        table=table,
        words=TABLES[name],
        saved=versions[at],
        is_newest=at == 0,
        content=content,
        **_shown_lines(lines, table, site.pack),
        may_edit=_may_edit(visit),
    )


# --- one row


@router.get("/{name}/them")
async def show_new_row(request: Request, site: SiteHere, visit: EditorHere, name: str) -> Response:
    async with site.database.in_transaction() as session:
        table = await _find(session, site, name)
    return _row_page(request, site, table, None)


@router.get("/{name}/dong/{number}")
async def show_row(
    request: Request, site: SiteHere, visit: EditorHere, name: str, number: int
) -> Response:
    async with site.database.in_transaction() as session:
        table = await _find(session, site, name)
    return _row_page(request, site, table, number)


@router.post("/{name}/them")
async def propose_new_row(
    request: Request, site: SiteHere, visit: EditorHere, name: str, version: Version
) -> Response:
    async with site.database.in_transaction() as session:
        table = await _unchanged(session, site, name, version)
        rows = read_rows(table.content)
        values = await _typed_values(request, rows)
        content = rows.with_new_row(values).write()
        return await _preview_page(request, session, site, visit, table, content)


@router.post("/{name}/dong/{number}")
async def propose_row(
    request: Request,
    site: SiteHere,
    visit: EditorHere,
    name: str,
    number: int,
    version: Version,
    act: Annotated[str, Form(alias="viec")],
    first: Annotated[str, Form(alias="tu_ngay")] = "",
    last: Annotated[str, Form(alias="het_ngay")] = "",
) -> Response:
    async with site.database.in_transaction() as session:
        table = await _unchanged(session, site, name, version)
        rows = read_rows(table.content)
        if not 0 <= number < len(rows.body):
            raise HTTPException(404)
        values = await _typed_values(request, rows)
        changed = _changed(rows, number, act, values, first, last)
        return await _preview_page(request, session, site, visit, table, changed.write())


def _changed(
    rows: Rows, number: int, act: str, values: Mapping[str, str], first: str, last: str
) -> Rows:
    """The table after one act on one row. Raises HTTPException for an act that it has not."""
    if act == "sua":
        return rows.with_row(number, values)
    if act == "xoa":
        return rows.without_row(number)
    if act == "thay" and VALID_TO in rows.header:
        return rows.with_successor(number, _day(first), values)
    if act == "ket-thuc" and VALID_TO in rows.header:
        return rows.with_end(number, _day(last))
    raise HTTPException(400)


def _day(typed: str) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError as error:
        raise HTTPException(409, NO_DATE) from error


async def _typed_values(request: Request, rows: Rows) -> dict[str, str]:
    """The columns that the form held; one line each, for a cell is one line."""
    form = await request.form()
    typed = {column: form.get(f"c_{column}") for column in rows.header}
    return {
        column: " ".join(clean(value).split())
        for column, value in typed.items()
        if isinstance(value, str)
    }


# --- the whole file


@router.get("/{name}/van-ban")
async def show_text(request: Request, site: SiteHere, visit: EditorHere, name: str) -> Response:
    async with site.database.in_transaction() as session:
        table = await _find(session, site, name)
    return _text_page(request, site, table, table.content, table.version)


@router.post("/{name}/van-ban")
async def edit_on(
    request: Request,
    site: SiteHere,
    visit: EditorHere,
    name: str,
    version: Version,
    content: Annotated[Typed, Form()],
) -> Response:
    """From the preview back to the text, with what was changed so far."""
    async with site.database.in_transaction() as session:
        table = await _find(session, site, name)
    return _text_page(request, site, table, content, version)


@router.post("/{name}/xem-truoc")
async def propose_text(
    request: Request,
    site: SiteHere,
    visit: EditorHere,
    name: str,
    version: Version,
    content: Annotated[Typed, Form()] = "",
    file: Annotated[Upload | None, File()] = None,
) -> Response:
    text = content
    if file is not None and file.filename:
        text = _decoded(await file.read())
    async with site.database.in_transaction() as session:
        table = await _unchanged(session, site, name, version)
        return await _preview_page(request, session, site, visit, table, text)


@router.post("/{name}/luu")
async def save(
    request: Request,
    site: SiteHere,
    visit: EditorHere,
    name: str,
    version: Version,
    content: Annotated[Typed, Form()],
    note: Annotated[Typed, Form()] = "",
) -> Response:
    """Save what the preview showed; refused, it is shown again with the reason."""
    folder, now = site.tables.folder, site.clock()
    try:
        async with site.database.in_transaction() as session:
            saved = await save_table(
                session, folder, name, content, note, visit.staff, now, version
            )
    except TableRefused as refused:
        log.info("table refused name=%s problems=%s", name, len(refused.problems))
        return await _shown_again(request, site, visit, name, version, content, note, None)
    except TableNotSaved as refused:
        return await _shown_again(request, site, visit, name, version, content, note, str(refused))
    log.info("table saved name=%s version=%s by=%s", name, saved.id, visit.staff.id)
    return RedirectResponse(f"/bang-phan-cong/{name}?xong=luu", 303)


async def _shown_again(
    request: Request,
    site: Site,
    visit: Visit,
    name: str,
    version: int,
    content: str,
    note: str,
    refusal: str | None,
) -> Response:
    async with site.database.in_transaction() as session:
        table = await _unchanged(session, site, name, version)
        return await _preview_page(
            request, session, site, visit, table, content, 400, refusal=refusal, note=note
        )


# --- what the views share


async def _find(session: AsyncSession, site: Site, name: str) -> Table:
    table = await find_table(session, site.tables.folder, name)
    if table is None:
        raise HTTPException(404)
    return table


async def _unchanged(session: AsyncSession, site: Site, name: str, version: int) -> Table:
    """The table, where it still is the one that the edit began from."""
    table = await _find(session, site, name)
    if table.version != version:
        raise HTTPException(409, STALE)
    return table


def _may_edit(visit: Visit) -> bool:
    return bool(EDITORS & set(visit.staff.roles))


def _decoded(content: bytes) -> str:
    try:
        return clean(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise HTTPException(409, NOT_CSV) from error


def _shown_rows(rows: Rows, words: str, site: Site) -> list[ShownRow]:
    """The rows in which every sought word stands, with or without diacritics."""
    today = site.pack.local_day(site.clock()).isoformat()
    sought = fold(words).split()
    found: list[ShownRow] = []
    for number in range(len(rows.body)):
        values = rows.values(number)
        cells = [shown(column, value, site.pack) for column, value in values.items()]
        searched = fold(" ".join([*cells, *values.values()]))
        if all(word in searched for word in sought):
            last = values.get(VALID_TO, "")
            found.append(ShownRow(number, cells, bool(last) and last < today))
    return found


def _row_page(request: Request, site: Site, table: Table, number: int | None) -> Response:
    rows = read_rows(table.content)
    if number is not None and not 0 <= number < len(rows.body):
        raise HTTPException(404)
    values = {} if number is None else rows.values(number)
    return site.page(
        request,
        "table_row.html",
        table=table,
        words=TABLES[table.name],
        number=number,
        fields=fields_of(table.name, rows, values, site.pack),
        has_dates=VALID_TO in rows.header,
        is_signed=EDITOR in rows.header,
        today=site.pack.local_day(site.clock()).isoformat(),
    )


def _text_page(request: Request, site: Site, table: Table, content: str, version: int) -> Response:
    words = TABLES[table.name]
    return site.page(
        request, "table_text.html", table=table, words=words, content=content, version=version
    )


async def _preview_page(
    request: Request,
    session: AsyncSession,
    site: Site,
    visit: Visit,
    table: Table,
    content: str,
    status: int = 200,
    refusal: str | None = None,
    note: str = "",
) -> Response:
    found = await propose_table(session, site.tables, table, content, visit.staff, site.clock())
    return site.page(
        request,
        "table_preview.html",
        status,
        table=table,
        words=TABLES[table.name],
        refusal=refusal,
        note=note,
        **_shown_lines(found.lines, table, site.pack),
        **_shown_proposal(found),
    )


def _shown_lines(lines: Sequence[Line], table: Table, pack: Pack) -> dict[str, Any]:
    """What differs, as people read it; as it is written where the columns themselves differ."""
    header = read_rows(table.content).header
    is_same_header = all(line.number > 1 for line in lines)
    some = lines[:LINES_SHOWN]
    if is_same_header:
        some = [replace(one, cells=_shown_cells(header, one.cells, pack)) for one in some]
    return {
        "lines": some,
        "line_labels": [label_of(column) for column in header] if is_same_header else [],
        "more_lines": max(len(lines) - LINES_SHOWN, 0),
    }


def _shown_cells(header: Sequence[str], cells: Sequence[str], pack: Pack) -> tuple[str, ...]:
    """A row may be short of cells, never longer than the header."""
    return tuple(shown(column, cell, pack) for column, cell in zip(header, cells, strict=False))


def _shown_proposal(found: Proposal) -> dict[str, Any]:
    changes = found.preview.changes if found.preview else ()
    return {
        "proposal": found,
        "problems": found.problems[:PROBLEMS_SHOWN],
        "more_problems": max(len(found.problems) - PROBLEMS_SHOWN, 0),
        "changes": changes[:CODES_SHOWN] if found.shows_codes else (),
        "more_changes": max(len(changes) - CODES_SHOWN, 0) if found.shows_codes else 0,
    }
