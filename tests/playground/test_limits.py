from hypothesis import given
from hypothesis import strategies as st

from playground.limits import SendLimits

from .conftest import AN, Clock


def test_a_chat_takes_a_short_burst_and_then_one_a_second() -> None:
    clock = Clock(0)
    limits = SendLimits(clock)
    assert [limits.admit_message(AN) for _ in range(5)] == [0, 0, 0, 1, 1]
    clock.advance(1)
    assert [limits.admit_message(AN) for _ in range(2)] == [0, 1]
    clock.advance(60)
    assert [limits.admit_message(AN) for _ in range(4)] == [0, 0, 0, 1]


def test_thirty_a_second_overall() -> None:
    clock = Clock(0)
    limits = SendLimits(clock)
    assert [limits.admit_message(chat) for chat in range(31)] == [0] * 30 + [1]
    clock.advance(0.5)
    assert sum(limits.admit_message(chat) == 0 for chat in range(100, 200)) == 15


def test_edits_count_only_overall() -> None:
    limits = SendLimits(Clock(0))
    assert [limits.admit_edit() for _ in range(31)] == [0] * 30 + [1]


@given(st.lists(st.floats(0, 5), max_size=60))
def test_waiting_as_long_as_told_is_always_enough(pauses: list[float]) -> None:
    clock = Clock()
    limits = SendLimits(clock)
    for pause in pauses:
        clock.advance(pause)
        wait = limits.admit_message(AN)
        if wait:
            clock.advance(wait)
            assert limits.admit_message(AN) == 0


@given(st.lists(st.tuples(st.integers(0, 3), st.floats(0, 0.2)), max_size=200))
def test_no_minute_sees_more_than_the_rate_and_the_burst(steps: list[tuple[int, float]]) -> None:
    clock = Clock(0)
    limits = SendLimits(clock)
    sent = dict.fromkeys(range(4), 0)
    for chat, pause in steps:
        clock.advance(pause)
        sent[chat] += limits.admit_message(chat) == 0
    assert all(count <= 3 + clock.seconds + 1e-3 for count in sent.values())
