"""What is found, in which order, page by page."""

from datetime import timedelta

import pytest

from cases import queries
from cases.queries import (
    cases_of_citizen,
    count_by_state,
    list_cases,
    load_history,
)
from db.models import Case, Staff
from db.session import Database
from tests.cases.conftest import HEALTH, NOW, NewCase, decided


async def found(database: Database, who: Staff, words: str) -> list[str]:
    async with database.in_transaction() as session:
        return [case.text for case in await list_cases(session, who, words=words)]


@pytest.mark.parametrize(
    "words", ["ổ gà", "o ga", "Ổ GÀ", "O Ga", " ổ gà ", "đường Tô Hiệu", "duong to hieu", "ĐƯỜNG"]
)
async def test_words_are_found_with_and_without_diacritics(
    database: Database, new_case: NewCase, staff: dict[str, Staff], words: str
) -> None:
    await new_case("Ổ gà lớn trên đường Tô Hiệu")
    await new_case("o ga tren duong To Hieu, rac day")
    await new_case("Mất nước ba ngày")
    assert len(await found(database, staff["binh"], words)) == 2


async def test_signs_that_mean_something_to_the_database_are_only_signs(
    database: Database, new_case: NewCase, staff: dict[str, Staff]
) -> None:
    await new_case("thu thêm 50% tiền nước")
    await new_case("thu thêm 500 nghìn")
    await new_case("tên tệp a_b\\c")
    await new_case("tên tệp axb")
    assert await found(database, staff["binh"], "50%") == ["thu thêm 50% tiền nước"]
    assert await found(database, staff["binh"], "a_b") == ["tên tệp a_b\\c"]
    assert await found(database, staff["binh"], "b\\") == ["tên tệp a_b\\c"]
    assert await found(database, staff["binh"], "'; drop table cases; --") == []


async def test_a_code_is_found_however_it_is_written(
    database: Database, new_case: NewCase, staff: dict[str, Staff]
) -> None:
    case = await new_case()
    await new_case()
    for words in (case.code, case.code.lower(), case.code[3:], case.code.replace("-", " ")):
        async with database.in_transaction() as session:
            (only,) = await list_cases(session, staff["binh"], words=words)
        assert only.id == case.id


async def test_a_search_finds_only_what_may_be_seen(
    database: Database, new_case: NewCase, staff: dict[str, Staff]
) -> None:
    case = await new_case("Ổ gà", restricted=True)
    assert await found(database, staff["binh"], "ổ gà") == []
    assert await found(database, staff["binh"], case.code) == []
    assert await found(database, staff["yen"], case.code) == ["Ổ gà"]


@pytest.mark.parametrize("filters", [{"state": "assigned"}, {"words": "gà"},
                                     {"state": "assigned", "words": "gà"}])  # fmt: skip
async def test_pages_neither_skip_nor_repeat(
    database: Database, new_case: NewCase, staff: dict[str, Staff], filters: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(queries, "PAGE", 3)
    filed = [(await new_case()).id for _ in range(7)]
    seen: list[int] = []
    before: int | None = None
    for page_number in range(4):
        async with database.in_transaction() as session:
            page = await list_cases(session, staff["binh"], before_id=before, **filters)
        if page_number == 0:
            await new_case()  # What comes in meanwhile moves no page.
        seen += [case.id for case in page]
        before = seen[-1]
    assert seen == filed[::-1]


async def test_work_comes_first_then_the_nearest_deadline(
    database: Database, new_case: NewCase, staff: dict[str, Staff]
) -> None:
    done = await new_case(now=NOW - timedelta(days=30))
    later = await new_case(now=NOW)
    sooner = await new_case(now=NOW - timedelta(days=5), decision=decided(outcome="triage"))
    async with database.in_transaction() as session:
        (await session.get_one(Case, done.id)).state = "closed"
    async with database.in_transaction() as session:
        listed = [case.id for case in await list_cases(session, staff["binh"])]
    assert listed == [sooner.id, later.id, done.id]


async def test_counts_are_of_what_may_be_seen(
    database: Database, new_case: NewCase, staff: dict[str, Staff]
) -> None:
    await new_case()
    await new_case(decision=decided(HEALTH))
    await new_case(decision=decided(outcome="triage"))
    await new_case(decision=decided(outcome="triage"), restricted=True)
    async with database.in_transaction() as session:
        assert await count_by_state(session, staff["binh"]) == {"assigned": 2, "needs_triage": 1}
        assert await count_by_state(session, staff["chi"]) == {"assigned": 1}
        assert await count_by_state(session, staff["dung"]) == {}


async def test_a_citizen_sees_the_latest_cases_newest_first(
    database: Database, new_case: NewCase
) -> None:
    filed = [await new_case() for _ in range(4)]
    async with database.in_transaction() as session:
        latest = await cases_of_citizen(session, filed[0].citizen_id or 0, limit=3)
        assert await cases_of_citizen(session, 0) == []
    assert [case.id for case in latest] == [case.id for case in filed[:0:-1]]


async def test_a_history_is_at_hand_outside_the_transaction(
    database: Database, new_case: NewCase
) -> None:
    case = await new_case()
    async with database.in_transaction() as session:
        loaded = await load_history(session, case)
    assert [event.name for event in loaded.events] == ["filed", "assigned"]
    assert (loaded.messages, loaded.attachments) == ([], [])
