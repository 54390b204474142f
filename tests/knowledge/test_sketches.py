"""Sketches of texts: they tell how alike two texts are, and find the alike ones among many."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from knowledge.sketches import Bands, as_bytes, from_bytes, likeness, pieces_of, share_in_common, sketch_of

_TEXT = "自助文印机共十一台：主馆一层大厅三台、二到四层电梯口各两台，东区分馆和医学分馆各一台。黑白每面一角。"


def estimated(first: str, second: str) -> float:
    sketches = np.stack([sketch_of(pieces_of(second))])
    return float(likeness(sketch_of(pieces_of(first)), sketches)[0])


@given(st.integers(0, len(_TEXT) - 10), st.integers(3, 10))
def test_the_estimate_is_near_the_share_of_common_pieces(start: int, length: int) -> None:
    changed = _TEXT[:start] + "别的说法" + _TEXT[start + length :]
    exact = share_in_common(pieces_of(_TEXT), pieces_of(changed))
    assert abs(estimated(_TEXT, changed) - exact) < 0.25


def test_script_width_case_and_punctuation_make_no_difference() -> None:
    assert estimated("圖書館 WiFi 怎麼連？", "图书馆ｗｉｆｉ怎么连") == 1.0


def test_a_text_without_letters_is_like_nothing() -> None:
    assert estimated("？！", "？！") == 0.0
    assert share_in_common(pieces_of("？"), pieces_of("")) == 0.0


def test_the_alike_ones_are_found_among_many_and_kept_sketches_are_the_same() -> None:
    generator = np.random.default_rng(3)
    letters = [chr(0x4E00 + number) for number in range(2000)]
    texts = ["".join(generator.choice(letters, 120)) for _ in range(300)]
    texts.append(texts[7][:100] + "改了结尾的几个字")
    sketches = from_bytes([as_bytes(sketch_of(pieces_of(text))) for text in texts])
    found = Bands(sketches).candidates(300, most=50)
    assert 7 in found
    assert len(found) < 10
