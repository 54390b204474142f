"""`wenjin import`: every line accounted for, harmless to repeat, nothing half done; hostile files refused."""

import csv
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from openpyxl import Workbook
from sqlalchemy import func, select

from qa_server.commands.refusals import UsageRefused
from qa_server.commands.tables import read_table
from qa_server.desk import administering
from qa_server.desk.workplace import Workplace
from qa_server.network import library_import
from qa_server.network.library_import import Line, Wanted, import_libraries
from qa_server.network.models import Desk, DeskMember, Library
from qa_server.network.node_settings import effective
from qa_server.people.models import Librarian, RoleGrant
from qa_server.people.people_import import import_people
from tests.network.conftest import Council
from tests.village import Village

HEADING = ["code", "level", "parent", "name_zh", "name_en", "desk", "web_origins"]
Cells = Sequence[object]
# A network as large as the one it is made for, on a busy machine.
LARGE, SECONDS = 1_800, 30.0


def line(code: str, parent: str, level: str = "library", desk: str = "", origins: str = "") -> Cells:
    """Return the cells of one row."""
    return [code, level, parent, f"{code}图书馆", f"{code} Library", desk, origins]


def wanted(*rows: Cells) -> list[Wanted]:
    """Return rows as they are read, from line 2 on."""
    return [
        Wanted(number, {name: str(cell) for name, cell in zip(HEADING, cells, strict=True)})
        for number, cells in enumerate(rows, start=2)
    ]


def put_in(place: Workplace, rows: list[Wanted]) -> list[Line]:
    """Import libraries."""
    with place.database.write() as session:
        return import_libraries(session, rows, now=place.clock())


def outcomes(lines: list[Line]) -> list[str]:
    """Return what became of each line."""
    return [each.outcome for each in lines]


def test_new_changed_unchanged_and_refused_lines_are_told_apart_and_repeating_changes_nothing(
    place: Workplace, people: Village
) -> None:
    rows = wanted(
        line("N1", "P1", desk="yes", origins="https://n1.example.edu"),
        line("P1", "NAT", "province"),
        line("N2", "NONE"),
        line("AAA", "PRV"),
        line("N1", "P1"),
        line("N3", "P1", desk="maybe"),
    )
    first = put_in(place, rows)
    assert outcomes(first) == ["new", "new", "refused", "unchanged", "refused", "refused"]
    assert [each.number for each in first] == [2, 3, 4, 5, 6, 7]
    assert outcomes(put_in(place, rows)) == ["unchanged", "unchanged", "refused", "unchanged", "refused", "refused"]
    with place.database.read() as session:
        added = session.scalars(select(Library).where(Library.code == "N1")).one()
        assert effective(session, added.id, "web_origins").value == ["https://n1.example.edu"]
        assert session.scalar(select(func.count()).select_from(Desk).where(Desk.library_id == added.id)) == 1
    moved = put_in(place, wanted(line("N1", "PRV")))
    assert outcomes(moved) == ["changed"]


def test_cycles_orphans_and_what_hangs_on_them_are_refused_with_their_lines(place: Workplace, people: Village) -> None:
    rows = wanted(
        line("P1", "P2", "province"),
        line("P2", "P1", "province"),
        line("N1", "P1"),
        line("N2", "GONE"),
        line("N3", "PRV"),
        line("NAT", "PRV", "nation"),
        line("N4", "N3"),
    )
    found = {each.key: each for each in put_in(place, rows)}
    assert {key for key, each in found.items() if each.outcome == "refused"} == {"P1", "P2", "N1", "N2", "NAT", "N4"}
    assert found["P1"].reason == "It would stand below itself."
    assert found["N1"].reason == "The node above is not known, or its line was refused."
    with place.database.read() as session:
        assert session.scalar(select(Library.id).where(Library.code == "P1")) is None
        assert session.scalar(select(Library.id).where(Library.code == "N3")) is not None


def test_a_network_of_the_size_it_is_made_for_goes_in_quickly(place: Workplace, people: Village) -> None:
    provinces = [line(f"P{number}", "NAT", "province") for number in range(30)]
    libraries = [line(f"L{number}", f"P{number % 30}", desk="yes") for number in range(LARGE)]
    # The order of a file says nothing: libraries may stand before their provinces.
    rows = wanted(*libraries, *provinces)
    begun = time.monotonic()
    assert Counter(outcomes(put_in(place, rows))) == {"new": LARGE + 30}
    assert time.monotonic() - begun < SECONDS
    assert Counter(outcomes(put_in(place, rows))) == {"unchanged": LARGE + 30}


def test_people_get_accounts_roles_and_desks_and_repeating_changes_nothing(place: Workplace, people: Village) -> None:
    heading = ("login", "name_zh", "name_en", "library", "roles", "desks")
    cells = [
        ("wang.li", "王丽", "Wang Li", "AAA", "AAA:librarian AAA:curator", "AAA"),
        ("lin", "林老师", "Lin", "AAA", "BBB:librarian", ""),
        ("zhao.yi", "赵一", "Zhao Yi", "NONE", "", ""),
        ("wang.li", "王丽", "Wang Li", "AAA", "", ""),
        ("qian.er", "钱二", "Qian Er", "AAA", "AAA:king", ""),
    ]
    rows = [Wanted(n, dict(zip(heading, each, strict=True))) for n, each in enumerate(cells, start=2)]
    for expected in (
        ["new", "changed", "refused", "refused", "refused"],
        ["unchanged", "unchanged", "refused", "refused", "refused"],
    ):
        with place.database.write() as session:
            assert outcomes(import_people(session, rows, password_hashes={}, now=place.clock())) == expected
    with place.database.read() as session:
        added = session.scalars(select(Librarian).where(Librarian.login == "wang.li")).one()
        grants = session.scalars(select(RoleGrant.role).where(RoleGrant.librarian_id == added.id))
        assert set(grants) == {"librarian", "curator"}
        assert session.scalars(select(DeskMember.desk_id).where(DeskMember.librarian_id == added.id)).all() == [
            people.desk_a
        ]
        assert session.scalar(select(Librarian.id).where(Librarian.login == "qian.er")) is None


@pytest.fixture(params=["utf-8-sig", "gb18030", "xlsx"])
def table(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A file with one library, as different programs write it."""
    rows = [HEADING, line("985", "NAT")]
    if request.param == "xlsx":
        path = tmp_path / "libraries.xlsx"
        book = Workbook()
        book.worksheets[0].append(HEADING)
        book.worksheets[0].append([985, *line("985", "NAT")[1:]])
        book.save(path)
    else:
        path = tmp_path / "libraries.csv"
        with path.open("w", encoding=request.param, newline="") as file:
            csv.writer(file).writerows(rows)
    return path


def test_tables_of_different_programs_read_alike(table: Path) -> None:
    (row,) = read_table(table, required=library_import.REQUIRED, known=library_import.COLUMNS)
    assert (row.number, row.cells["code"], row.cells["name_zh"], row.has_formula) == (2, "985", "985图书馆", False)


def test_a_cell_that_computes_is_refused_with_its_line(tmp_path: Path, place: Workplace, people: Village) -> None:
    book = Workbook()
    book.worksheets[0].append(HEADING)
    book.worksheets[0].append(list(line("N1", "PRV")))
    book.worksheets[0].append(['=HYPERLINK("http://bad.example")', *line("N2", "PRV")[1:]])
    path = tmp_path / "formulas.xlsx"
    book.save(path)
    rows = read_table(path, required=library_import.REQUIRED, known=library_import.COLUMNS)
    found = put_in(place, [Wanted(row.number, row.cells, row.has_formula) for row in rows])
    assert outcomes(found) == ["new", "refused"]
    assert (found[1].number, found[1].reason) == (3, "A cell computes something. Put in the value itself.")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt", b"code,level"),
        ("a.csv", b"code,level\nX,library"),
        ("a.csv", b"code,level,name_zh,name_en,colour\n"),
        ("a.csv", b"\xff\xfe\x00\x80\xff"),
        ("a.csv", b'code,level,name_zh,name_en\n"open'),
        ("a.xlsx", b"PK\x03\x04 not a workbook"),
        ("a.xlsx", b""),
    ],
)
def test_a_file_that_is_no_table_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UsageRefused):
        read_table(path, required=library_import.REQUIRED, known=library_import.COLUMNS)


def test_what_was_imported_is_written_down(place: Workplace, people: Village, council: Council) -> None:
    put_in(place, wanted(line("N1", "PRV")))
    (change,) = administering.changes(place, council.network, "N1").items
    assert (change.subject, change.action, change.by) == ("library", "added", None)
