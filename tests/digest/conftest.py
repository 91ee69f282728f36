"""A pack, a week, cases to put into a snapshot, and the programs that look at the finished page."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from cases.lifecycle import ASSIGNED
from cases.snapshot import CaseFacts, Snapshot
from digest.weeks import Week
from routing.tables import PACKS, Pack, load_pack

WEEK = Week.parse("2026-W48", "Asia/Ho_Chi_Minh")


def local(day: str, clock: str = "09:00") -> datetime:
    """A moment on the clocks of the province: local("2026-11-25", "17:00")."""
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=ZoneInfo(WEEK.timezone))


def make_case(number: int = 1, **facts: Any) -> CaseFacts:
    """A case filed on the Wednesday of WEEK and given to the construction department."""
    given: dict[str, Any] = {
        "code": f"PA-{number:06d}",
        "category": "roads",
        "ward_code": None,
        "agency_id": "so_xay_dung",
        "legal_type": "phan_anh",
        "state": ASSIGNED,
        "filed_at": local("2026-11-25"),
        "due_at": local("2026-12-09", "17:00"),
        "answered_at": None,
        "closed_at": None,
        "closed_by": None,
        "transfers": 0,
        "reopenings": 0,
    }
    return CaseFacts(**(given | facts))


def make_snapshot(
    *cases: CaseFacts,
    as_of: datetime = WEEK.ends_at + timedelta(hours=8),
    restricted_cases: int = 0,
    denunciations_redirected: int = 0,
) -> Snapshot:
    return Snapshot(as_of, cases, restricted_cases, denunciations_redirected)


@pytest.fixture(scope="session")
def pack() -> Pack:
    return load_pack(PACKS / "hai_phong")
