"""The figures of bench/search.py and how they are read: one column for each size."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from statistics import median
from time import perf_counter, thread_time

from bench.figures import Spread, spread, table

Ask = Callable[[str], object]
_PAGE_BYTES = 4096
_WARMING = 20


@dataclass(frozen=True)
class Figures:
    """One size. Spreads are in milliseconds; `ours` is the whole way of a search, the database included.

    `limit_vectors` is encoding the query and asking the bare vector index, `limit_both` asks the keyword index as well;
    the overheads are the median of ours over theirs, by the clock and by the time on a core, which a busy machine
    stretches less. All take turns query by query. `start_first` builds everything from the database, `start_again`
    reads what was kept.
    """

    articles: int
    passages: int
    scope_articles: int
    fill_seconds: float
    start_first_seconds: float
    start_first_keyword_seconds: float
    start_again_seconds: float
    start_again_keyword_seconds: float
    memory_mb: int
    files_mb: int
    added_per_second: float
    ours: Spread
    wide: Spread
    limit_vectors: Spread
    limit_both: Spread
    keyword_side: Spread
    overhead_vectors: float
    overhead_both: float
    core_ms_ours: float
    core_ms_limit_vectors: float
    core_ms_limit_both: float
    core_overhead_vectors: float
    core_overhead_both: float
    queries_per_second_1: float
    queries_per_second_many: float
    peers: dict[str, Spread | str] = field(default_factory=dict)


@dataclass(frozen=True)
class Taken:
    """How long the questions took by the clock, and the median of the time on a core, in milliseconds."""

    clock: Spread
    core_ms: float


def take_turns(asks: Sequence[Ask], asked: Sequence[str]) -> list[Taken]:
    """Ask each question of each in turn; return how long each took."""
    for text in asked[:_WARMING]:
        for ask in asks:
            ask(text)
    clocks: list[list[float]] = [[] for _ in asks]
    cores: list[list[float]] = [[] for _ in asks]
    for text in asked:
        for ask, clock, core in zip(asks, clocks, cores, strict=True):
            began, spent = perf_counter(), thread_time()
            ask(text)
            core.append(thread_time() - spent)
            clock.append(perf_counter() - began)
    return [Taken(spread(clock), round(1000 * median(core), 3)) for clock, core in zip(clocks, cores, strict=True)]


def memory_mb() -> int:
    """Return what this process holds in memory now."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * _PAGE_BYTES // 1_000_000


def files_mb(folder: Path) -> int:
    """Return what the files below the folder take."""
    return sum(each.stat().st_size for each in folder.rglob("*") if each.is_file()) // 1_000_000


def as_table(measured: Sequence[Figures]) -> str:
    """Return the figures as text, one column for each size."""
    names = [each.name for each in fields(Figures) if each.name != "peers"]
    rows = [[name, *(_cell(getattr(figures, name)) for figures in measured)] for name in names]
    peers = dict.fromkeys(peer for figures in measured for peer in figures.peers)
    rows += [[f"peer {peer}", *(_cell(figures.peers.get(peer, "-")) for figures in measured)] for peer in peers]
    return table(["ms: p50 / p95 / p99", *(f"{figures.articles:,}" for figures in measured)], rows)


def _cell(value: object) -> object:
    return f"{value.p50} / {value.p95} / {value.p99}" if isinstance(value, Spread) else value
