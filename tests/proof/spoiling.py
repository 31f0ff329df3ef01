"""How does a test spoil one thing in an export, and hold the verifier to what it says of it?"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from isovigil.proof.canonical import canonical
from tests.proof.logs import CLOSED, KEY, PAYLOAD, ROW, AClinicsLog, Export, Written, a_row, judged

SHOWN_AS = [PAYLOAD, ROW, CLOSED, PAYLOAD, ROW, PAYLOAD]
Spoil = Callable[[dict[str, Any]], None]


def six_entries(clinic: str = "north", seed: int = 1) -> AClinicsLog:
    """Six entries; heads were signed after the second, the fourth and the last."""
    chance = Random(seed)
    rows = [
        a_row(chance, clinic, seq, {"kind": "weight", "value": 60 + seq}, shown_as)
        for seq, shown_as in enumerate(SHOWN_AS, 1)
    ]
    return AClinicsLog(clinic, rows, [2, 4, 6])


def with_row(log: AClinicsLog, at: int, row: Written) -> AClinicsLog:
    """The log as if its keeper had always written this."""
    return replace(log, rows=[*log.rows[:at], row, *log.rows[at + 1 :]])


def spoilt(text: str, spoil: Spoil) -> str:
    """A line whose fields were changed by hand and written canonically again."""
    line = json.loads(text)
    spoil(line)
    return canonical(line).decode() + "\n"


def assert_wrong(export: Export, *words: str) -> None:
    code, said = judged(export)
    assert code == 1, said
    assert said.startswith(f"WRONG: {len(words)} found.\n"), said
    for word in words:
        assert word in said


def resigned(head: dict[str, Any]) -> str:
    """A head that says whatever its keeper wants, rightly signed."""
    signature = Ed25519PrivateKey.from_private_bytes(KEY).sign(b"isovigil head v1\n" + canonical(head))
    return canonical({"head": head, "signature": signature.hex()}).decode() + "\n"
