"""What machines read in the pages: sites, answers, ways and lists in the words of schema.org."""

from collections.abc import Sequence
from typing import Any

from qa_server.desk.answers.views import AnswerLine, AnswerPage
from widget.answers.pages import Visit

_CONTEXT = "https://schema.org"


def website(visit: Visit) -> list[dict[str, Any]]:
    """Describe a site and how to search it."""
    search = {
        "@type": "SearchAction",
        "target": {"@type": "EntryPoint", "urlTemplate": f"{visit.address}search?q={{search_term_string}}"},
        "query-input": "required name=search_term_string",
    }
    return [
        {
            "@context": _CONTEXT,
            "@type": "WebSite",
            "name": visit.site.title(visit.language),
            "url": visit.address,
            "inLanguage": visit.tag,
            "publisher": _library(visit.site.name(visit.language), visit.address),
            "potentialAction": search,
        }
    ]


def faq_page(visit: Visit, page: AnswerPage, *, canonical: str) -> dict[str, Any]:
    """Describe one answer as a page of questions that the library itself answers."""
    article = page.article
    owner = page.owner.name_zh if article.language == "zh" else page.owner.name_en
    question = {
        "@type": "Question",
        "name": article.question,
        "alternateName": list(article.alternates),
        "acceptedAnswer": {
            "@type": "Answer",
            "text": page.answer_html,
            "dateModified": article.published_at.isoformat(),
            "author": _library(owner, f"{visit.root}/answers/{page.owner.code}/"),
        },
    }
    if not article.alternates:
        del question["alternateName"]
    return {
        "@context": _CONTEXT,
        "@type": "FAQPage",
        "url": canonical,
        "inLanguage": "zh-CN" if article.language == "zh" else "en",
        "dateModified": article.published_at.isoformat(),
        "mainEntity": [question],
    }


def breadcrumbs(steps: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Describe the way to a page as names and addresses."""
    items = [
        {"@type": "ListItem", "position": place, "name": name, "item": address}
        for place, (name, address) in enumerate(steps, start=1)
    ]
    return {"@context": _CONTEXT, "@type": "BreadcrumbList", "itemListElement": items}


def item_list(visit: Visit, lines: Sequence[AnswerLine]) -> dict[str, Any]:
    """Describe a list of answers."""
    items = [
        {"@type": "ListItem", "position": place, "name": line.question, "url": visit.article(line.number)}
        for place, line in enumerate(lines, start=1)
    ]
    return {"@context": _CONTEXT, "@type": "ItemList", "itemListElement": items}


def _library(name: str, address: str) -> dict[str, Any]:
    return {"@type": "Library", "name": name, "url": address}
