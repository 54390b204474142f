"""What the console shows of libraries and desks: names, level, place in the tree, time zone. Reads only."""

from dataclasses import asdict, dataclass
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_server.desk.workplace import Workplace
from qa_server.network.models import Desk, DeskKind, DeskState, Library
from qa_server.network.queries import desk_of_library, desks_of, library_by_code, path_up
from qa_server.people.rights import StaffMember
from storage.errors import NotFound


@dataclass(frozen=True)
class Names:
    """How a thing is called in both languages."""

    zh: str
    en: str

    def in_language(self, language: str) -> str:
        """Return the name in this language."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True)
class LibraryCard:
    """A library as its helpers see it. `path` names the nodes from the nation down to it, itself last."""

    code: str
    names: Names
    level: str
    language: str
    time_zone: str
    path: tuple[Names, ...]
    desk: Names | None

    @property
    def zone(self) -> ZoneInfo:
        """The time zone; UTC where the name is not known on this machine."""
        try:
            return ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError):
            return ZoneInfo("UTC")

    def as_json(self) -> dict[str, object]:
        """Return plain values for a script."""
        return asdict(self)


@dataclass(frozen=True)
class DeskCard:
    """A desk where the person serves."""

    id: UUID
    names: Names


def library_card(place: Workplace, code: str) -> LibraryCard:
    """Return the card of the library with this code. Raises NotFound."""
    with place.database.read() as session:
        return _card(session, library_by_code(session, code))


def home_card(place: Workplace, person: StaffMember) -> LibraryCard:
    """Return the card of the person's own library."""
    with place.database.read() as session:
        return _card(session, session.get_one(Library, person.library_id))


def desk_cards(place: Workplace, person: StaffMember) -> list[DeskCard]:
    """Return the desks where the person serves, oldest first."""
    with place.database.read() as session:
        return [DeskCard(desk.id, _names(desk)) for desk in desks_of(session, person.id)]


def expert_desks(place: Workplace) -> list[DeskCard]:
    """Return the subject desks of the network that take questions, by their names."""
    with place.database.read() as session:
        open_ones = select(Desk).where(Desk.kind == DeskKind.SUBJECT, Desk.state == DeskState.OPEN)
        return [DeskCard(desk.id, _names(desk)) for desk in session.scalars(open_ones.order_by(Desk.name_en))]


def _card(session: Session, library: Library) -> LibraryCard:
    above = [session.get_one(Library, node) for node in reversed(path_up(session, library.id))]
    return LibraryCard(
        code=library.code,
        names=_names(library),
        level=library.level,
        language=library.language,
        time_zone=library.time_zone,
        path=tuple(_names(each) for each in above),
        desk=_desk_names(session, library),
    )


def _desk_names(session: Session, library: Library) -> Names | None:
    try:
        return _names(desk_of_library(session, library.id))
    except NotFound:
        return None


def _names(named: Library | Desk) -> Names:
    return Names(named.name_zh, named.name_en)
