"""Models in ONNX form: the vectors of sentence-transformers without torch, and what cannot be read so."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx as format_of_graphs
import pytest

from embeddings.encoder import Encoder
from embeddings.errors import EncoderUnavailable
from embeddings.loading import load_encoder
from embeddings.onnx_encoder import load_onnx_encoder
from qa_server.settings import Settings
from tests.embeddings.models import asked_at_once
from tests.embeddings.onnx_models import tiny_onnx_model
from tests.embeddings.transformers import TEXTS

PROMPTS = {"query": "renew ", "passage": "VPN "}
# Of several lengths, one with nothing in it, and more than one batch.
MANY = [*TEXTS, "", " ", "library", "how to renew a book " * 20, *(f"library {number}" for number in range(40))]

# Loads a model of the hub from the cache alone and says what came of it.
FROM_THE_HUB = """
import sys
from embeddings.errors import EncoderUnavailable
from embeddings.loading import load_encoder

try:
    encoder = load_encoder(sys.argv[1], backend="onnx")
    print(encoder.name, encoder.dimensions, *sorted({"torch", "transformers"} & set(sys.modules)))
except EncoderUnavailable as refusal:
    print("refused:", refusal, "|", refusal.remedy)
"""

pytestmark = pytest.mark.models


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_onnx_model(tmp_path_factory.mktemp("onnx"), prompts=PROMPTS, max_length=16)


@pytest.fixture
def model(made: Path, tmp_path: Path) -> Path:
    """A copy to change."""
    return Path(shutil.copytree(made, tmp_path / "tiny"))


def onnx(folder: Path, **options: Any) -> Encoder:
    return load_encoder(str(folder), backend="onnx", **options)


def assert_same(folder: Path) -> None:
    expected, found = load_encoder(str(folder)), onnx(folder)
    assert (found.name, found.dimensions) == (expected.name, expected.dimensions)
    for ours, theirs in (
        (found.encode_queries(MANY), expected.encode_queries(MANY)),
        (found.encode_passages(MANY), expected.encode_passages(MANY)),
    ):
        assert ours.dtype == np.float32
        np.testing.assert_allclose(ours, theirs, atol=1e-5)


def put(path: Path, **changes: Any) -> None:
    """Change a settings file; None takes a key out."""
    settings = json.loads(path.read_text("utf-8")) if path.exists() else {}
    settings = {key: value for key, value in (settings | changes).items() if value is not None}
    path.write_text(json.dumps(settings), "utf-8")


def test_the_vectors_are_those_of_torch(made: Path) -> None:
    assert_same(made)
    encoder = onnx(made)
    assert np.abs(encoder.encode_queries(TEXTS) - encoder.encode_passages(TEXTS)).max() > 1e-3
    assert encoder.encode_queries([]).shape == (0, encoder.dimensions)


@pytest.mark.parametrize(
    "mode", ["cls", "max", "mean", "mean_sqrt_len_tokens", "weightedmean", "lasttoken", ["mean", "max"]]
)
def test_every_way_to_pool_is_that_of_torch(model: Path, mode: Any) -> None:
    put(model / "1_Pooling" / "config.json", pooling_mode=mode)
    assert_same(model)


def test_settings_of_older_models_mean_the_same(model: Path) -> None:
    put(
        model / "1_Pooling" / "config.json",
        pooling_mode=None,
        embedding_dimension=None,
        word_embedding_dimension=32,
        pooling_mode_cls_token=True,
        pooling_mode_mean_tokens=False,
    )
    put(model / "sentence_bert_config.json", max_seq_length=4)
    assert_same(model)
    cut = onnx(model).encode_queries(["renew a book at the library", "renew a book at the VPN"])
    np.testing.assert_allclose(cut[0], cut[1], atol=1e-6)


def test_a_folder_without_modules_is_read_with_the_mean_and_no_prompt(model: Path) -> None:
    for name in ("modules.json", "config_sentence_transformers.json"):
        (model / name).unlink()
    shutil.rmtree(model / "1_Pooling")
    assert_same(model)


def test_callers_at_once_get_the_vectors_they_would_get_alone(made: Path) -> None:
    encoder = load_onnx_encoder(str(made), device=None, precision="float32", name=None)
    alone = {text: encoder.encode_passages([text])[0] for text in TEXTS}
    found = asked_at_once(encoder.encode_passages)
    for text in TEXTS:
        np.testing.assert_allclose(found[text], alone[text], atol=1e-5)


@pytest.mark.parametrize(
    ("precision", "file"),
    [("float16", "model_fp16.onnx"), ("int8", "model_quantized.onnx"), ("int8", "model_int8.onnx")],
)
def test_each_precision_is_a_file_and_a_name_of_its_own(model: Path, precision: str, file: str) -> None:
    with pytest.raises(EncoderUnavailable, match="no ONNX file"):
        onnx(model, precision=precision)
    (model / "onnx" / "model.onnx").rename(model / file)
    settings = Settings(encoder=str(model), encoder_backend="onnx", encoder_precision=precision)
    encoder = load_encoder(settings.encoder, **settings.encoder_options)
    assert encoder.name == f"{model}@onnx-{precision}"


@pytest.mark.parametrize("name", ["somebody/tiny", "somebody/else"])
def test_a_model_of_the_hub_is_read_without_torch(made: Path, tmp_path: Path, name: str) -> None:
    home = tmp_path / "models--somebody--tiny"
    (home / "refs").mkdir(parents=True)
    (home / "refs" / "main").write_text("0" * 40, "utf-8")
    shutil.copytree(made, home / "snapshots" / ("0" * 40))
    told = subprocess.run(
        [sys.executable, "-c", FROM_THE_HUB, name],
        env={**os.environ, "HF_HUB_OFFLINE": "1", "HF_HUB_CACHE": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    if name == "somebody/tiny":
        assert told.split() == [name, "32"]
    else:
        assert told.startswith('refused: The model "somebody/else" cannot be fetched')
        assert "check its name" in told


def _without_graph(model: Path) -> None:
    (model / "onnx" / "model.onnx").unlink()


def _cut_graph(model: Path) -> None:
    graph = model / "onnx" / "model.onnx"
    graph.write_bytes(graph.read_bytes()[:500])


def _without_tokenizer(model: Path) -> None:
    (model / "tokenizer.json").unlink()


def _damaged_tokenizer(model: Path) -> None:
    (model / "tokenizer.json").write_text("{", "utf-8")


def _damaged_settings(model: Path) -> None:
    (model / "1_Pooling" / "config.json").write_text("[]", "utf-8")


def _further_part(model: Path) -> None:
    modules = json.loads((model / "modules.json").read_text("utf-8"))
    modules.append({"idx": 2, "name": "2", "path": "2_Dense", "type": "sentence_transformers.models.Dense"})
    (model / "modules.json").write_text(json.dumps(modules), "utf-8")


def _own_prompt_left_out(model: Path) -> None:
    put(model / "1_Pooling" / "config.json", include_prompt=False)


def _graph_of_pictures(model: Path) -> None:
    path = model / "onnx" / "model.onnx"
    graph = format_of_graphs.load(path)
    for each in graph.graph.input:
        each.name = each.name.replace("token_type_ids", "pixel_values")
    for node in graph.graph.node:
        node.input[:] = [name.replace("token_type_ids", "pixel_values") for name in node.input]
    format_of_graphs.save(graph, path)


@pytest.mark.parametrize(
    ("harm", "says", "remedy"),
    [
        (_without_graph, "no ONNX file onnx/model.onnx", "backend to torch"),
        (_cut_graph, "model.onnx cannot be run", "Install the folder again"),
        (_without_tokenizer, "has no tokenizer.json", "backend to torch"),
        (_damaged_tokenizer, "tokenizer.json is missing or damaged", "Install the folder again"),
        (_damaged_settings, "config.json is damaged", "Install the folder again"),
        (_further_part, "a part Dense", "backend to torch"),
        (_own_prompt_left_out, "pools in a way", "backend to torch"),
        (_graph_of_pictures, "wants pixel_values", "backend to torch"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_remedy(
    model: Path, harm: Callable[[Path], None], says: str, remedy: str
) -> None:
    harm(model)
    with pytest.raises(EncoderUnavailable, match=says) as refusal:
        onnx(model)
    assert remedy in refusal.value.remedy


@pytest.mark.parametrize(
    ("options", "says", "remedy"),
    [
        ({"precision": "bfloat16"}, "not read as bfloat16", "float32, float16, int8"),
        ({"device": "cuda:0"}, "no device cuda:0", "onnxruntime-gpu"),
        ({"device": "mps"}, "no device mps", "cpu"),
    ],
)
def test_settings_that_do_not_fit_are_refused_with_a_remedy(
    made: Path, options: dict[str, str], says: str, remedy: str
) -> None:
    with pytest.raises(EncoderUnavailable, match=says) as refusal:
        onnx(made, **options)
    assert remedy in refusal.value.remedy


def test_the_extra_is_named_when_it_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The absence of an installed package cannot be had otherwise in one process.
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(EncoderUnavailable, match="not installed") as refusal:
        load_encoder("somebody/tiny", backend="onnx")
    assert 'pip install "wenjin[onnx]"' in refusal.value.remedy
