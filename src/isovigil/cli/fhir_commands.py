"""How do `isovigil from-fhir` and `isovigil to-fhir` answer?"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from isovigil.case.case import Case
from isovigil.cli.streams import answer, complain, documents_in_utf8
from isovigil.exchange.case_file import CaseProblems, load_case
from isovigil.exchange.case_writer import write_case
from isovigil.exchange.fhir.intake import LARGEST
from isovigil.exchange.fhir.outcome import operation_outcome, told_in_words
from isovigil.exchange.fhir.reading import read_fhir
from isovigil.exchange.fhir.writing import write_fhir
from isovigil.usecases.review_cases import STANDARD_INPUT, case_paths

_ENDINGS = (".json", ".ndjson")
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


def run_from_fhir(files: Sequence[str], programme: str | None, out: str | None, outcome: str | None) -> int:
    """Print the one case, or write a case file a patient; 0, or 2 where something may not be judged."""
    try:
        inputs = [_read(path) for path in _paths(files)]
    except OSError as wrong:
        complain(f"{wrong.filename}: {wrong.strerror}. Check the path; `-` reads standard input.")
        return 2
    reading = read_fhir(inputs, programme=programme)
    for line in told_in_words(reading.issues):
        complain(line)
    try:
        if outcome is not None:
            text = json.dumps(operation_outcome(reading.issues), ensure_ascii=False, indent=1)
            Path(outcome).write_text(text + "\n", encoding="utf-8")
        if reading.fatal:
            complain("No case was written: what is fatal above has to be settled first.")
            return 2
        return _give(reading.cases, out, "yaml")
    except OSError as wrong:
        complain(f"{wrong.filename} cannot be written: {wrong.strerror}.")
        return 2


def run_to_fhir(cases: Sequence[str], out: str | None) -> int:
    """Print the one Bundle, or write one a patient; 0, or 2 where a case cannot be read."""
    read = []
    troubled = False
    for path in case_paths(cases):
        try:
            read.append(load_case(path))
        except CaseProblems as problems:
            complain(problems)
            troubled = True
    if troubled or not read:
        complain("No Bundle was written: every case has to be readable first.")
        return 2
    try:
        return _give(read, out, "json")
    except OSError as wrong:
        complain(f"{wrong.filename} cannot be written: {wrong.strerror}.")
        return 2


def _paths(files: Sequence[str]) -> Iterable[str]:
    for given in files:
        path = Path(given)
        if given != STANDARD_INPUT and path.is_dir():
            yield from sorted(str(each) for each in path.rglob("*") if each.suffix in _ENDINGS)
        else:
            yield given


def _read(path: str) -> bytes:
    if path == STANDARD_INPUT:
        return sys.stdin.buffer.read(LARGEST + 1)
    with Path(path).open("rb") as file:
        return file.read(LARGEST + 1)


def _give(cases: Sequence[Case], out: str | None, form: str) -> int:
    """One case on standard output, or each in a file of its own named after the patient."""
    if out is None and len(cases) != 1:
        complain(f"There are {len(cases)} patients. Name a folder with --out: each gets a file of its own.")
        return 2
    if out is None:
        documents_in_utf8()
        answer(_text(cases[0], form).rstrip("\n"))
        return 0
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    names = files_named_after(cases, form)
    taken = [name for name in names if (folder / name).exists()]
    if taken:
        complain(f"{folder / taken[0]} is there already, so nothing was written. Name an empty folder.")
        return 2
    for case, name in zip(cases, names, strict=True):
        (folder / name).write_text(_text(case, form), encoding="utf-8")
    complain(f"{len(cases)} written to {folder}.")
    return 0


def _text(case: Case, form: str) -> str:
    return write_fhir(case) if form == "json" else write_case(case, "yaml")


def files_named_after(cases: Sequence[Case], form: str) -> list[str]:
    """A file name for each patient; none twice, and none that leads out of the folder."""
    names: list[str] = []
    for number, case in enumerate(cases, start=1):
        plain = _UNSAFE.sub("-", case.patient.id).strip(".-")[:80] or "patient"
        name = f"{plain}.{form}"
        names.append(name if name not in names else f"{plain}-{number}.{form}")
    return names
