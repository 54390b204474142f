"""Read a sentence-transformers StaticEmbedding folder without torch: tokenizer, one table, mean, length one.

The vectors are those of sentence-transformers (a test compares both), at a hundredth of its start-up time. Must not
import torch or sentence_transformers.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file

from embeddings.encoder import Vectors, normalised
from embeddings.errors import EncoderUnavailable
from embeddings.model_files import REINSTALL, TOKENIZER_FILE, load_tokenizer, modules_of

WEIGHTS_FILE = "model.safetensors"
WEIGHTS_KEY = "embedding.weight"
# Texts are cut here before tokenizing: a mean over more words says nothing, and the cost stays bounded.
MAX_CHARACTERS = 8_000
_STATIC_TYPE = "StaticEmbedding"


def is_static_model(folder: Path) -> bool:
    """Say whether the folder holds a sentence-transformers model that begins with a StaticEmbedding."""
    modules = modules_of(folder)
    return bool(modules) and str(modules[0].get("type", "")).endswith(f".{_STATIC_TYPE}")


class StaticEncoder:
    """The mean of one vector per token, scaled to length one. Thread-safe; a query takes well under a millisecond."""

    def __init__(self, folder: Path, *, name: str | None = None, installed_as: str | None = None) -> None:
        """Load the folder. Raises EncoderUnavailable when a file is missing or damaged.

        Without a `name` it is the folder's and a fingerprint of the files; `installed_as` stands for the folder's.
        """
        home = folder / str(modules_of(folder)[0].get("path", ""))
        self._table = _load_table(home / WEIGHTS_FILE)
        self._tokenizer = load_tokenizer(home / TOKENIZER_FILE)
        if self._tokenizer.get_vocab_size() > len(self._table):
            raise EncoderUnavailable(f"The tokenizer and the table in {folder} do not fit together.", REINSTALL)
        self._name = name or f"{installed_as or folder.resolve().name}@{_fingerprint(home)}"

    @property
    def name(self) -> str:
        return self._name

    @property
    def dimensions(self) -> int:
        return int(self._table.shape[1])

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self._encode(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        return self._encode(texts)

    def _encode(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        encodings = self._tokenizer.encode_batch([text[:MAX_CHARACTERS] for text in texts], add_special_tokens=False)
        for row, encoding in enumerate(encodings):
            if encoding.ids:
                vectors[row] = self._table[encoding.ids].astype(np.float32).mean(axis=0)
        return normalised(vectors)


def _load_table(path: Path) -> NDArray[Any]:
    try:
        table: NDArray[Any] = load_file(path)[WEIGHTS_KEY]
    except (OSError, KeyError, SafetensorError) as error:
        raise EncoderUnavailable(f"{path} is missing or damaged.", REINSTALL) from error
    return table


def _fingerprint(home: Path) -> str:
    """Return twelve hex digits of the files that decide the vectors, so that a retrained model has another name."""
    digest = hashlib.sha256()
    for name in (TOKENIZER_FILE, WEIGHTS_FILE):
        digest.update((home / name).read_bytes())
    return digest.hexdigest()[:12]
