"""History that was edited is found."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from cases.events import CITIZEN, by_staff, chained_hash, first_broken, record
from db.models import Case, Event
from db.session import Database
from tests.cases.conftest import NOW, NewCase

CODE = "PA-AAAAAA"


def chain(length: int, code: str = CODE) -> list[Event]:
    events: list[Event] = []
    for seq in range(1, length + 1):
        event = Event(
            seq=seq, name="added", actor="citizen", data={"n": seq},
            happened_at=datetime(2026, 11, 10, tzinfo=UTC) + timedelta(hours=seq),
            previous_hash=events[-1].hash if events else "",
        )  # fmt: skip
        event.hash = chained_hash(event, code)
        events.append(event)
    return events


CHANGES: dict[str, Any] = {
    "seq": 99, "name": "settled", "actor": "staff:1", "data": {"n": "khác"},
    "happened_at": datetime(2020, 1, 1, tzinfo=UTC), "previous_hash": "0" * 64, "hash": "0" * 64,
}  # fmt: skip


@given(st.integers(1, 8), st.data())
def test_a_changed_row_is_found(length: int, data: st.DataObject) -> None:
    events = chain(length)
    assert first_broken(CODE, events) is None
    at = data.draw(st.integers(1, length))
    column = data.draw(st.sampled_from(sorted(CHANGES)))
    setattr(events[at - 1], column, CHANGES[column])
    assert first_broken(CODE, events) == at


@given(st.integers(2, 8), st.data())
def test_a_changed_row_with_a_hash_of_its_own_breaks_the_next(
    length: int, data: st.DataObject
) -> None:
    events = chain(length)
    at = data.draw(st.integers(1, length - 1))
    events[at - 1].name = "settled"
    events[at - 1].hash = chained_hash(events[at - 1], CODE)
    assert first_broken(CODE, events) == at + 1


@given(st.integers(2, 8), st.data())
def test_a_removed_an_inserted_and_a_moved_row_are_found(length: int, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, length - 2))
    events = chain(length)
    assert first_broken(CODE, events[:at] + events[at + 1 :]) == at + 1
    assert first_broken(CODE, [*events[: at + 1], events[at], *events[at + 1 :]]) == at + 2
    swapped = [*events[:at], events[at + 1], events[at], *events[at + 2 :]]
    assert first_broken(CODE, swapped) == at + 1


def test_events_of_another_case_are_found() -> None:
    assert first_broken(CODE, chain(3, "PA-BBBBBB")) == 1


def test_no_events_are_an_unbroken_chain() -> None:
    assert first_broken(CODE, []) is None


@pytest.mark.parametrize("value", ["Ổ gà 🙂", 1, 1.0, 0.1, 1e-7, None, True, [1, {"a": "ă"}], {},
                                   {"b": 1, "a": 2}, 10**20])  # fmt: skip
async def test_the_chain_holds_for_what_the_database_gives_back(
    database: Database, new_case: NewCase, value: Any
) -> None:
    case = await new_case()
    async with database.in_transaction() as session:
        held = await session.get_one(Case, case.id, with_for_update=True)
        at = NOW + timedelta(microseconds=123_457)
        await record(session, held, "tested", CITIZEN, at, value=value)
        await record(session, held, "tested", by_staff(7), at)
    async with database.in_transaction() as session:
        query = select(Event).where(Event.case_id == case.id).order_by(Event.seq)
        events = list(await session.scalars(query))
    assert [event.seq for event in events] == [1, 2, 3, 4]
    assert first_broken(case.code, events) is None


async def test_a_row_edited_in_the_database_is_found(database: Database, new_case: NewCase) -> None:
    case = await new_case()
    async with database.in_transaction() as session:
        query = select(Event).where(Event.case_id == case.id).order_by(Event.seq)
        events = list(await session.scalars(query))
        events[0].data = {"text": "một chuyện khác"}
    async with database.in_transaction() as session:
        assert first_broken(case.code, list(await session.scalars(query))) == 1
