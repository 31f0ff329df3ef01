"""Is there no other choice of days that leaves more slack, by trying every one of them?

The search below knows nothing of how a plan is made. It puts a test, entries, a prescription and a hand-over
on every choice of days, asks the public review at each, and counts slack from what the review still allows.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

import pytest

from isovigil.case.case import Case
from isovigil.case.fact import Fact
from isovigil.case.kinds import (
    Comprehension,
    Counselling,
    Dispense,
    NonPregnancyCertificate,
    PregnancyTest,
    Prescription,
    Questionnaire,
)
from isovigil.decisions.finding import Gate
from isovigil.decisions.plan import plan
from isovigil.decisions.plan_parts import Constraints, Plan, Step
from tests.plan.planned import ONE_DAY, known_on, reviewed, rulebook, with_facts

WEEK = 7
"""How many days before the capsules run out the next appointment may be (plan/appointment_days...)."""


class Choice(NamedTuple):
    """The days of one cycle: of test and entries, of the prescription, of the hand-over."""

    tested: date
    issued: date
    given: date


class Everything:
    """Every choice of days for the next hand-over of a patient, judged by the review alone."""

    def __init__(self, case: Case, programme: str, runs_out: date | None, constraints: Constraints) -> None:
        self.case = case
        self.programme = programme
        self.runs_out = runs_out
        self.constraints = constraints
        self.ready = cache(self._ready)

    def entries(self, day: date) -> tuple[Fact, ...]:
        """What an appointment puts on file besides the prescription."""
        test = PregnancyTest(
            id=f"test-{day}", taken_on=day, result="negative", setting="laboratory", specimen="serum"
        )
        if self.programme == "us_ipledge":
            return (
                test,
                Counselling(id=f"counselling-{day}", date=day),
                Comprehension(id=f"comprehension-{day}", date=day, passed=True),
            )
        entered = (
            test,
            Questionnaire(id=f"mood-{day}", date=day, tool="mood_entry"),
            Questionnaire(id=f"function-{day}", date=day, tool="sexual_function_entry", depth="full"),
        )
        if self.programme != "it_aifa":
            return entered
        return (*entered, NonPregnancyCertificate(id=f"certificate-{day}", date=day))

    def _ready(self, gate: Gate, tested: date, issued: date | None, on: date) -> bool:
        case = with_facts(self.case, self.entries(tested))
        if issued is not None:
            prescription = Prescription(id=f"rx-{issued}", issued_on=issued, daily_dose_mg=40, days_supply=30)
            case = with_facts(case, (prescription,))
        came = reviewed(case, on)
        readings = [came.gates, *(other.gates for other in came.alternatives)]
        return all(gates[gate].verdict == "ready" for gates in readings)

    def choices(self, days: list[date]) -> Iterator[Choice]:
        """Every choice of days on which each act may be done."""
        clinic = [day for day in days if self.constraints.clinic_can(day)]
        for tested in clinic:
            for issued in [day for day in clinic if day >= tested]:
                if not self.ready("prescribe", tested, None, issued):
                    continue
                for given in days:
                    if given < issued or not self.constraints.patient_can(given):
                        continue
                    if self.ready("dispense", tested, issued, given):
                        yield Choice(tested, issued, given)

    def all_on(self, tested: date, day: date) -> bool:
        """With this test, could the rest be done on this day?"""
        return self.ready("prescribe", tested, None, day) and self.ready("dispense", tested, day, day)

    def slacks(self, choice: Choice, days: list[date]) -> list[int]:
        """How far the hand-over, the prescription and the test could each move, with the acts before them
        as chosen, until the capsules run out.
        """
        tested, issued, given = choice
        until = [day for day in days if self.runs_out is None or day <= max(self.runs_out, given)]
        clinic = [day for day in until if self.constraints.clinic_can(day)]
        can = self.constraints.patient_can
        givens = [day for day in until if day >= given and can(day)]
        last_given = max(day for day in givens if self.ready("dispense", tested, issued, day))
        last_issued = max(day for day in clinic if day >= issued and self.all_on(tested, day))
        last_tested = max(day for day in clinic if day >= tested and self.all_on(day, day))
        return [(last_given - given).days, (last_issued - issued).days, (last_tested - tested).days]

    def rank(self, choice: Choice, days: list[date]) -> tuple[int, int, int, int]:
        """Few days without capsules, then a large smallest slack, then an early hand-over, an early test."""
        gap = 0 if self.runs_out is None else max(0, (choice.given - self.runs_out).days)
        counts = self.runs_out is not None and choice.given <= self.runs_out
        smallest = min(self.slacks(choice, days)) if counts else 0
        return -gap, smallest, -choice.given.toordinal(), -choice.tested.toordinal()


def chosen(told: Plan, cycle: int) -> Choice:
    """The days a plan chose for one cycle."""
    on = {step.what: step.on for step in told.steps if step.cycle == cycle}
    tested = on.get("confirmatory_test") or on["pregnancy_test"]
    return Choice(tested, on["prescription"], on["dispense"])


def runs_out_before(told: Plan, cycle: int, case: Case) -> date | None:
    """The first day without capsules when a cycle begins: every hand-over so far adds its days."""
    planned = [fact for step in told.steps if step.cycle < cycle for fact in step.facts]
    handed = [fact for fact in (*case.facts, *planned) if isinstance(fact, Dispense)]
    until: date | None = None
    for fact in sorted(handed, key=lambda fact: fact.date):
        until = max(fact.date, until or fact.date) + timedelta(days=fact.days_supply)
    return until


def followed_to(case: Case, steps: tuple[Step, ...], cycle: int) -> Case:
    """The patient with every step of the earlier cycles done."""
    for step in steps:
        if 0 < step.cycle < cycle:
            case = with_facts(case, step.facts)
    return case


PATIENTS = [
    ("us_ipledge", "third_prescription", date(2024, 3, 6)),
    ("us_ipledge", "third_prescription_in_december_2026", date(2026, 12, 9)),
    ("uk_mhra", "adult_first_prescription", date(2026, 2, 1)),
    ("eu_ppp", "first_prescription", date(2026, 2, 1)),
    ("de_amvv", "first_prescription", date(2026, 2, 10)),
    ("fr_ansm", "first_prescription", date(2026, 2, 10)),
    ("it_aifa", "first_prescription", date(2026, 2, 10)),
    ("nl_ppp", "first_prescription", date(2026, 2, 10)),
]


@pytest.mark.parametrize(
    ("cycle", "closed"),
    [(2, (1, 3, 4, 5, 6)), (2, (0, 2, 3, 5, 6)), (2, (0, 1, 3, 4, 6)), (3, (1, 3, 4, 5, 6)), (3, (2, 3, 4))],
    ids=lambda days: "closed-" + "".join(map(str, days)) if isinstance(days, tuple) else f"cycle-{days}",
)
@pytest.mark.parametrize(("programme", "base", "on"), PATIENTS)
def test_no_choice_of_days_for_a_later_cycle_leaves_more_slack(
    programme: str, base: str, on: date, cycle: int, closed: tuple[int, ...]
):
    case = known_on(programme, base, on)
    constraints = Constraints(clinic_weekdays=frozenset(range(7)) - set(closed))
    told = plan(case, rulebook(), on, until=on + timedelta(days=100), constraints=constraints)
    runs_out = runs_out_before(told, cycle, case)
    assert runs_out is not None
    best_of_all(told, cycle, followed_to(case, told.steps, cycle), programme, runs_out, constraints)


@pytest.mark.parametrize(("first_away", "days_away"), [(-9, 3), (-5, 3), (-4, 8), (1, 8)])
@pytest.mark.parametrize(("programme", "base", "on"), PATIENTS[::3])
def test_nor_around_an_absence(programme: str, base: str, on: date, first_away: int, days_away: int):
    case = known_on(programme, base, on)
    undisturbed = plan(case, rulebook(), on, until=on + timedelta(days=70))
    expected = runs_out_before(undisturbed, 2, case)
    assert expected is not None
    first = expected + timedelta(days=first_away)
    constraints = Constraints(((first, first + timedelta(days=days_away)),), frozenset({0, 2, 3, 4}))
    told = plan(case, rulebook(), on, until=on + timedelta(days=70), constraints=constraints)
    runs_out = runs_out_before(told, 2, case)
    assert runs_out is not None
    best_of_all(told, 2, followed_to(case, told.steps, 2), programme, runs_out, constraints)


def best_of_all(
    told: Plan, cycle: int, case: Case, programme: str, runs_out: date, constraints: Constraints
) -> None:
    """No choice of days ranks higher than the plan's, and its slack is what the review still allows."""
    everything = Everything(case, programme, runs_out, constraints)
    first = max(runs_out - timedelta(days=WEEK), *(fact.day for fact in case.facts))
    ours = chosen(told, cycle)
    last = max(runs_out, ours.given) + 2 * ONE_DAY
    days = [first + timedelta(days=count) for count in range((last - first).days + 1)]
    ranks = {choice: everything.rank(choice, days) for choice in everything.choices(days)}
    assert ours in ranks
    best = max(ranks, key=lambda choice: ranks[choice])
    assert ranks[ours] == ranks[best], f"chosen {ours} {ranks[ours]}, best {best} {ranks[best]}"
    if ours.given <= runs_out:
        steps = {step.what: step for step in told.steps if step.cycle == cycle}
        told_slacks = [steps["dispense"].slack, steps["prescription"].slack]
        assert told_slacks == everything.slacks(ours, days)[:2]


@pytest.mark.parametrize("closed", [(), (2, 3, 4)], ids=lambda days: "closed-" + "".join(map(str, days)))
@pytest.mark.parametrize(
    ("programme", "base", "on"),
    [
        ("us_ipledge", "first_prescription", date(2024, 2, 26)),
        ("uk_mhra", "adult_first_prescription", date(2026, 2, 20)),
        ("eu_ppp", "first_prescription", date(2026, 2, 22)),
        ("de_amvv", "first_prescription", date(2026, 2, 23)),
        ("fr_ansm", "first_prescription", date(2026, 2, 22)),
        ("it_aifa", "first_prescription", date(2026, 2, 20)),
        ("nl_ppp", "first_prescription", date(2026, 2, 22)),
    ],
)
def test_no_choice_of_days_for_a_first_hand_over_is_sooner(
    programme: str, base: str, on: date, closed: tuple[int, ...]
):
    case = known_on(programme, base, on)
    constraints = Constraints(clinic_weekdays=frozenset(range(7)) - set(closed))
    told = plan(case, rulebook(), on, until=on + timedelta(days=60), constraints=constraints)
    # A regular cycle's periods are expected, which a review does not suppose: they are put on file here too.
    periods = tuple(fact for step in told.steps for fact in step.facts if fact.kind == "menses")
    everything = Everything(with_facts(case, periods), programme, None, constraints)
    days = [on + timedelta(days=count) for count in range(16)]
    soonest = min(choice.given for choice in everything.choices(days))
    assert chosen(told, 1).given == soonest
