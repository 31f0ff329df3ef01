"""What is handed to somebody who wants to check a clinic's log, and in which words is it written?

Texts only; a use case writes them to files. An export is a folder of `log.jsonl`, `heads.jsonl`, `keys.json`
and, if wanted, `proofs/`. docs/proof.md describes each, and works an example that needs no program of ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from isovigil.proof.canonical import canonical
from isovigil.proof.entries import Entry
from isovigil.proof.heads import SignedHead, key_id_of, public_key_text
from isovigil.proof.sealing import Opened

LOG_FILE, HEADS_FILE, KEYS_FILE, PROOFS_FOLDER = "log.jsonl", "heads.jsonl", "keys.json", "proofs"
FACT_PROOF = "isovigil fact proof v1"


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the log, and as much of it as the reader may see.

    Attributes:
        seq: Its place, from 1.
        commitment: `entries.commitment`, 32 bytes.
        salt: The salt of that commitment; with it
        entry: the row. Without both, the entry is closed: it counts, and tells nothing.
        opened: The payload with its salt. Absent where it is not for this reader, or was erased.
    """

    seq: int
    commitment: bytes
    salt: bytes | None = None
    entry: Entry | None = None
    opened: Opened | None = None

    def as_mapping(self) -> dict[str, object]:
        """The fields of this entry's line, without those that are not shown.

        Raises:
            ValueError: The salt is shown without the row or the row without it, or the payload without both.
        """
        if (self.salt is None) != (self.entry is None) or (self.entry is None and self.opened is not None):
            raise ValueError(f"Entry {self.seq} is shown with its salt and row together, or with neither.")
        line: dict[str, object] = {"seq": self.seq, "commitment": self.commitment.hex()}
        if self.salt is not None and self.entry is not None:
            line |= {"salt": self.salt.hex(), "entry": self.entry.as_mapping()}
        if self.opened is not None:
            line |= {"payload_salt": self.opened.salt.hex(), "payload": dict(self.opened.payload)}
        return line


def log_line(shown: Shown) -> str:
    """One line of `log.jsonl`; one for every entry of the log, in order."""
    return f"{_text(shown.as_mapping())}\n"


def head_line(signed: SignedHead) -> str:
    """One line of `heads.jsonl`, oldest first; also the whole of a head kept elsewhere."""
    return f"{_text(_head_fields(signed))}\n"


def keys_text(public_keys: Iterable[bytes]) -> str:
    """The text of `keys.json`: every key (32 bytes) that signed one of the heads, in PEM under its name."""
    return f"{_text({key_id_of(key): public_key_text(key) for key in public_keys})}\n"


def fact_proof_text(
    shown: Shown,
    path: Sequence[bytes],
    signed: SignedHead,
    earlier: Mapping[int, Sequence[bytes]] | None = None,
) -> str:
    """One entry, its path to a signed head, and nothing about any other entry.

    Args:
        shown: The entry, opened as far as the reader may see it.
        path: `paths.inclusion_proof` of its index (`seq - 1`) in the log of the head's size.
        signed: The head.
        earlier: `paths.consistency_proof` from each of these smaller sizes to the head's. With them, the
            holder of an earlier head can check that this one continues it.
    """
    consistency = [
        {"size": size, "path": _hexadecimal(each)} for size, each in sorted((earlier or {}).items())
    ]
    proof = {"format": FACT_PROOF, "line": shown.as_mapping(), "path": _hexadecimal(path)}
    return f"{_text(proof | _head_fields(signed) | {'consistency': consistency})}\n"


def _head_fields(signed: SignedHead) -> dict[str, object]:
    return {"head": signed.head.as_mapping(), "signature": signed.signature}


def _hexadecimal(hashes: Sequence[bytes]) -> list[str]:
    return [each.hex() for each in hashes]


def _text(value: object) -> str:
    return canonical(value).decode("utf-8")
