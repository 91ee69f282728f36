"""One message of one citizen, from what was heard to one committed transaction.

Rasa is asked outside any transaction. Then draft, case, events, queued replies and the inbox
row's "handled" are written together: a crash before that repeats the message, a crash after
it repeats nothing but an unsent reply (promise 1).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot import texts
from bot.dialogue import advance
from bot.draft import ChangeCase, Count, Draft, FileCase, Say, Turn
from bot.heard import FiledCase, Heard
from bot.keyboards import Keyboard, rows_of
from bot.petition import confirmed, needs_person
from bot.understand import Rasa
from cases import lifecycle
from cases.events import CITIZEN, record
from cases.intake import Petition, file_case
from cases.lifecycle import IllegalMove
from cases.notices import queue_reply
from cases.queries import cases_of_citizen
from cases.tables import Tables
from db import models, queue
from db.encryption import Vault
from db.models import Attachment, Case, Citizen, InboxUpdate, Tally
from db.session import Database
from routing.tables import Pack


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
    ) -> None:
        self._database = database
        self._vault = vault
        self._rasa = rasa
        self._tables = tables
        self._clock = clock

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
            if update is not None:
                citizen = await self._citizen(session, sender)
                await self._turn(session, citizen, update, heard, file, tap)
                _mark_handled(update, self._clock())

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
        update: InboxUpdate,
        heard: Heard,
        file: File | None,
        tap: Tap | None,
    ) -> None:
        if tap is not None:
            await _acknowledge(session, citizen.id, tap)
        pack = await self._tables.current(session)
        heard = await self._knowing(session, citizen, heard, file, pack)
        stored = await session.get(models.Draft, citizen.id)
        draft = Draft.from_json(stored.content) if stored else Draft()
        turn = advance(draft, heard, pack)
        await self._apply(session, citizen, update, turn, pack)
        await _forget_files(session, citizen.id, {*draft.attachment_ids, heard.attachment_id}, turn)
        await _store_draft(session, citizen.id, turn.draft, self._clock())

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
        attachment_id = await self._keep(session, citizen.id, file) if file else None
        return replace(
            heard,
            attachment_id=attachment_id,
            has_consented=citizen.consent_version == texts.CONSENT_VERSION,
            cases=tuple(_filed(case, pack) for case in cases),
        )

    async def _keep(self, session: AsyncSession, citizen_id: int, file: File) -> int:
        attachment = Attachment(
            citizen_id=citizen_id,
            kind=file.kind,
            file_id=file.file_id,
            media_type=file.media_type,
            created_at=self._clock(),
        )
        session.add(attachment)
        await session.flush()
        await queue.defer(session, queue.FETCH_ATTACHMENT, attachment_id=attachment.id)
        return attachment.id

    async def _apply(
        self,
        session: AsyncSession,
        citizen: Citizen,
        update: InboxUpdate,
        turn: Turn,
        pack: Pack,
    ) -> None:
        for say in turn.replies:
            await _queue_say(session, citizen.id, say)
        for act in turn.acts:
            if isinstance(act, FileCase):
                await self._file(session, citizen, update, act, pack)
            elif isinstance(act, ChangeCase):
                await self._change(session, citizen, act)
            elif isinstance(act, Count):
                await self._count(session, act.name, pack)
        for say in turn.afterwards:
            await _queue_say(session, citizen.id, say)

    async def _file(
        self,
        session: AsyncSession,
        citizen: Citizen,
        update: InboxUpdate,
        act: FileCase,
        pack: Pack,
    ) -> None:
        now = self._clock()
        if citizen.consent_version != texts.CONSENT_VERSION:
            citizen.consent_version, citizen.consented_at = texts.CONSENT_VERSION, now
        petition = petition_of(act.draft)
        case = await file_case(session, petition, act.decision, pack, citizen.id, update.id, now)
        agency = pack.agencies.get(case.agency_id or "")
        due_on = texts.date_of(case.due_at, pack)
        name = agency.name if agency else None
        text = texts.filed(
            case.code,
            name,
            due_on,
            act.decision.for_citizen,
            restricted=case.restricted,
            is_last=not act.draft.waiting,
        )
        await queue_reply(session, citizen.id, message(text), case)

    async def _change(self, session: AsyncSession, citizen: Citizen, act: ChangeCase) -> None:
        """Move one of the citizen's own cases; another's code is answered like a stale button."""
        case = await lifecycle.own_case(session, citizen.id, act.code)
        if case is None:
            await _queue_say(session, citizen.id, Say(texts.STALE_BUTTON))
            return
        try:
            said = await _MOVES[act.move](session, case, act, self._clock())
        except IllegalMove:
            said = texts.NOT_POSSIBLE_NOW
        if said:
            await _queue_say(session, citizen.id, Say(said.format(code=case.code)))

    async def _count(self, session: AsyncSession, name: str, pack: Pack) -> None:
        day = pack.local_day(self._clock()).isoformat()
        once_more = insert(Tally).values(day=day, name=name, count=1)
        await session.execute(
            once_more.on_conflict_do_update(
                index_elements=["day", "name"], set_={"count": Tally.count + 1}
            )
        )

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


def petition_of(draft: Draft) -> Petition:
    """What the citizen confirmed, for `cases.intake`."""
    return Petition(
        text=draft.text,
        category=draft.category,
        category_confidence=draft.category_confidence,
        legal_type=draft.legal_type,
        ward_code=draft.ward_code,
        place_text=draft.place_text,
        place_confidence=confirmed(draft),
        accused=list(draft.accused),
        latitude=draft.latitude,
        longitude=draft.longitude,
        categories=[{"name": name, "confidence": score} for name, score in draft.categories],
        attachment_ids=list(draft.attachment_ids),
        is_understood=draft.is_understood,
        needs_person=needs_person(draft),
        restricted=draft.is_declared,
    )


def message(text: str, buttons: Keyboard = ()) -> dict[str, object]:
    """A queued reply's content, as `bot.send` reads it."""
    return {"text": text, "buttons": rows_of(buttons)}


async def _queue_say(session: AsyncSession, citizen_id: int, say: Say) -> None:
    await queue_reply(session, citizen_id, message(say.text, say.buttons))


async def _acknowledge(session: AsyncSession, citizen_id: int, tap: Tap) -> None:
    """Stop the button's spinner, and take the spent buttons away."""
    await queue_reply(session, citizen_id, {"tap": tap.query_id, "spent": tap.message_id})


async def _unhandled(session: AsyncSession, inbox_id: int) -> InboxUpdate | None:
    """The inbox row, locked; None when it was handled before."""
    query = select(InboxUpdate).where(InboxUpdate.id == inbox_id).with_for_update()
    update = (await session.scalars(query)).one()
    return update if update.handled_at is None else None


def _filed(case: Case, pack: Pack) -> FiledCase:
    agency = pack.agencies.get(case.agency_id or "")
    name = agency.name if agency else None
    return FiledCase(case.code, case.state, name, case.filed_at, case.due_at)


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
    await session.execute(
        delete(Attachment).where(
            Attachment.id.in_(dropped),
            Attachment.citizen_id == citizen_id,
            Attachment.case_id.is_(None),
        )
    )


async def _settle(session: AsyncSession, case: Case, act: ChangeCase, now: datetime) -> str:
    if case.state != lifecycle.CLOSED:  # A second tap hears the same thanks.
        await lifecycle.settle_case(session, case, now)
    return texts.SETTLED


async def _reopen(session: AsyncSession, case: Case, act: ChangeCase, now: datetime) -> str:
    await lifecycle.reopen_case(session, case, now)
    return texts.REOPENED


async def _withdraw(session: AsyncSession, case: Case, act: ChangeCase, now: datetime) -> str:
    await lifecycle.withdraw_case(session, case, now)
    return texts.WITHDRAWN


async def _add(session: AsyncSession, case: Case, act: ChangeCase, now: datetime) -> str:
    await lifecycle.add_to_case(session, case, act.text, now)
    return texts.ADDED


async def _attach(session: AsyncSession, case: Case, act: ChangeCase, now: datetime) -> str:
    """The dialogue says it once an album, so nothing is said here."""
    attachment = await session.get(Attachment, act.attachment_id)
    if attachment is not None and attachment.citizen_id == case.citizen_id:
        attachment.case_id = case.id
        await record(session, case, "attachment_received", CITIZEN, now, attachment=attachment.id)
    return ""


_MOVES = {
    "settle": _settle,
    "reopen": _reopen,
    "withdraw": _withdraw,
    "add": _add,
    "attach": _attach,
}
