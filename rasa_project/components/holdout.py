"""Which training texts the encoder never saw: they alone can say how far to trust it.

A text is held out by its own hash, so that the choice is the same in `encoder/adapt.py`, which
learns from the others, and in `rasa train`, which calibrates on these.
"""

import hashlib

ONE_IN = 10


def is_held_out(text: str) -> bool:
    """Whether a training text is kept from the encoder: one in ten."""
    digest = hashlib.sha256(" ".join(text.split()).encode()).digest()
    return int.from_bytes(digest[:8], "big") % ONE_IN == 0
