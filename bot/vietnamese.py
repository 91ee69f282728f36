"""Every sentence and button of the bot in Vietnamese: respectful, plain, short.

`bot.english` has the same names. Words in braces are filled in by `bot.texts`.
"""

WELCOME = (
    "Xin chào. Đây là Lắng Nghe, nơi tiếp nhận phản ánh, kiến nghị của người dân {province}.\n\n"
    "Xin viết điều đang bức xúc bằng lời của mình: việc gì, ở đâu, từ bao giờ. "
    "Không cần đúng mẫu, viết không dấu cũng được. Có thể gửi kèm ảnh hoặc vị trí.\n\n"
    "Lệnh: /tinhtrang xem vụ việc đã gửi, /huongdan xem hướng dẫn, /quyenrieng dữ liệu của tôi."
)
WELCOME_TO_WARD = (
    "Xin chào {ward}. Đây là Lắng Nghe, nơi tiếp nhận phản ánh, kiến nghị của người dân "
    "{province}.\n\nXin viết điều đang bức xúc bằng lời của mình: việc gì, chỗ nào, từ bao giờ. "
    "Nếu không nói nơi khác, việc được hiểu là xảy ra ở {ward}."
)
GUIDE = (
    "Cách gửi phản ánh:\n"
    "1. Viết sự việc và nơi xảy ra trong một tin nhắn, kèm ảnh nếu có.\n"
    "2. Đọc lại tóm tắt, bấm “Gửi” nếu đúng, “Sửa” nếu chưa đúng, “Ẩn danh” nếu muốn giấu mình.\n"
    "3. Nhận mã vụ việc dạng PA-XXXXXX để theo dõi bằng /tinhtrang.\n"
    "Khi cơ quan trả lời, tin nhắn sẽ đến tại đây; người gửi xác nhận đã giải quyết hay chưa.\n"
    "Dữ liệu của mình: /quyenrieng. English: /ngonngu."
)
CONSENT = (
    "Trước khi gửi lần đầu, xin đọc:\n"
    "• Lưu gì: nội dung phản ánh, nơi xảy ra, tệp gửi kèm và địa chỉ chat (đã mã hóa).\n"
    "• Bao lâu: đến khi giải quyết xong và thêm {months} tháng, rồi xóa.\n"
    "• Ai thấy: cán bộ xử lý thấy nội dung, không thấy ai gửi.\n"
    "• Tin nhắn đi qua {servers}.\n"
    "Có thể xem, tải, xóa hoặc rút lại đồng ý bất cứ lúc nào: /quyenrieng. "
    "Bấm “Đồng ý và gửi” là đồng ý với các điều này."
)
SERVERS = {
    "telegram": "máy chủ Telegram đặt ở nước ngoài",
    "zalo": "máy chủ của Zalo",
}
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
ASK_FILES = (
    "Xin gửi ảnh, video, ghi âm, tài liệu hoặc vị trí ngay tại đây, từng cái hoặc nhiều cái một lúc. "
    "Xong thì bấm “Gửi”."
)
CARD_WAITS = "Phản ánh vẫn đang chờ, chưa gửi đi: “{excerpt}”. Bấm “{send}” khi sẵn sàng."
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
DENUNCIATION_BODY = " (ví dụ: {body})"
DECLARED = (
    "Xin viết lại sự việc: điều gì xảy ra, ở đâu, từ bao giờ. Xin không nêu họ tên cá nhân. "
    "Một cán bộ được phân công riêng sẽ đọc; đơn vị liên quan không tự nhận vụ việc này."
)
DELETED = "Đã xóa tin nhắn đó khỏi cuộc trò chuyện này."
NOT_DELETED = (
    "Không xóa được tin nhắn đó từ đây. Xin tự xóa: nhấn giữ tin nhắn, chọn Xóa cho cả hai bên."
)
FILE_NOT_SHOWN = (
    "Ở đây chưa gửi được tệp này. Muốn xem, xin hỏi cơ quan đã trả lời và nêu mã vụ việc."
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
    "Có vẻ anh/chị đang rất khổ tâm. Xin đừng ở một mình lúc này: hãy gọi người thân, hoặc gọi 115 "
    "cấp cứu, 113 công an; trẻ em gọi 111. Điều anh/chị đang bức xúc vẫn có thể kể ở đây bất cứ "
    "lúc nào."
)
INSULT = (
    "Rất tiếc vì đã để anh/chị bực mình. Nếu có việc chưa được giải quyết, xin viết rõ việc gì, "
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
    "out_of_scope": (
        "Việc này nằm ngoài khả năng của hệ thống. Ở đây tiếp nhận phản ánh, kiến nghị của người "
        "dân {province}."
    ),
    "greet": WELCOME,
    "thank": "Cảm ơn anh/chị. Khi cần, xin cứ viết tiếp ở đây.",
    "goodbye": "Xin chào. Khi có trả lời, tin nhắn sẽ đến tại đây.",
    "insult": INSULT,
    "talk_to_human": TALK_TO_HUMAN,
}
NO_CASES = "Chưa có vụ việc nào được gửi từ đây."
CASES = "Các vụ việc đã gửi (bấm vào mã để xem chi tiết):"
CASE_LINE = "{code}: {state}{agency}. Gửi {filed_on}, hạn {due_on}."
CASE_AGENCY = ", {agency}"
CASE_HEAD = "Vụ việc {code}: {state}."
CASE_ANSWERS = "Cơ quan trả lời: {agency}. Hạn trả lời: {due_on}."
CASE_NO_AGENCY = "Cán bộ đang xem để chuyển đến nơi có trách nhiệm. Hạn trả lời: {due_on}."
CASE_RESTRICTED = "Một cán bộ được phân công riêng đang giữ. Hạn trả lời: {due_on}."
CASE_ANONYMOUS = "Vụ việc này gửi ẩn danh."
CASE_HISTORY = "Diễn biến:"
PICK_ADDITION = "Thông tin này thêm vào vụ việc nào?"
PICK_REPLY = "Cơ quan đang hỏi thêm về vụ việc của anh/chị. Lời này là trả lời câu hỏi đó?"
ASK_MORE = "Xin viết điều muốn thêm hoặc sửa cho vụ việc {code}, gửi kèm ảnh nếu có."
FINISH_FIRST = (
    "Có một phản ánh đang viết dở. Xin gửi hoặc hủy nó trước, rồi bổ sung cho vụ việc đã gửi."
)
ADDED = "Đã thêm vào vụ việc {code}."
ADDED_REPLY = "Đã chuyển câu trả lời cho vụ việc {code}. Hạn trả lời lại tính tiếp: {due_on}."
PICK_WITHDRAWAL = "Xin chọn vụ việc muốn rút:"
ASK_WITHDRAWAL = "Rút vụ việc {code}? Cơ quan đang giữ sẽ dừng giải quyết."
NOTHING_TO_WITHDRAW = "Không có vụ việc nào đang mở để rút."
WITHDRAWN = "Đã rút vụ việc {code}. Cơ quan đang giữ sẽ dừng giải quyết."
SETTLED = (
    "Cảm ơn anh/chị đã xác nhận. Vụ việc {code} kết thúc. Xin cho biết mức hài lòng, từ 1 (rất "
    "không hài lòng) đến 5 (rất hài lòng):"
)
RATED = "Cảm ơn anh/chị. Nếu muốn, xin viết thêm một lời góp ý; không thì thôi."
RATING_WORDS_KEPT = "Cảm ơn anh/chị đã góp ý."
REOPENED = (
    "Đã ghi nhận là chưa giải quyết. Vụ việc {code} được mở lại và hạn cũ vẫn tính tiếp. Xin viết "
    "thêm điều còn vướng, kèm ảnh nếu có."
)
OBJECTED = (
    "Đã mở lại vụ việc {code} để xem lại; hạn cũ vẫn tính tiếp. Xin viết vì sao chưa đồng ý, kèm ảnh "
    "hoặc giấy tờ nếu có."
)
ALREADY_FILED = "Nội dung này đã được gửi rồi. Mã vụ việc: {code}"
TAP_TO_CONSENT = "Lần đầu gửi, xin bấm nút “Đồng ý và gửi” ở dưới."
NOT_POSSIBLE_NOW = "Vụ việc {code} hiện không làm được việc này. Xem: /tinhtrang"
ATTACHMENT_KEPT = "Đã nhận tệp. Xin viết vài lời: việc gì, ở đâu."
ATTACHMENT_NOT_KEPT = (
    "Tệp này không được lưu. Nếu chỉ phản ánh một sự việc, xin bấm “Tôi chỉ phản ánh sự việc” ở "
    "trên rồi gửi lại."
)
LISTENING = "Đã nhận ghi âm, hệ thống đang nghe. Xin chờ một lát."
HEARD = "Nghe được: “{text}”"
HEARING_IS_A_GUESS = "Máy có thể nghe nhầm, nên muốn gửi, bỏ hay trả lời, xin chọn ở dưới."
NOTHING_HEARD = (
    "Xin lỗi, hệ thống không nghe ra lời nào trong ghi âm. Ghi âm vẫn được giữ để cán bộ nghe."
)
RECORDING_TOO_LONG = (
    "Ghi âm dài quá {minutes} phút nên hệ thống chưa nghe được. Ghi âm vẫn được giữ để cán bộ nghe; "
    "cũng có thể gửi ghi âm ngắn hơn."
)
HEARING_FAILED = "Xin lỗi, hệ thống chưa nghe được ghi âm này. Ghi âm vẫn được giữ để cán bộ nghe."
WRITE_INSTEAD = "Xin viết vài lời: việc gì, ở đâu."
SPOKEN_LINE = "Máy nghe từ ghi âm, có thể sai: {text}"
PIN_KEPT = "Đã nhận vị trí. Xin viết vài lời: việc gì, từ bao giờ."
ATTACHMENT_ADDED = "Đã thêm tệp vào vụ việc {code}."
CONTACT_KEPT = (
    "Đã nhận số liên lạc, sẽ gửi kèm phản ánh. Cán bộ chỉ thấy đủ số khi cần gọi. "
    "Xin viết việc gì, ở đâu."
)
CONTACT_NOT_KEPT = "Đang gửi ẩn danh nên số liên lạc này không được lưu."
CONTACT_LINE = "Số liên lạc: {number}"
FILE_TOO_LARGE = (
    "Tệp này quá lớn nên chưa nhận được (tối đa 20 MB). Xin gửi ảnh, đoạn video ngắn hơn, hoặc kể "
    "bằng lời."
)
FILE_TYPE = (
    "Loại tệp này không nhận được. Xin gửi ảnh, video, ghi âm, hoặc tài liệu PDF, Word, Excel."
)
UNREADABLE = (
    "Hệ thống chưa đọc được loại tin này. Xin gửi chữ, ảnh, video, ghi âm, tài liệu hoặc vị trí."
)
EDIT_NOT_TAKEN = (
    "Tin nhắn vừa được sửa, nhưng nội dung đã gửi thì giữ nguyên. Cần bổ sung, xin viết tin mới."
)
EDITED = "Sửa lại lời đã gửi: {text}"
TOO_LONG = "Nội dung quá dài. Xin viết gọn trong {limit} ký tự, hoặc gửi kèm tài liệu."
SLOWED = "Anh/chị gửi nhanh quá nên hệ thống đọc chưa kịp. Không tin nào bị mất; xin đợi khoảng một phút."
PARKED = (
    "Xin lỗi, hệ thống chưa đọc được một tin nhắn của anh/chị. Tin vẫn được giữ với mã {code} và "
    "cán bộ kỹ thuật đã được báo. Xin thử viết lại bằng lời khác."
)
CHOOSE_BY_NUMBER = "Trả lời bằng một số:"

# The card.
CARD_HEAD = "Xin kiểm tra trước khi gửi:"
CARD_WORDS = "Nội dung: {excerpt}"
CARD_CATEGORY = "Lĩnh vực: {category}"
CARD_PLACE = "Nơi xảy ra: {place}"
CARD_AGENCY = "Cơ quan trả lời: {agency}"
CARD_PERSON = "Cơ quan trả lời: cán bộ sẽ xem và chuyển đến nơi có trách nhiệm"
CARD_NEXT = "Tiếp theo: nhận mã vụ việc ngay, trả lời chậm nhất ngày {due_on}."
CARD_SPOKEN = "Nội dung do máy nghe từ ghi âm, có thể sai: chưa đúng, xin chọn “Sửa”."
CARD_FILES = "Gửi kèm: {count} tệp"
CARD_CONTACT = "Gửi kèm số liên lạc"
CARD_ANONYMOUS = (
    "Gửi ẩn danh: không ai thấy tên, số điện thoại hay số giấy tờ; trả lời vẫn đến tại đây."
)
CARD_JOINS = "Gửi cùng {people} người đã phản ánh việc này."
UNKNOWN = "chưa rõ"
FILED = "Đã nhận. Mã vụ việc: {code}\nVụ việc được {whom}.{why}\nHạn trả lời: {due_on}. Theo dõi bằng /tinhtrang.{files}"
FILED_TO_AGENCY = "chuyển đến {agency}"
FILED_TO_TRIAGE = "chuyển đến cán bộ phân loại"
FILED_TO_INSPECTOR = "giao cho một cán bộ được phân công riêng"
FILED_FILES = " Ảnh gửi trong 10 phút tới sẽ được thêm vào vụ việc này."
SEVERAL_HEAD = "Anh/chị nêu {count} việc:"
SEVERAL_LINE = "({number}) {category}: “{excerpt}”"
SEVERAL_TAIL = (
    "Gửi riêng thì mỗi việc có mã riêng và đến đúng nơi phải trả lời. Nếu các việc này dính "
    "liền nhau thì nên gửi chung."
)
ASK_SAME = (
    "Vụ việc {code} anh/chị đã gửi có vẻ cũng là việc này. Thêm lời vừa viết vào vụ việc đó, hay "
    "đây là việc mới?"
)
ASK_JOIN = (
    "Đã có {people} người phản ánh một việc giống thế này ở {ward}. Nếu là cùng một việc, vụ việc "
    "của anh/chị được tính thêm một người và vẫn có mã riêng."
)

# What staff do, told to the citizen.
NOTICE_ASSIGNED = "Vụ việc {code} đã được giao cho {agency}. Hạn trả lời: {due_on}."
NOTICE_DISPUTED = (
    "Vụ việc {code} đang chờ người phụ trách quyết định cơ quan giải quyết. "
    "Hạn trả lời vẫn là {due_on}."
)
NOTICE_ACCEPTED = "{accepter} đã tiếp nhận vụ việc {code}. Hạn trả lời: {due_on}."
NOTICE_DUE_MOVED = (
    "Vụ việc {code} cần nhiều cơ quan cùng giải quyết, nên hạn trả lời theo quy định là {due_on}."
)
NOTICE_ANSWERED = (
    "{responder} trả lời vụ việc {code}:\n\n{answer}\n\nNgày làm: {done_on}. Đơn vị làm: {done_by}."
    "{shown}\n\nViệc này đã được giải quyết chưa? Nếu không có phản hồi, sau {days} ngày vụ việc tự "
    "kết thúc; khi đó vẫn mở lại được."
)
ANSWER_SHOWN = " Kèm {files} tệp ở trên."
ANSWER_NOT_SHOWN = " Không kèm ảnh, tài liệu vì: {no_evidence}"
NOTICE_EVIDENCE = "Vụ việc {code}: cơ quan gửi kèm trả lời."
NOTICE_ASKED = (
    "{asker} hỏi thêm về vụ việc {code}:\n\n{question}\n\nXin bấm “Trả lời” rồi viết tại đây, kèm "
    "ảnh nếu có. Trong lúc chờ, hạn trả lời của cơ quan tạm dừng."
)
NOTICE_REJECTED = (
    "Vụ việc {code} không giải quyết được qua hệ thống này.\n\n{words}\n\n{guidance}\n\n"
    "Nếu không đồng ý, xin chọn “Không đồng ý” rồi viết vì sao: vụ việc sẽ được xem lại."
)
# Where to go instead, by the reason (see `cases.rejection`).
GUIDANCE = {
    "private_matter": (
        "Việc giữa người dân, doanh nghiệp với nhau có thể nhờ tổ hòa giải ở thôn, tổ dân phố, hoặc "
        "yêu cầu Tòa án nhân dân giải quyết."
    ),
    "formal_complaint": (
        "Khiếu nại phải gửi đơn đến người đã ra quyết định hoặc cơ quan của người đó, trong 90 ngày "
        "kể từ khi biết quyết định (Luật Khiếu nại, Điều 9)."
    ),
    "denunciation": (
        "Tố cáo phải bằng đơn có chữ ký hoặc trình bày trực tiếp tại nơi tiếp công dân (Luật Tố cáo, "
        "Điều 22). Danh tính người tố cáo được pháp luật bảo vệ."
    ),
    "other_province": (
        "Xin gửi tới cổng tiếp nhận của địa phương nơi việc xảy ra, hoặc Cổng Dịch vụ công quốc gia."
    ),
    "in_court": "Việc này đang hoặc đã được cơ quan nói trên giải quyết; xin liên hệ nơi đó.",
    "unclear": "Nếu có thêm thông tin (nơi xảy ra, thời gian, ảnh), xin gửi lại bất cứ lúc nào.",
    "no_matter": "Nếu có việc cần phản ánh, xin viết rõ việc gì, ở đâu, từ bao giờ.",
}
NOTICE_REMINDED = (
    "Vụ việc {code} đã được trả lời. Việc này đã được giải quyết chưa? Nếu đến hết ngày {due_on} "
    "không có phản hồi, vụ việc tự kết thúc."
)
NOTICE_LAPSED = (
    "Vụ việc {code} đã kết thúc vì {days} ngày không có phản hồi. Nếu việc vẫn chưa được giải quyết, xin chọn ở "
    "dưới để mở lại."
)

# /quyenrieng and /ngonngu.
RIGHTS = (
    "Dữ liệu của anh/chị (Luật Bảo vệ dữ liệu cá nhân 2025): đang lưu {cases} vụ việc và {files} "
    "tệp, {consent}.\n\n"
    "Có thể xem và tải về, rút lại đồng ý hoặc xóa ngay tại đây, làm xong ngay. Yêu cầu khác xin "
    "gửi tới {reception}: trả lời trong 2 ngày làm việc; rút đồng ý hoặc hạn chế xử lý trong 15 ngày."
)
RIGHTS_CONSENT = "đã đồng ý ngày {on}"
RIGHTS_NO_CONSENT = "chưa có đồng ý nào"
EXPORTED = "Đây là mọi điều hệ thống đang lưu về anh/chị."
ASK_ERASE = (
    "Xóa dữ liệu: lời đã viết, tệp, nơi xảy ra và địa chỉ chat bị xóa, không lấy lại được. "
    "{open_cases} vụ việc đang giải quyết sẽ dừng lại. Cơ quan giữ câu trả lời của mình và số liệu "
    "không tên. Có chắc không?"
)
ERASED = "Đã xóa dữ liệu của anh/chị. Đây là tin cuối cùng; khi cần, xin cứ viết lại từ đầu."
CONSENT_WITHDRAWN = (
    "Đã rút đồng ý. Từ giờ không nhận thêm phản ánh nào cho đến khi anh/chị đồng ý lại. Vụ việc "
    "đang giải quyết vẫn chạy: có thể rút từng vụ bằng /tinhtrang hoặc xóa tất cả bằng /quyenrieng."
)
NOT_ERASED = "Không xóa gì cả. Dữ liệu vẫn như cũ."
ASK_LANGUAGE = "Ngôn ngữ của tin nhắn tự động? Language of the automatic messages?"
LANGUAGE_SET = "Từ giờ tin nhắn tự động bằng tiếng Việt."
IN_GROUP = (
    "Để giữ kín người gửi, phản ánh chỉ nhận trong cuộc trò chuyện riêng. Xin bấm nút dưới đây."
)
OPEN_PRIVATE_CHAT = "Mở trò chuyện riêng"
DESCRIPTION = (
    "Nơi tiếp nhận phản ánh, kiến nghị của người dân {province}. Viết điều đang bức xúc bằng lời "
    "của mình, có mã theo dõi ngay, trả lời đến tại đây. Khẩn cấp: gọi 113, 114, 115. "
    "Tố cáo không nhận qua tin nhắn."
)
SHORT_DESCRIPTION = "Tiếp nhận phản ánh, kiến nghị của người dân {province}."
COMMANDS = {
    "start": "Bắt đầu",
    "tinhtrang": "Xem các vụ việc đã gửi",
    "huongdan": "Cách gửi phản ánh",
    "quyenrieng": "Dữ liệu của tôi: xem, tải, xóa",
    "ngonngu": "Đổi ngôn ngữ (English)",
    "huy": "Bỏ nội dung đang viết",
}

# Buttons.
SEND = "Gửi"
CONSENT_AND_SEND = "Đồng ý và gửi"
EDIT = "Sửa"
HIDE_ME = "Ẩn danh"
SHOW_ME = "Thôi ẩn danh"
ADD_FILES = "Thêm ảnh/vị trí"
CANCEL = "Hủy"
EDIT_WORDS = "Sửa nội dung"
EDIT_PLACE = "Sửa nơi xảy ra"
EDIT_CATEGORY = "Sửa lĩnh vực"
BACK = "Quay lại"
SKIP_PLACE = "Không rõ, bỏ qua"
SKIP = "Bỏ qua"
IT_IS_HERE = "Việc này ở trong thành phố"
THIS_IS_MINE = "Đây là phản ánh của tôi"
ONLY_REPORT = "Tôi chỉ phản ánh sự việc"
I_DENOUNCE = "Tôi tố cáo"
DELETE_MESSAGE = "Xóa tin nhắn vừa gửi"
SEND_APART = "Gửi thành {count} vụ việc riêng"
SEND_TOGETHER = "Gửi chung một vụ việc"
ADD_TO = "Thêm vào {code}"
ANSWER_FOR = "Trả lời cho {code}"
NEW_MATTER = "Đây là việc mới"
WITHDRAW = "Rút {code}"
KEEP = "Không rút"
IS_SETTLED = "Đã giải quyết"
IS_NOT_SETTLED = "Chưa giải quyết"
OBJECT = "Không đồng ý"
MORE = "Bổ sung, sửa"
WITHDRAW_THIS = "Rút vụ việc"
REPLY = "Trả lời"
SAME_MATTER = "Cùng việc này"
SEE_DATA = "Tải dữ liệu của tôi"
WITHDRAW_CONSENT = "Rút lại đồng ý"
ERASE = "Xóa dữ liệu của tôi"
ERASE_SURELY = "Xóa tất cả"
DO_NOT_ERASE = "Không xóa"

CATEGORIES: dict[str, str] = {}  # The pack's own names are Vietnamese.
STATES: dict[str, str] = {}
EVENTS = {
    "filed": "Đã gửi",
    "assigned": "Giao cho {agency}",
    "transferred": "Chuyển sang {agency}",
    "returned": "Cơ quan trả lại, cán bộ phân loại xem tiếp",
    "disputed": "Chờ người phụ trách quyết định cơ quan",
    "decided": "Người phụ trách giao cho {agency}",
    "accepted": "{agency} tiếp nhận",
    "due_moved": "Nhiều cơ quan cùng giải quyết, hạn trả lời dài hơn",
    "clock_resumed": "Hạn trả lời tính tiếp sau khi anh/chị trả lời",
    "recalled": "Cán bộ phân loại xem lại",
    "addition_received": "Anh/chị bổ sung thông tin",
    "attachment_received": "Anh/chị gửi thêm tệp",
    "asked": "Cơ quan hỏi thêm, hạn trả lời tạm dừng",
    "answered": "Cơ quan trả lời",
    "rejected": "Không giải quyết qua hệ thống này, đã hướng dẫn",
    "objected": "Anh/chị không đồng ý, vụ việc được xem lại",
    "reminded": "Nhắc anh/chị xác nhận",
    "closed_by_silence": "Kết thúc vì không có phản hồi",
    "settled": "Anh/chị xác nhận đã giải quyết",
    "reopened": "Anh/chị báo chưa giải quyết, vụ việc mở lại",
    "withdrawn": "Anh/chị rút vụ việc",
}
NOT_SHOWN_AGENCY = "cơ quan có thẩm quyền"

# What is said otherwise where there are no buttons and only words and pictures come through: a
# choice is a number that is typed.
ON_CHANNEL: dict[str, dict[str, str]] = {
    "zalo": {
        "WELCOME": (
            "Xin chào. Đây là Lắng Nghe, nơi tiếp nhận phản ánh, kiến nghị của người dân {province}.\n\n"
            "Xin viết điều đang bức xúc bằng lời của mình: việc gì, ở đâu, từ bao giờ. "
            "Không cần đúng mẫu, viết không dấu cũng được. Có thể gửi kèm ảnh.\n\n"
            "Khi có câu hỏi kèm số thứ tự, chỉ cần trả lời bằng số đó. Viết /tinhtrang để xem vụ việc "
            "đã gửi, /huongdan để xem hướng dẫn, /quyenrieng để xem dữ liệu của mình."
        ),
        "GUIDE": (
            "Cách gửi phản ánh:\n"
            "1. Viết sự việc và nơi xảy ra trong một tin nhắn, kèm ảnh nếu có.\n"
            "2. Đọc lại tóm tắt rồi trả lời bằng số đứng trước việc muốn làm: gửi, sửa, ẩn danh, hủy.\n"
            "3. Nhận mã vụ việc dạng PA-XXXXXX để theo dõi bằng /tinhtrang.\n"
            "Khi cơ quan trả lời, tin nhắn sẽ đến tại đây; người gửi xác nhận đã giải quyết hay chưa.\n"
            "Dữ liệu của mình: /quyenrieng. English: /ngonngu."
        ),
        "CONSENT": (
            "Trước khi gửi lần đầu, xin đọc:\n"
            "• Lưu gì: nội dung phản ánh, nơi xảy ra, ảnh gửi kèm và địa chỉ chat (đã mã hóa).\n"
            "• Bao lâu: đến khi giải quyết xong và thêm {months} tháng, rồi xóa.\n"
            "• Ai thấy: cán bộ xử lý thấy nội dung, không thấy ai gửi.\n"
            "• Tin nhắn đi qua {servers}.\n"
            "Có thể xem, xóa hoặc rút lại đồng ý bất cứ lúc nào: /quyenrieng. "
            "Chọn “Đồng ý và gửi” là đồng ý với các điều này."
        ),
        "ASK_PLACE": "Việc này xảy ra ở xã, phường nào? Xin viết tên xã, phường (tên cũ cũng được).",
        "ASK_FILES": "Xin gửi ảnh ngay tại đây, từng ảnh hoặc nhiều ảnh một lúc.",
        "CARD_WAITS": "Phản ánh vẫn đang chờ, chưa gửi đi: “{excerpt}”. Chọn “{send}” khi sẵn sàng.",
        "STALE_BUTTON": "Lựa chọn này không còn dùng được nữa. Xem vụ việc đã gửi: /tinhtrang",
        "ELSEWHERE": (
            "Nội dung này có vẻ xảy ra ngoài {province}, nơi hệ thống này không giải quyết được. "
            "Xin gửi tới cổng tiếp nhận của địa phương đó hoặc Cổng Dịch vụ công quốc gia. "
            "Nếu việc xảy ra ở {province}, xin chọn dưới đây."
        ),
        "UNCLEAR": (
            "Xin lỗi, hệ thống chưa hiểu rõ ý này. Nếu đây là điều cần phản ánh, xin chọn dưới đây; "
            "nếu không, xin viết rõ hơn việc gì, ở đâu."
        ),
        "DENUNCIATION": (
            "Nội dung này giống một đơn tố cáo. Để bảo vệ người tố cáo, hệ thống không nhận tố cáo qua "
            "tin nhắn và không lưu nội dung vừa gửi; nên xóa tin nhắn đó khỏi cuộc trò chuyện.\n\n"
            "Luật Tố cáo (Điều 22) quy định tố cáo bằng đơn có chữ ký, hoặc trình bày trực tiếp. Xin gửi "
            "tới thủ trưởng cơ quan cấp trên trực tiếp của người bị tố cáo{body}, hoặc đến nơi tiếp công "
            "dân. Danh tính người tố cáo được pháp luật bảo vệ.\n\n"
            "Nếu không tố cáo ai mà chỉ phản ánh một sự việc, xin chọn dưới đây."
        ),
        "CASES": "Các vụ việc đã gửi (chọn một vụ việc để xem chi tiết):",
        "TAP_TO_CONSENT": "Lần đầu gửi, xin chọn “Đồng ý và gửi” ở dưới.",
        "ATTACHMENT_NOT_KEPT": (
            "Ảnh này không được lưu. Nếu chỉ phản ánh một sự việc, xin chọn “Tôi chỉ phản ánh sự việc” "
            "rồi gửi lại."
        ),
        "FILE_TOO_LARGE": (
            "Ảnh này quá lớn nên chưa nhận được (tối đa 20 MB). Xin gửi ảnh nhỏ hơn, hoặc kể bằng lời."
        ),
        "UNREADABLE": (
            "Trên Zalo hệ thống chỉ đọc được chữ và ảnh. Xin viết vài lời, hoặc gửi ảnh."
        ),
        "NOTICE_ASKED": (
            "{asker} hỏi thêm về vụ việc {code}:\n\n{question}\n\nXin chọn “Trả lời” rồi viết tại đây, "
            "kèm ảnh nếu có."
        ),
        "EXPORTED": "Đây là mọi điều hệ thống đang lưu về anh/chị, gửi thành một hoặc nhiều tin nhắn.",
        "ADD_FILES": "Thêm ảnh",
        "SEE_DATA": "Xem dữ liệu của tôi",
    },
}
