"""Who answers a case: pure rules over a province pack. Not knowing is a result, `triage`.

The rules are asked in order and the first that has an answer decides:

1. a denunciation (tố cáo) is never taken here                     -> redirect
2. a restricted category goes to the inspecting body                -> triage, rule "restricted"
3. a complaint (khiếu nại), or an unknown legal type, needs a person -> triage
4. no category, an unsure one, or "other"                           -> triage
5. a unit is complained about that nobody can tell                  -> triage
6. responsibilities.csv; the unit complained about and all below it never get it -> dispatch
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from routing.accused import Accused, barred_by, identify, named_agencies
from routing.tables import LEGAL_TYPES, Agency, Pack, Responsibility, current_agency

Outcome = Literal["dispatch", "triage", "redirect"]


@dataclass(frozen=True)
class Matter:
    """What is known of a case; `category_confidence` is 0..1, `accused` the words naming units."""

    category: str | None
    category_confidence: float
    legal_type: str
    ward_code: str | None
    text: str
    accused: tuple[str, ...] = ()


@dataclass(frozen=True)
class Decision:
    """Where a case goes. `rule` is a stable id; `reasons` are plain Vietnamese for staff.

    The agency of a triage is whoever classifies it; of a redirect, the body that the citizen may
    turn to, or None when that cannot be told. It is never a unit complained about. `excluded` are
    the units complained about and all below them: no person may give them the case later either.
    """

    outcome: Outcome
    agency_id: str | None
    agency_name: str | None
    confidence: float
    rule: str
    reasons: tuple[str, ...]
    excluded: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Question:
    matter: Matter
    pack: Pack
    on: date
    accused: Accused
    barred: frozenset[str]


def decide(matter: Matter, pack: Pack, on: date) -> Decision:
    """The decision on a matter by the rules in force on a day. Raises nothing for any matter."""
    question = _ask(matter, pack, on)
    return replace(_first_answer(question), excluded=tuple(sorted(question.barred)))


def _first_answer(question: _Question) -> Decision:
    for rule in (_denounced, _restricted, _complained, _unclassified, _accused_unknown):
        decision = rule(question)
        if decision is not None:
            return decision
    return _responsible(question)


def _ask(matter: Matter, pack: Pack, on: date) -> _Question:
    accused = identify(matter.accused, matter.ward_code, pack)
    if matter.category in pack.policy.conduct_categories and not matter.accused:
        accused = Accused(frozenset(named_agencies(matter.text, pack)), ())
    return _Question(matter, pack, on, accused, barred_by(accused.agency_ids, pack))


# --- the rules before the table


def _denounced(question: _Question) -> Decision | None:
    if question.matter.legal_type != "to_cao":
        return None
    reason = (
        "Đơn tố cáo không tiếp nhận qua kênh này: "
        "hướng dẫn người dân gửi đơn có chữ ký hoặc trình bày trực tiếp."
    )
    above = _above_accused(question)
    if above is None:
        unknown = "Chưa xác định được đơn vị bị tố cáo nên chưa chỉ ra được cơ quan có thẩm quyền."
        return Decision("redirect", None, None, 1.0, "legal_type:to_cao", (reason, unknown))
    competent = f"Cơ quan cấp trên của đơn vị bị tố cáo: {above.name}."
    return Decision(
        "redirect", above.agency_id, above.name, 1.0, "legal_type:to_cao", (reason, competent)
    )


def _restricted(question: _Question) -> Decision | None:
    policy = question.pack.policy
    if question.matter.category not in policy.restricted_categories:
        return None
    reason = "Nội dung tham nhũng, tiêu cực: hạn chế người xem, chuyển cơ quan thanh tra phân loại."
    wanted = (policy.restricted_agency_id, *policy.oversight)
    return _triage(question, "restricted", reason, wanted)


def _complained(question: _Question) -> Decision | None:
    legal_type = question.matter.legal_type
    if legal_type == "khieu_nai":
        reason = "Đơn khiếu nại có trình tự và thời hạn riêng: cần người xem xét."
        return _triage(question, "legal_type:khieu_nai", reason)
    if legal_type not in LEGAL_TYPES:
        return _triage(question, "legal_type:unknown", "Chưa xác định được loại đơn.")
    return None


def _unclassified(question: _Question) -> Decision | None:
    matter, policy = question.matter, question.pack.policy
    if matter.category is None or matter.category not in question.pack.categories:
        return _triage(question, "category:none", "Chưa xác định được lĩnh vực.")
    if matter.category in policy.triage_categories:
        name = question.pack.categories[matter.category].name
        reason = f"Lĩnh vực cần người phân loại: {name}."
        return _triage(question, f"category:{matter.category}", reason)
    # Written so that a confidence that is no number counts as unsure.
    if not matter.category_confidence >= policy.min_confidence:
        return _triage(question, "category:unsure", "Lĩnh vực do máy đoán chưa đủ chắc chắn.")
    return None


def _accused_unknown(question: _Question) -> Decision | None:
    if not question.accused.unrecognised:
        return None
    reason = (
        "Có đơn vị bị phản ánh nhưng chưa nhận ra là đơn vị nào: "
        "cần người xem để không chuyển về chính đơn vị đó."
    )
    return _triage(question, "accused:unknown", reason)


# --- the table

_SENT_ABOVE = (
    "Đơn vị được phân công chính là đơn vị bị phản ánh hoặc thuộc đơn vị đó: "
    "chuyển cơ quan cấp trên hoặc cơ quan giám sát."
)


def _responsible(question: _Question) -> Decision:
    pack, matter = question.pack, question.matter
    own = [row for row in pack.responsibilities if row.category == matter.category]
    rows = [row for row in own if row.is_valid(question.on)]
    if not rows:
        reason = "Bảng phân công chưa có dòng nào cho lĩnh vực này vào ngày này."
        return _triage(question, f"gap:{matter.category}", reason)
    ward = pack.wards.get(matter.ward_code or "")
    group = pack.vocabulary.group_of[rows[0].condition]
    condition = pack.vocabulary.holding(group, matter.text, ward.kind if ward else None)
    row = next((row for row in rows if row.condition == condition), None)
    if condition is None or (row is not None and row.level == "ward" and ward is None):
        reason = "Thiếu địa điểm: lĩnh vực này phân công theo xã, phường, đặc khu."
        return _triage(question, "place:missing", reason)
    if row is None:
        reason = "Bảng phân công chưa có dòng cho trường hợp này."
        return _triage(question, f"gap:{matter.category}/{condition}", reason)
    return _dispatch(question, row)


def _dispatch(question: _Question, row: Responsibility) -> Decision:
    rule = f"responsibilities:{row.category}/{row.condition}"
    wanted = _agency_id(question, row)
    agency = current_agency(question.pack, wanted, question.on)
    reasons: tuple[str, ...] = (_row_reason(question, row),)
    if agency is None:
        return _triage(question, f"gap:{wanted}", "Cơ quan được phân công không còn hiệu lực.")
    if agency.agency_id in question.barred:
        agency = _above(question, agency.agency_id)
        rule += "+accused"
        reasons += (_SENT_ABOVE,)
    if agency is None:
        return _triage(question, rule, "Mọi cơ quan có thể nhận đều liên quan đơn vị bị phản ánh.")
    confidence = question.matter.category_confidence
    return Decision("dispatch", agency.agency_id, agency.name, confidence, rule, reasons)


def _agency_id(question: _Question, row: Responsibility) -> str:
    if row.level == "ward":
        return question.pack.policy.roles[row.agency] + (question.matter.ward_code or "")
    return row.agency


def _row_reason(question: _Question, row: Responsibility) -> str:
    category = question.pack.categories[row.category].name
    note = f" ({row.note})" if row.note else ""
    return f"Lĩnh vực “{category}”, phân công theo: {row.legal_source}{note}."


# --- who is left when some may not


def _triage(question: _Question, rule: str, reason: str, wanted: tuple[str, ...] = ()) -> Decision:
    """A person decides: at the triage desk, unless the desk itself is complained about."""
    desks = wanted or (question.pack.triage_agency_id, *question.pack.policy.oversight)
    agency = next(_free(question, desks), None)
    confidence = question.matter.category_confidence
    if agency is None:
        everyone = (
            "Bộ phận tiếp nhận cũng liên quan đơn vị bị phản ánh: quản trị viên chỉ định người xem."
        )
        return Decision("triage", None, None, confidence, rule, (reason, everyone))
    return Decision("triage", agency.agency_id, agency.name, confidence, rule, (reason,))


def _free(question: _Question, agency_ids: tuple[str, ...]) -> Iterator[Agency]:
    """Those of the agencies, or their successors, that are in force and not complained about."""
    for agency_id in agency_ids:
        agency = current_agency(question.pack, agency_id, question.on)
        if agency is not None and agency.agency_id not in question.barred:
            yield agency


def _above(question: _Question, agency_id: str) -> Agency | None:
    """The nearest body above that is not complained about, else the first oversight body."""
    chain: list[str] = []
    parent = question.pack.agencies[agency_id].parent_id
    while parent is not None:
        chain.append(parent)
        parent = question.pack.agencies[parent].parent_id
    return next(_free(question, (*chain, *question.pack.policy.oversight)), None)


def _above_accused(question: _Question) -> Agency | None:
    """Where a ward is accused as such, its People's Committee speaks for it, not its police."""
    police = question.pack.policy.roles["police"]
    accused = sorted(question.accused.agency_ids, key=lambda one: (one.startswith(police), one))
    above = (_above(question, one) for one in accused)
    return next((agency for agency in above if agency is not None), None)
