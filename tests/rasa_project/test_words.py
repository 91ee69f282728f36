"""The citizen's own words that gave a category, as staff read them beside a decision."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rasa_project.conftest import Parse
from tests.rasa_project.pure import component

evidence = component("evidence")
text_of = component("text")

TELLING = [
    # what is written, words that must be among the telling ones
    ("Đường vào thôn ổ gà chi chít, trẻ con đi học ngã hoài", "ổ gà"),
    ("den duong ngo toi tat ca thang nay roi", "den"),
    ("Quán đối diện bật karaoke tới khuya không ai ngủ nổi", "karaoke"),
    ("nuowcs may duc ngau, tam ve la ngua", "nuowcs"),
    ("Nước máy nhà em đục như nước gạo", "nước"),
    ("điện chập chờn suốt từ hôm qua, tủ lạnh hỏng hết đồ", "điện"),
    ("rac do day dau ngo, boc mui khap xom", "rac"),
    ("cô giáo bắt học thêm mới cho điểm cao", "học"),
    ("xe buýt số 3 hay bỏ bến, đợi cả tiếng", "xe buýt"),
    ("Bảo hiểm xã hội bảo chờ mà lương hưu mãi chưa có", "bảo hiểm"),
    ("làm sổ đỏ hai năm chưa xong", "sổ"),
    ("mạng wifi rớt liên tục gọi tổng đài không được", "mạng"),
]


@pytest.mark.parametrize(("text", "word"), TELLING)
def test_the_words_that_name_the_matter_are_told(parse: Parse, text: str, word: str) -> None:
    spans = parse(text)["category_words"]
    assert 1 <= len(spans) <= 3
    assert all(text[span["start"] : span["end"]] == span["text"] for span in spans)
    assert any(word in span["text"].lower() for span in spans), spans


@pytest.mark.parametrize("text", ["chào bạn", "PA-123ABC đến đâu rồi", "🙂🙂", "Cảm ơn nhiều nhé"])
def test_what_is_no_grievance_has_no_telling_words(parse: Parse, text: str) -> None:
    assert parse(text)["category_words"] == []


def test_a_very_long_text_has_few_telling_words(parse: Parse) -> None:
    text = ("đường hỏng, ổ gà khắp nơi, xe đi rất khó khăn. " * 100)[:4096]
    assert 1 <= len(parse(text)["category_words"]) <= 3


WRITTEN = st.lists(
    st.sampled_from(
        ["ổ gà", "ko", "ubnd", "csgt", "đường,", "nuowcs", "🙂", "!!!", "p.2", "\n", "  ", "dc"]
    )
    | st.text(max_size=12),
    max_size=20,
).map(" ".join)


@settings(max_examples=300, deadline=None)
@given(WRITTEN, st.data())
def test_spans_lie_in_the_text_in_order_and_never_overlap(text: str, data: st.DataObject) -> None:
    normalised = text_of.normalise(text)
    count = len(normalised.split())
    weights = data.draw(st.lists(st.floats(-1, 1), min_size=count, max_size=count))
    spans = evidence.telling_spans(text, normalised, weights)
    assert len(spans) <= 3
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert all(a.end <= b.start for a, b in pairwise(spans))
