"""`wenjin originals-key`: a new key for masked words and secrets of payment services. All is sealed with it, then the
old keys go."""

import typer

from qa_server.app import make_workplace
from qa_server.commands.databases import require_newest_schema
from qa_server.desk.articles import masking
from qa_server.desk.articles.drafting import keys_of
from qa_server.desk.commissions.money import payment_secrets
from qa_server.i18n import terminal_language, translate
from qa_server.settings import Settings


def change(settings: Settings) -> None:
    """Make a new key, seal everything with it, forget the old ones. Safe while the service runs, and to repeat."""
    require_newest_schema(settings)
    place = make_workplace(settings)
    try:
        keys = keys_of(place)
        keys.add()
        sealed = masking.seal_all(place) + payment_secrets.seal_all(place)
        gone = keys.drop_old()
    finally:
        place.messages.stop()
        place.database.dispose()
    sentence = (
        "A new key seals {sealed} words and secrets; {gone} old keys are gone. Back the file up, apart from the data."
    )
    typer.echo(translate(sentence, terminal_language(), sealed=sealed, gone=gone))
