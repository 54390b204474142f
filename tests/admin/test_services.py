"""The pages of services: a list with origins, an editor without code, conflicts with both texts, a trial."""

import re
from urllib.parse import urlencode

import pytest
from lxml import html

from tests.admin.conftest import Doors, Visit
from tests.village import Village

SERVICES = "/console/network/AAA/services"
CITATION = f"{SERVICES}/citation_search"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_REVISION = re.compile(r'name="revision" value="(\d+)"')


def revision_of(visit: Visit, path: str = CITATION) -> str:
    found = _REVISION.search(visit.read(path))
    assert found is not None
    return found.group(1)


@pytest.fixture
def drafted(centre: Visit) -> Visit:
    """ZHOU with a draft of the citation search at library A."""
    assert centre.post(f"{CITATION}/adapt").status_code == 303
    return centre


def line_form(amount: str, **more: str) -> dict[str, str]:
    """Return the form of the line of papers as its page would send it."""
    return {
        "group": "lines",
        "key": "papers",
        "do": "save",
        "label.zh": "论文",
        "label.en": "Papers",
        "amount": amount,
        "each": "papers_count",
        **more,
    }


def test_the_list_says_what_is_offered_and_where_it_comes_from(centre: Visit) -> None:
    page = centre.read(SERVICES)

    for name in ("Topic consultation", "Citation search", "Novelty search", "Proxy search", "Document delivery"):
        assert name in page
    assert page.count("shipped with the program") == 5
    assert centre.client.get(f"{CITATION}/nowhere").status_code == 404
    assert centre.client.get(f"{SERVICES}/nothing").status_code == 404


def test_whoever_does_not_administer_the_node_sees_no_services(doors: Doors, centre: Visit) -> None:
    assert "Citation search" in centre.read(SERVICES)
    lin = doors.sign_in("lin")
    for path in (SERVICES, CITATION, f"{CITATION}/trial", f"{CITATION}/versions"):
        assert lin.client.get(path).status_code == 403


@pytest.mark.parametrize("part", ["", "/sections", "/fields", "/prices", "/times", "/states", "/transitions"])
def test_every_part_is_shown_with_and_without_a_draft(centre: Visit, part: str) -> None:
    for code in ("citation_search", "document_delivery"):
        shown = centre.read(f"{SERVICES}/{code}{part}")
        assert "as published" in shown
        centre.post(f"{SERVICES}/{code}/adapt")
        assert 'name="revision" value="1"' in centre.read(f"{SERVICES}/{code}{part}")


@pytest.mark.parametrize(
    ("part", "group", "key"),
    [
        ("sections", "sections", "papers"),
        ("fields", "fields", "purpose_other"),
        ("fields", "fields", "databases"),
        ("prices", "lines", "rush"),
        ("prices", "waivers", "first_free"),
        ("times", "speeds", "rush"),
        ("states", "states", "delivered"),
        ("transitions", "transitions", "approve_draft_passed"),
    ],
)
def test_a_form_saved_as_it_is_shown_changes_nothing(drafted: Visit, part: str, group: str, key: str) -> None:
    page = html.fromstring(drafted.client.get(f"{CITATION}/{part}?item={key}").text)
    (form,) = page.xpath("//td[@colspan]//form[.//button[@value='save']]")
    sent = [*form.form_values(), ("do", "save")]
    assert ("key", key) in sent
    assert ("group", group) in sent

    answer = drafted.client.post(f"{CITATION}/{part}", content=urlencode(sent), headers=FORM, follow_redirects=False)

    assert answer.status_code == 303, answer.text
    assert revision_of(drafted) == "1"


def test_a_price_is_changed_published_and_shown_as_a_difference(drafted: Visit) -> None:
    answer = drafted.post(f"{CITATION}/prices", **line_form("2"), revision="1")
    assert answer.headers["location"] == f"{CITATION}/prices?done=saved"

    page = drafted.read(CITATION)
    assert "Price lines" in page
    assert "<del>10.00</del>" in page
    assert "<ins>2.00</ins>" in page

    refused = drafted.post(f"{CITATION}/publish", revision="2", note=" ", do="publish")
    assert refused.status_code == 422
    published = drafted.post(f"{CITATION}/publish", revision="2", note="新价目", do="publish")
    assert published.headers["location"] == f"{CITATION}?done=published"
    assert "this node" in drafted.read(SERVICES)
    assert "新价目" in drafted.read(f"{CITATION}/versions")


def test_an_entry_that_does_not_fit_comes_back_with_its_problem_beside_it(drafted: Visit) -> None:
    answer = drafted.post(f"{CITATION}/prices", **line_form("much"), revision="1")

    assert answer.status_code == 422
    assert 'value="much"' in answer.text
    assert "This is not a number." in answer.text
    assert 'id="wrong-lines-amount"' in answer.text
    assert revision_of(drafted) == "1"


def test_what_keeps_a_draft_from_being_published_is_shown_at_its_place(drafted: Visit) -> None:
    drafted.post(f"{CITATION}/prices", **line_form("10", when="speed = tomorrow"), revision="1")

    page = drafted.read(f"{CITATION}/prices")
    assert page.count("tomorrow is not a choice of that field.") == 2
    assert drafted.post(f"{CITATION}/publish", revision="2", note="x", do="publish").status_code == 422


def test_of_two_editors_the_second_sees_both_texts(drafted: Visit) -> None:
    drafted.post(f"{CITATION}/prices", **line_form("3"), revision="1")

    answer = drafted.post(f"{CITATION}/prices", **line_form("4"), revision="1")

    assert answer.status_code == 409
    assert "<ins>4</ins>" in answer.text
    assert "<del>3.00</del>" in answer.text or "<del>3</del>" in answer.text
    again = drafted.post(f"{CITATION}/prices", **line_form("4"), revision="2")
    assert again.status_code == 303


def test_parts_are_added_moved_and_removed(drafted: Visit) -> None:
    added = {"group": "fields", "key": "room", "do": "add", "label.zh": "取件地点", "label.en": ""}
    assert (
        drafted.post(f"{CITATION}/fields", **added, revision="1").headers["location"].endswith("done=saved&item=room")
    )
    assert drafted.post(f"{CITATION}/fields", **added, revision="2").status_code == 422
    moved = {"group": "fields", "key": "room", "do": "up"}
    assert drafted.post(f"{CITATION}/fields", **moved, revision="2").status_code == 303
    assert drafted.post(f"{CITATION}/fields", group="fields", key="room", do="remove", revision="3").status_code == 303
    assert "取件地点" not in drafted.read(f"{CITATION}/fields")
    for group in ("states", "transitions", "lines", "waivers", "speeds", "sections"):
        part = {"lines": "prices", "waivers": "prices", "speeds": "times"}.get(group, group)
        revision = revision_of(drafted, f"{CITATION}/{part}")
        new = {"group": group, "key": "brand_new", "do": "add", "label.zh": "新的", "label.en": "New"}
        assert drafted.post(f"{CITATION}/{part}", **new, revision=revision).status_code == 303
        assert "brand_new" in drafted.read(f"{CITATION}/{part}")


def form_of(visit: Visit, part: str, key: str) -> dict[str, str]:
    """Return the form of an open row as it is shown."""
    page = html.fromstring(visit.client.get(f"{CITATION}/{part}?item={key}").text)
    (form,) = page.xpath("//td[@colspan]//form[.//button[@value='save']]")
    return {name: value for name, value in form.form_values() if name != "csrf_token"} | {"do": "save"}


def test_a_code_is_changed_on_the_page_and_what_refers_to_it_follows(drafted: Visit) -> None:
    form = form_of(drafted, "fields", "affiliation")
    assert form["new_key"] == "affiliation"

    renamed = drafted.post(f"{CITATION}/fields", **form | {"new_key": "who_asks", "label.en": "Who asks"})

    assert renamed.status_code == 303, renamed.text
    page = drafted.read(f"{CITATION}/fields")
    assert 'id="fields-who_asks"' in page
    assert "Who asks" in page
    assert 'id="fields-affiliation"' not in page
    assert "Before it can be published:" not in page
    assert "who_asks = own" in drafted.read(f"{CITATION}/prices?item=first_free")
    state = form_of(drafted, "states", "accepted") | {"new_key": "taken_on"}
    assert drafted.post(f"{CITATION}/states", **state).status_code == 303
    assert "Before it can be published:" not in drafted.read(f"{CITATION}/states")
    published = drafted.post(f"{CITATION}/publish", revision=revision_of(drafted), note="改代码", do="publish")
    assert published.headers["location"].endswith("done=published")


@pytest.mark.parametrize(
    ("key", "new_key", "reason"),
    [
        ("affiliation", "Who asks", "A key begins with a letter"),
        ("affiliation", "title", "title is there twice."),
        ("author_zh", "writer", "author_zh keeps its code: it says who the reader is"),
    ],
)
def test_a_code_that_cannot_be_comes_back_with_the_reason_at_its_input(
    drafted: Visit, key: str, new_key: str, reason: str
) -> None:
    form = form_of(drafted, "fields", key) | {"new_key": new_key, "label.en": "Typed name"}

    answer = drafted.post(f"{CITATION}/fields", **form)

    page = html.fromstring(answer.text)
    (entry,) = page.xpath("//input[@name='new_key']")
    (told,) = page.xpath(f"//*[@id='{entry.get('aria-describedby')}']")
    assert answer.status_code == 422
    assert (entry.get("value"), entry.get("aria-invalid")) == (new_key, "true")
    assert reason in told.text_content()
    assert 'value="Typed name"' in answer.text
    assert revision_of(drafted) == "1"


def test_a_choice_gets_another_code_and_the_speed_with_it(drafted: Visit) -> None:
    form = form_of(drafted, "fields", "speed")

    taken = drafted.post(f"{CITATION}/fields", **form | {"choice": "normal", "choice_key": "rush"})
    done = drafted.post(f"{CITATION}/fields", **form | {"choice": "normal", "choice_key": "slow"})

    assert taken.status_code == 422
    assert 'id="wrong-fields-choice">rush is there twice.' in taken.text
    assert done.status_code == 303
    assert 'id="speeds-slow"' in drafted.read(f"{CITATION}/times")
    assert "slow | 普通" in drafted.read(f"{CITATION}/fields?item=speed")
    assert "Before it can be published:" not in drafted.read(CITATION)


def test_a_report_is_taken_away_and_given_back(drafted: Visit) -> None:
    away = drafted.post(CITATION + "/basics", group="report", do="remove", revision="1")

    assert away.status_code == 303
    page = drafted.read(CITATION)
    assert "This service has no report" in page
    assert "This step waits for a report, and the service has none." in page
    assert drafted.post(f"{CITATION}/publish", revision="2", note="x", do="publish").status_code == 422
    chosen = {"group": "report", "do": "add", "report.template": "proxy_search"}
    assert drafted.post(CITATION + "/basics", **chosen, revision="2").status_code == 303
    page = drafted.read(CITATION)
    assert "Before it can be published:" not in page
    assert 'value="{library}-{service}-{year}-{serial:4}"' in page
    assert re.search(r'<option value="proxy_search" selected', page)


def test_a_rule_of_a_report_that_does_not_fit_is_told_at_its_input(drafted: Visit) -> None:
    given = {"group": "report", "do": "save", "report.title.zh": "报告", "report.title.en": "Report"}

    kept = drafted.post(
        CITATION + "/basics", **given, **{"report.number": "{year}", "report.template": "horoscope"}, revision="1"
    )

    page = html.fromstring(drafted.client.get(CITATION).text)
    assert kept.status_code == 303
    for name, reason in (("report.number", "{serial}"), ("report.template", "no form of a report called horoscope")):
        (told,) = page.xpath(f"//*[@id='wrong-report-{name}']")
        assert reason in told.text_content()
    assert drafted.post(f"{CITATION}/publish", revision="2", note="x", do="publish").status_code == 422


def test_cancellation_and_clock_are_set_in_tables(drafted: Visit) -> None:
    drafted.post(f"{CITATION}/prices", **{"group": "cancellation", "cancellation.in_progress": "30"}, revision="1")
    drafted.post(
        f"{CITATION}/times",
        **{"group": "effects", "effect.payment_proof": "starts_on", "effect.send_draft": "stops_on"},
        revision="2",
    )

    assert 'name="cancellation.in_progress" value="30"' in drafted.read(f"{CITATION}/prices")
    page = drafted.read(f"{CITATION}/times")
    assert re.search(r'name="effect.payment_proof".*?<option value="starts_on" selected', page, re.DOTALL)
    assert re.search(r'name="effect.deliver" aria.*?<option value="" selected', page, re.DOTALL)


def test_the_days_for_rework_are_set_and_a_number_that_cannot_be_is_told_at_its_input(drafted: Visit) -> None:
    given = {"group": "times", "do": "save", "speed_field": "speed", "intake_hours": "8", "remind_hours": "8"}

    refused = drafted.post(f"{CITATION}/times", **given, rework_days="0", revision="1")
    done = drafted.post(f"{CITATION}/times", **given, rework_days="5", revision="1")

    assert refused.status_code == 422
    assert 'id="wrong-times-rework_days"' in refused.text
    assert done.status_code == 303
    assert 'name="rework_days" value="5"' in drafted.read(f"{CITATION}/times")


def test_words_of_a_library_are_never_taken_for_sentences_of_ours(drafted: Visit) -> None:
    odd = {"group": "sections", "key": "papers", "do": "save", "label.zh": "论文 {x}", "label.en": "{0} <b>"}
    assert drafted.post(f"{CITATION}/sections", **odd, revision="1").status_code == 303

    for part in ("/sections", "/fields?item=papers", "/trial", ""):
        assert "<b>" not in drafted.client.get(f"{CITATION}{part}").text


def test_a_trial_shows_problems_price_deadline_and_walks_the_steps(drafted: Visit) -> None:
    drafted.post(f"{CITATION}/prices", **line_form("2"), revision="1")
    assert "Nothing is kept" in drafted.read(f"{CITATION}/trial")
    filled = {
        "affiliation": "outside",
        "department": "化学学院",
        "purpose": "promotion",
        "title": "李明论文检索",
        "author_zh": "李明",
        "author_en": "Li, Ming",
        "institution_zh": "东湖大学",
        "papers": "7",
        "databases": "scie",
        "items": "indexing",
        "speed": "normal",
        "delivery_by": "electronic",
        "starts_at": "2026-03-02T09:00",
        "at": "2026-03-02T10:00",
    }

    wanting = drafted.post(f"{CITATION}/trial", affiliation="outside", starts_at="2026-03-02T09:00")
    page = drafted.post(f"{CITATION}/trial", **filled)
    stepped = drafted.post(f"{CITATION}/trial", **filled, step="submit reader")

    assert "entries need attention" in wanting.text
    assert "The form is complete." in page.text
    assert "<strong>34.00</strong>" in page.text
    assert "3 working days: due" in page.text
    assert 'value="submit reader 2026-03-02T10:00"' in stepped.text
    assert "Submitted" in stepped.text
    impossible = drafted.post(f"{CITATION}/trial", **filled, step="deliver searcher")
    assert impossible.status_code == 409
    assert 'name="taken"' not in impossible.text


def test_a_service_is_switched_off_and_on_again(centre: Visit, townsfolk: Village) -> None:
    off = centre.post(f"{CITATION}/offer")
    assert off.headers["location"].endswith("done=switched_off")
    assert centre.read(SERVICES).count('state-waiting">no') == 1

    on = centre.post(f"{CITATION}/offer", is_offered="yes", desk=str(townsfolk.desk_a))
    assert on.headers["location"].endswith("done=offered")
    assert centre.post(f"{CITATION}/offer", is_offered="yes", desk=str(townsfolk.desk_b)).status_code == 404
    assert centre.post(f"{CITATION}/inherit").status_code == 409


def test_a_service_of_ones_own_is_added_by_form(centre: Visit) -> None:
    fields = {"service": "thesis_check", "name_zh": "论文查重", "name_en": "Thesis check", "like": "proxy_search"}

    assert centre.post(SERVICES, **fields).headers["location"] == f"{SERVICES}/thesis_check?done=drafted"
    assert "not published yet" in centre.read(SERVICES)
    taken = centre.post(SERVICES, **fields)
    assert taken.status_code == 409
    assert 'value="论文查重"' in taken.text
