"""Numbered choices, on a channel without buttons: what a typed number means. Pure.

Threat: "1" taken for the first choice of another question than the one that it answers, which
files or closes a case that nobody meant. So the numbers of questions that stand open together never
overlap, and whatever a citizen says or is asked next ends them: a later "1" is only words.
"""

from typing import Any

from bot.channel import Rows
from routing.text import fold

# As a citizen's row keeps it: number, label, data and the reply that offered it.
Choice = dict[str, Any]


def offer(standing: list[Choice], rows: Rows, reply_id: int) -> tuple[list[Choice], list[Choice]]:
    """The buttons of a reply as choices, and all that stand with them. A reply that is sent again
    offers its own anew."""
    others = [choice for choice in standing if choice["reply"] != reply_id]
    first = max((choice["number"] for choice in others), default=0) + 1
    buttons = [button for row in rows for button in row]
    offered = [
        {"number": n, "label": b["text"], "data": b["callback_data"], "reply": reply_id}
        for n, b in enumerate(buttons, start=first)
    ]
    return offered, [*others, *offered]


def chosen(standing: list[Choice], words: str) -> str | None:
    """The data of the choice whose number or label these words are; None for any other words. Of
    equal labels the newest counts."""
    typed = fold(words).strip(" .)")
    for choice in reversed(standing):
        if typed in (str(choice["number"]), fold(choice["label"])):
            return str(choice["data"])
    return None
