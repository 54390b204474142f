"""Talk about an article among staff, and two people who write it at once: comments, who edits now, texts to merge."""

from dataclasses import dataclass
from uuid import UUID

from knowledge import articles, comments, editing
from knowledge.comments import Thread
from knowledge.content import ArticleContent
from knowledge.facets import content_of
from knowledge.models import Article, Revision
from qa_server.conversations.text import storable
from qa_server.desk.articles import rights as article_rights
from qa_server.desk.articles.rights import to_change, to_read
from qa_server.desk.workplace import Workplace
from qa_server.people.models import Librarian
from qa_server.people.queries import librarians_by_id
from qa_server.people.rights import Right, StaffMember


@dataclass(frozen=True)
class Talk:
    """The threads about an article and the names of those who speak."""

    threads: tuple[Thread, ...]
    people: dict[UUID, Librarian]


@dataclass(frozen=True)
class TwoTexts:
    """What somebody else saved (`theirs`), what the person could not (`mine`), and what both began with (`base`)."""

    article: Article
    base: ArticleContent
    theirs: ArticleContent
    mine: ArticleContent
    their_revision: Revision
    their_author: Librarian | None
    change_note: str


def talk(place: Workplace, person: StaffMember, article_id: UUID) -> Talk:
    """Return what staff say about an article, for those who see all of it. Raises NotFound."""
    with place.database.read() as session:
        found = to_read(session, person, article_id)
        if not article_rights.sees_all(session, person, found):
            return Talk((), {})
        threads = comments.threads_of(session, article_id)
        rows = [row for thread in threads for row in (thread.first, *thread.replies)]
        ids = {row.author_id for row in rows} | {row.resolved_by_id for row in rows if row.resolved_by_id}
        return Talk(tuple(threads), librarians_by_id(session, ids))


def comment(
    place: Workplace, person: StaffMember, article_id: UUID, *, body: str, thread_id: UUID | None = None
) -> UUID:
    """Say something about an article; return the comment's id. Raises NotFound, Forbidden, CommentEmpty,
    CommentTooLong."""
    with place.database.write() as session:
        found = to_change(session, person, article_id, Right.DRAFT_ARTICLES)
        said = comments.add(
            session, found, author_id=person.id, body=storable(body), now=place.clock(), thread_id=thread_id
        )
        return said.id


def resolve(place: Workplace, person: StaffMember, article_id: UUID, comment_id: UUID) -> None:
    """Close a thread. Raises NotFound, Forbidden."""
    with place.database.write() as session:
        found = to_change(session, person, article_id, Right.DRAFT_ARTICLES)
        comments.resolve(session, found, comment_id, by=person.id, now=place.clock())


def edits_now(place: Workplace, person: StaffMember, article_id: UUID) -> list[Librarian]:
    """Note that the person has the form open; return who else has. Raises NotFound, Forbidden."""
    with place.database.write() as session:
        found = to_read(session, person, article_id)
        article_rights.require(session, person, Right.DRAFT_ARTICLES, found.library_id)
        editing.touch(session, article_id, person.id, now=place.clock())
        others = [each for each in editing.editors(session, article_id, now=place.clock()) if each != person.id]
        people = librarians_by_id(session, others)
        return [people[each] for each in others if each in people]


def editing_now(place: Workplace, person: StaffMember, article_id: UUID) -> list[Librarian]:
    """Return who else has the form of an article open, without opening it. Raises NotFound."""
    with place.database.read() as session:
        to_read(session, person, article_id)
        others = [each for each in editing.editors(session, article_id, now=place.clock()) if each != person.id]
        people = librarians_by_id(session, others)
        return [people[each] for each in others if each in people]


def stops_editing(place: Workplace, person: StaffMember, article_id: UUID) -> None:
    """Note that the person has closed the form. Safe to repeat."""
    with place.database.write() as session:
        editing.leave(session, article_id, person.id)


def to_merge(place: Workplace, person: StaffMember, article_id: UUID) -> TwoTexts | None:
    """Return what the person could not save of this article beside what stands there now; None when there is nothing.

    Raises NotFound, Forbidden.
    """
    with place.database.read() as session:
        found = to_read(session, person, article_id)
        article_rights.require(session, person, Right.DRAFT_ARTICLES, found.library_id)
        kept = editing.kept(session, article_id, person.id)
        if kept is None:
            return None
        newest = articles.current_revision(session, found)
        # A form that was tampered with may name a revision that never was; then both are compared with the newest.
        base = session.get(Revision, (article_id, kept.base_revision)) or newest
        return TwoTexts(
            article=found,
            base=content_of(found, base),
            theirs=content_of(found, newest),
            mine=editing.content_kept(kept),
            their_revision=newest,
            their_author=librarians_by_id(session, [newest.author_id]).get(newest.author_id),
            change_note=kept.change_note or "",
        )


def give_up_mine(place: Workplace, person: StaffMember, article_id: UUID) -> None:
    """Forget what the person could not save. Safe to repeat."""
    with place.database.write() as session:
        editing.give_up(session, article_id, person.id)
