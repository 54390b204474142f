"""Tables of the knowledge base. Libraries and people are opaque ids: this package does not know the network."""

from datetime import datetime
from enum import IntEnum, StrEnum
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    Text,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, new_id, one_of


class ArticleState(StrEnum):
    """Where an article stands. Readers find it by its published revision in the first three states only."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    PUBLISHED = "published"
    NEEDS_REVIEW = "needs_review"
    RETIRED = "retired"
    MERGED = "merged"


# A newer revision may be under work, or somebody may have to look at the article again, while readers still see it.
VISIBLE_STATES = (ArticleState.DRAFT, ArticleState.IN_REVIEW, ArticleState.PUBLISHED, ArticleState.NEEDS_REVIEW)
# No longer in use: kept as history.
OUT_OF_USE = (ArticleState.RETIRED, ArticleState.MERGED)


class Visibility(StrEnum):
    """Who of those in scope may find an article: everybody, readers whom their library has signed in, staff."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    STAFF = "staff"


class Audience(IntEnum):
    """How far an asker is let in: each may find what those before it may, and more."""

    EVERYBODY = 0
    SIGNED_IN = 1
    STAFF = 2


_AUDIENCE_OF: dict[str, Audience] = {
    Visibility.PUBLIC: Audience.EVERYBODY,
    Visibility.SIGNED_IN: Audience.SIGNED_IN,
    Visibility.STAFF: Audience.STAFF,
}


def audience_of(visibility: str) -> Audience:
    """Return the least audience that may find articles of this visibility."""
    return _AUDIENCE_OF[visibility]


class Language(StrEnum):
    """The language an article is written in."""

    ZH = "zh"
    EN = "en"


class ServiceTopic(StrEnum):
    """What the article is about, as a library's services are divided."""

    SPACES = "spaces"
    BORROWING = "borrowing"
    E_RESOURCES = "e_resources"
    SEARCHING = "searching"
    DOCUMENT_DELIVERY = "document_delivery"
    CITATION_NOVELTY = "citation_novelty"
    THESES = "theses"
    TRAINING = "training"
    FEEDBACK = "feedback"
    OTHER = "other"


class QuestionType(StrEnum):
    """What kind of question the article answers."""

    POLICY = "policy"
    FACT = "fact"
    GUIDANCE = "guidance"
    TOPIC = "topic"
    TECHNICAL = "technical"


class ChangeKind(StrEnum):
    """What happened to an article that other processes must follow."""

    PUBLISHED = "published"
    HIDDEN = "hidden"
    RESTORED = "restored"


# One article in use per topic, language and owner; retired and merged ones stay as history.
_IN_USE = text("state NOT IN ('retired', 'merged')")


class Article(Base):
    """A topic answered by one node of the network in one language; its text is in its revisions.

    `library_id` is the owner: only readers below that node see the article. `key` names the topic; articles of several
    owners with one key and language are variants, of which the nearest owner's stands. `number` is given at the first
    publication and names the article in the indexes. `current_revision` is the newest, `published_revision` the one
    readers see. Facets, visibility and dates are those of the published revision, or of the newest where there is none.

    `starts_at` is set while a published article waits for its `valid_from`; `shows_past` lets readers find it after
    `valid_until`, with a note. `publish_at` is when what `scheduled_by_id` has reviewed is to be published.
    """

    __tablename__ = "articles"
    __table_args__ = (
        one_of("visibility", Visibility),
        one_of("state", ArticleState),
        one_of("language", Language),
        one_of("service_topic", ServiceTopic),
        one_of("question_type", QuestionType),
        Index("ix_articles_library_id_state", "library_id", "state"),
        Index(
            "uq_articles_topic_in_use",
            "key",
            "language",
            "library_id",
            unique=True,
            sqlite_where=_IN_USE,
            postgresql_where=_IN_USE,
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    key: Mapped[str] = mapped_column(String(120))
    library_id: Mapped[UUID]
    language: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(16), default=ArticleState.DRAFT)
    number: Mapped[int | None] = mapped_column(BigInteger, unique=True)
    current_revision: Mapped[int] = mapped_column(default=1)
    published_revision: Mapped[int | None]
    author_id: Mapped[UUID]
    reviewer_id: Mapped[UUID | None]
    published_at: Mapped[datetime | None]
    valid_until: Mapped[datetime | None] = mapped_column(index=True)
    valid_from: Mapped[datetime | None]
    visibility: Mapped[str] = mapped_column(String(16), default=Visibility.PUBLIC, server_default="public")
    shows_past: Mapped[bool] = mapped_column(default=False, server_default=false())
    starts_at: Mapped[datetime | None] = mapped_column(index=True)
    submitted_at: Mapped[datetime | None]
    assigned_reviewer_id: Mapped[UUID | None]
    publish_at: Mapped[datetime | None] = mapped_column(index=True)
    scheduled_by_id: Mapped[UUID | None]
    service_topic: Mapped[str] = mapped_column(String(24))
    question_type: Mapped[str] = mapped_column(String(16))
    clc_class: Mapped[str | None] = mapped_column(String(1))
    origin: Mapped[str | None] = mapped_column(String(200), index=True)
    merged_into_id: Mapped[UUID | None] = mapped_column(ForeignKey("articles.id"))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class Revision(Base):
    """One version of an article's text and facets, never changed once written, but for a reviewer's refusal."""

    __tablename__ = "article_revisions"

    article_id: Mapped[UUID] = mapped_column(ForeignKey("articles.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    question: Mapped[str] = mapped_column(Text)
    alternates: Mapped[list[str]] = mapped_column(JSON)
    answer: Mapped[str] = mapped_column(Text)
    sources: Mapped[list[str]] = mapped_column(JSON)
    service_topic: Mapped[str] = mapped_column(String(24), default=ServiceTopic.OTHER, server_default="other")
    question_type: Mapped[str] = mapped_column(String(16), default=QuestionType.FACT, server_default="fact")
    clc_class: Mapped[str | None] = mapped_column(String(1))
    visibility: Mapped[str] = mapped_column(String(16), default=Visibility.PUBLIC, server_default="public")
    valid_from: Mapped[datetime | None]
    valid_until: Mapped[datetime | None]
    change_note: Mapped[str | None] = mapped_column(String(500))
    author_id: Mapped[UUID]
    sent_back_reason: Mapped[str | None] = mapped_column(String(500))
    created_at: Mapped[datetime]


class PassageVector(Base):
    """The vector of one passage by one encoder: the truth of which the index is a cache. `vector` is float32 bytes."""

    __tablename__ = "passage_vectors"
    __table_args__ = (
        ForeignKeyConstraint(
            ["article_id", "revision_number"], ["article_revisions.article_id", "article_revisions.number"]
        ),
        Index("ix_passage_vectors_encoder", "encoder"),
    )

    article_id: Mapped[UUID] = mapped_column(primary_key=True)
    encoder: Mapped[str] = mapped_column(String(200), primary_key=True)
    passage_number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    revision_number: Mapped[int]
    text_hash: Mapped[str] = mapped_column(String(64))
    vector: Mapped[bytes] = mapped_column(LargeBinary)


class KnowledgeChange(Base):
    """One step of what readers can find; processes catch up by number. Numbers are in the order of commits."""

    __tablename__ = "knowledge_changes"
    __table_args__ = (one_of("kind", ChangeKind),)

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    article_id: Mapped[UUID] = mapped_column(ForeignKey("articles.id"))
    kind: Mapped[str] = mapped_column(String(16))
    happened_at: Mapped[datetime]


class KnowledgeCounter(Base):
    """The single row that gives change numbers. Its lock holds until commit, so numbers become visible in order.

    A sequence would not do: a transaction with a lower number may commit after one with a higher, and a process that
    had already seen the higher would never look back.
    """

    __tablename__ = "knowledge_counter"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(BigInteger)
