"""Who answers a case: pure rules over a province pack. Not knowing is a result, `triage`.

The rules are asked in order and the first that has an answer decides:

1. a denunciation (tố cáo) is never taken here                     -> redirect
2. a restricted category goes to the inspecting body                -> triage, rule "restricted"
3. a complaint (khiếu nại), or an unknown legal type, needs a person -> triage
4. no category, or "other"                                          -> triage
5. a unit is complained about that nobody can tell                  -> triage
6. whoever took the case says that a person must look first         -> triage
7. responsibilities.csv; the unit complained about and all below it never get it -> dispatch, or
   triage where the place is missing or all in all it is too unsure
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from routing import reasons
from routing.accused import Accused, barred_by, identify, named_agencies
from routing.assignment import Assignment, above, agency_id_of, assigned, chain_above, free
from routing.conditions import Circumstances
from routing.decision import Decision, Matter
from routing.tables import LEGAL_TYPES, Agency, Pack, Responsibility

__all__ = ["Decision", "Matter", "decide"]

SUGGESTIONS = 3


@dataclass(frozen=True)
class _Question:
    """A matter on a day, and what is worked out about it at most once."""

    matter: Matter
    pack: Pack
    on: date
    accused: Accused
    barred: frozenset[str]

    @cached_property
    def circumstances(self) -> Circumstances:
        ward = self.pack.wards.get(self.matter.ward_code or "")
        kind = ward.kind if ward else None
        return Circumstances(self.pack.vocabulary, self.matter.text, kind)

    @cached_property
    def ward_code(self) -> str | None:
        return self.matter.ward_code if self.matter.ward_code in self.pack.wards else None

    @cached_property
    def shares(self) -> dict[str, float]:
        """How likely each category is, the case's own first; together at most 1."""
        own, code = _share(self.matter.category_confidence), self.matter.category
        known = self.pack.categories
        rest = {name: _share(x) for name, x in self.matter.categories if name != code}
        total = sum(rest.values())
        scale = min(1.0, (1.0 - own) / total) if total else 0.0
        others = {name: share * scale for name, share in rest.items() if name in known}
        return ({code: own} if code in known and code is not None else {}) | others

    @cached_property
    def assignments(self) -> dict[str, Assignment]:
        """What the table says of each likely category that it is asked about."""
        policy = self.pack.policy
        unasked = policy.restricted_categories | policy.triage_categories
        return {
            category: assigned(category, self.ward_code, self.circumstances, self.pack, self.on)
            for category in self.shares
            if category not in unasked
        }

    @cached_property
    def agency_shares(self) -> dict[str, float]:
        """How likely each agency is the one: all categories that lead to it together."""
        shares: dict[str, float] = {}
        for category, found in self.assignments.items():
            if found.agency is not None:
                agency_id = found.agency.agency_id
                shares[agency_id] = shares.get(agency_id, 0.0) + self.shares[category]
        return shares


def decide(matter: Matter, pack: Pack, on: date) -> Decision:
    """The decision on a matter by the rules in force on a day. Raises nothing for any matter."""
    question = _ask(matter, pack, on)
    decision = _first_answer(question)
    return replace(
        decision,
        reasons=(*decision.reasons, *_exclusions(question)),
        excluded=tuple(sorted(question.barred)),
        desk_barred=pack.triage_agency_id in question.barred,
    )


def _first_answer(question: _Question) -> Decision:
    rules = (_denounced, _restricted, _complained, _unclassified, _accused_unknown, _held_back)
    for rule in rules:
        decision = rule(question)
        if decision is not None:
            return decision
    return _responsible(question)


def _ask(matter: Matter, pack: Pack, on: date) -> _Question:
    accused = identify(matter.accused, matter.ward_code, pack)
    if matter.category in pack.policy.conduct_categories and not matter.accused:
        accused = Accused(frozenset(named_agencies(matter.text, pack)), ())
    return _Question(matter, pack, on, accused, barred_by(accused.agency_ids, pack))


def _share(confidence: float) -> float:
    """A confidence within 0..1; what is no number counts as unsure."""
    return min(max(confidence, 0.0), 1.0) if confidence == confidence else 0.0


# --- the rules before the table


def _denounced(question: _Question) -> Decision | None:
    if question.matter.legal_type != "to_cao":
        return None
    rule, reason = "legal_type:to_cao", reasons.NO_DENUNCIATION
    over = _above_accused(question)
    if over is None:
        return Decision("redirect", None, None, 1.0, rule, (reason, reasons.DENOUNCED_UNKNOWN))
    competent = f"Cơ quan cấp trên của đơn vị bị tố cáo: {over.name}."
    return Decision("redirect", over.agency_id, over.name, 1.0, rule, (reason, competent))


def _restricted(question: _Question) -> Decision | None:
    policy = question.pack.policy
    if question.matter.category not in policy.restricted_categories:
        return None
    wanted = (policy.restricted_agency_id, *policy.oversight)
    return _triage(question, "restricted", reasons.RESTRICTED, wanted=wanted)


def _complained(question: _Question) -> Decision | None:
    legal_type = question.matter.legal_type
    if legal_type == "khieu_nai":
        rule, ask = "legal_type:khieu_nai", reasons.ASK_WHICH_ACT
        return _triage(question, rule, reasons.COMPLAINT, ask=ask)
    if legal_type not in LEGAL_TYPES:
        return _triage(question, "legal_type:unknown", "Chưa xác định được loại đơn.")
    return None


def _unclassified(question: _Question) -> Decision | None:
    matter, policy = question.matter, question.pack.policy
    ask = reasons.ASK_WHAT
    if matter.category is None or matter.category not in question.pack.categories:
        return _triage(question, "category:none", "Chưa xác định được lĩnh vực.", ask=ask)
    if matter.category in policy.triage_categories:
        name = question.pack.categories[matter.category].name
        reason = f"Lĩnh vực cần người phân loại: {name}."
        return _triage(question, f"category:{matter.category}", reason, ask=ask)
    return None


def _accused_unknown(question: _Question) -> Decision | None:
    if not question.accused.unrecognised:
        return None
    rule, ask = "accused:unknown", reasons.ASK_WHO
    return _triage(question, rule, reasons.ACCUSED_UNKNOWN, ask=ask)


def _held_back(question: _Question) -> Decision | None:
    why = question.matter.why_person
    return _triage(question, "needs_person", why) if why else None


# --- the table


def _responsible(question: _Question) -> Decision:
    category = question.matter.category or ""
    found = question.assignments[category]
    if found.row is None:
        return _triage(question, f"gap:{category}", reasons.NO_ROW)
    if found.lacking == "place":
        rule, ask = "place:missing", reasons.ASK_WHERE
        return _triage(question, rule, reasons.NO_PLACE, ask=ask)
    if found.agency is None:
        wanted = agency_id_of(found.row, question.ward_code, question.pack)
        return _triage(question, f"gap:{wanted}", reasons.NO_AGENCY)
    confidence = _confidence(question, found, found.agency)
    if confidence < question.pack.policy.min_confidence:
        return _unsure(question, found, found.agency)
    if _is_perhaps_accused(question, found.agency):
        rule, ask = "accused:perhaps", reasons.ASK_WHETHER_ACCUSED
        return _triage(question, rule, reasons.PERHAPS_ACCUSED, ask=ask)
    return _dispatch(question, found.row, found, found.agency, confidence)


def _is_perhaps_accused(question: _Question, agency: Agency) -> bool:
    """Whether the words have the very agency that would get the case doing something."""
    if not question.matter.acting or agency.agency_id in question.barred:
        return False
    acting = identify(question.matter.acting, question.matter.ward_code, question.pack)
    return agency.agency_id in acting.agency_ids


def _confidence(question: _Question, found: Assignment, agency: Agency) -> float:
    """How likely the agency is right: its share, the place's where the row hangs on the ward, and
    less where the row holds for want of a word. Nothing where another agency is likelier."""
    shares = question.agency_shares
    share = shares[agency.agency_id]
    if share < max(shares.values()):
        return 0.0
    return share * _place_factor(question, found) * _row_factor(question, found)


def _place_factor(question: _Question, found: Assignment) -> float:
    return _share(question.matter.place_confidence) if found.hangs_on_ward(question.pack) else 1.0


def _row_factor(question: _Question, found: Assignment) -> float:
    return question.pack.policy.default_condition if found.is_by_default else 1.0


def _unsure(question: _Question, found: Assignment, agency: Agency) -> Decision:
    """Too unsure to dispatch: say which of the three made it so, and ask for that."""
    least = question.pack.policy.min_confidence
    shares = question.agency_shares
    share = shares[agency.agency_id]
    if share < least or share < max(shares.values()):
        reason = f"Chưa đủ chắc chắn về cơ quan ({share:.0%}; cần từ {least:.0%})."
        return _triage(question, "category:unsure", reason, ask=_which_category(question))
    if share * _place_factor(question, found) < least:
        reason, ask = "Địa điểm chưa đủ chắc chắn.", reasons.ASK_WHERE
        return _triage(question, "place:unsure", reason, ask=ask)
    reason = "Lời kể chưa đủ rõ để biết dòng nào của bảng phân công."
    return _triage(question, "condition:unsure", reason, ask=_which_condition(question, found))


def _which_category(question: _Question) -> str:
    """The question that tells the likely agencies apart."""
    ranked = sorted(question.assignments, key=lambda one: -question.shares[one])
    first = question.matter.category or ""
    own = question.assignments[first].agency
    rivals = (one for one in ranked if question.assignments[one].agency != own)
    second = next(rivals, None)
    if second is None:
        return reasons.ASK_WHAT
    return reasons.ask_which_category(first, second, question.pack)


def _which_condition(question: _Question, found: Assignment) -> str:
    vocabulary = question.pack.vocabulary
    groups = (vocabulary.group_of[one.condition] for one in found.held if one.is_default)
    questions = (vocabulary.groups[group].question for group in groups)
    return next((asked for asked in questions if asked), reasons.ASK_WHAT)


def _dispatch(
    question: _Question, row: Responsibility, found: Assignment, agency: Agency, confidence: float
) -> Decision:
    pack, matter = question.pack, question.matter
    rule = f"responsibilities:{row.category}/{row.condition}"
    why = [reasons.of_row(row, found, pack), reasons.of_category(matter, pack)]
    why.append(reasons.of_place(matter, pack))
    named = agency_id_of(row, question.ward_code, pack)
    if named != agency.agency_id:
        why.append(reasons.of_successor(named, agency, pack))
    holder: Agency | None = agency
    if agency.agency_id in question.barred:
        holder = above(agency.agency_id, question.barred, pack, question.on)
        rule += "+accused"
        why.append(reasons.SENT_ABOVE)
    if holder is None:
        return _triage(question, rule, reasons.NOBODY_FREE)
    sentence = reasons.for_citizen_of_dispatch(
        row, question.ward_code, pack, is_above=holder is not agency
    )
    return Decision(
        "dispatch", holder.agency_id, holder.name, confidence, rule, tuple(why),
        for_citizen=sentence,
    )  # fmt: skip


# --- who is left when some may not


def _triage(
    question: _Question,
    rule: str,
    reason: str,
    *,
    wanted: tuple[str, ...] = (),
    ask: str | None = None,
) -> Decision:
    """A person decides: at the triage desk, unless the desk itself is complained about."""
    pack, matter = question.pack, question.matter
    desk = pack.triage_agency_id
    desks = wanted or (desk, *chain_above(desk, pack), *pack.policy.oversight)
    agency = next(free(desks, question.barred, pack, question.on), None)
    why = [reason, reasons.of_category(matter, pack), reasons.of_place(matter, pack)]
    if desk in question.barred:
        why.append(reasons.DESK_ACCUSED if agency else reasons.NO_DESK)
    return Decision(
        "triage",
        agency.agency_id if agency else None,
        agency.name if agency else None,
        _share(matter.category_confidence),
        rule,
        tuple(dict.fromkeys(why)),
        suggestions=() if wanted else tuple(_likely(question)),
        ask=ask,
        for_citizen=reasons.for_citizen_of_triage(rule),
    )


def _likely(question: _Question) -> Iterator[str]:
    """The agencies that are likely the right ones, likeliest first, none complained about."""
    shares = question.agency_shares
    seen: set[str] = set()
    for agency_id in sorted(shares, key=lambda one: -shares[one]):
        holder: Agency | None = question.pack.agencies[agency_id]
        if agency_id in question.barred:
            holder = above(agency_id, question.barred, question.pack, question.on)
        if holder is not None and holder.agency_id not in seen and len(seen) < SUGGESTIONS:
            seen.add(holder.agency_id)
            yield holder.agency_id


def _above_accused(question: _Question) -> Agency | None:
    """Where a ward is accused as such, its People's Committee speaks for it, not its police."""
    police = question.pack.policy.roles.get("police", "\0")
    accused = sorted(question.accused.agency_ids, key=lambda one: (one.startswith(police), one))
    over = (above(one, question.barred, question.pack, question.on) for one in accused)
    return next((agency for agency in over if agency is not None), None)


def _exclusions(question: _Question) -> tuple[str, ...]:
    named = question.accused.agency_ids
    if not named or question.matter.legal_type == "to_cao":
        return ()
    below = len(question.barred - named)
    return (reasons.of_excluded(named, question.matter.accused, below, question.pack),)
