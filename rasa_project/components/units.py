"""Units: the offices, officials, schools and companies that a text names, and which it accuses.

Described by the words of the two-tier administration (Luật 72/2025/QH15) and its departments; no
name of a province is here. Patterns run over the folded text.
"""

import re
from bisect import bisect_left
from typing import Iterator, Match, NamedTuple, Optional, Sequence, Tuple

from components.names import end_of_name
from components.words import Word, are_meant, meanings, words_between


class Unit(NamedTuple):
    """A unit in the folded text; `role` is "accused", "acting" or ""."""

    start: int
    end: int
    role: str


_LEVEL = (
    r"xa|phuong|thi tran|dac khu|thi xa|huyen|quan(?! ly\b)|thanh pho|tp|tinh|thon|xom|ap|"
    r"to dan pho|khu dan cu|khu pho|khu vuc|khu(?! di tich\b)"
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
    r"truong (?:tieu hoc|thcs|thpt|mam non|mau giao|trung hoc(?: co so| pho thong)?)|"
    r"benh vien(?: (?:da khoa|dai hoc|phu san|san nhi|nhi|mat|tam than|y hoc co truyen))?|"
    # What a company is or does stands between the word and its name.
    r"cong ty(?: (?:tnhh|mtv|mot thanh vien|co phan|cp|cap thoat nuoc|cap nuoc|thoat nuoc|xay dung|"
    r"moi truong|do thi|van tai|xe khach|thuong mai|dich vu|bao ve|may|giay|thuy loi|thuy nong)\b)"
    r"{0,4}"
)

# "Xa thai", without diacritics, is what a factory does.
_DISCHARGED = "(?:thang|rac|nuoc|khoi|thai|ra|lu|xuong|hoi|qua|xoi|bui|xac)"

# A unit is: [person] [office] [level], or a person alone, or a department, or a school. A name may
# follow.
# "Xã Phúc Thành" alone is a place, unless it is accused: then its authority is meant.
UNIT = re.compile(
    rf"\b(?:(?P<department>(?:(?:{_PERSON}|thanh tra) )?so (?:{_DEPARTMENT}))"
    rf"|(?P<school>(?:(?:{_PERSON}) )?(?:{_SCHOOL}))"
    rf"|(?P<office>(?:(?:{_PERSON}) )?(?:{_OFFICE})(?: (?:{_LEVEL}))?)"
    rf"|(?P<person>(?:{_PERSON})(?: (?:{_LEVEL}))?)"
    rf"|(?P<place>xa(?! {_DISCHARGED}\b)|phuong|dac khu|huyen))\b",
    re.IGNORECASE,
)
# The words of these patterns as they are written with diacritics.
_MEANT = meanings(
    "đa khoa đại phụ sản nhi mắt tâm thần y cổ truyền phần cấp thoát nước đô tải xe khách dịch vụ "
    "bảo vệ may giày thủy lợi nông thành viên một "
    "xã phường thị trấn đặc khu huyện quận thành phố tỉnh thôn xóm ấp tổ dân cư vực ủy uỷ ban "
    "nhân hội đồng công an ca cảnh sát giao thông trạm y tế đảng chi bộ mặt trận quốc phận một "
    "cửa trung tâm phục vụ hành chính giải phóng bằng phát triển quỹ đất văn phòng đăng ký đai "
    "cục thuế đội quản lý dự án trường bảo hiểm điện lực hợp tác tòa viện kiểm thanh tra chỉ "
    "huy quân sự phó chủ tịch bí thư trưởng lãnh đạo cán địa tư pháp hộ chức thủ kế toán giám "
    "đốc hiệu nhiệm sở nội tài thương nông nghiệp và môi xây dựng khoa học nghệ hóa thể thao du "
    "lịch giáo dục đào tạo ngoại tộc tôn tiểu mầm non mẫu phổ cơ bệnh ty viên"
)
# These words name a unit only with a level or a proper name after them: "thuế cao" is not the tax
# office.
_NEEDS_MORE = re.compile(
    r"(?:uy ban|cong an|ca|csgt|thue|dien luc|toa an|thanh tra|mot cua|quan ly thi truong|"
    r"hop tac xa|dang uy|chi bo|cong ty|"
    r"nhan vien|to truong|lanh dao|can bo|cong chuc|dia chinh|benh vien|giam doc|ke toan|"
    r"chu nhiem|chu tich|bi thu)"
)
_NUMBER = re.compile(r" (?:so )?\d{1,2}\b")
# A village's head is named by the office ("trưởng thôn thu tiền"): in all-lower text no name
# follows that level.
_ENDS_IN_LEVEL = re.compile(
    r"(?:xa|phuong|thi tran|dac khu|huyen|quan|thanh pho|tp|tinh)$", re.IGNORECASE
)
# What staff are accused of. Words of plain discontent ("chậm") do not accuse a unit of wrong: they
# are the case itself.
_ACCUSING = re.compile(
    r"\b(?:an chan|an bot|an tien|an hoi lo|hoi lo|lot tay|hach sach|nhung nhieu|sach nhieu|"
    r"voi(?: vinh)? tien|voi vinh|doi tien|"
    r"doi (?:[\w.,]+ ){0,3}(?:tien|trieu|phong bi)|quat|nat|chui|mang|vo cam|bao che|bao ke|tu y|"
    r"trai phep|trai tham quyen|"
    r"tham o|tham nhung|nhan (?:\w+ ){0,2}tien|thu (?:\w+ ){0,4}(?:tien|trieu|nghin|"
    r"bien lai)|thu lai|lam ngo|gay kho|hanh dan|danh|doa|"
    r"chiem|lay tien|lay dat|ban dat|chia lo|xuc pham|coi thuong|hong hach|cua quyen|noi tuc|"
    r"thai do|bot xen|khai khong|lam gia|"
    r"thong dong|rut ruot|lam quyen|to cao|tien di dau|tieu cuc|ngu gat|say ruou|khong tiep|"
    r"duoi (?:toi|dan|ve)|nem|"
    r"no luong|quyt luong|tron dong bao hiem|"
    r"tra thu|tru dap|im im|cuoi cot|thu giu|niem phong)\b"
)
_ADDRESSED = re.compile(
    r"\b(?:gui(?: den| toi| len)?|de nghi|kien nghi|nho|mong|xin|yeu cau|thua|trinh bao|bao|"
    r"cam on|goi|goi cho|"
    r"truoc cong)(?: \w+){0,2}? ?$"
)
# Words after which a unit is a landmark or one that is turned to: "trước cổng UBND", "lên phường".
_ASIDE = re.compile(
    r"\b(?:truoc|cong|canh|gan|sau|ben|doi dien|qua|ra|len|den|toi|o|tai|ve|vao|trong|ngoai|tru so|"
    r"hoi|gap|voi|cung|dua|nop|cho|chuyen|phia|thuoc|duoc)(?: (?:cong|cua|tru so|ben))? ?$"
)
# What a unit is asked to do, or what it is, is nothing that it did.
_REQUESTED = re.compile(
    r" (?:(?:da|dang|se|nen|can|phai|hay|som|mau|chong|kip thoi|khan truong) )*"
    r"(?:nen|can|phai|hay|som|vao cuoc|can thiep|xem xet|kiem tra|xu ly|giai quyet|xuong|o day|"
    r"oi|a|nhe|di|gan|cach|sat|canh)\b"
)
_WORD_AFTER = re.compile(r" [a-z]+")
_SENTENCE_END = re.compile(r"[.!?\n;]")
_BEFORE, _AFTER = 45, 90


def find_units(folded: str, words: Sequence[Word], accents: bool) -> Iterator[Unit]:
    """The units of a text in reading order.

    Args:
        folded: the text without diacritics, its case kept.
        words: the same text in words.
        accents: whether the writer uses diacritics.
    """
    position, lowered = 0, folded.lower()
    accuses = bool(_ACCUSING.search(lowered))  # Looked for once: most texts accuse nobody.
    while match := UNIT.search(folded, position):
        if accents and not _is_meant(words_between(words, *match.span())):
            position = match.start() + 1
            continue
        end = _end_of_name(folded, words, accents, match)
        position = end
        role = "accused" if accuses and is_accused(lowered, match.start(), end) else ""
        is_bare = end == match.end() and bool(_NEEDS_MORE.fullmatch(match.group().lower()))
        if role or not (is_bare or match["place"]):
            role = role or ("acting" if is_acting(lowered, match.start(), end) else "")
            yield Unit(match.start(), end, role)


def is_acting(folded: str, start: int, end: int) -> bool:
    """Whether a unit seems to be who does something in its sentence, in words that accuse of
    nothing by themselves: "UBND phường đổ rác ra mương". It is neither addressed, nor a landmark,
    nor told what to do. Best effort; a person reads what hangs on it."""
    before, after = _sentence_around(folded, start, end)
    if not _WORD_AFTER.match(after) or _REQUESTED.match(after):
        return False
    near = before.rstrip()
    return not (_ADDRESSED.search(near + " ") or _ADDRESSED.search(near) or _ASIDE.search(near))


def _is_meant(words: Sequence[Word]) -> bool:
    """Whether the words of a unit have its diacritics, or have none at all ("ubnd xa" among
    accented words); one word alone must have them: "xa" is far."""
    is_bare = len(words) > 1 and all(word.accented == word.folded for word in words)
    return is_bare or are_meant(words, _MEANT)


def _end_of_name(folded: str, words: Sequence[Word], accents: bool, match: Match[str]) -> int:
    """Where the name or number after a unit ends, or the unit itself.

    Without capitals a name is looked for only after a level ("ubnd xa phuc an"): what follows
    "trưởng thôn" or "điện lực" in lower case is what they did.
    """
    has_level = bool(_ENDS_IN_LEVEL.search(match.group()))
    number = _NUMBER.match(folded, match.end())
    if number and has_level:
        return number.end()
    index = bisect_left(words, (match.end(),))
    if index >= len(words) or not (has_level or words[index].is_capital):
        return match.end()
    name = end_of_name(words, index, accents, trust=2)
    is_one_common_word = name == index + 1 and not words[index].is_capital
    return match.end() if name == index or is_one_common_word else words[name - 1].end


def is_accused(folded: str, start: int, end: int) -> bool:
    """Whether words near a unit, in its own sentence, accuse it. Best effort; a person decides
    later."""
    before, after = _sentence_around(folded, start, end)
    if not (_ACCUSING.search(after) or _ACCUSING.search(before)):
        return False
    addressed = _ADDRESSED.search(before.rstrip() + " ") or _ADDRESSED.search(before.rstrip())
    return not addressed


def _sentence_around(folded: str, start: int, end: int) -> Tuple[str, str]:
    before = folded[max(0, start - _BEFORE) : start]
    after = folded[end : end + _AFTER]
    tail: Optional[re.Match[str]] = _SENTENCE_END.search(after)
    head = [match.end() for match in _SENTENCE_END.finditer(before)]
    return before[head[-1] if head else 0 :], after[: tail.start()] if tail else after
