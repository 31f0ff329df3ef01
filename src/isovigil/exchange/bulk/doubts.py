"""Which lines may hold anything the fast loader would not take as the strict one does?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from isovigil.exchange.bulk.elements import Column, Columns
from isovigil.exchange.bulk.fast_columns import FAST, NUMBER, UNDER

_OF_MEDICINES: Final = frozenset({"MedicationRequest", "MedicationDispense", "MedicationStatement"})
"""Types in which FHIR R5 writes `medication` where R4 writes one of two other elements."""
_OURS: Final = b"urn:isovigil:"
_RELATIVE: Final = "Patient/"
_ABSOLUTE: Final = re.compile(r"https?://[^\"\\]*/Patient/([A-Za-z0-9.-]{1,64})")
_PATIENT_ID: Final = re.compile(r"[A-Za-z0-9.-]{1,64}")
_PLAIN_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_LONGEST_NUMBER: Final = 15
"""Characters of a number that are the same decimal number whoever reads them."""
_ONE_PRESCRIPTION: Final = re.compile(
    rb'\[\{"reference":"([A-Za-z0-9./:-]{1,200})"(?:,"display":"[^"\\]*")?\}\]'
)


class Doubts:
    """The rows that have to be read by the strict loader, gathered column by column."""

    def __init__(self, name: str, columns: Columns, count: int) -> None:
        self.rows: set[int] = set()
        self._columns = columns
        self._count = count
        kinds = self._column("resourceType")
        if kinds.count(name) != count:
            self._add(kind != name for kind in kinds)
        self._without("id")
        self._with("contained", *(("medication",) if name in _OF_MEDICINES else ()))
        self._whose = FAST[name].whose
        self._with(*({"subject", "patient"} - {self._whose}))
        self._with_ours("extension", "identifier")
        if name == "Observation":
            self._without("effectiveDateTime")
        if name == "MedicationStatement":
            # A row has room for three days, and most statements have a period.
            self._with("effectiveDateTime")

    def _column(self, path: str) -> Column:
        return self._columns.get(path) or ("",) * self._count

    def _add(self, are_doubtful: Iterable[bool]) -> None:
        self.rows.update(row for row, is_doubtful in enumerate(are_doubtful) if is_doubtful)

    def _without(self, path: str) -> None:
        column = self._column(path)
        if not all(column):
            self._add(not each for each in column)

    def _with(self, *paths: str) -> None:
        for path in paths:
            if path in self._columns:
                self._add(map(bool, self._columns[path]))

    def _with_ours(self, *paths: str) -> None:
        """An element of our own, or one written so that it cannot be told."""
        for path in paths:
            column = self._columns.get(path, ())
            whole = b"".join(column)
            if _OURS in whole or b"\\" in whole:
                self._add(_OURS in bytes(each) or b"\\" in bytes(each) for each in column)

    def patients(self, name: str) -> Sequence[str]:
        """Whom each row is about."""
        if name == "Patient":
            self._with(*(path for path in self._columns if path.startswith("subject.")))
            names = self._column("id")
            self._add(_PATIENT_ID.fullmatch(each) is None for each in names)
            return names
        references = self._column(f"{self._whose}.reference")
        # No text has the end of a line in it: they were written without escapes.
        whole = "\n".join(references)
        names = whole.removeprefix(_RELATIVE).split(f"\n{_RELATIVE}")
        slashes = whole.count("/")
        if (
            not whole.startswith(_RELATIVE)
            or len(names) != self._count
            or slashes != self._count
            or not all(names)
        ):
            names = list(map(_patient_named, references))
            self._add(not each for each in names)
        return names

    def numbers(self) -> Sequence[str | None] | None:
        """The number each row holds, as it is written."""
        column = self._columns.get(NUMBER)
        if column is None:
            return None
        texts = [str(each, "latin-1") if each else None for each in column]
        odd = {text for text in set(texts) if text is not None and not _is_plain(text)}
        if odd:
            self._add(text in odd for text in texts)
        return texts

    def prescriptions(self) -> Sequence[str]:
        """The one prescription each hand-over names, or nothing."""
        column = self._column(UNDER)
        found = [_ONE_PRESCRIPTION.fullmatch(each) if each else None for each in column]
        self._add(bool(each) and one is None for each, one in zip(column, found, strict=True))
        return ["" if one is None else one[1].decode() for one in found]


def _patient_named(reference: str) -> str:
    name = reference.removeprefix(_RELATIVE)
    if name != reference and "/" not in name:
        return name
    absolute = _ABSOLUTE.fullmatch(reference)
    return "" if absolute is None else absolute[1]


def _is_plain(text: str) -> bool:
    return len(text) <= _LONGEST_NUMBER and _PLAIN_NUMBER.fullmatch(text) is not None
