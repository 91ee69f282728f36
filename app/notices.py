"""Taking a notice from an agency's inbox to its addresses outside: mail and a Telegram group.

A delivery is marked sent after the other side took it: a crash between the two repeats that one
message, under the same Message-ID; the other order would lose it.
"""

import hashlib
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from telegram import Bot
from telegram.error import BadRequest, ChatMigrated, Forbidden

from app.mail import MailRefused, MailServer, build_message
from cases.agency_notices import PAUSED, REFUSED, UNCONFIGURED, WORDS
from cases.tables import Tables
from db.models import AgencyNotice, Case, Delivery
from db.session import Database
from routing.tables import Agency, Pack

logger = logging.getLogger(__name__)

EMAIL, TELEGRAM = "email", "telegram"
# How long an address that was refused is left alone.
PAUSE = timedelta(days=1)
RESTRICTED = "vụ việc hạn chế"


@dataclass(frozen=True)
class Letter:
    """What leaves the console about a case."""

    subject: str
    body: str


def write_letter(kind: str, case: Case, agency: Agency, pack: Pack, console_url: str) -> Letter:
    """The words for one notice: code, category, deadline and the way into the console.

    Nothing of the citizen's, no place, and of a restricted case not even the category. Raises
    KeyError for an unknown kind.
    """
    what = WORDS[kind]
    about = RESTRICTED if case.restricted else _category(case, pack)
    due_on = f"{pack.local_day(case.due_at):%d/%m/%Y}"
    lines = [
        f"Kính gửi {agency.name},",
        f"{what}: {case.code} ({about}).",
        f"Hạn trả lời người dân: {due_on}.",
        f"Xin mở vụ việc tại: {console_url.rstrip('/')}/vu-viec/{case.code}",
        "Thư tự động của hệ thống Lắng Nghe, xin không trả lời thư này. "
        "Nội dung của người dân chỉ xem được trong hệ thống.",
    ]
    return Letter(f"[Lắng Nghe] {what}: {case.code}", "\n\n".join(lines) + "\n")


def _category(case: Case, pack: Pack) -> str:
    known = pack.categories.get(case.category or "")
    return known.name if known else "chưa rõ lĩnh vực"


@dataclass
class Courier:
    """Delivers notices. `mail_server` is None where none is set up."""

    database: Database
    tables: Tables
    bot: Bot
    mail_server: MailServer | None
    console_url: str
    clock: Callable[[], datetime]

    async def deliver(self, notice_id: int) -> None:
        """Send one notice to each address of its agency that has not had it.

        Raises what a later try may mend (MailUnreachable, RetryAfter, NetworkError), after every
        other address was tried.
        """
        async with self.database.in_transaction() as session:
            waiting, letter = await self._prepare(session, notice_id)
        passing: list[Exception] = []
        for delivery in waiting:
            try:
                failure = await self._try(delivery, letter)
            except Exception as error:  # noqa: BLE001 - raised below, once the others were tried
                passing.append(error)
            else:
                await self._note(delivery, failure)
        if passing:
            raise passing[0]

    async def _prepare(
        self, session: AsyncSession, notice_id: int
    ) -> tuple[list[Delivery], Letter]:
        notice = await session.get_one(AgencyNotice, notice_id)
        case, pack = await session.get_one(Case, notice.case_id), await self.tables.current(session)
        agency = pack.agencies.get(notice.agency_id)
        if agency is None:  # Taken out of the tables: its inbox is all that is left.
            return [], Letter("", "")
        rows = [
            {"notice_id": notice_id, "channel": channel, "address": address,
             "queued_at": self.clock()}
            for channel, address in addresses(agency)
        ]  # fmt: skip
        if rows:
            await session.execute(insert(Delivery).values(rows).on_conflict_do_nothing())
        waiting = await session.scalars(
            select(Delivery)
            .where(
                Delivery.notice_id == notice_id,
                Delivery.sent_at.is_(None),
                Delivery.failed_at.is_(None),
            )
            .order_by(Delivery.id)
        )
        letter = write_letter(notice.kind, case, agency, pack, self.console_url)
        return list(waiting), letter

    async def _try(self, delivery: Delivery, letter: Letter) -> str | None:
        """None when the other side took it, else why it never will."""
        if delivery.channel == EMAIL and self.mail_server is None:
            return UNCONFIGURED
        if await self._is_paused(delivery):
            return PAUSED
        try:
            if delivery.channel == TELEGRAM:
                await self.bot.send_message(delivery.address, f"{letter.subject}\n\n{letter.body}")
            else:
                await self._mail(delivery, letter)
        except (MailRefused, BadRequest, ChatMigrated, Forbidden) as error:
            logger.warning("a notice was refused", extra={"error": type(error).__name__})
            return REFUSED
        return None

    async def _mail(self, delivery: Delivery, letter: Letter) -> None:
        server = self.mail_server
        if server is None:
            raise ValueError("mail without a mail server")
        domain = server.sender.rpartition("@")[2].rstrip(">")
        # The same for every try, so that a repeat after a crash shows as one.
        name = hashlib.sha256(f"{delivery.notice_id} {delivery.address}".encode()).hexdigest()[:16]
        message = build_message(
            server.sender,
            delivery.address,
            letter.subject,
            letter.body,
            f"<notice-{delivery.notice_id}-{name}@{domain}>",
        )
        message["Date"] = format_datetime(delivery.queued_at)
        await server.send(message)

    async def _is_paused(self, delivery: Delivery) -> bool:
        """Whether this address was refused within a day, with nothing sent there since."""
        async with self.database.in_transaction() as session:
            latest = await session.scalar(
                select(Delivery)
                .where(
                    Delivery.channel == delivery.channel,
                    Delivery.address == delivery.address,
                    Delivery.id != delivery.id,
                    (Delivery.sent_at.is_not(None)) | (Delivery.failure == REFUSED),
                )
                .order_by(Delivery.id.desc())
                .limit(1)
            )
        if latest is None or latest.failed_at is None:
            return False
        return self.clock() - latest.failed_at < PAUSE

    async def _note(self, delivery: Delivery, failure: str | None) -> None:
        async with self.database.in_transaction() as session:
            kept = await session.get_one(Delivery, delivery.id, with_for_update=True)
            if failure is None:
                kept.sent_at = self.clock()
            else:
                kept.failed_at, kept.failure = self.clock(), failure


def addresses(agency: Agency) -> Iterator[tuple[str, str]]:
    """(channel, address) of all that an agency has outside the console."""
    for address in agency.email.split(";"):
        if address.strip():
            yield EMAIL, address.strip()
    if agency.telegram_group.strip():
        yield TELEGRAM, agency.telegram_group.strip()
