"""Small model folders, made on the spot in sentence-transformers' own format."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

TEXTS = ["opening hours of the library", "how to renew a book", "图书馆的开放时间", "怎样续借图书", "VPN 连不上"]
STATIC_TYPE = "sentence_transformers.sentence_transformer.modules.static_embedding.StaticEmbedding"


def tokenizer() -> Tokenizer:
    """A tokenizer trained on TEXTS."""
    made = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    made.normalizer = normalizers.BertNormalizer()
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(vocab_size=200, special_tokens=["[PAD]", "[UNK]"], show_progress=False)
    made.train_from_iterator(TEXTS, trainer)
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
