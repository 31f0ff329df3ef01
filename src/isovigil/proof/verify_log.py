"""Was this clinic's log changed since its heads were signed, and is this fact in it?

One file that shares no code with Isovigil. Copy it to a machine you trust; it needs `cryptography` there.

    python -I verify_log.py EXPORT_DIR [--public-key KEY.pem] [--head KEPT.jsonl] [--clinic NAME]
    python -I verify_log.py --fact PROOF.json --public-key KEY.pem [--head KEPT.jsonl]

A head kept elsewhere (printed, mailed, in another building) is what a rewritten or shortened log cannot get
past: whoever holds the clinic's database and its signing key can sign another history, but not the same head.
Exit codes: 0 nothing is wrong; 1 something is, and it says what; 2 it could not be checked.
docs/proof.md describes the format.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import accumulate
from typing import Any, BinaryIO

MOST_SHOWN = 50
PLAIN = json.JSONEncoder(ensure_ascii=False).encode
Head = dict[str, Any]
Keys = Mapping[str, Any]

# Forms of fields: a type, or what the value's JSON looks like.
HASH, COUNT, INSTANT = '"[0-9a-f]{64}"', "[0-9]+", r'"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z"'
HASHES = rf"\[({HASH}(, )?)*\]"
HEAD = {"clinic": str, "size": COUNT, "root": HASH, "at": INSTANT, "key_id": str, "previous": f"null|{HASH}"}
SIGNED = {"head": dict, "signature": '"[0-9a-f]{128}"'}
CLOSED = {"seq": COUNT, "commitment": HASH}
ROW = {"salt": '"[0-9a-f]{32}"', "entry": dict}
PAYLOAD = {"payload_salt": '"[0-9a-f]{32}"', "payload": dict}
ENTRY = {"clinic": str, "seq": COUNT, "recorded_at": INSTANT, "payload": HASH}
PROOF = {"format": '"isovigil fact proof v1"', "line": dict, "path": HASHES, "consistency": list}


class Wrong(Exception):
    """What was read is not what an honest export says."""


class CannotCheck(Exception):
    """Nothing can be said: a file, a key or a proof is missing."""


def parsed(text: bytes) -> Any:
    """JSON in its canonical text, so that it has one meaning and no byte of it can be changed unseen."""
    try:
        value = json.loads(text.decode())
        as_it_should_be = canonical(value).encode()
    except ValueError as fault:
        raise Wrong("it is not readable JSON") from fault
    if text.removesuffix(b"\n") != as_it_should_be:
        raise Wrong("it is not written as canonical JSON")
    return value


def shaped(value: Any, forms: Mapping[str, Any], *, more: bool = False) -> dict[str, Any]:
    """The value, if it has these fields, each of its form, and (unless `more`) no other."""
    if not isinstance(value, dict):
        raise Wrong("it is not a set of named fields")
    for name, form in forms.items():
        given, typed = value.get(name), isinstance(form, type)
        fits = isinstance(given, form) if typed else re.fullmatch(form, json.dumps(given))
        if name not in value or not fits:
            raise Wrong(f"its field {name} is missing or has not its form")
    if not more and (unknown := sorted(value.keys() - forms.keys())):
        raise Wrong(f"nothing vouches for its field {', '.join(unknown)}")
    return value


def canonical(value: Any) -> str:
    """The one text of a JSON value."""
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return "{" + ",".join(f"{canonical(name)}:{canonical(value[name])}" for name in names) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, float):
        return canonical_number(value)
    if isinstance(value, int) and abs(value) >= 2**53:
        raise Wrong("a whole number in it is too large for JSON")
    return PLAIN(value)


def canonical_number(value: float) -> str:
    """A number as ECMAScript writes it (ECMA-262, Number::toString)."""
    if not abs(value) < float("inf"):
        raise Wrong("a number in it is too large for JSON")
    shortest = Decimal(repr(abs(value))).normalize().as_tuple()
    digits, sign = "".join(map(str, shortest.digits)), "-" if value < 0 else ""
    point = len(digits) + int(shortest.exponent)
    if -6 < point <= 21:
        whole, fraction = digits[: max(point, 0)].ljust(point, "0") or "0", digits[max(point, 0) :]
        return sign + whole + (f".{'0' * -point}{fraction}" if fraction else "")
    return f"{sign}{digits[0]}{'.' if digits[1:] else ''}{digits[1:]}e{point - 1:+d}"


def tagged(tag: str, value: Any, salt: str = "") -> bytes:
    """The bytes that are hashed or signed."""
    return f"isovigil {tag} v1\n".encode() + bytes.fromhex(salt) + canonical(value).encode()


def sha256(data: bytes) -> bytes:
    """SHA-256."""
    return hashlib.sha256(data).digest()


def leaf(commitment: str) -> bytes:
    """The hash of a leaf."""
    return sha256(b"\x00" + bytes.fromhex(commitment))


def over(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node."""
    return sha256(b"\x01" + left + right)


def root_by_path(index: int, size: int, reached: bytes, path: list[str]) -> bytes:
    """The root that an inclusion path leads to (2.1.1, read backwards)."""
    if (size == 1) != (not path):
        raise Wrong("its path has not the length that its place asks for")
    if size == 1:
        return reached
    left, beside = 1 << (size - 1).bit_length() - 1, bytes.fromhex(path[-1])
    if index < left:
        return over(root_by_path(index, left, reached, path[:-1]), beside)
    return over(beside, root_by_path(index - left, size - left, reached, path[:-1]))


def roots_by_path(old: int, new: int, path: list[str], known: bytes | None) -> tuple[bytes, bytes]:
    """The roots, old and new, that a consistency path leads to (2.1.2, read backwards)."""
    if not path if old < new else len(path) != (known is None):
        raise Wrong("a consistency path has not the length that its sizes ask for")
    if old == new:
        same = known or bytes.fromhex(path[0])
        return same, same
    left, beside = 1 << (new - 1).bit_length() - 1, bytes.fromhex(path[-1])
    if old <= left:
        was, now = roots_by_path(old, left, path[:-1], known)
        return was, over(now, beside)
    was, now = roots_by_path(old - left, new - left, path[:-1], None)
    return over(beside, was), over(beside, now)


def public_key(pem: bytes) -> tuple[str, Any]:
    """An Ed25519 public key under its name."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

    try:
        key = load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm) as fault:
        raise Wrong("it holds no public key in PEM") from fault
    if not isinstance(key, Ed25519PublicKey):
        raise Wrong("its key is not an Ed25519 key")
    return sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hex()[:32], key


def genuine(value: Any, keys: Keys, clinic: str | None) -> Head:
    """The head, if a key we trust signed exactly this, for this clinic."""
    from cryptography.exceptions import InvalidSignature

    signed = shaped(value, SIGNED)
    head = shaped(signed["head"], HEAD)
    if head["key_id"] not in keys:
        raise Wrong(f"it is signed by key {head['key_id']}; trusted: {', '.join(keys) or 'none'}")
    try:
        keys[head["key_id"]].verify(bytes.fromhex(signed["signature"]), tagged("head", head))
    except InvalidSignature as fault:
        raise Wrong("its signature is not of this text: it was changed or forged") from fault
    if clinic not in (None, head["clinic"]):
        raise Wrong(f"it is of clinic {head['clinic']}, not of {clinic}")
    return head


def genuine_heads(text: bytes, what: str, keys: Keys, clinic: str | None, wrong: list[str]) -> list[Head]:
    """The genuine ones of these heads, one a line, all of one clinic."""
    heads: list[Head] = []
    for number, line in enumerate(filter(None, text.splitlines()), 1):
        try:
            heads.append(genuine(parsed(line), keys, heads[0]["clinic"] if heads else clinic))
        except Wrong as fault:
            wrong.append(f"{what} {number}: {fault}.")
    return heads


class Log:
    """A log as it is read: its roots at the sizes that were signed, and how much of it is shown."""

    def __init__(self, heads: list[Head]) -> None:
        rising = sorted(heads, key=lambda head: int(head["size"]))
        self.clinic, self.signed = heads[0]["clinic"], [head["size"] for head in rising]
        self.earliest = list(accumulate(["", *(head["at"] for head in rising)], max))
        self.latest = list(accumulate(["~", *(head["at"] for head in reversed(rising))], min))[::-1]
        self.size = self.rows = self.payloads = 0
        self.subtrees: list[tuple[int, bytes]] = []
        self.roots = {0: sha256(b"").hex()}

    def add(self, text: bytes) -> None:
        """Take in the next line. It counts as a leaf even where it is wrong."""
        self.size, commitment = self.size + 1, ""
        try:
            line = shaped(parsed(text), CLOSED, more=True)
            commitment = line["commitment"]
            if line["seq"] != self.size:
                raise Wrong(f"entry {line['seq']} stands here: entries were removed, added or moved")
            self.show(line)
        finally:
            self.grow(leaf(commitment))

    def show(self, line: dict[str, Any]) -> None:
        """What a line shows beside its commitment must be what was committed to."""
        row, payload = (not part.keys().isdisjoint(line) for part in (ROW | PAYLOAD, PAYLOAD))
        shaped(line, CLOSED | (ROW if row else {}) | (PAYLOAD if payload else {}))
        if not row:
            return
        entry = shaped(line["entry"], ENTRY, more=True)
        if sha256(tagged("entry", entry, line["salt"])).hex() != line["commitment"]:
            raise Wrong("its row is not the one that was committed to")
        if (entry["seq"], entry["clinic"]) != (line["seq"], self.clinic):
            raise Wrong(f"its row is of entry {entry['seq']} of clinic {entry['clinic']}")
        smaller, at = bisect_left(self.signed, entry["seq"]), entry["recorded_at"]
        if at < self.earliest[smaller]:
            raise Wrong(f"it says {at}, but the head signed at {self.earliest[smaller]} is without it")
        if at > self.latest[smaller]:
            raise Wrong(f"it says {at}, but the head signed at {self.latest[smaller]} already holds it")
        made = sha256(tagged("payload", line["payload"], line["payload_salt"])).hex() if payload else None
        if made not in (None, entry["payload"]):
            raise Wrong("its payload is not the one that was committed to")
        self.rows, self.payloads = self.rows + 1, self.payloads + payload

    def grow(self, root: bytes, height: int = 0) -> None:
        """One more leaf: two subtrees of one height become one. Keep the root if a head speaks of it."""
        while self.subtrees and self.subtrees[-1][0] == height:
            root, height = over(self.subtrees.pop()[1], root), height + 1
        self.subtrees.append((height, root))
        if self.signed[bisect_left(self.signed, self.size) :][:1] == [self.size]:
            for _, left in self.subtrees[-2::-1]:
                root = over(left, root)
            self.roots[self.size] = root.hex()

    def against(self, heads: list[Head], what: str) -> Iterator[str]:
        """What is wrong with the log by the word of these heads."""
        sound = 0
        for head in sorted(heads, key=lambda head: int(head["size"])):
            signed = f"{what} of {head['size']} entries, signed at {head['at']}"
            if head["size"] > self.size:
                yield f"{signed}: the log ends after entry {self.size}; the rest was cut off."
            elif self.roots[head["size"]] == head["root"]:
                sound = head["size"]
            else:
                yield f"{signed}: entries {sound + 1} to {head['size']} are not all those it was signed for."


def check_export(folder: str, keys: Keys, kept: bytes, clinic: str | None) -> tuple[list[str], str]:
    """What is wrong with a whole export, and what was looked at."""
    wrong: list[str] = []
    own = genuine_heads(contents(f"{folder}/heads.jsonl"), "signed head", keys, clinic, wrong)
    if not own:
        return [*wrong, "no signed head is genuine, so nothing shows what the log should be."], ""
    previous = None
    for number, head in enumerate(own, 1):
        if head["previous"] != previous:
            wrong.append(f"signed head {number}: one before it was removed, moved or replaced.")
        previous = sha256(tagged("head", head)).hex()
    elsewhere = genuine_heads(kept, "head kept elsewhere", keys, own[0]["clinic"], wrong)
    log = Log(own + elsewhere)
    with opened(f"{folder}/log.jsonl") as lines:
        for text in lines:
            try:
                log.add(text)
            except Wrong as fault:
                wrong.append(f"entry {log.size}: {fault}.")
    covered = max(head["size"] for head in own)
    if log.size > covered:
        wrong.append(f"entries {covered + 1} to {log.size} are under no signed head.")
    wrong += [*log.against(own, "the head"), *log.against(elsewhere, "the head kept elsewhere")]
    shown = f"{log.rows} with their row, {log.payloads} with their payload"
    return wrong, f"{log.size} entries of clinic {log.clinic} ({shown}), as signed at {own[-1]['at']}."


def check_fact(name: str, keys: Keys, kept: bytes, clinic: str | None) -> tuple[list[str], str]:
    """What is wrong with the proof of one entry, and what it proves."""
    wrong: list[str] = []
    try:
        proof = shaped(parsed(contents(name)), PROOF | SIGNED)
        head = genuine({part: proof[part] for part in SIGNED}, keys, clinic)
        elsewhere = genuine_heads(kept, "head kept elsewhere", keys, head["clinic"], wrong)
        line, log = shaped(proof["line"], CLOSED, more=True), Log([head, *elsewhere])
        seq, size = line["seq"], head["size"]
        if not 1 <= seq <= size:
            raise Wrong(f"there is no entry {seq} in a log of {size}")
        log.show(line)
        if root_by_path(seq - 1, size, leaf(line["commitment"]), proof["path"]).hex() != head["root"]:
            raise Wrong("its path does not lead to the signed root: the log holds no such entry")
        paths = [shaped(each, {"size": COUNT, "path": HASHES}) for each in proof["consistency"]]
        for old in elsewhere:
            check_continues(head, old, {each["size"]: each["path"] for each in paths})
    except Wrong as fault:
        return [*wrong, f"{name}: {fault}."], ""
    shown = ", with its payload" if log.payloads else ", with its row" if log.rows else ", closed"
    return wrong, f"entry {seq} of clinic {log.clinic}{shown}, is in the log as signed at {head['at']}."


def check_continues(head: Head, old: Head, paths: Mapping[int, list[str]]) -> None:
    """The head's log must begin with the old head's."""
    known, was, now = bytes.fromhex(old["root"]), sha256(b""), bytes.fromhex(head["root"])
    if old["size"] == head["size"]:
        was = now
    elif 0 < old["size"] < head["size"] and old["size"] in paths:
        was, now = roots_by_path(old["size"], head["size"], paths[old["size"]], known)
    elif old["size"]:
        raise CannotCheck(f"the proof does not show how it goes with the kept head of {old['size']} entries")
    if (was.hex(), now.hex()) != (old["root"], head["root"]):
        raise Wrong(f"its log is not the one that was signed at {old['at']} with {old['size']} entries")


def opened(name: str) -> BinaryIO:
    """A file to read."""
    try:
        return open(name, "rb")  # noqa: PTH123 - this file keeps to the plainest Python
    except OSError as fault:
        raise CannotCheck(f"{name}: {fault.strerror}") from fault


def contents(name: str) -> bytes:
    """All of a file."""
    with opened(name) as file:
        return file.read()


def check(asked: argparse.Namespace) -> tuple[list[str], str]:
    """What is wrong, and what was looked at."""
    try:
        keys = dict(public_key(contents(name)) for name in asked.public_key)
    except Wrong as fault:
        raise CannotCheck(f"a key given with --public-key is of no use: {fault}") from fault
    kept = b"\n".join(map(contents, asked.head))
    if asked.fact:
        return check_fact(asked.fact, keys, kept, asked.clinic)
    try:
        if not keys:
            own = shaped(parsed(contents(f"{asked.export}/keys.json")), {}, more=True)
            keys = dict(public_key(str(pem).encode("ascii", "replace")) for pem in own.values())
    except Wrong as fault:
        return [f"keys.json: {fault}."], ""
    return check_export(asked.export, keys, kept, asked.clinic)


def main(arguments: list[str] | None = None) -> int:
    """Check what was asked for, print what was found, and give the exit code."""
    parser = argparse.ArgumentParser(prog="verify_log", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("export", nargs="?", metavar="EXPORT_DIR", help="log.jsonl, heads.jsonl, keys.json")
    parser.add_argument("--fact", metavar="PROOF.json", help="check the proof of one entry instead")
    parser.add_argument("--public-key", action="append", default=[], metavar="KEY.pem", help="to trust")
    parser.add_argument("--head", action="append", default=[], metavar="KEPT.jsonl", help="kept elsewhere")
    parser.add_argument("--clinic", metavar="NAME", help="whose log it must be")
    asked = parser.parse_args(arguments)
    if (asked.export is None) == (asked.fact is None):
        parser.error("name either the folder of an export, or --fact")
    if asked.fact and not asked.public_key:
        parser.error("--fact needs --public-key: a proof cannot vouch for its own key")
    try:
        wrong, looked_at = check(asked)
    except CannotCheck as fault:
        return say(f"NOT CHECKED: {fault}.", 2)
    except RecursionError:
        return say("WRONG: something in it is nested too deeply to be read.", 1)
    except ImportError:
        return say("NOT CHECKED: this Python has no package `cryptography`.", 2)
    if wrong:
        more = [f"and {len(wrong) - MOST_SHOWN} more."] if len(wrong) > MOST_SHOWN else []
        return say("\n".join([f"WRONG: {len(wrong)} found.", *wrong[:MOST_SHOWN], *more]), 1)
    if not asked.public_key:
        looked_at += "\nNOTE: it was checked by its own keys. Give --public-key, with a key you had before."
    if not asked.head:
        looked_at += "\nNOTE: only a --head kept elsewhere can show that its keeper cut or rewrote the log."
    return say(f"OK: {looked_at}", 0)


def say(text: str, code: int) -> int:
    """Print it, with no control characters that a file could hold against the reader; then the exit code."""
    print("".join(each if each.isprintable() or each == "\n" else "?" for each in text))  # noqa: T201 - its job
    return code


if __name__ == "__main__":
    sys.exit(main())
