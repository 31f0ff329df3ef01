"""With which keys is this instance's record sealed and signed?

The folder holds `secret_key` (sessions), `master-<number>.key` (they wrap the patients' keys; the newest
wraps new ones) and `signing.key` (Ed25519, signs the heads of the log). Keep it off the database's disk and
backed up on its own: without the master keys no fact can be read, and that is how a person is erased.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from django.conf import settings

from isovigil.proof.heads import public_key_of, public_key_text
from isovigil.proof.sealing import KEY_BYTES, key_id

SECRET: Final = "secret_key"  # noqa: S105 - the name of a file
SIGNING: Final = "signing.key"
PUBLIC: Final = "signing.pub.pem"
ONLY_THE_OWNER: Final = 0o600


class NoKeys(Exception):
    """The folder of keys is not there, or not whole."""


class Keys(NamedTuple):
    """The keys at hand."""

    master_keys: Mapping[str, bytes]
    newest: str
    signing: bytes

    @property
    def newest_master_key(self) -> bytes:
        """The master key that wraps new patients' keys."""
        return self.master_keys[self.newest]


def make_keys(folder: Path) -> None:
    """Draw what is missing of an instance's keys; never touches one that is there."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not (folder / SECRET).exists():
        _write(folder / SECRET, secrets.token_urlsafe(48))
    if not (folder / SIGNING).exists():
        signing = secrets.token_bytes(KEY_BYTES)
        _write(folder / SIGNING, signing.hex())
        (folder / PUBLIC).write_text(public_key_text(public_key_of(signing)), "ascii")
    if not any(folder.glob("master-*.key")):
        add_master_key(folder)


def add_master_key(folder: Path) -> str:
    """Draw one more master key, which wraps the keys of the patients to come. Returns its id."""
    drawn = secrets.token_bytes(KEY_BYTES)
    newest = max((file.stem for file in folder.glob("master-*.key")), default="master-0000")
    number = int(newest.removeprefix("master-")) + 1
    _write(folder / f"master-{number:04}.key", drawn.hex())
    return key_id(drawn)


def keys() -> Keys:
    """The keys of this instance; one added while it runs is found. Raises NoKeys."""
    folder = Path(settings.ISOVIGIL_KEYS)
    return _keys_of(folder, folder.stat().st_mtime_ns if folder.is_dir() else 0)


@lru_cache(maxsize=4)
def _keys_of(folder: Path, changed_at: int) -> Keys:
    """Read once, until a file comes to the folder or leaves it."""
    try:
        masters = [bytes.fromhex(file.read_text("ascii")) for file in sorted(folder.glob("master-*.key"))]
        signing = bytes.fromhex((folder / SIGNING).read_text("ascii"))
    except (OSError, ValueError) as error:
        raise NoKeys(f"The keys in {folder} cannot be read: {error}. `isovigil init` makes them.") from None
    if not masters:
        raise NoKeys(f"There is no master key in {folder}. `isovigil init` makes one.")
    by_id = {key_id(master): master for master in masters}
    return Keys(by_id, key_id(masters[-1]), signing)


def public_keys() -> tuple[bytes, ...]:
    """Every public key (32 bytes) that may have signed a head here: this instance's, and those before it.

    A key that is no longer used leaves its `*.pub.pem` in the folder. Raises NoKeys.
    """
    kept = {public_key_of(keys().signing)}
    for file in public_key_file().parent.glob("*.pub.pem"):
        try:
            read = load_pem_public_key(file.read_bytes())
            if isinstance(read, Ed25519PublicKey):
                kept.add(read.public_bytes_raw())
        except (OSError, ValueError) as error:
            raise NoKeys(f"{file} holds no public key of ours: {error}. Put it right or away.") from None
    return tuple(sorted(kept))


def public_key_file() -> Path:
    """The public key to give to whoever checks the log."""
    return Path(settings.ISOVIGIL_KEYS) / PUBLIC


def _write(file: Path, text: str) -> None:
    """Write a new file that only its owner can read; refuses to replace one."""
    opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, ONLY_THE_OWNER)
    with os.fdopen(opened, "w", encoding="ascii") as kept:
        kept.write(text)
        kept.flush()
        os.fsync(kept.fileno())
