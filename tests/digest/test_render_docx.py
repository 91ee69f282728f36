"""The finished file: opened with python-docx, and turned into pages where LibreOffice is there."""

import subprocess
import time
import zipfile
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_LINE_SPACING
from docx.opc.coreprops import CoreProperties
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.styles.style import BaseStyle, ParagraphStyle
from docx.table import Table

from digest import docx_styles as styles
from digest.build import Digest, build
from digest.render_docx import render_docx
from routing.tables import Pack
from tests.digest.conftest import WEEK, local, make_case, make_snapshot
from tests.programs import require

ROUNDING = 635  # Word keeps twentieths of a point; python-docx counts in EMU, 635 to each.
EARLIER: dict[str, Any] = {"filed_at": local("2026-11-10"), "due_at": local("2026-11-24", "17:00")}


def make_digest(pack: Pack, count: int = 3) -> Digest:
    wards, agencies = list(pack.wards)[:20], list(pack.agencies)[:20]
    listed = (
        make_case(n, ward_code=wards[n % 20], agency_id=agencies[n % 20], **EARLIER)
        for n in range(count)
    )
    return build(make_snapshot(*listed, make_case(count)), WEEK, pack)


def open_docx(pack: Pack, count: int = 3) -> Document:
    return docx.Document(BytesIO(render_docx(make_digest(pack, count), pack.letterhead)))


def our_styles(document: Document) -> list[BaseStyle]:
    """The paragraph styles that a report uses."""
    built_in = {*styles.HEADINGS.values(), styles.TITLE, styles.SUBJECT, styles.NORMAL}
    return [
        style
        for style in document.styles
        if style.type == WD_STYLE_TYPE.PARAGRAPH
        and (style.name in built_in or (style.name or "").startswith("BC "))
    ]


def test_the_page_is_a4_with_the_margins_of_the_form(pack: Pack) -> None:
    section = open_docx(pack).sections[0]
    lengths = (
        section.page_width,
        section.page_height,
        section.top_margin,
        section.bottom_margin,
        section.left_margin,
        section.right_margin,
    )
    for length, millimetres in zip(lengths, (210, 297, 20, 20, 30, 15), strict=True):
        assert length == pytest.approx(Mm(millimetres), abs=ROUNDING)


def test_the_text_is_times_new_roman_14_indented_10_mm_on_18_points(pack: Pack) -> None:
    document = open_docx(pack)
    body = document.styles[styles.BODY]
    assert isinstance(body, ParagraphStyle)
    assert body.font.size == Pt(14)
    assert body.paragraph_format.first_line_indent == pytest.approx(Mm(10), abs=ROUNDING)
    assert body.paragraph_format.line_spacing == Pt(18)
    assert body.paragraph_format.line_spacing_rule == WD_LINE_SPACING.EXACTLY


def test_every_style_names_the_font_for_every_script(pack: Pack) -> None:
    found = our_styles(open_docx(pack))
    assert len(found) > 20
    for style in found:
        (fonts,) = style.element.xpath("w:rPr/w:rFonts")
        names = {fonts.get(qn(f"w:{s}")) for s in ("ascii", "hAnsi", "eastAsia", "cs")}
        assert names == {"Times New Roman"}, style.name


def test_nothing_is_formatted_by_hand(pack: Pack) -> None:
    document = open_docx(pack, 30)
    assert document.element.body.xpath(".//w:r/w:rPr/*") == []
    layouts = document.element.body.xpath(".//w:p/w:pPr/*[not(self::w:pStyle)]")
    assert layouts == []


def test_the_letterhead_and_the_signature_come_from_the_pack(pack: Pack) -> None:
    tables = open_docx(pack).tables
    left, right = (cell.text.split("\n") for cell in tables[0].rows[0].cells)
    head = pack.letterhead
    assert left == [head.parent_body, head.issuing_body, "*", f"Số       -{head.number_suffix}"]
    assert right == ["ĐẢNG CỘNG SẢN VIỆT NAM", f"{head.place_name}, ngày 30 tháng 11 năm 2026"]
    signature = next(t for t in tables if t.rows[0].cells[0].text.startswith("Nơi nhận:"))
    assert signature.rows[0].cells[0].text.split("\n")[-1] == f"- {head.recipients[-1]}."
    assert head.recipients[-1].startswith("Lưu ")
    assert signature.rows[0].cells[1].text.split("\n") == [
        head.signatory_position,
        head.signatory_name,
    ]


def test_the_frame_has_no_borders(pack: Pack) -> None:
    table = open_docx(pack).tables[0]
    assert table.style is not None
    assert table.style.name == styles.BORDERLESS
    assert {b.get(qn("w:val")) for b in table.style.element.xpath("w:tblPr/w:tblBorders/*")} == {
        "nil"
    }


def test_headings_are_numbered_as_the_party_numbers_them(pack: Pack) -> None:
    named = set(styles.HEADINGS.values())
    headings = [
        (p.style.name, p.text.split(" ")[0])
        for p in open_docx(pack).paragraphs
        if p.style is not None and p.style.name in named
    ]
    assert [number for name, number in headings if name == "Heading 1"] == ["I-", "II-", "III-"]
    assert [number for name, number in headings if name == "Heading 3"] == ["a)", "b)"]


@pytest.mark.parametrize("count", [3, 300])
def test_a_tables_head_repeats_and_its_rows_stay_whole(count: int, pack: Pack) -> None:
    document = open_docx(pack, count)
    grids = [t for t in document.tables if t.style is not None and t.style.name == styles.GRID]
    assert len(grids[-1].rows) > count
    for table in grids:
        check_rows(table)


def check_rows(table: Table) -> None:
    assert table._tbl.xpath("w:tr[1]/w:trPr/w:tblHeader")
    assert len(table._tbl.xpath("w:tr/w:trPr/w:tblHeader")) == 1
    assert len(table._tbl.xpath("w:tr/w:trPr/w:cantSplit")) == len(table.rows)
    assert sum(column.width or 0 for column in table.columns) == pytest.approx(
        Mm(165), abs=8 * ROUNDING
    )


def test_pages_are_numbered_from_the_second(pack: Pack) -> None:
    section = open_docx(pack).sections[0]
    assert section.different_first_page_header_footer
    assert section.header._element.xpath(".//w:fldSimple[@w:instr='PAGE']")
    assert not section.first_page_header._element.xpath(".//w:fldSimple")


def test_the_properties_name_the_report_and_nobody(pack: Pack) -> None:
    properties = open_docx(pack).core_properties
    assert "tuần 48 năm 2026" in properties.title
    assert properties.language == "vi-VN"
    assert (properties.author, properties.last_modified_by, properties.comments) == ("", "", "")
    as_of = WEEK.ends_at.replace(tzinfo=None)
    assert [moment and moment.replace(tzinfo=None) for moment in _moments(properties)] == [
        as_of
    ] * 2


def _moments(properties: CoreProperties) -> list[datetime | None]:
    return [properties.created, properties.modified]


def test_the_same_digest_gives_the_same_bytes(pack: Pack) -> None:
    first = render_docx(make_digest(pack), pack.letterhead)
    time.sleep(2.1)  # A zip's clock ticks every two seconds.
    assert render_docx(make_digest(pack), pack.letterhead) == first
    with zipfile.ZipFile(BytesIO(first)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.testzip() is None


@pytest.mark.parametrize("count", [0, 300])
def test_the_report_prints(count: int, pack: Pack, tmp_path: Path) -> None:
    soffice, pdftotext = require("soffice"), require("pdftotext")
    written = tmp_path / "report.docx"
    written.write_bytes(render_docx(make_digest(pack, count), pack.letterhead))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    convert = [soffice, profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path)]
    subprocess.run([*convert, str(written)], check=True, capture_output=True, timeout=120)
    pdf = str(tmp_path / "report.pdf")
    printed = subprocess.run(
        [pdftotext, "-layout", pdf, "-"], check=True, capture_output=True, text=True, timeout=60
    ).stdout
    first, *others = printed.rstrip("\f").split("\f")
    assert "BÁO CÁO" in first
    assert first.split()[0] != "1"
    for number, page in enumerate(others, start=2):
        assert page.split()[0] == str(number)
    assert f"PA-{count:06d}" in printed
    appendix = printed[printed.index("PHỤ LỤC") :].rstrip("\f").split("\f")
    assert all("Mã vụ việc" in page for page in appendix if "PA-" in page)
