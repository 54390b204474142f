"""What the desk feels like under load, in a real browser: first paint, long tasks, keys, moving between chats.

    python -m bench.console [--waiting 200] [--mine 20] [--seconds 20] [--slowdown 1] [--json]

Starts the service on a fresh database with questions that wait and chats that one librarian holds, opens the desk, and
has readers write, ask and be claimed while somebody moves about and types. Times are those of the browser itself.
"""

import argparse
import json
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from http.cookiejar import CookieJar
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import Any
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener
from uuid import uuid4

from playwright.sync_api import Page, sync_playwright

from bench.figures import Spread, spread, table
from bench.full_desk import LIBRARY, FullDesk, fill
from bench.processes import server, service

# Promised: the lists stand within this, and nothing blocks the page for longer than an eye notices.
PAINT_MILLISECONDS = 1_000
STUTTER_MILLISECONDS = 100
# A page loaded once fills the browser's cache, as on every day but the first.
LOADS = 5
MOVES = 40
KEYS = 60
# Readers' messages, new questions and claims by a colleague, per second: a busy hour of a province.
MESSAGES_PER_SECOND, QUESTIONS_PER_SECOND = 8, 1
# A machine that does much else is slow, and says so in the figures rather than by giving up.
PATIENCE_MILLISECONDS = 180_000
STAFF_COOKIE = "wenjin_staff"

# Notes in the page when the lists first stand, every long task, and how long each key takes to its next paint.
WATCH = """
window.wenjinBench = { listed: null, tasks: [], keys: [] };
new PerformanceObserver((list) => {
  for (const each of list.getEntries()) window.wenjinBench.tasks.push(each.duration);
}).observe({ type: "longtask", buffered: true });
new PerformanceObserver((list) => {
  for (const each of list.getEntries()) if (each.name === "keydown") window.wenjinBench.keys.push(each.duration);
}).observe({ type: "event", durationThreshold: 16, buffered: true });
const look = new MutationObserver(() => {
  if (!document.querySelector("desk-queue .entry")) return;
  look.disconnect();
  requestAnimationFrame(() => setTimeout(() => (window.wenjinBench.listed = performance.now())));
});
look.observe(document, { childList: true, subtree: true });
"""


@dataclass(frozen=True)
class Felt:
    """What was measured, in milliseconds. `keys` below 16 ms are not told by the browser and count as 16."""

    waiting: int
    mine: int
    slowdown: float
    first_paint: Spread
    listed: Spread
    load_tasks_longest: float
    moves: Spread
    keys: Spread
    live_tasks: int
    live_tasks_longest: float
    changes: int


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
    print(json.dumps(asdict(felt)) if given.json else _told(felt))


def _measure(given: argparse.Namespace) -> Felt:
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'console.db'}"
        desk = fill(url, waiting=given.waiting, mine=given.mine)
        return _measure_on(url, desk, given, Path(folder))


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
    paints, lists, load_tasks = [], [], []
    for number in range(LOADS + 1):
        page.goto(f"{address}/console")
        page.wait_for_function("window.wenjinBench.listed !== null")
        # The first load fills the cache and compiles on the server; it is not what somebody feels all day.
        if number:
            paints.append(_first_paint(page) / 1_000)
            lists.append(page.evaluate("window.wenjinBench.listed") / 1_000)
            load_tasks.extend(page.evaluate("window.wenjinBench.tasks"))
    page.wait_for_function("document.querySelector('desk-connection').dataset.state === 'live'")
    page.wait_for_timeout(1_000)
    page.evaluate("window.wenjinBench.tasks.length = 0")
    with _traffic(address, desk) as changes:
        ends = time.monotonic() + given.seconds
        moves = _move(page)
        keys = _type(page)
        page.wait_for_timeout(max(0.0, ends - time.monotonic()) * 1_000)
        tasks = page.evaluate("window.wenjinBench.tasks")
    return Felt(
        waiting=given.waiting,
        mine=given.mine,
        slowdown=given.slowdown,
        first_paint=spread(paints),
        listed=spread(lists),
        load_tasks_longest=max(load_tasks, default=0.0),
        moves=spread(moves),
        keys=spread(keys),
        live_tasks=len(tasks),
        live_tasks_longest=max(tasks, default=0.0),
        changes=changes[0],
    )


def _first_paint(page: Page) -> float:
    found = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0")
    return float(found)


def _move(page: Page) -> list[float]:
    """Go from chat to chat by key; return the seconds from the key until its messages stand and are painted."""
    script = """async () => {
      const began = performance.now();
      const before = location.pathname;
      document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "j", code: "KeyJ", bubbles: true }));
      const isThere = () => location.pathname !== before && document.querySelector("desk-conversation .said");
      while (!isThere() && performance.now() - began < 5000) await new Promise(requestAnimationFrame);
      await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
      return performance.now() - began;
    }"""
    return [page.evaluate(script) / 1_000 for _ in range(MOVES)]


def _type(page: Page) -> list[float]:
    """Write an answer key by key; return the seconds from each key to the paint after it."""
    page.locator("desk-queue section").first.locator("a.entry").first.click()
    page.get_by_label("您的答复").click()
    page.evaluate("window.wenjinBench.keys.length = 0")
    page.keyboard.type("n" * KEYS, delay=60)
    page.wait_for_timeout(300)
    told = page.evaluate("window.wenjinBench.keys")
    return [each / 1_000 for each in told] + [0.016] * max(0, KEYS - len(told))


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
            _call(opener, "POST", f"{address}/api/v1/staff/conversations/{queue.pop(0)}/claim", colleague)
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


def _told(felt: Felt) -> str:
    rows: list[list[object]] = [
        ["First paint", felt.first_paint.p50, felt.first_paint.p99, PAINT_MILLISECONDS],
        ["Lists stand", felt.listed.p50, felt.listed.p99, PAINT_MILLISECONDS],
        ["Longest task while loading", None, felt.load_tasks_longest, None],
        ["From chat to chat", felt.moves.p50, felt.moves.p99, STUTTER_MILLISECONDS],
        ["Key to paint", felt.keys.p50, felt.keys.p99, STUTTER_MILLISECONDS],
        ["Longest task while live", None, felt.live_tasks_longest, STUTTER_MILLISECONDS],
    ]
    load = f"{felt.waiting} waiting, {felt.mine} own chats, {felt.changes} changes"
    head = f"{load}, processor {felt.slowdown:g} times slower"
    return f"{head}\n" + table(["Milliseconds", "p50", "worst", "promised"], rows)


if __name__ == "__main__":
    main()
