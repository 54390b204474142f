"""Tables of people: readers with an opaque token, librarians with roles on nodes of the tree, staff sessions."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, new_id


class Role(StrEnum):
    """What a librarian may do at a node of the tree and below it."""

    LIBRARIAN = "librarian"
    DISPATCHER = "dispatcher"
    EDITOR = "editor"
    CURATOR = "curator"
    LIBRARY_ADMINISTRATOR = "library_administrator"
    CENTRE_ADMINISTRATOR = "centre_administrator"
    NETWORK_ADMINISTRATOR = "network_administrator"


class Reader(Base):
    """Somebody who asks. Anonymous: known by the hash of an opaque token and by nothing else."""

    __tablename__ = "readers"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    library_id: Mapped[UUID] = mapped_column(ForeignKey("libraries.id"))
    language: Mapped[str] = mapped_column(String(8))
    created_at: Mapped[datetime]


class Librarian(Base):
    """Somebody who answers. `login` is lower case; `password_hash` is an Argon2id string."""

    __tablename__ = "librarians"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    login: Mapped[str] = mapped_column(String(64), unique=True)
    name_zh: Mapped[str] = mapped_column(String(100))
    name_en: Mapped[str] = mapped_column(String(100))
    library_id: Mapped[UUID] = mapped_column(ForeignKey("libraries.id"), index=True)
    language: Mapped[str] = mapped_column(String(8), default="zh")
    password_hash: Mapped[str] = mapped_column(String(200))
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]


class RoleGrant(Base):
    """A role held at a node; it reaches down the subtree."""

    __tablename__ = "role_grants"
    __table_args__ = (
        UniqueConstraint("librarian_id", "library_id", "role"),
        CheckConstraint(
            "role IN ('librarian', 'dispatcher', 'editor', 'curator', 'library_administrator', "
            "'centre_administrator', 'network_administrator')",
            name="role",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    librarian_id: Mapped[UUID] = mapped_column(ForeignKey("librarians.id"), index=True)
    library_id: Mapped[UUID] = mapped_column(ForeignKey("libraries.id"))
    role: Mapped[str] = mapped_column(String(32))


class StaffSession(Base):
    """A signed-in browser of a librarian. The cookie holds the token, the table only its hash."""

    __tablename__ = "staff_sessions"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    librarian_id: Mapped[UUID] = mapped_column(ForeignKey("librarians.id"), index=True)
    csrf_token: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class SignInFailure(Base):
    """A refused sign-in. Counted per login and network, so that one guesser cannot lock out a campus or a person."""

    __tablename__ = "sign_in_failures"
    __table_args__ = (Index("ix_sign_in_failures_login_network_at", "login", "network", "failed_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    login: Mapped[str] = mapped_column(String(64))
    network: Mapped[str] = mapped_column(String(64))
    failed_at: Mapped[datetime]
