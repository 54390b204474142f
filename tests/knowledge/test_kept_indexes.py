"""What is kept between starts: taken over when it can be trusted, built anew when not, never shared by processes."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest

from knowledge import articles, queries
from knowledge.catalogue import Scope
from knowledge.index_folder import claim_folder
from knowledge.keyword_files import Seen
from knowledge.keyword_index import KeywordDocument, KeywordIndex
from knowledge.search import KnowledgeSearch
from knowledge.vector_engines import IndexHome
from storage.base import Base
from storage.database import Database
from tests.knowledge.factories import publish_in

OWN = UUID(int=1)
SCOPE = Scope((OWN,))
SEEN = Seen(7, "mark")


def document(number: int, text: str) -> KeywordDocument:
    return KeywordDocument(number, OWN, "zh", (text,), "见公告。")


def numbers(index: KeywordIndex, text: str) -> list[int]:
    return [hit.number for hit in index.search(text, 10, libraries=[OWN])]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the index of two articles, as a stopped process left it."""
    path = tmp_path / "keywords"
    index = KeywordIndex(path)
    index.fill([document(1, "开放时间"), document(2, "怎样续借")], seen=SEEN)
    index.close()
    return path


@pytest.fixture
def searching(sqlite: Database, tmp_path: Path) -> Iterator[Callable[[], KnowledgeSearch]]:
    """Makes a search by keyword that keeps its index; stops all at the end."""
    made: list[KnowledgeSearch] = []

    def start() -> KnowledgeSearch:
        made.append(KnowledgeSearch(sqlite, poll_seconds=3600, home=IndexHome(tmp_path / "index")))
        made[-1].start()
        return made[-1]

    yield start
    for each in made:
        each.stop()


def found(search: KnowledgeSearch, query: str) -> list[UUID]:
    return [hit.article_id for hit in search.rank(query, scope=SCOPE)[1]]


def test_a_kept_index_is_read_with_what_it_has_seen_and_goes_on(folder: Path) -> None:
    index = KeywordIndex(folder)
    assert (index.seen, len(index), numbers(index, "开放时间")) == (SEEN, 2, [1])
    index.update(add=[document(3, "开放时间")], remove=[1], seen=Seen(8, "next"))
    index.close()
    again = KeywordIndex(folder)
    assert (again.seen, len(again), numbers(again, "开放时间")) == (Seen(8, "next"), 2, [3])
    again.close()


def test_every_changed_byte_of_the_files_is_noticed(folder: Path, tmp_path: Path) -> None:
    files = [path for path in folder.iterdir() if path.suffix not in {".json", ".lock"}]
    assert files
    for path in files:
        # One for each: a closed index may still be tidying its folder.
        copy = tmp_path / f"copy {path.name}"
        shutil.copytree(folder, copy)
        content = bytearray((copy / path.name).read_bytes())
        content[len(content) // 3] ^= 1
        (copy / path.name).write_bytes(content)
        index = KeywordIndex(copy)
        assert (index.seen, len(index)) == (None, 0), path.suffix
        index.close()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda folder: (folder / "meta.json").write_text("{"),
        lambda folder: (folder / "meta.json").unlink(),
        lambda folder: next(folder.glob("*.term")).unlink(),
        lambda folder: next(folder.glob("*.idx")).write_bytes(b""),
    ],
)
def test_a_cut_or_missing_file_makes_the_index_begin_empty(folder: Path, spoil: Callable[[Path], object]) -> None:
    spoil(folder)
    index = KeywordIndex(folder)
    assert (index.seen, len(index)) == (None, 0)
    index.fill([document(5, "开放时间")], seen=SEEN)
    assert numbers(index, "开放时间") == [5]
    index.close()


def test_what_was_not_committed_is_as_if_it_had_not_been(folder: Path) -> None:
    index = KeywordIndex(folder)

    def broken() -> Iterator[KeywordDocument]:
        yield document(9, "开放时间")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        index.fill(broken(), seen=Seen(9, "never"))
    index.close()
    again = KeywordIndex(folder)
    assert (again.seen, numbers(again, "开放时间")) == (SEEN, [1])
    again.close()


def test_a_folder_in_use_goes_to_nobody_else_and_is_free_again_afterwards(tmp_path: Path) -> None:
    one, other = claim_folder(tmp_path), claim_folder(tmp_path)
    assert one is not None
    assert other is not None
    assert (one.path.name, other.path.name) == ("0", "1")
    one.release()
    again = claim_folder(tmp_path)
    assert again is not None
    assert again.path == one.path
    again.release()
    other.release()


def test_other_code_that_makes_tokens_makes_the_index_anew(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # As after an upgrade, which a test cannot install.
    monkeypatch.setattr("knowledge.keyword_files._made_by", lambda: "another version")
    index = KeywordIndex(folder)
    assert index.seen is None
    index.close()


def test_a_start_reads_only_what_changed_since(
    sqlite: Database, searching: Callable[[], KnowledgeSearch], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, gone = publish_in(sqlite, OWN), publish_in(sqlite, OWN, question="怎样续借？", alternates=())
    searching().stop()
    with sqlite.write() as session:
        articles.retire(session, queries.find_article(session, gone.id))
    added = publish_in(sqlite, OWN, question="打印多少钱", alternates=(), answer="一角。")
    # What is read of all articles would be read through this.
    monkeypatch.setattr("knowledge.following.all_visible", lambda *_, **__: pytest.fail("every text was read"))
    search = searching()
    assert found(search, "开放时间") == [kept.id]
    assert found(search, "怎样续借") == []
    assert found(search, "打印多少钱") == [added.id]
    assert (search.status().articles, search.status().lag) == (2, 0)


def test_two_processes_share_the_folder_and_each_finds_everything(
    sqlite: Database, searching: Callable[[], KnowledgeSearch], tmp_path: Path
) -> None:
    article = publish_in(sqlite, OWN)
    one, other = searching(), searching()
    assert found(one, "开放时间") == found(other, "开放时间") == [article.id]
    assert sorted(each.name for each in (tmp_path / "index").iterdir()) == ["0", "1"]


def test_an_index_of_another_database_is_not_trusted(sqlite: Database, tmp_path: Path) -> None:
    other = Database(f"sqlite:///{tmp_path / 'other.db'}")
    Base.metadata.create_all(other.engine)
    for place, database in enumerate((sqlite, other)):
        article = publish_in(database, OWN, question=f"问题 {place}", alternates=(), answer="答。")
        search = KnowledgeSearch(database, poll_seconds=3600, home=IndexHome(tmp_path / "index"))
        search.start()
        assert found(search, f"问题 {place}") == [article.id]
        assert search.status().articles == 1
        search.stop()
    other.dispose()


def test_a_folder_that_cannot_be_written_costs_only_what_is_kept(sqlite: Database, tmp_path: Path) -> None:
    article = publish_in(sqlite, OWN)
    (tmp_path / "file").write_text("not a folder")
    search = KnowledgeSearch(sqlite, poll_seconds=3600, home=IndexHome(tmp_path / "file"))
    search.start()
    assert found(search, "开放时间") == [article.id]
    search.stop()
