"""All pages of the console as one router, for the application to include."""

from fastapi import APIRouter

from admin import static_files
from admin.pages import article, article_edit, article_revisions, articles, desk, history, sign_in


def router() -> APIRouter:
    """Return the router of `/console`. Expects `app.state.place` to be the application's Workplace."""
    console = APIRouter(include_in_schema=False)
    for part in (static_files, sign_in, desk, history, articles, article_edit, article_revisions, article):
        console.include_router(part.router)
    return console
