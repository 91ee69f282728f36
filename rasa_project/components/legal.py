"""LegalTypeRules: which of the four legal types a text is, by what it says and not by its title.

Thông tư 05/2021/TT-TTCP classifies petitions by content. The classifier learnt it from examples;
rules come before it for what must not be missed. A denunciation (tố cáo) must never be collected
in chat, so both lean towards it: a phản ánh taken for a tố cáo costs the citizen one more question,
a tố cáo taken for a phản ánh can expose them. Its confidence says what spoke, so that the
conversation can ask first where only a weak sign did: 0.95 the writer uses the word; 0.8 the act is
spelt out; 0.65 the classifier alone. Of the other types it is the classifier's share.
"""

import re
from typing import Any, Dict, List, NamedTuple, Optional, Pattern, Text, Tuple

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from components.classifier import LEGAL_SHARES
from components.text import fold, is_accented, normalise

SAID, ACT, HINT = 0.95, 0.8, 0.65


class Rule(NamedTuple):
    """A pattern in both spellings, the legal type it speaks for, and how sure that makes us."""

    legal_type: str
    confidence: float
    accented: Pattern[str]
    folded: Pattern[str]


def rule(legal_type: str, confidence: float, *alternatives: str) -> Rule:
    """Whole words only. A pattern is written with diacritics and looked up without them as well."""
    pattern = rf"\b(?:{'|'.join(alternatives)})\b"
    return Rule(legal_type, confidence, re.compile(pattern), re.compile(fold(pattern)))


_OFFICIAL = (
    r"(?:cán bộ|công chức|chủ tịch|bí thư|trưởng (?:thôn|xóm|ấp|khu|phòng|ban|công an)|xóm trưởng|"
    r"tổ trưởng|lãnh đạo|giám đốc|hiệu trưởng|thủ quỹ|kế toán|địa chính|công an|cảnh sát|thanh tra|"
    r"kiểm lâm|ủy ban nhân dân|ban quản lý|chính quyền|xã|phường)"
)
_GANG = r"(?:giang hồ|xã hội đen|côn đồ|xăm trổ|bảo kê)"
_NEAR = r"[^.!?\n]{0,60}?"
_MONEY = r"(?:tiền|quỹ|gạo|hàng cứu trợ|trợ cấp|ngân sách)"

# Read in this order; the first that matches decides. No list of words is complete: what they miss
# is left to the classifier's category, and what both miss to the person who reads the case.
RULES: Tuple[Rule, ...] = (
    rule("to_cao", SAID, "tố cáo", "tố giác", "đơn tố", "người bị tố"),
    # Taking, asking for, forging: the acts of the criminal code's chapter on office holders.
    rule(
        "to_cao",
        ACT,
        "(?:nhận|đòi|vòi|đưa|ăn) (?:tiền )?(?:hối lộ|đút lót|lót tay)",
        "hối lộ",
        "tham nhũng",
        "tham ô",
        "biển thủ",
        "rút ruột",
        "ăn chặn",
        "ăn bớt",
        "cắt xén",
        "bỏ túi",
        "chạy án",
        "lại quả",
        "hoa hồng cho",
        "khai khống",
        "quyết toán khống",
        "kê khống",
        "chữ ký giả",
        "giả (?:mạo )?(?:chữ ký|giấy tờ|hồ sơ|con dấu)",
        "lợi dụng chức (?:vụ|quyền)",
        "lạm quyền",
        "trái thẩm quyền",
        "thông đồng",
        "quân xanh quân đỏ",
        rf"{_OFFICIAL}{_NEAR}(?:thu lại|giữ lại|chiếm|ăn|rút|bớt|thâu tóm) "
        rf"(?:\w+ ){{0,2}}?{_MONEY}",
        rf"{_OFFICIAL}{_NEAR}(?:bán|chia) (?:\w+ ){{0,2}}?(?:đất|lô)",
    ),
    # Gangs that seize or threaten: a crime by people who can be named, and a writer to protect.
    rule(
        "to_cao",
        ACT,
        rf"{_GANG}{_NEAR}(?:quây|chiếm|cướp|cưỡng|dọa|doạ|đe|đánh|thu tiền|ép)",
        rf"(?:quây|chiếm|cướp|cưỡng|dọa|doạ|đe|đánh|thu tiền|ép){_NEAR}{_GANG}",
        r"(?:nhóm|bọn) (?:\w+ ){0,4}(?:chiếm|cưỡng đoạt|cướp)",
    ),
    rule("khieu_nai", SAID, "khiếu nại", "khiếu kiện"),
)

# Without diacritics "tố cáo" is also "to cao", big and tall, as these words before it show.
_TALL = re.compile(r"\b(?:cay|nha|cot|nguoi|toa|dung|than)(?: \w+)? to cao\b")


class Thresholds(NamedTuple):
    """From which shares of the classifier's on a report is taken for a denunciation."""

    legal_type: float  # Of the legal type `to_cao`.
    category: float  # Of the category of corruption.
    act: float  # Of the legal type where a rule finds the act in the words.


def read_legal_type(
    text: str, shares: Dict[str, float], corruption: float, least: Thresholds
) -> Tuple[str, float]:
    """The legal type of a text and how sure that is.

    Args:
        text: what the citizen wrote.
        shares: the classifier's share of each legal type, summing to one.
        corruption: its share of the category of corruption.
        least: from which shares on it is a denunciation.
    """
    spoken = first_rule(text)
    if spoken and spoken.confidence == SAID:
        return spoken.legal_type, SAID
    if spoken and shares["to_cao"] >= least.act:
        return "to_cao", ACT
    if shares["to_cao"] >= least.legal_type or corruption >= least.category:
        return "to_cao", HINT
    others = {name: share for name, share in shares.items() if name != "to_cao"}
    best = max(others, key=lambda name: others[name])
    return best, others[best] / sum(others.values())


def first_rule(text: str) -> Optional[Rule]:
    """The first rule that matches, or None."""
    plain = normalise(text)
    accented = is_accented(text)
    if not accented:
        plain = _TALL.sub(" ", fold(plain))
    for candidate in RULES:
        if (candidate.accented if accented else candidate.folded).search(plain):
            return candidate
    return None


NOT_DENOUNCED = Thresholds(2.0, 2.0, 2.0)  # No share is as high.


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class LegalTypeRules(GraphComponent):
    """Sets `legal_type` = {"name", "confidence"} on a message; runs after GrievanceClassifier."""

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """Values are explained in config.yml."""
        return {
            "denounced_category": "corruption",
            "denounced_from": 0.12,
            "denounced_category_from": 0.06,
            "denounced_act_from": 0.02,
        }

    def __init__(self, config: Dict[Text, Any]) -> None:
        self._category = config["denounced_category"]
        self._least = Thresholds(
            config["denounced_from"],
            config["denounced_category_from"],
            config["denounced_act_from"],
        )

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "LegalTypeRules":
        """Nothing is trained: the rules are the component."""
        return cls(config)

    def process(self, messages: List[Message]) -> List[Message]:
        """Adds the legal type to each message."""
        for message in messages:
            name, confidence = self._read(message)
            value = {"name": name, "confidence": confidence}
            message.set("legal_type", value, add_to_output=True)
        return messages

    def _read(self, message: Message) -> Tuple[str, float]:
        """Only a report can denounce without the word: "cảm ơn" must not."""
        is_report = (message.get("intent") or {}).get("name") == "report"
        found = {c["name"]: c["confidence"] for c in message.get("categories")}
        return read_legal_type(
            str(message.get(TEXT) or ""),
            message.get(LEGAL_SHARES),
            found[self._category],
            self._least if is_report else NOT_DENOUNCED,
        )
