"""`wenjin evaluate`: the figures of the search on labelled questions, by the encoder and thresholds of the service."""

import json
from pathlib import Path

import typer
from rich.console import Console

from embeddings.loading import load_encoder
from knowledge.evaluation import evaluate as measure
from knowledge.evaluation import print_report
from qa_server.settings import Settings


def evaluate(settings: Settings, questions: Path, articles: Path, *, is_json: bool) -> None:
    """Search every question among the articles and print the figures. The service's own database is left alone."""
    encoder = None if settings.encoder == "none" else load_encoder(settings.encoder, **settings.encoder_options)
    report = measure(questions, articles, encoder)
    if is_json:
        typer.echo(json.dumps(report.as_dict(), ensure_ascii=False))
    else:
        print_report(report, Console())
