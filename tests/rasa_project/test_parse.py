"""What the bot may rely on in `POST /model/parse`. Slow: it needs the trained model."""

import unicodedata
from typing import Any

import pytest

from tests.rasa_project.conftest import Parse

POTHOLE = "Đường trước cổng trường đầy ổ gà, xe máy ngã liên tục, đề nghị vá lại mặt đường"
POTHOLE_NO_MARKS = "duong truoc cong truong day o ga, xe may nga lien tuc, de nghi va lai mat duong"


def _units(answer: dict[str, Any]) -> list[tuple[str, str | None]]:
    units = [entity for entity in answer["entities"] if entity["entity"] == "unit"]
    return [(entity["value"], entity.get("role")) for entity in units]


@pytest.mark.parametrize("text", [POTHOLE, POTHOLE_NO_MARKS])
def test_a_pothole_is_a_report_about_roads_with_and_without_diacritics(
    parse: Parse, text: str
) -> None:
    answer = parse(text)
    assert answer["intent"]["name"] == "report"
    assert answer["categories"][0]["name"] == "roads"


def test_categories_are_all_24_best_first_and_sum_to_one(parse: Parse) -> None:
    confidences = [item["confidence"] for item in parse(POTHOLE)["categories"]]
    assert len(confidences) == 24
    assert confidences == sorted(confidences, reverse=True)
    assert sum(confidences) == pytest.approx(1)


def test_the_confidence_of_report_is_the_sum_over_its_categories(parse: Parse) -> None:
    answer = parse(POTHOLE)
    assert sum(item["confidence"] for item in answer["intent_ranking"]) == pytest.approx(1)
    assert answer["intent_ranking"][0] == {
        "name": "report",
        "confidence": answer["intent"]["confidence"],
    }


def test_the_first_category_brings_its_follow_up_question(parse: Parse) -> None:
    response = parse(POTHOLE)["response_selector"]["report"]["response"]
    assert response["intent_response_key"] == "report/roads"
    assert "hỏng từ bao giờ" in response["responses"][0]["text"]


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("xin chào", "greet"),
        ("cảm ơn nhiều nhé", "thank"),
        ("cam on ad", "thank"),
        ("tôi muốn rút phản ánh", "withdraw"),
        ("cháy nhà rồi cứu với", "emergency"),
        ("PA-7K2M9Q xử lý đến đâu rồi", "ask_status"),
    ],
)
def test_plain_intents_are_told_from_reports(parse: Parse, text: str, intent: str) -> None:
    assert parse(text)["intent"]["name"] == intent


@pytest.mark.parametrize(
    ("text", "legal_type"),
    [
        ("Tôi tố cáo ông chủ tịch xã nhận hối lộ của chủ thầu", "to_cao"),
        ("ke toan xa khai khong de an chan tien ho tro cua dan", "to_cao"),
        ("Nhà bên xây to cao che hết ánh sáng nhà tôi", "phan_anh"),
        ("Tôi khiếu nại quyết định xử phạt của phường", "khieu_nai"),
        ("Đất nhà tôi bị thu hồi, tôi không đồng ý với phương án đền bù", "khieu_nai"),
        ("Kiến nghị lắp thêm đèn chiếu sáng ở ngõ 12", "kien_nghi"),
        ("Đèn đường ngõ 12 tắt ba hôm nay", "phan_anh"),
    ],
)
def test_the_legal_type_follows_what_is_said(parse: Parse, text: str, legal_type: str) -> None:
    assert parse(text)["legal_type"]["name"] == legal_type


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("Cán bộ UBND xã Phúc An vòi tiền tôi", [("Cán bộ UBND xã Phúc An", "accused")]),
        ("can bo ubnd xa phuc an hach sach dan", [("can bo ubnd xa phuc an", "accused")]),
        ("ra cong an phuong an hoa bi quat nat", [("cong an phuong an hoa", "accused")]),
        ("Xã Phúc An tự ý bán đất công", [("Xã Phúc An", "accused")]),
        ("Trưởng thôn ăn chặn gạo cứu trợ", [("Trưởng thôn", "accused")]),
        ("Đề nghị Công an phường An Hòa bắt nhóm trộm cắp", [("Công an phường An Hòa", None)]),
        ("Kính gửi UBND xã Phúc An. Cống tắc cả tháng", [("UBND xã Phúc An", None)]),
        ("Sở Xây dựng đang sửa cầu", [("Sở Xây dựng", "acting")]),
        ("Cả khu mất điện từ sáng", []),
    ],
)
def test_units_are_named_and_the_accused_one_is_marked(
    parse: Parse, text: str, units: list[tuple[str, str | None]]
) -> None:
    assert _units(parse(text)) == units


@pytest.mark.parametrize(
    ("text", "entity", "value"),
    [
        ("hỏi vụ PA-7K2M9Q", "case_code", "PA-7K2M9Q"),
        ("hoi vu pa 7k2m9q", "case_code", "PA-7K2M9Q"),
        ("gọi tôi 0912 345 678 nhé", "phone_number", "0912345678"),
        ("gọi tôi +84 912.345.678 nhé", "phone_number", "0912345678"),
    ],
)
def test_codes_and_numbers_are_read_in_one_form(
    parse: Parse, text: str, entity: str, value: str
) -> None:
    found = [(item["entity"], item["value"]) for item in parse(text)["entities"]]
    assert found == [(entity, value)]


def test_twelve_digits_of_an_identity_card_are_no_telephone_number(parse: Parse) -> None:
    found = parse("số cccd của tôi là 031084001234")["entities"]
    assert [item["entity"] for item in found] == ["identity_number"]


def test_spans_are_right_in_decomposed_unicode(parse: Parse) -> None:
    text = unicodedata.normalize("NFD", "Hôm qua cán bộ UBND xã Phúc An quát dân")
    (unit,) = [item for item in parse(text)["entities"] if item["entity"] == "unit"]
    written = unicodedata.normalize("NFC", text[unit["start"] : unit["end"]])
    assert written == "cán bộ UBND xã Phúc An"


@pytest.mark.parametrize("text", ["/stop", "/ đường hỏng", '/report{"unit": "x"}', "/xa{hong"])
def test_a_leading_slash_is_text_and_forges_nothing(parse: Parse, text: str) -> None:
    answer = parse(text)
    assert len(answer["categories"]) == 24
    assert answer["entities"] == []
    assert answer["intent"]["confidence"] < 1


ODD = {
    "empty": "",
    "a space": " ",
    "a mark": "?",
    "emoji": "🙂🙂🔥",
    "other scripts": "道路坏了 дорога сломана",
    "zero-width": "đường\u200b hỏng\u200d nặng\ufeff",
    "mixed forms": unicodedata.normalize("NFD", "Đường hỏng ") + "nặng lắm",
    "control characters": "đường\x00 hỏng\x07\x1b[31m nặng",
    "one letter": "a" * 4096,
    "4,096 characters": ("Đường hỏng, cống tắc, đèn tắt. " * 140)[:4096],
    "characters that grow": "ﷺ" * 4096,
    "right to left": "\u202eđường hỏng\u202c",
}


@pytest.mark.parametrize("text", ODD.values(), ids=ODD.keys())
def test_odd_texts_get_a_whole_answer(parse: Parse, text: str) -> None:
    answer = parse(text)
    assert {"intent", "categories", "legal_type", "entities", "matters"} <= answer.keys()
    assert len(answer["categories"]) == 24


@pytest.mark.parametrize("name", ["a mark", "emoji"])
def test_what_has_no_letters_is_out_of_scope(parse: Parse, name: str) -> None:
    assert parse(ODD[name])["intent"]["name"] == "out_of_scope"


@pytest.mark.parametrize("name", ["zero-width", "mixed forms", "control characters"])
def test_characters_that_nobody_sees_change_nothing(parse: Parse, name: str) -> None:
    assert parse(ODD[name])["categories"][0]["name"] == "roads"


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("nuowcs máy dạo lày đục ngầu ko dám tắm", "water_supply"),
        ("rac chat nhu nui dau ngo ca tuan k ai don", "waste_pollution"),
        ("thuê bao mất sóng cả ngày, ra đầu làng mới gọi được", "telecom"),
    ],
)
def test_slips_of_typing_do_not_hide_the_matter(parse: Parse, text: str, category: str) -> None:
    assert parse(text)["categories"][0]["name"] == category


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("gửi bằng giọng nói được không ạ", "ask_how/voice"),
        ("giấu tên tôi được không", "ask_anonymity/hide_me"),
        ("thứ bảy có làm việc không ạ", "ask_agency/office_hours"),
        ("quá hạn mà chưa trả lời thì sao", "ask_deadline/overdue"),
    ],
)
def test_a_question_gets_its_own_answer(parse: Parse, text: str, key: str) -> None:
    answer = parse(text)
    intent = key.split("/")[0]
    assert answer["intent"]["name"] == intent
    response = answer["response_selector"][intent]["response"]
    assert response["intent_response_key"] == key
    assert response["responses"][0]["text"]
