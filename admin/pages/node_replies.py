"""The canned replies of a node and of its desks, with those that hold from above."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from admin import reply_pages
from admin.node_pages import node_address, render_node
from admin.page import PageRoute, SignedInVisitor, Visitor, go_to
from admin.reply_pages import SentFile
from admin.session import posted
from qa_server.desk import canned_replies
from qa_server.desk.canned_replies import Shelf, ShelfView, ShelvesView
from qa_server.desk.reply_files import ImportReport
from qa_server.desk.reply_views import ReplyView
from qa_server.replies.fields import ReplyFields
from storage.errors import AppError, NotFound

router = APIRouter(route_class=PageRoute, include_in_schema=False)

_PART = "/replies"
_ADDRESS = "/console/network/{code}/replies"
Form = Annotated[FormData, Depends(posted)]


@router.get(_ADDRESS)
def show(request: Request, visitor: SignedInVisitor, code: str) -> Response:
    """Show the replies of a node, of its desks, and from above. Raises NotFound, Forbidden."""
    return _list(request, visitor, code)


@router.get(f"{_ADDRESS}/new")
def begin(
    request: Request, visitor: SignedInVisitor, code: str, desk: UUID | None = None, copy: UUID | None = None
) -> Response:
    """Show an empty form, or one that begins with another reply. Raises NotFound, Forbidden."""
    found = reply_pages.found_on(canned_replies.node_shelves(visitor.place, visitor.person, code), copy)
    return _form(request, visitor, code, reply_pages.fields_of(found) if found else ReplyFields(""), desk_id=desk)


@router.post(f"{_ADDRESS}/new")
def add(request: Request, visitor: SignedInVisitor, code: str, sent: Form, desk: UUID | None = None) -> Response:
    """Add a reply to the node or to one of its desks, or show how it would look."""
    return _save(request, visitor, code, sent, desk_id=desk)


@router.get(f"{_ADDRESS}/file")
def save_file(visitor: SignedInVisitor, code: str, format: str = "csv", desk: UUID | None = None) -> Response:
    """Give the replies of the node or of a desk as a file. Raises NotFound, Forbidden."""
    return reply_pages.file_response(visitor, _where(visitor, code, desk), format)


@router.post(f"{_ADDRESS}/file")
def take_file(request: Request, visitor: SignedInVisitor, code: str, sent: Form, desk: UUID | None = None) -> Response:
    """Try a file for the node or a desk, then put it in."""
    try:
        file = reply_pages.sent_file(sent)
        report = reply_pages.put_in(visitor, _where(visitor, code, desk), file)
    except AppError as refusal:
        return _list(request, visitor, code, refusal=refusal)
    return _list(request, visitor, code, report=report, file=file, reported_desk=desk)


@router.get(f"{_ADDRESS}/{{reply_id}}")
def edit(request: Request, visitor: SignedInVisitor, code: str, reply_id: UUID) -> Response:
    """Show a reply of the node or of one of its desks in its form. Raises NotFound, Forbidden."""
    shelf, reply = _own(canned_replies.node_shelves(visitor.place, visitor.person, code), reply_id)
    return _form(
        request,
        visitor,
        code,
        reply_pages.fields_of(reply),
        desk_id=shelf.origin.desk_id,
        reply_id=reply_id,
        version=reply.version,
    )


@router.post(f"{_ADDRESS}/{{reply_id}}")
def change(request: Request, visitor: SignedInVisitor, code: str, reply_id: UUID, sent: Form) -> Response:
    """Save a reply, take it away, or show how it would look. Raises NotFound, Forbidden."""
    shelf, _ = _own(canned_replies.node_shelves(visitor.place, visitor.person, code), reply_id)
    return _save(request, visitor, code, sent, desk_id=shelf.origin.desk_id, reply_id=reply_id)


def _own(shelves: ShelvesView, reply_id: UUID) -> tuple[ShelfView, ReplyView]:
    """Return a reply of the node or its desks with its shelf. Raises NotFound for one from above."""
    for shelf in (shelves.own, *shelves.desks):
        for reply in shelf.replies:
            if reply.id == reply_id:
                return shelf, reply
    raise NotFound()


def _where(visitor: Visitor, code: str, desk_id: UUID | None) -> Shelf:
    """Return the shelf that an address means. Raises NotFound for a desk of another node, Forbidden."""
    shelves = canned_replies.node_shelves(visitor.place, visitor.person, code)
    if desk_id is None:
        return Shelf(node=code.upper())
    if all(shelf.origin.desk_id != desk_id for shelf in shelves.desks):
        raise NotFound()
    return Shelf(desk_id=desk_id)


def _save(
    request: Request,
    visitor: Visitor,
    code: str,
    sent: FormData,
    *,
    desk_id: UUID | None,
    reply_id: UUID | None = None,
) -> Response:
    place, person, version = visitor.place, visitor.person, reply_pages.version_of(sent)
    address, fields = node_address(code, _PART), ReplyFields("")
    try:
        if reply_id is not None and "remove" in sent:
            canned_replies.remove(place, person, reply_id)
            return go_to(address, done="removed")
        fields = reply_pages.typed_fields(sent)
        if "preview" in sent:
            return _form(request, visitor, code, fields, desk_id=desk_id, reply_id=reply_id, version=version)
        if reply_id is None:
            canned_replies.add(place, person, _where(visitor, code, desk_id), fields)
        else:
            canned_replies.change(place, person, reply_id, fields, expected_version=version)
    except AppError as refusal:
        return _form(
            request, visitor, code, fields, desk_id=desk_id, reply_id=reply_id, version=version, refusal=refusal
        )
    return go_to(address, done="added" if reply_id is None else "saved")


def _list(
    request: Request,
    visitor: Visitor,
    code: str,
    *,
    refusal: AppError | None = None,
    report: ImportReport | None = None,
    file: SentFile | None = None,
    reported_desk: UUID | None = None,
) -> Response:
    return render_node(
        request,
        visitor,
        "replies.html",
        code,
        refusal=refusal,
        shelves=canned_replies.node_shelves(visitor.place, visitor.person, code),
        report=report,
        file=file,
        reported_desk=reported_desk,
        **reply_pages.list_words(),
    )


def _form(
    request: Request,
    visitor: Visitor,
    code: str,
    typed: ReplyFields,
    *,
    desk_id: UUID | None,
    reply_id: UUID | None = None,
    version: int | None = None,
    refusal: AppError | None = None,
) -> Response:
    where = _where(visitor, code, desk_id)
    shelf = canned_replies.shelf(visitor.place, visitor.person, where)
    return render_node(
        request,
        visitor,
        "reply.html",
        code,
        refusal=refusal,
        frame="network/layout.html",
        base=node_address(code, _PART),
        reply_id=reply_id,
        version=version,
        desk=shelf.origin if desk_id else None,
        **reply_pages.form_words(visitor, where, typed),
    )
