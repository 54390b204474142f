"""Searching conversations: by words, by filters, page by page, and never beyond what the person may see."""

from uuid import UUID, uuid4

import pytest

from qa_server.conversations import word_index
from qa_server.conversations.models import Conversation, Note
from qa_server.desk import answering, asking, correcting, search_results, searching, talking
from qa_server.desk.keeping_words import WordsWanted, take_up_wanted
from qa_server.desk.search_filters import read_filters
from qa_server.people.models import Role
from qa_server.people.reader_models import ReaderIdentity
from tests.searching.conftest import Archive, Promote
from tests.searching.test_word_search import WAYS, choose
from tests.village import come_in, new_client_id, question


@pytest.fixture(params=WAYS)
def archive_of_any_size(archive: Archive, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Archive:
    """The archive, searched as a small one and as a large one: in each way that words are looked for."""
    choose(request.param, monkeypatch)
    return archive


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("续借", ["renew"]),
        ("續借", ["renew"]),
        ("身份证", ["cards"]),
        ("renewing", ["loan"]),
        ("interlibrary beijing", ["loan"]),
        ("interlibrary 续借", []),
        ("馆", ["cards", "renew"]),
        ("？！", []),
    ],
)
def test_conversations_are_found_by_all_of_the_words(archive: Archive, q: str, found: list[str]) -> None:
    assert archive.names(archive.people.lin, q=q) == found


def test_nobody_finds_or_counts_what_another_desk_answers(archive_of_any_size: Archive) -> None:
    archive = archive_of_any_size
    assert archive.names(archive.people.grace, q="续借") == ["elsewhere"]
    found = archive.find(archive.people.lin, q="续借")
    assert found.found == 1
    assert [each.conversation.id for each in found.items] == [archive.ids["renew"]]
    assert archive.names(archive.people.lin, library="BBB") == []
    assert archive.find(archive.people.lin, desk=str(archive.people.desk_b)).stale == ["desk"]


def test_whoever_supervises_finds_what_is_below_the_node(archive_of_any_size: Archive, promote: Promote) -> None:
    archive = archive_of_any_size
    dispatcher = promote(archive.people.chen, archive.people.library_b, Role.DISPATCHER)
    assert set(archive.names(dispatcher, q="续借")) == {"renew", "elsewhere"}
    centre = promote(archive.people.grace, archive.people.nation, Role.CENTRE_ADMINISTRATOR)
    assert set(archive.names(centre, q="续借")) == {"renew", "elsewhere"}
    assert archive.names(centre) == ["elsewhere", "cards", "loan", "renew"]


def test_a_question_that_reached_another_desk_is_found_there(archive: Archive) -> None:
    with archive.place.database.read() as session:
        number = session.get_one(Conversation, archive.ids["loan"]).number
    assert archive.names(archive.people.lin, q=number.lower()) == ["loan"]
    assert archive.names(archive.people.grace, q=number) == []


def test_filters_narrow_the_list(archive: Archive) -> None:
    lin = archive.people.lin
    assert archive.names(lin, state="ended") == ["cards", "renew"]
    assert archive.names(lin, state="waiting") == ["loan"]
    assert archive.names(lin, read="4") == ["cards"]
    assert archive.names(lin, librarian="LIN", sort="oldest") == ["renew", "cards"]
    assert archive.names(lin, librarian="chen") == []
    assert archive.names(lin, resolution="answered", q="续借") == ["renew"]
    assert archive.names(lin, handed="yes") == []
    assert len(archive.names(lin, handed="no")) == 3
    on_the_day = {"first": "2026-09-01", "last": "2026-09-01", "desk": str(archive.people.desk_a)}
    assert archive.names(lin, **on_the_day, q="校园卡") == ["cards"]
    assert archive.names(lin, last="2026-08-31") == []


def test_a_day_is_the_day_of_the_persons_library(archive: Archive) -> None:
    archive.place.clock.now = archive.place.clock.now.replace(day=2, hour=17)  # type: ignore[attr-defined]
    archive.ask("late", "明天开门吗")
    assert archive.names(archive.people.lin, first="2026-09-03") == ["late"]


def test_low_ratings_are_found(archive: Archive) -> None:
    reader, _ = come_in(archive.place)
    asked = asking.ask(archive.place, reader, question("太慢了"))[0].conversation.id
    archive.ids["slow"] = asked
    archive.answer("slow", "抱歉")
    asking.rate(archive.place, reader, asked, stars=1, comment=None)
    assert archive.names(archive.people.lin, rating="low") == ["slow"]
    assert archive.names(archive.people.lin, rating="5") == []


def test_the_subject_is_a_class_and_what_is_below_it(archive: Archive) -> None:
    reader, _ = come_in(archive.place)
    asked = question("神经网络的书在哪")
    archive.ids["subject"] = asking.ask(
        archive.place, reader, type(asked)(asked.text, asked.client_id, "zh", subject="TP3")
    )[0].conversation.id
    assert archive.names(archive.people.lin, subject="tp") == ["subject"]
    assert archive.names(archive.people.lin, subject="D") == []


def test_a_reader_is_found_by_name_only_where_it_was_told(archive: Archive) -> None:
    with archive.place.database.write() as session:
        for name, told_to in (("renew", archive.people.library_a), ("cards", archive.people.library_b)):
            conversation = session.get_one(Conversation, archive.ids[name])
            session.add(
                ReaderIdentity(
                    reader_id=conversation.reader_id,
                    library_id=told_to,
                    subject=f"2026{name}",
                    name="王小雨",
                    verified_at=archive.place.clock(),
                )
            )
    assert archive.names(archive.people.lin, reader="小雨") == ["renew"]
    assert archive.names(archive.people.lin, reader="2026renew") == ["renew"]
    hit = archive.find(archive.people.lin, reader="小雨").items[0]
    assert hit.reader == "王小雨"


def test_internal_notes_are_searched_too(archive: Archive) -> None:
    with archive.place.database.write() as session:
        session.add(
            Note(
                conversation_id=archive.ids["loan"],
                librarian_id=archive.people.lin.id,
                client_id=new_client_id(),
                body="转给国家图书馆",
                created_at=archive.place.clock(),
            )
        )
    assert archive.names(archive.people.lin, q="国家图书馆") == []
    archive.take_up()
    assert archive.names(archive.people.lin, q="国家图书馆") == ["loan"]


def test_a_deleted_word_is_found_no_more(archive_of_any_size: Archive) -> None:
    archive = archive_of_any_size
    lin, place, loan = archive.people.lin, archive.place, archive.ids["loan"]
    answering.claim(place, lin, loan)
    said = talking.say_as_librarian(place, lin, loan, client_id=new_client_id(), body="机密的事")
    archive.take_up()
    assert archive.names(lin, q="机密") == ["loan"]
    correcting.delete(place, lin, correcting.Target(loan, said.seq, new_client_id()))
    archive.take_up()
    assert archive.names(lin, q="机密") == []
    assert archive.names(lin, q="interlibrary") == ["loan"]


@pytest.mark.parametrize("sort", ["newest", "oldest"])
@pytest.mark.parametrize("q", ["", "图书馆"])
def test_pages_go_on_where_the_last_one_ended(archive: Archive, q: str, sort: str) -> None:
    add_questions(archive)
    person, seen, cursor = archive.people.lin, [], ""
    filters = read_filters({"q": q, "sort": sort})
    while True:
        with archive.place.database.read() as session:
            page = searching.page_of(session, searching.prepare(session, person, filters), cursor=cursor, limit=3)
        seen += page.ids
        if page.next is None:
            break
        cursor = page.next
    assert seen == sorted(set(seen), reverse=sort == "newest")
    assert set(seen) >= {archive.ids[f"more-{count}"] for count in range(7)}


@pytest.mark.parametrize("sort", ["newest", "oldest"])
@pytest.mark.parametrize("most", [4, 7, 8])
def test_every_page_says_how_many_there_are_and_pages_reach_them_all(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, sort: str, most: int
) -> None:
    # Constants, so that a test needs no thousand conversations.
    monkeypatch.setattr(searching, "PAGE_CONVERSATIONS", 3)
    monkeypatch.setattr(searching, "MAX_COUNTED", most)
    add_questions(archive)
    filters = read_filters({"q": "图书馆", "sort": sort})
    pages: list[list[UUID]] = []
    counted: list[int] = []
    cursor: str | None = ""
    while cursor is not None:
        with archive.place.database.read() as session:
            search = searching.prepare(session, archive.people.lin, filters)
            page, count = searching.page_and_count(session, search, cursor=cursor)
        pages.append(page.ids)
        counted.append(count)
        cursor = page.next
    oldest_first = [archive.ids[name] for name in ("renew", *(f"more-{count}" for count in range(7)))]
    ordered = oldest_first if sort == "oldest" else oldest_first[::-1]
    assert pages == [ordered[:3], ordered[3:6], ordered[6:]]
    assert counted == [min(8, most + 1)] * 3


@pytest.mark.parametrize("cursor", ["'; DROP", "12345", "ffffffff-ffff-ffff-ffff-ffffffffffff"])
def test_a_cursor_that_is_none_begins_at_the_beginning(archive: Archive, cursor: str) -> None:
    found = search_results.find(archive.place, archive.people.lin, read_filters({"q": "续借"}), cursor=cursor)
    assert [each.conversation.id for each in found.items] == [archive.ids["renew"]]


def test_a_filter_that_names_what_is_gone_finds_nothing_and_says_so(archive: Archive) -> None:
    found = archive.find(archive.people.lin, desk=str(uuid4()), library="ZZZ", librarian="nobody")
    assert (found.items, found.found, found.stale) == ([], 0, ["desk", "library", "librarian"])


def test_hits_are_shown_with_the_words_marked(archive: Archive) -> None:
    hit = archive.find(archive.people.lin, q="逾期").items[0]
    assert [piece.text for piece in hit.question if piece.is_hit] == ["逾期"]
    assert [piece.text for piece in hit.excerpt if piece.is_hit] == ["逾期"]
    assert (hit.answered_en, hit.desk_en, hit.was_handed_over) == ("Lin", "Desk", False)


def test_announcements_say_which_words_are_wanted(archive: Archive) -> None:
    wanted = WordsWanted()
    stop = archive.place.bus.listen(wanted.hear)
    reader, _ = come_in(archive.place)
    archive.ids["fresh"] = asking.ask(archive.place, reader, question("缩微胶片"))[0].conversation.id
    stop()
    assert archive.names(archive.people.lin, q="缩微") == []
    assert take_up_wanted(archive.place, wanted) == 1
    assert archive.names(archive.people.lin, q="缩微") == ["fresh"]
    assert take_up_wanted(archive.place, wanted) == 0


def test_what_is_taken_up_twice_is_the_same(archive: Archive) -> None:
    with archive.place.database.write() as session:
        assert word_index.take_up(session, list(archive.ids.values()), now=archive.place.clock()) == 0


def add_questions(archive: Archive) -> None:
    """Ask seven questions with a word of their own, the oldest first."""
    for count in range(7):
        archive.ask(f"more-{count}", f"图书馆第{count}问")
