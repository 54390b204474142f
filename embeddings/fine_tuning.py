"""Train a transformer further on groups of wordings, with torch. Only for the extra `models`; blocks for long.

Wordings of one meaning are pulled together against all other groups of the batch and the near misses (multiple
negatives ranking). Plain torch, so that it needs nothing beside sentence-transformers.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from embeddings.prompts import prompts_of
from embeddings.sentence_encoder import load_model, torch_library
from embeddings.training import WordingGroup


@dataclass(frozen=True)
class FineTuning:
    """How to train. `learning_rate` is reached after the first tenth of the steps and falls to nothing at the end."""

    epochs: int = 3
    batch_groups: int = 32
    learning_rate: float = 2e-5
    temperature: float = 0.05
    seed: int = 0


def fine_tune(
    name_or_path: str,
    groups: Sequence[WordingGroup],
    folder: Path,
    *,
    settings: FineTuning | None = None,
    device: str | None = None,
    on_epoch: Callable[[int, float], None] | None = None,
) -> Path:
    """Train the model on the groups and save it into the folder, in sentence-transformers' own format.

    The model keeps its prompts. Raises EncoderUnavailable when the model cannot be loaded.
    """
    torch = torch_library()
    chosen = settings or FineTuning()
    torch.manual_seed(chosen.seed)
    model = load_model(name_or_path, device=device)
    query, passage = prompts_of(getattr(model, "prompts", None), name_or_path)
    order = random.Random(chosen.seed)  # noqa: S311  a fixed sequence, not a secret
    steps = chosen.epochs * max(1, -(-len(groups) // chosen.batch_groups))
    optimiser = torch.optim.AdamW(model.parameters(), lr=chosen.learning_rate)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _rate(step, steps))
    model.train()
    for epoch in range(1, chosen.epochs + 1):
        losses = []
        for batch in _batches(groups, chosen.batch_groups, order):
            loss = _loss(model, _texts(batch, order, query or "", passage or ""), chosen.temperature)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            losses.append(float(loss.detach()))
        if on_epoch:
            on_epoch(epoch, sum(losses) / max(1, len(losses)))
    model.eval()
    model.save_pretrained(str(folder))
    return folder


def _batches(groups: Sequence[WordingGroup], size: int, order: random.Random) -> Iterator[list[WordingGroup]]:
    mixed = order.sample(list(groups), len(groups))
    for start in range(0, len(mixed), size):
        batch = mixed[start : start + size]
        # Alone there is nothing to tell it from.
        if len(batch) > 1:
            yield batch


def _texts(
    batch: Sequence[WordingGroup], order: random.Random, query: str, passage: str
) -> tuple[list[str], list[str]]:
    """Return one way to ask each group as a query; another of each, then near misses, as passages."""
    asked, kept, misses = [], [], []
    for group in batch:
        first, second = order.choice(group.languages), order.choice(group.languages)
        one = order.choice(first)
        asked.append(query + one)
        kept.append(passage + order.choice([text for text in second if text != one] or [one]))
        misses += [passage + order.choice(group.near_misses)] if group.near_misses else []
    return asked, kept + misses


def _loss(model: Any, texts: tuple[list[str], list[str]], temperature: float) -> Any:
    torch = torch_library()
    asked, kept = (_vectors(model, side) for side in texts)
    scores = asked @ kept.T / temperature
    own = torch.arange(len(asked), device=scores.device)
    loss = torch.nn.functional.cross_entropy(scores, own)
    return loss + torch.nn.functional.cross_entropy(scores[:, : len(asked)].T, own)


def _vectors(model: Any, texts: list[str]) -> Any:
    torch = torch_library()
    inputs = model.preprocess(texts)
    moved = {name: value.to(model.device) if hasattr(value, "to") else value for name, value in inputs.items()}
    return torch.nn.functional.normalize(model(moved)["sentence_embedding"], dim=-1)


def _rate(step: int, steps: int) -> float:
    warm = max(1, steps // 10)
    return (step + 1) / warm if step < warm else max(0.0, (steps - step) / max(1, steps - warm))
