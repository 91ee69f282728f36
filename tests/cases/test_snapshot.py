"""What the digest is built from."""

from dataclasses import fields
from datetime import timedelta

from cases.snapshot import CaseFacts, take_snapshot
from db.models import Tally
from db.session import Database
from tests.cases.conftest import NOW, NewCase


async def test_restricted_cases_and_denunciations_are_only_counted(
    database: Database, new_case: NewCase
) -> None:
    open_case = await new_case("Ổ gà")
    hidden = await new_case("Chuyện kín", restricted=True)
    async with database.in_transaction() as session:
        session.add_all([
            Tally(day="2026-11-09", name="denunciation", count=2),
            Tally(day="2026-11-10", name="denunciation", count=1),
            Tally(day="2026-11-10", name="something_else", count=9),
        ])  # fmt: skip
    async with database.in_transaction() as session:
        snapshot = await take_snapshot(session, NOW)
    assert [facts.code for facts in snapshot.cases] == [open_case.code]
    assert (snapshot.restricted_cases, snapshot.denunciations_redirected) == (1, 3)
    assert hidden.code not in repr(snapshot)


async def test_no_persons_words_are_in_a_snapshot(database: Database, new_case: NewCase) -> None:
    await new_case("Ổ gà trước nhà tôi", place_text="nhà bà Tư", latitude=20.85, longitude=106.68)
    async with database.in_transaction() as session:
        snapshot = await take_snapshot(session, NOW)
    assert not {"text", "place_text", "latitude", "citizen_id"} & {
        one.name for one in fields(CaseFacts)
    }
    assert "bà Tư" not in repr(snapshot)


async def test_a_snapshot_is_as_of_its_moment_in_order_of_filing(
    database: Database, new_case: NewCase
) -> None:
    second = await new_case(now=NOW)
    first = await new_case(now=NOW - timedelta(days=1))
    await new_case(now=NOW + timedelta(seconds=1))
    await new_case(now=NOW + timedelta(seconds=1), restricted=True)
    async with database.in_transaction() as session:
        snapshot = await take_snapshot(session, NOW)
        empty = await take_snapshot(session, NOW - timedelta(days=2))
    assert [facts.code for facts in snapshot.cases] == [first.code, second.code]
    assert snapshot.restricted_cases == 0
    assert (empty.cases, empty.restricted_cases, empty.denunciations_redirected) == ((), 0, 0)
