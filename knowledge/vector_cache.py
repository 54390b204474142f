"""The vector index of this process in a file, so that a start need not read every vector from the database.

Trusted only while encoder, checksum and the mark of the last change it has seen agree with the database.
"""

import logging
from pathlib import Path

from sqlalchemy.orm import Session

from embeddings.encoder import Encoder
from embeddings.errors import IndexFileUnusable
from embeddings.index_file import load_index, save_index
from embeddings.vector_index import FaissIndex
from knowledge.models import KnowledgeChange

_FILE = "passages.index"
_log = logging.getLogger(__name__)


class VectorCache:
    """One file in a folder of this process; two processes must not share the folder."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / _FILE

    def load(self, session: Session, encoder: Encoder) -> tuple[FaissIndex, int] | None:
        """Return the saved index and the change number up to which it is true, or None when it must be rebuilt."""
        try:
            index, header = load_index(self._path, encoder=encoder.name, dimensions=encoder.dimensions)
            if header.mark != mark_of(session, header.change_number):
                raise IndexFileUnusable("it is of another database.")
        except IndexFileUnusable as error:
            _log.info("%s", error)
            return None
        return index, header.change_number

    def save(self, session: Session, encoder: Encoder, index: FaissIndex, change_number: int) -> None:
        """Write the index. A disk that refuses costs only the next start its time."""
        mark = mark_of(session, change_number)
        try:
            save_index(index, self._path, encoder=encoder.name, change_number=change_number, mark=mark)
        except OSError as error:
            _log.warning("the vector index could not be saved: %s", error.strerror)


def mark_of(session: Session, change_number: int) -> str:
    """Return what tells this database's change of that number from another database's."""
    change = session.get(KnowledgeChange, change_number)
    return "none" if change is None else f"{change.article_id}/{change.happened_at.isoformat()}"
