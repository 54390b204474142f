"""The page `/api/docs`: the OpenAPI document for people, made on the server, without a script and from nowhere else."""

from functools import cache
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from qa_server.api.outline import shapes, topics

_TEMPLATES = Path(__file__).parent / "templates"
_POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

router = APIRouter(include_in_schema=False)


@router.get("/api/docs")
def show(request: Request) -> HTMLResponse:
    """Show every call of the HTTP interface with its parameters, bodies and answers."""
    document = request.app.openapi()
    page = (
        _environment()
        .get_template("documentation.html")
        .render(
            title=document["info"]["title"],
            description=document["info"].get("description", ""),
            version=document["info"]["version"],
            address=request.app.openapi_url,
            topics=topics(document),
            shapes=shapes(document),
        )
    )
    return HTMLResponse(page, headers={"Content-Security-Policy": _POLICY})


@router.get("/api/docs.css")
def show_style() -> FileResponse:
    """Return the style of the page."""
    return FileResponse(_TEMPLATES / "documentation.css", media_type="text/css")


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
