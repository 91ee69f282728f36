"""Amounts of money, numbers of people, and how long a matter has lasted, as citizens say them.

Patterns run over the folded text. Where the writer uses diacritics, each word of a match must have
those of the word that is meant: "sáu nhà" counts houses, "sau nhà" is behind one.
"""

import re
from decimal import Decimal
from typing import Dict, Iterator, List, Match, NamedTuple, Optional, Sequence

from components.text import fold
from components.words import Word, are_meant, meanings, words_between


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
# "Lăm" and "tư" begin no number; without diacritics they are to make and from.
_NUMBER = (
    rf"(?:(?:{_DIGITS})(?: ?(?:chuc|tram)\b)?|\b(?!(?:lam|tu)\b){_NUMERAL}(?: {_NUMERAL}){{0,4}}\b)"
)

# --- money ----------------------------------------------------------------------------------

_UNITS: Dict[str, int] = {
    "ty": 10**9, "ti": 10**9, "trieu": 10**6, "tr": 10**6, "nghin": 1000, "ngan": 1000, "k": 1000,
    "dong": 1, "d": 1, "vnd": 1,
}  # fmt: skip
_BIG = "ty|ti|trieu|tr"
# "Triệu dân", "nghìn con gà" are no money, nor is "3 ti vi".
_NOT_MONEY_BEFORE = (
    r"(?! (?:nguoi|dan|ho|con|cay|khoi|luot|lit|tan|can|ha|hoc|cong|view|phieu|m|m2|met|km|vi|"
    r"nam|lan)\b|/m2)"
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
_SMALLEST_SPOKEN = 100  # "Hai trăm đồng", but "không một đồng nào".
_SMALLEST_IN_SPACED_K = 10  # "200 k", but "tháng 3 k có nước" is "không".

# --- people ---------------------------------------------------------------------------------

_ABOUT = r"(?:(?:hon|gan|khoang|chung|tam|tren|ngot) )?"
_PEOPLE = re.compile(
    rf"(?<![\w.,/+:-]){_ABOUT}(?P<number>{_NUMBER}) "
    r"(?:ho (?:gia dinh|dan|ngheo|can ngheo)|ho|nhan khau|khau|gia dinh|"
    r"nha dan|nha(?! (?:ve sinh|may|hang|van|nghi|tre|thuoc|thau|xe|kho|mang|nuoc|cho|tho|tro)\b)|"
    r"nguoi(?: (?:dan|gia|lon))?|(?:em|chau) (?:hoc sinh|nho|be)|chau|em|be|tre em|tre|dua|"
    r"hoc sinh|hoc vien|sinh vien|cong nhan|lao dong|cu gia|cu|giao vien|phu huynh|benh nhan|"
    r"hanh khach|tieu thuong|thanh nien|phu nu|doi tuong|nan nhan|hoi vien|xa vien)\b",
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
# "Cấm xe từ 6 giờ" is every day; a certain hour is "từ 6 giờ sáng qua", "từ 6 giờ đến giờ".
_CLOCK = (
    r"\d{1,2} ?(?:h|g|gio)(?:\d{2})?(?: (?:sang|trua|chieu|toi|dem))?"
    r"(?: (?:hom )?(?:qua|nay)|(?= (?:den|toi) (?:gio|nay|bay gio)))"
)
_DATE = r"\d{1,2}[/-]\d{1,2}(?:[/-]\d{2,4})?"
_THE_YEAR = r"(?: (?:nam )?(?:\d{4}|ngoai|truoc|nay|kia))?"
_WEEKDAY = r"thu (?:hai|ba|tu|nam|sau|bay|\d)|chu nhat"
_SEASON = r"mua (?:mua|kho|he|dong|xuan|thu|lu|bao)"
_BEGINNINGS = (
    rf"(?:dau|cuoi|giua) (?:thang \d{{1,2}}|nam hoc|thang|nam|tuan|{_SEASON}|he|vu)"
    rf"(?:/\d{{4}})?{_THE_YEAR}",
    rf"thang (?:\d{{1,2}}|gieng|chap|truoc|nay)(?:/\d{{2,4}})?{_THE_YEAR}",
    r"nam (?:\d{4}|ngoai|kia|truoc|nay|hoc)|(?:19|20)\d\d",
    rf"ngay (?:{_DATE}|(?:mung |mong )?\d{{1,2}}(?: thang \d{{1,2}})?){_THE_YEAR}|{_DATE}",
    rf"hom (?:qua|kia|truoc|no|bao|lu|mua|tet|{_WEEKDAY}|\d{{1,2}})|{_WEEKDAY}",
    rf"{_CLOCK}|(?:toi|sang|chieu|dem|trua)(?: som)?(?: (?:hom )?(?:qua|nay|kia))?",
    r"tuan (?:truoc|nay|roi)|m[uo]ng \d{1,2}|ra gieng|ram(?: thang \w+)?",
    rf"(?:sau |truoc )?tet{_THE_YEAR}",
    rf"(?:sau )?(?:dot |con |tran )?(?:bao(?! gio)|lu|dich|covid|mua bao){_THE_YEAR}",
    rf"{_SEASON}{_THE_YEAR}|lau|xua",
)
_SINCE = re.compile(
    rf"(?<!\w)tu (?:hoi |khoang |tan |luc )?(?:{'|'.join(_BEGINNINGS)})\b"
    r"(?! (?:den|toi|-) (?!nay|gio|bay gio|hien|tan)| ?- ?\d)",
    re.IGNORECASE,
)
_SOME = rf"(?:{_NUMBER}|may|vai|nhieu|ca|nua)"
_LASTING = re.compile(
    r"(?<![\w.,/+:-])(?:"
    rf"{_ABOUT}(?:{_SOME} (?:ca )?{_UNIT}(?: ruoi)?|(?:hon |gan )(?:tuan|thang|nam)) {_NAY}"
    rf"|(?:hon|gan|ngot) (?:{_NUMBER}|nua) (?:nam|thang|tuan|ngay|hom)(?: ruoi)?"
    rf"|cach day {_ABOUT}{_SOME} {_UNIT}"
    r"|bao lau nay|lau nay|(?P<bare>(?:tuan|thang) nay)"
    r")\b(?! (?:nua|luong|tu|mot lan|1 lan|hoc phi)\b)",
    re.IGNORECASE,
)

# What the words of a match must be where the writer uses diacritics.
_AMOUNT_WORDS = meanings(
    "tỷ tỉ triệu nghìn ngàn đồng rưỡi trăm chục một mốt hai ba bốn tư năm lăm sáu bảy bẩy tám "
    "chín mười mươi hơn gần khoảng chừng tầm trên ngót hộ nhà người cháu em bé trẻ đứa cụ dân "
    "khẩu nhân gia đình công học sinh viên giáo phụ huynh nữ thanh niên hành khách tiểu thương "
    "lao động đối tượng bệnh nạn hội xã lớn già nhỏ nghèo cận"
)
_TIME_WORDS = meanings(
    "từ hơn gần khoảng chừng tầm trên ngót mấy vài nhiều cả nửa năm tháng tuần ngày hôm bữa đêm "
    "giờ tiếng nay rồi qua liền trời ròng rưỡi sáng chiều tối trưa sớm đầu cuối giữa trước "
    "ngoái kia tết sau sáu bao bão lâu xưa hồi tận lúc mùa mưa khô hè thứ chủ nhật mùng mồng "
    "cách đây trăm chục một hai ba bốn tư lăm bảy bẩy tám chín mười mươi ra giêng lũ dịch quý "
    "rằm chạp trận đợt cơn vụ học"
)
_PLURAL_ONLY = re.compile(r"\b(?:may|vai|hang|bac|ca) $", re.IGNORECASE)
_INDEFINITE = re.compile(r"(?:chuc|tram|muoi)\b", re.IGNORECASE)


def find_quantities(folded: str, words: Sequence[Word], accents: bool) -> Iterator[Quantity]:
    """The quantities of a text, each kind in reading order; they may overlap.

    Args:
        folded: the text without diacritics.
        words: the same text in words.
        accents: whether the writer uses diacritics.
    """
    for found in (*_money(folded), *_people(folded, accents), *_lasting(folded, accents)):
        vocabulary = _TIME_WORDS if found.entity == "time_since" else _AMOUNT_WORDS
        if not accents or are_meant(words_between(words, found.start, found.end), vocabulary):
            yield found


def _is_indefinite(folded: str, match: Match[str]) -> bool:
    """Whether a word before makes the number none: "mấy trăm nghìn", "hàng chục hộ"."""
    before = folded[max(0, match.start("number") - 6) : match.start("number")]
    return bool(_INDEFINITE.match(match["number"]) and _PLURAL_ONLY.search(before))


def _money(folded: str) -> Iterator[Quantity]:
    for match in _MONEY.finditer(folded):
        value = _amount(match)
        if value is not None and not _is_indefinite(folded, match):
            yield Quantity(match.start(), match.end(), "money", str(value))


def _amount(match: Match[str]) -> Optional[int]:
    """The amount in đồng, or None where the words say another thing."""
    unit = (match["big"] or match["unit"]).lower()
    number = read_number(match["number"], is_decimal=unit in ("ty", "ti", "trieu", "tr"))
    if number is None:
        return None
    if unit == "dong" and not match["number"][0].isdigit() and number < _SMALLEST_SPOKEN:
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


def _people(folded: str, accents: bool) -> Iterator[Quantity]:
    for match in _PEOPLE.finditer(folded):
        number = read_number(match["number"], is_decimal=False)
        before = folded[max(0, match.start() - 8) : match.start()]
        is_said = _is_article(match["number"], accents) or _is_indefinite(folded, match)
        if number and not is_said and not _NAMES_A_NUMBER.search(before):
            yield Quantity(match.start(), match.end(), "people_count", str(int(number)))


def _is_article(number: str, accents: bool) -> bool:
    """Whether a numeral is rather another word: "một người dân" (a citizen); without diacritics
    "sau nha" is behind the house."""
    return number.lower() == "mot" or (not accents and number.lower() in _OTHER_WORDS_TOO)


_OTHER_WORDS_TOO = frozenset(("sau", "nam"))


def _lasting(folded: str, accents: bool) -> Iterator[Quantity]:
    for match in _SINCE.finditer(folded):
        yield Quantity(match.start(), match.end(), "time_since", "")
    for match in _LASTING.finditer(folded):
        before = folded[max(0, match.start() - 8) : match.start()]
        is_this = not accents and match["bare"]  # "Tháng nay" or "tháng này".
        if not is_this and not _NAMES_A_NUMBER.search(before):
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
