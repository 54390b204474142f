"""Practice: like the real thing on the screen, and nowhere else."""

import re
from uuid import UUID

import pytest
from sqlalchemy import func, select

from qa_server.colleagues import cases, practices
from qa_server.colleagues.errors import PlayerRefused, PracticeEnded, PracticeOpen
from qa_server.colleagues.practice_models import PracticeMessage
from qa_server.conversations.models import Conversation, Message
from qa_server.desk import answering, noticing, practising, tidying
from qa_server.desk.timing import fire_all
from qa_server.desk.workplace import Workplace
from qa_server.people.rights import StaffMember
from storage.base import new_id
from storage.errors import NotFound
from tests.fakes import Clock, Ear
from tests.village import Village, new_client_id

CASE = "zh.renewal"


def answer(place: Workplace, person: StaffMember, practice: UUID, body: str) -> None:
    """Write one message of a practice."""
    practising.say(place, person, practice, client_id=new_client_id(), body=body)


def said(place: Workplace, person: StaffMember, practice: UUID) -> list[tuple[str, str]]:
    """Return who said what, by the same call as for conversations."""
    return [(each.author, each.body) for each in answering.desk_thread(place, person, practice, 0).messages]


def test_a_made_up_reader_asks_answers_back_and_leaves_content(
    place: Workplace, people: Village, clock: Clock, ear: Ear
) -> None:
    started = practising.start_case(place, people.chen, CASE)
    case = cases.case_named(CASE)
    assert case is not None
    assert (started.question, started.holder_id, started.state) == (case.question, people.chen.id, "active")
    for step in case.steps:
        answer(place, people.chen, started.id, f"请问 {' '.join(step.hears)}")
        assert fire_all(place) == 0
        clock.forward(seconds=9)
        fire_all(place)
        assert said(place, people.chen, started.id)[-1] == ("reader", step.says)
    answer(place, people.chen, started.id, "不客气。")
    clock.forward(seconds=60)
    fire_all(place)
    assert said(place, people.chen, started.id)[-1] == ("librarian", "不客气。")
    seqs = [each.seq for each in answering.desk_thread(place, people.chen, started.id, 0).messages]
    assert seqs == list(range(1, 2 * len(case.steps) + 3))
    assert "messages_posted" in ear.kinds()


def test_a_reader_who_was_not_heard_insists(place: Workplace, people: Village, clock: Clock) -> None:
    started = practising.start_case(place, people.chen, CASE)
    answer(place, people.chen, started.id, "您好！")
    clock.forward(seconds=9)
    fire_all(place)
    case = cases.case_named(CASE)
    assert case is not None
    assert said(place, people.chen, started.id)[-1] == ("reader", case.steps[0].otherwise)


def test_practice_is_no_conversation_and_no_reader_has_it(place: Workplace, people: Village) -> None:
    started = practising.start_case(place, people.chen, CASE)
    answer(place, people.chen, started.id, "您好")
    with place.database.read() as session:
        assert session.scalar(select(func.count()).select_from(PracticeMessage)) == 2
        assert session.scalar(select(func.count()).select_from(Conversation)) == 0
        assert session.scalar(select(func.count()).select_from(Message)) == 0
    assert answering.desk_listing(place, people.chen, people.desk_a).items == []
    assert answering.past_conversations(place, people.chen, before=None).items == []
    # What is done with conversations does not find it.
    for attempt in (answering.claim, answering.give_back):
        with pytest.raises(NotFound):
            attempt(place, people.chen, started.id)
    assert practices.is_practice(started.id)
    assert not any(practices.is_practice(new_id()) for _ in range(100))


def test_only_the_two_and_mentors_see_it(place: Workplace, people: Village) -> None:
    started = practising.start_case(place, people.chen, CASE)
    assert said(place, people.lin, started.id)
    with pytest.raises(NotFound):
        said(place, people.grace, started.id)
    # A mentor looks on and does not write in it.
    with pytest.raises(NotFound):
        answer(place, people.lin, started.id, "我来")
    with pytest.raises(NotFound):
        practising.end(place, people.lin, started.id)


def test_the_model_answer_and_feedback_come_after_the_end(place: Workplace, people: Village) -> None:
    started = practising.start_case(place, people.chen, CASE)
    assert practising.result(place, people.chen, started.id).model_answer == ""
    with pytest.raises(PracticeOpen):
        practising.give_feedback(place, people.lin, started.id, "好")
    ended = practising.end(place, people.chen, started.id)
    assert ended.model_answer
    assert ended.points
    assert practising.to_look_at(place, people.lin) == [ended]
    practising.give_feedback(place, people.lin, started.id, "先安抚再解释，会更好。")
    told = practising.result(place, people.chen, started.id)
    assert (told.feedback, told.feedback_zh) == ("先安抚再解释，会更好。", "lin老师")
    with pytest.raises(NotFound):
        practising.give_feedback(place, people.chen, started.id, "我很棒")
    with pytest.raises(PracticeEnded):
        answer(place, people.chen, started.id, "还有")


def test_a_colleague_plays_the_reader_after_an_invitation(place: Workplace, people: Village) -> None:
    started = practising.invite(place, people.chen, people.lin.id, question="请扮演一位找古籍的读者", language="zh")
    [notice] = noticing.my_notices(place, people.lin)
    assert (notice.kind, notice.practice_id) == ("practice_invited", started.id)
    answer(place, people.lin, started.id, "我想看善本。")
    answer(place, people.chen, started.id, "您好，请问您是哪个院系的？")
    assert [author for author, _ in said(place, people.lin, started.id)] == ["reader", "reader", "librarian"]
    practising.end(place, people.lin, started.id)
    practising.give_feedback(place, people.lin, started.id, "很好")
    with pytest.raises(PlayerRefused):
        practising.invite(place, people.chen, people.grace.id, question="你好", language="zh")
    with pytest.raises(PlayerRefused):
        practising.invite(place, people.chen, people.chen.id, question="你好", language="zh")


def test_a_message_sent_again_is_kept_once(place: Workplace, people: Village) -> None:
    started = practising.start_case(place, people.chen, CASE)
    client_id = new_client_id()
    sent = {practising.say(place, people.chen, started.id, client_id=client_id, body="您好").seq for _ in range(2)}
    assert sent == {2}


def test_practice_is_forgotten_after_the_days_of_the_node(place: Workplace, people: Village, clock: Clock) -> None:
    practising.invite(place, people.chen, people.lin.id, question="请扮演读者", language="zh")
    clock.forward(hours=24 * 29)
    young = practising.start_case(place, people.chen, CASE)
    clock.forward(hours=25)
    tidying.tidy(place)
    assert [each.id for each in practising.my_practices(place, people.chen)] == [young.id]
    assert noticing.my_notices(place, people.lin) == []


@pytest.mark.parametrize("case", cases.cases(), ids=lambda case: case.key)
def test_every_case_can_be_played_to_its_end(case: cases.Case) -> None:
    assert case.language in ("zh", "en")
    assert 1 <= case.level <= 3
    assert case.model_answer
    assert len(case.points) >= 3
    for number, step in enumerate(case.steps):
        assert cases.reply(case.steps, number, " ".join(step.hears).upper()) == step.says
        assert cases.reply(case.steps, number, "…") == (step.otherwise or step.says)
        assert 2 <= cases.seconds_to_type(step.says) <= 8
    assert cases.reply(case.steps, len(case.steps), "再见") is None
    # Nobody real: no addresses, no long numbers but the one a reader gives away in a case about it.
    assert not re.search(r"@|\d{7,}", str(case))


def test_both_languages_have_cases_of_every_level() -> None:
    levels = {(case.language, case.level) for case in cases.cases()}
    assert levels == {(language, level) for language in ("zh", "en") for level in (1, 2, 3)}
    assert len({case.key for case in cases.cases()}) == len(cases.cases())
