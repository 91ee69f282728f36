"""What a turn of the conversation does to the database, in its transaction: one method an act."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot import keyboards, texts
from bot.draft import (
    Act,
    ChangeCase,
    Count,
    DeleteMessages,
    Draft,
    FileCase,
    ForgetFile,
    ManageData,
    Say,
    ShowCase,
    SpeakLanguage,
)
from bot.heard import FiledCase
from bot.keyboards import Keyboard, rows_of
from bot.petition import confirmed, needs_person
from cases import lifecycle
from cases.events import CITIZEN, record
from cases.intake import Petition, file_case
from cases.lifecycle import IllegalMove
from cases.notices import queue_reply
from cases.personal_data import erase_citizen, holdings_of, withdraw_consent
from db.models import Attachment, Case, Citizen, Event, InboxUpdate, Tally
from routing.tables import Pack


@dataclass(frozen=True)
class Doing:
    """One turn being done: for whom, because of which update, by which tables, when."""

    session: AsyncSession
    citizen: Citizen
    update: InboxUpdate | None  # None where a machine heard it: that files nothing.
    pack: Pack
    now: datetime

    async def say(self, say: Say, case: Case | None = None, edits: int | None = None) -> None:
        """Queue a reply; one that `replaces` changes the tapped message `edits` in place."""
        content = message(say.text, say.buttons)
        if say.replaces and edits is not None:
            content["edit"] = edits
        await queue_reply(self.session, self.citizen.id, content, case)

    async def do(self, act: Act) -> None:
        if isinstance(act, FileCase):
            await self._file(act)
        elif isinstance(act, ChangeCase):
            await self._change(act)
        elif isinstance(act, ShowCase):
            await self._show(act.code)
        elif isinstance(act, ManageData):
            await _DATA[act.what](self)
        elif isinstance(act, SpeakLanguage):
            self.citizen.language = act.language
        elif isinstance(act, DeleteMessages):
            content = {**message(texts.DELETED), "delete": list(act.message_ids)}
            await queue_reply(self.session, self.citizen.id, content)
        elif isinstance(act, ForgetFile):
            mine = Attachment.id == act.attachment_id, Attachment.citizen_id == self.citizen.id
            await self.session.execute(delete(Attachment).where(*mine))
        elif isinstance(act, Count):
            await self._count(act.name)

    async def _file(self, act: FileCase) -> None:
        citizen, pack = self.citizen, self.pack
        if self.update is None:
            raise ValueError("a case is filed by what a citizen did, not by what a machine heard")
        if citizen.consent_version != texts.CONSENT_VERSION:
            citizen.consent_version, citizen.consented_at = texts.CONSENT_VERSION, self.now
            citizen.consent_withdrawn_at = None
        petition = petition_of(act.draft)
        case = await file_case(
            self.session, petition, act.decision, pack, citizen.id, self.update.id, self.now
        )
        if act.draft.joins is not None:
            joined = select(Case.id).where(Case.code == act.draft.joins)
            case.joins_id = await self.session.scalar(joined)
            await record(self.session, case, "joined", CITIZEN, self.now, code=act.draft.joins)
        agency = pack.agencies.get(case.agency_id or "")
        text = texts.filed(
            case.code,
            agency.name if agency else None,
            texts.date_of(case.due_at, pack),
            act.decision.for_citizen,
            restricted=case.restricted,
            is_last=not act.draft.waiting,
        )
        await self.say(Say(text), case)

    async def _change(self, act: ChangeCase) -> None:
        """Move one of the citizen's own cases; another's code is answered like a stale button."""
        case = await lifecycle.own_case(self.session, self.citizen.id, act.code)
        if case is None:
            await self.say(Say(texts.STALE_BUTTON))
            return
        try:
            said = await _MOVES[act.move](self, case, act)
        except IllegalMove:
            said = Say(texts.NOT_POSSIBLE_NOW)
        if said.text:
            await self.say(Say(said.text.format(code=case.code), said.buttons))

    async def _show(self, code: str) -> None:
        """One of the citizen's own cases in plain words."""
        own = Case.code == code, Case.citizen_id == self.citizen.id
        case = await self.session.scalar(select(Case).where(*own))
        if case is None:
            await self.say(Say(texts.STALE_BUTTON))
            return
        rows = await self.session.scalars(
            select(Event).where(Event.case_id == case.id).order_by(Event.seq)
        )
        events = [(e.happened_at, e.name, e.data.get("agency")) for e in rows]
        why = case.decision.get("for_citizen") or ""
        text = texts.case_details(
            filed_case(case, self.pack),
            events,
            why,
            self.pack,
            restricted=case.restricted,
            anonymous=case.anonymous,
        )
        await self.say(Say(text, keyboards.case_moves(case.code, case.state)))

    async def _count(self, name: str) -> None:
        day = self.pack.local_day(self.now).isoformat()
        once_more = insert(Tally).values(day=day, name=name, count=1)
        await self.session.execute(
            once_more.on_conflict_do_update(
                index_elements=["day", "name"], set_={"count": Tally.count + 1}
            )
        )

    # --- the citizen's own data

    async def _show_rights(self) -> None:
        held = await holdings_of(self.session, self.citizen)
        agreed_at = held.consented_at if held.consent_version else None
        text = texts.rights(held.cases, held.files, agreed_at, self.pack)
        await self.say(Say(text, keyboards.rights()))

    async def _export(self) -> None:
        content = {**message(texts.EXPORTED), "export": True}
        await queue_reply(self.session, self.citizen.id, content)

    async def _withdraw_consent(self) -> None:
        await withdraw_consent(self.session, self.citizen, self.now)
        await self.say(Say(texts.CONSENT_WITHDRAWN))

    async def _ask_erase(self) -> None:
        held = await holdings_of(self.session, self.citizen)
        text = texts.ASK_ERASE.format(open_cases=held.open_cases)
        await self.say(Say(text, keyboards.sure_erasure()))

    async def _erase(self) -> None:
        await erase_citizen(self.session, self.citizen, self.now)
        await self.say(Say(texts.ERASED))


def filed_case(case: Case, pack: Pack) -> FiledCase:
    """A case as the conversation knows it."""
    agency = pack.agencies.get(case.agency_id or "")
    name = agency.name if agency and not case.restricted else None
    return FiledCase(case.code, case.state, name, case.filed_at, case.due_at)


def petition_of(draft: Draft) -> Petition:
    """What the citizen confirmed, for `cases.intake`."""
    text = draft.text
    if draft.contact and not draft.anonymous:
        text = f"{text}\n{texts.CONTACT_LINE.format(number=draft.contact)}"
    return Petition(
        text=text,
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
        anonymous=draft.anonymous,
        consent_version=texts.CONSENT_VERSION,
    )


def message(text: str, buttons: Keyboard = ()) -> dict[str, object]:
    """A queued reply's content, as `bot.send` reads it."""
    return {"text": text, "buttons": rows_of(buttons)}


async def _settle(doing: Doing, case: Case, act: ChangeCase) -> Say:
    if case.state != lifecycle.CLOSED:  # A second tap hears the same thanks.
        await lifecycle.settle_case(doing.session, case, doing.now)
    return Say(texts.SETTLED, keyboards.rating(case.code))


async def _rate(doing: Doing, case: Case, act: ChangeCase) -> Say:
    await lifecycle.rate_case(doing.session, case, int(act.text), doing.now)
    return Say(texts.RATED)


async def _rate_words(doing: Doing, case: Case, act: ChangeCase) -> Say:
    case.rating_words = act.text
    return Say(texts.RATING_WORDS_KEPT)


async def _reopen(doing: Doing, case: Case, act: ChangeCase) -> Say:
    was_rejected = case.state == lifecycle.REJECTED
    await lifecycle.reopen_case(doing.session, case, doing.now, doing.pack)
    return Say(texts.OBJECTED if was_rejected else texts.REOPENED)


async def _withdraw(doing: Doing, case: Case, act: ChangeCase) -> Say:
    await lifecycle.withdraw_case(doing.session, case, doing.now)
    return Say(texts.WITHDRAWN)


async def _add(doing: Doing, case: Case, act: ChangeCase) -> Say:
    was_waited_for = case.state == lifecycle.NEEDS_INFO
    await lifecycle.add_to_case(doing.session, case, act.text, doing.now, doing.pack)
    if not was_waited_for:
        return Say(texts.ADDED)
    due_on = texts.date_of(case.due_at, doing.pack)
    return Say(texts.ADDED_REPLY.format(code=case.code, due_on=due_on))


async def _attach(doing: Doing, case: Case, act: ChangeCase) -> Say:
    """The dialogue says it once an album, so nothing is said here."""
    attachment = await doing.session.get(Attachment, act.attachment_id)
    if attachment is not None and attachment.citizen_id == case.citizen_id:
        await lifecycle.attach_to_case(doing.session, case, attachment, doing.now, doing.pack)
    return Say("")


_Move = Callable[[Doing, Case, ChangeCase], Awaitable[Say]]
_MOVES: dict[str, _Move] = {
    "settle": _settle,
    "rate": _rate,
    "rate_words": _rate_words,
    "reopen": _reopen,
    "withdraw": _withdraw,
    "add": _add,
    "attach": _attach,
}
_DATA: dict[str, Callable[[Doing], Awaitable[None]]] = {
    "show": Doing._show_rights,
    "export": Doing._export,
    "withdraw": Doing._withdraw_consent,
    "erase": Doing._ask_erase,
    "erase_surely": Doing._erase,
}
