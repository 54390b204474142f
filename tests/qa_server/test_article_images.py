"""Pictures of articles: private while the text is a draft, as open as the article that shows them afterwards."""

from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest

from knowledge.content import ArticleContent
from knowledge.rendering import render_html
from qa_server.attachments.errors import AttachmentTypeRefused, LinkExpired, LinkRefused
from qa_server.desk.articles import curating
from qa_server.desk.articles import images as article_images
from qa_server.desk.clearing import clear
from qa_server.desk.workplace import Workplace
from qa_server.people.models import Role
from storage.errors import Forbidden, NotFound
from tests.attachments import samples
from tests.fakes import Clock
from tests.village import Village

CONTENT = ArticleContent("machines.where", "zh", "自助机在哪里？", "一楼。", "spaces", "fact")


def put_in(place: Workplace, people: Village, article: UUID, path: Path) -> UUID:
    """Put a picture to an article as LIN."""
    path.write_bytes(samples.png())
    content = article_images.take(place, path, "自助机.png")
    return article_images.add(place, people.lin, article, content).id


def publish(place: Workplace, people: Village, article: UUID, content: ArticleContent, revision: int) -> None:
    curating.revise(place, people.lin, article, content, expected_revision=revision, change_note="图")
    curating.submit(place, people.lin, article)
    curating.publish(place, people.zhou, article)


def test_a_picture_becomes_public_with_the_article_that_shows_it(
    place: Workplace, people: Village, tmp_path: Path
) -> None:
    article = curating.draft(place, people.lin, CONTENT)
    image = put_in(place, people, article, tmp_path / "a.png")
    with pytest.raises(NotFound):
        article_images.open_image(place, image, None)
    with pytest.raises(NotFound):
        article_images.open_image(place, image, people.grace)
    assert article_images.open_image(place, image, people.chen)[1] is False

    publish(place, people, article, replace(CONTENT, answer=f"一楼。\n\n![自助机](image:{image})"), 1)
    file, is_public = article_images.open_image(place, image, None)
    assert (file.path.is_file(), is_public) == (True, True)
    publish(place, people, article, CONTENT, 2)
    with pytest.raises(NotFound):
        article_images.open_image(place, image, None)


def test_a_picture_for_signed_in_readers_is_opened_by_a_link_for_some_minutes(
    place: Workplace, people: Village, tmp_path: Path, clock: Clock
) -> None:
    article = curating.draft(place, people.lin, CONTENT)
    image = put_in(place, people, article, tmp_path / "a.png")
    answer = f"![自助机](image:{image})"
    publish(place, people, article, replace(CONTENT, answer=answer, visibility="signed_in"), 1)
    html = article_images.html_of(place, answer, "signed_in")
    address = html.partition('src="')[2].partition('"')[0].replace("&amp;", "&")
    query = parse_qs(urlsplit(address).query)
    expires, signature = int(query["expires"][0]), query["signature"][0]
    assert article_images.open_image(place, image, None, expires=expires, signature=signature)[1] is False
    with pytest.raises(NotFound):
        article_images.open_image(place, image, None)
    with pytest.raises(LinkRefused):
        article_images.open_image(place, image, None, expires=expires + 1, signature=signature)
    clock.forward(hours=1)
    with pytest.raises(LinkExpired):
        article_images.open_image(place, image, None, expires=expires, signature=signature)


def test_only_pictures_come_in_and_only_from_who_may_write(place: Workplace, people: Village, tmp_path: Path) -> None:
    article = curating.draft(place, people.lin, CONTENT)
    text = tmp_path / "a.txt"
    text.write_text("no picture", encoding="utf-8")
    with pytest.raises(AttachmentTypeRefused):
        article_images.take(place, text, "a.txt")
    with pytest.raises(NotFound):
        article_images.expect(place, people.grace, article, size_bytes=1)
    viewer = replace(people.chen, grants=tuple(replace(grant, role=Role.DISPATCHER) for grant in people.chen.grants))
    with pytest.raises(Forbidden):
        article_images.expect(place, viewer, article, size_bytes=1)


def test_the_cleaning_leaves_the_pictures_of_articles_alone(
    place: Workplace, people: Village, tmp_path: Path, clock: Clock
) -> None:
    settings = place.settings.model_copy(update={"attachments_folder": str(tmp_path / "files")})
    own = replace(place, settings=settings)
    article = curating.draft(own, people.lin, CONTENT)
    image = put_in(own, people, article, tmp_path / "a.png")
    clock.forward(hours=24 * 400)
    clear(own.database, settings, now=clock())
    assert article_images.open_image(own, image, people.lin)[0].path.is_file()


def test_no_picture_of_elsewhere_is_shown() -> None:
    html = render_html("![x](https://elsewhere.example/x.png) ![y](image:../../x) <img src=x onerror=alert(1)>")
    assert "<img" not in html
