"""Case codes: `PA-XXXXXX`, easy to read out on a telephone.

Crockford's base 32 (no I, L, O, U): five random characters and a check character, so that
one mistyped or two swapped characters are noticed instead of opening somebody else's case.
"""

import re
import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PREFIX = "PA-"
_LOOKALIKES = str.maketrans({"I": "1", "L": "1", "O": "0", "U": "V"})
_WEIGHTS = (1, 3, 5, 7, 9)  # Odd, so each single mistake changes the sum modulo 32.


def new_code() -> str:
    """A random code. 33 million exist: the database's unique constraint settles collisions."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(5))
    return PREFIX + body + _check_character(body)


def read_code(written: str) -> str | None:
    """The code that somebody wrote ("pa 4k7m2x"), or None where the check character is off."""
    compact = re.sub(r"[\s\-–.]", "", written.upper())
    body = compact.removeprefix("PA").translate(_LOOKALIKES)
    if len(body) != 6 or any(character not in ALPHABET for character in body):
        return None
    return PREFIX + body if _check_character(body[:5]) == body[5] else None


def _check_character(body: str) -> str:
    total = sum(w * ALPHABET.index(c) for w, c in zip(_WEIGHTS, body, strict=True))
    return ALPHABET[total % len(ALPHABET)]
