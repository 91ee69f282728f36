"""Which answer to a question is given."""

import pytest
import yaml

from tests.rasa_project.pure import PROJECT, component

faq = component("faq")
RESPONSES = yaml.safe_load((PROJECT / "domain.yml").read_text(encoding="utf-8"))["responses"]


def test_the_surest_key_is_answered_with_its_share_within_the_intent() -> None:
    keys = {"voice": 0.3, "start": 0.1, "attachments": 0.1}
    assert faq.choose_key("ask_how", keys) == ("voice", pytest.approx(0.6))


def test_when_no_key_is_sure_the_general_one_is_answered() -> None:
    keys = {"voice": 0.39, "start": 0.3, "attachments": 0.31}
    assert faq.choose_key("ask_how", keys) == ("start", pytest.approx(0.3))


def test_equal_keys_are_told_apart_by_name() -> None:
    assert faq.choose_key("ask_deadline", {"overdue": 0.5, "how_long": 0.5})[0] == "how_long"


def test_an_intent_without_keys_is_an_error() -> None:
    with pytest.raises(ValueError, match="ask_how has no answers"):
        faq.choose_key("ask_how", {})


@pytest.mark.parametrize(("intent", "key"), sorted(faq.GENERAL_KEYS.items()))
def test_every_general_key_has_its_answer(intent: str, key: str) -> None:
    assert f"utter_{intent}/{key}" in RESPONSES
