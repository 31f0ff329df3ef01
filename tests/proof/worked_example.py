"""Which small log does docs/proof.md work through?

Run from the repository's root to write it again: .venv/bin/python -m tests.proof.worked_example
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from isovigil.proof.entries import Entry, payload_commitment
from isovigil.proof.export import fact_proof_text, head_line, keys_text, log_line
from isovigil.proof.heads import SignedHead, public_key_of, public_key_text, sign_tree
from isovigil.proof.paths import consistency_proof, inclusion_proof
from isovigil.proof.sealing import Opened
from isovigil.proof.tree import Tree
from tests.proof.logs import CLOSED, PAYLOAD, ROW, Written

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "examples" / "proof"
CLINIC = "hillside"
NURSE, PRESCRIBER, PATIENT = "nurse Ada", "prescriber Bea", "patient 7c1f"
PROGRAMME: dict[str, object] = {"kind": "adoption", "policy": "aad_2024", "programme": "us_ipledge"}
TEST: dict[str, object] = {"kind": "pregnancy_test", "result": "negative", "taken_on": "2026-03-02"}
ALT: dict[str, object] = {
    "analyte": "alt",
    "kind": "laboratory",
    "unit": "U/L",
    "upper_limit": 35,
    "value": 20.5,
}
# Recorded at, by whom, about whom, what, and how much of it this export shows. The third patient fact was
# erased: its row still stands, its payload and that payload's salt are gone. The fourth is closed.
RECORDED: list[tuple[str, str, str | None, str, dict[str, object], str]] = [
    ("2026-03-02T14:00:00.000000Z", PRESCRIBER, None, "adoption", PROGRAMME, PAYLOAD),
    ("2026-03-02T14:20:31.250000Z", NURSE, PATIENT, "fact", TEST, PAYLOAD),
    ("2026-03-02T14:22:07.000000Z", NURSE, "patient 99e0", "fact", ALT, ROW),
    ("2026-03-03T09:05:00.000000Z", NURSE, PATIENT, "fact", ALT, CLOSED),
]


def drawn(what: str, length: int) -> bytes:
    """A value that would be random in life, and has to be the same in every reading of the example."""
    return hashlib.sha256(f"isovigil worked example: {what}".encode()).digest()[:length]


def rows() -> list[Written]:
    """The four entries."""
    written = []
    for seq, (at, actor, patient, category, payload, shown_as) in enumerate(RECORDED, 1):
        opened = Opened(drawn(f"payload salt {seq}", 16), payload)
        entry = Entry(
            clinic=CLINIC,
            seq=seq,
            fact=f"f-{seq}",
            category=category,
            recorded_at=at,
            payload=payload_commitment(opened.salt, payload).hex(),
            actor=actor,
            patient=patient,
        )
        written.append(Written(entry, drawn(f"salt {seq}", 16), opened, shown_as))
    return written


def heads(leaves: list[bytes]) -> list[SignedHead]:
    """One head at the end of each day: over three entries, then over four."""
    key, first = drawn("signing key", 32), Tree().extend(leaves[:3])
    one = sign_tree(first, CLINIC, "2026-03-02T18:00:00.000000Z", key)
    return [one, sign_tree(first.extend(leaves[3:]), CLINIC, "2026-03-03T18:00:00.000000Z", key, after=one)]


def files() -> dict[str, str]:
    """Every file of the example, by its path in the folder."""
    written = rows()
    leaves = [row.commitment for row in written]
    first, last = heads(leaves)
    public = public_key_of(drawn("signing key", 32))
    way = {3: consistency_proof(leaves, 3, 4)}
    return {
        "log.jsonl": "".join(log_line(row.shown()) for row in written),
        "heads.jsonl": head_line(first) + head_line(last),
        "keys.json": keys_text([public]),
        "proofs/fact-2.json": fact_proof_text(written[1].shown(), inclusion_proof(leaves, 1, 4), last, way),
        "kept/head-of-2-march.jsonl": head_line(first),
        "kept/key.pem": public_key_text(public),
    }


if __name__ == "__main__":
    for name, text in files().items():
        (FOLDER / name).parent.mkdir(parents=True, exist_ok=True)
        (FOLDER / name).write_text(text, encoding="utf-8")
