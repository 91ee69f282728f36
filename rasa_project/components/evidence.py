"""Which of the citizen's own words gave a category: what staff read beside a decision.

The linear half of the model adds up a weight for each piece of a word and each pair of words; a
word's evidence is its share of that sum, against the average of the other categories. It explains,
it decides nothing. Knows nothing of Rasa.
"""

from typing import Dict, Iterator, List, NamedTuple, Sequence, Tuple

from components.text import normalise

MOST_SPANS = 3
LONGEST_SPAN = 4  # Words.
# A word counts beside the weightiest one from this part of its evidence on.
_BESIDE_BEST = 0.35
# Below this nothing stands out: the category comes from the whole of the text.
_LEAST = 0.15
_ENDS_CLAUSE = (".", ",", ";", ":", "!", "?", ")", "…")


class Span(NamedTuple):
    """Words of a text: text[start:end]."""

    start: int
    end: int


def telling_spans(text: str, normalised: str, evidence: Sequence[float]) -> List[Span]:
    """The spans of a text, as it was written, that weigh most, in reading order.

    `evidence` has a value for each word between spaces of the normalised text. A word that the
    writer did not write as one (nothing of it can be pointed at) is left out.
    """
    places = _places(text, normalised)
    best = max(evidence, default=0.0)
    if best < _LEAST or len(places) != len(evidence):
        return []
    found: List[Tuple[float, Span]] = []
    for first, last in _runs(text, places, [e >= _BESIDE_BEST * best for e in evidence]):
        start, end = places[first][0], places[last][1]
        found.append((sum(evidence[first : last + 1]), Span(start, end)))
    heaviest = sorted(found, key=lambda one: -one[0])[:MOST_SPANS]
    distinct = {span: weight for weight, span in heaviest if text[span.start : span.end].strip()}
    return sorted(_not_overlapping(distinct))


def _not_overlapping(spans: Dict[Span, float]) -> List[Span]:
    """A word that was spelt out as several has one place: it is shown once."""
    kept: List[Span] = []
    for span in sorted(spans):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return kept


def _runs(
    text: str, places: Sequence[Tuple[int, int]], telling: Sequence[bool]
) -> Iterator[Tuple[int, int]]:
    """The first and the last of telling words that stand together in one clause."""
    first = None
    for index, (is_telling, (start, end)) in enumerate(zip(telling, places, strict=True)):
        if not is_telling or not any(char.isalpha() for char in text[start:end]):
            first = None
            continue
        first = index if first is None else first
        is_last = index + 1 == len(places) or not telling[index + 1]
        is_last = is_last or text[end : end + 1] in _ENDS_CLAUSE
        if is_last or index + 1 - first == LONGEST_SPAN:
            yield first, index
            first = None


def _places(text: str, normalised: str) -> List[Tuple[int, int]]:
    """Where each word of the normalised text stands in the text; empty where that is unclear."""
    written = list(_written(text))
    count = len(normalised.split())
    if len(written) == count:
        return written
    spelt = [(place, len(normalise(text[slice(*place)]).split())) for place in written]
    places = [place for place, words in spelt for _ in range(words)]
    return places if len(places) == count else []


def _written(text: str) -> Iterator[Tuple[int, int]]:
    """The words between spaces, without the punctuation around them."""
    end = 0
    for word in text.split():
        start = text.index(word, end)
        end = start + len(word)
        inner = [i for i, char in enumerate(word) if char.isalnum()]
        yield (start + inner[0], start + inner[-1] + 1) if inner else (start, start)
