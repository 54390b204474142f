"""Look at the links and sources of published answers, a few at a time, one of a host a round. Off by default."""

import http.client
from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import UUID

from knowledge import links, reasons, rounds, validity
from knowledge.life_models import ReasonKind
from knowledge.link_models import ArticleLink, LinkState
from knowledge.links import Found
from knowledge.models import Article
from qa_server.desk.guarded_fetch import Fetcher, NotAllowed, text_hash
from qa_server.desk.workplace import Workplace

_NAME = "links"
# A host is asked at most once in this time, over all processes.
PAUSE = timedelta(seconds=30)
PER_ROUND = 20
_LOOKED_AHEAD = 400
# While a round goes on no other process looks at the same addresses.
_PUT_OFF = timedelta(hours=1)
_ALIVE_BELOW = 400
# The page is there, only not for a program that asks.
_THERE = (401, 402, 403, 405, 406, 429, 451)


def check_due(place: Workplace, fetcher: Fetcher | None = None) -> int:
    """Look at what is due now; return how many that were. Blocks on the network, outside transactions."""
    if not place.settings.check_links:
        return 0
    now = place.clock()
    with place.database.read() as session:
        if not rounds.is_due(session, _NAME, now=now):
            return 0
    with place.database.write() as session:
        if not rounds.take(session, _NAME, first_due=now, now=now):
            return 0
        chosen = _one_of_each_host(links.due(session, now=now, limit=_LOOKED_AHEAD))
        links.put_off(session, chosen, until=now + _PUT_OFF)
        addresses = [(link.id, link.address, link.is_source, link.content_hash) for link in chosen]
    asking = fetcher or Fetcher()
    found = [(link_id, _look_at(asking, address, is_source, known)) for link_id, address, is_source, known in addresses]
    for link_id, what in found:
        _write_down(place, link_id, what)
    with place.database.write() as session:
        rounds.finish(session, _NAME, next_due=place.clock() + PAUSE, now=place.clock())
    return len(found)


def _one_of_each_host(due: Sequence[ArticleLink]) -> list[ArticleLink]:
    by_host: dict[str, ArticleLink] = {}
    for link in due:
        by_host.setdefault(urlsplit(link.address).netloc.rpartition("@")[2].lower(), link)
    return list(by_host.values())[:PER_ROUND]


def _look_at(fetcher: Fetcher, address: str, is_source: bool, known: str | None) -> Found:
    try:
        answer = fetcher.look_at(address, wants_body=is_source)
        content = text_hash(answer.body) if is_source and answer.status == http.client.OK else None
        if content is not None and known is not None and content != known:
            # A page that is different each time it is asked for says nothing by being different.
            again = text_hash(fetcher.look_at(address, wants_body=True).body)
            content = content if again == content else None
    except NotAllowed:
        return Found(is_alive=False, is_skipped=True)
    except (OSError, http.client.HTTPException, ValueError):
        return Found(is_alive=False)
    return Found(answer.status < _ALIVE_BELOW or answer.status in _THERE, answer.status, content)


def _write_down(place: Workplace, link_id: UUID, found: Found) -> None:
    now = place.clock()
    with place.database.write() as session:
        link = session.get(ArticleLink, link_id)
        if link is None:
            # The article was published without it meanwhile.
            return
        has_died, has_changed = links.note(link, found, now=now)
        article = session.get_one(Article, link.article_id)
        if has_died or has_changed:
            kind = ReasonKind.DEAD_LINK if has_died else ReasonKind.SOURCE_CHANGED
            reasons.note(session, article.id, kind, {"address": link.address, "status": found.status}, now=now)
            validity.question(session, article, now=now)
        elif found.is_alive and not any(each.state == LinkState.DEAD for each in links.of_article(session, article.id)):
            reasons.settle(session, article.id, outcome="alive", by=None, now=now, kinds=(ReasonKind.DEAD_LINK,))
            if not reasons.open_of(session, article.id):
                validity.settle(session, article, now=now)
