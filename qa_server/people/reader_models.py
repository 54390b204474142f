"""Tables about readers beyond their token: private links to their questions, and who their library says they are."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, LargeBinary, String, false
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, new_id


class ReaderLink(Base):
    """A private link to a reader's questions. The link holds the token, the table only its hash; revoked is deleted."""

    __tablename__ = "reader_links"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    reader_id: Mapped[UUID] = mapped_column(ForeignKey("readers.id"), index=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    # Sent in a letter by the service, not made by the reader's hand.
    is_mailed: Mapped[bool] = mapped_column(default=False, server_default=false())


class LibrarySecret(Base):
    """What a library's own pages sign readers' identities with. The newest has no end; a replaced one ends soon."""

    __tablename__ = "library_secrets"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    library_id: Mapped[UUID] = mapped_column(ForeignKey("libraries.id"), index=True)
    secret: Mapped[bytes] = mapped_column(LargeBinary(64))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]


class ReaderIdentity(Base):
    """Who a reader is, as the library's page said and the reader agreed to tell. Deleted when the reader takes it back.

    `details` may hold email, status and department.
    """

    __tablename__ = "reader_identities"

    reader_id: Mapped[UUID] = mapped_column(ForeignKey("readers.id"), primary_key=True)
    library_id: Mapped[UUID] = mapped_column(ForeignKey("libraries.id"))
    subject: Mapped[str] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(String(100))
    details: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    verified_at: Mapped[datetime]


class IdentityNonce(Base):
    """An identity token that was used, kept until it would have expired: nobody else can use it again."""

    __tablename__ = "identity_nonces"

    library_id: Mapped[UUID] = mapped_column(ForeignKey("libraries.id"), primary_key=True)
    nonce: Mapped[str] = mapped_column(String(64), primary_key=True)
    reader_id: Mapped[UUID] = mapped_column(ForeignKey("readers.id"))
    expires_at: Mapped[datetime] = mapped_column(index=True)
