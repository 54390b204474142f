"""`wenjin harvest`: another provider's records into drafts, with progress and a report."""

from dataclasses import dataclass

import typer
from rich.console import Console
from rich.progress import Progress

from qa_server.app import make_workplace
from qa_server.commands.databases import require_newest_schema
from qa_server.desk.answers import harvesting
from qa_server.desk.answers import sources as harvest_sources
from qa_server.desk.answers.harvesting import RunReport
from qa_server.desk.workplace import Workplace
from qa_server.harvesting.errors import told
from qa_server.i18n import terminal_language, translate
from qa_server.settings import Settings


@dataclass(frozen=True)
class Wanted:
    """What to harvest, for whom, and what holds for records that name neither language nor topic."""

    address: str
    library: str
    set_spec: str
    language: str
    topic: str
    author: str | None


def harvest(settings: Settings, wanted: Wanted) -> bool:
    """Harvest; print the report; return whether the list came to its end.

    Raises NotFound, AddressRefused, SourceRefused, HarvestRunning.
    """
    require_newest_schema(settings)
    # Words alone find what is repeated; nothing of the command needs an encoder or the indexes of a server.
    place = make_workplace(settings.model_copy(update={"encoder": "none", "index_folder": ""}))
    try:
        place.search.refresh()
        report = _run(place, wanted)
    finally:
        place.database.dispose()
    _tell(report)
    return report.problem is None


def _run(place: Workplace, wanted: Wanted) -> RunReport:
    source = harvest_sources.source_for(
        place,
        wanted.library,
        address=wanted.address,
        set_spec=wanted.set_spec,
        language=wanted.language,
        service_topic=wanted.topic,
        login=wanted.author,
    )
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(translate("Harvesting", terminal_language()), total=None)
        return harvesting.run(place, source, progress=lambda seen, total: bar.update(task, completed=seen, total=total))


def _tell(report: RunReport) -> None:
    language = terminal_language()
    sentence = (
        "Records: {seen}. New drafts: {drafted}, changed: {revised}, unchanged: {unchanged}, "
        "there already: {duplicates}, deleted at the source: {deleted}, not usable: {refused}."
    )
    typer.echo(
        translate(
            sentence,
            language,
            seen=report.seen,
            drafted=report.drafted,
            revised=report.revised,
            unchanged=report.unchanged,
            duplicates=report.duplicates,
            deleted=report.deleted,
            refused=report.refused,
        )
    )
    if report.problem is not None:
        message, details = told(*report.problem)
        typer.echo(translate(message, language, **details), err=True)
        typer.echo(translate("The next run goes on where this one stopped.", language), err=True)
