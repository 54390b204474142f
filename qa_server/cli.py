"""The `wenjin` command line: options in, one function of `qa_server.commands` per command out.

Work is imported inside the commands, so that `--help` and a wrong option answer at once.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from qa_server.settings import Settings

app = typer.Typer(
    help="Wenjin: joint virtual reference. Settings are read from WENJIN_* variables; options win over them.",
    no_args_is_help=True,
    add_completion=False,
    # A traceback with local values would print what people wrote.
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

DatabaseOption = Annotated[
    str | None,
    typer.Option("--database", metavar="URL", help="sqlite:///PATH or postgresql+psycopg://USER@HOST/NAME."),
]
HostOption = Annotated[str | None, typer.Option("--host", metavar="ADDRESS", help="Address to listen on.")]
PortOption = Annotated[
    int | None, typer.Option("--port", min=0, max=65535, metavar="NUMBER", help="TCP port; 0 takes a free one.")
]


@app.command()
def serve(database: DatabaseOption = None, host: HostOption = None, port: PortOption = None) -> None:
    """Serve a migrated database until SIGTERM or Ctrl+C."""
    with _settings(database_url=database, host=host, port=port) as settings:
        from qa_server.commands import serving

        serving.serve(settings)


@app.command()
def demo(
    database: DatabaseOption = None,
    host: HostOption = None,
    port: PortOption = None,
    reset: Annotated[
        bool, typer.Option("--reset", help="Remove the SQLite file first, with everything in it.")
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="Do not ask before a file that is not the demo's is removed.")
    ] = False,
    models: Annotated[bool, typer.Option("--models", help="Insist on torch and sentence-transformers.")] = False,
) -> None:
    """Serve the demo network. Fills an empty database with it first, and prints addresses and sign-ins."""
    with _settings(database_url=database, host=host, port=port, is_demo=True) as settings:
        from qa_server.commands import serving

        serving.serve_demo(settings, is_reset=reset, is_confirmed=yes, needs_models=models)


@app.command()
def migrate(database: DatabaseOption = None) -> None:
    """Bring the tables to this version. Safe to repeat; refused while a server runs on the same SQLite file."""
    with _settings(database_url=database) as settings:
        from qa_server.commands import databases

        databases.migrate(settings)


@app.command()
def seed(database: DatabaseOption = None) -> None:
    """Put in the demo network. Needs a migrated database; one that holds libraries already is left as it is."""
    with _settings(database_url=database) as settings:
        from qa_server.commands import databases

        databases.seed(settings)


@app.command()
def doctor(
    database: DatabaseOption = None,
    fix: Annotated[bool, typer.Option("--fix", help="Mend what can be mended.")] = False,
) -> None:
    """Check what is stored: references, messages, claims, search. Exit code 1 when something is left to do."""
    with _settings(database_url=database) as settings:
        from qa_server.commands import doctor as checks

        is_well = checks.examine(settings, is_fixing=fix)
    raise typer.Exit(0 if is_well else 1)


@app.command()
def reindex(
    database: DatabaseOption = None,
    afresh: Annotated[bool, typer.Option("--afresh", help="Forget all stored vectors first.")] = False,
) -> None:
    """Encode what has no vector yet. Run it after a change of the encoder; the service does the same by itself."""
    with _settings(database_url=database) as settings:
        from qa_server.commands import search

        search.reindex(settings, is_afresh=afresh)


@app.command()
def evaluate(
    questions: Annotated[Path, typer.Argument(metavar="QUESTIONS.jsonl", help="Lines with query, language, relevant.")],
    articles: Annotated[Path, typer.Option("--articles", metavar="ARTICLES.jsonl", help="The articles to search in.")],
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Measure the search. Prints how often it was right, wrong or rightly silent, and how fast."""
    with _settings() as settings:
        from qa_server.commands import evaluation

        evaluation.evaluate(settings, questions, articles, is_json=json)


@app.command()
def calibrate(
    questions: Annotated[Path, typer.Argument(metavar="QUESTIONS.jsonl", help="Lines with query, language, relevant.")],
    articles: Annotated[Path, typer.Option("--articles", metavar="ARTICLES.jsonl", help="The articles to search in.")],
    output: Annotated[Path | None, typer.Option("--output", metavar="FILE", help="Else beside the model.")] = None,
) -> None:
    """Choose from which score on the present encoder's hits are answers or suggestions."""
    with _settings() as settings:
        from qa_server.commands import encoders

        encoders.calibrate(settings, questions, articles, output=output)


@app.command("train-encoder")
def train_encoder(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where the encoder is put; a new folder.")],
    database: DatabaseOption = None,
    shipped: Annotated[bool, typer.Option("--shipped", help="Make the shipped encoder again, from its texts.")] = False,
) -> None:
    """Train an encoder on one's own articles; it is kept only if it finds more than the present one."""
    with _settings(database_url=database) as settings:
        from qa_server.commands import encoders

        encoders.train(settings, folder, is_shipped=shipped)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def bench(
    context: typer.Context,
    measurement: Annotated[str, typer.Argument(metavar="chat|search", help="What to measure.")],
) -> None:
    """Measure the service beside its limits, in the source tree. More options: wenjin bench chat -- --help."""
    with _settings():
        from qa_server.commands import bench as measurements

        measurements.measure(measurement, context.args)


@app.command()
def openapi() -> None:
    """Print the OpenAPI description of the HTTP interface."""
    with _settings() as settings:
        from qa_server.commands import describing

        typer.echo(describing.openapi(settings))


@app.command()
def version() -> None:
    """Print the version."""
    try:
        typer.echo(installed_version("wenjin"))
    except PackageNotFoundError:
        typer.echo("unknown (runs from a folder that was not installed)")


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal of another encoding shows Chinese as escapes instead of breaking off.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    app(prog_name="wenjin")


@contextmanager
def _settings(**options: Any) -> Iterator["Settings"]:
    """Give the settings, options over environment; tell expected trouble in one sentence."""
    from qa_server.commands.trouble import explained
    from qa_server.settings import Settings

    with explained():
        yield Settings(**{name: value for name, value in options.items() if value is not None})


if __name__ == "__main__":
    main()
