"""Articles: from draft to publication by two people, conflicts that lose nothing, and who may not do what."""

import re
from html import unescape

import pytest

from qa_server.desk.articles import curating
from tests.admin.conftest import Doors, Visit
from tests.village import Village

FIELDS = {
    "key": "loans.renewal",
    "language": "zh",
    "owner": "AAA",
    "question": "图书怎么续借？",
    "alternates": "续借在哪里\n  能不能再借一次 \n",
    "answer": "在**我的图书馆**里续借。",
    "service_topic": "borrowing",
    "question_type": "policy",
    "clc_class": "G",
    "valid_until": "2027-08-31",
}


def write(visit: Visit, **changes: str) -> str:
    """Write an article; return its path."""
    answer = visit.post("/console/articles/new", **{**FIELDS, **changes})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].partition("?")[0]


def submitted(doors: Doors) -> str:
    """Write and submit an article as LIN; return its path."""
    visit = doors.sign_in("lin")
    path = write(visit)
    assert visit.post(f"{path}/submission").status_code == 303
    return path


def test_an_article_is_written_submitted_and_published_by_another_person(doors: Doors) -> None:
    path = submitted(doors)
    curator = doors.sign_in("zhou")
    assert curator.post(f"{path}/publication").headers["location"] == f"{path}?done=published"
    page = curator.read(f"{path}?done=published")
    assert "Published. Readers find it from now on." in page
    assert "<strong>我的图书馆</strong>" in page
    assert "能不能再借一次" in page
    assert "2027-08-31" in page


def test_the_author_is_told_that_another_person_has_to_publish(doors: Doors) -> None:
    curator = doors.sign_in("zhou")
    path = write(curator)
    curator.post(f"{path}/submission")
    refused = curator.post(f"{path}/publication")
    assert refused.status_code == 403
    assert "another person has to review it" in refused.text
    assert "In review" in refused.text


def test_a_librarian_without_the_right_is_not_offered_and_not_allowed_to_publish(doors: Doors) -> None:
    path = submitted(doors)
    other = doors.sign_in("chen")
    assert "/publication" not in other.read(path)
    assert other.post(f"{path}/publication").status_code == 403
    assert "/publication" in doors.sign_in("zhou").read(path)


def test_a_librarian_of_another_library_sees_and_changes_nothing(doors: Doors, townsfolk: Village) -> None:
    path = submitted(doors)
    stranger = doors.sign_in("grace")
    assert "图书怎么续借？" in doors.sign_in("chen").read("/console/articles")
    assert "图书怎么续借？" not in stranger.read("/console/articles")
    for page in (path, f"{path}/edit", f"{path}/revisions"):
        assert stranger.client.get(page).status_code == 404
    for step in ("edit", "submission", "publication", "return", "retirement"):
        assert stranger.post(f"{path}/{step}", reason="x", **FIELDS).status_code == 404
    assert curating.list_articles(doors.place, townsfolk.chen).cards[0].revision.number == 1


def test_an_article_cannot_be_written_for_another_library(doors: Doors) -> None:
    visit = doors.sign_in("grace")
    page = visit.read("/console/articles/new")
    assert 'value="BBB"' in page
    assert 'value="AAA"' not in page
    # A code that is not on offer counts as the own library, never as the one asked for.
    path = write(visit, owner="AAA")
    assert "BBB Library" in visit.read(path)
    assert doors.sign_in("lin").client.get(path).status_code == 404


@pytest.mark.parametrize("step", ["submission", "publication", "return", "retirement", "edit"])
def test_every_change_needs_the_token_of_the_page(doors: Doors, step: str) -> None:
    visit = doors.sign_in("lin")
    path = write(visit)
    for fields in ({}, {"csrf_token": "guessed"}):
        answer = visit.client.post(f"{path}/{step}", data=fields, follow_redirects=False)
        assert answer.status_code == 403
        assert "out of date" in answer.text


def test_a_reviewer_sends_back_with_a_reason_that_the_author_reads(doors: Doors) -> None:
    path = submitted(doors)
    curator = doors.sign_in("zhou")
    refused = curator.post(f"{path}/return", reason="  ")
    assert refused.status_code == 422
    assert "Say why you send this back" in refused.text
    curator.post(f"{path}/return", reason="请写明次数。")
    page = doors.sign_in("lin").read(path)
    assert "请写明次数。" in page
    assert "Draft" in page


def test_a_publisher_sees_both_articles_before_one_pushes_the_other_aside(doors: Doors) -> None:
    author, curator = doors.sign_in("lin"), doors.sign_in("zhou")
    first = submitted(doors)
    curator.post(f"{first}/publication")
    asked = "续借图书 网上 怎么办理"
    assert author.post(f"{first}/test-questions", words=asked, top="1", library="").status_code == 303
    second = write(author, key="loans.rival", question=asked)
    author.post(f"{second}/submission")
    assert "If this is published, a test question" in author.read(f"{second}/rehearsal")
    refused = curator.post(f"{second}/publication")
    assert refused.status_code == 409
    page = unescape(refused.text)
    assert "Not published yet" in page
    assert f'href="{first}"' in page
    assert "this article" in page
    assert "Publish</button>" in page
    (loser,) = re.findall(r'name="knowingly" value="([^"]+)"', page)
    assert curator.post(f"{second}/publication", knowingly="nonsense").status_code == 409
    assert curator.post(f"{second}/publication", knowingly=loser).status_code == 303
    assert "Approved knowingly" in curator.read(f"{second}/story")


def test_the_warning_keeps_the_reason_for_personal_details(doors: Doors) -> None:
    author, curator = doors.sign_in("lin"), doors.sign_in("zhou")
    first = submitted(doors)
    curator.post(f"{first}/publication")
    author.post(f"{first}/test-questions", words="续借图书 网上 怎么办理", top="1", library="")
    second = write(author, key="loans.rival", question="续借图书 网上 怎么办理", answer="请打13912345678找王老师。")
    author.post(f"{second}/submission")
    refused = curator.post(f"{second}/masks/publication", reason="公开的值班电话")
    page = unescape(refused.text)
    assert refused.status_code == 409
    assert f'action="{second}/masks/publication"' in page
    assert 'name="reason" value="公开的值班电话"' in page
    (loser,) = re.findall(r'name="knowingly" value="([^"]+)"', page)
    again = curator.post(f"{second}/masks/publication", reason="公开的值班电话", knowingly=loser)
    assert again.status_code == 303
    assert "Published" in curator.read(f"{second}/story")


def test_a_wrong_field_is_named_in_place_and_everything_typed_stays(doors: Doors) -> None:
    visit = doors.sign_in("lin")
    answer = visit.post("/console/articles/new", **{**FIELDS, "key": "Not A Key", "answer": "保留我"})
    assert answer.status_code == 422
    assert "This field is not made of lower-case words joined by dots." in answer.text
    assert 'value="Not A Key"' in answer.text
    assert "保留我" in answer.text
    wrong_date = visit.post("/console/articles/new", **{**FIELDS, "valid_until": "tomorrow"})
    assert "This field is not a date." in wrong_date.text


def test_of_two_who_save_at_once_the_second_sees_both_changes_put_together_and_loses_nothing(doors: Doors) -> None:
    first, second = doors.sign_in("lin"), doors.sign_in("chen")
    path = write(first, answer="在馆内续借。\n电话办理。")
    change = {**FIELDS, "expected_revision": "1", "change_note": "改"}
    assert first.post(f"{path}/edit", **{**change, "answer": "在线续借两次。\n电话办理。"}).status_code == 303
    late = second.post(f"{path}/edit", **{**change, "answer": "在线续借三次。\n电话 8000 办理。"})
    assert late.status_code == 409
    assert "The other version" in late.text
    assert "both changed the same" in late.text
    # Theirs and mine where both changed, and what only one side changed once.
    assert "在线续借两次。\n在线续借三次。\n电话 8000 办理。</textarea>" in late.text
    assert 'name="expected_revision" value="2"' in late.text
    mine = second.post(f"{path}/edit", **{**change, "expected_revision": "2"}, use="answer:mine")
    assert "在线续借三次。\n电话 8000 办理。</textarea>" in mine.text
    theirs = second.post(f"{path}/edit", **change, use="answer:theirs")
    assert "在线续借两次。\n电话 8000 办理。</textarea>" in theirs.text
    # A closed browser loses nothing: the text waits on the server, for its author alone.
    assert "Put both together" in second.read(f"{path}/edit")
    assert "在线续借三次。" in second.read(f"{path}/merge")
    assert "Put both together" not in first.read(f"{path}/edit")
    assert second.post(f"{path}/edit", **{**change, "expected_revision": "2"}).status_code == 303
    assert "Put both together" not in second.read(f"{path}/edit")


def test_a_change_without_a_note_is_asked_for_one(doors: Doors) -> None:
    visit = doors.sign_in("lin")
    path = write(visit)
    answer = visit.post(f"{path}/edit", **FIELDS, expected_revision="1", change_note=" ")
    assert answer.status_code == 422
    assert "Say in a few words what you changed." in answer.text


def test_revisions_show_what_changed_character_by_character(doors: Doors) -> None:
    visit = doors.sign_in("lin")
    path = write(visit)
    visit.post(
        f"{path}/edit",
        **{**FIELDS, "answer": "在**我的图书馆**里续借两次。"},
        expected_revision="1",
        change_note="写明次数",
    )
    page = visit.read(f"{path}/revisions")
    assert "续借<ins>两次</ins>。" in page
    assert "写明次数" in page
    assert "Lin" in page


def test_the_preview_is_what_readers_will_see_and_harmless(doors: Doors) -> None:
    visit = doors.sign_in("lin")
    answer = visit.post("/console/articles/preview", answer="**bold** <script>alert(1)</script>")
    assert "<strong>bold</strong>" in answer.text
    assert "<script>" not in answer.text
    without_script = visit.post("/console/articles/new", **FIELDS, preview="1")
    assert without_script.status_code == 200
    assert "<strong>我的图书馆</strong>" in without_script.text


def test_the_list_is_narrowed_by_state_and_topic_and_takes_any_nonsense(doors: Doors) -> None:
    visit = doors.sign_in("lin")
    write(visit)
    assert "图书怎么续借？" in visit.read("/console/articles?state=draft&topic=borrowing&language=zh")
    assert "图书怎么续借？" not in visit.read("/console/articles?state=published")
    assert "图书怎么续借？" not in visit.read("/console/articles?topic=theses")
    visit.read("/console/articles?state=%3Cb%3E&topic=x&language=fr&page=-3&q=")
    visit.read("/console/articles?page=99999999999999")


def test_a_search_finds_drafts_by_their_words_and_else_the_closest_published_ones(doors: Doors) -> None:
    path = submitted(doors)
    visit = doors.sign_in("lin")
    assert "图书怎么续借？" in visit.read("/console/articles?q=我的图书馆")
    assert "图书怎么续借？" in visit.read("/console/articles?q=LOANS.renewal&state=in_review")
    assert "图书怎么续借？" not in visit.read("/console/articles?q=图书续借")
    doors.sign_in("zhou").post(f"{path}/publication")
    page = visit.read("/console/articles?q=图书续借")
    assert "图书怎么续借？" in page
    assert "Closest in meaning among what is published: 2" in page


def test_a_retired_article_is_restored_by_a_reviewer(doors: Doors) -> None:
    path = submitted(doors)
    curator = doors.sign_in("zhou")
    assert "/restoration" not in curator.read(path)
    curator.post(f"{path}/publication")
    curator.post(f"{path}/retirement")
    assert "/restoration" not in doors.sign_in("lin").read(path)
    assert doors.sign_in("lin").post(f"{path}/restoration").status_code == 403
    assert "/restoration" in curator.read(path)
    assert curator.post(f"{path}/restoration").headers["location"] == f"{path}?done=restored"
    page = curator.read(path)
    assert "state-published" in page
    assert "/restoration" not in page
    assert curator.post(f"{path}/restoration").status_code == 409


def test_retiring_is_for_reviewers_and_ends_the_steps(doors: Doors) -> None:
    path = submitted(doors)
    assert doors.sign_in("lin").post(f"{path}/retirement").status_code == 403
    curator = doors.sign_in("zhou")
    assert curator.post(f"{path}/retirement").status_code == 303
    page = curator.read(path)
    assert "Retired" in page
    assert f"{path}/edit" not in page
    assert curator.post(f"{path}/retirement").status_code == 409
