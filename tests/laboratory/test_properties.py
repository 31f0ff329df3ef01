"""A worse value never asks for less, the unit of the report never matters, and no result that cannot
be judged lifts what the last one asked for.

Named exceptions. The bounds of triglycerides and cholesterol in mmol/L are printed to two decimals, so
the two units may differ within half a percent of an edge. Direct bilirubin is kept in proportion, since
the same direct bilirubin beside a higher total means that less of it is conjugated. An earlier value
that was worse makes the repeat a lower one, so only the last value is made worse here.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isovigil.case.fact import Fact
from isovigil.case.units import UNITS
from tests.laboratory.drawn import how_grave, on_treatment, result, symptom

POLICIES = st.sampled_from(["balanced", "eu_smpc"])
HIGH = [
    ("triglycerides", "triglycerides", "mg/dL", 20.0, 3000.0, {"upper_limit": 150.0, "fasting": True}),
    ("triglycerides", "triglycerides", "mmol/L", 0.2, 30.0, {"upper_limit": 1.7, "fasting": True}),
    ("triglycerides", "triglycerides", "mg/dL", 20.0, 3000.0, {"upper_limit": 150.0}),
    ("liver", "alt", "U/L", 1.0, 2000.0, {"upper_limit": 40.0}),
    ("liver", "alt", "ukat/L", 0.01, 30.0, {"upper_limit": 0.7}),
    ("liver", "ast", "U/L", 1.0, 2000.0, {"upper_limit": 40.0}),
    ("liver", "alt", "U/L", 1.0, 2000.0, {}),
    ("cholesterol", "cholesterol", "mg/dL", 50.0, 900.0, {"upper_limit": 200.0}),
    ("cholesterol", "ldl", "mmol/L", 1.0, 20.0, {"upper_limit": 3.4}),
    ("creatine_kinase", "ck", "U/L", 10.0, 9000.0, {"upper_limit": 200.0}),
    ("bilirubin", "bilirubin", "mg/dL", 0.1, 20.0, {"upper_limit": 1.2}),
    ("glucose", "hba1c", "%", 3.0, 15.0, {}),
    ("glucose", "glucose", "mg/dL", 40.0, 600.0, {"fasting": True}),
]
LOW = [
    ("blood_count", "anc", "10*9/L", 0.0, 9.0, {"lower_limit": 1.8}),
    ("blood_count", "platelets", "10*9/L", 0.0, 400.0, {"lower_limit": 150.0}),
    ("blood_count", "wbc", "10*9/L", 0.0, 12.0, {"lower_limit": 4.0}),
]


@st.composite
def contexts(
    draw: st.DrawFn, analyte: str, unit: str, low: float, high: float, limits: dict[str, Any]
) -> list[Fact]:
    """What else is known: a baseline, up to two earlier draws, symptoms, other results of the day."""
    values = st.floats(low, high)
    facts = list(on_treatment()) if draw(st.booleans()) else []
    for on in draw(st.sets(st.sampled_from(["2024-01-02", "2024-01-09", "2024-02-20", "2024-03-01"]))):
        facts.append(result(analyte, draw(values), unit, on, **limits))
    if analyte in ("alt", "ast") and draw(st.booleans()):
        facts.append(result("bilirubin", draw(st.floats(0.1, 5.0)), "mg/dL", upper_limit=1.2))
    if analyte == "bilirubin" and draw(st.booleans()):
        facts.append(result("alt", draw(st.floats(5.0, 300.0)), "U/L", upper_limit=40.0))
    for code in draw(st.sets(st.sampled_from(["AE08", "AE15", "AE17", "AE21"]))):
        facts.append(symptom(code, "2024-03-05"))
    return facts


@pytest.mark.parametrize(("rule", "analyte", "unit", "low", "high", "limits"), [*HIGH, *LOW])
@given(data=st.data())
def test_a_worse_value_never_asks_for_less(
    rule: str, analyte: str, unit: str, low: float, high: float, limits: dict[str, Any], data: st.DataObject
):
    facts = data.draw(contexts(analyte, unit, low, high, limits))
    policy = data.draw(POLICIES)
    better, worse = sorted(data.draw(st.tuples(st.floats(low, high), st.floats(low, high))))
    if (rule, analyte, unit, low, high, limits) in LOW:
        better, worse = worse, better
    share = data.draw(st.none() | st.floats(0.05, 0.9)) if analyte == "bilirubin" else None

    def asks(value: float) -> int:
        taken = [*facts, result(analyte, value, unit, **limits)]
        if share is not None:
            taken.append(result("bilirubin_direct", value * share, unit))
        return how_grave(rule, taken, policy=policy)

    assert asks(better) <= asks(worse)


EXACT = [
    ("liver", "alt", "U/L", "ukat/L", 5.0, 900.0),
    ("liver", "ast", "U/L", "ukat/L", 5.0, 900.0),
    ("bilirubin", "bilirubin", "mg/dL", "umol/L", 0.2, 10.0),
    ("blood_count", "anc", "10*9/L", "10*3/uL", 0.05, 8.0),
    ("creatine_kinase", "ck", "U/L", "ukat/L", 20.0, 4000.0),
]
OTHER_LIMITS = {"alt": 40.0, "ast": 40.0, "bilirubin": 1.2, "ck": 200.0}


@pytest.mark.parametrize(("rule", "analyte", "unit", "other", "low", "high"), EXACT)
@given(data=st.data())
def test_the_unit_of_the_report_never_changes_the_action(
    rule: str, analyte: str, unit: str, other: str, low: float, high: float, data: st.DataObject
):
    value, base = data.draw(st.tuples(st.floats(low, high), st.floats(low, high)))
    per = UNITS[analyte][other]

    def asks(now: str, before: str) -> int:
        def taken(amount: float, shown: str, **on: str) -> Fact:
            divisor = 1.0 if shown == unit else per
            limit = OTHER_LIMITS.get(analyte)
            more: dict[str, Any] = dict(on)
            if limit is not None:
                more["upper_limit"] = limit / divisor
            return result(analyte, amount / divisor, shown, **more)

        first = taken(base, before, on="2024-01-02")
        return how_grave(rule, [*on_treatment(), first, taken(value, now)])

    assert len({asks(now, before) for now in (unit, other) for before in (unit, other)}) == 1


NEAR_AN_EDGE = 0.005
PRINTED = [
    ("triglycerides", "triglycerides", (150.0, 300.0, 500.0, 800.0, 1000.0), 30.0, 2500.0),
    ("cholesterol", "cholesterol", (300.0, 400.0), 60.0, 800.0),
]


@pytest.mark.parametrize(("rule", "analyte", "edges", "low", "high"), PRINTED)
@given(data=st.data())
def test_away_from_the_printed_edges_the_unit_of_a_lipid_does_not_matter(
    rule: str, analyte: str, edges: tuple[float, ...], low: float, high: float, data: st.DataObject
):
    away = st.floats(low, high).filter(lambda v: all(abs(v / edge - 1) > NEAR_AN_EDGE for edge in edges))
    value = data.draw(away)
    factor = UNITS[analyte]["mmol/L"]
    in_mass = how_grave(rule, [*on_treatment(), result(analyte, value, "mg/dL", fasting=True)])
    in_moles = how_grave(rule, [*on_treatment(), result(analyte, value / factor, "mmol/L", fasting=True)])
    assert in_mass == in_moles


UNJUDGED = [
    ("triglycerides", "triglycerides", "mg/dL", 20.0, 3000.0, {"fasting": True}, {"fasting": False}, 200.0),
    ("liver", "alt", "U/L", 1.0, 2000.0, {"upper_limit": 40.0}, {}, 1.0),
]


@pytest.mark.parametrize(
    ("rule", "analyte", "unit", "low", "high", "judged", "not_judged", "least"), UNJUDGED
)
@given(data=st.data())
def test_a_later_result_that_cannot_be_judged_lifts_nothing(
    rule: str,
    analyte: str,
    unit: str,
    low: float,
    high: float,
    judged: dict[str, Any],
    not_judged: dict[str, Any],
    least: float,
    data: st.DataObject,
):
    first = result(analyte, data.draw(st.floats(low, high)), unit, "2024-03-01", **judged)
    later = result(analyte, data.draw(st.floats(least, high)), unit, "2024-03-13", **not_judged)
    alone = how_grave(rule, [*on_treatment(), first])
    assert how_grave(rule, [*on_treatment(), first, later]) >= alone


@pytest.mark.parametrize(("rule", "analyte", "unit", "low", "high", "limits"), [*HIGH, *LOW])
@given(data=st.data())
def test_a_symptom_never_lowers_the_action(
    rule: str, analyte: str, unit: str, low: float, high: float, limits: dict[str, Any], data: st.DataObject
):
    facts = data.draw(contexts(analyte, unit, low, high, limits))
    facts.append(result(analyte, data.draw(st.floats(low, high)), unit, **limits))
    code = data.draw(st.sampled_from(["AE08", "AE15", "AE17", "AE21"]))
    assert how_grave(rule, [*facts, symptom(code, "2024-03-14")]) >= how_grave(rule, facts)


@pytest.mark.parametrize(("rule", "analyte", "unit", "low", "high", "limits"), HIGH)
@given(data=st.data())
def test_a_value_reported_as_greater_asks_for_no_less_than_the_value_itself(
    rule: str, analyte: str, unit: str, low: float, high: float, limits: dict[str, Any], data: st.DataObject
):
    value = data.draw(st.floats(low, high))
    exact = [*on_treatment(), result(analyte, value, unit, **limits)]
    greater = [*on_treatment(), result(analyte, value, unit, comparator=">", **limits)]
    assert how_grave(rule, greater) >= max(1, how_grave(rule, exact))
