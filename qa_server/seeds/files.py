"""The demo's data files as typed, checked values. A bad line is refused with its file and number."""

from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from knowledge.content import ArticleContent
from knowledge.models import QuestionType, ServiceTopic
from qa_server.conversations.models import Resolution
from qa_server.network.models import Level
from qa_server.people.models import Role
from storage.errors import AppError

T = TypeVar("T")

_ARTICLE_FILES = ("articles.zh.jsonl", "articles.en.jsonl")


class SeedInvalid(AppError):
    """A data file breaks a rule."""

    code = "seed_invalid"
    status = 500
    message = "The data file {file} cannot be used: {reason}"


class _Seed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LibrarySeed(_Seed):
    """A node of the tree; `parent` is the code of the node above, listed before."""

    code: str = Field(pattern="^[A-Z0-9]{2,8}$")
    level: Level
    parent: str | None
    name_zh: str
    name_en: str
    language: Literal["zh", "en"]
    has_desk: bool


class AllianceSeed(_Seed):
    """An alliance and the codes of its members."""

    code: str
    name_zh: str
    name_en: str
    members: list[str]


class LibrarianSeed(_Seed):
    """A librarian: roles as pairs of node and role, desks as codes of their libraries."""

    login: str = Field(pattern="^[a-z][a-z.]+$")
    name_zh: str
    name_en: str
    library: str
    language: Literal["zh", "en"]
    roles: list[tuple[str, Role]]
    desks: list[str]


class NetworkSeed(_Seed):
    """The whole demo network."""

    libraries: list[LibrarySeed]
    alliances: list[AllianceSeed]
    librarians: list[LibrarianSeed]


class ArticleSeed(_Seed):
    """One published article of a library."""

    key: str
    library: str
    language: Literal["zh", "en"]
    question: str
    alternates: list[str] = Field(min_length=2, max_length=4)
    answer: str
    service_topic: ServiceTopic
    question_type: QuestionType
    clc_class: str | None
    sources: list[str]

    def content(self) -> ArticleContent:
        """Return it as the knowledge base takes it."""
        return ArticleContent(
            key=self.key,
            language=self.language,
            question=self.question,
            alternates=tuple(self.alternates),
            answer=self.answer,
            sources=tuple(self.sources),
            service_topic=self.service_topic,
            question_type=self.question_type,
            clc_class=self.clc_class,
        )


class ConversationSeed(_Seed):
    """A past exchange; messages are pairs of side and text, the first is the question."""

    library: str
    language: Literal["zh", "en"]
    days_ago: int = Field(ge=1)
    librarian: str
    resolution: Resolution
    read_level: int = Field(ge=1, le=6)
    rating: int | None = Field(ge=1, le=5)
    comment: str | None
    messages: list[tuple[Literal["reader", "librarian"], str]] = Field(min_length=2)


def read_network(folder: Path) -> NetworkSeed:
    """Return the demo network. Raises SeedInvalid."""
    return _read(folder / "network.json", TypeAdapter(NetworkSeed))


def read_conversations(folder: Path) -> list[ConversationSeed]:
    """Return the past conversations. Raises SeedInvalid."""
    return _read(folder / "conversations.json", TypeAdapter(list[ConversationSeed]))


def read_articles(folder: Path) -> list[ArticleSeed]:
    """Return the articles of all languages. Raises SeedInvalid, also for a topic that a library answers twice."""
    found = [seed for name in _ARTICLE_FILES for seed in _read_lines(folder / name)]
    seen: set[tuple[str, str, str]] = set()
    for seed in found:
        topic = (seed.library, seed.key, seed.language)
        if topic in seen:
            raise SeedInvalid(file=f"articles.{seed.language}.jsonl", reason=f"{topic} appears twice")
        seen.add(topic)
    return found


def _read(path: Path, adapter: TypeAdapter[T]) -> T:
    try:
        return adapter.validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise SeedInvalid(file=path.name, reason=str(error)) from error


def _read_lines(path: Path) -> list[ArticleSeed]:
    found = []
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        try:
            found.append(ArticleSeed.model_validate_json(line))
        except ValidationError as error:
            raise SeedInvalid(file=path.name, reason=f"line {number}: {error}") from error
    return found
