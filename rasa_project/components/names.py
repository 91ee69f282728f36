"""Where a proper name ends: by its capitals, or, for writers who use none, by its syllables.

The lists are of syllables, not of places: those that Vietnamese names are commonly made of, and
those that follow a word of place without naming it. Without diacritics many are both, and then the
neighbouring syllable decides.
"""

from typing import FrozenSet, Sequence

from components.text import fold
from components.words import Word

# A capital letter begins these at the start of a sentence or in a letter, not a name.
_NOT_NAMES_THOUGH_CAPITAL = frozenset(
    "toi de kinh nha nhung neu khi sao ai co khong ko xin cam hom em anh chi va la thi".split()
)

# Syllables of Vietnamese place and personal names, for writers who use no capitals. Common words
# are among them only where they begin more names than sentences after a kind of place.
_NAME_SYLLABLES: FrozenSet[str] = frozenset(
    (
        "an ái bắc bách bạch bàng bảo bích biên bình bồng cảnh cao cát cẩm cần châu chánh chí chu "
        "chương cúc cương cường dân diên diệp diệu du dục duy duyên dương đa đà đại đạo đạt đăng "
        "đằng đặng điền điện đoài đoan đô đồng đông đức gia giang giao hà hạ hải hàm hàn hạnh hào "
        "hậu hiền hiển hiệp hòa hoa hoài hoàn hoàng hồng hợp huệ hùng hưng hương hữu khai khánh "
        "khê khoa khuê khương kiên kiến kiều kim kỳ la lạc lai lam lâm lan lạng lập liên liễu linh "
        "lộc lợi long lương lưu lý mai mẫu mễ minh mộc mỹ nam nghi nghĩa nghiệp ngọc ngô nguyên "
        "nguyệt nhân nhật nhơn nhuận ninh nội phát phan phong phú phúc phục phước phương phượng "
        "quan quán quang quảng quế quốc quý quỳnh sa sài sơn tam tân tây thái thanh thành thạch "
        "thạnh thắng thăng thân thế thị thiên thiện thiệu thịnh thọ thống thới thuận thủy thụy "
        "thượng tiên tiến toàn tổ trà trạch trại tràng trang trị triều trinh trung trực trường tú "
        "từ tứ tuấn tùng tường tuyên uyên văn vân viên việt vinh vĩnh vọng vũ xuân yên đống đa"
    ).split()
)
_SURNAMES: FrozenSet[str] = frozenset(
    (
        "nguyễn trần lê phạm hoàng huỳnh phan vũ võ đặng bùi đỗ hồ ngô dương lý đinh đoàn trịnh "
        "trương mạc tạ tô tôn lương lưu cao châu kiều mai quách thái trưng"
    ).split()
)
# Middle parts of personal names: a third word follows ("nguyen van linh", "hoang quoc viet").
_MIDDLE_NAMES: FrozenSet[str] = frozenset(
    "văn thị đình đức hữu quốc công bá duy xuân ngọc minh quang thái khánh hưng thánh".split()
)
# What follows a kind of place and is no name.
_NOT_NAMES: FrozenSet[str] = frozenset(
    (
        "ai anh ạ ăn ba bác bao bảo bạn bán báo bắt băng bằng bây bên bê bị bỏ bơm bụi bữa bự cả cái "
        "cam cạn cao cát cắt cấm cấp cần câu cây cậu chả chạy chăn chặn chẳng chật chảy cháy chế "
        "chết chi chỉ chia chìa chính chị cho chỗ choa chơi chợ chui chung chúng chuyên chưa chứa "
        "chức có cóc con còn cô cổ công cống cụ cục của cũ cũng cùng cụt cứ cứu dài dám dành dân "
        "dầm dẫn dây dẹp di do dọc dốc dơ dột dùng dưới đá đã đang đào đau đắt đất đâu đầu đầy đẩy "
        "đây đấy đâm đen đèn đẹp đê để đến đi điện đó đò đóng đọng đổ đồi đỗ đông đờ đời đơn đợi đu đua "
        "đúng đủ đường đưa được đứng đứt em ép gãy gần ghe ghi ghép gì giá già giả giải giao giáp "
        "giật giờ giống giữ giữa gom gò gỗ gọi góc gửi hàng hai hay hằng hẳn hẹn hẹp hết hỏi "
        "họ họp hôm hộ hội hồi hỏng hơi hơn hư hứa keo kéo kêu kể kế kẹt khác khách không khổ khói "
        "khi khỉ kia kín kinh kìa kiểm kiểu ko làm lại lát lắm lắp lầm lấn lần lấp lấy lẫn lầy lâu "
        "lên leo liên liền lo loa lở lông lô lội lớn lù lụt lúc lún luôn lừa mà màu mãi máy mặt mắt mất mấy "
        "mẹ mét mình moi mọi mong mò móc mỏ mô mỗi một mở mới mua mùa mùi mục mưa mười nam nào này nát nay "
        "năm nằm nắng nặng nắp nấu nề nên nếu ngang ngay ngày ngập ngăn nghe nghề nghẹt nghèo nghỉ "
        "ngoài ngõ ngồi ngổn nguy người nhà nhận nhất nhiều nhìn nhỏ nhờ như nhưng nhựa nó nói nổi "
        "nông nữa nứt nước nuôi ni ô ổ ông ống ở ồn phá phải phát phà phân phiên phía phố phơi phun qua quá "
        "quản quanh quát quê quẹo quy ra rác ráo rào rất rạn rẻ riêng rò rồi rộng rút rước ruộng sai san sạt "
        "sang sáng sao sát sau say sắp sắt sâu sẽ sinh sơ số sông sống sơn sớm suốt sụt sửa sự tạm tàu tái tám "
        "tay tắc tắt tấp tệ tên thấp thải thang tháng tháo thay thấy thẳng thâm theo thêm thế thì thi "
        "thiếu thoát thôi thôn thối thông thu thuê thuế thuộc thủ thủng thừa thường tiêu tiền tiếp tìm "
        "tin tình to toàn tối tôi tới tốt trả trai tranh tránh trào trái tràn trải trăm trật trên treo "
        "trẻ trọ tròn trong trồng trời trở trơn trục trước trưởng trượt tu tui tung tuyến tự tư từ từng túi "
        "ung và vá vào vay vẫn vậy vặt ven về vệ vì việc viên vỉa vô vỡ vớ với vụ vui vực vuông vừa xa xả xã "
        "xác xanh xay xây xe xem xếp xin xịn xóm xong xô xuống xung xuyên xử xưa yêu ý"
    ).split()
)
_NAMES_FOLDED = frozenset(fold(word) for word in _NAME_SYLLABLES)
_SURNAMES_FOLDED = frozenset(fold(word) for word in _SURNAMES)
_MIDDLE_FOLDED = frozenset(fold(word) for word in _MIDDLE_NAMES)
_NOT_NAMES_FOLDED = frozenset(fold(word) for word in _NOT_NAMES)

_FOLDED_NAMES = frozenset(fold(word) for word in _NAME_SYLLABLES)
_FOLDED_SURNAMES = frozenset(fold(word) for word in _SURNAMES)
_FOLDED_MIDDLE_NAMES = frozenset(fold(word) for word in _MIDDLE_NAMES)
_FOLDED_NOT_NAMES = frozenset(fold(word) for word in _NOT_NAMES)
# Two syllables of names that together are none: "xa thu tien", "phuong an chan".
_NOT_PAIRS: FrozenSet[str] = frozenset(
    (
        "an chan,an tien,an bot,an cap,an hoi,an uong,an o,an noi,tu y,tu tien,tu nhien,tu choi,"
        "tu chuyen,hai lan,hai thang,hai ba,hai nguoi,nam nay,nam ngoai,nam truoc,dong dau,dong cua,"
        "dong tien,thu tien,thu lai,thu phi,thu ho,thu giu,thu hoi,ba lan,ba thang,ba nguoi,quan tam,"
        "quan ly,cong an,tien dien,tien phong,dien thoai,an ninh,an toan,thanh tra,thanh toan,"
        "dai dien,dan cu,dan quan,nhan dan,tam thoi,tam tru,thuong xuyen,thuong binh,thuong mai,"
        "phuc vu,phan anh,phong toa,hop dong,lien quan,lien tuc,hanh chinh,giao thong"
    ).split(",")
)
_MOST_CAPITALS = 4


def end_of_name(words: Sequence[Word], index: int, accents: bool, trust: int) -> int:
    """The index after the name that begins at words[index], or `index` where none begins.

    Args:
        words: a text in words.
        index: the first word after the word of place.
        accents: whether the writer uses diacritics.
        trust: 2 where whatever is not a common word may be the name ("thôn …"), 1 where only
            syllables of names are, 0 where nothing but a personal name or two such syllables are.
    """
    if index >= len(words) or words[index].gap != " ":
        return index
    if words[index].is_capital:
        return _end_of_capitals(words, index)
    count = _count_without_capitals(words[index : index + 3], accents, trust)
    return index + count


def _end_of_capitals(words: Sequence[Word], index: int) -> int:
    if words[index].folded in _NOT_NAMES_THOUGH_CAPITAL:
        return index
    end = index + 1
    while end < len(words) and end - index < _MOST_CAPITALS and words[end].gap == " ":
        if not words[end].is_capital:
            break
        end += 1
    return end


def _count_without_capitals(words: Sequence[Word], accents: bool, trust: int) -> int:
    """How many of the first words are a name in lower case: 0 to 3."""
    joined = [words[0], *(word for word in words[1:] if word.gap == " ")]
    if len(joined) < len(words) and len(words) > 1 and words[1].gap != " ":
        joined = joined[:1]
    likely = [_likeness(word, accents) for word in joined]
    if " ".join(word.folded for word in joined[:2]) in _NOT_PAIRS or joined[0].folded.isdigit():
        return 0
    if len(joined) > 1 and _is_in(joined[0], _SURNAMES, _FOLDED_SURNAMES, accents):
        if likely[1] >= 0:
            is_middle = _is_in(joined[1], _MIDDLE_NAMES, _FOLDED_MIDDLE_NAMES, accents)
            return 3 if is_middle and len(joined) > 2 and likely[2] >= 0 else 2
    if likely[0] == 2:
        second = likely[1] if len(joined) > 1 else -1
        return 2 if second >= (2, 1, 0)[trust] else int(trust > 0)
    if likely[0] == 1:
        return 2 if len(joined) > 1 and likely[1] >= (9, 2, 1)[trust] else 0
    if likely[0] == 0 and trust == 2:
        return 2 if len(joined) > 1 and likely[1] == 2 else 1
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
