"""Are the blood draws of the policy in the plan, in time, and on a day on which the patient comes anyway?"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isovigil.case.case import Case
from isovigil.case.kinds import Condition, Laboratory
from isovigil.decisions.plan import plan
from isovigil.decisions.plan_parts import JOURNEYS, Constraints, Plan, Step
from tests.plan.planned import known_on, reviewed, rulebook, with_facts
from tests.plan.test_plan import PATIENTS

ON = date(2026, 2, 10)
UNITS = {"alt": "U/L", "ast": "U/L", "triglycerides": "mg/dL", "cholesterol": "mg/dL", "hdl": "mg/dL",
         "ldl": "mg/dL", "glucose": "mg/dL", "bilirubin": "mg/dL", "ck": "U/L"}  # fmt: skip


def draws(told: Plan) -> list[Step]:
    return [step for step in told.steps if step.rule in ("laboratory.baseline", "laboratory.due")]


def first_hand_over(told: Plan) -> date:
    return next(step.on for step in told.steps if step.what == "dispense")


def test_the_draw_after_four_weeks_falls_on_the_day_of_the_next_appointment():
    # Handed over on 26 February 2026; 28 days later is 26 March, and a draw counts a week before, from
    # 19 March. The capsules last until 28 March, so the next appointment is possible from 21 March.
    case = known_on("de_amvv", "first_prescription", ON)
    told = plan(case, rulebook(), ON)
    assert first_hand_over(told) == date(2026, 2, 26)
    (draw,) = draws(told)
    assert (draw.earliest, draw.latest) == (date(2026, 3, 19), date(2026, 3, 26))
    assert draw.on == date(2026, 3, 21)
    assert {step.what for step in told.steps if step.on == draw.on} == {
        "pregnancy_test", "prescription", "dispense", "laboratory",
    }  # fmt: skip


def test_a_draw_that_no_appointment_is_in_time_for_has_a_day_of_its_own():
    # Away from 20 to 27 March: the appointment waits until the 28th, two days after the draw is due.
    case = known_on("de_amvv", "first_prescription", ON)
    told = plan(case, rulebook(), ON, constraints=Constraints(((date(2026, 3, 20), date(2026, 3, 27)),)))
    (draw,) = draws(told)
    assert (draw.on, draw.latest) == (date(2026, 3, 19), date(2026, 3, 19))
    assert [step.what for step in told.steps if step.on == draw.on] == ["laboratory"]


def test_a_draw_whose_days_are_all_taken_comes_as_soon_as_it_can_and_has_no_last_day():
    case = known_on("de_amvv", "first_prescription", ON)
    told = plan(case, rulebook(), ON, constraints=Constraints(((date(2026, 3, 15), date(2026, 3, 30)),)))
    (draw,) = draws(told)
    assert (draw.on, draw.latest, draw.slack) == (date(2026, 3, 31), None, None)


def test_closer_monitoring_brings_its_own_draws():
    # The closer schedule: one and two calendar months after the first dose, then every three.
    case = known_on("de_amvv", "first_prescription", ON)
    case = with_facts(case, (Condition(id="diabetes", from_=date(2020, 1, 1), what="diabetes"),))
    told = plan(case, rulebook(), ON)
    assert first_hand_over(told) == date(2026, 2, 26)
    after_start = [step for step in draws(told) if step.on > date(2026, 2, 26)]
    # 26 March, 26 April, 26 July; the course of 24 weeks ends on 13 August, before 26 October.
    windows = [(date(2026, month, 19), date(2026, month, 26)) for month in (3, 4, 7)]
    assert [(step.earliest, step.latest) for step in after_start] == windows


def test_the_baseline_is_drawn_on_a_journey_before_the_first_dose_and_not_too_long_before_it():
    on = date(2026, 2, 10)
    case = known_on("de_amvv", "first_prescription", on)
    without = tuple(fact for fact in case.facts if not isinstance(fact, Laboratory))
    told = plan(Case(case.patient, case.time_zone, without, case.programme), rulebook(), on)
    baseline = next(step for step in told.steps if step.rule == "laboratory.baseline")
    assert on <= baseline.on <= first_hand_over(told)
    assert baseline.latest == first_hand_over(told)


@given(patient=st.sampled_from(PATIENTS), clinic_weekdays=st.frozensets(st.integers(0, 6), min_size=1))
def test_every_draw_is_in_time_on_a_clinic_day_and_on_a_journey_where_one_is_in_time(
    patient: tuple[str, str, date], clinic_weekdays: frozenset[int]
):
    programme, base, on = patient
    constraints = Constraints(clinic_weekdays=clinic_weekdays)
    told = plan(known_on(programme, base, on), rulebook(), on, constraints=constraints)
    others = {step.on for step in told.steps if step.what in JOURNEYS and step not in draws(told)}
    for draw in draws(told):
        assert constraints.clinic_can(draw.on)
        if draw.latest is None:
            continue
        assert draw.earliest <= draw.on <= draw.latest
        journeys = {
            day for day in others if draw.earliest <= day <= draw.latest and constraints.clinic_can(day)
        }
        assert not journeys or draw.on in journeys


@pytest.mark.parametrize(("programme", "base", "on"), PATIENTS)
def test_who_follows_the_draws_of_a_plan_is_never_late(programme: str, base: str, on: date):
    case = known_on(programme, base, on)
    told = plan(case, rulebook(), on)
    late_from_the_start = {step.on for step in draws(told) if step.latest is None}
    for step in told.steps:
        found = next(
            (each for each in reviewed(case, step.on).findings if each.rule == "laboratory.due"), None
        )
        if found is not None and found.tasks and not late_from_the_start:
            due_on = found.tasks[0].due_on
            assert due_on is None or due_on >= step.on
        case = with_facts(case, step.facts)
        if step in draws(told):
            case = with_facts(case, results_on(case, step.on))
    last = reviewed(case, told.until - timedelta(days=1))
    assert [
        each.tasks for each in last.findings if each.rule == "laboratory.due" and each.answer == "unknown"
    ] == []


def results_on(case: Case, day: date) -> tuple[Laboratory, ...]:
    """A normal result of whatever a schedule may ask for: half of each upper limit."""
    return tuple(
        Laboratory(
            id=f"{analyte}-{day}", taken_on=day, analyte=analyte,  # type: ignore[arg-type]  # a word of the case file
            value=20, unit=unit, upper_limit=40,
            fasting=True,
        )
        for analyte, unit in UNITS.items()
    )  # fmt: skip
