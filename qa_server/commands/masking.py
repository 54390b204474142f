"""`wenjin evaluate-masking`: how much of labelled personal details is found, and how much else is masked."""

import json
from pathlib import Path

import typer

from knowledge.masking.evaluation import Measures, TranscriptsInvalid, measure, read_talks
from knowledge.masking.text import Kind
from qa_server.commands.refusals import UsageRefused


def evaluate(path: Path, *, part: str | None, is_json: bool, shows_faults: bool) -> None:
    """Print recall and precision per kind, over all talks or one part. Raises UsageRefused."""
    try:
        measures = measure(talk for talk in read_talks(path) if part in (None, talk.part))
    except TranscriptsInvalid as error:
        raise UsageRefused(reason=f"The file holds no labelled transcripts: {error}.") from None
    if is_json:
        typer.echo(json.dumps(_told(measures)))
        return
    typer.echo(f"{measures.talks} transcripts")
    typer.echo(f"{'kind':14}{'labelled':>9}{'recall':>8}{'masked':>8}{'precision':>10}")
    for kind in (None, *Kind):
        if kind is None or measures.labelled[kind] or measures.masked[kind]:
            typer.echo(_line(measures, kind))
    if shows_faults:
        for fault in measures.faults:
            typer.echo(f"{'missed' if fault.is_missed else 'over'}\t{fault.kind}\t{fault.talk}\t{fault.words}")


def _line(measures: Measures, kind: Kind | None) -> str:
    labelled = measures.labelled.total() if kind is None else measures.labelled[kind]
    masked = measures.masked.total() if kind is None else measures.masked[kind]
    recall, precision = measures.recall(kind), measures.precision(kind)
    return f"{kind or 'all':14}{labelled:>9}{recall:>8.3f}{masked:>8}{precision:>10.3f}"


def _told(measures: Measures) -> dict[str, object]:
    kinds = {
        kind.value: {
            "labelled": measures.labelled[kind],
            "recall": round(measures.recall(kind), 4),
            "masked": measures.masked[kind],
            "precision": round(measures.precision(kind), 4),
        }
        for kind in Kind
    }
    whole = {"recall": round(measures.recall(), 4), "precision": round(measures.precision(), 4)}
    return {"talks": measures.talks, **whole, "kinds": kinds}
