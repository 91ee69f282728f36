from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.text import Phrases, fold, normalise, tokenise


def test_folding_drops_diacritics_and_the_stroke_of_d() -> None:
    assert fold("Đường Ngõ Hẻm") == "duong ngo hem"


def test_digits_and_letters_are_words_of_their_own() -> None:
    assert [token.word for token in tokenise("ql5a, p.12")] == ["ql", "5", "a", "p", "12"]


@pytest.mark.parametrize("typed", ["Hoà Bình", "Hòa Bình", "hoa binh", "HÒA BÌNH", "Hoa Bình"])
def test_both_tone_placements_and_missing_marks_meet_a_name(typed: str) -> None:
    phrases: Phrases[str] = Phrases()
    phrases.add("Hòa Bình", "found")
    assert [match.payload for match in phrases.everywhere(tokenise(typed))] == ["found"]


@pytest.mark.parametrize("typed", ["Hóa Bình", "Hòa Bịnh", "Hòa, Bình", "Thủy Dương"])
def test_wrong_marks_and_punctuation_do_not(typed: str) -> None:
    phrases: Phrases[str] = Phrases()
    phrases.add("Hòa Bính", "found")
    phrases.add("Thủy Đường", "found")
    assert list(phrases.everywhere(tokenise(typed))) == []


@given(st.text())
def test_tokens_lie_where_they_say(text: str) -> None:
    normal = normalise(text)
    assert all(normal[t.start : t.end] == t.word for t in tokenise(normal))
