"""Browser modules without their comments, which are a third of them: for us to read, not for readers to fetch.

A real parser says where comments are. Text that it does not understand is sent as it was written.
"""

from collections.abc import Iterator

import tree_sitter_javascript
from tree_sitter import Language, Node, Parser

_JAVASCRIPT = Language(tree_sitter_javascript.language())


def without_comments(source: bytes) -> bytes:
    """Return a module with the same code, and without comments and the lines that held nothing else."""
    root = Parser(_JAVASCRIPT).parse(source).root_node
    if root.has_error:
        return source
    pieces: list[bytes] = []
    end = 0
    for comment in _comments(root):
        start, stop, instead = _cut(source, comment.start_byte, comment.end_byte)
        pieces += (source[end:start], instead)
        end = stop
    return b"".join((*pieces, source[end:]))


def _comments(node: Node) -> Iterator[Node]:
    if node.type == "comment":
        yield node
    for child in node.children:
        yield from _comments(child)


def _cut(source: bytes, start: int, stop: int) -> tuple[int, int, bytes]:
    """Return what to cut for a comment and what stands there then: nothing for whole lines, else what it parted."""
    line = source.rfind(b"\n", 0, start) + 1
    if not source[line:start].strip() and source[stop : stop + 1] in (b"\n", b""):
        return line, stop + 1, b""
    return start, stop, b"\n" if b"\n" in source[start:stop] else b" "
