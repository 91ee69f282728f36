"""Whether anybody changed history: every case's chain, its head, and what the events prove.

Threat: somebody with SQL hides what happened. Found is: an event changed, removed (the last ones
too) or inserted; a citizen's or staff member's words, or a file shown to a citizen, changed after
they were recorded. Not found by the database alone: whoever computes hashes can write a case's
whole chain and head anew, or delete a case with all its rows. A seal finds both: the heads as they
were, kept where the database's administrators cannot write. It does not cover what came after it.
Columns that no event proves (a category, a deadline) are not covered at all.
"""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import ColumnElement, Select, Text, cast, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from cases.events import first_broken
from db.models import Attachment, Case, Event, Message

AT_ONCE = 2000


@dataclass(frozen=True)
class Head:
    """How many events a case has, and the last one's hash."""

    count: int
    last_hash: str


@dataclass(frozen=True)
class Broken:
    """A case whose history was tampered with, and how one can tell."""

    code: str
    why: str


async def find_broken(
    session: AsyncSession, sealed: Mapping[str, Head] | None = None
) -> AsyncIterator[Broken]:
    """Every tampered case, once. `sealed`: heads from before, by code."""
    told: set[str] = set()
    unseen = dict(sealed or {})
    async for code, head, events in _chains(session):
        why = _fault(code, head, events, unseen.pop(code, None))
        if why is not None:
            told.add(code)
            yield Broken(code, why)
    for code in unseen:
        yield Broken(code, "was sealed and is gone")
    for query, why in _PROOFS:
        for (code,) in await session.execute(query.order_by(Case.code)):
            if code not in told:
                told.add(code)
                yield Broken(code, why)


async def read_heads(session: AsyncSession) -> AsyncIterator[tuple[str, Head]]:
    """What a seal holds of each case, the oldest first."""
    columns = select(Case.code, Case.event_count, Case.last_hash).order_by(Case.id)
    rows = await session.stream(columns.execution_options(yield_per=AT_ONCE))
    async for code, count, last_hash in rows:
        yield code, Head(count, last_hash)


def write_seal(heads: Iterable[tuple[str, Head]]) -> str:
    """A line for each case: code, number of events, last hash."""
    return "".join(f"{code} {head.count} {head.last_hash}\n" for code, head in heads)


def read_seal(text: str) -> dict[str, Head]:
    """A seal as it was written. Raises ValueError for what is none."""
    heads = {}
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.split()
        if len(words) != 3 or not words[1].isdecimal():
            raise ValueError(f"line {number} of the seal is no code, number and hash")
        heads[words[0]] = Head(int(words[1]), words[2])
    return heads


async def _chains(session: AsyncSession) -> AsyncIterator[tuple[str, Head, list[Event]]]:
    """Each case with its events in order; one that has none, too."""
    query = (
        select(Case.code, Case.event_count, Case.last_hash, Event)
        .outerjoin(Event, Event.case_id == Case.id)
        .order_by(Case.id, Event.seq)
        .execution_options(yield_per=AT_ONCE)
    )
    waiting: list[tuple[str, int, str, Event | None]] = []
    async for rows in (await session.stream(query)).partitions():
        waiting += [row._tuple() for row in rows]
        last = waiting[-1][0]
        whole = [row for row in waiting if row[0] != last]
        waiting = [row for row in waiting if row[0] == last]
        for one in _by_case(whole):
            yield one
    for one in _by_case(waiting):
        yield one


def _by_case(
    rows: Sequence[tuple[str, int, str, Event | None]],
) -> Iterable[tuple[str, Head, list[Event]]]:
    for (code, count, last_hash), of_case in groupby(rows, key=lambda row: row[:3]):
        yield code, Head(count, last_hash), [event for *_, event in of_case if event is not None]


def _fault(code: str, head: Head, events: list[Event], sealed: Head | None) -> str | None:
    broken = first_broken(code, events)
    if broken is not None:
        return f"event {broken} was changed, removed or inserted"
    if head != Head(len(events), events[-1].hash if events else ""):
        return f"{head.count} events were recorded, {len(events)} are there, or the last is another"
    if sealed is not None and sealed.count > 0:
        kept = events[sealed.count - 1 : sealed.count]
        if not kept or kept[0].hash != sealed.last_hash:
            return f"event {sealed.count} is not the one that was sealed"
    return None


# --- what events prove


def _sha256(content: ColumnElement[bytes]) -> ColumnElement[str]:
    return func.encode(func.sha256(content), "hex")


def _sha256_of(text: ColumnElement[str]) -> ColumnElement[str]:
    return _sha256(func.convert_to(text, "UTF8"))


def _erased() -> ColumnElement[bool]:
    """The citizen's own words may be gone, on request or with time."""
    erasure = aliased(Event)
    return exists().where(erasure.case_id == Case.id, erasure.name == "erased")


def _changed_texts() -> Select[str]:
    proof = Event.data["text_sha256"].astext
    return (
        select(Case.code)
        .join(Event, Event.case_id == Case.id)
        .where(Event.name == "filed", proof != _sha256_of(Case.__table__.c.text), ~_erased())
    )


def _changed_messages() -> Select[str]:
    proof = Event.data["text_sha256"].astext
    is_other = Message.id.is_(None) | (proof != _sha256_of(Message.__table__.c.text))
    return (
        select(Case.code)
        .join(Event, Event.case_id == Case.id)
        .outerjoin(Message, cast(Message.id, Text) == Event.data["message_id"].astext)
        .where(
            Event.data.has_key("message_id"),
            Event.data.has_key("text_sha256"),
            is_other,
            ~((Event.name == "addition_received") & _erased()),
        )
        .distinct()
    )


def _changed_files() -> Select[str]:
    file = func.jsonb_each_text(Event.data["files"]).table_valued("key", "value", name="file")
    is_other = Attachment.id.is_(None) | (file.c.value != _sha256(Attachment.__table__.c.content))
    return (
        select(Case.code)
        .join(Event, Event.case_id == Case.id)
        .join(file, Event.data.has_key("files"))
        .outerjoin(Attachment, cast(Attachment.id, Text) == file.c.key)
        .where(Event.name == "answered", is_other, ~_erased())
        .distinct()
    )


_PROOFS = (
    (_changed_texts(), "the citizen's words are not those that were filed"),
    (_changed_messages(), "a message is not as it was written"),
    (_changed_files(), "a file is not the one that was shown to the citizen"),
)
