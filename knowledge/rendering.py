"""Turn an answer's Markdown into HTML that is safe on any page, and into plain text."""

import re
from collections.abc import Callable
from functools import cache
from html import escape

import nh3
from markdown_it import MarkdownIt

# What an answer needs. No images from elsewhere: such a picture tells its host who reads, and may change after the
# review. Our own are written as ![words](image:ID).
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_BLOCKS = ("p", "br", "hr", "pre", "blockquote", "ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td")
_TAGS = frozenset((*_HEADINGS, *_BLOCKS, "strong", "em", "code", "del", "a", "img"))
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}, "img": {"src", "alt"}}
_SCHEMES = frozenset({"https", "http", "mailto", "tel", "image"})
_IMAGE_ID = re.compile(r"image:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")
_IMAGE_TAG = re.compile(r"<img\b[^>]*>")
_IMAGE_SOURCE = re.compile(rf'src="{_IMAGE_ID.pattern}"')
_LINK_ATTRIBUTES = {"a": {"target": "_blank"}}

_IMAGE_OR_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_MARKS = re.compile(r"(^|\n)[ \t]*(?:#{1,6}|>|[-*+]|\d+[.)])[ \t]+|[*_`~|]+|^[-=]{3,}$", re.MULTILINE)
_BLANKS = re.compile(r"\s+")
_ELLIPSIS = "…"


def image_address(image_id: str) -> str:
    """Return the address of an article's image on this service."""
    return f"/api/v1/article-images/{image_id}"


def render_html(markdown: str, *, address_of: Callable[[str], str] = image_address) -> str:
    """Return sanitised HTML. Links open in a new page and pass on neither the opener nor any weight.

    Images are those of articles alone; `address_of` makes the address of one from its id.
    """
    clean = nh3.clean(
        _parser().render(markdown),
        tags=set(_TAGS),
        attributes=_ATTRIBUTES,
        attribute_filter=_kept_attribute,
        url_schemes=set(_SCHEMES),
        url_relative="deny",
        link_rel="noopener nofollow",
        set_tag_attribute_values=_LINK_ATTRIBUTES,
    )

    def addressed(tag: re.Match[str]) -> str:
        source = _IMAGE_SOURCE.search(tag.group())
        if source is None:
            return ""
        return _IMAGE_SOURCE.sub(f'src="{escape(address_of(source.group(1)))}" loading="lazy"', tag.group())

    return _IMAGE_TAG.sub(addressed, clean)


def image_ids(markdown: str) -> set[str]:
    """Return the ids of the images that a Markdown text may show."""
    return set(_IMAGE_ID.findall(markdown))


def _kept_attribute(tag: str, attribute: str, value: str) -> str | None:
    # The scheme of images is for images, and nothing else is.
    if attribute in ("src", "href") and value.startswith("image:"):
        return value if tag == "img" and _IMAGE_ID.fullmatch(value) else None
    return None if tag == "img" and attribute == "src" else value


def plain_text(markdown: str) -> str:
    """Return the words without marks, paragraphs kept as lines. Quick rather than exact: for search and excerpts."""
    lines = _MARKS.sub(r"\1", _IMAGE_OR_LINK.sub(r"\1", markdown)).splitlines()
    return "\n".join(folded for line in lines if (folded := _BLANKS.sub(" ", line).strip()))


def excerpt(markdown: str, *, max_characters: int = 160) -> str:
    """Return the beginning of the plain text on one line, cut with an ellipsis."""
    text = _BLANKS.sub(" ", plain_text(markdown))
    return text if len(text) <= max_characters else text[: max_characters - 1].rstrip() + _ELLIPSIS


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
