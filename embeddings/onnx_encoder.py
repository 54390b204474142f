"""A transformer in ONNX form behind the Encoder interface, run without torch.

Reads what sentence-transformers writes beside the graph: modules, pooling, prompts, length. The vectors are those of
sentence-transformers (a test compares both). Its own ONNX backend cannot be installed beside its sixth version
(optimum-onnx wants transformers below 4.58, that version wants 5), and would need torch.

The only module that may import onnxruntime. It does so inside the loading function: it is an extra.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from embeddings.encoder import Vectors, normalised
from embeddings.errors import EncoderUnavailable
from embeddings.model_files import REINSTALL, TOKENIZER_FILE, load_tokenizer, modules_of, settings_of
from embeddings.pooling import POOLING_MODES, pooled
from embeddings.prompts import prompts_of

BATCH_SIZE = 32
# The names under which models are published in each precision (hub folders of sentence-transformers and Optimum).
GRAPH_FILES = {
    "float32": ("model.onnx",),
    "float16": ("model_fp16.onnx",),
    "int8": ("model_quantized.onnx", "model_int8.onnx", "model_qint8.onnx"),
}
# A tokenizer that knows no limit says so by a number beyond every model.
NO_LIMIT = 1_000_000
DEFAULT_LENGTH = 512
_INPUTS = {"input_ids", "attention_mask", "token_type_ids"}
_USE_TORCH = "Set the backend to torch."
_EXTRA = 'Run: pip install "wenjin[onnx]"'
_LEGACY_POOLING = {
    "pooling_mode_cls_token": "cls",
    "pooling_mode_max_tokens": "max",
    "pooling_mode_mean_tokens": "mean",
    "pooling_mode_mean_sqrt_len_tokens": "mean_sqrt_len_tokens",
    "pooling_mode_weightedmean_tokens": "weightedmean",
    "pooling_mode_lasttoken": "lasttoken",
}


@dataclass(frozen=True)
class _Reading:
    """How the model wants its texts, and how its tokens become one vector."""

    tokenizer: Tokenizer
    is_lowered: bool
    pooling: tuple[str, ...]
    query_prompt: str
    passage_prompt: str


class OnnxEncoder:
    """A graph in the ONNX runtime. Thread-safe."""

    def __init__(self, session: Any, reading: _Reading, *, name: str) -> None:
        self._session = session
        self._reading = reading
        self._name = name
        self._inputs = [each.name for each in session.get_inputs()]
        self._output = _token_output(session)
        self._dimensions = int(self._run(["a"]).shape[1])

    @property
    def name(self) -> str:
        return self._name

    @property
    def dimensions(self) -> int:
        return self._dimensions

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self._encode(texts, self._reading.query_prompt)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        return self._encode(texts, self._reading.passage_prompt)

    def _encode(self, texts: Sequence[str], prompt: str) -> Vectors:
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        # A batch is as wide as its longest text: texts of like length go together.
        order = sorted(range(len(texts)), key=lambda row: len(texts[row]))
        for start in range(0, len(order), BATCH_SIZE):
            rows = order[start : start + BATCH_SIZE]
            vectors[rows] = self._run([prompt + texts[row] for row in rows])
        return normalised(vectors)

    def _run(self, texts: list[str]) -> Vectors:
        given = [text.lower() for text in texts] if self._reading.is_lowered else texts
        encodings = self._reading.tokenizer.encode_batch(given)
        mask = _table(encodings, "attention_mask")
        if not mask.shape[1]:
            # No text of the batch has a token, and a graph takes no empty table.
            return np.zeros((len(texts), self._dimensions), dtype=np.float32)
        tables = {
            "input_ids": _table(encodings, "ids"),
            "attention_mask": mask,
            "token_type_ids": _table(encodings, "type_ids"),
        }
        (tokens,) = self._session.run([self._output], {name: tables[name] for name in self._inputs})
        return pooled(np.asarray(tokens, dtype=np.float32), mask, self._reading.pooling)


def load_onnx_encoder(name_or_path: str, *, device: str | None, precision: str, name: str | None) -> OnnxEncoder:
    """Load the ONNX form of a model folder or hub model. Blocks; raises EncoderUnavailable with the remedy.

    `device` is cpu or cuda[:number]; `precision` float32, float16 or int8, each a file of its own under `onnx/`.
    """
    runtime = _runtime()
    if precision not in GRAPH_FILES:
        raise EncoderUnavailable(
            f"ONNX models are not read as {precision}.", f"Set the precision to {', '.join(GRAPH_FILES)}."
        )
    folder = Path(name_or_path)
    if not folder.is_dir():
        folder = _downloaded(name_or_path, precision)
    graph = _graph_file(folder, name_or_path, precision)
    reading = _reading(folder, name_or_path)
    try:
        options = runtime.SessionOptions()
        # Its warnings are notes on the graph, written past our log.
        options.log_severity_level = 3
        session = runtime.InferenceSession(graph, options, providers=_providers(runtime, device))
        # One name, one set of vectors: whole numbers give those of torch, others do not.
        own = name_or_path if precision == "float32" else f"{name_or_path}@onnx-{precision}"
        return OnnxEncoder(session, reading, name=name or own)
    except EncoderUnavailable:
        raise
    except Exception as error:
        # The runtime's errors have no common root; all mean that this graph cannot be run here.
        raise EncoderUnavailable(f"{graph} cannot be run: {str(error)[:300]}", REINSTALL) from error


def _runtime() -> Any:
    try:
        import onnxruntime
    except ImportError as error:
        raise EncoderUnavailable("ONNX models need onnxruntime, which is not installed.", _EXTRA) from error
    return onnxruntime


def _providers(runtime: Any, device: str | None) -> list[Any]:
    kind, _, number = (device or "cpu").partition(":")
    if kind == "cpu":
        return ["CPUExecutionProvider"]
    if kind == "cuda" and "CUDAExecutionProvider" in runtime.get_available_providers():
        return [("CUDAExecutionProvider", {"device_id": int(number or 0)})]
    raise EncoderUnavailable(
        f"The ONNX runtime has no device {device} here.", "Set the device to cpu, or install onnxruntime-gpu for cuda."
    )


def _downloaded(name: str, precision: str) -> Path:
    from huggingface_hub import snapshot_download

    graphs = [f"{place}{file}*" for place in ("onnx/", "") for file in GRAPH_FILES[precision]]
    try:
        return Path(snapshot_download(name, allow_patterns=["*.json", *graphs]))
    except Exception as error:
        # Errors of the hub, the network and the disk have no common root.
        raise EncoderUnavailable(
            f'The model "{name}" cannot be fetched: {str(error)[:300]}',
            "Name a folder that holds the model, or check its name and the network.",
        ) from error


def _graph_file(folder: Path, name: str, precision: str) -> Path:
    for place in (folder / "onnx", folder):
        for file in GRAPH_FILES[precision]:
            if (place / file).is_file():
                return place / file
    raise EncoderUnavailable(
        f'The model "{name}" has no ONNX file onnx/{GRAPH_FILES[precision][0]}.',
        "Put one there (optimum-cli export onnx), or: set the backend to torch.",
    )


def _reading(folder: Path, name: str) -> _Reading:
    home, pooling = folder, folder / "1_Pooling"
    for module in modules_of(folder):
        kind = str(module.get("type", "")).rpartition(".")[2]
        path = folder / str(module.get("path", ""))
        if kind == "Transformer":
            home = path
        elif kind == "Pooling":
            pooling = path
        elif kind != "Normalize":
            raise EncoderUnavailable(f'The model "{name}" has a part {kind}, which the ONNX backend lacks.', _USE_TORCH)
    query, passage = prompts_of(settings_of(folder / "config_sentence_transformers.json").get("prompts"), name)
    own = settings_of(home / "sentence_bert_config.json")
    return _Reading(
        tokenizer=_tokenizer(home, own.get("max_seq_length")),
        is_lowered=bool(own.get("do_lower_case")),
        pooling=_pooling_modes(settings_of(pooling / "config.json"), name),
        query_prompt=query or "",
        passage_prompt=passage or "",
    )


def _pooling_modes(settings: dict[str, Any], name: str) -> tuple[str, ...]:
    """Return the modes a model says, in the present form or that of before 6; without any word, the mean."""
    said = settings.get("pooling_mode")
    if said is None:
        said = [mode for key, mode in _LEGACY_POOLING.items() if settings.get(key)] or ["mean"]
    modes = (said,) if isinstance(said, str) else tuple(said)
    if not settings.get("include_prompt", True) or not set(modes) <= set(POOLING_MODES):
        raise EncoderUnavailable(f'The model "{name}" pools in a way the ONNX backend lacks.', _USE_TORCH)
    return modes


def _tokenizer(home: Path, length: int | None) -> Tokenizer:
    if not (home / TOKENIZER_FILE).is_file():
        raise EncoderUnavailable(f"{home} has no {TOKENIZER_FILE}, which the ONNX backend needs.", _USE_TORCH)
    tokenizer = load_tokenizer(home / TOKENIZER_FILE)
    settings = settings_of(home / "tokenizer_config.json")
    said = (
        length,
        settings.get("model_max_length"),
        settings_of(home / "config.json").get("max_position_embeddings"),
    )
    lengths = [int(each) for each in said if each and 0 < each < NO_LIMIT]
    tokenizer.enable_truncation(min(lengths, default=DEFAULT_LENGTH))
    pad = settings.get("pad_token") or "[PAD]"
    token = str(pad.get("content")) if isinstance(pad, dict) else str(pad)
    # What stands in the padding is never looked at; the number must only be one of the table.
    tokenizer.enable_padding(pad_id=tokenizer.token_to_id(token) or 0, pad_token=token)
    return tokenizer


def _token_output(session: Any) -> str:
    """Return the name of the output with one vector per token. Raises EncoderUnavailable for another kind of graph."""
    unknown = {each.name for each in session.get_inputs()} - _INPUTS
    outputs = [each.name for each in session.get_outputs() if len(each.shape) == 3]
    if unknown or not outputs:
        wants = f"wants {', '.join(sorted(unknown))}" if unknown else "gives no vector per token"
        raise EncoderUnavailable(f"The ONNX graph {wants}: it is no encoder of texts.", _USE_TORCH)
    return str(outputs[0])


def _table(encodings: list[Encoding], part: str) -> NDArray[np.int64]:
    return np.array([getattr(encoding, part) for encoding in encodings], dtype=np.int64)
