"""Writing an article: a new one, or the next revision of one that is there, with a preview. Nothing typed is lost."""

from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import HTMLResponse, Response

from admin.article_form import ArticleForm, content_of, form_of, read_form
from admin.article_merge import Part, merged_form, parts_of, use
from admin.article_wording import VISIBILITIES
from admin.page import PageRoute, SignedInVisitor, Visitor, go_to, render
from admin.session import posted
from admin.wording import CLC_CLASSES, LANGUAGES, QUESTION_TYPES, TOPICS
from knowledge.content import MAX_ANSWER_CHARACTERS, MAX_QUESTION_CHARACTERS
from knowledge.errors import ArticleChanged, ArticleContentInvalid, ChangeNoteMissing, TopicTaken
from knowledge.rendering import render_html
from qa_server.desk.articles import curating
from qa_server.desk.articles import talk as article_talk
from qa_server.desk.articles.curating import ArticleCard
from storage.errors import AppError, Forbidden

router = APIRouter(route_class=PageRoute, include_in_schema=False)

# Refusals that belong beside a field.
_FIELD_OF: dict[type[AppError], str] = {ChangeNoteMissing: "change_note", TopicTaken: "key"}


@router.get("/console/articles/new")
def show_new(request: Request, visitor: SignedInVisitor) -> Response:
    """Show an empty form. Raises Forbidden for a person who may draft nowhere."""
    return _page(request, visitor, ArticleForm(language=visitor.home.language, owner=visitor.home.code), None)


def show_prefilled(request: Request, visitor: Visitor, form: ArticleForm) -> Response:
    """Show the form of a new article with what another page knows of it. Raises Forbidden."""
    return _page(request, visitor, form, None)


@router.post("/console/articles/new")
def save_new(request: Request, visitor: SignedInVisitor, sent: Annotated[FormData, Depends(posted)]) -> Response:
    """Write a new article, or show the form again with the reason, or with a preview."""
    form = read_form(sent)
    if "preview" in sent:
        return _page(request, visitor, form, None, preview=render_html(form.answer))
    owners = {library.code: library.id for library in curating.library_choices(visitor.place, visitor.person)}
    try:
        content = content_of(form, visitor.home.zone)
        article_id = curating.draft(visitor.place, visitor.person, content, owner=owners.get(form.owner))
    except AppError as refusal:
        return _page(request, visitor, form, None, refusal=refusal)
    return go_to(f"/console/articles/{article_id}", done="saved")


@router.post("/console/articles/preview")
def preview(sent: Annotated[FormData, Depends(posted)]) -> Response:
    """Return the answer as readers will see it, sanitised, for the preview beside the form."""
    answer = str(sent.get("answer", ""))[:MAX_ANSWER_CHARACTERS]
    policy = {"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'"}
    return HTMLResponse(render_html(answer), headers=policy)


@router.get("/console/articles/{article_id}/edit")
def show_edit(request: Request, visitor: SignedInVisitor, article_id: UUID) -> Response:
    """Show the form with the newest revision. Raises NotFound, Forbidden."""
    card = _editable(visitor, article_id)
    return _page(request, visitor, form_of(card.article, card.revision, visitor.home.zone), card)


@router.post("/console/articles/{article_id}/edit")
def save_edit(
    request: Request, visitor: SignedInVisitor, article_id: UUID, sent: Annotated[FormData, Depends(posted)]
) -> Response:
    """Save the next revision, or show the form again with what was typed and the reason."""
    card = _editable(visitor, article_id)
    form = replace(read_form(sent), key=card.article.key, language=card.article.language)
    if "preview" in sent:
        return _page(request, visitor, form, card, preview=render_html(form.answer))
    if "use" in sent:
        return _merge(request, visitor, article_id, form, choice=str(sent.get("use", "")))
    try:
        curating.revise(
            visitor.place,
            visitor.person,
            article_id,
            content_of(form, visitor.home.zone),
            expected_revision=form.revision,
            change_note=form.change_note,
        )
    except ArticleChanged as refusal:
        return _merge(request, visitor, article_id, None, refusal=refusal)
    except AppError as refusal:
        return _page(request, visitor, form, card, refusal=refusal)
    return go_to(f"/console/articles/{article_id}", done="saved")


@router.get("/console/articles/{article_id}/merge")
def show_merge(request: Request, visitor: SignedInVisitor, article_id: UUID) -> Response:
    """Show one's own text that could not be saved beside what somebody else did. Raises NotFound, Forbidden."""
    return _merge(request, visitor, article_id, None)


@router.post("/console/articles/{article_id}/merge")
def give_up(visitor: SignedInVisitor, article_id: UUID, _: Annotated[FormData, Depends(posted)]) -> Response:
    """Forget one's own text that could not be saved."""
    article_talk.give_up_mine(visitor.place, visitor.person, article_id)
    return go_to(f"/console/articles/{article_id}", done="given_up")


def _merge(
    request: Request,
    visitor: Visitor,
    article_id: UUID,
    form: ArticleForm | None,
    *,
    refusal: AppError | None = None,
    choice: str = "",
) -> Response:
    """Show both changes and the two put together; `form` is what stands there so far, `choice` what is to be taken."""
    texts = article_talk.to_merge(visitor.place, visitor.person, article_id)
    if texts is None:
        return go_to(f"/console/articles/{article_id}/edit")
    made = merged_form(texts, visitor.home.zone) if form is None else use(form, texts, choice)
    return _page(
        request,
        visitor,
        made,
        _editable(visitor, article_id),
        refusal=refusal,
        conflict=parts_of(texts, visitor.home.zone),
    )


def _editable(visitor: Visitor, article_id: UUID) -> ArticleCard:
    card = curating.article(visitor.place, visitor.person, article_id)
    if not card.may_edit:
        raise Forbidden()
    return card


def _page(
    request: Request,
    visitor: Visitor,
    form: ArticleForm,
    card: ArticleCard | None,
    *,
    refusal: AppError | None = None,
    preview: str | None = None,
    conflict: list[Part] | None = None,
) -> Response:
    owners = curating.library_choices(visitor.place, visitor.person)
    if not owners:
        raise Forbidden()
    has_kept = card is not None and conflict is None and _has_kept(visitor, card)
    return render(
        request,
        "article/edit.html",
        seen_by=visitor,
        status=refusal.status if refusal else 200,
        form=form,
        card=card,
        owners=owners,
        conflict=conflict,
        kept_text=has_kept,
        editing_now=article_talk.editing_now(visitor.place, visitor.person, card.article.id) if card else [],
        visibilities=VISIBILITIES,
        problem_field=_problem_field(refusal),
        problem=_problem(visitor, refusal),
        preview=preview,
        limits={"question": MAX_QUESTION_CHARACTERS, "answer": MAX_ANSWER_CHARACTERS},
        topics=TOPICS,
        types=QUESTION_TYPES,
        classes=CLC_CLASSES,
        languages=LANGUAGES,
    )


def _has_kept(visitor: Visitor, card: ArticleCard) -> bool:
    return article_talk.to_merge(visitor.place, visitor.person, card.article.id) is not None


def _problem_field(refusal: AppError | None) -> str | None:
    if isinstance(refusal, ArticleContentInvalid):
        return str(refusal.details["field"])
    return _FIELD_OF.get(type(refusal)) if refusal else None


def _problem(visitor: Visitor, refusal: AppError | None) -> str | None:
    if refusal is None:
        return None
    if isinstance(refusal, ArticleContentInvalid):
        return visitor.say("This field {reason}.", reason=refusal.details["reason"])
    return visitor.say(refusal.message, **refusal.details)
