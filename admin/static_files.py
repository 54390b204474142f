"""Serves the console's scripts, styles and icons under an address that changes with their content.

The files are few and small: they are read once, at the first request, and kept in memory, plain and compressed.
"""

import gzip
import json
import mimetypes
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from fastapi import APIRouter, Request
from starlette.responses import Response

from qa_server.i18n import read_catalogue
from storage.errors import NotFound

_FOLDER = Path(__file__).parent / "static"
_CATALOGUE = Path(__file__).parent / "locales" / "zh_CN.po"
_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".json": "application/json"}
_FOREVER = "public, max-age=31536000, immutable"
# Smaller files gain nothing from compression.
_LEAST_COMPRESSED_BYTES = 500
_VERSION_CHARACTERS = 12


@dataclass(frozen=True)
class StaticFile:
    """One file, ready to be sent."""

    content: bytes
    compressed: bytes | None
    media_type: str


@dataclass(frozen=True)
class StaticFiles:
    """All files by their path, and the version that names this content."""

    files: dict[str, StaticFile]
    version: str

    def address(self, path: str) -> str:
        """Return the address of a file. Raises KeyError for one that is not there."""
        if path not in self.files:
            raise KeyError(path)
        return f"/console/static/{self.version}/{path}"

    def modules(self) -> list[str]:
        """Return the addresses of all script modules, so that a page can have them loaded side by side."""
        return [self.address(path) for path in sorted(self.files) if path.startswith(("lib/", "elements/"))]


@cache
def static_files() -> StaticFiles:
    """Return the files of the console as they were at the first call."""
    contents = {str(path.relative_to(_FOLDER)): path.read_bytes() for path in _FOLDER.rglob("*") if path.is_file()}
    contents |= _messages()
    digest = sha256()
    for path in sorted(contents):
        digest.update(path.encode() + b"\0" + sha256(contents[path]).digest())
    files = {path: _ready(path, content) for path, content in contents.items()}
    return StaticFiles(files, digest.hexdigest()[:_VERSION_CHARACTERS])


router = APIRouter(include_in_schema=False)


@router.get("/console/static/{version}/{path:path}")
def serve(request: Request, version: str, path: str) -> Response:
    """Send a file. A page from before an update gets the newest one, which its browser must not keep."""
    served = static_files()
    found = served.files.get(path)
    if found is None:
        raise NotFound()
    headers = {
        "Cache-Control": _FOREVER if version == served.version else "no-cache",
        "Vary": "Accept-Encoding",
        # Nothing in these files is private, and the preview of the reader's window has no origin of its own.
        "Access-Control-Allow-Origin": "*",
    }
    if found.compressed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        return Response(found.compressed, media_type=found.media_type, headers=headers)
    return Response(found.content, media_type=found.media_type, headers=headers)


def _messages() -> dict[str, bytes]:
    chinese = json.dumps(dict(read_catalogue(_CATALOGUE)), ensure_ascii=False, sort_keys=True)
    return {"messages.zh.json": chinese.encode(), "messages.en.json": b"{}"}


def _ready(path: str, content: bytes) -> StaticFile:
    compressed = gzip.compress(content, mtime=0) if len(content) >= _LEAST_COMPRESSED_BYTES else None
    suffix = Path(path).suffix
    media_type = _TYPES.get(suffix) or mimetypes.guess_type(path)[0] or "application/octet-stream"
    return StaticFile(content, compressed, media_type)
