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

imports = typer.Typer(
    help="Put libraries or librarians in, from a CSV or XLSX file. Try --dry-run first; repeating it is harmless.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)
app.add_typer(imports, name="import")

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
    questions: Annotated[
        Path | None, typer.Argument(metavar="QUESTIONS.jsonl", help="Else the questions that come with Wenjin.")
    ] = None,
    articles: Annotated[
        Path | None, typer.Option("--articles", metavar="ARTICLES.jsonl", help="The articles to search in.")
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", metavar="FILE", help="Else beside the model.")] = None,
) -> None:
    """Choose how sure the present encoder's hits must be to be answers or suggestions."""
    with _settings() as settings:
        from qa_server.commands import encoders

        encoders.calibrate(settings, questions, articles, output=output)


@app.command("train-encoder")
def train_encoder(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where the encoder is put; a new folder.")],
    database: DatabaseOption = None,
    shipped: Annotated[bool, typer.Option("--shipped", help="Make the shipped encoder again, from its texts.")] = False,
    base: Annotated[
        str | None, typer.Option("--base", metavar="MODEL", help="Go on from this transformer, a name or a folder.")
    ] = None,
) -> None:
    """Train an encoder on one's own articles; it is kept only if it finds more than the present one."""
    with _settings(database_url=database) as settings:
        from qa_server.commands import encoders

        encoders.train(settings, folder, is_shipped=shipped, base=base)


# The options of a command line are its parameters.
@app.command()
def simulate(  # noqa: PLR0913
    what: Annotated[str, typer.Argument(metavar="CODE|week", help="A library's code, or a whole generated week.")],
    database: DatabaseOption = None,
    at: Annotated[str | None, typer.Option("--at", metavar="TIME", help="As 2026-11-29T02:00; else now.")] = None,
    question: Annotated[str | None, typer.Option("--question", help="Its words; local or general is guessed.")] = None,
    kind: Annotated[str | None, typer.Option("--kind", metavar="local|general", help="Instead of guessing.")] = None,
    subject: Annotated[str | None, typer.Option("--subject", metavar="CLC", help="A class such as D or TP3.")] = None,
    language: Annotated[str, typer.Option("--language", metavar="zh|en", help="Of the reader.")] = "zh",
    libraries: Annotated[int, typer.Option("--libraries", min=1, max=5000, help="week: how many.")] = 1800,
    per_library: Annotated[float, typer.Option("--questions", min=0.1, help="week: per library.")] = 12.0,
    utilisation: Annotated[
        float, typer.Option("--utilisation", min=0.05, max=1, help="week: busy share of paid time to staff for.")
    ] = 0.6,
    rule: Annotated[Path | None, typer.Option("--rule", metavar="FILE", help="week: a cascade to compare.")] = None,
    seed: Annotated[int, typer.Option("--seed", help="week: another draw of chance.")] = 1,
    plot: Annotated[Path | None, typer.Option("--plot", metavar="FILE.svg", help="week: draw the waits.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Say who gets a question from a library at a moment, with the reasons; or try a cascade on a whole week."""
    with _settings(database_url=database) as settings:
        from qa_server.commands import simulating

        if what == "week":
            week = simulating.WeekOf(libraries, per_library, utilisation, seed)
            simulating.simulate_week(week, rule_file=rule, plot=plot, is_json=json)
            return
        asked = simulating.AskedOf(at=at, subject=subject, language=language, kind=kind, question=question)
        simulating.simulate_question(settings, what, asked, is_json=json)


@app.command()
def statement(
    target: Annotated[Path, typer.Argument(metavar="FILE.xlsx", help="The workbook to write.")],
    month: Annotated[str, typer.Option("--month", metavar="YYYY-MM", help="The month.")],
    library: Annotated[str, typer.Option("--library", metavar="CODE", help="A node; all below it are told.")],
    database: DatabaseOption = None,
) -> None:
    """Write a month's balance of help as a workbook: hours staffed, questions sent, answered for others."""
    with _settings(database_url=database) as settings:
        from qa_server.commands import statements

        statements.write(settings, library, month, target)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def bench(
    context: typer.Context,
    measurement: Annotated[str, typer.Argument(metavar="chat|search|routing|vectors", help="What to measure.")],
) -> None:
    """Measure the service beside its limits, in the source tree. More options: wenjin bench chat -- --help."""
    with _settings():
        from qa_server.commands import bench as measurements

        measurements.measure(measurement, context.args)


@app.command("library-secret")
def library_secret(
    code: Annotated[str, typer.Argument(metavar="CODE", help="The library's code.")], database: DatabaseOption = None
) -> None:
    """Make a library a new secret, with which its pages sign who their readers are. Prints it once."""
    with _settings(database_url=database) as settings:
        from qa_server.commands import library_secrets

        library_secrets.make(settings, code)


TableArgument = Annotated[
    Path,
    typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="CSV or XLSX; the first line names the columns."),
]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Report only; change nothing.")]


@imports.command("libraries")
def import_libraries(file: TableArgument, database: DatabaseOption = None, dry_run: DryRunOption = False) -> None:
    """Put libraries into the tree. Prints each refused line; exit code 1 when there is one."""
    with _settings(database_url=database) as settings:
        from qa_server.commands import importing

        is_whole = importing.libraries(settings, file, is_dry_run=dry_run)
    raise typer.Exit(0 if is_whole else 1)


@imports.command("people")
def import_people(
    file: TableArgument,
    database: DatabaseOption = None,
    dry_run: DryRunOption = False,
    passwords: Annotated[
        Path | None, typer.Option("--passwords", metavar="FILE", help="Write first passwords to this new file.")
    ] = None,
) -> None:
    """Open accounts of librarians with roles and desks. Prints each refused line; exit code 1 when there is one."""
    with _settings(database_url=database) as settings:
        from qa_server.commands import importing

        is_whole = importing.people(settings, file, is_dry_run=dry_run, passwords=passwords)
    raise typer.Exit(0 if is_whole else 1)


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
