"""Writing an article: a new one, or the next revision of one that is there, with a preview. Nothing typed is lost."""

from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import HTMLResponse, Response

from admin.article_form import ArticleForm, content_of, form_of, read_form
from admin.page import PageRoute, SignedInVisitor, Visitor, go_to, render
from admin.session import posted
from admin.text_diff import difference
from admin.wording import CLC_CLASSES, LANGUAGES, QUESTION_TYPES, TOPICS
from knowledge.content import MAX_ANSWER_CHARACTERS, MAX_QUESTION_CHARACTERS
from knowledge.errors import ArticleChanged, ArticleContentInvalid, ChangeNoteMissing, TopicTaken
from knowledge.rendering import render_html
from qa_server.desk import curating
from qa_server.desk.curating import ArticleCard
from storage.errors import AppError, Forbidden

router = APIRouter(route_class=PageRoute, include_in_schema=False)

# Refusals that belong beside a field.
_FIELD_OF: dict[type[AppError], str] = {ChangeNoteMissing: "change_note", TopicTaken: "key"}


@router.get("/console/articles/new")
def show_new(request: Request, visitor: SignedInVisitor) -> Response:
    """Show an empty form. Raises Forbidden for a person who may draft nowhere."""
    return _page(request, visitor, ArticleForm(language=visitor.home.language, owner=visitor.home.code), None)


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
    try:
        curating.revise(
            visitor.place,
            visitor.person,
            article_id,
            content_of(form, visitor.home.zone),
            expected_revision=form.revision,
            change_note=form.change_note,
        )
    except AppError as refusal:
        # Read again: in a conflict the other version is shown beside what was typed.
        return _page(request, visitor, form, _editable(visitor, article_id), refusal=refusal)
    return go_to(f"/console/articles/{article_id}", done="saved")


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
) -> Response:
    owners = curating.library_choices(visitor.place, visitor.person)
    if not owners:
        raise Forbidden()
    is_conflict = card is not None and isinstance(refusal, ArticleChanged)
    return render(
        request,
        "article/edit.html",
        seen_by=visitor,
        status=refusal.status if refusal else 200,
        form=replace(form, expected_revision=str(card.revision.number)) if card and is_conflict else form,
        card=card,
        owners=owners,
        conflict=difference(card.revision.answer, form.answer) if card and is_conflict else None,
        problem_field=_problem_field(refusal),
        problem=_problem(visitor, refusal),
        preview=preview,
        limits={"question": MAX_QUESTION_CHARACTERS, "answer": MAX_ANSWER_CHARACTERS},
        topics=TOPICS,
        types=QUESTION_TYPES,
        classes=CLC_CLASSES,
        languages=LANGUAGES,
    )


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
