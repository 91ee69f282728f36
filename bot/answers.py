"""Answers that come with the model, filled in with the facts of the province. Pure.

They stand in `rasa_project/domain.yml` (see docs/decisions/0010-faq-answers-with-the-model.md) and
know no province: what one knows stands in braces, and `FACTS` is all that may stand there.
"""

from collections import Counter
from collections.abc import Callable
from string import Formatter

from routing.tables import Pack


def _usual_days(pack: Pack) -> str:
    """The limit that most categories have."""
    (days, _), *_ = Counter(pack.limits.answer_days.values()).most_common(1)
    return str(days)


FACTS: dict[str, Callable[[Pack], str]] = {
    "province": lambda pack: pack.name,
    "operator": lambda pack: pack.front_desk.operator,
    "reception": lambda pack: pack.front_desk.reception,
    "office_hours": lambda pack: pack.front_desk.office_hours,
    "hotlines": lambda pack: ", ".join(pack.front_desk.hotlines),
    "answer_days": _usual_days,
}


def checked(template: str) -> str:
    """The template itself. Raises ValueError if anything stands in braces but a name of `FACTS`."""
    for _, name, form, conversion in Formatter().parse(template):
        if name is not None and (name not in FACTS or form or conversion):
            raise ValueError(f"an answer with an unknown placeholder: {name}")
    return template


def filled(template: str, pack: Pack) -> str:
    """What the citizen reads, for a template that was checked."""
    return template.format_map({name: fact(pack) for name, fact in FACTS.items()})
