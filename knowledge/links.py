"""The web addresses that an article names: found in its text, kept with how they were last found. Callers commit."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from knowledge.link_models import MAX_ADDRESS_CHARACTERS, ArticleLink, LinkState
from knowledge.models import VISIBLE_STATES, Article, Revision

# Looked at again after this long; after a failure sooner, so that a host that was down for an hour is not called dead.
AGAIN_AFTER = timedelta(days=30)
AGAIN_AFTER_FAILURE = timedelta(days=1)
# So many failures in a row, a day apart, make a link dead.
FAILURES_OF_DEAD = 3
MAX_LINKS = 50
_ADDRESS = re.compile(r"https?://[^\s<>\"'`|\\^{}\[\]）】》」，。；、！？]+", re.IGNORECASE)
_TRAILING = ".,;:!?*_~"


@dataclass(frozen=True)
class Found:
    """What looking at an address brought: `status` None where nothing answered, `content_hash` of a source's text."""

    is_alive: bool
    status: int | None = None
    content_hash: str | None = None
    is_skipped: bool = False


def addresses(text: str) -> list[str]:
    """Return the web addresses of a Markdown text, each once, in order, at most MAX_LINKS."""
    found = (_trimmed(match.group()) for match in _ADDRESS.finditer(text))
    return list(dict.fromkeys(each for each in found if len(each) <= MAX_ADDRESS_CHARACTERS))[:MAX_LINKS]


def follow(session: Session, article: Article, revision: Revision, *, now: datetime) -> None:
    """Keep exactly the addresses that this revision names; what is known of those that stay is kept."""
    sources = addresses("\n".join(revision.sources))
    wanted = dict.fromkeys(addresses(revision.answer), False) | dict.fromkeys(sources, True)
    known = {link.address: link for link in of_article(session, article.id)}
    gone = [link.id for address, link in known.items() if address not in wanted]
    session.execute(delete(ArticleLink).where(ArticleLink.id.in_(gone)))
    for address, is_source in wanted.items():
        if address in known:
            known[address].is_source = is_source
        else:
            session.add(_new(article.id, address, is_source=is_source, now=now))
    session.flush()


def of_article(session: Session, article_id: UUID) -> Sequence[ArticleLink]:
    """Return the addresses of an article, by address."""
    return session.scalars(
        select(ArticleLink).where(ArticleLink.article_id == article_id).order_by(ArticleLink.address)
    ).all()


def due(session: Session, *, now: datetime, limit: int) -> Sequence[ArticleLink]:
    """Return addresses of articles that readers see that are to be looked at, the longest due first."""
    statement = (
        select(ArticleLink)
        .join(Article, Article.id == ArticleLink.article_id)
        .where(
            ArticleLink.next_check_at <= now,
            Article.state.in_(VISIBLE_STATES),
            Article.published_revision.is_not(None),
        )
    )
    return session.scalars(statement.order_by(ArticleLink.next_check_at, ArticleLink.id).limit(limit)).all()


def put_off(session: Session, links: Sequence[ArticleLink], *, until: datetime) -> None:
    """Keep other processes from looking at these addresses meanwhile."""
    for link in links:
        link.next_check_at = until
    session.flush()


def note(link: ArticleLink, found: Found, *, now: datetime) -> tuple[bool, bool]:
    """Write down what was found; return whether the link has just died, and whether the source's text changed."""
    link.checked_at, link.status = now, found.status
    if found.is_skipped:
        link.state, link.next_check_at = LinkState.SKIPPED, now + AGAIN_AFTER
        return False, False
    if not found.is_alive:
        link.failures += 1
        has_died = link.failures >= FAILURES_OF_DEAD and link.state != LinkState.DEAD
        if link.failures >= FAILURES_OF_DEAD:
            link.state = LinkState.DEAD
        link.next_check_at = now + (AGAIN_AFTER if link.state == LinkState.DEAD else AGAIN_AFTER_FAILURE)
        return has_died, False
    has_changed = bool(link.content_hash and found.content_hash and link.content_hash != found.content_hash)
    link.state, link.failures, link.next_check_at = LinkState.ALIVE, 0, now + AGAIN_AFTER
    link.content_hash = found.content_hash or link.content_hash
    return False, has_changed


def _new(article_id: UUID, address: str, *, is_source: bool, now: datetime) -> ArticleLink:
    return ArticleLink(
        article_id=article_id,
        address=address,
        address_hash=sha256(address.encode()).hexdigest(),
        is_source=is_source,
        state=LinkState.UNKNOWN,
        next_check_at=now,
    )


def _trimmed(address: str) -> str:
    """Leave out what ends the sentence or the Markdown link, not the address."""
    trimmed = address.rstrip(_TRAILING)
    while trimmed.endswith(")") and trimmed.count(")") > trimmed.count("("):
        trimmed = trimmed[:-1].rstrip(_TRAILING)
    return trimmed
