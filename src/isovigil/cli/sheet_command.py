"""How does `isovigil import-csv` answer?"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, cast

from isovigil.case.case import Case
from isovigil.cli.fhir_commands import files_named_after
from isovigil.cli.moment_asked import CallProblem, check_choice, moment_typed
from isovigil.cli.streams import answer, complain
from isovigil.exchange.case_writer import write_case
from isovigil.exchange.problems import CaseProblems, Problem
from isovigil.exchange.rulebook_files import load_rulebook
from isovigil.exchange.spreadsheet import Sheet, cases_of_sheet, sheet_of, template
from isovigil.exchange.spreadsheet_columns import Column, guessed, mapping_as_text, mapping_from_text
from isovigil.exchange.spreadsheet_values import Order
from isovigil.law.refusal import NoRuleInForce
from isovigil.law.rulebook import UnknownProgramme

_SHOWN_IN_PREVIEW = 10


class AskedSheet(NamedTuple):
    """What was typed."""

    file: str | None
    mapping: str | None
    write_map: str | None
    dates: str | None
    programme: str
    out: str | None
    on: str | None
    template: bool


def run_import_csv(asked: AskedSheet) -> int:
    """Show the mapping and a preview, or write the cases once the mapping is confirmed; 0 or 2."""
    if asked.template:
        answer(template().rstrip("\n"))
        return 0
    try:
        if asked.file is None:
            raise CallProblem("Name a sheet saved as CSV, or print an empty one with --template.")
        if asked.dates is not None:
            check_choice("--dates", asked.dates, ("dmy", "mdy"))
        if asked.out is not None and asked.mapping is None:
            raise CallProblem(
                "Nothing was written: which column means what has to be confirmed first. "
                "Keep the guess with --write-map MAP, look at it, and name it with --map MAP."
            )
        sheet = sheet_of(_read(asked.file), asked.file)
        columns = _columns(asked, sheet)
        cases = _cases(asked, sheet, columns)
        return _answer(asked, columns, cases)
    except (CallProblem, CaseProblems, UnknownProgramme, NoRuleInForce) as wrong:
        complain(wrong)
    except OSError as wrong:
        complain(f"{wrong.filename}: {wrong.strerror}.")
    return 2


def _read(file: str) -> bytes:
    return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()


def _columns(asked: AskedSheet, sheet: Sheet) -> list[Column]:
    if asked.mapping is None:
        columns = guessed(sheet.headings)
    else:
        columns, problems = mapping_from_text(Path(asked.mapping).read_text(encoding="utf-8"), asked.mapping)
        if problems:
            raise CaseProblems(asked.mapping, problems)
    if asked.write_map is not None:
        Path(asked.write_map).write_text(mapping_as_text(columns), encoding="utf-8")
    answer("Columns" + (" as guessed" if asked.mapping is None else "") + ":")
    for column in columns:
        answer(f"  {column.in_words()}")
    return columns


def _cases(asked: AskedSheet, sheet: Sheet, columns: Sequence[Column]) -> list[Case]:
    order = cast("Order | None", asked.dates)
    read = cases_of_sheet(sheet, columns, programme=asked.programme, order=order)
    if read.problems:
        last = Problem("the sheet", "", "Nothing was imported.", "Correct the rows above and read it again.")
        raise CaseProblems(str(asked.file), [*read.problems, last])
    return read.cases


def _answer(asked: AskedSheet, columns: Sequence[Column], cases: Sequence[Case]) -> int:
    _preview(asked, cases)
    facts = sum(len(case.facts) for case in cases)
    answer(f"\n{len(cases)} patients with {facts} facts.")
    if asked.out is None:
        answer("Nothing has been written. Is every column right? Keep the mapping with --write-map MAP,")
        answer("correct it where it is wrong, then write the cases with --map MAP --out FOLDER.")
        return 0
    folder = Path(asked.out)
    folder.mkdir(parents=True, exist_ok=True)
    names = files_named_after(cases, "yaml")
    taken = [name for name in names if (folder / name).exists()]
    if taken:
        raise CallProblem(
            f"{folder / taken[0]} is there already, so nothing was written. Name an empty folder."
        )
    for case, name in zip(cases, names, strict=True):
        (folder / name).write_text(write_case(case, "yaml"), encoding="utf-8")
    answer(f"Written to {folder}.")
    return 0


def _preview(asked: AskedSheet, cases: Sequence[Case]) -> None:
    """The first worklist these cases make."""
    from isovigil.cli.worklist_command import print_worklist
    from isovigil.usecases.review_cases import review_at
    from isovigil.usecases.worklist import row_of, worklist

    rulebook = load_rulebook()
    moment = moment_typed(asked.on, None, None)
    rows = [
        row_of(case, review_at(case, rulebook, moment), f"{case.patient.id}.yaml", None) for case in cases
    ]
    if rows:
        answer("\nThe first worklist these rows make:\n")
        print_worklist(worklist(rows), rulebook, "table", _SHOWN_IN_PREVIEW, everything=False)
