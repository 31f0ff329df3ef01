"""Which cases does a clinic's sheet hold, a row a visit, or what is wrong with which row?

Nothing is half-imported: one problem in one row, and no case is made.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from isovigil.case.case import Case
from isovigil.case.units import UNITS
from isovigil.exchange.case_file import case_from_mapping
from isovigil.exchange.problems import CaseProblems, Problem, shown
from isovigil.exchange.spreadsheet_columns import ANALYTES, IGNORED, Column
from isovigil.exchange.spreadsheet_row import Row, first_day
from isovigil.exchange.spreadsheet_values import Order, Unclear, number_in, order_of, result_in, yes_or_no_in
from isovigil.exchange.spreadsheet_words import facts_in_words, is_told_already

KILOGRAMS_PER_POUND: Final = 0.45359237
"""The international avoirdupois pound, exactly (UCUM [lb_av])."""
MOST_ROWS: Final = 20_000
TEMPLATE_HEADINGS: Final = (
    "Patient ID", "Born on", "Sex", "Can become pregnant", "Visit on", "Enrolled on", "Counselled on",
    "Test taken on", "Test result", "Test setting", "Labs taken on", "Fasting", "ALT (U/L)", "ALT ULN",
    "Triglycerides (mg/dL)", "Weight kg", "Prescribed on", "Daily dose mg", "Days supply", "Dispensed on",
    "Started on", "PHQ-9", "Method", "Second method", "Method reported by", "Patient consent signed on",
    "Birth defects consent signed on", "Forms signed by", "Conditions", "Medicines",
)  # fmt: skip

_SIMPLE: Final[Mapping[str, tuple[str, str, dict[str, Any]]]] = {
    "enrolled_on": ("enrolment", "date", {}),
    "counselled_on": ("counselling", "date", {}),
    "comprehension_on": ("comprehension", "date", {"passed": True}),
    "started_on": ("treatment_start", "date", {}),
    "stopped_on": ("treatment_stop", "date", {"reason": "other"}),
}
_SEXES: Final = {"f": "female", "m": "male"}
_PLACE: Final = re.compile(r"facts\[(\d+)\]")


class Sheet(NamedTuple):
    """A sheet as text: its headings, and its rows with their numbers in the file."""

    headings: list[str]
    rows: list[tuple[int, list[str]]]


class SheetRead(NamedTuple):
    """The cases of a sheet, or everything that is wrong with it; never both."""

    cases: list[Case]
    problems: list[Problem]


def sheet_of(data: bytes, name: str) -> Sheet:
    """The rows of a CSV text in UTF-8 with commas, semicolons or tabs. Raises CaseProblems."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"Byte {error.start + 1} is not UTF-8 text."
        raise CaseProblems(name, [Problem(name, "", message, "Save the sheet as CSV UTF-8.")]) from None
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    try:
        lines = [
            (number, [cell.strip() for cell in row])
            for number, row in enumerate(
                csv.reader(io.StringIO(text, newline=""), delimiter=separator), start=1
            )
        ]
    except csv.Error as error:
        raise CaseProblems(
            name, [Problem(name, "", f"This is not CSV: {error}.", "Save it as CSV UTF-8.")]
        ) from None
    rows = [(number, row) for number, row in lines if any(row)]
    if not rows or len(rows) > MOST_ROWS:
        message = "The sheet is empty." if not rows else f"The sheet has more than {MOST_ROWS:,} rows."
        raise CaseProblems(
            name, [Problem(name, "", message, "Begin with one row of headings, then a row a visit.")]
        )
    return Sheet(rows[0][1], rows[1:])


def cases_of_sheet(
    sheet: Sheet, columns: Sequence[Column], *, programme: str, order: Order | None = None
) -> SheetRead:
    """The cases of a sheet, one a patient, in the order of the sheet; or every problem, by row."""
    problems = _problems_of_columns(sheet, columns)
    by_target = {column.target: place for place, column in enumerate(columns) if column.target != IGNORED}
    if problems:
        return SheetRead([], problems)
    try:
        order = order or order_of(
            cells[place]
            for _, cells in sheet.rows
            for target, place in by_target.items()
            if target.endswith("_on") and place < len(cells)
        )
    except Unclear as why:
        return SheetRead([], [Problem("the dates", "", str(why), "Write every date as 2024-03-11.")])
    patients: dict[str, dict[str, Any]] = {}
    rows_of: dict[str, list[int]] = {}
    for number, cells in sheet.rows:
        row = Row(number, cells, columns, by_target, order, problems)
        _take_row(row, patients, rows_of)
    cases = _checked(patients, rows_of, programme, problems)
    return SheetRead([] if problems else cases, problems)


def _problems_of_columns(sheet: Sheet, columns: Sequence[Column]) -> list[Problem]:
    found = []
    given = [column.heading for column in columns]
    if given != sheet.headings:
        missing = [heading for heading in sheet.headings if heading not in given]
        extra = [heading for heading in given if heading not in sheet.headings]
        said = f"in the sheet only: {missing or 'none'}; in the mapping only: {extra or 'none'}"
        message = f"The mapping is not about these columns ({said}), or in another order."
        found.append(Problem("the mapping", "", message, "Make it again with --write-map."))
    if "patient_id" not in {column.target for column in columns}:
        message = "No column says which patient a row is about."
        found.append(
            Problem("the columns", "", message, "Name one column Patient ID, or map one to patient_id.")
        )
    for column in columns:
        if column.target in ANALYTES and column.unit not in UNITS[column.target]:
            accepted = ", ".join(UNITS[column.target])
            message = f"{shown(column.heading)} does not say a unit of {column.target} that is read."
            remedy = f"Write it in the heading in brackets, or in the mapping: {accepted}."
            found.append(Problem("the columns", shown(column.unit), message, remedy))
    return found


def _take_row(row: Row, patients: dict[str, dict[str, Any]], rows_of: dict[str, list[int]]) -> None:
    patient_id = row.text("patient_id")
    if not patient_id:
        row.refuse("patient_id", "", "The row does not say which patient it is about.")
        return
    patient = patients.setdefault(patient_id, {"patient": {"id": patient_id}, "facts": []})
    sex = row.text("sex").lower()
    for field, value in (("born_on", row.day("born_on")), ("sex", _SEXES.get(sex, sex) or None)):
        known = patient["patient"].get(field)
        if value is not None and known not in (None, value):
            row.refuse(field, str(value), f"An earlier row of {patient_id} says {known}.")
        elif value is not None:
            patient["patient"][field] = value
    for fact in (
        *_dated_facts(row),
        *_test(row),
        *_laboratory(row),
        *_measures(row),
        *_doses(row),
        *facts_in_words(row),
    ):
        if not is_told_already(fact, patient["facts"]):
            patient["facts"].append(fact)
            rows_of.setdefault(patient_id, []).append(row.number)


def _dated_facts(row: Row) -> Iterator[dict[str, Any]]:
    for target, (kind, field, more) in _SIMPLE.items():
        day = row.day(target)
        if day is not None:
            yield {"kind": kind, field: day, **more}
    visit = row.day("visit_on")
    if visit is not None:
        yield {"kind": "visit", "date": visit, "mode": row.text("visit_mode").lower() or "in_person"}
    can_become_pregnant = row.read("can_become_pregnant", yes_or_no_in)
    if can_become_pregnant is not None:
        day = first_day(row, "enrolled_on", "visit_on")
        if day is None:
            row.refuse(
                "can_become_pregnant", "", "No visit or enrolment says on which day this was determined."
            )
        else:
            yield {
                "kind": "category",
                "date": day,
                "can_become_pregnant": can_become_pregnant,
                "by": "prescriber",
            }
    score = row.number_of("phq9_score")
    if score is not None and visit is not None:
        yield {"kind": "questionnaire", "date": visit, "tool": "phq9", "score": int(score)}
    elif score is not None:
        row.lacks("phq9_score", "No visit says on which day the questions were answered.", "visit_on")


def _test(row: Row) -> Iterator[dict[str, Any]]:
    result = row.read("test_result", result_in)
    if result is None:
        return
    taken = first_day(row, "test_taken_on", "visit_on")
    if taken is None:
        why = "No column says on which day the specimen was taken."
        row.lacks("test_result", why, "test_taken_on", "visit_on")
        return
    setting = row.text("test_setting").lower() or "unknown"
    fact = {"kind": "pregnancy_test", "taken_on": taken, "result": result, "setting": setting}
    specimen = row.text("test_specimen").lower()
    yield {**fact, "specimen": specimen} if specimen else fact


def _laboratory(row: Row) -> Iterator[dict[str, Any]]:
    fasting = row.read("fasting", yes_or_no_in)
    for analyte in ANALYTES:
        measured = row.read(analyte, number_in)
        if measured is None:
            continue
        taken = first_day(row, "labs_taken_on", "visit_on")
        if taken is None:
            why = "No column says on which day the blood was taken."
            row.lacks(analyte, why, "labs_taken_on", "visit_on")
            continue
        more = {
            "comparator": measured.comparator,
            "upper_limit": row.number_of(f"{analyte}_upper_limit"),
            "fasting": fasting,
        }
        said = {name: value for name, value in more.items() if value is not None}
        fact = {"kind": "laboratory", "taken_on": taken, "analyte": analyte, "value": measured.value}
        yield {**fact, "unit": row.unit(analyte), **said}


def _measures(row: Row) -> Iterator[dict[str, Any]]:
    day = first_day(row, "visit_on", "labs_taken_on")
    pounds = row.number_of("weight_lb")
    kg = row.number_of("weight_kg") or (None if pounds is None else round(pounds * KILOGRAMS_PER_POUND, 2))
    cm = row.number_of("height_cm")
    for kind, field, value in (("weight", "kg", kg), ("height", "cm", cm)):
        if value is not None and day is None:
            why = "No visit says on which day this was measured."
            row.lacks(f"{kind}_{field}", why, "visit_on", "labs_taken_on")
        elif value is not None:
            yield {"kind": kind, "date": day, field: value}


def _doses(row: Row) -> Iterator[dict[str, Any]]:
    days = row.number_of("days_supply")
    whole_days = None if days is None else int(days)
    prescribed, dose = row.day("prescribed_on"), row.number_of("daily_dose_mg")
    if prescribed is not None and dose is not None and whole_days is not None:
        fact = {"kind": "prescription", "issued_on": prescribed}
        yield {**fact, "daily_dose_mg": dose, "days_supply": whole_days}
    elif prescribed is not None or dose is not None:
        text = "A prescription needs its day, its daily dose in mg and its days' supply, in one row."
        row.lacks("prescribed_on", text, "prescribed_on", "daily_dose_mg", "days_supply")
    dispensed = row.day("dispensed_on")
    if dispensed is not None and whole_days is not None:
        yield {"kind": "dispense", "date": dispensed, "days_supply": whole_days}
    elif dispensed is not None:
        row.lacks("dispensed_on", "A hand-over needs its days' supply in the same row.", "days_supply")


def _checked(
    patients: Mapping[str, dict[str, Any]],
    rows_of: Mapping[str, list[int]],
    programme: str,
    problems: list[Problem],
) -> list[Case]:
    """Each patient's facts through the same door as a case file; a problem is told with its row."""
    cases = []
    for patient_id, mapping in patients.items():
        try:
            cases.append(case_from_mapping({"case": 1, "programme": programme, **mapping}, name=patient_id))
        except CaseProblems as found:
            for each in found.problems:
                fact = _PLACE.search(each.place)
                row = (
                    f"row {rows_of[patient_id][int(fact[1])]}"
                    if fact is not None
                    else f"patient {patient_id}"
                )
                problems.append(Problem(f"{row}, {each.place}", each.value, each.message, each.remedy))
    return cases


def template() -> str:
    """An empty sheet whose every heading is understood."""
    return ",".join(TEMPLATE_HEADINGS) + "\n"
