"""The launcher as one library wants it: `wenjin.js?library=CODE` brings colours and side along, in the same request."""

import json
import re

from fastapi import Request

from qa_server.desk.widget_settings import settings_if_known
from qa_server.desk.workplace import Workplace

LAUNCHER = "wenjin.js"
_PLACE = b"const LOOK = {};"
_CODE = re.compile(r"[A-Za-z0-9]{2,8}")


def look_of(request: Request) -> dict[str, object] | None:
    """Return what the button has to know of the library that the address names, or None for the usual look."""
    place: Workplace | None = getattr(request.app.state, "place", None)
    code = request.query_params["library"]
    if place is None or not _CODE.fullmatch(code):
        return None
    settings = settings_if_known(place, code)
    if settings is None:
        return None
    return settings.model_dump(include={"side", "colours"}) | {"library": settings.library}


def with_look(source: bytes, look: dict[str, object]) -> bytes:
    """Return the launcher's module with a look filled in. What is set holds no quotes or markup: it was checked."""
    if _PLACE not in source:
        raise ValueError("the launcher has no place for a look")
    return source.replace(_PLACE, b"const LOOK = %s;" % json.dumps(look).encode(), 1)
