"""What a page of a search shows: each conversation with its desk, who answered, and the words around a hit."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge.marking import marks
from qa_server.conversations.models import Conversation, Kind, Message, Note
from qa_server.conversations.schemas import StaffConversation, Wire
from qa_server.desk import searching
from qa_server.desk.search_excerpts import Piece, excerpt, pieces
from qa_server.desk.search_filters import ConversationFilters
from qa_server.desk.views import staff_views
from qa_server.desk.workplace import Workplace
from qa_server.network.models import Desk
from qa_server.people.models import Librarian
from qa_server.people.reader_models import ReaderIdentity
from qa_server.people.rights import StaffMember
from qa_server.routing.models import Claim, HandOver

# Messages of one conversation in which a hit is looked for; the beginning says most.
_LOOKED_AT = 100
# Of a question in a list.
_MAX_QUESTION = 160


class ConversationHit(Wire):
    """A conversation that was found. `reader` is who asked, where that was told to this library.

    `question` and `excerpt` are in pieces; the excerpt is empty where the question has the hit already.
    """

    conversation: StaffConversation
    desk_zh: str
    desk_en: str
    answered_zh: str | None
    answered_en: str | None
    reader: str | None
    was_handed_over: bool
    question: list[Piece]
    excerpt: list[Piece]


class FoundConversations(Wire):
    """One page. `found` counts all hits, exactly up to 1,000; `is_more` when there are more than it says.

    `stale` names filters whose desk, library or librarian is not there, or not for the person to see.
    """

    items: list[ConversationHit]
    found: int
    is_more: bool
    next: str | None
    stale: list[str]


def find(
    place: Workplace, person: StaffMember, filters: ConversationFilters, *, cursor: str = ""
) -> FoundConversations:
    """Return one page of the conversations that a person may see and that fit; internal notes are searched too."""
    with place.database.read() as session:
        search = searching.prepare(session, person, filters)
        page, total = searching.page_and_count(session, search, cursor=cursor)
        return FoundConversations(
            items=hits(session, page.ids, filters),
            found=min(total, searching.MAX_COUNTED),
            is_more=total > searching.MAX_COUNTED,
            next=page.next,
            stale=list(search.stale),
        )


def hits(session: Session, ids: Sequence[UUID], filters: ConversationFilters) -> list[ConversationHit]:
    """Return these conversations as they are shown, in the order given. The caller has checked the right."""
    rows = {each.id: each for each in session.scalars(select(Conversation).where(Conversation.id.in_(ids)))}
    ordered = [rows[each] for each in ids if each in rows]
    views = staff_views(session, ordered)
    desks = {each.id: each for each in session.scalars(select(Desk).where(Desk.id.in_({r.desk_id for r in ordered})))}
    answered, readers = answered_by(session, ids), readers_of(session, ordered)
    handed = set(session.scalars(select(HandOver.conversation_id).where(HandOver.conversation_id.in_(ids))))
    texts = _texts(session, ids) if filters.q else {}
    return [
        ConversationHit(
            conversation=view,
            desk_zh=desks[view.desk_id].name_zh,
            desk_en=desks[view.desk_id].name_en,
            answered_zh=answered[view.id].name_zh if view.id in answered else None,
            answered_en=answered[view.id].name_en if view.id in answered else None,
            reader=readers[view.id].name if view.id in readers else None,
            was_handed_over=view.id in handed,
            question=_question(filters.q, view.question),
            excerpt=excerpt(filters.q, texts.get(view.id, ())),
        )
        for view in views
    ]


def readers_of(session: Session, conversations: Collection[Conversation]) -> dict[UUID, ReaderIdentity]:
    """Return who asked, by conversation, where the reader agreed to tell that library."""
    ids = {each.reader_id for each in conversations}
    known = {
        each.reader_id: each
        for each in session.scalars(select(ReaderIdentity).where(ReaderIdentity.reader_id.in_(ids)))
    }
    return {
        each.id: known[each.reader_id]
        for each in conversations
        if each.reader_id in known and known[each.reader_id].library_id == each.library_id
    }


def _question(query: str, question: str) -> list[Piece]:
    shown = question if len(question) <= _MAX_QUESTION else question[:_MAX_QUESTION] + "…"
    return pieces(shown, marks(query, shown) if query else ())


def answered_by(session: Session, ids: Sequence[UUID]) -> Mapping[UUID, Librarian]:
    """Return who held each conversation last."""
    rows = session.execute(
        select(Claim.conversation_id, Librarian)
        .join(Librarian, Librarian.id == Claim.librarian_id)
        .where(Claim.conversation_id.in_(ids))
        .order_by(Claim.id)
    )
    return {row.conversation_id: row.Librarian for row in rows}


def _texts(session: Session, ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    """Return what was said and noted, the question left out: it is shown whole."""
    said = session.execute(
        select(Message.conversation_id, Message.body)
        .where(Message.conversation_id.in_(ids), Message.kind == Kind.TEXT, Message.seq.between(2, _LOOKED_AT))
        .order_by(Message.conversation_id, Message.seq)
    )
    noted = session.execute(
        select(Note.conversation_id, Note.body).where(Note.conversation_id.in_(ids)).order_by(Note.id)
    )
    found: dict[UUID, list[str]] = {}
    for conversation_id, body in [*said, *noted]:
        found.setdefault(conversation_id, []).append(body)
    return found
