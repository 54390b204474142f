"""Exports: what was found and nothing more, no formulas, written down before the first row and after the last."""

import csv
from collections.abc import Mapping
from io import BytesIO, StringIO
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest

from qa_server.conversations.models import Conversation
from qa_server.desk import exporting, node_record
from qa_server.desk.exporting import TakenOut
from qa_server.desk.node_record import RecordFilters
from qa_server.desk.search_filters import read_filters
from qa_server.i18n import Language
from qa_server.people.models import Role
from qa_server.people.reader_models import ReaderIdentity
from qa_server.people.rights import StaffMember
from tests.searching.conftest import Archive, Promote


def taken(archive: Archive, person: StaffMember, filters: Mapping[str, str], *, language: Language = "en") -> TakenOut:
    """Return what a search takes out."""
    return exporting.conversations(archive.place, person, read_filters(filters), language=language)


def rows(archive: Archive, person: StaffMember, **filters: str) -> list[dict[str, str]]:
    """Export as CSV and read it as a spreadsheet would."""
    text = "".join(exporting.export_csv(archive.place, person, taken(archive, person, filters)))
    assert text.startswith("\ufeff")
    return list(csv.DictReader(StringIO(text.removeprefix("\ufeff"))))


def tell_reader(archive: Archive, name: str) -> None:
    """Let the reader of a conversation say who it is."""
    with archive.place.database.write() as session:
        conversation = session.get_one(Conversation, archive.ids[name])
        session.add(
            ReaderIdentity(
                reader_id=conversation.reader_id,
                library_id=conversation.library_id,
                subject="20260117",
                name="王小雨",
                verified_at=archive.place.clock(),
            )
        )


def test_an_export_has_the_rows_of_the_search(archive: Archive) -> None:
    found = rows(archive, archive.people.lin, q="续借")
    assert [row["Question"] for row in found] == ["怎么续借已经逾期的图书？"]
    assert (found[0]["Answered by"], found[0]["Resolution"], found[0]["Asked"]) == (
        "Lin",
        "answered",
        "2026-09-01 16:00",
    )
    assert [row["Question"] for row in rows(archive, archive.people.grace, q="续借")] == ["贵馆怎么续借？"]


def test_large_exports_go_on_slice_by_slice_up_to_the_limit(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    # Constants, so that a test needs no thousands of rows.
    monkeypatch.setattr(exporting, "_SLICE", 1)
    assert len(rows(archive, archive.people.lin)) == 3
    monkeypatch.setattr(exporting, "MAX_ROWS", 2)
    assert len(rows(archive, archive.people.lin)) == 2


@pytest.mark.parametrize("text", ["=1+1", "+49", "-2", "@SUM(A1)", "\tx"])
def test_no_cell_is_a_formula(archive: Archive, text: str) -> None:
    assert exporting.guarded(text) == f"'{text}"
    archive.ask("formula", f"=HYPERLINK({text})")
    assert rows(archive, archive.people.lin, q="hyperlink")[0]["Question"].startswith("'=")


def test_readers_are_named_only_to_who_may_take_them_out(archive: Archive, promote: Promote) -> None:
    tell_reader(archive, "renew")
    tell_reader(archive, "elsewhere")
    assert "Reader" not in rows(archive, archive.people.lin, q="续借")[0]
    administrator = promote(archive.people.zhou, archive.people.library_a, Role.LIBRARY_ADMINISTRATOR)
    assert [row["Reader"] for row in rows(archive, administrator, q="续借")] == ["王小雨"]
    # May see the other library's conversations, not take its readers out.
    both = promote(administrator, archive.people.library_b, Role.DISPATCHER)
    assert {(row["Library"], row["Reader"]) for row in rows(archive, both, q="续借")} == {
        ("AAA Library", "王小雨"),
        ("BBB Library", ""),
    }


def test_an_export_is_on_record_with_its_filters_and_rows(archive: Archive, promote: Promote) -> None:
    rows(archive, archive.people.lin, q="续借")
    administrator = promote(archive.people.zhou, archive.people.library_a, Role.LIBRARY_ADMINISTRATOR)
    page = node_record.record(archive.place, administrator, "AAA", RecordFilters(kind="exports"))
    assert [(each.action, each.login) for each in page.items] == [("exported", "lin"), ("export_started", "lin")]
    told = page.items[0].new
    assert (told["rows"], told["filters"], told["format"]) == (1, {"q": "续借"}, "csv")


def test_an_export_that_was_broken_off_is_on_record_with_what_left(archive: Archive, promote: Promote) -> None:
    some = exporting.export_csv(archive.place, archive.people.lin, taken(archive, archive.people.lin, {}))
    # The mark, the heads, one row; then the asker goes away.
    for _ in range(3):
        next(some)
    some.close()  # type: ignore[attr-defined]
    administrator = promote(archive.people.zhou, archive.people.library_a, Role.LIBRARY_ADMINISTRATOR)
    page = node_record.record(archive.place, administrator, "AAA", RecordFilters(kind="exports"))
    assert (page.items[0].action, page.items[0].new["rows"]) == ("exported", 1)


def test_a_workbook_has_the_same_rows_as_text(archive: Archive) -> None:
    target = BytesIO()
    found = taken(archive, archive.people.lin, {"q": "续借"}, language="zh")
    exporting.export_workbook(archive.place, archive.people.lin, found, target)
    with ZipFile(target) as packed:
        sheet = ElementTree.fromstring(packed.read("xl/worksheets/sheet1.xml"))  # noqa: S314 - our own file
    cells = [each.text for each in sheet.iter("{http://schemas.openxmlformats.org/spreadsheetml/2006/main}t")]
    assert "怎么续借已经逾期的图书？" in cells
    assert "问题" in cells
