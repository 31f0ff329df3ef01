"""Is a result that is told by its numbers alone told exactly as the rule tells one that it looked at?"""

from __future__ import annotations

from itertools import product
from types import ModuleType
from typing import Any

import pytest

from isovigil.case.fact import Fact
from isovigil.decisions import laboratory_cholesterol, laboratory_liver, laboratory_triglycerides
from isovigil.decisions.finding import Outcome
from isovigil.decisions.laboratory_calm import calm_outcome, calm_results
from isovigil.decisions.laboratory_results import baseline_of
from tests.decisions.judged import day
from tests.laboratory.drawn import ON, answered, course_on, law_of, on_treatment, result

POLICIES = ("balanced", "us_label", "us_label_legacy", "eu_smpc", "delphi_2022", "hansen_2016")
# Of each analyte the unit, its upper limit, and a day before and on treatment.
UNITS = {"alt": ("U/L", 40.0), "ast": ("U/L", 40.0), "triglycerides": ("mg/dL", 150.0),
         "cholesterol": ("mg/dL", 200.0), "ldl": ("mg/dL", 130.0)}  # fmt: skip
RULES: tuple[tuple[str, ModuleType, tuple[str, ...]], ...] = (
    ("liver", laboratory_liver, ("alt", "ast")),
    ("triglycerides", laboratory_triglycerides, ("triglycerides",)),
    ("cholesterol", laboratory_cholesterol, ("cholesterol", "ldl")),
)
TIMES_THE_LIMIT = (0.0, 0.1, 0.5, 0.99, 1.0, 1.01, 1.5, 2.0, 3.0, 4.0, 5.0, 5.01, 8.0, 20.0)


def drawn(analyte: str) -> list[list[Fact]]:
    """Patients with one result of many sizes: before treatment or on it, after a baseline or without one."""
    unit, limit = UNITS[analyte]
    found: list[list[Fact]] = []
    for times, bound, comparator, base in product(
        TIMES_THE_LIMIT, (limit, None), (None, "<", ">"), (None, 0.5, 2.0)
    ):
        patient: list[Fact] = []
        if base is not None:
            patient.append(result(analyte, base * limit, unit, "2024-01-02", upper_limit=limit))
        more: dict[str, Any] = {"upper_limit": bound, "comparator": comparator, "fasting": True}
        patient.append(result(analyte, times * limit, unit, **more))
        found += [patient, [*patient, *on_treatment()]]
    return found


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize(("rule", "module", "analytes"), RULES)
def test_what_is_told_by_the_numbers_alone_is_what_the_rule_tells(
    rule: str,
    module: ModuleType,
    analytes: tuple[str, ...],
    policy: str,
    monkeypatch: pytest.MonkeyPatch,
):
    patients = [facts for analyte in analytes for facts in drawn(analyte)]
    by_numbers = [answered(rule, facts, policy=policy) for facts in patients]
    told_by_numbers = []

    def never(*asked: Any) -> None:
        told_by_numbers.append(calm_outcome(*asked) is not None)

    monkeypatch.setattr(module, "calm_outcome", never)
    assert [answered(rule, facts, policy=policy) for facts in patients] == by_numbers
    assert any(told_by_numbers)
    assert not all(told_by_numbers)


def test_zero_and_minus_zero_are_told_as_they_were_reported():
    for value, said in ((0.0, "Triglycerides 0 mg/dL"), (-0.0, "Triglycerides -0 mg/dL")):
        told = answered("triglycerides", [result("triglycerides", value, "mg/dL", fasting=True)])
        assert told.says.startswith(said)


def test_equal_numbers_of_two_patients_are_told_with_each_ones_own_day_and_result():
    def told(on: str) -> Outcome:
        return answered("triglycerides", [result("triglycerides", 90.0, "mg/dL", on, fasting=True)])

    # 90 mg/dL lies below 150, where the second band begins.
    first, second = told("2024-03-12"), told("2024-03-13")
    assert "Triglycerides 90 mg/dL on 12 March 2024: " in first.says
    assert "Triglycerides 90 mg/dL on 13 March 2024: " in second.says
    assert (first.facts, second.facts) == (("triglycerides-2024-03-12",), ("triglycerides-2024-03-13",))


def test_a_value_the_law_does_not_hold_leaves_the_result_to_its_rule():
    fact = result("alt", 20.0, "U/L", upper_limit=40.0)
    course, law = course_on([fact]), law_of("balanced", day(ON))
    held = calm_results("laboratory/liver_actions", ("alt",))
    missing = calm_results("laboratory/liver_actions", ("alt",), ("laboratory/nobody_asked_this",))
    baseline = baseline_of(course, law, "alt")
    assert calm_outcome(held, fact, baseline, law) is not None
    assert calm_outcome(missing, fact, baseline, law) is None
