"""Collect the signs that a question's best hit answers it, from what the search has at hand anyway."""

import math
from collections.abc import Callable, Mapping, Sequence

from knowledge.confidence import Evidence, cover
from knowledge.keyword_index import MAX_QUERY_TOKENS
from knowledge.models import Language
from knowledge.prepared import Prepared
from knowledge.tokens import has_han, tokens
from knowledge.topics import TopicHit
from knowledge.visible import VisibleArticle

CountArticles = Callable[[Sequence[str]], Mapping[str, int]]


def evidence_of(
    words: Sequence[str],
    article: VisibleArticle,
    prepared: Prepared,
    *,
    topics: Sequence[TopicHit],
    count_articles: CountArticles,
    articles: int,
) -> Evidence:
    """Return the evidence that the article, one of the topics found, answers a question of these tokens.

    `count_articles` says in how many of all `articles` each token is.
    """
    found = next(topic.found for topic in topics if topic.entry.article_id == article.id)
    next_score = max((topic.found.score for topic in topics if topic.entry.article_id != article.id), default=0.0)
    wanted = list(dict.fromkeys(words))[:MAX_QUERY_TOKENS]
    wordings = {token for wording in prepared.wordings for token in wording.split()}
    covered = cover(
        wanted,
        wordings=wordings,
        article=wordings.union(tokens(article.answer)),
        frequencies=count_articles(wanted),
        articles=articles,
    )
    is_chinese = any(has_han(word) for word in wanted)
    return Evidence(
        cosine=found.vector_score,
        keyword_share=found.keyword_share,
        lead=found.score - next_score,
        in_wordings=covered.in_wordings,
        in_article=covered.in_article,
        unknown=covered.unknown,
        length=math.log1p(len(wanted)),
        is_other_language=float(is_chinese != (article.language == Language.ZH)),
        is_chinese=float(is_chinese),
    )
