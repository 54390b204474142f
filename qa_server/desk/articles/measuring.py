"""Statistics of the knowledge base, for the nodes where a person sees its articles: use, help, gaps, freshness.

Counts per day and node alone: no words of a search and no reader stand anywhere here.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import structlog

from knowledge import use, use_queries
from knowledge.ledger.queries import Gaps, gaps_of
from knowledge.use import BUCKETS_MS, OVER_MS
from knowledge.use_queries import Period, UsedArticle
from qa_server.desk.articles import rights as article_rights
from qa_server.desk.articles.importing import owner_by_code
from qa_server.desk.facet_words import TOPICS
from qa_server.desk.workplace import Workplace
from qa_server.network.models import Library
from qa_server.network.queries import Owner, owners, subtree
from qa_server.people.rights import Right, StaffMember
from storage.errors import AppError

MAX_DAYS = 731
_SHOWN_ARTICLES = 50
_LIBRARIES_SHOWN = 100
Cells = list[str | int | float]
Table = list[Cells]

_log = structlog.get_logger(__name__)


class PeriodUnfit(AppError):
    """The days asked for are turned round, or too many."""

    code = "period_unfit"
    status = 422
    message = "Choose a period of at most two years that begins before it ends."


@dataclass(frozen=True)
class Statistics:
    """What happened in a period below a node. Searches are those of its readers, uses those of its articles."""

    node: Owner
    period: Period
    searches: dict[date, dict[str, int]]
    outcomes: dict[str, int]
    modes: dict[str, int]
    buckets: dict[str, int]
    within_300_ms: float
    uses: dict[str, int]
    helped: int
    not_helped: int
    articles: list[UsedArticle]
    freshness: dict[str, int]
    coverage: list[tuple[Owner, dict[str, int]]]
    gaps: Gaps

    @property
    def total_searches(self) -> int:
        """All searches of the period."""
        return sum(self.outcomes.values())


def write_down(place: Workplace) -> None:
    """Add what was counted since the last time to the tables; counts that cannot be written are kept for the next."""
    collected = place.use.take()
    if not collected:
        return
    try:
        with place.database.write() as session:
            use.add(session, collected)
    except BaseException:
        place.use.give_back(collected)
        raise


def write_down_at_the_end(place: Workplace) -> None:
    """The same as the last thing of a process: a database that is away costs these counts, not the stop."""
    try:
        write_down(place)
    except Exception:
        _log.warning("counts of use were not written")


def nodes(place: Workplace, person: StaffMember) -> list[Owner]:
    """Return the nodes whose statistics the person may see, by code."""
    with place.database.read() as session:
        found = owners(session, article_rights.owners_with(session, person, Right.VIEW_ARTICLES))
        return sorted(found.values(), key=lambda owner: owner.code)


def statistics(place: Workplace, person: StaffMember, *, code: str, start: date, end: date) -> Statistics:
    """Return the figures of a node and all below it. Raises NotFound, Forbidden, PeriodUnfit."""
    period = Period(start, end)
    if not 1 <= period.days <= MAX_DAYS:
        raise PeriodUnfit()
    with place.database.read() as session:
        owner = owner_by_code(session, code)
        article_rights.require(session, person, Right.VIEW_ARTICLES, owner)
        below = subtree(session, [owner]) if session.get(Library, owner) is not None else {owner}
        buckets = use_queries.searches_by(session, below, period, "bucket_ms")
        helped, not_helped = use_queries.helpfulness(session, below, period)
        covered = use_queries.coverage(session, below)
        names = owners(session, {owner, *(library for library, _ in covered)})
        return Statistics(
            node=names[owner],
            period=period,
            searches=use_queries.searches_by_day(session, below, period),
            outcomes=use_queries.searches_by(session, below, period, "outcome"),
            modes=use_queries.searches_by(session, below, period, "mode"),
            buckets=buckets,
            within_300_ms=use_queries.share_within(buckets, 300),
            uses=use_queries.totals(session, below, period),
            helped=helped,
            not_helped=not_helped,
            articles=use_queries.used_articles(session, below, period, limit=_SHOWN_ARTICLES),
            freshness=use_queries.freshness(session, below, now=place.clock()),
            coverage=_coverage(covered, names),
            gaps=gaps_of(session, below),
        )


def last_days(place: Workplace, days: int) -> tuple[date, date]:
    """Return the first and the last day of the past days, today included."""
    today = place.clock().date()
    return today - timedelta(days=max(1, min(days, MAX_DAYS)) - 1), today


def tables(found: Statistics) -> Iterable[tuple[str, Table]]:
    """Give the figures as named tables, as an export writes them. Names and headings are English keys."""
    yield "Searches per day", [["Day", "Answer", "Suggestions", "Nothing"], *_days(found)]
    yield "Search times", [["Up to (ms)", "Searches"], *_times(found)]
    yield "Use", [["Kind", "Count"], *_counted(found.uses)]
    heading: Cells = ["Question", "Language", "Found", "Shown", "Opened", "Sent", "Helped", "Did not help"]
    yield "Most used articles", [heading, *map(_used, found.articles)]
    yield "Freshness", [["Kind", "Count"], *_counted(found.freshness)]
    covered: Table = [[owner.code, *_topics(row)] for owner, row in found.coverage]
    yield "Coverage", [["Library", *TOPICS.values()], *covered]


def _counted(counts: Mapping[str, int]) -> Table:
    return [[name, count] for name, count in counts.items()]


def _used(each: UsedArticle) -> Cells:
    uses = [each.uses.get(kind, 0) for kind in ("found", "shown", "opened", "sent")]
    return [each.question, each.language, *uses, each.helped, each.not_helped]


def _days(found: Statistics) -> Iterable[Cells]:
    for day, counts in found.searches.items():
        yield [day.isoformat(), *(counts.get(name, 0) for name in ("answer", "suggestions", "nothing"))]


def _times(found: Statistics) -> Iterable[Cells]:
    for bound in (*BUCKETS_MS, OVER_MS):
        yield [bound, found.buckets.get(str(bound), 0)]


def _topics(row: dict[str, int]) -> Sequence[int]:
    return [row.get(topic, 0) for topic in TOPICS]


def _coverage(covered: dict[tuple[UUID, str], int], names: dict[UUID, Owner]) -> list[tuple[Owner, dict[str, int]]]:
    by_owner: dict[UUID, dict[str, int]] = {}
    for (owner, topic), count in covered.items():
        by_owner.setdefault(owner, {})[topic] = count
    listed = [(names[owner], row) for owner, row in by_owner.items() if owner in names]
    return sorted(listed, key=lambda pair: (-sum(pair[1].values()), pair[0].code))[:_LIBRARIES_SHOWN]
