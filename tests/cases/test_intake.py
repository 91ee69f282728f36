"""From a confirmed draft to a filed case."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from cases import intake
from cases.intake import Petition, file_case, understand_case
from db.models import Attachment, Case, Citizen, Event, InboxUpdate
from db.session import Database
from routing.router import Matter
from routing.tables import Pack
from tests.cases.conftest import HEALTH, NOW, ROADS, NewCase, decided

LATER = NOW + timedelta(hours=1)


async def test_a_clear_case_goes_to_its_agency(new_case: NewCase) -> None:
    case = await new_case(categories=[{"name": "roads", "confidence": 0.9}])
    assert (case.state, case.agency_id, case.restricted) == ("assigned", ROADS, False)
    assert case.decision["rule"] == "test"
    assert case.due_at - NOW < timedelta(days=16)


@pytest.mark.parametrize("more", [{"needs_person": True}, {"decision": decided(outcome="triage")},
                                  {"is_understood": False, "needs_person": True}])  # fmt: skip
async def test_what_needs_a_person_gets_no_agency(
    new_case: NewCase, more: dict[str, object]
) -> None:
    case = await new_case(**more)
    assert (case.state, case.agency_id) == ("needs_triage", None)


@pytest.mark.parametrize(
    ("restricted", "rule", "expected"),
    [(False, "test", False), (True, "test", True), (False, "restricted", True)],
)
async def test_what_is_restricted(
    new_case: NewCase, restricted: bool, rule: str, expected: bool
) -> None:
    case = await new_case(restricted=restricted, decision=decided(rule=rule))
    assert case.restricted is expected


async def test_one_message_files_one_case(database: Database, pack: Pack, citizen: Citizen) -> None:
    async with database.in_transaction() as session:
        row = InboxUpdate(bot_id=1, update_key="1")
        session.add(row)
    petition = Petition("Ổ gà", "roads", 0.9, "phan_anh", None)

    async def file() -> None:
        async with database.in_transaction() as session:
            await file_case(session, petition, decided(), pack, citizen.id, row.id, NOW)

    await file()
    with pytest.raises(IntegrityError, match="inbox_id"):
        await file()
    async with database.in_transaction() as session:
        assert len(list(await session.scalars(select(Case)))) == 1
        assert len(list(await session.scalars(select(Event)))) == 2


async def test_a_code_that_is_taken_is_not_given_again(
    new_case: NewCase, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = (await new_case()).code
    codes = iter([taken, taken, "PA-000000"])
    monkeypatch.setattr(intake, "new_code", lambda: next(codes))
    assert (await new_case()).code == "PA-000000"


async def test_only_the_citizens_own_unused_files_are_attached(
    database: Database, new_case: NewCase, citizen: Citizen
) -> None:
    other = Citizen(address=b"x", address_lookup=b"other")
    first = await new_case()
    async with database.in_transaction() as session:
        session.add(other)
        await session.flush()
        files = [
            Attachment(citizen_id=owner, case_id=case, kind="photo", file_id="f", created_at=NOW)
            for owner, case in ((citizen.id, None), (other.id, None), (citizen.id, first.id))
        ]
        session.add_all(files)
    case = await new_case(attachment_ids=[one.id for one in files])
    async with database.in_transaction() as session:
        found = [(await session.get_one(Attachment, one.id)).case_id for one in files]
    assert found == [case.id, None, first.id]


async def test_a_case_that_was_not_understood_asks_for_that_later(
    database: Database, new_case: NewCase
) -> None:
    case = await new_case(is_understood=False, needs_person=True)
    async with database.in_transaction() as session:
        query = text("select args from procrastinate_jobs where task_name = 'understand_case'")
        assert list(await session.scalars(query)) == [{"case_id": case.id}]


@pytest.mark.parametrize(
    ("legal_type", "rule", "restricted"),
    [("phan_anh", "test", False), ("to_cao", "legal_type:to_cao", True),
     ("phan_anh", "restricted", True)],
)  # fmt: skip
async def test_what_is_understood_later_advises_a_person(
    database: Database,
    pack: Pack,
    new_case: NewCase,
    legal_type: str,
    rule: str,
    restricted: bool,
) -> None:
    case = await new_case(is_understood=False, needs_person=True)
    categories = (("noise", 0.7),)
    read = Matter("roads", 1.0, legal_type, None, case.text, ("bọn nó",), categories=categories)
    async with database.in_transaction() as session:
        held = await session.get_one(Case, case.id, with_for_update=True)
        for _ in range(2):  # A job may run twice.
            await understand_case(session, held, read, decided(rule=rule), pack, LATER)
    assert (held.state, held.agency_id, held.restricted) == ("needs_triage", None, restricted)
    assert (held.category, held.category_confidence, held.understood_at) == ("roads", None, LATER)
    assert held.accused == ["bọn nó"]
    assert held.categories == [{"name": "noise", "confidence": 0.7}]
    async with database.in_transaction() as session:
        names = list(await session.scalars(select(Event.name).order_by(Event.seq)))
    assert names == ["filed", "understood"]


async def test_a_case_held_by_whom_it_turns_out_to_accuse_is_recalled(
    database: Database, pack: Pack, new_case: NewCase
) -> None:
    case = await new_case(is_understood=False)
    assert case.agency_id == ROADS
    read = Matter("roads", 0.7, "phan_anh", None, case.text, categories=(("roads", 0.7),))
    async with database.in_transaction() as session:
        held = await session.get_one(Case, case.id, with_for_update=True)
        decision = decided(HEALTH, excluded=(ROADS,))
        await understand_case(session, held, read, decision, pack, LATER)
    assert (held.state, held.agency_id) == ("needs_triage", None)
    assert held.decision["excluded"] == [ROADS]
    async with database.in_transaction() as session:
        names = list(await session.scalars(select(Event.name).order_by(Event.seq)))
    assert names[-2:] == ["understood", "recalled"]


async def test_the_history_proves_the_words_without_repeating_them(
    database: Database, new_case: NewCase
) -> None:
    case = await new_case("Ổ gà trước cổng trường")
    async with database.in_transaction() as session:
        filed = await session.scalar(select(Event).where(Event.case_id == case.id))
    assert filed is not None
    assert set(filed.data) == {"text_sha256", "consent"}
