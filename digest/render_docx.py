"""The digest as a Word document in the form of a Party report. The same digest, the same bytes."""

import zipfile
from collections.abc import Sequence
from datetime import UTC, date
from io import BytesIO

import docx
from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Length, Mm
from docx.table import Table as DocxTable
from docx.table import _Cell, _Row
from docx.text.paragraph import Paragraph as DocxParagraph

from digest import docx_styles as styles
from digest.build import Digest
from digest.report import (
    TEXT_WIDTH_MM,
    Block,
    Column,
    Heading,
    Note,
    Paragraph,
    Report,
    Row,
    Table,
    write_report,
)
from routing.tables import Letterhead

_SEPARATOR = "-----"
_LETTERHEAD_MM = (82, 83)
_SIGNATURE_MM = (80, 85)
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
_CELL_STYLES = {
    ("plain", "left"): styles.TABLE_TEXT,
    ("plain", "centre"): styles.TABLE_NUMBER,
    ("group", "left"): styles.TABLE_GROUP,
    ("group", "centre"): styles.TABLE_GROUP,
    ("total", "left"): styles.TABLE_TOTAL_TEXT,
    ("total", "centre"): styles.TABLE_TOTAL_NUMBER,
}


def render_docx(digest: Digest, letterhead: Letterhead) -> bytes:
    """A .docx file: A4, letterhead, report, signature, and the list of cases as an appendix."""
    report = write_report(digest)
    document = docx.Document()
    styles.define_styles(document)
    _set_page(document)
    _set_properties(document, report, digest)
    _add_letterhead(document, letterhead, report.dated_on)
    _add_title(document, report)
    _add_blocks(document, report.blocks)
    document.add_paragraph(report.closing, styles.CLOSING)
    _add_signature(document, letterhead)
    if report.appendix:
        _add_appendix(document, report)
    return _save(document)


def _set_page(document: Document) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(15)
    section.header_distance = section.footer_distance = Mm(10)
    section.different_first_page_header_footer = True
    number = section.header.paragraphs[0]
    number.style = styles.PAGE_NUMBER
    number._p.append(parse_xml(f'<w:fldSimple {nsdecls("w")} w:instr="PAGE"/>'))


def _set_properties(document: Document, report: Report, digest: Digest) -> None:
    """No names of people, and no clock but the digest's own."""
    properties = document.core_properties
    as_of = digest.as_of.astimezone(UTC).replace(microsecond=0, tzinfo=None)
    properties.title, properties.language = report.title, styles.LANGUAGE
    properties.author = properties.last_modified_by = ""
    properties.comments = properties.keywords = properties.subject = properties.category = ""
    properties.created = properties.modified = as_of
    properties.revision = 1


def _add_letterhead(document: Document, letterhead: Letterhead, dated_on: date) -> None:
    left, right = _add_frame(document, _LETTERHEAD_MM)
    _fill(
        left,
        (letterhead.parent_body, styles.PARENT_BODY),
        (letterhead.issuing_body, styles.ISSUING_BODY),
        ("*", styles.NUMBER),
        (f"Số       -{letterhead.number_suffix}", styles.NUMBER),
    )
    _fill(
        right,
        ("ĐẢNG CỘNG SẢN VIỆT NAM", styles.PARTY),
        (f"{letterhead.place_name}, {_date_in_words(dated_on)}", styles.PLACE_AND_DATE),
    )


def _date_in_words(day: date) -> str:
    """Days under 10 and the first two months get a nought, so that no digit can be put before."""
    month = f"{day.month:02d}" if day.month <= 2 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def _add_title(document: Document, report: Report) -> None:
    document.add_paragraph("BÁO CÁO", styles.TITLE)
    for line in report.subject:
        document.add_paragraph(line, styles.SUBJECT)
    document.add_paragraph(_SEPARATOR, styles.SEPARATOR)


def _add_blocks(document: Document, blocks: Sequence[Block]) -> None:
    for block in blocks:
        match block:
            case Heading(level, text):
                document.add_paragraph(text, styles.HEADINGS[level])
            case Paragraph(text):
                document.add_paragraph(text, styles.BODY)
            case Note(text):
                document.add_paragraph(text, styles.NOTE)
            case Table(columns, rows):
                _add_table(document, columns, rows)


def _add_signature(document: Document, letterhead: Letterhead) -> None:
    left, right = _add_frame(document, _SIGNATURE_MM)
    *others, last = letterhead.recipients
    _fill(
        left,
        ("Nơi nhận:", styles.RECIPIENTS),
        *((f"- {recipient},", styles.RECIPIENT) for recipient in others),
        (f"- {last}.", styles.RECIPIENT),
    )
    _fill(
        right,
        (letterhead.signatory_position.upper(), styles.POSITION),
        (letterhead.signatory_name, styles.SIGNATORY),
    )


def _add_appendix(document: Document, report: Report) -> None:
    document.add_paragraph("PHỤ LỤC", styles.APPENDIX)
    document.add_paragraph(report.appendix_subject, styles.APPENDIX_SUBJECT)
    _add_blocks(document, report.appendix)


def _add_frame(document: Document, widths_mm: tuple[int, int]) -> tuple[_Cell, _Cell]:
    """Two columns without borders, kept on one page."""
    table = _new_table(document, 1, widths_mm, styles.BORDERLESS)
    _keep_whole(table.rows[0])
    left, right = table.rows[0].cells
    return left, right


def _fill(cell: _Cell, *lines: tuple[str, str]) -> None:
    """Put (text, style) lines into an empty cell."""
    (first, style), *others = lines
    _write(cell.paragraphs[0], first, style)
    for text, style in others:
        cell.add_paragraph(text, style)


def _add_table(document: Document, columns: Sequence[Column], rows: Sequence[Row]) -> None:
    """A table whose head repeats on each page, and whose rows stay whole."""
    widths = [column.width_mm for column in columns]
    table = _new_table(document, 1 + len(rows), widths, styles.GRID)
    head, *body = table.rows
    for cell, column in zip(head.cells, columns, strict=True):
        _write(cell.paragraphs[0], column.title, styles.TABLE_HEAD)
    head._tr.get_or_add_trPr().append(parse_xml(f"<w:tblHeader {nsdecls('w')}/>"))
    _keep_whole(head)
    for docx_row, row in zip(body, rows, strict=True):
        _write_row(docx_row, row, columns)


def _write_row(docx_row: _Row, row: Row, columns: Sequence[Column]) -> None:
    _keep_whole(docx_row)
    cells = docx_row.cells
    if row.kind == "group":
        cells = (cells[0].merge(cells[-1]),)
        columns = columns[:1]
    for cell, text, column in zip(cells, row.cells, columns, strict=True):
        _write(cell.paragraphs[0], text, _CELL_STYLES[row.kind, column.align])


def _new_table(
    document: Document, row_count: int, widths_mm: Sequence[int], style: str
) -> DocxTable:
    if sum(widths_mm) != TEXT_WIDTH_MM:
        raise ValueError(f"columns of {sum(widths_mm)} mm do not fill {TEXT_WIDTH_MM} mm")
    table: DocxTable = document.add_table(row_count, len(widths_mm), style)
    table.autofit = False
    for column, width in zip(table.columns, widths_mm, strict=True):
        column.width = Mm(width)
    for row in table.rows:
        for cell, width in zip(row.cells, widths_mm, strict=True):
            cell.width = Mm(width)
    _set_width(table, Mm(TEXT_WIDTH_MM))
    return table


def _set_width(table: DocxTable, width: Length) -> None:
    for properties in table._tbl.tblPr.xpath("w:tblW"):
        table._tbl.tblPr.remove(properties)
    element = parse_xml(f'<w:tblW {nsdecls("w")} w:w="{width.twips}" w:type="dxa"/>')
    table._tbl.tblPr.insert_element_before(
        element, "w:jc", "w:tblInd", "w:tblLayout", "w:tblCellMar", "w:tblLook"
    )


def _keep_whole(row: _Row) -> None:
    """The row does not break across pages."""
    properties = row._tr.get_or_add_trPr()
    properties.insert(0, parse_xml(f"<w:cantSplit {nsdecls('w')}/>"))


def _write(paragraph: DocxParagraph, text: str, style: str) -> None:
    paragraph.style = style
    paragraph.add_run(text)


def _save(document: Document) -> bytes:
    """The file, without the template's preview picture and with the zip's clocks stopped."""
    package = document.part.package
    for key, relation in list(package.rels.items()):
        if relation.reltype.endswith("/thumbnail"):
            del package.rels[key]
    raw, settled = BytesIO(), BytesIO()
    document.save(raw)
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(settled, "w") as target:
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, _ZIP_EPOCH)
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 0
            target.writestr(entry, source.read(name))
    return settled.getvalue()
