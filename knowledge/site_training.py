"""Train an encoder with a site's own articles, and keep it only if it finds more.

Either the static encoder anew from the texts of the field, or a transformer further from where it is.
"""

import json
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from embeddings.contrastive import Settings
from embeddings.encoder import Encoder
from embeddings.fine_tuning import FineTuning, fine_tune
from embeddings.loading import load_encoder
from embeddings.training import WordingGroup, field_groups, train_static_encoder
from knowledge.evaluation import Report, evaluate
from knowledge.visible import VisibleArticle, all_visible
from storage.database import Database
from storage.errors import AppError

# Every so many-th article keeps one alternate apart, to ask with it afterwards.
_ASKED_EVERY = 3
LEAST_QUESTIONS = 20


class TooFewWordings(AppError):
    """The site has too few alternates to tell whether training helped."""

    code = "too_few_wordings"
    status = 409
    message = "There are only {found} wordings to measure with; at least {needed} are needed. Add alternates first."


@dataclass(frozen=True)
class SiteTraining:
    """Figures of the old and the new encoder on wordings kept apart, and whether the new one is kept."""

    before: Report
    after: Report
    folder: Path
    is_kept: bool


def train_for_site(
    database: Database,
    folder: Path,
    current: Encoder | None,
    *,
    base: str | None = None,
    settings: Settings | FineTuning | None = None,
    on_epoch: Callable[[int, float], None] | None = None,
) -> SiteTraining:
    """Train on the field's texts and the published articles; put the model into `folder` only if it finds more.

    `base` is a sentence-transformers model to go on from, by name or folder; without it a static encoder is made.
    Confirmed questions of readers are alternates of articles, so they are among the texts. Blocks for minutes; writes
    nothing to the database. The final model is trained on everything, also on what was asked with. Raises
    TooFewWordings, and EncoderUnavailable when the base cannot be loaded.
    """
    with database.read() as session:
        articles = [article for page in all_visible(session, now=datetime.now(UTC)) for article in page]
    kept, asked = _split(articles)
    if len(asked) < LEAST_QUESTIONS:
        raise TooFewWordings(found=len(asked), needed=LEAST_QUESTIONS)
    with tempfile.TemporaryDirectory() as home:
        files = _write(Path(home) / "questions.jsonl", asked), _write(Path(home) / "articles.jsonl", _lines(kept))
        trial = _train(base, [*field_groups(), *_groups(kept)], Path(home) / "trial", settings, on_epoch)
        before, after = evaluate(*files, current), evaluate(*files, load_encoder(str(trial)))
    is_better = after.groups["all"].recall_at_5 > before.groups["all"].recall_at_5
    if is_better:
        _train(base, [*field_groups(), *_groups(articles)], folder, settings, on_epoch)
    return SiteTraining(before, after, folder, is_better)


def _train(
    base: str | None,
    groups: Sequence[WordingGroup],
    folder: Path,
    settings: Settings | FineTuning | None,
    on_epoch: Callable[[int, float], None] | None,
) -> Path:
    if base is None:
        chosen = settings if isinstance(settings, Settings) else None
        return train_static_encoder(groups, folder, settings=chosen, on_epoch=on_epoch)
    tuning = settings if isinstance(settings, FineTuning) else None
    return fine_tune(base, groups, folder, settings=tuning, on_epoch=on_epoch)


def _split(articles: Sequence[VisibleArticle]) -> tuple[list[VisibleArticle], list[dict[str, object]]]:
    kept: list[VisibleArticle] = []
    asked: list[dict[str, object]] = []
    for place, article in enumerate(articles):
        if place % _ASKED_EVERY == 0 and article.alternates:
            *others, last = article.alternates
            asked.append({"query": last, "language": article.language, "relevant": [str(article.id)]})
            article = _with_alternates(article, tuple(others))
        kept.append(article)
    return kept, asked


def _with_alternates(article: VisibleArticle, alternates: tuple[str, ...]) -> VisibleArticle:
    return VisibleArticle(**{**article.__dict__, "alternates": alternates})


def _groups(articles: Iterable[VisibleArticle]) -> list[WordingGroup]:
    topics: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for article in articles:
        topics[article.key][article.language] += [article.question, *article.alternates]
    return [WordingGroup(tuple(tuple(texts) for texts in languages.values())) for languages in topics.values()]


def _lines(articles: Iterable[VisibleArticle]) -> list[dict[str, object]]:
    return [
        {
            "id": str(article.id),
            "question": article.question,
            "alternates": list(article.alternates),
            "answer": article.answer,
            "language": article.language,
        }
        for article in articles
    ]


def _write(path: Path, rows: Iterable[dict[str, object]]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return path
