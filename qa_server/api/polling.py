"""The long poll's two doors: `/api/v1/poll` for readers, `/api/v1/staff/poll` for the console."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from qa_server.api.asker import Place, Reader, Staff
from qa_server.chat import polling
from qa_server.chat.connection import Tongue
from qa_server.chat.polling import Poll, PollAnswer
from qa_server.chat.refusals import tongue_of

router = APIRouter(prefix="/api/v1", tags=["long poll"])


def get_tongue(request: Request) -> Tongue:
    """Return the language of refusals, from Accept-Language."""
    return tongue_of(request.headers.get("accept-language"))


AskedTongue = Annotated[Tongue, Depends(get_tongue)]


@router.post("/poll")
async def poll_as_reader(
    request: Request, place: Place, reader: Reader, language: AskedTongue, body: Poll
) -> PollAnswer:
    """Send frames and wait for news, as the socket `/ws/v1` does it; for networks that cut sockets."""
    return await polling.answer(place, request.app.state.hub, reader, body, language)


@router.post("/staff/poll")
async def poll_as_librarian(
    request: Request, place: Place, person: Staff, language: AskedTongue, body: Poll
) -> PollAnswer:
    """The same for a signed-in librarian."""
    return await polling.answer(place, request.app.state.hub, person, body, language)
