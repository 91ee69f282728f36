"""Figures of what a model understood: pure functions from judged answers to numbers.

A `Reading` is one grievance in one way of writing, beside what the model made of it; a `Message`
is one short message beside the intent it was given; a `Spotted` is one text with the entities that
are in it and those that were found. Standard library only: both Python environments import this.
"""

import math
from collections import Counter
from typing import Dict, List, NamedTuple, Optional, Sequence, Tuple

REPORT = "report"
DENUNCIATION = "to_cao"
BINS = 10
# What a recorded figure may lose before it counts as worse: one point.
POINT = 0.01
# Recorded figures are rounded to six digits.
ROUNDING = 1e-5
Pair = Tuple[str, str]


class Reading(NamedTuple):
    """`guesses` are the categories, best first; `confidence` is that of the first."""

    style: str
    text: str
    category: str
    secondary: Optional[str]
    legal_type: str
    intent: str
    guesses: Tuple[str, ...]
    confidence: float
    # None where the pipeline says nothing about legal types.
    legal_guess: Optional[str]

    @property
    def guess(self) -> str:
        """The category that the model puts first."""
        return self.guesses[0]

    @property
    def right(self) -> bool:
        """A grievance may belong to two fields; either is where it can be answered."""
        return self.guess in (self.category, self.secondary)

    @property
    def truth(self) -> str:
        """The first field; the second where the model chose it, as `right` counts it."""
        return self.guess if self.right else self.category


class Message(NamedTuple):
    """A short message: the intent that it has, the one that was read, and how surely."""

    text: str
    intent: str
    guess: str
    confidence: float


class Spotted(NamedTuple):
    """Entities as (name, exact text): those that are in the text, and those that were found."""

    text: str
    meant: Tuple[Pair, ...]
    found: Tuple[Pair, ...]


class Figure(NamedTuple):
    """A number to compare with later ones. `one_text` is what one text can move it by."""

    value: float
    one_text: float
    higher_is_better: bool = True


class Score(NamedTuple):
    """How often something is there, how often it is said, and how often both."""

    support: int
    said: int
    hits: int

    @property
    def precision(self) -> float:
        """Right when said; 0 where it was never said."""
        return self.hits / self.said if self.said else 0.0

    @property
    def recall(self) -> float:
        """Found when there; 0 where it never was."""
        return self.hits / self.support if self.support else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of both; 0 where neither occurs."""
        total = self.support + self.said
        return 2 * self.hits / total if total else 0.0


class Bin(NamedTuple):
    """Answers of like confidence: their mean confidence and the share that is right."""

    texts: int
    confidence: float
    accuracy: float


def share(flags: Sequence[bool]) -> Figure:
    """The part that is true. Raises ValueError for none: a share of nothing says nothing."""
    if not flags:
        raise ValueError("a share of no texts")
    return Figure(sum(flags) / len(flags), 1 / len(flags))


def scores(pairs: Sequence[Pair]) -> Dict[str, Score]:
    """By label, in the order of the alphabet, from (truth, guess) pairs."""
    truths, guesses = Counter(t for t, _ in pairs), Counter(g for _, g in pairs)
    hits = Counter(t for t, g in pairs if t == g)
    names = sorted(truths.keys() | guesses.keys())
    return {name: Score(truths[name], guesses[name], hits[name]) for name in names}


def category_scores(readings: Sequence[Reading]) -> Dict[str, Score]:
    """By category; where the second field was chosen, it counts as the truth."""
    return scores([(r.truth, r.guess) for r in readings])


def macro_f1(pairs: Sequence[Pair]) -> Figure:
    """The mean F1 of the labels that occur as truth or guess, rare ones weighing like common ones.

    One wrong text costs one label its recall and another its precision: about two texts' worth.
    """
    each = [score.f1 for score in scores(pairs).values()]
    return Figure(sum(each) / len(each), 2 / len(pairs))


def calibration_bins(answers: Sequence[Tuple[float, bool]], bins: int = BINS) -> List[Bin]:
    """Answers as (confidence, right) in equal bins of confidence, the empty bins left out."""
    inside: Dict[int, List[Tuple[float, bool]]] = {}
    for confidence, right in answers:
        inside.setdefault(min(int(confidence * bins), bins - 1), []).append((confidence, right))
    return [
        Bin(
            len(group), sum(c for c, _ in group) / len(group), sum(r for _, r in group) / len(group)
        )
        for _, group in sorted(inside.items())
    ]


def calibration_error(answers: Sequence[Tuple[float, bool]], bins: int = BINS) -> Figure:
    """Expected calibration error: |confidence - accuracy| of the bins, weighted by their size."""
    gaps = (b.texts * abs(b.confidence - b.accuracy) for b in calibration_bins(answers, bins))
    return Figure(sum(gaps) / len(answers), 1 / len(answers), higher_is_better=False)


def coverage(answers: Sequence[Tuple[float, bool]]) -> List[Tuple[float, float]]:
    """(share answered, share right of those) when the most confident 1, 2, … are answered."""
    ordered = sorted(answers, key=lambda answer: -answer[0])
    points, hits = [], 0
    for count, (_, right) in enumerate(ordered, start=1):
        hits += right
        points.append((count / len(ordered), hits / count))
    return points


def confident_half(answers: Sequence[Tuple[float, bool]]) -> Figure:
    """The share that is right in the half with the highest confidence (the larger half)."""
    half = (len(answers) + 1) // 2
    return Figure(coverage(answers)[half - 1][1], 1 / half)


def confidences(readings: Sequence[Reading]) -> List[Tuple[float, bool]]:
    """(confidence of the first category, whether it is right)."""
    return [(r.confidence, r.right) for r in readings]


def confusions(readings: Sequence[Reading]) -> List[Tuple[Pair, List[Reading]]]:
    """((category, wrong guess), readings), the most frequent first."""
    found: Dict[Pair, List[Reading]] = {}
    for reading in readings:
        if not reading.right:
            found.setdefault((reading.category, reading.guess), []).append(reading)
    return sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))


def matrix(pairs: Sequence[Pair], names: Sequence[str]) -> List[List[int]]:
    """Counts: a row a truth, a column a guess, in the order of `names`."""
    counts = Counter(pairs)
    return [[counts[truth, guess] for guess in names] for truth in names]


def legal_pairs(readings: Sequence[Reading]) -> List[Pair]:
    """(legal type, what was said), without answers that say nothing about it."""
    return [(r.legal_type, r.legal_guess) for r in readings if r.legal_guess is not None]


def denunciations(readings: Sequence[Reading]) -> Score:
    """Tố cáo: how many there are, how many were called so, how many rightly."""
    return scores(legal_pairs(readings)).get(DENUNCIATION, Score(0, 0, 0))


def entity_scores(spotted: Sequence[Spotted]) -> Dict[str, Score]:
    """By entity. A find is right when name and exact text agree, each mention once."""
    support: Counter[str] = Counter()
    said: Counter[str] = Counter()
    hits: Counter[str] = Counter()
    for item in spotted:
        meant, found = Counter(item.meant), Counter(item.found)
        support.update(name for name, _ in item.meant)
        said.update(name for name, _ in item.found)
        hits.update(name for name, _ in (meant & found).elements())
    names = sorted(support.keys() | said.keys())
    return {name: Score(support[name], said[name], hits[name]) for name in names}


def total(parts: Dict[str, Score]) -> Score:
    """All labels together."""
    return Score(
        sum(s.support for s in parts.values()),
        sum(s.said for s in parts.values()),
        sum(s.hits for s in parts.values()),
    )


def wilson(value: float, count: int) -> Tuple[float, float]:
    """The 95% interval of a share of `count` texts (Wilson's, good for small counts and near 1)."""
    z = 1.96
    centre = value + z * z / (2 * count)
    width = z * math.sqrt(value * (1 - value) / count + z * z / (4 * count * count))
    return (centre - width) / (1 + z * z / count), (centre + width) / (1 + z * z / count)


def reading_figures(readings: Sequence[Reading]) -> Dict[str, Figure]:
    """The figures of grievances, of one way of writing or of all."""
    answers = confidences(readings)
    figures = {
        "first field": share([r.guess == r.category for r in readings]),
        "first or second field": share([r.right for r in readings]),
        "within first three": share(
            [bool({r.category, r.secondary} & set(r.guesses[:3])) for r in readings]
        ),
        "macro-F1": macro_f1([(r.truth, r.guess) for r in readings]),
        "macro-F1, first field only": macro_f1([(r.category, r.guess) for r in readings]),
        "confident half": confident_half(answers),
        "calibration error": calibration_error(answers),
        "read as a report": share([r.intent == REPORT for r in readings]),
    }
    if any(r.legal_guess is not None for r in readings):
        said = denunciations(readings)
        figures["legal type"] = share([m == g for m, g in legal_pairs(readings)])
        figures["tố cáo recall"] = Figure(said.recall, 1 / max(1, said.support))
        figures["tố cáo precision"] = Figure(said.precision, 1 / max(1, said.said))
    return figures


def message_figures(messages: Sequence[Message]) -> Dict[str, Figure]:
    """The figures of short messages."""
    hits = [m.intent == m.guess for m in messages]
    return {
        "intent": share(hits),
        "not read as a report": share([m.guess != REPORT for m in messages]),
        "calibration error": calibration_error(
            [(m.confidence, hit) for m, hit in zip(messages, hits, strict=True)]
        ),
    }


def entity_figures(spotted: Sequence[Spotted]) -> Dict[str, Figure]:
    """The figures of all entities together."""
    whole = total(entity_scores(spotted))
    return {
        "precision": Figure(whole.precision, 1 / max(1, whole.said)),
        "recall": Figure(whole.recall, 1 / max(1, whole.support)),
    }


def is_worse(recorded: Figure, now: float) -> bool:
    """Whether a figure fell by more than a point, or by more than one text where that is more."""
    fall = recorded.value - now if recorded.higher_is_better else now - recorded.value
    return fall > max(POINT, recorded.one_text) + ROUNDING
