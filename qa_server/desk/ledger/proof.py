"""Close entries of the ledger with proof: test an article with the readers' own words, close, decline, open again.

Closing takes the right to review and concerns the libraries below the nodes where it is held; an entry is closed when
nothing of it is open.
"""

from uuid import UUID

from sqlalchemy.orm import Session

from knowledge.catalogue import Scope
from knowledge.ledger import closings
from knowledge.ledger import queries as ledger_queries
from knowledge.ledger.closings import Closer, Tested
from knowledge.ledger.models import LedgerClosing
from knowledge.ledger.queries import AskedWords
from knowledge.visible import find_visible
from qa_server.conversations.text import storable
from qa_server.desk.ledger.intake import common_of
from qa_server.desk.ledger.views import Proof, concerns, may_undo, reviewed_by, seen_by
from qa_server.desk.workplace import Workplace
from qa_server.network.queries import scope_of, subtree
from qa_server.people.rights import Right, StaffMember, nodes_with
from storage.errors import Forbidden, NotFound

# Answers looked at when a question is asked again.
_HITS = 10


def test(place: Workplace, person: StaffMember, entry_id: UUID, article_id: UUID) -> Proof:
    """Ask every open question of the person's libraries again, each as a reader of its library would.

    Says at which place each finds the article, or the variant of its topic that stands there. Raises NotFound for an
    article that readers do not see. Blocks for some milliseconds per question.
    """
    with place.database.read() as session:
        now, libraries = place.clock(), reviewed_by(session, person)
        standing = ledger_queries.standing_for(session, entry_id)
        ledger_queries.find_seen(session, standing.id, seen_by(session, person), now=now)
        article = find_visible(session, [article_id], now=now).get(article_id)
        if article is None:
            raise NotFound()
        asked = [each for each in ledger_queries.asked_words(session, standing.id, libraries) if each.open_count]
        scopes = {each.library_id: Scope(scope_of(session, each.library_id)) for each in asked}
    tests = [
        Tested(
            each.words,
            each.words_hash,
            each.library_id,
            each.times,
            _place_of(place, each, scopes[each.library_id], article.key),
        )
        for each in asked
    ]
    return Proof(article_id, article.question, tests)


def close(place: Workplace, person: StaffMember, entry_id: UUID, article_id: UUID, *, reason: str) -> LedgerClosing:
    """Close what the person's libraries asked with the article that now answers it, tested in this moment.

    Raises NotFound, Forbidden, ProofMissing, RemainderUnexplained, NothingOpen.
    """
    _require_closer(place, person, entry_id)
    proof = test(place, person, entry_id, article_id)
    with place.database.write() as session:
        standing = ledger_queries.standing_for(session, entry_id)
        return closings.close_answered(
            session,
            standing.id,
            article_id=article_id,
            tests=proof.tests,
            by=_closer(session, person),
            reason=storable(reason),
            now=place.clock(),
        )


def decline(place: Workplace, person: StaffMember, entry_id: UUID, *, reason: str) -> LedgerClosing:
    """Close what the person's libraries asked without an answer. Raises NotFound, Forbidden, ReasonMissing."""
    _require_closer(place, person, entry_id)
    with place.database.write() as session:
        standing = ledger_queries.standing_for(session, entry_id)
        return closings.close_unanswered(
            session, standing.id, by=_closer(session, person), reason=storable(reason), now=place.clock()
        )


def reopen(place: Workplace, person: StaffMember, closing_id: UUID) -> UUID:
    """Take a closing back; return its entry. Raises NotFound, Forbidden."""
    with place.database.write() as session:
        closing = closings.find_closing(session, closing_id)
        if not concerns(session, closing, seen_by(session, person)):
            raise NotFound()
        if not may_undo(session, person, closing):
            raise Forbidden()
        closings.reopen(session, closing, reason="taken_back", common=common_of(session), now=place.clock())
        return closing.entry_id


def _closer(session: Session, person: StaffMember) -> Closer:
    roots = nodes_with(person, Right.REVIEW_ARTICLES)
    return Closer(person.id, roots, subtree(session, roots), common_of(session))


def _require_closer(place: Workplace, person: StaffMember, entry_id: UUID) -> None:
    with place.database.read() as session:
        standing = ledger_queries.standing_for(session, entry_id)
        ledger_queries.find_seen(session, standing.id, seen_by(session, person), now=place.clock())
        if not ledger_queries.libraries_of(session, standing.id, reviewed_by(session, person)):
            raise Forbidden()


def _place_of(place: Workplace, asked: AskedWords, scope: Scope, key: str) -> int | None:
    hits = place.search.search(asked.words, scope=scope, limit=_HITS).hits
    return next((number for number, hit in enumerate(hits, start=1) if hit.key == key), None)
