"""What anybody reads on a public answers site: lists, one answer, a search. Only what everybody in scope may see."""

from collections.abc import Collection, Sequence
from time import perf_counter

from sqlalchemy.orm import Session

from knowledge.catalogue import Scope
from knowledge.marking import marks
from knowledge.proposal_models import VerdictSource
from knowledge.proposals import Verdict, note_verdict
from knowledge.public.articles import PublicArticle, by_id, by_number, what_became
from knowledge.public.popular import most_used
from knowledge.public.shelf import Facet, ShelfView
from knowledge.use import Ended
from knowledge.use_models import UseKind
from knowledge.visible import find_visible
from qa_server.desk.answers.sites import Site, are_shown
from qa_server.desk.answers.views import AnswerLine, AnswerPage, Elsewhere, Found, Listing, SiteHome, line_of, page_of
from qa_server.desk.ledger import intake as ledger_intake
from qa_server.desk.workplace import Workplace
from qa_server.live.rates import TooManyRequests
from qa_server.network.queries import owners
from storage.errors import AppError, NotFound

# The kinds of lists, by the word for each in addresses.
FACETS: dict[str, Facet] = {"topics": "topic", "types": "type", "classes": "class"}
PAGE_LINES = 20
FEED_LINES = 50
HOME_LINES = 8
RELATED_LINES = 5
SEARCH_LINES = 10
# Longer text is no question; the search looks at its beginning only.
MAX_QUERY_CHARACTERS = 500
# No list is longer than that in pages; what is asked for beyond has a typing error in its address.
_MAX_PAGES = 100_000
# Numbers come from a counter; a larger one is not asked for from the database, which could not hold it.
_MAX_NUMBER = 2**62
# Below this joint score two articles have little to do with each other.
_RELATED_SCORE = 0.15


class AnswerGone(AppError):
    """The answer was public and is not any more; its address will not come back by itself."""

    code = "answer_gone"
    status = 410
    message = "This answer has been withdrawn. Another answer may have taken its place: search for it here."


def warm(place: Workplace) -> None:
    """Read the shelf before the first reader asks for it. Blocks for seconds where there are many articles."""
    with place.database.read() as session:
        place.shelf.follow(session, now=place.clock())


def home(place: Workplace, site: Site, language: str) -> SiteHome:
    """Return the first page of a site; topics are shown in the language where they have it."""
    with place.database.read() as session:
        view = _view(place, session, site, language)
        popular = view.kept(_popular(place, session, site))[:HOME_LINES]
        recent = view.page(0, HOME_LINES)
        lines = {line.number: line for line in _lines(place, session, {*popular, *recent})}
        return SiteHome(
            total=len(view),
            topics=view.counts("topic"),
            types=view.counts("type"),
            classes=view.counts("class"),
            popular=tuple(lines[number] for number in popular if number in lines),
            recent=tuple(lines[number] for number in recent if number in lines),
        )


def listing(place: Workplace, site: Site, language: str, *, kind: str = "", value: str = "", page: int = 1) -> Listing:
    """Return a page of a site's answers, newest first, of all or of one value of a kind of FACETS. Pages count from 1.

    Raises NotFound for a value that no answer has, and for a page after the last.
    """
    with place.database.read() as session:
        view, facet = _view(place, session, site, language), FACETS.get(kind)
        total = len(view) if facet is None else view.counts(facet).get(value, 0)
        pages = max(1, -(-total // PAGE_LINES))
        if not 1 <= page <= min(pages, _MAX_PAGES) or (facet is not None and not total):
            raise NotFound()
        numbers = view.page((page - 1) * PAGE_LINES, page * PAGE_LINES, facet=facet, value=value)
        return Listing(tuple(_lines(place, session, numbers)), total, page, pages)


def popular(place: Workplace, site: Site, language: str) -> Listing:
    """Return the answers that are read most, most read first, on one page; few reads of an answer do not count."""
    with place.database.read() as session:
        view = _view(place, session, site, language)
        numbers = view.kept(_popular(place, session, site))[:FEED_LINES]
        return Listing(tuple(_lines(place, session, numbers)), len(numbers), 1, 1)


def newest(place: Workplace, site: Site, language: str, *, topic: str = "") -> list[AnswerLine]:
    """Return the newest answers whole, for a feed, of all topics or of one."""
    with place.database.read() as session:
        view = _view(place, session, site, language)
        numbers = view.page(0, FEED_LINES, facet="topic" if topic else None, value=topic)
        return _lines(place, session, numbers, is_whole=True)


def answer(place: Workplace, site: Site, number: int, *, is_counted: bool = True) -> AnswerPage | Elsewhere:
    """Return one answer of a site, or where it is to be read instead. Counted as opened, unless a program asks.

    Raises AnswerGone for one that was withdrawn, NotFound for one that never was this site's.
    """
    if not 0 < number < _MAX_NUMBER:
        raise NotFound()
    with place.database.read() as session:
        now = place.clock()
        article = by_number(session, [number], now=now).get(number)
        if article is None:
            return _moved(place, session, site, number)
        if article.library_id not in site.owners:
            raise NotFound()
        change = place.shelf.follow(session, now=now)
        topic = by_number(session, place.shelf.variants(number, site.owners), now=now)
        own, others = _nearest([each for each in topic.values() if each.key == article.key], site, article)
        if own != number:
            return Elsewhere(own, is_for_good=False)
        names = owners(session, [article.library_id])
        canonical = _canonical(session, site, article)
        code = names[article.library_id].code if canonical else site.code
    if is_counted:
        place.use.note_use(place.clock().date(), site.id, article.id, UseKind.OPENED)
    related = _related(place, site, article, change)
    return page_of(article, names[article.library_id], canonical_code=code, others=others, related=related)


def search(place: Workplace, site: Site, query: str, language: str, *, network: str, is_counted: bool = True) -> Found:
    """Find answers by meaning and by word, as the window does; nothing close enough is an outcome of its own.

    Counted unless a program asks; what found nothing goes into the ledger of unanswered questions. Raises
    TooManyRequests.
    """
    place.rates.spend("search", network)
    text, started = query.strip()[:MAX_QUERY_CHARACTERS], perf_counter()
    result = place.search.search(text, scope=Scope(site.owners), limit=SEARCH_LINES)
    if is_counted and not site.is_alliance:
        ended = Ended(result.outcome, result.mode, perf_counter() - started)
        place.use.note_search(place.clock().date(), site.id, ended, [hit.article_id for hit in result.hits])
        if result.outcome == "nothing":
            _note_unanswered(place, site, text, language, network)
    with place.database.read() as session:
        found = by_id(session, [hit.article_id for hit in result.hits], now=place.clock())
        names = owners(session, site.owners)
        articles = [found[hit.article_id] for hit in result.hits if hit.article_id in found]
    lines = tuple(
        line_of(
            article,
            names,
            marks=tuple(marks(text, article.question)),
            is_whole=place_in_list == 0 and result.outcome == "answer",
        )
        for place_in_list, article in enumerate(articles)
        if article.library_id in names
    )
    return Found(result.outcome if lines else "nothing", lines)


def judge(
    place: Workplace, site: Site, number: int, *, is_helpful: bool, words: str, secret: str, network: str
) -> None:
    """Note what somebody says of an answer; `secret` is the browser's own, of which a hash is kept. Safe to repeat.

    Raises NotFound, TooManyRequests.
    """
    place.rates.spend("verdict", network)
    with place.database.write() as session:
        article = by_number(session, [number], now=place.clock()).get(number) if 0 < number < _MAX_NUMBER else None
        visible = find_visible(session, [article.id], now=place.clock()) if article else {}
        if article is None or article.id not in visible or article.library_id not in site.owners:
            raise NotFound()
        said = Verdict(site.id, VerdictSource.READER, words or article.question, is_helpful, secret)
        note_verdict(session, visible[article.id], said, now=place.clock())
        if not site.is_alliance:
            ledger_intake.note_verdict(session, article.id, said, now=place.clock())


def _note_unanswered(place: Workplace, site: Site, text: str, language: str, network: str) -> None:
    # There is no page that lives on and could name itself: one network asks the same once a day.
    client_id = f"{network} {place.clock().date().isoformat()}"
    try:
        ledger_intake.note_search(
            place, library_code=site.code, query=text, language=language, client_id=client_id, network=network
        )
    except TooManyRequests:
        # The reader has an answer all the same: that there is none.
        return


def _view(place: Workplace, session: Session, site: Site, language: str) -> ShelfView:
    place.shelf.follow(session, now=place.clock())
    return place.shelf.view(site.owners, language)


def _popular(place: Workplace, session: Session, site: Site) -> list[int]:
    library = None if site.is_network else site.id
    now = place.clock()
    return place.popular.of(library, now, lambda: most_used(session, library=library, today=now.date()))


def _lines(place: Workplace, session: Session, numbers: Collection[int], *, is_whole: bool = False) -> list[AnswerLine]:
    found = by_number(session, list(numbers), now=place.clock())
    names = owners(session, {article.library_id for article in found.values()})
    return [line_of(found[number], names, is_whole=is_whole) for number in numbers if number in found]


def _moved(place: Workplace, session: Session, site: Site, number: int) -> Elsewhere:
    """Say where an answer went that is not there any more. Whose it was decides who is told that it was."""
    became = what_became(session, number, now=place.clock())
    if became.fate == "unknown" or became.library_id not in site.owners:
        raise NotFound()
    if became.into is not None:
        target = by_number(session, [became.into], now=place.clock()).get(became.into)
        if target is not None and target.library_id in site.owners:
            return Elsewhere(became.into, is_for_good=True)
    raise AnswerGone()


def _nearest(found: Sequence[PublicArticle], site: Site, article: PublicArticle) -> tuple[int, dict[str, int]]:
    """Return the number of the nearest variant in the article's language, and those in the other languages."""
    distance = {owner: place for place, owner in reversed(list(enumerate(site.owners)))}
    best: dict[str, int] = {}
    for each in sorted(found, key=lambda variant: (distance[variant.library_id], -variant.number)):
        best.setdefault(each.language, each.number)
    own = best.pop(article.language, article.number)
    return own, best


def _canonical(session: Session, site: Site, article: PublicArticle) -> bool:
    """Say whether the owner's own site is the canonical place: everywhere but where it is switched off."""
    return article.library_id == site.id or bool(are_shown(session, [article.library_id]))


def _related(place: Workplace, site: Site, article: PublicArticle, change: int) -> tuple[AnswerLine, ...]:
    numbers = place.related.of(article.number, site.owners, change, lambda: _near(place, site, article))
    with place.database.read() as session:
        return tuple(_lines(place, session, numbers))


def _near(place: Workplace, site: Site, article: PublicArticle) -> list[int]:
    _, hits = place.search.rank(
        article.question, scope=Scope(site.owners), language=article.language, limit=RELATED_LINES + 1
    )
    near = [hit.article_id for hit in hits if hit.key != article.key and hit.score >= _RELATED_SCORE]
    with place.database.read() as session:
        found = by_id(session, near, now=place.clock())
    return [found[id_].number for id_ in near if id_ in found][:RELATED_LINES]
