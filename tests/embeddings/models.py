"""Small model folders, made on the spot in sentence-transformers' own format."""

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from embeddings.encoder import Vectors

TEXTS = ["opening hours of the library", "how to renew a book", "图书馆的开放时间", "怎样续借图书", "VPN 连不上"]
STATIC_TYPE = "sentence_transformers.sentence_transformer.modules.static_embedding.StaticEmbedding"


def tokenizer() -> Tokenizer:
    """A tokenizer that knows the words of TEXTS and their letters; always the same, unlike what a trainer makes."""
    normaliser, cutter = normalizers.BertNormalizer(), pre_tokenizers.BertPreTokenizer()
    words = {word for text in TEXTS for word, _ in cutter.pre_tokenize_str(normaliser.normalize_str(text))}
    letters = {letter for word in words for letter in word}
    tokens = ["[PAD]", "[UNK]", *sorted(words | letters), *sorted(f"##{letter}" for letter in letters)]
    made = Tokenizer(models.WordPiece({token: number for number, token in enumerate(tokens)}, unk_token="[UNK]"))
    made.normalizer, made.pre_tokenizer = normaliser, cutter
    return made


def static_model(folder: Path, *, dimensions: int = 16, dtype: type = np.float32) -> Path:
    """A StaticEmbedding folder with random vectors."""
    folder.mkdir(parents=True, exist_ok=True)
    made = tokenizer()
    table: NDArray[Any] = np.random.default_rng(7).standard_normal((made.get_vocab_size(), dimensions)).astype(dtype)
    save_file({"embedding.weight": table}, folder / "model.safetensors")
    made.save(str(folder / "tokenizer.json"))
    (folder / "modules.json").write_text(json.dumps([{"idx": 0, "name": "0", "path": "", "type": STATIC_TYPE}]))
    return folder


def asked_at_once(encode: Callable[[list[str]], Vectors]) -> dict[str, NDArray[np.float32]]:
    """What each of TEXTS gets when all are asked at the same time, each by a thread of its own."""
    found: dict[str, NDArray[np.float32]] = {}

    def ask(text: str) -> None:
        found[text] = encode([text])[0]

    threads = [threading.Thread(target=ask, args=(text,)) for text in TEXTS]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found
