"""Which answers say what was done, and which say nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.substance import FAULT_WORDS, NO_DEED, SAYS_NOTHING, TOO_SHORT, find_faults
from routing.tables import Pack
from routing.text import fold

SAYS_LITTLE = [
    "Đã chuyển.",
    "Đã chuyển Công an phường.",
    "Phản ánh của ông bà đã được chuyển đến đơn vị chức năng.",
    "Đã chuyển ngày 10/11/2026 cho đơn vị chức năng xử lý theo quy định.",
    "UBND phường ghi nhận ý kiến của công dân. Trân trọng cảm ơn!",
    "Đã ghi nhận",
    "Đã tiếp nhận và đang xem xét, giải quyết theo đúng thẩm quyền.",
    "Sở sẽ giải quyết theo quy định của pháp luật.",
    "Chúng tôi sẽ vá đường trong thời gian sớm nhất.",
    "Sở Xây dựng đã giao phòng chuyên môn kiểm tra, xem xét.",
    "UBND phường đã chỉ đạo bộ phận chuyên môn kiểm tra, xử lý. Xin trân trọng cảm ơn ý kiến của "
    "công dân và rất mong tiếp tục nhận được sự quan tâm của người dân.",
    "Đã giải quyết xong vụ việc của ông bà",
    "Đã xử lý xong.",
    "Đã xong",
    "Ok",
    "Đã vá.",
    "Vụ việc đúng thẩm quyền của Sở.",
    "Đã yêu cầu nhà thầu khẩn trương khắc phục, không để tái diễn.",
    "Cơ quan đã nắm được thông tin, sẽ phản hồi ông bà sau 10 ngày.",
    "đang phối hợp với cơ quan liên quan",
    "Đã báo cáo lãnh đạo Sở xem xét, quyết định.",
    "Đã có văn bản số 123/SXD gửi đơn vị liên quan.",
]
SAYS_ENOUGH = [
    "Đã vá đường ngày 10/11.",
    "Ngày 12/11 Công ty vá xong 12 ổ gà trên đường Trần Phú.",
    "Tổ công tác lắp lại nắp cống sáng 12/11, ngay trước số nhà 15.",
    "Đã chuyển công an phường xử lý; công an phường đã lập biên bản, phạt 2 triệu đồng ngày 12/11.",
    "Ngày 10/11 đã chuyển trạm rác sang vị trí khác, cách nhà dân 200 m.",
    "Đã khắc phục sự cố rò nước tại số 12 ngõ 30 ngày 10/11.",
    "Đã xử lý nghiêm 3 hộ lấn chiếm vỉa hè, phạt 6 triệu đồng.",
    "UBND phường ghi nhận phản ánh. Ngày 9/11 phường đã dọn sạch bãi rác, cắm biển cấm đổ rác.",
    "Giá nước thu theo Quyết định số 12/2025/QĐ-UBND: 8.500 đồng một mét khối cho 10 mét khối đầu.",
    "Đèn đường trước số 8 Lê Lợi đã sáng trở lại từ tối 11/11 sau khi thay bóng.",
    "Chưa làm được vì đang chờ vốn năm 2027, dự kiến khởi công tháng 3/2027.",
    "Nhân viên đã xin lỗi bà con và bị chuyển khỏi bộ phận một cửa từ ngày 9/11.",
    "da va 3 o ga truoc cong cho ngay 10/11",
]


@pytest.mark.parametrize("text", SAYS_LITTLE)
def test_an_answer_that_says_little_is_sent_back(pack: Pack, text: str) -> None:
    assert find_faults(text, pack.answer_words)


@pytest.mark.parametrize("text", SAYS_LITTLE[:12])
def test_so_it_is_without_diacritics_and_in_capitals(pack: Pack, text: str) -> None:
    assert find_faults(fold(text), pack.answer_words)
    assert find_faults(text.upper(), pack.answer_words)


@pytest.mark.parametrize("text", SAYS_ENOUGH)
def test_an_answer_that_says_what_was_done_goes_out(pack: Pack, text: str) -> None:
    assert find_faults(text, pack.answer_words) == ()


def test_the_examples_that_writers_are_shown_would_go_out(pack: Pack) -> None:
    assert len(pack.answer_words.examples) >= 3
    for example in pack.answer_words.examples:
        assert find_faults(example, pack.answer_words) == ()


def test_the_writer_reads_which_words_say_nothing(pack: Pack) -> None:
    nothing, deed = find_faults("Đã được chuyển, đang xem xét.", pack.answer_words)
    assert (nothing.code, nothing.phrases) == (SAYS_NOTHING, ("Đã được chuyển", "đang xem xét"))
    assert deed.code == NO_DEED
    assert nothing.words.startswith(FAULT_WORDS[SAYS_NOTHING])
    assert "“đang xem xét”" in nothing.words
    assert [fault.code for fault in find_faults("Đã vá.", pack.answer_words)] == [TOO_SHORT]


DEEDS = ("đã vá", "đã thay", "đã dọn", "đã phạt", "đã lắp", "đã cấp giấy cho", "đã nạo vét")
OBJECTS = ("ba ổ gà trước cổng chợ", "bóng đèn trước số 12 Lê Lợi", "hộ ông Dũng lấn vỉa hè")
DATES = ("ngày 10/11/2026", "sáng 12/11", "hôm 3-11-2026")


@given(
    st.sampled_from(DEEDS),
    st.sampled_from(OBJECTS),
    st.sampled_from(DATES),
    st.data(),
    st.sampled_from(("{vague}. {real}.", "{real}; {vague}.", "{date} {vague}, {real}")),
)
def test_a_deed_with_its_date_is_never_refused_for_a_phrase_beside_it(
    pack: Pack, deed: str, thing: str, date: str, data: st.DataObject, frame: str
) -> None:
    vague = data.draw(st.sampled_from(pack.answer_words.vague))
    real = f"{date} đội quản lý {deed} {thing}"
    text = frame.format(vague=vague, real=real, date=date)
    assert find_faults(text, pack.answer_words) == (), text
    assert find_faults(fold(text), pack.answer_words) == (), text


@given(st.data())
def test_phrases_that_say_nothing_say_nothing_together(pack: Pack, data: st.DataObject) -> None:
    phrases = data.draw(st.lists(st.sampled_from(pack.answer_words.vague), min_size=1, max_size=8))
    assert find_faults(", ".join(phrases), pack.answer_words)
