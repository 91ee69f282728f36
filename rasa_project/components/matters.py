"""Several matters in one message: where each begins and which category it has. Pure.

A message is cut where people begin something new: a line, a sentence, a number in a list, a word
such as "ngoài ra", "còn chuyện", "tiện thể". The pieces are classified; what says the same or too
little is joined, and only parts that then differ surely count as several. In doubt it is one: a
case that holds two matters is read by a person, while a matter cut in half is answered by two
agencies that each know half of it.
"""

import re
from typing import Callable, Dict, FrozenSet, List, NamedTuple, Set, Tuple

from components.text import fold_with_offsets

Scores = List[Tuple[str, float]]
Classify = Callable[[List[str]], List[Scores]]

MOST_MATTERS = 3
# A text in more pieces, or with more parts that may be matters, is for a person to read: each is
# classified, which takes time.
MOST_PIECES = 12
LONGEST = 1_200  # In characters; nor is a longer one cut.
MOST_PARTS = 8
# A shorter part (in words) says too little to be a matter of its own.
FEWEST_WORDS = 5
# The same where nothing but a full stop or a line sets it apart.
FEWEST_WORDS_UNANNOUNCED = 9


class Limits(NamedTuple):
    """How sure the classifier must be; chosen with evaluation/matters.jsonl."""

    announced: float = 0.5  # After words that announce something new: "ngoài ra", "2.".
    unannounced: float = 0.85  # After a mere full stop; and for categories that go together.
    alike: float = 0.1  # The most that a part may look like another part's category.


MEASURED_LIMITS = Limits()


class Matter(NamedTuple):
    """One matter: its span in the text, its category and how sure that is (0..1)."""

    start: int
    end: int
    category: str
    confidence: float


class _Piece(NamedTuple):
    start: int
    says_from: int  # After the words that only announce it.
    end: int
    is_announced: bool


class _Part(NamedTuple):
    piece: _Piece
    scores: Scores

    @property
    def category(self) -> str:
        return self.scores[0][0]

    @property
    def confidence(self) -> float:
        return self.scores[0][1]


_THING = r"(?:chuyen|vu|viec|dieu)"
# Patterns for folded text. These announce something new wherever they stand.
_ANNOUNCES = (
    rf"ngoai ra|ben canh do|tien (?:the|day)|nhan (?:tien|day)|san (?:tien|day)|voi lai|vs lai|"
    rf"dong thoi|them nua|(?:them|con) (?:mot |1 )?{_THING} (?:nay )?(?:nua|khac)|"
    rf"con (?:{_THING}|cai|ve)|(?:mot |1 )?{_THING} (?:nay )?(?:nua|khac)"
)
# These begin a list, or its first matter after what introduces it, and announce nothing new …
_FIRST_ITEM = (
    rf"(?:{_THING} )?thu (?:nhat|1)\b|mot la\b|{_THING} (?:so )?1\b|1[.)/](?=\s)|a\)(?=\s)"
)
# … and these do, but only after such a beginning: "thứ hai" is a Monday too, "tháng 3." a date.
_LATER_ITEM = (
    rf"(?:{_THING} )?thu (?:hai|ba|2|3)\b|(?:hai|ba) la\b|{_THING} (?:so )?[23]\b|"
    r"[23][.)/](?=\s)|[bc]\)(?=\s)"
)
_BULLET = re.compile(r"[-+*•]\s+")
_SEPARATOR = re.compile(r"\n\s*|(?<=[.!?…;])\s+")
_MARKER = re.compile(
    rf"(?:(?<=[\s,:;(])|^)(?:(?P<first>{_FIRST_ITEM})|(?P<later>{_LATER_ITEM})|"
    rf"(?P<announces>(?:{_ANNOUNCES})\b))[\s:,.]*",
    re.IGNORECASE,
)
# After "ngoài ra" the same people or thing may go on: "ngoài ra họ còn …".
_STILL_THE_SAME = re.compile(
    r"(?:con|ho|no|chung|(?:ong|ba|co|anh|chi) (?:ay|ta))\b", re.IGNORECASE
)
# The cause, course or wish of what stands before: never the beginning of a new matter.
_GOES_ON = re.compile(
    r"(?:nen|vi|do|cho nen|the nen|the la|lam cho|khien|dan den|gay|hau qua|moi khi|mua|hom|sang|"
    r"toi qua|lan|bao|goi|hoi|de nghi|kinh|mong|yeu cau|xin|da|ho|no|roi|den nay|khong|ma|va|thi|"
    r"hon nua|nhung)\b",
    re.IGNORECASE,
)
# Categories that one matter often touches together.
_COMPANIONS: Tuple[FrozenSet[str], ...] = tuple(
    frozenset(names.split())
    for names in (
        "roads drainage_flooding waste_pollution traffic_order transport",
        "lighting_trees public_security traffic_order roads electricity",
        "official_conduct corruption admin_procedures land_title land_clearance social_policy",
        "construction_order land_title land_clearance traffic_order noise roads",
        "noise culture_religion public_security waste_pollution construction_order",
        "agriculture_irrigation waste_pollution water_supply drainage_flooding health_food",
        "education health_food official_conduct corruption",
        "market_tax health_food official_conduct",
        "electricity water_supply telecom",
    )
)


def split_matters(text: str, classify: Classify, limits: Limits = MEASURED_LIMITS) -> List[Matter]:
    """The matters of a text in reading order, at most three; together they cover all of it.

    `classify` gives each text's categories with confidences that sum to one, best first. One
    matter, the whole text, unless its parts differ surely.
    """
    pieces = _cut(text) if len(text) <= LONGEST else []
    if 1 < len(pieces) <= MOST_PIECES:
        parts = _parts(text, pieces, classify, limits)
        if len(parts) <= MOST_PARTS:
            parts = _joined(text, parts, classify, limits)
        if 1 < len(parts) <= MOST_MATTERS and _differ(parts, limits):
            return [Matter(p.piece.start, p.piece.end, p.category, p.confidence) for p in parts]
    category, confidence = classify([text])[0][0]
    return [Matter(0, len(text), category, confidence)]


def _cut(text: str) -> List[_Piece]:
    """The text cut wherever something new may begin."""
    folded, offsets = fold_with_offsets(text)
    starts = {0} | {match.end() for match in _SEPARATOR.finditer(folded)}
    said = _announced(folded, starts)
    bounds = [0, *sorted((starts | set(said)) - {0, len(folded)})]
    return [
        _Piece(offsets[start], offsets[said.get(start, start)], offsets[end], start in said)
        for start, end in zip(bounds, [*bounds[1:], len(folded)], strict=True)
    ]


def _announced(folded: str, starts: Set[int]) -> Dict[int, int]:
    """Where something new is announced, and where the words that announce it end."""
    said: Dict[int, int] = {}
    in_list = False
    for match in _MARKER.finditer(folded):
        in_list = in_list or match["first"] is not None
        is_new = match["announces"] is not None or (match["later"] is not None and in_list)
        if is_new and not _STILL_THE_SAME.match(folded, match.end()):
            said[match.start()] = match.end()
    items = [match for start in sorted(starts) if (match := _BULLET.match(folded, start))]
    return said | {match.start(): match.end() for match in items[1:]}


def _parts(text: str, pieces: List[_Piece], classify: Classify, limits: Limits) -> List[_Part]:
    """Pieces put together up to the next one that begins something new."""
    scores = classify([text[piece.says_from : piece.end] for piece in pieces])
    groups: List[_Piece] = []
    sure = ""  # The category that a piece of the open group surely has.
    for piece, (best, *_) in zip(pieces, scores, strict=True):
        category, confidence = best
        is_sure = confidence >= limits.unannounced and _may_begin(text, piece)
        is_other = is_sure and sure not in ("", category) and not _go_together(sure, category)
        if not groups or piece.is_announced or is_other:
            groups.append(piece)
            sure = category if is_sure else ""
        else:
            groups[-1] = groups[-1]._replace(end=piece.end)
            sure = sure or (category if is_sure else "")
    again = classify([text[group.says_from : group.end] for group in groups])
    return [_Part(group, row) for group, row in zip(groups, again, strict=True)]


def _may_begin(text: str, piece: _Piece) -> bool:
    """Whether the piece could stand at the beginning of a matter that nothing announces."""
    words = fold_with_offsets(text[piece.start : piece.end])[0].split()
    return len(words) >= FEWEST_WORDS_UNANNOUNCED and not _GOES_ON.match(" ".join(words))


def _joined(text: str, parts: List[_Part], classify: Classify, limits: Limits) -> List[_Part]:
    """Neighbours that say the same, and what says too little, made one."""
    for index, part in enumerate(parts):
        is_weak = len(text[part.piece.start : part.piece.end].split()) < FEWEST_WORDS
        is_weak = is_weak or part.confidence < limits.announced
        is_same = index > 0 and parts[index - 1].category == part.category
        if len(parts) > 1 and (is_weak or is_same):
            first = max(index - 1, 0)
            left, right = parts[first].piece, parts[first + 1].piece
            both = left._replace(end=right.end)
            one = _Part(both, classify([text[both.says_from : both.end]])[0])
            return _joined(text, [*parts[:first], one, *parts[first + 2 :]], classify, limits)
    return parts


def _differ(parts: List[_Part], limits: Limits) -> bool:
    """Whether every two parts are surely two matters."""
    return all(
        _are_two(one, other, limits)
        for index, one in enumerate(parts)
        for other in parts[index + 1 :]
    )


def _are_two(one: _Part, other: _Part, limits: Limits) -> bool:
    if one.category == other.category:
        return False
    likeness = max(dict(one.scores)[other.category], dict(other.scores)[one.category])
    is_clear = min(one.confidence, other.confidence) >= limits.unannounced
    needs_clear = _go_together(one.category, other.category) or not other.piece.is_announced
    return likeness <= limits.alike and (is_clear or not needs_clear)


def _go_together(one: str, other: str) -> bool:
    return any({one, other} <= names for names in _COMPANIONS)
