"""Fills a Word template with a report. Loaded by `docx` at the first Word file, with docxtpl and python-docx.

The template has been looked at by `template_file`; what it says is read by the rules of `template_rules`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, Final

from docx.shared import Emu, Mm
from docxtpl import DocxTemplate
from jinja2 import TemplateError
from markupsafe import Markup

from qa_server.commissions.reports.content import ReportContent
from qa_server.commissions.reports.errors import TemplateFieldMissing, TemplateRefused
from qa_server.commissions.reports.layout import LaidSection, Sheet
from qa_server.commissions.reports.outlines import outline
from qa_server.commissions.reports.pictures import qr_code_png
from qa_server.commissions.reports.template_rules import REQUIRED, TEXT_FIELDS, TemplateEnvironment
from qa_server.commissions.reports.word_blocks import headed, section_body, word_text

# A text may stand in a form and in the running text; more often is a mistake that fills the disk.
_MAX_PLACES: Final = 3
_SEAL_MM: Final = 40
# Of a property of a Word file.
_MAX_TITLE_CHARACTERS: Final = 255
_INLINE = re.compile(r"<wp:inline\b([^>]*)>")


def fill(content: ReportContent, sheet: Sheet, pictures: Mapping[str, bytes], template: bytes) -> bytes:
    """Return the template with the report in it as .docx.

    Raises TemplateFieldMissing when the template names what reports do not have, or does not show what they have to;
    TemplateRefused when it cannot be filled at all.
    """
    environment = TemplateEnvironment()
    document = DocxTemplate(BytesIO(template))
    try:
        document.render(_fields(content, sheet, pictures, document), environment, autoescape=True)
        _check_fields(environment)
        document.docx.core_properties.title = f"{sheet.name} {sheet.number}"[:_MAX_TITLE_CHARACTERS]
        saved = BytesIO()
        document.save(saved)
    except TemplateError as error:
        raise TemplateRefused(reason="a field or condition in braces is not written correctly.") from error
    except (ValueError, KeyError, AttributeError, TypeError, SyntaxError) as error:
        # What python-docx and lxml raise for a file that only looks like Word's, or when the filled text is no XML.
        raise TemplateRefused(reason="a field stands where it cannot, or the file is damaged.") from error
    return saved.getvalue()


def _check_fields(environment: TemplateEnvironment) -> None:
    lacking = [name for name in REQUIRED if name not in environment.used]
    if not environment.used & TEXT_FIELDS:
        lacking.append("body")
    if environment.unknown or lacking:
        raise TemplateFieldMissing(
            unknown=", ".join(sorted(environment.unknown)) or "-", lacking=", ".join(lacking) or "-"
        )


@dataclass
class _Text:
    """Marked up text that may be placed a few times."""

    markup: Markup
    places: int = 0

    def __html__(self) -> Markup:
        self.places += 1
        if self.places > _MAX_PLACES:
            raise TemplateRefused(reason="the text of the report stands in it too often.")
        return self.markup

    def __str__(self) -> str:
        return str(self.__html__())


@dataclass
class _Picture:
    """A picture that is put into the part which is being filled; `floats` lays it behind the text, without room."""

    document: DocxTemplate
    data: bytes
    height_mm: float
    words: str
    floats: bool = False
    _ends: str = field(default="</w:t></w:r><w:r><w:drawing>{}</w:drawing></w:r><w:r><w:t>", init=False)

    def __html__(self) -> Markup:
        part = self.document.current_rendering_part
        inline = part.new_pic_inline(BytesIO(self.data), height=Mm(self.height_mm))
        inline.docPr.set("descr", self.words)
        for side in ("distT", "distB", "distL", "distR"):
            inline.set(side, "0")
        xml = _floating(inline.xml, inline.extent.cy) if self.floats else inline.xml
        return Markup(self._ends.format(xml))  # noqa: S704 # written by python-docx, attributes are escaped

    def __str__(self) -> str:
        return str(self.__html__())


def _floating(inline: str, height: int) -> str:
    """Turn a picture in the line into one that lies over the lines below, as a seal does."""
    opened = _INLINE.sub(
        r'<wp:anchor\1 simplePos="0" relativeHeight="2" behindDoc="1" '
        'locked="0" layoutInCell="1" allowOverlap="1"><wp:simplePos x="0" y="0"/>'
        '<wp:positionH relativeFrom="column"><wp:align>center</wp:align></wp:positionH>'
        f'<wp:positionV relativeFrom="paragraph"><wp:posOffset>{-Emu(height) // 8}</wp:posOffset></wp:positionV>',
        inline,
        count=1,
    )
    opened = re.sub(r"(<wp:extent\b[^>]*/>)", r"\1<wp:wrapNone/>", opened, count=1)
    return opened.replace("</wp:inline>", "</wp:anchor>")


def _fields(
    content: ReportContent, sheet: Sheet, pictures: Mapping[str, bytes], document: DocxTemplate
) -> dict[str, object]:
    """Return what a template can name; `docs/report-templates.md` lists it for librarians."""
    seal = pictures.get(sheet.seal or "")
    lines: dict[str, str] = {
        "service_name": sheet.name,
        "report_number": sheet.number,
        "commission_number": content.commission_number,
        "title": sheet.title,
        "library": sheet.library,
        "applicant": content.applicant,
        "organisation": content.organisation,
        "purpose": content.purpose,
        "accepted_on": sheet.accepted,
        "finished_on": sheet.issued,
        "notes": content.notes,
        "draft": sheet.words["draft"],
        "draft_note": sheet.words["draft_note"] if content.is_draft else "",
        "verification_code": sheet.code,
        "check_address": sheet.address,
        "seal_place": "" if seal or content.is_draft else sheet.words["seal_place"],
    }
    seal_picture = _Picture(document, seal, _SEAL_MM, sheet.words["seal"], floats=True) if seal else ""
    qr = _Picture(document, qr_code_png(sheet.address), 23, sheet.words["qr"]) if sheet.address else ""
    return {
        **{name: word_text(text) for name, text in lines.items()},
        "facts": [{"label": word_text(label), "value": word_text(value)} for label, value in sheet.facts],
        "attachments": [word_text(name) for name in content.attachments],
        "signatures": _signatures(sheet, pictures, document),
        "seal": seal_picture,
        "qr": qr,
        **_texts(content, sheet, document),
    }


def _texts(content: ReportContent, sheet: Sheet, document: DocxTemplate) -> dict[str, object]:
    bodies = [
        section_body(section, sheet.words["none"], is_chinese=content.language == "zh") for section in sheet.sections
    ]
    styles = _heading_styles(document)
    drawn = list(zip(sheet.sections, bodies, strict=True))
    empty = Markup("<w:p><w:r><w:t>{}</w:t></w:r></w:p>").format(word_text(sheet.words["none"]))
    parts = {part.key: empty for part in outline(content.service_type, content.language)} | _by_part(drawn, styles)
    return {
        "body": _Text(Markup("").join(headed(section, styles.get(section.level), body) for section, body in drawn)),
        "part": {key: _Text(body) for key, body in parts.items()},
        "sections": [
            {
                "number": word_text(section.number),
                "heading": word_text(section.heading),
                "level": section.level,
                "part": section.part,
                "is_signed": section.is_signed,
                "body": _Text(body),
            }
            for section, body in drawn
        ],
    }


def _by_part(drawn: list[tuple[LaidSection, Markup]], styles: Mapping[int, str]) -> dict[str, Markup]:
    """Return the text of each part with the sections of the second level that follow it."""
    parts: dict[str, Markup] = {}
    current = ""
    for section, body in drawn:
        if section.level == 1:
            current = section.part
            parts[current] = parts.get(current, Markup("")) + body
        else:
            parts[current] += headed(section, styles.get(2), body)
    parts.pop("", None)
    return parts


def _signatures(sheet: Sheet, pictures: Mapping[str, bytes], document: DocxTemplate) -> list[dict[str, object]]:
    return [
        {
            "role": word_text(signature.role),
            "name": word_text(signature.name),
            "day": word_text(signature.day),
            "image": _Picture(document, pictures[signature.image], 11, signature.name) if signature.image else "",
        }
        for signature in sheet.signatures
    ]


def _heading_styles(document: DocxTemplate) -> dict[int, str]:
    """Return the identifiers of the template's own heading styles by level."""
    styles: Any = document.get_docx().styles
    named = {style.name.casefold(): style.style_id for style in styles if style.name}
    return {level: named[f"heading {level}"] for level in (1, 2) if f"heading {level}" in named}
