"""Is a step done on the day to which it was moved, and does everything after it follow the rules?"""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from isovigil.decisions.plan import plan
from isovigil.decisions.plan_parts import Constraints, KeptDay, Plan
from tests.plan.planned import gates_not_ready_when_following, known_on, rulebook

ON = date(2024, 3, 6)
US = ("us_ipledge", "third_prescription", ON)
UK = ("uk_mhra", "adult_second_prescription", date(2026, 3, 3))
Patient = tuple[str, str, date]


def planned(patient: Patient, *kept: KeptDay) -> Plan:
    programme, base, on = patient
    return plan(known_on(programme, base, on), rulebook(), on, constraints=Constraints(kept_days=kept))


def days_of(told: Plan, what: str) -> list[date]:
    return [step.on for step in told.steps if step.what == what]


def test_a_kept_day_forbids_the_other_days_of_its_kind_alone():
    kept = KeptDay("dispense", date(2024, 4, 5), date(2024, 4, 9), date(2024, 4, 8))
    may = Constraints(kept_days=(kept,))
    assert [may.allow("dispense", date(2024, 4, day)) for day in range(4, 11)] == [
        True, False, False, False, True, False, True
    ]  # fmt: skip
    assert all(may.allow("laboratory", date(2024, 4, day)) for day in range(4, 11))


@pytest.mark.parametrize("patient", [US, UK], ids=["US", "UK"])
@pytest.mark.parametrize("what", ["pregnancy_test", "dispense"])
def test_a_step_moved_by_two_days_is_done_on_that_day_and_every_gate_is_ready(patient: Patient, what: str):
    own = planned(patient)
    step = [each for each in own.steps if each.what == what][-1]
    on = step.on + timedelta(days=2)
    assert step.latest is not None
    told = planned(patient, KeptDay(step.what, step.earliest, max(step.latest, on), on))
    assert on in days_of(told, what)
    assert step.on not in days_of(told, what)
    assert gates_not_ready_when_following(known_on(*patient), told) == []


def test_without_a_kept_day_the_plan_is_what_it_was():
    assert planned(US, KeptDay("visit", ON, ON, ON)) == planned(US)


def test_where_a_move_leaves_no_day_the_plan_says_that_it_would_go_on_without_it():
    far = ON + timedelta(days=300)
    told = planned(US, KeptDay("dispense", ON, far, far))
    assert told.obstacle is not None
    assert told.obstacle.relaxing == ("the move to 31 December 2024",)
