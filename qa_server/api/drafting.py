"""From conversations to drafts over HTTP: the sheet, what is masked, and who does not want an exchange used."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from knowledge.masking.text import Kind
from qa_server.api.asker import Place, Reader, Staff
from qa_server.conversations.schemas import Wire
from qa_server.desk.articles import drafting, masking, reuse
from qa_server.desk.articles.exchange import Part

router = APIRouter(prefix="/api/v1", tags=["drafts"])

Placeholder = Annotated[str, Field(min_length=3, max_length=40)]
Seq = Annotated[int, Field(ge=1, le=2**31 - 1)]


class DraftChoice(Wire):
    """What becomes of each message, by its number, and the placeholders whose words are to stay. Empty: as proposed."""

    parts: dict[Seq, Part] | None = Field(None, max_length=drafting.MAX_MESSAGES)
    unmasked: list[Placeholder] = Field(default_factory=list, max_length=500)

    def choice(self) -> drafting.Choice:
        """Return it as the use case takes it."""
        return drafting.Choice(self.parts, frozenset(self.unmasked))


class DraftLine(Wire):
    """One message, with its details masked, and what it is taken for."""

    seq: int
    is_reader: bool
    text: str
    part: Part


class MaskView(Wire):
    """A placeholder and what it stands for; `original` is left out for who may not see it."""

    placeholder: str
    kind: Kind
    original: str | None
    expires_at: datetime | None = None


class DraftSheetView(Wire):
    """A conversation laid out for drafting, as proposed."""

    lines: list[DraftLine]
    masks: list[MaskView]
    question: str
    answer: str
    article_id: UUID | None


class DetailView(Wire):
    """What looks like a personal detail and is not masked."""

    kind: Kind
    words: str


class MasksView(Wire):
    """The masks of an article, and what else in it looks personal."""

    masks: list[MaskView]
    details: list[DetailView]
    may_put_back: bool


class WordsToMask(Wire):
    """Words of the article that name somebody."""

    words: str = Field(min_length=1, max_length=masking.MAX_MASKED_CHARACTERS)
    kind: Kind = Kind.OTHER


class PlaceholderBody(Wire):
    """A placeholder of the article."""

    placeholder: Placeholder


class ReuseBody(Wire):
    """Whether the exchange may become an answer for others."""

    is_allowed: bool


class ReuseView(Wire):
    """What the reader said of it, null for nothing yet, and what the library does: `masked` goes without a word too,
    `agreed` needs the reader's yes, `never` makes no answers of conversations."""

    is_allowed: bool | None
    rule: Literal["masked", "agreed", "never"]


class PrivateBody(Wire):
    """Whether the staff keep the exchange to themselves."""

    is_private: bool


@router.get("/staff/conversations/{conversation_id}/draft")
def read_sheet(place: Place, person: Staff, conversation_id: UUID) -> DraftSheetView:
    """Return a conversation laid out for drafting, its personal details masked."""
    found = drafting.sheet(place, person, conversation_id)
    return DraftSheetView(
        lines=[
            DraftLine(seq=line.said.seq, is_reader=line.said.is_reader, text=line.masked, part=line.part)
            for line in found.lines
        ],
        masks=[MaskView(placeholder=each.placeholder, kind=each.kind, original=each.original) for each in found.masks],
        question=found.question,
        answer=found.answer,
        article_id=found.article_id,
    )


@router.put("/staff/conversations/{conversation_id}/private", status_code=204, response_class=Response)
def mark_private(place: Place, person: Staff, conversation_id: UUID, body: PrivateBody) -> None:
    """Keep an exchange out of the knowledge base, or take that back. A reader's own wish stays as it is."""
    reuse.mark_private(place, person, conversation_id, is_private=body.is_private)


@router.get("/conversations/{conversation_id}/reuse")
def read_reuse(place: Place, reader: Reader, conversation_id: UUID) -> ReuseView:
    """Return what the reader said of reusing the exchange, and what holds without a word."""
    found = reuse.reader_choice(place, reader, conversation_id)
    return ReuseView.model_validate({"is_allowed": found.reader, "rule": found.rule})


@router.put("/conversations/{conversation_id}/reuse", status_code=204, response_class=Response)
def choose_reuse(place: Place, reader: Reader, conversation_id: UUID, body: ReuseBody) -> None:
    """Say whether the exchange may become an answer for others, without anything personal. The last word stands."""
    reuse.choose_as_reader(place, reader, conversation_id, is_allowed=body.is_allowed)


@router.get("/staff/articles/{article_id}/masks")
def read_masks(place: Place, person: Staff, article_id: UUID) -> MasksView:
    """Return the masks of an article, and what else in it looks personal."""
    return _masks(place, person, article_id)


@router.post("/staff/articles/{article_id}/masks", status_code=201)
def mask_words(place: Place, person: Staff, article_id: UUID, body: WordsToMask) -> MasksView:
    """Put a placeholder in place of these words wherever they stand in the article, in all its revisions."""
    masking.mask_words(place, person, article_id, words=body.words, kind=body.kind)
    return _masks(place, person, article_id)


@router.post("/staff/articles/{article_id}/masks/put-back")
def put_back(place: Place, person: Staff, article_id: UUID, body: PlaceholderBody) -> MasksView:
    """Take a mask of a draft away again: its words stand in the text."""
    masking.put_back(place, person, article_id, placeholder=body.placeholder)
    return _masks(place, person, article_id)


def _masks(place: Place, person: Staff, article_id: UUID) -> MasksView:
    found = masking.masks(place, person, article_id)
    return MasksView(
        masks=[
            MaskView(placeholder=each.placeholder, kind=each.kind, original=each.original, expires_at=each.expires_at)
            for each in found.masks
        ],
        details=[DetailView(kind=each.kind, words=each.words) for each in found.details],
        may_put_back=found.may_put_back,
    )
