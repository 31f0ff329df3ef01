"""Where does the model decline, by which name, and what does it say would change that?"""

from __future__ import annotations

from typing import cast

import msgspec
import pytest

from isovigil.forecast.biomarkers import (
    ANALYTES,
    Analyte,
    AnalyteForecast,
    Declined,
    DoseStep,
    ForecastInputInvalid,
    Measurement,
    Person,
    Threshold,
    Visit,
    forecast_biomarkers,
)
from tests.forecast.biomarkers.people import (
    FULL_DOSE,
    WOMAN,
    forecast_in,
    refusal_in,
    triglycerides,
)

NEXT = Visit(60.0, fasting=True)


def names(answer: AnalyteForecast | Declined) -> list[str]:
    return [reason.name for reason in answer.reasons] if isinstance(answer, Declined) else []


def all_names(person: Person, steps: tuple[DoseStep, ...] = FULL_DOSE) -> set[tuple[str, ...]]:
    return {tuple(names(answer)) for answer in forecast_biomarkers(person, steps, (), NEXT).answers}


@pytest.mark.parametrize(
    ("field", "inside", "outside", "reason"),
    [
        ("age_years", 12.0, 11.99, "age"),
        ("age_years", 40.0, 40.01, "age"),
        ("weight_kg", 40.0, 39.9, "weight"),
        ("weight_kg", 110.0, 110.1, "weight"),
    ],
)
def test_age_and_weight_are_inside_at_their_limit_and_outside_just_beyond(
    field: str, inside: float, outside: float, reason: str
):
    assert all_names(msgspec.structs.replace(WOMAN, **{field: inside})) == {()}
    assert all_names(msgspec.structs.replace(WOMAN, **{field: outside})) == {(reason,)}


@pytest.mark.parametrize(("field", "reason"), [("age_years", "age"), ("weight_kg", "weight")])
def test_an_unrecorded_age_or_weight_is_a_refusal_that_asks_for_it(field: str, reason: str):
    answer = refusal_in(
        forecast_biomarkers(msgspec.structs.replace(WOMAN, **{field: None}), FULL_DOSE, (), NEXT)
    )
    assert names(answer) == [reason]
    assert answer.reasons[0].seen.endswith("is not recorded")
    assert answer.reasons[0].would_change.startswith("record")


@pytest.mark.parametrize(
    ("daily_mg", "declined"),
    # At 60 kg: 6 mg is 0.1 mg/kg, 120 mg is 2 mg/kg.
    [(0.0, False), (5.9, True), (6.0, False), (120.0, False), (120.1, True)],
)
def test_doses_from_a_tenth_to_two_milligrams_a_kilogram_are_inside(daily_mg: float, declined: bool):
    expected = {("dose",)} if declined else {()}
    assert all_names(WOMAN, (DoseStep(0.0, None, daily_mg),)) == expected


def test_a_planned_dose_outside_declines_as_a_past_one_does():
    steps = (DoseStep(0.0, 50.0, 48.0), DoseStep(50.0, None, 150.0))
    assert all_names(WOMAN, steps) == {("dose",)}


@pytest.mark.parametrize(
    ("day", "value", "expected"),
    [
        (-1.0, 300.0, []),
        (-1.0, 300.1, ["baseline_triglycerides"]),
        (0.0, 300.1, ["baseline_triglycerides"]),  # the first day of the drug is still before it
        (1.0, 300.1, []),
        (30.0, 500.0, []),
        (30.0, 500.1, ["triglycerides"]),
        (-1.0, 500.1, ["baseline_triglycerides", "triglycerides"]),
    ],
)
def test_triglycerides_beyond_their_limits_are_declined(day: float, value: float, expected: list[str]):
    earlier = triglycerides((day, value))
    answer = forecast_biomarkers(WOMAN, FULL_DOSE, earlier, NEXT)
    assert names(answer.answer("triglycerides")) == expected
    assert all(names(answer.answer(other)) == [] for other in ANALYTES[1:])


def test_the_limit_holds_in_millimoles_too():
    # 300 mg/dL / 88.57 = 3.387 mmol/L.
    for value, expected in ((3.38, []), (3.39, ["baseline_triglycerides"])):
        one = Measurement("triglycerides", -1.0, value, "mmol/L", True)
        answer = forecast_biomarkers(WOMAN, FULL_DOSE, (one,), NEXT)
        assert names(answer.answer("triglycerides")) == expected


def test_a_value_reported_only_as_above_a_number_may_be_over_the_limit():
    one = Measurement("triglycerides", 30.0, 400.0, "mg/dL", True, comparator=">")
    answer = refusal_in(forecast_biomarkers(WOMAN, FULL_DOSE, (one,), NEXT))
    assert names(answer) == ["triglycerides"]
    assert ">400 mg/dL" in answer.reasons[0].seen


def test_a_value_reported_only_as_below_a_number_is_left_out_and_said_so():
    one = Measurement("alt", -1.0, 5.0, "U/L", comparator="<")
    answer = forecast_in(forecast_biomarkers(WOMAN, FULL_DOSE, (one,), NEXT, (), ("alt",)))
    assert answer.measurements_used == 0
    assert any("left out" in caution for caution in answer.cautions)


def test_a_value_in_the_wrong_unit_is_questioned_rather_than_believed():
    # 0.9 mmol/L entered as mg/dL: ln(0.9/72) is -4.4, nine prior standard deviations (0.5) away.
    answer = refusal_in(forecast_biomarkers(WOMAN, FULL_DOSE, triglycerides((-1.0, 0.9)), NEXT))
    assert names(answer) == ["unexpected_value"]
    assert "unit" in answer.reasons[0].would_change


def test_four_standard_deviations_are_inside_and_a_little_more_is_not():
    # ALT before the drug, women 20 to 24: median 16 U/L, total ln SD 0.42.
    # 16 * exp(4 * 0.42) = 85.85 U/L.
    for value, expected in ((85.8, []), (85.9, ["unexpected_value"])):
        one = Measurement("alt", -1.0, value, "U/L")
        answer = forecast_biomarkers(WOMAN, FULL_DOSE, (one,), NEXT, (), ("alt",))
        assert names(answer.answers[0]) == expected


@pytest.mark.parametrize(
    ("medicine", "analyte", "declined"),
    [
        ("fibrate", "triglycerides", True),
        ("systemic_corticosteroid", "ldl", True),
        ("systemic_corticosteroid", "alt", False),
        ("methotrexate", "alt", True),
        ("methotrexate", "triglycerides", False),
        ("combined_hormonal", "triglycerides", False),
    ],
)
def test_a_medicine_that_moves_the_value_itself_declines_it(medicine: str, analyte: Analyte, declined: bool):
    person = msgspec.structs.replace(WOMAN, medicines=(medicine,))
    answer = forecast_biomarkers(person, FULL_DOSE, (), NEXT).answer(analyte)
    assert names(answer) == (["co_medication"] if declined else [])


def test_medicines_nobody_recorded_or_nobody_knows_are_cautions():
    for medicines, words in ((None, "not recorded"), (("ivermectin",), "ivermectin")):
        person = msgspec.structs.replace(WOMAN, medicines=medicines)
        answer = forecast_in(forecast_biomarkers(person, FULL_DOSE, (), NEXT))
        assert any(words in caution for caution in answer.cautions)


def test_every_reason_is_given_not_only_the_first():
    person = Person(11.0, "male", 130.0, ("fibrate",))
    answer = refusal_in(
        forecast_biomarkers(person, (DoseStep(0.0, None, 400.0),), triglycerides((-1.0, 600.0)), NEXT)
    )
    assert names(answer) == [
        "age",
        "weight",
        "dose",
        "baseline_triglycerides",
        "triglycerides",
        "co_medication",
    ]
    assert all(reason.seen and reason.edge and reason.would_change for reason in answer.reasons)
    assert "130 kg" in str(answer)


def test_impossible_facts_are_refused_all_together():
    with pytest.raises(ForecastInputInvalid) as caught:
        forecast_biomarkers(
            Person(float("nan"), "female", -1.0),
            (DoseStep(0.0, 10.0, 40.0), DoseStep(5.0, 5.0, -1.0, adherence=1.1, relative_exposure=-1.0)),
            (
                Measurement("triglycerides", 70.0, 90.0, "mg/dL"),
                Measurement("alt", 1.0, 0.0, "mg/dL"),
            ),
            NEXT,
            (Threshold("ck", float("inf"), "U/L", "too much"),),
        )
    said = "\n".join(caught.value.problems)
    for words in (
        "age_years", "weight_kg", "ends on day", "daily_dose_mg", "adherence", "relative_exposure",
        "overlap", "after the visit", "must be above 0", "not a unit of alt", "too much",
    ):  # fmt: skip
        assert words in said
    assert len(caught.value.problems) == 11


def test_an_analyte_that_is_not_modelled_is_refused_by_name():
    with pytest.raises(ForecastInputInvalid, match="'glucose' is not modelled"):
        forecast_biomarkers(WOMAN, (), (), NEXT, (), (cast("Analyte", "glucose"),))
