"""The reader's conversations over plain HTTP: the same use cases as the socket."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field, StringConstraints

from qa_server.api.asker import Network, Place, Reader
from qa_server.conversations.schemas import Body, ClientId, MessageView, ReaderConversation, ReaderThread, Wire
from qa_server.conversations.service import Question
from qa_server.desk import asking, talking

router = APIRouter(prefix="/api/v1", tags=["readers"])

# Values by the key of a field; what they have to be is the library's setting.
FormValues = Annotated[
    dict[Annotated[str, StringConstraints(max_length=40)], Annotated[str, StringConstraints(max_length=2_000)]],
    Field(max_length=20),
]

AfterSeq = Annotated[int, Query(ge=0, le=2**31 - 1, description="Messages numbered above this are returned.")]


class NewReader(Wire):
    """Where an anonymous reader begins."""

    library: str = Field(min_length=2, max_length=8, pattern="^[A-Za-z0-9]+$")
    language: Literal["zh", "en"] = "zh"


class ReaderToken(Wire):
    """The token, told once: whoever holds it is the reader."""

    reader_id: UUID
    token: str


class NewQuestion(Wire):
    """A question for the librarians."""

    question: Body
    client_id: ClientId
    language: Literal["zh", "en"] = "zh"
    page_url: str | None = Field(None, max_length=2000, pattern=r"^https?://[^\s\x00-\x1f]+$")
    fields: FormValues = Field(default_factory=dict, description="What the library asks for, by the keys of its form.")


class NewMessage(Wire):
    """A message of the reader."""

    client_id: ClientId
    body: Body


class SeenMark(Wire):
    """How far the reader has read."""

    seq: int = Field(ge=0, le=2**31 - 1, strict=True)


class Rating(Wire):
    """The reader's judgement, 1 (bad) to 5 (good)."""

    stars: int = Field(ge=1, le=5, strict=True)
    comment: str | None = Field(None, max_length=asking.MAX_COMMENT_CHARACTERS)


class ConversationPage(Wire):
    """Conversations, newest first; `next` continues the list as `before`."""

    items: list[ReaderConversation]
    next: UUID | None


@router.post("/readers", status_code=201)
def begin(place: Place, network: Network, body: NewReader) -> ReaderToken:
    """Begin as an anonymous reader of a library."""
    reader_id, token = asking.begin(place, library_code=body.library, language=body.language, network=network)
    return ReaderToken(reader_id=reader_id, token=token)


@router.post("/conversations", status_code=201, responses={200: {"model": ReaderThread}})
def ask(place: Place, reader: Reader, body: NewQuestion, response: Response) -> ReaderThread:
    """Ask the librarians. Repeating it with the same client_id gives the first conversation again, with 200."""
    question = Question(
        text=body.question,
        client_id=body.client_id,
        language=body.language,
        page_url=body.page_url,
        fields=body.fields,
    )
    thread, is_new = asking.ask(place, reader, question)
    response.status_code = 201 if is_new else 200
    return thread


@router.get("/conversations")
def list_conversations(place: Place, reader: Reader, before: UUID | None = None) -> ConversationPage:
    """Return the reader's own conversations, newest first."""
    page = asking.my_questions(place, reader, before=before)
    return ConversationPage(items=list(page.items), next=page.next_before)


@router.get("/conversations/{conversation_id}")
def read_conversation(place: Place, reader: Reader, conversation_id: UUID, after_seq: AfterSeq = 0) -> ReaderThread:
    """Return one of the reader's conversations with the messages after a number."""
    return asking.thread(place, reader, conversation_id, after_seq)


@router.post("/conversations/{conversation_id}/messages", status_code=201)
def say(place: Place, reader: Reader, conversation_id: UUID, body: NewMessage) -> MessageView:
    """Post a message. Repeating it with the same client_id gives the first message again."""
    return talking.say_as_reader(place, reader, conversation_id, client_id=body.client_id, body=body.body)


@router.post("/conversations/{conversation_id}/seen", status_code=204)
def mark_seen(place: Place, reader: Reader, conversation_id: UUID, body: SeenMark) -> None:
    """Mark a conversation as read up to a number."""
    talking.see_as_reader(place, reader, conversation_id, body.seq)


@router.post("/conversations/{conversation_id}/withdrawal")
def withdraw(place: Place, reader: Reader, conversation_id: UUID) -> ReaderConversation:
    """End the conversation: withdraw a waiting question, or leave the chat."""
    return asking.withdraw(place, reader, conversation_id)


@router.put("/conversations/{conversation_id}/rating")
def rate(place: Place, reader: Reader, conversation_id: UUID, body: Rating) -> ReaderConversation:
    """Rate an ended conversation; the rating may be changed."""
    return asking.rate(place, reader, conversation_id, stars=body.stars, comment=body.comment)
