"""The questions of all articles in use of some owners, whether readers find them or not, to compare new ones with."""

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledge.likeness import Questions
from knowledge.models import OUT_OF_USE, Article, Revision


class KnownQuestions:
    """Questions by language, each with its article. Takes some 80 MB for a hundred thousand. Not thread-safe."""

    def __init__(self) -> None:
        self._questions: dict[str, Questions] = defaultdict(Questions)
        self._articles: dict[str, list[UUID]] = defaultdict(list)

    def read(self, session: Session, owners: Collection[UUID]) -> None:
        """Put in the newest wording of every article in use of these owners, drafts and what is in review too."""
        rows = session.execute(
            select(Article.id, Article.language, Revision.question)
            .join(Revision, (Revision.article_id == Article.id) & (Revision.number == Article.current_revision))
            .where(Article.library_id.in_(owners), Article.state.not_in(OUT_OF_USE))
            .order_by(Article.id)
        )
        for row in rows.yield_per(1_000):
            self.put(row.language, row.question, row.id)

    def put(self, language: str, question: str, article_id: UUID) -> None:
        """Put one more question in."""
        self._questions[language].put(question)
        self._articles[language].append(article_id)

    def find(self, language: str, question: str) -> tuple[UUID, float] | None:
        """Return the article whose question is most like this one with the likeness (0..1), None when none is near."""
        like = self._questions[language].find(question)
        return (self._articles[language][like.place], like.likeness) if like is not None else None
