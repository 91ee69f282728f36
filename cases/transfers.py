"""The moves between agencies: assigning, returning, deciding, recalling.

What a move leads to is said by `cases.handover`; here it is stored, with its event, and told.
The citizen's deadline is never touched: their clock does not stop while agencies differ.
Callers hold the case's lock (see `access_case(to_change=True)`).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from cases import agency_notices
from cases.access import SUPERVISOR, NotAllowed
from cases.agency_notices import notify_agency
from cases.events import SYSTEM, by_staff, record
from cases.handover import (
    RETURN_REASONS,
    WITHOUT_PROPOSAL,
    Standing,
    Step,
    check_agency,
    decide_for,
    hand_back,
    hand_to,
    read_standing,
    why_not_return,
)
from cases.lifecycle import (
    DISPUTED,
    HELD_STATES,
    MOVES,
    NEEDS_TRIAGE,
    IllegalMove,
    acting_roles,
    allowed_moves,
    check_move,
    enter,
    require_words,
    tell,
    was_rejected,
)
from cases.notices import notify
from db.models import Case, Event, Staff
from routing.tables import Agency, Pack


async def assign_case(
    session: AsyncSession,
    case: Case,
    staff: Staff,
    agency: Agency,
    reason: str,
    now: datetime,
    pack: Pack,
) -> None:
    """Give the case to `agency`, or to a person who decides when that is contested.

    A supervisor decides at once. Raises IllegalMove, NotAllowed (role; the unit complained
    about; an ordinary agency for a restricted case).
    """
    check_move(case, staff, "assign")
    reason = require_words("assign", "reason", reason)
    check_agency(case, agency, pack.policy.may_hold_restricted, pack.local_day(now))
    standing = await standing_of(session, case)
    decides = SUPERVISOR in acting_roles(case, staff)
    step = hand_to(standing, agency.agency_id, decides=decides)
    if step.state == DISPUTED:
        _take(case, step, now, pack)
        dispute = {"proposed": agency.agency_id, "reason": reason}
        await _name_decider(session, case, standing, step, by_staff(staff.id), now, dispute)
    else:
        await _hand(session, case, step, agency, staff, reason, now, pack)


async def return_case(
    session: AsyncSession,
    case: Case,
    staff: Staff,
    code: str,
    note: str,
    proposed: Agency | None,
    now: datetime,
    pack: Pack,
) -> None:
    """The agency that holds the case gives it back, once, saying why and who should have it.

    `code` is one of RETURN_REASONS; those of WITHOUT_PROPOSAL need no `proposed`. The case goes
    to triage or, when that is contested, to a person who decides. Raises IllegalMove, NotAllowed.
    """
    check_move(case, staff, "return")
    if code not in RETURN_REASONS:
        raise IllegalMove(MOVES["return"].needs["code"])
    note = require_words("return", "note", note)
    standing = await standing_of(session, case)
    if proposed is not None:
        check_agency(case, proposed, pack.policy.may_hold_restricted, pack.local_day(now))
    elif code not in WITHOUT_PROPOSAL:
        raise IllegalMove(MOVES["return"].needs["proposed"])
    proposed_id = proposed.agency_id if proposed else None
    step = hand_back(standing, proposed_id)
    _take(case, step, now, pack)
    actor = by_staff(staff.id)
    said = {"proposed": proposed_id, "code": code, "reason": note}
    await record(session, case, "returned", actor, now, from_agency=standing.holder, **said)
    if step.state == DISPUTED:
        await _name_decider(session, case, standing, step, SYSTEM, now, {"proposed": proposed_id})
    elif pack.triage_agency_id not in standing.excluded:
        await notify_agency(session, case, pack.triage_agency_id, agency_notices.RETURNED, now)


async def decide_holder(
    session: AsyncSession,
    case: Case,
    staff: Staff,
    agency: Agency,
    reason: str,
    now: datetime,
    pack: Pack,
) -> None:
    """The person named settles a dispute: `agency` gets the case and cannot return it.

    Any supervisor may where nobody is named, or who is named can no longer decide. Raises
    IllegalMove, NotAllowed.
    """
    check_move(case, staff, "decide")
    decider = await able_decider(session, case)
    if decider is not None and decider.id != staff.id:
        raise NotAllowed(f"Vụ việc này đang chờ {decider.display_name} quyết định.")
    reason = require_words("decide", "reason", reason)
    check_agency(case, agency, pack.policy.may_hold_restricted, pack.local_day(now))
    step = decide_for(await standing_of(session, case), agency.agency_id)
    await _hand(session, case, step, agency, staff, reason, now, pack)


async def recall_case(session: AsyncSession, case: Case, now: datetime, pack: Pack) -> None:
    """Take the case from whoever may not hold it any more, after its decision changed.

    That is the units complained about and, where it became restricted, every ordinary agency;
    they also leave those that support it, and a person named to decide is chosen anew. It is
    nobody's hand-over: no transfer is counted.
    """
    if case.agency_id is not None and case.state in HELD_STATES:
        await _recall_from_lead(session, case, now, pack)
    barred = [agency_id for agency_id in case.supporting if _is_barred(case, agency_id, pack)]
    if barred:
        case.supporting = [one for one in case.supporting if one not in barred]
        for agency_id in barred:
            await record(session, case, "support_ended", SYSTEM, now, agency=agency_id)
    if case.state == DISPUTED and await able_decider(session, case) is None:
        case.decider_id = await _choose_decider(session, case)


async def moves_of(session: AsyncSession, case: Case, staff: Staff) -> set[str]:
    """The moves that this person could make now, by the case's state and by its way so far."""
    moves = allowed_moves(case, staff)
    if "return" in moves and why_not_return(await standing_of(session, case)):
        moves.discard("return")
    is_supervisor = SUPERVISOR in acting_roles(case, staff)
    if "reject" in moves and not is_supervisor and await was_rejected(session, case):
        moves.discard("reject")
    if "decide" in moves:
        decider = await able_decider(session, case)
        if decider is not None and decider.id != staff.id:
            moves.discard("decide")
    return moves


async def able_decider(session: AsyncSession, case: Case) -> Staff | None:
    """Who is named to decide; None when nobody is, or they are no longer able to."""
    if case.decider_id is None:
        return None
    named = await session.get_one(Staff, case.decider_id)
    return named if _may_decide(named, case) else None


async def standing_of(session: AsyncSession, case: Case) -> Standing:
    """Where the case stands between agencies, by its events."""
    events = await session.scalars(
        select(Event).where(Event.case_id == case.id).order_by(Event.seq)
    )
    return read_standing(case, events)


def _take(case: Case, step: Step, now: datetime, pack: Pack) -> None:
    """Let the case be where the step leads. Whoever leads it no longer only supports it."""
    case.agency_id, case.transfers = step.holder, step.transfers
    case.decider_id = case.accepted_at = None
    enter(case, step.state, now, pack)
    if step.holder in case.supporting:
        case.supporting = [one for one in case.supporting if one != step.holder]


async def _hand(
    session: AsyncSession,
    case: Case,
    step: Step,
    agency: Agency,
    staff: Staff,
    reason: str,
    now: datetime,
    pack: Pack,
) -> None:
    before = case.agency_id
    _take(case, step, now, pack)
    told = {"agency": agency.agency_id, "from_agency": before, "reason": reason}
    await record(session, case, step.event, by_staff(staff.id), now, **told)
    if before is not None and before != agency.agency_id:
        await notify_agency(session, case, before, agency_notices.RECALLED, now)
    await tell(session, case, "assign", agency=agency.name, due_at=case.due_at.isoformat())
    await notify_agency(session, case, agency.agency_id, agency_notices.ASSIGNED, now)


async def _name_decider(
    session: AsyncSession,
    case: Case,
    standing: Standing,
    step: Step,
    actor: str,
    now: datetime,
    said: Mapping[str, Any],
) -> None:
    """Put the dispute before a person. `was_held`: the case is taken from its holder by this."""
    case.decider_id = await _choose_decider(session, case)
    await record(
        session,
        case,
        "disputed",
        actor,
        now,
        from_agency=standing.last_holder,
        was_held=step.event == "disputed" and standing.holder is not None,
        contested_by=step.contested_by,
        decider=case.decider_id,
        **said,
    )
    await notify(session, case, "disputed", due_at=case.due_at.isoformat())


async def _choose_decider(session: AsyncSession, case: Case) -> int | None:
    """The supervisor with the fewest disputes at hand; None when there is none who may."""
    other = aliased(Case)
    at_hand = (
        select(func.count())
        .where(other.decider_id == Staff.id, other.state == DISPUTED, other.id != case.id)
        .scalar_subquery()
    )
    supervisors = await session.scalars(
        select(Staff)
        .where(Staff.roles.contains([SUPERVISOR]), Staff.disabled_at.is_(None))
        .order_by(at_hand, Staff.id)
    )
    return next((one.id for one in supervisors if _may_decide(one, case)), None)


def _may_decide(staff: Staff, case: Case) -> bool:
    """Nobody of a unit complained about decides."""
    is_able = SUPERVISOR in staff.roles and staff.disabled_at is None
    return is_able and staff.agency_id not in case.decision.get("excluded", [])


def _is_barred(case: Case, agency_id: str, pack: Pack) -> bool:
    is_excluded = agency_id in case.decision.get("excluded", [])
    is_ordinary = agency_id not in pack.policy.may_hold_restricted
    return is_excluded or (case.restricted and is_ordinary)


async def _recall_from_lead(session: AsyncSession, case: Case, now: datetime, pack: Pack) -> None:
    before = case.agency_id
    if before is None or not _is_barred(case, before, pack):
        return
    case.agency_id = case.accepted_at = None
    enter(case, NEEDS_TRIAGE, now, pack)
    await record(session, case, "recalled", SYSTEM, now, from_agency=before)
    await notify_agency(session, case, before, agency_notices.RECALLED, now)
