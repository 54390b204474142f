"""Making a static encoder from wordings: what it learns, and that both readers read it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from embeddings.contrastive import Settings, _loss
from embeddings.encoder import Encoder
from embeddings.loading import load_encoder
from embeddings.sentence_encoder import load_sentence_encoder
from embeddings.training import WordingGroup, field_groups, read_groups, train_static_encoder
from embeddings.vocabulary import build_vocabulary

GROUPS = [
    WordingGroup((("图书馆几点关门", "最晚待到几点"), ("closing time", "how late are you open")), ("几点开门",)),
    WordingGroup((("怎样续借", "书没看完想再借"), ("renew a loan", "keep my book longer"))),
    WordingGroup((("打印多少钱", "打一页要几毛"), ("printing price", "cost per page"))),
    WordingGroup((("座位怎么预约", "想占个位子"), ("book a seat", "reserve a desk"))),
]
QUICK = Settings(dimensions=32, epochs=60, batch_groups=4, dropout=0.0, learning_rate=0.01)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return train_static_encoder(GROUPS, tmp_path_factory.mktemp("models") / "quick", settings=QUICK)


def similarity(encoder: Encoder, one: str, other: str) -> float:
    return float(encoder.encode_queries([one])[0] @ encoder.encode_passages([other])[0])


@pytest.mark.parametrize(
    ("one", "same", "different"),
    [
        ("最晚待到几点", "图书馆几点关门", "打印多少钱"),
        ("keep my book longer", "怎样续借", "座位怎么预约"),
        ("想占个位子", "reserve a desk", "printing price"),
    ],
)
def test_texts_of_one_meaning_are_closer_than_others_in_both_languages(
    folder: Path, one: str, same: str, different: str
) -> None:
    encoder = load_encoder(str(folder))
    assert similarity(encoder, one, same) > similarity(encoder, one, different) + 0.3


def test_traditional_full_width_and_capital_letters_mean_the_same(folder: Path) -> None:
    encoder = load_encoder(str(folder))
    assert similarity(encoder, "圖書館幾點關門", "图书馆几点关门") == pytest.approx(1, abs=1e-5)
    assert similarity(encoder, "ＲＥＮＥＷ a Loan", "renew a loan") == pytest.approx(1, abs=1e-5)


def test_a_rare_character_leaves_the_rest_of_its_sentence(folder: Path) -> None:
    encoder = load_encoder(str(folder))
    assert similarity(encoder, "怎样续借龘", "怎样续借") > 0.9


def test_training_again_gives_the_same_vectors(folder: Path, tmp_path: Path) -> None:
    again = load_encoder(str(train_static_encoder(GROUPS, tmp_path / "again", settings=QUICK)))
    texts = [text for group in GROUPS for text in group.texts]
    np.testing.assert_allclose(load_encoder(str(folder)).encode_queries(texts), again.encode_queries(texts), atol=1e-4)


def test_the_loss_falls_in_the_direction_of_its_gradient() -> None:
    generator = np.random.default_rng(3)
    sums = generator.standard_normal((7, 5)).astype(np.float32)
    loss, gradient = _loss(sums, 3, 0.5)
    for _ in range(10):
        step = (1e-3 * generator.standard_normal(sums.shape)).astype(np.float32)
        assert _loss(sums + step, 3, 0.5)[0] - loss == pytest.approx(float((gradient * step).sum()), abs=3e-5)


def test_every_token_has_a_place_and_traditional_forms_share_their_parts() -> None:
    vocabulary = build_vocabulary(["开馆时间 opening hours"])
    assert len(vocabulary.parts) == vocabulary.tokenizer.get_vocab_size()
    words = vocabulary.tokenizer.get_vocab()
    assert vocabulary.parts[words["开馆"]] == vocabulary.parts[words["開館"]]


def test_slips_and_endings_that_no_text_has_are_near_their_words_and_unknown_letters_say_nothing() -> None:
    vocabulary = build_vocabulary(["reserve", *["library printing"] * 5])
    words = vocabulary.tokenizer.get_vocab()
    for slip in ("libary", "lirbary", "librrary", "pritning"):
        assert vocabulary.parts[words[slip]] == vocabulary.parts[words["library" if slip[0] == "l" else "printing"]]
    assert set(vocabulary.parts[words["reserves"]]) < set(vocabulary.parts[words["reserve"]])
    assert vocabulary.parts[words["q"]] == ()
    assert vocabulary.parts[words["7"]] != ()


def test_groups_of_one_name_are_joined_over_files(tmp_path: Path) -> None:
    for number in (1, 2):
        line = f'{{"intent": "a.b", "zh": ["第一", "第{number}"], "near_misses": ["x"]}}\n\n'
        (tmp_path / f"{number}.jsonl").write_text(line, "utf-8")
    assert read_groups(sorted(tmp_path.iterdir())) == [WordingGroup((("第一", "第1", "第2"),), ("x",))]


def test_the_texts_of_the_field_are_many_and_in_both_languages() -> None:
    groups = field_groups()
    asked = [group for group in groups if len(group.languages) == 2 and group.near_misses]
    assert len(asked) >= 400
    assert sum(len(group.languages[0]) >= 8 and len(group.languages[1]) >= 4 for group in asked) >= 400


@pytest.mark.models
def test_sentence_transformers_reads_a_trained_and_the_shipped_model(folder: Path) -> None:
    pytest.importorskip("sentence_transformers", reason="the extra `models` is not installed")
    texts = ["图书馆几点关门", "圖書館", "renew a loan, please!", "VPN 连不上"]
    for name in (str(folder), "shipped"):
        ours = load_encoder(name)
        path = str(Path(__file__).parents[2] / "embeddings" / "shipped") if name == "shipped" else name
        theirs = load_sentence_encoder(path, device="cpu", precision="float32", name=None)
        np.testing.assert_allclose(ours.encode_queries(texts), theirs.encode_queries(texts), atol=1e-6)


def test_settings_have_an_effect(tmp_path: Path) -> None:
    small = train_static_encoder(GROUPS, tmp_path / "small", settings=replace(QUICK, dimensions=8, epochs=1))
    assert load_encoder(str(small)).dimensions == 8
