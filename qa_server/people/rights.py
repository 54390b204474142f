"""Who may do what, as pure rules over roles held at nodes of the tree. A role reaches down; default is no right."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from qa_server.people.models import Role


class Right(StrEnum):
    """Something a person may be allowed to do for the node that owns a thing."""

    VIEW_ARTICLES = "view_articles"
    DRAFT_ARTICLES = "draft_articles"
    REVIEW_ARTICLES = "review_articles"
    DELETE_ARTICLES = "delete_articles"
    ADMINISTER_LIBRARY = "administer_library"
    ADMINISTER_TREE = "administer_tree"
    PLAN_SHIFTS = "plan_shifts"
    EDIT_CARD = "edit_card"
    APPROVE_CARD = "approve_card"
    SUPERVISE = "supervise"
    EXPORT_READERS = "export_readers"
    MENTOR = "mentor"
    WORK_ON_COMMISSIONS = "work_on_commissions"
    REVIEW_REPORTS = "review_reports"
    SIGN_REPORTS = "sign_reports"
    TAKE_PAYMENTS = "take_payments"
    EDIT_SERVICES = "edit_services"


_CENTRE_ADMINISTRATORS = {Role.CENTRE_ADMINISTRATOR, Role.NETWORK_ADMINISTRATOR}
_ADMINISTRATORS = {Role.LIBRARY_ADMINISTRATOR} | _CENTRE_ADMINISTRATORS

_ROLES_WITH: dict[Right, set[Role]] = {
    # View; add (what is written stays without effect until somebody else publishes it); edit, which is to publish what
    # others wrote; delete, which is to take articles away from readers.
    Right.VIEW_ARTICLES: {Role.LIBRARIAN, Role.DISPATCHER, Role.EDITOR, Role.CURATOR} | _ADMINISTRATORS,
    Right.DRAFT_ARTICLES: {Role.LIBRARIAN, Role.EDITOR, Role.CURATOR} | _ADMINISTRATORS,
    Right.REVIEW_ARTICLES: {Role.EDITOR, Role.CURATOR} | _ADMINISTRATORS,
    Right.DELETE_ARTICLES: {Role.CURATOR} | _ADMINISTRATORS,
    # Settings, hours, desks, staff and accounts of a node and of those below it.
    Right.ADMINISTER_LIBRARY: _ADMINISTRATORS,
    # New nodes, moves, closing for good, applications: held at the node above.
    Right.ADMINISTER_TREE: _CENTRE_ADMINISTRATORS,
    Right.PLAN_SHIFTS: {Role.DISPATCHER} | _ADMINISTRATORS,
    Right.EDIT_CARD: {Role.CURATOR} | _ADMINISTRATORS,
    Right.APPROVE_CARD: _CENTRE_ADMINISTRATORS,
    # Watch, whisper, take over, set priorities: each is written down.
    Right.SUPERVISE: {Role.DISPATCHER} | _ADMINISTRATORS,
    # Names of readers in what leaves the service; on a page every librarian of the desk sees them.
    Right.EXPORT_READERS: _ADMINISTRATORS,
    # Read, send and give back answers of trainees, at desks where one serves oneself.
    Right.MENTOR: {Role.LIBRARIAN, Role.DISPATCHER, Role.CURATOR} | _ADMINISTRATORS,
    # Take, quote and do commissioned work of a library.
    Right.WORK_ON_COMMISSIONS: {Role.LIBRARIAN, Role.DISPATCHER, Role.EDITOR, Role.CURATOR} | _ADMINISTRATORS,
    # Read reports of others before they are signed; never one's own.
    Right.REVIEW_REPORTS: {Role.EDITOR, Role.CURATOR} | _ADMINISTRATORS,
    # The library's seal.
    Right.SIGN_REPORTS: _ADMINISTRATORS,
    # Confirm and give back payments.
    Right.TAKE_PAYMENTS: {Role.DISPATCHER} | _ADMINISTRATORS,
    # Service types, price lists, suppliers, report templates.
    Right.EDIT_SERVICES: _ADMINISTRATORS,
}

# Which roles the holder of a role may give to others at the same node and below it.
_MAY_GIVE: dict[Role, set[Role]] = {
    Role.LIBRARY_ADMINISTRATOR: {
        Role.LIBRARIAN,
        Role.DISPATCHER,
        Role.EDITOR,
        Role.CURATOR,
        Role.LIBRARY_ADMINISTRATOR,
    },
    Role.CENTRE_ADMINISTRATOR: set(Role) - {Role.NETWORK_ADMINISTRATOR},
    Role.NETWORK_ADMINISTRATOR: set(Role),
}


@dataclass(frozen=True)
class Grant:
    """A role held at a node."""

    library_id: UUID
    role: Role


@dataclass(frozen=True)
class StaffMember:
    """A signed-in librarian with what decides the rights. `desk_ids` are the desks where the person serves."""

    id: UUID
    login: str
    name_zh: str
    name_en: str
    language: str
    library_id: UUID
    grants: tuple[Grant, ...]
    desk_ids: frozenset[UUID]
    csrf_token: str

    def name_in(self, language: str) -> str:
        """Return the name as written in this language."""
        return self.name_zh if language == "zh" else self.name_en


def has_right(person: StaffMember, right: Right, path: Collection[UUID]) -> bool:
    """Say whether a role held anywhere on `path` (the owning node and everything above it) gives the right."""
    return any(grant.library_id in path and grant.role in _ROLES_WITH[right] for grant in person.grants)


def nodes_with(person: StaffMember, right: Right) -> set[UUID]:
    """Return the nodes at which the person holds the right; it reaches down from each."""
    return {grant.library_id for grant in person.grants if grant.role in _ROLES_WITH[right]}


def roles_with(right: Right) -> set[Role]:
    """Return the roles that give the right."""
    return set(_ROLES_WITH[right])


def may_give(person: StaffMember, role: Role, path: Collection[UUID]) -> bool:
    """Say whether the person may give or take this role at the node whose way up is `path`."""
    return any(grant.library_id in path and role in _MAY_GIVE.get(grant.role, ()) for grant in person.grants)
