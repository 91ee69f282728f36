"""From a confirmed draft to a filed case."""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from cases import agency_notices, deadlines
from cases.agency_notices import notify_agency
from cases.codes import new_code
from cases.events import CITIZEN, SYSTEM, fingerprint, record
from cases.lifecycle import ASSIGNED, NEEDS_TRIAGE, enter
from cases.transfers import recall_case
from db import queue
from db.models import Attachment, Case
from routing.router import Decision, Matter
from routing.tables import Pack

# Of the model's ranking: enough for triage and for later corrections.
CATEGORIES_KEPT = 5
# Rules that hold a case back for what was heard, whatever the tables say.
_FOR_A_PERSON = ("needs_person", "accused:perhaps")


@dataclass(frozen=True)
class Petition:
    """What a citizen confirmed. Confidences are in 0..1; `categories` is best first."""

    text: str
    category: str | None
    category_confidence: float
    legal_type: str
    ward_code: str | None
    place_text: str | None = None
    place_confidence: float = 1.0
    accused: list[str] = field(default_factory=list)  # The words that name units.
    latitude: float | None = None
    longitude: float | None = None
    categories: list[dict[str, Any]] = field(default_factory=list)
    attachment_ids: list[int] = field(default_factory=list)
    is_understood: bool = True
    needs_person: bool = False  # Rasa was down, or the citizen says it is no denunciation.
    restricted: bool = False
    anonymous: bool = False
    consent_version: str | None = None


async def file_case(
    session: AsyncSession,
    petition: Petition,
    decision: Decision,
    pack: Pack,
    citizen_id: int,
    inbox_id: int | None,
    now: datetime,
) -> Case:
    """Store the case with its code, decision and clock.

    `inbox_id` is unique among cases: a message that is handled twice cannot file twice.
    """
    dispatched = decision.outcome == "dispatch" and not petition.needs_person
    case = Case(
        code=await _unused_code(session),
        citizen_id=citizen_id,
        inbox_id=inbox_id,
        text=petition.text,
        state=ASSIGNED if dispatched else NEEDS_TRIAGE,
        anonymous=petition.anonymous,
        restricted=petition.restricted or decision.rule.startswith("restricted"),
        category=petition.category,
        category_confidence=petition.category_confidence,
        categories=petition.categories,
        legal_type=petition.legal_type,
        ward_code=petition.ward_code,
        place_text=petition.place_text,
        place_confidence=petition.place_confidence if petition.ward_code else 0.0,
        accused=petition.accused,
        latitude=petition.latitude,
        longitude=petition.longitude,
        agency_id=decision.agency_id if dispatched else None,
        decision=asdict(decision),
        understood_at=now if petition.is_understood else None,
        filed_at=now,
        due_at=deadlines.answer_due_at(petition.category, pack, now),
    )
    enter(case, case.state, now, pack)
    session.add(case)
    await session.flush()
    await _attach(session, case, petition.attachment_ids)
    proof = {"text_sha256": fingerprint(petition.text), "consent": petition.consent_version}
    await record(session, case, "filed", CITIZEN, now, **proof)
    if dispatched:
        await record(
            session, case, "assigned", SYSTEM, now, agency=case.agency_id, rule=decision.rule
        )
    if case.agency_id is not None:
        await notify_agency(session, case, case.agency_id, agency_notices.ASSIGNED, now)
    if not petition.is_understood:
        await queue.defer(session, queue.UNDERSTAND_CASE, case_id=case.id)
    return case


def matter_of(case: Case) -> Matter:
    """What routing would decide on if the case came now: as filed, and as corrected since.

    A case from before places had a confidence counts as surely placed. Which units the words have
    doing something is not kept, only that a person had to look because of it.
    """
    rule, reasons = case.decision.get("rule"), case.decision.get("reasons") or [""]
    return Matter(
        category=case.category,
        category_confidence=case.category_confidence or 0.0,
        legal_type=case.legal_type,
        ward_code=case.ward_code,
        text=case.text,
        accused=tuple(case.accused),
        categories=tuple((one["name"], one["confidence"]) for one in case.categories),
        place_confidence=case.place_confidence or 1.0,
        place_words=case.place_text,
        why_person=reasons[0] if rule in _FOR_A_PERSON else "",
    )


async def understand_case(
    session: AsyncSession,
    case: Case,
    matter: Matter,
    decision: Decision,
    pack: Pack,
    now: datetime,
) -> None:
    """Add what Rasa read after an outage. The case stays with a person; this is their advice.

    What turns out to be a denunciation was taken unseen: from then on it is restricted.
    """
    if case.understood_at is not None:
        return
    shares = dict(matter.categories[:CATEGORIES_KEPT])
    case.understood_at, case.legal_type = now, matter.legal_type
    case.categories = [{"name": name, "confidence": share} for name, share in shares.items()]
    case.category = case.category or matter.category
    case.accused = list(dict.fromkeys((*case.accused, *matter.accused)))
    case.category_confidence = shares.get(case.category or "")
    best = next(iter(shares), None)
    await record(session, case, "understood", SYSTEM, now, category=best, rule=decision.rule)
    is_restricted = matter.legal_type == "to_cao" or decision.rule.startswith("restricted")
    if case.state == NEEDS_TRIAGE:
        case.decision = asdict(decision)
    else:
        barred = {"excluded": list(decision.excluded), "desk_barred": decision.desk_barred}
        case.decision = {**case.decision, **barred}
    case.restricted = case.restricted or is_restricted
    # Whoever holds it may be whom it complains about, or may not see it any more.
    await recall_case(session, case, now, pack)


async def _unused_code(session: AsyncSession) -> str:
    while await session.scalar(select(Case.id).where(Case.code == (code := new_code()))):
        pass
    return code


async def _attach(session: AsyncSession, case: Case, attachment_ids: list[int]) -> None:
    await session.execute(
        update(Attachment)
        .where(
            Attachment.id.in_(attachment_ids),
            Attachment.citizen_id == case.citizen_id,
            Attachment.case_id.is_(None),
        )
        .values(case_id=case.id)
    )
