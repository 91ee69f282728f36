"""Who holds a case next: pure rules over its way so far. Nobody passes the buck unseen.

A case is handed over when the agency that holds it lets go of it, by a return or by a transfer:
each hand-over counts one transfer, whoever gets the case then. Giving a case that nobody holds
to an agency counts nothing. The third transfer, and giving a case to an agency that it already
left (a ping-pong), are contested: a named supervisor decides, and what they decided stays.

A recall (`cases.transfers.recall_case`) is the system's and no agency's: it is never counted.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from cases.access import NotAllowed
from cases.lifecycle import ASSIGNED, DISPUTED, NEEDS_TRIAGE, IllegalMove
from db.models import Case, Event
from routing.tables import Agency

# Why an agency returns a case: code -> what staff read.
RETURN_REASONS = {
    "not_competent": "Không thuộc thẩm quyền của cơ quan",
    "wrong_ward": "Không đúng địa bàn",
    "other_level": "Thuộc thẩm quyền của cấp khác",
    "other_lead": "Cần cơ quan khác chủ trì",
    "duplicate": "Trùng với vụ việc khác",
    "unclear": "Chưa đủ thông tin để giải quyết",
}
# These say nothing about who else should have it.
WITHOUT_PROPOSAL = frozenset({"duplicate", "unclear"})
TRANSFERS_WITHOUT_DECISION = 2

THIRD_TRANSFER = "third_transfer"
PING_PONG = "ping_pong"


@dataclass(frozen=True)
class Standing:
    """Where a case stands between agencies.

    `left`: who handed it over, in order, repeats kept. `returned`: who used their one return.
    `upheld`: for whom a supervisor decided. `excluded`: the units complained about.
    """

    holder: str | None
    transfers: int = 0
    excluded: frozenset[str] = frozenset()
    left: tuple[str, ...] = ()
    returned: frozenset[str] = frozenset()
    upheld: frozenset[str] = frozenset()

    @property
    def last_holder(self) -> str | None:
        """Who holds it, or held it last."""
        return self.holder or (self.left[-1] if self.left else None)


@dataclass(frozen=True)
class Step:
    """What a move does: the event's name, and the state, holder and count after it.

    `contested_by` says why a person had to decide or has to: THIRD_TRANSFER or PING_PONG.
    """

    event: str
    state: str
    holder: str | None
    transfers: int
    contested_by: str | None = None


def read_standing(case: Case, events: Iterable[Event]) -> Standing:
    """The standing of a case by its events, which must be in order."""
    told = list(events)
    left = [event.data["from_agency"] for event in told if _is_handover(event)]
    returned = [event.data["from_agency"] for event in told if event.name == "returned"]
    upheld = [event.data["agency"] for event in told if event.name == "decided"]
    return Standing(
        holder=case.agency_id,
        transfers=case.transfers,
        excluded=frozenset(case.decision.get("excluded", [])),
        left=tuple(left),
        returned=frozenset(returned),
        upheld=frozenset(upheld),
    )


def hand_to(standing: Standing, target: str, *, decides: bool) -> Step:
    """Give the case to `target`, or to the person who decides when that is contested.

    `decides`: whoever gives it may decide, and does. Raises IllegalMove, NotAllowed.
    """
    _refuse(standing, target)
    transfers = standing.transfers + (standing.holder is not None)
    contested_by = _contest(standing, target, transfers)
    if contested_by is None:
        event = "assigned" if standing.holder is None else "transferred"
        return Step(event, ASSIGNED, target, transfers)
    if decides:
        return Step("decided", ASSIGNED, target, transfers, contested_by)
    return Step("disputed", DISPUTED, None, transfers, contested_by)


def hand_back(standing: Standing, proposed: str | None) -> Step:
    """The holder returns the case: to triage, or to the person who decides.

    Raises IllegalMove (nobody holds it; returned before; decided to stay), NotAllowed.
    """
    refusal = why_not_return(standing)
    if refusal:
        raise IllegalMove(refusal)
    if proposed is not None:
        _refuse(standing, proposed)
    transfers = standing.transfers + 1
    contested_by = _contest(standing, proposed, transfers)
    state = NEEDS_TRIAGE if contested_by is None else DISPUTED
    return Step("returned", state, None, transfers, contested_by)


def decide_for(standing: Standing, target: str) -> Step:
    """The person named decides for `target`, which keeps the case. Raises NotAllowed."""
    _refuse(standing, target)
    return Step("decided", ASSIGNED, target, standing.transfers)


def why_not_return(standing: Standing) -> str | None:
    """Why the holder may not return the case, in Vietnamese; None when it may."""
    if standing.holder is None:
        return "Vụ việc chưa giao cho cơ quan nào."
    if standing.holder in standing.upheld:
        return "Người phụ trách đã quyết định cơ quan này giải quyết; không trả lại được nữa."
    if standing.holder in standing.returned:
        return "Cơ quan đã trả lại vụ việc này một lần; mỗi cơ quan chỉ trả lại một lần."
    return None


def check_agency(case: Case, agency: Agency, may_hold_restricted: Iterable[str], on: date) -> None:
    """Whether the agency may hold the case or support it on a day (promise 2).

    Raises NotAllowed: the unit complained about, an ordinary agency for a restricted case.
    Raises IllegalMove: the agency is not in force.
    """
    if agency.agency_id in case.decision.get("excluded", []):
        raise NotAllowed("Đơn vị bị phản ánh không được nhận vụ việc của chính mình.")
    if case.restricted and agency.agency_id not in may_hold_restricted:
        raise NotAllowed("Vụ việc hạn chế chỉ được giao cho cơ quan thanh tra, kiểm tra.")
    if not agency.is_valid(on):
        raise IllegalMove("Cơ quan này hiện không hoạt động; xin chọn cơ quan kế thừa.")


def _is_handover(event: Event) -> bool:
    """Whether by this an agency let go of the case."""
    if event.name == "disputed":
        return bool(event.data["was_held"])
    hands_over = event.name in {"returned", "transferred", "decided"}
    return hands_over and event.data["from_agency"] is not None


def _refuse(standing: Standing, target: str) -> None:
    if target in standing.excluded:
        raise NotAllowed("Đơn vị bị phản ánh không được nhận vụ việc của chính mình.")
    if target == standing.holder:
        raise IllegalMove("Cơ quan này đang giữ vụ việc.")


def _contest(standing: Standing, target: str | None, transfers: int) -> str | None:
    """Why `target`, when the count would be `transfers`, is for a person to decide."""
    if target in standing.left:
        return PING_PONG
    is_handover = transfers > standing.transfers
    return THIRD_TRANSFER if is_handover and transfers > TRANSFERS_WITHOUT_DECISION else None
