"""`langnghe tables` over a real database: what staff saved, read, tried and undone."""

import asyncio
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import delete
from typer.testing import CliRunner, Result

from app.cli import app
from cases.tables import TableNotSaved
from db.models import TableVersion
from db.session import Database
from routing.tables import PACKS

WHO = "responsibilities.csv"
OWN = (PACKS / "hai_phong" / WHO).read_text(encoding="utf-8")
EDITED = OWN.replace("noise,always,ward,ubnd", "noise,always,province,so_xay_dung")
UNSOUND = OWN.replace("noise,always", "noise,urban")

Langnghe = Callable[..., Result]


async def _keep(url: str, content: str | None) -> None:
    database = Database(url, pool_size=1)
    async with database.in_transaction() as session:
        await session.execute(delete(TableVersion))
        if content is not None:
            now = datetime(2026, 11, 10, 3, tzinfo=UTC)
            session.add(TableVersion(pack="hai_phong", name=WHO, content=content, note="theo QĐ",
                                     saved_at=now))  # fmt: skip
    await database.close()


@pytest.fixture
def saved(database_url: str) -> Iterator[Callable[[str], None]]:
    """Puts a table in the database as if staff had saved it; takes it away after the test."""
    yield lambda content: asyncio.run(_keep(database_url, content))
    asyncio.run(_keep(database_url, None))


@pytest.fixture(autouse=True)
def _logs_stay_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands run in this process, and what they would log to is closed after each."""
    monkeypatch.setattr("app.logs.set_up", lambda level: None)


@pytest.fixture
def langnghe(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Langnghe:
    monkeypatch.setenv("LANGNGHE_DATABASE_URL", database_url)
    monkeypatch.setenv("LANGNGHE_DATA_DIR", str(tmp_path))
    return lambda *words: CliRunner().invoke(app, ["tables", *words])


def test_without_a_database_the_packs_own_tables_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANGNGHE_DATABASE_URL", "")
    monkeypatch.setenv("LANGNGHE_DATA_DIR", str(tmp_path))
    assert CliRunner().invoke(app, ["tables", "check"]).stdout == "hai_phong: sound\n"
    assert CliRunner().invoke(app, ["tables", "show", WHO]).stdout == OWN
    assert WHO in CliRunner().invoke(app, ["tables", "list"]).stdout
    assert list(tmp_path.iterdir()) == []  # No database was made for it.


def test_what_staff_saved_is_listed_shown_exported_and_checked(
    langnghe: Langnghe, saved: Callable[[str], None], tmp_path: Path
) -> None:
    saved(EDITED)
    assert f"{WHO}  2026-11-10 03:00Z  operator: theo QĐ" in langnghe("list").stdout
    assert langnghe("show", WHO).stdout == EDITED
    assert langnghe("check").stdout == f"hai_phong: sound (saved by staff: {WHO})\n"
    assert langnghe("export", str(tmp_path / "out")).exit_code == 0
    assert (tmp_path / "out" / WHO).read_text(encoding="utf-8") == EDITED
    assert (tmp_path / "out" / "agencies.csv").is_file()


def test_a_saved_table_that_no_longer_fits_is_named_and_reverted(
    langnghe: Langnghe, saved: Callable[[str], None]
) -> None:
    saved(UNSOUND)
    checked = langnghe("check")
    assert checked.exit_code == 1
    assert "gap: noise/rural has no row" in checked.stderr
    assert langnghe("revert", WHO, "--note", "sau nâng cấp").exit_code == 0
    assert langnghe("check").stdout == "hai_phong: sound\n"
    assert "operator: sau nâng cấp (back to the pack's own)" in langnghe("list").stdout
    assert isinstance(langnghe("revert", WHO, "--note", "nữa").exception, TableNotSaved)


def test_an_edited_file_is_tried_on_cases_from_a_file(langnghe: Langnghe, tmp_path: Path) -> None:
    cases, edited = tmp_path / "cases.jsonl", tmp_path / WHO
    lines = [
        {"id": "n1", "text": "hát karaoke", "category": "noise", "confidence": 0.9,
         "legal_type": "phan_anh", "ward_code": "10507"},
        {"id": "r1", "text": "ổ gà", "category": "roads", "confidence": 0.9,
         "legal_type": "phan_anh", "ward_code": None},
    ]  # fmt: skip
    cases.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    edited.write_text(EDITED, encoding="utf-8")
    tried = langnghe("preview", "--edited", str(edited), "--cases", str(cases))
    first, moved, one = tried.stdout.splitlines()
    assert first.startswith("1 of 2 cases would go elsewhere")
    assert (moved.split(), one.split(":")[0]) == (["1", "ubnd_10507", "->", "so_xay_dung"], "n1")
    edited.write_text(UNSOUND, encoding="utf-8")
    refused = langnghe("preview", "--edited", str(edited), "--cases", str(cases))
    assert (refused.exit_code, "gap: noise/rural" in refused.stderr) == (1, True)


@pytest.mark.parametrize(
    ("line", "words"),
    [("x", "cases.jsonl:1: no case"), ('{"id": 1}', "cases.jsonl:1: no case"), ("[]", ":1: "),
     ('{"id": 1, "text": "x", "legal_type": "y"}', "unknown legal_type 'y'")],
)  # fmt: skip
def test_a_case_that_is_none_is_named_by_its_line(
    langnghe: Langnghe, tmp_path: Path, line: str, words: str
) -> None:
    cases, edited = tmp_path / "cases.jsonl", tmp_path / WHO
    cases.write_text(line, encoding="utf-8")
    edited.write_text(EDITED, encoding="utf-8")
    refused = langnghe("preview", "--edited", str(edited), "--cases", str(cases))
    assert isinstance(refused.exception, ValueError)
    assert words in str(refused.exception)


def test_a_file_that_is_no_table_is_refused(langnghe: Langnghe, tmp_path: Path) -> None:
    other = tmp_path / "pack.toml"
    other.write_text("x", encoding="utf-8")
    assert "pack.toml is no table" in str(langnghe("preview", "--edited", str(other)).exception)
    assert "no table 'pack.toml'" in str(langnghe("show", "pack.toml").exception)
