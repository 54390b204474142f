"""Any sentence-transformers model: what it says of itself is followed, and training on top of it."""

import sys
from pathlib import Path

import numpy as np
import pytest

from embeddings.errors import EncoderUnavailable
from embeddings.fine_tuning import FineTuning, fine_tune
from embeddings.loading import load_encoder
from embeddings.prompts import prompts_of
from embeddings.sentence_encoder import load_sentence_encoder
from embeddings.training import WordingGroup
from tests.embeddings.models import asked_at_once
from tests.embeddings.transformers import TEXTS, saved_prompts, tiny_transformer

GROUPS = [
    WordingGroup((("opening hours of the library", "library hours"), ("图书馆的开放时间", "图书馆时间")), ("renew",)),
    WordingGroup((("how to renew a book", "renew a book"), ("怎样续借图书", "续借图书"))),
    WordingGroup((("VPN", "the VPN"), ("VPN 连不上", "连不上 VPN"))),
]
PROMPTS = {"query": "query: ", "passage": "passage: "}


@pytest.mark.parametrize(
    ("name", "query", "passage"),
    [
        ("intfloat/multilingual-e5-small", "query: ", "passage: "),
        ("/srv/models/multilingual-e5-base/", "query: ", "passage: "),
        ("BAAI/bge-small-zh-v1.5", "为这个句子生成表示以用于检索相关文章：", ""),
        ("BAAI/bge-m3", None, None),
        ("sentence-transformers/all-MiniLM-L6-v2", None, None),
    ],
)
def test_families_that_need_prompts_get_theirs(name: str, query: str | None, passage: str | None) -> None:
    assert prompts_of(None, name) == (query, passage)


def test_what_the_model_says_itself_goes_before_what_is_known_of_its_family() -> None:
    own = {"query": "Q ", "document": "D "}
    assert prompts_of(own, "intfloat/multilingual-e5-small") == ("Q ", "D ")


@pytest.mark.models
def test_prompts_length_and_pooling_are_those_of_the_model(tmp_path: Path) -> None:
    folder = tiny_transformer(tmp_path, prompts=PROMPTS, max_length=8)
    encoder = load_encoder(str(folder), name="tiny")
    queries, passages = encoder.encode_queries(TEXTS), encoder.encode_passages(TEXTS)
    assert (encoder.name, encoder.dimensions, queries.shape) == ("tiny", 32, (len(TEXTS), 32))
    np.testing.assert_allclose(np.linalg.norm(queries, axis=1), 1, atol=1e-5)
    assert np.abs(queries - passages).max() > 1e-3
    bare = load_sentence_encoder(str(folder), device="cpu", precision="float32", name=None)
    bare._query_prompt = None
    asked = bare.encode_queries([PROMPTS["query"] + text for text in TEXTS])
    np.testing.assert_allclose(queries, asked, atol=1e-5)
    long = "renew a book " * 50
    cut = encoder.encode_queries([long, long + "opening hours"])
    np.testing.assert_allclose(cut[0], cut[1], atol=1e-5)


@pytest.mark.models
def test_half_precision_is_a_setting_and_costs_little(tmp_path: Path) -> None:
    folder = str(tiny_transformer(tmp_path))
    whole, half = load_encoder(folder), load_encoder(folder, precision="bfloat16")
    assert half.encode_queries(TEXTS).dtype == np.float32
    np.testing.assert_allclose(whole.encode_queries(TEXTS), half.encode_queries(TEXTS), atol=0.05)


@pytest.mark.models
def test_callers_at_once_get_the_vectors_they_would_get_alone(tmp_path: Path) -> None:
    encoder = load_encoder(str(tiny_transformer(tmp_path)))
    alone = {text: encoder.encode_passages([text])[0] for text in TEXTS}
    found = asked_at_once(encoder.encode_queries)
    for text in TEXTS:
        np.testing.assert_allclose(found[text], alone[text], atol=1e-5)


@pytest.mark.models
@pytest.mark.parametrize(
    ("options", "remedy"),
    [({"device": "nowhere"}, "device"), ({"precision": "int8"}, "bfloat16")],
)
def test_a_model_that_cannot_be_loaded_so_is_refused_with_a_remedy(
    tmp_path: Path, options: dict[str, str], remedy: str
) -> None:
    folder = tiny_transformer(tmp_path)
    with pytest.raises(EncoderUnavailable) as refusal:
        load_encoder(str(folder), **options)
    assert remedy in refusal.value.remedy.lower()


@pytest.mark.models
def test_a_transformer_trained_further_tells_meanings_apart_and_keeps_its_prompts(tmp_path: Path) -> None:
    folder = tiny_transformer(tmp_path, prompts=PROMPTS)
    heard: list[float] = []
    settings = FineTuning(epochs=30, batch_groups=3, learning_rate=5e-3)
    made = fine_tune(
        str(folder), GROUPS, tmp_path / "tuned", settings=settings, on_epoch=lambda _, loss: heard.append(loss)
    )
    assert heard[-1] < heard[0] / 2
    encoder = load_encoder(str(made))
    asked, kept = (
        encoder.encode_queries(["续借图书"])[0],
        encoder.encode_passages(["how to renew a book", "library hours"]),
    )
    assert asked @ kept[0] > asked @ kept[1] + 0.3
    assert saved_prompts(made)["query"] == PROMPTS["query"]


def test_training_a_transformer_asks_for_the_extra_when_it_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The absence of an installed package cannot be had otherwise in one process.
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(EncoderUnavailable, match="torch"):
        fine_tune("some/model", GROUPS, tmp_path / "tuned")
