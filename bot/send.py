"""Queued replies to the citizen's channel: paced, retried, once each.

That a reply is being sent is committed before the channel is called, and that it was sent after
the channel took it. Between the two a crash, or an answer that never comes, leaves the result
unclear: such a reply is marked and sent again, after a time-out only once. What the channel surely
did not do is tried again for a day.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from aiolimiter import AsyncLimiter
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from bot import texts
from bot.channel import Blocked, Channel, OutOfReach, Refused, Rows, SlowDown, Unclear, pieces
from bot.choices import offer
from bot.inbox import chat_lock
from bot.keyboards import Keyboard, asked, objection, rows_of, settled_question, still_open
from cases.events import SYSTEM, record
from cases.notices import push_lock
from cases.personal_data import export, forget_erased
from cases.tables import Tables
from db import queue
from db.encryption import Vault
from db.models import Attachment, Case, Citizen, Reply
from db.session import DATABASE_AWAY, Database
from routing.tables import Pack

logger = logging.getLogger(__name__)

# Telegram: about one message a second in a chat, short bursts allowed.
# https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
BURST, PER_SECONDS = 3, 3.5
CHATS_REMEMBERED = 10_000
# A worker that is told to stop gives its jobs ten seconds.
DATABASE_TRIES, DATABASE_PAUSE = 16, 0.5
EXPORT_NAME = "du-lieu-cua-toi.json"
SUFFIXES = {"image/jpeg": "jpg", "application/pdf": "pdf"}


@dataclass(frozen=True)
class _File:
    """A file to be sent, under the name that the citizen sees."""

    name: str
    content: bytes


@dataclass(frozen=True)
class _Errand:
    """One reply on its way. `text` and `rows` are as this channel shows them."""

    reply_id: int
    citizen_id: int
    channel: Channel
    address: str
    content: dict[str, Any]
    text: str
    rows: Rows
    parts_sent: int
    file: _File | None
    otherwise: str  # What is said where the channel cannot do what was wanted.


class Sender:
    """Says queued replies and fetches files, each through its citizen's channel."""

    def __init__(
        self,
        channels: Mapping[str, Channel],
        database: Database,
        vault: Vault,
        tables: Tables,
        clock: Callable[[], datetime],
        *,
        keeps_quiet: bool = True,
    ) -> None:
        self._keeps_quiet = keeps_quiet
        self._channels = channels
        self._database = database
        self._vault = vault
        self._tables = tables
        self._clock = clock
        self._pace: dict[int, AsyncLimiter] = {}

    async def send(self, reply_id: int) -> None:
        """Send one reply unless it was sent. Raises what a later try may mend (SlowDown,
        OutOfReach, Unclear); gives up on what none will, and says so on the case."""
        errand = await self._begin(reply_id)
        if errand is None:
            return
        try:
            await self._deliver(errand)
        except (Blocked, Refused) as error:
            logger.error("a channel refused a reply", extra={"error": type(error).__name__})
            await self._end(reply_id, "blocked" if isinstance(error, Blocked) else "refused")
        except (SlowDown, OutOfReach):
            await self._note_not_sent(reply_id)
            raise
        except Unclear:
            if await self._note_timeout(reply_id):
                raise
        else:
            await self._end_surely(reply_id)

    async def _end_surely(self, reply_id: int) -> None:
        """Note that it was sent, also when the database is just away: forgetting it now would send
        it twice. Raises one of DATABASE_AWAY when it stays so."""
        for _ in range(DATABASE_TRIES):
            try:
                await self._note_sent(reply_id)
                return
            except DATABASE_AWAY as error:
                logger.warning("the database is away", extra={"error": type(error).__name__})
                await asyncio.sleep(DATABASE_PAUSE)
        await self._note_sent(reply_id)

    async def _note_sent(self, reply_id: int) -> None:
        erased_at = select(Citizen.erased_at).where(Citizen.id == Reply.citizen_id)
        sent = (
            update(Reply)
            .where(Reply.id == reply_id)
            .values(sent_at=self._clock(), content=None)
            .returning(erased_at.scalar_subquery())
        )
        async with self._database.in_transaction() as session:
            if await session.scalar(sent) is not None:
                _, citizen = await _load(session, reply_id)
                await forget_erased(session, citizen)

    async def _begin(self, reply_id: int) -> _Errand | None:
        """Commit that the reply is being sent; None where there is nothing to send now."""
        is_our_turn = False
        while True:
            async with self._database.in_transaction() as session:
                reply, citizen = await _load(session, reply_id)
                if reply.content is None or reply.sent_at or reply.failed_at:
                    return None
                channel = self._channel_of(citizen)
                if await self._waits_for_morning(session, reply):
                    return None
                pace = self._pace_of(citizen.id)
                if is_our_turn or pace.has_capacity() or "tap" in reply.content:
                    if not is_our_turn:
                        await pace.acquire()
                    self._mark_sending(reply)
                    return await self._errand(session, reply, citizen, channel)
            await pace.acquire()
            is_our_turn = True

    def _mark_sending(self, reply: Reply) -> None:
        now = self._clock()
        if reply.sending_at is not None and reply.unclear_at is None:
            reply.unclear_at = now  # An earlier try may have arrived.
        reply.sending_at = now

    async def _waits_for_morning(self, session: AsyncSession, reply: Reply) -> bool:
        """Nobody is woken by what can wait: in quiet hours a push is queued for the morning, apart
        from the chat's other replies, which it must not hold up."""
        if not self._keeps_quiet or reply.content is None or "notice" not in reply.content:
            return False
        morning = (await self._tables.current(session)).quiet_until(self._clock())
        if morning is None:
            return False
        lock = push_lock(reply.citizen_id)
        await queue.defer(
            session, queue.SEND_REPLY, lock=lock, not_before=morning, reply_id=reply.id
        )
        return True

    def _channel_of(self, citizen: Citizen) -> Channel:
        """Raises OutOfReach where it is not set up any more: what waits for it waits on."""
        if citizen.channel not in self._channels:
            raise OutOfReach(f"{citizen.channel} is not set up")
        return self._channels[citizen.channel]

    async def _errand(
        self, session: AsyncSession, reply: Reply, citizen: Citizen, channel: Channel
    ) -> _Errand:
        content = reply.content or {}
        file = await self._file(session, content, citizen)
        with texts.speaking(citizen.language, citizen.channel):
            text, rows = await self._words(session, content)
            if rows and not channel.has_buttons:
                await session.refresh(citizen, ["choices"], with_for_update=True)
                offered, citizen.choices = offer(citizen.choices, rows, reply.id)
                text, rows = f"{text}\n\n{texts.numbered(offered)}", []
            otherwise = f"{text}\n{texts.FILE_NOT_SHOWN}" if file else texts.NOT_DELETED
        return _Errand(
            reply.id,
            citizen.id,
            channel,
            self._vault.decrypt(citizen.address).decode(),
            content,
            text,
            rows,
            reply.parts_sent,
            file,
            otherwise,
        )

    async def _file(
        self, session: AsyncSession, content: dict[str, Any], citizen: Citizen
    ) -> _File | None:
        """What goes with a reply: the citizen's data, or what staff show for their answer."""
        if "export" in content:
            data = await export(session, citizen, await self._tables.current(session))
            return _File(EXPORT_NAME, data)
        if "attachment" not in content:
            return None
        whole = undefer(Attachment.content)
        shown = await session.get_one(Attachment, content["attachment"], options=[whole])
        suffix = SUFFIXES[shown.media_type or ""]
        return _File(f"{content['code']}-{shown.id}.{suffix}", shown.content or b"")

    async def _words(self, session: AsyncSession, content: dict[str, Any]) -> tuple[str, Rows]:
        """Text and rows of buttons of a queued reply; a tap's acknowledgement has none."""
        if "notice" in content:
            return notice_words(content, await self._tables.current(session))
        return content.get("text", ""), content.get("buttons", [])

    async def _deliver(self, errand: _Errand) -> None:
        content, channel, address = errand.content, errand.channel, errand.address
        if "tap" in content:
            await channel.acknowledge(address, content["tap"], content["spent"])
        elif errand.file is not None:
            file = errand.file
            if not await channel.send_file(address, file.name, file.content, errand.text):
                await channel.say(address, errand.otherwise, [])
        elif "edit" in content and await channel.replace(
            address, content["edit"], errand.text, errand.rows
        ):
            return
        elif "delete" in content and not await channel.delete(address, content["delete"]):
            await channel.say(address, errand.otherwise, [])
        else:
            await self._say(errand)

    async def _say(self, errand: _Errand) -> None:
        *before, last = pieces(errand.text, errand.channel.longest)
        for number, piece in enumerate(before[errand.parts_sent :], start=errand.parts_sent + 1):
            await errand.channel.say(errand.address, piece, [])
            await self._note_part(errand.reply_id, number)
            await self._pace_of(errand.citizen_id).acquire()
        await errand.channel.say(errand.address, last, errand.rows)

    def _pace_of(self, citizen_id: int) -> AsyncLimiter:
        if len(self._pace) > CHATS_REMEMBERED:
            self._pace.clear()
        return self._pace.setdefault(citizen_id, AsyncLimiter(BURST, PER_SECONDS))

    async def _note_part(self, reply_id: int, number: int) -> None:
        async with self._database.in_transaction() as session:
            reply = await session.get_one(Reply, reply_id)
            reply.parts_sent = number

    async def _note_not_sent(self, reply_id: int) -> None:
        async with self._database.in_transaction() as session:
            reply = await session.get_one(Reply, reply_id)
            reply.sending_at = None

    async def _note_timeout(self, reply_id: int) -> bool:
        """Whether to try once more; the second unclear result is the last."""
        async with self._database.in_transaction() as session:
            reply = await session.get_one(Reply, reply_id)
            reply.timeouts += 1
            if reply.timeouts > 1:
                await self._note_failure(session, reply_id, "unclear")
            return reply.timeouts <= 1

    async def _end(self, reply_id: int, failure: str) -> None:
        async with self._database.in_transaction() as session:
            await self._note_failure(session, reply_id, failure)

    async def _note_failure(self, session: AsyncSession, reply_id: int, failure: str) -> None:
        """It is given up; its case says so, and who blocked the bot is known by it."""
        reply, citizen = await _load(session, reply_id)
        now = self._clock()
        reply.failed_at, reply.failure = now, failure
        if failure == "blocked":
            citizen.blocked_at = now
        if reply.case_id is not None:
            case = await session.get_one(Case, reply.case_id, with_for_update=True)
            await record(session, case, "notice_failed", SYSTEM, now, why=failure)
        if citizen.erased_at is not None:
            await session.flush()
            await forget_erased(session, citizen)

    async def give_up(self, reply_id: int, why: str) -> None:
        """Tries ran out: the case says so, the words are kept for `langnghe retry`."""
        await self._end(reply_id, why)

    async def has_waited(self, reply_id: int, patience: timedelta) -> bool:
        """Whether the reply has been tried for longer than `patience`."""
        async with self._database.in_transaction() as session:
            reply = await session.get_one(Reply, reply_id)
            return self._clock() - reply.queued_at > patience

    async def fetch_attachment(self, attachment_id: int) -> None:
        """Bring a citizen's file into the database, before the channel forgets it."""
        async with self._database.in_transaction() as session:
            attachment = await session.get(Attachment, attachment_id)
            if attachment is None or attachment.fetched_at is not None:
                return  # Forgotten with its draft, or here already.
            file_id = attachment.file_id
            citizen = await session.get(Citizen, attachment.citizen_id)
        if citizen is None or file_id is None:  # Erased meanwhile.
            return
        content, failure = await _fetch(self._channel_of(citizen), file_id)
        async with self._database.in_transaction() as session:
            kept = await session.get(Attachment, attachment_id, with_for_update=True)
            if kept is not None:
                kept.content, kept.failure, kept.fetched_at = content, failure, self._clock()
                if kept.awaits_words:  # Also where there will be none: the citizen waits.
                    await self._let_hear(session, kept, citizen)

    async def _let_hear(self, session: AsyncSession, kept: Attachment, citizen: Citizen) -> None:
        address = self._vault.decrypt(citizen.address).decode()
        lock = chat_lock(self._vault, citizen.channel, address)
        await queue.defer(session, queue.TRANSCRIBE, lock=lock, attachment_id=kept.id)


async def _fetch(channel: Channel, file_id: str) -> tuple[bytes | None, str | None]:
    """The content, or why there will never be any. Raises what a later try may mend."""
    try:
        return await channel.fetch(file_id), None
    except Unclear as error:  # Asking twice for a file does no harm.
        raise OutOfReach(str(error)) from error
    except (Refused, Blocked) as error:
        return None, str(error) or "blocked"


def notice_words(content: dict[str, Any], pack: Pack) -> tuple[str, Rows]:
    """Text and rows of buttons of a notice. Raises KeyError for one that is not known."""
    keyboard = _UNDER.get(content["notice"])
    rows = rows_of(keyboard(content["code"])) if keyboard is not None else []
    return texts.notice(content, pack), rows


_UNDER: dict[str, Callable[[str], Keyboard]] = {
    "answered": settled_question,
    "reminded": settled_question,
    "asked": asked,
    "rejected": objection,
    "lapsed": still_open,
}


async def _load(session: AsyncSession, reply_id: int) -> tuple[Reply, Citizen]:
    query = (
        select(Reply, Citizen)
        .join(Citizen, Citizen.id == Reply.citizen_id)
        .where(Reply.id == reply_id)
    )
    reply, citizen = (await session.execute(query)).one()
    return reply, citizen
