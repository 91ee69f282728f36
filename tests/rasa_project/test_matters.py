"""Where a message is cut into matters, with a classifier that goes by single words."""

import pytest

from rasa_project.evaluation.several import measure, read_rows
from tests.rasa_project.conftest import Parse
from tests.rasa_project.pure import PROJECT, component

matters = component("matters")
text_of = component("text")
WORDS = {
    "roads": ("duong", "o ga", "cau"),
    "lighting_trees": ("den", "cay"),
    "education": ("truong", "co giao"),
    "noise": ("karaoke", "loa"),
    "waste_pollution": ("rac", "mui"),
    "water_supply": ("nuoc may",),
    "other": (),
}


def classify(texts: list[str]) -> list[list[tuple[str, float]]]:
    """Each category's share of the known words; a text with none is surely nothing."""
    return [_scores(f" {text_of.fold(text).lower()} ") for text in texts]


def _scores(folded: str) -> list[tuple[str, float]]:
    letters = " ".join("".join(c if c.isalnum() else " " for c in folded).split())
    counts = {
        name: sum(f" {letters} ".count(f" {word} ") for word in words)
        for name, words in WORDS.items()
    }
    if not any(counts.values()):
        return [(name, 1 / len(WORDS)) for name in sorted(WORDS)]
    total = sum(counts.values())
    return sorted(((n, c / total) for n, c in counts.items()), key=lambda one: (-one[1], one[0]))


def split(text: str) -> list[tuple[str, str]]:
    """(category, words) of each matter."""
    return [
        (m.category, text[m.start : m.end].strip()) for m in matters.split_matters(text, classify)
    ]


LIGHTS, SCHOOL = "đèn ngõ 4 tắt cả tháng nay", "trường thu tiền quỹ quá cao"
RUBBISH = "rác chất đống bốc mùi kinh khủng"


@pytest.mark.parametrize(
    "text",
    [
        f"{LIGHTS}. Ngoài ra {SCHOOL}",
        f"{LIGHTS}, ngoài ra {SCHOOL}",
        f"{LIGHTS}. Còn chuyện {SCHOOL}",
        f"{LIGHTS} tiện thể {SCHOOL}",
        f"{LIGHTS}, với lại {SCHOOL}",
        f"{LIGHTS}. Đồng thời {SCHOOL}",
        f"{LIGHTS}. Một chuyện nữa là {SCHOOL}",
        f"1. {LIGHTS}\n2. {SCHOOL}",
        f"1/ {LIGHTS} 2/ {SCHOOL}",
        f"a) {LIGHTS}; b) {SCHOOL}",
        f"- {LIGHTS}\n- {SCHOOL}",
        f"Thứ nhất, {LIGHTS}. Thứ hai, {SCHOOL}",
        f"Tôi có hai việc: việc thứ nhất {LIGHTS}, việc thứ hai {SCHOOL}",
        f"một là {LIGHTS}; hai là {SCHOOL}",
        f"Việc 1: {LIGHTS}. Việc 2: {SCHOOL}",
    ],
)
@pytest.mark.parametrize("is_accented", [True, False])
def test_words_and_numbers_that_announce_another_matter_split_the_message(
    text: str, is_accented: bool
) -> None:
    written = text if is_accented else text_of.fold(text).lower()
    assert [category for category, _ in split(written)] == ["lighting_trees", "education"]


def test_what_introduces_a_list_belongs_to_its_first_matter() -> None:
    text = f"Kính gửi phường, tôi xin nêu hai việc. Thứ nhất, {LIGHTS}. Thứ hai, {SCHOOL}."
    assert split(text) == [
        ("lighting_trees", f"Kính gửi phường, tôi xin nêu hai việc. Thứ nhất, {LIGHTS}."),
        ("education", f"Thứ hai, {SCHOOL}."),
    ]


def test_three_matters_are_told_apart_and_four_are_left_to_a_person() -> None:
    three = f"1. {LIGHTS}\n2. {SCHOOL}\n3. {RUBBISH}"
    assert [c for c, _ in split(three)] == ["lighting_trees", "education", "waste_pollution"]
    four = f"{three}\n- x\nNgoài ra nước máy nhà tôi đục ngầu cả tuần"
    assert len(split(four)) == 1


def test_two_plain_sentences_are_two_matters_only_when_both_are_long_and_sure() -> None:
    lights = "Đèn ngõ 4 phường Lê Chân tắt cả tháng nay rồi."
    school = "Trường tiểu học cạnh nhà tôi thu tiền quỹ lớp quá cao."
    assert [c for c, _ in split(f"{lights} {school}")] == ["lighting_trees", "education"]
    assert len(split(f"{lights} Trường thu tiền cao.")) == 1


@pytest.mark.parametrize(
    "text",
    [
        "đường hỏng nên rác trôi vào nhà, mùi hôi, trường phải đóng cửa",
        "Đường đầy ổ gà từ năm ngoái đến nay. Nên trường phải cho các cháu nghỉ học ở nhà.",
        f"{LIGHTS}. Ngoài ra đèn ngõ 6 cũng tắt luôn rồi",
        f"{LIGHTS}. Ngoài ra cây đổ vào đường",  # Too near to one another, and not sure.
        "Loa mở từ sáng đến đêm. Ngoài ra họ còn chặn cổng trường cấp hai",
        "Hôm thứ hai đèn tắt cả ngõ nhà tôi. Thứ ba trường cho nghỉ học",
        "Từ tháng 3. Trường thu tiền điện sáng cả đèn",
        f"{LIGHTS}. Ngoài ra trường",
        "Ngoài ra",
        "1.",
        "",
        "   ",
        "...!!!???",
        "🙂🙂🙂",
    ],
)
def test_one_matter_however_many_sentences_is_not_split(text: str) -> None:
    ((_, words),) = split(text)
    assert words == text.strip()


@pytest.mark.parametrize(
    "text",
    [
        f"  1. {LIGHTS}\n\n2. {SCHOOL}  ",
        f"{LIGHTS}. Ngoài ra {SCHOOL}\n",
        "de\u0302\u0300n ngo\u0303 ta\u0306\u0301t he\u0302\u0301t ro\u0302\u0300i. Ngoài ra "
        + SCHOOL,
        f"İİİİ {LIGHTS}. Ngoài ra {SCHOOL}",
    ],
)
def test_the_matters_cover_the_text_without_a_gap(text: str) -> None:
    found = matters.split_matters(text, classify)
    assert len(found) == 2
    assert "".join(text[one.start : one.end] for one in found) == text


def test_the_confidence_is_that_of_the_matters_own_words() -> None:
    first, second = matters.split_matters(f"{LIGHTS}. Ngoài ra {SCHOOL}", classify)
    assert (first.confidence, second.confidence) == (1.0, 1.0)


@pytest.mark.parametrize("piece", ["ngoài ra 1. đèn\n- rác. ", "\n- a", "1.\n2.\n", "còn vụ "])
def test_a_text_of_4096_characters_that_breaks_everywhere_is_one_and_hardly_classified(
    piece: str,
) -> None:
    asked: list[str] = []

    def counting(texts: list[str]) -> list[list[tuple[str, float]]]:
        asked.extend(texts)
        return classify(texts)

    text = (piece * 2000)[:4096]
    (one,) = matters.split_matters(text, counting)
    assert (one.start, one.end) == (0, 4096)
    assert len(asked) <= 2 * matters.MOST_PIECES


def test_the_measuring_texts_name_known_categories_at_most_three_each() -> None:
    domain = (PROJECT / "domain.yml").read_text(encoding="utf-8")
    for row in read_rows():
        assert 1 <= len(row["categories"]) <= matters.MOST_MATTERS
        assert len(set(row["categories"])) == len(row["categories"])
        assert all(f"utter_report/{name}:" in domain for name in row["categories"])


def test_the_trained_model_tells_matters_apart_and_rarely_cuts_one(parse: Parse) -> None:
    figures = measure(read_rows(), parse)
    assert figures.split >= 0.7 * figures.several
    assert figures.cut <= 0.06 * figures.single


def test_the_matters_of_an_answer_cover_its_text(parse: Parse) -> None:
    for row in read_rows():
        answer = parse(f"  {row['text']}\n")
        assert (
            "".join(answer["text"][m["start"] : m["end"]] for m in answer["matters"])
            == (answer["text"])
        )


def test_an_answer_always_has_a_matter(parse: Parse) -> None:
    for text in ("xin chào", "🙂", "/", "1."):
        (matter,) = parse(text)["matters"]
        assert matter["start"] == 0
