"""Keep a vector index in a file: header, checksum, written beside the old one and swapped. A cache, not the truth.

The file is read only when its header names the same encoder and dimensions and its checksum holds.
"""

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.errors import IndexFileUnusable
from embeddings.vector_index import FaissIndex

_MAGIC = b"WENJIN-INDEX-1\n"
_DIGEST_BYTES = 32


@dataclass(frozen=True)
class IndexHeader:
    """What a saved index is: of which encoder, how many vectors, and up to which change of the database.

    `mark` is whatever tells its owner that change from one of the same number elsewhere.
    """

    encoder: str
    dimensions: int
    count: int
    change_number: int
    mark: str = ""


def save_index(index: FaissIndex, path: Path, *, encoder: str, change_number: int, mark: str = "") -> IndexHeader:
    """Write the index to a new file and put it in the place of the old one in one step. Searches go on meanwhile."""
    body, count = index.to_bytes()
    header = IndexHeader(encoder, index.dimensions, count, change_number, mark)
    head = json.dumps(asdict(header)).encode() + b"\n"
    digest = hashlib.sha256(head)
    digest.update(body.data)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    with draft.open("wb") as file:
        file.write(_MAGIC + digest.digest() + head)
        file.write(body.data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    return header


def load_index(path: Path, *, encoder: str, dimensions: int) -> tuple[FaissIndex, IndexHeader]:
    """Read an index back. Raises IndexFileUnusable with what is wrong: missing, damaged, or of another encoder."""
    header, body = _read(path)
    if (header.encoder, header.dimensions) != (encoder, dimensions):
        raise IndexFileUnusable(f"it is of the encoder {header.encoder} with {header.dimensions} dimensions.")
    try:
        index = FaissIndex.from_bytes(body, dimensions)
    except (RuntimeError, AttributeError) as error:
        raise IndexFileUnusable("FAISS cannot read it.") from error
    if len(index) != header.count:
        raise IndexFileUnusable("its number of vectors is not the one in its header.")
    return index, header


def _read(path: Path) -> tuple[IndexHeader, NDArray[np.uint8]]:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise IndexFileUnusable("there is no such file.") from error
    start = len(_MAGIC) + _DIGEST_BYTES
    if not content.startswith(_MAGIC):
        raise IndexFileUnusable("it is not an index of this version.")
    if hashlib.sha256(content[start:]).digest() != content[len(_MAGIC) : start]:
        raise IndexFileUnusable("its checksum does not hold.")
    head, _, _ = content[start : start + 4096].partition(b"\n")
    fields: dict[str, Any] = json.loads(head)
    return IndexHeader(**fields), np.frombuffer(content, dtype=np.uint8, offset=start + len(head) + 1)
