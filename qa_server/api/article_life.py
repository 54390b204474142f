"""The life of articles over HTTP: reviews, dates, comments, layers, test questions, who edits now."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AfterValidator, AwareDatetime, Field

from knowledge.life_models import ArticleComment
from qa_server.api.articles import ArticleId, ArticleView, article_view, is_a_date_in_use
from qa_server.api.asker import Place, Staff
from qa_server.conversations.schemas import Wire
from qa_server.desk.articles import curating
from qa_server.desk.articles import layers as article_layers
from qa_server.desk.articles import publishing as article_publishing
from qa_server.desk.articles import reviews as article_reviews
from qa_server.desk.articles import talk as article_talk
from qa_server.desk.articles import trials as article_trials
from qa_server.desk.articles.layers import Layer
from qa_server.desk.articles.talk import Talk
from qa_server.desk.articles.trials import MAX_ASKED_ON_PUBLICATION
from qa_server.desk.finding import OwnerView
from qa_server.network.queries import Owner
from qa_server.people.models import Librarian

router = APIRouter(prefix="/api/v1/staff", tags=["articles"])

Moment = Annotated[AwareDatetime, AfterValidator(is_a_date_in_use)]
Said = Annotated[str, Field(max_length=2_500)]


class Why(Wire):
    """A reason in words."""

    reason: Annotated[str, Field(max_length=1_000)]


class Plan(Wire):
    """When a reviewed revision is to be published."""

    at: Moment
    knowingly: list[UUID] = Field(
        default_factory=list,
        max_length=MAX_ASKED_ON_PUBLICATION,
        description="Test questions of other articles that may fail because of it.",
    )


class Confirmation(Wire):
    """Until when an answer holds; null without end."""

    valid_until: Moment | None = None


class Reviewer(Wire):
    """Who is asked to review; null for nobody in particular."""

    librarian_id: UUID | None


class NewComment(Wire):
    """Something to say about an article, perhaps in a thread."""

    body: Said
    thread_id: UUID | None = None


class CommentView(Wire):
    """A comment; only the first of a thread is resolved."""

    id: UUID
    author: str
    revision: int
    body: str
    created_at: datetime
    resolved_at: datetime | None
    replies: list["CommentView"] = Field(default_factory=list)


class LayerView(Wire):
    """An article on the same topic."""

    id: UUID
    library: OwnerView
    level: str
    language: str
    state: str
    question: str
    is_shown: bool


class LayersView(Wire):
    """All articles on a topic that the asker may see, and what this one stands in for."""

    layers: list[LayerView]
    based_on: UUID | None
    has_changed_below: bool
    may_override_for: list[OwnerView]


class NewOverride(Wire):
    """For which owner an own answer is drafted."""

    owner: str = Field(min_length=2, max_length=8, pattern="^[A-Za-z0-9]+$")


class TakeOver(Wire):
    """What is said of a text that is taken over."""

    change_note: Annotated[str, Field(max_length=500)]


class NewTestQuestion(Wire):
    """What a reader asks that must find the article among the first `top`; asked as a reader of `library`."""

    words: Annotated[str, Field(max_length=500)]
    top: int = Field(3, ge=1, le=10, strict=True)
    library: str = Field("", max_length=8, pattern="^[A-Za-z0-9]*$", description="Empty: of the owner.")


class TestQuestionView(Wire):
    """A test question and how it did last; `rank` from 1, null where the article was not among the answers."""

    id: UUID
    words: str
    top: int
    library: str
    has_passed: bool | None
    rank: int | None
    tried_at: datetime | None


class WaitingView(Wire):
    """A revision that waits for a review."""

    id: UUID
    question: str
    library: OwnerView
    author: str
    reviewer: str | None
    waiting_seconds: int
    open_comments: int


class ReasonView(Wire):
    """Why an article has to be looked at again."""

    kind: str
    details: dict[str, Any]
    noted_at: datetime


class DueView(Wire):
    """An article that has to be looked at again."""

    id: UUID
    question: str
    library: OwnerView
    state: str
    valid_until: datetime | None
    reasons: list[ReasonView]


class EditorsView(Wire):
    """Who else has the form of the article open."""

    names: list[str]


@router.get("/article-reviews")
def list_waiting(place: Place, person: Staff) -> list[WaitingView]:
    """Return what waits for a review where one may review, the longest waiting first."""
    return [
        WaitingView(
            id=each.article.id,
            question=each.revision.question,
            library=_owner(each.owner),
            author=_name(each.author, person.language),
            reviewer=_name(each.reviewer, person.language) or None,
            waiting_seconds=int(each.age.total_seconds()),
            open_comments=each.open_comments,
        )
        for each in article_reviews.review_queue(place, person)
    ]


@router.get("/articles-due")
def list_due(place: Place, person: Staff, page: Annotated[int, Query(ge=1, le=10_000)] = 1) -> list[DueView]:
    """Return a page of what has to be looked at again, the longest noted first."""
    found, _ = article_reviews.due_for_review(place, person, page=page)
    return [
        DueView(
            id=each.article.id,
            question=each.revision.question,
            library=_owner(each.owner),
            state=each.article.state,
            valid_until=each.article.valid_until,
            reasons=[
                ReasonView(kind=reason.kind, details=reason.details, noted_at=reason.noted_at)
                for reason in each.reasons
            ],
        )
        for each in found
    ]


@router.post("/articles/{article_id}/restoration")
def restore(place: Place, person: Staff, article_id: UUID) -> ArticleView:
    """Bring a retired or merged article back."""
    curating.restore(place, person, article_id)
    return article_view(curating.article(place, person, article_id))


@router.post("/articles/{article_id}/unpublication")
def unpublish(place: Place, person: Staff, article_id: UUID, body: Why) -> ArticleView:
    """Take an article away from readers; it is a draft again."""
    curating.unpublish(place, person, article_id, reason=body.reason)
    return article_view(curating.article(place, person, article_id))


@router.put("/articles/{article_id}/plan")
def plan(place: Place, person: Staff, article_id: UUID, body: Plan) -> ArticleView:
    """Approve what somebody else wrote and have it published later; refused with `pushes_aside` as a publication is."""
    article_publishing.plan(place, person, article_id, at=body.at, knowingly=body.knowingly)
    return article_view(curating.article(place, person, article_id))


@router.delete("/articles/{article_id}/plan")
def call_off(place: Place, person: Staff, article_id: UUID) -> ArticleView:
    """Call a planned publication off."""
    article_reviews.call_off(place, person, article_id)
    return article_view(curating.article(place, person, article_id))


@router.post("/articles/{article_id}/confirmation")
def confirm(place: Place, person: Staff, article_id: UUID, body: Confirmation) -> ArticleView:
    """Say that an answer still holds."""
    article_reviews.confirm(place, person, article_id, valid_until=body.valid_until)
    return article_view(curating.article(place, person, article_id))


@router.post("/articles/{article_id}/doubt")
def ask_again(place: Place, person: Staff, article_id: UUID, body: Why) -> ArticleView:
    """Have a published answer looked at again."""
    article_reviews.ask_again(place, person, article_id, why=body.reason)
    return article_view(curating.article(place, person, article_id))


@router.put("/articles/{article_id}/reviewer", status_code=204)
def assign(place: Place, person: Staff, article_id: UUID, body: Reviewer) -> None:
    """Ask somebody to review an article."""
    article_reviews.assign(place, person, article_id, reviewer_id=body.librarian_id)


@router.get("/articles/{article_id}/comments")
def list_comments(place: Place, person: Staff, article_id: UUID) -> list[CommentView]:
    """Return what staff say about an article, open threads first."""
    talk = article_talk.talk(place, person, article_id)
    return [
        _comment(thread.first, talk, person.language).model_copy(
            update={"replies": [_comment(reply, talk, person.language) for reply in thread.replies]}
        )
        for thread in talk.threads
    ]


@router.post("/articles/{article_id}/comments", status_code=201)
def comment(place: Place, person: Staff, article_id: UUID, body: NewComment) -> ArticleId:
    """Say something about an article; returns the comment's id."""
    return ArticleId(id=article_talk.comment(place, person, article_id, body=body.body, thread_id=body.thread_id))


@router.post("/articles/{article_id}/comments/{comment_id}/resolution", status_code=204)
def resolve(place: Place, person: Staff, article_id: UUID, comment_id: UUID) -> None:
    """Close a thread."""
    article_talk.resolve(place, person, article_id, comment_id)


@router.get("/articles/{article_id}/layers")
def read_layers(place: Place, person: Staff, article_id: UUID) -> LayersView:
    """Return who else answers the same topic, in which languages, and what this article stands in for."""
    found = article_layers.view(place, person, article_id)
    return LayersView(
        layers=[_layer(each) for each in found.layers],
        based_on=found.below.article.id if found.below else None,
        has_changed_below=found.below.has_changed if found.below else False,
        may_override_for=[_owner(each) for each in found.choices],
    )


@router.post("/articles/{article_id}/overrides", status_code=201)
def override(place: Place, person: Staff, article_id: UUID, body: NewOverride) -> ArticleId:
    """Draft an own answer for another owner out of what readers see."""
    return ArticleId(id=article_layers.override(place, person, article_id, owner_code=body.owner))


@router.post("/articles/{article_id}/layer/kept", status_code=204)
def keep_layer(place: Place, person: Staff, article_id: UUID) -> None:
    """Note that an own answer stays as it is although the one below changed."""
    article_layers.still_right(place, person, article_id)


@router.post("/articles/{article_id}/layer/taken")
def take_layer(place: Place, person: Staff, article_id: UUID, body: TakeOver) -> ArticleView:
    """Write the changed answer below as the next revision of the own one."""
    article_layers.take_over(place, person, article_id, note=body.change_note)
    return article_view(curating.article(place, person, article_id))


@router.get("/articles/{article_id}/test-questions")
def list_test_questions(place: Place, person: Staff, article_id: UUID) -> list[TestQuestionView]:
    """Return an article's test questions with how they did last."""
    return [
        TestQuestionView(
            id=card.trial.id,
            words=card.trial.words,
            top=card.trial.top,
            library=card.library.code if card.library else "",
            has_passed=card.last.has_passed if card.last else None,
            rank=card.last.rank if card.last else None,
            tried_at=card.last.ran_at if card.last else None,
        )
        for card in article_trials.of_article(place, person, article_id)
    ]


@router.post("/articles/{article_id}/test-questions", status_code=201)
def add_test_question(place: Place, person: Staff, article_id: UUID, body: NewTestQuestion) -> ArticleId:
    """Add a test question; returns its id."""
    added = article_trials.add(place, person, article_id, words=body.words, top=body.top, library_code=body.library)
    return ArticleId(id=added)


@router.delete("/articles/{article_id}/test-questions/{question_id}", status_code=204)
def remove_test_question(place: Place, person: Staff, article_id: UUID, question_id: UUID) -> None:
    """Ask a test question no longer."""
    article_trials.remove(place, person, article_id, question_id)


@router.post("/articles/{article_id}/test-questions/run")
def try_questions(place: Place, person: Staff, article_id: UUID) -> list[TestQuestionView]:
    """Ask an article's test questions now."""
    article_trials.try_article(place, person, article_id)
    return list_test_questions(place, person, article_id)


@router.put("/articles/{article_id}/editor")
def edits_now(place: Place, person: Staff, article_id: UUID) -> EditorsView:
    """Note that one has the form open; returns who else has."""
    others = article_talk.edits_now(place, person, article_id)
    return EditorsView(names=[_name(each, person.language) for each in others])


@router.delete("/articles/{article_id}/editor", status_code=204)
def stops_editing(place: Place, person: Staff, article_id: UUID) -> None:
    """Note that one has closed the form."""
    article_talk.stops_editing(place, person, article_id)


def _comment(row: ArticleComment, talk: Talk, language: str) -> CommentView:
    return CommentView(
        id=row.id,
        author=_name(talk.people.get(row.author_id), language),
        revision=row.revision_number,
        body=row.body,
        created_at=row.created_at,
        resolved_at=row.resolved_at,
    )


def _layer(layer: Layer) -> LayerView:
    return LayerView(
        id=layer.article.id,
        library=_owner(layer.owner),
        level=layer.level,
        language=layer.article.language,
        state=layer.article.state,
        question=layer.question,
        is_shown=layer.is_shown,
    )


def _owner(owner: Owner) -> OwnerView:
    return OwnerView(code=owner.code, name_zh=owner.name_zh, name_en=owner.name_en)


def _name(librarian: Librarian | None, language: str) -> str:
    if librarian is None:
        return ""
    return librarian.name_zh if language == "zh" else librarian.name_en
