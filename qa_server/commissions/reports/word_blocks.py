"""Sections of a report as WordprocessingML: what stands at {{p body }} and {{p section.body }} in a template.

Text is escaped here and nowhere else. Fonts and sizes come from the template; borders and widths from here.
"""

from typing import Final

from markupsafe import Markup, escape

from qa_server.commissions.reports.layout import LaidBlock, LaidProse, LaidReferences, LaidSection, LaidTable
from qa_server.commissions.reports.marking import Paragraph, Run

# Width of the text on A4 with margins of 25 mm, in twentieths of a point; Word fits it to what is there.
_TEXT_WIDTH: Final = 9_070
# Word counts shares of a width in fiftieths of a percent.
_WHOLE: Final = 5_000
_SHAPE: Final = Markup("<w:pPr>")
_KEEP: Final = Markup("<w:keepNext/>")
# Behind a table, where Word wants a paragraph.
_GAP: Final = Markup('<w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="160" w:lineRule="exact"/></w:pPr></w:p>')
_BORDERS: Final = (
    '<w:tblBorders><w:top w:val="single" w:sz="12" w:space="0" w:color="auto"/>'
    '<w:bottom w:val="single" w:sz="12" w:space="0" w:color="auto"/>'
    '<w:insideH w:val="single" w:sz="4" w:space="0" w:color="999999"/></w:tblBorders>'
)


def word_text(text: str) -> Markup:
    """Return text as it stands in XML, safe from what the template program replaces after filling in."""
    # It turns {_{ into {{ and so on; a character by its number is the same letter and stays.
    return Markup(str(escape(text)).replace("_", "&#95;"))  # noqa: S704 # escaped in this line


def section_body(section: LaidSection, none: str, *, is_chinese: bool) -> Markup:
    """Return the blocks of a section without its heading; `none` is what an empty table says."""
    drawn = Markup("").join(_block(block, none, is_chinese) for block in section.blocks)
    if not section.is_whole:
        return drawn
    # The last of them stays with the signatures, where they follow.
    head, last, tail = drawn.rpartition(_SHAPE)
    return _kept(drawn) if section.is_signed else _kept(head) + last + tail


def headed(section: LaidSection, style: str | None, body: Markup) -> Markup:
    """Return a section with its heading, in the template's own heading style where it has one."""
    looks = Markup('<w:pStyle w:val="{}"/>').format(style) if style else Markup("")
    run = Markup("") if style else Markup("<w:rPr><w:b/></w:rPr>")
    heading = word_text(section.number + section.heading)
    return Markup("<w:p><w:pPr>{}<w:keepNext/></w:pPr><w:r>{}{}</w:r></w:p>{}").format(looks, run, _t(heading), body)


def _kept(paragraphs: Markup) -> Markup:
    """Return paragraphs that stay with what follows: a few lines are not parted, nor a text from its signatures."""
    # Each begins with its shape, in which this comes first.
    return paragraphs.replace(_SHAPE, _SHAPE + _KEEP)


def _block(block: LaidBlock, none: str, is_chinese: bool) -> Markup:
    match block:
        case LaidProse():
            return Markup("").join(_paragraph(paragraph, is_chinese) for paragraph in block.paragraphs)
        case LaidTable():
            return _table(block, none)
        case LaidReferences():
            return Markup("").join(_hanging(number, word_text(entry)) for number, entry in block.entries)


def _paragraph(paragraph: Paragraph, is_chinese: bool) -> Markup:
    lines = [Markup("").join(_run(run) for run in line) for line in paragraph.lines]
    if paragraph.mark:
        return _hanging(paragraph.mark, None, Markup("<w:r><w:br/></w:r>").join(lines), indent=420 if is_chinese else 0)
    if is_chinese:
        # Two characters in, whatever the size of the letters.
        indent = Markup('<w:pPr><w:ind w:firstLineChars="200" w:firstLine="420"/></w:pPr>')
        return Markup("").join(Markup("<w:p>{}{}</w:p>").format(indent, line) for line in lines)
    return Markup("<w:p><w:pPr></w:pPr>{}</w:p>").format(Markup("<w:r><w:br/></w:r>").join(lines))


def _hanging(mark: str, text: Markup | None, runs: Markup | None = None, *, indent: int = 0) -> Markup:
    """Return a paragraph with its mark in the margin of the lines below."""
    shape = Markup(
        '<w:pPr><w:tabs><w:tab w:val="left" w:pos="{0}"/></w:tabs><w:ind w:left="{0}" w:hanging="480"/></w:pPr>'
    ).format(indent + 480)
    content = runs if runs is not None else Markup("<w:r>{}</w:r>").format(_t(text or Markup("")))
    return Markup("<w:p>{}<w:r>{}<w:tab/></w:r>{}</w:p>").format(shape, _t(word_text(mark)), content)


def _run(run: Run) -> Markup:
    looks = Markup("<w:rPr><w:b/></w:rPr>") if run.is_bold else Markup("")
    return Markup("<w:r>{}{}</w:r>").format(looks, _t(word_text(run.text)))


def _t(text: Markup) -> Markup:
    return Markup('<w:t xml:space="preserve">{}</w:t>').format(text)


def _table(table: LaidTable, none: str) -> Markup:
    caption = Markup("")
    if table.caption:
        shape = Markup('<w:pPr><w:keepNext/><w:spacing w:before="120" w:after="60"/><w:jc w:val="center"/></w:pPr>')
        caption = Markup("<w:p>{}<w:r>{}</w:r></w:p>").format(shape, _t(word_text(table.caption)))
    columns = Markup("").join(
        Markup('<w:gridCol w:w="{}"/>').format(int(share * _TEXT_WIDTH)) for share in table.shares
    )
    rows = table.rows or ((none, *("",) * (len(table.headings) - 1)),)
    last = len(rows) - 1
    drawn = Markup("").join(
        _row(row, table.shares, is_kept=table.is_short and place < last) for place, row in enumerate(rows)
    )
    return Markup(
        '{}<w:tbl><w:tblPr><w:tblW w:w="{}" w:type="pct"/>{}<w:tblLayout w:type="fixed"/></w:tblPr>'
        "<w:tblGrid>{}</w:tblGrid>{}{}</w:tbl>{}"
    ).format(caption, _WHOLE, Markup(_BORDERS), columns, _row(table.headings, table.shares, is_head=True), drawn, _GAP)  # noqa: S704 # a constant


def _row(cells: tuple[str, ...], shares: tuple[float, ...], *, is_head: bool = False, is_kept: bool = False) -> Markup:
    looks = (
        Markup('<w:rPr><w:b/><w:sz w:val="18"/></w:rPr>') if is_head else Markup('<w:rPr><w:sz w:val="18"/></w:rPr>')
    )
    drawn = Markup("").join(_cell(cell, share, looks) for cell, share in zip(cells, shares, strict=True))
    head = Markup("<w:tblHeader/>") if is_head else Markup("")
    row = Markup("<w:tr><w:trPr><w:cantSplit/>{}</w:trPr>{}</w:tr>").format(head, drawn)
    return _kept(row) if is_head or is_kept else row


def _cell(cell: str, share: float, looks: Markup) -> Markup:
    lines = [Markup("<w:r>{}{}</w:r>").format(looks, _t(word_text(line))) for line in cell.split("\n")]
    return Markup(
        '<w:tc><w:tcPr><w:tcW w:w="{}" w:type="pct"/><w:vAlign w:val="center"/></w:tcPr>'
        '<w:p><w:pPr><w:spacing w:before="40" w:after="40" w:line="264" w:lineRule="auto"/></w:pPr>{}</w:p></w:tc>'
    ).format(int(share * _WHOLE), Markup("<w:r><w:br/></w:r>").join(lines))
