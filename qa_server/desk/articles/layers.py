"""One topic at several levels: who answers it for whom, a library's own answer, what to do when one below changes."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from knowledge import article_log, articles, layers, queries
from knowledge.articles import Change
from knowledge.layers import Below
from knowledge.models import VISIBLE_STATES, Article, Revision
from qa_server.desk.articles import rights as article_rights
from qa_server.desk.articles.rights import to_change, to_read
from qa_server.desk.workplace import Workplace
from qa_server.network.models import Library
from qa_server.network.queries import Owner, owners, path_up, subtree
from qa_server.people.rights import Right, StaffMember
from storage.errors import Forbidden


@dataclass(frozen=True)
class Layer:
    """An owner's article on a topic; `depth` is how far from the top of the tree the owner is, 0 for an alliance."""

    article: Article
    question: str
    owner: Owner
    depth: int
    level: str
    is_shown: bool


@dataclass(frozen=True)
class LayerView:
    """Everything on a topic that the person may see, what this one stands in for, and for whom it may be overridden."""

    layers: tuple[Layer, ...]
    below: Below | None
    below_owner: Owner | None
    choices: tuple[Owner, ...]


def view(place: Workplace, person: StaffMember, article_id: UUID) -> LayerView:
    """Return the layers of an article's topic. Raises NotFound."""
    with place.database.read() as session:
        found = to_read(session, person, article_id)
        seen = article_rights.owners_with(session, person, Right.VIEW_ARTICLES)
        above = article_rights.owners_above(session, person)
        present = [
            each
            for each in layers.variants(session, found, seen | above | {found.library_id})
            if each.library_id in seen or article_rights.sees_published(session, person, each)
        ]
        below = layers.below(session, found) if article_rights.sees_all(session, person, found) else None
        ids = {each.library_id for each in present} | ({below.article.library_id} if below else set())
        names = owners(session, ids)
        made = []
        for each in present:
            library = session.get(Library, each.library_id)
            shown = each.published_revision if each.library_id not in seen else each.current_revision
            revision = session.get_one(Revision, (each.id, shown))
            made.append(
                Layer(
                    article=each,
                    question=revision.question,
                    owner=names[each.library_id],
                    depth=len(path_up(session, each.library_id)) if library else 0,
                    level=library.level if library else "alliance",
                    is_shown=each.published_revision is not None and each.state in VISIBLE_STATES,
                )
            )
        made.sort(key=lambda layer: (layer.article.language, layer.depth, layer.owner.code))
        taken = {each.library_id for each in present if each.language == found.language}
        return LayerView(
            layers=tuple(made),
            below=below,
            below_owner=names.get(below.article.library_id) if below else None,
            choices=_choices(session, person, found, taken),
        )


def override(place: Workplace, person: StaffMember, article_id: UUID, *, owner_code: str) -> UUID:
    """Draft an own answer for another owner out of what readers see; return its id.

    Raises NotFound, Forbidden where nothing may be drafted for that owner, TopicTaken.
    """
    with place.database.write() as session:
        found = to_read(session, person, article_id)
        drafting = owners(session, article_rights.owners_with(session, person, Right.DRAFT_ARTICLES))
        owner = next((each for each in drafting.values() if each.code == owner_code.upper()), None)
        if owner is None:
            raise Forbidden()
        copied = layers.override(session, found, owner=owner.id, author_id=person.id, now=place.clock())
        details = {"based_on": str(found.id)}
        article_log.record(session, copied.id, "overrides", by=person.id, now=place.clock(), details=details)
        return copied.id


def still_right(place: Workplace, person: StaffMember, article_id: UUID) -> None:
    """Note that an own answer was compared with the changed one below and stays. Raises NotFound, Forbidden."""
    with place.database.write() as session:
        found = to_change(session, person, article_id, Right.DRAFT_ARTICLES)
        layers.still_right(session, found, by=person.id, now=place.clock())
        article_log.record(session, found.id, "layer_kept", by=person.id, now=place.clock())


def take_over(place: Workplace, person: StaffMember, article_id: UUID, *, note: str) -> int:
    """Write the changed answer below as the next revision of the own one, a draft; return its number.

    Raises NotFound, Forbidden, ArticleChanged, ArticleRetired.
    """
    with place.database.write() as session:
        found = to_change(session, person, article_id, Right.DRAFT_ARTICLES)
        change = Change(articles.current_revision(session, found).number, person.id, note)
        number = layers.take_over(session, found, change, now=place.clock()).number
        article_log.record(session, found.id, "layer_taken", by=person.id, now=place.clock())
        return number


def moved_to(place: Workplace, person: StaffMember, article_id: UUID) -> UUID | None:
    """Return the article that a merged one leads to, None for one that is not merged. Raises NotFound."""
    with place.database.read() as session:
        found = to_read(session, person, article_id)
        end = queries.survivor(session, found)
        if end.id == found.id:
            return None
        may_see = article_rights.sees_all(session, person, end) or article_rights.sees_published(session, person, end)
        return end.id if may_see else None


def _choices(session: Session, person: StaffMember, article: Article, taken: set[UUID]) -> tuple[Owner, ...]:
    """Return for whom the person may write an own answer: owners whose readers are shown this one."""
    if article.published_revision is None or article.state not in VISIBLE_STATES:
        return ()
    reached = subtree(session, [article.library_id]) | {person.library_id}
    drafting = article_rights.owners_with(session, person, Right.DRAFT_ARTICLES)
    names = owners(session, (drafting & reached) - taken)
    return tuple(sorted(names.values(), key=lambda owner: owner.code))[:200]
