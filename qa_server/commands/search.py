"""`wenjin reindex`, and the doctor's look at the search."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer
from sqlalchemy import delete

from embeddings.errors import EncoderUnavailable
from embeddings.loading import load_encoder
from knowledge.models import PassageVector
from knowledge.reindexing import check_vectors
from qa_server.app import make_workplace
from qa_server.commands.databases import require_newest_schema
from qa_server.commands.invariants import Finding
from qa_server.desk.workplace import Workplace
from qa_server.i18n import terminal_language, translate
from qa_server.settings import Settings
from storage.database import Database


def reindex(settings: Settings, *, is_afresh: bool) -> None:
    """Encode what has no vector yet by the present encoder; afresh: forget every vector of every encoder first."""
    require_newest_schema(settings)
    with open_search(settings) as place:
        if is_afresh:
            with place.database.write() as session:
                session.execute(delete(PassageVector))
        place.search.start()
        place.search.catch_up()
        status = place.search.status()
    sentence = "{articles} articles are in the index, {passages} passages with a vector; search works as: {mode}."
    language = terminal_language()
    typer.echo(translate(sentence, language, articles=status.articles, passages=status.passages, mode=status.mode))
    if status.reason:
        typer.echo(status.reason)


def search_findings(database: Database, settings: Settings) -> Iterator[Finding]:
    """Yield an encoder that cannot be used, or the passages that have no vector by it yet."""
    if settings.encoder == "none":
        return
    try:
        encoder = load_encoder(settings.encoder, device=settings.encoder_device)
    except EncoderUnavailable as error:
        yield Finding(settings.encoder, str(error))
        return
    lacking = check_vectors(database, encoder).missing_passages
    if lacking:
        yield Finding(f"{encoder.name}: {lacking}", "Passages have no vector yet.", lambda _: _encode(settings))


def _encode(settings: Settings) -> None:
    with open_search(settings) as place:
        place.search.start()
        place.search.catch_up()


@contextmanager
def open_search(settings: Settings) -> Iterator[Workplace]:
    """Give the parts of the service with a search that can be started, and stop it at the end."""
    place = make_workplace(settings)
    try:
        yield place
    finally:
        place.search.stop()
        place.database.dispose()
