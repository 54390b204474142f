"""What can go wrong with an encoder or an index, each with the remedy a person can act on.

These are faults of the installation, not refusals to a reader: search goes on by keyword and shows the reason to staff.
"""


class EmbeddingError(Exception):
    """The root of this package's errors."""


class EncoderUnavailable(EmbeddingError):
    """An encoder cannot be loaded or used; `reason` says what was found, `remedy` what to do."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(f"{reason} {remedy}")
        self.reason = reason
        self.remedy = remedy


class DimensionMismatch(EmbeddingError):
    """Vectors of one length were given to an index of another."""

    def __init__(self, expected: int, found: int) -> None:
        super().__init__(f"The index holds vectors of {expected} numbers, but {found} were given. Rebuild the index.")
        self.expected = expected
        self.found = found


class IndexFileUnusable(EmbeddingError):
    """A saved index is missing, damaged, or belongs to another encoder; it must be rebuilt from the database."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The saved index cannot be used: {reason} It is rebuilt from the database.")
        self.reason = reason


class EngineUnavailable(EmbeddingError):
    """The engine that holds the vectors cannot be used; `reason` says what was found, `remedy` what to do."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(f"{reason} {remedy}")
        self.reason = reason
        self.remedy = remedy
