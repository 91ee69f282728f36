"""Codes that survive the telephone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.codes import ALPHABET, PREFIX, _check_character, new_code, read_code

bodies = st.text(ALPHABET, min_size=5, max_size=5)


def code(body: str) -> str:
    return PREFIX + body + _check_character(body)


@given(bodies)
def test_a_code_is_read_back(body: str) -> None:
    assert read_code(code(body)) == code(body)
    assert read_code(code(body)[3:]) == code(body)  # Without its prefix, also "PA…" itself.


def test_new_codes_are_readable_and_differ() -> None:
    codes = {new_code() for _ in range(200)}
    assert len(codes) > 195
    assert all(read_code(one) == one for one in codes)


@given(bodies, st.integers(0, 5), st.sampled_from(ALPHABET))
def test_every_single_mistyped_character_is_noticed(body: str, at: int, typed: str) -> None:
    right = code(body)[3:]
    wrong = right[:at] + typed + right[at + 1 :]
    assert (read_code(wrong) is None) == (wrong != right)


@given(bodies, st.integers(0, 5), st.integers(0, 5))
def test_every_swap_of_two_characters_is_noticed(body: str, one: int, other: int) -> None:
    right = code(body)[3:]
    swapped = list(right)
    swapped[one], swapped[other] = swapped[other], swapped[one]
    assert (read_code("".join(swapped)) is None) == ("".join(swapped) != right)


def test_swaps_that_a_sum_modulo_32_misses_are_noticed() -> None:
    right = code("0G000")[3:]
    assert read_code("G0" + right[2:]) is None


@pytest.mark.parametrize(
    "write",
    [str.lower, lambda c: c.replace("-", " "), lambda c: c.replace("-", ""), lambda c: f"  {c}\n",
     lambda c: c.replace("PA-", ""), lambda c: c.replace("-", "–"), lambda c: " ".join(c)],
)  # fmt: skip
def test_a_code_is_read_however_it_is_written(write: object) -> None:
    assert callable(write)
    assert read_code(write(code("4K7M2"))) == code("4K7M2")


def test_letters_that_look_like_digits_are_read_as_those() -> None:
    assert read_code(code("01V10").replace("0", "O").replace("1", "I")) == code("01V10")
    assert read_code(code("11011").replace("1", "l")) == code("11011")
    assert read_code(code("VVVV0").replace("V", "u")) == code("VVVV0")


@pytest.mark.parametrize("written", ["", "PA-", "PA-4K7M", "PA-4K7M2X9", "XX-4K7M22", "PA-ĐĐĐĐĐĐ",
                                     "PA-4K7M2*", "🙂🙂🙂🙂🙂🙂", "PAPA4K7M2"])  # fmt: skip
def test_what_is_no_code_is_none(written: str) -> None:
    assert read_code(written) is None


@given(st.text())
def test_any_text_may_be_asked_for(written: str) -> None:
    found = read_code(written)
    assert found is None or read_code(found) == found
