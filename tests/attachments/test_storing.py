"""The folder of files: one content is there once, whole or not at all, and what nobody wants goes."""

import hashlib
import os
from pathlib import Path

import pytest

from qa_server.attachments.errors import AttachmentNotSaved
from qa_server.attachments.storing import Store

LONG_AGO = 1_000_000_000.0
AFTER = LONG_AGO + 1


def kept(store: Store, content: bytes) -> str:
    """Bring a file in and keep it."""
    with store.incoming() as path:
        path.write_bytes(content)
        return store.keep(path)


def aged(path: Path) -> None:
    """Make a file look long unwritten."""
    os.utime(path, (LONG_AGO, LONG_AGO))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_a_file_lies_under_its_hash_and_the_same_content_once(tmp_path: Path) -> None:
    store = Store(tmp_path)
    first, second = kept(store, b"ford"), kept(store, b"ford")
    assert first == second == hashlib.sha256(b"ford").hexdigest()
    assert names(tmp_path) == [first]
    assert store.path_of(first).read_bytes() == b"ford"
    assert list(store.hashes()) == [first]


def test_only_the_service_may_read_the_files(tmp_path: Path) -> None:
    path = Store(tmp_path / "attachments").path_of(kept(Store(tmp_path / "attachments"), b"ford"))
    assert [each.stat().st_mode & 0o077 for each in (path, path.parent)] == [0, 0]


def test_what_is_not_kept_is_gone(tmp_path: Path) -> None:
    with Store(tmp_path).incoming() as path:
        path.write_bytes(b"half")
    assert names(tmp_path) == []


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(AttachmentNotSaved), Store(tmp_path / "file" / "attachments").incoming():
        pass


def test_a_file_that_cannot_get_its_name_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / hashlib.sha256(b"ford").hexdigest()[:2]).touch()
    with pytest.raises(AttachmentNotSaved):
        kept(Store(tmp_path), b"ford")
    assert len(names(tmp_path)) == 1


def test_no_file_is_taken_when_the_disk_is_nearly_full(tmp_path: Path) -> None:
    with pytest.raises(AttachmentNotSaved), Store(tmp_path, reserved_bytes=2**60).incoming():
        pass


def test_an_old_file_that_nobody_wants_is_removed(tmp_path: Path) -> None:
    store = Store(tmp_path)
    sha256 = kept(store, b"ford")
    aged(store.path_of(sha256))
    assert store.clear(sha256, before=AFTER, is_wanted=lambda _: False)
    assert names(tmp_path) == []


def test_a_wanted_file_and_a_fresh_one_stay(tmp_path: Path) -> None:
    store = Store(tmp_path)
    fresh, wanted = kept(store, b"fresh"), kept(store, b"wanted")
    aged(store.path_of(wanted))
    assert not store.clear(fresh, before=AFTER, is_wanted=lambda _: False)
    assert not store.clear(wanted, before=AFTER, is_wanted=lambda _: True)
    assert names(tmp_path) == sorted([fresh, wanted])


def test_a_file_sent_again_while_it_is_being_cleared_stays(tmp_path: Path) -> None:
    store = Store(tmp_path)
    sha256 = kept(store, b"ford")
    aged(store.path_of(sha256))

    def sent_again_meanwhile(_: str) -> bool:
        kept(store, b"ford")
        return False

    assert not store.clear(sha256, before=AFTER, is_wanted=sent_again_meanwhile)
    assert store.path_of(sha256).read_bytes() == b"ford"


def test_a_clearing_that_was_cut_off_is_made_good_by_the_next(tmp_path: Path) -> None:
    store = Store(tmp_path)
    sha256 = kept(store, b"ford")
    store.path_of(sha256).rename(store.path_of(sha256).with_name(f"{sha256}.aside"))
    assert list(store.hashes()) == [sha256]
    assert not store.clear(sha256, before=AFTER, is_wanted=lambda _: True)
    assert names(tmp_path) == [sha256]


def test_an_upload_that_never_ended_is_removed_after_its_time(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with store.incoming() as old, store.incoming() as young:
        aged(old)
        assert store.remove_abandoned(before=AFTER) == 1
        assert names(tmp_path) == [young.name]
