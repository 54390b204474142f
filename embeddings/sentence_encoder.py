"""Any sentence-transformers model behind the Encoder interface.

The only module that may import sentence_transformers (8 s, 500 MB). It does so inside the loading function: an import
at the top would cost that in every process that merely names this module.
"""

import threading
from collections.abc import Sequence
from typing import Any

import numpy as np

from embeddings.encoder import Vectors, normalised
from embeddings.errors import EncoderUnavailable

BATCH_SIZE = 32
# Model families that were trained with a prompt before the text, where the model folder does not say so itself.
# multilingual-e5 model cards; bge model cards (Chinese: queries only; bge-m3 takes none).
KNOWN_PROMPTS: tuple[tuple[str, str, str], ...] = (
    ("multilingual-e5", "query: ", "passage: "),
    ("bge-small-zh", "为这个句子生成表示以用于检索相关文章：", ""),
    ("bge-base-zh", "为这个句子生成表示以用于检索相关文章：", ""),
    ("bge-large-zh", "为这个句子生成表示以用于检索相关文章：", ""),
)
_EXTRA = 'Run: pip install "wenjin[models]"'
_REMEDY = "Name a folder that holds the model, or check its name, the device and the network."
_ONNX_REMEDY = (
    'The model may have no ONNX files, or the runtime is missing: pip install "sentence-transformers[onnx]". '
    "Or set the backend to torch."
)


class SentenceEncoder:
    """A loaded sentence-transformers model. Thread-safe: torch runs one batch at a time."""

    def __init__(self, model: Any, *, name: str, query_prompt: str | None, passage_prompt: str | None) -> None:
        self._model = model
        self._name = name
        self._query_prompt = query_prompt
        self._passage_prompt = passage_prompt
        self._lock = threading.Lock()
        self._dimensions = int(model.get_embedding_dimension())

    @property
    def name(self) -> str:
        return self._name

    @property
    def dimensions(self) -> int:
        return self._dimensions

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self._encode(texts, self._query_prompt)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        return self._encode(texts, self._passage_prompt)

    def _encode(self, texts: Sequence[str], prompt: str | None) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        with self._lock:
            vectors = self._model.encode(
                list(texts), prompt=prompt or None, batch_size=BATCH_SIZE, show_progress_bar=False
            )
        return normalised(np.asarray(vectors, dtype=np.float32))


def load_sentence_encoder(
    name_or_path: str, *, device: str | None, backend: str, precision: str, name: str | None
) -> SentenceEncoder:
    """Load a model by folder or hub name as an encoder. Blocks for seconds; raises EncoderUnavailable with the remedy.

    `backend` is torch or onnx; `precision` float32, float16 or bfloat16 (torch only).
    """
    model = load_model(name_or_path, device=device, backend=backend, precision=precision)
    query, passage = prompts_of(model, name_or_path)
    # One name, one set of vectors: those of half numbers are others.
    own = name_or_path if precision == "float32" else f"{name_or_path}@{precision}"
    return SentenceEncoder(model, name=name or own, query_prompt=query, passage_prompt=passage)


def load_model(
    name_or_path: str, *, device: str | None = None, backend: str = "torch", precision: str = "float32"
) -> Any:
    """Load a sentence-transformers model as it is, to train it further. Raises EncoderUnavailable with the remedy."""
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise EncoderUnavailable(
            f'The model "{name_or_path}" needs sentence-transformers, which is not installed.',
            _EXTRA,
        ) from error
    options: dict[str, Any] = {} if backend == "onnx" else {"model_kwargs": {"torch_dtype": precision}}
    try:
        return SentenceTransformer(name_or_path, device=device, backend=backend, **options)
    except Exception as error:
        # Hub, file and torch errors have no common root; all mean that this model cannot be had here.
        raise EncoderUnavailable(
            f'The model "{name_or_path}" cannot be loaded: {_first_line(error)}',
            _ONNX_REMEDY if backend == "onnx" else _REMEDY,
        ) from error


def torch_library() -> Any:
    """Return torch, for training. Raises EncoderUnavailable with the remedy where it is not installed."""
    try:
        import torch
    except ImportError as error:
        raise EncoderUnavailable("Training a transformer needs torch, which is not installed.", _EXTRA) from error
    return torch


def prompts_of(model: Any, name_or_path: str) -> tuple[str | None, str | None]:
    """Return what goes before a query and before a passage: the model's own prompts, else those of its family."""
    own = dict(getattr(model, "prompts", None) or {})
    query, passage = own.get("query"), own.get("passage") or own.get("document")
    if query or passage:
        return query, passage
    folder = name_or_path.rstrip("/").rsplit("/", 1)[-1].lower()
    for family, family_query, family_passage in KNOWN_PROMPTS:
        if family in folder:
            return family_query, family_passage
    return None, None


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
