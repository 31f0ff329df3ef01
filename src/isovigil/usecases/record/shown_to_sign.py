"""What exactly stood on the page when somebody signed, and does the same page still say the same?"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from isovigil.case.fact import Fact
from isovigil.decisions.review import Review
from isovigil.proof.canonical import NotCanonical, canonical
from isovigil.usecases.record.patient_case import OnRecord


class Advice(NamedTuple):
    """The review as it would be with the typed facts, beside the one without; and those facts, checked."""

    before: Review
    after: Review
    facts: Sequence[Fact]


class LineToSign(msgspec.Struct, frozen=True):
    """One line of advice: its verdict or action, what it says, and the step it asks for."""

    tone: str
    says: str
    step: str


class ShownToSign(msgspec.Struct, frozen=True, kw_only=True):
    """The statement somebody was asked to sign, in the words and the language in which they read it."""

    language: str
    patient: str
    """The opaque id."""
    name: str
    second_id: str
    form: str
    signer: str
    meaning: str
    facts: tuple[tuple[str, str], ...]
    """Each fact of the draft as it read: its kind with its day, and what it says."""
    draft_hash: str
    """SHA-256 over the facts as the form makes them: two drafts that read alike are still told apart."""
    gates: tuple[tuple[str, str, bool], ...]
    """The words of each gate, its verdict, and whether this visit changes it."""
    lines: tuple[LineToSign, ...]
    """The advice."""

    @property
    def hash(self) -> str:
        """SHA-256 over the canonical JSON (RFC 8785) of the statement, in hexadecimal."""
        return hash_of_statement(msgspec.to_builtins(self))


class ToSign(NamedTuple):
    """What the page that is being signed carried, and how the same page is told again."""

    hash: str
    tell: Callable[[Advice, OnRecord], ShownToSign]


class ShownOtherwise(Exception):
    """The page would say something else now, or what it carried is not what it showed: nothing is signed."""

    def __init__(self, now: ShownToSign) -> None:
        super().__init__("What was shown is not what would be signed now. Look at what changed, then sign.")
        self.now = now


def hash_of_statement(statement: Mapping[str, Any]) -> str:
    """SHA-256 over the canonical JSON of a statement that is plain values, in hexadecimal.

    Raises:
        NotCanonical: It holds what JSON cannot carry exactly.
    """
    return hashlib.sha256(canonical(statement)).hexdigest()


def hash_of_draft(facts: Sequence[Mapping[str, Any]]) -> str:
    """SHA-256 over the canonical JSON of the facts that a form makes, in their order, in hexadecimal."""
    return hashlib.sha256(canonical(msgspec.to_builtins(list(facts)))).hexdigest()


def kept(shown: ShownToSign) -> dict[str, Any]:
    """What a signature keeps of it: the statement, and its hash."""
    return {"hash": shown.hash, "statement": msgspec.to_builtins(shown)}


def is_whole(signature: Mapping[str, Any]) -> bool:
    """Is what a signature says was shown what its hash was made of? True where it says nothing of it."""
    shown = signature.get("shown")
    if shown is None:
        return True
    try:
        return bool(hash_of_statement(shown["statement"]) == shown["hash"])
    except (KeyError, TypeError, NotCanonical):
        return False


def statement_from(text: str, digest: str) -> ShownToSign | None:
    """The statement that a page carried, where it is the one of its hash; None where it is not."""
    try:
        shown = msgspec.json.decode(text, type=ShownToSign)
        return shown if shown.hash == digest else None
    except (msgspec.DecodeError, NotCanonical):  # a ValidationError is a DecodeError
        return None


def statement_of(signature: Mapping[str, Any]) -> ShownToSign | None:
    """What a signature on record says was shown; None where it says nothing, or not what its hash says."""
    if not is_whole(signature) or signature.get("shown") is None:
        return None
    return msgspec.convert(signature["shown"]["statement"], ShownToSign)
