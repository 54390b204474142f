"""Drives typst. Loaded by `pdf` at the first PDF.

What people wrote is given as a JSON file in memory, so none of it is ever read as markup; typst sees no file
of the disk but fonts, and its template imports nothing from the network.
"""

import json
import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime, time
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import Final

import structlog
import typst
from PIL import Image

from qa_server.commissions.reports.errors import ReportFontMissing, ReportNotTypeset
from qa_server.commissions.reports.layout import Sheet
from qa_server.commissions.reports.pictures import qr_code

_TEMPLATE = Path(__file__).parent / "templates" / "report.typ"
_STANDARDS: Final = ["a-2a", "ua-1"]
# In order of liking. Sans is for headings, as 黑体 is in Chinese documents.
SERIF: Final = (
    "Noto Serif CJK SC", "Noto Serif SC", "Source Han Serif SC", "Source Han Serif CN", "Songti SC", "STSong", "SimSun",
    "NSimSun", "FandolSong", "AR PL UMing CN",
)  # fmt: skip
SANS: Final = (
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN", "PingFang SC", "Heiti SC",
    "Microsoft YaHei", "SimHei", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Droid Sans Fallback",
)  # fmt: skip
# Comes with typst.
_LATIN: Final = "Libertinus Serif"
# What typst says about characters without a font or without a meaning of their own.
_NOT_SHOWN = re.compile(r'text `"(.+?)"` could not be displayed|codepoint `"(.+?)"`')
_ESCAPED = re.compile(r"\\u\{([0-9a-f]{1,6})\}")
# What to name of them.
_MAX_CHARACTERS_NAMED = 10
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")

# The largest report takes half a gigabyte, and typst uses all processors for one.
_one_at_a_time = Lock()

_log = structlog.get_logger(__name__)


@lru_cache(maxsize=8)
def fonts_in(folders: tuple[Path, ...], uses_system_fonts: bool) -> typst.Fonts:
    """Return the fonts of these folders and, if wanted, of the system. Looked for once in a process."""
    return typst.Fonts(include_system_fonts=uses_system_fonts, font_paths=[str(folder) for folder in folders])


def typeset(sheet: Sheet, pictures: Mapping[str, bytes], *, fonts: typst.Fonts, finished_on: date | None) -> bytes:
    """Return the PDF. Raises ReportFontMissing, ReportNotTypeset."""
    files = {
        "main.typ": _TEMPLATE.read_bytes(),
        "sheet.json": json.dumps(
            {**asdict(sheet), **_families(fonts, is_chinese=sheet.tag.startswith("zh"))}, ensure_ascii=False
        ).encode(),
        **{f"{key}.svg": _in_svg(picture) for key, picture in pictures.items()},
    }
    if sheet.address:
        files["qr.svg"] = qr_code(sheet.address)
    # Made from the content alone: a PDF made again has the same digest.
    made_at = datetime.combine(finished_on or date(2000, 1, 1), time(), tzinfo=UTC)
    try:
        with _one_at_a_time:
            return _compiled(files, fonts, made_at)
    except typst.TypstError as error:
        raise _told(error) from error


def _compiled(files: dict[str, bytes], fonts: typst.Fonts, made_at: datetime) -> bytes:
    # typst knows files in memory, its type hints do not yet.
    made: bytes = typst.compile(
        files,  # type: ignore[call-overload]
        format="pdf",
        font_paths=fonts,
        pdf_standards=_STANDARDS,
        timestamp=made_at,
    )
    return made


def _in_svg(picture: bytes) -> bytes:
    """Wrap a PNG: the files that typst takes from memory have to be text."""
    with Image.open(BytesIO(picture)) as image:
        width, height = image.size
    size = f'width="{width}" height="{height}"'
    address = f"data:image/png;base64,{b64encode(picture).decode()}"
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}><image {size} href="{address}"/></svg>'.encode()


def _families(fonts: typst.Fonts, *, is_chinese: bool) -> dict[str, list[str | dict[str, str]]]:
    """Return the families to set text in; typst takes any other font that has a character when none of them has it."""
    there = set(fonts.families())
    serif = [family for family in SERIF if family in there]
    sans = [family for family in SANS if family in there]
    # Beside Chinese the quotes are Chinese ones; a text without any has those of its own letters.
    latin: str | dict[str, str] = {"name": _LATIN, "covers": "latin-in-cjk"} if is_chinese else _LATIN
    return {
        "serif": [latin, *(serif or sans)],
        "sans": [*(sans or serif), _LATIN],
        "bold": [latin, *(sans or serif)],
        "latin": [_LATIN, *(serif or sans)],
    }


def _told(error: typst.TypstError) -> ReportFontMissing | ReportNotTypeset:
    quoted = "".join(shown or bare for shown, bare in _NOT_SHOWN.findall(f"{error.message}\n{error.diagnostic}"))
    found = _ESCAPED.sub(lambda escape: chr(int(escape[1], 16)), quoted)
    if not found:
        # The message quotes no content: the template is ours, what people wrote is data.
        _log.error("report_not_typeset", problem=error.message)
        return ReportNotTypeset()
    named = " ".join(_name(sign) for sign in list(dict.fromkeys(found))[:_MAX_CHARACTERS_NAMED])
    if _HAN.search(found):
        return ReportFontMissing(
            characters=named,
            remedy="Install a Chinese font on the server (apt install fonts-noto-cjk) or name a folder with one.",
        )
    return ReportFontMissing(
        characters=named, remedy="Take these characters out, or install a font that has them (apt install fonts-noto)."
    )


def _name(sign: str) -> str:
    """Return a character with its number, which tells it where nothing shows it."""
    return f"{sign} (U+{ord(sign):04X})" if sign.isprintable() else f"U+{ord(sign):04X}"
