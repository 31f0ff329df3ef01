"""Which patients does one case file or Bundle of a folder hold, and what about it was unread?

A patient whom two files name is not judged: whether one file corrects the other, adds to it, or is about
somebody else of the same id, nobody told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from isovigil.exchange.bulk.assembling import Problem
from isovigil.exchange.bulk.fact_rows import StoredPatient
from isovigil.exchange.bulk.input_files import InputFile
from isovigil.exchange.case_file import CaseProblems, read_case_text
from isovigil.exchange.fhir.intake import looks_like_fhir
from isovigil.exchange.fhir.reading import read_fhir

_NAMED_TWICE: Final = (
    "Patient {} is in {}. Which of them holds, or whether both are about one person, is not told, so the "
    "patient is not judged. Leave one file for each patient."
)


class ReadFile(NamedTuple):
    """What one file held: its patients, and what has to be told, with whom it concerns."""

    patients: tuple[StoredPatient, ...]
    problems: tuple[tuple[str | None, Problem], ...]


TwiceNamed = Mapping[str, tuple[str, ...]]
"""Patients whom several files name, with those files in their order."""


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


def twice_named(named: Iterable[tuple[str, str]]) -> TwiceNamed:
    """Of patients with the file that names them, those whom several files name."""
    files: dict[str, dict[str, None]] = {}
    for patient, file in named:
        files.setdefault(patient, {})[file] = None
    return {patient: tuple(several) for patient, several in files.items() if len(several) > 1}


def not_judged_twice(read: ReadFile, file: InputFile, twice: TwiceNamed) -> ReadFile:
    """What a file held, without the cases of patients whom other files name, too.

    Each of the files is told; the patient is listed once, with the first of them.
    """
    kept: list[StoredPatient] = []
    problems = list(read.problems)
    for stored in read.patients:
        files = twice.get(stored.patient)
        if files is None:
            kept.append(stored)
            continue
        says = _NAMED_TWICE.format(stored.patient, " and ".join(files))
        problems.append((stored.patient, _problem("fatal", "duplicate", file, None, says)))
        if file.name == files[0]:
            kept.append(StoredPatient(stored.patient, None, says, len(files), 0))
    return ReadFile(tuple(kept), tuple(problems))


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
