"""Why does a peer give another answer of Task A than Isovigil?

Causes are worked out again from the lines themselves, by no engine's code: the day of an instant in the
clinic's zone against the day as it is written, and the total order of results on one day.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

OUTPUTS: Final = ("latest ALT", "latest triglycerides", "negative hCG", "days since hand-over")
CLINIC: Final = ZoneInfo("America/New_York")
COUNTED: Final = ("final", "corrected", "amended")
CODES: Final = {
    "latest ALT": {"1742-6"},
    "latest triglycerides": {"2571-8", "3048-6", "14927-8"},
    "negative hCG": {"2106-3", "2118-8", "19080-1"},
}
ZONE: Final = "an instant near midnight: CQL takes the day as written, Isovigil the day in the clinic's zone"
TIE: Final = (
    "several results on the latest day: the peer ignores the second key of `sort by`, so not the worse"
)
BELOW: Final = "an hCG reported as `<5` is missed by the peer"
UNKNOWN: Final = "NOT EXPLAINED"


class Difference(NamedTuple):
    """One answer about one patient that is not the same."""

    patient: str
    output: str
    ours: Any
    theirs: Any


def differing(ours: Mapping[str, Sequence[Any]], theirs: Mapping[str, Sequence[Any]]) -> list[Difference]:
    """Every answer that differs; patients that only one of the two tells of differ in all."""
    found = []
    nothing = ("no patient",) * len(OUTPUTS)
    for patient in sorted({*ours, *theirs}):
        pairs = zip(OUTPUTS, ours.get(patient, nothing), theirs.get(patient, nothing), strict=True)
        found += [Difference(patient, name, own, peer) for name, own, peer in pairs if not _same(own, peer)]
    return found


def _same(own: Any, peer: Any) -> bool:
    numbers = (int, float)
    if isinstance(own, numbers) and isinstance(peer, numbers) and not isinstance(own, bool):
        return abs(own - peer) <= 1e-9 * max(abs(own), 1.0)
    return bool(own == peer)


def cause_of(one: Difference, export: Path, index: date) -> str:
    """Why the answers differ, or that it is not known."""
    lines = list(_lines_of(one.patient, export))
    answer = _days_since if one.output == "days since hand-over" else _observed
    clinic, written = (answer(lines, one.output, index, is_written) for is_written in (False, True))
    if not clinic or not _same(one.ours, clinic[-1]):
        return f"{UNKNOWN}: by the lines themselves it is {clinic[-1] if clinic else None}"
    if written and _same(one.theirs, written[-1]):
        return ZONE
    if any(_same(one.theirs, each) for each in (*clinic, *written)):
        return TIE
    return BELOW if one.output == "negative hCG" and one.ours else UNKNOWN


def _lines_of(patient: str, export: Path) -> Iterator[dict[str, Any]]:
    for kind in ("Observation", "MedicationDispense"):
        for file in sorted(export.glob(f"{kind}*.ndjson")):
            for line in file.read_text(encoding="utf-8").splitlines():
                if f'"Patient/{patient}"' in line:
                    yield json.loads(line)


def _day(text: str, is_written: bool) -> date:
    if is_written or len(text) == len("2025-06-30"):
        return date.fromisoformat(text[:10])
    return datetime.fromisoformat(text).astimezone(CLINIC).date()


def _days_since(lines: list[dict[str, Any]], output: str, index: date, is_written: bool) -> list[Any]:
    days = [
        _day(line["whenHandedOver"], is_written)
        for line in lines
        if line["resourceType"] == "MedicationDispense" and line["status"] == "completed"
    ]
    return [(index - day).days for day in sorted(days) if day <= index][-1:] or [None]


def _observed(lines: list[dict[str, Any]], output: str, index: date, is_written: bool) -> list[Any]:
    """The results of the latest day, the worse last; for hCG whether one is negative in seven days."""
    found = []
    for line in lines:
        codes = {each["code"] for each in line.get("code", {}).get("coding", ())}
        if not codes & CODES[output] or line["status"] not in COUNTED:
            continue
        day = _day(line["effectiveDateTime"], is_written)
        if day <= index:
            found.append((day, _value(line, output)))
    if output == "negative hCG":
        return [any(value and day >= index - timedelta(days=7) for day, value in found)]
    last = max((day for day, _ in found), default=None)
    return sorted(value for day, value in found if day == last) or [None]


def _value(line: dict[str, Any], output: str) -> Any:
    quantity = line.get("valueQuantity", {})
    if output == "negative hCG":
        codes = {each["code"] for each in line.get("valueCodeableConcept", {}).get("coding", ())}
        number = quantity.get("value", 1e9)
        return "LA6577-6" in codes or number < 5 or (number <= 5 and quantity.get("comparator") == "<")
    return quantity["value"] * (88.57 if quantity["code"] == "mmol/L" else 1.0)


def plant_ties(export: Path, index: date) -> int:
    """Two more patients with two ALT results on one day, the worse first and last; how many were added."""
    day = (index - timedelta(days=3)).isoformat()
    planted = {"tie-rising": (21, 38), "tie-falling": (38, 21)}
    people, results = [], []
    for patient, values in planted.items():
        people.append({"resourceType": "Patient", "id": patient, "gender": "male", "birthDate": "1990-01-01"})
        for number, value in enumerate(values):
            results.append(
                {"resourceType": "Observation", "id": f"{patient}-{number}", "status": "final",
                 "code": {"coding": [{"system": "http://loinc.org", "code": "1742-6"}]},
                 "subject": {"reference": f"Patient/{patient}"}, "effectiveDateTime": day,
                 "valueQuantity": {"value": value, "unit": "U/L", "code": "U/L",
                                   "system": "http://unitsofmeasure.org"}}
            )  # fmt: skip
    for kind, listed in (("Patient", people), ("Observation", results)):
        text = "".join(f"{json.dumps(each, separators=(',', ':'))}\n" for each in listed)
        (export / f"{kind}.9999.ndjson").write_text(text, encoding="utf-8")
    return len(planted)
