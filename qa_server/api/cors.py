"""Cross-origin rules: a library's page may call the reader's interface from anywhere, never the staff's.

Readers are known by a token in a header, not by a cookie, so any origin may be let in and can borrow nothing.
"""

from fastapi.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

# Browsers may remember the answer to a preflight for this long, in seconds.
_MAX_AGE = 86_400


class PublicCors:
    """Starlette's CORS rules for `/api/v1/`, except `/api/v1/staff`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._open = CORSMiddleware(
            app,
            allow_origins=["*"],
            allow_methods=["GET", "POST", "PUT"],
            allow_headers=["Authorization", "Content-Type", "Accept-Language", "X-Client-Id", "X-File-Name"],
            expose_headers=["X-Request-ID", "Retry-After"],
            max_age=_MAX_AGE,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_public = scope["type"] == "http" and _is_public(scope["path"])
        await (self._open if is_public else self._app)(scope, receive, send)


def _is_public(path: str) -> bool:
    return path.startswith("/api/v1/") and not path.startswith("/api/v1/staff")
