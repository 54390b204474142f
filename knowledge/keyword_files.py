"""The files of a keyword index: whether they can be trusted, and what they say of themselves. Knows no article.

Tantivy commits whole or not at all, so a crash leaves the last commit. What a crash or a disk did to the files since is
seen by the checksum that tantivy puts at the end of each; anything doubtful makes the index be built anew.
"""

import json
import struct
import zlib
from dataclasses import asdict, dataclass
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

_META = "meta.json"
# The last eight bytes of a file of tantivy: the length of the footer before them, and this number.
_FOOTER_MAGIC = 1337
_FOOTER_END = struct.Struct("<II")
# What decides the tokens of a text: with another of these the tokens in the files are not those of a query.
_TOKEN_PACKAGES = ("rjieba", "opencc", "snowballstemmer", "tantivy")
_CODE = "*.py"


class KeywordFilesUnusable(Exception):
    """The files are damaged or of another version; the index is built from the database."""


@dataclass(frozen=True)
class Seen:
    """Up to which change of which database an index is true; `mark` tells that change from another database's."""

    change_number: int
    mark: str


def seen_to_text(seen: Seen) -> str:
    """Return what an index keeps of `seen` and of the code that made its tokens."""
    return json.dumps({**asdict(seen), "made_by": _made_by()})


def seen_from_text(text: str) -> Seen | None:
    """Read what `seen_to_text` wrote; None when other code made the tokens."""
    try:
        fields = json.loads(text)
        if fields.pop("made_by") != _made_by():
            return None
        return Seen(**fields)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def check_files(folder: Path) -> None:
    """Read every file of the last commit and compare its checksum. Raises KeywordFilesUnusable."""
    for path in _files_of_commit(folder):
        if not _is_whole(path):
            raise KeywordFilesUnusable(f"the checksum of {path.name} does not hold.")


def _files_of_commit(folder: Path) -> list[Path]:
    try:
        segments = [
            each["segment_id"].replace("-", "") for each in json.loads((folder / _META).read_text())["segments"]
        ]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise KeywordFilesUnusable("its list of files cannot be read.") from error
    return [path for segment in segments for path in sorted(folder.glob(f"{segment}.*"))]


def _is_whole(path: Path) -> bool:
    content = path.read_bytes()
    if len(content) < _FOOTER_END.size:
        return False
    length, magic = _FOOTER_END.unpack_from(content, len(content) - _FOOTER_END.size)
    end = len(content) - _FOOTER_END.size - length
    if magic != _FOOTER_MAGIC or end < 0:
        return False
    try:
        footer = json.loads(content[end : end + length])
        return bool(footer["crc"] == zlib.crc32(memoryview(content)[:end]))
    except (ValueError, KeyError, TypeError):
        return False


@cache
def _made_by() -> str:
    digest = sha256()
    for path in sorted(Path(__file__).parent.glob(_CODE)):
        digest.update(path.read_bytes())
    for package in _TOKEN_PACKAGES:
        digest.update(f"{package} {version(package)}".encode())
    return digest.hexdigest()[:16]
