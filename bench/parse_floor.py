"""What is the least that reading an export can cost a task?

DuckDB parses exactly the elements that the task's facts are made of, of all files that it reads, and keeps
nothing: one query a resource type, explicit columns, each column counted, no text made of any of them. Each
task has a floor of its own, since each reads other elements. The full review reads answers to questionnaires,
components, reference ranges, doses and consents, of which the twelve small rules of Task B ask less.

What a loader reads only where no code is known (`display`, `text`), and elements that do not occur in the
made-up people, are left out, so that a floor is rather too low than too high.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import duckdb

Elements = Mapping[str, str]
"""The DuckDB type of each element."""
_TEXT: Final = "VARCHAR"
_WHOSE: Final = "STRUCT(reference VARCHAR)"
_CODING: Final = "STRUCT(system VARCHAR, code VARCHAR)"
_CODES: Final = f"STRUCT(coding {_CODING}[])"
_NUMBER: Final = 'STRUCT("value" DOUBLE)'
_AMOUNT: Final = 'STRUCT("value" DOUBLE, unit VARCHAR, system VARCHAR, code VARCHAR)'
_RESULT: Final = 'STRUCT("value" DOUBLE, comparator VARCHAR, unit VARCHAR, system VARCHAR, code VARCHAR)'
_PEOPLE: Final = 'STRUCT(reference VARCHAR, "type" VARCHAR)[]'
_PERIOD: Final = 'STRUCT("start" VARCHAR, "end" VARCHAR)'
_DOSES: Final = (
    'STRUCT(timing STRUCT("repeat" STRUCT(frequency BIGINT, "period" DOUBLE, periodUnit VARCHAR)), '
    f"doseAndRate STRUCT(doseQuantity {_AMOUNT})[])[]"
)
_ORDERED: Final = (
    f"STRUCT(numberOfRepeatsAllowed BIGINT, quantity {_AMOUNT}, expectedSupplyDuration {_AMOUNT})"
)
_ANSWERS: Final = f"STRUCT(linkId VARCHAR, answer STRUCT(valueCoding {_CODING})[])[]"
_COMPONENTS: Final = (
    f"STRUCT(code {_CODES}, valueCodeableConcept {_CODES}, valueBoolean BOOLEAN, valueInteger BIGINT, "
    "valueString VARCHAR, valueDateTime VARCHAR)[]"
)

TASK_B: Final[Mapping[str, Elements]] = {
    "Patient": {"id": _TEXT, "birthDate": _TEXT},
    "Condition": {"id": _TEXT, "subject": _WHOSE, "clinicalStatus": _CODES, "verificationStatus": _CODES,
                  "code": _CODES, "onsetDateTime": _TEXT},
    "MedicationDispense": {"id": _TEXT, "status": _TEXT, "subject": _WHOSE, "whenHandedOver": _TEXT,
                           "medicationCodeableConcept": _CODES, "quantity": _NUMBER, "daysSupply": _AMOUNT,
                           "authorizingPrescription": f"{_WHOSE}[]"},
    "MedicationRequest": {"id": _TEXT, "status": _TEXT, "intent": _TEXT, "subject": _WHOSE,
                          "authoredOn": _TEXT, "medicationCodeableConcept": _CODES,
                          "dosageInstruction": _DOSES, "dispenseRequest": _ORDERED},
    "MedicationStatement": {"id": _TEXT, "status": _TEXT, "subject": _WHOSE,
                            "medicationCodeableConcept": _CODES, "effectivePeriod": _PERIOD},
    "Observation": {"id": _TEXT, "status": _TEXT, "subject": _WHOSE, "code": _CODES,
                    "effectiveDateTime": _TEXT, "valueQuantity": _RESULT, "valueCodeableConcept": _CODES,
                    "valueInteger": "BIGINT", "referenceRange": f"STRUCT(high {_NUMBER})[]"},
    "QuestionnaireResponse": {"id": _TEXT, "status": _TEXT, "subject": _WHOSE, "questionnaire": _TEXT,
                              "authored": _TEXT, "item": _ANSWERS},
}  # fmt: skip
"""What the facts are made of that Task B asks for. Encounters and consents make none."""

FULL_REVIEW: Final[Mapping[str, Elements]] = {
    **TASK_B,
    "Patient": {**TASK_B["Patient"], "gender": _TEXT},
    "Condition": {**TASK_B["Condition"], "severity": _CODES, "recordedDate": _TEXT},
    "Consent": {"id": _TEXT, "status": _TEXT, "category": f"{_CODES}[]", "patient": _WHOSE,
                "dateTime": _TEXT, "performer": _PEOPLE},
    "Encounter": {"id": _TEXT, "status": _TEXT, "class": _CODING, "type": f"{_CODES}[]", "subject": _WHOSE,
                  "period": _PERIOD},
    "MedicationStatement": {**TASK_B["MedicationStatement"], "dateAsserted": _TEXT},
    "Observation": {**TASK_B["Observation"], "issued": _TEXT, "valueBoolean": "BOOLEAN",
                    "valueDateTime": _TEXT, "interpretation": f"{_CODES}[]", "component": _COMPONENTS,
                    "referenceRange": f"STRUCT(high {_AMOUNT})[]", "performer": _PEOPLE},
}  # fmt: skip
"""What the facts of a full review are made of."""


TIMES: Final = 3
"""The best of so many times counts."""


def floor(
    folder: Path,
    task: Mapping[str, Elements],
    threads: int = 1,
    clock: Callable[[], float] = time.process_time,
) -> float:
    """What a clock tells of parsing the elements of a task by so many threads; the best of some times."""
    return min(_parsed(folder, task, threads, clock) for _ in range(TIMES))


def _parsed(folder: Path, task: Mapping[str, Elements], threads: int, clock: Callable[[], float]) -> float:
    base = duckdb.connect(config={"threads": threads})
    began = clock()
    for kind, elements in task.items():
        kept = ", ".join(f'count("{name}")' for name in elements)
        columns = ", ".join(f"\"{name}\": '{held}'" for name, held in elements.items())
        base.execute(
            f"SELECT count(*), {kept} FROM read_ndjson('{folder}/{kind}*.ndjson', columns = {{{columns}}})"
        ).fetchall()
    return clock() - began
