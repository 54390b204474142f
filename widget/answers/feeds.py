"""What programs fetch: news of a site as Atom and RSS, the map of all addresses, and the rules for robots."""

from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from fastapi import Request
from starlette.responses import Response

from qa_server.desk.answers import map as public_map
from qa_server.desk.answers import reading as public_answers
from qa_server.desk.answers.views import AnswerLine
from qa_server.desk.answers.xml_text import carried
from qa_server.desk.facet_words import TOPICS
from storage.errors import NotFound
from widget.answers.pages import Visit, cached, visit_of
from widget.reader_sites import place_of, root_of

_ATOM = "http://www.w3.org/2005/Atom"
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_XML = "application/xml; charset=utf-8"
_XML_HEAD = "<?xml version='1.0' encoding='utf-8'?>\n"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
register_namespace("atom", _ATOM)


def atom(request: Request, code: str | None = None, value: str = "") -> Response:
    """Send the newest answers of a site or of one topic as Atom."""
    visit, articles, title = _news(request, code, value)
    feed = Element("feed", {"xmlns": _ATOM, "xml:lang": visit.tag})
    page = visit.address + (f"topics/{value}" if value else "")
    SubElement(feed, "id").text = page
    SubElement(feed, "title").text = title
    SubElement(feed, "updated").text = _newest(articles).isoformat()
    SubElement(feed, "link", {"rel": "alternate", "type": "text/html", "href": page})
    SubElement(feed, "link", {"rel": "self", "type": "application/atom+xml", "href": _self(request, visit)})
    SubElement(SubElement(feed, "author"), "name").text = visit.site.name(visit.language)
    for article in articles:
        entry = SubElement(feed, "entry", {"xml:lang": "zh-CN" if article.language == "zh" else "en"})
        # By the article, not by its text: a reader that has it sees it renewed, not doubled.
        SubElement(entry, "id").text = f"urn:uuid:{article.id}"
        SubElement(entry, "title").text = article.question
        SubElement(entry, "updated").text = article.published_at.isoformat()
        SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": visit.article(article.number)})
        SubElement(entry, "category", {"term": article.service_topic, "label": _topic(visit, article)})
        SubElement(entry, "content", {"type": "html"}).text = article.answer_html
    return _sent(request, feed, "application/atom+xml; charset=utf-8", _newest(articles))


def rss(request: Request, code: str | None = None, value: str = "") -> Response:
    """Send the newest answers of a site or of one topic as RSS 2.0."""
    visit, articles, title = _news(request, code, value)
    feed = Element("rss", {"version": "2.0"})
    channel = SubElement(feed, "channel")
    SubElement(channel, "title").text = title
    SubElement(channel, "link").text = visit.address + (f"topics/{value}" if value else "")
    SubElement(channel, "description").text = visit.say("New and renewed answers of {library}", library=title)
    SubElement(channel, "language").text = visit.tag
    SubElement(channel, "lastBuildDate").text = format_datetime(_newest(articles), usegmt=True)
    attributes = {"rel": "self", "type": "application/rss+xml", "href": _self(request, visit)}
    SubElement(channel, f"{{{_ATOM}}}link", attributes)
    for article in articles:
        item = SubElement(channel, "item")
        SubElement(item, "title").text = article.question
        SubElement(item, "link").text = visit.article(article.number)
        SubElement(item, "guid", {"isPermaLink": "false"}).text = f"urn:uuid:{article.id}"
        SubElement(item, "pubDate").text = format_datetime(article.published_at, usegmt=True)
        SubElement(item, "category").text = _topic(visit, article)
        SubElement(item, "description").text = article.answer_html
    return _sent(request, feed, "application/rss+xml; charset=utf-8", _newest(articles))


def sitemap_index(request: Request) -> Response:
    """Send the index of the map, which has as many parts as its size asks for."""
    root = root_of(request)
    index = Element("sitemapindex", {"xmlns": _SITEMAP})
    for part in public_map.parts(place_of(request)):
        SubElement(SubElement(index, "sitemap"), "loc").text = f"{root}/answers/sitemaps/{part}.xml"
    return _sent(request, index, _XML, None)


def sitemap(request: Request, part: str) -> Response:
    """Send one part of the map: the pages of the sites, or a run of answers at their canonical addresses."""
    root = root_of(request)
    # Written by hand: ten thousand entries as elements take five times as long.
    entries = [
        f"<url><loc>{escape(carried(f'{root}/answers/{path}'))}</loc>"
        + (f"<lastmod>{modified.isoformat(timespec='seconds')}</lastmod></url>" if modified else "</url>")
        for path, modified in public_map.addresses(place_of(request), part)
    ]
    text = f"{_XML_HEAD}<urlset xmlns='{_SITEMAP}'>{''.join(entries)}</urlset>"
    return cached(request, text.encode(), _XML)


def robots(request: Request) -> Response:
    """Tell robots what is theirs: the answers, not their endless searches, not the console."""
    root = root_of(request)
    base = visit_base(root)
    closed = ("console", "api/", "ask/", "answers/search", "answers/*/search")
    lines = ["User-agent: *", *(f"Disallow: {base}/{path}" for path in closed), f"Allow: {base}/answers/", ""]
    return cached(request, "\n".join([*lines, f"Sitemap: {root}/answers/sitemap.xml", ""]).encode(), "text/plain")


def visit_base(root: str) -> str:
    """Return the path under which the service lies, empty at the top of a host."""
    return "/" + root.split("/", 3)[3] if root.count("/") > 2 else ""


def _news(request: Request, code: str | None, value: str) -> tuple[Visit, list[AnswerLine], str]:
    if value and value not in TOPICS:
        raise NotFound()
    visit = visit_of(request, code)
    articles = public_answers.newest(place_of(request), visit.site, visit.language, topic=value)
    title = visit.site.title(visit.language)
    return visit, articles, f"{visit.say(TOPICS[value])} · {title}" if value else title


def _self(request: Request, visit: Visit) -> str:
    return visit.root.removesuffix(visit.base) + request.url.path


def _topic(visit: Visit, article: AnswerLine) -> str:
    return visit.say(TOPICS[article.service_topic])


def _newest(articles: list[AnswerLine]) -> datetime:
    return max((article.published_at for article in articles), default=_EPOCH)


def _sent(request: Request, root: Element, media_type: str, modified: datetime | None) -> Response:
    for element in root.iter():
        element.text = carried(element.text) if element.text else element.text
    return cached(request, tostring(root, encoding="utf-8", xml_declaration=True), media_type, modified=modified)
