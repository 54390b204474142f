"""Make a static encoder from groups of wordings and save it in sentence-transformers' own format. Needs no torch."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save_file
from tokenizers import Tokenizer

from embeddings.contrastive import Group, Settings, Trainer, Wording
from embeddings.encoder import Vectors
from embeddings.model_files import MODULES_FILE, TOKENIZER_FILE
from embeddings.static_encoder import WEIGHTS_FILE, WEIGHTS_KEY
from embeddings.vocabulary import Vocabulary, build_vocabulary

CORPUS_FOLDER = Path(__file__).parent / "corpus"
SETTINGS_FILE = "config_sentence_transformers.json"
_STATIC_TYPE = "sentence_transformers.sentence_transformer.modules.static_embedding.StaticEmbedding"
# A token in every second text weighs little, a rare one much; the exponent softens that (measured on held-out groups).
_RARITY_EXPONENT = 1.0


@dataclass(frozen=True)
class WordingGroup:
    """Texts that ask the same, one list per language, and texts that look alike but ask something else."""

    languages: tuple[tuple[str, ...], ...]
    near_misses: tuple[str, ...] = ()

    @property
    def texts(self) -> list[str]:
        return [text for texts in self.languages for text in texts] + list(self.near_misses)


def read_groups(paths: Iterable[Path]) -> list[WordingGroup]:
    """Read lines {"intent" or "concept", "zh", "en", "near_misses"}, lists all three; groups of one name are joined."""
    joined: dict[str, dict[str, dict[str, None]]] = {}
    for path in paths:
        for line in path.read_text("utf-8").splitlines():
            if line.strip():
                row = json.loads(line)
                group = joined.setdefault(str(row.get("intent") or row["concept"]), {})
                for field in ("zh", "en", "near_misses"):
                    group.setdefault(field, {}).update(dict.fromkeys(row.get(field) or ()))
    return [_group(group) for group in joined.values()]


def field_groups() -> list[WordingGroup]:
    """Return the groups that come with Wenjin: intents of library service, topics of its articles, a glossary."""
    return read_groups(sorted(CORPUS_FOLDER.glob("*.jsonl")))


def train_shipped_encoder(folder: Path, *, on_epoch: Callable[[int, float], None] | None = None) -> Path:
    """Make the shipped encoder again from its texts, into the folder."""
    return train_static_encoder(field_groups(), folder, on_epoch=on_epoch)


def train_static_encoder(
    groups: Sequence[WordingGroup],
    folder: Path,
    *,
    settings: Settings | None = None,
    more_texts: Iterable[str] = (),
    on_epoch: Callable[[int, float], None] | None = None,
) -> Path:
    """Train on the groups and save the model into the folder, which is made. Blocks for about a minute.

    `more_texts` only widen the vocabulary. The same input and settings give the same vectors.
    """
    chosen = settings or Settings()
    texts = [text for group in groups for text in group.texts]
    vocabulary = build_vocabulary([*texts, *more_texts])
    weights = _token_weights(vocabulary, texts)
    prepared = [_prepare(group, vocabulary, weights) for group in groups]
    trainer = Trainer(vocabulary.part_count, [group for group in prepared if group is not None], chosen)
    parts = trainer.train(on_epoch)
    save_static_model(folder, vocabulary.tokenizer, _table(vocabulary, weights, parts))
    return folder


def save_static_model(folder: Path, tokenizer: Tokenizer, table: Vectors) -> None:
    """Write a StaticEmbedding folder that sentence-transformers and StaticEncoder both read."""
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / TOKENIZER_FILE), pretty=False)
    save_file({WEIGHTS_KEY: np.ascontiguousarray(table)}, folder / WEIGHTS_FILE)
    # safetensors writes for the owner alone; an installed model is read by whoever runs the service.
    (folder / WEIGHTS_FILE).chmod(0o644)
    _write(folder / MODULES_FILE, [{"idx": 0, "name": "0", "path": "", "type": _STATIC_TYPE}])
    _write(folder / SETTINGS_FILE, {"prompts": {}, "default_prompt_name": None, "similarity_fn_name": "cosine"})


def _group(fields: dict[str, dict[str, None]]) -> WordingGroup:
    languages = tuple(tuple(fields[name]) for name in ("zh", "en") if fields.get(name))
    return WordingGroup(languages, tuple(fields.get("near_misses", ())))


def _token_weights(vocabulary: Vocabulary, texts: Sequence[str]) -> Vectors:
    # By parts and not by token: a traditional form is as rare as its simplified one. A token that is a stem alone is as
    # rare as the stem.
    seen: Counter[tuple[int, ...]] = Counter()
    for encoding in vocabulary.tokenizer.encode_batch(list(texts), add_special_tokens=False):
        found = {vocabulary.parts[token] for token in encoding.ids}
        seen.update(found | {(part,) for parts in found for part in parts if len(parts) > 1})
    counts = np.array([seen.get(parts, 0) for parts in vocabulary.parts])
    rarity = np.log(1 + len(texts) / (1 + counts))
    weights: Vectors = ((rarity / rarity.max()) ** _RARITY_EXPONENT).astype(np.float32)
    return weights


def _prepare(group: WordingGroup, vocabulary: Vocabulary, weights: Vectors) -> Group | None:
    languages = tuple(wordings for texts in group.languages if (wordings := _wordings(texts, vocabulary, weights)))
    return Group(languages, _wordings(group.near_misses, vocabulary, weights)) if languages else None


def _wordings(texts: Sequence[str], vocabulary: Vocabulary, weights: Vectors) -> tuple[Wording, ...]:
    encodings = vocabulary.tokenizer.encode_batch(list(texts), add_special_tokens=False)
    found = (_wording(encoding.ids, vocabulary, weights) for encoding in encodings)
    return tuple(wording for wording in found if len(wording[0]))


def _wording(ids: Sequence[int], vocabulary: Vocabulary, weights: Vectors) -> Wording:
    places = [part for token in ids for part in vocabulary.parts[token]]
    shares = [weights[token] / len(vocabulary.parts[token]) ** 0.5 for token in ids for _ in vocabulary.parts[token]]
    return np.array(places, dtype=np.int64), np.array(shares, dtype=np.float32)


def _table(vocabulary: Vocabulary, weights: Vectors, parts: Vectors) -> Vectors:
    table = np.zeros((len(vocabulary.parts), parts.shape[1]), dtype=np.float32)
    for token, places in enumerate(vocabulary.parts):
        if places:
            table[token] = weights[token] / len(places) ** 0.5 * parts[list(places)].sum(axis=0)
    return table


def _write(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, indent=2) + "\n", "utf-8")
