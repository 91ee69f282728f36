"""Chat writing spelt out: words with one reading, and a few that their neighbours decide.

Ambiguous ones are left to the classifier's n-grams: "hs" (hồ sơ; học sinh), "ca" (công an; cả),
"hong" (không; hỏng), "kg" (không; kilogram), "xl" (xin lỗi; xử lý), "tk" (tài khoản; thank), "bùn"
(buồn; mud), "lun" (luôn; lún), "đg" (đường; đang), single letters for persons. Every reading is
in normal form itself, so that spelling out twice changes nothing.
"""

import re
from typing import Dict, Pattern, Tuple

# Reading -> how it is written in chat, in lower case.
_WRITTEN: Dict[str, str] = {
    # not, already, can, and the other small words
    "không": "ko k kh khg kog khog hok hog hông khum khôg kô",
    "được": "dc đc ddc",
    "rồi": "r rùi ròi roài rầu",
    "gì": "j gj jì",
    "cũng": "cx cg cũg cug cgx kũng",
    "với": "vs vứi zới",
    "nhưng": "nhg nhưg",
    "nhưng mà": "nma nhma nmà",
    "nữa": "nx",
    "quá": "qá wá",
    "đang": "đag",
    "vậy": "zậy dzậy dzay zạy zay z",
    "vô": "zô dzô",
    "vui": "zui dzui",
    "về": "zề",
    "giùm": "dùm zùm dzùm",
    "thôi": "thui",
    "thế nào": "tnao tnào",
    "như thế nào": "ntn ntnao thnao",
    "tại sao": "tsao",
    "làm": "lm",
    "làm sao": "lmsao lsao",
    "biết": "bik bjk bjt bít",
    "thích": "thik thjk thíc",
    "nhiều": "nhìu nhju",
    "trời": "chời tròi",
    "ừ": "uk uhm ukm ừk",
    "ok": "oki okie okla okela oke okê okey",
    # time
    "giờ": "h jờ",
    "bây giờ": "bh bjo bjờ bgio bgiờ",
    "hôm nay": "hnay",
    "hôm qua": "hqua",
    "trước": "trc trk",
    "thời gian": "tgian",
    # people
    "người": "ng ngừi",
    "người ta": "ngta ngt",
    "mọi người": "mn mng",
    "mình": "mk mik mjk mjh mìh",
    "vợ": "vk",
    "em": "iêm",
    "yêu": "iu",
    "cảm ơn": "tks thanks thank thks thx camon",
    # things
    "số điện thoại": "sdt sđt",
    "điện thoại": "đt đthoại",
    "nước": "nc",
    "vấn đề": "vđ",
    "ví dụ": "vd",
    "khu vực": "kvuc",
    "kiểm tra": "ktra",
    "giải quyết": "gquyet gquyết",
    "facebook": "fb",
    "zalo": "zl",
    # offices, papers, places
    "thành phố": "tp",
    "ủy ban": "ub",
    "ủy ban nhân dân": "ubnd",
    "hội đồng nhân dân": "hđnd hdnd",
    "mặt trận tổ quốc": "mttq",
    "cảnh sát giao thông": "csgt",
    "công an xã": "cax",
    "công ty": "cty cti",
    "ban quản lý": "bql",
    "khu công nghiệp": "kcn",
    "cụm công nghiệp": "ccn",
    "khu đô thị": "kđt kdt",
    "khu dân cư": "kdc",
    "tổ dân phố": "tdp",
    "tái định cư": "tđc",
    "giải phóng mặt bằng": "gpmb",
    "quyền sử dụng đất": "qsdđ qsdd",
    "giấy chứng nhận": "gcn",
    "giấy phép xây dựng": "gpxd",
    "giấy phép lái xe": "gplx",
    "thủ tục hành chính": "tthc",
    "quyết định": "qđ",
    "căn cước công dân": "cccd",
    "chứng minh nhân dân": "cmnd",
    "bảo hiểm xã hội": "bhxh",
    "bảo hiểm y tế": "bhyt",
    "bảo hiểm thất nghiệp": "bhtn",
    "trạm y tế": "tyt",
    "giao thông vận tải": "gtvt",
    "an toàn giao thông": "atgt",
    "tai nạn giao thông": "tngt",
    "phòng cháy chữa cháy": "pccc",
    "vệ sinh môi trường": "vsmt",
    "an toàn thực phẩm": "attp",
    "giáo viên": "gv",
    "giáo viên chủ nhiệm": "gvcn",
    "sinh viên": "sv",
}
CHAT_WORDS: Dict[str, str] = {
    word: reading for reading, words in _WRITTEN.items() for word in words.split()
}

# After these the word is another: "200 k" (nghìn), "mã kh" (khách hàng), "bên hông" (the side),
# "thẻ bh" (bảo hiểm), "nhà vs" (vệ sinh), "tối thui" (pitch dark), "km/h", "ông H.", "trường mn"
# (mầm non), and "bít" (to block) unless "không" or "ai" stands before it.
_OTHERWISE_AFTER: Dict[str, Pattern[str]] = {
    "k": re.compile(r"\d $"),
    "kh": re.compile(r"(?:mã|số|tên|cho|của) $"),
    "hông": re.compile(r"(?:bên|xương|vòng|đau) $"),
    "thui": re.compile(r"(?:bê|chó|bò|tối|đen|toi|den) $"),
    "h": re.compile(r"(?:[/.]|anh |chị |ông |bà )$"),
    "bít": re.compile(r"(?<!ko )(?<!\bk )(?<!không )(?<!hông )(?<!hok )(?<!ai )$"),
    "mn": re.compile(r"(?:trường|lớp|gv|truong|lop|giáo viên) $"),
    "bh": re.compile(r"(?:thẻ|đóng|tiền|mua|sổ|the|dong|tien|so) $"),
    "vs": re.compile(r"(?:nhà|nha|giấy|giay) $"),
}
# Before these too: "đt 391" (đường tỉnh), but "đt 0912…".
_OTHERWISE_BEFORE: Dict[str, Pattern[str]] = {"đt": re.compile(r" ?\d{2,3}\b")}
_LOOK_BACK = 10

# Words that only their neighbours make clear, each with a part of it that is quick to look for.
_IN_PASSING: Tuple[Tuple[str, Pattern[str], str], ...] = (
    ("đk", re.compile(r"\b(ko|k|kh|hok|không|hông|chưa) đk\b"), r"\1 được"),
    ("đk ", re.compile(r"\bđk (?=(?:ko|k|kh|không|chưa|rồi|r)\b)"), "được "),
    (" h", re.compile(r"\b(bao|mấy|bây|lúc) h\b"), r"\1 giờ"),
    ("bn ", re.compile(r"\bbn (?=(?:tiền|lâu|ngày|tháng|năm|người|nữa)\b)"), "bao nhiêu "),
    (" bn", re.compile(r"\b(hết|giá|mất|tốn|trả|đóng|bao) bn\b"), r"\1 bao nhiêu"),
    ("hum ", re.compile(r"\bhum (?=(?:nay|qua|trước|trc|kia)\b)"), "hôm "),
    ("hổng ", re.compile(r"\bhổng (?=(?:có|biết|thấy|ai|được|chịu|dám|phải|cho)\b)"), "không "),
    (" ck", re.compile(r"\b(vợ|vk) ck\b"), r"\1 chồng"),
    ("ck ", re.compile(r"\bck (?=(?:vk|vợ|e|em|mk|mình|tôi|tui|con)\b)"), "chồng "),
    ("ck ", re.compile(r"\bck (?=\d|(?:cho|vào|qua|tiền|nhầm|xong)\b)"), "chuyển khoản "),
    ("ql", re.compile(r"\bql ?(?=\d)"), "quốc lộ "),
    ("tl", re.compile(r"\btl ?(?=\d)"), "tỉnh lộ "),
    # "P5" alone may be a room; beside a district it is a ward.
    ("p", re.compile(r"\bp\.? ?(\d{1,2}),? (?=(?:q\.? ?\d|quận|tp)\b)"), r"phường \1 "),
    ("q", re.compile(r"\bq\.? ?(\d{1,2})\b"), r"quận \1"),
)


def spell_out(word: str, text: str, start: int, end: int) -> str:
    """The reading of a lower-case word that stands at text[start:end], or the word itself."""
    reading = CHAT_WORDS.get(word)
    if reading is None:
        return word
    after, before = _OTHERWISE_BEFORE.get(word), _OTHERWISE_AFTER.get(word)
    if after and after.match(text, end):
        return word
    if before and before.search(text[max(0, start - _LOOK_BACK) : start]):
        return word
    return reading


def spell_out_in_passing(text: str) -> str:
    """A lower-case text with the abbreviations that their neighbours make clear spelt out."""
    for part, pattern, reading in _IN_PASSING:
        if part in text:
            text = pattern.sub(reading, text)
    return text
