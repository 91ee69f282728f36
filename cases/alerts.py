"""What somebody should look at in a case now: one pure rule for all who show or escalate it."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from cases import deadlines
from cases.lifecycle import (
    ASSIGNED,
    DISPUTED,
    NEEDS_INFO,
    NEEDS_TRIAGE,
    OPEN_STATES,
    REOPENED,
    is_stage_late,
)
from db.models import Case
from routing.tables import Pack

OVERDUE, DUE_SOON = "overdue", "due_soon"
UNASSIGNED, NOT_ACCEPTED = "unassigned", "not_accepted"
UNDECIDED, UNHEARD = "undecided", "unheard"


@dataclass(frozen=True)
class Alert:
    """`since` is the moment whose passing it tells of; for what is due soon, the deadline."""

    kind: str
    words: str
    since: datetime


def alerts_of(case: Case, now: datetime, pack: Pack) -> tuple[Alert, ...]:
    """The alerts of a case, the citizen's clock first. None for a case that nobody must act on."""
    if case.state not in OPEN_STATES:
        return ()
    found = (_answer_alert(case, now, pack), _stage_alert(case, now, pack))
    return tuple(alert for alert in found if alert is not None)


def _answer_alert(case: Case, now: datetime, pack: Pack) -> Alert | None:
    at = deadlines.read_at(case.paused_at, now)
    due = f"{case.due_at.astimezone(ZoneInfo(pack.timezone)):%H:%M %d/%m/%Y}"
    if at > case.due_at:
        return Alert(OVERDUE, f"quá hạn trả lời từ {due}", case.due_at)
    # While the citizen is waited for the clock stands still: nobody has to hurry.
    if case.paused_at is None and deadlines.is_due_soon(case.due_at, at, pack):
        return Alert(DUE_SOON, f"sắp đến hạn trả lời ({due})", case.due_at)
    return None


def _stage_alert(case: Case, now: datetime, pack: Pack) -> Alert | None:
    if case.stage_due_at is None or not is_stage_late(case, now):
        return None
    limits = pack.limits
    if case.state == NEEDS_TRIAGE or (case.state == REOPENED and case.agency_id is None):
        limit = _minutes(limits.sort_minutes)
        return Alert(UNASSIGNED, f"chưa giao cơ quan quá {limit}", case.stage_due_at)
    kind, words = {
        ASSIGNED: (NOT_ACCEPTED, f"cơ quan chưa tiếp nhận quá {limits.accept_days} ngày làm việc"),
        REOPENED: (NOT_ACCEPTED, f"cơ quan chưa tiếp nhận quá {limits.accept_days} ngày làm việc"),
        DISPUTED: (
            UNDECIDED,
            f"người phụ trách chưa quyết định quá {limits.decide_days} ngày làm việc",
        ),
        NEEDS_INFO: (
            UNHEARD,
            f"người dân chưa trả lời câu hỏi quá {limits.citizen_reply_days} ngày làm việc",
        ),
    }[case.state]
    return Alert(kind, words, case.stage_due_at)


def _minutes(minutes: int) -> str:
    if minutes % 60:
        return f"{minutes} phút làm việc"
    return f"{minutes // 60} giờ làm việc"
