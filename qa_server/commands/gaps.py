"""`wenjin ledger` and `wenjin duplicates`: what readers ask in vain, and articles that say the same."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn
from sqlalchemy import select
from sqlalchemy.orm import Session

from embeddings.encoder import Encoder
from embeddings.loading import load_encoder
from knowledge import duplicates, tasks
from knowledge.duplicate_models import DuplicatePair
from knowledge.ledger import queries as ledger_queries
from knowledge.ledger.balance import Balancing, balance
from knowledge.ledger.queries import EntrySeen, LedgerFilter, Order
from knowledge.merging import shown_revision
from knowledge.models import Article
from qa_server.commands.databases import checked_database, require_newest_schema
from qa_server.commands.refusals import UsageRefused
from qa_server.desk.ledger.intake import TASK, common_of
from qa_server.i18n import terminal_language, translate
from qa_server.network.models import Library
from qa_server.network.queries import library_by_code, subtree
from qa_server.settings import Settings

_HOLDER = "command line"


@dataclass(frozen=True)
class LedgerWanted:
    """Which entries: below a node, in which order, how many."""

    node: str | None
    order: str
    limit: int


def show_ledger(settings: Settings, wanted: LedgerWanted, *, is_json: bool) -> None:
    """Print the entries with open questions. Raises NotFound for an unknown node."""
    if wanted.order not in set(Order):
        raise UsageRefused(reason="The order is count, growth or newest.")
    require_newest_schema(settings)
    with checked_database(settings) as database, database.read() as session:
        libraries = _libraries(session, wanted.node)
        chosen = LedgerFilter(libraries=libraries, order=Order(wanted.order))
        page = ledger_queries.list_entries(session, chosen, now=datetime.now(UTC))
        gaps = ledger_queries.gaps_of(session, libraries)
    rows = page.rows[: wanted.limit]
    if is_json:
        told = {"open": gaps.open_count, "asked": gaps.asked, "wordless": gaps.wordless, "waiting": gaps.waiting}
        typer.echo(json.dumps({**told, "entries": [_entry(each) for each in rows]}, ensure_ascii=False))
        return
    for each in rows:
        typer.echo(f"{each.open_count:6d} {each.growth:+5d}  {each.state.value:8s} {each.typical or '…'}")
    sentence = "{entries} entries, {open} questions open, {waiting} wait to be sorted in."
    typer.echo(translate(sentence, terminal_language(), entries=page.total, open=gaps.open_count, waiting=gaps.waiting))


def balance_ledger(settings: Settings) -> None:
    """Put the entries in order now. Raises UsageRefused without an encoder, and while a service keeps the ledger."""
    require_newest_schema(settings)
    encoder = _encoder(settings)
    if encoder is None:
        raise UsageRefused(reason="This takes an encoder.")
    with checked_database(settings) as database:
        with database.write() as session:
            lease = tasks.take(session, TASK, _HOLDER, now=datetime.now(UTC))
        if lease is None:
            raise UsageRefused(reason="A running service keeps the ledger; it puts it in order once a day.")
        done, lease = balance(Balancing(database, encoder, common_of, lambda: datetime.now(UTC)), lease)
        with database.write() as session:
            tasks.give_up(session, lease)
    sentence = "{strayed} questions wait to be sorted in again, {merged} entries went into others."
    typer.echo(translate(sentence, terminal_language(), strayed=done.strayed, merged=done.merged))


def find_duplicates(settings: Settings, *, limit: int, is_json: bool) -> None:
    """Compare articles that changed with all others, then print the pairs that are open, closest first."""
    require_newest_schema(settings)
    encoder = _encoder(settings)
    with checked_database(settings) as database:
        columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, transient=True, console=Console(stderr=True)) as progress:
            task = progress.add_task("", total=None)
            found = duplicates.find_all(
                database,
                encoder=encoder.name if encoder else None,
                now=datetime.now(UTC),
                tell=lambda done, total: progress.update(task, completed=done, total=total),
            )
        with database.read() as session:
            page = duplicates.list_pairs(session, _owners(session))
            lines = [_pair(session, row) for row in page.rows[:limit]]
    if is_json:
        told = {"compared": found.compared, "new": found.pairs, "open": page.total, "pairs": lines}
        typer.echo(json.dumps(told, ensure_ascii=False))
        return
    for line in lines:
        typer.echo(f"{line['text']:.2f} {line['meaning'] or 0:.2f}  {line['first']}  |  {line['second']}")
    sentence = "{compared} articles were compared; {new} pairs are new, {open} are open."
    typer.echo(translate(sentence, terminal_language(), compared=found.compared, new=found.pairs, open=page.total))


def _encoder(settings: Settings) -> Encoder | None:
    return None if settings.encoder == "none" else load_encoder(settings.encoder, **settings.encoder_options)


def _libraries(session: Session, node: str | None) -> set[UUID]:
    if node is not None:
        return subtree(session, [library_by_code(session, node).id])
    return set(session.scalars(select(Library.id)))


def _owners(session: Session) -> set[UUID]:
    return set(session.scalars(select(Article.library_id).distinct()))


def _entry(each: EntrySeen) -> dict[str, object]:
    return {
        "id": str(each.entry.id),
        "question": each.typical,
        "state": each.state,
        "open": each.open_count,
        "asked": each.asked,
        "recent": each.recent,
        "before": each.before,
        "libraries": each.libraries,
    }


def _pair(session: Session, row: DuplicatePair) -> dict[str, object]:
    articles = [session.get_one(Article, each) for each in (row.first_id, row.second_id)]
    first, second = (shown_revision(session, each).question for each in articles)
    return {
        "first": first,
        "second": second,
        "first_id": str(row.first_id),
        "second_id": str(row.second_id),
        "text": row.text_closeness,
        "meaning": row.meaning_closeness,
    }
