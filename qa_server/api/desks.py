"""Desks, the people at them, and accounts, for administrators."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Path
from pydantic import Field

from qa_server.api.asker import Place, Staff
from qa_server.api.libraries import Code
from qa_server.api.network import CodeText, Freed, Name
from qa_server.conversations.schemas import Wire
from qa_server.desk import accounts, staffing
from qa_server.desk.accounts import AccountFields, AccountView, RoleAt
from qa_server.desk.staffing import StaffedDesk
from qa_server.network.desks import DeskFields, MemberFields
from qa_server.network.models import DeskKind, DeskMode, DeskState, MemberRole

router = APIRouter(prefix="/api/v1/staff", tags=["desks and accounts"])

Login = Annotated[str, Path(min_length=2, max_length=64, pattern="^[A-Za-z0-9._-]+$")]
Subjects = Annotated[list[Annotated[str, Field(max_length=1)]], Field(max_length=22)]
Languages = Annotated[list[Literal["zh", "en"]], Field(max_length=2)]


class DeskBody(Wire):
    """What a desk is; empty subjects (main classes of the Chinese Library Classification) or languages mean all."""

    name_zh: Name
    name_en: Name
    kind: DeskKind = DeskKind.GENERAL
    mode: DeskMode = DeskMode.OFFER_ALL
    clc_classes: Subjects = Field(default_factory=list)
    languages: Languages = Field(default_factory=list)
    min_staff: int = Field(1, ge=1, le=50, strict=True)
    alliance: str | None = Field(None, max_length=8, pattern="^[A-Za-z0-9]+$", description="Code of the alliance.")
    reviews_trainees: bool | None = Field(
        None,
        strict=True,
        description="Whether a mentor reads trainees' answers first; null: as the node's setting says.",
    )

    def fields(self) -> DeskFields:
        """Return it as the network takes it; the alliance is looked up by the use case."""
        return DeskFields(
            name_zh=self.name_zh,
            name_en=self.name_en,
            kind=self.kind,
            mode=self.mode,
            clc_classes=tuple(self.clc_classes),
            languages=tuple(self.languages),
            min_staff=self.min_staff,
            reviews_trainees=self.reviews_trainees,
        )


class DeskStateBody(Wire):
    """Whether a desk is open, paused for a while, or closed for good."""

    state: DeskState


class MemberBody(Wire):
    """What somebody is at a desk; empty subjects or languages mean those of the desk.

    A trainee may have a mentor (a login) and a last day as a trainee.
    """

    role: MemberRole = MemberRole.MEMBER
    clc_classes: Subjects = Field(default_factory=list)
    languages: Languages = Field(default_factory=list)
    max_chats: int = Field(3, ge=1, le=50, strict=True)
    mentor: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    trainee_until: date | None = None


class AccountBody(Wire):
    """What a librarian is called, the home library, and the language."""

    name_zh: Annotated[str, Field(min_length=1, max_length=100)]
    name_en: Annotated[str, Field(min_length=1, max_length=100)]
    library: CodeText
    language: Literal["zh", "en"] = "zh"

    def fields(self) -> AccountFields:
        """Return it as the use case takes it."""
        return AccountFields(self.name_zh, self.name_en, self.library, self.language)


class NewAccount(AccountBody):
    """An account to open; without a password nobody can sign in with it yet."""

    login: Annotated[str, Field(min_length=2, max_length=64, pattern="^[A-Za-z0-9._-]+$")]
    password: str | None = Field(None, max_length=256)


class Password(Wire):
    """A new password, 8 to 256 characters."""

    password: str = Field(max_length=256)


class Roles(Wire):
    """All roles somebody is to hold."""

    roles: list[RoleAt] = Field(max_length=50)


class Done(Wire):
    """Nothing more to say."""

    ok: Literal[True] = True


@router.get("/nodes/{code}/desks")
def list_desks(place: Place, person: Staff, code: Code) -> list[StaffedDesk]:
    """Return the desks of a node with their staff."""
    return staffing.desks_of_node(place, person, code)


@router.post("/nodes/{code}/desks", status_code=201)
def add_desk(place: Place, person: Staff, code: Code, body: DeskBody) -> StaffedDesk:
    """Add a desk to a node."""
    return staffing.add_desk(place, person, code, body.fields(), alliance=body.alliance)


@router.put("/desks/{desk_id}")
def change_desk(place: Place, person: Staff, desk_id: UUID, body: DeskBody) -> StaffedDesk:
    """Change what a desk is."""
    return staffing.change_desk(place, person, desk_id, body.fields(), alliance=body.alliance)


@router.put("/desks/{desk_id}/state")
def set_desk_state(place: Place, person: Staff, desk_id: UUID, body: DeskStateBody) -> StaffedDesk:
    """Open, pause or close a desk; closing moves its open questions to the next desk up the tree."""
    return staffing.set_desk_state(place, person, desk_id, body.state)


@router.put("/desks/{desk_id}/members/{login}")
def set_member(place: Place, person: Staff, desk_id: UUID, login: Login, body: MemberBody) -> StaffedDesk:
    """Let a librarian serve at a desk, or change as what."""
    fields = MemberFields(
        body.role,
        tuple(body.clc_classes),
        tuple(body.languages),
        body.max_chats,
        trainee_until=body.trainee_until,
    )
    return staffing.set_member(place, person, desk_id, login, fields, mentor=body.mentor)


@router.delete("/desks/{desk_id}/members/{login}")
def remove_member(place: Place, person: Staff, desk_id: UUID, login: Login) -> Freed:
    """Let a librarian serve at a desk no longer; chats held there go back to the queue."""
    return Freed(questions=staffing.remove_member(place, person, desk_id, login).questions)


@router.get("/nodes/{code}/accounts")
def list_accounts(place: Place, person: Staff, code: Code) -> list[AccountView]:
    """Return the accounts of a node."""
    return accounts.accounts_at(place, person, code)


@router.post("/accounts", status_code=201)
def open_account(place: Place, person: Staff, body: NewAccount) -> AccountView:
    """Open an account."""
    return accounts.open_account(place, person, body.login, body.fields(), password=body.password)


@router.put("/accounts/{login}")
def change_account(place: Place, person: Staff, login: Login, body: AccountBody) -> AccountView:
    """Change names, home library and language."""
    return accounts.change_account(place, person, login, body.fields())


@router.put("/accounts/{login}/password")
def set_password(place: Place, person: Staff, login: Login, body: Password) -> Done:
    """Set a password; the account is signed out everywhere."""
    accounts.set_password(place, person, login, body.password)
    return Done()


@router.put("/accounts/{login}/roles")
def set_roles(place: Place, person: Staff, login: Login, body: Roles) -> AccountView:
    """Let somebody hold exactly these roles."""
    return accounts.set_roles(place, person, login, body.roles)


@router.delete("/accounts/{login}")
def remove_person(place: Place, person: Staff, login: Login) -> Freed:
    """Close an account for good; what the person holds goes back to the queues."""
    return Freed(questions=staffing.remove_person(place, person, login).questions)
