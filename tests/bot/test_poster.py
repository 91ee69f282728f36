"""A ward's poster: one page, whatever the names; what it says; a code that leads to the ward."""

import re
import subprocess
import unicodedata
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zxingcpp

from bot.poster import link_to, render_posters
from routing.tables import Pack
from tests.bot.conftest import Desk, command
from tests.programs import require

BOT = "langnghe_thu_bot"
LONGEST_BOT = "b" * 32
MILLIMETRE = 72 / 25.4
WORD = re.compile(r'<word xMin="(.+?)" yMin="(.+?)" xMax="(.+?)" yMax="(.+?)">(.*?)</word>')


def read(pdf: bytes, folder: Path, *options: str) -> str:
    """The text, as pdftotext finds it."""
    path = folder / "poster.pdf"
    path.write_bytes(pdf)
    words = [require("pdftotext"), *options, str(path), "-"]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout


def pages(pdf: bytes, folder: Path) -> list[str]:
    return read(pdf, folder, "-layout").removesuffix("\f").split("\f")


def pictures(pdf: bytes, folder: Path, dpi: int = 100) -> list[Any]:
    """Each page in grey, as a printer in black and white sees it."""
    path = folder / "poster.pdf"
    path.write_bytes(pdf)
    words = [require("pdftoppm"), "-gray", "-r", str(dpi), str(path), str(folder / "page")]
    subprocess.run(words, capture_output=True, check=True)
    return [_read_pgm(one.read_bytes()) for one in sorted(folder.glob("page*.pgm"))]


def _read_pgm(content: bytes) -> Any:
    kind, size, deepest, pixels = content.split(b"\n", 3)
    assert (kind, deepest) == (b"P5", b"255")
    width, height = map(int, size.split())
    return np.frombuffer(pixels, np.uint8).reshape(height, width)


def decode(picture: Any) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(picture)]


def test_the_code_says_the_link_of_its_ward(pack: Pack, tmp_path: Path) -> None:
    wards = [pack.wards["10507"], pack.wards["11948"]]
    found = [decode(one) for one in pictures(render_posters(BOT, pack.name, wards), tmp_path)]
    assert found == [
        ["https://t.me/langnghe_thu_bot?start=w_10507"],
        ["https://t.me/langnghe_thu_bot?start=w_11948"],
    ]


async def test_the_bot_understands_the_link(pack: Pack, desk: Desk) -> None:
    ward = pack.wards["11383"]
    payload = link_to(BOT, ward).partition("?start=")[2]
    start = command("start")
    start["text"] += f" {payload}"
    (welcome,) = await desk.takes(message=desk.message(**start))
    assert "Phường Lê Chân" in welcome["text"]


def test_every_ward_has_one_page_with_its_own_code(pack: Pack, tmp_path: Path) -> None:
    wards = list(pack.wards.values())
    pdf = render_posters(LONGEST_BOT, pack.name, wards)
    texts = pages(pdf, tmp_path)
    assert len(wards) == len(texts) == 114
    for ward, text in zip(wards, texts, strict=True):
        assert ward.name in text
        assert link_to(LONGEST_BOT, ward) in text
    found = [decode(one) for one in pictures(pdf, tmp_path, dpi=60)]
    assert found == [[link_to(LONGEST_BOT, ward)] for ward in wards]


@pytest.mark.parametrize("name", ["Xã A", "Phường " + "Nguyễn Đại Năng " * 4])
def test_no_word_runs_off_the_page(pack: Pack, tmp_path: Path, name: str) -> None:
    ward = replace(pack.wards["10744"], name=name.strip())
    longest = max(pack.wards.values(), key=lambda one: len(one.name))
    province = "Thành phố có một cái tên dài hơn mọi tên mà ta biết"
    pdf = render_posters(LONGEST_BOT, province, [ward, longest])
    assert len(pages(pdf, tmp_path)) == 2
    words = WORD.findall(read(pdf, tmp_path, "-bbox"))
    assert len(words) > 100
    for left, top, right, bottom, _ in words:
        assert float(left) >= 15 * MILLIMETRE
        assert float(right) <= (210 - 15) * MILLIMETRE
        assert float(top) >= 10 * MILLIMETRE
        assert float(bottom) <= (297 - 10) * MILLIMETRE


def test_it_says_what_it_is_how_and_what_not(pack: Pack, tmp_path: Path) -> None:
    (text,) = pages(render_posters(BOT, pack.name, [pack.wards["11383"]]), tmp_path)
    for said in (
        "THÀNH PHỐ HẢI PHÒNG", "Phường Lê Chân", "bức xúc", "Quét mã", "Viết sự việc", "Bấm Gửi",
        "Không gửi vào đây", "113", "114", "115", "Tố cáo", "nơi tiếp công dân", "nước ngoài",
        "https://t.me/langnghe_thu_bot?start=w_11383",
    ):  # fmt: skip
        assert said in text


def test_a_torn_poster_still_leads_there(pack: Pack, tmp_path: Path) -> None:
    ward = pack.wards["11383"]
    (picture,) = pictures(render_posters(BOT, pack.name, [ward]), tmp_path)
    torn = picture.copy()
    at = zxingcpp.read_barcodes(torn)[0].position
    width = at.top_right.x - at.top_left.x
    middle, side = at.top_left.x + width // 2, width // 8
    row = at.top_left.y + width // 2
    torn[row - side : row + side, middle - side : middle + side] = 255
    assert decode(torn) == [link_to(BOT, ward)]


def test_the_code_has_its_quiet_zone(pack: Pack, tmp_path: Path) -> None:
    """Four light modules on each side (ISO/IEC 18004); this link makes a code of 33."""
    (picture,) = pictures(render_posters(BOT, pack.name, [pack.wards["11383"]]), tmp_path, dpi=200)
    at = zxingcpp.read_barcodes(picture)[0].position
    module = (at.top_right.x - at.top_left.x) / 33
    quiet, edge = round(3.8 * module), round(module / 2)
    top, bottom = at.top_left.y, at.bottom_left.y
    left, right = at.top_left.x, at.top_right.x
    around = picture[top - quiet : bottom + quiet, left - quiet : right + quiet].copy()
    around[quiet - edge : edge - quiet, quiet - edge : edge - quiet] = 255
    assert around.min() == 255


def test_it_is_black_on_white(pack: Pack, tmp_path: Path) -> None:
    path = tmp_path / "poster.pdf"
    path.write_bytes(render_posters(BOT, pack.name, [pack.wards["11383"]]))
    words = [require("pdftoppm"), "-r", "50", str(path)]
    content = subprocess.run(words, capture_output=True, check=True).stdout
    _, _, _, pixels = content.split(b"\n", 3)
    colours = np.frombuffer(pixels, np.uint8).reshape(-1, 3).astype(int)
    assert np.ptp(colours, axis=1).max() == 0
    assert (colours.min(), colours.max()) == (0, 255)
    assert (colours > 250).mean() > 0.7  # Little ink.


def test_its_only_font_comes_with_it(pack: Pack, tmp_path: Path) -> None:
    path = tmp_path / "poster.pdf"
    path.write_bytes(render_posters(BOT, pack.name, list(pack.wards.values())))
    words = [require("pdffonts"), str(path)]
    listed = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    fonts = [line.split()[0].partition("+")[2] for line in listed.splitlines()[2:]]
    assert fonts
    assert all(font.startswith("BeVietnamPro-") for font in fonts)


def test_every_letter_of_vietnamese_can_be_printed(pack: Pack, tmp_path: Path) -> None:
    vowels = "aăâeêioôơuưy"
    tones = "\u0300\u0301\u0303\u0309\u0323"
    letters = [unicodedata.normalize("NFC", v + t) for v in vowels for t in ["", *tones]]
    name = "Xã " + "".join([*letters, "đ"])
    both = [replace(pack.wards["10507"], name=one) for one in (name, name.upper())]
    found = read(render_posters(BOT, pack.name, both), tmp_path)
    assert name in found
    assert name.upper() in found


def test_names_are_words_and_never_markup(pack: Pack, tmp_path: Path) -> None:
    name = "Xã #panic() *A* $x$ \\ [B] _c_"
    ward = replace(pack.wards["10507"], name=name)
    assert name in read(render_posters(BOT, pack.name, [ward]), tmp_path)
