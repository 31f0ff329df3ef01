"""Was the rulebook compiled from exactly the files that are there now, and what does it hold?

`python -m isovigil.exchange.rulebook_snapshot` compiles it. A snapshot is used only while every
file of the rulebook, and the code that read them, is byte for byte the same; otherwise the YAML is
read again. It makes the answer faster and can never make it different.
"""

from __future__ import annotations

import hashlib
import time
from pathlib import Path

import msgspec

from isovigil.law.rulebook import RulebookParts

_HERE = Path(__file__).resolve().parent
SNAPSHOT = _HERE / "rulebook.snapshot"
"""Made by `make rulebook`; never committed."""

_READ_BY = (
    "exchange/coverage_file.py",
    "exchange/policy_files.py",
    "exchange/programme_files.py",
    "exchange/rulebook_reader.py",
    "exchange/rulebook_snapshot.py",
    "exchange/rulebook_values.py",
    "exchange/strict_yaml.py",
    "exchange/yaml_events.py",
    "law/coverage.py",
    "law/law.py",
    "law/layer.py",
    "law/rulebook.py",
    "law/source.py",
    "law/value.py",
)
"""The code that decides what a snapshot holds: when it changes, an older snapshot is worthless."""


def read_snapshot(digest: str, snapshot: Path = SNAPSHOT) -> RulebookParts | None:
    """The compiled rulebook, if it was made from the files with this digest; else None."""
    try:
        head, body = snapshot.read_bytes().split(b"\n", 1)
    except (OSError, ValueError):
        return None
    if head != _head(digest, body):
        return None
    parts = msgspec.json.decode(body, type=RulebookParts)
    return _with_sources(parts)


def write_snapshot(parts: RulebookParts, digest: str, snapshot: Path = SNAPSHOT) -> None:
    """Compile the rulebook. The file appears whole or not at all."""
    body = msgspec.json.encode(_without_sources(parts))
    unfinished = snapshot.with_suffix(".unfinished")
    unfinished.write_bytes(_head(digest, body) + b"\n" + body)
    unfinished.replace(snapshot)


def _head(digest: str, body: bytes) -> bytes:
    reader = hashlib.sha256()
    for name in _READ_BY:
        reader.update((_HERE.parent / name).read_bytes())
    return " ".join((digest, reader.hexdigest(), hashlib.sha256(body).hexdigest())).encode()


def _without_sources(parts: RulebookParts) -> RulebookParts:
    """Each programme knows all sources; written down, once is enough."""
    bare = {name: msgspec.structs.replace(each, sources={}) for name, each in parts.programmes.items()}
    return msgspec.structs.replace(parts, programmes=bare)


def _with_sources(parts: RulebookParts) -> RulebookParts:
    full = {
        name: msgspec.structs.replace(each, sources=parts.sources) for name, each in parts.programmes.items()
    }
    return msgspec.structs.replace(parts, programmes=full)


def main() -> None:
    """Compile the rulebook that comes with the product, and say how long each way of reading takes."""
    from isovigil.exchange.rulebook_files import digest_of, rulebook_texts
    from isovigil.exchange.rulebook_reader import read_rulebook

    began = time.perf_counter()
    texts = rulebook_texts()
    digest = digest_of(texts)
    parts = read_rulebook(texts)
    from_yaml = time.perf_counter() - began
    write_snapshot(parts, digest)
    began = time.perf_counter()
    read_again = read_snapshot(digest_of(rulebook_texts()))
    from_snapshot = time.perf_counter() - began
    if read_again != parts:
        raise SystemExit("The snapshot does not hold what was compiled; it is not fit for use.")
    values = sum(len(each.values) for each in parts.programmes.values())
    print(  # noqa: T201 - a command that says what it did
        f"Compiled {values} values from {len(texts)} files, rulebook {digest[:12]}: "
        f"{from_yaml * 1000:.0f} ms from YAML, {from_snapshot * 1000:.1f} ms from the snapshot."
    )


if __name__ == "__main__":
    main()
