"""Place names with a small slip of the fingers or of the ear: "xã Vĩnh Bảoo", "phường Lê Trân".

Asked only where nothing was found as written, and never believed without asking: whoever calls
offers what is found here as "did you mean ...?".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import DamerauLevenshtein
from rapidfuzz.process import extract

from routing.mentions import Referent, sign_before, slip_key
from routing.text import Token, tokenise

# One edit in a short name leads to too many others.
SHORTEST_SIGNED, SHORTEST_BARE = 5, 7
_EDITS = 1
_LONGEST_NAME = 4
_MOST = 6
_SIGNS = ("ward", "district")
# Spellings that sound alike to many northerners, besides l for n.
_SOUNDS = tuple((re.compile(p), r) for p, r in (("^tr", "ch"), ("^x", "s"), ("^(gi|r)(?=.)", "d")))


@dataclass(frozen=True)
class Guess:
    """What a misspelt name may mean; `offsets` of the name in the text."""

    referents: tuple[Referent, ...]
    offsets: tuple[int, int]


class Spellings:
    """The names of a province by how they sound, to be compared with what was typed."""

    def __init__(self, named: Iterable[tuple[str, Referent]]) -> None:
        self._named: dict[str, list[Referent]] = {}
        for words, referent in named:
            if referent.level in ("ward", "old_ward", "older_ward", "district"):
                self._named.setdefault(_sound(tokenise(words)), []).append(referent)
        self._keys = list(self._named)

    def guess(self, tokens: Sequence[Token]) -> Guess | None:
        """The names one slip away from the words after the first "xã", "huyện", ... that has any,
        or from the whole text where it is nothing but a name."""
        for start, kind, is_district in _after_signs(tokens):
            for length in range(min(_LONGEST_NAME, len(tokens) - start), 0, -1):
                words = tokens[start : start + length]
                found = [r for r in self._near(words, SHORTEST_SIGNED) if _fits(r, is_district)]
                if found:
                    own = [r for r in found if r.kind == kind] or found
                    return Guess(tuple(own), (words[0].start, words[-1].end))
        if 1 < len(tokens) <= _LONGEST_NAME:
            found = list(self._near(tokens, SHORTEST_BARE))
            if found:
                return Guess(tuple(found), (tokens[0].start, tokens[-1].end))
        return None

    def _near(self, words: Sequence[Token], shortest: int) -> Iterator[Referent]:
        key = _sound(words)
        if len(key.replace(" ", "")) < shortest:
            return
        near = extract(
            key, self._keys, scorer=DamerauLevenshtein.distance, score_cutoff=_EDITS, limit=_MOST
        )
        for match, _, _ in near:
            # A digit names another ward ("Đông Hải 2"), it is no slip.
            if _digits(match) == _digits(key):
                yield from self._named[match]


def _after_signs(tokens: Sequence[Token]) -> Iterator[tuple[int, str | None, bool]]:
    for start in range(1, len(tokens)):
        sign, kind, _ = sign_before(tokens, start)
        if sign in _SIGNS:
            yield start, kind, sign == "district"


def _fits(referent: Referent, is_district: bool) -> bool:
    return (referent.level == "district") == is_district


def _sound(words: Sequence[Token]) -> str:
    return " ".join(_syllable(token.folded) for token in words)


def _syllable(folded: str) -> str:
    for pattern, replacement in _SOUNDS:
        folded = pattern.sub(replacement, folded)
    return slip_key(folded)


def _digits(key: str) -> str:
    return "".join(character for character in key if character.isdigit())
