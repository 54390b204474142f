"""What the console asks for: who I am, claims, closing, past conversations, answers with their ranks."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import Field

from qa_server.api.asker import Place, Staff
from qa_server.api.drafting import DraftChoice
from qa_server.api.libraries import MAX_QUERY_CHARACTERS
from qa_server.api.passing import ClcClass
from qa_server.api.readers import AfterSeq
from qa_server.conversations.closing_codes import MAX_CODES
from qa_server.conversations.models import Resolution
from qa_server.conversations.schemas import Body, ClientId, StaffConversation, StaffThread, Wire
from qa_server.desk import answering, closing, finding, introducing
from qa_server.desk.articles import drafting
from qa_server.desk.closing import ClosingView, Said, Sheet
from qa_server.desk.finding import RankedAnswers
from qa_server.desk.introducing import StaffIntroduction

router = APIRouter(prefix="/api/v1/staff", tags=["staff"])

DescriptiveCode = Annotated[str, Field(pattern="^[a-z0-9][a-z0-9-]{0,23}$")]


class SaidBody(Wire):
    """A text with the client's own id, so that a resend adds nothing."""

    client_id: ClientId
    body: Body


class Closing(Wire):
    """How a conversation ended; `read_level` is the READ scale, 1 (no special knowledge) to 6."""

    resolution: Resolution
    read_level: int | None = Field(None, ge=1, le=6, strict=True)
    hours: Literal[8, 12, 24, 48] = Field(24, description="Hours of working days for what is left to do.")
    expert_desk_id: UUID | None = Field(None, description="The desk of the expert it is referred to.")
    subject: ClcClass | None = Field(None, description="CLC class; left out, the one known so far stays.")
    codes: list[DescriptiveCode] = Field(default_factory=list, max_length=MAX_CODES)
    farewell: SaidBody | None = Field(None, description="The reader gets it before the end.")
    note: SaidBody | None = Field(None, description="Stays with the staff.")

    def sheet(self) -> Sheet:
        """Return what is said beside code, level and duty."""
        return Sheet(
            subject=self.subject,
            has_subject="subject" in self.model_fields_set,
            codes=tuple(self.codes),
            farewell=Said(self.farewell.client_id, self.farewell.body) if self.farewell else None,
            note=Said(self.note.client_id, self.note.body) if self.note else None,
        )


class StaffConversationPage(Wire):
    """Conversations, newest first; `next` continues the list as `before`."""

    items: list[StaffConversation]
    next: UUID | None


class DraftedArticle(Wire):
    """The article made of a conversation."""

    article_id: UUID


@router.get("/me")
def introduce(place: Place, person: Staff) -> StaffIntroduction:
    """Return who is signed in, with roles and desks."""
    return introducing.introduce(place, person)


@router.get("/conversations")
def list_past(place: Place, person: Staff, before: UUID | None = None) -> StaffConversationPage:
    """Return ended conversations of one's desks, newest first."""
    page = answering.past_conversations(place, person, before=before)
    return StaffConversationPage(items=list(page.items), next=page.next_before)


@router.get("/conversations/{conversation_id}")
def read_conversation(place: Place, person: Staff, conversation_id: UUID, after_seq: AfterSeq = 0) -> StaffThread:
    """Return a conversation of one's desks with the messages after a number."""
    return answering.desk_thread(place, person, conversation_id, after_seq)


@router.get("/conversations/{conversation_id}/earlier")
def list_earlier(place: Place, person: Staff, conversation_id: UUID) -> list[StaffConversation]:
    """Return what the same reader asked before at one's desks, newest first."""
    return answering.earlier_of_reader(place, person, conversation_id)


@router.post("/conversations/{conversation_id}/claim")
def claim(place: Place, person: Staff, conversation_id: UUID) -> StaffConversation:
    """Take a waiting question; of two at once one wins and the other is told who."""
    return answering.claim(place, person, conversation_id)


@router.post("/conversations/{conversation_id}/release")
def give_back(place: Place, person: Staff, conversation_id: UUID) -> StaffConversation:
    """Return one's question to its queue."""
    return answering.give_back(place, person, conversation_id)


@router.post("/conversations/{conversation_id}/close")
def close(place: Place, person: Staff, conversation_id: UUID, body: Closing) -> StaffConversation:
    """Close one's conversation with a resolution code."""
    return answering.close(
        place,
        person,
        conversation_id,
        resolution=body.resolution,
        read_level=body.read_level,
        hours=body.hours,
        expert_desk_id=body.expert_desk_id,
        sheet=body.sheet(),
    )


@router.get("/conversations/{conversation_id}/closing")
def read_closing(place: Place, person: Staff, conversation_id: UUID) -> ClosingView:
    """Return what the closing sheet offers for a conversation, and what it says already."""
    return closing.closing_of(place, person, conversation_id)


@router.post("/conversations/{conversation_id}/draft")
def draft_article(
    place: Place, person: Staff, conversation_id: UUID, body: DraftChoice | None = None
) -> DraftedArticle:
    """Make a draft article of an exchange, personal details masked; a second call gives the same one."""
    return DraftedArticle(article_id=drafting.draft(place, person, conversation_id, body.choice() if body else None))


@router.get("/answers")
def find_answers(
    place: Place,
    person: Staff,
    library: Annotated[str, Query(min_length=2, max_length=8, pattern="^[A-Za-z0-9]+$")],
    q: Annotated[str, Query(max_length=MAX_QUERY_CHARACTERS)],
    language: Literal["zh", "en"] | None = None,
) -> RankedAnswers:
    """Find published answers for a library's reader, with both ranks and scores."""
    return finding.for_staff(place, person, library_code=library, query=q, language=language)
