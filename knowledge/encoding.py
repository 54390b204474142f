"""Give passages their vectors and store them: encoding outside every transaction, then one short write."""

from collections.abc import Sequence

import numpy as np

from embeddings.encoder import Encoder
from knowledge.stored_vectors import EncodedPassages, Unencoded, passage_id, save_vectors
from knowledge.visible import VisibleArticle
from storage.database import Database


def encode_and_store(
    database: Database, encoder: Encoder, missing: Sequence[Unencoded]
) -> tuple[list[VisibleArticle], EncodedPassages]:
    """Encode and store; return the articles that had not changed meanwhile, and all vectors. Blocks."""
    vectors = encoder.encode_passages([passage.text for each in missing for passage in each.passages])
    ends = np.cumsum([len(each.passages) for each in missing])[:-1]
    pairs = list(zip(missing, np.split(vectors, ends), strict=True))
    saved = save_vectors(database, pairs, encoder=encoder.name)
    ids = [passage_id(each.article.number, passage.number) for each in missing for passage in each.passages]
    fresh = [each.article for each, is_current in zip(missing, saved, strict=True) if is_current]
    return fresh, EncodedPassages(np.array(ids, dtype=np.int64), vectors)
