"""The tiny transformer with its ONNX file beside it."""

import warnings
from pathlib import Path

import pytest

from tests.embeddings.transformers import tiny_transformer

INPUTS = ["input_ids", "attention_mask", "token_type_ids"]


def tiny_onnx_model(folder: Path, *, prompts: dict[str, str] | None = None, max_length: int = 32) -> Path:
    """The tiny transformer and `onnx/model.onnx`; skips the test where torch or the runtime is not installed."""
    pytest.importorskip("onnxruntime", reason="the extra `onnx` is not installed")
    home = tiny_transformer(folder, prompts=prompts, max_length=max_length)
    _export(home, home / "onnx" / "model.onnx")
    return home


def _export(home: Path, graph: Path) -> None:
    import torch
    from transformers import BertModel

    class Tokens(torch.nn.Module):  # type: ignore[misc]
        """Only the vectors of the tokens, as published models give them."""

        def __init__(self) -> None:
            super().__init__()
            self.model = BertModel.from_pretrained(home).eval()

        def forward(self, *given: torch.Tensor) -> torch.Tensor:
            found: torch.Tensor = self.model(**dict(zip(INPUTS, given, strict=True))).last_hidden_state
            return found

    graph.parent.mkdir()
    sample = torch.ones(2, 5, dtype=torch.long)
    free = {name: {0: "texts", 1: "tokens"} for name in [*INPUTS, "last_hidden_state"]}
    with warnings.catch_warnings():
        # The older exporter says that there is a newer one, which needs two packages more and writes the same graph.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            Tokens(),
            (sample, sample, sample * 0),
            str(graph),
            input_names=INPUTS,
            output_names=["last_hidden_state"],
            dynamic_axes=free,
            dynamo=False,
        )
