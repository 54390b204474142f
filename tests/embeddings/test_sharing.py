"""Many callers, one encoder."""

import threading
from collections.abc import Sequence

import numpy as np
import pytest

from embeddings.encoder import Vectors
from embeddings.sharing import SharedEncoder


class CountingEncoder:
    """A text's vector is its length; notes every batch and can be held inside one."""

    name = "counting"
    dimensions = 2

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.entered, self.may_go = threading.Event(), threading.Event()
        self.may_go.set()

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        self.batches.append(list(texts))
        self.entered.set()
        assert self.may_go.wait(10)
        if "bad" in texts:
            raise RuntimeError("device lost")
        return np.array([[len(text), 1] for text in texts], dtype=np.float32)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        return self.encode_queries(texts)


def test_a_repeated_query_is_encoded_once_and_rows_keep_their_order() -> None:
    encoder = CountingEncoder()
    shared = SharedEncoder(encoder)
    assert shared.encode_queries(["aaa", "b", "aaa"])[:, 0].tolist() == [3, 1, 3]
    assert shared.encode_queries(["b", "cc"])[:, 0].tolist() == [1, 2]
    assert encoder.batches == [["aaa", "b"], ["cc"]]
    assert shared.encode_queries([]).shape == (0, 2)
    assert (shared.name, shared.dimensions) == ("counting", 2)


def test_the_oldest_cached_query_is_forgotten_first() -> None:
    encoder = CountingEncoder()
    shared = SharedEncoder(encoder, cached_queries=1)
    for text in ("a", "bb", "bb", "a"):
        shared.encode_queries([text])
    assert encoder.batches == [["a"], ["bb"], ["a"]]


def test_queries_that_come_while_a_batch_runs_go_together() -> None:
    encoder = CountingEncoder()
    shared = SharedEncoder(encoder)
    encoder.may_go.clear()
    results: dict[str, float] = {}

    def ask(text: str) -> None:
        results[text] = float(shared.encode_queries([text])[0, 0])

    threads = [threading.Thread(target=ask, args=("first",))]
    threads[0].start()
    assert encoder.entered.wait(10)
    threads += [threading.Thread(target=ask, args=("x" * length,)) for length in range(1, 6)]
    for thread in threads[1:]:
        thread.start()
    while shared.waiting < 5:
        threading.Event().wait(0.001)
    encoder.may_go.set()
    for thread in threads:
        thread.join()
    assert [len(batch) for batch in encoder.batches] == [1, 5]
    assert all(results[text] == len(text) for text in results)


def test_a_failure_reaches_everybody_in_the_batch_and_only_them() -> None:
    shared = SharedEncoder(CountingEncoder())
    with pytest.raises(RuntimeError, match="device lost"):
        shared.encode_queries(["bad"])
    assert shared.encode_queries(["good"])[0, 0] == 4
