"""Pictures of articles over HTTP: the body of an upload is the picture; it is shown to who may read the article."""

from functools import partial
from typing import Annotated
from urllib.parse import unquote
from uuid import UUID

from anyio.to_thread import run_sync
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import FileResponse

from qa_server.api.asker import PerhapsStaff, Place, Staff
from qa_server.api.attachments import DOWNLOAD_POLICY, FILE_BODY, FileName, Signature, announced_size, checked, receive
from qa_server.attachments.links import MAX_EXPIRES
from qa_server.conversations.schemas import Wire
from qa_server.desk import attaching
from qa_server.desk.articles import images as article_images

router = APIRouter(prefix="/api/v1", tags=["articles"])

# What everybody may see may be kept by proxies for so long after it was taken back.
_PUBLIC_SECONDS = 300


class ImageView(Wire):
    """A picture that was put to an article, and how its text names it."""

    id: UUID
    markdown: str


@router.post("/staff/articles/{article_id}/images", status_code=201, openapi_extra=FILE_BODY)
async def upload_image(request: Request, place: Place, person: Staff, article_id: UUID, name: FileName) -> ImageView:
    """Put a picture to an article. Its text shows it as `![words](image:ID)`; readers see it with the publication."""
    await run_sync(partial(article_images.expect, place, person, article_id, size_bytes=announced_size(request)))
    with attaching.store_of(place.settings).incoming() as path:
        await receive(request, place, path)
        content = await checked(partial(article_images.take, place, path, unquote(name)))
    image = await run_sync(article_images.add, place, person, article_id, content)
    return ImageView(id=image.id, markdown=f"![](image:{image.id})")


@router.get(
    "/article-images/{image_id}",
    response_class=FileResponse,
    responses={200: {"content": {"image/*": {}}}, 206: {}, 304: {}},
    # Besides the sign-in that staff may bring: none.
    openapi_extra={"security": [{}]},
)
def show_image(
    place: Place,
    person: PerhapsStaff,
    image_id: UUID,
    expires: Annotated[int, Query(ge=0, le=MAX_EXPIRES)] = 0,
    signature: Annotated[Signature, Query()] = "",
) -> Response:
    """Return a picture: of a public answer to everybody, else by right or by a link that works for some minutes."""
    file, is_public = article_images.open_image(place, image_id, person, expires=expires, signature=signature)
    headers = {
        "ETag": f'"{file.sha256}"',
        "Cache-Control": f"public, max-age={_PUBLIC_SECONDS}" if is_public else "private, no-store",
        "Content-Security-Policy": DOWNLOAD_POLICY,
        "Cross-Origin-Resource-Policy": "cross-origin",
        "X-Content-Type-Options": "nosniff",
    }
    return FileResponse(file.path, media_type=file.media_type, headers=headers)
