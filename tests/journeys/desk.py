"""Staff at the console over HTTP, in journeys that are about the citizen."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from zoneinfo import ZoneInfo

import httpx
from argon2 import PasswordHasher
from sqlalchemy import select

from bench.town import Town
from cases.access import TRIAGE_OFFICER
from db.models import Staff
from db.session import Database
from tests.console.conftest import PASSWORD, Browser

NAME = "binh-phan-loai"


@asynccontextmanager
async def at_desk(town: Town, records: Database) -> AsyncIterator[Browser]:
    """Bình, who sorts cases, logged in."""
    async with records.in_transaction() as session:
        if await session.scalar(select(Staff.id).where(Staff.username == NAME)) is None:
            session.add(
                Staff(
                    username=NAME,
                    display_name="Bình",
                    password_hash=PasswordHasher().hash(PASSWORD),
                    roles=[TRIAGE_OFFICER],
                    must_change_password=False,
                )
            )
    async with httpx.AsyncClient(base_url=town.console_url, timeout=30) as client:
        browser = Browser(client)
        await browser.log_in(NAME)
        yield browser


async def answer(browser: Browser, code: str, text: str) -> None:
    await browser.open(f"/vu-viec/{code}")
    page = await browser.post(
        f"/vu-viec/{code}/tra-loi",
        text=text,
        done_on=datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")).date().isoformat(),
        done_by="Đội thoát nước",
        no_evidence="Không chụp được ảnh.",
    )
    assert page.status_code == 200, page.text
    assert "Đã ghi trả lời" in page.text
