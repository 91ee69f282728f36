"""What a text names: codes and personal numbers, units, places, money, people and durations.

Patterns run over the folded text, and the spans are mapped back, so they are right with diacritics,
without, and in decomposed Unicode.
"""

from typing import Dict, Iterator, List, NamedTuple

from components.identifiers import find_identifiers
from components.places import find_places
from components.quantities import find_quantities
from components.text import fold_with_offsets, is_accented
from components.units import find_units
from components.words import words_of

# Of two that overlap the earlier of this list stays: what has one exact form first, then what must
# not be lost (whom a text accuses), then the more particular. So "UBND xã Phúc An" is a unit and no
# place, and "từ tháng 3 người dân" a duration and no three people.
ENTITIES = (
    "case_code",
    "account_number",
    "identity_number",
    "phone_number",
    "money",
    "unit",
    "time_since",
    "place",
    "people_count",
)


class Entity(NamedTuple):
    """A mention; `start` and `end` count the text's own characters; "" where it has no role."""

    start: int
    end: int
    entity: str
    value: str
    role: str


def find_mentions(text: str) -> List[Dict[str, object]]:
    """Entities of a text in Rasa's shape, in reading order; none overlaps another."""
    return [_shaped(entity) for entity in find_entities(text)]


def find_entities(text: str) -> List[Entity]:
    """Entities of a text in reading order; none overlaps another.

    `value` has one form for codes (PA-7K2M9Q), numbers (digits), money (đồng, digits) and people
    (digits); the others' is the text itself.
    """
    folded, offsets = fold_with_offsets(text)
    found = []
    for start, end, entity, value, role in _all(text, folded, offsets):
        first, last = offsets[start], offsets[end]
        found.append(Entity(first, last, entity, value or text[first:last], role))
    return without_overlaps(found)


def _all(text: str, folded: str, offsets: List[int]) -> Iterator[Entity]:
    words, accents = words_of(text, folded, offsets), is_accented(text)
    for identifier in find_identifiers(folded):
        yield Entity(*identifier)
    for unit in find_units(folded, words, accents):
        yield Entity(unit.start, unit.end, "unit", "", unit.role)
    for start, end in find_places(folded, words, accents):
        yield Entity(start, end, "place", "", "")
    for quantity in find_quantities(folded, words, accents):
        yield Entity(*quantity, "")


def without_overlaps(entities: List[Entity]) -> List[Entity]:
    """The entities that stay, in reading order: by the order of ENTITIES, then the longer."""
    kept: List[Entity] = []
    taken = set()
    for entity in sorted(entities, key=_rank):
        span = range(entity.start, entity.end)
        if taken.isdisjoint(span):
            taken.update(span)
            kept.append(entity)
    return sorted(kept)


def _rank(entity: Entity) -> tuple:
    return ENTITIES.index(entity.entity), entity.start - entity.end, entity.start


def _shaped(entity: Entity) -> Dict[str, object]:
    shaped: Dict[str, object] = entity._asdict()
    if not entity.role:
        del shaped["role"]
    return shaped
