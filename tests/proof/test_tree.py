"""Is the tree that of RFC 6962, does it grow without rehashing, and do its proofs prove?

The expected hashes are the test vectors of Google's certificate-transparency reference implementation
(cpp/merkletree/merkle_tree_test.cc: kInputs, kSHA256Roots, kSHA256Paths, kSHA256Proofs), also carried by
transparency-dev/merkle (testonly/constants.go). There, leaves of paths are counted from 1; here from 0.
"""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from isovigil.proof import paths, verify_log
from isovigil.proof.paths import (
    consistency_holds,
    consistency_proof,
    consistency_proof_from,
    inclusion_holds,
    inclusion_proof,
    inclusion_proof_from,
)
from isovigil.proof.tree import EMPTY_ROOT, Node, Tree, leaf_hash, node_hash, root, tree_from

INPUTS = [
    bytes.fromhex(each)
    for each in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSION = {
    (0, 1): [],
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
CONSISTENCY = {
    (1, 1): [],
    (1, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}


# --- the definitions of RFC 6962, written down as they stand there ---


def largest_power_below(n: int) -> int:
    return max(1 << power for power in range(64) if 1 << power < n)


def mth(d: list[bytes]) -> bytes:
    """Part 2.1."""
    if not d:
        return hashlib.sha256(b"").digest()
    if len(d) == 1:
        return hashlib.sha256(b"\x00" + d[0]).digest()
    k = largest_power_below(len(d))
    return hashlib.sha256(b"\x01" + mth(d[:k]) + mth(d[k:])).digest()


def path(m: int, d: list[bytes]) -> list[bytes]:
    """Part 2.1.1."""
    if len(d) == 1:
        return []
    k = largest_power_below(len(d))
    return [*path(m, d[:k]), mth(d[k:])] if m < k else [*path(m - k, d[k:]), mth(d[:k])]


def subproof(m: int, d: list[bytes], b: bool) -> list[bytes]:
    """Part 2.1.2."""
    if m == len(d):
        return [] if b else [mth(d)]
    k = largest_power_below(len(d))
    if m <= k:
        return [*subproof(m, d[:k], b), mth(d[k:])]
    return [*subproof(m - k, d[k:], False), mth(d[:k])]


logs = st.lists(st.binary(max_size=4), max_size=40)
some_logs = st.lists(st.binary(max_size=4), min_size=1, max_size=40)
hashes = st.binary(min_size=32, max_size=32)


@pytest.mark.parametrize("size", range(9))
def test_roots_are_those_of_the_reference_implementation(size: int):
    assert root(INPUTS[:size]).hex() == ROOTS[size]


@pytest.mark.parametrize(("asked", "expected"), INCLUSION.items())
def test_inclusion_proofs_are_those_of_the_reference_implementation(
    asked: tuple[int, int], expected: list[str]
):
    index, size = asked
    assert [each.hex() for each in inclusion_proof(INPUTS, index, size)] == expected


@pytest.mark.parametrize(("asked", "expected"), CONSISTENCY.items())
def test_consistency_proofs_are_those_of_the_reference_implementation(
    asked: tuple[int, int], expected: list[str]
):
    old, new = asked
    assert [each.hex() for each in consistency_proof(INPUTS, old, new)] == expected


def test_a_leaf_cannot_pass_for_a_node():
    left, right = leaf_hash(b"a"), leaf_hash(b"b")
    assert leaf_hash(left + right) != node_hash(left, right)


@given(leaves=logs)
def test_the_root_is_that_of_the_definition(leaves: list[bytes]):
    assert root(leaves) == mth(leaves)


@given(leaves=logs)
def test_a_tree_that_grew_by_one_has_the_root_of_the_definition_at_every_size(leaves: list[bytes]):
    tree = Tree()
    for size, data in enumerate(leaves):
        assert tree.root() == mth(leaves[:size])
        tree, _ = tree.append(data)
    assert (tree.size, tree.root()) == (len(leaves), mth(leaves))


@given(leaves=logs, at=st.integers(0, 40))
def test_a_stored_tree_goes_on_where_it_stopped(leaves: list[bytes], at: int):
    kept = Tree().extend(leaves[:at]).stored()
    assert tree_from(kept).extend(leaves[at:]) == Tree().extend(leaves)
    assert len(kept) == 8 + 32 * min(at, len(leaves)).bit_count()


def test_a_million_entries_keep_seven_hashes():
    # 1,000,000 is 11110100001001000000 in binary: seven 1s.
    assert len(Tree(1_000_000, (b"h" * 32,) * 7).stored()) == 8 + 7 * 32


@pytest.mark.parametrize(
    ("size", "frontier"),
    [(3, (b"h" * 32,)), (0, (b"h" * 32,)), (1, ()), (1, (b"h" * 31,)), (-1, (b"h" * 32,))],
)
def test_a_tree_that_cannot_be_is_refused(size: int, frontier: tuple[bytes, ...]):
    with pytest.raises(ValueError, match="keep"):
        Tree(size, frontier)


@pytest.mark.parametrize("stored", [b"", b"\x00" * 7, bytes(7) + b"\x01", bytes(7) + b"\x01" + bytes(31)])
def test_bytes_that_are_no_tree_are_refused(stored: bytes):
    with pytest.raises(ValueError, match=r"stored tree|keep"):
        tree_from(stored)


@given(leaves=some_logs)
def test_appending_completes_each_full_subtree_once_with_the_root_over_its_entries(leaves: list[bytes]):
    nodes = completed_by(leaves)
    expected = {
        (level, index): mth(leaves[index << level : (index + 1) << level])
        for level in range(len(leaves).bit_length())
        for index in range(len(leaves) >> level)
    }
    assert nodes == expected


def completed_by(leaves: list[bytes]) -> dict[tuple[int, int], bytes]:
    tree, nodes = Tree(), {}
    for data in leaves:
        tree, completed = tree.append(data)
        for node in completed:
            assert isinstance(node, Node)
            assert (node.level, node.index) not in nodes
            nodes[node.level, node.index] = node.hash
    return nodes


@given(leaves=some_logs, drawn=st.data())
def test_inclusion_proofs_are_those_of_the_definition_and_hold(leaves: list[bytes], drawn: st.DataObject):
    size = drawn.draw(st.integers(1, len(leaves)))
    index = drawn.draw(st.integers(0, size - 1))
    proof = inclusion_proof(leaves, index, size)
    assert list(proof) == path(index, leaves[:size])
    kept = completed_by(leaves)
    assert inclusion_proof_from(lambda level, at: kept[level, at], index, size) == proof
    assert inclusion_holds(leaf_hash(leaves[index]), index, size, proof, mth(leaves[:size]))
    reached = verify_log.root_by_path(index, size, leaf_hash(leaves[index]), [each.hex() for each in proof])
    assert reached == mth(leaves[:size])


@given(leaves=logs, drawn=st.data())
def test_consistency_proofs_are_those_of_the_definition_and_hold(leaves: list[bytes], drawn: st.DataObject):
    new = drawn.draw(st.integers(0, len(leaves)))
    old = drawn.draw(st.integers(0, new))
    proof = consistency_proof(leaves, old, new)
    old_root, new_root = mth(leaves[:old]), mth(leaves[:new])
    assert list(proof) == (subproof(old, leaves[:new], True) if old else [])
    kept = completed_by(leaves)
    assert consistency_proof_from(lambda level, at: kept[level, at], old, new) == proof
    assert consistency_holds(old, old_root, new, new_root, proof)
    if old:
        both = verify_log.roots_by_path(old, new, [each.hex() for each in proof], old_root)
        assert both == (old_root, new_root)


@given(leaves=some_logs, drawn=st.data())
def test_an_inclusion_proof_of_anything_else_does_not_hold(leaves: list[bytes], drawn: st.DataObject):
    size, at = len(leaves), drawn.draw(st.integers(0, len(leaves) - 1))
    leaf, proof, whole = leaf_hash(leaves[at]), inclusion_proof(leaves, at, size), mth(leaves)
    wrong = drawn.draw(hashes.filter(lambda each: each not in (leaf, whole)))
    assert not inclusion_holds(wrong, at, size, proof, whole)
    assert not inclusion_holds(leaf, at, size, proof, wrong)
    assert not inclusion_holds(leaf, at, size, (*proof, wrong), whole)
    assert not inclusion_holds(leaf, at, size, proof[:-1], whole) or not proof
    assert not inclusion_holds(leaf, size, size, proof, whole)
    assert not inclusion_holds(leaf, -1, size, proof, whole)
    for step in range(len(proof)):
        assume(wrong != proof[step])
        assert not inclusion_holds(leaf, at, size, (*proof[:step], wrong, *proof[step + 1 :]), whole)
        assert not inclusion_holds(
            leaf, at, size, (*proof[:step], proof[step] + b"x", *proof[step + 1 :]), whole
        )


@given(leaves=some_logs, drawn=st.data())
def test_a_consistency_proof_of_anything_else_does_not_hold(leaves: list[bytes], drawn: st.DataObject):
    new = len(leaves)
    old = drawn.draw(st.integers(1, new))
    was, now, proof = mth(leaves[:old]), mth(leaves), consistency_proof(leaves, old, new)
    wrong = drawn.draw(hashes.filter(lambda each: each not in (was, now, *proof)))
    assert not consistency_holds(old, wrong, new, now, proof)
    assert not consistency_holds(old, was, new, wrong, proof)
    assert not consistency_holds(old, was, new, now, (*proof, wrong))
    assert not consistency_holds(old, was, new, now, proof[:-1]) or not proof
    assert not consistency_holds(new, now, old, was, proof) or old == new
    for step in range(len(proof)):
        assert not consistency_holds(old, was, new, now, (*proof[:step], wrong, *proof[step + 1 :]))


def test_from_an_empty_log_every_log_continues_and_nothing_needs_proof():
    assert consistency_proof(INPUTS, 0, 8) == ()
    assert consistency_holds(0, EMPTY_ROOT, 8, root(INPUTS), ())
    assert not consistency_holds(0, leaf_hash(b""), 8, root(INPUTS), ())
    assert not consistency_holds(0, EMPTY_ROOT, 8, root(INPUTS), (leaf_hash(b""),))
    assert not consistency_holds(-1, EMPTY_ROOT, 8, root(INPUTS), ())


def test_a_proof_that_stops_short_of_a_power_of_two_or_is_missing_does_not_hold():
    # From 6 to 8 there are three steps; with none there is nothing to reach a root from.
    assert not consistency_holds(6, root(INPUTS[:6]), 8, root(INPUTS), ())
    assert not consistency_holds(4, root(INPUTS[:4]), 8, root(INPUTS), ())


@pytest.mark.parametrize(("index", "size"), [(8, 8), (-1, 8), (0, 0), (0, 9)])
def test_a_proof_of_what_is_not_there_is_refused(index: int, size: int):
    with pytest.raises(ValueError, match="entries"):
        inclusion_proof(INPUTS, index, size)


@pytest.mark.parametrize(("old", "new"), [(5, 4), (-1, 4), (4, 9)])
def test_a_proof_between_sizes_that_are_not_there_is_refused(old: int, new: int):
    with pytest.raises(ValueError, match="entries"):
        consistency_proof(INPUTS, old, new)


def test_a_proof_in_a_log_of_a_million_reads_few_nodes():
    asked: list[tuple[int, int]] = []

    def node_at(level: int, index: int) -> bytes:
        asked.append((level, index))
        return b"h" * 32

    paths.inclusion_proof_from(node_at, 777_777, 1_000_000)
    paths.consistency_proof_from(node_at, 777_777, 1_000_000)
    # 2 * log2(1,000,000) is 39.9 for each of the two.
    assert len(asked) <= 80
