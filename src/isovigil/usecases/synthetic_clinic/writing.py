"""Where is a synthetic clinic written, so that every other command can read it like a real one?"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from isovigil.exchange.case_writer import write_case
from isovigil.exchange.fhir.writing import write_fhir
from isovigil.usecases.synthetic_clinic.clinic import SyntheticPatient

Form = Literal["fhir", "yaml"]
ENDINGS: dict[Form, str] = {"fhir": "fhir.json", "yaml": "yaml"}
DISPLAY_LIST = "names.csv"
"""Beside the cases: id, made-up name and story. A case file itself never holds a name."""
MARK = ".synthetic-clinic"
"""Says that a folder was written here and may be written over whole."""


class NotOurFolder(Exception):
    """The folder holds files that no demo wrote; nothing was touched."""


def write_clinic(patients: Iterable[SyntheticPatient], folder: Path, form: Form = "yaml") -> list[Path]:
    """Write each course and the display list beside them; returns the files that hold the courses.

    `form` is `yaml` for case files a person reads, or `fhir` for FHIR R4 Bundles as a record system
    would send them; `load_case` reads either back as the same case.

    A folder written before is written over whole. Raises NotOurFolder for a folder that holds
    anything else, and OSError where it cannot be written.
    """
    _make_room(folder)
    written = []
    rows = []
    for patient in patients:
        path = folder / f"{patient.case.patient.id}.{ENDINGS[form]}"
        text = write_fhir(patient.case) if form == "fhir" else write_case(patient.case, "yaml")
        path.write_text(text, encoding="utf-8")
        written.append(path)
        rows.append((patient.person.id, patient.person.name, patient.story.name))
    with (folder / DISPLAY_LIST).open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(("id", "name", "story"))
        table.writerows(rows)
    return written


def _make_room(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise NotOurFolder(f"{folder} is a file. Name another folder with --out.")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / MARK).exists():
        raise NotOurFolder(
            f"{folder} holds files that `isovigil demo` did not write, so nothing was written there. "
            "Name an empty or a new folder with --out."
        )
    folder.mkdir(parents=True, exist_ok=True)
    written_before = (file for ending in ENDINGS.values() for file in folder.glob(f"p-*.{ending}"))
    for old in (*written_before, folder / DISPLAY_LIST):
        old.unlink(missing_ok=True)
    (folder / MARK).write_text(
        "Written by `isovigil demo`, and written over by the next one.\n", encoding="utf-8"
    )


def display_names(path: Path) -> dict[str, str]:
    """The names of a display list, by id. Raises OSError, and KeyError where a column is missing."""
    with path.open(encoding="utf-8", newline="") as file:
        return {row["id"]: row["name"] for row in csv.DictReader(file)}
