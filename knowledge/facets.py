"""What an article is filed under, who may find it and when: on a revision as proposed, on the article as it holds."""

from typing import Any

from knowledge.content import ArticleContent
from knowledge.models import Article, Revision

_NAMES = ("service_topic", "question_type", "clc_class", "visibility", "valid_from", "valid_until")


def facets_of(source: ArticleContent | Revision | Article) -> dict[str, Any]:
    """Return the facets by name, as columns take them."""
    return {name: getattr(source, name) for name in _NAMES}


def content_of(article: Article, revision: Revision) -> ArticleContent:
    """Return a revision as content, to write the next one from. What readers see has the dates that hold now."""
    is_shown = revision.number == article.published_revision
    return ArticleContent(
        key=article.key,
        language=article.language,
        question=revision.question,
        answer=revision.answer,
        alternates=tuple(revision.alternates),
        sources=tuple(revision.sources),
        **facets_of(article if is_shown else revision),
    )
