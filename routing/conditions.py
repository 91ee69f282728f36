"""The conditions of `responsibilities.csv`: a small vocabulary of pure predicates.

Conditions come in groups, and exactly one condition of a group holds for any matter. `always` is a
group of its own; `urban` and `rural` follow the ward's kind; every other group is words in the
pack's conditions.csv: the first condition (in the file's order) with a word in the text holds, and
the condition with an empty word holds when none does. Words under "-" are longer words that contain
another's ("thành phố" has no "phố") and mean nothing by themselves; the word under "?" is the
question that tells a group's conditions apart. A row may ask for several ("duong_khac+rural").
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from routing.text import Phrases, Token, normalise, tokenise

ALWAYS = "always"
URBAN, RURAL = "urban", "rural"
WARD_KIND = "ward_kind"
MASK, QUESTION = "-", "?"
_BUILT_IN = {ALWAYS: ALWAYS, URBAN: WARD_KIND, RURAL: WARD_KIND}


@dataclass(frozen=True)
class Held:
    """A condition that holds: the text's `words` say so, or `is_default`, for want of any."""

    condition: str
    words: str = ""
    is_default: bool = False


@dataclass(frozen=True)
class WordGroup:
    """Conditions told apart by words; `default` holds when no word of `order` was found.

    `question` asks a citizen for what was not found; empty where nobody wrote one.
    """

    order: tuple[str, ...]
    default: str
    phrases: Phrases[str]
    question: str = ""

    def holding(self, tokens: Sequence[Token]) -> Held:
        heard: dict[str, str] = {}
        for match in self.phrases.everywhere(tokens):
            words = " ".join(token.word for token in tokens[match.start : match.end])
            heard.setdefault(match.payload, words)
        first = next((condition for condition in self.order if condition in heard), None)
        return Held(self.default, is_default=True) if first is None else Held(first, heard[first])


@dataclass(frozen=True)
class Vocabulary:
    """All conditions of a pack: `group_of` names each condition's group."""

    groups: Mapping[str, WordGroup]
    group_of: Mapping[str, str]

    def members(self, group: str) -> frozenset[str]:
        """The conditions that together make up a group."""
        return frozenset(name for name, own in self.group_of.items() if own == group)


@dataclass(frozen=True)
class Circumstances:
    """The text and the ward's kind of one matter, which its conditions are read from."""

    vocabulary: Vocabulary
    text: str
    ward_kind: str | None

    def holding(self, group: str) -> Held | None:
        """The one condition that holds; None when it hangs on a ward that is not known."""
        if group not in self._known:
            self._known[group] = self._look(group)
        return self._known[group]

    def _look(self, group: str) -> Held | None:
        if group == ALWAYS:
            return Held(ALWAYS)
        if group == WARD_KIND:
            if self.ward_kind is None:
                return None
            return Held(URBAN if self.ward_kind == "phuong" else RURAL)
        return self.vocabulary.groups[group].holding(self._tokens)

    @cached_property
    def _known(self) -> dict[str, Held | None]:
        return {}

    @cached_property
    def _tokens(self) -> list[Token]:
        return tokenise(normalise(self.text))


def any_number(word: str) -> str:
    """The lookup key of a folded word: a number stands for any number, so "ql 0" finds "ql5"."""
    return "0" if word.isdigit() else word


def build_vocabulary(groups: Mapping[str, WordGroup]) -> Vocabulary:
    """Join the pack's word groups with the built-in ones."""
    group_of = dict(_BUILT_IN)
    for name, group in groups.items():
        group_of.update(dict.fromkeys((*group.order, group.default), name))
    return Vocabulary(groups, group_of)
