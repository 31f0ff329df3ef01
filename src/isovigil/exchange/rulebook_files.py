"""Where is the rulebook, and what does it hold?"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from isovigil.exchange.rulebook_problems import RulebookProblems
from isovigil.exchange.rulebook_snapshot import read_snapshot
from isovigil.law.rulebook import Rulebook

__all__ = ["RULEBOOK", "RulebookProblems", "digest_of", "load_rulebook", "rulebook_texts"]

RULEBOOK = Path(__file__).resolve().parent.parent / "rulebook"
"""The folder of the dated values that comes with the product."""


def load_rulebook(overlay: Path | None = None, *, folder: Path = RULEBOOK) -> Rulebook:
    """Every programme's dated law, with a clinic's own overlay over it when one is given.

    Uses the compiled snapshot when it was made from exactly the files that are there now, else
    reads the YAML. Raises RulebookProblems with every problem of every file.
    """
    texts = rulebook_texts(folder)
    digest = digest_of(texts)
    parts = read_snapshot(digest) if folder == RULEBOOK else None
    if parts is None:
        from isovigil.exchange.rulebook_reader import read_rulebook

        parts = read_rulebook(texts)
    rulebook = Rulebook(parts, digest)
    if overlay is None:
        return rulebook
    from isovigil.exchange.clinic_overlay import with_overlay

    return with_overlay(rulebook, overlay)


def rulebook_texts(folder: Path = RULEBOOK) -> dict[str, bytes]:
    """The bytes of every YAML file of a rulebook, by its path inside the folder."""
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*.yaml")}
    return {name: files[name].read_bytes() for name in sorted(files)}


def digest_of(texts: Mapping[str, bytes]) -> str:
    """The sha256 of a set of files: of each one's name and bytes, in the order of the names."""
    total = hashlib.sha256()
    for name in sorted(texts):
        for part in (name.encode(), texts[name]):
            total.update(len(part).to_bytes(8, "big"))
            total.update(part)
    return total.hexdigest()
