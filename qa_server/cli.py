"""The `wenjin` command line: options in, one function of `qa_server.commands` per command out.

Work is imported inside the commands, so that `--help` and a wrong option answer at once.
"""

import sys
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Annotated

import typer

from qa_server.cli_tables import DatabaseOption, exports, imports
from qa_server.cli_tables import settings_of as _settings

app = typer.Typer(
    help="Wenjin: joint virtual reference. Settings are read from WENJIN_* variables; options win over them.",
    no_args_is_help=True,
    add_completion=False,
    # A traceback with local values would print what people wrote.
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

app.add_typer(imports, name="import")

app.add_typer(exports, name="export")

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
    onnx: Annotated[bool, typer.Option("--onnx", help="Insist on the ONNX runtime.")] = False,
) -> None:
    """Serve the demo network. Fills an empty database with it first, and prints addresses and sign-ins."""
    with _settings(database_url=database, host=host, port=port, is_demo=True) as settings:
        from qa_server.commands import serving

        needs = [
            module for module, is_needed in (("sentence_transformers", models), ("onnxruntime", onnx)) if is_needed
        ]
        serving.serve_demo(settings, is_reset=reset, is_confirmed=yes, needs=needs)


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


@app.command("evaluate-masking")
def evaluate_masking(
    transcripts: Annotated[Path, typer.Argument(metavar="TRANSCRIPTS.jsonl", help="Talks with labelled details.")],
    part: Annotated[str | None, typer.Option("--part", metavar="NAME", help="Of these transcripts only.")] = None,
    faults: Annotated[bool, typer.Option("--faults", help="Print what was missed or masked without need.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Measure how well personal details are found: recall and precision of each kind."""
    with _settings():
        from qa_server.commands import masking

        masking.evaluate(transcripts, part=part, is_json=json, shows_faults=faults)


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
    measurement: Annotated[str, typer.Argument(metavar="chat|search|routing|vectors|ledger", help="What to measure.")],
) -> None:
    """Measure the service beside its limits, in the source tree. More options: wenjin bench chat -- --help."""
    with _settings():
        from qa_server.commands import bench as measurements

        measurements.measure(measurement, context.args)


@app.command("test-questions")
def ask_test_questions(
    database: DatabaseOption = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Ask every article's test questions, as is done by night. Exit code 1 when one fails."""
    with _settings(database_url=database) as settings:
        from qa_server.commands import trials

        is_well = trials.run(settings, is_json=json)
    raise typer.Exit(0 if is_well else 1)


@app.command()
def ledger(
    library: Annotated[
        str | None, typer.Option("--library", metavar="CODE", help="A node; all below it count.")
    ] = None,
    order: Annotated[str, typer.Option("--order", metavar="count|growth|newest", help="What comes first.")] = "count",
    limit: Annotated[int, typer.Option("--limit", min=1, max=30, help="Entries to print.")] = 20,
    balance: Annotated[
        bool, typer.Option("--balance", help="Put the entries in order first, as is done once a day.")
    ] = False,
    database: DatabaseOption = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Print what readers asked in vain, by meaning: open questions, growth, state, the most typical words."""
    with _settings(database_url=database) as settings:
        from qa_server.commands import gaps

        if balance:
            gaps.balance_ledger(settings)
        gaps.show_ledger(settings, gaps.LedgerWanted(library, order, limit), is_json=json)


@app.command()
def duplicates(
    limit: Annotated[int, typer.Option("--limit", min=0, max=30, help="Pairs to print.")] = 20,
    database: DatabaseOption = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Compare articles that have changed with all others and print the pairs that look alike, closest first."""
    with _settings(database_url=database) as settings:
        from qa_server.commands import gaps

        gaps.find_duplicates(settings, limit=limit, is_json=json)


@app.command("originals-key")
def originals_key(database: DatabaseOption = None) -> None:
    """Change the key that masked words and secrets of payment services are kept with. Safe while the service runs."""
    with _settings(database_url=database) as settings:
        from qa_server.commands import originals_key

        originals_key.change(settings)


@app.command("library-secret")
def library_secret(
    code: Annotated[str, typer.Argument(metavar="CODE", help="The library's code.")], database: DatabaseOption = None
) -> None:
    """Make a library a new secret, with which its pages sign who their readers are. Prints it once."""
    with _settings(database_url=database) as settings:
        from qa_server.commands import library_secrets

        library_secrets.make(settings, code)


@app.command()
def harvest(
    address: Annotated[str, typer.Argument(metavar="URL", help="Base address of an OAI-PMH provider.")],
    library: Annotated[str, typer.Option("--library", metavar="CODE", help="The node that gets the drafts.")],
    set_spec: Annotated[str, typer.Option("--set", metavar="SET", help="One set of the provider; else all.")] = "",
    language: Annotated[str, typer.Option("--language", metavar="zh|en", help="Of records that name none.")] = "zh",
    topic: Annotated[str, typer.Option("--topic", metavar="TOPIC", help="Of records that name none.")] = "other",
    author: Annotated[
        str | None, typer.Option("--author", metavar="LOGIN", help="Whose drafts they are; else a curator's.")
    ] = None,
    database: DatabaseOption = None,
) -> None:
    """Harvest another OAI-PMH provider into drafts; again: only what changed. Exit code 1 when it broke off."""
    with _settings(database_url=database) as settings:
        from qa_server.commands import harvesting

        wanted = harvesting.Wanted(address, library, set_spec, language, topic, author)
        is_whole = harvesting.harvest(settings, wanted)
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


if __name__ == "__main__":
    main()
