"""Changing and taking back own messages, with history; notes that no reader ever meets."""

from uuid import UUID

import pytest
from sqlalchemy import select

from qa_server.conversations.errors import ConversationEnded, TooLateToChange
from qa_server.conversations.models import MessageVersion
from qa_server.desk import answering, asking, correcting, talking
from qa_server.desk.asking import KnownReader
from qa_server.desk.correcting import Target
from qa_server.desk.workplace import Workplace
from storage.errors import NotFound
from tests.fakes import Clock, Ear
from tests.village import Village, come_in, new_client_id


def test_an_edit_changes_the_text_keeps_the_number_and_the_history(
    place: Workplace, reader: KnownReader, held: UUID
) -> None:
    said = talking.say_as_reader(place, reader, held, client_id=new_client_id(), body="明天开们吗")
    change = correcting.edit(place, reader, Target(held, said.seq, new_client_id()), "明天开门吗")
    assert (change.event, change.details) == ("edited", {"seq": said.seq, "body": "明天开门吗"})
    thread = asking.thread(place, reader, held, 0)
    edited = thread.messages[said.seq - 1]
    assert (edited.seq, edited.body) == (said.seq, "明天开门吗")
    assert edited.edited_at is not None
    with place.database.read() as session:
        assert [row.body for row in session.scalars(select(MessageVersion))] == ["明天开们吗"]


def test_a_client_that_resumes_after_an_edit_learns_of_it(place: Workplace, reader: KnownReader, held: UUID) -> None:
    said = talking.say_as_reader(place, reader, held, client_id=new_client_id(), body="一")
    correcting.edit(place, reader, Target(held, said.seq, new_client_id()), "二")
    correcting.edit(place, reader, Target(held, said.seq, new_client_id()), "三")
    resumed = asking.thread(place, reader, held, said.seq).messages
    assert [message.details["body"] for message in resumed] == ["三", "三"]


def test_a_deleted_text_is_nowhere_in_the_thread(place: Workplace, reader: KnownReader, held: UUID) -> None:
    said = talking.say_as_reader(place, reader, held, client_id=new_client_id(), body="我的密码是秘密")
    correcting.edit(place, reader, Target(held, said.seq, new_client_id()), "还是秘密")
    correcting.delete(place, reader, Target(held, said.seq, new_client_id()))
    thread = asking.thread(place, reader, held, 0)
    assert thread.messages[said.seq - 1].is_deleted
    assert "秘密" not in thread.model_dump_json()


def test_a_change_sent_again_is_made_once(place: Workplace, reader: KnownReader, held: UUID, ear: Ear) -> None:
    said = talking.say_as_reader(place, reader, held, client_id=new_client_id(), body="一")
    target = Target(held, said.seq, new_client_id())
    first = correcting.edit(place, reader, target, "二")
    assert correcting.edit(place, reader, target, "二").seq == first.seq
    assert asking.thread(place, reader, held, 0).conversation.last_seq == first.seq


def test_nobody_changes_what_another_said(place: Workplace, people: Village, reader: KnownReader, held: UUID) -> None:
    said = talking.say_as_reader(place, reader, held, client_id=new_client_id(), body="一")
    with pytest.raises(NotFound):
        correcting.edit(place, people.lin, Target(held, said.seq, new_client_id()), "二")
    stranger, _ = come_in(place)
    with pytest.raises(NotFound):
        correcting.delete(place, stranger, Target(held, said.seq, new_client_id()))


def test_a_change_comes_too_late_after_the_limit_and_after_the_end(
    place: Workplace, reader: KnownReader, held: UUID, clock: Clock
) -> None:
    said = talking.say_as_reader(place, reader, held, client_id=new_client_id(), body="一")
    clock.forward(minutes=place.settings.edit_minutes, seconds=1)
    with pytest.raises(TooLateToChange):
        correcting.edit(place, reader, Target(held, said.seq, new_client_id()), "二")
    fresh = talking.say_as_reader(place, reader, held, client_id=new_client_id(), body="三")
    asking.withdraw(place, reader, held)
    with pytest.raises(ConversationEnded):
        correcting.delete(place, reader, Target(held, fresh.seq, new_client_id()))


def test_a_note_is_seen_by_the_desk_and_by_no_reader(
    place: Workplace, people: Village, reader: KnownReader, held: UUID
) -> None:
    client_id = new_client_id()
    for _ in range(2):
        correcting.write_note(place, people.chen, held, client_id=client_id, body="上次也问过")
    notes = answering.desk_thread(place, people.lin, held, 0).notes
    assert [(note.name, note.body) for note in notes] == [("chen老师", "上次也问过")]
    assert "上次也问过" not in asking.thread(place, reader, held, 0).model_dump_json()
    assert "上次也问过" not in asking.my_questions(place, reader, before=None).items[0].model_dump_json()
    with pytest.raises(NotFound):
        correcting.write_note(place, people.grace, held, client_id=new_client_id(), body="别的馆")
