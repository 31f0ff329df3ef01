"""Are the tasks of a review the first steps of the plan of that day, on the same days?"""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from isovigil.case.case import Case
from isovigil.case.kinds import Dispense, Menses, PregnancyTest, TreatmentStop
from isovigil.decisions.finding import Task
from isovigil.decisions.plan import plan
from isovigil.decisions.plan_parts import Plan, Step, last_day_of
from isovigil.decisions.review import Review
from tests.plan.planned import known_on, reviewed, rulebook, with_facts
from tests.plan.test_plan import PATIENTS

OF_A_CYCLE = ("prescription", "pregnancy_test", "confirmatory_test", "dispense", "counselling")
"""What is planned for a hand-over, and so not at all where none can be made."""


def steps_of(task: Task, told: Plan) -> list[Step]:
    """The planned steps that do a task: of its rule, else of its kind."""
    same = [step for step in told.steps if step.what == task.what]
    return [step for step in same if step.rule == task.rule] or same


def differences(came: Review, told: Plan) -> list[str]:
    """Where a task is no step of the plan, or stands there on other days."""
    wrong = []
    for task in came.tasks:
        steps = steps_of(task, told)
        if not steps:
            if told.obstacle is None or task.what not in OF_A_CYCLE:
                wrong.append(f"{came.on} {task.what} ({task.rule}) is no step of the plan")
            continue
        step = steps[0]
        opens = max(came.on, task.opens_on or came.on)
        if step.earliest != opens:
            wrong.append(f"{came.on} {task.what}: opens {opens}, the plan's earliest day is {step.earliest}")
        last = last_day_of(task, step.on)
        if last is not None and (step.latest is None or step.latest > last):
            wrong.append(f"{came.on} {task.what}: last day {last}, the plan's latest is {step.latest}")
        if step.on < opens or (last is not None and step.on > last):
            wrong.append(f"{came.on} {task.what}: planned for {step.on}, open from {opens} to {last}")
    periods = [step for step in told.steps if any(isinstance(fact, Menses) for fact in step.facts)]
    first = next((step for step in told.steps if step.cycle and step not in periods), None)
    if first is not None and first.what not in [task.what for task in came.tasks]:
        wrong.append(f"{came.on}: the plan begins with {first.what}, which no task asks for")
    return wrong


def judged_and_planned(case: Case, on: date) -> tuple[Review, Plan]:
    return reviewed(case, on), plan(case, rulebook(), on, until=on + timedelta(days=75))


each_patient = pytest.mark.parametrize(("programme", "base", "on"), PATIENTS)


@each_patient
def test_the_tasks_of_a_review_are_the_first_steps_of_its_plan(programme: str, base: str, on: date):
    came, told = judged_and_planned(known_on(programme, base, on), on)
    assert told.first_steps == came.tasks
    assert differences(came, told) == []


@given(patient=st.sampled_from(PATIENTS), followed=st.integers(0, 12), later=st.integers(0, 35))
def test_the_same_holds_wherever_a_plan_has_been_followed_to(
    patient: tuple[str, str, date], followed: int, later: int
):
    programme, base, on = patient
    case = known_on(programme, base, on)
    for step in plan(case, rulebook(), on, until=on + timedelta(days=75)).steps[:followed]:
        case, on = with_facts(case, step.facts), max(on, step.on)
    came, told = judged_and_planned(case, on + timedelta(days=later))
    assert told.first_steps == came.tasks
    assert differences(came, told) == []


@pytest.mark.parametrize("programme", ["uk_mhra", "eu_ppp", "de_amvv", "fr_ansm", "nl_ppp"])
def test_between_two_cycles_the_next_test_is_a_task_a_week_before_the_capsules_run_out(programme: str):
    base = "adult_first_prescription" if programme == "uk_mhra" else "first_prescription"
    on = date(2026, 2, 10)
    case = known_on(programme, base, on)
    handed = next(step for step in plan(case, rulebook(), on).steps if step.what == "dispense")
    for step in plan(case, rulebook(), on).steps:
        if step.on <= handed.on:
            case = with_facts(case, step.facts)
    (given,) = handed.facts
    assert isinstance(given, Dispense)
    runs_out = handed.on + timedelta(days=given.days_supply)
    task = next(task for task in reviewed(case, handed.on).tasks if task.what == "pregnancy_test")
    assert (task.opens_on, task.due_on) == (runs_out - timedelta(days=7), runs_out)


def test_the_hand_over_is_due_when_the_capsules_run_out_where_that_is_before_the_window_closes():
    # Handed over on 10 January and 9 February: 10 January + 60 days = 10 March, the day the window of the
    # test of 4 March closes; with 28 days the second time it is 8 March.
    on = date(2024, 3, 6)
    case = known_on("us_ipledge", "third_prescription", on)
    task = next(task for task in reviewed(case, on).tasks if task.what == "dispense")
    assert (task.due_on, task.closes_on) == (date(2024, 3, 10), date(2024, 3, 10))
    shorter = tuple(
        msgspec.structs.replace(fact, days_supply=28)
        if isinstance(fact, Dispense) and fact.date > date(2024, 2, 1)
        else fact
        for fact in case.facts
    )
    sooner = Case(case.patient, case.time_zone, shorter, case.programme)
    task = next(task for task in reviewed(sooner, on).tasks if task.what == "dispense")
    assert (task.due_on, task.closes_on) == (date(2024, 3, 8), date(2024, 3, 10))


def test_a_report_of_a_pregnancy_is_due_on_the_day_it_was_known_however_late_it_is():
    on = date(2024, 3, 20)
    case = known_on("us_ipledge", "third_prescription", on)
    positive = PregnancyTest(
        id="positive", taken_on=date(2024, 3, 12), reported_on=date(2024, 3, 14), result="positive",
        setting="laboratory",
    )  # fmt: skip
    came = reviewed(with_facts(case, (positive,)), on)
    reports = [task for task in came.tasks if task.rule == "pregnancy_testing.no_positive_test"]
    assert [task.due_on for task in reports] == [date(2024, 3, 14)]


def test_after_the_end_of_treatment_the_plan_is_the_tests_that_are_left():
    on = date(2024, 3, 13)
    case = known_on("us_ipledge", "third_prescription", date(2024, 3, 6))
    ended = with_facts(case, (TreatmentStop(id="stop", date=date(2024, 3, 12), reason="completed"),))
    came, told = judged_and_planned(ended, on)
    assert differences(came, told) == []
    days = {step.what: (step.earliest, step.latest) for step in told.steps if step.cycle == 0}
    # 12 March + 30 days = 11 April; the test at the end counts until the day before it.
    assert days["end_of_treatment_test"] == (on, date(2024, 4, 10))
    assert days["post_treatment_test"] == (date(2024, 4, 11), None)
    assert [step for step in told.steps if step.gate is not None] == []
