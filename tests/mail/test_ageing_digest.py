"""Curators hear once a day, by mail, of their answers that aged; who gave no address or switched it off does not."""

from datetime import timedelta
from uuid import UUID

import pytest

from knowledge import articles, reasons
from knowledge.content import ArticleContent
from knowledge.life_models import KnowledgeTimer, ReasonKind
from qa_server.desk import preferring
from qa_server.desk.articles.telling import MAX_LINES, tell_curators
from qa_server.desk.preferring import Preferences
from qa_server.desk.sending_letters import send_due
from qa_server.desk.workplace import Workplace
from qa_server.people.models import Role, RoleGrant
from tests.fakes import Clock
from tests.mail.mailroom import Mailroom, words_of
from tests.village import Village

ADDRESS = "zhou@example.edu"


@pytest.fixture
def told(place: Workplace, people: Village) -> Workplace:
    """The place after its first look, with ZHOU, who curates library A, wanting letters."""
    preferring.prefer(place, people.zhou, Preferences(mail_address=ADDRESS))
    assert tell_curators(place) == 0
    return place


def published(place: Workplace, people: Village, *, key: str = "loans.renewal", owner: UUID | None = None) -> UUID:
    content = ArticleContent(
        key=key,
        language="zh",
        question=f"图书怎么续借（{key}）？",
        answer="网上办理。",
        service_topic="borrowing",
        question_type="fact",
    )
    with place.database.write() as session:
        made = articles.draft(session, content=content, owner=owner or people.library_a, author_id=people.lin.id)
        articles.submit(session, made)
        articles.publish(session, made, reviewer_id=people.zhou.id)
        return made.id


def age(place: Workplace, article: UUID, kind: ReasonKind = ReasonKind.DEAD_LINK) -> None:
    with place.database.write() as session:
        assert reasons.note(session, article, kind, {}, now=place.clock())


def a_day_later(place: Workplace, clock: Clock) -> int:
    """Let a day pass; return how many letters went out."""
    clock.forward(hours=24)
    tell_curators(place)
    return send_due(place)


def test_what_came_up_since_the_last_letter_is_told_once(
    told: Workplace, people: Village, clock: Clock, mailroom: Mailroom
) -> None:
    place, article = told, published(told, people)
    age(place, article)
    age(place, article, ReasonKind.HELPS_LESS)
    assert a_day_later(place, clock) == 1
    ((recipient, message),) = mailroom.arrived
    assert recipient == ADDRESS
    assert message["Subject"] == "1 条答案需要复查"
    text = words_of(message)
    assert "图书怎么续借（loans.renewal）？" in text
    assert "有链接已失效" in text or "链接" in text
    assert "https://ask.example.edu/console/articles/due" in text
    # The same day there is no second letter, whatever happens.
    age(place, published(place, people, key="loans.other"), ReasonKind.SOURCE_CHANGED)
    tell_curators(place)
    assert send_due(place) == 0
    # The next one tells of what is new alone, and without news there is none.
    assert a_day_later(place, clock) == 1
    assert "loans.other" in words_of(mailroom.arrived[1][1])
    assert "loans.renewal" not in words_of(mailroom.arrived[1][1])
    assert a_day_later(place, clock) == 0


def test_what_was_settled_before_the_letter_is_left_out(
    told: Workplace, people: Village, clock: Clock, mailroom: Mailroom
) -> None:
    place, article = told, published(told, people)
    age(place, article)
    with place.database.write() as session:
        reasons.settle(session, article, outcome="confirmed", by=people.zhou.id, now=place.clock())
    assert a_day_later(place, clock) == 0


def test_who_said_no_or_gave_no_address_hears_nothing(
    told: Workplace, people: Village, clock: Clock, mailroom: Mailroom
) -> None:
    place = told
    age(place, published(place, people))
    preferring.prefer(place, people.zhou, Preferences(mail_address=ADDRESS, mails_ageing=False))
    assert a_day_later(place, clock) == 0
    preferring.prefer(place, people.zhou, Preferences())
    age(place, published(place, people, key="loans.other"))
    assert a_day_later(place, clock) == 0


def test_only_the_curators_of_the_owner_hear_and_above_it_where_it_has_none(
    told: Workplace, people: Village, clock: Clock, mailroom: Mailroom
) -> None:
    place = told
    with place.database.write() as session:
        grant = RoleGrant(librarian_id=people.chen.id, library_id=people.nation, role=Role.CURATOR)
        session.add(grant)
    preferring.prefer(place, people.chen, Preferences(mail_address="chen@example.edu"))
    preferring.prefer(place, people.grace, Preferences(mail_address="grace@example.edu"))
    age(place, published(place, people))
    # Library B has no curator of its own: whoever curates above it hears.
    age(place, published(place, people, key="rooms.b", owner=people.library_b))
    assert a_day_later(place, clock) == 2
    words = {recipient: words_of(message) for recipient, message in mailroom.arrived}
    assert set(words) == {ADDRESS, "chen@example.edu"}
    assert ("loans.renewal" in words[ADDRESS], "rooms.b" in words[ADDRESS]) == (True, False)
    assert ("loans.renewal" in words["chen@example.edu"], "rooms.b" in words["chen@example.edu"]) == (False, True)


def test_a_long_list_is_cut_and_counted(told: Workplace, people: Village, clock: Clock, mailroom: Mailroom) -> None:
    place = told
    for number in range(MAX_LINES + 3):
        age(place, published(place, people, key=f"loans.n{number}"))
    assert a_day_later(place, clock) == 1
    text = words_of(mailroom.arrived[0][1])
    assert "另有 3 条" in text
    assert text.count("图书怎么续借") == MAX_LINES


def test_a_process_that_died_in_the_middle_sends_nobody_a_second_letter(
    told: Workplace, people: Village, clock: Clock, mailroom: Mailroom
) -> None:
    place = told
    age(place, published(place, people))
    assert a_day_later(place, clock) == 1
    with place.database.write() as session:
        session.get_one(KnowledgeTimer, "digests").due_at = place.clock() - timedelta(minutes=1)
    age(place, published(place, people, key="loans.other"))
    assert tell_curators(place) == 0
    assert send_due(place) == 0
