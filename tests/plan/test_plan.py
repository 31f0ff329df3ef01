"""Does a followed plan never meet a gate that is not ready, and could none be sooner?"""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isovigil.case.case import Case
from isovigil.case.fact import Fact
from isovigil.case.kinds import (
    Comprehension,
    Counselling,
    PregnancyTest,
    Prescription,
    Questionnaire,
)
from isovigil.decisions.plan import plan
from isovigil.decisions.plan_parts import Constraints, Plan
from tests.plan.planned import (
    ONE_DAY,
    gates_not_ready_when_following,
    known_on,
    reviewed,
    rulebook,
    with_facts,
)

# A complete patient of every programme, and days around which dates matter.
PATIENTS = [
    ("us_ipledge", "third_prescription", date(2024, 3, 6)),
    ("us_ipledge", "third_prescription_in_june_2019", date(2019, 6, 5)),
    ("us_ipledge", "third_prescription_in_october_2023", date(2023, 10, 18)),
    ("us_ipledge", "third_prescription_in_december_2026", date(2026, 12, 9)),
    ("us_ipledge", "around_the_2026_modification", date(2026, 11, 1)),
    ("us_ipledge", "cannot_second_prescription", date(2023, 5, 10)),
    ("uk_mhra", "adult_first_prescription", date(2026, 2, 1)),
    ("uk_mhra", "adult_second_prescription", date(2026, 3, 3)),
    ("uk_mhra", "adult_first_prescription_in_2021", date(2021, 2, 1)),
    ("uk_mhra", "adult_cannot_first_prescription", date(2026, 2, 20)),
    ("eu_ppp", "first_prescription", date(2026, 2, 1)),
    ("eu_ppp", "first_prescription_in_2017", date(2017, 2, 1)),
    ("de_amvv", "first_prescription", date(2026, 2, 10)),
    ("fr_ansm", "first_prescription", date(2026, 2, 10)),
    ("it_aifa", "first_prescription", date(2026, 2, 10)),
    ("nl_ppp", "first_prescription", date(2026, 2, 10)),
]
each_patient = pytest.mark.parametrize(("programme", "base", "on"), PATIENTS)
weekdays = st.one_of(st.none(), st.frozensets(st.integers(0, 6), min_size=1))


def planned(programme: str, base: str, on: date, constraints: Constraints | None = None) -> tuple[Case, Plan]:
    case = known_on(programme, base, on)
    return case, plan(case, rulebook(), on, constraints=constraints)


def hand_overs(told: Plan) -> list[date]:
    return [step.on for step in told.steps if step.what == "dispense"]


@each_patient
def test_following_a_plan_never_meets_a_gate_that_is_not_ready(programme: str, base: str, on: date):
    case, told = planned(programme, base, on)
    assert told.obstacle is None
    assert len(hand_overs(told)) >= 3
    assert gates_not_ready_when_following(case, told) == []


@given(
    patient=st.sampled_from(PATIENTS),
    later=st.integers(-10, 40),
    clinic_weekdays=weekdays,
    away_after=st.integers(0, 60),
    away_for=st.integers(0, 20),
)
def test_the_same_holds_under_absences_and_clinic_days(
    patient: tuple[str, str, date],
    later: int,
    clinic_weekdays: frozenset[int] | None,
    away_after: int,
    away_for: int,
):
    programme, base, around = patient
    on = around + timedelta(days=later)
    away = (on + timedelta(days=away_after), on + timedelta(days=away_after + away_for))
    constraints = Constraints((away,), clinic_weekdays)
    case = known_on(programme, base, on)
    told = plan(case, rulebook(), on, until=on + timedelta(days=70), constraints=constraints)
    assert gates_not_ready_when_following(case, told) == []
    for step in told.steps:
        assert step.on >= on
        assert constraints.patient_can(step.on) or step.cycle == 0
        if step.what in ("prescription", "pregnancy_test"):
            assert constraints.clinic_can(step.on)
        assert step.slack is None or step.slack >= 0


@each_patient
def test_capsules_never_run_out_where_nobody_is_away(programme: str, base: str, on: date):
    _, told = planned(programme, base, on)
    assert told.days_without_capsules == 0


# -- against every other choice of days ----------------------------------------------------------------


def entries(programme: str, day: date) -> tuple[Fact, ...]:
    """What a month's appointment puts on file besides test and prescription."""
    if programme == "us_ipledge":
        return (
            Counselling(id=f"counselling-{day}", date=day),
            Comprehension(id=f"comprehension-{day}", date=day, passed=True),
        )
    return (
        Questionnaire(id=f"mood-{day}", date=day, tool="mood_entry"),
        Questionnaire(id=f"function-{day}", date=day, tool="sexual_function_entry", depth="full"),
    )


def first_possible_hand_over(case: Case, programme: str, days: list[date]) -> date | None:
    """Of every test day, prescription day and hand-over day, the earliest hand-over the review allows."""
    for given_on in days:
        earlier = [day for day in days if day <= given_on]
        for tested, issued in product(earlier, earlier):
            if tested > issued:
                continue
            test = PregnancyTest(
                id="test", taken_on=tested, result="negative", setting="laboratory", specimen="serum"
            )
            before = with_facts(case, (test, *entries(programme, tested)))
            if reviewed(before, issued).gates["prescribe"].verdict != "ready":
                continue
            prescription = Prescription(id="rx", issued_on=issued, daily_dose_mg=40, days_supply=30)
            if reviewed(with_facts(before, (prescription,)), given_on).gates["dispense"].verdict == "ready":
                return given_on
    return None


@pytest.mark.parametrize(
    ("programme", "base", "on"),
    [
        ("us_ipledge", "third_prescription", date(2024, 3, 1)),
        ("us_ipledge", "third_prescription", date(2024, 2, 8)),
        ("uk_mhra", "adult_first_prescription", date(2026, 2, 20)),
        ("uk_mhra", "adult_second_prescription", date(2026, 2, 26)),
        ("de_amvv", "first_prescription", date(2026, 2, 23)),
    ],
)
@pytest.mark.parametrize("closed", [frozenset[int](), frozenset({0, 1}), frozenset({2, 3, 4})])
def test_no_other_choice_of_days_hands_over_sooner(
    programme: str, base: str, on: date, closed: frozenset[int]
):
    case = known_on(programme, base, on)
    constraints = Constraints(clinic_weekdays=frozenset(range(7)) - closed)
    told = plan(case, rulebook(), on, until=on + timedelta(days=40), constraints=constraints)
    begins = min(step.on for step in told.steps)  # a week before the capsules run out, or the day asked for
    days = [begins + timedelta(days=count) for count in range(9)]
    days = [day for day in days if constraints.clinic_can(day)]
    best = first_possible_hand_over(case, programme, days)
    assert best is not None
    assert hand_overs(told)[0] == best


# -- what a plan says ------------------------------------------------------------------------------------


def test_a_prescription_and_a_hand_over_can_wait_until_their_latest_day_and_not_longer():
    case, told = planned("us_ipledge", "third_prescription", date(2024, 3, 6))
    first = told.steps[0]
    # The specimen of 4 March is day 1, so day 7 is 10 March; it is collected on the 6th.
    assert (first.what, first.on, first.latest, first.slack) == (
        "dispense", date(2024, 3, 6), date(2024, 3, 10), 4,
    )  # fmt: skip
    assert first.latest is not None
    assert reviewed(case, first.latest).gates["dispense"].verdict == "ready"
    assert reviewed(case, first.latest + ONE_DAY).gates["dispense"].verdict != "ready"


def test_a_uk_prescription_can_wait_as_long_as_its_test_serves_it():
    case, told = planned("uk_mhra", "adult_first_prescription", date(2026, 2, 1))
    prescribed = next(step for step in told.steps if step.what == "prescription")
    tested = next(step for step in told.steps if step.what == "pregnancy_test")
    # At most three days after the test.
    assert prescribed.latest == tested.on + timedelta(days=3)
    before = with_facts(case, tested.facts)
    assert reviewed(before, prescribed.latest).gates["prescribe"].verdict == "ready"
    assert reviewed(before, prescribed.latest + ONE_DAY).gates["prescribe"].verdict != "ready"


def test_a_regular_cycle_waits_for_the_first_days_of_a_period():
    # Screened on 29 January 2024; contraception is long enough by 29 February; periods from 4 February every
    # 28 days come again on 3 March, so the confirmatory test falls on 3 March.
    on = date(2024, 2, 5)
    case = known_on("us_ipledge", "first_prescription", on)
    told = plan(case, rulebook(), on)
    confirmed = next(step for step in told.steps if step.what == "confirmatory_test")
    assert confirmed.on == date(2024, 3, 3)
    assert gates_not_ready_when_following(case, told) == []


def test_the_end_brings_the_tests_after_treatment():
    _, told = planned("us_ipledge", "third_prescription", date(2024, 3, 6))
    last = told.steps[-1]
    # 30 days after the last dose.
    assert (last.what, last.on) == ("post_treatment_test", told.until + timedelta(days=30))
    assert told.steps[-2].what == "end_of_treatment_test"


def test_an_absence_over_the_run_out_is_told_in_days_without_capsules():
    # The patient is back on 12 April, after the capsules have run out.
    away = Constraints(((date(2024, 3, 25), date(2024, 4, 11)),))
    case, told = planned("us_ipledge", "third_prescription", date(2024, 3, 6), away)
    second = hand_overs(told)[1]
    assert second == date(2024, 4, 12)
    runs_out = date(2024, 1, 10) + timedelta(days=90)  # three hand-overs of 30 days since 10 January
    assert told.days_without_capsules == (second - runs_out).days
    assert gates_not_ready_when_following(case, told) == []


def test_where_nothing_fits_the_plan_says_which_rule_forbids_it_and_what_to_relax():
    away = Constraints(((date(2024, 3, 7), date(2024, 12, 31)),))
    _, told = planned("us_ipledge", "third_prescription", date(2024, 3, 6), away)
    assert told.obstacle is not None
    assert told.obstacle.relaxing == ("the absence of 7 March 2024 to 31 December 2024",)


def test_without_a_category_nothing_is_planned():
    case = known_on("us_ipledge", "third_prescription", date(2024, 3, 6))
    facts = tuple(fact for fact in case.facts if fact.kind != "category")
    told = plan(Case(case.patient, case.time_zone, facts, case.programme), rulebook(), date(2024, 3, 6))
    assert told.obstacle is not None
    assert told.obstacle.rule == "category.recorded"
    assert [step for step in told.steps if step.gate is not None] == []


def test_what_if_supposes_a_fact_and_plans_on():
    on = date(2024, 3, 6)
    case = known_on("us_ipledge", "third_prescription", on)
    positive = PregnancyTest(taken_on=on, result="positive", setting="laboratory")
    told = plan(case, rulebook(), on, what_if=(positive,))
    assert told.obstacle is not None
    assert told.obstacle.rule == "pregnancy_testing.no_positive_test"
