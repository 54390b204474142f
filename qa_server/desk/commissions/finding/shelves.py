"""Which commissions lie on which shelf of the console, and which of them fit what somebody looks for."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from qa_server.commissions import queries
from qa_server.commissions.models import Commission
from qa_server.desk.commissions import standing
from qa_server.people.rights import StaffMember

Shelf = Literal["waiting", "mine", "running", "review", "payment", "overdue", "ended"]
# Those that call for work.
CALLING: tuple[Shelf, ...] = ("waiting", "mine", "review", "payment", "overdue")
# A longer text is no title.
MAX_WORDS = 8
_NUMBER = re.compile(r"[A-Z0-9]+(?:-[A-Z0-9]+)*", re.IGNORECASE)


@dataclass(frozen=True)
class Wanted:
    """What a list is narrowed by; empty narrows nothing. `words` is a number, a part of one, or words of the title."""

    words: str = ""
    service: str = ""
    library: UUID | None = None
    subject: str = ""


EVERYTHING = Wanted()


def seen_by(session: Session, person: StaffMember) -> ColumnElement[bool]:
    """Return the condition that the person may open a commission, by the same rules as opening it."""
    overseen = standing.libraries_overseen(session, person)
    return queries.seen_by(standing.working_desks(person), person.id, overseen.as_contact, overseen.as_service)


def on_shelf(shelf: Shelf, person: StaffMember, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of a shelf."""
    is_open = Commission.ended_at.is_(None)
    match shelf:
        case "waiting":
            return is_open, Commission.accepted_at.is_(None)
        case "mine":
            mine = (Commission.searcher_id == person.id) | (Commission.contact_librarian_id == person.id)
            return is_open, mine
        case "running":
            return is_open, Commission.accepted_at.is_not(None)
        case "review":
            # By the names that the shipped services and what is adapted from them give these states.
            not_mine = Commission.searcher_id.is_(None) | (Commission.searcher_id != person.id)
            return is_open, Commission.state.in_(("in_review", "reviewed", "passed", "signed")), not_mine
        case "payment":
            return (Commission.payment_state.in_(("due", "proof_sent")),)
        case "overdue":
            return is_open, Commission.due_at < now
        case "ended":
            return (Commission.ended_at.is_not(None),)


def fitting(wanted: Wanted) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of what somebody looks for."""
    found: list[ColumnElement[bool]] = []
    if wanted.service:
        found.append(Commission.code == wanted.service)
    if wanted.library is not None:
        found.append(or_(Commission.library_id == wanted.library, Commission.service_library_id == wanted.library))
    if wanted.subject:
        found.append(Commission.subject == wanted.subject)
    for word in wanted.words.split()[:MAX_WORDS]:
        in_title = Commission.title.icontains(word, autoescape=True)
        is_number = _NUMBER.fullmatch(word) and any(each.isdigit() for each in word)
        in_number = Commission.number.contains(word.upper(), autoescape=True)
        found.append(or_(in_title, in_number) if is_number else in_title)
    return tuple(found)


def choices(session: Session, person: StaffMember) -> tuple[list[tuple[str, UUID]], list[UUID], list[str]]:
    """Return what the person's commissions can be narrowed by: code and version of services, libraries, subjects."""
    seen = seen_by(session, person)
    services = session.execute(select(Commission.code, Commission.version_id).where(seen).distinct()).all()
    libraries = session.scalars(select(Commission.library_id).where(seen).distinct()).all()
    subjects = session.scalars(select(Commission.subject).where(seen, Commission.subject.is_not(None)).distinct())
    return [(row.code, row.version_id) for row in services], list(libraries), sorted(each for each in subjects if each)
