"""Who holds a case next: the rules as tables, then what holds whatever anybody does."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.access import NotAllowed
from cases.handover import (
    PING_PONG,
    THIRD_TRANSFER,
    Standing,
    Step,
    decide_for,
    hand_back,
    hand_to,
    why_not_return,
)
from cases.lifecycle import IllegalMove

AGENCIES = "ABCDEF"


@pytest.mark.parametrize(
    ("standing", "target", "event", "state", "transfers", "contested_by"),
    [
        (Standing(None), "A", "assigned", "assigned", 0, None),
        (Standing("A"), "B", "transferred", "assigned", 1, None),
        (Standing("B", 1, left=("A",)), "C", "transferred", "assigned", 2, None),
        (Standing("C", 2, left=("A", "B")), "D", "disputed", "disputed", 3, THIRD_TRANSFER),
        (Standing("B", 1, left=("A",)), "A", "disputed", "disputed", 2, PING_PONG),
        # Returned by A, and triage thinks that it is A's after all.
        (Standing(None, 1, left=("A",)), "A", "disputed", "disputed", 1, PING_PONG),
        # Giving what nobody holds is no hand-over, however many there were.
        (Standing(None, 3, left=("A", "B", "C")), "D", "assigned", "assigned", 3, None),
    ],
)
def test_a_triage_officers_assignment(
    standing: Standing, target: str, event: str, state: str, transfers: int,
    contested_by: str | None,
) -> None:  # fmt: skip
    holder = target if state == "assigned" else None
    step = hand_to(standing, target, decides=False)
    assert step == Step(event, state, holder, transfers, contested_by)


@pytest.mark.parametrize(
    ("standing", "target", "event", "transfers"),
    [
        (Standing("A"), "B", "transferred", 1),
        (Standing("C", 2, left=("A", "B")), "D", "decided", 3),
        (Standing("B", 1, left=("A",)), "A", "decided", 2),
    ],
)
def test_a_supervisor_decides_at_once_what_is_contested(
    standing: Standing, target: str, event: str, transfers: int
) -> None:
    step = hand_to(standing, target, decides=True)
    assert (step.event, step.state, step.holder) == (event, "assigned", target)
    assert step.transfers == transfers


@pytest.mark.parametrize(
    ("standing", "proposed", "state", "contested_by"),
    [
        (Standing("A"), "B", "needs_triage", None),
        (Standing("A"), None, "needs_triage", None),
        (Standing("B", 1, left=("A",)), "A", "disputed", PING_PONG),
        (Standing("B", 1, left=("A",)), "C", "needs_triage", None),
        (Standing("C", 2, left=("A", "B")), "D", "disputed", THIRD_TRANSFER),
        (Standing("C", 2, left=("A", "B")), None, "disputed", THIRD_TRANSFER),
    ],
)
def test_a_return_counts_and_goes_to_triage_or_to_a_person(
    standing: Standing, proposed: str | None, state: str, contested_by: str | None
) -> None:
    step = hand_back(standing, proposed)
    assert step == Step("returned", state, None, standing.transfers + 1, contested_by)


@pytest.mark.parametrize(
    ("standing", "words"),
    [
        (Standing(None), "chưa giao"),
        (Standing("A", returned=frozenset("A")), "một lần"),
        (Standing("A", upheld=frozenset("A")), "Người phụ trách đã quyết định"),
    ],
)
def test_an_agency_returns_once_and_never_after_a_decision(standing: Standing, words: str) -> None:
    assert words in (why_not_return(standing) or "")
    with pytest.raises(IllegalMove, match=words):
        hand_back(standing, "B")


def test_a_unit_complained_about_is_neither_given_nor_proposed_nor_decided_for() -> None:
    standing = Standing("A", excluded=frozenset("X"))
    with pytest.raises(NotAllowed, match="Đơn vị bị phản ánh"):
        hand_to(standing, "X", decides=True)
    with pytest.raises(NotAllowed, match="Đơn vị bị phản ánh"):
        hand_back(standing, "X")
    with pytest.raises(NotAllowed, match="Đơn vị bị phản ánh"):
        decide_for(Standing(None, excluded=frozenset("X")), "X")


def test_the_holder_is_neither_given_the_case_nor_proposed() -> None:
    with pytest.raises(IllegalMove, match="đang giữ"):
        hand_to(Standing("A"), "A", decides=True)
    with pytest.raises(IllegalMove, match="đang giữ"):
        hand_back(Standing("A"), "A")


@dataclass
class Walk:
    """A case on its way, kept as the events would say it."""

    excluded: frozenset[str]
    state: str = "needs_triage"
    holder: str | None = None
    transfers: int = 0
    left: list[str] = field(default_factory=list)
    returned: set[str] = field(default_factory=set)
    upheld: set[str] = field(default_factory=set)

    @property
    def standing(self) -> Standing:
        return Standing(
            self.holder, self.transfers, self.excluded, tuple(self.left),
            frozenset(self.returned), frozenset(self.upheld),
        )  # fmt: skip

    def take(self, step: Step) -> None:
        if self.holder is not None:
            self.left.append(self.holder)
            if step.event == "returned":
                self.returned.add(self.holder)
        if step.event == "decided":
            assert step.holder is not None
            self.upheld.add(step.holder)
        self.state, self.holder, self.transfers = step.state, step.holder, step.transfers


def attempt(walk: Walk, move: str, target: str) -> Step | None:
    """The step, or None where the rules refuse it. States allow what `lifecycle.MOVES` says."""
    starts = {"return": {"assigned"}, "decide": {"disputed"}}.get(
        move, {"needs_triage", "assigned"}
    )
    if walk.state not in starts:
        return None
    try:
        if move == "return":
            return hand_back(walk.standing, target)
        if move == "decide":
            return decide_for(walk.standing, target)
        return hand_to(walk.standing, target, decides=move == "overrule")
    except (IllegalMove, NotAllowed):
        return None


moves = st.lists(
    st.tuples(
        st.sampled_from(["assign", "return", "overrule", "decide"]), st.sampled_from(AGENCIES)
    ),
    max_size=40,
)


@settings(max_examples=500)
@given(moves, st.frozensets(st.sampled_from(AGENCIES), max_size=3))
def test_whatever_people_do_the_buck_stops(
    made: list[tuple[str, str]], excluded: frozenset[str]
) -> None:
    walk, handovers, returns = Walk(excluded), 0, 0
    for move, target in made:
        before, left = walk.holder, set(walk.left)
        step = attempt(walk, move, target)
        if step is None:
            continue
        handovers += before is not None
        returns += step.event == "returned"
        walk.take(step)
        assert walk.holder not in excluded
        assert walk.transfers == handovers
        if (before is not None and handovers > 2) or walk.holder in left:
            assert step.event == "decided" or walk.state == "disputed"
        if step.event == "decided":
            assert move in {"overrule", "decide"}
        assert (walk.holder is None) == (walk.state in {"needs_triage", "disputed"})
    assert returns == len(walk.returned), "each agency returned at most once"
