"""How a library's window looks and what it asks for: open to every page, kept for a minute, then asked for by ETag."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Response

from qa_server.api.asker import Place
from qa_server.api.libraries import Code
from qa_server.desk.widget_settings import WidgetSettings, etag_of
from qa_server.desk.widget_settings import widget_settings as settings_now

# A change is seen by every page within this many seconds.
_KEPT_SECONDS = 60
_ANSWERS: dict[int | str, dict[str, Any]] = {304: {"description": "Nothing has changed."}}

router = APIRouter(prefix="/api/v1/libraries", tags=["libraries"])


@router.get("/{code}/widget", response_model=WidgetSettings, responses=_ANSWERS)
def read_widget_settings(
    place: Place, code: Code, if_none_match: Annotated[str, Header(max_length=200)] = ""
) -> Response:
    """Return how a library's window looks and what it asks for."""
    settings = settings_now(place, code)
    etag = etag_of(settings)
    headers = {"ETag": etag, "Cache-Control": f"public, max-age={_KEPT_SECONDS}"}
    if etag in if_none_match:
        return Response(status_code=304, headers=headers)
    return Response(settings.model_dump_json(), media_type="application/json", headers=headers)
