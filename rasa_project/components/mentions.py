"""MentionExtractor: case codes, telephone numbers, and the units that a text names or accuses.

Patterns run over the folded text, and the spans are mapped back, so they are right with diacritics,
without, and in decomposed Unicode. Units are described by the words of the two-tier administration
(Luật 72/2025/QH15) and its departments; no name of a province is here.
"""

import re
from typing import Any, Dict, Iterator, List, Optional, Text, Tuple

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from components.text import fold_with_offsets

CASE_CODE = re.compile(r"\bpa(?P<dash>\s?[-–—_.]\s?|\s)?(?P<body>[0-9a-z]{6})\b", re.IGNORECASE)
PHONE = re.compile(r"(?<![\w+])(?:\+84|0084|84|0)(?:[ .-]?\d){9,10}(?![ .-]?\d)")

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


def find_mentions(text: str) -> List[Dict[Text, Any]]:
    """Entities of a text in Rasa's shape, in reading order. `start` and `end` count its
    characters."""
    folded, offsets = fold_with_offsets(text)
    found = [*_codes(folded), *_phones(folded), *_units(folded)]
    return [_entity(text, offsets, *item) for item in sorted(found)]


Found = Tuple[int, int, str, str, str]  # start, end, entity, value ("" is the text itself), role


def _entity(
    text: str, offsets: List[int], start: int, end: int, name: str, value: str, role: str
) -> Dict[Text, Any]:
    first, last = offsets[start], offsets[end]
    entity = {"entity": name, "start": first, "end": last, "value": value or text[first:last]}
    if role:
        entity["role"] = role
    return entity


def _codes(folded: str) -> Iterator[Found]:
    """Case codes as `PA-XXXXXX`. Without a dash a digit is asked for: "pa phuong" is no code."""
    for match in CASE_CODE.finditer(folded):
        body = match["body"].upper()
        has_dash = bool(match["dash"] and match["dash"].strip())
        if has_dash or any(char.isdigit() for char in body):
            yield match.start(), match.end(), "case_code", f"PA-{body}", ""


def _phones(folded: str) -> Iterator[Found]:
    """Vietnamese numbers, mobile or fixed, as 0xxxxxxxxx. Twelve digits of an identity card are
    none."""
    for match in PHONE.finditer(folded):
        digits = re.sub(r"\D", "", match.group())
        local = "0" + re.sub(r"^(?:0084|84|0)", "", digits)
        if re.fullmatch(r"0[35789]\d{8}|02\d{9}", local):
            yield match.start(), match.end(), "phone_number", local, ""


def _units(folded: str) -> Iterator[Found]:
    position, lowered = 0, folded.lower()
    while match := UNIT.search(folded, position):
        end = _end_of_name(folded, match)
        position = end
        role = "accused" if is_accused(lowered, match.start(), end) else ""
        is_bare = end == match.end() and bool(_NEEDS_MORE.fullmatch(match.group().lower()))
        if role or not (is_bare or match["place"]):
            yield match.start(), end, "unit", "", role


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


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class MentionExtractor(GraphComponent):
    """Appends `case_code`, `phone_number` and `unit` (with `role: accused`) to `entities`."""

    def __init__(self, name: Text) -> None:
        self._name = name

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "MentionExtractor":
        """Nothing is trained or stored."""
        return cls(cls.__name__)

    def process(self, messages: List[Message]) -> List[Message]:
        """Adds what was found to each message."""
        for message in messages:
            mentions = find_mentions(str(message.get(TEXT) or ""))
            found = [{**mention, "extractor": self._name} for mention in mentions]
            message.set(ENTITIES, (message.get(ENTITIES) or []) + found, add_to_output=True)
        return messages
