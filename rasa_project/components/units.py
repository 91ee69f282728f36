"""Units: the offices, officials, schools and companies that a text names, and which it accuses.

Described by the words of the two-tier administration (Luật 72/2025/QH15) and its departments; no
name of a province is here. Patterns run over the folded text.
"""

import re
from typing import Iterator, NamedTuple, Optional, Tuple


class Unit(NamedTuple):
    """A unit in the folded text; `role` is "accused" or ""."""

    start: int
    end: int
    role: str


_LEVEL = (
    r"xa|phuong|thi tran|dac khu|thi xa|huyen|quan|thanh pho|tp|tinh|thon|xom|ap|to dan pho|"
    r"khu dan cu|khu pho|khu vuc|khu"
)
_OFFICE = (
    r"ubnd|uy ban nhan dan|uy ban|hdnd|hoi dong nhan dan|cong an|(?-i:CA)|"
    r"canh sat giao thong|csgt|tram y te|"
    r"dang uy|chi bo|mat tran to quoc|mttq|bo phan mot cua|mot cua|"
    r"trung tam phuc vu hanh chinh cong|"
    r"trung tam hanh chinh cong|hoi dong giai phong mat bang|trung tam phat trien quy dat|"
    r"van phong dang ky dat dai|chi cuc thue|doi thue|thue|ban quan ly du an|quan ly thi truong|"
    r"bao hiem xa hoi|bhxh|dien luc|hop tac xa|toa an|vien kiem sat|thanh tra|ban chi huy quan su"
)
_PERSON = (
    r"pho chu tich|chu tich|pho bi thu|bi thu|truong cong an|pho cong an|truong thon|"
    r"truong xom|xom truong|truong ap|truong khu pho|"
    r"truong khu|to truong to dan pho|to truong dan pho|to truong|lanh dao|can bo dia chinh|"
    r"can bo tu phap|"
    r"can bo ho tich|can bo|cong chuc|thu quy|ke toan|pho giam doc|giam doc|hieu truong|"
    r"pho phong|truong phong|"
    r"nhan vien|dia chinh|chu nhiem"
)
_DEPARTMENT = (
    r"noi vu|tu phap|tai chinh|cong thuong|nong nghiep(?: va moi truong)?|nn&mt|nnmt|"
    r"xay dung|khoa hoc(?: va cong nghe)?|"
    r"kh&cn|van hoa(?:,? the thao(?: va du lich)?)?|vhtt&dl|vhttdl|giao duc(?: va dao tao)?|"
    r"gd&dt|gddt|y te|ngoai vu|"
    r"dan toc(?: va ton giao)?|du lich"
)
_SCHOOL = (
    r"truong (?:tieu hoc|thcs|thpt|mam non|mau giao|trung hoc(?: co so| pho thong)?)|benh vien|"
    r"cong ty"
)

# A unit is: [person] [office] [level], or a person alone, or a department, or a school. A name may
# follow.
# "Xã Phúc Thành" alone is a place, unless it is accused: then its authority is meant.
UNIT = re.compile(
    rf"\b(?:(?P<department>(?:(?:{_PERSON}) )?so (?:{_DEPARTMENT}))"
    rf"|(?P<school>(?:(?:{_PERSON}) )?(?:{_SCHOOL}))"
    rf"|(?P<office>(?:(?:{_PERSON}) )?(?:{_OFFICE})(?: (?:{_LEVEL}))?)"
    rf"|(?P<person>(?:{_PERSON})(?: (?:{_LEVEL}))?)"
    rf"|(?P<place>xa|phuong|dac khu|huyen))\b",
    re.IGNORECASE,
)
# These words name a unit only with a level or a proper name after them: "thuế cao" is not the tax
# office.
_NEEDS_MORE = re.compile(
    r"(?:uy ban|cong an|ca|csgt|thue|dien luc|toa an|thanh tra|mot cua|quan ly thi truong|"
    r"hop tac xa|dang uy|chi bo|cong ty|"
    r"nhan vien|to truong|lanh dao|can bo|cong chuc|dia chinh|benh vien|giam doc|ke toan|"
    r"chu nhiem|chu tich|bi thu)"
)
_NAME = re.compile(r"\s(?:số\s)?(?:\d{1,2}\b|[^\W\d_]+)")
_NOT_A_NAME = re.compile(
    r"(?:da|dang|se|khong|ko|k|dc|duoc|bi|va|voi|thi|la|ma|co|cho|de|den|di|ra|vao|len|xuong|nhan|"
    r"doi|nay|kia|do|day|nao|lam|noi|bao|hoi|hach|quat|chui|mang|nat|danh|doa|hua|tra|giai|cap|"
    r"ky|xac|xin|xu|mong|tiep|de|nghi|kinh|gui|goi|o|tai|tren|duoi|trong|ngoai|nhung|cac|mot|"
    r"may|toi|em|chung|ho|che|ban|chia|chiem|lay|rat|qua|cung|van|moi|lai|hay|cu|luon|ghi|yeu|"
    r"tham|gay|vo|sang|chieu|vua|can|giu|bat|ep|pha|xay|mo|khi|nhu|hom|ngay|thang|gio|anh|chi|"
    r"ong|keo|don|ngang|moc|lo|thay|bo|nua|roi|ai|nhieu|it|cham)"
)
# These begin many names of communes (An Hưng, Nam Sách, Hải An, Tứ Kỳ, Đông Hải), but not before
# these words.
_NOT_A_NAME_PAIR = re.compile(
    r"\s(?:an (?:chan|tien|bot|cap|hoi|uong|o|noi)|tu (?:y|tien|nhien|choi|chuyen)|"
    r"hai (?:lan|thang|ba|nguoi)|"
    r"nam (?:nay|ngoai|truoc)|dong (?:dau|cua|tien)|thu (?:tien|lai|phi|ho|giu|hoi)|"
    r"ba (?:lan|thang|nguoi))\b"
)

# A village's head is named by the office ("trưởng thôn thu tiền"): in all-lower text no name
# follows that level.
_ENDS_IN_LEVEL = re.compile(
    r"(?:xa|phuong|thi tran|dac khu|huyen|quan|thanh pho|tp|tinh)$", re.IGNORECASE
)
_CAPITAL_INSIDE = re.compile(r"\w,? [A-Z][a-z]")  # Not at the start of a sentence.

# What staff are accused of. Words of plain discontent ("chậm") do not accuse a unit of wrong: they
# are the case itself.
_ACCUSING = re.compile(
    r"\b(?:an chan|an bot|an tien|an hoi lo|hoi lo|lot tay|hach sach|nhung nhieu|sach nhieu|"
    r"voi(?: vinh)? tien|voi vinh|doi tien|"
    r"doi (?:\w+ ){0,3}(?:tien|trieu|phong bi)|quat|nat|chui|mang|vo cam|bao che|bao ke|tu y|"
    r"trai phep|trai tham quyen|"
    r"tham o|tham nhung|nhan (?:\w+ ){0,2}tien|thu (?:\w+ ){0,4}(?:tien|trieu|nghin|"
    r"bien lai)|thu lai|lam ngo|gay kho|hanh dan|danh|doa|"
    r"chiem|lay tien|lay dat|ban dat|chia lo|xuc pham|coi thuong|hong hach|cua quyen|noi tuc|"
    r"thai do|bot xen|khai khong|lam gia|"
    r"thong dong|rut ruot|lam quyen|to cao|tien di dau|tieu cuc|ngu gat|say ruou|khong tiep|"
    r"duoi (?:toi|dan|ve)|nem|"
    r"tra thu|tru dap|im im|cuoi cot|thu giu|niem phong)\b"
)
_ADDRESSED = re.compile(
    r"\b(?:gui(?: den| toi| len)?|de nghi|kien nghi|nho|mong|xin|yeu cau|thua|trinh bao|bao|"
    r"cam on|goi|goi cho|"
    r"truoc cong)(?: \w+){0,2}? ?$"
)
_SENTENCE_END = re.compile(r"[.!?\n;]")
_BEFORE, _AFTER = 45, 90


def find_units(folded: str) -> Iterator[Unit]:
    """The units of a text in reading order."""
    position, lowered = 0, folded.lower()
    while match := UNIT.search(folded, position):
        end = _end_of_name(folded, match)
        position = end
        role = "accused" if is_accused(lowered, match.start(), end) else ""
        is_bare = end == match.end() and bool(_NEEDS_MORE.fullmatch(match.group().lower()))
        if role or not (is_bare or match["place"]):
            yield Unit(match.start(), end, role)


def _end_of_name(folded: str, match: "re.Match[str]") -> int:
    """Where the proper name after a unit ends.

    Capitals decide where the writer uses them ("UBND xã Phúc Thành tự ý"); in all-lower text the
    name is the next two words, as in most commune names, unless one cannot be part of a name.
    """
    end, count = match.end(), 0
    has_level = bool(_ENDS_IN_LEVEL.search(match.group()))
    writes_capitals = bool(_CAPITAL_INSIDE.search(folded))
    limit = 4 if writes_capitals else 2
    while count < limit and (word := _NAME.match(folded, end)):
        token = word.group().strip()
        if token.isdigit():
            return word.end() if count == 0 and has_level else end
        if writes_capitals and not token[0].isupper():
            break
        if not writes_capitals and (not has_level or _begins_clause(folded, end, token)):
            break
        end, count = word.end(), count + 1
    return end


def _begins_clause(folded: str, position: int, token: str) -> bool:
    """Whether the next word of all-lower text is a verb or particle rather than part of a name."""
    return bool(_NOT_A_NAME.fullmatch(token)) or bool(_NOT_A_NAME_PAIR.match(folded, position))


def is_accused(folded: str, start: int, end: int) -> bool:
    """Whether words near a unit, in its own sentence, accuse it. Best effort; a person decides
    later."""
    before, after = _sentence_around(folded, start, end)
    if _ADDRESSED.search(before.rstrip() + " ") or _ADDRESSED.search(before.rstrip()):
        return False
    return bool(_ACCUSING.search(after) or _ACCUSING.search(before))


def _sentence_around(folded: str, start: int, end: int) -> Tuple[str, str]:
    before = folded[max(0, start - _BEFORE) : start]
    after = folded[end : end + _AFTER]
    tail: Optional[re.Match[str]] = _SENTENCE_END.search(after)
    head = [match.end() for match in _SENTENCE_END.finditer(before)]
    return before[head[-1] if head else 0 :], after[: tail.start()] if tail else after
