"""Which patients does one case file or Bundle of a folder hold, and what about it was unread?"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from isovigil.exchange.bulk.assembling import Problem
from isovigil.exchange.bulk.fact_rows import StoredPatient
from isovigil.exchange.bulk.input_files import InputFile
from isovigil.exchange.case_file import CaseProblems, read_case_text
from isovigil.exchange.fhir.intake import looks_like_fhir
from isovigil.exchange.fhir.reading import read_fhir


class ReadFile(NamedTuple):
    """What one file held: its patients, and what has to be told, with whom it concerns."""

    patients: tuple[StoredPatient, ...]
    problems: tuple[tuple[str | None, Problem], ...]


def read_case_file(file: InputFile, programme: str | None) -> ReadFile:
    """The patients of one file. Never raises for a faulty one."""
    try:
        data = Path(file.path).read_bytes()
        if looks_like_fhir(data, file.name):
            return _of_bundle(data, file, programme)
        case = read_case_text(data, file.name, programme=programme)
    except CaseProblems as wrong:
        return ReadFile((), ((None, _problem("error", "structure", file, None, str(wrong))),))
    except OSError as wrong:
        return ReadFile(
            (), ((None, _problem("error", "structure", file, None, f"It cannot be read: {wrong}.")),)
        )
    return ReadFile((StoredPatient(case.patient.id, case, None, 0, 0),), ())


def _of_bundle(data: bytes, file: InputFile, programme: str | None) -> ReadFile:
    reading = read_fhir([data], programme=programme)
    refusal = "; ".join(f"{each.expression}: {each.text}" for each in reading.fatal) or None
    whose = reading.cases[0].patient.id if len(reading.cases) == 1 else None
    told = [
        (whose, _problem(each.severity, each.code, file, each.expression, each.text))
        for each in reading.issues
        if each.severity != "information"
    ]
    errors = sum(problem.severity in ("fatal", "error") for _, problem in told)
    patients = tuple(
        StoredPatient(case.patient.id, case, refusal, errors, len(told) - errors) for case in reading.cases
    )
    return ReadFile(patients, tuple(told))


def _problem(severity: str, code: str, file: InputFile, element: str | None, says: str) -> Problem:
    return Problem(severity, code, file.name, None, None, None, element, says, "strict")
