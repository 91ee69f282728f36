"""Which answer to a question is given: the surest key of its intent, or the general one. Pure."""

from typing import Dict, Tuple

# The answer that is never wrong, for a question of which only the intent is sure.
GENERAL_KEYS: Dict[str, str] = {
    "ask_how": "start",
    "ask_anonymity": "who_reads",
    "ask_deadline": "how_long",
    "ask_agency": "who_answers",
    "ask_procedure": "papers",
}
# A key less sure than this, within its intent, is not believed.
LEAST_SURE = 0.4


def choose_key(intent: str, keys: Dict[str, float]) -> Tuple[str, float]:
    """The key of the answer to give and its confidence within the intent.

    `keys` holds every key of the intent (without the intent's name) with its probability, of any
    scale; equal ones are told apart by name. Raises ValueError where there is none to choose from.
    """
    if not keys:
        raise ValueError(f"{intent} has no answers")
    total = sum(keys.values()) or 1.0
    best = min(keys, key=lambda key: (-keys[key], key))
    general = GENERAL_KEYS.get(intent, best)
    chosen = general if keys[best] / total < LEAST_SURE and general in keys else best
    return chosen, keys[chosen] / total
