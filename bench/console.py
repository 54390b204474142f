"""What the desk feels like under load, in a real browser: first paint, long tasks, keys, moving between chats.

    python -m bench.console [--waiting 200] [--mine 20] [--seconds 20] [--slowdown 1] [--json]

Starts the service on a fresh database with questions that wait and chats that one librarian holds, opens the desk, and
has readers write, ask and be claimed while somebody scrolls, moves about and types. Times are those of the browser
itself. Ends within two minutes and a half on a quiet machine; what cannot be shown within its patience ends it earlier.
"""

import argparse
import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from http.cookiejar import CookieJar
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import Any
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener
from uuid import uuid4

from playwright.sync_api import Page, sync_playwright

from bench.felt import WATCH, Felt, Stretch, stretch, told
from bench.figures import spread
from bench.full_desk import LIBRARY, FullDesk, fill
from bench.processes import server, service

# A page loaded once fills the browser's cache, as on every day but the first.
LOADS = 5
# Moves to questions that wait, after one to each own chat.
OTHERS = 20
KEYS = 60
# Readers' messages, new questions and claims by a colleague, per second: a busy hour of a province.
MESSAGES_PER_SECOND, QUESTIONS_PER_SECOND = 8, 1
# A machine that does much else is slow and says so in the figures; what is not there after this will not come.
PATIENCE_MILLISECONDS = 30_000
REST_MILLISECONDS = 2_000
STAFF_COOKIE = "wenjin_staff"
_CORES = os.cpu_count() or 1


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--waiting", type=int, default=200)
    options.add_argument("--mine", type=int, default=20)
    options.add_argument("--seconds", type=float, default=20)
    options.add_argument("--slowdown", type=float, default=1.0, help="how many times slower the desk's processor is")
    options.add_argument("--json", action="store_true")
    given = options.parse_args()
    felt = _measure(given)
    print(json.dumps(asdict(felt)) if given.json else told(felt))


def _measure(given: argparse.Namespace) -> Felt:
    began = time.monotonic()
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'console.db'}"
        desk = fill(url, waiting=given.waiting, mine=given.mine)
        felt = _measure_on(url, desk, given, Path(folder))
    return replace(felt, load=round(os.getloadavg()[0] / _CORES, 2), seconds=round(time.monotonic() - began, 1))


def _measure_on(url: str, desk: FullDesk, given: argparse.Namespace, folder: Path) -> Felt:
    arguments, environment = service(url, {"WENJIN_READER_QUESTIONS_PER_HOUR": "1000000"})
    with server(arguments, environment, folder / "server.log") as running, sync_playwright() as playwright:
        address = running.url.replace("ws://", "http://").removesuffix("/ws/v1")
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        # The page's policy allows no evaluated script, and waiting for a condition is one.
        context = browser.new_context(locale="zh-CN", viewport={"width": 1280, "height": 820}, bypass_csp=True)
        context.add_cookies([{"name": STAFF_COOKIE, "value": desk.staff_token, "url": address}])
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MILLISECONDS)
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": given.slowdown})
        page.add_init_script(WATCH)
        try:
            return _feel(page, address, desk, given)
        finally:
            browser.close()


def _feel(page: Page, address: str, desk: FullDesk, given: argparse.Namespace) -> Felt:
    loads = _load(page, f"{address}/console")
    page.wait_for_function("document.querySelector('desk-connection').dataset.state === 'live'")
    page.wait_for_timeout(REST_MILLISECONDS)
    _since(page)
    page.wait_for_timeout(REST_MILLISECONDS)
    rest = _since(page)
    with _traffic(address, desk) as changes:
        _scroll(page, given.seconds / 2)
        scrolling = _since(page)
        # The first keys go through the own chats, in the order of the list.
        own = [_move(page) for _ in range(given.mine)]
        others = [_move(page) for _ in range(OTHERS)]
        moving = _since(page)
        keys = _type(page)
        page.wait_for_timeout(given.seconds / 2 * 1_000)
        typing = _since(page)
    return Felt(
        waiting=given.waiting,
        mine=given.mine,
        slowdown=given.slowdown,
        load=0.0,
        first_paint=spread([paint for paint, _, _ in loads]),
        listed=spread([listed for _, listed, _ in loads]),
        load_tasks_longest=max(longest for _, _, longest in loads),
        own=spread(own),
        others=spread(others),
        keys=spread(keys),
        rest=rest,
        scrolling=scrolling,
        moving=moving,
        typing=typing,
        changes=changes[0],
        seconds=0.0,
    )


def _load(page: Page, address: str) -> list[tuple[float, float, float]]:
    """Load the desk some times; return seconds to the first paint and to the lists, and the longest task."""
    found = []
    for _ in range(LOADS + 1):
        page.goto(address)
        page.wait_for_function("window.wenjinBench.listed !== null")
        script = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"
        painted, listed = page.evaluate(script), page.evaluate("window.wenjinBench.listed")
        found.append((painted / 1_000, listed / 1_000, max(page.evaluate("window.wenjinBench.tasks"), default=0.0)))
    # The first load fills the cache and compiles on the server; it is not what somebody feels all day.
    return found[1:]


def _since(page: Page) -> Stretch:
    """Return how smooth the page was since the last call."""
    gaps, tasks = page.evaluate("[window.wenjinBench.gaps.splice(0), window.wenjinBench.tasks.splice(0)]")
    return stretch(gaps, tasks)


def _scroll(page: Page, seconds: float) -> None:
    """Turn the wheel over the lists, down and up again."""
    page.mouse.move(150, 400)
    ends, turn = time.monotonic() + seconds, 0
    while time.monotonic() < ends:
        turn += 1
        page.mouse.wheel(0, 240 if turn % 60 < 30 else -240)
        page.wait_for_timeout(50)


def _move(page: Page) -> float:
    """Go to the next chat by key; return the seconds from the key until its messages stand and are painted."""
    script = """async () => {
      const began = performance.now();
      const before = location.pathname;
      document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "j", code: "KeyJ", bubbles: true }));
      const isThere = () => location.pathname !== before && document.querySelector("desk-conversation .said");
      while (!isThere() && performance.now() - began < 5000) await new Promise(requestAnimationFrame);
      await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
      return performance.now() - began;
    }"""
    return float(page.evaluate(script)) / 1_000


def _type(page: Page) -> list[float]:
    """Write an answer key by key; return the seconds from each key to the paint after it."""
    page.locator("section[aria-labelledby=queue-mine] a.entry").first.click()
    page.get_by_label("您的答复").click()
    page.evaluate("window.wenjinBench.keys.length = 0")
    page.keyboard.type("n" * KEYS, delay=60)
    page.wait_for_timeout(300)
    known = page.evaluate("window.wenjinBench.keys")
    return [each / 1_000 for each in known] + [0.016] * max(0, KEYS - len(known))


@contextmanager
def _traffic(address: str, desk: FullDesk) -> Iterator[list[int]]:
    """Let readers write and ask, and a colleague claim, until the end; gives how many changes there were."""
    stop, changes = Event(), [0]
    thread = Thread(target=_keep_busy, args=(address, desk, stop, changes), daemon=True)
    thread.start()
    try:
        yield changes
    finally:
        stop.set()
        thread.join(10)


def _keep_busy(address: str, desk: FullDesk, stop: Event, changes: list[int]) -> None:
    opener = build_opener(HTTPCookieProcessor(CookieJar()))
    colleague = {"Cookie": f"{STAFF_COOKIE}={desk.colleague_token}"}
    me = _call(opener, "GET", f"{address}/api/v1/staff/me", colleague)
    colleague["X-CSRF-Token"] = me["csrf_token"]
    queue = list(desk.waiting)
    turn = 0
    while not stop.wait(1 / MESSAGES_PER_SECOND):
        turn += 1
        token, conversation_id = desk.readers[turn % len(desk.readers)]
        said = {"client_id": uuid4().hex, "body": f"请问好了吗？（{turn}）"}
        path = f"{address}/api/v1/conversations/{conversation_id}/messages"
        _call(opener, "POST", path, {"Authorization": f"Bearer {token}"}, said)
        changes[0] += 1
        if turn % (MESSAGES_PER_SECOND // QUESTIONS_PER_SECOND) == 0 and queue:
            _call(opener, "POST", f"{address}/api/v1/staff/conversations/{queue.pop()}/claim", colleague)
            begun = _call(opener, "POST", f"{address}/api/v1/readers", {}, {"library": LIBRARY, "language": "zh"})
            asked = {"client_id": uuid4().hex, "question": f"今天几点闭馆？（{turn}）", "language": "zh"}
            _call(
                opener, "POST", f"{address}/api/v1/conversations", {"Authorization": f"Bearer {begun['token']}"}, asked
            )
            changes[0] += 2


def _call(opener: OpenerDirector, method: str, url: str, headers: dict[str, str], body: object = None) -> Any:
    content = json.dumps(body).encode() if body is not None else None
    request = Request(url, content, {"Content-Type": "application/json", **headers}, method=method)
    with opener.open(request, timeout=30) as answer:
        return json.load(answer)


if __name__ == "__main__":
    main()
