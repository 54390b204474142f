"""The widget as a whole page, for links and QR codes: `/ask/{code}`; and what a library needs to point there.

The page itself asks whether the library exists; the page with the link looks it up, to print its name.
"""

from io import BytesIO
from typing import Annotated

import segno
from fastapi import Path, Request
from starlette.responses import Response

from qa_server.desk import being_here
from qa_server.desk.widget_settings import framing_origins
from qa_server.desk.workplace import Workplace
from widget.pages import language_of, page, tag_of

Code = Annotated[str, Path(min_length=1, max_length=40)]
KnownCode = Annotated[str, Path(min_length=2, max_length=8, pattern="^[A-Za-z0-9]+$")]
# Pixels per square in the printed picture; an SVG, so any size prints well.
_SCALE = 8
_HOUR = "public, max-age=3600"


def ask_page(request: Request, code: Code) -> Response:
    """Return the page of one library; the sites it named may frame it, all where it named none."""
    origins = framing_origins(request.app.state.place, code) if hasattr(request.app.state, "place") else []
    ancestors = " ".join(["'self'", *origins]) if origins else "*"
    return page("ask.html", language=language_of(request), ancestors=ancestors, code=code.upper(), tag=tag_of(request))


def link_page(request: Request, code: KnownCode) -> Response:
    """Return the address, the QR code and the one line of a library, to copy and to print. Raises NotFound."""
    place: Workplace = request.app.state.place
    language = language_of(request)
    library = being_here.library_now(place, code)
    name = library.name_zh if language == "zh" else library.name_en
    address = _public_address(request)
    return page("link.html", language=language, name=name, code=library.code, address=address)


def qr_picture(request: Request, code: KnownCode) -> Response:
    """Return the QR code of a library's page as SVG. Raises NotFound."""
    library = being_here.library_now(request.app.state.place, code)
    picture = BytesIO()
    made = segno.make(f"{_public_address(request)}/ask/{library.code}", error="q", micro=False)
    made.save(picture, kind="svg", scale=_SCALE, dark="#000", light="#fff", xmldecl=False)
    headers = {"Cache-Control": _HOUR, "Content-Disposition": f'inline; filename="{library.code}.svg"'}
    return Response(picture.getvalue(), media_type="image/svg+xml", headers=headers)


def _public_address(request: Request) -> str:
    configured: str = request.app.state.place.settings.public_url
    return (configured or str(request.base_url)).rstrip("/")
