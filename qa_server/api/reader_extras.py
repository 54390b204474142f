"""What readers may do beyond asking: tell who they are, take their questions along, fill in the questionnaire."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import Field

from qa_server.api.asker import Network, Place, Reader, Staff
from qa_server.api.libraries import Code
from qa_server.api.readers import FormValues
from qa_server.conversations.schemas import Wire
from qa_server.desk import filling_in, identifying, linking, mailing, unread
from qa_server.desk.asking import KnownReader
from qa_server.desk.filling_in import ReaderCard
from qa_server.desk.form_values import FilledIn
from qa_server.desk.identifying import IdentityView
from qa_server.desk.linking import LinkCount, PrivateLink
from qa_server.desk.unread import UnreadCount
from qa_server.desk.workplace import Workplace
from qa_server.i18n import is_traditional, negotiate
from qa_server.mail.letters import Tag
from qa_server.people.identity_tokens import MAX_TOKEN_CHARACTERS

router = APIRouter(prefix="/api/v1", tags=["readers"])


def get_letter_tag(request: Request) -> Tag:
    """Return the language of a letter, from Accept-Language."""
    header = request.headers.get("accept-language")
    if negotiate(header) == "en":
        return "en"
    return "zh-TW" if is_traditional(header) else "zh-CN"


def get_asker(place: Place, reader: Reader, network: Network) -> tuple[Workplace, KnownReader, str]:
    """Return who asks, and from where."""
    return place, reader, network


LetterTag = Annotated[Tag, Depends(get_letter_tag)]
Asker = Annotated[tuple[Workplace, KnownReader, str], Depends(get_asker)]


class IdentityToken(Wire):
    """A statement that a library's page has signed."""

    token: str = Field(max_length=MAX_TOKEN_CHARACTERS)


class Questionnaire(Wire):
    """Answers by the keys of the library's questionnaire."""

    answers: FormValues


class Address(Wire):
    """Where the librarians may write to."""

    email: str = Field(max_length=254)


@router.post("/libraries/{code}/identity")
def check_identity(place: Place, network: Network, code: Code, body: IdentityToken) -> IdentityView:
    """Say whether a page's token is good and whom it names; nothing is kept."""
    return identifying.check(place, code, body.token, network=network)


@router.put("/readers/identity")
def tell_identity(place: Place, reader: Reader, body: IdentityToken) -> IdentityView:
    """Tell the librarians of one's library who one is. A token works once, for one reader."""
    return identifying.tell(place, reader, body.token)


@router.post("/readers/identity/withdrawal", status_code=204)
def take_identity_back(place: Place, reader: Reader) -> None:
    """Be anonymous again."""
    identifying.take_back(place, reader)


@router.post("/readers/links", status_code=201)
def make_link(request: Request, place: Place, reader: Reader) -> PrivateLink:
    """Make a private link to one's questions. Whoever has it reads and writes as this reader."""
    return linking.make_link(place, reader, base_url=public_address(request))


@router.get("/readers/links")
def count_links(place: Place, reader: Reader) -> LinkCount:
    """Return how many private links work now."""
    return linking.count_links(place, reader)


@router.post("/readers/links/withdrawal", status_code=204)
def revoke_links(place: Place, reader: Reader) -> None:
    """Switch off every private link to one's questions."""
    linking.revoke_links(place, reader)


@router.get("/readers/unread")
def count_unread(place: Place, reader: Reader, besides: UUID | None = None) -> UnreadCount:
    """Return how many messages wait in one's open conversations, but for one of them that is shown anyway."""
    return unread.count_unread(place, reader, besides=besides)


@router.put("/conversations/{conversation_id}/questionnaire")
def answer_questionnaire(place: Place, reader: Reader, conversation_id: UUID, body: Questionnaire) -> list[FilledIn]:
    """Answer the library's questionnaire about an ended conversation; answers may be changed."""
    return filling_in.answer_questionnaire(place, reader, conversation_id, body.answers)


@router.put("/conversations/{conversation_id}/address", status_code=204)
def leave_address(place: Place, reader: Reader, letter: LetterTag, conversation_id: UUID, body: Address) -> None:
    """Leave an e-mail address beside an open question, for its librarians; an empty one takes it back.

    Where mail is sent, it also gets word of answers that come while the reader is away.
    """
    filling_in.leave_address(place, reader, conversation_id, body.email, language=letter)


@router.post("/conversations/{conversation_id}/transcript/mail", status_code=202)
def mail_transcript(asker: Asker, letter: LetterTag, conversation_id: UUID, body: Address) -> None:
    """Send the transcript of one's conversation by mail; the address is not kept once it is sent."""
    place, reader, network = asker
    mailing.mail_transcript(place, reader, conversation_id, body.email, language=letter, network=network)


@router.get("/staff/conversations/{conversation_id}/reader", tags=["staff"])
def read_reader_card(place: Place, person: Staff, conversation_id: UUID) -> ReaderCard:
    """Return what the reader filled in and agreed to tell."""
    return filling_in.reader_card(place, person, conversation_id)


def public_address(request: Request) -> str:
    """Return the address readers use, without a slash at the end."""
    configured: str = request.app.state.place.settings.public_url
    return (configured or str(request.base_url)).rstrip("/")
