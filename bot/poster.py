"""A ward's poster: a page with a QR code that opens the bot and tells it the ward.

`bot.commands` reads the link's payload. The page itself, with all its words, is `poster.typ`; it is
the same on every machine, because its only font comes with the package.
"""

import io
import json
from importlib.resources import as_file, files
from pathlib import Path

import segno
import typst

from bot.commands import WARD_LINK
from routing.tables import Ward

TEMPLATE = Path(__file__).with_name("poster.typ")
# A quarter of the code may be dirty or torn; the standard wants four light modules around it.
ERROR_LEVEL = "q"
QUIET_MODULES = 4


def link_to(bot: str, ward: Ward) -> str:
    """What the QR code says (core.telegram.org/api/links#bot-links)."""
    return f"https://t.me/{bot}?start={WARD_LINK}{ward.code}"


def render_posters(bot: str, province: str, wards: list[Ward]) -> bytes:
    """A PDF with a page for each ward; `bot` is the bot's user name."""
    posters = [
        {"ward": ward.name, "province": province, "link": link, "qr": _qr(link)}
        for ward in wards
        for link in [link_to(bot, ward)]
    ]
    with as_file(files("fontpkg_be_vietnam_pro") / "files") as fonts:
        compiler = typst.Compiler(TEMPLATE, font_paths=[fonts], ignore_system_fonts=True)
        pdf = compiler.compile(format="pdf", sys_inputs={"posters": json.dumps(posters)})
    assert isinstance(pdf, bytes)
    return pdf


def _qr(link: str) -> str:
    """The code as SVG, with its quiet zone."""
    drawn = io.BytesIO()
    code = segno.make_qr(link, error=ERROR_LEVEL)
    code.save(drawn, kind="svg", border=QUIET_MODULES, xmldecl=False)
    return drawn.getvalue().decode()
