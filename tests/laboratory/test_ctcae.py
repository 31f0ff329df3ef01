"""CTCAE 5.0 and 6.0 grade each analyte as printed: every bound from both sides, in both versions.

Expected grades are read from the printed criteria (Terminology Criteria 5.0 and 6.0, side by side in
the clinical specification, C2). A bound printed without > belongs to its grade.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from isovigil.case.kinds import Laboratory
from isovigil.decisions.ctcae import VERSIONS, Grade, grades, grades_in_words
from isovigil.decisions.laboratory_results import Baseline
from tests.decisions.judged import day
from tests.laboratory.drawn import law_of, result

ON = day("2024-03-13")
LIMIT = 40.0


def graded(fact: Laboratory, baseline: Baseline | None = None) -> dict[str, Grade]:
    return {one.version: one for one in grades(fact, baseline, law_of("balanced", ON))}


def raised(value: float, analyte: str = "alt", unit: str = "U/L", limit: float = LIMIT) -> Baseline:
    fact = result(analyte, value, unit, "2024-01-02", upper_limit=limit)
    return Baseline(value, value / limit, (fact,))


NORMAL = [
    # analyte, unit, limits, version, [(highest value of a grade, lowest of the next, next grade)]
    (
        "alt",
        "U/L",
        {"upper_limit": 40},
        "5.0",
        [(40, 40.1, 1), (120, 120.1, 2), (200, 200.1, 3), (800, 800.1, 4)],
    ),
    (
        "alt",
        "U/L",
        {"upper_limit": 40},
        "6.0",
        [(40, 40.1, 1), (120, 120.1, 2), (200, 200.1, 3), (800, 800.1, 4)],
    ),
    (
        "ast",
        "U/L",
        {"upper_limit": 40},
        "5.0",
        [(40, 40.1, 1), (120, 120.1, 2), (200, 200.1, 3), (800, 800.1, 4)],
    ),
    (
        "bilirubin",
        "mg/dL",
        {"upper_limit": 1},
        "5.0",
        [(1, 1.01, 1), (1.5, 1.51, 2), (3, 3.01, 3), (10, 10.1, 4)],
    ),
    (
        "bilirubin",
        "mg/dL",
        {"upper_limit": 1},
        "6.0",
        [(1, 1.01, 1), (1.5, 1.51, 2), (3, 3.01, 3), (10, 10.1, 4)],
    ),
    ("ggt", "U/L", {"upper_limit": 40}, "5.0", [(40, 41, 1), (100, 101, 2), (200, 201, 3), (800, 801, 4)]),
    ("ggt", "U/L", {"upper_limit": 40}, "6.0", [(40, 41, 1), (100, 101, 2), (200, 201, 3), (800, 801, 4)]),
    (
        "alp",
        "U/L",
        {"upper_limit": 100},
        "5.0",
        [(100, 101, 1), (250, 251, 2), (500, 501, 3), (2000, 2001, 4)],
    ),
    (
        "triglycerides",
        "mg/dL",
        {},
        "5.0",
        [(149.9, 150, 1), (300, 300.1, 2), (500, 500.1, 3), (1000, 1000.1, 4)],
    ),
    (
        "triglycerides",
        "mg/dL",
        {},
        "6.0",
        [(149.9, 150, 1), (300, 300.1, 2), (500, 500.1, 3), (1000, 1000.1, 4)],
    ),
    (
        "triglycerides",
        "mmol/L",
        {},
        "5.0",
        [(1.7, 1.71, 1), (3.42, 3.43, 2), (5.7, 5.71, 3), (11.4, 11.41, 4)],
    ),
    (
        "triglycerides",
        "mmol/L",
        {},
        "6.0",
        [(1.7, 1.71, 1), (3.42, 3.43, 2), (5.7, 5.71, 3), (11.4, 11.41, 4)],
    ),
    (
        "cholesterol",
        "mg/dL",
        {"upper_limit": 200},
        "5.0",
        [(200, 201, 1), (300, 301, 2), (400, 401, 3), (500, 501, 4)],
    ),
    (
        "cholesterol",
        "mmol/L",
        {"upper_limit": 5.2},
        "6.0",
        [(5.2, 5.3, 1), (7.75, 7.76, 2), (10.34, 10.35, 3), (12.92, 12.93, 4)],
    ),
    (
        "ck",
        "U/L",
        {"upper_limit": 200},
        "5.0",
        [(200, 201, 1), (500, 501, 2), (1000, 1001, 3), (2000, 2001, 4)],
    ),
    (
        "anc",
        "10*9/L",
        {"lower_limit": 2},
        "5.0",
        [(2, 1.99, 1), (1.5, 1.49, 2), (1, 0.99, 3), (0.5, 0.49, 4)],
    ),
    (
        "anc",
        "10*9/L",
        {"lower_limit": 2},
        "6.0",
        [(1.5, 1.49, 1), (1, 0.99, 2), (0.5, 0.49, 3), (0.1, 0.09, 4)],
    ),
    ("wbc", "10*9/L", {"lower_limit": 4}, "5.0", [(4, 3.9, 1), (3, 2.9, 2), (2, 1.9, 3), (1, 0.9, 4)]),
    ("wbc", "10*9/L", {"lower_limit": 4}, "6.0", [(4, 3.9, 1), (3, 2.9, 2), (2, 1.9, 3), (1, 0.9, 4)]),
    (
        "platelets",
        "10*9/L",
        {"lower_limit": 150},
        "5.0",
        [(150, 149, 1), (75, 74, 2), (50, 49, 3), (25, 24, 4)],
    ),
    (
        "platelets",
        "10*9/L",
        {"lower_limit": 150},
        "6.0",
        [(150, 149, 1), (75, 74, 2), (50, 49, 3), (10, 9, 4)],
    ),
    (
        "glucose",
        "mg/dL",
        {"upper_limit": 100, "fasting": True},
        "6.0",
        [(100, 101, 1), (160, 161, 2), (250, 251, 3), (500, 501, 4)],
    ),
]


@pytest.mark.parametrize(("analyte", "unit", "limits", "version", "bounds"), NORMAL)
def test_with_a_normal_baseline_each_bound_lies_where_it_is_printed(
    analyte: str, unit: str, limits: dict[str, Any], version: str, bounds: list[tuple[float, float, int]]
):
    for before, after, grade in bounds:
        assert graded(result(analyte, before, unit, **limits))[version].grade == grade - 1, before
        assert graded(result(analyte, after, unit, **limits))[version].grade == grade, after


RAISED = [
    ("alt", "5.0", [(89.9, 90, 1), (180, 180.1, 2), (300, 300.1, 3), (1200, 1200.1, 4)]),
    ("alt", "6.0", [(59.9, 60, 1), (90, 90.1, 2), (120, 120.1, 3), (240, 240.1, 4)]),
    ("bilirubin", "5.0", [(60, 60.1, 1), (90, 90.1, 2), (180, 180.1, 3), (600, 600.1, 4)]),
    ("bilirubin", "6.0", [(59.9, 60, 1), (90, 90.1, 2), (150, 150.1, 3), (600, 600.1, 4)]),
    ("ggt", "5.0", [(119.9, 120, 1), (150, 150.1, 2), (300, 300.1, 3), (1200, 1200.1, 4)]),
    ("ggt", "6.0", [(59.9, 60, 1), (90, 90.1, 2), (180, 180.1, 3), (600, 600.1, 4)]),
]


@pytest.mark.parametrize(("analyte", "version", "bounds"), RAISED)
def test_with_a_baseline_of_sixty_above_a_limit_of_forty_each_bound_is_a_multiple_of_sixty(
    analyte: str, version: str, bounds: list[tuple[float, float, int]]
):
    unit = "mg/dL" if analyte == "bilirubin" else "U/L"
    base = raised(60, analyte, unit)
    for before, after, grade in bounds:
        low, high = (result(analyte, value, unit, upper_limit=LIMIT) for value in (before, after))
        assert graded(low, base)[version].grade == grade - 1, before
        assert graded(high, base)[version].grade == grade, after


def test_one_value_after_another_baseline_or_limit_is_graded_anew():
    # Version 5.0: grade 2 above 3 times the patient's own 60 (180) or 70 (210), or 3 limits of 40 (120).
    fact = result("alt", 200, "U/L", upper_limit=LIMIT)
    told = [graded(fact, baseline)["5.0"].grade for baseline in (raised(60), raised(70), None, raised(60))]
    assert told == [2, 1, 2, 2]
    assert graded(result("alt", 200, "U/L", upper_limit=60))["5.0"].grade == 2  # above 3 times 60, 180
    assert graded(result("alt", 200, "U/L", upper_limit=80))["5.0"].grade == 1  # above 80, not above 240


def test_version_6_leaves_two_to_four_times_a_baseline_above_five_limits_undefined():
    # baseline 201 is above 5 times 40; 201 * 2 = 402 and 201 * 4 = 804
    base = raised(201)
    assert graded(result("alt", 402, "U/L", upper_limit=LIMIT), base)["6.0"].grade == 2
    undefined = graded(result("alt", 403, "U/L", upper_limit=LIMIT), base)["6.0"]
    assert undefined.grade is None
    assert undefined.because is not None
    assert "undefined" in undefined.because
    assert graded(result("alt", 805, "U/L", upper_limit=LIMIT), base)["6.0"].grade == 4
    # a baseline of exactly 5 times the limit is still defined
    assert graded(result("alt", 401, "U/L", upper_limit=LIMIT), raised(200))["6.0"].grade == 3


def test_version_6_has_one_grade_of_alkaline_phosphatase_above_limit_and_baseline():
    base = raised(120, "alp", "U/L", 100)
    assert graded(result("alp", 120, "U/L", upper_limit=100), base)["6.0"].grade == 0
    assert graded(result("alp", 121, "U/L", upper_limit=100), base)["6.0"].grade == 1
    assert graded(result("alp", 5000, "U/L", upper_limit=100), base)["6.0"].grade == 1


def test_creatine_kinase_has_no_term_in_version_6_and_glucose_no_number_in_version_5():
    assert graded(result("ck", 1200, "U/L", upper_limit=200))["6.0"] == Grade(
        "6.0", None, "the term was deleted"
    )
    assert graded(result("glucose", 300, "mg/dL", upper_limit=100))["5.0"].grade is None


@pytest.mark.parametrize("analyte", ["alt", "ast", "ggt", "alp", "ck"])
def test_without_its_upper_limit_a_value_has_no_grade_and_says_why(analyte: str):
    told = graded(result(analyte, 100, "U/L"))["5.0"]
    assert told == Grade("5.0", None, "the report gives no upper limit")


def test_without_its_lower_limit_a_count_has_a_grade_only_where_a_number_decides():
    assert graded(result("anc", 1.2, "10*9/L"))["5.0"].grade == 2
    assert graded(result("anc", 1.7, "10*9/L"))["5.0"].grade is None
    assert graded(result("anc", 1.7, "10*9/L"))["6.0"].grade == 0


def test_a_value_is_graded_in_the_unit_it_was_reported_in():
    # 3.40 mmol/L is 301.1 mg/dL by chemistry; CTCAE prints 3.42 for 300
    assert graded(result("triglycerides", 3.40, "mmol/L"))["5.0"].grade == 1
    assert graded(result("triglycerides", 301.1, "mg/dL"))["5.0"].grade == 2


def test_a_count_in_thousands_per_microlitre_has_the_same_grades():
    for value in (2.1, 1.4, 0.9, 0.4):
        one = graded(result("anc", value, "10*9/L", lower_limit=2))
        other = graded(result("anc", value, "10*3/uL", lower_limit=2))
        assert one == other


def test_the_version_that_counts_is_named():
    told = grades(result("alt", 150, "U/L", upper_limit=40), raised(60), law_of("balanced", ON))
    assert grades_in_words(told, "5.0") == "CTCAE 5.0 grade 1 (counts here), CTCAE 6.0 grade 3."
    assert grades_in_words(told, "6.0") == "CTCAE 5.0 grade 1, CTCAE 6.0 grade 3 (counts here)."


TABLES = (
    *("liver_enzymes", "bilirubin", "ggt", "alp", "triglycerides", "cholesterol"),
    *("creatine_kinase", "neutrophils", "white_cells", "platelets", "glucose"),
)


@pytest.mark.parametrize("table", TABLES)
def test_both_versions_are_in_every_table_and_grades_grow(table: str):
    rows = law_of("balanced", ON).value(f"ctcae/{table}", ON).value
    assert {row["version"] for row in rows} == set(VERSIONS)
    for row in rows:
        bounds = [row[f"grade_{grade}"] for grade in (1, 2, 3, 4) if f"grade_{grade}" in row]
        for lower, higher in pairwise(bounds):
            for kind in set(lower) & set(higher):
                falls = kind.startswith("below")
                assert (lower[kind] > higher[kind]) if falls else (lower[kind] < higher[kind]), row
