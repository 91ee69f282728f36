"""The named styles of a Party report in Word: nothing is formatted by hand outside them.

Sizes, indents and spacing follow Hướng dẫn 05-HD/VPTW of 27/5/2026 as secondary sources give it.
Built-in names are kept for headings and titles, so that Word's navigation knows them.
"""

from dataclasses import dataclass

from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Mm, Pt
from docx.styles.style import ParagraphStyle

FONT = "Times New Roman"
LANGUAGE = "vi-VN"

NORMAL = "Normal"
BODY = "BC Nội dung"
CLOSING = "BC Câu kết"
HEADINGS = {1: "Heading 1", 2: "Heading 2", 3: "Heading 3"}
TITLE = "Title"
SUBJECT = "Subtitle"
SEPARATOR = "BC Gạch dưới trích yếu"
PAGE_NUMBER = "Header"
PARENT_BODY = "BC Cơ quan cấp trên"
ISSUING_BODY = "BC Cơ quan ban hành"
NUMBER = "BC Số và ký hiệu"
PARTY = "BC Tiêu đề Đảng"
PLACE_AND_DATE = "BC Địa danh ngày tháng"
POSITION = "BC Chức vụ người ký"
SIGNATORY = "BC Họ tên người ký"
RECIPIENTS = "BC Nơi nhận"
RECIPIENT = "BC Nơi nhận chi tiết"
APPENDIX = "BC Phụ lục"
APPENDIX_SUBJECT = "BC Tên phụ lục"
TABLE_HEAD = "BC Đầu bảng"
TABLE_TEXT = "BC Ô chữ"
TABLE_NUMBER = "BC Ô số"
TABLE_GROUP = "BC Dòng nhóm"
TABLE_TOTAL_TEXT = "BC Dòng tổng chữ"
TABLE_TOTAL_NUMBER = "BC Dòng tổng số"
NOTE = "BC Ghi chú"
GRID = "BC Bảng"
BORDERLESS = "BC Bảng không viền"

_LEFT = WD_ALIGN_PARAGRAPH.LEFT
_CENTRE = WD_ALIGN_PARAGRAPH.CENTER
_JUSTIFIED = WD_ALIGN_PARAGRAPH.JUSTIFY


@dataclass(frozen=True)
class _Look:
    """A paragraph style. Sizes and spaces in points, the indent in millimetres."""

    name: str
    size: int = 14
    bold: bool = False
    italic: bool = False
    underline: bool = False
    align: WD_ALIGN_PARAGRAPH = _LEFT
    first_line: int = 0
    before: int = 0
    after: int = 0
    line: int = 18
    keep_with_next: bool = False
    new_page: bool = False
    rule_below: bool = False


_LOOKS = (
    _Look(NORMAL),
    _Look(BODY, align=_JUSTIFIED, first_line=10, after=6),
    _Look(CLOSING, align=_JUSTIFIED, first_line=10, before=6, after=12, keep_with_next=True),
    _Look(HEADINGS[1], bold=True, first_line=10, before=6, after=6, keep_with_next=True),
    _Look(HEADINGS[2], bold=True, first_line=10, before=6, after=6, keep_with_next=True),
    _Look(HEADINGS[3], italic=True, first_line=10, after=6, keep_with_next=True),
    _Look(TITLE, size=16, bold=True, align=_CENTRE, before=24, line=22, keep_with_next=True),
    _Look(SUBJECT, bold=True, align=_CENTRE, keep_with_next=True),
    _Look(SEPARATOR, align=_CENTRE, after=12),
    _Look(PAGE_NUMBER, align=_CENTRE),
    _Look(PARENT_BODY, align=_CENTRE),
    _Look(ISSUING_BODY, bold=True, align=_CENTRE),
    _Look(NUMBER, align=_CENTRE),
    _Look(PARTY, size=15, bold=True, align=_CENTRE, after=6, rule_below=True),
    _Look(PLACE_AND_DATE, italic=True, align=_CENTRE, before=12),
    _Look(POSITION, bold=True, align=_CENTRE),
    _Look(SIGNATORY, bold=True, align=_CENTRE, before=72),
    _Look(RECIPIENTS, underline=True),
    _Look(RECIPIENT, size=12, line=15),
    _Look(APPENDIX, bold=True, align=_CENTRE, new_page=True, keep_with_next=True),
    _Look(APPENDIX_SUBJECT, align=_CENTRE, after=6, keep_with_next=True),
    _Look(
        TABLE_HEAD,
        size=12,
        bold=True,
        align=_CENTRE,
        before=2,
        after=2,
        line=15,
        keep_with_next=True,
    ),
    _Look(TABLE_TEXT, size=12, before=2, after=2, line=15),
    _Look(TABLE_NUMBER, size=12, align=_CENTRE, before=2, after=2, line=15),
    _Look(TABLE_GROUP, size=12, bold=True, before=2, after=2, line=15, keep_with_next=True),
    _Look(TABLE_TOTAL_TEXT, size=12, bold=True, before=2, after=2, line=15),
    _Look(TABLE_TOTAL_NUMBER, size=12, bold=True, align=_CENTRE, before=2, after=2, line=15),
    _Look(NOTE, size=12, italic=True, align=_JUSTIFIED, before=4, after=10, line=15),
)


def define_styles(document: Document) -> None:
    """Give `document` the styles named above."""
    _set_defaults(document)
    _set_compatibility(document)
    for look in _LOOKS:
        _define(document, look)
    _define_table(document, GRID, "single")
    _define_table(document, BORDERLESS, "nil")


def _set_defaults(document: Document) -> None:
    """The font and language of whatever has no style: the template's are a theme's and English."""
    found = document.styles.element.xpath("w:docDefaults/w:rPrDefault/w:rPr")
    for properties in found:
        _clear(properties)
        properties.append(_fonts())
        languages = f'w:val="{LANGUAGE}" w:eastAsia="{LANGUAGE}" w:bidi="ar-SA"'
        properties.append(parse_xml(f"<w:lang {nsdecls('w')} {languages}/>"))


def _set_compatibility(document: Document) -> None:
    """Word 2013 and later: tables start at the margin, and no "Compatibility Mode" is shown."""
    found = document.settings.element.xpath("w:compat/w:compatSetting[@w:name='compatibilityMode']")
    for setting in found:
        setting.set(qn("w:val"), "15")


def _define(document: Document, look: _Look) -> None:
    style = _paragraph_style(document, look.name)
    if look.name != NORMAL:
        style.base_style = document.styles[NORMAL]
        style.next_paragraph_style = document.styles[BODY]
    style.quick_style, style.hidden = True, False
    font, layout = style.font, style.paragraph_format
    style.element.get_or_add_rPr().append(_fonts())
    font.size = Pt(look.size)
    font.bold, font.italic = look.bold or None, look.italic or None
    font.underline = look.underline or None
    layout.alignment = look.align
    layout.first_line_indent = Mm(look.first_line)
    layout.space_before, layout.space_after = Pt(look.before), Pt(look.after)
    layout.line_spacing = Pt(look.line)  # A length is an exact one in python-docx.
    layout.keep_with_next = look.keep_with_next or None
    layout.page_break_before = look.new_page or None
    layout.widow_control = True
    if look.rule_below:
        _rule_below(style)


def _paragraph_style(document: Document, name: str) -> ParagraphStyle:
    """The style of this name, emptied of what the template put into it."""
    if name in document.styles:
        style = document.styles[name]
    else:
        style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    if not isinstance(style, ParagraphStyle):
        raise TypeError(f"{name} is not a paragraph style in the template")
    outline = style.element.xpath("w:pPr/w:outlineLvl")
    for properties in style.element.xpath("w:pPr | w:rPr"):
        style.element.remove(properties)
    for level in outline:
        style.element.get_or_add_pPr().append(level)
    return style


def _rule_below(style: ParagraphStyle) -> None:
    """A rule about as long as the words above it."""
    layout = style.paragraph_format
    layout.left_indent = layout.right_indent = Mm(2)
    border = parse_xml(
        f"<w:pBdr {nsdecls('w')}>"
        '<w:bottom w:val="single" w:sz="6" w:space="1" w:color="000000"/></w:pBdr>'
    )
    properties = style.element.get_or_add_pPr()
    properties.insert_element_before(border, "w:shd", "w:spacing", "w:ind", "w:jc", "w:outlineLvl")


def _define_table(document: Document, name: str, border: str) -> None:
    style = document.styles.add_style(name, WD_STYLE_TYPE.TABLE)
    sides = "".join(
        f'<w:{side} w:val="{border}" w:sz="4" w:space="0" w:color="000000"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    style.element.append(
        parse_xml(
            f"<w:tblPr {nsdecls('w')}><w:tblBorders>{sides}</w:tblBorders><w:tblCellMar>"
            '<w:left w:w="57" w:type="dxa"/><w:right w:w="57" w:type="dxa"/>'
            "</w:tblCellMar></w:tblPr>"
        )
    )


def _fonts() -> BaseOxmlElement:
    names = " ".join(f'w:{script}="{FONT}"' for script in ("ascii", "hAnsi", "eastAsia", "cs"))
    element = parse_xml(f"<w:rFonts {nsdecls('w')} {names}/>")
    if not isinstance(element, BaseOxmlElement):
        raise TypeError("w:rFonts was not parsed as an element of Word's vocabulary")
    return element


def _clear(element: BaseOxmlElement) -> None:
    for child in list(element):
        element.remove(child)
