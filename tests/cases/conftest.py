"""Cases on the real database with the real pack, and the staff who act on them."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
import pytest_asyncio

from cases.access import (
    ADMINISTRATOR,
    AGENCY_OFFICER,
    INSPECTOR,
    LEADER,
    SUPERVISOR,
    TRIAGE_OFFICER,
)
from cases.answering import Answer
from cases.intake import Petition, file_case
from db.models import Case, Citizen, Staff
from db.session import Database
from routing.router import Decision
from routing.tables import PACKS, Pack, load_pack

NOW = datetime(2026, 11, 10, 3, 0, tzinfo=UTC)  # 10:00 on a Tuesday in Hải Phòng.
ROADS, HEALTH = "so_xay_dung", "so_y_te"
PEOPLE = {
    "binh": (TRIAGE_OFFICER, None),
    "chi": (AGENCY_OFFICER, HEALTH),
    "hoa": (AGENCY_OFFICER, ROADS),
    "yen": (INSPECTOR, None),
    "dung": (LEADER, None),
    "mai": (SUPERVISOR, None),
    "quan_tri": (ADMINISTRATOR, None),
}

NewCase = Callable[..., Awaitable[Case]]


@pytest.fixture(scope="session")
def pack() -> Pack:
    return load_pack(PACKS / "hai_phong")


@pytest_asyncio.fixture
async def staff(database: Database) -> dict[str, Staff]:
    people = {
        name: Staff(
            username=name, display_name=name, password_hash="-", roles=[role],
            agency_id=agency, must_change_password=False,
        )
        for name, (role, agency) in PEOPLE.items()
    }  # fmt: skip
    async with database.in_transaction() as session:
        session.add_all(people.values())
    return people


@pytest_asyncio.fixture
async def citizen(database: Database) -> Citizen:
    async with database.in_transaction() as session:
        an = Citizen(address=b"encrypted", address_lookup=b"an")
        session.add(an)
    return an


def answered(text: str = "Đã vá ba ổ gà trước cổng chợ.", **more: Any) -> Answer:
    """An answer that goes out."""
    given: dict[str, Any] = {
        "done_on": date(2026, 11, 10), "done_by": "Đội quản lý đường", "no_evidence": "Trời tối.",
    }  # fmt: skip
    return Answer(text, **(given | more))


def decided(agency: str = ROADS, outcome: Any = "dispatch", **more: Any) -> Decision:
    values = {"rule": "test", "reasons": ("vì vậy",)} | more
    return Decision(outcome, agency, "Sở Xây dựng", 0.9, **values)


@pytest.fixture
def new_case(database: Database, pack: Pack, citizen: Citizen) -> NewCase:
    async def file(
        text: str = "Ổ gà lớn trên đường", decision: Decision | None = None, **more: Any
    ) -> Case:
        now = more.pop("now", NOW)
        petition = Petition(text, "roads", 0.9, "phan_anh", None, **more)
        async with database.in_transaction() as session:
            return await file_case(
                session, petition, decision or decided(), pack, citizen.id, None, now
            )

    return file
