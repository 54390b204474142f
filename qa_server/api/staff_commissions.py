"""The librarians' commissions over HTTP: shelves, steps, quotes, the work log, notes, files."""

from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import Field

from qa_server.api.asker import AskedLanguage, Place, Staff
from qa_server.api.attachments import FILE_BODY, FileName, UploadId
from qa_server.api.commissions import Before, MessageInput, Reason, Revision, SeenInput, Values, take_file
from qa_server.attachments.schemas import AttachmentLink
from qa_server.commissions.definition import ServiceDefinition
from qa_server.commissions.delivery_models import UnfilledReason
from qa_server.commissions.models import FilePurpose
from qa_server.conversations.schemas import ClientId, Wire
from qa_server.desk.commissions import acquainting, beginning, filing, handling, passing_on, working
from qa_server.desk.commissions.acquainting import AcquaintanceView
from qa_server.desk.commissions.filing import Upload
from qa_server.desk.commissions.finding.shelves import Shelf
from qa_server.desk.commissions.handling import Asked, CommissionPage, ReckonedView
from qa_server.desk.commissions.money.quoting import Offer
from qa_server.desk.commissions.passing_on import ColleagueView, StopView, TargetView
from qa_server.desk.commissions.records import RecordPage
from qa_server.desk.commissions.views import CommissionView, FileView
from qa_server.desk.commissions.working import MAX_ROWS, LogInput, LogView, StrategyInput, StrategyView

router = APIRouter(prefix="/api/v1/staff", tags=["commissions of librarians"])

Money = Annotated[Decimal, Field(ge=0, le=Decimal("1000000"), max_digits=9, decimal_places=2)]


class StaffStepInput(Wire):
    """A step with what its operation carries: a quote's total, days and note; a transfer's library; agreed days.

    A supplier's answer carries its `cost` as a condition, or why the request is unfilled.
    """

    client_id: ClientId
    revision: Revision = None
    reason: Reason = ""
    total: Money | None = None
    days: int | None = Field(None, ge=1, le=400)
    note: Reason = ""
    valid_days: int | None = Field(None, ge=1, le=365)
    library: str | None = Field(None, min_length=2, max_length=8, pattern="^[A-Za-z0-9]+$")
    at_readers_wish: bool = Field(False, description="A cancellation that the reader asked for costs its fee.")

    cost: Money | None = None
    supply_reason: UnfilledReason | None = None

    def as_asked(self) -> Asked:
        """Return the step as the desk takes it."""
        offer = Offer(self.total, self.days, self.note, self.valid_days)
        details: dict[str, Any] = {"at_readers_wish": True} if self.at_readers_wish else {}
        if self.cost is not None:
            details["cost"] = str(self.cost)
        if self.supply_reason is not None:
            details["supply_reason"] = self.supply_reason.value
        return Asked(self.client_id, self.revision, self.reason, offer, self.library, days=self.days, details=details)


class StaffMessageInput(MessageInput):
    """A message to the reader, or a note for colleagues alone."""

    is_note: bool = False


class StaffFormInput(Wire):
    """The staff's part of the form."""

    values: Values
    revision: Revision = None


class AssignmentInput(Wire):
    """Who is to do the work, with a word to the colleague."""

    client_id: ClientId
    librarian_id: UUID
    note: Reason = ""
    revision: Revision = None


class LogRowsInput(Wire):
    """Several steps of a search at once, as out of a spreadsheet."""

    rows: list[LogInput] = Field(min_length=1, max_length=MAX_ROWS)


class BeginInput(Wire):
    """A conversation that becomes a commission."""

    service: str = Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")
    client_id: ClientId


class BegunView(Wire):
    """The draft that the reader completes; `is_told` says whether the reader was written to in the conversation."""

    number: str
    path: str
    is_told: bool


@router.get("/commissions")
def list_commissions(
    place: Place,
    person: Staff,
    language: AskedLanguage,
    shelf: Shelf = "waiting",
    offset: Annotated[int, Query(ge=0, le=100_000)] = 0,
    q: Annotated[str, Query(max_length=200)] = "",
) -> CommissionPage:
    """Return commissions that the person may see, by what they wait for; `q` is a number or words of the title."""
    wanted = handling.wanted_of(place, words=q)
    return handling.listing(place, person, shelf, language=language, offset=offset, wanted=wanted)


@router.post("/conversations/{conversation_id}/commission", status_code=201)
def begin_from_conversation(place: Place, person: Staff, conversation_id: UUID, body: BeginInput) -> BegunView:
    """Begin a commission for the reader of a conversation, as a draft that only the reader sees and submits."""
    begun = beginning.begin(place, person, conversation_id, body.service, client_id=body.client_id)
    return BegunView(number=begun.number, path=begun.path, is_told=begun.is_told)


@router.get("/commission-counts")
def count_commissions(place: Place, person: Staff) -> dict[str, int]:
    """Return how many commissions lie on each shelf; at most 100 are counted."""
    return handling.counts(place, person)


@router.get("/commissions/{commission_id}")
def read(place: Place, person: Staff, language: AskedLanguage, commission_id: UUID) -> CommissionView:
    """Return a commission with the steps that the person may take."""
    return handling.read(place, person, commission_id, language=language)


@router.get("/commissions/{commission_id}/entries")
def list_entries(
    place: Place, person: Staff, language: AskedLanguage, commission_id: UUID, before: Before = None
) -> RecordPage:
    """Return the newest entries of the record, in order, or with `before` the newest before that number."""
    return handling.record(place, person, commission_id, before=before, language=language)


@router.get("/commissions/{commission_id}/contact")
def read_contact(place: Place, person: Staff, commission_id: UUID) -> AcquaintanceView:
    """Return how the reader is reached; that somebody looked is written down."""
    return acquainting.who(place, person, commission_id)


@router.get("/commissions/{commission_id}/way")
def read_way(place: Place, person: Staff, commission_id: UUID) -> list[StopView]:
    """Return the desks that a commission has reached and may come to."""
    return passing_on.way(place, person, commission_id)


@router.get("/commissions/{commission_id}/targets")
def list_targets(
    place: Place, person: Staff, commission_id: UUID, q: Annotated[str, Query(max_length=80)] = ""
) -> list[TargetView]:
    """Return libraries that offer the service, to transfer it to."""
    return passing_on.targets(place, person, commission_id, words=q)


@router.get("/commissions/{commission_id}/colleagues")
def list_colleagues(place: Place, person: Staff, commission_id: UUID) -> list[ColleagueView]:
    """Return who may be given the work."""
    return passing_on.colleagues(place, person, commission_id)


@router.post("/commissions/{commission_id}/searcher")
def assign(
    place: Place, person: Staff, language: AskedLanguage, commission_id: UUID, body: AssignmentInput
) -> CommissionView:
    """Give the work to a colleague of the desk."""
    return passing_on.assign(
        place,
        person,
        commission_id,
        body.librarian_id,
        client_id=body.client_id,
        note=body.note,
        revision=body.revision,
        language=language,
    )


@router.get("/commissions/{commission_id}/definition")
def read_definition(place: Place, person: Staff, commission_id: UUID) -> ServiceDefinition:
    """Return the form, states and prices that a commission began with."""
    return handling.definition(place, person, commission_id)


@router.get("/commissions/{commission_id}/reckoning")
def reckon(place: Place, person: Staff, commission_id: UUID) -> ReckonedView:
    """Return what the price list gives for a commission as it stands."""
    return handling.reckon(place, person, commission_id)


@router.put("/commissions/{commission_id}/staff-form")
def fill_in(
    place: Place, person: Staff, language: AskedLanguage, commission_id: UUID, body: StaffFormInput
) -> CommissionView:
    """Keep the staff's part of the form."""
    return handling.fill_in(place, person, commission_id, body.values, revision=body.revision, language=language)


@router.post("/commissions/{commission_id}/steps/{key}")
def make_step(
    place: Place,
    person: Staff,
    language: AskedLanguage,
    commission_id: UUID,
    key: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")],
    body: StaffStepInput,
) -> CommissionView:
    """Make a step by the key of its transition."""
    return handling.step(place, person, commission_id, key, body.as_asked(), language=language)


@router.post("/commissions/{commission_id}/messages")
def say(
    place: Place, person: Staff, language: AskedLanguage, commission_id: UUID, body: StaffMessageInput
) -> CommissionView:
    """Write to the reader, or a note for colleagues alone."""
    return handling.say(
        place,
        person,
        commission_id,
        client_id=body.client_id,
        body=body.body,
        is_note=body.is_note,
        language=language,
    )


@router.post("/commissions/{commission_id}/seen", status_code=204)
def mark_seen(place: Place, person: Staff, commission_id: UUID, body: SeenInput) -> None:
    """Note how far the staff has read."""
    handling.see(place, person, commission_id, body.seq)


@router.get("/commissions/{commission_id}/log")
def read_log(place: Place, person: Staff, commission_id: UUID) -> list[LogView]:
    """Return the work log as it stands, oldest first."""
    return working.log(place, person, commission_id)


@router.post("/commissions/{commission_id}/log")
def write_log(place: Place, person: Staff, commission_id: UUID, body: LogInput) -> list[LogView]:
    """Add a step of the search, or correct an earlier one."""
    return working.write(place, person, commission_id, body)


@router.post("/commissions/{commission_id}/log-rows")
def write_log_rows(place: Place, person: Staff, commission_id: UUID, body: LogRowsInput) -> list[LogView]:
    """Add several steps of the search, all or none."""
    return working.write_all(place, person, commission_id, body.rows)


@router.get("/commissions/{commission_id}/databases")
def list_databases(place: Place, person: Staff, commission_id: UUID) -> list[str]:
    """Return the databases that the library's searchers wrote down, the most frequent first."""
    return working.databases(place, person, commission_id)


@router.delete("/commissions/{commission_id}/log/{entry_id}")
def strike_log(place: Place, person: Staff, commission_id: UUID, entry_id: UUID) -> list[LogView]:
    """Take a step out of the log that holds."""
    return working.strike(place, person, commission_id, entry_id)


@router.get("/commissions/{commission_id}/strategies")
def list_strategies(place: Place, person: Staff, commission_id: UUID) -> list[StrategyView]:
    """Return strategies kept for this kind of service, the most used first."""
    return working.strategies(place, person, commission_id)


@router.post("/commissions/{commission_id}/strategies")
def keep_strategy(place: Place, person: Staff, commission_id: UUID, body: StrategyInput) -> list[StrategyView]:
    """Keep a strategy for the next search of this kind."""
    return working.keep_strategy(place, person, commission_id, body)


@router.post("/commissions/{commission_id}/strategies/{strategy_id}/use")
def use_strategy(place: Place, person: Staff, commission_id: UUID, strategy_id: UUID) -> StrategyView:
    """Return a kept strategy for the log, and count its use."""
    return working.use_strategy(place, person, commission_id, strategy_id)


@router.delete("/commissions/{commission_id}/strategies/{strategy_id}")
def drop_strategy(place: Place, person: Staff, commission_id: UUID, strategy_id: UUID) -> list[StrategyView]:
    """Remove a kept strategy."""
    return working.drop_strategy(place, person, commission_id, strategy_id)


@router.post("/commissions/{commission_id}/files", status_code=201, openapi_extra=FILE_BODY)
async def upload(
    request: Request,
    place: Place,
    person: Staff,
    commission_id: UUID,
    name: FileName,
    client_id: UploadId,
    purpose: Annotated[Literal["message", "work", "draft", "result", "payment_proof"], Query()] = "work",
) -> FileView:
    """Send a file: the body is the file. Results are shown to the reader only when they are delivered."""
    return await take_file(request, place, person, commission_id, name, Upload(FilePurpose(purpose), client_id))


@router.delete("/commissions/{commission_id}/files/{file_id}", status_code=204)
def remove_file(place: Place, person: Staff, commission_id: UUID, file_id: UUID) -> None:
    """Take back a file of the library's side that was not handed out."""
    filing.remove(place, person, commission_id, file_id)


@router.post("/commissions/{commission_id}/files/{file_id}/link")
def link(place: Place, person: Staff, commission_id: UUID, file_id: UUID) -> AttachmentLink:
    """Return a link that opens a file for some minutes."""
    return filing.link(place, person, commission_id, file_id)
