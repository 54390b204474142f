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


_ADMINISTRATORS = {Role.LIBRARY_ADMINISTRATOR, Role.CENTRE_ADMINISTRATOR, Role.NETWORK_ADMINISTRATOR}

_ROLES_WITH: dict[Right, set[Role]] = {
    Right.VIEW_ARTICLES: {Role.LIBRARIAN, Role.DISPATCHER, Role.CURATOR} | _ADMINISTRATORS,
    Right.DRAFT_ARTICLES: {Role.LIBRARIAN, Role.CURATOR} | _ADMINISTRATORS,
    Right.REVIEW_ARTICLES: {Role.CURATOR} | _ADMINISTRATORS,
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
