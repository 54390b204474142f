"""What other systems harvest: records of the public answers with their sets, as OAI-PMH asks for them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from knowledge.models import Language, ServiceTopic
from knowledge.public import records as public_records
from knowledge.public.articles import PublicArticle, by_id
from knowledge.public.models import PublicRecord
from knowledge.public.records import Closed, Wanted
from qa_server.desk.answers.sites import closed_mark, closed_owners
from qa_server.desk.facet_words import TOPICS
from qa_server.desk.workplace import Workplace
from qa_server.i18n import translate
from qa_server.network.models import Alliance, AllianceMember, Library
from qa_server.network.queries import MAX_DEPTH, Owner, owners, paths_up, subtree
from qa_server.people.addresses import network_of

# What the name of a set begins with, by what it gathers.
LIBRARY, ALLIANCE, TOPIC, LANGUAGE = "library", "alliance", "topic", "language"
_LANGUAGE_NAMES = {Language.ZH: ("中文", "Chinese"), Language.EN: ("英文", "English")}


@dataclass(frozen=True)
class SetView:
    """A set: its path from the root of the sets, and its names."""

    spec: str
    name_zh: str
    name_en: str


@dataclass(frozen=True)
class Provided:
    """A record: when it last changed, the sets it is in, and the article; None where it is deleted."""

    number: int
    datestamp: datetime
    sets: tuple[str, ...]
    article: PublicArticle | None
    owner: Owner | None


@dataclass(frozen=True)
class ProvidedPage:
    """Some records in the order of their moments, and how many there are in the whole list."""

    records: tuple[Provided, ...]
    total: int


def catch_up(place: Workplace) -> None:
    """Bring the records up to what is public now, in transactions of some hundred changes. Safe to repeat."""
    is_repeated = False
    while True:
        with place.database.read() as session:
            if not public_records.is_behind(session, closed_mark(session), now=place.clock()):
                return
        try:
            with place.database.write() as session:
                closed = Closed(frozenset(closed_owners(session)), closed_mark(session))
                if not public_records.follow(session, closed, now=place.clock()):
                    return
        except IntegrityError:
            # Another process wrote the first records between our look and our lock; they are there now.
            if is_repeated:
                raise
            is_repeated = True


def count_harvesting(place: Workplace, host: str) -> None:
    """Count a request of a harvester. Raises TooManyRequests."""
    place.rates.spend("harvest", network_of(host))


def earliest(place: Workplace) -> datetime:
    """Return the moment before which nothing changed; now, where there is nothing yet."""
    with place.database.read() as session:
        return public_records.earliest(session) or place.clock().replace(microsecond=0)


def find(place: Workplace, number: int) -> Provided | None:
    """Return one record, deleted ones too."""
    with place.database.read() as session:
        record = public_records.find_record(session, number)
        return _provided(place, session, [record])[0] if record else None


def records(place: Workplace, wanted: Wanted, *, limit: int, is_counted: bool = True) -> ProvidedPage:
    """Return the next records of a list; without counting it, the total is 0."""
    with place.database.read() as session:
        found = public_records.list_records(session, wanted, limit=limit)
        total = public_records.count_records(session, wanted) if is_counted else 0
        return ProvidedPage(tuple(_provided(place, session, found)), total)


def narrowed(place: Workplace, wanted: Wanted, spec: str) -> Wanted | None:
    """Return the wish kept to one set, or None for a set that is not there."""
    kind, _, rest = spec.partition(":")
    if not rest:
        return wanted if kind in (LIBRARY, ALLIANCE, TOPIC, LANGUAGE) else None
    if kind == TOPIC:
        return replace(wanted, service_topic=rest) if rest in set(ServiceTopic) else None
    if kind == LANGUAGE:
        return replace(wanted, language=rest) if rest in set(Language) else None
    with place.database.read() as session:
        found = _library_owners(session, spec) if kind == LIBRARY else _alliance_owners(session, kind, rest)
    return replace(wanted, owners=frozenset(found)) if found else None


def sets(place: Workplace) -> list[SetView]:
    """Return all sets, parents before their children."""
    tops = (
        SetView(LIBRARY, "按图书馆", "By library"),
        SetView(ALLIANCE, "按共享域", "By alliance"),
        SetView(TOPIC, "按主题", "By topic"),
        SetView(LANGUAGE, "按语种", "By language"),
    )
    with place.database.read() as session:
        closed = closed_owners(session)
        nodes = [node for node in session.scalars(select(Library)) if node.id not in closed]
        paths = _specs(session, [node.id for node in nodes])
        libraries = [SetView(paths[node.id], node.name_zh, node.name_en) for node in nodes]
        alliances = [
            SetView(f"{ALLIANCE}:{each.code}", each.name_zh, each.name_en)
            for each in session.scalars(select(Alliance).order_by(Alliance.code))
        ]
    topics = [
        SetView(f"{TOPIC}:{topic.value}", translate(TOPICS[topic], "zh"), TOPICS[topic]) for topic in ServiceTopic
    ]
    languages = [SetView(f"{LANGUAGE}:{each.value}", *_LANGUAGE_NAMES[each]) for each in Language]
    return [*tops, *sorted(libraries, key=lambda each: each.spec), *alliances, *topics, *languages]


def _library_owners(session: Session, spec: str) -> set[UUID]:
    codes = spec.split(":")
    node = session.scalar(select(Library).where(Library.code == codes[-1])) if len(codes) <= MAX_DEPTH + 1 else None
    if node is None or _specs(session, [node.id])[node.id] != spec:
        return set()
    return subtree(session, [node.id])


def _alliance_owners(session: Session, kind: str, code: str) -> set[UUID]:
    alliance = session.scalar(select(Alliance).where(Alliance.code == code)) if kind == ALLIANCE else None
    if alliance is None:
        return set()
    members = select(AllianceMember.library_id).where(AllianceMember.alliance_id == alliance.id)
    return {alliance.id, *session.scalars(members)}


def _specs(session: Session, nodes: Collection[UUID]) -> dict[UUID, str]:
    """Return the set of each node, from the root of the tree down."""
    paths = paths_up(session, nodes)
    met = {each for path in paths.values() for each in path}
    codes = dict(session.execute(select(Library.id, Library.code).where(Library.id.in_(met))).all())
    return {node: ":".join((LIBRARY, *(codes[each] for each in reversed(path)))) for node, path in paths.items()}


def _provided(place: Workplace, session: Session, found: Sequence[PublicRecord]) -> list[Provided]:
    present = [record.article_id for record in found if not record.is_deleted]
    articles = by_id(session, present, now=place.clock())
    owner_ids = {record.library_id for record in found}
    names = owners(session, owner_ids)
    specs = _specs(session, owner_ids)
    memberships = _memberships(session, owner_ids)
    return [
        Provided(
            number=record.number,
            datestamp=record.datestamp,
            sets=_sets_of(record, specs, memberships),
            article=articles.get(record.article_id),
            owner=names.get(record.library_id),
        )
        for record in found
    ]


def _sets_of(record: PublicRecord, specs: dict[UUID, str], memberships: dict[UUID, list[str]]) -> tuple[str, ...]:
    own = [specs[record.library_id]] if record.library_id in specs else []
    alliances = [f"{ALLIANCE}:{code}" for code in memberships.get(record.library_id, ())]
    return (*own, *alliances, f"{TOPIC}:{record.service_topic}", f"{LANGUAGE}:{record.language}")


def _memberships(session: Session, owner_ids: Collection[UUID]) -> dict[UUID, list[str]]:
    """Return the codes of the alliances of each owner, which may be one itself."""
    found: dict[UUID, list[str]] = {}
    members = (
        select(AllianceMember.library_id, Alliance.code)
        .join(Alliance, Alliance.id == AllianceMember.alliance_id)
        .where(AllianceMember.library_id.in_(owner_ids))
    )
    themselves = select(Alliance.id, Alliance.code).where(Alliance.id.in_(owner_ids))
    for owner, code in (*session.execute(members).all(), *session.execute(themselves).all()):
        found.setdefault(owner, []).append(code)
    return {owner: sorted(codes) for owner, codes in found.items()}
