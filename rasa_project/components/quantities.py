"""Amounts of money, numbers of people, and how long a matter has lasted, as citizens say them.

Patterns run over the folded text. Where the writer uses diacritics, each word of a match must have
those of the word that is meant: "sáu nhà" counts houses, "sau nhà" is behind one.
"""

import re
from decimal import Decimal
from typing import Dict, FrozenSet, Iterator, List, Match, NamedTuple, Optional, Sequence

from components.text import fold
from components.words import Word


class Quantity(NamedTuple):
    """A quantity in the folded text; `value` is digits, or "" where the words are the value."""

    start: int
    end: int
    entity: str  # "money" (in đồng), "people_count" or "time_since"
    value: str


_DIGITS = r"\d{1,3}(?:[.,]\d{3})+(?![.,]?\d)|\d{1,9}(?:[.,]\d{1,3})?(?![.,]?\d)"
_NUMERALS: Dict[str, int] = {
    "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "lăm": 5, "sáu": 6,
    "bảy": 7, "bẩy": 7, "tám": 8, "chín": 9,
}  # fmt: skip
_TENS: Dict[str, int] = {"mười": 10, "mươi": 10, "chục": 10, "trăm": 100}
_VALUES: Dict[str, int] = {fold(word): value for word, value in {**_NUMERALS, **_TENS}.items()}
_NUMERAL = "(?:" + "|".join(sorted(_VALUES)) + ")"
_NUMBER = rf"(?:(?:{_DIGITS})(?: ?(?:chuc|tram)\b)?|\b{_NUMERAL}(?: {_NUMERAL}){{0,4}}\b)"

# --- money ----------------------------------------------------------------------------------

_UNITS: Dict[str, int] = {
    "ty": 10**9, "ti": 10**9, "trieu": 10**6, "tr": 10**6, "nghin": 1000, "ngan": 1000, "k": 1000,
    "dong": 1, "d": 1, "vnd": 1,
}  # fmt: skip
_BIG = "ty|ti|trieu|tr"
# "Triệu dân", "nghìn con gà" are no money, nor is "3 ti vi".
_NOT_MONEY_BEFORE = (
    r"(?! (?:nguoi|dan|ho|con|cay|khoi|luot|lit|tan|can|ha|hoc|cong|m|m2|met|km|vi|nam|lan)\b|/m2)"
)
_MONEY = re.compile(
    rf"(?<![\w.,/+-])(?P<number>{_NUMBER}) ?(?:"
    rf"(?P<big>{_BIG})(?:(?: ?(?P<rest>\d{{1,3}})(?P<small> ?(?:nghin|ngan|k|trieu|tr))?\b"
    rf"(?![.,/]?\d)(?! (?:thang|nam|ngay|nguoi|ho|lan|tuan|chiec|cai|con|may)\b))"
    rf"| (?P<half>ruoi)\b|\b)"
    rf"|(?P<unit>nghin|ngan|k|dong|vnd|d)\b){_NOT_MONEY_BEFORE}(?: ?(?:dong|vnd|d)\b)?",
    re.IGNORECASE,
)
_SMALLEST_IN_D = 1000  # "500.000đ", but "lớp 5d" is a class.
_SMALLEST_IN_SPACED_K = 10  # "200 k", but "tháng 3 k có nước" is "không".

# --- people ---------------------------------------------------------------------------------

_ABOUT = r"(?:(?:hon|gan|khoang|chung|tam|tren|ngot|co|do) )?"
_PEOPLE = re.compile(
    rf"(?<![\w.,/+:-]){_ABOUT}(?P<number>{_NUMBER}) "
    r"(?:ho (?:gia dinh|dan|ngheo|can ngheo)|ho|nhan khau|khau|gia dinh|"
    r"nha dan|nha(?! (?:ve sinh|may|hang|van|nghi|tre|thuoc|thau|xe|kho|mang|nuoc|cho|tho|tro)\b)|"
    r"nguoi(?: (?:dan|gia|lon))?|(?:em|chau) (?:hoc sinh|nho|be)|chau|em|be|tre em|tre|dua|thang|"
    r"hoc sinh|hoc vien|sinh vien|cong nhan|lao dong|cu gia|cu|giao vien|phu huynh|benh nhan|"
    r"hanh khach|tieu thuong|thanh nien|phu nu|doi tuong|ba con|nan nhan|hoi vien|xa vien)\b",
    re.IGNORECASE,
)
# A number after these is a name: "lớp 5 em", "tầng 3 người ta".
_NAMES_A_NUMBER = re.compile(
    r"\b(?:lop|tang|thang|nam|ngay|so|thon|xom|to|ngo|hem|khoi|quy|thu|km|duong|kiet|khu|ap|doi|"
    r"moi|1|mot) $",
    re.IGNORECASE,
)

# --- how long -------------------------------------------------------------------------------

_UNIT = r"(?:nam|thang|tuan|ngay|hom|bua|dem|gio|tieng|mua|quy)"
_NAY = r"(?:nay|roi|qua|lien|troi|rong)"
_CLOCK = (
    r"\d{1,2} ?(?:h|g|gio)(?:\d{2})?(?: (?:sang|trua|chieu|toi|dem))?(?: (?:hom )?(?:qua|nay))?"
)
_DATE = r"\d{1,2}[/-]\d{1,2}(?:[/-]\d{2,4})?"
_THE_YEAR = r"(?: (?:nam )?(?:\d{4}|ngoai|truoc|nay|kia))?"
_SINCE = re.compile(
    r"(?<!\w)tu (?:hoi |khoang |tan |luc )?(?:"
    rf"(?:dau|cuoi|giua) (?:thang \d{{1,2}}|nam hoc|thang|nam|tuan|mua \w+|he|vu)(?:/\d{{4}})?{_THE_YEAR}"
    rf"|thang (?:\d{{1,2}}|gieng|chap|truoc|nay)(?:/\d{{2,4}})?{_THE_YEAR}"
    r"|nam (?:\d{4}|ngoai|kia|truoc|nay|hoc)|(?:19|20)\d\d"
    rf"|ngay (?:{_DATE}|(?:mung |mong )?\d{{1,2}}(?: thang \d{{1,2}})?){_THE_YEAR}|{_DATE}"
    r"|hom (?:qua|kia|truoc|no|bao|lu|mua|tet|thu (?:hai|ba|tu|nam|sau|bay|\d)|chu nhat|\d{1,2})"
    rf"|{_CLOCK}|(?:toi|sang|chieu|dem|trua)(?: som)?(?: (?:hom )?(?:qua|nay|kia))?"
    r"|tuan (?:truoc|nay|roi)|thu (?:hai|ba|tu|nam|sau|bay|\d)|chu nhat|m[uo]ng \d{1,2}"
    rf"|ra gieng|ram(?: thang \w+)?|(?:sau |truoc )?tet{_THE_YEAR}"
    rf"|(?:sau )?(?:dot |con |tran )?(?:bao|lu|dich|covid|mua bao)|mua (?:mua|kho|he|dong|xuan|thu|lu|bao){_THE_YEAR}"
    r"|lau|xua)\b(?! (?:den|toi|-) (?!nay|gio|bay gio|hien|tan)| ?- ?\d)",
    re.IGNORECASE,
)
_LASTING = re.compile(
    r"(?<![\w.,/+:-])(?:"
    rf"{_ABOUT}(?:(?:{_NUMBER}|may|vai|nhieu|ca|nua) {_UNIT}(?: ruoi)?|(?:hon |gan )(?:tuan|thang|nam)) {_NAY}"
    rf"|{_ABOUT}(?:{_NUMBER}|may|vai|nhieu|ca|nua) (?:ca )?{_UNIT} {_NAY}"
    rf"|(?:hon|gan|ngot) (?:{_NUMBER}|nua) {_UNIT}(?: ruoi)?"
    rf"|cach day {_ABOUT}(?:{_NUMBER}|may|vai|nua) {_UNIT}"
    r"|(?:tuan|thang) nay|bao lau nay|lau nay"
    r")\b(?! (?:nua|luong|tu|mot lan|1 lan|hoc phi)\b)",
    re.IGNORECASE,
)

# What the words of a match must be where the writer uses diacritics.
_MEANT: Dict[str, FrozenSet[str]] = {}
for _word in (
    "từ hơn gần khoảng chừng tầm trên ngót cỡ độ mấy vài nhiều cả nửa năm tháng tuần ngày hôm bữa "
    "đêm giờ tiếng nay rồi qua liền trời ròng rưỡi sáng chiều tối trưa sớm đầu cuối giữa trước "
    "ngoái kia tết sau sáu bao bão lâu xưa hồi tận lúc mùa mưa khô hè thứ chủ nhật mùng mồng cách "
    "đây tỷ tỉ triệu nghìn ngàn đồng trăm chục một mốt hai ba bốn tư lăm bảy bẩy tám chín mười mươi "
    "hộ nhà người cháu em bé trẻ đứa thằng cụ dân khẩu nhân gia đình công học sinh giáo viên phụ "
    "huynh nữ thanh niên hành khách tiểu thương lao động đối tượng ra giêng lũ dịch nạn bệnh hội "
    "xã con lớn già nhỏ nghèo cận quý này kìa rằm chạp trận đợt cơn vụ"
).split():
    _MEANT[fold(_word)] = _MEANT.get(fold(_word), frozenset()) | {_word}


def find_quantities(folded: str, words: Sequence[Word], accents: bool) -> Iterator[Quantity]:
    """The quantities of a text, each kind in reading order; they may overlap.

    Args:
        folded: the text without diacritics.
        words: the same text in words.
        accents: whether the writer uses diacritics.
    """
    for found in (*_money(folded), *_people(folded), *_lasting(folded)):
        if not accents or _is_meant(words, found):
            yield found


def _is_meant(words: Sequence[Word], found: Quantity) -> bool:
    inside = (word for word in words if found.start <= word.start < found.end)
    return all(word.accented in _MEANT.get(word.folded, (word.accented,)) for word in inside)


def _money(folded: str) -> Iterator[Quantity]:
    for match in _MONEY.finditer(folded):
        value = _amount(match)
        if value is not None:
            yield Quantity(match.start(), match.end(), "money", str(value))


def _amount(match: Match[str]) -> Optional[int]:
    """The amount in đồng, or None where the words say another thing."""
    unit = (match["big"] or match["unit"]).lower()
    number = read_number(match["number"], is_decimal=unit in ("ty", "ti", "trieu", "tr"))
    if number is None:
        return None
    if unit == "d" and number < _SMALLEST_IN_D:
        return None
    is_spaced = match.group().lower().endswith(" k")
    if unit == "k" and is_spaced and number < _SMALLEST_IN_SPACED_K:
        return None
    scale = _UNITS[unit]
    return int(number * scale + _rest(match, scale))


def _rest(match: Match[str], scale: int) -> Decimal:
    """What follows "triệu" or "tỷ": "rưỡi", "2" of "3 triệu 2", "200 nghìn" of "1 triệu 200…"."""
    if match["half"]:
        return Decimal(scale) / 2
    if not match["rest"]:
        return Decimal(0)
    if match["small"]:
        return Decimal(match["rest"]) * _UNITS[match["small"].strip().lower()]
    return Decimal(scale) * Decimal(match["rest"]) / 10 ** len(match["rest"])


def _people(folded: str) -> Iterator[Quantity]:
    for match in _PEOPLE.finditer(folded):
        number = read_number(match["number"], is_decimal=False)
        before = folded[max(0, match.start() - 8) : match.start()]
        if number and not _NAMES_A_NUMBER.search(before):
            yield Quantity(match.start(), match.end(), "people_count", str(int(number)))


def _lasting(folded: str) -> Iterator[Quantity]:
    for pattern in (_SINCE, _LASTING):
        for match in pattern.finditer(folded):
            yield Quantity(match.start(), match.end(), "time_since", "")


def read_number(written: str, is_decimal: bool) -> Optional[Decimal]:
    """A folded number in digits or in words ("1.200", "7,3", "muoi hai", "2 tram").

    Args:
        written: the number.
        is_decimal: whether a comma before three digits parts a fraction ("1,350 tỷ") and not
            thousands ("500,000 đồng").
    """
    match = _IN_DIGITS.match(written)
    if match is None:
        value = _spoken(written.lower().split())
        return None if value is None else Decimal(value)
    digits, times = match.group(1), match.group(2)
    if not (is_decimal and "," in digits) and _GROUPED.fullmatch(digits):
        number = Decimal(re.sub("[.,]", "", digits))
    else:
        number = Decimal(digits.replace(",", "."))
    return number * _TENS_FOLDED[times.lower()] if times else number


_IN_DIGITS = re.compile(r"(\d[\d.,]*) ?(chuc|tram)?$", re.IGNORECASE)
_GROUPED = re.compile(r"\d{1,3}(?:[.,]\d{3})+")
_TENS_FOLDED = {fold(word): value for word, value in _TENS.items()}


def _spoken(words: List[str]) -> Optional[int]:
    """The value of numerals in reading order: 12 of "muoi hai", 250 of "hai tram nam muoi"; None
    where they are no number ("ba ba")."""
    total, digit = 0, 0
    for word in words:
        value = _VALUES[word]
        if value < 10:
            if digit:
                return None
            digit = value
        elif value == 100 or digit:
            total, digit = total + (digit or 1) * value, 0
        else:
            total += value
    return total + digit
