"""What points at one case or one person: case codes, telephone, identity and account numbers.

Personal numbers are found so that they can be masked; a number that might be one is taken for one.
Everything works on the folded text.
"""

import re
from typing import Dict, Iterator, NamedTuple, Tuple


class Identifier(NamedTuple):
    """One of them in the folded text; `value` has one form, `role` is "misspelt" or ""."""

    start: int
    end: int
    entity: str  # "case_code", "phone_number", "identity_number" or "account_number"
    value: str
    role: str = ""


# Crockford's base 32 (https://www.crockford.com/base32.html): no I, L, O, U. What is read for them.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKALIKES = str.maketrans({"I": "1", "L": "1", "O": "0", "U": "V"})
_MODULUS = 0b100101  # x^5 + x^2 + 1, as in the program that gives the codes out.

_CODE = re.compile(r"\bpa(?P<dash> ?[-–—_.] ?| )?(?P<body>[0-9a-z]{6})\b", re.IGNORECASE)
_PHONE = re.compile(r"(?<![\w+])(?:\+84|0084|084|84|0)(?:[ .-]?\d){9,10}(?![ .-]?\d)")
_DIGITS = re.compile(r"(?<![\w+.,-])\d(?:[ .-]?\d){8,18}(?![ .,-]?\d)")
# A person identification number: three digits of the province (001-096), one of century and sex
# (0-3 for those born in 1900-2099), two of the year, six more (Thông tư 59/2021/TT-BCA, Đ.4).
_PERSON = re.compile(r"0(?:0[1-9]|[1-8]\d|9[0-6])[0-3]\d{8}")
_IDENTITY_SIGN = re.compile(
    r"\b(?:cmnd|cmt|cccd|chung minh(?: thu| nhan dan)?|can cuoc)\W{0,3}", re.I
)
_ACCOUNT_SIGN = re.compile(r"\b(?:stk|so tk|tk|so tai khoan|tai khoan|tknh)\W{0,3}", re.IGNORECASE)
_PHONE_SIGN = re.compile(
    r"\b(?:sdt|dt|dien thoai|so may|goi|zalo|hotline|lien he)\W{0,3}", re.IGNORECASE
)
_SIGN_REACH = 40


def find_identifiers(folded: str) -> Iterator[Identifier]:
    """The identifiers of a text, each kind in reading order; they may overlap."""
    yield from _codes(folded)
    yield from _phones(folded)
    yield from _long_numbers(folded)


def _codes(folded: str) -> Iterator[Identifier]:
    """Case codes as `PA-XXXXXX`, what was misread put right; `misspelt` where the check character
    is off. Without a dash a digit is asked for: "pa phuong" is no code."""
    for match in _CODE.finditer(folded):
        written = match["body"].upper()
        has_dash = bool(match["dash"] and match["dash"].strip())
        if has_dash or any(char.isdigit() for char in written):
            body = written.translate(_LOOKALIKES)
            role = "" if has_right_check(body) else "misspelt"
            yield Identifier(match.start(), match.end(), "case_code", f"PA-{body}", role)


def has_right_check(body: str) -> bool:
    """Whether the last of six characters of a code is the check character of the others.

    The check is a sum in the field of 32 elements, doubled at each position, so that one wrong
    character or two swapped ones are noticed. Raises ValueError for a character that is none of
    the alphabet's.
    """
    total = 0
    for char in body[:-1]:
        total = (total ^ _ALPHABET.index(char)) << 1
        total ^= _MODULUS if total >= len(_ALPHABET) else 0
    return _ALPHABET[total] == body[-1]


def _phones(folded: str) -> Iterator[Identifier]:
    """Vietnamese numbers, mobile or fixed, as 0xxxxxxxxx."""
    for match in _PHONE.finditer(folded):
        digits = re.sub(r"\D", "", match.group())
        local = "0" + re.sub(r"^(?:0?0?84(?=\d{9})|0)", "", digits)
        if re.fullmatch(r"0[35789]\d{8}|02\d{9}", local):
            yield Identifier(match.start(), match.end(), "phone_number", local)


def _long_numbers(folded: str) -> Iterator[Identifier]:
    """Identity numbers of twelve digits by their form, of nine by the word before them; account
    numbers by the word before them."""
    for match in _DIGITS.finditer(folded):
        digits = re.sub(r"\D", "", match.group())
        before = folded[max(0, match.start() - _SIGN_REACH) : match.start()]
        entity = _entity_of(digits, _last_sign(before))
        if entity:
            yield Identifier(match.start(), match.end(), entity, digits)


def _entity_of(digits: str, sign: str) -> str:
    if sign == "account_number":
        return sign
    is_old_card = len(digits) == 9 and sign == "identity_number"
    return "identity_number" if is_old_card or _PERSON.fullmatch(digits) else ""


_SIGNS: Dict[str, "re.Pattern[str]"] = {
    "account_number": _ACCOUNT_SIGN,
    "identity_number": _IDENTITY_SIGN,
    "phone_number": _PHONE_SIGN,
}


def _last_sign(before: str) -> str:
    """Which kind of number the nearest word before it announces; "" where there is none."""
    ends: Iterator[Tuple[int, str]] = (
        (match.end(), entity)
        for entity, pattern in _SIGNS.items()
        for match in pattern.finditer(before)
    )
    return max(ends, default=(0, ""))[1]
