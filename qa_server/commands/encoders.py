"""`wenjin train-encoder` and `wenjin calibrate`: an encoder of the site's own, and how sure its hits must be."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import typer
from rich.progress import Progress

from embeddings.loading import SHIPPED, load_encoder
from embeddings.static_encoder import StaticEncoder
from embeddings.training import train_shipped_encoder
from knowledge.calibrated import CALIBRATION_FILE, write_calibration
from knowledge.calibration import LABELLED_ARTICLES, LABELLED_QUESTIONS
from knowledge.calibration import calibrate as choose
from knowledge.site_training import train_for_site
from qa_server.commands.databases import checked_database, require_newest_schema
from qa_server.commands.refusals import UsageRefused
from qa_server.i18n import terminal_language, translate
from qa_server.settings import Settings


def train(settings: Settings, folder: Path, *, is_shipped: bool, base: str | None = None) -> None:
    """Train on the published articles and keep the encoder in `folder` only if it finds more; minutes on one core.

    With `base` a transformer is trained further, else a static encoder is made. With `is_shipped` make the encoder that
    comes with Wenjin again, from its texts alone.
    """
    if folder.exists() and any(folder.iterdir()):
        raise UsageRefused(reason="The folder is not empty. Name a new one.")
    if is_shipped:
        with _progress() as show:
            train_shipped_encoder(folder, on_epoch=show)
        # Installed as embeddings/shipped it goes by that name, and a calibration holds for a name.
        made = StaticEncoder(folder, installed_as=SHIPPED)
        write_calibration(choose(LABELLED_QUESTIONS, LABELLED_ARTICLES, made), folder / CALIBRATION_FILE)
        typer.echo(translate("The encoder is in {folder}.", terminal_language(), folder=folder))
        return
    require_newest_schema(settings)
    with checked_database(settings) as database, _progress() as show:
        current = load_encoder(settings.encoder, **settings.encoder_options)
        outcome = train_for_site(database, folder, current, base=base, on_epoch=show)
    before, after = (report.groups["all"].recall_at_5 for report in (outcome.before, outcome.after))
    kept = "Kept: set WENJIN_ENCODER={folder}, then run wenjin calibrate."
    dropped = "Not kept: the present encoder finds as much or more."
    language = terminal_language()
    found = "Recall in the first five, on wordings kept apart: {before} before, {after} after."
    typer.echo(translate(found, language, before=f"{before:.3f}", after=f"{after:.3f}"))
    typer.echo(translate(kept if outcome.is_kept else dropped, language, folder=folder))


def calibrate(settings: Settings, questions: Path | None, articles: Path | None, *, output: Path | None) -> None:
    """Choose how sure a hit must be to be an answer or a suggestion, and write that beside the model.

    Without files of the site's own the labelled questions that come with Wenjin decide.
    """
    if (questions is None) != (articles is None):
        raise UsageRefused(reason="Name both files, the questions and --articles, or neither.")
    encoder = load_encoder(settings.encoder, **settings.encoder_options)
    folder = Path(settings.encoder)
    target = output or (folder / CALIBRATION_FILE if folder.is_dir() else None)
    if target is None:
        raise UsageRefused(reason="This encoder has no folder of its own. Name a file with --output.")
    found = choose(questions or LABELLED_QUESTIONS, articles or LABELLED_ARTICLES, encoder)
    write_calibration(found, target)
    sentence = (
        "{file}: answers from {answer}, suggestions from {suggestion}; on other questions {precision} of the answers "
        "were right, {coverage} of the questions got one, and {false_answers} of what has no answer."
    )
    typer.echo(
        translate(
            sentence,
            terminal_language(),
            file=target,
            answer=found.answer,
            suggestion=found.suggestion,
            precision=found.answer_precision if found.answer_precision is not None else "–",
            coverage=found.coverage,
            false_answers=found.false_answers,
        )
    )


@contextmanager
def _progress() -> Iterator[Callable[[int, float], None]]:
    """Show epochs and losses on a terminal while the training runs."""
    with Progress(transient=True) as progress:
        task = progress.add_task("", total=None)
        yield lambda epoch, loss: progress.update(task, description=f"{epoch}  {loss:.3f}")
