"""The operator's commands, as processes: exact words, exit codes, JSON lines in order."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import docx
import httpx

from bench.town import ROOT, SimulatedCitizen, Town

POTHOLE = "Đường tỉnh lộ qua xã Thanh Hà nhiều ổ gà, xe máy ngã liên tục, đề nghị sửa chữa"


def langnghe(
    *words: str, data: Path, typed: str = "", **settings: str
) -> "subprocess.CompletedProcess[str]":
    environment = {k: v for k, v in os.environ.items() if not k.startswith("LANGNGHE_")}
    environment |= {"LANGNGHE_DATA_DIR": str(data), **settings}
    return subprocess.run(
        [sys.executable, "-m", "app", *words],
        cwd=ROOT,
        env=environment,
        input=typed,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_explain_writes_a_json_line_for_each_line_in_order(town: Town) -> None:
    lines = [
        {"id": "a", "text": POTHOLE},
        {"id": 2, "text": "chào bạn"},
        {"id": "tố cáo", "text": "Tôi tố cáo trưởng thôn nhận hối lộ 20 triệu đồng"},
    ]
    typed = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
    done = langnghe("explain", "--jsonl", data=town.data_dir, typed=typed)
    assert done.returncode == 0, done.stderr
    first, second, third = (json.loads(line) for line in done.stdout.splitlines())

    assert [first["id"], second["id"], third["id"]] == ["a", 2, "tố cáo"]
    assert first["intent"]["name"] == "report"
    assert first["category"]["name"] == "roads"
    assert len(first["categories"]) >= 3
    assert first["place"]["outcome"] in ("found", "ambiguous")
    assert {"ward_code", "name", "confidence", "candidates", "outcome"} == set(first["place"])
    always = {"outcome", "agency", "name", "confidence", "rule", "reasons"}
    assert always | {"excluded", "suggestions", "ask", "for_citizen"} == set(first["route"])
    assert (second["intent"]["name"], second["category"]) == ("greet", None)
    assert (third["legal_type"], third["route"]["outcome"]) == ("to_cao", "redirect")


def test_explain_answers_a_bad_line_with_an_error_and_goes_on(town: Town) -> None:
    typed = f'not json\n{{"id": 1}}\n{{"id": 2, "text": "{POTHOLE}"}}\n'
    done = langnghe("explain", "--jsonl", data=town.data_dir, typed=typed)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert ["error" in answer for answer in answers] == [True, True, False]
    assert done.returncode == 1
    assert done.stderr.strip() == "langnghe: 2 of 3 lines failed"


def test_explain_tells_an_operator_where_a_text_goes_and_why(town: Town) -> None:
    done = langnghe("explain", POTHOLE, data=town.data_dir)
    assert done.returncode == 0, done.stderr
    for shown in ("roads", "responsibilities:roads", "because"):
        assert shown in done.stdout


async def test_the_digest_names_an_unsettled_case(
    town: Town, phones: httpx.AsyncClient, tmp_path: Path
) -> None:
    citizen = await SimulatedCitizen.arrive(phones, "An")
    code = await citizen.file("Xe tải chở cát rơi vãi khắp đường ở phường Lê Chân, bụi mù mịt")
    year, week, _ = datetime.now(UTC).isocalendar()
    out = tmp_path / "digest.docx"
    done = langnghe(
        "digest", "--week", f"{year}-W{week:02d}", "--out", str(out), data=town.data_dir
    )
    assert done.returncode == 0, done.stderr
    document = docx.Document(str(out))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert any(code in cell for cell in cells)
    assert not any("Xe tải chở cát" in cell for cell in cells)


def test_the_digest_of_a_future_week_is_one_line_and_exit_code_2(
    town: Town, tmp_path: Path
) -> None:
    for week, words in (("2099-W01", "in the future"), ("W48", "is not a week")):
        done = langnghe(
            "digest", "--week", week, "--out", str(tmp_path / "x.docx"), data=town.data_dir
        )
        assert done.returncode == 2
        assert words in done.stderr
        assert done.stderr.count("\n") == 1


def test_an_account_is_added_with_a_one_time_password(town: Town) -> None:
    words = ("staff", "add", "binh", "--name", "Bình", "--role", "triage_officer")
    done = langnghe(*words, data=town.data_dir)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("one-time password of binh: ")
    again = langnghe(*words, data=town.data_dir)
    assert again.returncode == 2
    assert "đã có người dùng" in again.stderr


def test_the_tables_of_the_province_are_sound(town: Town) -> None:
    done = langnghe("tables", "check", data=town.data_dir)
    assert (done.returncode, done.stdout) == (0, "hai_phong: sound\n"), done.stderr
    missing = langnghe("tables", "check", "atlantis", data=town.data_dir)
    assert missing.returncode == 2


def test_an_edited_table_is_checked_and_previewed_before_anything_is_saved(
    town: Town, tmp_path: Path
) -> None:
    done = langnghe("tables", "export", str(tmp_path), data=town.data_dir)
    assert done.returncode == 0, done.stderr
    edited = tmp_path / "responsibilities.csv"
    content = edited.read_text(encoding="utf-8")
    edited.write_text(content.replace("noise,always,ward,ubnd", "noise,always,ward,police"))
    cases = tmp_path / "cases.jsonl"
    noise = {"id": "a", "text": "karaoke", "category": "noise", "confidence": 1,
             "legal_type": "phan_anh", "ward_code": "11383"}  # fmt: skip
    cases.write_text(json.dumps(noise) + "\n", encoding="utf-8")
    words = ("tables", "preview", "--edited", str(edited), "--cases", str(cases))
    done = langnghe(*words, data=town.data_dir)
    assert done.returncode == 0, done.stderr
    assert "1 of 1 cases would go elsewhere" in done.stdout
    edited.write_text(content.replace("noise,always,ward,ubnd", "noise,always,ward,mayor"))
    done = langnghe(*words, data=town.data_dir)
    assert done.returncode == 1
    assert "unknown ward agency 'mayor'" in done.stderr
    shown = langnghe("tables", "show", "responsibilities.csv", data=town.data_dir)
    assert shown.stdout == content


def test_a_database_without_keys_is_refused_in_one_line(town: Town, tmp_path: Path) -> None:
    settings = {
        "LANGNGHE_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing",
        "LANGNGHE_RASA_URL": "http://127.0.0.1:1",
        "LANGNGHE_TELEGRAM_TOKEN": "1:not-a-token",
    }
    done = langnghe("worker", data=tmp_path, **settings)
    assert done.returncode == 2
    assert done.stderr == (
        "langnghe: LANGNGHE_DATABASE_URL needs LANGNGHE_ENCRYPTION_KEYS and LANGNGHE_LOOKUP_KEY\n"
    )


def test_a_second_run_on_the_same_folder_is_refused_in_one_line(town: Town) -> None:
    done = langnghe("run", data=town.data_dir)
    assert done.returncode == 2
    assert done.stderr == f"langnghe: `langnghe run` is already running on {town.data_dir}\n"


def test_a_mistyped_setting_is_named(town: Town, tmp_path: Path) -> None:
    done = langnghe("db", "upgrade", data=tmp_path, LANGNGHE_CONSOLE_PORT="eighty")
    assert done.returncode == 2
    assert done.stderr.startswith("langnghe: LANGNGHE_CONSOLE_PORT: ")
