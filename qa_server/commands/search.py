"""`wenjin reindex`, and the doctor's look at the vectors."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

from embeddings.encoder import Encoder
from embeddings.errors import EncoderUnavailable
from embeddings.loading import load_encoder
from knowledge import reindexing
from knowledge.reindexing import VectorDrift, check_vectors, forget_vectors
from knowledge.visible import count_visible
from qa_server.commands.databases import checked_database, require_newest_schema
from qa_server.commands.invariants import Finding
from qa_server.i18n import terminal_language, translate
from qa_server.settings import Settings
from storage.database import Database

# What shells report of a program that Ctrl+C ended: 128 and the number of the signal.
_INTERRUPTED = 130
# Where no terminal shows a bar, a line is written after every so many hundredths.
_LINE_EVERY_PERCENT = 5

_Show = Callable[[int, int], None]


def reindex(settings: Settings, *, is_afresh: bool) -> None:
    """Encode what has no vector yet by the present encoder, and drop vectors that nobody needs.

    Afresh: forget every vector first. Ctrl+C and SIGTERM end it with exit code 130; what is done stays done. Safe while
    the service runs.
    """
    require_newest_schema(settings)
    with checked_database(settings) as database:
        encoder = _encoder(settings)
        if is_afresh:
            forget_vectors(database)
        if encoder is None:
            with database.read() as session:
                _say_total(count_visible(session, now=datetime.now(UTC)), 0, "keyword")
            return
        found = _encode(database, encoder)
        after = check_vectors(database, encoder)
    made = "{passages} passages were encoded; {vectors} vectors that nobody needs are gone."
    encoded = found.missing_passages - after.missing_passages
    typer.echo(translate(made, terminal_language(), passages=encoded, vectors=found.needless_vectors))
    _say_total(after.articles, after.passages - after.missing_passages, "hybrid")


def search_findings(database: Database, settings: Settings) -> Iterator[Finding]:
    """Yield an encoder that cannot be used, or how far the stored vectors are from the articles."""
    if settings.encoder == "none":
        return
    try:
        encoder = load_encoder(settings.encoder, **settings.encoder_options)
    except EncoderUnavailable as error:
        yield Finding(settings.encoder, str(error))
        return
    drift = check_vectors(database, encoder)

    def mend(_: Database) -> None:
        _encode(database, encoder)

    if drift.missing_passages:
        yield Finding(f"{encoder.name}: {drift.missing_passages}", "Passages have no vector yet.", mend)
    if drift.needless_vectors:
        yield Finding(f"{encoder.name}: {drift.needless_vectors}", "Vectors are kept that nobody needs.", mend)


def _encoder(settings: Settings) -> Encoder | None:
    if settings.encoder == "none":
        return None
    return load_encoder(settings.encoder, **settings.encoder_options)


def _encode(database: Database, encoder: Encoder) -> VectorDrift:
    done = total = 0

    def note(finished: int, of: int) -> None:
        nonlocal done, total
        done, total = finished, of
        show(finished, of)

    # A service manager's stop ends it as Ctrl+C does: between two statements, with nothing half stored.
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with _progress() as show:
            return reindexing.reindex(database, encoder, on_progress=note)
    except KeyboardInterrupt:
        stopped = "Stopped after {done} of {total} articles. What is done is kept: wenjin reindex goes on from here."
        typer.echo(translate(stopped, terminal_language(), done=done, total=total or "?"), err=True)
        raise typer.Exit(_INTERRUPTED) from None
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _progress() -> Iterator[_Show]:
    """Show articles done: a bar on a terminal, lines in a log."""
    bar = Progress(BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), transient=True)
    if not bar.console.is_terminal:
        yield _lines()
        return
    with bar:
        task = bar.add_task("", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _lines() -> _Show:
    told = -_LINE_EVERY_PERCENT

    def show(done: int, total: int) -> None:
        nonlocal told
        percent = 100 * done // total
        if percent >= told + _LINE_EVERY_PERCENT or done == total:
            told = percent
            typer.echo(translate("{done} of {total} articles encoded.", terminal_language(), done=done, total=total))

    return show


def _say_total(articles: int, passages: int, mode: str) -> None:
    sentence = "{articles} articles are in the index, {passages} passages with a vector; search works as: {mode}."
    typer.echo(translate(sentence, terminal_language(), articles=articles, passages=passages, mode=mode))
