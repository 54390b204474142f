"""`wenjin library-secret`: gives a library what its pages sign readers' identities with."""

import typer

from qa_server.commands.databases import checked_database, require_newest_schema
from qa_server.desk import identifying
from qa_server.desk.workplace import utc_now
from qa_server.i18n import terminal_language, translate
from qa_server.network.queries import library_by_code
from qa_server.settings import Settings


def make(settings: Settings, code: str) -> None:
    """Print a new secret of a library, once. Raises NotFound."""
    require_newest_schema(settings)
    with checked_database(settings) as database, database.write() as session:
        library = library_by_code(session, code)
        secret = identifying.new_secret(session, library.id, now=utc_now())
        code = library.code
    sentence = "The new secret of {library}, shown this once. Keep it on the library's web server, never in a page."
    typer.echo(translate(sentence, terminal_language(), library=code), err=True)
    typer.echo(translate("A secret made before works for another day.", terminal_language()), err=True)
    typer.echo(secret)
