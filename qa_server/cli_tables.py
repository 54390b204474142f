"""The commands that put whole tables in and take them out, and what all commands share: the settings, two options.

Work is imported inside the commands, so that `--help` and a wrong option answer at once.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

if TYPE_CHECKING:
    from qa_server.settings import Settings

imports = typer.Typer(
    help="Put libraries or librarians in, from a CSV or XLSX file. Try --dry-run first; repeating it is harmless.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)
exports = typer.Typer(
    help="Take articles out, into a CSV, XLSX or JSONL file.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)

DatabaseOption = Annotated[
    str | None,
    typer.Option("--database", metavar="URL", help="sqlite:///PATH or postgresql+psycopg://USER@HOST/NAME."),
]
TableArgument = Annotated[
    Path,
    typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="CSV or XLSX; the first line names the columns."),
]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Report only; change nothing.")]


@contextmanager
def settings_of(**options: Any) -> Iterator["Settings"]:
    """Give the settings, options over environment; tell expected trouble in one sentence."""
    from qa_server.commands.trouble import explained
    from qa_server.settings import Settings

    with explained():
        yield Settings(**{name: value for name, value in options.items() if value is not None})


@imports.command("libraries")
def import_libraries(file: TableArgument, database: DatabaseOption = None, dry_run: DryRunOption = False) -> None:
    """Put libraries into the tree. Prints each refused line; exit code 1 when there is one."""
    with settings_of(database_url=database) as settings:
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
    with settings_of(database_url=database) as settings:
        from qa_server.commands import importing

        is_whole = importing.people(settings, file, is_dry_run=dry_run, passwords=passwords)
    raise typer.Exit(0 if is_whole else 1)


@imports.command("articles")
def import_articles(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="CSV, XLSX, JSONL or an HTML page."),
    ],
    library: Annotated[str, typer.Option("--library", metavar="CODE", help="The node that will own them.")],
    by: Annotated[str, typer.Option("--by", metavar="LOGIN", help="Whose drafts they will be; somebody else reviews.")],
    database: DatabaseOption = None,
    dry_run: DryRunOption = False,
    submit: Annotated[bool, typer.Option("--submit", help="Let the drafts wait for a reviewer.")] = False,
    near: Annotated[bool, typer.Option("--near", help="Take questions, too, that are nearly there already.")] = False,
) -> None:
    """Put articles in, as drafts. Broken off, the same command goes on; exit code 1 when a line is refused."""
    with settings_of(database_url=database) as settings:
        from qa_server.commands import articles

        wanted = articles.Wanted(library, by, is_dry_run=dry_run, submits=submit, takes_near=near)
        is_whole = articles.put_in(settings, file, wanted)
    raise typer.Exit(0 if is_whole else 1)


@imports.command("undo")
def undo_import(
    import_id: Annotated[UUID, typer.Argument(metavar="ID", help="As the import printed it.")],
    database: DatabaseOption = None,
) -> None:
    """Take an import of articles back: what nobody has touched since is removed, the rest is named."""
    with settings_of(database_url=database) as settings:
        from qa_server.commands import articles

        articles.take_back(settings, import_id)


@exports.command("articles")
def export_articles(
    file: Annotated[Path, typer.Argument(metavar="FILE", dir_okay=False, help="A new .csv, .xlsx or .jsonl.")],
    library: Annotated[str, typer.Option("--library", metavar="CODE", help="The node that owns them.")],
    state: Annotated[
        list[str] | None, typer.Option("--state", metavar="STATE", help="Such as published; repeat for more.")
    ] = None,
    database: DatabaseOption = None,
) -> None:
    """Write a node's articles into a file that `import articles` reads again."""
    with settings_of(database_url=database) as settings:
        from qa_server.commands import articles

        articles.take_out(settings, file, library=library, states=state or [])
