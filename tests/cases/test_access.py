"""Who sees which case. What is not said here is not allowed."""

import pytest
from sqlalchemy import select

from cases.access import SUPERVISOR, CaseNotFound, access_case, visible_cases
from db.models import Case, Staff
from db.session import Database
from tests.cases.conftest import HEALTH, NOW, ROADS, NewCase, decided

SEES = {
    # roads' case, health's case, one to be sorted, a restricted one, a restricted one of roads
    "binh": "rht",
    "hoa": "r",
    "chi": "h",
    "yen": "xy",
    "mai": "rhtxy",
    "dung": "",
    "quan_tri": "",
}


async def cases(new_case: NewCase) -> dict[str, Case]:
    return {
        "r": await new_case(),
        "h": await new_case(decision=decided(HEALTH)),
        "t": await new_case(decision=decided(outcome="triage")),
        "x": await new_case(decision=decided(outcome="triage", rule="restricted")),
        "y": await new_case(restricted=True),
    }


@pytest.mark.parametrize("who", sorted(SEES))
@pytest.mark.parametrize("to_change", [False, True])
async def test_what_each_person_sees(
    database: Database, new_case: NewCase, staff: dict[str, Staff], who: str, to_change: bool
) -> None:
    filed = await cases(new_case)
    async with database.in_transaction() as session:
        for letter, case in filed.items():
            if letter in SEES[who]:
                found = await access_case(session, staff[who], case.code, to_change=to_change)
                assert found.id == case.id
            else:
                with pytest.raises(CaseNotFound):
                    await access_case(session, staff[who], case.code, to_change=to_change)
        seen = set(await session.scalars(select(Case.code).where(visible_cases(staff[who]))))
    assert seen == {filed[letter].code for letter in SEES[who]}


@pytest.mark.parametrize("who", sorted(SEES))
async def test_a_disabled_person_sees_nothing(
    database: Database, new_case: NewCase, staff: dict[str, Staff], who: str
) -> None:
    await cases(new_case)
    staff[who].disabled_at = NOW
    async with database.in_transaction() as session:
        assert not list(await session.scalars(select(Case).where(visible_cases(staff[who]))))


async def test_an_officer_without_an_agency_sees_nothing(
    database: Database, new_case: NewCase, staff: dict[str, Staff]
) -> None:
    await cases(new_case)
    staff["hoa"].agency_id = None
    async with database.in_transaction() as session:
        assert not list(await session.scalars(select(Case).where(visible_cases(staff["hoa"]))))


async def test_a_case_that_is_not_there_and_one_that_is_hidden_look_alike(
    database: Database, new_case: NewCase, staff: dict[str, Staff]
) -> None:
    case = await new_case()
    async with database.in_transaction() as session:
        with pytest.raises(CaseNotFound) as hidden:
            await access_case(session, staff["chi"], case.code)
        with pytest.raises(CaseNotFound) as absent:
            await access_case(session, staff["chi"], "PA-000000")
    assert hidden.type is absent.type
    assert (hidden.value.args, absent.value.args) == ((case.code,), ("PA-000000",))


@pytest.mark.parametrize("who", ["binh", "yen", "mai", "hoa"])
async def test_people_of_the_unit_complained_about_do_not_see_the_case_whatever_their_role(
    database: Database, new_case: NewCase, staff: dict[str, Staff], who: str
) -> None:
    open_case = await new_case(decision=decided(ROADS, excluded=(ROADS,)))
    hidden = await new_case(decision=decided(outcome="triage", excluded=(ROADS,)), restricted=True)
    other = await new_case(decision=decided(ROADS, excluded=(HEALTH,)))
    staff[who].agency_id = ROADS
    async with database.in_transaction() as session:
        seen = set(await session.scalars(select(Case.code).where(visible_cases(staff[who]))))
    assert not seen & {open_case.code, hidden.code}
    assert (other.code in seen) == (who != "yen")


async def test_what_complains_about_the_triage_desk_is_read_by_its_supervisor_alone(
    database: Database, new_case: NewCase, staff: dict[str, Staff]
) -> None:
    case = await new_case(decision=decided(outcome="triage", desk_barred=True))
    async with database.in_transaction() as session:
        for name, person in staff.items():
            seen = set(await session.scalars(select(Case.code).where(visible_cases(person))))
            assert (case.code in seen) == (SUPERVISOR in person.roles), name
