"""A file as an answer, whole or by range, whose refusals have the shape of all others."""

from fastapi.responses import FileResponse
from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope, Send

from qa_server.api.errors import error_response
from qa_server.attachments.errors import RangeMalformed, RangeOutside

_REFUSALS = {RangeMalformed.status: RangeMalformed, RangeOutside.status: RangeOutside}


class SavedFile(FileResponse):
    """Starlette's file; where that answers a wrong Range header with plain text, this answers with the error shape."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_refused = False

        async def send_or_refuse(message: Message) -> None:
            nonlocal is_refused
            if message["type"] == "http.response.start" and message["status"] in _REFUSALS:
                is_refused = True
                response = error_response(_REFUSALS[message["status"]](), Headers(scope=scope).get("accept-language"))
                if length := Headers(raw=message["headers"]).get("content-range"):
                    response.headers["Content-Range"] = length
                await response(scope, receive, send)
            elif not is_refused:
                await send(message)

        await super().__call__(scope, receive, send_or_refuse)
