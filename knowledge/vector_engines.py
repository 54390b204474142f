"""Where the vector index lives: in this process with FAISS, or in an engine elsewhere. A cache in either case.

What an engine kept is trusted only while its encoder and the mark of the last change it has seen agree with the
database; else it is filled anew.
"""

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sqlalchemy.orm import Session

from embeddings.encoder import Encoder
from embeddings.errors import IndexFileUnusable
from embeddings.faiss_index import Codes, FaissIndex
from embeddings.index_file import load_index, save_index
from embeddings.pgvector_index import PgvectorIndex
from embeddings.vector_index import VectorIndex
from knowledge.keyword_files import Seen
from knowledge.models import KnowledgeChange

_FILE = "passages.index"
# The mark of a change that is not there: nothing tells one such database from another.
NO_MARK = ""
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class OpenedIndex:
    """A vector index, and the change number up to which it is true; None when it is empty and must be filled."""

    index: VectorIndex
    change_number: int | None


class VectorEngine(Protocol):
    """Opens and keeps the vector index of one process. `keeps_each_change`: saving costs next to nothing."""

    keeps_each_change: bool

    def use_folder(self, folder: Path) -> None:
        """Say which folder belongs to this process alone, before the first `open`."""

    def open(self, session: Session, encoder: Encoder, *, expected: int) -> OpenedIndex:
        """Return the index, with what was kept when that can be trusted; `expected` entries will come.

        Raises EngineUnavailable.
        """

    def save(self, session: Session, encoder: Encoder, index: VectorIndex, change_number: int) -> None:
        """Keep the index, true up to that change. What cannot be kept costs only the next start its time."""


@dataclass(frozen=True)
class IndexHome:
    """Where the indexes of a process are: `folder` keeps them between starts, `engine` holds the vectors.

    Processes may share the folder, each takes a part of its own. Without a folder nothing is kept.
    """

    folder: Path | None = None
    engine: VectorEngine | None = None


class FaissEngine:
    """FAISS in this process, kept in a file of the process's own folder; without a folder kept nowhere."""

    keeps_each_change = False

    def __init__(self, codes: Codes = Codes.SQ8) -> None:
        self._codes = codes
        self._path: Path | None = None

    def use_folder(self, folder: Path) -> None:
        self._path = folder / _FILE

    def open(self, session: Session, encoder: Encoder, *, expected: int) -> OpenedIndex:
        if self._path:
            try:
                index, header = load_index(
                    self._path, encoder=encoder.name, dimensions=encoder.dimensions, codes=self._codes
                )
                if not is_of(session, Seen(header.change_number, header.mark)):
                    raise IndexFileUnusable("it is of another database.")
                return OpenedIndex(index, header.change_number)
            except IndexFileUnusable as error:
                _log.info("%s", error)
        return OpenedIndex(FaissIndex(encoder.dimensions, expected=expected, codes=self._codes), None)

    def save(self, session: Session, encoder: Encoder, index: VectorIndex, change_number: int) -> None:
        if self._path is None or not isinstance(index, FaissIndex):
            return
        mark = mark_of(session, change_number)
        try:
            save_index(
                index, self._path, encoder=encoder.name, change_number=change_number, mark=mark, codes=self._codes
            )
        except OSError as error:
            _log.warning("the vector index could not be saved: %s", error.strerror)


class PgvectorEngine:
    """A PostgreSQL with the extension pgvector, one table for all processes. `url` is an SQLAlchemy URL."""

    keeps_each_change = True

    def __init__(self, url: str) -> None:
        self._url = url

    def use_folder(self, folder: Path) -> None:
        """Nothing is kept in files."""

    def open(self, session: Session, encoder: Encoder, *, expected: int) -> OpenedIndex:
        index = PgvectorIndex(self._url, encoder=encoder.name, dimensions=encoder.dimensions)
        kept = index.kept
        if kept is not None and is_of(session, Seen(*kept)):
            return OpenedIndex(index, kept[0])
        index.clear()
        return OpenedIndex(index, None)

    def save(self, session: Session, encoder: Encoder, index: VectorIndex, change_number: int) -> None:
        if isinstance(index, PgvectorIndex):
            index.keep(change_number, mark_of(session, change_number))


def mark_of(session: Session, change_number: int) -> str:
    """Return what tells this database's change of that number from another database's; NO_MARK without that change."""
    change = session.get(KnowledgeChange, change_number)
    return NO_MARK if change is None else f"{change.article_id}/{change.happened_at.isoformat()}"


def is_of(session: Session, seen: Seen) -> bool:
    """Say whether something that has seen this change was made from this database."""
    return seen.mark != NO_MARK and seen.mark == mark_of(session, seen.change_number)
