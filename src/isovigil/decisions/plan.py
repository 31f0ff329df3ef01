"""Which steps, on which days, bring a patient through the start, the cycles and the end?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import msgspec

from isovigil.calendar.days import days_after, days_between, in_words
from isovigil.case.case import Case
from isovigil.case.fact import Fact
from isovigil.case.kinds import (
    Acknowledgement,
    CourseOpened,
    Dispense,
    Enrolment,
    Prescription,
    TreatmentStop,
)
from isovigil.decisions.cycle import capsules_last_until
from isovigil.decisions.finding import Task
from isovigil.decisions.judgement import Judgement
from isovigil.decisions.next_steps import cycle_days, next_steps
from isovigil.decisions.plan_cycle import CycleSearch
from isovigil.decisions.plan_judged import Judge
from isovigil.decisions.plan_laboratory import Draws, first_journey, with_draws
from isovigil.decisions.plan_parts import (
    AFTER_TREATMENT,
    Constraints,
    Obstacle,
    Plan,
    Step,
    last_day_of,
    step_of,
)
from isovigil.decisions.rule import RULES
from isovigil.law.rulebook import Rulebook

_SCHEDULED = ("laboratory.baseline", "laboratory.due")
_A_NEW_COURSE = (CourseOpened, Prescription, Enrolment, Acknowledgement)


class _Asked(NamedTuple):
    """What the plan is to be made for."""

    case: Case
    law: Rulebook
    on: date
    until: date | None
    constraints: Constraints
    what_if: tuple[Fact, ...]
    programme: str
    policy: str


def plan(
    case: Case,
    law: Rulebook,
    on: date,
    *,
    until: date | None = None,
    constraints: Constraints | None = None,
    what_if: tuple[Fact, ...] = (),
    programme: str | None = None,
    policy: str | None = None,
) -> Plan:
    """The steps from `on` to the test after treatment, with the most slack the rules and capsules leave.

    It begins with the tasks of the review of `on` and takes the days of every later step from the same
    function (docs/adr/0007 says how days are chosen). Every planned prescription and hand-over was judged by
    the engine, in every reading of open dates, with what the plan puts on file before it. Facts dated after
    `on` count only where `what_if` supposes them. Planned tests are supposed to be negative and planned draws
    normal. Where no day fits, the plan ends with the rule that forbids it. Raises what `review` raises.
    """
    asked = _Asked(
        case, law, on, until, constraints or Constraints(), what_if,
        programme or case.programme or "", policy or case.policy,
    )  # fmt: skip
    told = _planned(asked)
    if told.obstacle is None:
        return told
    ways = tuple(says for says, eased in _ways(asked.constraints) if _goes_on(asked, eased))
    return msgspec.structs.replace(told, obstacle=msgspec.structs.replace(told.obstacle, relaxing=ways))


def _planned(asked: _Asked) -> Plan:
    on = asked.on
    supposed = tuple(
        msgspec.structs.replace(fact, id=f"what-if-{count}") for count, fact in enumerate(asked.what_if, 1)
    )
    so_far = tuple(fact for fact in asked.case.facts if fact.day <= on)
    begun = msgspec.structs.replace(asked.case, facts=(*so_far, *supposed))
    judge = Judge(begun, asked.law, on, asked.programme, asked.policy)
    now = judge.on(on).main
    first_steps = next_steps(now)
    give_up_after = now.law.days("plan/gives_up_after", on).value
    search = CycleSearch(judge, on, asked.constraints, give_up_after)
    if _is_over(now):
        ended = now.course.ended_treatment
        last_dose, obstacle, gap = (on if ended is None else ended.date), None, 0
    else:
        obstacle, gap, last_dose = _every_cycle(search, asked, now)
        if obstacle is None and any(isinstance(fact, Dispense) for fact in judge.case.facts):
            _end(search, last_dose)
    steps = _with_the_rest(search, first_steps, now, last_dose, give_up_after)
    return Plan(asked.case.patient.id, asked.programme, on, last_dose, steps, obstacle, gap, first_steps)


def _is_over(now: Judgement) -> bool:
    """Has treatment ended, with nothing of a new course on file?"""
    course = now.course
    return course.has_ended and not any(course.all(kind) for kind in _A_NEW_COURSE)


def _every_cycle(search: CycleSearch, asked: _Asked, now: Judgement) -> tuple[Obstacle | None, int, date]:
    """Cycle after cycle until the capsules last to the end; what forbids it, the days without capsules
    on the way, and the last dose, which moves with the first one where no last day was asked for.
    """
    on, judge = asked.on, search.judge
    usual = now.law.period("plan/usual_course", on).value
    early = now.law.days("plan/appointment_days_before_run_out", on).value
    started_on = now.course.sequence_started_on
    last_dose = max(asked.until or usual.after(started_on or on), on)
    runs_out = capsules_last_until(now.course)
    aim = cycle_days(now.course, now.law).appointment or on
    draws = Draws(now.course, now.law, last_dose)
    gap, number = 0, 0
    while runs_out is None or runs_out <= last_dose:
        number += 1
        fit = search.next_cycle(number, aim, runs_out, draws)
        if isinstance(fit, Obstacle):
            return fit, gap, last_dose
        if runs_out is not None and fit.given > runs_out:
            gap += days_between(max(runs_out, on), fit.given)
        if number == 1 and started_on is None:
            last_dose = last_dose if asked.until else usual.after(fit.given)
            draws = Draws(*judge.course_on(fit.given), last_dose)
        draws.go_past(fit.day)
        handed = fit.made[-1].move.facts[0]
        assert isinstance(handed, Dispense)
        runs_out = days_after(max(fit.given, runs_out or fit.given), handed.days_supply)
        aim = max(fit.given, days_after(runs_out, -early))
    return None, gap, last_dose


def _end(search: CycleSearch, last_dose: date) -> None:
    """The last dose and the tests after it, as the engine asks for them."""
    judge = search.judge
    judge.put_on_file(judge.named((TreatmentStop(date=last_dose, reason="completed"),)))
    for task in next_steps(judge.on(days_after(last_dose, 1)).main):
        if task.what not in AFTER_TREATMENT or task.due_on is None:
            continue
        on = first_journey((), search.constraints, task.due_on, None, search.give_up_after)
        search.steps.append(step_of(task, on, search.constraints, cycle=0, from_day=search.on))


def _with_the_rest(
    search: CycleSearch, first_steps: Sequence[Task], now: Judgement, last_dose: date, give_up_after: int
) -> tuple[Step, ...]:
    """The steps in the order of their days, with the draws and with the tasks no cycle has taken up."""
    on, constraints, steps = search.on, search.constraints, search.steps
    kinds, rules = {step.what for step in steps}, {(step.what, step.rule) for step in steps}
    rest = []
    for task in first_steps:
        is_planned = task.what in _ONE_STEP and task.what in kinds and not RULES[task.rule].clinical
        if is_planned or task.rule in _SCHEDULED or (task.what, task.rule) in rules:
            continue
        first = max(on, task.opens_on or on)
        day = first_journey(steps, constraints, first, last_day_of(task, first), give_up_after)
        rest.append(step_of(task, day, constraints, cycle=0, from_day=on))
    last_day = max((step.on for step in steps if step.what == "dispense"), default=on)
    course, law = search.judge.course_on(last_day)
    drawn = with_draws([*steps, *rest], first_steps, Draws(course, law, last_dose), on, constraints)
    return tuple(sorted([*steps, *rest, *drawn], key=lambda step: step.on))


_ONE_STEP = frozenset({"pregnancy_test", "confirmatory_test", "prescription", "dispense", "counselling"})


def _ways(constraints: Constraints) -> list[tuple[str, Constraints]]:
    """Each constraint, with what is left without it."""
    ways = []
    for absence in constraints.unavailable:
        others = tuple(each for each in constraints.unavailable if each != absence)
        says = f"the absence of {in_words(absence[0])} to {in_words(absence[1])}"
        ways.append((says, msgspec.structs.replace(constraints, unavailable=others)))
    for kept in constraints.kept_days:
        others_kept = tuple(each for each in constraints.kept_days if each != kept)
        says = f"the move to {in_words(kept.on)}"
        ways.append((says, msgspec.structs.replace(constraints, kept_days=others_kept)))
    if constraints.clinic_weekdays is not None:
        ways.append(("the clinic's weekdays", msgspec.structs.replace(constraints, clinic_weekdays=None)))
    return ways


def _goes_on(asked: _Asked, eased: Constraints) -> bool:
    return _planned(asked._replace(constraints=eased)).obstacle is None
