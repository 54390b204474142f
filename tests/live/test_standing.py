"""How conversations and lists stand, read on both databases."""

from uuid import uuid4

from qa_server.desk import answering, asking, correcting, talking
from qa_server.desk.being_here import told_of
from qa_server.desk.standing import standing
from qa_server.desk.workplace import Workplace
from qa_server.live.announcements import SidePresence
from qa_server.live.presence import Sighting
from tests.village import Village, come_in, new_client_id, question


def test_a_conversation_stands_where_its_last_change_left_it(place: Workplace, people: Village) -> None:
    reader, _ = come_in(place)
    asked = asking.ask(place, reader, question())[0].conversation.id
    waiting = standing(place, [asked], [])
    assert waiting.conversations[asked].waits_at == people.desk_a
    assert (waiting.conversations[asked].last_seq, waiting.conversations[asked].noted_at) == (1, None)
    assert set(waiting.list_versions) == {people.desk_a}
    answering.claim(place, people.lin, asked)
    talking.see_as_librarian(place, people.lin, asked, 1)
    note = correcting.write_note(place, people.lin, asked, client_id=new_client_id(), body="查过")
    held = standing(place, [asked], [people.desk_a])
    mark = held.conversations[asked]
    assert (mark.state, mark.last_seq, mark.staff_seen_seq, mark.waits_at) == ("active", 2, 1, None)
    assert mark.noted_at == note.created_at
    assert held.list_versions[people.desk_a] > waiting.list_versions[people.desk_a]


def test_what_is_not_there_is_left_out(place: Workplace, people: Village) -> None:
    found = standing(place, [uuid4() for _ in range(1_200)], [uuid4(), people.desk_b])
    assert found.conversations == {}
    assert found.list_versions == {people.desk_b: 0}


def test_the_conversations_concerned_are_told_who_came_and_went_elsewhere(place: Workplace, people: Village) -> None:
    reader, _ = come_in(place)
    held, waiting = (asking.ask(place, reader, question())[0].conversation.id for _ in range(2))
    answering.claim(place, people.lin, held)
    told = told_of(
        place,
        [
            Sighting(people.lin.id, is_here=False),
            Sighting(people.chen.id, is_here=True),
            Sighting(("reader", waiting), is_here=True),
        ],
    )
    assert told == [
        SidePresence(conversation_id=waiting, side="reader", is_here=True),
        SidePresence(conversation_id=held, side="librarian", is_here=False),
    ]
    assert told_of(place, []) == []
