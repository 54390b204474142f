"""The public answers sites: one per node and alliance, none where a setting switches it off."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from qa_server.conversations.text import storable
from qa_server.desk.widget_settings import Colours, made_of
from qa_server.desk.workplace import Workplace
from qa_server.network import answers_settings, widget_settings
from qa_server.network.models import Alliance, Level, Library, LibraryState
from qa_server.network.node_settings import effective_all, effective_for
from qa_server.network.queries import path_up, paths_up, scope_of
from qa_server.network.setting_models import NodeSetting
from storage.errors import NotFound

DIRECTORY_PAGE = 60
_TITLES = (answers_settings.TITLE_ZH.key, answers_settings.TITLE_EN.key)


@dataclass(frozen=True)
class Site:
    """One site. `owners` are those whose answers it shows, nearest first; `is_network` is the one above all.

    `asks` says that readers have a desk of their own here, so that the window is offered.
    """

    id: UUID
    code: str
    name_zh: str
    name_en: str
    title_zh: str
    title_en: str
    language: str
    time_zone: str
    owners: tuple[UUID, ...]
    is_network: bool
    is_alliance: bool
    asks: bool
    colours: Colours | None
    logo_url: str | None

    def title(self, language: str) -> str:
        """Return the title that the node set, else its name."""
        chosen = (self.title_zh or self.name_zh, self.title_en or self.name_en)
        return chosen[0] if language == "zh" else chosen[1]

    def name(self, language: str) -> str:
        """Return the name of the node."""
        return self.name_zh if language == "zh" else self.name_en


@dataclass(frozen=True)
class SiteLink:
    """A site in a list of sites."""

    code: str
    name_zh: str
    name_en: str
    level: str


def site_of(place: Workplace, code: str | None) -> Site:
    """Return the site of a node or an alliance, or that of the network without a code.

    Raises NotFound for an unknown code, a node that is closed, and a site that is switched off.
    """
    with place.database.read() as session:
        if code is None:
            return _site(session, _root(session), is_network=True)
        code = storable(code)
        node = session.scalar(select(Library).where(Library.code == code.upper()))
        if node is not None:
            is_network = node.parent_id is None and node.id == _root(session).id
            return _site(session, node, is_network=is_network)
        return _alliance_site(session, code)


def sites(place: Workplace, *, text: str = "", page: int = 1) -> tuple[list[SiteLink], int]:
    """Return a page of the sites of libraries whose name or code has the text, by name, and how many there are."""
    with place.database.read() as session:
        statement = select(Library).where(Library.level == Level.LIBRARY, Library.state == LibraryState.ACTIVE)
        text = storable(text)
        if text.strip():
            places = (Library.code, Library.name_zh, Library.name_en)
            statement = statement.where(or_(*(each.icontains(text.strip(), autoescape=True) for each in places)))
        found = session.scalars(statement.order_by(Library.name_zh, Library.code)).all()
        closed = closed_owners(session)
        shown = [each for each in found if each.id not in closed]
        start = (max(1, page) - 1) * DIRECTORY_PAGE
        links = [SiteLink(each.code, each.name_zh, each.name_en, each.level) for each in shown]
        return links[start : start + DIRECTORY_PAGE], len(links)


def all_owners(place: Workplace) -> dict[UUID, str]:
    """Return the codes of all nodes and alliances that show their answers, by id."""
    with place.database.read() as session:
        return open_owners(session)


def open_owners(session: Session) -> dict[UUID, str]:
    """Return the codes of all nodes and alliances that show their answers, by id."""
    closed = closed_owners(session)
    nodes = session.execute(select(Library.id, Library.code).where(Library.state == LibraryState.ACTIVE))
    alliances = session.execute(select(Alliance.id, Alliance.code))
    return {row.id: row.code for row in (*alliances, *nodes) if row.id not in closed}


def closed_owners(session: Session) -> set[UUID]:
    """Return the nodes that show nothing: switched off, there or above, or closed for good."""
    gone = set(session.scalars(select(Library.id).where(Library.state != LibraryState.ACTIVE)))
    key = answers_settings.IS_SHOWN.key
    if session.scalar(select(NodeSetting.library_id).where(NodeSetting.key == key).limit(1)) is None:
        return gone
    nodes = session.scalars(select(Library.id)).all()
    return gone | {node for node, held in effective_for(session, nodes, key).items() if not held.value}


def closed_mark(session: Session) -> str:
    """Return what differs as soon as another site is switched on or off; cheap enough for every request."""
    rows = session.execute(
        select(NodeSetting.library_id, NodeSetting.changed_at)
        .where(NodeSetting.key == answers_settings.IS_SHOWN.key)
        .order_by(NodeSetting.changed_at.desc())
    ).all()
    closed = session.execute(select(Library.id).where(Library.state != LibraryState.ACTIVE)).all()
    newest = rows[0].changed_at.isoformat() if rows else ""
    return f"{len(rows)}/{newest}/{len(closed)}"[:64]


def are_shown(session: Session, nodes: Collection[UUID]) -> set[UUID]:
    """Return those of these owners whose answers are shown; alliances always are."""
    paths = paths_up(session, nodes)
    held = effective_for(session, list(paths), answers_settings.IS_SHOWN.key, paths=paths)
    return {node for node in nodes if node not in held or held[node].value}


def _root(session: Session) -> Library:
    roots: Sequence[Library] = session.scalars(
        select(Library).where(Library.parent_id.is_(None), Library.state == LibraryState.ACTIVE).order_by(Library.code)
    ).all()
    if not roots:
        raise NotFound()
    return min(roots, key=lambda root: (root.level != Level.NATION, root.code))


def _site(session: Session, node: Library, *, is_network: bool) -> Site:
    path = path_up(session, node.id)
    held = effective_all(session, node.id, (answers_settings.IS_SHOWN.key, *_TITLES, *widget_settings.KEYS), path=path)
    if node.state != LibraryState.ACTIVE or not held[answers_settings.IS_SHOWN.key].value:
        raise NotFound()
    # A title is of one site; what a node above calls its own is no name for this one.
    titles = [held[key].value if held[key].origin == node.id else "" for key in _TITLES]
    look = made_of(node.code, {key: held[key].value for key in widget_settings.KEYS})
    return Site(
        id=node.id,
        code=node.code,
        name_zh=node.name_zh,
        name_en=node.name_en,
        title_zh=titles[0],
        title_en=titles[1],
        language=node.language,
        time_zone=node.time_zone,
        owners=scope_of(session, node.id, path=path),
        is_network=is_network,
        is_alliance=False,
        asks=node.level == Level.LIBRARY,
        colours=look.colours,
        logo_url=look.logo_url,
    )


def _alliance_site(session: Session, code: str) -> Site:
    alliance = session.scalar(select(Alliance).where(Alliance.code == code.upper()))
    if alliance is None:
        raise NotFound()
    return Site(
        id=alliance.id,
        code=alliance.code,
        name_zh=alliance.name_zh,
        name_en=alliance.name_en,
        title_zh="",
        title_en="",
        language="zh",
        time_zone="Asia/Shanghai",
        owners=(alliance.id,),
        is_network=False,
        is_alliance=True,
        asks=False,
        colours=None,
        logo_url=None,
    )
