"""Why a case goes where it goes, in Vietnamese: sentences for staff, one for the citizen."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from routing.assignment import Assignment
from routing.conditions import RURAL, URBAN, Held
from routing.decision import Matter
from routing.tables import Agency, Pack, Responsibility

NAMES_SHOWN = 3

SENT_ABOVE = (
    "Đơn vị được phân công chính là đơn vị bị phản ánh hoặc thuộc đơn vị đó: "
    "chuyển cơ quan cấp trên hoặc cơ quan giám sát."
)
NO_DENUNCIATION = (
    "Đơn tố cáo không tiếp nhận qua kênh này: "
    "hướng dẫn người dân gửi đơn có chữ ký hoặc trình bày trực tiếp."
)
DENOUNCED_UNKNOWN = (
    "Chưa xác định được đơn vị bị tố cáo nên chưa chỉ ra được cơ quan có thẩm quyền."
)
RESTRICTED = "Nội dung tham nhũng, tiêu cực: hạn chế người xem, chuyển cơ quan thanh tra phân loại."
COMPLAINT = "Đơn khiếu nại có trình tự và thời hạn riêng: cần người xem xét."
ACCUSED_UNKNOWN = (
    "Có đơn vị bị phản ánh nhưng chưa nhận ra là đơn vị nào: "
    "cần người xem để không chuyển về chính đơn vị đó."
)
PERHAPS_ACCUSED = (
    "Lời kể có nhắc việc làm của chính đơn vị được phân công: cần người xem đơn vị đó bị phản ánh "
    "hay chỉ được nhắc đến."
)
NO_PLACE = "Thiếu địa điểm: lĩnh vực này phân công theo xã, phường, đặc khu."
NO_ROW = "Bảng phân công chưa có dòng cho trường hợp này."
NO_AGENCY = "Cơ quan được phân công không còn hiệu lực."
NOBODY_FREE = "Mọi cơ quan có thể nhận đều liên quan đơn vị bị phản ánh."
NO_DESK = "Bộ phận tiếp nhận cũng liên quan đơn vị bị phản ánh: quản trị viên chỉ định người xem."
DESK_ACCUSED = "Bộ phận phân loại là đơn vị bị phản ánh: chuyển cấp trên hoặc cơ quan giám sát."

ASK_WHERE = "Sự việc xảy ra ở xã, phường nào (tên mới hoặc tên cũ kèm huyện, quận)?"
ASK_WHAT = "Ông/bà mong cơ quan nhà nước giải quyết việc gì?"
ASK_WHO = "Đơn vị hoặc cán bộ được nhắc đến thuộc cơ quan nào, ở xã, phường nào?"
ASK_WHETHER_ACCUSED = "Ông/bà phản ánh việc làm của đơn vị này, hay mong đơn vị này giải quyết?"
ASK_WHICH_ACT = "Ông/bà khiếu nại quyết định hoặc việc làm nào: của cơ quan nào, số, ngày nào?"

# By the first part of the rule's name; the rest of the rules read as "category".
_FOR_CITIZEN = {
    "restricted": "Nội dung này chỉ cán bộ được giao riêng mới được đọc.",
    "legal_type:khieu_nai": (
        "Khiếu nại có trình tự riêng theo luật nên một cán bộ xem xét và hướng dẫn."
    ),
    "accused": ("Một cán bộ xem trước để việc không bị chuyển về chính đơn vị mà ông/bà phản ánh."),
    "place": "Chưa rõ việc xảy ra ở xã, phường nào nên một cán bộ xem trước khi chuyển.",
    "category": "Một cán bộ sẽ đọc và chọn đúng cơ quan giải quyết.",
}


def for_citizen_of_triage(rule: str) -> str:
    """Why a person looks first."""
    fitting = (words for start, words in _FOR_CITIZEN.items() if rule.startswith(start))
    return next(fitting, _FOR_CITIZEN["category"])


def for_citizen_of_dispatch(
    row: Responsibility, ward_code: str | None, pack: Pack, *, is_above: bool
) -> str:
    """Why "this agency", which is named before. The ward is named where it decides."""
    if is_above:
        return "Đơn vị bị phản ánh không xử lý đơn về mình, nên cơ quan này xem xét."
    where = f" ở {pack.wards[ward_code].name}" if row.level == "ward" and ward_code else ""
    return f"Lĩnh vực “{pack.categories[row.category].name}”{where} do cơ quan này phụ trách."


def ask_which_category(first: str, second: str, pack: Pack) -> str:
    """What tells two likely categories apart."""
    names = pack.categories
    return f"Việc chính là “{names[first].name}” hay “{names[second].name}”?"


def of_category(matter: Matter, pack: Pack) -> str:
    """What the case is about, how sure that is, and the words that say so."""
    if matter.category not in pack.categories:
        return "Chưa xác định được lĩnh vực."
    name = pack.categories[matter.category].name
    if not matter.category_confidence >= 0:
        return f"Lĩnh vực: “{name}”."
    sure = f"chắc chắn {min(matter.category_confidence, 1.0):.0%}"
    words = ", ".join(f"“{word}”" for word in matter.category_words)
    return f"Lĩnh vực: “{name}” ({sure}{f'; từ ngữ: {words}' if words else ''})."


def of_place(matter: Matter, pack: Pack) -> str:
    """Where it is, and the words that say so."""
    ward = pack.wards.get(matter.ward_code or "")
    words = f" (lời người dân: “{matter.place_words}”)" if matter.place_words else ""
    if ward is None:
        return f"Địa điểm: chưa xác định{words}."
    unsure = "" if matter.place_confidence >= 1 else f", chắc chắn {matter.place_confidence:.0%}"
    return f"Địa điểm: {ward.name}{unsure}{words}."


def of_row(row: Responsibility, found: Assignment, pack: Pack) -> str:
    """The row that decided: its line, its conditions with the words they hold by, its law."""
    held = (one for one in found.held if one.condition in row.conditions)
    because = "".join(f", {words}" for one in held if (words := _of_condition(one)))
    note = f" ({row.note})" if row.note else ""
    until = f" đến {_day(row.valid_to)}" if row.valid_to else ""
    return (
        f"Bảng phân công, dòng {row.line}: “{pack.categories[row.category].name}”{because}; "
        f"hiệu lực từ {_day(row.valid_from)}{until}; "
        f"căn cứ: {row.legal_source}{note}."
    )


def _of_condition(held: Held) -> str:
    """What made a condition hold, in words that staff know; empty for "always"."""
    if held.words:
        return f"có lời “{held.words}”"
    if held.is_default:
        return "không có lời nào chỉ rõ hơn"
    return {URBAN: "ở phường", RURAL: "ở xã, đặc khu"}.get(held.condition, "")


def of_successor(row_agency_id: str, agency: Agency, pack: Pack) -> str:
    return f"{pack.agencies[row_agency_id].name} không còn hoạt động: nay là {agency.name}."


def of_excluded(accused: Iterable[str], words: Iterable[str], below: int, pack: Pack) -> str:
    """Who may not have the case, and why."""
    names = sorted(pack.agencies[one].name for one in accused)
    shown = ", ".join(names[:NAMES_SHOWN])
    more = below + max(len(names) - NAMES_SHOWN, 0)
    others = f" và {more} đơn vị liên quan, trực thuộc hoặc kế thừa" if more else ""
    said = ", ".join(f"“{word}”" for word in words)
    why = f"bị phản ánh: {said}" if said else "được nêu tên trong nội dung phản ánh"
    return f"Không chuyển đến {shown}{others} ({why})."


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"
