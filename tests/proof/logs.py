"""How does a test make a clinic's log, honest in every hash and signature, and write it as an export?"""

from __future__ import annotations

import contextlib
import hashlib
import io
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from isovigil.proof import verify_log
from isovigil.proof.entries import Entry, commitment, instant_text, payload_commitment
from isovigil.proof.export import Shown, head_line, keys_text, log_line
from isovigil.proof.heads import SignedHead, public_key_of, public_key_text, sign_tree
from isovigil.proof.sealing import Opened
from isovigil.proof.tree import Tree

KEY = hashlib.sha256(b"the clinic's signing key, in tests").digest()
OTHER_KEY = hashlib.sha256(b"somebody else's key").digest()
BEGAN = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
CLOSED, ROW, PAYLOAD = "closed", "row", "payload"


def bytes_from(chance: Random, length: int) -> bytes:
    """Salts and nonces that are the same in every run."""
    return chance.getrandbits(8 * length).to_bytes(length)


@dataclass(frozen=True)
class Written:
    """One entry as its keeper knows it, whole."""

    entry: Entry
    salt: bytes
    opened: Opened
    shown_as: str = PAYLOAD

    @property
    def commitment(self) -> bytes:
        return commitment(self.salt, self.entry.as_mapping())

    def shown(self) -> Shown:
        return Shown(
            seq=self.entry.seq,
            commitment=self.commitment,
            salt=None if self.shown_as == CLOSED else self.salt,
            entry=None if self.shown_as == CLOSED else self.entry,
            opened=self.opened if self.shown_as == PAYLOAD else None,
        )

    def saying(self, payload: dict[str, object]) -> Written:
        """The same entry with another payload, committed to anew."""
        made = payload_commitment(self.opened.salt, payload).hex()
        return replace(
            self, opened=Opened(self.opened.salt, payload), entry=changed(self.entry, payload=made)
        )


def changed(entry: Entry, **fields: Any) -> Entry:
    """The entry with some fields replaced."""
    return Entry(**(entry.as_mapping() | fields))


def a_row(
    chance: Random, clinic: str, seq: int, payload: dict[str, object], shown_as: str = PAYLOAD
) -> Written:
    """One honest entry, recorded `seq` minutes after the clinic began."""
    opened = Opened(bytes_from(chance, 16), payload)
    entry = Entry(
        clinic=clinic,
        seq=seq,
        fact=f"fact-{clinic}-{seq}-{chance.getrandbits(32):08x}",
        category="fact",
        recorded_at=instant_text(BEGAN + timedelta(minutes=seq)),
        payload=payload_commitment(opened.salt, payload).hex(),
        actor=chance.choice(["nurse Ada", "prescriber Bea", None]),
        patient=chance.choice(["p-1", "p-2", None]),
    )
    return Written(entry, bytes_from(chance, 16), opened, shown_as)


def a_payload(chance: Random) -> dict[str, object]:
    """Something recorded, with texts and numbers of every kind that JSON holds."""
    return {
        "kind": chance.choice(["laboratory", "pregnancy_test", "weight"]),
        "value": chance.choice([0, -1, 41, 2.5, 1e21, 1e-7, 123456.789, True, None]),
        "said": "".join(chance.choice('aé€😀"\\\n 7') for _ in range(chance.randrange(6))),
        "tests": [{"day": f"2026-03-{chance.randrange(10, 29)}"} for _ in range(chance.randrange(3))],
    }


def signed_over(
    rows: Sequence[Written], sizes: Sequence[int], clinic: str, key: bytes = KEY
) -> list[SignedHead]:
    """The heads of these entries at these sizes, each signed a second after its last entry."""
    heads: list[SignedHead] = []
    for number, size in enumerate(sizes):
        last = datetime.fromisoformat(rows[size - 1].entry.recorded_at) if size else BEGAN
        at = instant_text(last + timedelta(seconds=1, microseconds=number))
        tree = Tree().extend(row.commitment for row in rows[:size])
        heads.append(sign_tree(tree, clinic, at, key, after=heads[-1] if heads else None))
    return heads


@dataclass
class Export:
    """The texts of an export; a test may spoil them before they are written."""

    log: list[str]
    heads: list[str]
    keys: str
    kept: list[str] = field(default_factory=list)
    clinic: str | None = None
    pinned: bytes | None = KEY


@dataclass(frozen=True)
class AClinicsLog:
    """A log with its heads, honest throughout."""

    clinic: str
    rows: list[Written]
    sizes: list[int]
    key: bytes = KEY

    @property
    def heads(self) -> list[SignedHead]:
        return signed_over(self.rows, self.sizes, self.clinic, self.key)

    def export(self, *, kept: Sequence[SignedHead] = ()) -> Export:
        return Export(
            log=[log_line(row.shown()) for row in self.rows],
            heads=[head_line(head) for head in self.heads],
            keys=keys_text([public_key_of(self.key)]),
            kept=[head_line(head) for head in kept],
        )


def a_log(seed: int, clinic: str = "north", *, least: int = 1, most: int = 20) -> AClinicsLog:
    """A log drawn from a seed: how long, what it says, what of it is shown, when heads were signed."""
    chance = Random(seed)
    length = chance.randint(least, most)
    rows = [
        a_row(chance, clinic, seq, a_payload(chance), chance.choice([CLOSED, ROW, PAYLOAD, PAYLOAD]))
        for seq in range(1, length + 1)
    ]
    sizes = sorted({chance.randint(0, length) for _ in range(chance.randint(0, 4))} | {length})
    return AClinicsLog(clinic, rows, sizes)


def renumbered(rows: Sequence[Written], clinic: str | None = None) -> list[Written]:
    """The entries in this order, as if they had always stood in it and been recorded in it."""
    times = sorted(row.entry.recorded_at for row in rows)
    return [
        replace(row, entry=changed(row.entry, seq=seq, clinic=clinic or row.entry.clinic, recorded_at=at))
        for seq, (row, at) in enumerate(zip(rows, times, strict=True), 1)
    ]


def judged(export: Export) -> tuple[int, str]:
    """The verifier's exit code and words about an export, written to a folder of its own."""
    with tempfile.TemporaryDirectory() as place:
        return run(arguments_for(export, Path(place)))


def arguments_for(export: Export, folder: Path) -> list[str]:
    """Write the export, and what the verifier is then called with."""
    (folder / "log.jsonl").write_bytes("".join(export.log).encode("utf-8", "surrogateescape"))
    (folder / "heads.jsonl").write_bytes("".join(export.heads).encode("utf-8", "surrogateescape"))
    (folder / "keys.json").write_text(export.keys, encoding="utf-8")
    arguments = [str(folder)]
    for number, text in enumerate(export.kept):
        (folder / f"kept-{number}.jsonl").write_text(text, encoding="utf-8")
        arguments += ["--head", str(folder / f"kept-{number}.jsonl")]
    if export.pinned is not None:
        (folder / "key.pem").write_text(public_key_text(public_key_of(export.pinned)), encoding="ascii")
        arguments += ["--public-key", str(folder / "key.pem")]
    if export.clinic is not None:
        arguments += ["--clinic", export.clinic]
    return arguments


def run(arguments: Sequence[str]) -> tuple[int, str]:
    """The verifier in this process: its exit code and what it printed."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        code = verify_log.main(list(arguments))
    return code, said.getvalue()
