"""Two texts of one report, section by section: which differ, and what is taken over."""

from dataclasses import replace

from qa_server.commissions.reports.content import Block, Prose, ReportContent, Section, Table
from qa_server.commissions.reports.parts import differing, key_of, with_parts
from qa_server.commissions.reports.samples import sample


def _report(*sections: Section) -> ReportContent:
    return replace(sample("proxy_search", "zh"), sections=sections)


def _part(key: str, *blocks: Block, heading: str = "") -> Section:
    return Section(heading or key, blocks, key)


def test_a_section_differs_by_what_it_says_and_not_by_how_it_looks() -> None:
    table = Table(("a", "b"), (("1", "2"),), (1, 2))
    now = _report(_part("request", Prose("甲", is_markdown=True)), _part("scope", table), _part("results", Prose("乙")))
    other = _report(
        _part("request", Prose("甲 ")),
        _part("scope", replace(table, weights=())),
        _part("results", Prose("丙"), heading="Results"),
    )

    assert [each.key for each in differing(now, other)] == ["results"]


def test_a_section_that_says_nothing_is_not_offered() -> None:
    now = _report(_part("results", Prose("乙")))
    assert differing(now, _report(_part("results", Prose("  ")), _part("scope"))) == ()
    assert [each.key for each in differing(_report(_part("results")), now)] == ["results"]


def test_only_chosen_sections_are_taken_over_and_headings_stay() -> None:
    now = _report(_part("scope", Prose("旧"), heading="Scope"), _part("results", Prose("乙")))
    other = _report(_part("scope", Prose("新"), heading="范围"), _part("results", Prose("丙")))

    assert with_parts(now, other, ["scope"]).sections == (
        _part("scope", Prose("新"), heading="Scope"),
        _part("results", Prose("乙")),
    )


def test_a_section_that_is_gone_comes_back_to_its_place() -> None:
    own = Section("分工", (Prose("甲"),))
    before = _report(_part("request"), own, _part("scope"))
    now = _report(_part("request"), _part("scope"))
    (gone,) = differing(now, before)

    assert (gone.key, gone.now) == (key_of("", "分工"), None)
    assert with_parts(now, before, [gone.key]).sections == before.sections


def test_of_two_sections_with_one_heading_each_keeps_its_text() -> None:
    first, second = Section("附注", (Prose("甲"),)), Section("附注", (Prose("乙"),))
    other = _report(Section("附注", (Prose("丙"),)), second)

    assert with_parts(_report(first, second), other, ["附注"]).sections == other.sections
