"""What waits: revisions for a review, articles to look at again, test questions that fail; an article's story."""

from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from admin.article_wording import CAUSES, HAPPENINGS, PARTS, REASONS
from admin.page import PageRoute, SignedInVisitor, render
from admin.wording import ARTICLE_STATES, LANGUAGES
from qa_server.desk.articles import curating
from qa_server.desk.articles import reviews as article_reviews
from qa_server.desk.articles import trials as article_trials

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/console/articles/reviews")
def reviews(request: Request, visitor: SignedInVisitor) -> Response:
    """Show what waits for a review, the longest waiting first, one's own last."""
    found = article_reviews.review_queue(visitor.place, visitor.person)
    return render(
        request,
        "articles/reviews.html",
        seen_by=visitor,
        waiting=sorted(found, key=lambda each: each.is_own),
        languages=LANGUAGES,
        parts=PARTS,
    )


@router.get("/console/articles/due")
def due(request: Request, visitor: SignedInVisitor, page: str = "1") -> Response:
    """Show what has to be looked at again, and why."""
    number = min(int(page), 10_000) if page.isdecimal() and int(page) > 0 else 1
    found, total = article_reviews.due_for_review(visitor.place, visitor.person, page=number)
    return render(
        request,
        "articles/due.html",
        seen_by=visitor,
        due=found,
        total=total,
        page=number,
        pages=max(1, -(-total // article_reviews.PAGE_SIZE)),
        reasons_named=REASONS,
        states=ARTICLE_STATES,
        parts=PARTS,
    )


@router.get("/console/articles/test-questions")
def test_questions(request: Request, visitor: SignedInVisitor) -> Response:
    """Show the test questions that fail, and how the last runs went."""
    return render(
        request,
        "articles/trials.html",
        seen_by=visitor,
        failing=article_trials.failing(visitor.place, visitor.person),
        runs=article_trials.last_runs(visitor.place),
        causes=CAUSES,
        parts=PARTS,
    )


@router.get("/console/articles/{article_id}/story")
def story(request: Request, visitor: SignedInVisitor, article_id: UUID) -> Response:
    """Show what happened to an article, and how its test questions did. Raises NotFound, Forbidden."""
    card = curating.article(visitor.place, visitor.person, article_id)
    return render(
        request,
        "article/story.html",
        seen_by=visitor,
        card=card,
        story=article_reviews.story(visitor.place, visitor.person, article_id),
        tried=article_trials.history(visitor.place, visitor.person, article_id),
        happenings=HAPPENINGS,
        reasons_named=REASONS,
    )
