"""Articles that say the same, for curators: which are near while one writes, which pairs look alike, what is none."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from knowledge import duplicates, merging
from knowledge.catalogue import Scope
from knowledge.content import MAX_QUESTION_CHARACTERS
from knowledge.duplicate_models import DuplicatePair
from knowledge.duplicates import MEANING_CLOSE, TEXT_CLOSE, Found
from knowledge.models import OUT_OF_USE, Article, Audience, Revision
from knowledge.results import Hit
from knowledge.sketches import pieces_of, share_in_common
from knowledge.wordings import plain_words, said_in
from qa_server.desk.articles import rights as article_rights
from qa_server.desk.articles.rights import owners_with, to_read
from qa_server.desk.workplace import Workplace
from qa_server.network.queries import Owner, owners, scope_of
from qa_server.people.rights import Right, StaffMember
from storage.errors import NotFound

# Articles named beside one that is being written.
NEAREST = 5
# Of articles that readers do not find, the ones last changed are looked through.
_DRAFTS = 200
# Fewer letters say too little to compare.
_LEAST_CHARACTERS = 4
# A draft is named from this share of common pieces of its wordings, or this cosine, on.
_DRAFT_TEXT = 0.4
_DRAFT_MEANING = 0.6


@dataclass(frozen=True)
class NearArticle:
    """An article near to what is being written, and why: common words (0..1), nearness of meaning (-1..1 or None).

    `is_same`: it is asked in the very same words. `confidence` (0..1) is how sure the search is of the first one.
    """

    id: UUID
    question: str
    language: str
    state: str
    owner: Owner
    text_closeness: float
    meaning_closeness: float | None
    is_same: bool
    is_close: bool


@dataclass(frozen=True)
class PairedArticle:
    """One of two that look alike, with the text that counts."""

    article: Article
    revision: Revision
    owner: Owner
    may_merge_away: bool
    may_go_on: bool


@dataclass(frozen=True)
class PairCard:
    """Two articles that look alike, and how much."""

    first: PairedArticle
    second: PairedArticle
    text_closeness: float
    meaning_closeness: float | None


@dataclass(frozen=True)
class PairCards:
    """A page of pairs, closest first, and how many there are in all."""

    cards: list[PairCard]
    total: int


def near(
    place: Workplace,
    person: StaffMember,
    *,
    question: str,
    alternates: Sequence[str] = (),
    language: str,
    besides: UUID | None = None,
) -> list[NearArticle]:
    """Return the articles nearest to a text that is being written, nearest first, NEAREST at most.

    Looks at what readers of the person's nodes find, by word and by meaning, and at the _DRAFTS last changed articles
    that they do not find. `besides` is the article being edited: it, what was called no duplicate of it, and other
    owners' answers to its topic are left out. Blocks for some milliseconds.
    """
    question, *others = (_one_line(text) for text in (question, *alternates))
    if len(said_in(question)) < _LEAST_CHARACTERS:
        return []
    with place.database.read() as session:
        visible = owners_with(session, person, Right.VIEW_ARTICLES)
        if not visible:
            return []
        reach = (*scope_of(session, person.library_id), *visible)
        left_out, key = _left_out(session, besides)
        drafts = _drafts(session, visible, language)
    scope = Scope(tuple(dict.fromkeys(reach)), audience=Audience.STAFF)
    _, hits = place.search.rank(question, scope=scope, language=language, limit=NEAREST + len(left_out) + 1)
    wordings = (question, *filter(None, others))
    found = [_of_hit(hit, wordings) for hit in hits if hit.key != key]
    found += _near_drafts(place, wordings, drafts)
    chosen = {each.id: each for each in reversed(found) if each.id not in left_out}
    ranked = sorted(chosen.values(), key=lambda each: -max(each.text_closeness, each.meaning_closeness or 0.0))
    with place.database.read() as session:
        return _named(session, ranked[:NEAREST])


def pairs(place: Workplace, person: StaffMember, *, page: int = 1, owner: UUID | None = None) -> PairCards:
    """Return a page of pairs that look alike among the articles the person sees, closest first."""
    with place.database.read() as session:
        visible = owners_with(session, person, Right.VIEW_ARTICLES)
        found = duplicates.list_pairs(session, visible, page=page, owner=owner)
        return PairCards([_card(session, person, row) for row in found.rows], found.total)


def count_pairs(place: Workplace, person: StaffMember) -> int:
    """Return how many pairs the person sees."""
    with place.database.read() as session:
        return duplicates.list_pairs(session, owners_with(session, person, Right.VIEW_ARTICLES)).total


def pair(place: Workplace, person: StaffMember, one: UUID, other: UUID) -> PairCard:
    """Return two articles side by side, found alike or not. Raises NotFound."""
    with place.database.read() as session:
        first, second = _seen(session, person, one), _seen(session, person, other)
        known = duplicates.find_pair(session, one, other)
        left, right = _paired(session, person, first), _paired(session, person, second)
        text = share_in_common(_pieces(left.revision), _pieces(right.revision))
        return PairCard(left, right, text, known.meaning_closeness if known else None)


def dismiss(place: Workplace, person: StaffMember, one: UUID, other: UUID) -> None:
    """Remember that two articles are no duplicates; takes the right to review one. Raises NotFound, Forbidden."""
    with place.database.write() as session:
        _require_either(session, person, one, other)
        duplicates.dismiss(session, one, other, by_id=person.id, now=place.clock())


def take_back(place: Workplace, person: StaffMember, one: UUID, other: UUID) -> None:
    """Show a dismissed pair again. Raises NotFound, Forbidden."""
    with place.database.write() as session:
        _require_either(session, person, one, other)
        duplicates.take_back(session, one, other)


def find_duplicates(place: Workplace) -> Found:
    """Compare what has changed with everything; for the command line and the daily work. Blocks."""
    encoder = place.search.encoder
    return duplicates.find_all(place.database, encoder=encoder.name if encoder else None, now=place.clock())


@dataclass(frozen=True)
class _Draft:
    id: UUID
    question: str
    alternates: tuple[str, ...]
    state: str
    language: str
    owner_id: UUID
    key: str


@dataclass(frozen=True)
class _Near:
    id: UUID
    question: str
    language: str
    state: str
    owner_id: UUID
    text_closeness: float
    meaning_closeness: float | None
    is_same: bool


def _one_line(text: str) -> str:
    return plain_words(" ".join(text.split())[:MAX_QUESTION_CHARACTERS]) or ""


def _left_out(session: Session, besides: UUID | None) -> tuple[set[UUID], str | None]:
    article = session.get(Article, besides) if besides else None
    if article is None:
        return set(), None
    return {article.id, *duplicates.dismissed_with(session, article.id)}, article.key


def _drafts(session: Session, visible: Collection[UUID], language: str) -> list[_Draft]:
    rows = session.execute(
        select(Article, Revision)
        .join(Revision, and_(Revision.article_id == Article.id, Revision.number == Article.current_revision))
        .where(
            Article.library_id.in_(visible),
            Article.language == language,
            Article.state.not_in(OUT_OF_USE),
            Article.published_revision.is_(None),
        )
        .order_by(Article.updated_at.desc())
        .limit(_DRAFTS)
    )
    return [
        _Draft(
            article.id,
            revision.question,
            tuple(revision.alternates),
            article.state,
            article.language,
            article.library_id,
            article.key,
        )
        for article, revision in rows
    ]


def _of_hit(hit: Hit, wordings: Sequence[str]) -> _Near:
    text = _most_alike(wordings, (hit.question, hit.matched_text))
    same = any(said_in(each) in {said_in(hit.question), said_in(hit.matched_text)} for each in wordings)
    meaning = hit.vector_score if hit.vector_rank is not None else None
    return _Near(hit.article_id, hit.question, hit.language, "published", hit.library_id, text, meaning, same)


def _near_drafts(place: Workplace, wordings: Sequence[str], drafts: Sequence[_Draft]) -> list[_Near]:
    encoder = place.search.encoder
    meanings: list[float | None] = [None] * len(drafts)
    if encoder is not None and drafts:
        asked = encoder.encode_passages([wordings[0]])
        meanings = (encoder.encode_passages([each.question for each in drafts]) @ asked[0]).tolist()
    found = []
    for each, meaning in zip(drafts, meanings, strict=True):
        own = (each.question, *each.alternates)
        text = _most_alike(wordings, own)
        same = not {said_in(text) for text in wordings}.isdisjoint(said_in(text) for text in own)
        if same or text >= _DRAFT_TEXT or (meaning or 0.0) >= _DRAFT_MEANING:
            found.append(_Near(each.id, each.question, each.language, each.state, each.owner_id, text, meaning, same))
    return found


def _most_alike(wordings: Sequence[str], others: Sequence[str]) -> float:
    own = [pieces_of(each) for each in wordings]
    return max((share_in_common(one, pieces_of(other)) for one in own for other in others), default=0.0)


def _named(session: Session, found: Sequence[_Near]) -> list[NearArticle]:
    names = owners(session, {each.owner_id for each in found})
    return [
        NearArticle(
            id=each.id,
            question=each.question,
            language=each.language,
            state=each.state,
            owner=names[each.owner_id],
            text_closeness=each.text_closeness,
            meaning_closeness=each.meaning_closeness,
            is_same=each.is_same,
            is_close=each.is_same
            or each.text_closeness >= TEXT_CLOSE
            or (each.meaning_closeness or 0.0) >= MEANING_CLOSE,
        )
        for each in found
        if each.owner_id in names
    ]


def _seen(session: Session, person: StaffMember, article_id: UUID) -> Article:
    found = to_read(session, person, article_id)
    if not article_rights.sees_all(session, person, found):
        raise NotFound()
    return found


def _require_either(session: Session, person: StaffMember, one: UUID, other: UUID) -> None:
    articles = [_seen(session, person, each) for each in (one, other)]
    if not any(
        article_rights.holds(session, person, Right.REVIEW_ARTICLES, article.library_id) for article in articles
    ):
        article_rights.require(session, person, Right.REVIEW_ARTICLES, articles[0].library_id)


def _card(session: Session, person: StaffMember, row: DuplicatePair) -> PairCard:
    first, second = session.get_one(Article, row.first_id), session.get_one(Article, row.second_id)
    return PairCard(
        _paired(session, person, first),
        _paired(session, person, second),
        row.text_closeness,
        row.meaning_closeness,
    )


def _paired(session: Session, person: StaffMember, article: Article) -> PairedArticle:
    may_review = article_rights.holds(session, person, Right.REVIEW_ARTICLES, article.library_id)
    may_delete = article_rights.holds(session, person, Right.DELETE_ARTICLES, article.library_id)
    return PairedArticle(
        article=article,
        revision=merging.shown_revision(session, article),
        owner=owners(session, [article.library_id])[article.library_id],
        may_merge_away=may_review and may_delete,
        may_go_on=may_review,
    )


def _pieces(revision: Revision) -> frozenset[str]:
    return pieces_of(revision.question, *revision.alternates, revision.answer)
