from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.lifecycle import (
    ANSWERED,
    ASSIGNED,
    CLOSED,
    DISPUTED,
    NEEDS_TRIAGE,
    OPEN_STATES,
    REOPENED,
    WITHDRAWN,
)
from cases.snapshot import CaseFacts
from digest.build import SMALLEST_SHOWN, Breakdown, Digest, build, state_at
from routing.tables import Pack
from tests.digest.conftest import WEEK, local, make_case, make_snapshot

BEFORE, DURING, AFTER = local("2026-11-18"), local("2026-11-26"), local("2026-11-30", "07:00")
EARLIER: dict[str, Any] = {"filed_at": local("2026-11-10"), "due_at": local("2026-11-24", "17:00")}


def test_a_week_counts_what_was_filed_between_its_two_mondays(pack: Pack) -> None:
    instant = timedelta(microseconds=1)
    moments = [WEEK.starts_at - instant, WEEK.starts_at, WEEK.ends_at - instant, WEEK.ends_at]
    cases = [make_case(number, filed_at=at) for number, at in enumerate(moments)]
    digest = build(make_snapshot(*cases), WEEK, pack)
    assert (digest.this_week.filed, digest.week_before.filed) == (2, 1)


def test_a_case_filed_at_the_moment_of_the_snapshot_counts(pack: Pack) -> None:
    digest = build(make_snapshot(make_case(filed_at=DURING), as_of=DURING), WEEK, pack)
    assert digest.this_week.filed == digest.this_week.unsettled == 1


def test_the_digest_is_as_of_the_end_of_its_week_or_of_the_snapshot(pack: Pack) -> None:
    assert build(make_snapshot(as_of=AFTER), WEEK, pack).as_of == WEEK.ends_at
    unfinished = build(make_snapshot(as_of=DURING), WEEK, pack)
    assert unfinished.as_of == DURING
    assert not unfinished.is_whole_week


def test_a_week_that_has_not_begun_has_no_digest(pack: Pack) -> None:
    with pytest.raises(ValueError, match="2026-W48"):
        build(make_snapshot(as_of=BEFORE), WEEK, pack)


@pytest.mark.parametrize(
    ("facts", "then"),
    [
        ({"state": ASSIGNED}, ASSIGNED),
        ({"state": NEEDS_TRIAGE, "agency_id": None}, NEEDS_TRIAGE),
        ({"state": ANSWERED, "answered_at": DURING}, ANSWERED),
        ({"state": ANSWERED, "answered_at": AFTER}, ASSIGNED),
        ({"state": ANSWERED, "answered_at": AFTER, "agency_id": None}, NEEDS_TRIAGE),
        ({"state": CLOSED, "answered_at": BEFORE, "closed_at": DURING}, CLOSED),
        ({"state": CLOSED, "answered_at": DURING, "closed_at": AFTER}, ANSWERED),
        ({"state": CLOSED, "answered_at": AFTER, "closed_at": AFTER}, ASSIGNED),
        ({"state": REOPENED, "answered_at": DURING, "reopenings": 1}, REOPENED),
        ({"state": WITHDRAWN, "closed_at": DURING}, WITHDRAWN),
        ({"state": WITHDRAWN, "closed_at": AFTER}, ASSIGNED),
        ({"state": WITHDRAWN, "answered_at": BEFORE, "closed_at": AFTER}, REOPENED),
    ],
)
def test_what_happened_after_the_week_is_undone(facts: dict[str, Any], then: str) -> None:
    assert state_at(make_case(**EARLIER | facts), WEEK.ends_at) == then


def test_settled_by_the_citizens_word_and_closed_by_silence_are_counted_apart(pack: Pack) -> None:
    ended: dict[str, Any] = {"state": CLOSED, "answered_at": BEFORE, "closed_at": DURING}
    digest = build(
        make_snapshot(
            make_case(1, **EARLIER, **ended, closed_by="citizen"),
            make_case(2, **EARLIER, **ended, closed_by="silence"),
            make_case(3, **EARLIER, **ended, closed_by="silence"),
        ),
        WEEK,
        pack,
    )
    assert digest.this_week.settled == 1
    assert digest.this_week.closed_by_silence == 2
    assert digest.week_before.answered == 3
    assert digest.of_filed.total == digest.of_answered.total == 0


def test_the_citizens_word_is_set_against_what_was_filed_and_what_was_answered(pack: Pack) -> None:
    answered: dict[str, Any] = {"state": ANSWERED, "answered_at": DURING}
    settled: dict[str, Any] = {
        "state": CLOSED,
        "answered_at": DURING,
        "closed_at": DURING,
        "closed_by": "citizen",
    }
    digest = build(
        make_snapshot(
            make_case(1),
            make_case(2, **settled),
            make_case(3, **EARLIER, **settled),
            make_case(4, **EARLIER, **answered),
            make_case(5, **EARLIER | answered | {"state": REOPENED, "reopenings": 1}),
        ),
        WEEK,
        pack,
    )
    filed, answered_cases = digest.of_filed, digest.of_answered
    assert (filed.settled, filed.answered, filed.total) == (1, 1, 2)
    assert (answered_cases.settled, answered_cases.answered, answered_cases.total) == (2, 3, 4)
    assert answered_cases.on_time == 1  # The others were due on the Tuesday.
    assert answered_cases.unsettled == 1


def test_an_answer_stops_the_clock_and_a_reopening_lets_it_run_on(pack: Pack) -> None:
    digest = build(
        make_snapshot(
            make_case(1, **EARLIER, state=ANSWERED, answered_at=DURING),
            make_case(2, **EARLIER, state=REOPENED, answered_at=BEFORE, reopenings=1),
        ),
        WEEK,
        pack,
    )
    assert (digest.this_week.unsettled, digest.this_week.overdue) == (1, 1)
    (backlog,) = digest.backlogs
    assert [line.code for line in backlog.lines] == ["PA-000002"]


@pytest.mark.parametrize(
    ("due_at", "days"),
    [
        (WEEK.ends_at + timedelta(hours=1), 0),
        (WEEK.ends_at - timedelta(hours=1), 1),
        (WEEK.ends_at - timedelta(days=1), 1),
        (WEEK.ends_at - timedelta(days=1, hours=1), 2),
        (local("2026-11-24", "17:00"), 6),
    ],
)
def test_days_overdue_are_begun_calendar_days(due_at: datetime, days: int, pack: Pack) -> None:
    digest = build(make_snapshot(make_case(due_at=due_at)), WEEK, pack)
    assert digest.backlogs[0].lines[0].days_overdue == days
    assert digest.this_week.overdue == (days > 0)


def test_unsettled_cases_stand_under_their_agency_the_most_overdue_first(pack: Pack) -> None:
    digest = build(
        make_snapshot(
            make_case(1, agency_id="so_y_te"),
            make_case(2, agency_id="so_xay_dung"),
            make_case(3, agency_id="so_xay_dung", **EARLIER),
            make_case(4, agency_id=None, state=NEEDS_TRIAGE),
        ),
        WEEK,
        pack,
    )
    listed = [(b.agency, [line.code for line in b.lines]) for b in digest.backlogs]
    assert listed == [
        ("Sở Xây dựng", ["PA-000003", "PA-000002"]),
        ("Sở Y tế", ["PA-000001"]),
    ]
    assert [line.code for line in digest.needs_triage.lines] == ["PA-000004"]


def test_a_disputed_case_lies_with_the_person_who_decides(pack: Pack) -> None:
    digest = build(make_snapshot(make_case(agency_id=None, state=DISPUTED)), WEEK, pack)
    assert [backlog.agency for backlog in digest.backlogs] == ["Chờ người phụ trách quyết định"]
    assert digest.this_week.unsettled == 1
    assert digest.needs_triage.lines == ()


def test_a_code_that_the_pack_does_not_know_is_shown_not_hidden(pack: Pack) -> None:
    digest = build(make_snapshot(make_case(agency_id="so_da_giai_the")), WEEK, pack)
    assert digest.backlogs[0].agency == "so_da_giai_the (không có trong danh mục)"


def test_restricted_cases_and_redirected_denunciations_are_numbers_only(pack: Pack) -> None:
    snapshot = make_snapshot(restricted_cases=2, denunciations_redirected=3)
    digest = build(snapshot, WEEK, pack)
    assert (digest.restricted_cases, digest.denunciations_redirected) == (2, 3)


def break_down(pack: Pack, **counts: int) -> Breakdown:
    categories = [category for category, count in counts.items() for _ in range(count)]
    cases = [
        make_case(number, category=None if category == "unknown" else category)
        for number, category in enumerate(categories)
    ]
    return build(make_snapshot(*cases), WEEK, pack).by_category


def test_categories_with_fewer_than_five_cases_are_merged(pack: Pack) -> None:
    found = break_down(pack, roads=6, noise=4, electricity=3)
    assert found == Breakdown((("Đường, cầu, biển báo", 6),), 7, False, 0)


def test_a_lone_small_category_hides_behind_a_larger_one(pack: Pack) -> None:
    found = break_down(pack, roads=9, electricity=5, noise=1)
    assert found == Breakdown((("Đường, cầu, biển báo", 9),), 6, True, 0)


def test_what_has_no_category_is_said_to_be_unknown(pack: Pack) -> None:
    assert break_down(pack, roads=5, unknown=2).unknown == 2


PACK_CATEGORIES = ["roads", "noise", "electricity", "a_code_of_nowhere"]
WARDS = ["10507", "10525", None]
moments = st.integers(min_value=-11 * 24, max_value=8 * 24).map(
    lambda hours: WEEK.starts_at + timedelta(hours=hours)
)


@st.composite
def cases(draw: st.DrawFn, number: int) -> CaseFacts:
    """A case that could exist: answered after it was filed, closed after it was answered."""
    filed_at = draw(moments)
    state = draw(st.sampled_from([NEEDS_TRIAGE, ASSIGNED, ANSWERED, CLOSED, REOPENED, WITHDRAWN]))
    later = st.integers(min_value=1, max_value=12).map(lambda days: timedelta(days=days))
    answered_at = filed_at + draw(later) if state in (ANSWERED, CLOSED, REOPENED) else None
    closed_at = (answered_at or filed_at) + draw(later) if state in (CLOSED, WITHDRAWN) else None
    return make_case(
        number,
        category=draw(st.sampled_from([*PACK_CATEGORIES, None])),
        ward_code=draw(st.sampled_from(WARDS)),
        agency_id=None if state == NEEDS_TRIAGE else draw(st.sampled_from(["so_y_te", "x"])),
        state=state,
        filed_at=filed_at,
        due_at=filed_at + draw(later),
        answered_at=answered_at,
        closed_at=closed_at,
        closed_by=draw(st.sampled_from(["citizen", "silence"])) if state == CLOSED else None,
        reopenings=int(state == REOPENED),
    )


case_lists = st.integers(min_value=0, max_value=40).flatmap(
    lambda count: st.tuples(*(cases(number) for number in range(count)))
)
# A busy machine is no failure of the digest.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
as_ofs = st.sampled_from([DURING, WEEK.ends_at, AFTER])


@patient
@given(case_lists, as_ofs, st.randoms(use_true_random=False))
def test_the_order_of_the_cases_does_not_matter(
    pack: Pack, listed: tuple[CaseFacts, ...], as_of: datetime, random: Random
) -> None:
    shuffled = list(listed)
    random.shuffle(shuffled)
    ordered = build(make_snapshot(*listed, as_of=as_of), WEEK, pack)
    assert build(make_snapshot(*shuffled, as_of=as_of), WEEK, pack) == ordered


@patient
@given(case_lists, as_ofs)
def test_all_totals_add_up(pack: Pack, listed: tuple[CaseFacts, ...], as_of: datetime) -> None:
    digest = build(make_snapshot(*listed, as_of=as_of), WEEK, pack)
    for outcomes in (digest.of_filed, digest.of_answered):
        parts = outcomes.answered + outcomes.withdrawn + outcomes.unsettled
        assert parts == outcomes.total >= outcomes.on_time
    assert digest.of_filed.total == digest.this_week.filed
    assert digest.of_answered.total == digest.this_week.answered
    assert digest.by_category.total == digest.by_ward.total == digest.this_week.filed
    check_lists(digest)


def check_lists(digest: Digest) -> None:
    groups = [*digest.backlogs, digest.needs_triage]
    lines = [line for group in groups for line in group.lines]
    assert len({line.code for line in lines}) == len(lines) == digest.this_week.unsettled
    assert sum(group.overdue for group in groups) == digest.this_week.overdue
    assert sum(group.reopened for group in groups) == digest.this_week.reopened
    assert {line.state for line in lines} <= set(OPEN_STATES)


@patient
@given(case_lists, as_ofs)
def test_no_figure_under_five_is_broken_down(
    pack: Pack, listed: tuple[CaseFacts, ...], as_of: datetime
) -> None:
    digest = build(make_snapshot(*listed, as_of=as_of), WEEK, pack)
    for breakdown in (digest.by_category, digest.by_ward):
        assert all(count >= SMALLEST_SHOWN for _, count in breakdown.rows)
        if breakdown.rows:
            assert breakdown.merged == 0 or breakdown.merged >= SMALLEST_SHOWN
