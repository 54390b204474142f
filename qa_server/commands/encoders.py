"""`wenjin train-encoder` and `wenjin calibrate`: an encoder of the site's own, and the scores that may be trusted."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import typer
from rich.progress import Progress

from embeddings.loading import load_encoder
from embeddings.training import train_shipped_encoder
from knowledge.calibrated import CALIBRATION_FILE, write_calibration
from knowledge.calibration import calibrate as choose
from knowledge.site_training import train_for_site
from qa_server.commands.databases import checked_database, require_newest_schema
from qa_server.commands.refusals import UsageRefused
from qa_server.i18n import terminal_language, translate
from qa_server.settings import Settings


def train(settings: Settings, folder: Path, *, is_shipped: bool) -> None:
    """Train on the published articles and keep the encoder in `folder` only if it finds more; minutes on one core.

    With `is_shipped` make the encoder that comes with Wenjin again, from its texts alone.
    """
    if folder.exists() and any(folder.iterdir()):
        raise UsageRefused(reason="The folder is not empty. Name a new one.")
    if is_shipped:
        with _progress() as show:
            train_shipped_encoder(folder, on_epoch=show)
        typer.echo(translate("The encoder is in {folder}.", terminal_language(), folder=folder))
        return
    require_newest_schema(settings)
    with checked_database(settings) as database, _progress() as show:
        current = load_encoder(settings.encoder, device=settings.encoder_device)
        outcome = train_for_site(database, folder, current, on_epoch=show)
    before, after = (report.groups["all"].recall_at_5 for report in (outcome.before, outcome.after))
    kept = "Kept: set WENJIN_ENCODER={folder}, then run wenjin calibrate."
    dropped = "Not kept: the present encoder finds as much or more."
    language = terminal_language()
    found = "Recall in the first five, on wordings kept apart: {before} before, {after} after."
    typer.echo(translate(found, language, before=f"{before:.3f}", after=f"{after:.3f}"))
    typer.echo(translate(kept if outcome.is_kept else dropped, language, folder=folder))


def calibrate(settings: Settings, questions: Path, articles: Path, *, output: Path | None) -> None:
    """Choose the scores from which a hit is an answer or a suggestion, and write them beside the model."""
    encoder = load_encoder(settings.encoder, device=settings.encoder_device)
    folder = Path(settings.encoder)
    target = output or (folder / CALIBRATION_FILE if folder.is_dir() else None)
    if target is None:
        raise UsageRefused(reason="This encoder has no folder of its own. Name a file with --output.")
    found = choose(questions, articles, encoder)
    write_calibration(found, target)
    sentence = (
        "{file}: answers from {answer}, suggestions from {suggestion}; on other questions {precision} of the answers "
        "were right and {false_answers} of what has no answer got one."
    )
    typer.echo(
        translate(
            sentence,
            terminal_language(),
            file=target,
            answer=found.answer,
            suggestion=found.suggestion,
            precision=found.answer_precision if found.answer_precision is not None else "–",
            false_answers=found.false_answers,
        )
    )


@contextmanager
def _progress() -> Iterator[Callable[[int, float], None]]:
    """Show epochs and losses on a terminal while the training runs."""
    with Progress(transient=True) as progress:
        task = progress.add_task("", total=None)
        yield lambda epoch, loss: progress.update(task, description=f"{epoch}  {loss:.3f}")
