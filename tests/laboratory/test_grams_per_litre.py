"""Is a result in g/L judged as the same result in mg/dL? 1 g/L is 1,000 mg in 10 dL: 100 mg/dL, exactly."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isovigil.case.units import UNITS, canonical_value
from isovigil.decisions.ctcae import grades
from isovigil.decisions.laboratory_results import as_tabled
from tests.decisions.judged import day
from tests.laboratory.drawn import ON, answered, law_of, on_treatment, result

IN_GRAMS = [name for name, units in UNITS.items() if {"g/L", "mg/dL"} <= units.keys()]


def test_fats_and_glucose_are_read_in_grams_per_litre():
    assert IN_GRAMS == ["triglycerides", "cholesterol", "ldl", "hdl", "glucose"]


@pytest.mark.parametrize("analyte", IN_GRAMS)
def test_one_gram_per_litre_is_a_hundred_milligrams_per_decilitre(analyte: str):
    assert canonical_value(analyte, 1.5, "g/L") == 150.0


def test_haemoglobin_in_grams_per_litre_keeps_its_unit():
    """Its tables speak g/L themselves."""
    fact = result("haemoglobin", 130, "g/L")
    assert as_tabled(fact) is fact


def test_the_limits_move_with_the_value():
    moved = as_tabled(result("triglycerides", 1.13, "g/L", upper_limit=1.5))
    assert (moved.value, moved.upper_limit, moved.unit) == (113.0, 150.0, "mg/dL")


@pytest.mark.parametrize(
    ("grams", "band"), [(1.49, "TG-0"), (1.50, "TG-1"), (4.99, "TG-2"), (5.00, "TG-3"), (10.0, "TG-5")]
)
def test_the_bands_begin_where_they_begin_in_milligrams(grams: float, band: str):
    """The table `triglyceride_actions`: 150, 300, 500, 800 and 1,000 mg/dL, each included in its band."""
    outcome = answered(
        "triglycerides", [*on_treatment(), result("triglycerides", grams, "g/L", fasting=True)]
    )
    assert band in outcome.says


@pytest.mark.parametrize("analyte", ["triglycerides", "cholesterol"])
@given(tenths=st.integers(0, 20_000), fasting=st.sampled_from([True, False, None]))
def test_both_units_lead_to_the_same_action_and_grade(analyte: str, tenths: int, fasting: bool | None):
    grams = result(analyte, tenths / 1000, "g/L", fasting=fasting)
    milligrams = result(analyte, tenths / 10, "mg/dL", fasting=fasting)
    one, other = (answered(analyte, [*on_treatment(), fact]) for fact in (grams, milligrams))
    assert (one.answer, one.action, one.due_on) == (other.answer, other.action, other.due_on)
    law = law_of("balanced", day(ON))
    assert grades(grams, None, law) == grades(milligrams, None, law)
