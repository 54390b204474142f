"""Names of services written by their sound, and ordinary words that must stay as they are."""

import pytest

from embeddings.training import field_groups
from knowledge.sounds import spell_out


@pytest.mark.parametrize(
    ("slipped", "meant"),
    [
        ("馆际户借怎么办", "馆际互借怎么办"),
        ("我要查受查引", "我要查收查引"),
        ("通接通还", "通借通还"),
        ("guanji hujie怎么申请", "guanji hujie 馆际互借怎么申请"),
        ("怎样 Guan Ji Hu Jie", "怎样 Guan Ji Hu Jie 馆际互借"),
        ("zhiwang 打不开", "zhiwang 知网 打不开"),
        ("ziwang", "ziwang 知网"),
    ],
)
def test_a_name_by_its_sound_becomes_the_name(slipped: str, meant: str) -> None:
    assert spell_out(slipped) == meant


@pytest.mark.parametrize(
    "text", ["", "馆际互借", "can't find the master's thesis", "自习时", "图书馆几点关门", "fan guan", "😀"]
)
def test_other_text_stays_as_it_is(text: str) -> None:
    assert spell_out(text) == text


def test_hardly_any_text_of_the_field_changes() -> None:
    texts = [text for group in field_groups() for text in group.texts]
    changed = [text for text in texts if spell_out(text) != text]
    assert len(texts) > 10_000
    assert len(changed) < 15
