"""Merging articles with one click, and parting them again, with the rights over both."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from knowledge import article_log, duplicates, layers, merging
from knowledge.duplicate_models import ArticleMerge, PairState
from knowledge.merging import Merging
from knowledge.models import Article
from qa_server.desk.articles import rights as article_rights
from qa_server.desk.articles.curating import note_hiding
from qa_server.desk.articles.rights import owners_with, to_change
from qa_server.desk.workplace import Workplace
from qa_server.people.models import Librarian
from qa_server.people.rights import Right, StaffMember
from storage.after_commit import after_commit
from storage.errors import Forbidden, NotFound

MERGED, ABSORBED, PARTED = "merged", "absorbed", "parted"


@dataclass(frozen=True)
class MergeCard:
    """A merge as the record shows it."""

    id: UUID
    article_id: UUID
    question: str
    survivor_id: UUID
    survivor_question: str
    language: str
    by_name: str
    merged_at: datetime
    undone_at: datetime | None
    may_undo: bool


def merge(
    place: Workplace,
    person: StaffMember,
    article_id: UUID,
    *,
    into: UUID,
    takes_answer: bool = False,
    alternates: tuple[str, ...] | None = None,
) -> UUID:
    """Let an article go into another; return the merge. Readers find the survivor by the words of both at once.

    Takes the right to review and to delete the one, to review the other. Raises NotFound, Forbidden, and what
    `knowledge.merging.merge` raises.
    """
    with place.database.write() as session:
        now = place.clock()
        article, survivor = _both(session, person, article_id, into)
        wanted = Merging(article_id, into, person.id, takes_answer, alternates)
        done = merging.merge(session, wanted, now=now)
        duplicates.settle(session, article_id, into, PairState.MERGED, by_id=person.id, now=now)
        article_log.record(
            session,
            into,
            ABSORBED,
            by=person.id,
            now=now,
            details={"article_id": str(article_id), "merge": str(done.id)},
        )
        note_hiding(place, session, article, MERGED, by=person.id)
        layers.note_change(session, survivor, now=now)
        return done.id


def undo(place: Workplace, person: StaffMember, merge_id: UUID) -> UUID:
    """Part two merged articles again; return the one that had gone. Raises NotFound, Forbidden, MergeNotUndoable."""
    with place.database.write() as session:
        found = session.get(ArticleMerge, merge_id)
        if found is None:
            raise NotFound()
        now = place.clock()
        _, survivor = _both(session, person, found.article_id, found.survivor_id)
        merging.undo(session, merge_id, by_id=person.id, now=now)
        duplicates.settle(session, found.article_id, found.survivor_id, PairState.OPEN, by_id=person.id, now=now)
        for each in (found.article_id, found.survivor_id):
            article_log.record(session, each, PARTED, by=person.id, now=now, details={"merge": str(merge_id)})
        layers.note_change(session, survivor, now=now)
        after_commit(session, place.search.refresh)
        return found.article_id


def merges(place: Workplace, person: StaffMember, *, article_id: UUID | None = None) -> list[MergeCard]:
    """Return the newest merges of articles that the person sees, of all or of one article."""
    with place.database.read() as session:
        visible = owners_with(session, person, Right.VIEW_ARTICLES)
        rows = merging.list_merges(session, None if article_id is None else [article_id])
        cards = [_card(session, person, row) for row in rows if _owners(session, row) <= visible]
        return cards


def _both(session: Session, person: StaffMember, article_id: UUID, survivor_id: UUID) -> tuple[Article, Article]:
    # Locked in one order by whichever way the two are merged.
    found = {
        each: to_change(session, person, each, Right.REVIEW_ARTICLES) for each in sorted((article_id, survivor_id))
    }
    article, survivor = found[article_id], found[survivor_id]
    if not article_rights.holds(session, person, Right.DELETE_ARTICLES, article.library_id):
        raise Forbidden()
    return article, survivor


def _owners(session: Session, row: ArticleMerge) -> set[UUID]:
    return {session.get_one(Article, each).library_id for each in (row.article_id, row.survivor_id)}


def _card(session: Session, person: StaffMember, row: ArticleMerge) -> MergeCard:
    article, survivor = session.get_one(Article, row.article_id), session.get_one(Article, row.survivor_id)
    who = session.get(Librarian, row.merged_by_id)
    may = all(
        article_rights.holds(session, person, Right.REVIEW_ARTICLES, each.library_id) for each in (article, survivor)
    ) and article_rights.holds(session, person, Right.DELETE_ARTICLES, article.library_id)
    return MergeCard(
        id=row.id,
        article_id=article.id,
        question=merging.shown_revision(session, article).question,
        survivor_id=survivor.id,
        survivor_question=merging.shown_revision(session, survivor).question,
        language=article.language,
        by_name="" if who is None else who.name_zh if person.language == "zh" else who.name_en,
        merged_at=row.merged_at,
        undone_at=row.undone_at,
        may_undo=may and merging.can_undo(session, row),
    )
