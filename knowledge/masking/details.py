"""Finds personal details in a text, or in all messages of a talk together. Pure; knows no database and no people.

What it finds is proposed to a person, who has the last word; what it misses is for that person to mask by hand.
"""

from collections.abc import Collection, Sequence

from knowledge.masking.names import find_again, find_names
from knowledge.masking.numbers import find_numbers
from knowledge.masking.places import find_places
from knowledge.masking.text import Kind, Reading, Span, read, without_overlaps


def find(text: str, *, known: Collection[str] = ()) -> list[Span]:
    """Return the personal details of one text, by place, without overlaps. See `find_all`."""
    return find_all([text], known=known)[0]


def find_all(texts: Sequence[str], *, known: Collection[str] = ()) -> list[list[Span]]:
    """Return the personal details of each text, by place, without overlaps.

    A name said once is found wherever it stands in any of the texts. `known` are public words, such as a library's own
    telephone number, that are nobody's.
    """
    readings = [read(text, known=known) for text in texts]
    first = [_find(reading) for reading in readings]
    names = _full_names(readings, first)
    return [
        without_overlaps([*spans, *find_again(reading, names)]) for reading, spans in zip(readings, first, strict=True)
    ]


def _find(reading: Reading) -> list[Span]:
    numbers = without_overlaps([*find_numbers(reading), *find_places(reading)])
    return without_overlaps([*numbers, *find_names(reading, numbers=numbers)])


def _full_names(readings: Sequence[Reading], found: Sequence[Sequence[Span]]) -> list[str]:
    said = {
        reading.text[span.start : span.end]
        for reading, spans in zip(readings, found, strict=True)
        for span in spans
        if span.kind == Kind.NAME
    }
    # A surname alone stands in too many words to be looked for again; a longer name comes before its own parts.
    return sorted((name for name in said if len(name) > 1), key=lambda name: (-len(name), name))
