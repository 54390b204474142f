"""Importing articles over HTTP: a file up, its mapping, a dry run, the drafts, an undo; and articles out as a file."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any, Literal
from urllib.parse import unquote
from uuid import UUID

from anyio.to_thread import run_sync
from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import FileResponse
from pydantic import Field
from starlette.background import BackgroundTask

from knowledge.article_export import MEDIA_TYPES, Format
from knowledge.imports.models import ImportState, Outcome
from qa_server.api.asker import Place, Staff
from qa_server.api.upload import body_as_file
from qa_server.conversations.schemas import Wire
from qa_server.desk.articles import exporting as exporting_articles
from qa_server.desk.articles import importing as importing_articles
from qa_server.desk.articles.importing import ImportCard, Row
from qa_server.desk.finding import OwnerView

router = APIRouter(prefix="/api/v1/staff", tags=["article imports"])

Code = Annotated[str, Query(min_length=2, max_length=16, pattern="^[A-Za-z0-9-]+$")]
Name = Annotated[str, Field(max_length=80)]
_FILE_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


class ImportChoices(Wire):
    """What is decided beside the mapping. `near` and `duplicates` say what becomes of questions that are there."""

    language: Literal["", "zh", "en"] = Field("", description="Of rows that name none; empty: by their script.")
    service_topic: str = Field("other", max_length=24)
    question_type: str = Field("fact", max_length=16)
    duplicates: Literal["skip", "draft"] = "skip"
    near: Literal["skip", "draft"] = "skip"
    submit: bool = Field(False, description="Let the drafts wait for a reviewer at once.")
    structure: str = Field("", max_length=16, description="Of a web page: which of its structures is taken.")


class ImportCheck(Wire):
    """The mapping, field to column, and the choices."""

    mapping: dict[Name, Name] = Field(max_length=40)
    choices: ImportChoices = Field(default_factory=ImportChoices)


class ImportView(Wire):
    """An import: how far it is, and how many rows have which outcome."""

    id: UUID
    library: OwnerView
    file_name: str
    file_format: str
    state: ImportState
    columns: list[str]
    mapping: dict[str, str]
    total_rows: int
    done_rows: int
    todo_rows: int
    counts: dict[str, int]
    created_at: datetime


class ImportRowView(Wire):
    """One row of the report. `like_article_id` or `like_number` name what it is like; `details`: personal details."""

    number: int
    question: str
    outcome: Outcome | None
    reason: str | None
    like_article_id: UUID | None
    like_number: int | None
    likeness: float | None
    article_id: UUID | None
    details: int


class ImportRowsView(Wire):
    """A page of rows by number; `next_after` continues it, null at the end."""

    items: list[ImportRowView]
    next_after: int | None


class ImportId(Wire):
    """The import that was begun."""

    id: UUID


@router.post("/article-imports", status_code=201, openapi_extra=_FILE_BODY)
async def upload(
    request: Request,
    place: Place,
    person: Staff,
    library: Code,
    name: Annotated[
        str, Header(alias="X-File-Name", min_length=1, max_length=1500, description="The name, percent-encoded UTF-8.")
    ],
) -> ImportId:
    """Read a file into a new import for a node: the body is the file. Nothing is drafted yet."""
    async with body_as_file(request) as path:
        work = partial(importing_articles.upload, place, person, path, file_name=unquote(name), library=library)
        return ImportId(id=await run_sync(work))


@router.get("/article-imports")
def list_imports(place: Place, person: Staff) -> list[ImportView]:
    """Return the newest imports into nodes where one may import."""
    return [_view(card) for card in importing_articles.imports(place, person)]


@router.get("/article-imports/{import_id}")
def read_import(place: Place, person: Staff, import_id: UUID) -> ImportView:
    """Return one import as it stands now."""
    return _view(importing_articles.card(place, person, import_id))


@router.get("/article-imports/{import_id}/rows")
def read_rows(
    place: Place,
    person: Staff,
    import_id: UUID,
    outcome: Outcome | None = None,
    after: Annotated[int, Query(ge=-1, le=2**31 - 1)] = -1,
) -> ImportRowsView:
    """Return a page of the report."""
    found = importing_articles.rows(place, person, import_id, outcome=outcome, after=after)
    is_full = len(found) == importing_articles.PAGE_ROWS
    return ImportRowsView(items=[_row(each) for each in found], next_after=found[-1].row.number if is_full else None)


@router.post("/article-imports/{import_id}/check", status_code=202)
def check(place: Place, person: Staff, import_id: UUID, body: ImportCheck) -> ImportView:
    """Begin a dry run with this mapping; it can be repeated with another."""
    choices = body.choices.model_dump()
    importing_articles.check(place, person, import_id, mapping=body.mapping, choices=choices)
    return _view(importing_articles.card(place, person, import_id))


@router.post("/article-imports/{import_id}/run", status_code=202)
def run(place: Place, person: Staff, import_id: UUID) -> ImportView:
    """Begin to make drafts of what was checked."""
    importing_articles.run(place, person, import_id, choices={})
    return _view(importing_articles.card(place, person, import_id))


@router.post("/article-imports/{import_id}/undo", status_code=202)
def undo(place: Place, person: Staff, import_id: UUID) -> ImportView:
    """Begin to take the import back: what nobody touched is removed, the rest is named."""
    importing_articles.undo(place, person, import_id)
    return _view(importing_articles.card(place, person, import_id))


@router.post("/article-imports/{import_id}/cancel")
def cancel(place: Place, person: Staff, import_id: UUID) -> ImportView:
    """Give up an import of which nothing was drafted."""
    importing_articles.cancel(place, person, import_id)
    return _view(importing_articles.card(place, person, import_id))


@router.get(
    "/article-exports",
    response_class=FileResponse,
    responses={200: {"content": {"application/octet-stream": {}}}},
)
def export(
    place: Place,
    person: Staff,
    library: Code,
    format: Format = "csv",
    state: Annotated[list[str] | None, Query(max_length=6)] = None,
) -> FileResponse:
    """Return the articles of a node as a file that an import reads again. Written down in the audit log."""
    return exported(place, person, library=library, form=format, states=state or [])


def exported(place: Place, person: Staff, *, library: str, form: Format, states: list[str]) -> FileResponse:
    """Write the export into a file that goes away once it has been sent."""
    folder = TemporaryDirectory(prefix="wenjin-")
    path = Path(folder.name) / f"articles.{form}"
    with _kept_on_error(folder), path.open("wb") as target:
        exporting_articles.export(place, person, target, library=library, form=form, states=states)
    name = f"articles-{library.upper()}.{form}"
    return FileResponse(path, media_type=MEDIA_TYPES[form], filename=name, background=BackgroundTask(folder.cleanup))


@contextmanager
def _kept_on_error(folder: TemporaryDirectory[str]) -> Iterator[None]:
    try:
        yield
    except BaseException:
        folder.cleanup()
        raise


def _view(card: ImportCard) -> ImportView:
    found, owner = card.found, card.owner
    return ImportView(
        id=found.id,
        library=OwnerView(code=owner.code, name_zh=owner.name_zh, name_en=owner.name_en),
        file_name=found.file_name,
        file_format=found.file_format,
        state=ImportState(found.state),
        columns=list(found.columns),
        mapping=dict(found.mapping),
        total_rows=found.total_rows,
        done_rows=found.done_rows,
        todo_rows=card.todo,
        counts=dict(card.counts),
        created_at=found.created_at,
    )


def _row(each: Row) -> ImportRowView:
    row = each.row
    return ImportRowView(
        number=row.number,
        question=each.question,
        outcome=Outcome(row.outcome) if row.outcome else None,
        reason=row.reason,
        like_article_id=row.like_article_id,
        like_number=row.like_number,
        likeness=row.likeness,
        article_id=row.article_id,
        details=each.details,
    )
