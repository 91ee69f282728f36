"""`langnghe audit` as an operator runs it: exit codes, a line for each broken case."""

import os
import subprocess
import sys
from pathlib import Path

from sqlalchemy import text

from app.settings import ROOT
from cases.intake import Petition, file_case
from db.models import Case, Citizen
from db.session import Database
from routing.router import Decision
from routing.tables import PACKS, load_pack
from tests.bot.conftest import NOW

PACK = load_pack(PACKS / "hai_phong")


def audit(url: str, *words: str) -> "subprocess.CompletedProcess[str]":
    environment = {k: v for k, v in os.environ.items() if not k.startswith("LANGNGHE_")}
    return subprocess.run(
        [sys.executable, "-m", "app", "audit", *words],
        cwd=ROOT,
        env=environment | {"LANGNGHE_DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


async def new_case(database: Database) -> Case:
    decision = Decision("dispatch", "so_xay_dung", "Sở Xây dựng", 0.9, "test", ())
    petition = Petition("Ổ gà lớn", "roads", 0.9, "phan_anh", None)
    async with database.in_transaction() as session:
        citizen = Citizen(address=b"sealed", address_lookup=os.urandom(8))
        session.add(citizen)
        await session.flush()
        return await file_case(session, petition, decision, PACK, citizen.id, None, NOW)


async def test_a_tampered_case_is_one_line_and_exit_code_1(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    case, other = await new_case(database), await new_case(database)
    whole = audit(database_url, "verify")
    assert (whole.returncode, whole.stdout) == (0, "no case's history was changed\n"), whole.stderr
    seal = tmp_path / "seal.txt"
    assert audit(database_url, "seal", "--out", str(seal)).returncode == 0
    assert other.code in seal.read_text()
    async with database.in_transaction() as session:
        last = "delete from events where seq = 2 and case_id = :id"
        await session.execute(text(last), {"id": case.id})
    broken = audit(database_url, "verify", "--sealed", str(seal))
    assert broken.returncode == 1
    (line,) = broken.stdout.splitlines()
    assert line.startswith(f"{case.code}: 2 events were recorded, 1 are there")


def test_what_is_no_seal_is_one_line_and_exit_code_2(database_url: str, tmp_path: Path) -> None:
    wrong = tmp_path / "seal.txt"
    wrong.write_text("hello\n")
    done = audit(database_url, "verify", "--sealed", str(wrong))
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "line 1 of the seal" in done.stderr
