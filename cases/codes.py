"""Case codes: `PA-XXXXXX`, easy to read out on a telephone.

Crockford's base 32 (no I, L, O, U): five random characters and a check character, so that
one mistyped or two swapped characters are noticed instead of opening somebody else's case.
The check is a sum in the field of 32 elements, each position with a weight of its own: a sum
of whole numbers modulo 32 cannot notice every swap.
"""

import re
import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PREFIX = "PA-"
_LOOKALIKES = str.maketrans({"I": "1", "L": "1", "O": "0", "U": "V"})
_MODULUS = 0b100101  # x^5 + x^2 + 1: doubling modulo it visits every element but zero.


def new_code() -> str:
    """A random code. 33 million exist: the database's unique constraint settles collisions."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(5))
    return PREFIX + body + _check_character(body)


def read_code(written: str) -> str | None:
    """The code that somebody wrote ("pa 4k7m2x"), or None where the check character is off."""
    compact = re.sub(r"[\s\-–.]", "", written.upper())
    body = compact[-6:].translate(_LOOKALIKES)
    if (
        len(body) != 6
        or compact[:-6] not in ("", "PA")
        or any(character not in ALPHABET for character in body)
    ):
        return None
    return PREFIX + body if _check_character(body[:5]) == body[5] else None


def _check_character(body: str) -> str:
    total = 0
    for character in body:
        total = (total ^ ALPHABET.index(character)) << 1
        total ^= _MODULUS if total >= len(ALPHABET) else 0
    return ALPHABET[total]
