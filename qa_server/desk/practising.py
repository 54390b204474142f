"""Practice on the real screen: made-up readers, or a colleague who plays one. Nothing of it is a conversation: it is in
tables of its own, so that no queue, figure, search, article or letter ever meets it.

Who practises, who plays, and the mentors of the desk may see it; to everybody else it is not there.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_server.colleagues import practices, reviews
from qa_server.colleagues.cases import Case, case_named
from qa_server.colleagues.errors import PlayerRefused, PracticeEnded, PracticeOpen
from qa_server.colleagues.node_settings import PRACTICE_DAYS
from qa_server.colleagues.practice_models import Practice, PracticeMessage
from qa_server.conversations.models import Author, Resolution, State
from qa_server.conversations.schemas import (
    MessageView,
    NamedMessageView,
    PracticeMark,
    StaffConversation,
    StaffMessages,
    StaffThread,
    Wire,
)
from qa_server.conversations.text import clean_text, storable
from qa_server.desk.noticing import Told, notify
from qa_server.desk.views import for_reader
from qa_server.desk.workplace import Workplace
from qa_server.live.announcements import ConversationChanged, MessagesPosted
from qa_server.network.models import Desk, DeskMember, Library
from qa_server.network.node_settings import effective
from qa_server.people.models import Librarian
from qa_server.people.rights import StaffMember
from storage.after_commit import after_commit
from storage.base import new_id
from storage.errors import NotFound


class PracticeView(Wire):
    """A practice with what comes after its end: model answer, points and feedback are empty before."""

    id: UUID
    librarian_id: UUID
    name_zh: str
    name_en: str
    player_id: UUID | None
    player_zh: str | None
    player_en: str | None
    case_title: str | None
    language: str
    question: str
    started_at: datetime
    ended_at: datetime | None
    model_answer: str
    points: list[str]
    feedback: str
    feedback_zh: str | None
    feedback_en: str | None
    feedback_at: datetime | None


def start_case(place: Workplace, person: StaffMember, case_key: str) -> StaffConversation:
    """Begin a practice with a made-up reader. Raises NotFound for an unknown case or somebody without a desk."""
    case = case_named(case_key)
    if case is None:
        raise NotFound()
    with place.database.write() as session:
        made = practices.start(
            session,
            person.id,
            _desk_of(session, person),
            language=case.language,
            question=case.question,
            case=case,
            player_id=None,
            now=place.clock(),
        )
        return _view(session, made)


def invite(
    place: Workplace, person: StaffMember, player_id: UUID, *, question: str, language: str
) -> StaffConversation:
    """Begin a practice in which a colleague of one's desk plays the reader; the colleague gets a notice.

    `question` is what is to be asked about. Raises PlayerRefused, MessageEmpty, MessageTooLong, NotFound.
    """
    text = clean_text(question, limit=place.settings.max_message_characters)
    with place.database.write() as session:
        served = select(DeskMember.desk_id).where(DeskMember.librarian_id == person.id)
        desk_id = session.scalar(
            select(DeskMember.desk_id)
            .join(Librarian, Librarian.id == DeskMember.librarian_id)
            .where(DeskMember.librarian_id == player_id, DeskMember.desk_id.in_(served), Librarian.is_active)
            .order_by(DeskMember.id)
            .limit(1)
        )
        if desk_id is None or player_id == person.id:
            raise PlayerRefused()
        made = practices.start(
            session,
            person.id,
            desk_id,
            language=language,
            question=text,
            case=None,
            player_id=player_id,
            now=place.clock(),
        )
        told = Told("practice_invited", person.id, f"practice:{made.id}", practice_id=made.id)
        notify(place, session, [player_id], told)
        return _view(session, made)


def thread(place: Workplace, person: StaffMember, practice_id: UUID, after_seq: int) -> StaffThread:
    """Return a practice like a conversation, with one page of messages after a number. Raises NotFound."""
    with place.database.read() as session:
        practice = _seen_by(session, person, practice_id)
        rows = practices.messages_after(session, practice.id, after_seq)
        return StaffThread(
            conversation=_view(session, practice),
            messages=_message_views(session, practice, rows),
            has_more=bool(rows) and rows[-1].seq < practice.last_seq,
            notes=[],
        )


def say(place: Workplace, person: StaffMember, practice_id: UUID, *, client_id: str, body: str) -> MessageView:
    """Answer in one's own practice, or write as the reader whom one plays. A resend gives the first message.

    Raises NotFound, PracticeEnded, MessageEmpty, MessageTooLong.
    """
    text = clean_text(body, limit=place.settings.max_message_characters)
    with place.database.write() as session:
        practice = practices.one(session, practice_id, lock=True)
        if person.id not in (practice.librarian_id, practice.player_id):
            raise NotFound()
        message = practices.said_under(session, practice.id, person.id, client_id)
        if message is None:
            if practice.ended_at is not None:
                raise PracticeEnded()
            author = Author.LIBRARIAN if person.id == practice.librarian_id else Author.READER
            now = place.clock()
            message = practices.add(session, practice, author, person.id, client_id=client_id, body=text, now=now)
        return _announce(place, session, practice, message)


def speak_due(place: Workplace) -> int:
    """Let made-up readers say their next lines; return how many spoke. Safe on several processes at once."""
    with place.database.read() as session:
        due = practices.due(session, place.clock())
    return sum(_speak(place, practice_id) for practice_id in due)


def end(place: Workplace, person: StaffMember, practice_id: UUID) -> PracticeView:
    """End a practice, as one of the two in it. Safe to repeat. Raises NotFound."""
    with place.database.write() as session:
        practice = practices.one(session, practice_id, lock=True)
        if person.id not in (practice.librarian_id, practice.player_id):
            raise NotFound()
        practices.end(session, practice, now=place.clock())
        _announce_state(place, session, practice)
        return _result(session, practice)


def result(place: Workplace, person: StaffMember, practice_id: UUID) -> PracticeView:
    """Return a practice with model answer and feedback, which are empty before its end. Raises NotFound."""
    with place.database.read() as session:
        return _result(session, _seen_by(session, person, practice_id))


def give_feedback(place: Workplace, person: StaffMember, practice_id: UUID, words: str) -> PracticeView:
    """Tell a colleague how an ended practice was: whoever played the reader, or a mentor of the desk.

    Later words take the place of earlier ones. Raises NotFound, also for one's own practice; PracticeOpen.
    """
    with place.database.write() as session:
        practice = practices.one(session, practice_id, lock=True)
        if practice.player_id != person.id and not _is_mentor(session, person, practice):
            raise NotFound()
        if practice.ended_at is None:
            raise PracticeOpen()
        practice.feedback = storable(words.strip())
        practice.feedback_by, practice.feedback_at = person.id, place.clock()
        session.flush()
        return _result(session, practice)


def may_give_feedback(place: Workplace, person: StaffMember, practice_id: UUID) -> bool:
    """Say whether a person may say how this practice was."""
    with place.database.read() as session:
        practice = _seen_by(session, person, practice_id)
        return practice.ended_at is not None and practice.librarian_id != person.id


def my_practices(place: Workplace, person: StaffMember) -> list[PracticeView]:
    """Return the person's practices, newest first."""
    with place.database.read() as session:
        return [_result(session, each) for each in practices.of_person(session, person.id)]


def to_look_at(place: Workplace, person: StaffMember) -> list[PracticeView]:
    """Return ended practices of colleagues whose mentor the person may be, those without feedback first."""
    with place.database.read() as session:
        found = practices.ended_at_desks(session, sorted(person.desk_ids), besides=person.id)
        return [_result(session, each) for each in found if _is_mentor(session, person, each)]


def forget_old_practice(session: Session, now: datetime) -> int:
    """Delete practices older than the desk's node keeps them; return how many."""
    gone: list[UUID] = []
    rows = session.execute(
        select(Practice.id, Practice.started_at, Desk.library_id).join(Desk, Desk.id == Practice.desk_id)
    )
    days: dict[UUID, int] = {}
    for practice_id, started_at, library_id in rows.all():
        if library_id not in days:
            days[library_id] = effective(session, library_id, PRACTICE_DAYS.key).value
        if started_at < now - timedelta(days=days[library_id]):
            gone.append(practice_id)
    practices.forget(session, gone)
    return len(gone)


def _speak(place: Workplace, practice_id: UUID) -> bool:
    with place.database.write() as session:
        practice = practices.one(session, practice_id, lock=True)
        now = place.clock()
        if practice.line is None or practice.speaks_at is None or practice.speaks_at > now or practice.ended_at:
            return False
        line, practice.line, practice.speaks_at = practice.line, None, None
        message = practices.add(session, practice, Author.READER, None, client_id=new_id().hex, body=line, now=now)
        _announce(place, session, practice, message)
        return True


def _desk_of(session: Session, person: StaffMember) -> UUID:
    statement = select(DeskMember.desk_id).where(DeskMember.librarian_id == person.id)
    found = session.scalar(statement.order_by(DeskMember.role != "trainee", DeskMember.id).limit(1))
    if found is None:
        raise NotFound()
    return found


def _seen_by(session: Session, person: StaffMember, practice_id: UUID) -> Practice:
    practice = practices.one(session, practice_id)
    if person.id not in (practice.librarian_id, practice.player_id) and not _is_mentor(session, person, practice):
        raise NotFound()
    return practice


def _is_mentor(session: Session, person: StaffMember, practice: Practice) -> bool:
    return person.id in reviews.mentors_of(session, practice.desk_id, besides=practice.librarian_id)


def _announce(place: Workplace, session: Session, practice: Practice, message: PracticeMessage) -> MessageView:
    view = _message_views(session, practice, [message])[0]
    posted = MessagesPosted(conversation_id=practice.id, items=[view])
    after_commit(session, lambda: place.bus.publish(posted))
    return view


def _announce_state(place: Workplace, session: Session, practice: Practice) -> None:
    staff = _view(session, practice)
    changed = ConversationChanged(reader=for_reader(staff), staff=staff)
    after_commit(session, lambda: place.bus.publish(changed))


def _view(session: Session, practice: Practice) -> StaffConversation:
    desk = session.get_one(Desk, practice.desk_id)
    library = session.get_one(Library, desk.library_id)
    learner = session.get_one(Librarian, practice.librarian_id)
    case = case_named(practice.case_key)
    is_chinese = practice.language == "zh"
    return StaffConversation.model_validate(
        {
            "id": practice.id,
            "number": f"{'练习' if is_chinese else 'Practice'} {practice.started_at:%m-%d %H:%M}",
            "library": library.code,
            "language": practice.language,
            "question": practice.question,
            "state": State.CLOSED.value if practice.ended_at else State.ACTIVE.value,
            "last_seq": practice.last_seq,
            "reader_seen_seq": 0,
            "staff_seen_seq": practice.last_seq,
            "holder_name": learner.name_zh if is_chinese else learner.name_en,
            "position": None,
            "resolution": Resolution.PRACTICE.value if practice.ended_at else None,
            "rating": None,
            "created_at": practice.started_at,
            "ended_at": practice.ended_at,
            "library_name": library.name_zh if is_chinese else library.name_en,
            "library_zh": library.name_zh,
            "library_en": library.name_en,
            "desk_id": practice.desk_id,
            "holder_id": practice.librarian_id,
            "holder_zh": learner.name_zh,
            "holder_en": learner.name_en,
            "queued_at": practice.started_at,
            "page_url": None,
            "read_level": None,
            "rating_comment": None,
            "practice": PracticeMark(
                librarian_id=practice.librarian_id,
                player_id=practice.player_id,
                case_title=case.title if case else None,
            ),
        }
    )


def _message_views(session: Session, practice: Practice, rows: Sequence[PracticeMessage]) -> StaffMessages:
    learner = session.get_one(Librarian, practice.librarian_id)
    name = learner.name_zh if practice.language == "zh" else learner.name_en
    named = {"name": name, "name_zh": learner.name_zh, "name_en": learner.name_en}
    return [
        (NamedMessageView if row.author == Author.LIBRARIAN else MessageView).model_validate(
            {
                "seq": row.seq,
                "kind": "text",
                "author": row.author,
                **(named if row.author == Author.LIBRARIAN else {"name": None}),
                "client_id": row.client_id,
                "body": row.body,
                "created_at": row.created_at,
            }
        )
        for row in rows
    ]


def _result(session: Session, practice: Practice) -> PracticeView:
    ids = [each for each in (practice.librarian_id, practice.player_id, practice.feedback_by) if each is not None]
    people = {each.id: each for each in session.scalars(select(Librarian).where(Librarian.id.in_(ids)))}
    learner = people[practice.librarian_id]
    player = people.get(practice.player_id) if practice.player_id else None
    judge = people.get(practice.feedback_by) if practice.feedback_by else None
    # Whoever still practises does not read the answer first.
    case: Case | None = case_named(practice.case_key)
    told = case if practice.ended_at else None
    return PracticeView(
        id=practice.id,
        librarian_id=learner.id,
        name_zh=learner.name_zh,
        name_en=learner.name_en,
        player_id=practice.player_id,
        player_zh=player.name_zh if player else None,
        player_en=player.name_en if player else None,
        case_title=case.title if case else None,
        language=practice.language,
        question=practice.question,
        started_at=practice.started_at,
        ended_at=practice.ended_at,
        model_answer=told.model_answer if told else "",
        points=list(told.points) if told else [],
        feedback=practice.feedback,
        feedback_zh=judge.name_zh if judge else None,
        feedback_en=judge.name_en if judge else None,
        feedback_at=practice.feedback_at,
    )
