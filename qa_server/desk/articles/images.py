"""Pictures in articles: put in by who may write the article, shown to whoever may read the article that shows them.

A picture is private until an article with it is published, and as open as that article from then on: to everybody, to
staff, or by a link that works for some minutes to readers whom the library has signed in.
"""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy.orm import Session

from knowledge import queries
from knowledge.models import Audience, Visibility
from knowledge.rendering import image_address, image_ids, render_html
from knowledge.visible import find_visible
from qa_server.attachments import links, service
from qa_server.attachments import queries as attachments
from qa_server.attachments.errors import AttachmentTypeRefused
from qa_server.attachments.models import ArticleImage
from qa_server.attachments.service import Content
from qa_server.desk.articles import rights as article_rights
from qa_server.desk.articles.rights import to_change
from qa_server.desk.attaching import FileToSend, file_to_send, limits_of, take_in
from qa_server.desk.workplace import Workplace
from qa_server.people.rights import Right, StaffMember
from storage.errors import NotFound

_IMAGE = "image/"
_PICTURES = "PNG, JPEG, GIF, WebP"


def expect(place: Workplace, person: StaffMember, article_id: UUID, *, size_bytes: int) -> None:
    """Check before the first byte that a picture may come. Raises NotFound, Forbidden, AttachmentTooLarge."""
    with place.database.read() as session:
        found = queries.find_article(session, article_id)
        if not article_rights.sees_all(session, person, found):
            raise NotFound()
        article_rights.require(session, person, Right.DRAFT_ARTICLES, found.library_id)
    service.check_size(size_bytes, limits_of(place.settings))


def take(place: Workplace, path: Path, name: str) -> Content:
    """Check a complete incoming picture and keep it, freed from its metadata. Blocks.

    Raises AttachmentTypeRefused for what is no picture, and the refusals of `attachments.service.take_in`.
    """
    content = take_in(place, path, name)
    if not content.media_type.startswith(_IMAGE):
        raise AttachmentTypeRefused(types=_PICTURES)
    return content


def add(place: Workplace, person: StaffMember, article_id: UUID, content: Content) -> ArticleImage:
    """Put a kept picture to an article; it is shown once the text names it. Raises NotFound, Forbidden."""
    with place.database.write() as session:
        found = to_change(session, person, article_id, Right.DRAFT_ARTICLES)
        image = ArticleImage(
            article_id=found.id,
            sha256=content.sha256,
            name=content.name,
            media_type=content.media_type,
            size_bytes=content.size_bytes,
            added_by_id=person.id,
            added_at=place.clock(),
        )
        session.add(image)
        session.flush()
        return image


def open_image(
    place: Workplace, image_id: UUID, person: StaffMember | None, *, expires: int = 0, signature: str = ""
) -> tuple[FileToSend, bool]:
    """Return a picture and whether everybody may see it. Raises NotFound, AttachmentGone, LinkRefused, LinkExpired."""
    with place.database.read() as session:
        image = session.get(ArticleImage, image_id)
        if image is None:
            raise NotFound()
        is_public = _is_shown(place, session, image, Audience.EVERYBODY)
        if not is_public and not _may_see(place, session, image, person, (expires, signature)):
            raise NotFound()
    return file_to_send(place, image), is_public


def html_of(place: Workplace, answer: str, visibility: str) -> str:
    """Return an answer as HTML for somebody who may read it; pictures of what is not public get links for minutes."""
    if visibility == Visibility.PUBLIC or not image_ids(answer):
        return render_html(answer)
    return render_html(answer, address_of=_signed(place))


def _signed(place: Workplace) -> Callable[[str], str]:
    with place.database.read() as session:
        secret = attachments.link_secret(session)
    if secret is None:
        with place.database.write() as session:
            secret = service.make_link_secret(session)
    expires = int((place.clock() + timedelta(minutes=place.settings.attachment_link_minutes)).timestamp())

    def address(image_id: str) -> str:
        signed = links.signature(secret, UUID(image_id), expires)
        return f"{image_address(image_id)}?{urlencode({'expires': expires, 'signature': signed})}"

    return address


def _may_see(
    place: Workplace, session: Session, image: ArticleImage, person: StaffMember | None, link: tuple[int, str]
) -> bool:
    if person is not None:
        article = queries.find_article(session, image.article_id)
        if article_rights.sees_all(session, person, article):
            return True
        if article_rights.sees_published(session, person, article):
            return _is_shown(place, session, image, Audience.STAFF)
    expires, signature = link
    secret = attachments.link_secret(session)
    if not signature or secret is None:
        return False
    links.check(secret, image.id, expires=expires, given=signature, now=place.clock())
    return _is_shown(place, session, image, Audience.STAFF)


def _is_shown(place: Workplace, session: Session, image: ArticleImage, audience: Audience) -> bool:
    """Say whether the article, or another that was made from it, shows the picture to this audience now."""
    ids = [image.article_id, *queries.articles_showing(session, str(image.id))]
    visible = find_visible(session, ids, now=place.clock(), audience=audience)
    return any(str(image.id) in image_ids(each.answer) for each in visible.values())
