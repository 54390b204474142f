"""What the launcher costs the page that embeds it: work on the main thread, on a processor so many times slower.

    python -m bench.launcher [--slowdown 4] [--runs 9] [--json]

Serves the launcher to an empty page in a real Chromium and adds up script, style and layout until the button is shown,
beside the same page without it. Counted is processor time of the main thread, times the slowdown: what else runs on
this machine does not change it, as it would change a clock on the wall with throttling switched on.
"""

import argparse
import json
import shutil
import statistics
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from playwright.sync_api import Browser, sync_playwright

from widget import assets

PAGE = b'<!doctype html><html lang="en"><title>Library</title><body><h1>Library</h1>'
LINE = b'<script type="module" src="/widget/v1/wenjin.js" data-library="JZU"></script>'
# A page has this long to be quiet before it counts as done.
QUIET_MILLISECONDS = 500
PROMISED_MILLISECONDS = 50


class Site(BaseHTTPRequestHandler):
    """A page with the line, one without, and the launcher."""

    def do_GET(self) -> None:
        """Answer from memory."""
        launcher = assets.release().assets["wenjin.js"].content
        bodies = {"/with": PAGE + LINE, "/without": PAGE, "/widget/v1/wenjin.js": launcher}
        body = bodies.get(self.path, b"")
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "text/javascript" if self.path.endswith(".js") else "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--slowdown", type=float, default=4.0, help="how many times slower the reader's processor is")
    options.add_argument("--runs", type=int, default=9)
    options.add_argument("--json", action="store_true")
    given = options.parse_args()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        address = f"http://127.0.0.1:{server.server_port}"
        figures = {name: _runs(browser, f"{address}/{name}", given.runs) for name in ("without", "with")}
        browser.close()
    server.shutdown()
    cost = given.slowdown * (statistics.median(figures["with"]) - statistics.median(figures["without"]))
    found = {"slowdown": given.slowdown, "launcher_ms": round(cost, 1), "promised_ms": PROMISED_MILLISECONDS}
    if given.json:
        print(json.dumps(found))
    else:
        print(f"main thread, {given.slowdown:g} times slower: {cost:.1f} ms (promised: {PROMISED_MILLISECONDS} ms)")


def _runs(browser: Browser, url: str, runs: int) -> list[float]:
    """Return the milliseconds of work on the main thread for each run."""
    return [_milliseconds(browser, url) for _ in range(runs)]


def _milliseconds(browser: Browser, url: str) -> float:
    context = browser.new_context()
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.goto(url, wait_until="load")
    page.wait_for_timeout(QUIET_MILLISECONDS)
    metrics = {each["name"]: each["value"] for each in devtools.send("Performance.getMetrics")["metrics"]}
    context.close()
    names = ("ScriptDuration", "LayoutDuration", "RecalcStyleDuration")
    return 1000 * sum(metrics[name] for name in names)


if __name__ == "__main__":
    main()
