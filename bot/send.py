"""Queued replies to Telegram: paced, retried, once each.

A reply is marked sent after Telegram accepted it. A crash between the two, or an answer of
Telegram's that never arrived, repeats that one reply; the other order would lose it.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from aiolimiter import AsyncLimiter
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest, Forbidden

from bot import texts
from bot.keyboards import settled_question
from cases.events import SYSTEM, record
from cases.tables import Tables
from db.encryption import Vault
from db.models import Attachment, Case, Citizen, Reply
from db.session import Database
from routing.tables import Pack

logger = logging.getLogger(__name__)

# Telegram: about one message a second in a chat, short bursts allowed.
# https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
BURST, PER_SECONDS = 3, 3.5
CHATS_REMEMBERED = 10_000


class Sender:
    """Says queued replies and fetches files, through one bot."""

    def __init__(
        self,
        bot: Bot,
        database: Database,
        vault: Vault,
        tables: Tables,
        clock: Callable[[], datetime],
    ) -> None:
        self._bot = bot
        self._database = database
        self._vault = vault
        self._tables = tables
        self._clock = clock
        self._pace: dict[int, AsyncLimiter] = {}

    async def send(self, reply_id: int) -> None:
        """Send one reply unless it was sent. Raises what a later try may mend (RetryAfter,
        NetworkError); gives up on what none will, and says so on the case."""
        async with self._database.in_transaction() as session:
            reply, citizen = await _load(session, reply_id)
            pack = await self._tables.current(session)
        if reply.content is None or reply.sent_at or reply.failed_at:
            return
        chat_id = int(self._vault.decrypt(citizen.address))
        failure = await self._try(chat_id, reply.content, pack)
        async with self._database.in_transaction() as session:
            await self._finish(session, reply_id, failure)

    async def _try(self, chat_id: int, content: dict[str, Any], pack: Pack) -> str | None:
        """None when Telegram took it, else why it never will."""
        try:
            if "tap" in content:
                await self._acknowledge(chat_id, content)
            else:
                await self._say(chat_id, content, pack)
        except Forbidden:
            return "blocked"
        except BadRequest as error:
            logger.error("telegram refused a reply", extra={"error": error.message})
            return "refused"
        return None

    async def _say(self, chat_id: int, content: dict[str, Any], pack: Pack) -> None:
        await self._in_turn(chat_id)
        text, buttons = render(content, pack)
        await self._bot.send_message(chat_id, text, reply_markup=_markup(buttons))

    async def _acknowledge(self, chat_id: int, content: dict[str, Any]) -> None:
        """An old tap cannot be answered and spent buttons may be gone: neither matters."""
        with _too_late():
            await self._bot.answer_callback_query(content["tap"])
        if content["spent"] is not None:
            with _too_late():
                await self._bot.edit_message_reply_markup(chat_id, content["spent"])

    async def _in_turn(self, chat_id: int) -> None:
        if len(self._pace) > CHATS_REMEMBERED:
            self._pace.clear()
        await self._pace.setdefault(chat_id, AsyncLimiter(BURST, PER_SECONDS)).acquire()

    async def _finish(self, session: AsyncSession, reply_id: int, failure: str | None) -> None:
        reply, citizen = await _load(session, reply_id)
        now = self._clock()
        if failure is None:
            reply.sent_at, reply.content = now, None
            return
        reply.failed_at, reply.failure = now, failure
        if failure == "blocked":
            citizen.blocked_at = now
        if reply.case_id is not None:
            case = await session.get_one(Case, reply.case_id, with_for_update=True)
            await record(session, case, "notice_failed", SYSTEM, now, why=failure)

    async def give_up(self, reply_id: int, why: str) -> None:
        """Tries ran out: the case says so, the words are kept for `langnghe retry`."""
        async with self._database.in_transaction() as session:
            await self._finish(session, reply_id, why)

    async def fetch_attachment(self, attachment_id: int) -> None:
        """Bring a citizen's file into the database, before Telegram forgets it."""
        async with self._database.in_transaction() as session:
            attachment = await session.get(Attachment, attachment_id)
        if attachment is None or attachment.fetched_at is not None:
            return  # Forgotten with its draft, or here already.
        content, failure = await self._download(attachment.file_id)
        async with self._database.in_transaction() as session:
            kept = await session.get(Attachment, attachment_id, with_for_update=True)
            if kept is not None:
                kept.content, kept.failure, kept.fetched_at = content, failure, self._clock()

    async def _download(self, file_id: str) -> tuple[bytes | None, str | None]:
        try:
            file = await self._bot.get_file(file_id)
            return bytes(await file.download_as_bytearray()), None
        except BadRequest as error:
            return None, error.message


@contextmanager
def _too_late() -> Iterator[None]:
    try:
        yield
    except BadRequest as error:
        logger.info("a tap came too late", extra={"error": error.message})


def render(content: dict[str, Any], pack: Pack) -> tuple[str, list[list[dict[str, str]]]]:
    """Text and rows of buttons of a queued reply. Raises KeyError for an unknown notice."""
    if "notice" not in content:
        return content["text"], content["buttons"]
    rows: list[list[dict[str, str]]] = []
    if content["notice"] == "answered":
        question = settled_question(content["code"])
        rows = [[{"text": b.label, "callback_data": b.data} for b in row] for row in question]
    return texts.notice(content, pack), rows


def _markup(rows: list[list[dict[str, str]]]) -> InlineKeyboardMarkup | None:
    if not rows:
        return None
    return InlineKeyboardMarkup(
        [
            [
                InlineKeyboardButton(button["text"], callback_data=button["callback_data"])
                for button in row
            ]
            for row in rows
        ]
    )


async def _load(session: AsyncSession, reply_id: int) -> tuple[Reply, Citizen]:
    query = (
        select(Reply, Citizen)
        .join(Citizen, Citizen.id == Reply.citizen_id)
        .where(Reply.id == reply_id)
    )
    reply, citizen = (await session.execute(query)).one()
    return reply, citizen
