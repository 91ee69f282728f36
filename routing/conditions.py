"""The conditions of `responsibilities.csv`: a small vocabulary of pure predicates.

Conditions come in groups, and exactly one condition of a group holds for any matter. `always` is a
group of its own; `urban` and `rural` follow the ward's kind; every other group is words in the
pack's conditions.csv: the first condition (in the file's order) with a word in the text holds, and
the condition with an empty word holds when none does. Words under "-" are longer words that contain
another's ("thành phố" has no "phố") and mean nothing by themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from routing.text import Phrases, normalise, tokenise

ALWAYS = "always"
URBAN, RURAL = "urban", "rural"
_WARD_KIND = "ward_kind"
_BUILT_IN = {ALWAYS: ALWAYS, URBAN: _WARD_KIND, RURAL: _WARD_KIND}


@dataclass(frozen=True)
class WordGroup:
    """Conditions told apart by words; `default` holds when no word of `order` was found."""

    order: tuple[str, ...]
    default: str
    phrases: Phrases[str]

    def holding(self, text: str) -> str:
        heard = {match.payload for match in self.phrases.everywhere(tokenise(normalise(text)))}
        return next((condition for condition in self.order if condition in heard), self.default)


@dataclass(frozen=True)
class Vocabulary:
    """All conditions of a pack: `group_of` names each condition's group."""

    groups: Mapping[str, WordGroup]
    group_of: Mapping[str, str]

    def members(self, group: str) -> frozenset[str]:
        """The conditions that together make up a group."""
        return frozenset(name for name, own in self.group_of.items() if own == group)

    def holding(self, group: str, text: str, ward_kind: str | None) -> str | None:
        """The one condition that holds; None when it hangs on a ward that is not known."""
        if group == ALWAYS:
            return ALWAYS
        if group == _WARD_KIND:
            return None if ward_kind is None else (URBAN if ward_kind == "phuong" else RURAL)
        return self.groups[group].holding(text)


def any_number(word: str) -> str:
    """The lookup key of a folded word: a number stands for any number, so "ql 0" finds "ql5"."""
    return "0" if word.isdigit() else word


def build_vocabulary(groups: Mapping[str, WordGroup]) -> Vocabulary:
    """Join the pack's word groups with the built-in ones."""
    group_of = dict(_BUILT_IN)
    for name, group in groups.items():
        group_of.update(dict.fromkeys((*group.order, group.default), name))
    return Vocabulary(groups, group_of)
