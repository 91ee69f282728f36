"""`langnghe poster`: wards by code or name, the bot's name, and refusals in one line."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.poster import find_wards
from app.settings import ROOT
from routing.tables import PACKS, Pack, load_pack
from tests.playground.conftest import TOKEN, run_playground
from tests.programs import require


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack(PACKS / "hai_phong")


def poster(*words: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    environment = {k: v for k, v in os.environ.items() if not k.startswith("LANGNGHE_")}
    return subprocess.run(
        [sys.executable, "-m", "app", "poster", *words],
        cwd=ROOT,
        env=environment | settings,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def found(pack: Pack, *wanted: str) -> list[str]:
    return [ward.code for ward in find_wards(list(wanted), pack)]


@pytest.mark.parametrize(
    "words", ["11383", "Lê Chân", "Phường Lê Chân", "le chan", "PHƯỜNG LÊ CHÂN", " phuong le chan "]
)
def test_a_ward_is_found_by_code_or_name(pack: Pack, words: str) -> None:
    assert found(pack, words) == ["11383"]


def test_each_ward_comes_once_in_the_order_that_was_asked_for(pack: Pack) -> None:
    assert found(pack, "Cát Hải", "10507", "11914", "thanh dong") == ["11914", "10507"]


def test_all_is_every_ward(pack: Pack) -> None:
    assert found(pack, "all") == list(pack.wards)


def test_every_ward_is_found_by_its_full_name(pack: Pack) -> None:
    for ward in pack.wards.values():
        assert found(pack, ward.name) == [ward.code]


def test_marks_tell_two_names_apart(pack: Pack) -> None:
    assert found(pack, "Cẩm Giang", "Cẩm Giàng") == ["10888", "10903"]
    with pytest.raises(ValueError, match=r"fits several: Xã Cẩm Giang 10888, Xã Cẩm Giàng 10903"):
        find_wards(["cam giang"], pack)


@pytest.mark.parametrize(
    ("words", "meant"), [("Lê Trân", "Phường Lê Chân 11383"), ("xã cam giag", "Xã Cẩm Giang 10888")]
)
def test_an_unknown_ward_is_named_with_the_nearest(pack: Pack, words: str, meant: str) -> None:
    with pytest.raises(ValueError, match=f"no ward '{words}'") as refusal:
        find_wards(["10507", words], pack)
    assert meant in str(refusal.value)
    assert "routing/packs/hai_phong/wards.csv" in str(refusal.value)


def test_the_command_writes_a_page_for_each_ward(tmp_path: Path) -> None:
    out = tmp_path / "poster.pdf"
    done = poster(
        "--ward", "10507", "--ward", "Lê Chân", "--bot", "@thu_bot", "--out", str(out)
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{out}: Phường Thành Đông 10507, Phường Lê Chân 11383\n"
    text = subprocess.run(
        [require("pdftotext"), str(out), "-"], capture_output=True, text=True, check=True
    ).stdout
    assert text.count("\f") == 2
    assert "https://t.me/thu_bot?start=w_10507" in text


def test_telegram_is_asked_for_the_bots_name(tmp_path: Path) -> None:
    out = tmp_path / "poster.pdf"
    with run_playground(tmp_path / "p.sqlite3") as telegram:
        asked = {"LANGNGHE_TELEGRAM_TOKEN": TOKEN, "LANGNGHE_TELEGRAM_API_URL": telegram.url}
        done = poster("--ward", "all", "--out", str(out), **asked)
        wrong = asked | {"LANGNGHE_TELEGRAM_TOKEN": "424242:wrong"}
        refused = poster("--ward", "all", "--out", str(tmp_path / "no.pdf"), **wrong)
    assert (done.returncode, done.stdout) == (0, f"{out}: 114 wards\n")
    text = subprocess.run(
        [require("pdftotext"), "-l", "1", str(out), "-"], capture_output=True, text=True, check=True
    ).stdout
    assert "https://t.me/langnghe_playground_bot?start=w_" in text
    assert refused.returncode == 2
    assert refused.stderr == "langnghe: the Bot API server does not know LANGNGHE_TELEGRAM_TOKEN\n"
    assert not (tmp_path / "no.pdf").exists()


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (
            ("--ward", "10507"),
            "give the bot's user name with --bot, or set LANGNGHE_TELEGRAM_TOKEN",
        ),
        (("--ward", "10507", "--bot", "có dấu"), "--bot: 'có dấu' is no user name of Telegram's"),
        (("--ward", "99999", "--bot", "thu_bot"), "no ward '99999'"),
    ],
)
def test_what_is_missing_is_said_in_one_line(
    tmp_path: Path, words: tuple[str, ...], why: str
) -> None:
    out = tmp_path / "poster.pdf"
    done = poster(*words, "--out", str(out))
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"langnghe: {why}")
    assert not out.exists()


def test_a_telegram_out_of_reach_is_said_in_one_line(tmp_path: Path) -> None:
    nobody = {"LANGNGHE_TELEGRAM_TOKEN": TOKEN, "LANGNGHE_TELEGRAM_API_URL": "http://127.0.0.1:1"}
    done = poster("--ward", "10507", "--out", str(tmp_path / "poster.pdf"), **nobody)
    assert done.returncode == 2
    assert done.stderr == (
        "langnghe: Telegram does not say the bot's name (NetworkError); give --bot\n"
    )


@pytest.mark.parametrize("place", ["missing/poster.pdf", "folder.pdf", "poster.docx"])
def test_where_nothing_can_be_written_nothing_is_left(tmp_path: Path, place: str) -> None:
    (tmp_path / "folder.pdf").mkdir()
    before = list(tmp_path.rglob("*"))
    done = poster("--ward", "10507", "--bot", "thu_bot", "--out", str(tmp_path / place))
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert list(tmp_path.rglob("*")) == before
