"""What holds for every person, every history and every threshold?"""

from __future__ import annotations

import math
from itertools import permutations
from random import Random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from isovigil.forecast.biomarkers import (
    ANALYTES,
    Analyte,
    AnalyteForecast,
    BiomarkerCurve,
    DoseStep,
    Measurement,
    Person,
    Threshold,
    Visit,
    biomarker_curves,
    forecast_biomarkers,
)
from isovigil.forecast.biomarkers.mixture import moments
from isovigil.forecast.biomarkers.priors import model
from isovigil.forecast.biomarkers.simulation import Forecaster, Truth, simulate
from tests.forecast.biomarkers.people import FULL_DOSE, RUNNER, WOMAN, forecast_in, triglycerides
from tests.profiles import how_many

UNITS = {"alt": "U/L", "ast": "U/L", "ck": "U/L"}
USUAL = {"triglycerides": 85, "cholesterol": 170, "ldl": 100, "hdl": 50, "alt": 19, "ast": 21, "ck": 120}

people = st.builds(
    Person,
    age_years=st.sampled_from([12.0, 17.9, 20.0, 29.0, 40.0]),
    sex=st.sampled_from(["female", "male", "other", None]),
    weight_kg=st.sampled_from([40.0, 60.0, 110.0]),
    medicines=st.sampled_from([None, (), ("combined_hormonal",)]),
    exercises_strenuously=st.sampled_from([None, True, False]),
)
doses = st.sampled_from(
    [
        (),
        FULL_DOSE,
        (DoseStep(0.0, 20.0, 20.0), DoseStep(20.0, 50.0, 40.0, adherence=0.8), DoseStep(60.0, None, 30.0)),
    ]
)
measurements = st.lists(
    st.builds(
        lambda analyte, day, factor, fasting: Measurement(
            analyte, day, USUAL[analyte] * factor, UNITS.get(analyte, "mg/dL"), fasting
        ),
        analyte=st.sampled_from(ANALYTES),
        day=st.sampled_from([-3.0, -1.0, 10.0, 30.0, 30.0, 59.0]),
        factor=st.sampled_from([0.7, 0.9, 1.0, 1.2, 1.5]),
        fasting=st.sampled_from([True, False, None]),
    ),
    max_size=6,
)
LADDER = tuple(
    Threshold(analyte, float(USUAL[analyte]) * factor, UNITS.get(analyte, "mg/dL"), f"{factor}", direction)
    for analyte in ANALYTES
    for direction in ("above", "below")
    for factor in (0.5, 0.8, 1.0, 1.1, 1.5, 3.0)
)


def stated(forecast: AnalyteForecast, direction: str) -> list[float]:
    """The stated chances up the ladder; what is not told apart counts as the end of the scale."""
    ends = {"<1%": 0.0, ">99%": 1.0}
    return [
        ends[chance.shown] if chance.probability is None else chance.probability
        for chance in forecast.chances
        if chance.threshold.direction == direction
    ]


@given(people, doses, measurements)
def test_a_higher_threshold_is_never_more_likely_to_be_passed(
    person: Person, steps: tuple[DoseStep, ...], earlier: list[Measurement]
):
    for answer in forecast_biomarkers(person, steps, earlier, Visit(60.0, fasting=True), LADDER).answers:
        if isinstance(answer, AnalyteForecast):
            above, below = stated(answer, "above"), stated(answer, "below")
            assert above == sorted(above, reverse=True)
            assert below == sorted(below)


@given(people, doses, measurements, st.randoms(use_true_random=False))
def test_the_order_of_the_measurements_changes_nothing_at_all(
    person: Person, steps: tuple[DoseStep, ...], earlier: list[Measurement], shuffle: Random
):
    mixed = list(earlier)
    shuffle.shuffle(mixed)
    visit = Visit(60.0, fasting=True)
    before = forecast_biomarkers(person, steps, earlier, visit, LADDER)
    assert before == forecast_biomarkers(person, steps[::-1], mixed, visit, LADDER)


@given(people, doses, measurements)
def test_the_inner_interval_lies_in_the_outer_and_both_hold_the_median(
    person: Person, steps: tuple[DoseStep, ...], earlier: list[Measurement]
):
    for answer in forecast_biomarkers(person, steps, earlier, Visit(60.0)).answers:
        if isinstance(answer, AnalyteForecast):
            outer, inner = answer.interval_95, answer.interval_80
            assert 0.0 < outer.low < inner.low < answer.median < inner.high < outer.high
            parts = answer.uncertainty
            shares = (parts.from_visit_to_visit, parts.between_people, parts.model)
            assert min(shares) >= 0.0
            assert math.isclose(sum(shares), 1.0, abs_tol=1e-9)


@given(people, measurements)
def test_without_any_dose_the_days_do_not_matter(person: Person, earlier: list[Measurement]):
    on_one_day = [Measurement(m.analyte, 0.0, m.value, m.unit, m.fasting) for m in earlier]
    spread = forecast_biomarkers(person, (), earlier, Visit(60.0)).answers
    together = forecast_biomarkers(person, (), on_one_day, Visit(900.0)).answers
    for one, other in zip(spread, together, strict=True):
        if isinstance(one, AnalyteForecast) and isinstance(other, AnalyteForecast):
            assert math.isclose(one.median, other.median, rel_tol=1e-6)
            assert one.drug_effect == 0.0


@given(st.sampled_from([20.0, 48.0, 90.0]), st.sampled_from([0.2, 0.6, 0.9]))
def test_more_drug_means_higher_triglycerides_and_lower_hdl(dose: float, adherence: float):
    def medians(step: DoseStep) -> tuple[float, float]:
        answer = forecast_biomarkers(WOMAN, (step,), (), Visit(90.0), (), ("triglycerides", "hdl"))
        return forecast_in(answer, 0).median, forecast_in(answer, 1).median

    partly = medians(DoseStep(0.0, None, dose, adherence=adherence))
    fully = medians(DoseStep(0.0, None, dose))
    assert partly[0] < fully[0]
    assert partly[1] > fully[1]


def test_every_order_of_five_values_with_a_burst_gives_one_answer():
    days, values = (-2.0, 10.0, 20.0, 30.0, 40.0), (150.0, 160.0, 900.0, 140.0, 420.0)
    taken = [Measurement("ck", day, value, "U/L") for day, value in zip(days, values, strict=True)]
    answers = {
        forecast_biomarkers(RUNNER, FULL_DOSE, order, Visit(60.0), (), ("ck",))
        for order in permutations(taken)
    }
    assert len(answers) == 1


def test_more_data_never_widens_the_interval_on_average():
    # People drawn from the model itself, with doubt about every parameter: the law of total
    # variance promises a narrower or equal spread on average, whatever the visits.
    which = model()
    forecaster = Forecaster(which, 0, math.log(84.0), 0.45, 0.23)
    lags, doses = np.array([0.0, 0.0, 0.5, 0.8, 0.9, 0.95, 1.0]), np.array([1, 1, 0.4, 0.4, 1.5, 1.5, 0.7])
    truth = Truth(math.log(84.0), 0.45, 0.23)
    seen = simulate(which, 0, truth, lags, doses, people=how_many(quick=4_000, nightly=100_000), seed=3)
    variances = []
    for count in range(7):
        kept = np.r_[np.arange(count), 6]
        belief = forecaster.beliefs(seen.y[:, :count], lags[kept], doses[kept])
        variances.append(
            float((moments(forecaster.next_values(belief, lags[kept], doses[kept]))[1] ** 2).mean())
        )
    assert variances == sorted(variances, reverse=True)
    assert variances[-1] > 0.23**2  # no amount of data removes the visit-to-visit part


def test_a_hundred_values_leave_little_but_the_visit_to_visit_part():
    many = triglycerides(*((float(day), 110.0) for day in range(1, 101)))
    answer = forecast_in(
        forecast_biomarkers(WOMAN, (), many, Visit(101.0, fasting=True), (), ("triglycerides",))
    )
    # ln 110 with SD 0.23 * sqrt(1 + 1/100): 110 * exp(+-1.96 * 0.2311) is 70 to 173.
    assert math.isclose(answer.median, 110.0, rel_tol=0.01)
    assert math.isclose(answer.interval_95.low, 69.9, rel_tol=0.01)
    assert math.isclose(answer.interval_95.high, 173.1, rel_tol=0.01)


def test_a_curve_is_the_forecast_of_each_of_its_days():
    earlier = [*triglycerides((-1.0, 84.0), (30.0, 150.0)), Measurement("ck", 10.0, 400.0, "U/L")]
    days = [float(day) for day in range(31, 201)]
    both: tuple[Analyte, ...] = ("triglycerides", "ck")
    curves = biomarker_curves(RUNNER, FULL_DOSE, earlier, days, fasting=True, analytes=both)
    for place in (0, 57, 169):
        visit = Visit(days[place], fasting=True)
        single = forecast_biomarkers(RUNNER, FULL_DOSE, earlier, visit, (), both)
        for row, curve in enumerate(curves):
            assert isinstance(curve, BiomarkerCurve)
            answer = forecast_in(single, row)
            assert math.isclose(curve.median[place], answer.median, rel_tol=2e-6)
            assert math.isclose(curve.low_80[place], answer.interval_80.low, rel_tol=2e-6)
            assert math.isclose(curve.high_95[place], answer.interval_95.high, rel_tol=2e-6)
