"""What is offered as the same matter: pairs of texts about one thing, and about two."""

from datetime import timedelta

import pytest

from cases.similar import Related, people_of, related_cases
from db.models import Case, Citizen
from db.session import Database
from tests.cases.conftest import NOW, NewCase

RUBBISH = "Rác chất đống trước cổng chợ phường Lê Chân cả tuần không ai dọn"
HOLE = "Đường Hồ Sen có ổ gà to, xe máy ngã suốt"
KARAOKE = "Quán karaoke số 12 hát đến 2 giờ sáng không ngủ được"
WATER = "Mất nước từ tối qua ở tổ 5 phường An Biên"


async def person(database: Database, name: str) -> int:
    async with database.in_transaction() as session:
        citizen = Citizen(address=b"x", address_lookup=f"similar {name}".encode())
        session.add(citizen)
        await session.flush()
        return citizen.id


async def filed_by(database: Database, case: Case, citizen_id: int, **values: object) -> None:
    async with database.in_transaction() as session:
        held = await session.get_one(Case, case.id)
        held.citizen_id, held.ward_code, held.category = citizen_id, "11383", "roads"
        for name, value in values.items():
            setattr(held, name, value)


async def found(database: Database, citizen_id: int, text: str, ward: str = "11383") -> Related:
    async with database.in_transaction() as session:
        return await related_cases(session, citizen_id, text, "roads", ward, NOW)


@pytest.mark.parametrize(
    ("before", "now", "is_same"),
    [
        (RUBBISH, "Rác chất đống ở cổng chợ phường Lê Chân cả tuần nay không có ai dọn", True),
        (RUBBISH, "rac chat dong o cong cho phuong le chan ca tuan k ai don", True),
        (RUBBISH, "Lò đốt than tổ ong khói mù mịt cạnh trường phường Lê Chân", False),
        (RUBBISH, "Sông Tam Bạc đoạn Lê Chân nước đen ngòm bốc mùi hôi", False),
        (HOLE, "ổ gà ở đường Hồ Sen sâu quá hôm qua có người ngã xe", True),
        (HOLE, "Ngõ 54 Chợ Hàng đường nứt lún từ hồi đặt cống", False),
        (KARAOKE, "karaoke số 12 hát to quá đêm nào cũng 1 2 giờ sáng", True),
        (KARAOKE, "Xưởng mộc cạnh nhà cưa xẻ suốt trưa ồn không chịu được", False),
        (WATER, "tổ 5 An Biên mất nước 2 hôm rồi", True),
        (WATER, "Nước máy nhà tôi đục ngầu có mùi clo tổ 9 An Biên", False),
    ],
)
async def test_an_own_open_case_in_like_words_is_found(
    database: Database, new_case: NewCase, before: str, now: str, is_same: bool
) -> None:
    an = await person(database, "an")
    case = await new_case(before)
    await filed_by(database, case, an)
    assert (await found(database, an, now)).own == (case.code if is_same else None)


@pytest.mark.parametrize(
    "values",
    [
        {"state": "closed"},
        {"state": "withdrawn"},
        {"restricted": True},
        {"ward_code": "10507"},
        {"category": "noise"},
        {"filed_at": NOW - timedelta(days=31)},
    ],
)
async def test_what_is_over_hidden_or_elsewhere_is_not_found(
    database: Database, new_case: NewCase, values: dict[str, object]
) -> None:
    an, binh = await person(database, "an"), await person(database, "binh")
    await filed_by(database, await new_case(HOLE), an, **values)
    for name in ("chi", "dung"):
        await filed_by(database, await new_case(HOLE), await person(database, name), **values)
    assert await found(database, an, HOLE) == Related()
    assert await found(database, binh, HOLE) == Related()


async def test_a_hotspot_is_people_and_not_messages(database: Database, new_case: NewCase) -> None:
    an, binh, chi = [await person(database, name) for name in ("an", "binh", "chi")]
    first = await new_case(HOLE)
    await filed_by(database, first, an)
    await filed_by(database, await new_case(HOLE), an)
    assert await found(database, chi, HOLE) == Related()  # Two messages of one person.
    second = await new_case(HOLE)
    await filed_by(database, second, binh, joins_id=first.id)
    assert await found(database, chi, HOLE) == Related(hotspot=first.code, people=2)
    async with database.in_transaction() as session:
        assert await people_of(session, await session.get_one(Case, second.id)) == 2
