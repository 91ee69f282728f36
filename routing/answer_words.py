"""The words by which an answer that says nothing is told from one that says what was done.

`cases.substance` judges by them; the table `answers.csv` of the pack holds them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from routing.reading import Problems, Row
from routing.text import Phrases, tokenise

# What a phrase of the table is. VAGUE says where a matter went and not what was done; AT_END does
# so only at the end of a clause. WEAK claims a deed without naming it. COURTESY and FILLER say
# nothing; fillers are left out before phrases are looked for. DEED is something done. EXAMPLE is
# no phrase but a whole good answer, shown to whoever wrote none.
VAGUE, AT_END, WEAK, COURTESY = "vague", "at_end", "weak", "courtesy"
FILLER, DEED, EXAMPLE = "filler", "deed", "example"
KINDS = (VAGUE, AT_END, WEAK, COURTESY, FILLER, DEED, EXAMPLE)


@dataclass(frozen=True)
class AnswerWords:
    """`empty` finds what says nothing, with its kind; `deeds` what was done."""

    empty: Phrases[str]
    deeds: Phrases[str]
    fillers: Phrases[str]
    vague: tuple[str, ...]  # As they are written, for tests of the rules.
    examples: tuple[str, ...]


def build_answer_words(rows: Iterable[Row], problems: Problems) -> AnswerWords:
    """The words of a table's rows. A problem: a kind that there is not, no phrase, or a phrase with
    a filler in it, which would never be found."""
    of_kind: dict[str, list[str]] = {kind: [] for kind in KINDS}
    table = list(rows)
    fillers = _phrases(row["phrase"] for row in table if row["kind"] == FILLER and row["phrase"])
    for row in table:
        if row["kind"] not in of_kind or not tokenise(row["phrase"]):
            problems.add(row, f"no phrase, or unknown kind {row['kind']!r}")
        elif row["kind"] not in (FILLER, EXAMPLE) and any(
            fillers.everywhere(tokenise(row["phrase"]))
        ):
            problems.add(row, f"{row['phrase']!r} holds a filler")
        else:
            of_kind[row["kind"]].append(row["phrase"])
    empty: Phrases[str] = Phrases()
    for kind in (VAGUE, AT_END, WEAK, COURTESY):
        for phrase in of_kind[kind]:
            empty.add(phrase, kind)
    return AnswerWords(
        empty=empty,
        deeds=_phrases(of_kind[DEED]),
        fillers=fillers,
        vague=tuple(of_kind[VAGUE]),
        examples=tuple(of_kind[EXAMPLE]),
    )


def _phrases(written: Iterable[str]) -> Phrases[str]:
    phrases: Phrases[str] = Phrases()
    for phrase in written:
        phrases.add(phrase, phrase)
    return phrases
