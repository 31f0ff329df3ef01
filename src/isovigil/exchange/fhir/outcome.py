"""What could not be read, or was read with a doubt, and where does it stand?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final, Literal

import msgspec

from isovigil.exchange.problems import visible

Severity = Literal["fatal", "error", "warning", "information"]
IssueCode = Literal[
    "structure",
    "required",
    "value",
    "invariant",
    "not-supported",
    "incomplete",
    "informational",
    "code-invalid",
    "business-rule",
    "duplicate",
    "not-found",
    "multiple-matches",
    "too-long",
]
SEVERITIES: Final[tuple[Severity, ...]] = ("fatal", "error", "warning", "information")


class Issue(msgspec.Struct, frozen=True):
    """One thing about one place of the input.

    `fatal`: nothing may be judged. `error`: not read, and a rule may need it. `warning`: read, with a
    doubt a person should settle, or left out because it does not count yet. `information`: nothing that
    any rule looks at, or evidence for a person.
    """

    severity: Severity
    code: IssueCode
    expression: str
    """FHIRPath from the top of the input: ``Bundle.entry[3].resource.effective``."""
    text: str

    def in_words(self) -> str:
        """One line for a person."""
        return visible(f"{self.severity}: {self.expression}: {self.text}")


def operation_outcome(issues: Sequence[Issue]) -> dict[str, Any]:
    """The issues as a FHIR R4 OperationOutcome; one issue of success where there is none."""
    told = [
        {
            "severity": each.severity,
            "code": each.code,
            "details": {"text": each.text},
            "expression": [each.expression],
        }
        for each in issues
    ]
    nothing = {
        "severity": "information",
        "code": "informational",
        "details": {"text": "Everything was read."},
    }
    return {"resourceType": "OperationOutcome", "issue": told or [nothing]}


def told_in_words(issues: Iterable[Issue], severities: Iterable[Severity] = SEVERITIES) -> list[str]:
    """The issues of these severities, the gravest first, a line each."""
    wanted = set(severities)
    chosen = [each for each in issues if each.severity in wanted]
    return [each.in_words() for each in sorted(chosen, key=lambda one: SEVERITIES.index(one.severity))]


_CHOICES: Final = re.compile(
    r"\b(value|effective|onset|abatement|medication)"
    r"(?:Boolean|Integer|Decimal|String|DateTime|Date|Quantity|Ratio|Coding|CodeableConcept|Instant|Period"
    r"|Reference)\b"
)


def fhirpath(place: str, msgspec_path: str) -> str:
    """The FHIRPath of a place inside a resource, from the path msgspec names: ``$.valueQuantity.value``."""
    inner = _CHOICES.sub(r"\1", msgspec_path.removeprefix("$").replace("[...]", ""))
    return f"{place}{inner}"
