"""A text as words for reading names and places: each with its folded form and its place."""

import re
import unicodedata
from bisect import bisect_left
from typing import Dict, FrozenSet, Iterable, List, NamedTuple, Sequence

from components.syllables import SPELLINGS
from components.text import fold

_WORD = re.compile(r"[^\W\d_]+|\d+")


class Word(NamedTuple):
    """A run of letters or of digits; `start` and `end` count characters of the folded text."""

    start: int
    end: int
    folded: str  # Lower case, no diacritics.
    accented: str  # Lower case, as written, in NFC and today's spelling.
    is_capital: bool
    gap: str  # What stands between it and the word before.


def words_of(text: str, folded: str, offsets: Sequence[int]) -> List[Word]:
    """The words of a text in reading order; the others are what `fold_with_offsets` gives."""
    has_case = not _is_shouted(folded)
    found: List[Word] = []
    last = 0
    for match in _WORD.finditer(folded):
        start, end = match.span()
        written = unicodedata.normalize("NFC", text[offsets[start] : offsets[end]]).lower()
        is_capital = has_case and match.group()[0].isupper()
        found.append(
            Word(
                start,
                end,
                match.group().lower(),
                SPELLINGS.get(written, written),
                is_capital,
                folded[last:start],
            )
        )
        last = end
    return found


def _is_shouted(folded: str) -> bool:
    """Whether a text is written in capitals, which then say nothing about names."""
    letters = [char for char in folded if char.isalpha()]
    return len(letters) > 3 and sum(char.isupper() for char in letters) > 0.6 * len(letters)


def is_word(word: Word, accented: str, accents: bool) -> bool:
    """Whether a word is this one: with its diacritics, or bare in a text that has none."""
    if word.accented == accented:
        return True
    return not accents and word.folded == word.accented == fold(accented)


Meanings = Dict[str, FrozenSet[str]]  # A folded word -> the words that it may stand for.


def meanings(vocabulary: str) -> Meanings:
    """The words of a pattern over folded text, as they are written with diacritics."""
    found: Meanings = {}
    for word in vocabulary.split():
        found[fold(word)] = found.get(fold(word), frozenset()) | {word}
    return found


def are_meant(words: Iterable[Word], vocabulary: Meanings) -> bool:
    """Whether words of an accented text have the diacritics of a vocabulary: "sáu nhà" counts
    houses, "sau nhà" is behind one. Words that the vocabulary does not know may be anything."""
    return all(word.accented in vocabulary.get(word.folded, (word.accented,)) for word in words)


def words_between(words: Sequence[Word], start: int, end: int) -> Sequence[Word]:
    """The words that begin in folded[start:end]; `words` are in reading order."""
    first = bisect_left(words, (start,))  # A Word compares as a tuple that begins with `start`.
    return words[first : bisect_left(words, (end,), first)]
