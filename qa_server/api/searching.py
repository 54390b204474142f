"""Search everything a librarian may see, saved views, and exports of what was found."""

import tempfile
from collections.abc import Iterator
from typing import IO, Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from qa_server.api.asker import AskedLanguage, Place, Staff
from qa_server.api.desks import Done
from qa_server.conversations.schemas import Wire
from qa_server.desk import exporting, saved_views, search_results, searching_articles
from qa_server.desk.articles.filters import ArticleFilters, read_article_filters
from qa_server.desk.commissions.finding import exporting_found, searching
from qa_server.desk.commissions.finding.search_filters import CommissionFilters, read_commission_filters
from qa_server.desk.commissions.finding.searching import FoundCommissions
from qa_server.desk.exporting import MEDIA_TYPES, Format, TakenOut
from qa_server.desk.saved_views import SavedSearch, Searched, ViewSharing
from qa_server.desk.search_filters import ConversationFilters, read_filters
from qa_server.desk.search_results import FoundConversations
from qa_server.desk.searching_articles import FoundArticles
from qa_server.desk.workplace import Workplace
from qa_server.people.rights import StaffMember

router = APIRouter(prefix="/api/v1/staff/search", tags=["search"])

# A workbook up to this size stays in memory.
_SPOOLED_BYTES = 4_000_000
_CHUNK = 65_536
_FILES: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {media_type.partition(";")[0]: {} for media_type in MEDIA_TYPES.values()},
        "description": "A file.",
    }
}


class ViewBody(Wire):
    """A view as it is saved; `filters` are those of the search."""

    name: str = Field(max_length=200)
    searched: Searched = "conversations"
    filters: dict[str, Annotated[str, Field(max_length=200)]] = Field(default_factory=dict, max_length=20)
    sharing: ViewSharing = ViewSharing()


class FiltersAsked(BaseModel):
    """The filters of an address; empty means any."""

    q: str = Field("", max_length=200, description="Words that all have to be there, or a number.")
    desk: str = Field("", max_length=64, description="Id of a desk: its own questions and those taken there.")
    library: str = Field("", max_length=64, description="Code of the home library.")
    librarian: str = Field("", max_length=64, description="User name of somebody who held it.")
    reader: str = Field("", max_length=64, description="Name or number, where the reader agreed to tell.")
    state: str = Field("", max_length=64, description="open, ended, or one state.")
    channel: str = Field("", max_length=64)
    resolution: str = Field("", max_length=64)
    read: str = Field("", max_length=64, description="READ level, 1 to 6.")
    subject: str = Field("", max_length=64, description="CLC class; what is below it is found too.")
    language: str = Field("", max_length=64)
    rating: str = Field("", max_length=64, description="1 to 5, low (1 and 2), or rated.")
    handed: str = Field("", max_length=64, description="Whether it was handed over: yes or no.")
    first: str = Field("", max_length=64, description="First day, in the zone of one's library.")
    last: str = Field("", max_length=64, description="Last day.")
    sort: Literal["newest", "oldest"] = "newest"


class ArticleFiltersAsked(BaseModel):
    """The filters of an address; empty means any."""

    q: str = Field("", max_length=200)
    owner: str = Field("", max_length=64, description="Code of the node it belongs to.")
    state: str = Field("", max_length=64)
    topic: str = Field("", max_length=64)
    language: str = Field("", max_length=64)


class CommissionFiltersAsked(BaseModel):
    """The filters of an address; empty means any."""

    q: str = Field("", max_length=200, description="A number, a part of one, or words of the title.")
    service: str = Field("", max_length=64, description="Code of a service.")
    state: str = Field("", max_length=64, description="is-open, is-ended, to-take-up, is-overdue, or one state.")
    node: str = Field("", max_length=64, description="Code of a node where readers applied or the work is done.")
    holder: str = Field("", max_length=64, description="User name of who searches or is the reader's contact.")
    subject: str = Field("", max_length=64, description="CLC main class.")
    dated: Literal["submitted", "due", "ended"] = "submitted"
    first: str = Field("", max_length=64, description="First day, in the zone of one's library.")
    last: str = Field("", max_length=64, description="Last day.")
    sort: Literal["newest", "oldest"] = "newest"


class ViewChange(Wire):
    """Another name, other people to share it with, perhaps other filters."""

    name: str = Field(max_length=200)
    filters: dict[str, Annotated[str, Field(max_length=200)]] | None = Field(None, max_length=20)
    sharing: ViewSharing = ViewSharing()


class ViewChoice(Wire):
    """What one does with a view oneself."""

    is_pinned: bool
    is_default: bool


def get_filters(asked: Annotated[FiltersAsked, Query()]) -> ConversationFilters:
    """Return the filters of the address; values that no filter can be narrow nothing."""
    return read_filters(asked.model_dump())


Filters = Annotated[ConversationFilters, Depends(get_filters)]


def get_article_filters(asked: Annotated[ArticleFiltersAsked, Query()]) -> ArticleFilters:
    """Return the filters of the address; values that no filter can be narrow nothing."""
    return read_article_filters(asked.model_dump())


ArticlesAsked = Annotated[ArticleFilters, Depends(get_article_filters)]


def get_commission_filters(asked: Annotated[CommissionFiltersAsked, Query()]) -> CommissionFilters:
    """Return the filters of the address; values that no filter can be narrow nothing."""
    return read_commission_filters(asked.model_dump())


CommissionsAsked = Annotated[CommissionFilters, Depends(get_commission_filters)]


@router.get("/conversations")
def find_conversations(
    place: Place, person: Staff, filters: Filters, cursor: Annotated[str, Query(max_length=64)] = ""
) -> FoundConversations:
    """Find conversations that one may see, by words of question, messages and notes, and by filters."""
    return search_results.find(place, person, filters, cursor=cursor)


@router.get("/conversations/export", response_class=Response, responses=_FILES)
def export_conversations(
    place: Place, person: Staff, filters: Filters, asked: AskedLanguage, form: Format = "csv"
) -> Response:
    """Take out what the search finds, at most 50,000 rows. It is written down who did so, by which filters."""
    return exported(place, person, exporting.conversations(place, person, filters, language=asked), form)


@router.get("/articles")
def find_articles(
    place: Place, person: Staff, filters: ArticlesAsked, page: Annotated[int, Query(ge=1, le=10_000)] = 1
) -> FoundArticles:
    """Find articles of the nodes where one may see them, by words and filters."""
    return searching_articles.find_articles(place, person, filters, page=page)


@router.get("/commissions")
def find_commissions(
    place: Place,
    person: Staff,
    filters: CommissionsAsked,
    language: AskedLanguage,
    cursor: Annotated[str, Query(max_length=96)] = "",
) -> FoundCommissions:
    """Find commissions that one may open, by number, words of the title and filters."""
    return searching.find(place, person, filters, language=language, cursor=cursor)


@router.get("/commissions/export", response_class=Response, responses=_FILES)
def export_commissions(
    place: Place, person: Staff, filters: CommissionsAsked, asked: AskedLanguage, form: Format = "csv"
) -> Response:
    """Take out what the search finds, at most 50,000 rows. It is written down who did so, by which filters."""
    return exported(place, person, exporting_found.commissions(place, person, filters, language=asked), form)


@router.get("/views")
def list_views(place: Place, person: Staff) -> list[SavedSearch]:
    """Return one's own views and those shared with one, pinned ones first."""
    return saved_views.views(place, person)


@router.post("/views", status_code=201)
def save_view(place: Place, person: Staff, body: ViewBody) -> SavedSearch:
    """Save a view."""
    return saved_views.save_view(
        place, person, name=body.name, searched=body.searched, filters=body.filters, sharing=body.sharing
    )


@router.put("/views/{view_id}")
def change_view(place: Place, person: Staff, view_id: UUID, body: ViewChange) -> SavedSearch:
    """Rename a view of one's own, share it differently, give it other filters."""
    return saved_views.change_view(place, person, view_id, name=body.name, sharing=body.sharing, filters=body.filters)


@router.put("/views/{view_id}/choice")
def choose_view(place: Place, person: Staff, view_id: UUID, body: ViewChoice) -> Done:
    """Pin a view, or begin every search with it."""
    saved_views.choose_view(place, person, view_id, is_pinned=body.is_pinned, is_default=body.is_default)
    return Done()


@router.delete("/views/{view_id}")
def delete_view(place: Place, person: Staff, view_id: UUID) -> Done:
    """Delete a view."""
    saved_views.delete_view(place, person, view_id)
    return Done()


def exported(place: Workplace, person: StaffMember, taken: TakenOut, form: Format) -> Response:
    """Answer with the rows of a search as a file, sent while it is made (CSV) or from a spool (workbook)."""
    name = f"wenjin-{taken.what}-{place.clock():%Y%m%d-%H%M}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    if form == "csv":
        rows = exporting.export_csv(place, person, taken)
        return StreamingResponse((row.encode() for row in rows), media_type=MEDIA_TYPES[form], headers=headers)
    spool = tempfile.SpooledTemporaryFile(max_size=_SPOOLED_BYTES)  # noqa: SIM115 - closed by what sends it
    exporting.export_workbook(place, person, taken, spool)
    return StreamingResponse(_chunks(spool), media_type=MEDIA_TYPES[form], headers=headers)


def _chunks(spool: IO[bytes]) -> Iterator[bytes]:
    with spool:
        spool.seek(0)
        while chunk := spool.read(_CHUNK):
            yield chunk
