"""Who edits history with SQL is found, as far as the database can tell, and further by a seal."""

from collections.abc import Mapping

import pytest
from sqlalchemy import text

from cases.audit import Head, find_broken, read_heads, read_seal, write_seal
from cases.events import CITIZEN, chained_hash, record
from cases.personal_data import erase_citizen
from db.models import Case, Citizen, Event
from db.session import Database
from tests.cases.conftest import NOW, NewCase


async def broken(database: Database, sealed: Mapping[str, Head] | None = None) -> dict[str, str]:
    async with database.in_transaction() as session:
        return {one.code: one.why async for one in find_broken(session, sealed)}


async def heads(database: Database) -> dict[str, Head]:
    async with database.in_transaction() as session:
        return dict([one async for one in read_heads(session)])


async def do(database: Database, statement: str, case: Case) -> None:
    """What an attacker does to this case in SQL."""
    async with database.in_transaction() as session:
        await session.execute(text(statement), {"id": case.id})


async def test_untouched_cases_hold(database: Database, new_case: NewCase) -> None:
    for _ in range(3):
        await new_case()
    assert await broken(database) == {}


@pytest.mark.parametrize(
    ("attack", "sign"),
    [
        ("update events set data = '{}' where case_id = :id and seq = 1", "event 1"),
        ("update events set actor = 'staff:1' where case_id = :id and seq = 2", "event 2"),
        ("delete from events where case_id = :id and seq = 1", "event 1"),
        ("delete from events where case_id = :id and seq = 2", "2 events were recorded, 1"),
        ("delete from events where case_id = :id", "2 events were recorded, 0"),
        ("update cases set event_count = 1 where id = :id", "1 events were recorded, 2"),
        ("update cases set last_hash = '0' where id = :id", "the last is another"),
        ("update cases set text = 'không có gì' where id = :id", "words"),
        (
            "insert into events (case_id, seq, name, actor, data, happened_at, previous_hash, hash)"
            " select case_id, 3, 'settled', 'citizen', '{}', now(), hash, 'x' from events"
            " where case_id = :id and seq = 2",
            "event 3",
        ),
    ],
)
async def test_an_edit_in_sql_is_found_and_names_the_case(
    database: Database, new_case: NewCase, attack: str, sign: str
) -> None:
    _, case, _ = await new_case(), await new_case(), await new_case()
    await do(database, attack, case)
    found = await broken(database)
    assert list(found) == [case.code]
    assert sign in found[case.code]


async def test_a_chain_written_anew_is_found_by_the_seal_only(
    database: Database, new_case: NewCase
) -> None:
    case, other = await new_case(), await new_case()
    sealed = await heads(database)
    await do(database, "delete from events where case_id = :id and seq = 2", case)
    async with database.in_transaction() as session:
        held = await session.get_one(Case, case.id)
        await record(session, held, "assigned", CITIZEN, NOW, agency="nobody")
    assert await broken(database) == {}
    assert await broken(database, sealed) == {case.code: "event 2 is not the one that was sealed"}
    async with database.in_transaction() as session:  # Events after the seal are no tampering.
        await record(session, await session.get_one(Case, other.id), "rated", CITIZEN, NOW)
    assert list(await broken(database, sealed)) == [case.code]


async def test_a_case_that_is_gone_is_found_by_the_seal(
    database: Database, new_case: NewCase
) -> None:
    case = await new_case()
    sealed = read_seal(write_seal((await heads(database)).items()))
    for table in ("agency_notices", "events"):
        await do(database, f"delete from {table} where case_id = :id", case)  # noqa: S608
    await do(database, "delete from cases where id = :id", case)
    assert await broken(database) == {}
    assert await broken(database, sealed) == {case.code: "was sealed and is gone"}


async def test_erasure_is_no_tampering(
    database: Database, new_case: NewCase, citizen: Citizen
) -> None:
    await new_case()
    async with database.in_transaction() as session:
        await erase_citizen(session, await session.get_one(Citizen, citizen.id), NOW)
    assert await broken(database) == {}


async def test_the_head_follows_every_event_and_leaves_the_cases_revision(
    database: Database, new_case: NewCase
) -> None:
    case = await new_case()
    async with database.in_transaction() as session:
        held = await session.get_one(Case, case.id, with_for_update=True)
        seen = held.revision
        event = await record(session, held, "rated", CITIZEN, NOW, stars=4)
    async with database.in_transaction() as session:
        kept = await session.get_one(Case, case.id)
        last = await session.get_one(Event, event.id)
        assert (kept.event_count, kept.last_hash) == (3, chained_hash(last, case.code))
        assert kept.revision == seen


@pytest.mark.parametrize("line", ["PA-AAAAAA", "PA-AAAAAA x y", "PA-AAAAAA 1 h h", ""])
def test_what_is_no_seal_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="line 1"):
        read_seal(line + "\n")
