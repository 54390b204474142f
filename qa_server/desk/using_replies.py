"""The canned replies that a librarian may use in one conversation, filled in for its reader, and counting their use."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from knowledge.sounds import initials
from qa_server.conversations import queries
from qa_server.conversations.models import Conversation
from qa_server.conversations.schemas import Wire
from qa_server.desk.opening_hours import Opening, hours_now
from qa_server.desk.reply_views import MacroView, OriginView, macro_of, origins_of
from qa_server.desk.taking import desk_through
from qa_server.desk.workplace import Workplace
from qa_server.network.models import Desk, Library
from qa_server.network.node_settings import effective_all
from qa_server.network.queries import path_up
from qa_server.network.schedules import schedule_of
from qa_server.network.setting_definitions import CONTACT_EMAIL, CONTACT_PAGE, CONTACT_PHONE
from qa_server.people.reader_queries import identity_of
from qa_server.people.rights import StaffMember
from qa_server.replies import service
from qa_server.replies.holders import Chosen, Holder, holder_of, nearest_first, winners
from qa_server.replies.models import CannedReply
from qa_server.replies.queries import Uses, replies_of, uses_of
from qa_server.replies.variables import fill
from qa_server.routing import service as routing
from storage.errors import NotFound

_DAY_MINUTES = 1440
_WEEKDAYS_ZH = "一二三四五六日"


class UsableReply(Wire):
    """A reply ready to be sent. `language` is that of the text, the reader's own where there is one.

    `missing` are variables of which nothing is known: a blank stands there. `is_of_reader` is false for a reply of the
    librarian's own library that may not hold for the reader's. `hides` counts replies farther away with its shortcut.
    """

    id: UUID
    shortcut: str
    title_zh: str
    title_en: str
    text: str
    language: str
    missing: list[str]
    category: str
    subject: str | None
    tags: list[str]
    initials: str
    origin: OriginView
    is_of_reader: bool
    hides: int
    macro: MacroView | None
    use_count: int


class UsableReplies(Wire):
    """All of them, by shortcut; `use_count` of each counts the librarian's own use."""

    conversation_id: UUID
    language: str
    items: list[UsableReply]


@dataclass(frozen=True)
class _Scene:
    """The conversation and who looks at it; `near` are the ids of those whose replies hold for its reader."""

    conversation: Conversation
    order: list[Holder]
    home: frozenset[UUID]


def usable(place: Workplace, person: StaffMember, conversation_id: UUID) -> UsableReplies:
    """Return the replies for a conversation of the person's desks, or one the person holds. Raises NotFound."""
    with place.database.read() as session:
        scene = _scene(session, person, conversation_id)
        values = _values(session, person, scene.conversation, place.clock())
        found = winners(replies_of(session, scene.order), scene.order)
        uses = uses_of(session, [each.reply.id for each in found], by=person.id)
        origins = origins_of(session, {holder_of(each.reply) for each in found})
        return UsableReplies(
            conversation_id=conversation_id,
            language=scene.conversation.language,
            items=[_view(each, scene, values, origins, uses) for each in found],
        )


def note_use(place: Workplace, person: StaffMember, conversation_id: UUID, reply_id: UUID) -> None:
    """Count that a reply was used in a conversation. Raises NotFound."""
    try:
        _note_use(place, person, conversation_id, reply_id)
    except IntegrityError:
        # Used for the first time from two pages at once.
        _note_use(place, person, conversation_id, reply_id)


def _note_use(place: Workplace, person: StaffMember, conversation_id: UUID, reply_id: UUID) -> None:
    with place.database.write() as session:
        scene = _scene(session, person, conversation_id)
        found = session.get(CannedReply, reply_id)
        if found is None or holder_of(found) not in scene.order:
            raise NotFound()
        service.note_use(session, found.id, person.id, now=place.clock())


def _scene(session: Session, person: StaffMember, conversation_id: UUID) -> _Scene:
    conversation = _workable(session, person, conversation_id)
    through = desk_through(session, conversation, person.desk_ids)
    home = path_up(session, conversation.library_id)
    order = nearest_first(
        person_id=person.id,
        desk_ids={through} & person.desk_ids,
        home_path=home,
        own_path=path_up(session, person.library_id),
    )
    return _Scene(conversation, order, frozenset(home))


def _workable(session: Session, person: StaffMember, conversation_id: UUID) -> Conversation:
    try:
        return queries.at_desks(session, person.desk_ids, conversation_id)
    except NotFound:
        held = routing.open_claim(session, conversation_id)
        if held is None or held.librarian_id != person.id:
            raise
        return session.get_one(Conversation, conversation_id)


def _view(
    chosen: Chosen,
    scene: _Scene,
    values: Mapping[str, Mapping[str, str]],
    origins: Mapping[Holder, OriginView],
    uses: Mapping[UUID, Uses],
) -> UsableReply:
    reply, wanted = chosen.reply, scene.conversation.language
    texts = {"zh": reply.text_zh, "en": reply.text_en}
    language = wanted if texts.get(wanted) else next(each for each, text in texts.items() if text)
    filled = fill(texts[language], values[language])
    return UsableReply(
        id=reply.id,
        shortcut=reply.shortcut,
        title_zh=reply.title_zh,
        title_en=reply.title_en,
        text=filled.text,
        language=language,
        missing=list(filled.missing),
        category=reply.category,
        subject=reply.subject,
        tags=reply.tags,
        initials=initials(reply.title_zh),
        origin=origins[holder_of(reply)],
        is_of_reader=reply.library_id is None or reply.library_id in scene.home,
        hides=chosen.hides,
        macro=macro_of(reply),
        use_count=uses.get(reply.id, Uses()).count,
    )


def _values(
    session: Session, person: StaffMember, conversation: Conversation, now: datetime
) -> dict[str, dict[str, str]]:
    """Return what the variables stand for in this conversation, in each language."""
    library = session.get_one(Library, conversation.library_id)
    own = session.get_one(Library, person.library_id)
    desk = session.get_one(Desk, desk_through(session, conversation, person.desk_ids))
    contacts = effective_all(session, library.id, [CONTACT_PHONE.key, CONTACT_EMAIL.key, CONTACT_PAGE.key])
    schedule = schedule_of(session, library.id, around=now)
    openings = hours_now(schedule, now).today
    day = schedule.local_date(now)
    identity = identity_of(session, conversation.reader_id)
    # Another library's word about somebody is not told here.
    name = identity.name if identity is not None and identity.library_id == library.id else ""
    shared = {
        "library_phone": contacts[CONTACT_PHONE.key].value,
        "library_email": contacts[CONTACT_EMAIL.key].value,
        "library_page": contacts[CONTACT_PAGE.key].value,
        "number": conversation.number,
    }
    return {
        "zh": {
            **shared,
            "reader_name": name or "读者",
            "library": library.name_zh,
            "librarian": person.name_zh,
            "librarian_library": own.name_zh,
            "desk": desk.name_zh,
            "hours_today": _hours(openings, next_day="次日", closed="今日不开放", separator="、"),
            "today": f"{day.month}月{day.day}日（星期{_WEEKDAYS_ZH[day.weekday()]}）",
        },
        "en": {
            **shared,
            "reader_name": name or "reader",
            "library": library.name_en,
            "librarian": person.name_en,
            "librarian_library": own.name_en,
            "desk": desk.name_en,
            "hours_today": _hours(openings, next_day="next day ", closed="closed today", separator=", "),
            "today": f"{day:%A}, {day.day} {day:%B}",
        },
    }


def _hours(openings: list[Opening], *, next_day: str, closed: str, separator: str) -> str:
    def clock(minute: int) -> str:
        # Midnight at the end of a day is written as 24:00.
        if minute > _DAY_MINUTES:
            return next_day + clock(minute - _DAY_MINUTES)
        return f"{minute // 60:02d}:{minute % 60:02d}"

    spans = [f"{clock(each.starts_minute)}–{clock(each.ends_minute)}" for each in openings]
    return separator.join(spans) or closed
