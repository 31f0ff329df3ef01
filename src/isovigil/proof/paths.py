"""Is this entry in the log, and is the earlier log the beginning of the later one?

Proofs by RFC 6962, parts 2.1.1 and 2.1.2, checked by the algorithms of RFC 9162, parts 2.1.3.2 and 2.1.4.2.
Here an index counts from 0; an entry's `seq` counts from 1.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from isovigil.proof.tree import EMPTY_ROOT, HASH_BYTES, node_hash, root

NodeAt = Callable[[int, int], bytes]
"""Finds the hash of a full subtree by its level and index, as `Tree.append` completed it."""


def inclusion_proof(leaves: Sequence[bytes], index: int, size: int) -> tuple[bytes, ...]:
    """The hashes that lead from one entry to the root over the first `size` entries, nearest first.

    Args:
        leaves: The leaves' data (`entries.commitment`), at least `size` of them. All are hashed again: for a
            long log, keep its nodes and use `inclusion_proof_from`.
        index: The entry, from 0.
        size: The size of the log the proof is for.

    Raises:
        ValueError: There is no such entry, or there are not that many.
    """
    _enough(leaves, size)
    return inclusion_proof_from(_nodes_over(leaves), index, size)


def inclusion_proof_from(node_at: NodeAt, index: int, size: int) -> tuple[bytes, ...]:
    """The same proof from kept nodes; it asks for at most about 2 * log2(size) of them.

    Raises:
        ValueError: There is no such entry.
    """
    if not 0 <= index < size:
        raise ValueError(f"A log of {size} entries has no entry with index {index}.")
    begin, end, path = 0, size, []
    while end - begin > 1:
        middle = begin + _left_part(end - begin)
        if index < middle:
            path.append(_root_between(node_at, middle, end))
            end = middle
        else:
            path.append(_root_between(node_at, begin, middle))
            begin = middle
    return tuple(reversed(path))


def consistency_proof(leaves: Sequence[bytes], old_size: int, new_size: int) -> tuple[bytes, ...]:
    """The hashes that show the log of `old_size` entries to be the beginning of the log of `new_size`.

    Raises:
        ValueError: The sizes are not in order, or there are not that many entries.
    """
    _enough(leaves, new_size)
    return consistency_proof_from(_nodes_over(leaves), old_size, new_size)


def consistency_proof_from(node_at: NodeAt, old_size: int, new_size: int) -> tuple[bytes, ...]:
    """The same proof from kept nodes. It is empty for equal sizes, and from an empty log.

    Raises:
        ValueError: The sizes are not in order.
    """
    if not 0 <= old_size <= new_size:
        raise ValueError(f"A log of {old_size} entries is not the beginning of one of {new_size}.")
    if old_size == 0:
        return ()
    begin, end, path = 0, new_size, []
    while end != old_size:
        middle = begin + _left_part(end - begin)
        if old_size <= middle:
            path.append(_root_between(node_at, middle, end))
            end = middle
        else:
            path.append(_root_between(node_at, begin, middle))
            begin = middle
    if begin > 0:
        path.append(_root_between(node_at, begin, end))
    return tuple(reversed(path))


def inclusion_holds(leaf: bytes, index: int, size: int, path: Sequence[bytes], root_then: bytes) -> bool:
    """Does the path lead from this leaf's hash, at this place, to the root?

    Args:
        leaf: `leaf_hash` of the entry's commitment.
        index: The entry's place, from 0.
        size: The size of the log that has this root.
        path: What `inclusion_proof` gave.
        root_then: The root, from a signed head.
    """
    if not 0 <= index < size or any(len(each) != HASH_BYTES for each in path):
        return False
    place, last, reached = index, size - 1, leaf
    for beside in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            reached = node_hash(beside, reached)
            place, last = _past_the_missing(place, last)
        else:
            reached = node_hash(reached, beside)
        place, last = place >> 1, last >> 1
    return last == 0 and reached == root_then


def consistency_holds(
    old_size: int, old_root: bytes, new_size: int, new_root: bytes, path: Sequence[bytes]
) -> bool:
    """Is the log of the old root the beginning of the log of the new root?"""
    if not 0 <= old_size <= new_size or any(len(each) != HASH_BYTES for each in path):
        return False
    if old_size == new_size:
        return not path and old_root == new_root
    if old_size == 0:
        return not path and old_root == EMPTY_ROOT
    steps = [old_root, *path] if old_size.bit_count() == 1 else list(path)
    if not steps:
        return False
    place, last = old_size - 1, new_size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old_reached = new_reached = steps[0]
    for beside in steps[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old_reached = node_hash(beside, old_reached)
            new_reached = node_hash(beside, new_reached)
            place, last = _past_the_missing(place, last)
        else:
            new_reached = node_hash(new_reached, beside)
        place, last = place >> 1, last >> 1
    return last == 0 and old_reached == old_root and new_reached == new_root


def _past_the_missing(place: int, last: int) -> tuple[int, int]:
    """Climb the levels at the right edge of the tree where there is no neighbour to hash with."""
    while place and not place & 1:
        place, last = place >> 1, last >> 1
    return place, last


def _left_part(width: int) -> int:
    """The largest power of two below the width: how many entries the left subtree holds."""
    return 1 << (width - 1).bit_length() - 1


def _root_between(node_at: NodeAt, begin: int, end: int) -> bytes:
    width = end - begin
    if width.bit_count() == 1:
        return node_at(width.bit_length() - 1, begin // width)
    middle = begin + _left_part(width)
    return node_hash(_root_between(node_at, begin, middle), _root_between(node_at, middle, end))


def _nodes_over(leaves: Sequence[bytes]) -> NodeAt:
    return lambda level, index: root(leaves[index << level : (index + 1) << level])


def _enough(leaves: Sequence[bytes], size: int) -> None:
    if size > len(leaves):
        raise ValueError(f"A proof over {size} entries needs them all; there are {len(leaves)}.")
