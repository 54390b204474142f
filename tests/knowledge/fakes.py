"""Encoders for tests: quick, deterministic, without files."""

import zlib
from collections.abc import Sequence

import numpy as np

from embeddings.encoder import Vectors, normalised
from knowledge.tokens import tokens

DIMENSIONS = 256


class TokenEncoder:
    """A text is the sum of one random direction per token, so texts that share words are close."""

    def __init__(self, name: str = "token-encoder", synonyms: dict[str, str] | None = None) -> None:
        self.name = name
        self.dimensions = DIMENSIONS
        self.encoded: list[str] = []
        self._synonyms = synonyms or {}

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self._encode(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        self.encoded.extend(texts)
        return self._encode(texts)

    def _encode(self, texts: Sequence[str]) -> Vectors:
        rows = [sum((_direction(token) for token in tokens(self._meant(text))), np.zeros(DIMENSIONS)) for text in texts]
        return normalised(np.array(rows, dtype=np.float32).reshape(len(texts), DIMENSIONS))

    def _meant(self, text: str) -> str:
        return self._synonyms.get(text, text)


class BrokenEncoder(TokenEncoder):
    """Encodes passages, fails on queries, as a model on a device that went away."""

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        raise RuntimeError("device lost")


def _direction(token: str) -> Vectors:
    generator = np.random.default_rng(zlib.crc32(token.encode()))
    direction: Vectors = generator.standard_normal(DIMENSIONS).astype(np.float32)
    return direction
