"""Word by mail to the curators of a node when its answers age: one letter a person and day, of what came since.

Told are those who review at the owner itself, else at the nearest node above where somebody does. The address is the
one that they gave with their preferences; without one, or switched off there, they hear nothing.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge import reasons, rounds
from knowledge.life_models import KnowledgeTimer, ReasonKind
from knowledge.reasons import Aged
from qa_server.desk.articles import rights as article_rights
from qa_server.desk.preferring import preferences_of
from qa_server.desk.telling_by_mail import tells_of_answers
from qa_server.desk.workplace import Workplace
from qa_server.mail import outbox
from qa_server.mail.addresses import deliverable
from qa_server.mail.letters import Letter, Tag, say
from qa_server.network.models import Library
from qa_server.network.queries import Owner, owners, path_up
from qa_server.people.models import Librarian, RoleGrant
from qa_server.people.rights import Right, roles_with

DIGEST = "ageing"
_ALL = "digests"
# After the night's look at all articles, so that what it found is in the letter of the morning.
_AFTER_NIGHT = timedelta(hours=5)
_DAY = timedelta(days=1)
# The first letter tells of what came up in so long; later ones of what came since the last.
_FIRST_LOOK = timedelta(days=7)
# What was noted while the last letter was written may have been committed after it: rather told twice than never.
_OVERLAP = timedelta(minutes=10)
# More lines nobody reads in a letter; the page has them all.
MAX_LINES = 30

REASONS: Mapping[str, str] = {
    ReasonKind.ENDS_SOON: "Its validity ends soon",
    ReasonKind.ENDED: "Its validity has ended",
    ReasonKind.HELPS_LESS: "It helps readers less than before",
    ReasonKind.DEAD_LINK: "A link no longer answers",
    ReasonKind.SOURCE_CHANGED: "A source has changed",
    ReasonKind.LAYER_CHANGED: "The answer it stands in for has changed",
    ReasonKind.NOT_FOUND: "A test question does not find it",
    ReasonKind.ASKED: "Somebody asked for a look",
}


def tell_curators(place: Workplace) -> int:
    """Once a day, put a letter into the outbox for everybody with something new; return how many.

    Safe on several processes at once and after a crash: who has had today's letter gets no other.
    """
    if not tells_of_answers(place.settings):
        return 0
    now = place.clock()
    with place.database.read() as session:
        if not rounds.is_due(session, _ALL, now=now):
            return 0
    with place.database.write() as session:
        if not rounds.take(session, _ALL, first_due=_morning(place, now), now=now):
            return 0
    with place.database.read() as session:
        told = _whom(session, {each.owner_id for each in reasons.open_since(session, now - _FIRST_LOOK)})
    sent = sum(_tell(place, librarian_id, nodes) for librarian_id, nodes in told.items())
    with place.database.write() as session:
        rounds.finish(session, _ALL, next_due=_morning(place, place.clock()), now=place.clock())
    return sent


def _tell(place: Workplace, librarian_id: UUID, nodes: Collection[UUID]) -> bool:
    """Write to one person what is new since the last letter, at most once a day."""
    now = place.clock()
    with place.database.write() as session:
        name = f"digest:{librarian_id.hex}"
        known = session.get(KnowledgeTimer, name)
        since = known.done_at - _OVERLAP if known is not None and known.done_at is not None else now - _FIRST_LOOK
        if not rounds.take(session, name, first_due=now, now=now):
            return False
        person = session.get_one(Librarian, librarian_id)
        wanted = preferences_of(session, librarian_id)
        recipient = deliverable(wanted.mail_address) if wanted.mails_ageing else None
        aged = [each for each in reasons.open_since(session, since) if each.owner_id in nodes]
        # A few minutes less than a day: the round of tomorrow may begin a moment earlier.
        rounds.finish(session, name, next_due=now + _DAY - timedelta(minutes=10), now=now)
        if recipient is None or not aged:
            return False
        letter = _letter(place, person, aged, owners(session, {each.owner_id for each in aged}))
        outbox.put_in(session, letter, kind=DIGEST, recipient=recipient, now=now)
        return True


def _whom(session: Session, owner_ids: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """Return who is told of the articles of which owners."""
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for owner in owner_ids:
        for person in _nearest(session, owner):
            found[person].add(owner)
    return found


def _nearest(session: Session, owner: UUID) -> Sequence[UUID]:
    if session.get(Library, owner) is not None:
        path: Sequence[UUID] = path_up(session, owner)
    else:
        # An alliance has no place in the tree: whoever decides about it, whichever node that is at.
        return _reviewers(session, list(article_rights.nodes_over(session, owner, Right.REVIEW_ARTICLES)))
    return next((people for node in path if (people := _reviewers(session, [node]))), ())


def _reviewers(session: Session, nodes: Sequence[UUID]) -> Sequence[UUID]:
    return session.scalars(
        select(RoleGrant.librarian_id)
        .join(Librarian, Librarian.id == RoleGrant.librarian_id)
        .where(
            RoleGrant.library_id.in_(nodes),
            RoleGrant.role.in_(roles_with(Right.REVIEW_ARTICLES)),
            Librarian.is_active,
        )
        .distinct()
        .order_by(RoleGrant.librarian_id)
    ).all()


def _letter(place: Workplace, person: Librarian, aged: Sequence[Aged], names: Mapping[UUID, Owner]) -> Letter:
    language: Tag = "zh-CN" if person.language == "zh" else "en"
    lines = []
    for each in aged[:MAX_LINES]:
        owner = names[each.owner_id]
        why = ", ".join(say(REASONS[kind], language) for kind in each.kinds)
        lines.append(f"{each.question}\n    {why} · {owner.name_zh if person.language == 'zh' else owner.name_en}")
    if len(aged) > MAX_LINES:
        lines.append(say("and {count} more", language, count=len(aged) - MAX_LINES))
    return Letter(
        language=language,
        subject=say("{count} answers have to be looked at again", language, count=len(aged)),
        paragraphs=[
            say("Hello,", language),
            say("since the last letter something came up about these answers of your library:", language),
        ],
        link=f"{place.settings.public_url.rstrip('/')}/console/articles/due",
        link_label=say("Look at them", language),
        enclosed="\n\n".join(lines),
        footer=say("At most one letter a day. Switch it off in the console under “Alerts and keys”.", language),
    )


def _morning(place: Workplace, now: datetime) -> datetime:
    tonight = now.replace(hour=place.settings.night_hour, minute=0, second=0, microsecond=0)
    today = tonight + _AFTER_NIGHT - _DAY
    while today <= now:
        today += _DAY
    return today
