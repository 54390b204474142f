"""A report as one page that needs nothing else: no script, no link, nothing loaded. Prints on A4.

Always there, whatever is installed; the print view and the preview of a draft.
"""

from base64 import b64encode
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from qa_server.commissions.reports.checking import checked
from qa_server.commissions.reports.content import ReportContent
from qa_server.commissions.reports.layout import Sheet, lay_out
from qa_server.commissions.reports.pictures import pictures_of, qr_code

_TEMPLATES = Path(__file__).parent / "templates"


def as_html(content: ReportContent, images: Mapping[str, bytes]) -> str:
    """Return the report as an HTML page. Page numbers are shown by browsers that know margin boxes.

    Raises ReportContentRefused, ReportTooLarge, ReportImageRefused.
    """
    printable = checked(content)
    pictures = pictures_of(printable, images)
    sheet = lay_out(printable)
    before, between, behind = _page_words(sheet)
    return _page().render(
        sheet=sheet,
        words=sheet.words,
        # A cover has the report number, the first of the facts, in its corner.
        first_fact=1 if sheet.has_cover else 0,
        pictures={key: _address("image/png", picture) for key, picture in pictures.items()},
        qr=_address("image/svg+xml", qr_code(sheet.address)) if sheet.address else "",
        running_left=_css_text(f"{sheet.library}  {sheet.name}"),
        running_right=_css_text(f"{sheet.words['number']}{sheet.words['colon']}{sheet.number}"),
        page_content=Markup(" ").join(
            (
                _css_text(before),
                Markup("counter(page)"),
                _css_text(between),
                Markup("counter(pages)"),
                _css_text(behind),
            )
        ),
    )


def _page_words(sheet: Sheet) -> tuple[str, str, str]:
    before, _, rest = sheet.words["page"].partition("{page}")
    between, _, behind = rest.partition("{pages}")
    return before, between, behind


def _css_text(text: str) -> Markup:
    """Return text as a string of CSS in which nothing can end the string, the rule or the style element."""
    # All but letters and digits by number: a quote, a backslash and "</style>" alike lose their meaning.
    escaped = "".join(sign if sign.isalnum() else f"\\{ord(sign):06x}" for sign in text)
    return Markup('"{}"').format(Markup(escaped))  # noqa: S704 # nothing but letters, digits and escapes is left


def _address(kind: str, picture: bytes) -> str:
    return f"data:{kind};base64,{b64encode(picture).decode()}"


@lru_cache(maxsize=1)
def _page() -> Template:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html")
