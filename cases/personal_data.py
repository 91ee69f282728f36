"""What is kept of one citizen: shown, handed over, erased (Luật 91/2025/QH15).

Erasing takes the citizen's own words, files, places and address away. What happened to a case stays
as events, which hold no words, so counts and the chain of hashes hold; so do the agencies' answers,
which are the authorities' own record.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from cases.events import CITIZEN, record
from cases.lifecycle import OPEN_STATES, STATE_NAMES, WITHDRAWN, end
from db.models import Attachment, Case, Citizen, Draft, Message, Reply
from routing.tables import Pack

EXPIRED_AT_ONCE = 500
ERASED = "(Người gửi đã xóa nội dung này)"
_WHO = {"addition": "Người gửi bổ sung", "answer": "Cơ quan trả lời", "question": "Cơ quan hỏi"}


@dataclass(frozen=True)
class Holdings:
    """How much is kept of a citizen."""

    cases: int
    open_cases: int
    files: int
    consent_version: str | None
    consented_at: datetime | None


async def holdings_of(session: AsyncSession, citizen: Citizen) -> Holdings:
    mine = Case.citizen_id == citizen.id
    is_open = func.count().filter(Case.state.in_(OPEN_STATES))
    cases, open_cases = (
        await session.execute(select(func.count(), is_open).select_from(Case).where(mine))
    ).one()
    files = await session.scalar(
        select(func.count()).select_from(Attachment).where(Attachment.citizen_id == citizen.id)
    )
    return Holdings(cases, open_cases, files or 0, citizen.consent_version, citizen.consented_at)


async def export(session: AsyncSession, citizen: Citizen, pack: Pack) -> bytes:
    """Everything kept of the citizen as JSON (UTF-8, indented, Vietnamese names); files by their
    kind and time only, for they are in the chat, and a recording by its words too."""
    cases = await session.scalars(
        select(Case)
        .where(Case.citizen_id == citizen.id)
        .order_by(Case.id)
        .options(selectinload(Case.messages), selectinload(Case.attachments))
    )
    document = {
        "kênh": citizen.channel,
        "ngôn ngữ": citizen.language,
        "đồng ý": {
            "phiên bản": citizen.consent_version,
            "lúc": _moment(citizen.consented_at, pack),
            "rút lúc": _moment(citizen.consent_withdrawn_at, pack),
        },
        "vụ việc": [_exported(case, pack) for case in cases],
    }
    return json.dumps(document, ensure_ascii=False, indent=2).encode()


def _exported(case: Case, pack: Pack) -> dict[str, object]:
    agency, ward = pack.agencies.get(case.agency_id or ""), pack.wards.get(case.ward_code or "")
    category = pack.categories.get(case.category or "")
    pin = None if case.latitude is None else [case.latitude, case.longitude]
    messages = [
        {"loại": _WHO[m.kind], "lúc": _moment(m.created_at, pack), "nội dung": m.text}
        for m in case.messages
        if m.kind in _WHO
    ]
    shown = [a for a in case.attachments if a.staff_id is None or a.message_id is not None]
    files = [_exported_file(file, pack) for file in shown]
    return {
        "mã": case.code,
        "gửi lúc": _moment(case.filed_at, pack),
        "trạng thái": STATE_NAMES[case.state],
        "nội dung": case.text,
        "lĩnh vực": category.name if category else None,
        "nơi xảy ra": ward.name if ward else case.place_text,
        "vị trí": pin,
        "ẩn danh": case.anonymous,
        "cơ quan": agency.name if agency else None,
        "hạn trả lời": _moment(case.due_at, pack),
        "đánh giá": case.rating,
        "lời đánh giá": case.rating_words,
        "tin nhắn": messages,
        "tệp": files,
    }


def _exported_file(file: Attachment, pack: Pack) -> dict[str, object]:
    exported: dict[str, object] = {"loại": file.kind, "lúc": _moment(file.created_at, pack)}
    if file.transcript is not None:
        exported["máy nghe được"] = file.transcript
    return exported


def _moment(at: datetime | None, pack: Pack) -> str | None:
    return at.astimezone(ZoneInfo(pack.timezone)).strftime("%d/%m/%Y %H:%M") if at else None


async def withdraw_consent(session: AsyncSession, citizen: Citizen, now: datetime) -> None:
    """Nothing more is filed without asking again; staff of open cases see that it was withdrawn."""
    citizen.consent_version, citizen.consent_withdrawn_at = None, now
    cases = await session.scalars(
        select(Case)
        .where(Case.citizen_id == citizen.id, Case.state.in_(OPEN_STATES))
        .with_for_update()
    )
    for case in cases:
        await record(session, case, "consent_withdrawn", CITIZEN, now)


async def erase_citizen(session: AsyncSession, citizen: Citizen, now: datetime) -> int:
    """Erase what the citizen gave; how many cases it was. Open cases end as withdrawn.

    The row with the address goes when the last reply is out (`forget_erased`).
    """
    cases = list(
        await session.scalars(
            select(Case).where(Case.citizen_id == citizen.id).order_by(Case.id).with_for_update()
        )
    )
    for case in cases:
        await _erase_case(session, case, now)
    await session.execute(delete(Attachment).where(Attachment.citizen_id == citizen.id))
    await session.execute(delete(Draft).where(Draft.citizen_id == citizen.id))
    # What was queued may repeat their words; nothing of it is wanted any more.
    unsent = Reply.citizen_id == citizen.id, Reply.sent_at.is_(None)
    await session.execute(update(Reply).where(*unsent).values(failed_at=now, content=None))
    citizen.erased_at, citizen.consent_version, citizen.choices = now, None, []
    return len(cases)


async def _erase_case(session: AsyncSession, case: Case, now: datetime) -> None:
    if case.state in OPEN_STATES:
        end(case, WITHDRAWN, now)
        await record(session, case, "withdrawn", CITIZEN, now)
    case.text, case.place_text, case.accused = ERASED, None, []
    case.latitude = case.longitude = case.rating_words = None
    case.decision = {**case.decision, "reasons": []}  # Which quote the words.
    case.citizen_id = None
    own = Message.case_id == case.id, Message.kind == "addition"
    await session.execute(update(Message).where(*own).values(text=ERASED))
    await record(session, case, "erased", CITIZEN, now)


async def erase_expired(session: AsyncSession, months: int, now: datetime) -> int:
    """Erase what was kept for `months` since its case ended, as the citizen was told; how many
    cases it was. Who wrote them is forgotten with the last of their cases."""
    ended_before = literal(now) - func.make_interval(0, months)
    cases = list(
        await session.scalars(
            select(Case)
            .where(Case.closed_at < ended_before, Case.text != ERASED)
            .order_by(Case.id)
            .limit(EXPIRED_AT_ONCE)
            .with_for_update(skip_locked=True)
        )
    )
    for case in cases:
        await session.execute(delete(Attachment).where(Attachment.case_id == case.id))
        await _erase_case(session, case, now)
    return len(cases)


async def forget_erased(session: AsyncSession, citizen: Citizen) -> None:
    """Remove an erased citizen's address once nothing is left to be told."""
    waiting = await session.scalar(
        select(func.count()).where(
            Reply.citizen_id == citizen.id, Reply.sent_at.is_(None), Reply.failed_at.is_(None)
        )
    )
    if citizen.erased_at is not None and not waiting:
        await session.delete(citizen)
