"""The lowest node of the tree above some libraries, whose curators answer for what those libraries share. Pure."""

from collections.abc import Sequence
from uuid import UUID


def common_node(paths: Sequence[tuple[UUID, ...]]) -> UUID | None:
    """Return the lowest node on all of these ways up, each from a library to the root; None when they share none."""
    if not paths:
        return None
    shared = set(paths[0]).intersection(*paths[1:])
    return next((node for node in paths[0] if node in shared), None)
