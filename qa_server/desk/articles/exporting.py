"""Taking a node's articles out as a file, written down before the first row leaves."""

from collections.abc import Collection
from typing import IO

from knowledge.article_export import Format, write_articles
from knowledge.models import ArticleState
from qa_server.desk import auditing
from qa_server.desk.articles import rights as article_rights
from qa_server.desk.articles.importing import owner_by_code
from qa_server.desk.workplace import Workplace
from qa_server.people.audit import Action
from qa_server.people.rights import Right, StaffMember


def export(
    place: Workplace,
    person: StaffMember,
    target: IO[bytes],
    *,
    library: str,
    form: Format,
    states: Collection[str] = (),
) -> int:
    """Write the articles of a node or alliance into a file; return how many. Raises NotFound, Forbidden."""
    with place.database.read() as session:
        owner = owner_by_code(session, library)
        article_rights.require(session, person, Right.VIEW_ARTICLES, owner)
    chosen = [state for state in states if state in set(ArticleState)]
    details = {"library": library.upper(), "format": form, "states": chosen}
    auditing.note_export(place, person, Action.EXPORT_STARTED, what="articles", details=details)
    count = write_articles(place.database, {owner}, target, form, states=chosen)
    auditing.note_export(place, person, Action.EXPORTED, what="articles", details={**details, "rows": count})
    return count
