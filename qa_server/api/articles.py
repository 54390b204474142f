"""Articles for the people who write and review them."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import RedirectResponse
from pydantic import AfterValidator, AwareDatetime, Field

from knowledge.content import ArticleContent
from knowledge.facets import content_of
from knowledge.models import ArticleState, QuestionType, ServiceTopic, Visibility
from knowledge.rendering import render_html
from qa_server.api.asker import Place, Staff
from qa_server.conversations.schemas import Wire
from qa_server.desk.articles import curating, rehearsing
from qa_server.desk.articles import layers as article_layers
from qa_server.desk.articles import publishing as article_publishing
from qa_server.desk.articles.curating import ArticleCard
from qa_server.desk.articles.trials import MAX_ASKED_ON_PUBLICATION
from qa_server.desk.finding import OwnerView

# Bounds what is parsed; the exact limits, with their reasons, are in knowledge.content.
_MAX_TEXT = 50_000
# The years in which an article may end.
_YEARS = (2000, 2200)

router = APIRouter(prefix="/api/v1/staff/articles", tags=["articles"])

Text = Annotated[str, Field(max_length=_MAX_TEXT)]


def is_a_date_in_use(moment: datetime) -> datetime:
    # At the ends of the calendar a change of zone leaves it.
    if not _YEARS[0] <= moment.year <= _YEARS[1]:
        raise ValueError("the year is not in use")
    return moment


class ContentBody(Wire):
    """What a person writes when writing an article."""

    key: str = Field(max_length=200, examples=["loans.period.undergraduate"])
    language: Literal["zh", "en"]
    question: Text
    alternates: list[Text] = Field(default_factory=list, max_length=50)
    answer: Text = Field(description="Markdown.")
    sources: list[Text] = Field(default_factory=list, max_length=50)
    service_topic: ServiceTopic
    question_type: QuestionType
    clc_class: str | None = Field(None, max_length=1)
    valid_until: Annotated[AwareDatetime, AfterValidator(is_a_date_in_use)] | None = None
    valid_from: Annotated[AwareDatetime, AfterValidator(is_a_date_in_use)] | None = None
    visibility: Visibility = Visibility.PUBLIC

    def content(self) -> ArticleContent:
        """Return it as the knowledge base takes it."""
        return ArticleContent(
            key=self.key,
            language=self.language,
            question=self.question,
            alternates=tuple(self.alternates),
            answer=self.answer,
            sources=tuple(self.sources),
            service_topic=self.service_topic,
            question_type=self.question_type,
            clc_class=self.clc_class,
            valid_until=self.valid_until,
            valid_from=self.valid_from,
            visibility=self.visibility,
        )


class NewRevision(Wire):
    """The next revision: its text, the one it was made from, and what changed."""

    content: ContentBody
    expected_revision: int = Field(ge=1, le=2**31 - 1, strict=True)
    change_note: str = Field(max_length=1_000)


class Consent(Wire):
    """What the publisher has seen and publishes in spite of."""

    details_reason: str = Field("", max_length=300, description="Why personal details may stand in the text.")
    knowingly: list[UUID] = Field(
        default_factory=list,
        max_length=MAX_ASKED_ON_PUBLICATION,
        description="Test questions of other articles that may fail because of it.",
    )


class Return(Wire):
    """Why a submitted article goes back to its author."""

    reason: str = Field(max_length=1_000)


class ArticleId(Wire):
    """The article that was written."""

    id: UUID


class ArticleView(Wire):
    """An article with its newest revision, and what the asker may do."""

    id: UUID
    key: str
    language: str
    state: str
    revision: int
    published_revision: int | None
    question: str
    alternates: list[str]
    answer: str
    answer_html: str
    sources: list[str]
    service_topic: str
    question_type: str
    clc_class: str | None
    valid_until: datetime | None
    valid_from: datetime | None
    visibility: str
    publish_at: datetime | None
    library: OwnerView
    author_name: str
    reviewer_name: str | None
    sent_back_reason: str | None
    updated_at: datetime
    published_at: datetime | None
    may_edit: bool
    may_review: bool
    may_delete: bool


class PushedAside(Wire):
    """A test question that fails since a publication: whose it is, and what is found first instead."""

    words: str
    article_id: UUID
    instead_id: UUID | None


class LoserView(Wire):
    """A test question that finds its article now and would not after a publication; texts one may not see are null.

    `rank` is where its article would stand, null when it would not be among the answers; `first` is what would be.
    """

    test_question_id: UUID
    words: str | None
    article_id: UUID
    question: str | None
    top: int
    rank: int | None
    first_id: UUID | None
    first: str | None


class RehearsalView(Wire):
    """What publishing the newest revision would do to the test questions of readers near it."""

    revision: int
    asked: int
    pushed_aside: list[LoserView]


class PublicationView(ArticleView):
    """What came of a publication. `found`: fully, by words alone while the encoder is away, or later without anybody's
    doing; `newly_failing` is null where test questions could not be asked."""

    found: Literal["found", "by_words", "later"]
    newly_failing: list[PushedAside] | None


class ArticlePageView(Wire):
    """Articles, last changed first, and how many there are in all."""

    items: list[ArticleView]
    total: int


@router.get("")
def list_articles(
    place: Place,
    person: Staff,
    state: ArticleState | None = None,
    language: Literal["zh", "en"] | None = None,
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> ArticlePageView:
    """Return a page of the articles one may see."""
    states = (state,) if state else None
    found = curating.list_articles(place, person, states=states, language=language, page=page)
    return ArticlePageView(items=[article_view(card) for card in found.cards], total=found.total)


@router.post("", status_code=201)
def draft(place: Place, person: Staff, body: ContentBody) -> ArticleId:
    """Write a new article for one's own library."""
    return ArticleId(id=curating.draft(place, person, body.content()))


@router.get("/{article_id}", response_model=ArticleView, responses={307: {}})
def read_article(place: Place, person: Staff, article_id: UUID, merged: bool = False) -> ArticleView | RedirectResponse:
    """Return an article with its newest revision; the address of a merged one leads on, unless `merged` asks for it."""
    moved = None if merged else article_layers.moved_to(place, person, article_id)
    if moved is not None:
        return RedirectResponse(f"/api/v1/staff/articles/{moved}", status_code=307)
    return article_view(curating.article(place, person, article_id))


@router.put("/{article_id}")
def revise(place: Place, person: Staff, article_id: UUID, body: NewRevision) -> ArticleView:
    """Save the next revision; refused when somebody else saved one meanwhile."""
    curating.revise(
        place,
        person,
        article_id,
        body.content.content(),
        expected_revision=body.expected_revision,
        change_note=body.change_note,
    )
    return article_view(curating.article(place, person, article_id))


@router.post("/{article_id}/submission")
def submit(place: Place, person: Staff, article_id: UUID) -> ArticleView:
    """Ask for a review by another person."""
    curating.submit(place, person, article_id)
    return article_view(curating.article(place, person, article_id))


@router.post("/{article_id}/publication")
def publish(place: Place, person: Staff, article_id: UUID, body: Consent | None = None) -> PublicationView:
    """Publish what somebody else wrote; readers find it at once, and test questions say whom it pushed aside.

    Refused with `pushes_aside` while test questions would fail that are not among `knowingly`.
    """
    said = body or Consent(details_reason="")
    came = article_publishing.publish(
        place, person, article_id, details_reason=said.details_reason, knowingly=said.knowingly
    )
    failing = [
        PushedAside(words=asking.words, article_id=asking.article_id, instead_id=instead)
        for asking, instead in (came.verdict.newly_failing if came.verdict else ())
    ]
    view = article_view(curating.article(place, person, article_id))
    return PublicationView(**view.model_dump(), found=came.found, newly_failing=failing if came.verdict else None)


@router.get("/{article_id}/rehearsal")
def rehearse(place: Place, person: Staff, article_id: UUID) -> RehearsalView:
    """Say which test questions would fail if the newest revision were published; nothing changes."""
    found = rehearsing.rehearse(place, person, article_id)
    losers = [
        LoserView(
            test_question_id=each.trial_id,
            words=each.words,
            article_id=each.article_id,
            question=each.question,
            top=each.top,
            rank=each.rank,
            first_id=each.first_id,
            first=each.first,
        )
        for each in found.losers
    ]
    return RehearsalView(revision=found.revision, asked=found.asked, pushed_aside=losers)


@router.post("/{article_id}/return")
def send_back(place: Place, person: Staff, article_id: UUID, body: Return) -> ArticleView:
    """Return a submitted article to its author."""
    curating.send_back(place, person, article_id, reason=body.reason)
    return article_view(curating.article(place, person, article_id))


@router.post("/{article_id}/retirement")
def retire(place: Place, person: Staff, article_id: UUID) -> ArticleView:
    """Take an article out of use."""
    curating.retire(place, person, article_id)
    return article_view(curating.article(place, person, article_id))


def article_view(card: ArticleCard) -> ArticleView:
    """Return an article as it goes over the wire; facets and dates are those of the newest revision."""
    article, revision = card.article, card.revision
    content = content_of(article, revision)
    return ArticleView(
        id=article.id,
        key=article.key,
        language=article.language,
        state=article.state,
        revision=revision.number,
        published_revision=article.published_revision,
        question=revision.question,
        alternates=list(revision.alternates),
        answer=revision.answer,
        answer_html=render_html(revision.answer),
        sources=list(revision.sources),
        service_topic=content.service_topic,
        question_type=content.question_type,
        clc_class=content.clc_class,
        valid_until=content.valid_until,
        valid_from=content.valid_from,
        visibility=content.visibility,
        publish_at=article.publish_at,
        library=OwnerView(code=card.owner.code, name_zh=card.owner.name_zh, name_en=card.owner.name_en),
        author_name=card.author_name,
        reviewer_name=card.reviewer_name,
        sent_back_reason=revision.sent_back_reason,
        updated_at=article.updated_at,
        published_at=article.published_at,
        may_edit=card.may_edit,
        may_review=card.may_review,
        may_delete=card.may_delete,
    )
