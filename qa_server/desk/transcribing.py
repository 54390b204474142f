"""A conversation as a document to keep: who said what when, as its reader sees it, in its own language and time zone.

Internal notes never enter: librarians hand transcripts on.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from qa_server.conversations.schemas import MessageView, ReaderConversation, ReaderThread, StaffThread, Wire
from qa_server.desk import answering, asking
from qa_server.desk.asking import KnownReader
from qa_server.desk.workplace import Workplace
from qa_server.i18n import Language, translate
from qa_server.network.queries import library_by_code
from qa_server.people.rights import StaffMember

# What an event says, also in the console. An edit or a deletion is shown at its message instead.
EVENTS = {
    "claimed": "{name} took the question",
    "released": "{name} gave the question back",
    "released.no_first_answer": "Back in the queue: no first answer in time",
    "released.absent": "Back in the queue: the connection of {name} was lost",
    "closed": "{name} closed the conversation",
    "closed.reader_left": "The reader ended the conversation",
    "withdrawn": "The reader withdrew the question",
}


class TranscriptEntry(Wire):
    """One message, file or event. `text` is the words, the name of the file, or what happened."""

    seq: int
    at: datetime
    kind: Literal["text", "attachment", "event"]
    author: Literal["reader", "librarian", "system"]
    name: str
    text: str
    is_edited: bool = False
    is_deleted: bool = False


class Transcript(Wire):
    """A whole conversation. Times are in the time zone of the library."""

    number: str
    library: str
    language: Literal["zh", "en"]
    time_zone: str
    asked_at: datetime
    ended_at: datetime | None
    made_at: datetime
    entries: list[TranscriptEntry]


@dataclass(frozen=True)
class _Setting:
    language: Language
    zone: ZoneInfo


def for_reader(place: Workplace, reader: KnownReader, conversation_id: UUID) -> Transcript:
    """Return the transcript of the reader's own conversation. Raises NotFound."""
    return _transcript(place, lambda after_seq: asking.thread(place, reader, conversation_id, after_seq))


def for_staff(place: Workplace, person: StaffMember, conversation_id: UUID) -> Transcript:
    """Return the transcript of a conversation of the person's desks. Raises NotFound."""
    return _transcript(place, lambda after_seq: answering.desk_thread(place, person, conversation_id, after_seq))


def _transcript(place: Workplace, page: Callable[[int], ReaderThread | StaffThread]) -> Transcript:
    thread = page(0)
    conversation, messages = thread.conversation, list(thread.messages)
    while thread.has_more:
        thread = page(messages[-1].seq)
        messages += thread.messages
    with place.database.read() as session:
        library = library_by_code(session, conversation.library)
    setting = _Setting(conversation.language, ZoneInfo(library.time_zone))
    return Transcript(
        number=conversation.number,
        library=library.name_zh if setting.language == "zh" else library.name_en,
        language=setting.language,
        time_zone=library.time_zone,
        asked_at=conversation.created_at.astimezone(setting.zone),
        ended_at=_ended_at(conversation, setting),
        made_at=place.clock().astimezone(setting.zone),
        entries=_entries(messages, setting),
    )


def _ended_at(conversation: ReaderConversation, setting: _Setting) -> datetime | None:
    return conversation.ended_at.astimezone(setting.zone) if conversation.ended_at else None


def _entries(messages: Sequence[MessageView], setting: _Setting) -> list[TranscriptEntry]:
    entries = [_event(each, setting) if each.kind == "event" else _said(each, setting) for each in messages]
    return [entry for entry in entries if entry is not None]


def _said(message: MessageView, setting: _Setting) -> TranscriptEntry:
    is_file = "attachment" in message.details and not message.is_deleted
    return TranscriptEntry(
        seq=message.seq,
        at=message.created_at.astimezone(setting.zone),
        kind="attachment" if is_file else "text",
        author=message.author,
        name=message.name or _role(message.author, setting.language),
        text="" if message.is_deleted else message.body,
        is_edited=message.edited_at is not None,
        is_deleted=message.is_deleted,
    )


def _event(message: MessageView, setting: _Setting) -> TranscriptEntry | None:
    details = message.details
    sentence = sentence_of(message.event, details, EVENTS)
    if sentence is None:
        return None
    name = message.name or _role("librarian", setting.language)
    return TranscriptEntry(
        seq=message.seq,
        at=message.created_at.astimezone(setting.zone),
        kind="event",
        author="system",
        name=name,
        text=translate(sentence, setting.language, name=name),
    )


def sentence_of(event: str | None, details: Mapping[str, object], sentences: Mapping[str, str]) -> str | None:
    """Return what is said of an event, by its cause where that has a sentence of its own, or None."""
    cause = details.get("reason") or ("reader_left" if details.get("by") == "reader" else None)
    return sentences.get(f"{event}.{cause}") or sentences.get(str(event))


def _role(author: str, language: Language) -> str:
    return translate("Reader", language) if author == "reader" else translate("Librarian", language)
