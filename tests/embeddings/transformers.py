"""A tiny transformer in sentence-transformers' own format, with random weights, made on the spot."""

import json
from pathlib import Path

import pytest

from tests.embeddings.models import TEXTS, tokenizer


def tiny_transformer(folder: Path, *, prompts: dict[str, str] | None = None, max_length: int = 32) -> Path:
    """A BERT of one layer and 32 numbers per token; skips the test without the extra `models`."""
    pytest.importorskip("sentence_transformers", reason="the extra `models` is not installed")
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    made = tokenizer()
    words = PreTrainedTokenizerFast(
        tokenizer_object=made, pad_token="[PAD]", unk_token="[UNK]", cls_token="[UNK]", sep_token="[UNK]"
    )
    torch.manual_seed(5)
    config = BertConfig(
        vocab_size=made.get_vocab_size(),
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=64,
    )
    home = folder / "made"
    BertModel(config).save_pretrained(home)
    words.save_pretrained(home)
    model = SentenceTransformer(modules=[Transformer(str(home), max_seq_length=max_length), Pooling(32)])
    model.prompts = prompts or {}
    model.save_pretrained(str(folder / "model"))
    return folder / "model"


def saved_prompts(folder: Path) -> dict[str, str]:
    """What the model's own file says goes before a text."""
    found: dict[str, str] = json.loads((folder / "config_sentence_transformers.json").read_text("utf-8"))["prompts"]
    return found


__all__ = ["TEXTS", "saved_prompts", "tiny_transformer"]
