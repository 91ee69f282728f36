"""Vietnamese words as citizens type them: normal form, folding, tokens, and phrases found in them.

Every comparison goes through a *folded* key (no diacritics, đ -> d, lower case), then asks whether
the diacritics that the citizen did type agree with the name. So "kien an", "Kiến An" and "KIẾN AN"
all meet the name, "Kiên An" does too (a tone left out), and "Kiện An" does not.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Generic, TypeVar

T = TypeVar("T")

_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
_DROP_MARKS: dict[int, str | None] = {**dict.fromkeys(range(0x300, 0x370)), ord("đ"): "d"}
# Letters and digits part company, so that "ql5", "p12" and "Đông Hải1" read as two words each.
_WORD = re.compile(r"[^\W\d_]+|\d+")
_GLUE = re.compile(r"[\s\-–'’_]*")
_TONE_OFFSET = -1


def normalise(text: str) -> str:
    """The text in Unicode NFC, the only form that the system stores and compares."""
    return unicodedata.normalize("NFC", text)


def fold(text: str) -> str:
    """Lower case without diacritics, đ as d: the key under which words are looked up."""
    return unicodedata.normalize("NFD", text.lower()).translate(_DROP_MARKS)


def marks(word: str) -> frozenset[tuple[int, str]]:
    """The diacritics of a word by letter index; the tone counts for the whole syllable.

    This makes "hoà" and "hòa", "thuỷ" and "thủy" the same word.
    """
    found: set[tuple[int, str]] = set()
    letter = -1
    for character in unicodedata.normalize("NFD", word.lower()):
        if not unicodedata.combining(character):
            letter += 1
            if character == "đ":
                found.add((letter, "đ"))
        else:
            found.add((_TONE_OFFSET if character in _TONES else letter, character))
    return frozenset(found)


def spelling(name: str) -> tuple[tuple[str, frozenset[tuple[int, str]]], ...]:
    """What two spellings of one name share, wherever the tone mark stands and whatever the case."""
    return tuple((fold(word), marks(word)) for word in name.split())


# Vietnamese has a few thousand syllables, so that nearly every word of a text was folded before.
_fold_word = lru_cache(maxsize=20_000)(fold)


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a text; `glued` is false when punctuation parts it from the word before."""

    word: str
    folded: str
    start: int
    end: int
    glued: bool

    @property
    def accented(self) -> bool:
        return self.word.lower() != self.folded

    @property
    def capital(self) -> bool:
        return self.word[0].isupper()


def tokenise(text: str) -> list[Token]:
    """The words of an NFC text in order; offsets are into that text."""
    tokens: list[Token] = []
    end = 0
    for match in _WORD.finditer(text):
        glued = _GLUE.fullmatch(text, end, match.start()) is not None
        word = match.group()
        tokens.append(Token(word, _fold_word(word), match.start(), match.end(), glued))
        end = match.end()
    return tokens


@dataclass(frozen=True, slots=True)
class Match(Generic[T]):
    """A phrase found at tokens[start:end]; `exact` when its diacritics are the phrase's own."""

    start: int
    end: int
    exact: bool
    slipped: bool
    payload: T


@dataclass(slots=True)
class _Node(Generic[T]):
    following: dict[str, _Node[T]] = field(default_factory=dict)
    ending: list[tuple[tuple[Token, ...], T]] = field(default_factory=list)


class Phrases(Generic[T]):
    """A trie of phrases over folded words; `key` may merge spellings further (l and n, say)."""

    def __init__(self, key: Callable[[str], str] = str) -> None:
        self._root: _Node[T] = _Node()
        self._key = key

    def add(self, phrase: str, payload: T) -> None:
        words = tuple(tokenise(normalise(phrase)))
        if not words:
            raise ValueError(f"a phrase needs a word: {phrase!r}")
        node = self._root
        for token in words:
            node = node.following.setdefault(self._key(token.folded), _Node())
        node.ending.append((words, payload))

    def at(self, tokens: Sequence[Token], start: int) -> list[Match[T]]:
        """Every phrase that begins at a token, the longest first; none crosses punctuation."""
        found: list[Match[T]] = []
        node = self._root.following.get(self._key(tokens[start].folded))
        end = start + 1
        while node is not None:
            for words, payload in node.ending:
                match = _compare(tokens[start:end], words, start, payload)
                if match is not None:
                    found.append(match)
            if end == len(tokens) or not tokens[end].glued:
                break
            node = node.following.get(self._key(tokens[end].folded))
            end += 1
        found.reverse()
        return found

    def everywhere(self, tokens: Sequence[Token]) -> Iterator[Match[T]]:
        """The phrases of a text from left to right, the longest at each place, none overlapping.

        Several phrases of one length at one place are all given.
        """
        start = 0
        while start < len(tokens):
            matches = self.at(tokens, start)
            longest = [m for m in matches if m.end == matches[0].end]
            yield from longest
            start = longest[0].end if longest else start + 1


def _compare(
    typed: Sequence[Token], words: Sequence[Token], start: int, payload: T
) -> Match[T] | None:
    exact, slipped = True, False
    for text_token, name_token in zip(typed, words, strict=True):
        slipped = slipped or text_token.folded != name_token.folded
        if text_token.word.lower() == name_token.word.lower():
            continue
        typed_marks, name_marks = marks(text_token.word), marks(name_token.word)
        if not _agrees(typed_marks, name_marks):
            return None
        exact = exact and typed_marks == name_marks
    return Match(start, start + len(words), exact and not slipped, slipped, payload)


def _agrees(typed: frozenset[tuple[int, str]], name: frozenset[tuple[int, str]]) -> bool:
    """Typed in full, not at all, or without its tone: "Kiên" may be Kiến, "Dương" not Đường."""
    if typed == name or not typed:
        return True
    return typed == frozenset(mark for mark in name if mark[0] != _TONE_OFFSET)
