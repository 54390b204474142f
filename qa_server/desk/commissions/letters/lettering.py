"""The words of letters about commissions, changed at a node for itself and everything below it."""

from uuid import UUID

from sqlalchemy.orm import Session

from qa_server.commissions.money_models import LetterWords
from qa_server.conversations.schemas import Wire
from qa_server.conversations.text import storable
from qa_server.desk.commissions.letters import letter_words
from qa_server.desk.finding import OwnerView
from qa_server.desk.rights_at import node_for
from qa_server.desk.workplace import Workplace
from qa_server.i18n import Language
from qa_server.network.changes import Change, record_change
from qa_server.network.queries import owners, path_up
from qa_server.people.rights import Right, StaffMember
from storage.errors import NotFound

_CHANGED = "letter_words"


class WordsView(Wire):
    """A kind of letter as it holds at a node. `origin` is whose words they are, None for ours; `is_own` this node's."""

    kind: str
    to: str
    label_zh: str
    label_en: str
    language: str
    subject: str
    body: str
    origin: OwnerView | None
    is_own: bool


class PreviewView(Wire):
    """A letter with made-up values in it."""

    subject: str
    paragraphs: list[str]


def words_at(place: Workplace, person: StaffMember, code: str, language: Language) -> list[WordsView]:
    """Return every kind of letter as it holds at a node, in one language. Raises NotFound, Forbidden."""
    with place.database.read() as session:
        node = node_for(session, person, Right.EDIT_SERVICES, code)
        return [_view(session, node.id, kind, language) for kind in letter_words.kinds()]


def set_words(
    place: Workplace, person: StaffMember, code: str, kind: str, language: Language, *, subject: str, body: str
) -> WordsView:
    """Use other words at a node and below. Raises NotFound, Forbidden, LetterWordsRefused, PlaceholderUnknown."""
    words = letter_words.check_words(storable(subject), storable(body))
    with place.database.write() as session:
        node = node_for(session, person, Right.EDIT_SERVICES, code)
        _known(kind)
        row = session.get(LetterWords, (node.id, kind, language), with_for_update=True)
        old = None if row is None else {"subject": row.subject, "body": row.body}
        now = place.clock()
        if row is None:
            row = LetterWords(library_id=node.id, kind=kind, language=language, subject="", body="")
            row.changed_at, row.changed_by_id = now, person.id
            session.add(row)
        new = {"subject": words.subject, "body": words.body}
        if old != new:
            row.subject, row.body, row.changed_at, row.changed_by_id = words.subject, words.body, now, person.id
            change = Change(node.id, _CHANGED, f"{kind}.{language}", "set", old, new)
            record_change(session, change, by=person.id, now=now)
        session.flush()
        return _view(session, node.id, kind, language)


def clear_words(place: Workplace, person: StaffMember, code: str, kind: str, language: Language) -> WordsView:
    """Let a node use the words from above again. Safe to repeat. Raises NotFound, Forbidden."""
    with place.database.write() as session:
        node = node_for(session, person, Right.EDIT_SERVICES, code)
        _known(kind)
        row = session.get(LetterWords, (node.id, kind, language))
        if row is not None:
            old = {"subject": row.subject, "body": row.body}
            session.delete(row)
            change = Change(node.id, _CHANGED, f"{kind}.{language}", "cleared", old, None)
            record_change(session, change, by=person.id, now=place.clock())
            session.flush()
        return _view(session, node.id, kind, language)


def preview(language: Language, *, subject: str, body: str) -> PreviewView:
    """Return how a letter would read. Raises LetterWordsRefused, PlaceholderUnknown."""
    words = letter_words.check_words(subject, body)
    values = letter_words.example(language)
    return PreviewView(
        subject=letter_words.filled(words.subject, values),
        paragraphs=letter_words.paragraphs(letter_words.filled(words.body, values)),
    )


def _known(kind: str) -> None:
    if kind not in letter_words.kinds():
        raise NotFound()


def _view(session: Session, node_id: UUID, kind: str, language: Language) -> WordsView:
    path = path_up(session, node_id)
    words = letter_words.words_for(session, path, kind, language)
    known = letter_words.kinds()[kind]
    owner = owners(session, {words.origin}).get(words.origin) if words.origin else None
    return WordsView(
        kind=kind,
        to=known.to,
        label_zh=known.label_zh,
        label_en=known.label_en,
        language=language,
        subject=words.subject,
        body=words.body,
        origin=OwnerView(code=owner.code, name_zh=owner.name_zh, name_en=owner.name_en) if owner else None,
        is_own=words.origin == node_id,
    )
