"""Tables that staff own: saved when sound, in force at once, with history; what an edit moves."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.access import ADMINISTRATOR, SUPERVISOR
from cases.table_rows import Rows, diff, read_rows, sign_rows
from cases.tables import (
    EDITABLE,
    OWN_FILE,
    StaleTable,
    Table,
    TableNotSaved,
    TableRefused,
    Tables,
    edited_tables,
    find_table,
    history,
    propose_table,
    revert_tables,
    save_table,
    text_of,
)
from db.models import Case, Staff, TableVersion
from db.session import Database
from routing.router import Matter, decide
from routing.tables import PACKS, Pack, PackError
from tests.cases.conftest import NOW, NewCase, decided

FOLDER = PACKS / "hai_phong"
WHO = "responsibilities.csv"
NOISE = Matter("noise", 1.0, "phan_anh", "10507", "hát karaoke ồn ào")


@pytest.fixture
def tables(pack: Pack) -> Tables:
    return Tables(FOLDER, pack)


def shipped(name: str = WHO) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def noise_to_the_department(content: str) -> str:
    return content.replace("noise,always,ward,ubnd", "noise,always,province,so_xay_dung")


async def save(
    database: Database, staff: Staff, content: str, *, name: str = WHO, note: str = "theo QĐ",
    expected: int = 0, folder: Path = FOLDER,
) -> TableVersion:  # fmt: skip
    async with database.in_transaction() as session:
        return await save_table(session, folder, name, content, note, staff, NOW, expected)


async def in_force(database: Database, tables: Tables) -> Pack:
    async with database.in_transaction() as session:
        return await tables.current(session)


async def test_a_saved_table_decides_at_once_in_every_process(
    database: Database, staff: dict[str, Staff], tables: Tables, pack: Pack
) -> None:
    another_process = Tables(FOLDER, pack)
    assert await in_force(database, another_process) is pack
    await save(database, staff["mai"], noise_to_the_department(shipped()))
    for process in (tables, another_process):
        now = await in_force(database, process)
        assert decide(NOISE, now, now.local_day(NOW)).agency_id == "so_xay_dung"
        assert await in_force(database, process) is now  # Not read again.


async def test_an_edit_that_is_rolled_back_leaves_no_trace(
    database: Database, staff: dict[str, Staff], tables: Tables
) -> None:
    content = noise_to_the_department(shipped())

    async def save_then_fail() -> None:
        async with database.in_transaction() as session:
            await save_table(session, FOLDER, WHO, content, "thử", staff["mai"], NOW, 0)
            seen = await tables.current(session)
            assert decide(NOISE, seen, NOW.date()).agency_id == "so_xay_dung"
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await save_then_fail()
    back = await in_force(database, tables)
    assert decide(NOISE, back, NOW.date()).agency_id == "ubnd_10507"


async def test_a_table_that_leaves_a_gap_is_not_saved(
    database: Database, staff: dict[str, Staff]
) -> None:
    without = "\n".join(line for line in shipped().splitlines() if not line.startswith("noise,"))
    with pytest.raises(TableRefused) as refused:
        await save(database, staff["mai"], without)
    assert any("noise has no row" in problem for problem in refused.value.problems)
    async with database.in_transaction() as session:
        assert await edited_tables(session, FOLDER.name) == {}


async def test_tables_that_are_sound_only_apart_are_not_saved_together(
    database: Database, staff: dict[str, Staff]
) -> None:
    """The department may end while nothing names it, and be named while it has not ended."""
    agencies = shipped("agencies.csv").replace(
        "so_ngoai_vu,Sở Ngoại vụ,province,ubnd_thanh_pho,"
        '"Bộ phận tiếp công dân, liên hệ do quản trị viên nhập",,2025-07-01,,',
        "so_ngoai_vu,Sở Ngoại vụ,province,ubnd_thanh_pho,"
        '"Bộ phận tiếp công dân, liên hệ do quản trị viên nhập",,2025-07-01,2026-12-31,',
    )
    assert agencies != shipped("agencies.csv")
    await save(database, staff["mai"], agencies, name="agencies.csv")
    named = shipped().replace("noise,always,ward,ubnd", "noise,always,province,so_ngoai_vu")
    with pytest.raises(TableRefused) as refused:
        await save(database, staff["mai"], named)
    assert any("'so_ngoai_vu' is no agency in force on 2027-01-01" in one
               for one in refused.value.problems)  # fmt: skip


@pytest.mark.parametrize("who", ["binh", "chi", "yen", "dung"])
async def test_who_may_not_edit_saves_nothing(
    database: Database, staff: dict[str, Staff], who: str
) -> None:
    with pytest.raises(TableNotSaved, match="không được sửa"):
        await save(database, staff[who], noise_to_the_department(shipped()))


@pytest.mark.parametrize("who", ["mai", "quan_tri"])
async def test_a_supervisor_or_an_administrator_edits(
    database: Database, staff: dict[str, Staff], who: str
) -> None:
    assert {ADMINISTRATOR, SUPERVISOR} & set(staff[who].roles)
    assert (await save(database, staff[who], noise_to_the_department(shipped()))).id


@pytest.mark.parametrize(
    ("content", "note", "name", "words"),
    [
        (shipped(), "lý do", WHO, "không có gì thay đổi"),
        (shipped().replace("\n", "\r\n"), "lý do", WHO, "không có gì thay đổi"),
        (noise_to_the_department(shipped()), "  ", WHO, "ghi lý do"),
        (noise_to_the_department(shipped()), "x" * 501, WHO, "dài quá"),
        ("code,name\n", "lý do", "categories.csv", "Không có bảng này"),
        ("x\n", "lý do", "../agencies.csv", "Không có bảng này"),
    ],
)
async def test_what_cannot_be_saved_says_why(
    database: Database, staff: dict[str, Staff], content: str, note: str, name: str, words: str
) -> None:
    with pytest.raises(TableNotSaved, match=words):
        await save(database, staff["mai"], content, note=note, name=name)


@pytest.mark.parametrize("content", ["", "\n\n", 'category,"con\n', "category\na,b\n", "\x00"])
async def test_what_is_no_table_is_refused(
    database: Database, staff: dict[str, Staff], content: str
) -> None:
    with pytest.raises(TableRefused):
        await save(database, staff["mai"], content)


async def test_the_second_of_two_editors_is_told(
    database: Database, staff: dict[str, Staff]
) -> None:
    first = await save(database, staff["mai"], noise_to_the_department(shipped()))
    other = shipped().replace("electricity,always,province,dien_luc",
                              "electricity,always,province,so_cong_thuong")  # fmt: skip
    with pytest.raises(StaleTable):
        await save(database, staff["quan_tri"], other)
    assert (await save(database, staff["quan_tri"], other, expected=first.id)).id > first.id


async def test_history_keeps_every_version_and_an_old_one_can_be_saved_anew(
    database: Database, staff: dict[str, Staff], tables: Tables
) -> None:
    first = await save(database, staff["mai"], noise_to_the_department(shipped()))
    second = await save(database, staff["quan_tri"], shipped(), note="quay lại", expected=first.id)
    async with database.in_transaction() as session:
        versions = await history(session, FOLDER.name, WHO)
        now = await tables.current(session)
    assert [(one.id, one.note, one.staff and one.staff.username) for one in versions] == [
        (second.id, "quay lại", "quan_tri"), (first.id, "theo QĐ", "mai")
    ]  # fmt: skip
    assert decide(NOISE, now, NOW.date()).agency_id == "ubnd_10507"


async def test_a_changed_row_names_who_changed_it(
    database: Database, staff: dict[str, Staff]
) -> None:
    forged = noise_to_the_department(shipped()).replace("bản khởi tạo", "Người Khác")
    saved = await save(database, staff["mai"], forged)
    rows = read_rows(saved.content)
    authors = {rows.values(n)["category"]: rows.values(n)["editor"] for n in range(len(rows.body))}
    assert (authors.pop("noise"), set(authors.values())) == ("mai", {"bản khởi tạo"})


def without_agency(agency_id: str) -> str:
    rows = read_rows(shipped("agencies.csv"))
    at = next(n for n in range(len(rows.body)) if rows.values(n)["agency_id"] == agency_id)
    return rows.without_row(at).write()


@pytest.mark.parametrize("holds", ["case", "support", "staff"])
async def test_an_agency_that_a_case_or_staff_name_is_ended_and_not_taken_away(
    database: Database, staff: dict[str, Staff], new_case: NewCase, holds: str
) -> None:
    unused, used = without_agency("so_ngoai_vu"), "agencies.csv:so_ngoai_vu: in use"
    if holds == "case":
        await new_case(decision=decided("so_ngoai_vu"))
    async with database.in_transaction() as session:
        if holds == "staff":
            (await session.get_one(Staff, staff["chi"].id)).agency_id = "so_ngoai_vu"
        if holds == "support":
            case = await new_case()
            (await session.get_one(Case, case.id)).supporting = ["so_ngoai_vu"]
    with pytest.raises(TableRefused) as refused:
        await save(database, staff["mai"], unused, name="agencies.csv")
    assert [one.startswith(used) for one in refused.value.problems] == [True]


async def test_an_agency_that_nobody_names_may_be_taken_away(
    database: Database, staff: dict[str, Staff], tables: Tables, new_case: NewCase
) -> None:
    await new_case()
    await save(database, staff["mai"], without_agency("so_ngoai_vu"), name="agencies.csv")
    assert "so_ngoai_vu" not in (await in_force(database, tables)).agencies


async def test_a_reverted_table_is_the_packs_own_again(
    database: Database, staff: dict[str, Staff], tables: Tables
) -> None:
    await save(database, staff["mai"], noise_to_the_department(shipped()))
    async with database.in_transaction() as session:
        (version,) = await revert_tables(session, FOLDER, [WHO], "sau nâng cấp", NOW)
        table = await find_table(session, FOLDER, WHO)
        assert await edited_tables(session, FOLDER.name) == {}
        now = await tables.current(session)
    assert (version.content, text_of(version, FOLDER, WHO)) == (OWN_FILE, shipped())
    assert table == Table(WHO, shipped(), version)
    assert decide(NOISE, now, NOW.date()).agency_id == "ubnd_10507"
    async with database.in_transaction() as session:
        with pytest.raises(TableNotSaved, match="không có bản đã sửa"):
            await revert_tables(session, FOLDER, [WHO], "nữa", NOW)


async def test_a_saved_table_that_no_longer_fits_stops_and_can_be_reverted(
    database: Database, tables: Tables, staff: dict[str, Staff]
) -> None:
    """After an upgrade that took an agency away, say."""
    content = shipped().replace("dien_luc", "nha_den")
    async with database.in_transaction() as session:
        session.add(TableVersion(pack=FOLDER.name, name=WHO, content=content, note="x",
                                 staff_id=staff["mai"].id, saved_at=NOW))  # fmt: skip
    with pytest.raises(PackError, match="unknown province agency 'nha_den'"):
        await in_force(database, tables)
    async with database.in_transaction() as session:
        await revert_tables(session, FOLDER, [WHO], "sau nâng cấp", NOW)
    assert decide(NOISE, await in_force(database, tables), NOW.date()).outcome == "dispatch"


async def test_another_provinces_tables_are_not_ours(
    database: Database, tables: Tables, pack: Pack
) -> None:
    async with database.in_transaction() as session:
        session.add(TableVersion(pack="tinh_khac", name=WHO, content="x", note="", saved_at=NOW))
    assert await in_force(database, tables) is pack


# --- preview


async def proposed(
    database: Database, tables: Tables, who: Staff, content: str
) -> "tuple[list[str], list[tuple[str, str | None, str | None]], bool]":
    async with database.in_transaction() as session:
        table = await find_table(session, FOLDER, WHO)
        assert table is not None
        found = await propose_table(session, tables, table, content, who, NOW)
    changes = found.preview.changes if found.preview else ()
    moved = [(one.code, one.before_agency, one.after_agency) for one in changes]
    return found.problems, moved, found.shows_codes


async def test_a_preview_shows_which_cases_would_go_elsewhere_and_saves_nothing(
    database: Database, tables: Tables, staff: dict[str, Staff], new_case: NewCase
) -> None:
    await new_case("Tiếng ồn", restricted=True)
    case = await new_case("Ổ gà trên quốc lộ 5")
    content = shipped().replace("roads,quoc_lo,province,so_xay_dung",
                                "roads,quoc_lo,province,so_noi_vu")  # fmt: skip
    problems, moved, shows = await proposed(database, tables, staff["mai"], content)
    assert (problems, shows) == ([], True)
    assert moved == [(case.code, "so_xay_dung", "so_noi_vu")]
    async with database.in_transaction() as session:
        assert await history(session, FOLDER.name, WHO) == []


async def test_an_administrator_learns_how_many_but_not_which(
    database: Database, tables: Tables, staff: dict[str, Staff], new_case: NewCase
) -> None:
    await new_case("Ổ gà trên quốc lộ 5")
    await new_case("Ổ gà trên quốc lộ 10", restricted=True)
    content = shipped().replace("roads,quoc_lo,province,so_xay_dung",
                                "roads,quoc_lo,province,so_noi_vu")  # fmt: skip
    _, moved, shows = await proposed(database, tables, staff["quan_tri"], content)
    assert (len(moved), shows) == (1, False)


async def test_a_preview_of_an_edit_for_later_looks_at_its_day(
    database: Database, tables: Tables, staff: dict[str, Staff], new_case: NewCase
) -> None:
    case = await new_case("Ổ gà trên quốc lộ 5")
    rows = read_rows(shipped())
    at = next(n for n in range(len(rows.body)) if rows.values(n)["condition"] == "quoc_lo")
    later = NOW.date().replace(year=2027, month=1, day=1)
    content = rows.with_successor(at, later, {"agency": "so_noi_vu"}).write()
    problems, moved, _ = await proposed(database, tables, staff["mai"], content)
    assert (problems, moved) == ([], [(case.code, "so_xay_dung", "so_noi_vu")])


async def test_a_preview_of_an_unsound_table_lists_what_is_wrong(
    database: Database, tables: Tables, staff: dict[str, Staff]
) -> None:
    content = shipped().replace("noise,always", "noise,urban")
    problems, moved, _ = await proposed(database, tables, staff["mai"], content)
    assert any(one.startswith("responsibilities.csv:") and "gap" in one for one in problems)
    assert moved == []


# --- rows

cells = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zs")), max_size=5)
bodies = st.lists(st.tuples(st.text("abcđ,\"'", min_size=1, max_size=4), cells, cells), max_size=6)


def table_of(body: list[tuple[str, str, str]]) -> str:
    return Rows(("name", "note", "editor"), tuple(body)).write()


@given(bodies)
def test_a_table_read_and_written_is_the_same(body: list[tuple[str, str, str]]) -> None:
    rows = read_rows(table_of(body))
    assert read_rows(rows.write()) == rows
    assert diff(rows.write(), rows.write()) == []


@given(bodies, bodies)
def test_a_difference_says_what_was_taken_and_what_was_added(
    old: list[tuple[str, str, str]], new: list[tuple[str, str, str]]
) -> None:
    before, after = table_of(old), table_of(new)
    kept = list(read_rows(before).body)
    for line in diff(before, after):
        if line.sign == "-":
            kept.remove(line.cells)
        else:
            kept.append(line.cells)
    assert sorted(kept) == sorted(read_rows(after).body)


@given(bodies, bodies)
def test_every_row_that_is_not_as_it_was_is_signed(
    old: list[tuple[str, str, str]], new: list[tuple[str, str, str]]
) -> None:
    before = read_rows(table_of(old))
    known = [(row[:2], row[2]) for row in before.body]
    for row in sign_rows(table_of(old), read_rows(table_of(new)), "Mai").body:
        assert row[2] == "Mai" or (row[:2], row[2]) in known


def test_every_editable_table_is_in_the_pack() -> None:
    assert all((FOLDER / name).is_file() for name in EDITABLE)
