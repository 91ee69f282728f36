"""LegalTypeRules: which of the four legal types a text is, by what it says and not by its title.

Thông tư 05/2021/TT-TTCP classifies petitions by content. A denunciation (tố cáo) must never be
collected in chat, so the rules lean towards it: a phản ánh taken for a tố cáo costs the citizen one
more question, a tố cáo taken for a phản ánh can expose them. The confidence says which rule spoke,
so that the conversation can ask first where only a weak one did: 0.95 the writer uses the word; 0.8
the act is spelt out; 0.65 only the category says so, or nothing speaks at all.
"""

import re
from typing import Any, Dict, List, NamedTuple, Optional, Pattern, Text, Tuple

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

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
    # A decision or an act, the writer's own right, and disagreement.
    rule(
        "khieu_nai",
        ACT,
        r"(?:không đồng ý|không chấp nhận|không nhất trí|phản đối)(?: với)?(?: \w+){0,3}? "
        r"(?:phương án|quyết định|kết luận|mức|giá|đơn giá|biên bản|kiểm đếm|áp giá)",
        r"(?:xem xét lại|xem lại|hủy|huỷ|hủy bỏ|thu hồi|sửa) (?:\w+ ){0,3}?(?:quyết định|"
        r"phương án|kết luận|biên bản)",
        r"(?:đền|đền bù|bồi thường|áp giá|tính)(?: \w+){0,4}? (?:0 ?đồng|0đ|không đồng|số 0|"
        r"quá thấp|rẻ mạt|thiếu|sai)",
        r"(?:thu giữ|tịch thu|niêm phong|cưỡng chế|tạm giữ)(?: \w+){0,8}? "
        r"(?:tôi|nhà tôi|gia đình|của tôi|em|cháu)",
        r"(?:nhà|xe|hàng|đồ|đất)(?: nhà)? (?:tôi|em|cháu)(?: \w+){0,4}? (?:bị )?(?:thu giữ|"
        r"tịch thu|niêm phong|cưỡng chế|thu)",
        r"(?:bị )(?:cắt|gạch|loại|xóa|đưa ra)(?: \w+){0,3}? "
        r"(?:hộ nghèo|cận nghèo|trợ cấp|chế độ|danh sách)",
        r"(?:phạt|xử phạt|lập biên bản)(?: \w+){0,4}? (?:oan|sai|vô lý|nhầm)",
        r"(?:phạt|xử phạt) (?:tôi|em|cháu|nhà tôi|gia đình)",
        r"từ chối (?:cấp|giải quyết|công nhận|chi trả)(?: \w+){0,6}? (?:tôi|em|gia đình)",
    ),
    rule(
        "kien_nghi",
        ACT,
        "kiến nghị",
        "đề nghị",
        "đề xuất",
        "yêu cầu",
        "kính mong",
        "mong muốn",
        "rất mong",
        r"mong (?:các|cơ quan|chính|thành|tỉnh|xã|phường|sở|được|sớm)",
        "kính xin",
        "xin được",
        r"xin (?:các|cơ quan|thêm|sửa|lắp|đặt|làm|cho|cứu xét|giúp|hỗ trợ|xem xét|kiểm tra|xử lý)",
        "nên (?:có|làm|lắp|đặt|mở|bố trí|kiểm tra)",
        "cần (?:có|lắp|đặt|làm|bố trí|sửa)",
        r"đừng để",
        "can thiệp",
        "nhờ (?:các|cơ quan|xã|phường|chính)",
    ),
)

# Without diacritics "tố cáo" is also "to cao", big and tall, as these words before it show.
_TALL = re.compile(r"\b(?:cay|nha|cot|nguoi|toa|dung|than)(?: \w+)? to cao\b")


def read_legal_type(text: str, is_denounced: bool) -> Tuple[str, float]:
    """The legal type of a text and the confidence of the rule that decided.

    Args:
        text: what the citizen wrote.
        is_denounced: whether the classifier alone takes it for a denunciation (see config.yml).
    """
    spoken = _first_rule(text)
    if spoken and spoken.legal_type == "to_cao":
        return spoken.legal_type, spoken.confidence
    if is_denounced:
        return "to_cao", HINT
    if spoken is None:
        return "phan_anh", HINT
    return spoken.legal_type, spoken.confidence


def _first_rule(text: str) -> Optional[Rule]:
    plain = normalise(text)
    accented = is_accented(text)
    if not accented:
        plain = _TALL.sub(" ", fold(plain))
    for candidate in RULES:
        if (candidate.accented if accented else candidate.folded).search(plain):
            return candidate
    return None


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class LegalTypeRules(GraphComponent):
    """Sets `legal_type` = {"name", "confidence"} on a message; runs after LinearClassifier."""

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """Values are explained in config.yml."""
        return {"denounced_category": "corruption", "denounced_from": 0.2}

    def __init__(self, config: Dict[Text, Any]) -> None:
        self._category = config["denounced_category"]
        self._denounced_from = config["denounced_from"]

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
            shares = {c["name"]: c["confidence"] for c in message.get("categories") or []}
            is_denounced = self._is_denounced(message, shares)
            name, confidence = read_legal_type(str(message.get(TEXT) or ""), is_denounced)
            value = {"name": name, "confidence": confidence}
            message.set("legal_type", value, add_to_output=True)
        return messages

    def _is_denounced(self, message: Message, shares: Dict[str, float]) -> bool:
        """Only a report can denounce: "cảm ơn" with a stray category must not."""
        intent = (message.get("intent") or {}).get("name")
        return intent == "report" and shares.get(self._category, 0.0) >= self._denounced_from
