"""Read the files of a measurement: articles to search in, and questions with what answers them. One JSON per line."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from storage.errors import AppError

T = TypeVar("T")


class LabelledFileInvalid(AppError):
    """A line of a file of articles or questions cannot be used."""

    code = "labelled_file_invalid"
    status = 422
    message = "{path}, line {line}: {reason}"


@dataclass(frozen=True)
class LabelledArticle:
    """An article of a measurement; `library` is any name."""

    id: str
    question: str
    alternates: tuple[str, ...]
    answer: str
    language: str
    library: str


@dataclass(frozen=True)
class LabelledQuestion:
    """A reader's question and the ids of the articles that answer it; none means that nothing does.

    With `within`, only articles in that language are searched.
    """

    query: str
    language: str
    relevant: frozenset[str]
    within: str | None = None


def read_articles(path: Path) -> list[LabelledArticle]:
    """Read lines {"id", "question", "alternates", "answer", "language", "library"}; the last four may be missing.

    Raises LabelledFileInvalid with the first line that cannot be used, also for an id that comes twice.
    """
    articles = list(_read(path, _article))
    seen: set[str] = set()
    for number, article in enumerate(articles, start=1):
        if article.id in seen:
            raise LabelledFileInvalid(path=path, line=number, reason=f'the id "{article.id}" comes twice.')
        seen.add(article.id)
    return articles


def read_questions(path: Path) -> list[LabelledQuestion]:
    """Read lines {"query", "language", "relevant": [ids]} with an optional "within". Raises LabelledFileInvalid."""
    return list(_read(path, _question))


def _read(path: Path, make: Callable[[dict[str, Any]], T]) -> Iterator[T]:
    try:
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield _made(line, make, (path, number))
    except (OSError, UnicodeDecodeError) as error:
        raise LabelledFileInvalid(path=path, line=0, reason=f"the file cannot be read ({error}).") from error


def _made(line: str, make: Callable[[dict[str, Any]], T], place: tuple[Path, int]) -> T:
    try:
        return make(json.loads(line))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        path, number = place
        raise LabelledFileInvalid(path=path, line=number, reason=f"not understood ({error!r}).") from error


def _article(line: dict[str, Any]) -> LabelledArticle:
    return LabelledArticle(
        id=str(line["id"]),
        question=str(line["question"]),
        alternates=tuple(str(text) for text in line.get("alternates") or ()),
        answer=str(line.get("answer") or ""),
        language=str(line.get("language") or "zh"),
        library=str(line.get("library") or ""),
    )


def _question(line: dict[str, Any]) -> LabelledQuestion:
    relevant = line["relevant"]
    if not isinstance(relevant, list):
        raise TypeError("relevant is not a list")
    return LabelledQuestion(
        query=str(line["query"]),
        language=str(line.get("language") or "zh"),
        relevant=frozenset(str(each) for each in relevant),
        within=str(line["within"]) if line.get("within") else None,
    )
