"""Telephone and identity numbers in citizens' words, hidden until somebody asks to see them.

Threat: whoever glances at a screen learns whom to call or who wrote. Amounts of money and
dates stay readable: they are what a case is about.
"""

import re

_HIDDEN = "•"
_SHOWN_DIGITS = 2

_NUMBERS = re.compile(
    r"""
    (?<![\d.,])(?:
        \+84 (?:[ .\-]?\d){8,10}        # +84 912 345 678
      | 0 (?:[ .\-]?\d){8,11}           # 0912.345.678, 0225 3 123 456, 031 098 001 234
      | \d{9,12}                        # 84912345678, an old identity card's nine digits
    )(?!\d)
    """,
    re.VERBOSE,
)


def mask_numbers(text: str) -> str:
    """`text` with telephone and identity numbers reduced to their last two digits."""
    return _NUMBERS.sub(_hide, text)


def _hide(match: re.Match[str]) -> str:
    digits = sum(character.isdigit() for character in match[0])
    return _HIDDEN * (digits - _SHOWN_DIGITS) + match[0][-_SHOWN_DIGITS:]
