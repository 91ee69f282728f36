"""Where a proper name ends: by its capitals, or, for writers who use none, by its syllables.

The lists are of syllables, not of places: those that Vietnamese names are commonly made of, and
those that follow a word of place without naming it. Without diacritics many are both, and then the
neighbouring syllable decides.
"""

from typing import FrozenSet, Sequence

from components.text import fold
from components.words import Word

# A capital letter begins these words of a letter, not a name.
_NOT_NAMES_THOUGH_CAPITAL = frozenset("tôi kính nhưng nếu không cảm xin".split())

# Syllables of Vietnamese place and personal names, for writers who use no capitals. Common words
# are among them only where they begin more names than sentences after a kind of place.
_NAME_SYLLABLES: FrozenSet[str] = frozenset(
    """
    an biên bàng bách bình bích bạch bảo bắc bồng cao chu chánh châu chí chương cát cúc cương
    cường cảnh cần cẩm diên diệp diệu du duy duyên dân dương dục gia giang giao hiền hiển hiệp hoa
    hoài hoàn hoàng huệ hà hàm hàn hào hòa hùng hưng hương hạ hạnh hải hậu hồng hợp hữu khai khoa
    khuê khánh khê khương kim kiên kiến kiều kỳ la lai lam lan linh liên liễu long lâm lý lưu
    lương lạc lạng lập lộc lợi mai minh mẫu mễ mộc mỹ nam nghi nghiệp nghĩa nguyên nguyệt ngô ngọc
    nhuận nhân nhơn nhật ninh nội phan phong phát phú phúc phương phước phượng phục quan quang
    quán quý quảng quế quốc quỳnh sa sài sơn tam thanh thiên thiện thiệu thuận thành thái thân
    thăng thượng thạch thạnh thắng thế thị thịnh thọ thống thới thụy thủy tiên tiến toàn trang
    trinh triều trung trà tràng trường trạch trại trị trực tuyên tuấn tân tây tùng tú tường tổ tứ
    từ uyên vinh viên việt vân văn vĩnh vũ vọng xuân yên ái đa điền điện đoan đoài đà đô đông đăng
    đại đạo đạt đằng đặng đống đồng đức
    """.split()
)
_SURNAMES: FrozenSet[str] = frozenset(
    """
    bùi châu dương hoàng huỳnh hồ kiều lê lý lưu lương mai mạc nguyễn ngô phan phạm quách thái
    trưng trương trần trịnh tôn tạ võ vũ đinh đoàn đặng đỗ
    """.split()
)
# Middle parts of personal names: a third word follows ("nguyen van linh", "hoang quoc viet").
_MIDDLE_NAMES: FrozenSet[str] = frozenset(
    """
    bá công duy hưng hữu khánh minh ngọc quang quốc thái thánh thị văn xuân đình đức
    """.split()
)
# What follows a kind of place and is no name.
_NOT_NAMES: FrozenSet[str] = frozenset(
    """
    ai anh ao ba bao biên bác bán báo bây bê bên băng bơm bạn bảo bắt bằng bị bỏ bộ bờ bụi bữa bự
    cam cao chi chia cho choa chui chung chuyên cháu cháy chìa chính chúng chăn chơi chưa chạy chả
    chảy chật chẳng chặn chế chết chỉ chị chỗ chợ chủ chứa chức con cá cái cát câu cây còn có cóc
    cô công cùng cũ cũng cười cạn cả cấm cấp cần cậu cắt cống cổ cụ cục cụt của cứ cứu di do dài
    dành dám dân dây dính dùng dơ dưới dầm dẫn dẹp dọc dốc dột em ghi ghép giao già giá giáp giả
    giải giật giống giới giờ giữ giữa gom gãy gì gò góc gần gọi gỗ gửi hai hay hàng hôm hơi hơn hư
    hằng hẳn hẹn hẹp hết họ họp hỏi hỏng hồi hộ hội hứa keo khi khác khách khói không khỉ khổ kia
    kinh kiểm kiểu ko kéo kêu kìa kín kẹt kế kể leo liên liền lo loa loại luôn là làm làng lát lâu
    lên lò lô lông lù lúc lún lại lấn lấp lấy lầm lần lầy lẫn lập lắm lắp lội lớn lở
    lụt lừa moi mon mong mua mà màu máy mãi mét mình mò móc mô mùa mùi mùng mưa mười mất mấy mắt
    mặt mẹ mọi mỏ mỗi một mới mở mục nam nay ngang ngay nghe nghèo nghẹt nghề nghỉ ngoài nguy ngày
    ngõ ngăn người ngập ngồi ngổn nhau nhiều nhà nhìn như nhưng nhất nhận nhỏ nhờ nhựa ni nuôi nào
    này nát nên nó nói nông năm nước nấu nắng nắp nằm nặng nếu nề nổi nội nứt nữa phiên phun phà
    phá phát phân phía phơi phải phố qua quanh quy quá quát quê quên quản quẹo ra riêng ruộng rào
    rác ráo rò rút rước rạn rất rẻ rồi rộng sai san sang sao sau say sinh suốt sáng sát sâu sông
    sơ sơn sạt sắp sắt sẽ số sống sớm sụt sửa sự tay thang thay theo thi thiếu thoát thu thuê thuế
    thuộc tháng tháo thâm thép thêm thì thôi thôn thông thường thải thấp thấy thẳng thế thối thủ
    thủng thừa tin tiêu tiếp tiền to toàn trai tranh treo trong tràn trào trái tránh trên tròn
    trùng trăm trơn trước trường trưởng trượt trả trải trật trẻ trọ trồng trời trở trục tu tui
    tung tuyên tuyến tàu tái tám tên tìm tình tôi túi tư tạm tấp tắc tắt tệ tối tốt tới từ từng tự
    ung vay ven viên viết việc vui vuông và vào vá ván vì vô vươn vẫn vậy vặt về vệ vỉa vớ với vỡ
    vợ vụ vừa vực xa xanh xay xe xem xin xong xung xuyên xuống xác xây xã xóm xô xưa xả xếp xịn xứ
    xử yêu ép ô ông ý ăn đang đau đen đi điều điện đu đua đào đá đâm đâu đây đã đèn đê đêm đính đò
    đó đóng đông đúng đơn đưa đường được đất đấy đầu đầy đẩy đắt đẹp đến để đọng đồi đổ đỗ đờ đời
    đợi đủ đứng đứt ạ ống ồn ổ ở
    """.split()
)
_FOLDED_NAMES = frozenset(fold(word) for word in _NAME_SYLLABLES)
_FOLDED_SURNAMES = frozenset(fold(word) for word in _SURNAMES)
_FOLDED_MIDDLE_NAMES = frozenset(fold(word) for word in _MIDDLE_NAMES)
_FOLDED_NOT_NAMES = frozenset(fold(word) for word in _NOT_NAMES)
# Two syllables of names that together are none: "xa thu tien", "phuong an chan".
_NOT_PAIRS: FrozenSet[str] = frozenset(
    (
        "an bot, an cap, an chan, an hoi, an ninh, an noi, an o, an tien, an toan, an uong, ba "
        "lan, ba nguoi, ba thang, bien gioi, cong an, dai dien, dan cu, dan quan, dien thoai, "
        "dong cua, dong dau, dong tien, giao thong, hai ba, hai lan, hai nguoi, hai thang, hanh "
        "chinh, hop dong, lap bien, lap phuong, le duong, lien quan, lien tuc, luu tru, nam "
        "nay, nam ngoai, nam truoc, nguyen vong, nhan dan, noi do, noi dong, phan anh, phan "
        "bui, phong toa, phuc vu, quan ly, quan tam, tam thoi, tam tru, thanh toan, thanh tra, "
        "thu giu, thu ho, thu hoi, thu lai, thu phi, thu tien, thuong binh, thuong mai, thuong "
        "xuyen, thuy dien, thuy loi, thuy noi, tien dien, tien phong, trinh dien, tu choi, tu "
        "chuyen, tu nghia, tu nhien, tu thien, tu tien, tu y, van minh"
    ).split(", ")
)
_MOST_CAPITALS = 4


def end_of_name(words: Sequence[Word], index: int, accents: bool, trust: int) -> int:
    """The index after the name that begins at words[index], or `index` where none begins.

    Args:
        words: a text in words.
        index: the first word after the word of place.
        accents: whether the writer uses diacritics.
        trust: what may be a name without capitals. 0: personal names and pairs of syllables of
            names. 1: also a pair whose second syllable is a common word too. 2: also one syllable
            of names alone. 3: whatever is not a common word.
    """
    if index >= len(words) or words[index].gap != " ":
        return index
    if words[index].is_capital:
        return _end_of_capitals(words, index)
    count = _count_without_capitals(words[index : index + 3], accents, trust)
    return index + count


def _end_of_capitals(words: Sequence[Word], index: int) -> int:
    if words[index].accented in _NOT_NAMES_THOUGH_CAPITAL:
        return index
    end = index + 1
    while end < len(words) and end - index < _MOST_CAPITALS and words[end].gap == " ":
        if not words[end].is_capital:
            break
        end += 1
    return end


def _count_without_capitals(words: Sequence[Word], accents: bool, trust: int) -> int:
    """How many of the first words are a name in lower case: 0 to 3."""
    is_surname = _is_in(words[0], _SURNAMES, _FOLDED_SURNAMES, accents)
    if not is_surname and _likeness(words[0], accents) < 0:
        return 0
    joined = [words[0]]
    for word in words[1:]:
        if word.gap != " ":
            break
        joined.append(word)
    if " ".join(word.folded for word in joined[:2]) in _NOT_PAIRS:
        return 0
    first, second, third = ([_likeness(word, accents) for word in joined] + [-1, -1])[:3]
    if is_surname:
        # Without diacritics "vo" is more often vô or vợ than the surname Võ.
        is_common = not accents and joined[0].folded in _FOLDED_NOT_NAMES
        if second >= (2 if is_common else 0):
            is_middle = _is_in(joined[1], _MIDDLE_NAMES, _FOLDED_MIDDLE_NAMES, accents)
            return 3 if is_middle and third >= 0 else 2
    return _count_of_syllables(first, second, accents, trust)


def _count_of_syllables(first: int, second: int, accents: bool, trust: int) -> int:
    """How many of two words are a name, by the likeness of each."""
    is_pair = second == 2 or (second == 1 and trust >= (1 if accents else 2))
    if first == 2:
        return 2 if is_pair else int(trust >= 2)
    if first == 1 and trust:
        return 2 if second == 2 or (second == 1 and accents) else 0
    if first == 0 and trust == 3:
        return 2 if second == 2 else 1
    return 0


def _likeness(word: Word, accents: bool) -> int:
    """2 a syllable of names, 1 also a common word, 0 unknown, -1 a common word or a number."""
    if word.folded.isdigit() or word.is_capital:
        return -1
    is_common = _is_in(word, _NOT_NAMES, _FOLDED_NOT_NAMES, accents)
    if _is_in(word, _NAME_SYLLABLES, _FOLDED_NAMES, accents):
        return 1 if is_common else 2
    return -1 if is_common else 0


def _is_in(word: Word, accented: FrozenSet[str], folded: FrozenSet[str], accents: bool) -> bool:
    if word.accented in accented:
        return True
    return not accents and word.folded == word.accented and word.folded in folded
