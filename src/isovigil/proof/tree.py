"""How does a log of any length become one hash, and how does that hash grow without starting again?

The Merkle tree hash of RFC 6962, part 2.1: leaves and nodes are hashed under different first bytes, so that
neither can pass for the other. `https://www.rfc-editor.org/rfc/rfc6962#section-2.1`
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import msgspec

HASH_BYTES = 32
_SIZE_BYTES = 8
EMPTY_ROOT = hashlib.sha256(b"").digest()
"""The root of a log without entries."""


def leaf_hash(data: bytes) -> bytes:
    """The hash of one leaf; the data of ours is `entries.commitment`."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash over two neighbouring hashes of the tree."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(leaves: Iterable[bytes]) -> bytes:
    """The root over leaves' data in their order; 32 bytes."""
    return Tree().extend(leaves).root()


class Node(msgspec.Struct, frozen=True):
    """A hash of the tree that no later entry can change: the root over the 2**level entries from
    `index * 2**level` on.
    """

    level: int
    index: int
    hash: bytes


class Tree(msgspec.Struct, frozen=True):
    """All a log must keep to grow: its size, and one hash for each 1 in the size's binary digits.

    The hashes are the roots of the largest full subtrees from the left, so a log of a million entries keeps
    at most 20. A Tree is a value: `append` leaves it as it was, so a transaction that fails loses nothing.
    """

    size: int = 0
    frontier: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if self.size < 0 or len(self.frontier) != self.size.bit_count():
            raise ValueError(f"A log of {self.size} entries does not keep {len(self.frontier)} hashes.")
        if any(len(each) != HASH_BYTES for each in self.frontier):
            raise ValueError(f"A log keeps hashes of {HASH_BYTES} bytes; one here has another length.")

    def append(self, data: bytes) -> tuple[Tree, tuple[Node, ...]]:
        """The tree with one more entry, and the nodes it completed, the leaf first.

        At most log2(size) + 1 hashes are computed beside the leaf's, one on average. Keep the completed nodes
        where `paths.inclusion_proof_from` can read them by level and index, and a proof needs no other entry.
        """
        frontier = list(self.frontier)
        completed = _grow(frontier, self.size, data)
        nodes = tuple(Node(level, self.size >> level, each) for level, each in enumerate(completed))
        return Tree(self.size + 1, tuple(frontier)), nodes

    def extend(self, leaves: Iterable[bytes]) -> Tree:
        """The tree with many more entries, in their order; for rebuilding from a table."""
        frontier, size = list(self.frontier), self.size
        for data in leaves:
            _grow(frontier, size, data)
            size += 1
        return Tree(size, tuple(frontier))

    def root(self) -> bytes:
        """The root over everything appended; 32 bytes."""
        if not self.frontier:
            return EMPTY_ROOT
        *left, whole = self.frontier
        for each in reversed(left):
            whole = node_hash(each, whole)
        return whole

    def stored(self) -> bytes:
        """The tree as bytes for one column: its size in 8 bytes, then its hashes."""
        return self.size.to_bytes(_SIZE_BYTES) + b"".join(self.frontier)


def tree_from(stored: bytes) -> Tree:
    """The tree that `Tree.stored` wrote.

    Raises:
        ValueError: The bytes are not a tree's.
    """
    size, hashes = int.from_bytes(stored[:_SIZE_BYTES]), stored[_SIZE_BYTES:]
    if len(stored) < _SIZE_BYTES:
        raise ValueError(f"A stored tree has at least {_SIZE_BYTES} bytes; here are {len(stored)}.")
    return Tree(size, tuple(hashes[at : at + HASH_BYTES] for at in range(0, len(hashes), HASH_BYTES)))


def _grow(frontier: list[bytes], size: int, data: bytes) -> list[bytes]:
    """Add one entry to a tree of this size in place; the hashes it completed, the leaf's first."""
    completed = [leaf_hash(data)]
    while size & 1:
        completed.append(node_hash(frontier.pop(), completed[-1]))
        size >>= 1
    frontier.append(completed[-1])
    return completed
