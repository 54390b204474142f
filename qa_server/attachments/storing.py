"""The folder of files: each lies under the SHA-256 of its content, so that the same content is there once.

A file is written beside, flushed to the disk, then moved to its name: under a name there is always a whole file.
"""

import hashlib
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkstemp

from qa_server.attachments.errors import AttachmentNotSaved

# Not complete yet, or being looked at by the cleaning.
_INCOMING = "incoming"
_ASIDE = ".aside"
_HASH_CHARACTERS = 64


class Store:
    """The files below one folder, shared by all processes of an installation. Thread-safe; methods block on the disk.

    `reserved_bytes` of the disk stay free: the database may lie there too.
    """

    def __init__(self, folder: Path, *, reserved_bytes: int = 0) -> None:
        self._folder = folder
        self._reserved_bytes = reserved_bytes

    @contextmanager
    def incoming(self) -> Iterator[Path]:
        """Give an empty file to write to; it is removed at the end unless it was kept. Raises AttachmentNotSaved."""
        with saving():
            folder = self._made(_INCOMING)
            if shutil.disk_usage(folder).free < self._reserved_bytes:
                raise AttachmentNotSaved()
            descriptor, name = mkstemp(dir=folder)
            os.close(descriptor)
        try:
            yield Path(name)
        finally:
            with suppress(OSError):
                Path(name).unlink(missing_ok=True)

    def keep(self, path: Path) -> str:
        """Move a complete incoming file to its name, durably; return its SHA-256. Raises AttachmentNotSaved."""
        with saving():
            with path.open("rb+") as file:
                os.fsync(file.fileno())
                sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            target = self.path_of(sha256)
            folder = self._made(target.parent.name)
            # Over a file of the same name too: its age tells the cleaning that it is wanted again.
            path.replace(target)
            _flush_folder(folder)
            _flush_folder(self._folder)
        return sha256

    def path_of(self, sha256: str) -> Path:
        """Return where the file with this hash lies, whether it is there or not."""
        return self._folder / sha256[:2] / sha256

    def hashes(self) -> Iterator[str]:
        """Yield the hash of every file, in no order."""
        for path in self._folder.glob("[0-9a-f][0-9a-f]/*"):
            if len(path.name.removesuffix(_ASIDE)) == _HASH_CHARACTERS:
                yield path.name.removesuffix(_ASIDE)

    def clear(self, sha256: str, *, before: float, is_wanted: Callable[[str], bool]) -> bool:
        """Remove a file that nobody wants and that was written before this moment; say whether it was removed.

        The same content may be sent again between the question and the removal. So the file is first taken from its
        name, then judged: an upload under way wrote it lately, or writes a new one under the name.
        """
        if is_wanted(sha256):
            self._put_back(sha256)
            return False
        with suppress(FileNotFoundError):
            self.path_of(sha256).replace(self._aside(sha256))
        if is_wanted(sha256) or not _written_before(self._aside(sha256), before):
            self._put_back(sha256)
            return False
        self._aside(sha256).unlink(missing_ok=True)
        return True

    def remove_abandoned(self, *, before: float) -> int:
        """Remove what began to come in before this moment (seconds since 1970) and never ended; return how many."""
        abandoned = self.abandoned(before=before)
        for path in abandoned:
            path.unlink(missing_ok=True)
        return len(abandoned)

    def abandoned(self, *, before: float) -> list[Path]:
        """Return what began to come in before this moment and is still incoming, in no order."""
        return [path for path in (self._folder / _INCOMING).glob("*") if _written_before(path, before)]

    def is_older(self, sha256: str, *, before: float) -> bool:
        """Say whether a file was written before this moment."""
        return _written_before(self.path_of(sha256), before)

    def _aside(self, sha256: str) -> Path:
        return self.path_of(sha256).with_name(sha256 + _ASIDE)

    def _put_back(self, sha256: str) -> None:
        with suppress(FileNotFoundError, FileExistsError):
            os.link(self._aside(sha256), self.path_of(sha256))
        if self.path_of(sha256).is_file():
            self._aside(sha256).unlink(missing_ok=True)

    def _made(self, name: str) -> Path:
        folder = self._folder / name
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder


@contextmanager
def saving() -> Iterator[None]:
    """Turn what the disk refuses into AttachmentNotSaved."""
    try:
        yield
    except OSError as error:
        raise AttachmentNotSaved() from error


def _written_before(path: Path, moment: float) -> bool:
    try:
        return path.stat().st_mtime < moment
    except FileNotFoundError:
        return False


def _flush_folder(folder: Path) -> None:
    if sys.platform == "win32":
        # Windows opens no folder as a file; its file system keeps the order of renames itself.
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
