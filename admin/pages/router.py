"""All pages of the console as one router, for the application to include."""

from fastapi import APIRouter

from admin import static_files
from admin.pages import (
    alliances,
    applications,
    article,
    article_edit,
    article_revisions,
    articles,
    board,
    desk,
    history,
    join,
    libraries,
    node_card,
    node_cascade,
    node_changes,
    node_desks,
    node_hours,
    node_people,
    node_settings,
    nodes,
    roster,
    shifts,
    sign_in,
    wordings,
)


def router() -> APIRouter:
    """Return the router of `/console`. Expects `app.state.place` to be the application's Workplace."""
    console = APIRouter(include_in_schema=False)
    for part in (
        static_files,
        sign_in,
        desk,
        board,
        history,
        articles,
        wordings,
        article_edit,
        article_revisions,
        article,
        nodes,
        node_cascade,
        node_hours,
        node_desks,
        node_people,
        node_card,
        node_settings,
        node_changes,
        libraries,
        roster,
        shifts,
        applications,
        alliances,
        join,
    ):
        console.include_router(part.router)
    return console
