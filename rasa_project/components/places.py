"""Places as citizens name them: a word for the kind of place, and its number or name.

"Xã Tân Trào", "thôn 3", "số 9 ngõ 213 Trại Lẻ", "ql5", "cho ghe". The kinds are words of the
language; no place's own name is listed. Each kind of place is a mention of its own, so that "thôn 3
xã Tân Trào" has two.
"""

import re
from typing import Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from components.names import end_of_name
from components.text import fold
from components.words import Word, is_word


class Kind(NamedTuple):
    """How places of a kind are called."""

    number: str = ""  # "plain": thôn 3, đường 30/4; "code": tòa CT2, khu A too; "road": đt 391.
    trust: int = -1  # See `end_of_name`; -1 where no name follows.
    is_lane: bool = False  # A number and then a name: "ngõ 213 Trại Lẻ".
    may_nest: bool = False  # Another place may be the name: "ngã ba chợ Gạo".
    is_short: bool = False  # Often named by one rare syllable: "chợ Ghẽ".
    is_counted: bool = False  # After its number people follow more often than they are counted.


_KINDS_BY_WORDS: Tuple[Tuple[Kind, str], ...] = (
    (Kind(trust=1), "xã, thị trấn, đặc khu, thị xã, huyện, thành phố, tp, buôn, làng"),
    (Kind("plain", trust=1, is_counted=True), "phường, quận, thôn, xóm, ấp, khu phố, tổ dân phố"),
    (Kind("plain"), "tổ, đội, tdp, khu vực, quốc lộ, ql, tỉnh lộ, tl, đường tỉnh, hương lộ, km"),
    (Kind("road"), "đt"),
    (
        Kind("code", trust=1),
        "khu đô thị, kđt, khu dân cư, kdc, khu tập thể, khu tái định cư, khu công nghiệp, kcn, "
        "cụm công nghiệp, ccn, khu chế xuất, chung cư, tòa nhà",
    ),
    (Kind("code", trust=0), "khu, lô, tòa, dãy"),
    (Kind(trust=0), "bản, hồ, sông, suối, kênh, đảo, núi, bến, cảng, ga, đầm, tỉnh"),
    (Kind("plain", trust=1, is_lane=True), "ngõ, ngách, hẻm, kiệt"),
    (Kind("code", trust=0), "đường, phố, đại lộ, cao tốc"),
    (Kind(trust=1, may_nest=True, is_short=True), "chợ, cầu"),
    (
        Kind(trust=1, may_nest=True),
        "ngã ba, ngã tư, ngã năm, ngã sáu, vòng xoay, bùng binh, nút giao, cầu vượt, bãi rác, "
        "bãi tắm, bãi biển, đường liên thôn, đường liên xã",
    ),
    (
        Kind(trust=1, may_nest=True),
        "chùa, đình, đền, miếu, đèo, dốc, nhà thờ, bến xe, bến phà, bến tàu, sân bay, "
        "nhà ga, công viên, nghĩa trang, siêu thị, trạm thu phí, trạm bơm, hầm chui, quảng trường",
    ),
)
_KINDS: Dict[Tuple[str, ...], Kind] = {
    tuple(words.split()): kind for kind, phrases in _KINDS_BY_WORDS for words in phrases.split(", ")
}
# The kinds that begin with a folded word, the longest first.
_BY_FIRST_WORD: Dict[str, List[Tuple[str, ...]]] = {}
for _words in sorted(_KINDS, key=len, reverse=True):
    _BY_FIRST_WORD.setdefault(fold(_words[0]), []).append(_words)

# Without diacritics these kinds are common words too ("cho" give, "den" until): they begin a place
# only after a word of place.
_COMMON_WORDS_TOO = frozenset(
    (
        "cho cau den ben ban song dinh lang chua lo ga ho tinh doc dao quan mieu nui dam day to doi"
    ).split()
)
# Words that end with a word of place.
_LONGER_WORDS = frozenset(
    {("yeu", "cau"), ("nhu", "cau"), ("khan", "cau"), ("hang", "xom"), ("tac", "xa")}
)
_BEFORE_PLACE = frozenset(
    "o tai gan canh qua doan dau cuoi truoc sau tren duoi khu giua ben doc thuoc den".split()
)

_NUMBERS: Dict[str, "re.Pattern[str]"] = {
    # "Số 5", "12/5", "12+500"; "3 tháng 2" is a street.
    "plain": re.compile(r" ?(?:so )?\d{1,4}(?:[+/-]\d{1,4})*[a-dA-D]?\b(?!\.?\d)"),
    "code": re.compile(
        r" ?(?:so )?(?:\d{1,2} thang \d{1,2}|\d{1,4}(?:[+/-]\d{1,4})*[a-dA-D]?|"
        r"[A-Z]{1,2}[ -]?\d{1,3}[A-Z]?|[A-H])\b(?!\.?\d)"
    ),
    "road": re.compile(r" ?\d{3}[a-dA-D]?\b(?! ?[.\d])"),
}
# A number before these counts or measures: "đường 5 mét", "ngõ 2 bên", "tổ 3 người".
_MEASURE = re.compile(
    r" ?(?:%|(?:m|met|km|cm|tan|ty|ti|trieu|tr|nghin|ngan|k|dong|d|nam|thang|ngay|gio|h|phut|tuan|"
    r"lan|nguoi|ho|nha|can|cai|chiec|con|ben|chieu|lop|tang|cap|cho|me|cay|xe|dau|chau|em|hom)\b)",
    re.IGNORECASE,
)
# After these the number is the place's own more often: "ở thôn 3 người dân không có nước".
_LASTING = re.compile(
    r" (?:lan|thang|nam|ngay|tuan|tang|m|met|km|trieu|tr|ty|nghin|ngan)\b", re.IGNORECASE
)
_HOUSE = re.compile(r"\bso (?:nha )?\d{1,4}[a-z]?(?:/\d{1,4}[a-z]?){0,4},? $", re.IGNORECASE)
_LONGEST_HOUSE = 40
_DISTANCE = re.compile(r"\d ?$")  # "2 km 300 m" is how far, not where.


def find_places(folded: str, words: Sequence[Word], accents: bool) -> Iterator[Tuple[int, int]]:
    """Start and end of each place in the folded text, in reading order.

    Args:
        folded: the text without diacritics, its case kept.
        words: the same text in words.
        accents: whether the writer uses diacritics.
    """
    reader = _Reader(folded, words, accents)
    index = 0
    while index < len(words):
        end = reader.end_of_place(index)
        if end:
            yield reader.start_with_house(index), end
            while index < len(words) and words[index].start < end:
                index += 1
        else:
            index += 1


class _Reader(NamedTuple):
    """One text, read for places."""

    folded: str
    words: Sequence[Word]
    accents: bool

    def end_of_place(self, index: int, is_nested: bool = False) -> int:
        """Where the place that begins with words[index] ends in the folded text; 0 if none does."""
        found = self._kind_at(index)
        if found is None:
            return 0
        kind, after = found
        is_near = is_nested or self._is_near(index)
        last = self.words[after - 1]
        is_weak = last.folded in _COMMON_WORDS_TOO and last.accented == last.folded
        if self._is_part_of_word(index):
            return 0
        if (
            kind.number
            and not (is_weak and not is_near)
            and (end := self._end_of_number(kind, index, after))
        ):
            return self._end_of_lane(end, after) if kind.is_lane else end
        if kind.trust < 0 or (is_weak and not is_near and not self._is_written_as_name(index)):
            return 0
        if kind.may_nest and not is_nested and (end := self._end_of_nested(after)):
            return end
        trust = kind.trust + (is_near + kind.is_short if kind.trust and is_near else 0)
        name = end_of_name(self.words, after, self.accents, trust)
        if name == after:
            return 0
        return self._with_last_number(self.words[name - 1].end)

    def _is_part_of_word(self, index: int) -> bool:
        """Whether words[index] ends a longer word: "yêu cầu", "hàng xóm", "hợp tác xã"."""
        return (
            index > 0
            and self.words[index].gap == " "
            and (self.words[index - 1].folded, self.words[index].folded) in _LONGER_WORDS
        )

    def start_with_house(self, index: int) -> int:
        """Where a place begins, the number of a house before it counted in."""
        start = self.words[index].start
        match = _HOUSE.search(self.folded[max(0, start - _LONGEST_HOUSE) : start])
        return start - len(match.group()) if match else start

    def _kind_at(self, index: int) -> Optional[Tuple[Kind, int]]:
        """The kind that begins with words[index], the longest, and the index after its words."""
        for said in _BY_FIRST_WORD.get(self.words[index].folded, ()):
            here = self.words[index : index + len(said)]
            if len(here) == len(said) and self._is_said(here, said):
                return _KINDS[said], index + len(said)
        return None

    def _is_said(self, here: Sequence[Word], kind: Tuple[str, ...]) -> bool:
        if any(word.gap != " " for word in here[1:]):
            return False
        return all(is_word(word, said, self.accents) for word, said in zip(here, kind))  # noqa: B905

    def _is_near(self, index: int) -> bool:
        return (
            index > 0
            and self.words[index].gap == " "
            and self.words[index - 1].folded in _BEFORE_PLACE
        )

    def _is_written_as_name(self, index: int) -> bool:
        """Whether the word of place has a capital as its name has: "Cau Rao"."""
        here = self.words[index : index + 2]
        return len(here) == 2 and all(word.is_capital for word in here) and here[1].gap == " "

    def _end_of_number(self, kind: Kind, index: int, after: int) -> int:
        match = _NUMBERS[kind.number].match(self.folded, self.words[after - 1].end)
        measure = _LASTING if kind.is_counted else _MEASURE
        if match is None or measure.match(self.folded, match.end()):
            return 0
        start = self.words[index].start
        is_distance = self.words[after - 1].folded == "km" and _DISTANCE.search(
            self.folded[max(0, start - 2) : start]
        )
        return 0 if is_distance else match.end()

    def _end_of_lane(self, end: int, index: int) -> int:
        """The end of the street's name after the number of a lane, if there is one."""
        while index < len(self.words) and self.words[index].start < end:
            index += 1
        name = end_of_name(self.words, index, self.accents, 0)
        is_place = index < len(self.words) and self._kind_at(index)
        return end if name == index or is_place else self.words[name - 1].end

    def _end_of_nested(self, index: int) -> int:
        if index >= len(self.words) or self.words[index].gap != " ":
            return 0
        return self.end_of_place(index, is_nested=True)

    def _with_last_number(self, end: int) -> int:
        """A number that ends a name ("khu tái định cư Hòa Liên 4")."""
        match = _LAST_NUMBER.match(self.folded, end)
        return match.end() if match and not _MEASURE.match(self.folded, match.end()) else end


_LAST_NUMBER = re.compile(r" \d{1,2}\b(?![.,/]?\d)")
