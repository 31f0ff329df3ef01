"""Where is a synthetic clinic written, so that every other command can read it like a real one?"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

from isovigil.exchange.case_writer import write_case
from isovigil.usecases.synthetic_clinic.clinic import SyntheticPatient

DISPLAY_LIST = "names.csv"
"""Beside the cases: id, made-up name and story. A case file itself never holds a name."""
MARK = ".synthetic-clinic"
"""Says that a folder was written here and may be written over whole."""


class NotOurFolder(Exception):
    """The folder holds files that no demo wrote; nothing was touched."""


def write_clinic(patients: Iterable[SyntheticPatient], folder: Path) -> list[Path]:
    """Write each course as a case file, and the display list beside them; returns the case files.

    A folder written before is written over whole. Raises NotOurFolder for a folder that holds
    anything else, and OSError where it cannot be written.
    """
    _make_room(folder)
    written = []
    rows = []
    for patient in patients:
        path = folder / f"{patient.case.patient.id}.yaml"
        path.write_text(write_case(patient.case, "yaml"), encoding="utf-8")
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
    for old in (*folder.glob("p-*.yaml"), folder / DISPLAY_LIST):
        old.unlink(missing_ok=True)
    (folder / MARK).write_text(
        "Written by `isovigil demo`, and written over by the next one.\n", encoding="utf-8"
    )


def display_names(path: Path) -> dict[str, str]:
    """The names of a display list, by id. Raises OSError, and KeyError where a column is missing."""
    with path.open(encoding="utf-8", newline="") as file:
        return {row["id"]: row["name"] for row in csv.DictReader(file)}
