"""Events: what happened to a case, each chained by hash to the one before it.

Threat: somebody with the database edits history. A changed, removed or inserted row breaks
the chain from there on; the head on the case's row says how long the chain is and where it ends.
What words said is held by fingerprints. Who can compute hashes and write everywhere can still
write a whole chain anew: only what was sealed elsewhere before shows that (`cases.audit`).
"""

import hashlib
import json
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from db.models import Case, Event

CITIZEN = "citizen"
SYSTEM = "system"


def by_staff(staff_id: int) -> str:
    return f"staff:{staff_id}"


async def record(
    session: AsyncSession, case: Case, name: str, actor: str, happened_at: datetime, **data: Any
) -> Event:
    """Append the past-tense fact `name` to the case. The case row must be locked or new."""
    last = await session.scalar(
        select(Event).where(Event.case_id == case.id).order_by(Event.seq.desc()).limit(1)
    )
    event = Event(
        case_id=case.id,
        seq=last.seq + 1 if last else 1,
        name=name,
        actor=actor,
        data=data,
        happened_at=happened_at,
        previous_hash=last.hash if last else "",
    )
    event.hash = chained_hash(event, case.code)
    session.add(event)
    await session.flush()
    # A statement of its own: an event alone does not make the case another for who has it open.
    head = {"event_count": event.seq, "last_hash": event.hash}
    await session.execute(update(Case).where(Case.id == case.id).values(head))
    return event


def fingerprint(text: str) -> str:
    """Proves what was written without repeating it: the words can be erased, the chain holds."""
    return hashlib.sha256(text.encode()).hexdigest()


def chained_hash(event: Event, code: str) -> str:
    """SHA-256 over the previous hash and the event's canonical JSON, in hexadecimal."""
    fact = {
        "code": code,
        "seq": event.seq,
        "name": event.name,
        "actor": event.actor,
        "data": event.data,
        "happened_at": event.happened_at.timestamp(),
    }
    canonical = json.dumps(fact, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256((event.previous_hash + canonical).encode()).hexdigest()


def first_broken(code: str, events: list[Event]) -> int | None:
    """The `seq` at which the chain of one case's events breaks, or None when it holds."""
    previous = ""
    for position, event in enumerate(events, start=1):
        intact = (
            event.seq == position
            and event.previous_hash == previous
            and event.hash == chained_hash(event, code)
        )
        if not intact:
            return position
        previous = event.hash
    return None
