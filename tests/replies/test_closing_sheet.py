"""The closing sheet: subject, descriptive codes, last words and a note go with the end, or nothing does."""

from uuid import UUID

import pytest
from sqlalchemy import update

from qa_server.colleagues.node_settings import REVIEWS_TRAINEES
from qa_server.conversations.closing_codes import DESCRIPTIVE_CODES
from qa_server.conversations.errors import MessageEmpty
from qa_server.conversations.models import Resolution, State
from qa_server.conversations.schemas import StaffConversation
from qa_server.desk import answering, asking, closing, explaining, owing
from qa_server.desk.asking import KnownReader
from qa_server.desk.closing import ClosingInvalid, Said, Sheet
from qa_server.desk.workplace import Workplace
from qa_server.live.announcements import MessagesPosted, NotePosted
from qa_server.network.errors import SettingInvalid
from qa_server.network.models import DeskMember, MemberRole
from qa_server.network.node_settings import set_value
from qa_server.routing.cascade import QuestionKind
from qa_server.routing.errors import NotHolder
from storage.errors import NotFound
from tests.fakes import Ear
from tests.village import Village, new_client_id


def close(place: Workplace, people: Village, held: UUID, sheet: Sheet) -> StaffConversation:
    """Close the conversation as LIN."""
    return answering.close(place, people.lin, held, resolution=Resolution.ANSWERED, read_level=2, sheet=sheet)


def thread(place: Workplace, people: Village, held: UUID) -> list[str]:
    """Return the texts and events of a conversation, in order."""
    messages = answering.desk_thread(place, people.lin, held, 0).messages
    return [message.event or message.body for message in messages]


def test_subject_and_codes_are_kept_with_the_end(place: Workplace, people: Village, held: UUID) -> None:
    offered = closing.closing_of(place, people.lin, held)
    assert {"loans", "off-campus"} <= {each.code for each in offered.offered_codes}
    assert (offered.subject, offered.codes, offered.resolution) == (None, [], None)
    closed = close(place, people, held, Sheet(subject="TP3", has_subject=True, codes=("off-campus", "loans")))
    assert closed.subject == "TP3"
    kept = closing.closing_of(place, people.lin, held)
    assert (kept.subject, kept.codes, kept.resolution, kept.read_level) == (
        "TP3",
        ["loans", "off-campus"],
        "answered",
        2,
    )
    assert "corrected" in [each.action for each in explaining.way_of(place, people.lin, held).decisions]


def test_an_ended_conversation_tells_its_staff_how_it_was_closed(place: Workplace, people: Village, held: UUID) -> None:
    assert answering.desk_thread(place, people.lin, held, 0).closing is None
    note = Said(new_client_id(), "证件在前台。")
    close(place, people, held, Sheet(subject="H", has_subject=True, codes=("loans",), note=note))
    told = answering.desk_thread(place, people.lin, held, 0).closing
    assert told is not None
    assert (told.resolution, told.read_level, told.subject, told.note) == ("answered", 2, "H", "证件在前台。")
    assert [(each.code, each.name_zh, each.name_en) for each in told.codes] == [
        ("loans", "借还与续借", "Loans and renewals")
    ]
    assert (told.by_en, told.at) == ("Lin", place.clock())
    assert closing.closing_of(place, people.lin, held).told == told


def test_a_code_that_is_no_longer_offered_stands_by_itself(place: Workplace, people: Village, held: UUID) -> None:
    close(place, people, held, Sheet(codes=("loans",)))
    with place.database.write() as session:
        key, others = DESCRIPTIVE_CODES.key, ["hours | 开放时间 | Hours"]
        set_value(session, people.library_a, key, others, is_locked=False, by=None, now=place.clock())
    told = answering.desk_thread(place, people.lin, held, 0).closing
    assert told is not None
    assert [each.name_zh for each in told.codes] == ["loans"]


def test_the_reader_gets_nothing_of_the_closing_sheet(
    place: Workplace, people: Village, held: UUID, reader: KnownReader
) -> None:
    close(place, people, held, Sheet(codes=("complaint",), note=Said(new_client_id(), "只给同事看。")))
    whole = asking.thread(place, reader, held, 0).model_dump_json()
    assert '"state":"closed"' in whole
    assert "complaint" not in whole
    assert "只给同事看" not in whole


def test_the_subject_that_is_known_stays_when_nothing_is_said(place: Workplace, people: Village, held: UUID) -> None:
    explaining.correct_kind(place, people.lin, held, QuestionKind.GENERAL, "H")
    assert closing.closing_of(place, people.lin, held).subject == "H"
    assert close(place, people, held, Sheet()).subject == "H"


def test_the_subject_may_be_taken_away_at_the_end(place: Workplace, people: Village, held: UUID) -> None:
    explaining.correct_kind(place, people.lin, held, QuestionKind.GENERAL, "H")
    assert close(place, people, held, Sheet(has_subject=True)).subject is None


def test_last_words_reach_the_reader_before_the_end(
    place: Workplace, people: Village, held: UUID, reader: KnownReader, ear: Ear
) -> None:
    close(place, people, held, Sheet(farewell=Said(new_client_id(), " 再见！ ")))
    assert thread(place, people, held)[-2:] == ["再见！", "closed"]
    posted = [each for each in ear.heard if isinstance(each, MessagesPosted)]
    assert [message.seq for message in posted[-1].items] == [3, 4]


def test_last_words_that_were_stored_before_are_not_said_twice(place: Workplace, people: Village, held: UUID) -> None:
    farewell = Said(new_client_id(), "再见！")
    with pytest.raises(ClosingInvalid):
        close(place, people, held, Sheet(farewell=farewell, codes=("none-such",)))
    assert "再见！" not in thread(place, people, held)
    close(place, people, held, Sheet(farewell=farewell))
    assert thread(place, people, held).count("再见！") == 1


def test_a_note_stays_with_the_staff(place: Workplace, people: Village, held: UUID, ear: Ear) -> None:
    close(place, people, held, Sheet(note=Said(new_client_id(), "读者要的是 2019 年版。")))
    assert [note.body for note in answering.desk_thread(place, people.lin, held, 0).notes] == ["读者要的是 2019 年版。"]
    assert "读者要的是 2019 年版。" not in thread(place, people, held)
    assert any(isinstance(each, NotePosted) for each in ear.heard)


@pytest.mark.parametrize(
    ("sheet", "error"),
    [
        (Sheet(codes=("loans", "none-such")), ClosingInvalid),
        (Sheet(codes=("hours", "places", "account", "loans", "fines")), ClosingInvalid),
        (Sheet(subject="L1", has_subject=True), ClosingInvalid),
        (Sheet(farewell=Said("12345678", " \n")), MessageEmpty),
    ],
)
def test_a_sheet_that_cannot_be_kept_leaves_the_conversation_open(
    place: Workplace, people: Village, held: UUID, sheet: Sheet, error: type[Exception]
) -> None:
    with pytest.raises(error):
        close(place, people, held, sheet)
    assert answering.desk_thread(place, people.lin, held, 0).conversation.state == State.ACTIVE


def test_only_the_holder_closes_and_other_desks_see_no_sheet(place: Workplace, people: Village, held: UUID) -> None:
    with pytest.raises(NotHolder):
        answering.close(place, people.chen, held, resolution=Resolution.ANSWERED, read_level=None, sheet=Sheet())
    with pytest.raises(NotFound):
        closing.closing_of(place, people.grace, held)


def test_codes_are_a_setting_of_the_home_library(place: Workplace, people: Village, held: UUID) -> None:
    with place.database.write() as session:
        for wrong in (["one | 一"], ["a | 一 | One", "A | 二 | Two"], ["no code | 一 | One"], [5]):
            with pytest.raises(SettingInvalid):
                set_value(
                    session, people.nation, DESCRIPTIVE_CODES.key, wrong, is_locked=False, by=None, now=place.clock()
                )
        own = ["Seats|座位|Seats"]
        set_value(session, people.library_a, DESCRIPTIVE_CODES.key, own, is_locked=False, by=None, now=place.clock())
    (offered,) = closing.closing_of(place, people.lin, held).offered_codes
    assert (offered.code, offered.name_zh, offered.name_en) == ("seats", "座位", "Seats")
    with pytest.raises(ClosingInvalid):
        close(place, people, held, Sheet(codes=("loans",)))
    close(place, people, held, Sheet(codes=("seats",)))


def test_a_later_closing_writes_the_sheet_anew(place: Workplace, people: Village, held: UUID) -> None:
    answering.close(
        place,
        people.lin,
        held,
        resolution=Resolution.FOLLOW_UP_ME,
        read_level=1,
        sheet=Sheet(codes=("loans", "hours")),
    )
    (duty,) = owing.my_duties(place, people.lin)
    owing.take_up_duty(place, people.lin, duty.id)
    answering.claim(place, people.lin, held)
    assert closing.closing_of(place, people.lin, held).codes == ["hours", "loans"]
    close(place, people, held, Sheet(codes=("fines",)))
    assert closing.closing_of(place, people.lin, held).codes == ["fines"]


def test_a_trainees_last_words_are_not_slipped_past_the_mentor(place: Workplace, people: Village, held: UUID) -> None:
    with place.database.write() as session:
        set_value(session, people.library_a, REVIEWS_TRAINEES.key, True, is_locked=False, by=None, now=place.clock())
        at_desk = DeskMember.librarian_id == people.lin.id
        session.execute(update(DeskMember).where(at_desk).values(role=MemberRole.TRAINEE))
    with pytest.raises(ClosingInvalid):
        close(place, people, held, Sheet(farewell=Said(new_client_id(), "再见！")))
    assert "再见！" not in thread(place, people, held)
    assert close(place, people, held, Sheet()).state == State.CLOSED
