"""Search everything the person may see: conversations, articles and commissions, saved views beside, exports.

A form that works without scripts: everything stands in the address, which can be kept and sent to a colleague.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from admin.commission_wording import PAYMENT_STATES
from admin.form_pages import render_form
from admin.page import PageRoute, SignedInVisitor, Visitor, go_to
from admin.search_wording import CHANNELS, COMMISSION_GROUPS, DATED, FILTERS, HANDED, RATINGS, SORTS, STATE_GROUPS
from admin.session import posted
from admin.wording import ARTICLE_STATES, CLC_CLASSES, LANGUAGES, READ_LEVELS, RESOLUTIONS, STATES, TOPICS
from qa_server.api.searching import exported
from qa_server.desk import exporting, saved_views, search_places, search_results, searching_articles
from qa_server.desk.articles.filters import read_article_filters
from qa_server.desk.commissions.finding import exporting_found, searching
from qa_server.desk.commissions.finding.search_filters import read_commission_filters
from qa_server.desk.exporting import Format
from qa_server.desk.saved_views import SavedSearch, ViewSharing
from qa_server.desk.search_filters import read_filters
from storage.errors import AppError, NotFound

router = APIRouter(route_class=PageRoute, include_in_schema=False)

_ADDRESS = "/console/search"


@router.get("/console/search")
def show(request: Request, visitor: SignedInVisitor) -> Response:
    """Show one page of what fits. Without anything asked for, begin with the person's own default view."""
    asked = dict(request.query_params)
    if not asked:
        for view in saved_views.views(visitor.place, visitor.person):
            if view.is_default:
                return go_to(address_of(view))
    return _page(request, visitor, asked)


@router.post("/console/search/export")
def export(visitor: SignedInVisitor, sent: Annotated[FormData, Depends(posted)]) -> Response:
    """Send the results as a file."""
    place, person, language = visitor.place, visitor.person, visitor.language
    form: Format = "xlsx" if sent.get("form") == "xlsx" else "csv"
    given = _plain(sent)
    if saved_views.searched_in(given) == "commissions":
        found = exporting_found.commissions(place, person, read_commission_filters(given), language=language)
    else:
        found = exporting.conversations(place, person, read_filters(given), language=language)
    return exported(place, person, found, form)


@router.post("/console/search/views")
def save_view(request: Request, visitor: SignedInVisitor, sent: Annotated[FormData, Depends(posted)]) -> Response:
    """Save what the form was searched by under a name."""
    given = _plain(sent)
    try:
        view = saved_views.save_view(
            visitor.place,
            visitor.person,
            name=given.get("name", ""),
            searched=saved_views.searched_in(given),
            filters=given,
            sharing=_sharing(given),
        )
    except AppError as refusal:
        return _page(request, visitor, given, refusal=refusal)
    return go_to(address_of(view, done="saved"))


@router.post("/console/search/views/{view_id}")
def change_view(
    request: Request, visitor: SignedInVisitor, view_id: UUID, sent: Annotated[FormData, Depends(posted)]
) -> Response:
    """Pin a view, begin with it, rename, share or delete it, or give it the filters of the page."""
    given = _plain(sent)
    view = _view(visitor, view_id)
    try:
        if "delete" in given:
            saved_views.delete_view(visitor.place, visitor.person, view.id)
            return go_to(_ADDRESS, all="1", done="removed")
        if "name" in given and view.is_own:
            filters = given if "refill" in given else None
            view = saved_views.change_view(
                visitor.place, visitor.person, view.id, name=given["name"], sharing=_sharing(given), filters=filters
            )
        saved_views.choose_view(
            visitor.place, visitor.person, view.id, is_pinned="pinned" in given, is_default="default" in given
        )
    except AppError as refusal:
        return _page(request, visitor, view.filters, refusal=refusal)
    return go_to(address_of(view, done="saved"))


def address_of(view: SavedSearch, **more: str) -> str:
    """Return the address at which a view is shown."""
    return f"{_ADDRESS}?{urlencode({**view.filters, 'view': str(view.id), **more})}"


def _page(request: Request, visitor: Visitor, asked: dict[str, str], *, refusal: AppError | None = None) -> Response:
    views = saved_views.views(visitor.place, visitor.person)
    shown = next((each for each in views if str(each.id) == asked.get("view")), None)
    context: dict[str, object] = {
        "views": views,
        "shown": shown,
        "addresses": {each.id: address_of(each) for each in views},
        "places": search_places.places(visitor.place, visitor.person),
        "topics": TOPICS,
        "article_states": ARTICLE_STATES,
        "languages": LANGUAGES,
        "name": asked.get("name", ""),
    }
    match saved_views.searched_in(asked):
        case "articles":
            return _articles(request, visitor, asked, context, refusal)
        case "commissions":
            return _commissions(request, visitor, asked, context, refusal)
        case _:
            return _conversations(request, visitor, asked, context, refusal)


def _conversations(
    request: Request,
    visitor: Visitor,
    asked: dict[str, str],
    context: dict[str, object],
    refusal: AppError | None,
) -> Response:
    filters = read_filters(asked)
    found = search_results.find(visitor.place, visitor.person, filters, cursor=asked.get("cursor", "")[:64])
    return render_form(
        request,
        visitor,
        "search/conversations.html",
        refusal=refusal,
        filters=filters,
        kept=filters.written(),
        found=found,
        stale=_said(visitor, found.stale),
        is_first=not asked.get("cursor"),
        is_narrowed=_is_narrowed(filters.written(), "q", "desk", "state", "sort"),
        states=STATES,
        state_groups=STATE_GROUPS,
        channels=CHANNELS,
        resolutions=RESOLUTIONS,
        read_levels=READ_LEVELS,
        ratings=RATINGS,
        handed=HANDED,
        sorts=SORTS,
        clc_classes=CLC_CLASSES,
        **context,
    )


def _articles(
    request: Request,
    visitor: Visitor,
    asked: dict[str, str],
    context: dict[str, object],
    refusal: AppError | None,
) -> Response:
    filters = read_article_filters(asked)
    wish = asked.get("page", "1")
    page = min(int(wish), 10_000) if wish.isdecimal() and int(wish) > 0 else 1
    found = searching_articles.find_articles(visitor.place, visitor.person, filters, page=page)
    return render_form(
        request,
        visitor,
        "search/articles.html",
        refusal=refusal,
        filters=filters,
        kept={"in": "articles", **filters.written()},
        found=found,
        stale=_said(visitor, found.stale),
        **context,
    )


def _commissions(
    request: Request,
    visitor: Visitor,
    asked: dict[str, str],
    context: dict[str, object],
    refusal: AppError | None,
) -> Response:
    place, person, language = visitor.place, visitor.person, visitor.language
    filters = read_commission_filters(asked)
    found = searching.find(place, person, filters, language=language, cursor=asked.get("cursor", "")[:96])
    return render_form(
        request,
        visitor,
        "search/commissions.html",
        refusal=refusal,
        filters=filters,
        kept={"in": "commissions", **filters.written()},
        found=found,
        stale=_said(visitor, found.stale),
        is_first=not asked.get("cursor"),
        is_narrowed=_is_narrowed(filters.written(), "q", "service", "state", "sort"),
        choices=searching.choices(place, person, language=language),
        groups=COMMISSION_GROUPS,
        dated=DATED,
        sorts=SORTS,
        clc_classes=CLC_CLASSES,
        payment_states=PAYMENT_STATES,
        now=place.clock(),
        **context,
    )


def _said(visitor: Visitor, stale: Sequence[str]) -> str:
    return ", ".join(visitor.say(FILTERS[name]) for name in stale)


def _is_narrowed(written: Mapping[str, str], *shown: str) -> bool:
    """Say whether one of the filters that are folded away is set."""
    return bool(set(written) - set(shown))


def _view(visitor: Visitor, view_id: UUID) -> SavedSearch:
    for each in saved_views.views(visitor.place, visitor.person):
        if each.id == view_id:
            return each
    raise NotFound()


def _sharing(given: dict[str, str]) -> ViewSharing:
    """Read `desk:ID` or `node:CODE`; everything else is nobody."""
    kind, _, key = given.get("share", "").partition(":")
    if kind == "desk":
        try:
            return ViewSharing(desk_id=UUID(key))
        except ValueError:
            raise NotFound() from None
    return ViewSharing(library=key) if kind == "node" and key else ViewSharing()


def _plain(sent: FormData) -> dict[str, str]:
    return {name: value for name, value in sent.items() if isinstance(value, str) and name != "csrf_token"}
