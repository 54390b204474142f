"""The talk among colleagues: numbered, for those who belong to the room now, with notices that last until seen."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from sqlalchemy import func, select

from qa_server.colleagues.errors import MentionRefused
from qa_server.colleagues.node_settings import STAFF_TALK_DAYS
from qa_server.colleagues.talk_models import StaffMessage
from qa_server.desk import noticing, staff_talk, tidying
from qa_server.desk.workplace import Workplace
from qa_server.live.announcements import NoticesChanged, RoomRead, StaffTalked
from qa_server.network.models import DeskMember
from qa_server.network.node_settings import set_value
from qa_server.people.rights import StaffMember
from storage.errors import NotFound
from tests.fakes import Clock, Ear
from tests.village import Village, new_client_id

SENDERS = 4
EACH = 5


@pytest.fixture
def room(place: Workplace, people: Village) -> UUID:
    """The room of desk A, where LIN, CHEN and ZHOU serve."""
    return staff_talk.my_rooms(place, people.lin)[0].id


def say(place: Workplace, person: StaffMember, room: UUID, body: str, *mentions: UUID) -> int:
    """Say something; return its number."""
    return staff_talk.say(place, person, room, client_id=new_client_id(), body=body, mentions=mentions).seq


def bodies(place: Workplace, person: StaffMember, room: UUID) -> list[str]:
    """Return what the newest page of a room says."""
    return [each.body for each in staff_talk.read_room(place, person, room).items]


def test_the_staff_of_a_desk_share_one_room_and_others_find_nothing(
    place: Workplace, people: Village, room: UUID, ear: Ear
) -> None:
    assert staff_talk.my_rooms(place, people.chen)[0].id == room
    say(place, people.lin, room, "今天下午系统升级。")
    assert bodies(place, people.chen, room) == ["今天下午系统升级。"]
    heard = [each for each in ear.heard if isinstance(each, StaffTalked)]
    assert set(heard[-1].recipients) == {people.lin.id, people.chen.id, people.zhou.id}
    with pytest.raises(NotFound):
        staff_talk.read_room(place, people.grace, room)
    with pytest.raises(NotFound):
        say(place, people.grace, room, "我也来")
    assert staff_talk.changes_of_rooms(place, people.grace, {room: 0}) == []


def test_who_leaves_the_desk_leaves_the_room_at_once(place: Workplace, people: Village, room: UUID, ear: Ear) -> None:
    say(place, people.chen, room, "早")
    with place.database.write() as session:
        session.delete(session.scalars(select(DeskMember).where(DeskMember.librarian_id == people.chen.id)).one())
    # The person's session is as it was: what counts is looked up.
    with pytest.raises(NotFound):
        bodies(place, people.chen, room)
    say(place, people.lin, room, "只给在这里的人")
    heard = [each for each in ear.heard if isinstance(each, StaffTalked)]
    assert people.chen.id not in heard[-1].recipients


def test_what_is_said_at_once_is_numbered_without_a_gap_and_once(place: Workplace, people: Village, room: UUID) -> None:
    def send(sender: int) -> list[int]:
        person = (people.lin, people.chen)[sender % 2]
        sent = [(f"talk-{sender}-{count}", count) for count in range(EACH)]
        return [
            staff_talk.say(place, person, room, client_id=client_id, body=str(count)).seq
            for client_id, count in [*sent, sent[-1]]
        ]

    with ThreadPoolExecutor(SENDERS) as pool:
        given = {seq for seqs in pool.map(send, range(SENDERS)) for seq in seqs}
    assert given == set(range(1, SENDERS * EACH + 1))
    assert len(bodies(place, people.zhou, room)) == SENDERS * EACH


def test_a_room_is_made_once_by_many_first_looks(place: Workplace, people: Village) -> None:
    with ThreadPoolExecutor(4) as pool:
        found = pool.map(lambda person: staff_talk.my_rooms(place, person)[0].id, [people.lin, people.chen] * 3)
    assert len(set(found)) == 1


def test_unread_counts_are_of_others_and_go_with_reading_on_every_screen(
    place: Workplace, people: Village, room: UUID, ear: Ear
) -> None:
    say(place, people.lin, room, "一")
    last = say(place, people.lin, room, "二")
    assert (staff_talk.my_rooms(place, people.chen)[0].unread, staff_talk.my_rooms(place, people.lin)[0].unread) == (
        2,
        0,
    )
    assert staff_talk.see(place, people.chen, room, last).unread == 0
    assert [each.seen_seq for each in ear.heard if isinstance(each, RoomRead)] == [last]
    # Never back, never past the end.
    assert staff_talk.see(place, people.chen, room, 1).seen_seq == last
    assert staff_talk.see(place, people.chen, room, 999).seen_seq == last


def test_a_mention_is_a_notice_until_it_is_seen(place: Workplace, people: Village, room: UUID, ear: Ear) -> None:
    seq = say(place, people.lin, room, "@chen 请看", people.chen.id)
    notice = noticing.my_notices(place, people.chen)[0]
    assert (notice.kind, notice.room_id, notice.from_zh) == ("talk_mention", room, "lin老师")
    assert noticing.my_notices(place, people.zhou) == []
    told = [each for each in ear.heard if isinstance(each, NoticesChanged)]
    assert (told[-1].librarian_id, len(told[-1].items)) == (people.chen.id, 1)
    # Somebody else cannot make it go away.
    noticing.see_notices(place, people.zhou, [notice.id])
    assert noticing.my_notices(place, people.chen) == [notice]
    staff_talk.see(place, people.chen, room, seq)
    assert noticing.my_notices(place, people.chen) == []
    told = [each for each in ear.heard if isinstance(each, NoticesChanged)]
    assert told[-1].items == []


def test_only_those_of_the_room_can_be_mentioned(place: Workplace, people: Village, room: UUID) -> None:
    with pytest.raises(MentionRefused):
        say(place, people.lin, room, "@grace", people.grace.id)
    assert bodies(place, people.lin, room) == []
    assert noticing.my_notices(place, people.grace) == []


def test_own_messages_are_changed_and_deleted_and_others_are_not(place: Workplace, people: Village, room: UUID) -> None:
    seq = say(place, people.lin, room, "三楼打印机坏")
    with pytest.raises(NotFound):
        staff_talk.edit(place, people.chen, room, seq, "没坏")
    edited = staff_talk.edit(place, people.lin, room, seq, "三楼打印机坏了")
    assert (edited.seq, edited.body, edited.version) == (seq, "三楼打印机坏了", 2)
    staff_talk.delete(place, people.lin, room, seq)
    gone = staff_talk.read_room(place, people.chen, room).items[0]
    assert (gone.seq, gone.body, gone.is_deleted) == (seq, "", True)
    with pytest.raises(NotFound):
        staff_talk.delete(place, people.lin, room, seq)


def test_a_screen_resumes_by_version_and_gets_changes_of_old_messages_too(
    place: Workplace, people: Village, room: UUID
) -> None:
    for word in "甲乙丙":
        say(place, people.lin, room, word)
    staff_talk.edit(place, people.lin, room, 1, "甲二")
    [(_, version, items)] = staff_talk.changes_of_rooms(place, people.chen, {room: 2})
    assert (version, [(each.seq, each.body) for each in items]) == (4, [(3, "丙"), (1, "甲二")])
    assert staff_talk.changes_of_rooms(place, people.chen, {room: 4}) == []


def test_long_histories_come_in_pages(place: Workplace, people: Village, room: UUID) -> None:
    for count in range(1, 61):
        say(place, people.lin, room, str(count))
    newest = staff_talk.read_room(place, people.chen, room)
    assert ([newest.items[0].seq, newest.items[-1].seq], newest.has_earlier) == ([11, 60], True)
    older = staff_talk.read_room(place, people.chen, room, before=11)
    assert ([each.seq for each in older.items], older.has_earlier) == (list(range(1, 11)), False)
    # A screen that has been away gets all of it, a page at a time.
    [(_, version, items)] = staff_talk.changes_of_rooms(place, people.chen, {room: 0})
    assert (version, len(items)) == (50, 50)


def test_two_colleagues_have_a_room_of_their_own(place: Workplace, people: Village, room: UUID) -> None:
    opened = staff_talk.room_with(place, people.lin, people.chen.id)
    assert staff_talk.room_with(place, people.chen, people.lin.id).id == opened.id != room
    say(place, people.lin, opened.id, "中午一起吃饭？")
    assert [each.name_zh for each in staff_talk.my_rooms(place, people.chen)][-1] == "lin老师"
    with pytest.raises(NotFound):
        bodies(place, people.zhou, opened.id)
    with pytest.raises(NotFound):
        staff_talk.room_with(place, people.lin, people.grace.id)


def test_talk_is_kept_for_as_long_as_the_node_says_and_numbers_go_on(
    place: Workplace, people: Village, room: UUID, clock: Clock
) -> None:
    with place.database.write() as session:
        key, now = STAFF_TALK_DAYS.key, place.clock()
        set_value(session, people.library_a, key, 7, is_locked=False, by=None, now=now)
    say(place, people.lin, room, "旧的")
    clock.forward(hours=24 * 6)
    say(place, people.lin, room, "新的")
    clock.forward(hours=25)
    tidying.tidy(place)
    assert bodies(place, people.chen, room) == ["新的"]
    assert say(place, people.lin, room, "再来") == 3
    with place.database.read() as session:
        assert session.scalar(select(func.count()).select_from(StaffMessage)) == 2
