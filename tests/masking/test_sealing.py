"""Masked words at rest: unreadable without the key file, readable with it, and what a lost key leaves."""

from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select, text, update
from typer.testing import CliRunner

from knowledge.masking.text import Kind
from qa_server import cli
from qa_server.conversations.draft_models import MaskedOriginal
from qa_server.conversations.sealing import KeyFileUnusable, KeyRing, OriginalLost, Sealed
from qa_server.desk.articles import curating, masking
from qa_server.desk.workplace import Workplace
from tests.qa_server.test_trials import CONTENT
from tests.village import Village

SECRET = "13912345678"


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    """Keys in a file that is not there yet."""
    return KeyRing(tmp_path / "keys" / "originals.key")


@pytest.fixture
def kept(place: Workplace, people: Village, tmp_path: Path) -> Workplace:
    """The place with a key file of its own."""
    place.settings.originals_key_file = str(tmp_path / "originals.key")
    return place


def masked(place: Workplace, people: Village) -> tuple[UUID, str]:
    """Write an article with a telephone number, mask it; return the article and the placeholder."""
    content = CONTENT.__class__(**{**vars(CONTENT), "answer": f"请打{SECRET}。"})
    article = curating.draft(place, people.lin, content)
    return article, masking.mask_words(place, people.lin, article, words=SECRET, kind=Kind.PHONE)


def rows(place: Workplace) -> list[tuple[str | None, str]]:
    with place.database.read() as session:
        found = session.execute(select(MaskedOriginal.key_id, MaskedOriginal.original))
        return [(row.key_id, row.original) for row in found]


def read(place: Workplace, people: Village, article: UUID) -> tuple[str | None, bool]:
    (mask,) = masking.masks(place, people.zhou, article).masks
    return mask.original, mask.is_lost


def test_what_is_sealed_opens_in_its_own_place_alone(ring: KeyRing, tmp_path: Path) -> None:
    sealed = ring.seal("周雨桐", about="a")
    assert "周雨桐" not in sealed.text
    assert ring.unseal(sealed, about="a") == "周雨桐"
    assert ring.seal("周雨桐", about="a") != sealed
    broken = Sealed(sealed.key_id, sealed.text[:-6] + "AAAAA=")
    for given, about in ((sealed, "b"), (broken, "a"), (Sealed("0" * 16, sealed.text), "a"), (Sealed("x", "?"), "a")):
        with pytest.raises(OriginalLost):
            ring.unseal(given, about=about)
    assert (tmp_path / "keys" / "originals.key").stat().st_mode & 0o777 == 0o600


def test_a_new_key_seals_and_the_old_one_still_opens_until_it_is_dropped(ring: KeyRing) -> None:
    old = ring.seal("旧", about="a")
    ring.add()
    new = ring.seal("新", about="a")
    assert new.key_id != old.key_id
    assert (ring.unseal(old, about="a"), ring.unseal(new, about="a")) == ("旧", "新")
    assert ring.drop_old() == 1
    assert ring.unseal(new, about="a") == "新"
    with pytest.raises(OriginalLost):
        ring.unseal(old, about="a")


@pytest.mark.parametrize("content", ["", "nonsense", "YWJj\n", "钥匙"])
def test_a_file_that_holds_no_keys_is_refused_and_left_alone(tmp_path: Path, content: str) -> None:
    path = tmp_path / "originals.key"
    path.write_text(content, "utf-8")
    with pytest.raises(KeyFileUnusable):
        KeyRing(path).seal("周雨桐", about="a")
    assert path.read_text("utf-8") == content


def test_the_database_alone_does_not_tell_what_was_masked(kept: Workplace, people: Village) -> None:
    place = kept
    article, placeholder = masked(place, people)
    ((key_id, stored),) = rows(place)
    assert key_id
    assert SECRET not in stored
    with place.database.read() as session:
        assert SECRET not in str(session.execute(text("SELECT * FROM masked_originals")).all())
    assert read(place, people, article) == (SECRET, False)
    masking.put_back(place, people.zhou, article, placeholder=placeholder)
    assert SECRET in curating.article(place, people.lin, article).revision.answer


def test_without_its_key_the_draft_is_usable_and_the_words_are_gone(kept: Workplace, people: Village) -> None:
    place = kept
    article, placeholder = masked(place, people)
    Path(place.settings.originals_key_file).unlink()
    assert read(place, people, article) == (None, True)
    with pytest.raises(OriginalLost):
        masking.put_back(place, people.zhou, article, placeholder=placeholder)
    curating.submit(place, people.lin, article)
    curating.publish(place, people.zhou, article)
    assert placeholder in curating.article(place, people.lin, article).revision.answer


def test_what_was_kept_in_clear_is_sealed_and_a_lost_row_stays(kept: Workplace, people: Village) -> None:
    place = kept
    article, _ = masked(place, people)
    lost, _ = masked_elsewhere(place, people)
    with place.database.write() as session:
        session.execute(
            update(MaskedOriginal).where(MaskedOriginal.article_id == article).values(original=SECRET, key_id=None)
        )
        session.execute(update(MaskedOriginal).where(MaskedOriginal.article_id == lost).values(key_id="0" * 16))
    assert masking.seal_all(place) == 1
    assert masking.seal_all(place) == 0
    assert all(SECRET not in stored for _, stored in rows(place))
    assert read(place, people, article) == (SECRET, False)
    assert read(place, people, lost) == (None, True)


def masked_elsewhere(place: Workplace, people: Village) -> tuple[UUID, str]:
    content = CONTENT.__class__(**{**vars(CONTENT), "key": "loans.other", "answer": f"或打{SECRET}。"})
    article = curating.draft(place, people.lin, content)
    return article, masking.mask_words(place, people.lin, article, words=SECRET, kind=Kind.PHONE)


def test_the_command_changes_the_key_and_everything_still_opens(kept: Workplace, people: Village) -> None:
    place = kept
    article, _ = masked(place, people)
    ((before, _),) = rows(place)
    made = CliRunner().invoke(
        cli.app,
        ["originals-key", "--database", place.settings.database_url],
        env={"WENJIN_ENCODER": "none", "WENJIN_ORIGINALS_KEY_FILE": place.settings.originals_key_file},
    )
    assert made.exit_code == 0, made.output
    ((after, _),) = rows(place)
    assert after != before
    assert read(place, people, article) == (SECRET, False)
    assert len(Path(place.settings.originals_key_file).read_text().split()) == 1
