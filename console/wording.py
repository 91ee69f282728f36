"""The Vietnamese that pages put together: times, deadlines, names of codes, events."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator

from cases.access import (
    ADMINISTRATOR,
    AGENCY_OFFICER,
    INSPECTOR,
    LEADER,
    SUPERVISOR,
    TRIAGE_OFFICER,
)
from cases.deadlines import read_at
from cases.handover import PING_PONG, RETURN_REASONS, THIRD_TRANSFER
from cases.lifecycle import OPEN_STATES
from cases.rejection import REJECT_REASONS
from console.masking import mask_numbers
from db.models import Case, Event
from routing.tables import Pack

UNKNOWN = "Chưa rõ"

LEGAL_TYPE_NAMES = {
    "phan_anh": "Phản ánh",
    "kien_nghi": "Kiến nghị",
    "khieu_nai": "Khiếu nại",
    "to_cao": "Tố cáo",
}
OUTCOME_NAMES = {
    "dispatch": "Tự giao cho cơ quan",
    "triage": "Cần người phân loại",
    "redirect": "Hướng dẫn đến nơi có thẩm quyền",
}
ROLE_HINTS = {
    TRIAGE_OFFICER: "Xem, giao, chuyển và trả lời các vụ việc thường.",
    AGENCY_OFFICER: "Xem, trả lời hoặc trả lại vụ việc đã giao cho cơ quan của mình.",
    INSPECTOR: "Xem, giao và trả lời các vụ việc hạn chế.",
    SUPERVISOR: "Xem mọi vụ việc; quyết định khi các cơ quan chuyển qua, chuyển lại.",
    LEADER: "Đọc báo cáo tuần; không mở từng vụ việc.",
    ADMINISTRATOR: "Quản lý tài khoản; tự mình không mở được vụ việc.",
}
_EVENT_NAMES = {
    "filed": "Người dân gửi vụ việc",
    "assigned": "Giao cho {agency}",
    "transferred": "Chuyển từ {from_agency} sang {agency}",
    "disputed": "Chuyển người phụ trách quyết định{contested}{proposed}",
    "decided": "Người phụ trách quyết định giao cho {agency}",
    "returned": "{from_agency} trả lại{proposed}",
    "support_added": "{agency} tham gia phối hợp",
    "support_ended": "{agency} thôi phối hợp",
    "contributed": "{agency} gửi ý kiến phối hợp",
    "accepted": "{agency} tiếp nhận{late}",
    "answered": "Gửi trả lời cho người dân{despite}",
    "answer_sent_back": "Trả lời chưa nêu rõ việc đã làm, được gửi lại cho người viết",
    "asked": "Hỏi thêm người dân, hạn trả lời tạm dừng",
    "clock_resumed": "Hạn trả lời tính tiếp sau khi dừng {stopped}: {due}",
    "due_moved": "Nhiều cơ quan cùng giải quyết, hạn trả lời là {due}",
    "rejected": "Từ chối, hướng dẫn người dân nơi giải quyết",
    "objected": "Người dân không đồng ý với việc từ chối, vụ việc mở lại",
    "reminded": "Nhắc người dân xác nhận",
    "closed_by_silence": "Kết thúc vì người dân không phản hồi",
    "rated": "Người dân chấm {stars}/5",
    "joined": "Người dân xác nhận cùng một việc với {code}",
    "consent_withdrawn": "Người dân rút lại đồng ý xử lý dữ liệu",
    "erased": "Người dân xóa dữ liệu của mình",
    "settled": "Người dân xác nhận đã giải quyết xong",
    "reopened": "Người dân báo chưa giải quyết xong, vụ việc mở lại",
    "withdrawn": "Người dân rút vụ việc",
    "addition_received": "Người dân bổ sung thông tin",
    "understood": "Hệ thống đọc lại nội dung sau khi gián đoạn",
    "recalled": "Hệ thống rút vụ việc về để phân loại lại",
    "attachment_received": "Người dân gửi thêm tệp",
    "notice_failed": "Không gửi được tin cho người dân",
    "numbers_revealed": "Xem đầy đủ số điện thoại, số giấy tờ",
}
CONTEST_NAMES = {
    THIRD_TRANSFER: "đây là lần chuyển thứ ba trở lên",
    PING_PONG: "vụ việc quay lại cơ quan đã từng giữ",
}
_EXCERPT_LENGTH = 150


def clean(text: str) -> str:
    """What somebody typed, in NFC, with plain line ends and without control characters.

    PostgreSQL refuses NUL, and two spellings of one letter would not be found by each other.
    """
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
    return "".join(
        c for c in composed if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs"}
    )


Typed = Annotated[str, AfterValidator(clean)]


@dataclass(frozen=True)
class Names:
    """Codes of the pack as words. A code that the pack no longer has is shown as it is."""

    pack: Pack

    def category(self, code: str | None) -> str:
        known = self.pack.categories.get(code or "")
        return known.name if known else code or UNKNOWN

    def ward(self, code: str | None) -> str:
        known = self.pack.wards.get(code or "")
        return known.name if known else code or UNKNOWN

    def agency(self, agency_id: str | None) -> str:
        known = self.pack.agencies.get(agency_id or "")
        return known.name if known else agency_id or "Chưa giao"


@dataclass(frozen=True)
class DueWords:
    """A deadline in words, and how pressing it is: late, soon, calm or done."""

    words: str
    urgency: str


def local_day(at: datetime, timezone: ZoneInfo) -> str:
    return at.astimezone(timezone).strftime("%d/%m/%Y")


def local_moment(at: datetime, timezone: ZoneInfo) -> str:
    return at.astimezone(timezone).strftime("%H:%M %d/%m/%Y")


def due_words(case: Case, now: datetime, timezone: ZoneInfo) -> DueWords:
    """How the case stands to its deadline, in calendar days of `timezone`."""
    if case.state not in OPEN_STATES:
        return _answered_words(case)
    at = read_at(case.paused_at, now)
    due_on, today = (moment.astimezone(timezone).date() for moment in (case.due_at, at))
    days = (due_on - today).days
    if at > case.due_at:
        return DueWords(f"quá hạn {-days} ngày" if days else "quá hạn hôm nay", "late")
    if case.paused_at is not None:
        return DueWords("tạm dừng, chờ người dân", "calm")
    if days == 0:
        return DueWords("hết hạn hôm nay", "soon")
    return DueWords(f"còn {days} ngày", "soon" if days <= 2 else "calm")


def _answered_words(case: Case) -> DueWords:
    if case.answered_at is None:
        return DueWords("không tính hạn", "done")
    if case.answered_at > case.due_at:
        return DueWords("đã trả lời, muộn hạn", "done")
    return DueWords("đã trả lời đúng hạn", "done")


def confidence_words(confidence: float | None) -> str:
    """A confidence in 0..1 as a percentage with what it means."""
    if confidence is None:
        return "chưa phân loại"
    sureness = next(
        words
        for least, words in ((0.8, "chắc chắn"), (0.5, "khá chắc"), (0.0, "chưa chắc"))
        if confidence >= least
    )
    return f"máy {sureness}, {round(confidence * 100)}%"


def event_words(event: Event, names: Names) -> str:
    """What happened, in one sentence."""
    sentence = _EVENT_NAMES.get(event.name, event.name)
    proposed, contested_by = event.data.get("proposed"), event.data.get("contested_by")
    return sentence.format(
        agency=names.agency(event.data.get("agency")),
        from_agency=names.agency(event.data.get("from_agency")),
        proposed=f", đề xuất {names.agency(proposed)}" if proposed else "",
        contested=f": {CONTEST_NAMES[contested_by]}" if contested_by else "",
        late=", muộn hạn tiếp nhận" if event.data.get("late") else "",
        despite=", theo quyết định của người phụ trách" if event.data.get("sent_despite") else "",
        stopped=_duration(event.data.get("stopped_minutes", 0)),
        due=_moment_of(event.data.get("due_at"), names.pack),
    )


def _duration(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return f"{hours} giờ {rest} phút làm việc" if hours else f"{rest} phút làm việc"


def _moment_of(written: str | None, pack: Pack) -> str:
    if written is None:
        return UNKNOWN
    return local_moment(datetime.fromisoformat(written), ZoneInfo(pack.timezone))


def reason_words(event: Event) -> str:
    """Why, as it was chosen and as it was written; empty where nobody had to say why."""
    reasons = REJECT_REASONS if event.name == "rejected" else RETURN_REASONS
    chosen = reasons.get(event.data.get("code", ""))
    return ". ".join(words for words in (chosen, event.data.get("reason")) if words)


def responder_of(case: Case, pack: Pack) -> str:
    """In whose name an answer goes out."""
    return Names(pack).agency(case.agency_id or pack.triage_agency_id)


def excerpt(text: str) -> str:
    """The first words, on one line, with numbers masked before the cut could split one."""
    line = re.sub(r"\s+", " ", mask_numbers(text)).strip()
    if len(line) <= _EXCERPT_LENGTH:
        return line
    return line[:_EXCERPT_LENGTH].rsplit(" ", 1)[0] + "…"
