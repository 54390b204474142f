"""What a person at the desk feels: the script that notes it in the page, the figures, and how they are told."""

from dataclasses import dataclass
from typing import Any

from bench.figures import Spread, spread, table

# Promised: the lists stand within this, and nothing blocks the page for longer than an eye notices.
PAINT_MILLISECONDS = 1_000
STUTTER_MILLISECONDS = 100

# Notes in the page when the lists first stand, every long task, how long each key takes to its next paint, and the
# time between frames.
WATCH = """
window.wenjinBench = { listed: null, tasks: [], keys: [], gaps: [] };
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
let before = 0;
requestAnimationFrame(function frame(now) {
  if (before) window.wenjinBench.gaps.push(now - before);
  before = now;
  requestAnimationFrame(frame);
});
"""


@dataclass(frozen=True)
class Stretch:
    """How smooth the page was for a while: milliseconds between frames, and tasks that blocked it for over 50."""

    frames: Spread
    longest_gap: float
    stutters: int
    tasks: int
    longest_task: float


@dataclass(frozen=True)
class Felt:
    """What was measured, in milliseconds. `keys` below 16 ms are not told by the browser and count as 16.

    `own` are moves to chats that the person holds, `others` those to questions that wait. `rest` is the page with
    nothing going on, which shows what the machine itself does to it; `load` is that of the machine, per core.
    """

    waiting: int
    mine: int
    slowdown: float
    load: float
    first_paint: Spread
    listed: Spread
    load_tasks_longest: float
    own: Spread
    others: Spread
    keys: Spread
    rest: Stretch
    scrolling: Stretch
    moving: Stretch
    typing: Stretch
    changes: int
    seconds: float


def stretch(gaps: list[float], tasks: list[float]) -> Stretch:
    """Return the figures of a while from its gaps between frames and its long tasks, in milliseconds."""
    stutters = sum(gap > STUTTER_MILLISECONDS for gap in gaps)
    return Stretch(
        spread([gap / 1_000 for gap in gaps]),
        round(max(gaps, default=0.0), 1),
        stutters,
        len(tasks),
        max(tasks, default=0.0),
    )


def told(felt: Felt) -> str:
    """Return the figures as two tables under a line that says what was going on."""
    went_on = f"{felt.changes} changes while live, processor {felt.slowdown:g} times slower"
    head = (
        f"{felt.waiting} waiting, {felt.mine} own chats, {went_on}; load {felt.load:.2f} a core, {felt.seconds:.0f} s"
    )
    times: list[list[Any]] = [
        ["First paint", *_three(felt.first_paint), PAINT_MILLISECONDS],
        ["Lists stand", *_three(felt.listed), PAINT_MILLISECONDS],
        ["Longest task while loading", None, None, felt.load_tasks_longest, None],
        ["To an own chat", *_three(felt.own), STUTTER_MILLISECONDS],
        ["To a waiting question", *_three(felt.others), None],
        ["Key to paint", *_three(felt.keys), STUTTER_MILLISECONDS],
    ]
    whiles = [
        ["Nothing going on", *_smooth(felt.rest)],
        ["Scrolling the lists", *_smooth(felt.scrolling)],
        ["From chat to chat", *_smooth(felt.moving)],
        ["Writing an answer", *_smooth(felt.typing)],
    ]
    over = f"over {STUTTER_MILLISECONDS}"
    smooth = table(["Milliseconds between frames", "p50", "p99", "longest", over, "longest task"], whiles)
    return "\n".join((head, table(["Milliseconds", "p50", "p95", "p99", "promised"], times), smooth))


def _three(times: Spread) -> tuple[float, float, float]:
    return times.p50, times.p95, times.p99


def _smooth(over: Stretch) -> tuple[float, float, float, int, float]:
    return over.frames.p50, over.frames.p99, over.longest_gap, over.stutters, over.longest_task
