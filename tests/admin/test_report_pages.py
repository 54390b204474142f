"""The pages of a report: parts written anew after a look at what goes and what comes, and had back."""

import re
from dataclasses import replace
from uuid import UUID

import pytest

from admin.report_text import changes, offered
from qa_server.commissions.reports.content import Block, Prose, Section, Table
from qa_server.commissions.reports.parts import OtherPart
from qa_server.commissions.reports.samples import sample
from qa_server.desk.asking import KnownReader
from qa_server.desk.commissions.reports import reporting
from tests.admin.conftest import Doors, Visit
from tests.admin.test_commission_pages import PAGE, doors_person, fields, press
from tests.commissions.village_work import searched, staff, under_way, written_report
from tests.village import come_in

OWN_WORDS = "EI 的检索由馆员另行核对。"
_CHOICE = re.compile(r'name="part" value="(\w+)" (checked)?')


@pytest.fixture
def asker(doors: Doors) -> KnownReader:
    """A reader of library A."""
    return come_in(doors.place)[0]


@pytest.fixture
def lin(doors: Doors) -> Visit:
    """LIN at a browser."""
    return doors.sign_in("lin")


@pytest.fixture
def written(doors: Doors, asker: KnownReader) -> UUID:
    """A commission whose report LIN has written, and one step of the log that came later."""
    lin = doors_person(doors, "lin")
    commission_id = under_way(doors.place, asker, lin)
    searched(doors.place, lin, commission_id)
    written_report(doors.place, lin, commission_id)
    searched(doors.place, lin, commission_id, database="CSSCI")
    return commission_id


def edit_scope(doors: Doors, commission_id: UUID) -> None:
    """Write a sentence of one's own into a part that came from the log."""
    lin = doors_person(doors, "lin")
    sheet = reporting.sheet(doors.place, lin, commission_id)
    assert sheet is not None
    content = dict(sheet.content)
    for part in content["sections"]:
        if part["part"] == "scope":
            part["blocks"].append({"text": OWN_WORDS, "is_markdown": False})
    reporting.save(doors.place, lin, commission_id, content, revision=sheet.revision)


def choices(page: str) -> dict[str, bool]:
    """Return the parts that a page offers, and whether each is chosen beforehand."""
    return {key: bool(checked) for key, checked in _CHOICE.findall(page)}


def test_what_only_adds_is_chosen_and_what_takes_away_has_to_be_wished(doors: Doors, lin: Visit, written: UUID) -> None:
    parts = f"{PAGE}/{written}/report/parts"
    assert "report/parts" in lin.read(f"{PAGE}/{written}/report")
    first = lin.read(parts)
    assert choices(first) == {"scope": True}
    assert re.search(r"<ins>[^<]*CSSCI", first)

    edit_scope(doors, written)
    second = lin.read(parts)

    assert choices(second) == {"scope": False}
    assert re.search(f"<del>[^<]*{OWN_WORDS}", second)
    assert "would go" in second


def test_parts_are_brought_in_and_taken_back(doors: Doors, lin: Visit, written: UUID) -> None:
    edit_scope(doors, written)
    parts = f"{PAGE}/{written}/report/parts"
    report = f"{PAGE}/{written}/report"

    done = lin.post(parts, **fields(lin.read(parts), parts), part="scope").headers["location"]
    page = lin.read(done)

    assert "CSSCI" in page
    assert "kept as version 1" in page
    assert OWN_WORDS in lin.read(f"{report}?since=1")
    back = lin.post(parts, **fields(page, parts)).headers["location"]
    assert "done=taken_up&kept=2" in back
    sheet = reporting.sheet(doors.place, doors_person(doors, "lin"), written)
    assert OWN_WORDS in str(sheet)
    assert "CSSCI" in lin.read(f"{report}?since=2")
    assert "kept, before parts were written anew" in lin.read(report)


def test_nothing_chosen_changes_nothing(doors: Doors, lin: Visit, written: UUID) -> None:
    parts = f"{PAGE}/{written}/report/parts"

    answer = lin.post(parts, **fields(lin.read(parts), parts))

    assert answer.headers["location"].endswith("done=unchanged")
    sheet = reporting.sheet(doors.place, doors_person(doors, "lin"), written)
    assert sheet is not None
    assert sheet.version == 1


def test_who_looked_at_an_older_text_is_told_and_looks_again(doors: Doors, lin: Visit, written: UUID) -> None:
    parts = f"{PAGE}/{written}/report/parts"
    seen = fields(lin.read(parts), parts)
    edit_scope(doors, written)

    refused = lin.post(parts, **seen, part="scope")

    assert refused.status_code == 409
    assert OWN_WORDS in refused.text
    assert choices(refused.text) == {"scope": True}
    assert fields(refused.text, parts)["report_revision"] != seen["report_revision"]
    assert lin.post(parts, **fields(refused.text, parts), part="scope").status_code == 303


def test_a_refused_step_is_told_where_the_report_is_mended(doors: Doors, lin: Visit, asker: KnownReader) -> None:
    person = doors_person(doors, "lin")
    commission_id = under_way(doors.place, asker, person)
    searched(doors.place, person, commission_id)
    reporting.draft(doors.place, person, commission_id)
    page = f"{PAGE}/{commission_id}/report"
    action = f"{PAGE}/{commission_id}/steps/ask_review"

    refused = lin.post(action, **fields(lin.read(page), action))

    assert refused.status_code == 409
    assert "still empty" in refused.text
    assert "<report-editor>" in refused.text
    # From another tab it is told there.
    assert press(lin, commission_id, "ask_review") == 409


def test_reviewers_compare_with_any_version_and_write_nothing_anew(doors: Doors, lin: Visit, written: UUID) -> None:
    edit_scope(doors, written)
    parts = f"{PAGE}/{written}/report/parts"
    lin.post(parts, **fields(lin.read(parts), parts), part="scope")
    staff(doors.place, doors_person(doors, "lin"), written, "ask_review")
    zhou = doors.sign_in("zhou")

    page = zhou.read(f"{PAGE}/{written}/report")

    # Nobody has read version 1.
    assert "Changes since version" not in page
    assert OWN_WORDS in zhou.read(f"{PAGE}/{written}/report?since=1")
    assert zhou.client.get(parts).status_code == 409


def _part(*blocks: Block) -> Section:
    return Section("范围", blocks, "scope")


def test_a_line_that_comes_behind_the_last_takes_nothing_away() -> None:
    now = _part(Table(("a", "b"), (("1", "2"),)))
    for longer in (
        _part(Table(("a", "b"), (("1", "2"), ("a longer row than the one before", "with more in it")))),
        _part(*now.blocks, Prose("并且")),
    ):
        (shown,) = offered([OtherPart("scope", now, longer)])
        assert not shown.takes_away
        (shown,) = offered([OtherPart("scope", longer, now)])
        assert shown.takes_away


def test_bold_is_no_change_of_what_a_report_says() -> None:
    plain = replace(sample("proxy_search", "zh"), sections=(_part(Prose("甲 与 乙", is_markdown=True)),))
    bold = replace(plain, sections=(_part(Prose("**甲** 与 乙", is_markdown=True)),))
    other = replace(plain, sections=(_part(Prose("**甲** 与 丙", is_markdown=True)),))

    assert changes(plain, bold) == []
    assert [each.heading for each in changes(plain, other)] == ["范围"]
