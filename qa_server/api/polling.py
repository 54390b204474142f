"""The long poll's two doors: `/api/v1/poll` for readers, `/api/v1/staff/poll` for the console."""

from fastapi import APIRouter, Request

from qa_server.api.asker import AskedLanguage, Place, Reader, Staff
from qa_server.chat import polling
from qa_server.chat.polling import Poll, PollAnswer

router = APIRouter(prefix="/api/v1", tags=["long poll"])


@router.post("/poll")
async def poll_as_reader(
    request: Request, place: Place, reader: Reader, language: AskedLanguage, body: Poll
) -> PollAnswer:
    """Send frames and wait for news, as the socket `/ws/v1` does it; for networks that cut sockets."""
    return await polling.answer(place, request.app.state.hub, reader, body, language)


@router.post("/staff/poll")
async def poll_as_librarian(
    request: Request, place: Place, person: Staff, language: AskedLanguage, body: Poll
) -> PollAnswer:
    """The same for a signed-in librarian."""
    return await polling.answer(place, request.app.state.hub, person, body, language)
