"""What anybody may ask of a library: who it is, whether its desk is staffed, its published answers."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Query

from qa_server.api.asker import Network, PerhapsReader, Place
from qa_server.desk import being_here, finding
from qa_server.desk.being_here import LibraryNow
from qa_server.desk.finding import AnswerHit, Answers

# Longer text is no question; the search looks at its beginning only.
MAX_QUERY_CHARACTERS = 2_000

router = APIRouter(prefix="/api/v1/libraries", tags=["libraries"])

Code = Annotated[str, Path(min_length=2, max_length=8, pattern="^[A-Za-z0-9]+$", examples=["JZU"])]


@router.get("/{code}")
def read_library(place: Place, code: Code) -> LibraryNow:
    """Return a library and the state of its desk."""
    return being_here.library_now(place, code)


@router.get("/{code}/answers")
def find_answers(
    place: Place,
    network: Network,
    reader: PerhapsReader,
    code: Code,
    q: Annotated[str, Query(max_length=MAX_QUERY_CHARACTERS)],
    language: Literal["zh", "en"] | None = None,
    limit: Annotated[int, Query(ge=1, le=finding.MAX_HITS)] = 5,
) -> Answers:
    """Find published answers that this library's readers may see, by meaning and by word."""
    return finding.for_reader(
        place, library_code=code, query=q, language=language, limit=limit, network=network, reader=reader
    )


@router.get("/{code}/articles/{article_id}")
def read_article(place: Place, reader: PerhapsReader, code: Code, article_id: UUID) -> AnswerHit:
    """Return one published answer; of one that was merged into another, that other."""
    return finding.article_for_reader(place, library_code=code, article_id=article_id, reader=reader)
