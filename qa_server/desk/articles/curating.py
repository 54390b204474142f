"""Articles from draft to publication, with the rights of the person who acts."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from knowledge import article_log, articles, editing, layers, links, queries, reasons
from knowledge.articles import Change
from knowledge.content import ArticleContent
from knowledge.errors import ArticleChanged, ReasonMissing
from knowledge.facets import content_of
from knowledge.models import Article, ArticleState, Revision
from knowledge.queries import ArticleFilter
from qa_server.conversations.text import storable
from qa_server.desk.articles import masking, reuse
from qa_server.desk.articles import rights as article_rights
from qa_server.desk.articles.rehearsing import Rehearsal
from qa_server.desk.articles.rights import to_change, to_read
from qa_server.desk.workplace import Workplace
from qa_server.network.queries import Owner, owners
from qa_server.people.models import Librarian
from qa_server.people.rights import Right, StaffMember, nodes_with
from storage.after_commit import after_commit
from storage.errors import NotFound


@dataclass(frozen=True)
class Narrowed:
    """What a list of articles is narrowed to beside state, language and words; `days` without a change."""

    owner: UUID | None = None
    service_topic: str | None = None
    question_type: str | None = None
    clc_class: str | None = None
    visibility: str | None = None
    days: int = 0


ALL = Narrowed()


@dataclass(frozen=True)
class ArticleCard:
    """An article with its newest revision, its owner, its people and what the asker may do with it."""

    article: Article
    revision: Revision
    owner: Owner
    author_name: str
    reviewer_name: str | None
    may_edit: bool
    may_review: bool
    may_delete: bool = False
    sees_all: bool = True


@dataclass(frozen=True)
class ArticleCards:
    """One page of articles, last changed first, and how many there are in all."""

    cards: list[ArticleCard]
    total: int


def list_articles(
    place: Workplace,
    person: StaffMember,
    *,
    states: tuple[ArticleState, ...] | None = None,
    language: str | None = None,
    text: str | None = None,
    narrowed: Narrowed = ALL,
    page: int = 1,
    page_size: int = 50,
) -> ArticleCards:
    """Return a page of the articles of the nodes where the person may see them. Pages count from 1.

    `text` keeps those with it in the newest question, an alternate, the answer or the key; case does not matter.
    """
    with place.database.read() as session:
        visible = article_rights.owners_with(session, person, Right.VIEW_ARTICLES)
        if narrowed.owner is not None:
            visible &= {narrowed.owner}
        wanted = ArticleFilter(
            owners=visible,
            states=states,
            language=language,
            service_topic=narrowed.service_topic,
            text=text,
            question_type=narrowed.question_type,
            clc_class=narrowed.clc_class,
            visibility=narrowed.visibility,
            untouched_since=place.clock() - timedelta(days=narrowed.days) if narrowed.days else None,
        )
        found = queries.list_articles(session, wanted, page=page, page_size=page_size)
        return ArticleCards([_card(session, person, each, revision) for each, revision in found.rows], found.total)


def list_from_above(
    place: Workplace, person: StaffMember, *, text: str | None, page: int, page_size: int
) -> ArticleCards:
    """Return a page of what other owners have published to the readers of the person's own library."""
    with place.database.read() as session:
        above = article_rights.owners_above(session, person) if nodes_with(person, Right.VIEW_ARTICLES) else set[UUID]()
        wanted = ArticleFilter(owners=above, text=text, is_published=True)
        found = queries.list_articles(session, wanted, page=page, page_size=page_size)
        cards = [_card(session, person, each, _seen_revision(session, person, each)) for each, _ in found.rows]
        return ArticleCards(cards, found.total)


def article(place: Workplace, person: StaffMember, article_id: UUID) -> ArticleCard:
    """Return one article the person may see: the newest revision, of other owners the published. Raises NotFound."""
    with place.database.read() as session:
        found = to_read(session, person, article_id)
        return _card(session, person, found, _seen_revision(session, person, found))


def revisions(place: Workplace, person: StaffMember, article_id: UUID) -> list[tuple[Revision, str]]:
    """Return all revisions with the names of their authors, newest first. Raises NotFound."""
    with place.database.read() as session:
        found = to_read(session, person, article_id)
        rows = queries.list_revisions(session, article_id)
        if not article_rights.sees_all(session, person, found):
            rows = [row for row in rows if row.number == found.published_revision]
        return [(row, _person_name(session, row.author_id, person.language)) for row in rows]


def draft(place: Workplace, person: StaffMember, content: ArticleContent, *, owner: UUID | None = None) -> UUID:
    """Write a new article for the person's library, or for another node where the right is held.

    Raises Forbidden, and what `knowledge.articles.draft` raises.
    """
    with place.database.write() as session:
        owner_id = owner or person.library_id
        article_rights.require(session, person, Right.DRAFT_ARTICLES, owner_id)
        written = articles.draft(session, content=content, owner=owner_id, author_id=person.id, now=place.clock())
        article_log.record(session, written.id, "drafted", by=person.id, now=place.clock())
        return written.id


def revise(
    place: Workplace,
    person: StaffMember,
    article_id: UUID,
    content: ArticleContent,
    *,
    expected_revision: int,
    change_note: str,
) -> int:
    """Save the next revision; return its number. Where somebody else was quicker, the text is kept for a merge.

    Raises NotFound, Forbidden, ArticleChanged, ChangeNoteMissing, ArticleContentInvalid.
    """
    change = Change(expected_revision, person.id, storable(change_note))
    try:
        with place.database.write() as session:
            found = to_change(session, person, article_id, Right.DRAFT_ARTICLES)
            number = articles.revise(session, found, content=content, change=change, now=place.clock()).number
            editing.give_up(session, article_id, person.id)
            editing.leave(session, article_id, person.id)
            return number
    except ArticleChanged:
        with place.database.write() as session:
            editing.keep(session, article_id, content, change, now=place.clock())
        raise


def take_up_revision(place: Workplace, person: StaffMember, article_id: UUID, *, number: int, note: str) -> int:
    """Write an old revision's text and facets as the next revision, a draft; return its number.

    Raises NotFound, Forbidden, ArticleRetired.
    """
    with place.database.write() as session:
        found = to_change(session, person, article_id, Right.DRAFT_ARTICLES)
        old = session.get(Revision, (article_id, number))
        if old is None:
            raise NotFound()
        change = Change(found.current_revision, person.id, note)
        return articles.revise(session, found, content=content_of(found, old), change=change, now=place.clock()).number


def submit(place: Workplace, person: StaffMember, article_id: UUID) -> None:
    """Ask for a review. Raises NotFound, Forbidden, NotADraft."""
    with place.database.write() as session:
        found = to_change(session, person, article_id, Right.DRAFT_ARTICLES)
        articles.submit(session, found, now=place.clock())
        masking.forget_originals(session, found.id)
        article_log.record(session, found.id, "submitted", by=person.id, now=place.clock())


def publish(
    place: Workplace,
    person: StaffMember,
    article_id: UUID,
    *,
    details_reason: str = "",
    rehearsal: Rehearsal | None = None,
) -> None:
    """Make the newest revision visible to readers; from the commit on they find it.

    `details_reason` says why personal details may stand in it; `rehearsal` is what test questions said of it, None
    where they could not be asked. Raises NotFound, Forbidden, NotInReview, AlreadyPublished, OwnRevision,
    PersonalDataStands, ConversationPrivate, ArticleChanged.
    """
    with place.database.write() as session:
        found = to_change(session, person, article_id, Right.REVIEW_ARTICLES)
        note_rehearsal(session, found, rehearsal, by=person.id, now=place.clock())
        reuse.require_not_refused(session, found)
        articles.publish(session, found, reviewer_id=person.id, now=place.clock())
        masking.require_clean(session, found, by=person.id, now=place.clock(), reason=details_reason)
        note_publication(place, session, found, by=person.id)


def note_rehearsal(session: Session, article: Article, rehearsal: Rehearsal | None, *, by: UUID, now: datetime) -> None:
    """Write down that the text was approved although test questions would fail. Raises ArticleChanged."""
    if rehearsal is None:
        return
    if rehearsal.revision != article.current_revision:
        raise ArticleChanged()
    if rehearsal.losers:
        article_log.record(session, article.id, "knowingly", by=by, now=now, details=rehearsal.details())


def note_publication(place: Workplace, session: Session, found: Article, *, by: UUID | None) -> None:
    """Do what follows from a publication: reasons are settled, layers told, links followed, indexes woken."""
    now = place.clock()
    details = {"revision": found.published_revision}
    article_log.record(session, found.id, "published", by=by, now=now, details=details)
    reasons.settle(session, found.id, outcome="published", by=by, now=now)
    layers.note_change(session, found, now=now)
    masking.forget_originals(session, found.id)
    links.follow(session, found, articles.current_revision(session, found), now=now)
    after_commit(session, place.search.refresh)


def send_back(place: Workplace, person: StaffMember, article_id: UUID, *, reason: str) -> None:
    """Return a submitted article to its author. Raises NotFound, Forbidden, NotInReview, ReasonMissing."""
    with place.database.write() as session:
        found = to_change(session, person, article_id, Right.REVIEW_ARTICLES)
        articles.send_back(session, found, reason=storable(reason), now=place.clock())
        article_log.record(session, found.id, "sent_back", by=person.id, now=place.clock(), note=storable(reason))


def retire(place: Workplace, person: StaffMember, article_id: UUID) -> None:
    """Take an article out of use. Raises NotFound, Forbidden, ArticleRetired."""
    with place.database.write() as session:
        found = to_change(session, person, article_id, Right.DELETE_ARTICLES)
        articles.retire(session, found, now=place.clock())
        note_hiding(place, session, found, "retired", by=person.id)


def unpublish(place: Workplace, person: StaffMember, article_id: UUID, *, reason: str) -> None:
    """Take an article away from readers; it is a draft again.

    Raises NotFound, Forbidden, NotPublished, ArticleRetired, ReasonMissing.
    """
    if not storable(reason).strip():
        raise ReasonMissing()
    with place.database.write() as session:
        found = to_change(session, person, article_id, Right.DELETE_ARTICLES)
        articles.unpublish(session, found, now=place.clock())
        note_hiding(place, session, found, "unpublished", by=person.id, note=storable(reason))


def note_hiding(
    place: Workplace, session: Session, found: Article, kind: str, *, by: UUID | None, note: str = ""
) -> None:
    """Do what follows when readers no longer find an article."""
    now = place.clock()
    article_log.record(session, found.id, kind, by=by, now=now, note=note)
    reasons.settle(session, found.id, outcome=kind, by=by, now=now)
    layers.note_change(session, found, now=now)
    after_commit(session, place.search.refresh)


def restore(place: Workplace, person: StaffMember, article_id: UUID) -> None:
    """Bring a retired article back. Raises NotFound, Forbidden, NotRetired, TopicTaken."""
    with place.database.write() as session:
        found = to_change(session, person, article_id, Right.DELETE_ARTICLES)
        articles.restore(session, found, now=place.clock())
        article_log.record(session, found.id, "restored", by=person.id, now=place.clock())
        after_commit(session, place.search.refresh)


def _seen_revision(session: Session, person: StaffMember, found: Article) -> Revision:
    if article_rights.sees_all(session, person, found):
        return articles.current_revision(session, found)
    return session.get_one(Revision, (found.id, found.published_revision))


def _card(session: Session, person: StaffMember, found: Article, revision: Revision) -> ArticleCard:
    owner, reviewer = found.library_id, found.reviewer_id
    return ArticleCard(
        article=found,
        revision=revision,
        owner=owners(session, [found.library_id])[found.library_id],
        author_name=_person_name(session, revision.author_id, person.language),
        reviewer_name=_person_name(session, reviewer, person.language) if reviewer else None,
        may_edit=article_rights.holds(session, person, Right.DRAFT_ARTICLES, owner),
        may_review=article_rights.holds(session, person, Right.REVIEW_ARTICLES, owner)
        and revision.author_id != person.id,
        may_delete=article_rights.holds(session, person, Right.DELETE_ARTICLES, owner),
        sees_all=article_rights.sees_all(session, person, found),
    )


def _person_name(session: Session, person_id: UUID, language: str) -> str:
    person = session.get(Librarian, person_id)
    if person is None:
        return ""
    return person.name_zh if language == "zh" else person.name_en


def library_choices(place: Workplace, person: StaffMember) -> list[Owner]:
    """Return the nodes and alliances for which the person may draft, by code."""
    with place.database.read() as session:
        found = owners(session, article_rights.owners_with(session, person, Right.DRAFT_ARTICLES))
        return sorted(found.values(), key=lambda owner: owner.code)


def owner_choices(place: Workplace, person: StaffMember) -> list[Owner]:
    """Return the nodes and alliances whose articles the person sees, by code."""
    with place.database.read() as session:
        found = owners(session, article_rights.owners_with(session, person, Right.VIEW_ARTICLES))
        return sorted(found.values(), key=lambda owner: owner.code)
