"""Training with a site's own articles: measured before and after, kept only if better."""

from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from embeddings.contrastive import Settings
from embeddings.encoder import Encoder
from embeddings.fine_tuning import FineTuning
from embeddings.loading import load_encoder
from knowledge import site_training
from knowledge.evaluation import Report, evaluate
from knowledge.site_training import TooFewWordings, train_for_site
from storage.database import Database
from tests.embeddings.transformers import tiny_transformer
from tests.knowledge.factories import publish
from tests.knowledge.fakes import TokenEncoder

OWNER = UUID(int=10)
QUICK = Settings(dimensions=32, epochs=1)
TOPICS = ["打印", "座位", "续借", "数据库", "论文", "讲座", "存包", "门禁", "密码"]


@pytest.fixture
def filled(sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    # The texts of the field are 13,000; what is tested here does not depend on them.
    monkeypatch.setattr(site_training, "field_groups", list)
    with sqlite.write() as session:
        for topic in TOPICS:
            publish(
                session,
                OWNER,
                question=f"{topic}怎么办",
                alternates=(f"关于{topic}", f"{topic}求助"),
                answer="见公告。",
            )
    return sqlite


def test_too_few_wordings_are_refused(filled: Database, tmp_path: Path) -> None:
    with pytest.raises(TooFewWordings):
        train_for_site(filled, tmp_path / "model", None, settings=QUICK)


def test_what_is_not_better_is_not_kept(filled: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Nine articles make three questions; the limit is for real sites.
    monkeypatch.setattr(site_training, "LEAST_QUESTIONS", 3)
    done = train_for_site(filled, tmp_path / "model", TokenEncoder(), settings=QUICK)
    assert done.before.groups["all"].recall_at_5 == 1.0
    assert (done.is_kept, (tmp_path / "model").exists()) == (False, False)


def test_what_finds_more_is_kept_and_can_be_loaded(
    filled: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site_training, "LEAST_QUESTIONS", 3)
    # The old search is made to look worse: the rule is tested, not the quality of a one-epoch model.
    monkeypatch.setattr(site_training, "evaluate", _without_an_encoder_nothing_is_found)
    done = train_for_site(filled, tmp_path / "model", None, settings=QUICK)
    assert done.is_kept
    assert load_encoder(str(tmp_path / "model")).dimensions == 32


@pytest.mark.models
def test_a_transformer_is_trained_further_and_kept_when_it_finds_more(
    filled: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site_training, "LEAST_QUESTIONS", 3)
    monkeypatch.setattr(site_training, "evaluate", _without_an_encoder_nothing_is_found)
    base = tiny_transformer(tmp_path)
    done = train_for_site(
        filled, tmp_path / "tuned", None, base=str(base), settings=FineTuning(epochs=2, batch_groups=4)
    )
    assert done.is_kept
    assert load_encoder(str(tmp_path / "tuned")).dimensions == 32


def _without_an_encoder_nothing_is_found(questions: Path, articles: Path, encoder: Encoder | None) -> Report:
    report = evaluate(questions, articles, encoder)
    if encoder is not None:
        return report
    group = replace(report.groups["all"], recall_at_5=0.0)
    return replace(report, groups={**report.groups, "all": group})
