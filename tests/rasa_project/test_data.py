"""The training data and the domain agree, and no measuring text is in training."""

import json
import unicodedata
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2] / "rasa_project"


def _examples() -> dict[str, set[str]]:
    """Intent -> texts, read line by line: the files are flat lists written in one way."""
    found: dict[str, set[str]] = {}
    for path in sorted((PROJECT / "data" / "nlu").glob("*.yml")):
        intent = ""
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("- intent: "):
                intent = line.removeprefix("- intent: ").strip()
            elif line.startswith("    - "):
                found.setdefault(intent, set()).add(line.removeprefix("    - ").strip())
    return found


def test_there_are_24_categories_and_22_plain_intents() -> None:
    names = _examples()
    assert sum(name.startswith("report/") for name in names) == 24
    assert sum(not name.startswith("report/") for name in names) == 22


def test_every_category_has_its_question_in_the_domain() -> None:
    domain = (PROJECT / "domain.yml").read_text(encoding="utf-8")
    for name in (name for name in _examples() if name.startswith("report/")):
        assert f"  utter_{name}:\n" in domain, name


@pytest.mark.parametrize("name", ["petitions_dev.jsonl", "intents_dev.jsonl"])
def test_no_measuring_text_is_in_the_training_data(name: str) -> None:
    trained = {text.lower() for texts in _examples().values() for text in texts}
    for line in (PROJECT / "evaluation" / name).read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        texts = [text for key, text in row.items() if key.startswith("text")]
        assert not trained & {unicodedata.normalize("NFC", text).lower() for text in texts}


def test_all_that_citizens_read_is_in_composed_unicode() -> None:
    domain = (PROJECT / "domain.yml").read_text(encoding="utf-8")
    assert unicodedata.is_normalized("NFC", domain)
