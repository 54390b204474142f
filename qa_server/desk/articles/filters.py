"""What a search of articles is narrowed to: read from an address, a form or a saved view, and written back."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

from knowledge.models import ArticleState, ServiceTopic
from qa_server.conversations.text import storable

MAX_QUERY_CHARACTERS = 200
_MAX_TEXT = 64


@dataclass(frozen=True)
class ArticleFilters:
    """Every filter as it stands in an address; empty means any. `owner` is the code of a node."""

    q: str = ""
    owner: str = ""
    state: str = ""
    topic: str = ""
    language: str = ""

    def written(self) -> dict[str, str]:
        """Return what is set, as an address or a saved view holds it."""
        return {name: value for name, value in asdict(self).items() if value}


def read_article_filters(given: Mapping[str, object]) -> ArticleFilters:
    """Return the filters of an address or a saved view; what no filter can be is left out rather than refused."""
    text = {each.name: storable(str(given.get(each.name) or "")).strip() for each in fields(ArticleFilters)}
    return ArticleFilters(
        q=text["q"][:MAX_QUERY_CHARACTERS],
        owner=text["owner"][:_MAX_TEXT].upper(),
        state=text["state"] if text["state"] in tuple(ArticleState) else "",
        topic=text["topic"] if text["topic"] in tuple(ServiceTopic) else "",
        language=text["language"] if text["language"] in ("zh", "en") else "",
    )
