"""Builds the Word templates that come with Wenjin; libraries download one, change it in Word and upload it again.

Labels stand in the template as text, so that a library can word them as it likes; only what differs between reports is
a field. Loaded with python-docx, at the first Word file.
"""

from collections.abc import Sequence
from functools import lru_cache
from io import BytesIO
from typing import Any, Final

from docx import Document
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from qa_server.commissions.reports.content import ReportContent, ServiceCode
from qa_server.commissions.reports.samples import sample
from qa_server.commissions.reports.wording import other_words, report_name
from qa_server.i18n import Language

_SERIF: Final = ("Times New Roman", "宋体")
_SANS: Final = ("Arial", "黑体")
# Of head and foot of a page.
_RUNNING_POINTS: Final = 8.5
# Of the labels at the head of a report, in mm of the 160 of a line.
_LABEL_MM: Final = {"zh": 32, "en": 46}
_LINE_MM: Final = 160
_INK: Final = RGBColor(0x1A, 0x1A, 0x1A)
_W: Final = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
# WordArt behind the text, as Word itself makes a watermark.
_WATERMARK: Final = (
    f'<w:p {_W} xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office">'
    '<w:r><w:pict><v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800" '
    'path="m@7,l@8,m@5,21600l@6,21600e"><v:formulas><v:f eqn="sum #0 0 10800"/><v:f eqn="prod #0 2 1"/>'
    '<v:f eqn="sum 21600 0 @1"/><v:f eqn="sum 0 0 @2"/><v:f eqn="sum 21600 0 @3"/><v:f eqn="if @0 @3 0"/>'
    '<v:f eqn="if @0 21600 @1"/><v:f eqn="if @0 0 @2"/><v:f eqn="if @0 @4 21600"/></v:formulas>'
    '<v:path textpathok="t" o:connecttype="rect"/><v:textpath on="t" fitshape="t"/></v:shapetype>'
    '<v:shape id="WenjinDraft" o:spid="_x0000_s2049" type="#_x0000_t136" style="position:absolute;width:400pt;'
    "height:150pt;rotation:315;z-index:-251658752;mso-position-horizontal:center;"
    'mso-position-horizontal-relative:margin;mso-position-vertical:center;mso-position-vertical-relative:margin" '
    'fillcolor="#d9d9d9" stroked="f"><v:fill opacity=".5"/>'
    '<v:textpath style="font-family:&quot;SimHei&quot;;font-size:1pt" string="{{ draft }}"/></v:shape></w:pict>'
    "</w:r></w:p>"
)


@lru_cache(maxsize=16)
def default_template(service: ServiceCode, language: Language) -> bytes:
    """Return the template of this service type and language as a .docx file."""
    shown = sample(service, language)
    words = other_words(shown)
    document = Document()
    _set_styles(document, language)
    _set_page(document, words, report_name(service, language), has_cover=service == "novelty_search")
    if service == "novelty_search":
        _add_cover(document, shown, words)
    else:
        _add_title(document, report_name(service, language), Pt(21), Mm(6))
        _add_facts(document, words["title"], language)
    _add_sections(document, words)
    _set_ways(document)
    saved = BytesIO()
    document.save(saved)
    return saved.getvalue()


def _set_styles(document: Any, language: Language) -> None:
    for name, fonts, size, before, after in (
        ("Normal", _SERIF, 10.5, 0, 0),
        ("Heading 1", _SANS, 13, 14, 5),
        ("Heading 2", _SANS, 11, 8, 3),
    ):
        style = document.styles[name]
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
        style.font.size = Pt(size)
        style.font.color.rgb = _INK
        _set_fonts(style, fonts)
    # Some programs draw a heading in the colour of the character style that Word keeps beside it.
    for name in ("Heading 1 Char", "Heading 2 Char"):
        document.styles[name].font.color.rgb = _INK
    normal = document.styles["Normal"]
    normal.paragraph_format.line_spacing = 1.5 if language == "zh" else 1.25
    # The first is that of Latin letters: as Chinese their words would be broken anywhere.
    tag = parse_xml(f'<w:lang {_W} w:val="en-GB" w:eastAsia="zh-CN"/>')
    normal.element.get_or_add_rPr().append(tag)


def _set_ways(document: Any) -> None:
    """Let tables stand within the margins, as Word has done since 2013, and the letters of Asia be Chinese ones."""
    settings = document.settings.element
    for each in settings.iter(qn("w:compatSetting")):
        if each.get(qn("w:name")) == "compatibilityMode":
            each.set(qn("w:val"), "15")
    for each in settings.iter(qn("w:themeFontLang")):
        each.set(qn("w:eastAsia"), "zh-CN")


def _set_fonts(owner: Any, fonts: tuple[str, str]) -> None:
    owner.font.name = fonts[0]
    all_fonts = owner.element.get_or_add_rPr().get_or_add_rFonts()
    for slot in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        all_fonts.attrib.pop(qn(f"w:{slot}"), None)
    all_fonts.set(qn("w:eastAsia"), fonts[1])


def _set_page(document: Any, words: dict[str, str], name: str, *, has_cover: bool) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(25)
    section.top_margin, section.bottom_margin = Mm(28), Mm(24)
    section.different_first_page_header_footer = has_cover
    head = section.header.paragraphs[0]
    head.text = f"{{{{ library }}}}  {name}\t{words['number']}{words['colon']}{{{{ report_number }}}}"
    # Those of the style are for another width.
    document.styles["Header"].paragraph_format.tab_stops.clear_all()
    # A stop behind the margin, be it by a rounding, is none.
    head.paragraph_format.tab_stops.add_tab_stop(Mm(159.8), WD_TAB_ALIGNMENT.RIGHT)
    for header in (section.header, section.first_page_header) if has_cover else (section.header,):
        _add_watermark(header)
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    before, _, rest = words["page"].partition("{page}")
    between, _, behind = rest.partition("{pages}")
    for text, field in ((before, "PAGE"), (between, "NUMPAGES"), (behind, "")):
        foot.add_run(text)
        if field:
            foot._p.append(parse_xml(_field(field)))
    for line in (head, foot):
        for run in line.runs:
            run.font.size = Pt(_RUNNING_POINTS)


def _field(name: str) -> str:
    run = f'<w:r><w:rPr><w:sz w:val="{int(_RUNNING_POINTS * 2)}"/></w:rPr><w:t>1</w:t></w:r>'
    return f'<w:fldSimple {_W} w:instr="{name}">{run}</w:fldSimple>'


def _add_watermark(header: Any) -> None:
    header.add_paragraph("{%p if draft %}")
    header._element.append(parse_xml(_WATERMARK))
    header.add_paragraph("{%p endif %}")


def _add_title(document: Any, text: str, size: Any, space: Any) -> None:
    title = document.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.paragraph_format.space_before = title.paragraph_format.space_after = space
    run = title.add_run(text)
    run.bold, run.font.size = True, size
    _set_fonts(run, _SANS)


def _add_cover(document: Any, shown: ReportContent, words: dict[str, str]) -> None:
    _add_title(document, report_name(shown.service_type, shown.language), Pt(28), Mm(34))
    _add_facts(document, words["title"], shown.language, agency=words["agency"])
    day = document.add_paragraph("{{ finished_on }}")
    day.alignment = WD_ALIGN_PARAGRAPH.CENTER
    day.paragraph_format.space_before = Mm(30)
    document.add_page_break()


def _add_facts(document: Any, title_label: str, language: Language, *, agency: str = "") -> None:
    rows = [(title_label, "{{ title }}"), ("{%tr for fact in facts %}", "")]
    rows += [("{{ fact.label }}", "{{ fact.value }}"), ("{%tr endfor %}", "")]
    rows += [(agency, "{{ library }}")] if agency else []
    label = _LABEL_MM[language]
    _add_borders(_add_table(document, rows, (label, _LINE_MM - label)))


def _add_table(document: Any, rows: Sequence[Sequence[str]], widths: Sequence[int]) -> Any:
    """Add a table of texts; widths are in mm."""
    table = document.add_table(rows=len(rows), cols=len(widths))
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    for row, texts in zip(table.rows, rows, strict=True):
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Mm(width)
            cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
        for cell, text in zip(row.cells, texts, strict=False):
            cell.text = text
    return table


def _add_borders(table: Any) -> None:
    lines = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="999999"/>' for side in ("top", "bottom", "insideH")
    )
    # Word wants its elements in order: borders stand before the layout.
    layout = table._tbl.tblPr.find(qn("w:tblLayout"))
    layout.addprevious(parse_xml(f"<w:tblBorders {_W}>{lines}</w:tblBorders>"))


def _add_sections(document: Any, words: dict[str, str]) -> None:
    document.add_paragraph("{%p for section in sections %}")
    for level in (1, 2):
        document.add_paragraph(f"{{%p if section.level == {level} %}}")
        document.add_heading("{{ section.number }}{{ section.heading }}", level)
        document.add_paragraph("{%p endif %}")
    document.add_paragraph("{{p section.body }}")
    document.add_paragraph("{%p if section.is_signed %}")
    _add_signing(document, words)
    document.add_paragraph("{%p endif %}")
    document.add_paragraph("{%p endfor %}")


def _add_kept(document: Any) -> None:
    """Add an empty line that stays with what follows: nobody signs on a page of its own."""
    document.add_paragraph().paragraph_format.keep_with_next = True


def _add_signing(document: Any, words: dict[str, str]) -> None:
    document.add_paragraph("{%p if draft %}")
    document.add_paragraph("{{ draft_note }}").alignment = WD_ALIGN_PARAGRAPH.CENTER
    document.add_paragraph("{%p endif %}")
    _add_kept(document)
    texts = (
        f"{{{{ signature.role }}}}{words['colon']}",
        "{{ signature.image }} {{ signature.name }}",
        "{{ signature.day }}",
    )
    loop = (("{%tr for signature in signatures %}",), texts, ("{%tr endfor %}",))
    signatures = _add_table(document, loop, (36, 78, 46))
    _add_borders(signatures)
    for row in signatures.rows:
        for cell in row.cells:
            cell.paragraphs[0].paragraph_format.keep_with_next = True
    _add_kept(document)
    closing = _add_table(document, ((),), (90, 70))
    closing.rows[0]._tr.get_or_add_trPr().append(parse_xml(f"<w:cantSplit {_W}/>"))
    check, stamp = closing.rows[0].cells
    check.text = "{{ qr }}"
    check.add_paragraph("{%p if verification_code %}")
    check.add_paragraph(f"{words['code']}{words['colon']}{{{{ verification_code }}}}")
    check.add_paragraph(words["check"])
    check.add_paragraph("{{ check_address }}")
    check.add_paragraph("{%p endif %}")
    for place, text in enumerate(("{{ seal }}", "", "{{ library }}{{ seal_place }}", "{{ finished_on }}", "", "")):
        line = stamp.paragraphs[0] if not place else stamp.add_paragraph()
        line.text = text
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
