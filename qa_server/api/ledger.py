"""The ledger of unanswered questions: readers' pages report a search in vain, curators work on what came of it."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import Field

from knowledge.ledger.models import MAX_REASON_CHARACTERS, EntryState, LedgerClosing
from knowledge.ledger.queries import Order
from qa_server.api.asker import Network, Place, Staff
from qa_server.api.libraries import MAX_QUERY_CHARACTERS, Code
from qa_server.conversations.schemas import ClientId, Wire
from qa_server.desk.finding import OwnerView
from qa_server.desk.ledger import intake as ledger_intake
from qa_server.desk.ledger import proof as ledger_proof
from qa_server.desk.ledger import work as ledger_work
from qa_server.desk.ledger.views import EntryCard, EntryPage
from qa_server.desk.ledger.work import Wanted
from qa_server.network.queries import Owner

router = APIRouter(prefix="/api/v1", tags=["ledger"])

Reason = Annotated[str, Field(max_length=MAX_REASON_CHARACTERS)]


class SearchedInVain(Wire):
    """The words that a reader stayed on, as the page's own `client_id` reports them once."""

    query: str = Field(max_length=MAX_QUERY_CHARACTERS)
    client_id: ClientId
    language: Literal["zh", "en"] = "zh"


class EntryView(Wire):
    """An entry as one sees it. `recent` and `before` count four weeks each; `node` answers for it, or its `owner`."""

    id: UUID
    question: str | None = Field(description="The most typical words; null where words are no longer kept.")
    language: str | None
    state: EntryState
    asked: int
    open: int
    libraries: int
    recent: int
    before: int
    last_asked_at: datetime
    node: OwnerView | None
    owner: str | None
    may_assign: bool


class LedgerPage(Wire):
    """Entries in the order asked for; `open` and `asked` count questions in all, `wordless` those without words."""

    items: list[EntryView]
    total: int
    asked: int
    open: int
    wordless: int
    waiting: int


class AskedView(Wire):
    """Words as they were asked at a library."""

    words: str
    library: str
    times: int
    open: int
    last_asked_at: datetime


class WeekView(Wire):
    """How often it was asked in the week that begins on this Monday."""

    week: date
    asked: int


class ShareView(Wire):
    """A library's part."""

    library: OwnerView
    asked: int
    open: int


class ClosingView(Wire):
    """A closing: by which article or for which reason, and what its test found."""

    id: UUID
    kind: str
    article_id: UUID | None
    reason: str | None
    tested: int
    found: int
    settled: int
    closed_at: datetime
    undone_at: datetime | None


class EntryDetails(Wire):
    """Everything one may see of an entry."""

    entry: EntryView
    questions: list[AskedView]
    libraries: list[ShareView]
    weeks: list[WeekView]
    closings: list[ClosingView]
    curators: list[str]
    may_close: bool


class Assignment(Wire):
    """Who answers for it from now on; empty: the curators of its node."""

    login: str = Field("", max_length=64)


class TestView(Wire):
    """Words and the place (from 1) at which they find the article; null where they do not."""

    words: str
    library_id: UUID
    place: int | None
    is_found: bool


class ProofView(Wire):
    """What a test says of an article."""

    article_id: UUID
    found: int
    tests: list[TestView]


class Closing(Wire):
    """With `article_id`: it answers now, `reason` for what does not find it. Without: nobody answers, and why."""

    article_id: UUID | None = None
    reason: Reason = ""


@router.post("/libraries/{code}/unanswered-searches", status_code=204)
def note_search(place: Place, network: Network, code: Code, body: SearchedInVain) -> None:
    """Report a search that found nothing close enough and that the reader stayed on. The search is made again."""
    ledger_intake.note_search(
        place,
        library_code=code,
        query=body.query,
        language=body.language,
        client_id=body.client_id,
        network=network,
    )


# A list is narrowed by its query, one parameter each.
@router.get("/staff/ledger")
def list_entries(  # noqa: PLR0913
    place: Place,
    person: Staff,
    node: Annotated[str, Query(max_length=8, pattern="^[A-Za-z0-9]*$")] = "",
    state: EntryState | None = None,
    language: Literal["zh", "en"] | None = None,
    owner: Literal["", "mine", "nobody"] = "",
    growing: bool = False,
    order: Order = Order.COUNT,
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> LedgerPage:
    """Return a page of what the readers of one's libraries asked in vain, by meaning."""
    wanted = Wanted(node, state, language, owner, growing, order, page)
    found = ledger_work.entries(place, person, wanted)
    return LedgerPage(
        items=[_entry(card) for card in found.cards],
        total=found.total,
        asked=found.gaps.asked,
        open=found.gaps.open_count,
        wordless=found.gaps.wordless,
        waiting=found.gaps.waiting,
    )


@router.get("/staff/ledger/{entry_id}")
def read_entry(place: Place, person: Staff, entry_id: UUID) -> EntryDetails:
    """Return an entry with its questions, libraries, weeks and closings."""
    return _details(ledger_work.entry(place, person, entry_id))


@router.put("/staff/ledger/{entry_id}/owner")
def assign(place: Place, person: Staff, entry_id: UUID, body: Assignment) -> EntryDetails:
    """Make somebody answer for an entry, or give it back to the curators of its node."""
    ledger_work.assign(place, person, entry_id, body.login)
    return _details(ledger_work.entry(place, person, entry_id))


@router.get("/staff/ledger/{entry_id}/proof")
def prove(place: Place, person: Staff, entry_id: UUID, article_id: UUID) -> ProofView:
    """Ask the entry's open questions again and say which of them find the article."""
    proof = ledger_proof.test(place, person, entry_id, article_id)
    tests = [
        TestView(words=each.words, library_id=each.library_id, place=each.place, is_found=each.is_found)
        for each in proof.tests
    ]
    return ProofView(article_id=proof.article_id, found=proof.found, tests=tests)


@router.post("/staff/ledger/{entry_id}/closings", status_code=201)
def close(place: Place, person: Staff, entry_id: UUID, body: Closing) -> ClosingView:
    """Close what one's libraries asked: with an article, tested at this moment, or without an answer, with a reason."""
    if body.article_id is None:
        return _closing(ledger_proof.decline(place, person, entry_id, reason=body.reason))
    return _closing(ledger_proof.close(place, person, entry_id, body.article_id, reason=body.reason))


@router.delete("/staff/ledger/closings/{closing_id}", status_code=204)
def reopen(place: Place, person: Staff, closing_id: UUID) -> None:
    """Take a closing back; its questions are open again."""
    ledger_proof.reopen(place, person, closing_id)


def _details(page: EntryPage) -> EntryDetails:
    return EntryDetails(
        entry=_entry(page.card),
        questions=[
            AskedView(
                words=each.words,
                library=page.names[each.library_id].code,
                times=each.times,
                open=each.open_count,
                last_asked_at=each.last_asked_at,
            )
            for each in page.asked
            if each.library_id in page.names
        ],
        libraries=[ShareView(library=_owner(each[0]), asked=each[1], open=each[2]) for each in page.libraries],
        weeks=[WeekView(week=week, asked=asked) for week, asked in page.weeks],
        closings=[_closing(each.closing) for each in page.closings],
        curators=[each.login for each in page.curators],
        may_close=page.may_close,
    )


def _entry(card: EntryCard) -> EntryView:
    seen = card.seen
    return EntryView(
        id=seen.entry.id,
        question=seen.typical,
        language=seen.language,
        state=seen.state,
        asked=seen.asked,
        open=seen.open_count,
        libraries=seen.libraries,
        recent=seen.recent,
        before=seen.before,
        last_asked_at=seen.last_asked_at,
        node=_owner(card.node) if card.node else None,
        owner=card.owner.login if card.owner else None,
        may_assign=card.may_assign,
    )


def _closing(closing: LedgerClosing) -> ClosingView:
    return ClosingView(
        id=closing.id,
        kind=closing.kind,
        article_id=closing.article_id,
        reason=closing.reason,
        tested=closing.tested,
        found=closing.found,
        settled=closing.settled,
        closed_at=closing.closed_at,
        undone_at=closing.undone_at,
    )


def _owner(owner: Owner) -> OwnerView:
    return OwnerView(code=owner.code, name_zh=owner.name_zh, name_en=owner.name_en)
