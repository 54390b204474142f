"""Which encoder a name means, and what a person is told when it cannot be had."""

import sys
from pathlib import Path

import pytest

from embeddings import loading
from embeddings.errors import EncoderUnavailable
from embeddings.loading import load_encoder
from embeddings.static_encoder import StaticEncoder
from tests.embeddings.models import static_model


def test_a_static_folder_is_read_without_torch(tmp_path: Path) -> None:
    encoder = load_encoder(str(static_model(tmp_path / "model")), name="library-words")
    assert isinstance(encoder, StaticEncoder)
    assert encoder.name == "library-words"


@pytest.mark.parametrize("path", ["/nowhere/model", "./nowhere", "../x/y", "a/b/c"])
def test_a_folder_that_is_not_there_is_named(path: str) -> None:
    with pytest.raises(EncoderUnavailable, match="no model folder") as refusal:
        load_encoder(path)
    assert "setting" in refusal.value.remedy


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EncoderUnavailable, match="holds no model"):
        load_encoder(str(tmp_path))


def test_other_models_ask_for_the_extra_when_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    # The absence of an installed package cannot be had otherwise in one process.
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(EncoderUnavailable, match="not installed") as refusal:
        load_encoder("BAAI/bge-small-zh-v1.5")
    assert 'pip install "wenjin[models]"' in refusal.value.remedy


def test_the_shipped_encoder_is_a_folder_of_ours(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # The shipped folder itself is tested for its quality; here only the name.
    monkeypatch.setattr(loading, "SHIPPED_FOLDER", static_model(tmp_path / "shipped"))
    assert load_encoder("shipped").name.startswith("shipped@")
