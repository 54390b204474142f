"""Keep a FAISS index in a file: header, checksum, written beside the old one and swapped. A cache, not the truth.

The file is read only when its header names the same encoder and dimensions and its checksum holds. Both ways the file
streams: an index of gigabytes is never in memory twice.
"""

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from embeddings.errors import IndexFileUnusable
from embeddings.faiss_index import Codes, FaissIndex

_MAGIC = b"WENJIN-INDEX-2\n"
_DIGEST_BYTES = 32
_HEAD_BYTES = 4096
_CHUNK_BYTES = 1 << 20


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
    codes: str = Codes.SQ8


class _Digesting:
    """A file that keeps the digest of what is written to it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def write(self, part: bytes) -> int:
        self.digest.update(part)
        return self._file.write(part)


def save_index(
    index: FaissIndex, path: Path, *, encoder: str, change_number: int, mark: str = "", codes: Codes = Codes.SQ8
) -> IndexHeader:
    """Write the index to a new file and put it in the place of the old one in one step. Searches go on meanwhile."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    with draft.open("wb") as file:
        # Digest and header come last, when they are known; until then their place holds what no reader takes.
        file.write(bytes(len(_MAGIC) + _DIGEST_BYTES + _HEAD_BYTES))
        digesting = _Digesting(file)
        count = index.write_to(cast(BinaryIO, digesting))
        header = IndexHeader(encoder, index.dimensions, count, change_number, mark, codes)
        head = json.dumps(asdict(header)).encode().ljust(_HEAD_BYTES)
        digesting.digest.update(head)
        file.seek(0)
        file.write(_MAGIC + digesting.digest.digest() + head)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    return header


def load_index(
    path: Path, *, encoder: str, dimensions: int, codes: Codes = Codes.SQ8
) -> tuple[FaissIndex, IndexHeader]:
    """Read an index back. Raises IndexFileUnusable with what is wrong: missing, damaged, or of another encoder."""
    try:
        with path.open("rb") as file:
            header = _checked_header(file)
            if (header.encoder, header.dimensions, header.codes) != (encoder, dimensions, codes):
                raise IndexFileUnusable(f"it is of the encoder {header.encoder} with {header.dimensions} dimensions.")
            index = FaissIndex.read_from(file, dimensions, codes=codes)
    except OSError as error:
        raise IndexFileUnusable("there is no such file.") from error
    except (RuntimeError, AttributeError, ValueError) as error:
        raise IndexFileUnusable("FAISS cannot read it.") from error
    if len(index) != header.count:
        raise IndexFileUnusable("its number of vectors is not the one in its header.")
    return index, header


def _checked_header(file: BinaryIO) -> IndexHeader:
    """Read the header, check the whole file against its digest, and leave the file where the index begins."""
    start = file.read(len(_MAGIC) + _DIGEST_BYTES)
    if not start.startswith(_MAGIC):
        raise IndexFileUnusable("it is not an index of this version.")
    head = file.read(_HEAD_BYTES)
    digest = hashlib.sha256()
    while part := file.read(_CHUNK_BYTES):
        digest.update(part)
    digest.update(head)
    if digest.digest() != start[len(_MAGIC) :]:
        raise IndexFileUnusable("its checksum does not hold.")
    file.seek(len(start) + len(head))
    fields: dict[str, Any] = json.loads(head)
    return IndexHeader(**fields)
