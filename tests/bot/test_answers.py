"""What the model answers to questions, and how the bot fills it in and reads it."""

import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.answers import FACTS, checked, filled
from bot.understand import read_parse
from routing.tables import Pack
from tests.bot.conftest import parse_of

PROJECT = Path(__file__).resolve().parents[2] / "rasa_project"
DOMAIN = yaml.safe_load((PROJECT / "domain.yml").read_text(encoding="utf-8"))
ANSWERS = {
    name.removeprefix("utter_"): variants
    for name, variants in DOMAIN["responses"].items()
    if name.startswith("utter_ask_")
}


def asked_keys() -> Iterator[str]:
    """Every key that the training text names, as `ask_how/voice`."""
    for path in sorted((PROJECT / "data" / "utterances").glob("ask_*.tsv")):
        for line in path.read_text(encoding="utf-8").splitlines():
            _, key, _ = line.split("\t")
            if key != "-":
                yield f"{path.stem}/{key}"


def with_answer(intent: str, text: str) -> dict[str, Any]:
    chosen = {
        "intent_response_key": f"{intent}/x",
        "confidence": 0.9,
        "responses": [{"text": text}],
    }
    return {**parse_of(intent), "response_selector": {intent: {"response": chosen}}}


def test_every_question_of_the_training_text_has_an_answer_and_no_other_has() -> None:
    assert set(ANSWERS) == set(asked_keys())


@pytest.mark.parametrize("key", sorted(ANSWERS))
def test_an_answer_is_one_short_text_in_nfc_that_any_province_can_fill_in(
    key: str, pack: Pack
) -> None:
    (variant,) = ANSWERS[key]
    text = filled(checked(variant["text"]), pack)
    assert unicodedata.is_normalized("NFC", text)
    assert 40 <= len(text) <= 600
    assert not set("{}\n") & set(text)


@pytest.mark.parametrize("key", sorted(ANSWERS))
def test_an_answer_names_nothing_of_one_province(key: str) -> None:
    (variant,) = ANSWERS[key]
    assert "Hải Phòng" not in variant["text"]


def test_who_asks_what_may_not_be_sent_hears_that_a_denunciation_is_not_taken_and_where_to_go() -> (
    None
):
    text = ANSWERS["ask_how/not_accepted"][0]["text"]
    for part in (
        "Tố cáo thì không nhận qua tin nhắn",
        "Điều 22",
        "có chữ ký",
        "cấp trên trực tiếp",
    ):
        assert part in text


@pytest.mark.parametrize("number", ["111", "113", "114", "115", "1900 6769"])
def test_the_hotlines_hold_the_national_numbers_and_the_packs(number: str, pack: Pack) -> None:
    assert number in filled(ANSWERS["ask_agency/hotlines"][0]["text"], pack)


def test_every_fact_of_the_pack_is_a_text(pack: Pack) -> None:
    assert all(fact(pack).strip() for fact in FACTS.values())


def test_the_answer_to_a_question_is_read_from_the_model() -> None:
    text = "Nhắn cho {province}."
    assert read_parse(with_answer("ask_how", text)).answer == text


def test_the_follow_up_question_of_a_report_is_no_answer() -> None:
    assert read_parse(with_answer("report", "Đoạn nào ạ?")).answer == ""


def test_a_selection_for_another_intent_is_no_answer() -> None:
    body = {**with_answer("ask_how", "Xin chào."), "intent": {"name": "thank", "confidence": 0.9}}
    assert read_parse(body).answer == ""


@pytest.mark.parametrize("text", ["{nobody}", "{}", "{province.name}", "{province!r}", "{", "{0}"])
def test_an_answer_with_an_unknown_placeholder_is_a_bad_answer(text: str) -> None:
    with pytest.raises(ValueError, match=r"placeholder|Single"):
        read_parse(with_answer("ask_how", text))
