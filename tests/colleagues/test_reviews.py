"""Answers of trainees: nothing reaches a reader unread, nothing is lost, and numbers stay without a gap."""

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import select

from qa_server.colleagues import reviews
from qa_server.colleagues.errors import ReviewClosed, ReviewNeeded, ReviewPending
from qa_server.colleagues.node_settings import REVIEWS_TRAINEES
from qa_server.colleagues.review_models import Review
from qa_server.commands.invariants import conversation_findings
from qa_server.conversations.models import Conversation, Resolution
from qa_server.conversations.schemas import ReviewView, StaffThread
from qa_server.desk import (
    answering,
    asking,
    attaching,
    correcting,
    handing_over,
    noticing,
    reviewing,
    supervising,
    sweeping,
    talking,
)
from qa_server.desk.asking import KnownReader
from qa_server.desk.correcting import Target
from qa_server.desk.handing_over import Passing
from qa_server.desk.timing import fire_all
from qa_server.desk.unread import count_unread
from qa_server.desk.workplace import Workplace
from qa_server.live.announcements import ConversationChanged, MessagesPosted
from qa_server.network.models import Desk, DeskMember
from qa_server.network.node_settings import clear_value, set_value
from qa_server.people.models import Role, RoleGrant
from qa_server.people.queries import staff_member
from qa_server.people.rights import StaffMember
from qa_server.routing.errors import NotHolder
from qa_server.routing.hand_overs import HandOverReason, Kind
from storage.errors import NotFound
from tests.fakes import Clock, Ear
from tests.village import Village, new_client_id, question

DRAFT = "您可以在网上续借两次。"


def write(place: Workplace, people: Village, conversation_id: UUID, text: str = DRAFT, client_id: str = "") -> str:
    """Let the trainee write an answer, which is kept; return its client id."""
    client_id = client_id or new_client_id()
    with pytest.raises(ReviewPending):
        talking.say_as_librarian(place, people.chen, conversation_id, client_id=client_id, body=text)
    return client_id


def thread(place: Workplace, person: StaffMember, conversation_id: UUID) -> StaffThread:
    """Return the conversation as staff sees it."""
    return answering.desk_thread(place, person, conversation_id, 0)


def waiting(place: Workplace, people: Village, conversation_id: UUID) -> ReviewView:
    """Return the newest answer under review."""
    return thread(place, people.lin, conversation_id).reviews[-1]


def texts(place: Workplace, reader: KnownReader, conversation_id: UUID) -> list[str]:
    """Return what the reader reads after the question."""
    found = asking.thread(place, reader, conversation_id, 0)
    return [each.body for each in found.messages if each.kind == "text"][1:]


def all_that_reaches(place: Workplace, reader: KnownReader, conversation_id: UUID) -> str:
    """Return everything a reader can get of a conversation, as text."""
    parts = [
        asking.thread(place, reader, conversation_id, 0).model_dump_json(),
        asking.followed_thread(place, reader, conversation_id, 0)[0].model_dump_json(),
        *(each.model_dump_json() for each in asking.my_questions(place, reader, before=None).items),
        count_unread(place, reader, besides=None).model_dump_json(),
    ]
    return "".join(parts)


def test_a_trainees_answer_is_nowhere_a_reader_looks_until_a_mentor_sends_it(
    place: Workplace, people: Village, reader: KnownReader, taught: UUID, ear: Ear
) -> None:
    write(place, people, taught)
    fire_all(place)
    # There is something to see, and staff sees it with the state that stands in the glossary.
    assert waiting(place, people, taught).body == DRAFT
    assert thread(place, people.lin, taught).conversation.state == "in_review"
    told = all_that_reaches(place, reader, taught)
    assert DRAFT not in told
    assert "review" not in told
    heard = [each for each in ear.heard if isinstance(each, ConversationChanged)]
    assert any(each.staff.state == "in_review" for each in heard)
    assert {each.reader.state for each in heard} <= {"waiting", "active"}
    assert not [each for each in ear.heard if isinstance(each, MessagesPosted) and DRAFT in each.model_dump_json()]

    reviewing.approve(place, people.lin, waiting(place, people, taught).id)
    assert texts(place, reader, taught) == [DRAFT]
    assert DRAFT in all_that_reaches(place, reader, taught)
    assert thread(place, people.lin, taught).conversation.state == "active"


def test_the_message_is_the_trainees_and_numbers_have_no_gap(
    place: Workplace, people: Village, reader: KnownReader, taught: UUID
) -> None:
    client_id = write(place, people, taught)
    talking.say_as_reader(place, reader, taught, client_id=new_client_id(), body="还在吗？")
    sent = reviewing.approve(place, people.lin, waiting(place, people, taught).id)
    found = asking.thread(place, reader, taught, 0).messages
    assert [each.seq for each in found] == list(range(1, len(found) + 1))
    assert (found[-1].seq, found[-1].body, found[-1].name) == (sent.sent_seq, DRAFT, "chen老师")
    assert found[-1].client_id == client_id
    with place.database.read() as session:
        assert list(conversation_findings(session)) == []
        # The mentor has sent it: the trainee has not read the reader's question by that.
        assert session.get_one(Conversation, taught).staff_seen_seq < (sent.sent_seq or 0)


def test_sending_again_keeps_one_answer_before_and_after_the_review(
    place: Workplace, people: Village, reader: KnownReader, taught: UUID
) -> None:
    client_id = write(place, people, taught)
    write(place, people, taught, client_id=client_id)
    assert len(thread(place, people.lin, taught).reviews) == 1
    reviewing.approve(place, people.lin, waiting(place, people, taught).id)
    again = talking.say_as_librarian(place, people.chen, taught, client_id=client_id, body=DRAFT)
    assert texts(place, reader, taught) == [DRAFT]
    assert again.seq == waiting(place, people, taught).sent_seq


def test_a_mentor_sends_other_words_and_the_writer_stays_the_trainee(
    place: Workplace, people: Village, reader: KnownReader, taught: UUID
) -> None:
    write(place, people, taught)
    changed = reviewing.approve(place, people.lin, waiting(place, people, taught).id, body="可续借两次，每次三十天。")
    assert (changed.state, changed.body, changed.answered_name) == ("edited", DRAFT, "lin老师")
    assert texts(place, reader, taught) == ["可续借两次，每次三十天。"]
    assert asking.thread(place, reader, taught, 0).messages[-1].name == "chen老师"


def test_an_answer_given_back_has_a_comment_and_never_reaches_the_reader(
    place: Workplace, people: Village, reader: KnownReader, taught: UUID
) -> None:
    write(place, people, taught)
    reviewing.give_back(place, people.lin, waiting(place, people, taught).id, comment="请先查馆情卡。")
    returned = waiting(place, people, taught)
    assert (returned.state, returned.comment) == ("returned", "请先查馆情卡。")
    assert texts(place, reader, taught) == []
    assert [each.kind for each in noticing.my_notices(place, people.chen)] == ["review_returned"]
    with pytest.raises(ReviewClosed):
        reviewing.approve(place, people.lin, returned.id)
    assert thread(place, people.chen, taught).conversation.state == "active"


def test_of_two_mentors_one_wins(place: Workplace, people: Village, reader: KnownReader, taught: UUID) -> None:
    write(place, people, taught)
    review = waiting(place, people, taught)
    reviewing.approve(place, people.zhou, review.id)
    with pytest.raises(ReviewClosed):
        reviewing.approve(place, people.lin, review.id, body="anders")
    assert texts(place, reader, taught) == [DRAFT]


def test_only_mentors_of_the_desk_may_answer_for_a_trainee(place: Workplace, people: Village, taught: UUID) -> None:
    write(place, people, taught)
    review = waiting(place, people, taught)
    for person in (people.chen, people.grace):
        with pytest.raises(NotFound):
            reviewing.approve(place, person, review.id)
        with pytest.raises(NotFound):
            reviewing.give_back(place, person, review.id, comment="")
    with pytest.raises(NotFound):
        reviewing.take_back(place, people.lin, review.id)
    # The right is looked up when it is used: a role that was taken away is gone at once.
    with place.database.write() as session:
        session.delete(session.scalars(select(RoleGrant).where(RoleGrant.librarian_id == people.lin.id)).one())
    with pytest.raises(NotFound):
        reviewing.approve(place, people.lin, review.id)


def test_two_trainees_do_not_review_each_other(place: Workplace, people: Village, taught: UUID) -> None:
    write(place, people, taught)
    with place.database.write() as session:
        member = session.scalars(select(DeskMember).where(DeskMember.librarian_id == people.zhou.id)).one()
        member.role = "trainee"
    with pytest.raises(NotFound):
        reviewing.approve(place, people.zhou, waiting(place, people, taught).id)


def test_the_named_mentor_is_asked_first_then_the_others(
    place: Workplace, people: Village, taught: UUID, clock: Clock
) -> None:
    place.presence.arrive(people.lin.id)
    place.presence.arrive(people.zhou.id)
    write(place, people, taught)
    fire_all(place)
    asked = waiting(place, people, taught)
    assert (asked.asked_name, asked.is_open, asked.is_unattended) == ("lin老师", False, False)
    clock.forward(seconds=61)
    fire_all(place)
    assert waiting(place, people, taught).is_open
    mark = thread(place, people.zhou, taught).conversation.review
    assert mark is not None
    assert (mark.is_open, mark.librarian_id) == (True, people.chen.id)


def test_a_trainee_is_told_when_no_mentor_is_there_and_may_hand_the_question_over(
    place: Workplace, people: Village, reader: KnownReader, taught: UUID, clock: Clock
) -> None:
    write(place, people, taught)
    fire_all(place)
    assert waiting(place, people, taught).is_unattended
    # A mentor who comes finds it waiting.
    place.presence.arrive(people.zhou.id)
    clock.forward(seconds=16)
    fire_all(place)
    assert not waiting(place, people, taught).is_unattended
    offered = handing_over.hand_over(
        place, people.chen, taught, Passing(Kind.PERSON, HandOverReason.OTHER, people.desk_a, people.zhou.id)
    )
    handing_over.accept(place, people.zhou, offered.id)
    clock.forward(seconds=16)
    fire_all(place)
    # Whoever has the question now answers; what the trainee wrote is kept for staff and sent by nobody.
    assert waiting(place, people, taught).state == "withdrawn"
    with pytest.raises(ReviewClosed):
        reviewing.approve(place, people.lin, waiting(place, people, taught).id)
    assert texts(place, reader, taught) == []
    assert thread(place, people.zhou, taught).conversation.state == "active"


@pytest.mark.parametrize("ending", ["given back", "taken over", "left by the reader"])
def test_what_waits_is_sent_by_nobody_once_the_trainee_has_lost_the_question(
    place: Workplace, people: Village, reader: KnownReader, taught: UUID, ending: str
) -> None:
    write(place, people, taught)
    review = waiting(place, people, taught)
    if ending == "given back":
        answering.give_back(place, people.chen, taught)
    elif ending == "taken over":
        supervising.take_over(place, _dispatcher(place, people), taught)
    else:
        asking.withdraw(place, reader, taught)
    with pytest.raises(ReviewClosed):
        reviewing.approve(place, people.lin, review.id)
    place.clock.forward(seconds=16)  # type: ignore[attr-defined]  # the fake clock
    fire_all(place)
    with place.database.read() as session:
        assert session.get_one(Review, review.id).state == "withdrawn"
        assert list(conversation_findings(session)) == []
    assert texts(place, reader, taught) == []


def test_a_question_is_not_closed_over_an_answer_that_waits(place: Workplace, people: Village, taught: UUID) -> None:
    write(place, people, taught)
    with pytest.raises(ReviewPending):
        answering.close(place, people.chen, taught, resolution=Resolution.ANSWERED, read_level=1)
    reviewing.take_back(place, people.chen, waiting(place, people, taught).id)
    closed = answering.close(place, people.chen, taught, resolution=Resolution.ANSWERED, read_level=1)
    assert closed.state == "closed"


def test_no_file_and_no_new_text_of_a_sent_message_goes_out_unread(
    place: Workplace, people: Village, reader: KnownReader, taught: UUID
) -> None:
    with pytest.raises(ReviewNeeded):
        attaching.expect(place, people.chen, taught, client_id=new_client_id(), size_bytes=10)
    write(place, people, taught)
    seq = reviewing.approve(place, people.lin, waiting(place, people, taught).id).sent_seq or 0
    with pytest.raises(ReviewNeeded):
        correcting.edit(place, people.chen, Target(taught, seq, new_client_id()), "别的")
    answering.give_back(place, people.chen, taught)
    with pytest.raises(ReviewNeeded):
        correcting.edit(place, people.chen, Target(taught, seq, new_client_id()), "别的")
    assert texts(place, reader, taught) == [DRAFT]
    # Taking it back says nothing unread.
    correcting.delete(place, people.chen, Target(taught, seq, new_client_id()))


def test_the_first_answer_stops_its_clock_though_it_waits_for_review(
    place: Workplace, people: Village, taught: UUID, clock: Clock
) -> None:
    write(place, people, taught)
    place.presence.arrive(people.chen.id)
    clock.forward(seconds=place.settings.first_answer_seconds + 1)
    sweeping.keep_leases(place)
    sweeping.give_back_run_out(place)
    assert thread(place, people.chen, taught).conversation.holder_id == people.chen.id


def test_a_desk_that_does_not_ask_for_reviews_lets_trainees_answer(
    place: Workplace, people: Village, reader: KnownReader, taught: UUID
) -> None:
    with place.database.write() as session:
        clear_value(session, people.library_a, "reviews_trainees", by=None, now=place.clock())
    talking.say_as_librarian(place, people.chen, taught, client_id=new_client_id(), body=DRAFT)
    assert texts(place, reader, taught) == [DRAFT]


@pytest.mark.parametrize(
    ("at_node", "is_locked", "at_desk", "is_read"),
    [
        (True, False, False, False),
        (False, False, True, True),
        (True, True, False, True),
        (False, True, True, False),
    ],
    ids=["the desk sends at once", "the desk reads", "the node insists", "the node forbids"],
)
def test_a_desk_says_for_itself_unless_its_node_has_locked_it(
    place: Workplace, people: Village, taught: UUID, *, at_node: bool, is_locked: bool, at_desk: bool, is_read: bool
) -> None:
    now = place.clock()
    with place.database.write() as session:
        key = REVIEWS_TRAINEES.key
        set_value(session, people.library_a, key, at_node, is_locked=is_locked, by=None, now=now)
        session.get_one(Desk, people.desk_a).reviews_trainees = at_desk
        assert reviews.needs_review(session, people.desk_a, people.chen.id, now) is is_read


def test_the_last_day_as_a_trainee_ends_reviews_and_is_written_down(
    place: Workplace, people: Village, reader: KnownReader, taught: UUID, clock: Clock
) -> None:
    with place.database.write() as session:
        member = session.scalars(select(DeskMember).where(DeskMember.librarian_id == people.chen.id)).one()
        # Today in Shanghai, where it is afternoon.
        member.trainee_until = date(2026, 9, 1)
    write(place, people, taught)
    clock.forward(hours=8, minutes=1)
    talking.say_as_librarian(place, people.chen, taught, client_id=new_client_id(), body="第二天了")
    assert texts(place, reader, taught) == ["第二天了"]
    assert reviewing.end_times_as_trainee(place) == 1
    assert reviewing.end_times_as_trainee(place) == 0
    with place.database.read() as session:
        member = session.scalars(select(DeskMember).where(DeskMember.librarian_id == people.chen.id)).one()
        assert (member.role, member.mentor_id, member.trainee_until) == ("member", None, None)


def test_a_trainee_beside_the_holder_of_a_warm_hand_over_cannot_write_unread(
    place: Workplace, people: Village, reader: KnownReader, training: None
) -> None:
    asked = asking.ask(place, reader, question())[0].conversation.id
    answering.claim(place, people.lin, asked)
    place.presence.arrive(people.chen.id)
    handing_over.hand_over(
        place,
        people.lin,
        asked,
        Passing(Kind.PERSON, HandOverReason.OTHER, people.desk_a, people.chen.id, is_warm=True),
    )
    with pytest.raises(ReviewNeeded):
        talking.say_as_librarian(place, people.chen, asked, client_id=new_client_id(), body=DRAFT)
    # And who holds nothing may write nothing, trainee or not.
    with pytest.raises(NotHolder):
        talking.say_as_librarian(place, people.zhou, asked, client_id=new_client_id(), body=DRAFT)


def _dispatcher(place: Workplace, people: Village) -> StaffMember:
    with place.database.write() as session:
        session.add(RoleGrant(librarian_id=people.lin.id, library_id=people.library_a, role=Role.DISPATCHER))
    with place.database.read() as session:
        person = staff_member(session, people.lin.id, csrf_token="csrf")
    assert person is not None
    return person
