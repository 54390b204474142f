"""Articles from draft to publication, with the rights of the person who acts."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from knowledge import articles, queries
from knowledge.articles import Change
from knowledge.content import ArticleContent
from knowledge.models import Article, ArticleState, QuestionType, Revision, ServiceTopic
from knowledge.queries import ArticleFilter
from qa_server.conversations import queries as conversation_queries
from qa_server.conversations.models import Author, Conversation, Kind, Message
from qa_server.conversations.text import storable
from qa_server.desk.workplace import Workplace
from qa_server.network.models import Library
from qa_server.network.queries import Owner, owners, path_up, subtree
from qa_server.people.models import Librarian
from qa_server.people.rights import Right, StaffMember, has_right, nodes_with
from storage.after_commit import after_commit
from storage.errors import AppError, Forbidden, NotFound


class NothingToDraft(AppError):
    """A conversation without a librarian's answer gives no article."""

    code = "nothing_to_draft"
    status = 409
    message = "This conversation has no answer from a librarian yet, so there is nothing to make an article of."


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
    service_topic: str | None = None,
    text: str | None = None,
    page: int = 1,
    page_size: int = 50,
) -> ArticleCards:
    """Return a page of the articles of the nodes where the person may see them. Pages count from 1.

    `text` keeps those with it in the newest question, an alternate, the answer or the key; case does not matter.
    """
    with place.database.read() as session:
        visible = subtree(session, nodes_with(person, Right.VIEW_ARTICLES))
        wanted = ArticleFilter(owners=visible, states=states, language=language, service_topic=service_topic, text=text)
        found = queries.list_articles(session, wanted, page=page, page_size=page_size)
        return ArticleCards([_card(session, person, each, revision) for each, revision in found.rows], found.total)


def article(place: Workplace, person: StaffMember, article_id: UUID) -> ArticleCard:
    """Return one article the person may see. Raises NotFound."""
    with place.database.read() as session:
        found = _visible(session, person, article_id)
        return _card(session, person, found, articles.current_revision(session, found))


def revisions(place: Workplace, person: StaffMember, article_id: UUID) -> list[tuple[Revision, str]]:
    """Return all revisions with the names of their authors, newest first. Raises NotFound."""
    with place.database.read() as session:
        _visible(session, person, article_id)
        rows = queries.list_revisions(session, article_id)
        return [(row, _person_name(session, row.author_id, person.language)) for row in rows]


def draft(place: Workplace, person: StaffMember, content: ArticleContent, *, owner: UUID | None = None) -> UUID:
    """Write a new article for the person's library, or for another node where the right is held.

    Raises Forbidden, and what `knowledge.articles.draft` raises.
    """
    with place.database.write() as session:
        owner_id = owner or person.library_id
        _require(session, person, Right.DRAFT_ARTICLES, owner_id)
        written = articles.draft(session, content=content, owner=owner_id, author_id=person.id, now=place.clock())
        return written.id


def draft_from_conversation(place: Workplace, person: StaffMember, conversation_id: UUID) -> UUID:
    """Make a draft of the home library out of an exchange: its question, and what librarians answered.

    Repeating it returns the same article. Raises NotFound, NothingToDraft.
    """
    with place.database.write() as session:
        conversation = conversation_queries.at_desks(session, person.desk_ids, conversation_id, lock=True)
        content = _content_of(session, conversation)
        owner = _owner_for_draft(session, person, conversation.library_id)
        earlier = queries.find_by_key(session, key=content.key, language=content.language, owner=owner)
        if earlier is not None:
            return earlier.id
        origin = f"conversation:{conversation.id}"
        now = place.clock()
        written = articles.draft(session, content=content, owner=owner, author_id=person.id, origin=origin, now=now)
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
    """Save the next revision; return its number.

    Raises NotFound, Forbidden, ArticleChanged, ChangeNoteMissing, ArticleContentInvalid.
    """
    with place.database.write() as session:
        found = _visible(session, person, article_id)
        _require(session, person, Right.DRAFT_ARTICLES, found.library_id)
        change = Change(expected_revision, person.id, storable(change_note))
        return articles.revise(session, found, content=content, change=change, now=place.clock()).number


def submit(place: Workplace, person: StaffMember, article_id: UUID) -> None:
    """Ask for a review. Raises NotFound, Forbidden, NotADraft."""
    with place.database.write() as session:
        found = _visible(session, person, article_id)
        _require(session, person, Right.DRAFT_ARTICLES, found.library_id)
        articles.submit(session, found, now=place.clock())


def publish(place: Workplace, person: StaffMember, article_id: UUID) -> None:
    """Make the newest revision visible to readers; from the commit on they find it.

    Raises NotFound, Forbidden, NotInReview, AlreadyPublished, OwnRevision.
    """
    with place.database.write() as session:
        found = _visible(session, person, article_id)
        _require(session, person, Right.REVIEW_ARTICLES, found.library_id)
        articles.publish(session, found, reviewer_id=person.id, now=place.clock())
        after_commit(session, place.search.refresh)


def send_back(place: Workplace, person: StaffMember, article_id: UUID, *, reason: str) -> None:
    """Return a submitted article to its author. Raises NotFound, Forbidden, NotInReview, ReasonMissing."""
    with place.database.write() as session:
        found = _visible(session, person, article_id)
        _require(session, person, Right.REVIEW_ARTICLES, found.library_id)
        articles.send_back(session, found, reason=storable(reason), now=place.clock())


def retire(place: Workplace, person: StaffMember, article_id: UUID) -> None:
    """Take an article out of use. Raises NotFound, Forbidden, ArticleRetired."""
    with place.database.write() as session:
        found = _visible(session, person, article_id)
        _require(session, person, Right.REVIEW_ARTICLES, found.library_id)
        articles.retire(session, found, now=place.clock())
        after_commit(session, place.search.refresh)


def restore(place: Workplace, person: StaffMember, article_id: UUID) -> None:
    """Bring a retired article back. Raises NotFound, Forbidden, NotRetired, TopicTaken."""
    with place.database.write() as session:
        found = _visible(session, person, article_id)
        _require(session, person, Right.REVIEW_ARTICLES, found.library_id)
        articles.restore(session, found, now=place.clock())
        after_commit(session, place.search.refresh)


def _visible(session: Session, person: StaffMember, article_id: UUID) -> Article:
    found = queries.find_article(session, article_id)
    if not has_right(person, Right.VIEW_ARTICLES, path_up(session, found.library_id)):
        raise NotFound()
    return found


def _require(session: Session, person: StaffMember, right: Right, owner: UUID) -> None:
    if not has_right(person, right, path_up(session, owner)):
        raise Forbidden()


def _owner_for_draft(session: Session, person: StaffMember, home: UUID) -> UUID:
    # A local answer belongs to the home library; a helper from elsewhere drafts for the own one.
    return home if has_right(person, Right.DRAFT_ARTICLES, path_up(session, home)) else person.library_id


def _content_of(session: Session, conversation: Conversation) -> ArticleContent:
    messages = conversation_queries.messages_after(session, conversation.id, 0)
    answer = "\n\n".join(message.body for message in messages if _is_answer(message))
    if not answer:
        raise NothingToDraft()
    first_line = conversation.question.strip().splitlines()[0]
    return ArticleContent(
        key="local." + conversation.number.lower().replace("-", "_"),
        language=conversation.language,
        question=first_line[:300],
        answer=answer[:20_000],
        service_topic=ServiceTopic.OTHER,
        question_type=QuestionType.FACT,
    )


def _is_answer(message: Message) -> bool:
    return message.kind == Kind.TEXT and message.author == Author.LIBRARIAN


def _card(session: Session, person: StaffMember, found: Article, revision: Revision) -> ArticleCard:
    path = path_up(session, found.library_id)
    reviewer = found.reviewer_id
    return ArticleCard(
        article=found,
        revision=revision,
        owner=owners(session, [found.library_id])[found.library_id],
        author_name=_person_name(session, revision.author_id, person.language),
        reviewer_name=_person_name(session, reviewer, person.language) if reviewer else None,
        may_edit=has_right(person, Right.DRAFT_ARTICLES, path),
        may_review=has_right(person, Right.REVIEW_ARTICLES, path) and revision.author_id != person.id,
    )


def _person_name(session: Session, person_id: UUID, language: str) -> str:
    person = session.get(Librarian, person_id)
    if person is None:
        return ""
    return person.name_zh if language == "zh" else person.name_en


def library_choices(place: Workplace, person: StaffMember) -> list[Library]:
    """Return the nodes for which the person may draft, by code."""
    with place.database.read() as session:
        nodes = subtree(session, nodes_with(person, Right.DRAFT_ARTICLES))
        found = [session.get_one(Library, node) for node in nodes]
        return sorted(found, key=lambda library: library.code)
