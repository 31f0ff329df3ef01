"""Does the answer say what it knows, in honest words, with the sources it used?"""

from __future__ import annotations

import math
import re
from typing import Any

import msgspec
import pytest

from isovigil.forecast.biomarkers import (
    ANALYTES,
    AnalyteForecast,
    BiomarkerForecast,
    DosePlan,
    DoseStep,
    ForecastInputInvalid,
    Threshold,
    Visit,
    compare_dose_plans,
    forecast_biomarkers,
)
from isovigil.forecast.biomarkers.wording import chance_of
from tests.forecast.biomarkers.people import (
    FULL_DOSE,
    LIMITS,
    RUNNER,
    WOMAN,
    forecast_in,
    triglycerides,
)

NEXT = Visit(60.0, fasting=True)
A_LIMIT = LIMITS[0]


@pytest.mark.parametrize(
    ("probability", "shown", "frequency", "stated"),
    [
        (0.0002, "<1%", "fewer than 1 in 100", None),
        (0.00999, "<1%", "fewer than 1 in 100", None),
        (0.01, "1%", "about 1 in 100", 0.01),
        (0.0512, "5%", "about 5 in 100", 0.051),
        (0.99, "99%", "about 99 in 100", 0.99),
        (0.9901, ">99%", "more than 99 in 100", None),
    ],
)
def test_chances_are_told_no_finer_than_the_model_can_tell(
    probability: float, shown: str, frequency: str, stated: float | None
):
    chance = chance_of(A_LIMIT, probability)
    assert (chance.shown, chance.frequency, chance.probability) == (shown, frequency, stated)


def test_thresholds_are_the_callers_and_come_back_with_their_citation():
    own = Threshold("triglycerides", 2.0, "mmol/L", "local rule 4", citation="clinic policy, page 2")
    answer = forecast_in(forecast_biomarkers(WOMAN, FULL_DOSE, (), NEXT, (own,)))
    assert [chance.threshold for chance in answer.chances] == [own]


def test_above_and_below_one_threshold_add_to_one():
    both = (A_LIMIT, msgspec.structs.replace(A_LIMIT, direction="below"))
    chances = forecast_in(forecast_biomarkers(WOMAN, FULL_DOSE, triglycerides((-1, 120)), NEXT, both)).chances
    above, below = (chance.probability for chance in chances)
    assert above is not None
    assert below is not None
    assert above + below == pytest.approx(1.0, abs=1e-3)


def test_no_threshold_no_chances():
    answer = forecast_biomarkers(WOMAN, FULL_DOSE, (), NEXT)
    assert all(forecast_in(answer, place).chances == () for place in range(len(ANALYTES)))


def test_only_the_sources_used_are_cited():
    def cited(answer: BiomarkerForecast) -> set[str]:
        return {source.key for source in answer.citations}

    untouched = cited(forecast_biomarkers(WOMAN, (), (), NEXT, (), ("triglycerides",)))
    assert untouched == {"nhanes_adults", "smith_1993"}
    treated = cited(forecast_biomarkers(WOMAN, FULL_DOSE, (), NEXT, (), ("triglycerides",)))
    assert {"lee_2016", "walker_1990"} <= treated
    not_fasting = cited(forecast_biomarkers(WOMAN, (), (), Visit(60.0), (), ("triglycerides",)))
    assert "lipid_variability" in not_fasting - untouched
    young = msgspec.structs.replace(WOMAN, age_years=15.0)
    assert "perak_2019" in cited(forecast_biomarkers(young, (), (), NEXT, (), ("triglycerides",)))
    assert "landau_2001" in cited(forecast_biomarkers(RUNNER, (), (), NEXT, (), ("ck",)))
    assert "landau_2001" not in cited(forecast_biomarkers(WOMAN, (), (), NEXT, (), ("ck",)))


def test_a_refusal_cites_the_limit_it_names():
    answer = forecast_biomarkers(WOMAN, FULL_DOSE, triglycerides((-1.0, 400.0)), NEXT)
    refusal = answer.answer("triglycerides")
    assert refusal.citation_keys == ("nhanes_adults", "calibrated_here")


def test_an_analyte_not_asked_for_is_a_named_error():
    answer = forecast_biomarkers(WOMAN, FULL_DOSE, (), NEXT, (), ("alt",))
    with pytest.raises(KeyError, match="ck was not asked for"):
        answer.answer("ck")


def test_a_sample_not_known_to_be_fasting_widens_the_interval_and_says_so():
    fasting = forecast_in(forecast_biomarkers(WOMAN, FULL_DOSE, (), NEXT))
    unknown = forecast_in(forecast_biomarkers(WOMAN, FULL_DOSE, (), Visit(60.0)))
    assert unknown.interval_95.high > fasting.interval_95.high
    assert "a fasting sample at the visit" in unknown.would_narrow
    assert "a fasting sample at the visit" not in fasting.would_narrow


def test_an_earlier_value_not_known_to_be_fasting_counts_for_less():
    def median(fasting: bool | None) -> float:
        earlier = triglycerides((-1.0, 200.0), fasting=fasting)
        return forecast_in(forecast_biomarkers(WOMAN, (), earlier, NEXT)).median

    assert 72.0 < median(None) == median(False) < median(True) < 200.0


def test_an_unrecorded_sex_lies_between_the_two_and_is_wider():
    def creatine_kinase(sex: str | None) -> AnalyteForecast:
        person = msgspec.structs.replace(WOMAN, sex=sex)
        return forecast_in(forecast_biomarkers(person, (), (), NEXT, (), ("ck",)))

    her, his, unknown = (creatine_kinase(sex) for sex in ("female", "male", None))
    assert her.median < unknown.median < his.median
    assert unknown.interval_95.low < his.interval_95.low
    assert unknown.interval_95.high > her.interval_95.high
    assert creatine_kinase("other") == unknown


def test_bursts_after_exercise_lift_the_upper_end_only():
    resting = msgspec.structs.replace(RUNNER, exercises_strenuously=False)
    quiet = forecast_in(forecast_biomarkers(resting, (), (), NEXT, (), ("ck",)))
    active = forecast_in(forecast_biomarkers(RUNNER, (), (), NEXT, (), ("ck",)))
    assert active.interval_95.high > 1.5 * quiet.interval_95.high
    assert active.interval_95.low == pytest.approx(quiet.interval_95.low, rel=0.05)
    unsaid = msgspec.structs.replace(RUNNER, exercises_strenuously=None)
    assert forecast_in(forecast_biomarkers(unsaid, (), (), NEXT, (), ("ck",))).median == active.median


def test_dose_plans_stand_side_by_side_without_preference():
    taken = (DoseStep(0.0, 30.0, 48.0),)
    plans = (
        DosePlan("as now", (DoseStep(30.0, None, 48.0),)),
        DosePlan("half", (DoseStep(30.0, None, 24.0),)),
        DosePlan("stop", ()),
    )
    earlier = triglycerides((-1.0, 150.0), (30.0, 290.0))
    compared = compare_dose_plans(WOMAN, taken, earlier, Visit(90.0, True), plans, LIMITS)
    assert [one.plan.name for one in compared.plans] == ["as now", "half", "stop"]
    now, half, stop = (forecast_in(one.forecast).median for one in compared.plans)
    assert stop < half < now
    backwards = compare_dose_plans(WOMAN, taken, earlier, Visit(90.0, True), plans[::-1], LIMITS)
    assert backwards.plans == compared.plans[::-1]
    assert "not recommended" in compared.statements[0]
    assert {"recommended", "best", "preferred", "rank"}.isdisjoint(type(compared).__struct_fields__)


def test_a_plan_that_overlaps_what_was_taken_is_refused_with_its_name():
    plans = (DosePlan("early", (DoseStep(10.0, None, 40.0),)), DosePlan("early", ()))
    with pytest.raises(ForecastInputInvalid) as caught:
        compare_dose_plans(WOMAN, (DoseStep(0.0, 30.0, 48.0),), (), NEXT, plans)
    assert any("plan 'early': doses overlap" in problem for problem in caught.value.problems)
    assert any("Two plans are called" in problem for problem in caught.value.problems)


def test_disease_appears_only_to_say_that_it_is_not_forecast():
    answer = forecast_biomarkers(WOMAN, FULL_DOSE, triglycerides((-1.0, 280.0)), NEXT, LIMITS)
    text = msgspec.json.encode(answer).decode()
    assert len(re.findall("pancreatitis", text)) == len(
        re.findall("pancreatitis", " ".join(answer.statements) + " ".join(s.cite for s in answer.citations))
    )
    assert "says nothing about pancreatitis" in " ".join(answer.statements)


def test_answers_are_frozen_and_travel_as_json():
    answer = forecast_biomarkers(WOMAN, FULL_DOSE, triglycerides((-1.0, 400.0)), NEXT, LIMITS)
    back = msgspec.json.decode(msgspec.json.encode(answer), type=BiomarkerForecast)
    assert back == answer
    anything: Any = answer
    with pytest.raises(AttributeError):
        anything.parameter_hash = "changed"
    assert re.fullmatch("[0-9a-f]{12}", answer.parameter_hash)


def test_enzymes_of_the_young_are_less_certain_and_say_so():
    # ALT, girls: total ln SD 0.42 from age 20, sqrt(0.42^2 + 0.2^2) = 0.4652 before; 1.96 each side.
    for age, spread in ((20.0, 0.42), (19.99, 0.4652)):
        person = msgspec.structs.replace(WOMAN, age_years=age)
        answer = forecast_in(forecast_biomarkers(person, (), (), NEXT, (), ("alt",)))
        width = math.log(answer.interval_95.high / answer.median)
        assert width == pytest.approx(1.96 * spread, rel=1e-3)
        assert any("youngest adults" in caution for caution in answer.cautions) is (age < 20.0)


def test_a_long_course_is_marked_as_stretched():
    for day, marked in ((365.0, False), (366.0, True)):
        answer = forecast_in(forecast_biomarkers(WOMAN, FULL_DOSE, (), Visit(day, fasting=True)))
        assert any("longer than those studied" in caution for caution in answer.cautions) is marked
