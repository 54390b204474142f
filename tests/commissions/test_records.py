"""A record that is longer than a page: the newest first, the earlier on request, to each side what is theirs."""

from typing import Any
from uuid import UUID

import pytest
from starlette.testclient import TestClient

from qa_server.commissions import queries, service
from qa_server.commissions.models import By, EntryKind
from qa_server.commissions.queries import PAGE_ENTRIES
from qa_server.commissions.service import Deed, Doer
from qa_server.desk.asking import KnownReader
from qa_server.desk.commissions import handling, requesting
from qa_server.desk.commissions.views import CommissionView
from qa_server.desk.workplace import Workplace
from storage.errors import NotFound
from tests.commissions.reader_desk import ReaderDesk
from tests.commissions.test_dispatching import asked, put_result, with_supplier
from tests.commissions.village_work import begun, staff, submitted
from tests.village import Village, come_in


def write(place: Workplace, commission_id: UUID, count: int, *, secret_every: int = 0) -> None:
    """Add messages of the library to a record; every so many of them is a note for colleagues."""
    with place.database.write() as session:
        commission = queries.submitted(session, commission_id, lock=True)
        for number in range(count):
            is_private = bool(secret_every) and number % secret_every == 0
            kind = EntryKind.NOTE if is_private else EntryKind.MESSAGE
            deed = Deed(kind, body=f"第 {number} 条", is_private=is_private)
            service.record(session, commission, deed, Doer(By.SYSTEM), now=place.clock())


def read(place: Workplace, reader: KnownReader, commission_id: UUID) -> CommissionView:
    return requesting.read(place, reader, commission_id, language="zh")


def test_a_long_record_shows_its_newest_and_every_earlier_entry_once(
    place: Workplace, people: Village, reader: KnownReader
) -> None:
    commission_id = submitted(place, reader)
    write(place, commission_id, 2 * PAGE_ENTRIES + 30)
    whole = range(1, read(place, reader, commission_id).last_seq + 1)

    pages = [handling.record(place, people.lin, commission_id, language="zh")]
    while pages[0].earlier is not None:
        pages.insert(0, handling.record(place, people.lin, commission_id, before=pages[0].earlier, language="zh"))

    assert [each.seq for page in pages for each in page.entries] == list(whole)
    assert [len(page.entries) for page in pages][1:] == [PAGE_ENTRIES, PAGE_ENTRIES]
    view = handling.read(place, people.lin, commission_id, language="zh")
    assert (view.entries[-1].seq, view.earlier) == (whole[-1], whole[-PAGE_ENTRIES])


def test_a_record_of_one_page_has_nothing_earlier(place: Workplace, people: Village, reader: KnownReader) -> None:
    commission_id = submitted(place, reader)
    write(place, commission_id, PAGE_ENTRIES - read(place, reader, commission_id).last_seq)

    view = read(place, reader, commission_id)

    assert (len(view.entries), view.earlier) == (PAGE_ENTRIES, None)


def test_the_talk_is_paged_too(place: Workplace, people: Village, reader: KnownReader) -> None:
    commission_id = submitted(place, reader)
    write(place, commission_id, PAGE_ENTRIES + 5)

    newest = handling.talk(place, people.lin, commission_id, language="zh")
    earlier = handling.talk(place, people.lin, commission_id, before=newest.earlier, language="zh")

    assert newest.entries[-1].body == f"第 {PAGE_ENTRIES + 4} 条"
    assert [each.body for each in earlier.entries] == [f"第 {number} 条" for number in range(5)]


def test_the_reader_reads_on_backwards_over_http_and_no_note_is_among_it(client: TestClient, app: Any) -> None:
    place: Workplace = app.state.place
    desk = ReaderDesk(client, place)
    commission_id = desk.submitted()
    write(place, UUID(commission_id), 2 * PAGE_ENTRIES, secret_every=4)
    newest = desk.read(commission_id)
    assert newest["entries"][-1]["body"] == f"第 {2 * PAGE_ENTRIES - 1} 条"

    answer = desk.ask("GET", f"/commissions/{commission_id}/entries?before={newest['earlier']}")

    page = answer.json()
    assert answer.status_code == 200, answer.text
    assert page["earlier"] is None
    told = [*page["entries"], *newest["entries"]]
    assert [each["seq"] for each in told] == sorted({each["seq"] for each in told})
    assert len([each for each in told if each["kind"] == "message"]) == 2 * PAGE_ENTRIES * 3 // 4
    assert not [each for each in told if each["is_private"]]
    stranger = ReaderDesk(client, place)
    assert stranger.ask("GET", f"/commissions/{commission_id}/entries").status_code == 404
    assert desk.ask("GET", f"/commissions/{commission_id}/entries?before=0").status_code == 422


def test_a_supplier_reads_its_own_part_of_a_long_record(
    place: Workplace, people: Village, reader: KnownReader, tmp_path: Any
) -> None:
    with_supplier(place, people)
    commission_id = asked(place, reader)
    staff(place, people.lin, commission_id, "accept")
    write(place, commission_id, PAGE_ENTRIES + 20)
    staff(place, people.lin, commission_id, "dispatch")
    staff(place, people.grace, commission_id, "supplier_accepts")
    put_result(place, people.grace, commission_id, tmp_path)
    write(place, commission_id, PAGE_ENTRIES + 20)
    staff(place, people.grace, commission_id, "deliver")

    page = handling.record(place, people.grace, commission_id, language="zh")

    keys = [each.key for each in page.entries if each.kind == "transition"]
    assert (keys, page.earlier) == (["offer", "supplier_accepts", "deliver"], None)
    assert handling.read(place, people.grace, commission_id, language="zh").entries == page.entries


def test_a_draft_with_a_long_record_is_removed_whole(place: Workplace, people: Village, reader: KnownReader) -> None:
    commission_id = begun(place, reader)
    with place.database.write() as session:
        commission = queries.of_reader(session, reader.id, commission_id, lock=True)
        for _ in range(PAGE_ENTRIES + 5):
            service.record(session, commission, Deed(EntryKind.FORM, "changed"), Doer(By.READER), now=place.clock())

    requesting.delete_draft(place, reader, commission_id)

    with pytest.raises(NotFound):
        read(place, reader, commission_id)


def test_nobody_else_pages_through_a_record(place: Workplace, people: Village, reader: KnownReader) -> None:
    commission_id = submitted(place, reader)
    write(place, commission_id, 3)
    assert handling.record(place, people.lin, commission_id, before=4, language="zh").entries

    other = come_in(place)[0]

    with pytest.raises(NotFound):
        handling.record(place, people.grace, commission_id, before=4, language="zh")
    with pytest.raises(NotFound):
        requesting.record(place, other, commission_id, before=4, language="zh")
