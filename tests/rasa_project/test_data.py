"""The training text: its tables, Rasa's files and the domain agree, and its checks can fail."""

import json
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2] / "rasa_project"
sys.path.append(str(PROJECT / "data"))

from build_nlu import Utterance, intent_of, quote, read_table, read_tables, render  # noqa: E402

RASA_PYTHON = PROJECT / ".venv" / "bin" / "python"


@pytest.fixture(scope="module")
def rows() -> list[Utterance]:
    return read_tables()


def test_there_are_24_categories_and_22_plain_intents(rows: list[Utterance]) -> None:
    names = {intent_of(row).split("/")[0] for row in rows} - {"report"}
    assert len({row.label for row in rows if row.legal != "-"}) == 24
    assert len(names) == 22


def test_every_category_and_every_question_has_its_answer_in_the_domain(
    rows: list[Utterance],
) -> None:
    domain = (PROJECT / "domain.yml").read_text(encoding="utf-8")
    for name in {intent_of(row) for row in rows if "/" in intent_of(row)}:
        assert f"  utter_{name}:\n" in domain, name


def test_rasas_files_are_what_the_tables_say() -> None:
    script = PROJECT / "data" / "build_nlu.py"
    done = subprocess.run([sys.executable, script, "--check"], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()


@pytest.mark.parametrize("name", ["petitions_dev.jsonl", "intents_dev.jsonl"])
def test_no_measuring_text_is_in_the_training_data(rows: list[Utterance], name: str) -> None:
    trained = {row.text.lower() for row in rows}
    for line in (PROJECT / "evaluation" / name).read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        texts = [text for key, text in row.items() if key.startswith("text")]
        assert not trained & {unicodedata.normalize("NFC", text).lower() for text in texts}


def test_all_that_citizens_read_is_in_composed_unicode() -> None:
    domain = (PROJECT / "domain.yml").read_text(encoding="utf-8")
    assert unicodedata.is_normalized("NFC", domain)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("farmer-n\tchat\tphan_anh\t-", "expected 3 or 5 fields"),
        ("farmer-n\tshouted\tphan_anh\t-\tmất điện", "unknown style"),
        ("farmer-n\tchat\tthua_kien\t-\tmất điện", "unknown style or legal type"),
        ("farmer-n\tchat\tphan_anh\t\tmất điện", "an empty field"),
        ("farmer-n\tchat\tphan_anh\t-\tma\u0302t die\u0302n", "NFC"),
    ],
)
def test_a_broken_line_of_a_table_is_named(tmp_path: Path, line: str, why: str) -> None:
    table = tmp_path / "electricity.tsv"
    table.write_text(line + "\n", encoding="utf-8")
    with pytest.raises(ValueError, match=rf"electricity\.tsv:1.*{why}"):
        list(read_table(table))


def test_marks_that_rasa_would_read_as_an_entity_are_text() -> None:
    row = Utterance("roads", "farmer-n", "đường [hỏng](nặng) {lắm}", "chat", "phan_anh", "-")
    assert quote(row.text) == "đường (hỏng)(nặng) (lắm)"
    assert '"đường (hỏng)(nặng) (lắm)"' in render([row])


@pytest.mark.parametrize(
    ("extra", "fault"),
    [
        ("roads\tOc\tchat\tphan_anh\t-\tđường trước trường mầm non thôn Đoài nát như ruộng cày "
         "sau vụ gặt vừa rồi\nroads\tOc\tnodiac\tphan_anh\t-\tduong truoc truong mam non thon "
         "Doai nat nhu ruong cay sau vu gat vua roi", "near-duplicates"),
        (None, "too near a measuring text"),
    ],
)  # fmt: skip
def test_the_check_finds_what_it_is_there_for(
    tmp_path: Path, extra: str | None, fault: str
) -> None:
    """Run on a copy of the tables with one fault more."""
    if extra is None:
        first = (PROJECT / "evaluation" / "petitions_dev.jsonl").read_text(encoding="utf-8")
        text = json.loads(first.splitlines()[0])["text_chat"]
        extra = f"other\tOc\tchat\tphan_anh\t-\t{text} nha"
    code = (
        "import sys, check, build_nlu\n"
        "rows = build_nlu.read_tables()\n"
        f"for line in {extra!r}.splitlines():\n"
        "    label, voice, style, legal, second, text = line.split('\\t')\n"
        "    rows.append(build_nlu.Utterance(label, voice, text, style, legal, second))\n"
        "rows = [r for r in rows if r.label in ('roads', 'other')]\n"
        "sys.stdout.write('\\n'.join(check.faults(rows, check.measuring_texts())))\n"
    )
    done = subprocess.run(
        [RASA_PYTHON, "-c", code], cwd=PROJECT / "data", capture_output=True, check=True
    )
    assert fault in done.stdout.decode()


def test_too_few_texts_of_a_label_are_a_fault() -> None:
    code = (
        "import sys, check, build_nlu\n"
        "rows = [r for r in build_nlu.read_tables() if r.label != 'thank'][:50]\n"
        "sys.stdout.write('\\n'.join(check.counts_too_low(rows)))\n"
    )
    done = subprocess.run(
        [RASA_PYTHON, "-c", code], cwd=PROJECT / "data", capture_output=True, check=True
    )
    assert "at least" in done.stdout.decode()
