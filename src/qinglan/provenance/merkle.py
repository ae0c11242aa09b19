"""A Merkle tree over rows, so that one digest commits to a whole release and its order.

RFC 6962, section 2.1: leaves and inner nodes are hashed under different prefixes, so that no
inner node can be passed off as a row. Rows are added one at a time and only the right edge of
the tree is kept, so a release of any size needs a few hundred bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

_LEAF = b"\x00"
_NODE = b"\x01"


class Tree:
    """A growing tree. ``root`` may be asked for at any time."""

    __slots__ = ("_edge", "_size")

    def __init__(self) -> None:
        self._edge: list[tuple[int, bytes]] = []  # (leaves below, hash), largest first
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def add(self, leaf: bytes) -> None:
        """Append one leaf."""
        count, node = 1, hashlib.sha256(_LEAF + leaf).digest()
        while self._edge and self._edge[-1][0] == count:
            _, left = self._edge.pop()
            count, node = count * 2, hashlib.sha256(_NODE + left + node).digest()
        self._edge.append((count, node))
        self._size += 1

    def root(self) -> str:
        """The root over all leaves so far, in hexadecimal; of nothing, SHA-256 of nothing."""
        if not self._edge:
            return hashlib.sha256(b"").hexdigest()
        node = self._edge[-1][1]
        for _, left in reversed(self._edge[:-1]):
            node = hashlib.sha256(_NODE + left + node).digest()
        return node.hex()


def root(leaves: Iterable[bytes]) -> str:
    """The root over ``leaves``, in order."""
    tree = Tree()
    for leaf in leaves:
        tree.add(leaf)
    return tree.root()
