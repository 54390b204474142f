"""Importing articles: a file up, its columns, a dry run with a report, the drafts, taking them back; and taking out."""

from collections.abc import Callable
from hmac import compare_digest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated
from uuid import UUID

from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData, UploadFile
from starlette.responses import JSONResponse, Response

from admin.import_wording import DONE, FIELDS, OUTCOMES, STATES, STRUCTURES
from admin.page import PageRoute, SignedInVisitor, Visitor, go_to, render
from admin.session import CSRF_FIELD, posted
from admin.wording import ARTICLE_STATES, LANGUAGES, QUESTION_TYPES, TOPICS
from knowledge.article_export import Format
from knowledge.imports.models import WORKING, ImportState, Outcome
from qa_server.api.article_imports import exported
from qa_server.api.upload import with_counted_body
from qa_server.desk.articles import curating
from qa_server.desk.articles import importing as importing_articles
from qa_server.desk.articles.importing import ImportCard
from qa_server.people.errors import CsrfRefused, Unauthenticated
from storage.errors import AppError, Forbidden

router = APIRouter(route_class=PageRoute, include_in_schema=False)

_ADDRESS = "/console/articles/imports"
_CHUNK = 1_048_576
_ENDED = (ImportState.DONE, ImportState.UNDONE, ImportState.CANCELLED)


@router.get(_ADDRESS)
def show(request: Request, visitor: SignedInVisitor, done: str = "") -> Response:
    """Show the newest imports, and the way to a new one. Raises Forbidden for who may import nowhere."""
    return _list(request, visitor, done=DONE.get(done))


@router.post(_ADDRESS)
async def upload(request: Request, visitor: SignedInVisitor) -> Response:
    """Read a file into a new import."""
    async with with_counted_body(request).form(max_files=1, max_fields=10) as sent:
        given = sent.get(CSRF_FIELD)
        if not isinstance(given, str) or not compare_digest(given.encode(), visitor.person.csrf_token.encode()):
            raise CsrfRefused()
        file, library = sent.get("file"), str(sent.get("library", ""))
        if not isinstance(file, UploadFile) or not file.filename:
            return await run_sync(lambda: _list(request, visitor, problem=visitor.say("Choose a file.")))
        with TemporaryDirectory(prefix="wenjin-") as folder:
            path = Path(folder) / "file"
            await _save(file, path)
            return await run_sync(lambda: _taken_in(request, visitor, path, str(file.filename), library))


@router.get(f"{_ADDRESS}/{{import_id}}")
def show_import(
    request: Request,
    visitor: SignedInVisitor,
    import_id: UUID,
    outcome: str = "",
    after: int = -1,
    done: str = "",
) -> Response:
    """Show how far an import is, what can be done next, and the report. Raises NotFound."""
    return _page(request, visitor, import_id, outcome=outcome, after=after, done=DONE.get(done))


@router.get(f"{_ADDRESS}/{{import_id}}/progress")
def progress(visitor: SignedInVisitor, import_id: UUID) -> JSONResponse:
    """Return how far an import is, for the page that shows it."""
    card = importing_articles.card(visitor.place, visitor.person, import_id)
    return JSONResponse({"state": card.found.state, "done": card.found.done_rows, "todo": card.todo})


@router.post(f"{_ADDRESS}/{{import_id}}/check")
def check(
    request: Request, visitor: SignedInVisitor, import_id: UUID, sent: Annotated[FormData, Depends(posted)]
) -> Response:
    """Take the columns and begin the dry run."""
    mapping = {name: str(sent.get(f"field-{name}", "")) for name in FIELDS}
    choices: dict[str, object] = {
        name: str(sent[name])
        for name in ("language", "service_topic", "question_type", "structure")
        if sent.get(name) is not None
    }
    return _step(
        request,
        visitor,
        import_id,
        lambda: importing_articles.check(visitor.place, visitor.person, import_id, mapping=mapping, choices=choices),
    )


@router.post(f"{_ADDRESS}/{{import_id}}/run")
def run(
    request: Request, visitor: SignedInVisitor, import_id: UUID, sent: Annotated[FormData, Depends(posted)]
) -> Response:
    """Begin to draft what was checked."""
    choices = {
        "near": "draft" if sent.get("near") else "skip",
        "duplicates": "draft" if sent.get("duplicates") else "skip",
        "submit": bool(sent.get("submit")),
    }
    return _step(
        request,
        visitor,
        import_id,
        lambda: importing_articles.run(visitor.place, visitor.person, import_id, choices=choices),
    )


@router.post(f"{_ADDRESS}/{{import_id}}/undo")
def undo(
    request: Request, visitor: SignedInVisitor, import_id: UUID, _: Annotated[FormData, Depends(posted)]
) -> Response:
    """Begin to take the import back."""
    return _step(request, visitor, import_id, lambda: importing_articles.undo(visitor.place, visitor.person, import_id))


@router.post(f"{_ADDRESS}/{{import_id}}/cancel")
def cancel(
    request: Request, visitor: SignedInVisitor, import_id: UUID, _: Annotated[FormData, Depends(posted)]
) -> Response:
    """Give the import up."""
    try:
        importing_articles.cancel(visitor.place, visitor.person, import_id)
    except AppError as refusal:
        return _refused(request, visitor, import_id, refusal)
    return go_to(_ADDRESS, done="cancelled")


@router.get("/console/articles/export")
def export(visitor: SignedInVisitor, library: str, format: Format = "csv", state: str = "") -> Response:
    """Return a node's articles as a file."""
    states = [state] if state in ARTICLE_STATES else []
    return exported(visitor.place, visitor.person, library=library, form=format, states=states)


async def _save(file: UploadFile, path: Path) -> None:
    with path.open("wb") as target:
        while chunk := await file.read(_CHUNK):
            await run_sync(target.write, chunk)


def _taken_in(request: Request, visitor: Visitor, path: Path, file_name: str, library: str) -> Response:
    try:
        import_id = importing_articles.upload(visitor.place, visitor.person, path, file_name=file_name, library=library)
    except AppError as refusal:
        return _list(request, visitor, problem=visitor.say(refusal.message, **_said(visitor, refusal)))
    return go_to(f"{_ADDRESS}/{import_id}")


def _reason(visitor: Visitor, said: str) -> str:
    """Return why a row is left out, in the visitor's language: a sentence, or a field and what is wrong with it."""
    name, _, rest = said.partition(" ")
    return f"{visitor.say(FIELDS[name])}: {visitor.say(rest)}" if name in FIELDS else visitor.say(said)


def _said(visitor: Visitor, refusal: AppError) -> dict[str, object]:
    return {name: visitor.say(str(value)) for name, value in refusal.details.items()}


def _step(request: Request, visitor: Visitor, import_id: UUID, work: Callable[[], None]) -> Response:
    try:
        work()
    except AppError as refusal:
        return _refused(request, visitor, import_id, refusal)
    return go_to(f"{_ADDRESS}/{import_id}", done="asked")


def _refused(request: Request, visitor: Visitor, import_id: UUID, refusal: AppError) -> Response:
    if isinstance(refusal, Unauthenticated) or refusal.code == "not_found":
        raise refusal
    return _page(request, visitor, import_id, refusal=refusal)


def _list(request: Request, visitor: Visitor, *, done: str | None = None, problem: str | None = None) -> Response:
    targets = importing_articles.targets(visitor.place, visitor.person)
    readable = curating.owner_choices(visitor.place, visitor.person)
    if not targets and not readable:
        raise Forbidden()
    return render(
        request,
        "imports/list.html",
        seen_by=visitor,
        status=422 if problem else 200,
        imports=importing_articles.imports(visitor.place, visitor.person),
        targets=targets,
        readable=readable,
        states=STATES,
        article_states=ARTICLE_STATES,
        done=done,
        problem=problem,
    )


def _page(
    request: Request,
    visitor: Visitor,
    import_id: UUID,
    *,
    outcome: str = "",
    after: int = -1,
    done: str | None = None,
    refusal: AppError | None = None,
) -> Response:
    card: ImportCard = importing_articles.card(visitor.place, visitor.person, import_id)
    wanted = Outcome(outcome) if outcome in set(Outcome) else None
    rows = importing_articles.rows(
        visitor.place, visitor.person, import_id, outcome=wanted, after=max(-1, min(after, 2**31 - 1))
    )
    return render(
        request,
        "imports/page.html",
        seen_by=visitor,
        status=refusal.status if refusal else 200,
        card=card,
        rows=rows,
        reasons={each.row.number: _reason(visitor, each.row.reason) for each in rows if each.row.reason},
        next_after=rows[-1].row.number if len(rows) == importing_articles.PAGE_ROWS else None,
        wanted=wanted.value if wanted else "",
        is_working=card.found.state in WORKING,
        has_ended=card.found.state in _ENDED,
        done=done,
        refusal=visitor.say(refusal.message, **_said(visitor, refusal)) if refusal else None,
        states=STATES,
        outcomes=OUTCOMES,
        fields=FIELDS,
        structures=STRUCTURES,
        topics=TOPICS,
        types=QUESTION_TYPES,
        languages=LANGUAGES,
    )
