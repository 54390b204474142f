"""The torch-free reader of static models, alone and beside sentence-transformers."""

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from embeddings.errors import EncoderUnavailable
from embeddings.loading import load_encoder
from embeddings.sentence_encoder import load_sentence_encoder
from embeddings.static_encoder import StaticEncoder, is_static_model
from tests.embeddings.models import TEXTS, static_model

STRANGE = ["", " ", "😀", "x" * 10_000, "the the the", "\x00", "\n", "续借 renew"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return static_model(tmp_path / "model")


def test_vectors_have_length_one_and_do_not_depend_on_the_batch(folder: Path) -> None:
    encoder = StaticEncoder(folder)
    together = encoder.encode_passages(TEXTS)
    assert together.dtype == np.float32
    assert together.shape == (len(TEXTS), encoder.dimensions)
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-6)
    alone = np.vstack([encoder.encode_queries([text]) for text in TEXTS])
    np.testing.assert_array_equal(together, alone)


def test_any_text_can_be_encoded_and_one_without_tokens_is_zero(folder: Path) -> None:
    vectors = StaticEncoder(folder).encode_queries(STRANGE)
    assert np.isfinite(vectors).all()
    assert not vectors[0].any()
    assert StaticEncoder(folder).encode_queries([]).shape == (0, 16)


def test_the_name_follows_the_content_of_the_model(tmp_path: Path, folder: Path) -> None:
    same = Path(shutil.copytree(folder, tmp_path / "other" / "model"))
    longer = static_model(tmp_path / "third" / "model", dimensions=8)
    assert StaticEncoder(folder).name == StaticEncoder(same).name
    assert StaticEncoder(folder).name != StaticEncoder(longer).name
    assert StaticEncoder(folder, name="mine").name == "mine"


@pytest.mark.parametrize("missing", ["model.safetensors", "tokenizer.json"])
def test_a_missing_or_damaged_file_is_refused_with_a_remedy(folder: Path, missing: str) -> None:
    for spoil in (lambda: (folder / missing).write_bytes(b"{damaged"), (folder / missing).unlink):
        spoil()
        with pytest.raises(EncoderUnavailable, match=missing) as refusal:
            StaticEncoder(folder)
        assert refusal.value.remedy


def test_a_table_too_small_for_the_tokenizer_is_refused(folder: Path, tmp_path: Path) -> None:
    save_file({"embedding.weight": np.zeros((3, 16), dtype=np.float32)}, folder / "model.safetensors")
    with pytest.raises(EncoderUnavailable, match="do not fit together"):
        StaticEncoder(folder)


def test_only_static_models_are_read_here(folder: Path, tmp_path: Path) -> None:
    assert is_static_model(folder)
    assert not is_static_model(tmp_path)
    (folder / "modules.json").write_text('[{"type": "sentence_transformers.models.Transformer", "path": ""}]')
    assert not is_static_model(folder)
    (folder / "modules.json").write_text("not json")
    assert not is_static_model(folder)


def test_a_static_model_needs_neither_torch_nor_sentence_transformers(folder: Path) -> None:
    code = (
        "import sys; from embeddings.loading import load_encoder; "
        f"load_encoder({str(folder)!r}).encode_queries(['续借']); "
        "print(sorted({'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)))"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert printed.stdout.strip() == "[]"


@pytest.mark.models
@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_vectors_are_those_of_sentence_transformers(tmp_path: Path, dtype: type) -> None:
    pytest.importorskip("sentence_transformers", reason="the extra `models` is not installed")
    folder = static_model(tmp_path / "model", dtype=dtype)
    ours = load_encoder(str(folder))
    theirs = load_sentence_encoder(str(folder), device="cpu", precision="float32", name=None)
    texts = [*TEXTS, *STRANGE[2:]]
    assert theirs.dimensions == ours.dimensions
    # From a table of halves torch also adds in halves; we add in float32.
    tolerance = 1e-6 if dtype == np.float32 else 2e-3
    np.testing.assert_allclose(ours.encode_queries(texts), theirs.encode_queries(texts), atol=tolerance)
