"""What readers and librarians fill into forms: kept, tidied, told; hidden fields are neither asked for nor kept."""

from collections.abc import Mapping
from datetime import date
from string import Formatter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_server.commissions.definition import FieldKind, ServiceDefinition
from qa_server.commissions.fields import Checked, check_values
from qa_server.commissions.shipped import shipped
from qa_server.commissions.values import MAX_TEXT
from qa_server.i18n import translate

TODAY = date(2026, 3, 2)
CITATION: dict[str, Any] = {
    "affiliation": "own",
    "department": "化学学院",
    "purpose": "promotion",
    "title": "李明论文收录引用检索",
    "author_zh": "李明",
    "author_en": ["Li, Ming", "Li, M."],
    "institution_zh": ["东湖大学化学学院"],
    "papers": [{"title": "Salt tolerance in rice", "year": 2024, "language": "en", "kind": "article"}],
    "databases": ["scie"],
    "items": ["indexing"],
    "speed": "normal",
    "delivery_by": "electronic",
}


def check(code: str, values: Mapping[str, object], *, partly: bool = False) -> Checked:
    return check_values(shipped()[code], values, by="reader", today=TODAY, partly=partly)


def told(checked: Checked) -> dict[str, str]:
    return {each.where: each.sentence.format(**each.details) for each in checked.problems}


def one(kind: str, value: object, **more: object) -> Checked:
    """Check a value in a form of one more field of a kind."""
    definition = shipped()["proxy_search"]
    field = {"key": "one", "kind": kind, "label": {"zh": "一", "en": "One"}, "section": "search", **more}
    stored = definition.model_dump(mode="json", by_alias=True)
    stored["fields"].append(field)
    return check_values(ServiceDefinition.model_validate(stored), {"one": value}, by="reader", today=TODAY, partly=True)


def test_a_complete_form_is_kept_as_it_is() -> None:
    checked = check("citation_search", CITATION)

    assert checked.problems == []
    assert checked.values["author_en"] == ["Li, Ming", "Li, M."]
    assert checked.values["papers"] == CITATION["papers"]


@pytest.mark.parametrize("code", list(shipped()))
def test_an_empty_form_asks_for_what_is_required_and_shown(code: str) -> None:
    definition = shipped()[code]
    required = {
        field.key for field in definition.fields if field.required and field.by == "reader" and field.when is None
    }

    assert set(told(check(code, {}))) == required
    assert check(code, {}, partly=True).problems == []


def test_a_field_that_its_condition_hides_is_neither_required_nor_kept() -> None:
    hidden = check("citation_search", {**CITATION, "post_address": "东湖路 1 号"})
    shown = check("citation_search", {**CITATION, "delivery_by": "courier"})

    assert hidden.problems == []
    assert "post_address" not in hidden.values
    assert set(told(shown)) == {"post_address", "copies"}


def test_a_condition_on_one_of_several_choices_holds() -> None:
    checked = check("citation_search", {**CITATION, "items": ["indexing", "jcr"]})

    assert told(checked) == {"metric_year": "Please fill this in."}


def test_a_condition_may_ask_for_a_field_further_down_and_what_that_hides_hides_on() -> None:
    stored = shipped()["citation_search"].model_dump(mode="json", by_alias=True)
    first = {"key": "early", "kind": "text", "label": {"zh": "早", "en": "Early"}, "section": "applicant"}
    stored["fields"].insert(0, {**first, "required": True, "when": {"field": "metric_year", "one_of": ["latest"]}})
    definition = ServiceDefinition.model_validate(stored)

    def asked(items: list[str]) -> set[str]:
        values = {**CITATION, "items": items, "metric_year": "latest"}
        return set(told(check_values(definition, values, by="reader", today=TODAY)))

    assert asked(["jcr"]) == {"early"}
    assert asked(["indexing"]) == set()


def test_fields_of_librarians_are_not_a_readers_to_fill_in() -> None:
    definition = shipped()["citation_search"]

    by_reader = check("citation_search", {**CITATION, "records": 40})
    by_staff = check_values(definition, {"records": "40"}, by="staff", today=TODAY, beside=by_reader.values)

    assert told(by_reader) == {"records": "There is no such field."}
    assert "records" not in by_reader.values
    assert by_staff.values == {"records": 40}


def test_what_is_not_known_is_told_and_dropped_and_no_flood_of_it_is_repeated() -> None:
    checked = check("citation_search", {**CITATION, **{f"x{number}" * 30: 1 for number in range(1000)}})

    assert checked.values.keys() == CITATION.keys()
    assert 0 < len(checked.problems) < 10
    assert all(len(each.where) <= 40 for each in checked.problems)


def test_a_draft_keeps_a_text_that_is_too_long_and_says_so() -> None:
    essentials = "查" * 1050

    checked = check("novelty_search", {"essentials": essentials}, partly=True)

    assert checked.values["essentials"] == essentials
    assert told(checked) == {"essentials": "At most 1000 characters; there are 1050."}


def test_a_draft_is_not_told_that_there_is_too_little() -> None:
    assert check("novelty_search", {"essentials": "方法", "keywords_zh": ["深度学习"]}, partly=True).problems == []
    assert {"essentials", "keywords_zh"} <= set(
        told(check("novelty_search", {"essentials": "方法", "keywords_zh": ["深度学习"]}))
    )


def test_a_novelty_point_longer_than_ninety_characters_is_told_by_its_number() -> None:
    checked = check("novelty_search", {"points": ["提出一种方法", "点" * 91]}, partly=True)

    assert told(checked) == {"points": "Entry 2 has 91 characters; at most 90 are possible."}
    assert checked.values["points"] == ["提出一种方法", "点" * 91]


def test_a_statement_that_is_required_has_to_be_confirmed() -> None:
    assert told(check("novelty_search", {"is_truthful": False}))["is_truthful"] == "Please confirm this."
    assert "is_truthful" not in told(check("novelty_search", {"is_truthful": True}))


def test_papers_that_cannot_be_read_are_told_and_the_others_kept() -> None:
    papers = [CITATION["papers"][0], {"title": 7}, {"language": "zh", "kind": "article"}]

    checked = check("citation_search", {**CITATION, "papers": papers})

    assert checked.values["papers"] == CITATION["papers"]
    assert list(told(checked)) == ["papers"]


@pytest.mark.parametrize(
    ("kind", "value", "kept"),
    [
        ("text", "  盐碱地\t水稻\x00\u200b \n", "盐碱地 水稻"),
        ("paragraph", "一\r\n\r\n二\x07  \r三", "一\n\n二\n三"),
        ("integer", "１２", 12),
        ("integer", 12.0, 12),
        ("integer", -3, -3),
        ("date", "2026-03-09", "2026-03-09"),
        ("years", {"from": "2015", "to": 2025}, {"from": 2015, "to": 2025}),
        ("years", ["", 2025], {"to": 2025}),
        ("email", " Li.Ming@Example.EDU.CN ", "Li.Ming@Example.EDU.CN"),
        ("email", "ｌｉ＠example.com", "li@example.com"),
        ("phone", "027-8765 4321 转 18", "027-8765 4321 转 18"),
        ("phone", "+86 138 0013 8000", "+86 138 0013 8000"),
        ("subject", "tp391", "T"),
        ("subject", "R", "R"),
        ("terms", "耐盐性\n 水稻；耐盐性\n", ["耐盐性", "水稻"]),
        ("terms", ["RICE", "rice", "", "salt"], ["RICE", "salt"]),
        ("boolean", "on", True),
        ("boolean", None, False),
        ("files", ["5F0C0E6E-8B0A-4B4B-9C3A-2F4C6C1B8A10"], ["5f0c0e6e-8b0a-4b4b-9c3a-2f4c6c1b8a10"]),
    ],
)
def test_a_value_is_tidied_and_kept(kind: str, value: object, kept: object) -> None:
    checked = one(kind, value)

    assert checked.problems == []
    assert checked.values["one"] == kept


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("text", 7),
        ("text", ["a"]),
        ("text", "x" * 301),
        ("integer", "twelve"),
        ("integer", True),
        ("integer", 1.5),
        ("integer", "9" * 40),
        ("integer", float("nan")),
        ("date", "2026-02-30"),
        ("date", "1.3.2026"),
        ("date", "0001-01-01"),
        ("date", "9999-12-31"),
        ("years", {"from": 2025, "to": 2015}),
        ("years", {"from": 1500}),
        ("years", {"from": 2031}),
        ("years", {"since": 2000}),
        ("years", "2020"),
        ("email", "li.ming"),
        ("email", "li@example"),
        ("email", "a@b.cn, c@d.cn"),
        ("email", "x" * 300 + "@b.cn"),
        ("phone", "call me"),
        ("phone", "12"),
        ("phone", "1" * 40),
        ("subject", "L"),
        ("subject", "42"),
        ("terms", [1, 2]),
        ("terms", ["x" * 201]),
        ("boolean", "perhaps"),
        ("boolean", 1),
        ("files", ["../../etc/passwd"]),
        ("papers", "Li Ming, 2024"),
        ("papers", [["a"]]),
    ],
)
def test_a_value_that_does_not_fit_is_told(kind: str, value: object) -> None:
    checked = one(kind, value)

    assert [each.where for each in checked.problems] == ["one"]


@pytest.mark.parametrize(
    ("format_", "good", "bad"),
    [
        ("doi", "https://doi.org/10.1016/S0140-6736(20)30183-5", "doi 10"),
        ("issn", "1000-0135", "1000-0136"),
        ("isbn", "978-7-04-050694-5", "978-7-04-050694-6"),
    ],
)
def test_numbers_with_a_check_digit_are_checked(format_: str, good: str, bad: str) -> None:
    assert one("text", good, format=format_).problems == []
    assert len(one("text", bad, format=format_).problems) == 1


def test_a_doi_is_kept_without_its_address() -> None:
    assert one("text", "https://doi.org/10.1000/182", format="doi").values["one"] == "10.1000/182"


@pytest.mark.parametrize(("given_on", "is_told"), [("2026-03-02", True), ("2026-03-03", False), ("2028-03-05", True)])
def test_a_wished_date_lies_ahead(given_on: str, is_told: bool) -> None:
    checked = check("topic_consultation", {"first_delivery": given_on}, partly=True)

    # Word of a date in the past is given in a draft as well: it is no matter of too little.
    assert ("first_delivery" in told(checked)) == is_told
    assert checked.values["first_delivery"] == given_on


def test_a_choice_that_is_not_offered_is_dropped_and_the_others_stay() -> None:
    checked = check("citation_search", {**CITATION, "databases": ["scie", "everything"], "speed": "yesterday"})

    assert set(told(checked)) == {"databases", "speed"}
    assert checked.values["databases"] == ["scie"]
    assert "speed" not in checked.values


def test_a_form_of_many_megabytes_is_bounded_and_told() -> None:
    paper = {"title": "t" * 1000, "as_given": "g" * 3000, "journal": "j" * 500}

    checked = check("citation_search", {**CITATION, "remarks": "很" * 10_000_000, "papers": [paper] * 1999})

    assert len(str(checked.values.get("remarks"))) <= MAX_TEXT
    assert {"papers", "remarks"} <= set(told(checked))


_SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40)
_JSON = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=200)
@given(st.sampled_from(list(shipped().values())), st.data(), st.booleans())
def test_whatever_is_sent_is_checked_and_what_is_kept_stays_as_it_is(
    definition: ServiceDefinition, data: st.DataObject, partly: bool
) -> None:
    keys = [field.key for field in definition.fields] + ["nothing"]
    values = data.draw(st.dictionaries(st.sampled_from(keys), _JSON, max_size=8))

    checked = check_values(definition, values, by="reader", today=TODAY, partly=partly)
    again = check_values(definition, checked.values, by="reader", today=TODAY, partly=partly)

    assert again.values == checked.values
    for each in checked.problems:
        names = {name for _, name, _, _ in Formatter().parse(each.sentence) if name}
        assert names <= set(each.details)
    assert "\x00" not in str(checked.values)


@pytest.mark.parametrize("kind", list(FieldKind))
def test_every_kind_of_field_reads_nothing_as_nothing(kind: FieldKind) -> None:
    choices = {"choices": [{"key": "a", "label": {"zh": "甲", "en": "A"}}]} if kind.value.startswith("choice") else {}
    for empty in (None, ""):
        checked = one(kind.value, empty, **choices)
        assert checked.problems == []
        assert checked.values.get("one", False) is False


def test_what_is_told_is_told_in_chinese() -> None:
    checked = check("citation_search", {"papers": [7], "author_en": ["x" * 90], "delivery_by": 1, "years": ["2020", 1]})

    assert len(checked.problems) > 8
    for each in checked.problems:
        shown = translate(each.sentence, "zh", **each.details)
        assert any("\u4e00" <= char <= "\u9fff" for char in shown), each.sentence
