"""Every sentence that the bot says, in Vietnamese: respectful, plain, short."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.heard import FiledCase, Part
from cases.lifecycle import STATE_NAMES
from routing.router import Decision
from routing.tables import Pack

# What was agreed to is stored with this version: change it whenever CONSENT changes.
CONSENT_VERSION = "2026-11"

WELCOME = (
    "Xin chào. Đây là Lắng Nghe, nơi tiếp nhận phản ánh, kiến nghị của người dân {province}.\n\n"
    "Xin viết điều đang bức xúc bằng lời của mình: việc gì, ở đâu, từ bao giờ. "
    "Không cần đúng mẫu, viết không dấu cũng được. Có thể gửi kèm ảnh hoặc vị trí.\n\n"
    "Lệnh: /tinhtrang xem vụ việc đã gửi, /huongdan xem hướng dẫn."
)
GUIDE = (
    "Cách gửi phản ánh:\n"
    "1. Viết sự việc và nơi xảy ra trong một tin nhắn, kèm ảnh nếu có.\n"
    "2. Đọc lại tóm tắt, bấm “Gửi” nếu đúng, “Sửa” nếu chưa đúng.\n"
    "3. Nhận mã vụ việc dạng PA-XXXXXX để theo dõi bằng /tinhtrang.\n"
    "Khi cơ quan trả lời, tin nhắn sẽ đến tại đây; người gửi xác nhận đã giải quyết hay chưa."
)
CONSENT = (
    "Trước khi gửi lần đầu, xin đọc: hệ thống lưu nội dung phản ánh, nơi xảy ra và địa chỉ chat "
    "(được mã hóa) để giải quyết và trả lời. Cán bộ xử lý thấy nội dung, không thấy ai gửi. "
    "Tin nhắn đi qua máy chủ Telegram đặt ở nước ngoài. Bấm “Đồng ý và gửi” là đồng ý với các "
    "điều này."
)
ASK_PLACE = (
    "Việc này xảy ra ở xã, phường nào? Xin viết tên xã, phường (tên cũ cũng được), hoặc gửi vị trí."
)
ASK_WHICH_WARD = "Xin chọn đúng nơi xảy ra:"
ASK_CATEGORY = "Việc này thuộc lĩnh vực nào? Xin chọn một mục gần nhất."
ASK_CATEGORY_WHILE_DOWN = (
    "Hệ thống tạm thời chưa đọc được nội dung, nhưng vẫn nhận phản ánh và đã lưu lời vừa viết. "
    "Xin chọn lĩnh vực gần nhất."
)
ASK_REWRITE = "Xin viết lại nội dung phản ánh."
ASK_WHAT_TO_EDIT = "Cần sửa phần nào?"
CANCELLED = "Đã hủy, nội dung vừa viết không được gửi. Khi cần, xin cứ viết lại."
NOTHING_TO_CANCEL = "Hiện không có nội dung nào đang chờ gửi."
DROPPED = "Đã bỏ việc này, không gửi."
NEXT_MATTER = "Tiếp theo là việc còn lại trong lời đã viết:"
STALE_BUTTON = "Nút này không còn dùng được nữa. Xem vụ việc đã gửi: /tinhtrang"
ELSEWHERE = (
    "Nội dung này có vẻ xảy ra ngoài {province}, nơi hệ thống này không giải quyết được. "
    "Xin gửi tới cổng tiếp nhận của địa phương đó hoặc Cổng Dịch vụ công quốc gia. "
    "Nếu việc xảy ra ở {province}, xin bấm nút dưới đây."
)
OUTSIDE_PROVINCE_PIN = "Vị trí này nằm ngoài {province}. Xin viết tên xã, phường nơi xảy ra."
UNCLEAR = (
    "Xin lỗi, hệ thống chưa hiểu rõ ý này. Nếu đây là điều cần phản ánh, xin bấm nút dưới đây; "
    "nếu không, xin viết rõ hơn việc gì, ở đâu."
)
ASK_DENUNCIATION = (
    "Xin hỏi lại cho chắc: đây là phản ánh một sự việc, hay là tố cáo một người, một đơn vị cụ thể "
    "vi phạm pháp luật? Tố cáo được luật bảo vệ riêng nên không gửi qua tin nhắn."
)
DENUNCIATION = (
    "Nội dung này giống một đơn tố cáo. Để bảo vệ người tố cáo, hệ thống không nhận tố cáo qua "
    "tin nhắn và không lưu nội dung vừa gửi; nên xóa tin nhắn đó khỏi cuộc trò chuyện.\n\n"
    "Luật Tố cáo (Điều 22) quy định tố cáo bằng đơn có chữ ký, hoặc trình bày trực tiếp. Xin gửi "
    "tới thủ trưởng cơ quan cấp trên trực tiếp của người bị tố cáo{body}, hoặc đến nơi tiếp công "
    "dân. Danh tính người tố cáo được pháp luật bảo vệ.\n\n"
    "Nếu không tố cáo ai mà chỉ phản ánh một sự việc, xin bấm nút dưới đây."
)
DECLARED = (
    "Xin viết lại sự việc: điều gì xảy ra, ở đâu, từ bao giờ. Xin không nêu họ tên cá nhân. "
    "Một cán bộ được phân công riêng sẽ đọc; đơn vị liên quan không tự nhận vụ việc này."
)
COMPLAINT_NOTE = (
    "Nội dung này giống khiếu nại một quyết định hoặc việc làm của cơ quan nhà nước. Cán bộ sẽ "
    "xem và hướng dẫn. Xin lưu ý: khiếu nại theo luật phải gửi đơn đến người đã ra quyết định "
    "trong 90 ngày kể từ khi biết quyết định đó (Luật Khiếu nại, Điều 9); tin nhắn này không "
    "thay cho đơn."
)
EMERGENCY = (
    "Nếu có người đang gặp nguy hiểm, xin gọi ngay: 113 công an, 114 cứu hỏa và cứu nạn, "
    "115 cấp cứu. Tin nhắn ở đây không thay được cuộc gọi đó."
)
SELF_HARM = (
    "Có vẻ ông/bà đang rất khổ tâm. Xin đừng ở một mình lúc này: hãy gọi người thân, hoặc gọi 115 "
    "cấp cứu, 113 công an; trẻ em gọi 111. Điều ông/bà đang bức xúc vẫn có thể kể ở đây bất cứ "
    "lúc nào."
)
INSULT = (
    "Rất tiếc vì đã để ông/bà bực mình. Nếu có việc chưa được giải quyết, xin viết rõ việc gì, "
    "ở đâu; hệ thống sẽ chuyển đến đúng nơi phải trả lời."
)
TALK_TO_HUMAN = (
    "Xin cứ viết sự việc ở đây: mỗi vụ việc đều có cán bộ đọc và chịu trách nhiệm trả lời. Muốn "
    "gặp trực tiếp, xin đến nơi tiếp công dân của xã, phường hoặc của thành phố trong giờ hành "
    "chính."
)
# What is said to an intent that only calls for a sentence. Answers to questions come with the model
# (rasa_project/domain.yml).
ANSWERS = {
    "delete_my_data": (
        "Ông/bà có quyền yêu cầu xóa dữ liệu của mình (Luật Bảo vệ dữ liệu cá nhân 2025). Việc tự "
        "xóa ngay trong cuộc trò chuyện này chưa làm được; xin gửi yêu cầu tới nơi tiếp công dân "
        "của thành phố. Nội dung chưa bấm gửi thì có thể bỏ ngay bằng /huy."
    ),
    "out_of_scope": (
        "Việc này nằm ngoài khả năng của hệ thống. Ở đây tiếp nhận phản ánh, kiến nghị của người "
        "dân {province}."
    ),
    "greet": WELCOME,
    "thank": "Cảm ơn ông/bà. Khi cần, xin cứ viết tiếp ở đây.",
    "goodbye": "Xin chào. Khi có trả lời, tin nhắn sẽ đến tại đây.",
    "insult": INSULT,
    "talk_to_human": TALK_TO_HUMAN,
}
NO_CASES = "Chưa có vụ việc nào được gửi từ đây."
PICK_ADDITION = "Thông tin này thêm vào vụ việc nào?"
ADDED = "Đã thêm vào vụ việc {code}."
PICK_WITHDRAWAL = "Xin chọn vụ việc muốn rút:"
NOTHING_TO_WITHDRAW = "Không có vụ việc nào đang mở để rút."
WITHDRAWN = "Đã rút vụ việc {code}. Cơ quan đang giữ sẽ dừng giải quyết."
SETTLED = "Cảm ơn ông/bà đã xác nhận. Vụ việc {code} kết thúc."
REOPENED = (
    "Đã ghi nhận là chưa giải quyết. Vụ việc {code} được mở lại và hạn cũ vẫn tính tiếp. Xin viết "
    "thêm điều còn vướng, kèm ảnh nếu có."
)
ALREADY_FILED = "Nội dung này đã được gửi rồi. Mã vụ việc: {code}"
TAP_TO_CONSENT = "Lần đầu gửi, xin bấm nút “Đồng ý và gửi” ở dưới."
NOT_POSSIBLE_NOW = "Vụ việc {code} hiện không làm được việc này. Xem: /tinhtrang"
ATTACHMENT_KEPT = "Đã nhận tệp. Xin viết vài lời: việc gì, ở đâu."
ATTACHMENT_NOT_KEPT = (
    "Tệp này không được lưu. Nếu chỉ phản ánh một sự việc, xin bấm “Tôi chỉ phản ánh sự việc” ở "
    "trên rồi gửi lại."
)
PIN_KEPT = "Đã nhận vị trí. Xin viết vài lời: việc gì, từ bao giờ."
ATTACHMENT_ADDED = "Đã thêm tệp vào vụ việc {code}."
UNREADABLE = (
    "Hệ thống chưa đọc được loại tin này. Xin gửi chữ, ảnh, video, ghi âm, tài liệu hoặc vị trí."
)
EDIT_NOT_TAKEN = (
    "Tin nhắn vừa được sửa, nhưng nội dung đã gửi thì giữ nguyên. Cần bổ sung, xin viết tin mới."
)
NOT_DELETED = (
    "Không xóa được tin nhắn đó từ đây. Xin tự xóa: nhấn giữ tin nhắn, chọn Xóa cho cả hai bên."
)
CHOOSE_BY_NUMBER = "Trả lời bằng một số:"
TOO_LONG = "Nội dung quá dài. Xin viết gọn trong {limit} ký tự, hoặc gửi kèm tài liệu."


def numbered(choices: list[Any]) -> str:
    """What a channel without buttons shows instead of them; `choices` are [label, data]."""
    lines = [f"{number}. {label}" for number, (label, _) in enumerate(choices, start=1)]
    return "\n".join([CHOOSE_BY_NUMBER, *lines])


def date_of(moment: datetime, pack: Pack) -> str:
    return moment.astimezone(ZoneInfo(pack.timezone)).strftime("%d/%m/%Y")


def summary(
    excerpt: str,
    category: str | None,
    place: str | None,
    decision: Decision,
    due_on: str,
    pack: Pack,
    *,
    has_consented: bool,
    is_complaint: bool,
) -> str:
    """The card: what was understood, where, who answers and by when."""
    name = pack.categories[category].name if category in pack.categories else "chưa rõ"
    if decision.outcome == "dispatch":
        whom = f"Cơ quan trả lời: {decision.agency_name}"
    else:
        whom = "Cơ quan trả lời: cán bộ sẽ xem và chuyển đến nơi có trách nhiệm"
    lines = [
        "Xin kiểm tra trước khi gửi:",
        f"Nội dung: {excerpt}",
        f"Lĩnh vực: {name}",
        f"Nơi xảy ra: {place or 'chưa rõ'}",
        whom,
        f"Tiếp theo: nhận mã vụ việc ngay, trả lời chậm nhất ngày {due_on}.",
    ]
    notes = [COMPLAINT_NOTE] if is_complaint else []
    notes += [] if has_consented else [CONSENT]
    return "\n\n".join(["\n".join(lines), *notes])


def several(parts: tuple[Part, ...], excerpts: tuple[str, ...], pack: Pack) -> str:
    """The matters seen in one message, each with the beginning of its words."""
    lines = [
        f"({number}) {pack.categories[part.category].name}: “{excerpt}”"
        for number, (part, excerpt) in enumerate(zip(parts, excerpts, strict=True), start=1)
    ]
    return (
        f"Anh/chị nêu {len(parts)} việc:\n" + "\n".join(lines) + "\n\n"
        "Gửi riêng thì mỗi việc có mã riêng và đến đúng nơi phải trả lời. Nếu các việc này dính "
        "liền nhau thì nên gửi chung."
    )


def filed(
    code: str,
    agency: str | None,
    due_on: str,
    why: str,
    *,
    restricted: bool,
    is_last: bool = True,
) -> str:
    """The answer to a case just filed; `why` says why this agency.

    `is_last`: no other matter of the same message is shown next, which files would go to.
    """
    whom = f"chuyển đến {agency}" if agency else "chuyển đến cán bộ phân loại"
    if restricted:
        whom, why = "giao cho một cán bộ được phân công riêng", ""
    files = " Ảnh gửi trong 10 phút tới sẽ được thêm vào vụ việc này." if is_last else ""
    return (
        f"Đã nhận. Mã vụ việc: {code}\n"
        f"Vụ việc được {whom}.{f' {why}' if why else ''}\n"
        f"Hạn trả lời: {due_on}. "
        f"Theo dõi bằng /tinhtrang.{files}"
    )


def status(cases: tuple[FiledCase, ...], pack: Pack) -> str:
    if not cases:
        return NO_CASES
    lines = [
        f"{case.code}: {STATE_NAMES[case.state]}"
        + (f", {case.agency}" if case.agency else "")
        + f". Gửi {date_of(case.filed_at, pack)}, hạn {date_of(case.due_at, pack)}."
        for case in cases
    ]
    return "Các vụ việc đã gửi:\n" + "\n".join(lines)


def notice(content: dict[str, Any], pack: Pack) -> str:
    """The words for what happened to a case (see `cases.notices`). Raises KeyError if unknown."""
    code = content["code"]
    if content["notice"] == "assigned":
        due_on = date_of(datetime.fromisoformat(content["due_at"]), pack)
        return f"Vụ việc {code} đã được giao cho {content['agency']}. Hạn trả lời: {due_on}."
    if content["notice"] == "disputed":
        due_on = date_of(datetime.fromisoformat(content["due_at"]), pack)
        return (
            f"Vụ việc {code} đang chờ người phụ trách quyết định cơ quan giải quyết. "
            f"Hạn trả lời vẫn là {due_on}."
        )
    if content["notice"] == "answered":
        return (
            f"{content['responder']} trả lời vụ việc {code}:\n\n{content['answer']}\n\n"
            "Việc này đã được giải quyết chưa?"
        )
    raise KeyError(content["notice"])
