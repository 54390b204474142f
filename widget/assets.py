"""Serves what library pages embed: the launcher under an address that never changes, the rest under its release.

`current/…` leads to the newest release, whose files never change and are kept for a year: one page never mixes two
releases, and a new one is seen within minutes. Files are few and small: read once, kept plain and compressed.
"""

import gzip
import json
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from babel.messages.pofile import read_po
from fastapi import APIRouter, HTTPException, Request
from starlette.responses import RedirectResponse, Response

from widget.ask_page import ask_page, link_page, qr_picture
from widget.comments import without_comments
from widget.launcher import LAUNCHER, look_of, with_look

_FOLDER = Path(__file__).parent / "static" / "v1"
_LOCALES = Path(__file__).parent / "locales"
# What the window speaks besides English, by the name of its messages.
_CATALOGUES = {"zh": "zh_CN", "zh-TW": "zh_TW"}
_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".json": "application/json"}
# Any page may load these files and nothing in them is private.
_OPEN_TO_ALL = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Vary": "Accept-Encoding",
}
_MINUTES = "public, max-age=300, stale-while-revalidate=86400"
_REDIRECT_MINUTES = "public, max-age=300"
_FOREVER = "public, max-age=31536000, immutable"
_CURRENT = "current"
_RELEASE_CHARACTERS = 12
# The folder of the services' pages, and the context of its sentences: a chat does not load them.
_SERVICES = "services"


@dataclass(frozen=True)
class Asset:
    """One file, ready to be sent."""

    content: bytes
    compressed: bytes
    media_type: str
    etag: str


@dataclass(frozen=True)
class Release:
    """All files by their path under `/widget/v1/`, and the name of exactly this content."""

    name: str
    assets: dict[str, Asset]


def router() -> APIRouter:
    """Return the routes of the widget's files and of the full page `/ask/{code}`."""
    routes = APIRouter(include_in_schema=False)
    routes.add_api_route("/widget/v1/{path:path}", serve, methods=["GET"])
    routes.add_api_route("/ask/{code}", ask_page, methods=["GET"])
    routes.add_api_route("/ask/{code}/link", link_page, methods=["GET"])
    routes.add_api_route("/ask/{code}/qr.svg", qr_picture, methods=["GET"])
    return routes


def serve(request: Request, path: str) -> Response:
    """Send a file, or lead from `current` to the release. A page from before an update gets the newest file, unkept."""
    first, _, rest = path.partition("/")
    files = release()
    if path == LAUNCHER and "library" in request.query_params:
        return _send(request, dressed(files.assets[path], request), _MINUTES)
    if path in files.assets:
        return _send(request, files.assets[path], _MINUTES)
    if rest not in files.assets or (first != _CURRENT and len(first) != _RELEASE_CHARACTERS):
        raise HTTPException(404)
    if first == _CURRENT:
        headers = {**_OPEN_TO_ALL, "Cache-Control": _REDIRECT_MINUTES}
        return RedirectResponse(f"../{files.name}/{rest}", 307, headers)
    return _send(request, files.assets[rest], _FOREVER if first == files.name else "no-cache")


def dressed(launcher: Asset, request: Request) -> Asset:
    """Return the launcher with the colours and the side of the library that was named, where they are known."""
    look = look_of(request)
    return _ready(LAUNCHER, with_look(launcher.content, look)) if look else launcher


@cache
def release() -> Release:
    """Return the files as they were at the first call."""
    contents = {path.relative_to(_FOLDER).as_posix(): _served(path) for path in _FOLDER.rglob("*.*")}
    for folder, context in (("", None), (f"{_SERVICES}/", _SERVICES)):
        contents |= {f"{folder}messages.{tag}.json": _messages(locale, context) for tag, locale in _CATALOGUES.items()}
    contents |= {"messages.en.json": b"{}"}
    digest = sha256()
    for path in sorted(contents):
        digest.update(path.encode() + b"\0" + sha256(contents[path]).digest())
    assets = {path: _ready(path, content) for path, content in contents.items()}
    return Release(digest.hexdigest()[:_RELEASE_CHARACTERS], assets)


def _served(path: Path) -> bytes:
    content = path.read_bytes()
    return without_comments(content) if path.suffix == ".js" else content


def _send(request: Request, asset: Asset, caching: str) -> Response:
    headers = {**_OPEN_TO_ALL, "Cache-Control": caching, "ETag": asset.etag}
    if asset.etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(asset.content, media_type=asset.media_type, headers=headers)
    headers["Content-Encoding"] = "gzip"
    return Response(asset.compressed, media_type=asset.media_type, headers=headers)


def _messages(locale: str, context: str | None) -> bytes:
    """Return the sentences of browser modules: without a context the window's, else those of its own folder.

    What stands under any other context belongs to pages made by the server.
    """
    with (_LOCALES / f"{locale}.po").open("rb") as file:
        catalogue = read_po(file, locale=locale)
    messages = {entry.id: entry.string for entry in catalogue if entry.id and entry.string and entry.context == context}
    return json.dumps(messages, ensure_ascii=False, sort_keys=True).encode()


def _ready(path: str, content: bytes) -> Asset:
    # Weak: the same file goes out plain and compressed.
    etag = f'W/"{sha256(content).hexdigest()[:16]}"'
    return Asset(content, gzip.compress(content, mtime=0), _TYPES[Path(path).suffix], etag)
