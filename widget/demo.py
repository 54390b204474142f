"""The demo's front door and two made-up library pages that embed the widget by its one line. Served in demos only."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import FileResponse, Response

from widget.pages import language_of, page

_STYLES = Path(__file__).parent / "static" / "demo"


class DemoAccount(NamedTuple):
    """Somebody who may sign in at the console; role and library are shown as they are."""

    login: str
    password: str
    role: str
    library: str


def router(accounts: Sequence[tuple[str, str, str, str]]) -> APIRouter:
    """Return the start page `/`, the library pages `/demo/…` and their styles. Lists `accounts` for signing in."""
    routes = APIRouter(include_in_schema=False)
    rows = [DemoAccount(*row) for row in accounts]

    @routes.get("/")
    def start(request: Request) -> Response:
        return page("demo/start.html", language=language_of(request), accounts=rows)

    @routes.get("/demo/JZU")
    def chinese_library() -> Response:
        return page("demo/jzu.html", language="zh")

    @routes.get("/demo/LIU")
    def english_library() -> Response:
        return page("demo/liu.html", language="en")

    @routes.get("/demo/styles/{name}")
    def style(name: str) -> Response:
        if name not in {path.name for path in _STYLES.iterdir()}:
            raise HTTPException(404)
        return FileResponse(_STYLES / name, headers={"Cache-Control": "no-cache"})

    return routes
