"""Keep the ledger in order: balance entries, let go of words that are too old, undo closings that lost their proof."""

from datetime import timedelta

import structlog

from knowledge import tasks
from knowledge.ledger import balance as ledger_balance
from knowledge.ledger import closings
from knowledge.ledger.balance import Balanced, Balancing
from knowledge.tasks import LeaseLost
from qa_server.desk.articles import doubling
from qa_server.desk.ledger.intake import TASK, LedgerKeeper, common_of
from qa_server.desk.workplace import Workplace

# One process does this, once in so long.
EVERY = timedelta(hours=24)
_UPKEEP = "ledger_upkeep"
_CLOSINGS_PER_ROUND = 500

_log = structlog.get_logger(__name__)


def keep_in_order(place: Workplace, keeper: LedgerKeeper) -> bool:
    """Do the daily work where it is due and nobody else does it; say whether it was done."""
    with place.database.write() as session:
        lease = tasks.take(session, _UPKEEP, keeper.holder, now=place.clock())
    if lease is None:
        return False
    if lease.position is not None and lease.position + EVERY > place.clock():
        return False
    forget_words(place)
    reopen_voided(place)
    doubling.find_duplicates(place)
    if place.search.encoder is not None:
        balance(place, keeper)
    with place.database.write() as session:
        try:
            lease = tasks.advance(session, lease, now=place.clock(), position=place.clock())
        except LeaseLost:
            return False
        tasks.give_up(session, lease)
    return True


def balance(place: Workplace, keeper: LedgerKeeper) -> Balanced | None:
    """Put all entries in order; None without an encoder, or while another process keeps the ledger."""
    encoder = place.search.encoder
    if encoder is None:
        return None
    with place.database.write() as session:
        lease = tasks.take(session, TASK, keeper.holder, now=place.clock())
    if lease is None:
        return None
    work = Balancing(place.database, encoder, common_of, place.clock)
    try:
        done, _ = ledger_balance.balance(work, lease)
    except LeaseLost:
        return None
    finally:
        keeper.forget()
    _log.info("the ledger was balanced", strayed=done.strayed, merged=done.merged, renewed=done.renewed)
    return done


def forget_words(place: Workplace) -> int:
    """Take out words older than the retention allows; counts stay. Returns how many questions lost their words."""
    days = place.settings.ledger_words_days
    return ledger_balance.forget_words(place.database, before=place.clock() - timedelta(days=days))


def reopen_voided(place: Workplace) -> int:
    """Open what was closed with articles that readers no longer see; return how many closings that were."""
    now = place.clock()
    with place.database.read() as session:
        gone = closings.voided(session, now=now, limit=_CLOSINGS_PER_ROUND)
    for closing_id in gone:
        with place.database.write() as session:
            closing = closings.find_closing(session, closing_id)
            closings.reopen(session, closing, reason="article_gone", common=common_of(session), now=now)
    return len(gone)
