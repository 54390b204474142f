"""One commission: its form, the steps of its course, who has it, how its reader is reached."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import PlainTextResponse, Response

from admin.commission_form import papers_of, sections
from admin.commission_pages import PAGE, Refused, back_to, may_stay, plain, show, whole
from admin.commission_wording import INVOICES, PAPER_KINDS
from admin.page import PageRoute, SignedInVisitor, Visitor, go_to
from admin.pages.commission_report import report_page
from admin.session import posted
from qa_server.commissions.papers.writing import to_bibtex, to_citations, to_ris
from qa_server.desk.commissions import acquainting, examining, filing, handling, passing_on
from qa_server.desk.commissions.operating import Asked
from qa_server.desk.commissions.wording import return_reason
from storage.errors import AppError, NotFound

router = APIRouter(route_class=PageRoute, include_in_schema=False)

_FORMS = {"ris": "application/x-research-info-systems", "bib": "application/x-bibtex", "txt": "text/plain"}


@router.get(PAGE + "/{commission_id}")
def showform_page(request: Request, visitor: SignedInVisitor, commission_id: UUID, who: str = "") -> Response:
    """Show the form and what it lacks; with `who` also how the reader is reached, which is written down."""
    return form_page(request, visitor, commission_id, is_acquainted=who == "1")


@router.get(PAGE + "/{commission_id}/papers/{field}.{form}")
def save_papers(visitor: SignedInVisitor, commission_id: UUID, field: str, form: str) -> Response:
    """Send a list of papers as RIS, BibTeX or lines of GB/T 7714. Raises NotFound."""
    view = handling.read(visitor.place, visitor.person, commission_id, language=visitor.language)
    known = {each.key for each in handling.definition(visitor.place, visitor.person, commission_id).fields}
    if form not in _FORMS or field not in known:
        raise NotFound()
    papers = papers_of(view.form, field)
    text = {"ris": to_ris, "bib": to_bibtex}.get(form, lambda given: "\n".join(to_citations(given)))(papers)
    headers = {
        "Content-Disposition": f'attachment; filename="{view.number}.{form}"',
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return PlainTextResponse(text, media_type=_FORMS[form], headers=headers)


@router.get(PAGE + "/{commission_id}/files/{file_id}")
def save_file(visitor: SignedInVisitor, commission_id: UUID, file_id: UUID) -> Response:
    """Go to a fresh link to a file of the commission. Raises NotFound."""
    return go_to(filing.link(visitor.place, visitor.person, commission_id, file_id).url)


@router.post(PAGE + "/{commission_id}/steps/{key}")
def make_step(
    request: Request,
    visitor: SignedInVisitor,
    commission_id: UUID,
    key: str,
    sent: Annotated[FormData, Depends(posted)],
) -> Response:
    """Take a step. Pressed twice it is taken once; what was typed stays when it is refused."""
    given = plain(sent)
    asked = Asked(
        client_id=given.get("client_id", "")[:64],
        revision=whole(given.get("revision", "")),
        reason=_reason(visitor, commission_id, given, [str(each) for each in sent.getlist("lacking")]),
        library_code=given.get("library") or None,
        days=whole(given.get("days", "")),
        details={"at_readers_wish": True} if "at_readers_wish" in given else {},
    )
    try:
        handling.step(visitor.place, visitor.person, commission_id, key, asked, language=visitor.language)
    except AppError as error:
        if not may_stay(error):
            raise
        # Refusals of a step are read where it was taken: what is missing in a report is mended there.
        page = report_page if given.get("tab") == "/report" else form_page
        return page(request, visitor, commission_id, refused=Refused(error, key, given))
    if not still_sees(visitor, commission_id):
        return go_to(PAGE, done="step")
    return back_to(commission_id, given, "step")


@router.post(PAGE + "/{commission_id}/searcher")
def assign(
    request: Request, visitor: SignedInVisitor, commission_id: UUID, sent: Annotated[FormData, Depends(posted)]
) -> Response:
    """Give the work to a colleague of the desk."""
    given = plain(sent)
    try:
        passing_on.assign(
            visitor.place,
            visitor.person,
            commission_id,
            _id(given.get("librarian", "")),
            client_id=given.get("client_id", "")[:64],
            note=given.get("note", ""),
            revision=whole(given.get("revision", "")),
            language=visitor.language,
        )
    except AppError as error:
        if not may_stay(error):
            raise
        return form_page(request, visitor, commission_id, refused=Refused(error, "assign", given))
    return back_to(commission_id, given, "assigned")


def form_page(
    request: Request,
    visitor: Visitor,
    commission_id: UUID,
    *,
    is_acquainted: bool = False,
    refused: Refused | None = None,
) -> Response:
    """Answer with the form of a commission, and with what was refused on it. Raises NotFound."""
    place, person, language = visitor.place, visitor.person, visitor.language
    view = handling.read(place, person, commission_id, language=language)
    definition = handling.definition(place, person, commission_id)
    doubts = examining.doubts(place, person, commission_id, language=language)
    fields = {each.key: each.label.in_(language) for each in definition.fields}
    return show(
        request,
        visitor,
        commission_id,
        "commissions/form.html",
        tab="",
        refused=refused,
        sections=sections(definition, view.form, by="reader", language=language, say=visitor.say, doubts=doubts),
        doubts=doubts,
        labels=fields,
        files={str(each.id): each for each in view.files},
        acquaintance=acquainting.who(place, person, commission_id) if is_acquainted else None,
        paper_kinds=PAPER_KINDS,
        invoices=INVOICES,
    )


def _reason(visitor: Visitor, commission_id: UUID, given: dict[str, str], lacking: list[str]) -> str:
    """Return the reason with the fields that have to be completed named before it, in the reader's language."""
    reason = given.get("reason", "")
    if not lacking:
        return reason
    view = handling.read(visitor.place, visitor.person, commission_id, language=visitor.language)
    definition = handling.definition(visitor.place, visitor.person, commission_id)
    return return_reason(definition, lacking, reason, "zh" if view.language == "zh" else "en")


def still_sees(visitor: Visitor, commission_id: UUID) -> bool:
    """Say whether the visitor still sees a commission, after a step that may have given it away."""
    try:
        handling.read(visitor.place, visitor.person, commission_id, language=visitor.language)
    except NotFound:
        return False
    return True


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound() from None
