"""The widget as a whole page, for links and QR codes: `/ask/{code}`. The page asks whether the library exists."""

from typing import Annotated

from fastapi import Path, Request
from starlette.responses import Response

from widget.pages import language_of, page


def ask_page(request: Request, code: Annotated[str, Path(min_length=1, max_length=40)]) -> Response:
    """Return the page of one library; other sites may frame it."""
    return page("ask.html", language=language_of(request), ancestors="*", code=code.upper())
