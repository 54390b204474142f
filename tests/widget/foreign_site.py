"""A website of somebody else: another origin, a strict policy, styles that would break anything they reach."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HOSTILE_CSS = """
* { all: unset !important; display: inline !important; color: lime !important; font-size: 3px !important; }
html { font-size: 62.5%; }
body { transform: rotate(0.5deg); filter: blur(0); overflow: hidden; width: 300px; }
body > * { display: none !important; opacity: 0.1 !important; position: static !important; }
body > wenjin-chat { visibility: hidden !important; }
div, button, section, textarea { width: 3px !important; transform: scale(0) !important; }
wenjin-chat { left: -9999px !important; pointer-events: none !important; z-index: -1 !important; }
"""


@dataclass
class ForeignSite:
    """Addresses of the pages: one with the script line, one that places the element itself under a base tag."""

    address: str

    @property
    def with_script(self) -> str:
        """A page with the one line."""
        return f"{self.address}/script"

    @property
    def with_element(self) -> str:
        """A page with a base tag and the element."""
        return f"{self.address}/element"


@contextmanager
def serving(service: str) -> Iterator[ForeignSite]:
    """Serve the site from a thread until the end."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(service))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield ForeignSite(f"http://localhost:{server.server_port}")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(service: str) -> type[BaseHTTPRequestHandler]:
    pages = {
        "/script": _page(f'<script type="module" src="{service}/widget/v1/wenjin.js" data-library="JZU"></script>'),
        "/element": _page(
            '<base href="https://elsewhere.example/deep/path/">'
            f'<script type="module" src="{service}/widget/v1/wenjin.js"></script>'
            '<wenjin-chat library="JZU" lang="en"></wenjin-chat>'
        ),
        "/hostile.css": HOSTILE_CSS,
    }
    policy = (
        f"default-src 'none'; script-src {service}; connect-src {service} ws{service.removeprefix('http')}; "
        "style-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'"
    )

    class Handler(BaseHTTPRequestHandler):
        """Answers from memory."""

        def do_GET(self) -> None:
            """Send a page or the style sheet."""
            body = pages.get(self.path, "").encode()
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "text/css" if self.path.endswith(".css") else "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    return Handler


def _page(content: str) -> str:
    return (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>Library</title>'
        '<link rel="stylesheet" href="/hostile.css"></head>'
        f"<body><h1>Somebody else's website</h1>{content}</body></html>"
    )
