"""The place names in a text, each with the word before it: "xã Tân Trào", "phố Lê Lợi"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from routing.text import Match, Phrases, Token

# old_ward: abolished in the newest merger; older_ward: merged into one of those before.
Level = Literal[
    "ward", "old_ward", "older_ward", "district", "province", "landmark", "elsewhere", "other"
]
Sign = Literal["ward", "district", "province", "locative", "route", "other", "bare"]
# near: "giáp xã Kiến Thụy" is beside it, not in it. border: "giáp ranh A và B" is in one or both.
Beside = Literal["", "near", "border"]

# A text counts as written with diacritics when at least this share of its words carries one.
_ACCENTED_SHARE = 0.25
_LONGEST_SIGN = 4
_NEAR = frozenset({"giap", "gan", "canh", "sat", "ke", "cach"})
_BORDER = (("giap", "ranh"), ("ranh", "gioi"))
_BORDER_FILLERS = frozenset({"giua", "cua", "voi", "va", "hai", "2"})
_JOINING = frozenset({"va", "voi", "cung"})

# The words before a name, in Vietnamese generally; nothing here belongs to one province.
_SIGN_WORDS: dict[tuple[Sign, str | None], str] = {
    ("ward", "xa"): "xã|x|ubnd xã|làng xã",
    ("ward", "phuong"): "phường|p|f|ph",
    ("ward", "thi_tran"): "thị trấn|tt|t.t|tt.",
    ("ward", "dac_khu"): "đặc khu|đk",
    ("district", "huyen"): "huyện|h",
    ("district", "quan"): "quận|q",
    ("district", "thi_xa"): "thị xã|tx",
    ("district", "thanh_pho"): "thành phố|tp|t.p|tphố",
    ("province", "tinh"): "tỉnh|t",
    ("locative", None): (
        "ở|tại|bên|dưới|địa bàn|khu vực|kv|ubnd|uỷ ban|ủy ban|ủy ban nhân dân|uỷ ban nhân dân|ub"
        "|trạm y tế|trạm xá|công an"
    ),
    # "dân Thanh Hà" names a place, but "toàn dân đoàn kết" does not: too weak for a shared name.
    ("locative", "people"): "dân|người dân|bà con|nhân dân|cử tri",
    ("route", None): "đi|về|từ|lên|ra|vào|tới|đến|sang|tuyến|chiều|hướng|quê|gốc|người",
    ("other", None): (
        "đường|phố|đường phố|đại lộ|ngõ|ngách|hẻm|kiệt|số nhà|quốc lộ|tỉnh lộ|cao tốc|cầu"
        "|cầu vượt|hầm|phà|bến phà|bến xe|ga|nhà ga|sân bay|cảng|chợ|siêu thị|trường"
        "|trường tiểu học|tiểu học|thcs|thpt|trung học|mầm non|mẫu giáo|th|cấp 1|cấp 2|cấp 3"
        "|đại học|cao đẳng|học viện|bệnh viện|bv|phòng khám|công viên|cv|vườn hoa"
        "|quảng trường|tượng|tượng đài|đài|hồ|sông|kênh|núi|đảo|đền|chùa|đình|miếu|nhà thờ"
        "|giáo xứ|khu công nghiệp|kcn|cụm công nghiệp|ccn|khu đô thị|kđt|chung cư|tòa nhà"
        "|toà nhà|nhà máy|nhiệt điện|xi măng|công ty|cty|ct|tập đoàn|ngân hàng|khách sạn"
        "|nhà hàng|quán|rạp|nhà hát|sân vận động|sân|ngã ba|ngã tư|ngã năm|ngã sáu|nút giao"
        "|vòng xuyến|thôn|xóm|làng|kdc|khu dân cư|tổ|tổ dân phố|tdp|cụm|ông|bà|anh|chị|cô|chú"
        "|bác|em|cháu|cụ|bạn|thầy|đồng chí|đ/c|bác sĩ|bs|giám đốc|chủ tịch|liệt sĩ|vua|tướng"
        "|nguyễn|trần|phạm|hoàng|vũ|võ|đỗ|bùi|đặng|phan|lê|ngô|đinh|tên|văn hóa|nhà văn hóa"
        "|hợp tác xã|htx"
    ),
}


@dataclass(frozen=True, slots=True)
class Referent:
    """One thing that a name may mean.

    `codes` are the wards it stands for today, the largest part first. `within` are the keys of the
    districts and former provinces it lies in; `key` is its own where it is one. `needs_sign` marks
    a name that is a street's, a person's or a common word's too.
    """

    level: Level
    kind: str
    name: str
    codes: tuple[str, ...] = ()
    within: frozenset[str] = frozenset()
    key: str | None = None
    needs_sign: bool = False


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in a text at tokens[start:end], its sign, and what it may mean."""

    start: int
    end: int
    offsets: tuple[int, int]
    sign: Sign
    kind: str | None
    exact: bool
    slipped: bool
    referents: tuple[Referent, ...]
    beside: Beside = ""

    def surface(self, text: str) -> str:
        return text[self.offsets[0] : self.offsets[1]]

    def _at(self, level: Level) -> tuple[Referent, ...]:
        return tuple(referent for referent in self.referents if referent.level == level)

    @property
    def wards(self) -> tuple[Referent, ...]:
        return self._at("ward") + self._at("old_ward") + self._at("older_ward")

    @property
    def landmarks(self) -> tuple[Referent, ...]:
        """The landmarks and streets that it names; one that is passed through names no place."""
        return self._at("landmark") if self.sign != "route" else ()

    @property
    def needs_sign(self) -> bool:
        return any(referent.needs_sign for referent in self.referents)

    @property
    def may_be_ward(self) -> bool:
        """Whether the sign lets the name be a ward: no street, district or whole province."""
        if self.sign == "ward":
            return True
        return self.sign in ("bare", "locative") and not self._at("province")

    @property
    def _district_referents(self) -> tuple[Referent, ...]:
        if self.sign == "district":
            return tuple(r for r in self._at("district") if r.kind == self.kind) or self._at(
                "district"
            )
        unsigned = self.sign in ("bare", "locative") and not self._at("province")
        return self._at("district") if unsigned else ()

    @property
    def districts(self) -> frozenset[str]:
        return frozenset(r.key for r in self._district_referents if r.key is not None)

    @property
    def district_codes(self) -> tuple[str, ...]:
        return tuple(code for referent in self._district_referents for code in referent.codes)

    @property
    def provinces(self) -> frozenset[str]:
        if self.sign in ("ward", "other"):
            return frozenset()
        if self.sign == "district" and self._district_referents:
            return frozenset()
        return frozenset(r.key for r in self._at("province") if r.key is not None)

    @property
    def names_home(self) -> bool:
        return bool(self.districts or self.provinces)

    @property
    def is_elsewhere(self) -> bool:
        """Another province: named as one, or by a name that nothing here bears."""
        if not self._at("elsewhere") or self.sign in ("ward", "route", "other"):
            return False
        return self.sign in ("province", "district") or not self.wards

    @property
    def doubtful(self) -> bool:
        """A namesake of a place elsewhere, named without its own "xã" or "phường"."""
        if not self._at("elsewhere"):
            return False
        return self.sign != "ward" or all(ward.kind != self.kind for ward in self.wards)


def slip_key(word: str) -> str:
    """A folded word with n for l, as many northerners say and write; ng and nh never slip."""
    if word[0] == "l":
        return "n" + word[1:]
    return word


def read_mentions(tokens: Sequence[Token], phrases: Phrases[Referent]) -> list[Mention]:
    """Every place name of a text from left to right, none overlapping."""
    accented = sum(token.accented for token in tokens) >= _ACCENTED_SHARE * len(tokens)
    mentions: list[Mention] = []
    start = 0
    while start < len(tokens):
        mention = _mention_at(tokens, start, phrases, accented)
        if mention is not None:
            beside = _beside(tokens, mention, mentions[-1] if mentions else None)
            mentions.append(replace(mention, beside=beside) if beside else mention)
        start = mention.end if mention is not None else _after_sign(tokens, start)
    return mentions


def _beside(tokens: Sequence[Token], mention: Mention, before: Mention | None) -> Beside:
    """Whether the words before say that the place lies next to this name, not in it."""
    first = next(i for i, token in enumerate(tokens) if token.start == mention.offsets[0])
    if before is not None and before.beside == "border":
        between = {token.folded for token in tokens[before.end : first]}
        if between <= _JOINING:
            return "border"
    while first > 0 and tokens[first - 1].folded in _BORDER_FILLERS:
        first -= 1
    if tuple(token.folded for token in tokens[max(first - 2, 0) : first]) in _BORDER:
        return "border"
    return "near" if first > 0 and tokens[first - 1].folded in _NEAR else ""


def _after_sign(tokens: Sequence[Token], start: int) -> int:
    """Past a sign of several words: "cong an phuong" is police of a ward, not An Phượng."""
    return max((match.end for match in _signs().at(tokens, start)), default=start + 1)


def _mention_at(
    tokens: Sequence[Token], start: int, phrases: Phrases[Referent], accented: bool
) -> Mention | None:
    matches = phrases.at(tokens, start)
    if not matches:
        return None
    sign, kind, first = sign_before(tokens, start)
    if sign == "bare" and start == 0 and matches[0].end == len(tokens):
        sign = "locative"  # Nothing but a name answers the question "where?".
    usable = [m for m in matches if _is_credible(m, sign, accented, tokens)]
    if not usable:
        return None
    longest = [match for match in usable if match.end == usable[0].end]
    best = _best_spelt(longest, accented)
    offsets = (tokens[first].start, tokens[best[0].end - 1].end)
    return Mention(
        start,
        best[0].end,
        offsets,
        sign,
        kind,
        best[0].exact,
        best[0].slipped,
        tuple(match.payload for match in best),
    )


def _is_credible(
    match: Match[Referent], sign: Sign, accented: bool, tokens: Sequence[Token]
) -> bool:
    """Unsigned words of a text that has diacritics must be spelt as the name is; a slip needs a
    sign or the name's other diacritics."""
    if sign in ("ward", "district", "province") or match.exact:
        return True
    typed = any(token.accented for token in tokens[match.start : match.end])
    if match.slipped:
        return typed or sign == "locative"
    return not accented


def _best_spelt(matches: list[Match[Referent]], accented: bool) -> list[Match[Referent]]:
    """Cẩm Giang is not Cẩm Giàng once a diacritic was typed; cam giang is both."""
    straight = [match for match in matches if not match.slipped] or matches
    exact = [match for match in straight if match.exact]
    return exact if exact and accented else straight


def sign_before(tokens: Sequence[Token], start: int) -> tuple[Sign, str | None, int]:
    """The longest sign that ends just before a name: its sort, its kind, and its first token.

    Of two that are spelt alike without diacritics ("quan" is quận or quán) the first of the list.
    """
    for length in range(min(_LONGEST_SIGN, start), 0, -1):
        first = start - length
        for match in reversed(_signs().at(tokens[:start], first)):
            if match.end == start and (tokens[start].glued or _is_abbreviation(tokens, start)):
                sign, kind = match.payload
                return sign, kind, first
    return "bare", None, start


def _is_abbreviation(tokens: Sequence[Token], start: int) -> bool:
    """ "p. Lê Chân", "TP.Hải Dương": a full stop after one to three letters ends no sentence."""
    return len(tokens[start - 1].word) <= 3


@cache
def _signs() -> Phrases[tuple[Sign, str | None]]:
    signs: Phrases[tuple[Sign, str | None]] = Phrases()
    for payload, words in _SIGN_WORDS.items():
        for word in words.split("|"):
            signs.add(word, payload)
    return signs
