"""The console over the real database, the real pack and a clock that tests move."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import httpx
import pytest
import pytest_asyncio
from argon2 import PasswordHasher

from cases.access import ADMINISTRATOR, AGENCY_OFFICER, INSPECTOR, SUPERVISOR, TRIAGE_OFFICER
from cases.intake import Petition, file_case
from cases.tables import Tables
from console.server import create_app
from db.models import Case, Citizen, Staff
from db.session import Database
from routing.router import Decision
from routing.tables import PACKS, Pack, load_pack

PASSWORD = "mua thu ha noi"
NOW = datetime(2026, 11, 10, 3, 0, tzinfo=UTC)  # 10:00 on a Tuesday in Hải Phòng.
ROADS = "so_xay_dung"
HEALTH = "so_y_te"


@pytest.fixture(scope="session")
def pack() -> Pack:
    return load_pack(PACKS / "hai_phong")


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def advance(self, by: timedelta) -> None:
        self.now += by


@pytest.fixture
def clock() -> Clock:
    return Clock()


class Browser:
    """A person's browser: keeps cookies and posts forms with the token that the page carried."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.page: httpx.Response | None = None

    async def open(self, path: str) -> httpx.Response:
        self.page = await self.client.get(path, follow_redirects=True)
        return self.page

    async def post(self, path: str, **fields: Any) -> httpx.Response:
        """Post `fields` with the hidden ones of the page that is open."""
        assert self.page is not None
        hidden = {name: value for name in ("csrf", "revision") if (value := self.hidden(name))}
        self.page = await self.client.post(path, data=hidden | fields, follow_redirects=True)
        return self.page

    def hidden(self, name: str) -> str:
        assert self.page is not None
        found = re.search(rf'name="{name}" value="([^"]*)"', self.page.text)
        return found[1] if found else ""

    def value_of(self, name: str) -> str:
        """The value of the first field of that name, whatever kind of input it is."""
        assert self.page is not None
        found = re.search(rf'<input[^>]*name="{name}" value="([^"]*)"', self.page.text)
        return found[1] if found else ""

    async def log_in(self, username: str, password: str = PASSWORD) -> httpx.Response:
        await self.open("/dang-nhap")
        return await self.post("/dang-nhap", username=username, password=password)


NewBrowser = Callable[[], Browser]


@pytest_asyncio.fixture
async def new_browser(database: Database, pack: Pack, clock: Clock) -> AsyncIterator[NewBrowser]:
    app = create_app(database, Tables(PACKS / "hai_phong", pack), secure_cookies=False, clock=clock)
    clients: list[httpx.AsyncClient] = []

    def make() -> Browser:
        transport = httpx.ASGITransport(app, raise_app_exceptions=True)
        clients.append(httpx.AsyncClient(transport=transport, base_url="http://console.test"))
        return Browser(clients[-1])

    yield make
    for client in clients:
        await client.aclose()


@dataclass(frozen=True)
class Cast:
    """Bình sorts, Chi answers for roads, Hạnh for health, Dũng supervises, Yến inspects."""

    binh: Staff
    chi: Staff
    hanh: Staff
    dung: Staff
    yen: Staff
    quan_tri: Staff


@cache
def _password_hash() -> str:
    """Hashing is slow on purpose: once is enough for everybody."""
    return PasswordHasher().hash(PASSWORD)


@pytest_asyncio.fixture
async def cast(database: Database) -> Cast:
    people = (
        ("binh", "Bình", TRIAGE_OFFICER, None),
        ("chi", "Chi", AGENCY_OFFICER, ROADS),
        ("hanh", "Hạnh", AGENCY_OFFICER, HEALTH),
        ("dung", "Dũng", SUPERVISOR, None),
        ("yen", "Yến", INSPECTOR, None),
        ("giang", "Giang", ADMINISTRATOR, None),
    )
    staff = [
        Staff(
            username=username,
            display_name=name,
            password_hash=_password_hash(),
            roles=[role],
            agency_id=agency,
            must_change_password=False,
        )
        for username, name, role, agency in people
    ]
    async with database.in_transaction() as session:
        session.add_all(staff)
    return Cast(*staff)


# An answer that goes out, as its form is filled in; tests change a field.
ANSWER = {
    "text": "Đã vá ba ổ gà trước cổng chợ ngày 10/11.",
    "done_on": "2026-11-10",
    "done_by": "Đội quản lý đường bộ",
    "no_evidence": "Trời tối, không chụp được.",
}

FileCase = Callable[..., Awaitable[Case]]


@pytest.fixture
def file_one(database: Database, pack: Pack, clock: Clock) -> FileCase:
    """Files a case of An's: about a road unless told otherwise."""

    async def file(text: str = "Ổ gà lớn trước cổng chợ", **changes: Any) -> Case:
        agency_id = changes.pop("agency_id", ROADS)
        rule = changes.pop("rule", "responsibilities:roads/do_thi")
        wanted: dict[str, Any] = {
            "category": "roads",
            "category_confidence": 0.91,
            "legal_type": "phan_anh",
            "ward_code": "10507",
        }
        petition = Petition(text=text, **(wanted | changes))
        decision = Decision(
            outcome="dispatch" if agency_id else "triage",
            agency_id=agency_id,
            agency_name=pack.agencies[agency_id].name if agency_id else None,
            confidence=0.91,
            rule=rule,
            reasons=("Đường đô thị do Sở Xây dựng quản lý.",),
        )
        async with database.in_transaction() as session:
            citizen = Citizen(address=b"sealed", address_lookup=text.encode())
            session.add(citizen)
            await session.flush()
            return await file_case(session, petition, decision, pack, citizen.id, None, clock())

    return file
