"""The reader's commissions over HTTP: services, forms, quotes, results, messages, files."""

from functools import partial
from hashlib import sha256
from typing import Annotated, Any, Literal
from urllib.parse import unquote
from uuid import UUID

from anyio.to_thread import run_sync
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import FileResponse
from pydantic import Field

from qa_server.api.asker import AskedLanguage, Place, Reader
from qa_server.api.attachments import FILE_BODY, FileName, Signature, UploadId, announced_size, checked, receive, sent
from qa_server.attachments.links import MAX_EXPIRES
from qa_server.attachments.schemas import AttachmentLink
from qa_server.commissions.contact import Contact, Invoice
from qa_server.commissions.definition import Operation, ServiceDefinition
from qa_server.commissions.models import FilePurpose
from qa_server.conversations.schemas import Body, ClientId, Wire
from qa_server.desk import attaching
from qa_server.desk.commissions import filing, requesting
from qa_server.desk.commissions.filing import Participant, Upload
from qa_server.desk.commissions.money import estimating
from qa_server.desk.commissions.money.estimating import CancellationView, EstimateView
from qa_server.desk.commissions.records import RecordPage
from qa_server.desk.commissions.requesting import Asked, Form, SavedForm, ServiceView
from qa_server.desk.commissions.views import CommissionView, FileView, ListedCommission
from qa_server.desk.workplace import Workplace

router = APIRouter(prefix="/api/v1", tags=["commissions"])

# The steps that are the reader's; those of the staff are refused before they are looked at.
ReaderStep = Literal[
    "accept_quote", "decline_quote", "approve_draft", "correct_draft", "accept_result", "object", "cancel",
    "accept_condition", "decline_condition", "resume",
]  # fmt: skip
Values = Annotated[dict[str, Any], Field(max_length=100)]
Revision = Annotated[int | None, Field(ge=1, le=2**31 - 1)]
Before = Annotated[int | None, Query(ge=1, le=2**31 - 1)]
Reason = Annotated[str, Field(max_length=10_000)]


class NewCommission(Wire):
    """What is wanted: the code of a service, perhaps out of an own conversation."""

    service: str = Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")
    client_id: ClientId
    conversation_id: UUID | None = None


class FormInput(Wire):
    """A form as far as it is filled in. What is left out stays as it is."""

    values: Values | None = None
    contact: Contact | None = None
    invoice: Invoice | None = None
    revision: Revision = None

    def as_form(self) -> Form:
        """Return what is kept of it."""
        return Form(self.values, self.contact, self.invoice)


class SubmitInput(FormInput):
    """A form that is handed in."""

    client_id: ClientId
    reason: Reason = ""


class StepInput(Wire):
    """A step of the reader. `quote_id` names the quote that is answered."""

    client_id: ClientId
    revision: Revision = None
    reason: Reason = ""
    quote_id: UUID | None = None


class MessageInput(Wire):
    """A message about a commission."""

    client_id: ClientId
    body: Body


class SeenInput(Wire):
    """How far the record was read."""

    seq: int = Field(ge=0, le=2**31 - 1, strict=True)


class StarsInput(Wire):
    """The reader's judgement, 1 (bad) to 5 (good)."""

    stars: int = Field(ge=1, le=5, strict=True)
    comment: str | None = Field(None, max_length=2_000)


class CommissionPage(Wire):
    """Commissions, newest first; `next` continues the list as `before`."""

    items: list[ListedCommission]
    next: UUID | None


@router.get("/services")
def list_services(place: Place, reader: Reader) -> list[ServiceView]:
    """Return the services that the reader's library offers, with forms and price lists."""
    return requesting.services(place, reader.library_id)


@router.post("/commissions", status_code=201, responses={200: {"model": CommissionView}})
def begin(
    place: Place, reader: Reader, language: AskedLanguage, body: NewCommission, response: Response
) -> CommissionView:
    """Begin a commission as a draft. Repeating it with the same client_id gives the first one again, with 200."""
    view, is_new = requesting.begin(
        place,
        reader,
        body.service,
        client_id=body.client_id,
        language=language,
        conversation_id=body.conversation_id,
    )
    response.status_code = 201 if is_new else 200
    return view


@router.get("/commissions")
def list_mine(place: Place, reader: Reader, language: AskedLanguage, before: UUID | None = None) -> CommissionPage:
    """Return the reader's own commissions, newest first."""
    items, following = requesting.mine(place, reader, language=language, before=before)
    return CommissionPage(items=items, next=following)


@router.get("/commissions/{commission_id}", response_model=CommissionView, responses={304: {}})
def read(request: Request, place: Place, reader: Reader, language: AskedLanguage, commission_id: UUID) -> Response:
    """Return one of the reader's commissions, or 304 when the asker has it as it is (If-None-Match)."""
    view = requesting.read(place, reader, commission_id, language=language)
    content = view.model_dump_json()
    etag = f'"{sha256(content.encode()).hexdigest()[:20]}"'
    headers = {"ETag": etag, "Cache-Control": "private, no-store", "Vary": "Accept-Language, Authorization"}
    if etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type="application/json")


@router.get("/commissions/{commission_id}/entries")
def list_entries(
    place: Place, reader: Reader, language: AskedLanguage, commission_id: UUID, before: Before = None
) -> RecordPage:
    """Return the newest entries of the record, in order, or with `before` the newest before that number."""
    return requesting.record(place, reader, commission_id, before=before, language=language)


@router.get("/commissions/{commission_id}/estimate")
def estimate(place: Place, reader: Reader, commission_id: UUID) -> EstimateView:
    """Return what the form would cost by the price list, as it is saved; the library's quote may differ."""
    return estimating.estimate(place, reader, commission_id)


@router.get("/commissions/{commission_id}/cancellation")
def ask_cancellation(place: Place, reader: Reader, commission_id: UUID) -> CancellationView:
    """Return what it would cost to cancel now."""
    return estimating.cancellation(place, reader, commission_id)


@router.get("/commissions/{commission_id}/definition")
def read_definition(place: Place, reader: Reader, commission_id: UUID) -> ServiceDefinition:
    """Return the form, states and prices that a commission began with."""
    return requesting.definition(place, reader, commission_id)


@router.put("/commissions/{commission_id}/form")
def save_form(place: Place, reader: Reader, language: AskedLanguage, commission_id: UUID, body: FormInput) -> SavedForm:
    """Save the form as far as it is filled in, and say what is still wrong."""
    return requesting.save(place, reader, commission_id, body.as_form(), revision=body.revision, language=language)


@router.post("/commissions/{commission_id}/submission")
def submit(
    place: Place, reader: Reader, language: AskedLanguage, commission_id: UUID, body: SubmitInput
) -> CommissionView:
    """Hand the form in. Repeating it with the same client_id changes nothing."""
    asked = Asked(body.client_id, body.revision, body.reason)
    return requesting.submit(place, reader, commission_id, body.as_form(), asked, language=language)


@router.post("/commissions/{commission_id}/steps/{step}")
def make_step(
    place: Place, reader: Reader, language: AskedLanguage, commission_id: UUID, step: ReaderStep, body: StepInput
) -> CommissionView:
    """Answer a quote, check a draft, accept the result, object, or cancel."""
    details = {"quote_id": str(body.quote_id)} if body.quote_id else {}
    asked = Asked(body.client_id, body.revision, body.reason, details)
    return requesting.step(place, reader, commission_id, Operation(step), asked, language=language)


@router.delete("/commissions/{commission_id}", status_code=204)
def delete_draft(place: Place, reader: Reader, commission_id: UUID) -> None:
    """Remove a draft that was never submitted."""
    requesting.delete_draft(place, reader, commission_id)


@router.post("/commissions/{commission_id}/messages")
def say(
    place: Place, reader: Reader, language: AskedLanguage, commission_id: UUID, body: MessageInput
) -> CommissionView:
    """Write to the library about a commission."""
    return requesting.say(place, reader, commission_id, client_id=body.client_id, body=body.body, language=language)


@router.post("/commissions/{commission_id}/seen", status_code=204)
def mark_seen(place: Place, reader: Reader, commission_id: UUID, body: SeenInput) -> None:
    """Note how far the reader has read."""
    requesting.see(place, reader, commission_id, body.seq)


@router.put("/commissions/{commission_id}/rating")
def rate(
    place: Place, reader: Reader, language: AskedLanguage, commission_id: UUID, body: StarsInput
) -> CommissionView:
    """Rate a delivered or ended commission; the rating may be changed."""
    return requesting.rate(place, reader, commission_id, stars=body.stars, comment=body.comment, language=language)


@router.post("/commissions/{commission_id}/files", status_code=201, openapi_extra=FILE_BODY)
async def upload(
    request: Request,
    place: Place,
    reader: Reader,
    commission_id: UUID,
    name: FileName,
    client_id: UploadId,
    purpose: Annotated[Literal["material", "message", "payment_proof"], Query()] = "material",
) -> FileView:
    """Send a file: the body is the file. Repeating it with the same X-Client-Id gives the first one again."""
    return await take_file(request, place, reader, commission_id, name, Upload(FilePurpose(purpose), client_id))


@router.delete("/commissions/{commission_id}/files/{file_id}", status_code=204)
def remove_file(place: Place, reader: Reader, commission_id: UUID, file_id: UUID) -> None:
    """Take back a file that the reader sent."""
    filing.remove(place, reader, commission_id, file_id)


@router.post("/commissions/{commission_id}/files/{file_id}/link")
def link(place: Place, reader: Reader, commission_id: UUID, file_id: UUID) -> AttachmentLink:
    """Return a link that opens a file for some minutes. A copy that may be fetched so often is counted here."""
    return filing.link(place, reader, commission_id, file_id)


@router.get(
    "/commission-files/{file_id}",
    response_class=FileResponse,
    responses={200: {"content": {"application/octet-stream": {}}}, 206: {}, 304: {}},
)
def download(
    request: Request,
    place: Place,
    file_id: UUID,
    expires: Annotated[int, Query(ge=0, le=MAX_EXPIRES)],
    signature: Annotated[Signature, Query()],
) -> Response:
    """Return a file by its link. It is always saved, never shown as a page of this site."""
    file = filing.open_link(place, file_id, expires=expires, signature=signature)
    return sent(request, file)


async def take_file(
    request: Request, place: Workplace, person: Participant, commission_id: UUID, name: str, upload_: Upload
) -> FileView:
    """Take the body of a request in as a file of a commission."""
    expect = partial(filing.expect, place, person, commission_id, upload_, size_bytes=announced_size(request))
    earlier = await run_sync(expect)
    if earlier is not None:
        return earlier
    with attaching.store_of(place.settings).incoming() as path:
        await receive(request, place, path)
        content = await checked(partial(attaching.take_in, place, path, unquote(name)))
    return await run_sync(partial(filing.keep, place, person, commission_id, content, upload_))
