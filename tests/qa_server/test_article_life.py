"""Articles through time: who finds them and when, planned publications, layers, talk, what is looked at again."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from knowledge.articles import merge
from knowledge.catalogue import Scope
from knowledge.content import ArticleContent
from knowledge.errors import (
    ArticleChanged,
    CommentEmpty,
    MomentPast,
    NotPublished,
    OwnRevision,
    ReasonMissing,
    ReviewerUnfit,
    TopicTaken,
)
from knowledge.life_models import ReasonKind
from knowledge.models import Article, ArticleState
from knowledge.proposal_models import AnswerVerdict
from qa_server.desk import finding
from qa_server.desk.articles import curating, keeping_true
from qa_server.desk.articles import layers as article_layers
from qa_server.desk.articles import reviews as article_reviews
from qa_server.desk.articles import talk as article_talk
from qa_server.desk.asking import KnownReader
from qa_server.desk.workplace import Workplace
from qa_server.network.article_settings import NOTED, PAST_ANSWERS
from qa_server.network.models import Alliance, AllianceMember
from qa_server.network.node_settings import set_value
from qa_server.people.models import Role
from qa_server.people.reader_models import ReaderIdentity
from qa_server.people.rights import Grant, StaffMember
from storage.errors import AppError, Forbidden, NotFound
from tests.fakes import Clock
from tests.village import Village, come_in

CONTENT = ArticleContent(
    key="loans.renewal",
    language="zh",
    question="怎么续借图书？",
    answer="在“我的图书馆”里续借。",
    service_topic="borrowing",
    question_type="guidance",
)
QUERY = "续借"


@pytest.fixture
def living(place: Workplace, people: Village) -> Workplace:
    """The place with its search started, as in a running service."""
    place.search.start()
    return place


def write(place: Workplace, author: StaffMember, owner: UUID | None = None, **changes: object) -> UUID:
    """Write and submit an article."""
    article = curating.draft(place, author, replace(CONTENT, **changes), owner=owner)  # type: ignore[arg-type]
    curating.submit(place, author, article)
    return article


def published(place: Workplace, people: Village, **changes: object) -> UUID:
    """Return an article of library A, written by LIN and published by ZHOU."""
    article = write(place, people.lin, None, **changes)
    curating.publish(place, people.zhou, article)
    return article


def found(place: Workplace, reader: KnownReader | None = None, *, library: str = "AAA") -> list[UUID]:
    """Return what a reader finds."""
    answers = finding.for_reader(
        place, library_code=library, query=QUERY, language=None, limit=5, network="n", reader=reader
    )
    return [hit.article_id for hit in answers.hits]


def centre(people: Village) -> StaffMember:
    """ZHOU as curator of the nation."""
    return replace(people.zhou, grants=(*people.zhou.grants, Grant(people.nation, Role.CURATOR)))


def state_of(place: Workplace, article: UUID) -> str:
    with place.database.read() as session:
        return session.get_one(Article, article).state


def reasons_of(place: Workplace, people: Village, article: UUID) -> set[str]:
    return {reason.kind for reason in article_reviews.reasons_of(place, people.zhou, article)}


def test_each_visibility_is_found_by_its_readers_and_nobody_else(living: Workplace, people: Village) -> None:
    place = living
    public = published(place, people)
    members = published(place, people, key="loans.members", visibility="signed_in")
    staff = published(place, people, key="loans.staff", visibility="staff")
    stranger, vouched_for = come_in(place)[0], come_in(place)[0]
    with place.database.write() as session:
        row = ReaderIdentity(reader_id=vouched_for.id, library_id=people.library_a, subject="s", name="n", details={})
        row.verified_at = place.clock()
        session.add(row)
    assert found(place) == found(place, stranger) == [public]
    assert set(found(place, vouched_for)) == {public, members}
    for_lin = finding.for_staff(place, people.lin, library_code="AAA", query=QUERY, language=None)
    assert {hit.article_id for hit in for_lin.hits} == {public, members, staff}
    assert {hit.visibility for hit in for_lin.hits} == {"public", "signed_in", "staff"}
    for_grace = finding.for_staff(place, people.grace, library_code="AAA", query=QUERY, language=None)
    assert [hit.article_id for hit in for_grace.hits] == [public]
    # By its address too.
    for hidden in (members, staff):
        with pytest.raises(NotFound):
            finding.article_for_reader(place, library_code="AAA", article_id=hidden, reader=stranger)
    assert finding.article_for_reader(place, library_code="AAA", article_id=members, reader=vouched_for)
    # And what is not public never leaves the index for those who may not have it, whatever the scope.
    assert len(place.search.rank(QUERY, scope=Scope((people.library_a, people.nation, people.library_b)))[1]) == 1


def test_a_change_of_visibility_needs_a_review_and_then_holds_at_once(living: Workplace, people: Village) -> None:
    place = living
    article = published(place, people, visibility="staff")
    assert found(place) == []
    open_ = replace(CONTENT, visibility="public")
    curating.revise(place, people.lin, article, open_, expected_revision=1, change_note="公开")
    assert found(place) == []
    curating.submit(place, people.lin, article)
    curating.publish(place, people.zhou, article)
    assert found(place) == [article]


def test_an_article_is_found_from_its_first_to_its_last_moment(
    living: Workplace, people: Village, clock: Clock
) -> None:
    place = living
    begin, end = place.clock() + timedelta(hours=1), place.clock() + timedelta(hours=2)
    article = published(place, people, valid_from=begin, valid_until=end)
    assert found(place) == []
    clock.forward(hours=1)
    assert keeping_true.begin_and_end(place) == 1
    assert keeping_true.begin_and_end(place) == 0
    assert found(place) == [article]
    clock.forward(hours=1)
    # Before any timer has noticed.
    assert found(place) == []
    assert keeping_true.begin_and_end(place) == 1
    assert keeping_true.begin_and_end(place) == 0
    assert (state_of(place, article), reasons_of(place, people, article)) == ("needs_review", {"ended"})
    lin = replace(people.lin, grants=(Grant(people.library_a, Role.CURATOR),))
    with pytest.raises(OwnRevision):
        article_reviews.confirm(place, lin, article, valid_until=None)
    article_reviews.confirm(place, people.zhou, article, valid_until=place.clock() + timedelta(days=9))
    assert (state_of(place, article), reasons_of(place, people, article)) == ("published", set())
    assert found(place) == [article]


def test_where_the_library_says_so_a_past_answer_is_still_found_with_its_date(
    living: Workplace, people: Village, clock: Clock
) -> None:
    place = living
    with place.database.write() as session:
        set_value(session, people.library_a, PAST_ANSWERS.key, NOTED, is_locked=False, by=None, now=place.clock())
    end = place.clock() + timedelta(hours=1)
    article = published(place, people, valid_until=end)
    clock.forward(hours=1)
    keeping_true.begin_and_end(place)
    answers = finding.for_reader(place, library_code="AAA", query=QUERY, language=None, limit=5, network="n")
    assert [(hit.article_id, hit.ended_at) for hit in answers.hits] == [(article, end)]
    with place.database.write() as session:
        set_value(session, people.library_a, PAST_ANSWERS.key, "hidden", is_locked=False, by=None, now=place.clock())
    keeping_true.look_at_all(place)
    assert found(place) == []


def test_a_planned_publication_happens_once_however_many_processes_look(
    living: Workplace, people: Village, clock: Clock
) -> None:
    place = living
    article = write(place, people.lin)
    with pytest.raises(MomentPast):
        article_reviews.plan(place, people.zhou, article, at=place.clock())
    with pytest.raises(Forbidden):
        article_reviews.plan(place, people.chen, article, at=place.clock() + timedelta(hours=1))
    article_reviews.plan(place, people.zhou, article, at=place.clock() + timedelta(hours=1))
    assert keeping_true.publish_planned(place) == 0
    clock.forward(hours=1)
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: keeping_true.publish_planned(place), range(4)))
    assert sum(done) == 1
    assert found(place) == [article]
    kinds = [each.kind for each in article_reviews.story(place, people.zhou, article)]
    assert kinds.count("published") == 1
    assert curating.article(place, people.zhou, article).article.reviewer_id == people.zhou.id


def test_a_change_after_the_review_calls_the_planned_publication_off(
    living: Workplace, people: Village, clock: Clock
) -> None:
    place = living
    article = write(place, people.lin)
    article_reviews.plan(place, people.zhou, article, at=place.clock() + timedelta(hours=1))
    curating.revise(place, people.lin, article, CONTENT, expected_revision=1, change_note="改")
    curating.submit(place, people.lin, article)
    clock.forward(hours=2)
    assert keeping_true.publish_planned(place) == 0
    assert found(place) == []


def test_taken_away_from_readers_it_is_a_draft_again(living: Workplace, people: Village) -> None:
    place = living
    article = published(place, people)
    with pytest.raises(ReasonMissing):
        curating.unpublish(place, people.zhou, article, reason=" ")
    curating.unpublish(place, people.zhou, article, reason="写错了")
    assert (state_of(place, article), found(place)) == ("draft", [])
    with pytest.raises(NotPublished):
        curating.unpublish(place, people.zhou, article, reason="x")
    curating.submit(place, people.lin, article)
    curating.publish(place, people.zhou, article)
    assert found(place) == [article]


def test_the_address_of_a_merged_article_leads_readers_to_what_took_its_place(
    living: Workplace, people: Village
) -> None:
    place = living
    first, second, third = (published(place, people, key=f"loans.k{number}") for number in range(3))
    with place.database.write() as session:
        merge(session, session.get_one(Article, first), into=session.get_one(Article, second), now=place.clock())
        merge(session, session.get_one(Article, second), into=session.get_one(Article, third), now=place.clock())
    assert finding.article_for_reader(place, library_code="AAA", article_id=first).article_id == third
    assert article_layers.moved_to(place, people.lin, first) == third
    with pytest.raises(NotFound):
        finding.article_for_reader(place, library_code="BBB", article_id=first)
    curating.retire(place, people.zhou, third)
    with pytest.raises(NotFound):
        finding.article_for_reader(place, library_code="AAA", article_id=first)


RIGHTS = {
    Role.DISPATCHER: {"view"},
    Role.LIBRARIAN: {"view", "add"},
    Role.EDITOR: {"view", "add", "edit"},
    Role.CURATOR: {"view", "add", "edit", "delete"},
    Role.LIBRARY_ADMINISTRATOR: {"view", "add", "edit", "delete"},
}


@pytest.mark.parametrize("role", RIGHTS)
def test_the_rights_are_view_add_edit_delete(place: Workplace, people: Village, role: Role) -> None:
    person = replace(people.chen, grants=(Grant(people.library_a, role),))
    steps: dict[str, Callable[[], object]] = {
        "view": lambda: curating.article(place, person, write(place, people.lin, key=f"a.k{uuid4().hex[:8]}")),
        "add": lambda: curating.draft(place, person, replace(CONTENT, key=f"b.k{uuid4().hex[:8]}")),
        "edit": lambda: curating.publish(place, person, write(place, people.lin, key=f"c.k{uuid4().hex[:8]}")),
        "delete": lambda: curating.retire(place, person, published(place, people, key=f"d.k{uuid4().hex[:8]}")),
    }
    for right, step in steps.items():
        if right in RIGHTS[role]:
            step()
        else:
            with pytest.raises(AppError) as refusal:
                step()
            assert refusal.value.code in ("forbidden", "not_found")


def test_an_alliances_answer_is_published_from_above_all_its_members(living: Workplace, people: Village) -> None:
    place = living
    with place.database.write() as session:
        alliance = Alliance(code="LANG", name_zh="外语共享域", name_en="Languages")
        session.add(alliance)
        session.flush()
        for library in (people.library_a, people.library_b):
            session.add(AllianceMember(alliance_id=alliance.id, library_id=library))
        owner = alliance.id
    article = write(place, people.lin, owner)
    assert curating.article(place, people.grace, article).owner.code == "LANG"
    with pytest.raises(Forbidden):
        curating.publish(place, people.zhou, article)
    curating.publish(place, centre(people), article)
    assert found(place, library="AAA") == found(place, library="BBB") == [article]


def test_a_reviewer_has_the_right_and_has_not_written_it(place: Workplace, people: Village) -> None:
    article = write(place, people.lin)
    assert [each.id for each in article_reviews.reviewers(place, people.lin, article)] == [people.zhou.id]
    article_reviews.assign(place, people.lin, article, reviewer_id=people.zhou.id)
    for unfit in (people.lin.id, people.chen.id, people.grace.id):
        with pytest.raises(ReviewerUnfit):
            article_reviews.assign(place, people.lin, article, reviewer_id=unfit)
    own = write(place, people.zhou, key="loans.own")
    waiting = article_reviews.review_queue(place, people.zhou)
    assert [(each.article.id, each.is_own) for each in waiting] == [(article, False), (own, True)]
    assert waiting[0].reviewer is not None
    assert article_reviews.review_queue(place, people.grace) == []


def test_comments_are_read_by_colleagues_and_threads_are_closed(place: Workplace, people: Village) -> None:
    article = write(place, people.lin)
    thread = article_talk.comment(place, people.zhou, article, body="次数对吗？")
    article_talk.comment(place, people.lin, article, body="对。", thread_id=thread)
    article_talk.resolve(place, people.zhou, article, thread)
    (found_thread,) = article_talk.talk(place, people.chen, article).threads
    assert [found_thread.first.body, *(reply.body for reply in found_thread.replies)] == ["次数对吗？", "对。"]
    assert found_thread.first.resolved_by_id == people.zhou.id
    article_talk.comment(place, people.lin, article, body="再看一下。", thread_id=thread)
    assert article_talk.talk(place, people.chen, article).threads[0].first.resolved_at is None
    with pytest.raises(CommentEmpty):
        article_talk.comment(place, people.lin, article, body=" ")
    for step in (article_talk.talk, article_talk.edits_now):
        with pytest.raises(NotFound):
            step(place, people.grace, article)


def test_of_two_who_write_at_once_both_texts_are_kept(place: Workplace, people: Village) -> None:
    article = write(place, people.lin)
    theirs, mine = replace(CONTENT, answer="在线续借。"), replace(CONTENT, answer="到馆续借。")
    curating.revise(place, people.lin, article, theirs, expected_revision=1, change_note="a")
    with pytest.raises(ArticleChanged):
        curating.revise(place, people.chen, article, mine, expected_revision=1, change_note="b")
    texts = article_talk.to_merge(place, people.chen, article)
    assert texts is not None
    assert (texts.base.answer, texts.theirs.answer, texts.mine.answer) == (CONTENT.answer, "在线续借。", "到馆续借。")
    assert article_talk.to_merge(place, people.lin, article) is None
    curating.revise(place, people.chen, article, mine, expected_revision=2, change_note="c")
    assert article_talk.to_merge(place, people.chen, article) is None


def test_who_has_the_form_open_is_told_to_others_until_it_is_closed(
    place: Workplace, people: Village, clock: Clock
) -> None:
    article = write(place, people.lin)
    assert article_talk.edits_now(place, people.lin, article) == []
    assert [each.login for each in article_talk.edits_now(place, people.chen, article)] == ["lin"]
    clock.forward(seconds=80)
    assert article_talk.editing_now(place, people.zhou, article) == []
    article_talk.edits_now(place, people.lin, article)
    article_talk.stops_editing(place, people.lin, article)
    assert article_talk.editing_now(place, people.zhou, article) == []


def test_an_own_answer_stands_in_for_the_national_one_and_hears_when_that_changes(
    living: Workplace, people: Village
) -> None:
    place, above = living, centre(people)
    national = write(place, above, people.nation)
    second = replace(people.chen, grants=(Grant(people.nation, Role.CURATOR),))
    curating.publish(place, second, national)
    assert found(place) == found(place, library="BBB") == [national]
    with pytest.raises(Forbidden):
        article_layers.override(place, people.lin, national, owner_code="BBB")
    own = article_layers.override(place, people.lin, national, owner_code="AAA")
    with pytest.raises(TopicTaken):
        article_layers.override(place, people.lin, national, owner_code="AAA")
    curating.submit(place, people.lin, own)
    curating.publish(place, people.zhou, own)
    assert (found(place), found(place, library="BBB")) == ([own], [national])

    changed = replace(CONTENT, answer="全国统一：可续借两次。")
    curating.revise(place, above, national, changed, expected_revision=1, change_note="新规")
    curating.submit(place, above, national)
    assert reasons_of(place, people, own) == set()
    curating.publish(place, second, national)
    below = article_layers.view(place, people.lin, own).below
    assert below is not None
    assert below.after is not None
    assert (below.before.number, below.after.number) == (1, 2)
    assert reasons_of(place, people, own) == {"layer_changed"}
    article_layers.still_right(place, people.lin, own)
    assert reasons_of(place, people, own) == set()
    assert not article_layers.view(place, people.lin, own).below.has_changed  # type: ignore[union-attr]

    curating.revise(place, above, national, CONTENT, expected_revision=2, change_note="又改")
    curating.submit(place, above, national)
    curating.publish(place, second, national)
    article_layers.take_over(place, people.lin, own, note="采用")
    card = curating.article(place, people.lin, own)
    assert (card.revision.answer, card.article.state) == (CONTENT.answer, "draft")
    assert reasons_of(place, people, own) == set()


def test_what_ends_soon_is_noted_by_night_and_confirmed(place: Workplace, people: Village) -> None:
    soon = published(place, people, valid_until=place.clock() + timedelta(days=20))
    later = published(place, people, key="loans.later", valid_until=place.clock() + timedelta(days=90))
    assert keeping_true.look_at_all(place) == 1
    assert keeping_true.look_at_all(place) == 0
    assert (reasons_of(place, people, soon), reasons_of(place, people, later)) == ({"ends_soon"}, set())
    assert state_of(place, soon) == ArticleState.PUBLISHED
    due, total = article_reviews.due_for_review(place, people.lin)
    assert ([each.article.id for each in due], total) == ([soon], 1)
    assert article_reviews.due_for_review(place, people.grace) == ([], 0)


def test_an_answer_that_helps_less_than_before_is_looked_at_and_still_found(
    living: Workplace, people: Village, clock: Clock
) -> None:
    place = living
    article = published(place, people)
    clock.forward(hours=24 * 100)
    with place.database.write() as session:
        for number in range(120):
            is_old = number < 80
            session.add(
                AnswerVerdict(
                    article_id=article,
                    revision_number=1,
                    library_id=people.library_a,
                    source="reader",
                    is_helpful=number % 10 != 0 if is_old else number % 2 == 0,
                    mark=f"{number:064d}",
                    said_at=place.clock() - timedelta(days=60 if is_old else 5),
                )
            )
    assert keeping_true.look_at_all(place) == 1
    (reason,) = article_reviews.reasons_of(place, people.zhou, article)
    assert (reason.kind, reason.details) == ("helps_less", {"before": 90, "lately": 50, "said": 40})
    assert (state_of(place, article), found(place)) == ("needs_review", [article])
    article_reviews.dismiss(place, people.zhou, article, ReasonKind.HELPS_LESS)
    assert state_of(place, article) == "published"
    # The same voices raise no second doubt.
    assert keeping_true.look_at_all(place) == 0


def test_anybody_who_writes_may_ask_for_a_look(place: Workplace, people: Village) -> None:
    article = published(place, people)
    article_reviews.ask_again(place, people.chen, article, why="次数改了")
    assert (state_of(place, article), reasons_of(place, people, article)) == ("needs_review", {"asked"})
    curating.revise(place, people.chen, article, CONTENT, expected_revision=1, change_note="改")
    curating.submit(place, people.chen, article)
    curating.publish(place, people.zhou, article)
    assert (state_of(place, article), reasons_of(place, people, article)) == ("published", set())


def test_an_old_revision_comes_back_as_a_new_one(place: Workplace, people: Village) -> None:
    article = published(place, people)
    changed = replace(CONTENT, answer="改过。", clc_class="G")
    curating.revise(place, people.lin, article, changed, expected_revision=1, change_note="改")
    assert curating.take_up_revision(place, people.lin, article, number=1, note="恢复") == 3
    card = curating.article(place, people.lin, article)
    assert (card.revision.answer, card.revision.clc_class, card.revision.number) == (CONTENT.answer, None, 3)
    with pytest.raises(NotFound):
        curating.take_up_revision(place, people.lin, article, number=9, note="x")
