"""Did an answer help, and the wordings that come of it: said by readers and librarians, decided by curators."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import Field

from qa_server.api.asker import Place, Reader, Staff
from qa_server.api.libraries import MAX_QUERY_CHARACTERS
from qa_server.conversations.schemas import Wire
from qa_server.desk.articles import learning
from qa_server.desk.articles.learning import ProposedCard
from qa_server.desk.finding import OwnerView
from qa_server.network.queries import Owner

router = APIRouter(prefix="/api/v1", tags=["learning"])

Words = Annotated[str, Field(max_length=MAX_QUERY_CHARACTERS)]


class AnswerJudged(Wire):
    """Whether an answer helped, and the words that it was found with."""

    query: Words
    is_helpful: bool = Field(strict=True)


class ArticleSent(Wire):
    """The article that went into a conversation, and the reader's words that it was looked up with."""

    article_id: UUID
    words: Words = ""


class Confirmation(Wire):
    """The words as the curator wants them; empty: as the reader said them."""

    words: Words = ""


class ConfirmedWording(Wire):
    """The words as they stand in the article now."""

    words: str


class WordingView(Wire):
    """A wording that waits. `uses` counts readers and conversations, `libraries` are those of the readers."""

    id: UUID
    words: str
    uses: int
    libraries: list[OwnerView]
    last_used_at: datetime


class ProposedView(Wire):
    """An article with the wordings proposed for it, most used first."""

    article_id: UUID
    language: str
    question: str
    alternates: list[str]
    library: OwnerView
    wordings: list[WordingView]


class ProposedPage(Wire):
    """What waits, most used first; `total` counts the wordings, also those that this page has no room for."""

    items: list[ProposedView]
    total: int


def get_secret(request: Request, _reader: Reader) -> str:
    """Return what only the reader has: the token. The database knows a hash of it, and not the one made here."""
    return request.headers["authorization"].partition(" ")[2].strip()


Secret = Annotated[str, Depends(get_secret)]


@router.post("/answers/{article_id}/verdict", status_code=204)
def judge_answer(place: Place, reader: Reader, secret: Secret, article_id: UUID, body: AnswerJudged) -> None:
    """Say whether an answer helped. A yes proposes the words to the article's curators; the last word on it stands."""
    learning.judge_answer(place, reader, article_id, words=body.query, is_helpful=body.is_helpful, secret=secret)


@router.post("/staff/conversations/{conversation_id}/sent-articles", status_code=204)
def note_sent(place: Place, person: Staff, conversation_id: UUID, body: ArticleSent) -> None:
    """Say that an article was sent to the reader, which proposes the reader's words for it."""
    learning.note_sent(place, person, conversation_id, body.article_id, words=body.words)


@router.get("/staff/wordings")
def list_proposed(place: Place, person: Staff, article_id: UUID | None = None) -> ProposedPage:
    """Return the wordings that one may decide on, of all articles or of one."""
    found = learning.proposed(place, person, article_id=article_id)
    return ProposedPage(items=[_view(card) for card in found.cards], total=found.total)


@router.post("/staff/wordings/{wording_id}/confirmation")
def confirm(place: Place, person: Staff, wording_id: UUID, body: Confirmation) -> ConfirmedWording:
    """Publish a wording as an alternate of its article; readers find the article by it at once."""
    return ConfirmedWording(words=learning.confirm(place, person, wording_id, words=body.words.strip() or None))


@router.post("/staff/wordings/{wording_id}/rejection", status_code=204)
def reject(place: Place, person: Staff, wording_id: UUID) -> None:
    """Set a wording aside; it is not proposed for this article again."""
    learning.reject(place, person, wording_id)


@router.delete("/staff/wordings/{wording_id}/rejection", status_code=204)
def reopen(place: Place, person: Staff, wording_id: UUID) -> None:
    """Take a rejection back."""
    learning.reopen(place, person, wording_id)


def _view(card: ProposedCard) -> ProposedView:
    return ProposedView(
        article_id=card.article_id,
        language=card.language,
        question=card.question,
        alternates=list(card.alternates),
        library=_owner(card.owner),
        wordings=[
            WordingView(
                id=wording.id,
                words=wording.words,
                uses=wording.uses,
                libraries=[_owner(each) for each in wording.libraries],
                last_used_at=wording.last_used_at,
            )
            for wording in card.wordings
        ],
    )


def _owner(owner: Owner) -> OwnerView:
    return OwnerView(code=owner.code, name_zh=owner.name_zh, name_en=owner.name_en)
