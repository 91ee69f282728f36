"""Answers: closing needs substance.

An answer says what was done, on which day, by whom, and shows it or says why it cannot. One that
says little (`cases.substance`) goes back to its writer before the citizen sees it; it is kept among
staff, counted, and can be mended, or sent all the same by a supervisor.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from cases.access import AGENCY_OFFICER, SUPERVISOR
from cases.events import by_staff, record
from cases.evidence import MOST_FILES, Evidence
from cases.lifecycle import (
    ANSWERED,
    ASSIGNED,
    MOVES,
    REOPENED,
    IllegalMove,
    acting_roles,
    check_move,
    enter,
    keep_message,
    note_accepted,
    proof_of,
    require_length,
    require_words,
    resume_clock,
    tell,
)
from cases.notices import notify
from cases.substance import Fault, find_faults
from db.models import Attachment, Case, Event, Message, Staff
from routing.tables import Pack

ANSWER, UNSENT = "answer", "unsent_answer"
LONGEST_NAME, LONGEST_REASON = 200, 300


@dataclass(frozen=True)
class Answer:
    """What staff say to the citizen. `done_by` is the unit that did it; without files that show it
    `no_evidence` says why."""

    text: str
    done_on: date | None
    done_by: str
    no_evidence: str = ""
    file_ids: tuple[int, ...] = ()  # Of `kept_files`: those that go with it; the others go away.


async def answer_case(
    session: AsyncSession,
    case: Case,
    staff: Staff,
    answer: Answer,
    responder: str,
    now: datetime,
    pack: Pack,
    *,
    insists: bool = False,
) -> tuple[Fault, ...]:
    """Send the answer to the citizen, who is asked whether the matter is settled; or, where it says
    too little, keep it among staff and say why. A supervisor who `insists` sends it all the same.

    `responder` names the agency that answers. Raises IllegalMove, NotAllowed.
    """
    check_move(case, staff, "answer")
    checked = _check(answer, now, pack)
    files = await _choose_files(session, case, checked)
    faults = find_faults(checked.text, pack.answer_words)
    roles = acting_roles(case, staff)
    if faults and not (insists and SUPERVISOR in roles):
        await _send_back(session, case, staff, checked, faults, now)
        return faults
    if case.state in (ASSIGNED, REOPENED) and AGENCY_OFFICER in roles:
        await note_accepted(session, case, staff, now)
    await resume_clock(session, case, now, pack)
    await _keep_sent(session, case, staff, checked, files, faults, now)
    case.answered_at, case.reminded_at = now, None
    enter(case, ANSWERED, now, pack)
    await _tell(session, case, checked, files, responder, pack)
    return ()


def _check(answer: Answer, now: datetime, pack: Pack) -> Answer:
    """The answer, tidied. Raises IllegalMove for what is missing or cannot be."""
    text = require_words("answer", "text", answer.text)
    require_length(text, "Trả lời")
    if answer.done_on is None:
        raise IllegalMove(MOVES["answer"].needs["done_on"])
    if answer.done_on > pack.local_day(now):
        raise IllegalMove("Ngày đã làm không thể sau hôm nay; việc sẽ làm xin ghi trong nội dung.")
    done_by = require_words("answer", "done_by", answer.done_by)
    require_length(done_by, "Tên đơn vị", LONGEST_NAME)
    no_evidence = ""  # Nothing has to be explained where something is shown.
    if not answer.file_ids:
        no_evidence = require_words("answer", "evidence", answer.no_evidence)
    require_length(no_evidence, "Lý do", LONGEST_REASON)
    return Answer(text, answer.done_on, done_by, no_evidence, answer.file_ids)


async def _send_back(
    session: AsyncSession,
    case: Case,
    staff: Staff,
    answer: Answer,
    faults: Sequence[Fault],
    now: datetime,
) -> None:
    """Keep what was not sent, and count it for the agency that holds the case."""
    message = await _store(session, case, UNSENT, answer, staff, now)
    said = {"agency": case.agency_id, "faults": [fault.code for fault in faults]}
    told = said | proof_of(message)
    await record(session, case, "answer_sent_back", by_staff(staff.id), now, **told)


async def _keep_sent(
    session: AsyncSession,
    case: Case,
    staff: Staff,
    answer: Answer,
    files: Sequence[Attachment],
    faults: Sequence[Fault],
    now: datetime,
) -> None:
    message = await _store(session, case, ANSWER, answer, staff, now)
    chosen = [file.id for file in files]
    await session.execute(
        update(Attachment).where(Attachment.id.in_(chosen)).values(message_id=message.id)
    )
    said = {
        "agency": case.agency_id,
        "done_on": answer.done_on.isoformat() if answer.done_on else None,
        "done_by": answer.done_by,
        "no_evidence": answer.no_evidence,
        "files": {str(file.id): hashlib.sha256(file.content or b"").hexdigest() for file in files},
        "sent_despite": [fault.code for fault in faults],
    }
    told = said | proof_of(message)
    await record(session, case, "answered", by_staff(staff.id), now, **told)


async def _store(
    session: AsyncSession, case: Case, kind: str, answer: Answer, staff: Staff, now: datetime
) -> Message:
    message = await keep_message(session, case, kind, answer.text, now, staff)
    message.done_on, message.done_by = answer.done_on, answer.done_by
    message.no_evidence = answer.no_evidence or None
    return message


async def _tell(
    session: AsyncSession,
    case: Case,
    answer: Answer,
    files: Sequence[Attachment],
    responder: str,
    pack: Pack,
) -> None:
    """The files, then the words: the question about them stands last in the chat."""
    for file in files:
        await notify(session, case, "evidence", attachment=file.id)
    await tell(
        session,
        case,
        "answer",
        responder=responder,
        answer=answer.text,
        done_on=answer.done_on.isoformat() if answer.done_on else None,
        done_by=answer.done_by,
        files=len(files),
        no_evidence=answer.no_evidence,
        days=pack.limits.silence_days,
    )


# --- files


async def keep_files(
    session: AsyncSession, case: Case, staff: Staff, files: Iterable[Evidence], now: datetime
) -> tuple[int, ...]:
    """Keep files for an answer that is not sent yet; their ids. Raises IllegalMove, NotAllowed."""
    check_move(case, staff, "answer")
    added = [
        Attachment(
            case_id=case.id,
            staff_id=staff.id,
            kind=file.kind,
            media_type=file.media_type,
            content=file.content,
            created_at=now,
            fetched_at=now,
        )
        for file in files
    ]
    kept = await kept_files(session, case)
    if len(kept) + len(added) > MOST_FILES:
        raise IllegalMove(f"Mỗi trả lời kèm nhiều nhất {MOST_FILES} tệp.")
    session.add_all(added)
    await session.flush()
    return tuple(file.id for file in added)


async def kept_files(session: AsyncSession, case: Case) -> list[Attachment]:
    """The files that wait for the case's next answer."""
    query = select(Attachment).where(*_waiting(case)).order_by(Attachment.id)
    return list(await session.scalars(query))


async def _choose_files(session: AsyncSession, case: Case, answer: Answer) -> list[Attachment]:
    """Those that go with the answer, with their content; the others are thrown away.

    Raises IllegalMove where one is gone meanwhile.
    """
    chosen = Attachment.id.in_(answer.file_ids)
    query = select(Attachment).where(*_waiting(case), chosen).order_by(Attachment.id)
    files = list(await session.scalars(query.options(undefer(Attachment.content))))
    if len(files) != len(set(answer.file_ids)):
        raise IllegalMove("Tệp gửi kèm không còn nữa, xin chọn lại.")
    await session.execute(delete(Attachment).where(*_waiting(case), ~chosen))
    return files


def _waiting(case: Case) -> tuple[ColumnElement[bool], ...]:
    is_staffs = Attachment.staff_id.is_not(None)
    return Attachment.case_id == case.id, is_staffs, Attachment.message_id.is_(None)


# --- read


async def unsent_answer(session: AsyncSession, case: Case) -> Message | None:
    """The last answer that was sent back, unless another was sent since."""
    kinds = Message.case_id == case.id, Message.kind.in_((ANSWER, UNSENT))
    last = await session.scalar(select(Message).where(*kinds).order_by(Message.id.desc()).limit(1))
    return last if last is not None and last.kind == UNSENT else None


async def sent_back_counts(
    session: AsyncSession, since: datetime, until: datetime
) -> dict[str, int]:
    """How many answers of each agency were sent back, from `since` until before `until`. Restricted
    cases are left out."""
    agency = Event.data["agency"].astext
    rows = await session.execute(
        select(agency, func.count())
        .join(Case, Case.id == Event.case_id)
        .where(
            Event.name == "answer_sent_back",
            Event.happened_at >= since,
            Event.happened_at < until,
            agency.is_not(None),
            Case.restricted.is_(False),
        )
        .group_by(agency)
    )
    return dict(rows.tuples().all())
