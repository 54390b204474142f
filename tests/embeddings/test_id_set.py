"""The bit set behaves as a set of numbers does."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from embeddings.id_set import IdSet

small = st.lists(st.integers(0, 300), max_size=30)


@given(st.lists(st.tuples(st.booleans(), small), max_size=20))
def test_it_holds_what_a_set_holds(steps: list[tuple[bool, list[int]]]) -> None:
    ours, theirs = IdSet(), set[int]()
    for adds, numbers in steps:
        array = np.array(numbers, dtype=np.int64)
        if adds:
            ours.add(array)
            theirs |= set(numbers)
        else:
            ours.remove(array)
            theirs -= set(numbers)
        assert len(ours) == len(theirs)
        assert set(ours.present(np.arange(400)).tolist()) == theirs
