"""Links lead somewhere, commands exist, and text is in one Unicode form."""

import re
import subprocess
import unicodedata
from pathlib import Path

import pytest
from typer.main import get_command

from app.cli import app
from tests.deployment.conftest import ROOT

LINK = re.compile(r"\]\(([^)\s]+)\)")
DOCUMENTS = [
    *(ROOT / name for name in ("README.md", "CHANGELOG.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / "routing").rglob("*.md")),
    ROOT / "rasa_project" / "README.md",
]
TEXT = {".md", ".py", ".csv", ".toml", ".yml", ".tsv", ".jsonl", ".html", ".json", ".css", ".js"}
TEXT |= {".typ"}


def named(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


def list_files() -> list[Path]:
    """What git holds or would take up."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    paths = (ROOT / name for name in listed.stdout.split("\0") if name)
    return [path for path in paths if path.is_file() and path.suffix in TEXT]


@pytest.mark.parametrize("document", named(DOCUMENTS))
def test_links_lead_to_files(document: str) -> None:
    path = ROOT / document
    for target in LINK.findall(path.read_text()):
        if not target.startswith(("http:", "https:", "#")):
            assert (path.parent / target.partition("#")[0]).exists(), target


def test_links_to_a_heading_lead_to_one() -> None:
    for path in DOCUMENTS:
        for target in LINK.findall(path.read_text()):
            file, _, anchor = target.partition("#")
            if anchor and "://" not in target:
                aim = (path.parent / file) if file else path
                assert anchor in anchors(aim), f"{path.name}: {target}"


def anchors(document: Path) -> set[str]:
    """GitHub's names of a document's headings."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_commands_in_the_documents_exist() -> None:
    commands = get_command(app).commands  # type: ignore[attr-defined]
    for path in DOCUMENTS:
        for word in re.findall(r"`(?:\S*/)?langnghe ([a-z]\S*?)[ `]", path.read_text()):
            assert word in commands, f"{path.name}: langnghe {word}"


def test_make_targets_in_the_documents_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for path in DOCUMENTS:
        assert set(re.findall(r"`make ([a-z]+)`", path.read_text())) <= targets, path.name


def test_all_text_is_composed() -> None:
    """NFC: one letter, one spelling. Tests may hold the other one on purpose, escaped."""
    decomposed = [
        str(path.relative_to(ROOT))
        for path in list_files()
        if not unicodedata.is_normalized("NFC", path.read_text(encoding="utf-8"))
    ]
    assert decomposed == []


def test_no_text_names_a_package_registry() -> None:
    """Where packages come from is each machine's own setting (docs/decisions/0008)."""
    hosts = tuple(f"{name}.org" for name in ("pypi", "pythonhosted", "npmjs", "deb.debian"))
    naming = [path for path in list_files() if any(host in path.read_text() for host in hosts)]
    assert named(naming) == []


def test_the_bots_and_the_consoles_sentences_use_one_tone_mark_spelling() -> None:
    """docs/decisions/0007: hòa, hủy, thủy, not hoà, huỷ, thuỷ."""
    old = re.compile(r"\b\w*(?:o[àáảãạ]|o[èéẻẽẹ]|u[ỳýỷỹỵ])\b", re.IGNORECASE)
    sentences = [ROOT / "bot" / "texts.py", ROOT / "bot" / "keyboards.py"]
    sentences += [*(ROOT / "console" / "templates").glob("*.html"), ROOT / "console" / "wording.py"]
    sentences += [ROOT / "docs" / "guide.vi.md", ROOT / "bot" / "poster.typ"]
    for path in sentences:
        wrong = {word[0] for word in old.finditer(path.read_text()) if not _follows_q(word[0])}
        assert not wrong, f"{path.name}: {sorted(wrong)}"


def _follows_q(word: str) -> bool:
    """In "quý" the u belongs to the q."""
    return word.lower().startswith("qu")


def test_every_step_of_the_conversation_is_drawn_and_no_other() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "bot").glob("*.py"))
    assert drawn_steps() == set(re.findall(r'step="([a-z_]+)"', code)) | {"idle"}


def drawn_steps() -> set[str]:
    """The states of the diagram in docs/conversation.md."""
    return set(re.findall(r"[a-z_]+(?= -->)|(?<=--> )[a-z_]+", _conversation()))


def _conversation() -> str:
    return (ROOT / "docs" / "conversation.md").read_text(encoding="utf-8")
