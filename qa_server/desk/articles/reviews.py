"""Reviewing articles: what waits and how long, who is to look at it, publishing later, saying that an answer holds."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge import article_log, articles, comments, layers, queries, reasons, validity
from knowledge.article_states import Step, state_after
from knowledge.errors import DateMissing, NotPublished, ReasonMissing, ReviewerUnfit
from knowledge.life_models import ReasonKind, ReviewReason
from knowledge.models import Article, ArticleState, Revision
from qa_server.conversations.text import storable
from qa_server.desk.articles import masking, reuse
from qa_server.desk.articles import rights as article_rights
from qa_server.desk.articles.curating import note_rehearsal
from qa_server.desk.articles.rehearsing import Rehearsal
from qa_server.desk.articles.rights import to_change, to_read
from qa_server.desk.workplace import Workplace
from qa_server.network.queries import Owner, owners
from qa_server.people.models import Librarian, RoleGrant
from qa_server.people.queries import librarians_by_id
from qa_server.people.rights import Right, StaffMember, roles_with
from storage.after_commit import after_commit
from storage.errors import Forbidden

PAGE_SIZE = 50
# More than this nobody reads; the longest waiting are shown.
MAX_WAITING = 200


@dataclass(frozen=True)
class Waiting:
    """A submitted revision, the longest waiting first; `age` since it was submitted."""

    article: Article
    revision: Revision
    owner: Owner
    author: Librarian | None
    reviewer: Librarian | None
    age: timedelta
    open_comments: int
    is_own: bool


@dataclass(frozen=True)
class Due:
    """An article that has to be looked at again, and why."""

    article: Article
    revision: Revision
    owner: Owner
    reasons: tuple[ReviewReason, ...]
    author: Librarian | None


@dataclass(frozen=True)
class Happening:
    """A step of an article's life; `who` is None for what a timer did."""

    kind: str
    who: str | None
    note: str | None
    at: datetime
    details: dict[str, Any]


def review_queue(place: Workplace, person: StaffMember) -> list[Waiting]:
    """Return what waits for a review where the person may review, the longest waiting first."""
    now = place.clock()
    with place.database.read() as session:
        nodes = article_rights.owners_with(session, person, Right.REVIEW_ARTICLES)
        rows = queries.list_waiting(session, nodes, limit=MAX_WAITING)
        names = owners(session, {each.library_id for each, _ in rows})
        ids = {revision.author_id for _, revision in rows} | {each.assigned_reviewer_id for each, _ in rows}
        people = librarians_by_id(session, {each for each in ids if each is not None})
        talk = comments.count_open(session, [each.id for each, _ in rows])
        return [
            Waiting(
                article=each,
                revision=revision,
                owner=names[each.library_id],
                author=people.get(revision.author_id),
                reviewer=people.get(each.assigned_reviewer_id) if each.assigned_reviewer_id else None,
                age=now - (each.submitted_at or each.updated_at),
                open_comments=talk.get(each.id, 0),
                is_own=revision.author_id == person.id,
            )
            for each, revision in rows
        ]


def due_for_review(place: Workplace, person: StaffMember, *, page: int = 1) -> tuple[list[Due], int]:
    """Return a page of what has to be looked at again where the person may write, and how much there is in all."""
    with place.database.read() as session:
        nodes = article_rights.owners_with(session, person, Right.DRAFT_ARTICLES)
        rows = reasons.open_among(session, nodes, limit=PAGE_SIZE, offset=(page - 1) * PAGE_SIZE)
        total = reasons.count_among(session, nodes)
        names = owners(session, {each.library_id for each, _, _ in rows})
        people = librarians_by_id(session, {revision.author_id for _, revision, _ in rows})
        found = [
            Due(each, revision, names[each.library_id], tuple(why), people.get(revision.author_id))
            for each, revision, why in rows
        ]
    return found, total


def counts(place: Workplace, person: StaffMember) -> tuple[int, int]:
    """Return how many revisions wait for the person's review, and how many articles have to be looked at again."""
    with place.database.read() as session:
        reviewable = article_rights.owners_with(session, person, Right.REVIEW_ARTICLES)
        waiting = queries.count_by_state(session, owners=reviewable).get(ArticleState.IN_REVIEW, 0)
        return waiting, reasons.count_among(session, article_rights.owners_with(session, person, Right.DRAFT_ARTICLES))


def reasons_of(place: Workplace, person: StaffMember, article_id: UUID) -> list[ReviewReason]:
    """Return why an article has to be looked at again, for those who see all of it. Raises NotFound."""
    with place.database.read() as session:
        found = to_read(session, person, article_id)
        return list(reasons.open_of(session, article_id)) if article_rights.sees_all(session, person, found) else []


def reviewers(place: Workplace, person: StaffMember, article_id: UUID) -> list[Librarian]:
    """Return who could review the newest revision: those with the right who did not write it. Raises NotFound."""
    with place.database.read() as session:
        found = to_read(session, person, article_id)
        authors = _authors(session, found)
        return [each for each in _with_right(session, found.library_id) if each.id not in authors]


def assign(place: Workplace, person: StaffMember, article_id: UUID, *, reviewer_id: UUID | None) -> None:
    """Ask somebody to review an article, or nobody in particular. Raises NotFound, Forbidden, ReviewerUnfit."""
    with place.database.write() as session:
        found = to_change(session, person, article_id, Right.DRAFT_ARTICLES)
        fit = {each.id for each in _with_right(session, found.library_id)} - _authors(session, found)
        if reviewer_id is not None and reviewer_id not in fit:
            raise ReviewerUnfit()
        found.assigned_reviewer_id = reviewer_id
        details = {"reviewer_id": str(reviewer_id) if reviewer_id else None}
        article_log.record(session, found.id, "assigned", by=person.id, now=place.clock(), details=details)


def plan(
    place: Workplace,
    person: StaffMember,
    article_id: UUID,
    *,
    at: datetime,
    details_reason: str = "",
    rehearsal: Rehearsal | None = None,
) -> None:
    """Approve the newest revision and have it published at a moment ahead, once, whichever process is there then.

    `details_reason` says why personal details may stand in it; `rehearsal` is what test questions said of it. Raises
    NotFound, Forbidden, NotInReview, OwnRevision, MomentPast, PersonalDataStands, ArticleChanged.
    """
    with place.database.write() as session:
        found = to_change(session, person, article_id, Right.REVIEW_ARTICLES)
        note_rehearsal(session, found, rehearsal, by=person.id, now=place.clock())
        validity.plan(session, found, reviewer_id=person.id, at=at, now=place.clock())
        reuse.require_not_refused(session, found)
        masking.require_clean(session, found, by=person.id, now=place.clock(), reason=details_reason)
        details = {"at": at.isoformat(), "revision": found.current_revision}
        article_log.record(session, found.id, "planned", by=person.id, now=place.clock(), details=details)


def call_off(place: Workplace, person: StaffMember, article_id: UUID) -> None:
    """Let a planned publication wait for a review again. Raises NotFound, Forbidden."""
    with place.database.write() as session:
        found = to_change(session, person, article_id, Right.REVIEW_ARTICLES)
        if found.publish_at is not None:
            validity.call_off(session, found, now=place.clock())
            article_log.record(session, found.id, "called_off", by=person.id, now=place.clock())


def confirm(place: Workplace, person: StaffMember, article_id: UUID, *, valid_until: datetime | None) -> None:
    """Say that what readers see still holds, until that date or without end; every open reason is settled by it.

    Raises NotFound, Forbidden, NotConfirmable, OwnRevision, DateMissing.
    """
    with place.database.write() as session:
        found = to_change(session, person, article_id, Right.REVIEW_ARTICLES)
        validity.confirm(session, found, by=person.id, valid_until=valid_until, now=place.clock())
        if layers.below(session, found) is not None:
            layers.still_right(session, found, by=person.id, now=place.clock())
        settled = reasons.settle(session, found.id, outcome="confirmed", by=person.id, now=place.clock())
        details = {"valid_until": valid_until.isoformat() if valid_until else None, "reasons": settled}
        article_log.record(session, found.id, "confirmed", by=person.id, now=place.clock(), details=details)
        after_commit(session, place.search.refresh)


def ask_again(place: Workplace, person: StaffMember, article_id: UUID, *, why: str) -> None:
    """Have a published article looked at again. Raises NotFound, Forbidden, ReasonMissing, NotPublished."""
    said = storable(why).strip()[:500]
    if not said:
        raise ReasonMissing()
    with place.database.write() as session:
        found = to_change(session, person, article_id, Right.DRAFT_ARTICLES)
        state_after(Step.QUESTION, found.state)
        if found.published_revision is None:
            raise NotPublished()
        reasons.note(session, found.id, ReasonKind.ASKED, {"why": said, "by": str(person.id)}, now=place.clock())
        validity.question(session, found, now=place.clock())
        article_log.record(session, found.id, "questioned", by=person.id, now=place.clock(), note=said)


def dismiss(place: Workplace, person: StaffMember, article_id: UUID, kind: ReasonKind) -> None:
    """Set one reason aside as looked into; it may come up again. Raises NotFound, Forbidden, DateMissing.

    A date that has passed cannot be set aside: the article is confirmed with a new one, revised or retired.
    """
    if kind == ReasonKind.ENDED:
        raise DateMissing()
    with place.database.write() as session:
        found = to_change(session, person, article_id, Right.REVIEW_ARTICLES)
        reasons.settle(session, found.id, outcome="dismissed", by=person.id, now=place.clock(), kinds=(kind,))
        if not reasons.open_of(session, found.id):
            validity.settle(session, found, now=place.clock())
        details = {"kind": kind.value}
        article_log.record(session, found.id, "dismissed", by=person.id, now=place.clock(), details=details)


def story(place: Workplace, person: StaffMember, article_id: UUID) -> list[Happening]:
    """Return what happened to an article, newest first. Raises NotFound, Forbidden."""
    with place.database.read() as session:
        found = to_read(session, person, article_id)
        if not article_rights.sees_all(session, person, found):
            raise Forbidden()
        rows = article_log.events_of(session, article_id)
        people = librarians_by_id(session, {row.by_id for row in rows if row.by_id is not None})
        return [
            Happening(
                row.kind,
                _name(people.get(row.by_id) if row.by_id else None, person),
                row.note,
                row.happened_at,
                row.details,
            )
            for row in rows
        ]


def _name(librarian: Librarian | None, person: StaffMember) -> str | None:
    if librarian is None:
        return None
    return librarian.name_zh if person.language == "zh" else librarian.name_en


def _authors(session: Session, article: Article) -> set[UUID]:
    since = article.published_revision or 0
    rows = session.scalars(
        select(Revision.author_id).where(Revision.article_id == article.id, Revision.number > since)
    ).all()
    return {*rows, articles.current_revision(session, article).author_id}


def _with_right(session: Session, owner: UUID) -> list[Librarian]:
    nodes = article_rights.nodes_over(session, owner, Right.REVIEW_ARTICLES)
    statement = (
        select(Librarian)
        .join(RoleGrant, RoleGrant.librarian_id == Librarian.id)
        .where(
            RoleGrant.library_id.in_(nodes),
            RoleGrant.role.in_(roles_with(Right.REVIEW_ARTICLES)),
            Librarian.is_active,
        )
        .distinct()
    )
    return sorted(session.scalars(statement), key=lambda each: each.login)
