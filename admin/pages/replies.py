"""A librarian's own canned replies, and all those that come from desks and from above."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from admin import reply_pages
from admin.form_pages import render_form
from admin.page import PageRoute, SignedInVisitor, Visitor, go_to
from admin.reply_pages import SentFile
from admin.session import posted
from qa_server.desk import canned_replies
from qa_server.desk.canned_replies import Shelf
from qa_server.desk.reply_files import ImportReport
from qa_server.replies.fields import ReplyFields
from storage.errors import AppError

router = APIRouter(route_class=PageRoute, include_in_schema=False)

_ADDRESS = "/console/replies"
_MINE = Shelf()
Form = Annotated[FormData, Depends(posted)]


@router.get(_ADDRESS)
def show(request: Request, visitor: SignedInVisitor) -> Response:
    """Show what the visitor may use, the own replies first."""
    return _list(request, visitor)


@router.get(f"{_ADDRESS}/new")
def begin(request: Request, visitor: SignedInVisitor, copy: UUID | None = None) -> Response:
    """Show an empty form, or one that begins with another reply."""
    found = reply_pages.found_on(canned_replies.my_shelves(visitor.place, visitor.person), copy)
    return _form(request, visitor, reply_pages.fields_of(found) if found else ReplyFields(""))


@router.post(f"{_ADDRESS}/new")
def add(request: Request, visitor: SignedInVisitor, sent: Form) -> Response:
    """Add an own reply, or show how it would look."""
    return _save(request, visitor, sent, None)


@router.get(f"{_ADDRESS}/file")
def save_file(visitor: SignedInVisitor, format: str = "csv") -> Response:
    """Give the own replies as a file."""
    return reply_pages.file_response(visitor, _MINE, format)


@router.post(f"{_ADDRESS}/file")
def take_file(request: Request, visitor: SignedInVisitor, sent: Form) -> Response:
    """Try a file with own replies, then put it in."""
    try:
        file = reply_pages.sent_file(sent)
        report = reply_pages.put_in(visitor, _MINE, file)
    except AppError as refusal:
        return _list(request, visitor, refusal=refusal)
    return _list(request, visitor, report=report, file=file)


@router.get(f"{_ADDRESS}/{{reply_id}}")
def edit(request: Request, visitor: SignedInVisitor, reply_id: UUID) -> Response:
    """Show an own reply in its form. Raises NotFound, Forbidden."""
    reply = canned_replies.reply(visitor.place, visitor.person, reply_id)
    return _form(request, visitor, reply_pages.fields_of(reply), reply_id=reply_id, version=reply.version)


@router.post(f"{_ADDRESS}/{{reply_id}}")
def change(request: Request, visitor: SignedInVisitor, reply_id: UUID, sent: Form) -> Response:
    """Save an own reply, take it away, or show how it would look. Raises NotFound."""
    return _save(request, visitor, sent, reply_id)


def _save(request: Request, visitor: Visitor, sent: FormData, reply_id: UUID | None) -> Response:
    place, person, version = visitor.place, visitor.person, reply_pages.version_of(sent)
    fields = ReplyFields("")
    try:
        if reply_id is not None and "remove" in sent:
            canned_replies.remove(place, person, reply_id)
            return go_to(_ADDRESS, done="removed")
        fields = reply_pages.typed_fields(sent)
        if "preview" in sent:
            return _form(request, visitor, fields, reply_id=reply_id, version=version)
        if reply_id is None:
            canned_replies.add(place, person, _MINE, fields)
        else:
            canned_replies.change(place, person, reply_id, fields, expected_version=version)
    except AppError as refusal:
        return _form(request, visitor, fields, reply_id=reply_id, version=version, refusal=refusal)
    return go_to(_ADDRESS, done="added" if reply_id is None else "saved")


def _list(
    request: Request,
    visitor: Visitor,
    *,
    refusal: AppError | None = None,
    report: ImportReport | None = None,
    file: SentFile | None = None,
) -> Response:
    return render_form(
        request,
        visitor,
        "replies/mine.html",
        refusal=refusal,
        shelves=canned_replies.my_shelves(visitor.place, visitor.person),
        report=report,
        file=file,
        **reply_pages.list_words(),
    )


def _form(
    request: Request,
    visitor: Visitor,
    typed: ReplyFields,
    *,
    reply_id: UUID | None = None,
    version: int | None = None,
    refusal: AppError | None = None,
) -> Response:
    return render_form(
        request,
        visitor,
        "replies/edit.html",
        refusal=refusal,
        frame="replies/layout.html",
        base=_ADDRESS,
        reply_id=reply_id,
        version=version,
        desk=None,
        **reply_pages.form_words(visitor, _MINE, typed),
    )
