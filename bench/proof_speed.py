"""How fast does a log grow, how long does a proof take in a long one, and how long does an outsider wait?

Run: .venv/bin/python bench/proof_speed.py [ENTRIES_OF_THE_LONG_LOG] [ENTRIES_TO_VERIFY]

Prints appends per second (commitments and seal included, and the tree alone), the time of an inclusion and a
consistency proof in a log of 1,000,000 entries from kept nodes and from the bare commitments, and the time of
the verifier for 100,000 entries, closed and open, as a process of its own. Each stands beside what hashing
alone costs here: one SHA-256 of 65 bytes.
"""

from __future__ import annotations

import hashlib
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from isovigil.proof import verify_log
from isovigil.proof.entries import Entry, commitment, payload_commitment
from isovigil.proof.export import Shown, head_line, keys_text, log_line
from isovigil.proof.heads import public_key_of, sign_tree
from isovigil.proof.paths import (
    consistency_proof_from,
    inclusion_holds,
    inclusion_proof,
    inclusion_proof_from,
)
from isovigil.proof.sealing import Belonging, Opened, open_payload, seal_payload
from isovigil.proof.tree import Tree, leaf_hash

KEY = bytes(range(32))
AT = "2026-03-02T09:00:00.000000Z"
SHORT = 5_000


def seconds(work: Callable[[], object], times: int = 1) -> float:
    """Median seconds of some repetitions."""
    took = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        took.append(time.perf_counter() - began)
    return statistics.median(took)


def one_hash() -> float:
    """Seconds of one SHA-256 over 65 bytes, called from Python as the tree calls it."""
    return seconds(lambda: [hashlib.sha256(b"\x01" + KEY + KEY).digest() for _ in range(10_000)], 9) / 10_000


def an_entry(seq: int) -> tuple[Entry, Opened]:
    """A laboratory value of ordinary size."""
    payload: dict[str, object] = {
        "kind": "laboratory", "analyte": "alt", "value": 20.5 + seq % 40, "unit": "U/L", "upper_limit": 35,
        "taken_on": "2026-03-02", "source": "laboratory message 4711", "form_version": "visit 3",
    }  # fmt: skip
    opened = Opened(seq.to_bytes(16), payload)
    made = payload_commitment(opened.salt, payload).hex()
    entry = Entry(
        clinic="north", seq=seq, fact=f"fact-{seq}", category="fact", recorded_at=AT, payload=made,
        actor="nurse", patient=f"patient-{seq % 500}",
    )  # fmt: skip
    return entry, opened


def appended(entries: int) -> None:
    """Everything the proof asks of one recorded fact, again and again: commit, seal, grow, open again."""
    tree = Tree()
    for seq in range(1, entries + 1):
        entry, opened = an_entry(seq)
        belonging = Belonging(clinic="north", fact=entry.fact, category=entry.category)
        sealed = seal_payload(KEY, seq.to_bytes(12), belonging, opened)
        tree, _ = tree.append(commitment(seq.to_bytes(16), entry.as_mapping()))
        assert open_payload(KEY, belonging, sealed).salt == opened.salt


def long_log(entries: int) -> tuple[list[bytes], dict[tuple[int, int], bytes], Tree, float]:
    """A long log of bare commitments with every node kept, and the seconds it took to grow."""
    leaves = [hashlib.sha256(seq.to_bytes(8)).digest() for seq in range(entries)]
    nodes: dict[tuple[int, int], bytes] = {}
    tree, began = Tree(), time.perf_counter()
    for data in leaves:
        tree, completed = tree.append(data)
        for node in completed:
            nodes[node.level, node.index] = node.hash
    return leaves, nodes, tree, time.perf_counter() - began


def verified(entries: int, *, shown: bool) -> float:
    """Seconds of the verifier, a process of its own, over an export of so many entries."""
    tree = Tree()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        with (folder / "log.jsonl").open("w", encoding="utf-8") as log:
            for seq in range(1, entries + 1):
                entry, opened = an_entry(seq)
                made = commitment(KEY[:16], entry.as_mapping())
                tree, _ = tree.append(made)
                seen = Shown(seq=seq, commitment=made)
                if shown:
                    seen = Shown(seq=seq, commitment=made, salt=KEY[:16], entry=entry, opened=opened)
                log.write(log_line(seen))
        (folder / "heads.jsonl").write_text(head_line(sign_tree(tree, "north", AT, KEY)), encoding="utf-8")
        (folder / "keys.json").write_text(keys_text([public_key_of(KEY)]), encoding="utf-8")
        command = [sys.executable, "-I", verify_log.__file__, place]
        return seconds(lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL))


def main() -> None:
    """Measure and print."""
    entries = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    to_verify = int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
    unit = one_hash()
    print(f"one SHA-256 of 65 bytes: {unit * 1e6:.2f} microseconds; `x` below is so many of them\n")

    def told(what: str, took: float, note: str = "") -> None:
        print(f"{what:62} {took * 1e3:12.3f} ms {took / unit:14,.0f} x  {note}")

    each = seconds(lambda: appended(SHORT), 3) / SHORT
    told("one fact: two commitments, sealed, appended, opened again", each, f"{1 / each:,.0f} a second")
    leaves, nodes, tree, took = long_log(entries)
    told("one append, every node kept", took / entries, f"{entries / took:,.0f} a second")
    at, old = entries * 7 // 9, entries * 5 // 9

    def node_at(level: int, index: int) -> bytes:
        return nodes[level, index]

    path = inclusion_proof_from(node_at, at, entries)
    assert inclusion_holds(leaf_hash(leaves[at]), at, entries, path, tree.root())
    log = f"in a log of {entries:,}"
    told(f"inclusion proof {log}", seconds(lambda: inclusion_proof_from(node_at, at, entries), 99))
    told(f"consistency proof {log}", seconds(lambda: consistency_proof_from(node_at, old, entries), 99))
    told(f"inclusion proof {log}, no node kept", seconds(lambda: inclusion_proof(leaves, at, entries)))
    whole, root = leaf_hash(leaves[at]), tree.root()
    told(
        "checking that inclusion proof", seconds(lambda: inclusion_holds(whole, at, entries, path, root), 99)
    )
    told(f"the verifier, {to_verify:,} closed entries", verified(to_verify, shown=False))
    told(f"the verifier, {to_verify:,} entries with their payload", verified(to_verify, shown=True))


if __name__ == "__main__":
    main()
