"""Which resources does a line hold that the strict loader reads itself, and what is wrong with it?"""

from __future__ import annotations

import re
from typing import Any, Final, cast

import msgspec
from msgspec.structs import replace

from isovigil.exchange.bulk.flatten import is_doubtful, may_be_grave
from isovigil.exchange.bulk.repeated_keys import what_is_looked_at
from isovigil.exchange.bulk.rows_as_resources import Row
from isovigil.exchange.fhir.intake import KINDS_READ, Intake, take_in
from isovigil.exchange.fhir.outcome import Issue
from isovigil.exchange.fhir.resources import AnyResource

OTHER_VERSION: Final = "It is written in {} of FHIR, not in R4; what R4 words otherwise is not seen."
_OLDER: Final = {
    "MedicationOrder": "DSTU2", "DiagnosticOrder": "DSTU2", "ProcedureRequest": "DSTU2 or STU3",
    "ReferralRequest": "DSTU2 or STU3", "DeviceUseRequest": "DSTU2", "MedicationUsage": "R5",
}  # fmt: skip
_R5: Final = re.compile(rb'"medication"\s*:\s*\{|"reason"\s*:\s*\[\s*\{\s*"(?:concept|reference)"\s*:\s*\{')

_anything: Final = msgspec.json.Decoder()
_encoder: Final = msgspec.json.Encoder()
_resource: Final = msgspec.json.Decoder(AnyResource)


def taken_strictly(row: Row, raw: bytes | None, place: str) -> Intake:
    """The resources of a line by their places, and every problem of the line as such."""
    intake = Intake([], [])
    if raw is None:
        severity, _, says = (row.trouble or "error The line is no longer there.").partition(" ")
        intake.issues.append(Issue(cast("Any", severity), "too-long", place, says))
        return intake
    taken = take_in(raw)
    if taken.issues and not taken.entries and not is_doubtful(raw):
        seen = what_is_looked_at(raw)
        taken = taken if seen is None else take_in(seen)
    intake.issues.extend(_of_a_line(issue, raw, place) for issue in taken.issues)
    intake.entries.extend(replace(entry, place=f"{place}.{entry.place}") for entry in taken.entries)
    version = _OLDER.get(row.kind) or ("R5" if _is_r5(raw) else None)
    if version is not None:
        intake.issues.append(Issue("warning", "not-supported", place, OTHER_VERSION.format(version)))
    return intake


def sound_resource(row: Row) -> AnyResource | None:
    """The resource of a line of which nothing has to be told; None where `taken_strictly` has to look.

    A line that is to the letter what its values are when written again holds no key twice.
    """
    raw = row.raw
    if raw is None or row.kind not in KINDS_READ or _is_r5(raw):
        return None
    try:
        whole = _anything.decode(raw)
        if type(whole) is not dict or _encoder.encode(whole) != raw:
            return None
        resource: AnyResource = _resource.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return resource


def _is_r5(raw: bytes) -> bool:
    return (b'"medication"' in raw or b'"reason"' in raw) and _R5.search(raw) is not None


def _of_a_line(issue: Issue, raw: bytes, place: str) -> Issue:
    """An issue of a line in its place. A line that is no JSON is fatal only where it may be grave."""
    if issue.expression == "%resource":
        severity = issue.severity
        if severity == "fatal" and not may_be_grave(raw):
            severity = "error"
        return replace(issue, severity=severity, expression=place)
    return replace(issue, expression=f"{place}.{issue.expression}")
