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
from embeddings.prompts import prompts_of

BATCH_SIZE = 32
PRECISIONS = ("float32", "float16", "bfloat16")
_PRECISION_REMEDY = f"Set the precision of the model to {', '.join(PRECISIONS)}, or the backend to onnx."
_EXTRA = 'Run: pip install "wenjin[models]"'
_REMEDY = "Name a folder that holds the model, or check its name, the device and the network."


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
    name_or_path: str, *, device: str | None, precision: str, name: str | None
) -> SentenceEncoder:
    """Load a model by folder or hub name as an encoder. Blocks for seconds; raises EncoderUnavailable with the remedy.

    `precision` is float32, float16 or bfloat16.
    """
    model = load_model(name_or_path, device=device, precision=precision)
    query, passage = prompts_of(getattr(model, "prompts", None), name_or_path)
    # One name, one set of vectors: those of half numbers are others.
    own = name_or_path if precision == "float32" else f"{name_or_path}@{precision}"
    return SentenceEncoder(model, name=name or own, query_prompt=query, passage_prompt=passage)


def load_model(name_or_path: str, *, device: str | None = None, precision: str = "float32") -> Any:
    """Load a sentence-transformers model as it is, to train it further. Raises EncoderUnavailable with the remedy."""
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise EncoderUnavailable(
            f'The model "{name_or_path}" needs sentence-transformers, which is not installed.',
            _EXTRA,
        ) from error
    if precision not in PRECISIONS:
        raise EncoderUnavailable(f"Torch models are not computed in {precision}.", _PRECISION_REMEDY)
    try:
        return SentenceTransformer(name_or_path, device=device, model_kwargs={"torch_dtype": precision})
    except Exception as error:
        # Hub, file and torch errors have no common root; all mean that this model cannot be had here.
        raise EncoderUnavailable(
            f'The model "{name_or_path}" cannot be loaded: {_first_line(error)}',
            _REMEDY,
        ) from error


def torch_library() -> Any:
    """Return torch, for training. Raises EncoderUnavailable with the remedy where it is not installed."""
    try:
        import torch
    except ImportError as error:
        raise EncoderUnavailable("Training a transformer needs torch, which is not installed.", _EXTRA) from error
    return torch


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
