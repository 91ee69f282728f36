"""One message of one citizen, from what was heard to one committed transaction.

Rasa is asked outside any transaction. Then draft, case, events, queued replies and the inbox
row's "handled" are written together: a crash before that repeats the message, a crash after
it repeats nothing but an unsent reply (promise 1).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot import texts
from bot.acts import Doing, filed_case, message
from bot.channel import SlowDown
from bot.choices import chosen
from bot.dialogue import advance
from bot.draft import Draft, Turn
from bot.heard import Heard, NotHeard
from bot.related import wants_related, with_related
from bot.understand import Rasa
from bot.voice import Recogniser
from cases.notices import queue_reply
from cases.parked import parked_code
from cases.queries import cases_of_citizen
from cases.similar import related_cases
from cases.tables import Tables
from db import models, queue
from db.encryption import Vault
from db.models import Attachment, Case, Citizen, InboxUpdate
from db.session import Database
from routing.tables import Pack

# A student with ten screenshots and a word to each is no flood.
MESSAGES_A_MINUTE = 40
MINUTE = timedelta(minutes=1)
SLOWED_AGAIN = timedelta(minutes=10)
_SAID = ("text", "command", "button")


@dataclass(frozen=True)
class Sender:
    """Who wrote: the name of a channel and their address there."""

    channel: str
    address: str


@dataclass(frozen=True)
class File:
    """A file of a message, as the channel names it."""

    kind: str
    file_id: str
    media_type: str | None

    @property
    def is_recording(self) -> bool:
        """Speech can be heard in it: a voice note, or an audio file."""
        return self.kind == "voice" or (self.media_type or "").startswith("audio/")


@dataclass(frozen=True)
class Tap:
    """A tapped button: the query to answer, and the message whose buttons are spent."""

    query_id: str
    message_id: int | None


class Conversation:
    """Takes what handlers heard; the only writer of drafts and of inbox rows' `handled_at`."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        rasa: Rasa,
        tables: Tables,
        clock: Callable[[], datetime],
        recogniser: Recogniser | None = None,
    ) -> None:
        self._database = database
        self._vault = vault
        self._rasa = rasa
        self._tables = tables
        self._clock = clock
        self._recogniser = recogniser

    async def take(
        self,
        inbox_id: int,
        sender: Sender,
        heard: Heard,
        file: File | None = None,
        tap: Tap | None = None,
    ) -> None:
        """Handle one message. Doing so again changes nothing."""
        if heard.kind == "text":
            heard = replace(heard, understanding=await self._rasa.parse(heard.text))
        async with self._database.in_transaction() as session:
            update = await _unhandled(session, inbox_id)
            if update is None:
                return
            citizen = await self._citizen(session, sender)
            wait = await self._too_fast(session, citizen)
            if not wait:
                await self._turn(session, citizen, update, heard, file, tap)
                _mark_handled(update, self._clock())
        if wait:
            raise SlowDown(wait)

    async def listen(self, attachment_id: int) -> None:
        """Take the words of one recording. Doing so again changes nothing. Raises bot.voice.Busy.

        Listening takes seconds to a minute, so it is done outside any transaction, as Rasa is
        asked; then transcript, draft, replies and "done" are written in one.
        """
        async with self._database.in_transaction() as session:
            awaited = await _awaited(session, attachment_id)
            if awaited is None:
                return
            query = select(Attachment.content).where(Attachment.id == attachment_id)
            content, media_type = await session.scalar(query), awaited.media_type
        words = await self._hear(content, media_type)
        heard = Heard("transcript", self._clock())
        if isinstance(words, NotHeard):
            heard = replace(heard, not_heard=words.why)
        else:
            heard = replace(heard, text=words, understanding=await self._rasa.parse(words))
        async with self._database.in_transaction() as session:
            await self._take_words(session, attachment_id, heard)

    async def _hear(self, recording: bytes | None, media_type: str | None) -> str | NotHeard:
        if recording is None or self._recogniser is None:  # Not fetched, or taken away meanwhile.
            return NotHeard("unavailable")
        return await self._recogniser.hear(recording, media_type)

    async def _take_words(self, session: AsyncSession, attachment_id: int, heard: Heard) -> None:
        """Nothing where the recording was dropped meanwhile, with its draft or by its citizen."""
        attachment = await _awaited(session, attachment_id, with_lock=True)
        if attachment is None or attachment.citizen_id is None:
            return
        attachment.awaits_words, attachment.transcript = False, heard.text or None
        code = select(Case.code).where(Case.id == attachment.case_id)
        heard = replace(
            heard,
            attachment_id=attachment_id,
            message_id=attachment.chat_message_id,
            case_code=await session.scalar(code),
        )
        citizen = await session.get_one(Citizen, attachment.citizen_id)
        await self._turn(session, citizen, None, heard)

    async def _too_fast(self, session: AsyncSession, citizen: Citizen) -> float:
        """Seconds until this person's next message is read; 0 for now. Nothing is lost meanwhile:
        the update waits, and those behind it. That is said once in a while."""
        now = self._clock()
        if citizen.minute_at is None or not timedelta(0) <= now - citizen.minute_at < MINUTE:
            citizen.minute_at, citizen.minute_count = now, 0
        if citizen.minute_count < MESSAGES_A_MINUTE:
            citizen.minute_count += 1
            return 0.0
        if citizen.slowed_at is None or now - citizen.slowed_at > SLOWED_AGAIN:
            citizen.slowed_at = now
            with texts.speaking(citizen.language, citizen.channel):
                await queue_reply(session, citizen.id, message(texts.SLOWED))
        return max(1.0, (citizen.minute_at + MINUTE - now).total_seconds())

    async def note_parked(self, inbox_id: int, sender: Sender) -> None:
        """Tell a citizen that a message of theirs could not be read, and its code."""
        async with self._database.in_transaction() as session:
            citizen = await self._citizen(session, sender)
            with texts.speaking(citizen.language, citizen.channel):
                text = texts.PARKED.format(code=parked_code(inbox_id))
            await queue_reply(session, citizen.id, message(text))

    async def ignore(self, inbox_id: int) -> None:
        """Handle an update that needs no answer (a group's chatter)."""
        async with self._database.in_transaction() as session:
            update = await _unhandled(session, inbox_id)
            if update is not None:
                _mark_handled(update, self._clock())

    async def note_blocked(self, inbox_id: int, sender: Sender, is_blocked: bool) -> None:
        """The citizen blocked or unblocked the bot."""
        async with self._database.in_transaction() as session:
            update = await _unhandled(session, inbox_id)
            if update is not None:
                citizen = await self._citizen(session, sender)
                citizen.blocked_at = self._clock() if is_blocked else None
                _mark_handled(update, self._clock())

    async def _turn(
        self,
        session: AsyncSession,
        citizen: Citizen,
        update: InboxUpdate | None,
        heard: Heard,
        file: File | None = None,
        tap: Tap | None = None,
    ) -> None:
        heard = replace(await _chosen(session, citizen, heard), channel=citizen.channel)
        citizen.erased_at = None  # Who writes again begins anew.
        if tap is not None:
            await _acknowledge(session, citizen.id, tap)
        pack = await self._tables.current(session)
        heard = await self._knowing(session, citizen, heard, file, pack)
        stored = await session.get(models.Draft, citizen.id)
        draft = Draft.from_json(stored.content) if stored else Draft()
        with texts.speaking(citizen.language, citizen.channel):
            turn = advance(draft, heard, pack)
            turn = await self._with_related(session, citizen, turn, pack)
            if any(reply.buttons for reply in turn.replies):  # Asked anew: so numbers begin anew.
                citizen.choices = []
            doing = Doing(session, citizen, update, pack, self._clock())
            await self._apply(doing, turn, tap)
        await _forget_files(session, citizen.id, {*draft.attachment_ids, heard.attachment_id}, turn)
        await _store_draft(session, citizen.id, turn.draft, self._clock())

    async def _with_related(
        self, session: AsyncSession, citizen: Citizen, turn: Turn, pack: Pack
    ) -> Turn:
        """The turn, with the question whether it is a matter that is known, where it may be."""
        draft = turn.draft
        if not wants_related(turn, pack) or draft.category is None or draft.ward_code is None:
            return turn
        found = await related_cases(
            session, citizen.id, draft.text, draft.category, draft.ward_code, self._clock()
        )
        return with_related(turn, found, pack)

    async def _knowing(
        self,
        session: AsyncSession,
        citizen: Citizen,
        heard: Heard,
        file: File | None,
        pack: Pack,
    ) -> Heard:
        """What was heard, with what the database knows of the citizen."""
        cases = await cases_of_citizen(session, citizen.id)
        if file is not None:
            listens = self._recogniser is not None and file.is_recording
            number = await self._keep(session, citizen.id, file, heard.message_id, listens)
            heard = replace(heard, attachment_id=number, is_listening=listens)
        return replace(
            heard,
            has_consented=citizen.consent_version == texts.CONSENT_VERSION,
            cases=tuple(filed_case(case, pack) for case in cases),
        )

    async def _keep(
        self,
        session: AsyncSession,
        citizen_id: int,
        file: File,
        message_id: int | None,
        listens: bool,
    ) -> int:
        attachment = Attachment(
            citizen_id=citizen_id,
            kind=file.kind,
            file_id=file.file_id,
            media_type=file.media_type,
            chat_message_id=message_id,
            awaits_words=listens,
            created_at=self._clock(),
        )
        session.add(attachment)
        await session.flush()
        await queue.defer(session, queue.FETCH_ATTACHMENT, attachment_id=attachment.id)
        return attachment.id

    async def _apply(self, doing: Doing, turn: Turn, tap: Tap | None) -> None:
        edits = tap.message_id if tap else None
        for say in turn.replies:
            await doing.say(say, edits=edits)
        for act in turn.acts:
            await doing.do(act)
        for say in turn.afterwards:
            await doing.say(say)

    async def _citizen(self, session: AsyncSession, sender: Sender) -> Citizen:
        """The citizen of this chat, made at the first message."""
        channel = sender.channel
        lookup = self._vault.lookup(channel, sender.address)
        known = await session.scalar(
            select(Citizen).where(Citizen.channel == channel, Citizen.address_lookup == lookup)
        )
        if known is None:
            address = self._vault.encrypt(sender.address.encode())
            known = Citizen(channel=channel, address=address, address_lookup=lookup)
            session.add(known)
            await session.flush()
        return known


async def _awaited(
    session: AsyncSession, attachment_id: int, *, with_lock: bool = False
) -> Attachment | None:
    """The recording whose words are still awaited; None where that is done, or it is gone."""
    found = await session.get(Attachment, attachment_id, with_for_update=with_lock)
    return found if found is not None and found.awaits_words else None


async def _acknowledge(session: AsyncSession, citizen_id: int, tap: Tap) -> None:
    """Stop the button's spinner, and take the spent buttons away."""
    await queue_reply(session, citizen_id, {"tap": tap.query_id, "spent": tap.message_id})


async def _unhandled(session: AsyncSession, inbox_id: int) -> InboxUpdate | None:
    """The inbox row, locked; None when it was handled before."""
    query = select(InboxUpdate).where(InboxUpdate.id == inbox_id).with_for_update()
    update = (await session.scalars(query)).one()
    return update if update.handled_at is None else None


async def _chosen(session: AsyncSession, citizen: Citizen, heard: Heard) -> Heard:
    """On a channel without buttons the number or the words of a choice are a tap on it. Whatever
    is said ends the choices that stood."""
    if heard.kind not in _SAID or not citizen.choices:
        return heard
    # Locked: the sender may just offer more.
    await session.refresh(citizen, ["choices"], with_for_update=True)
    data = chosen(citizen.choices, heard.text) if heard.kind == "text" else None
    citizen.choices = []
    return heard if data is None else replace(heard, kind="button", text=data)


def _mark_handled(update: InboxUpdate, now: datetime) -> None:
    """Its content now stands in its own place; the raw update named the sender: wipe it."""
    update.handled_at, update.failed_at, update.payload = now, None, None


async def _store_draft(session: AsyncSession, citizen_id: int, draft: Draft, now: datetime) -> None:
    values = {"content": draft.to_json(), "updated_at": now}
    await session.execute(
        insert(models.Draft)
        .values(citizen_id=citizen_id, **values)
        .on_conflict_do_update(index_elements=["citizen_id"], set_=values)
    )


async def _forget_files(
    session: AsyncSession, citizen_id: int, known: set[int | None], turn: Turn
) -> None:
    """Delete the files that neither the draft nor a case holds any more: what was cancelled or
    belongs to a denunciation is not kept (promise 5)."""
    dropped = known - {None, *turn.draft.attachment_ids}
    if dropped:
        await session.execute(
            delete(Attachment).where(
                Attachment.id.in_(dropped),
                Attachment.citizen_id == citizen_id,
                Attachment.case_id.is_(None),
            )
        )
