"""Which steps, on which days, bring a patient through the start, the cycles and the end?"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from isovigil.calendar.days import days_after, days_between, in_words
from isovigil.calendar.window import first_instant, last_instant
from isovigil.case.case import Case
from isovigil.case.fact import Fact
from isovigil.case.kinds import Dispense, Menses, TreatmentStop
from isovigil.decisions.cycle import hand_over_window
from isovigil.decisions.finding import Finding, Gate
from isovigil.decisions.judgement import Judgement, judge
from isovigil.decisions.plan_judged import JudgedDay, last_prescribing_day, may_prescribe
from isovigil.decisions.plan_parts import Constraints, Obstacle, Plan, Step, days_from
from isovigil.decisions.plan_steps import Move, move_for, periods_expected, prescription_like_the_last
from isovigil.law.rulebook import Rulebook

USUAL_COURSE_DAYS = 168
"""Where no last day is given: 24 weeks, the upper end of the usual course (uk-S46, posology)."""
EARLY_DAYS = 7
"""Our own choice: a next appointment is looked for from a week before the capsules run out."""
_GIVE_UP_AFTER_DAYS = 120
"""So long after the day aimed at is looked for a day on which a cycle fits."""
_TRIES = 8
_CONFIRMATORY = "pregnancy_testing.confirmatory_test"
_WINDOW = "dispensing.inside_the_window"


class _Planner:
    """Looks for the days, one cycle after the other, with the engine as the judge."""

    def __init__(
        self, case: Case, law: Rulebook, on: date, constraints: Constraints, programme: str, policy: str
    ) -> None:
        self.case = case
        self.law = law
        self.on = on
        self.constraints = constraints
        self.programme = programme
        self.policy = policy
        self.zone = ZoneInfo(case.time_zone)
        self.steps: list[Step] = []
        self.known_day = on
        self._count = 0
        self.begun: set[str] = set()
        """The rules whose clock a step of this plan has started already."""

    # -- the engine as the judge --------------------------------------------------------------------

    def judged(self, day: date, facts: tuple[Fact, ...] = ()) -> JudgedDay:
        """The patient on a day, with the facts of the plan so far and these on top."""
        case = msgspec.structs.replace(self.case, facts=(*self.case.facts, *facts)) if facts else self.case
        at, known_by = first_instant(day, self.zone), last_instant(day, self.zone)
        days = frozenset({day, *(fact.day for fact in case.facts if fact.day <= day)})
        readings = self.law.readings(self.programme, self.policy, self.known_day, days)
        every = tuple(judge(case, reading, at, known_by) for reading, _ in readings)
        main = next((each for each in every if each.gates["dispense"].verdict != "ready"), every[0])
        return JudgedDay(main, every)

    def named(self, facts: tuple[Fact, ...]) -> tuple[Fact, ...]:
        """The facts with ids of their own."""
        told = []
        for fact in facts:
            self._count += 1
            told.append(msgspec.structs.replace(fact, id=f"planned-{self._count}"))
        return tuple(told)

    # -- one cycle -------------------------------------------------------------------------------------

    def cycle(self, number: int, aim: date, deadline: date | None) -> Obstacle | date:
        """Add the steps of the next hand-over, from the day aimed at on; its day, or what forbids it."""
        day = aim
        last_try = days_after(aim, _GIVE_UP_AFTER_DAYS)
        why: Finding | None = None
        beyond = self._beyond_every_step(day)
        if beyond is not None:
            return Obstacle(beyond.rule, beyond.says, beyond.needs, day)
        while day <= last_try:
            came = self._attempt(number, day, deadline)
            if isinstance(came, date):
                return came
            if came.finding is not None and (why is None or came.finding.rule != why.rule):
                why = came.finding
            day = max(came.next_day, days_after(day, 1))
        if why is None:
            return Obstacle(
                _WINDOW, "No day fits on which patient and clinic are both there.", None, last_try
            )
        return Obstacle(why.rule, why.says, why.needs, last_try)

    def _beyond_every_step(self, day: date) -> Finding | None:
        """What no planned step can change: a stop or a hold, or a category that nobody recorded."""
        now = self.judged(day).main
        if now.course.can_become_pregnant is None:
            return next((each for each in now.findings if each.rule == "category.recorded"), None)
        if now.gates["prescribe"].verdict not in ("stop", "hold"):
            return None
        named = now.gates["prescribe"].first_reason
        return next((each for each in now.findings if each.rule == named), None)

    def _attempt(self, number: int, day: date, deadline: date | None) -> date | _Failed:
        """Try to come as far as the hand-over, beginning on one day."""
        made: list[tuple[Move, str, Gate | None]] = []
        facts: tuple[Fact, ...] = ()
        for period in periods_expected(self.case, day):
            (begun,) = self.named((period,))
            says = f"The period begins as expected, on {in_words(period.started_on)}."
            made.append((Move("record_fact", "patient", says, (begun,)), _CONFIRMATORY, None))
            facts = (*facts, begun)
        for _ in range(_TRIES):
            now = self.judged(day, facts)
            if now.is_ready("dispense") and now.main.course.undispensed is not None:
                return self._hand_over(number, day, made, facts, now, deadline)
            if now.is_ready("prescribe") and may_prescribe(now):
                if not self.constraints.clinic_can(day):
                    return _Failed(self._next_clinic_day(day), None)
                course, law = now.main.course, now.main.law
                (issued,) = self.named((prescription_like_the_last(course, law, day),))
                move = Move("prescription", "prescriber", "Issue the prescription.", (issued,))
                made.append((move, "dispensing.prescription_exists", "prescribe"))
                facts = (*facts, issued)
                continue
            gate: Gate = "prescribe" if not now.is_ready("prescribe") else "dispense"
            failed = self._meet(now, gate, day, made)
            if isinstance(failed, _Failed):
                return self._keep_what_starts_a_clock(number, day, made, failed)
            facts = (*facts, *failed)
        return _Failed(days_after(day, 1), None)

    def _meet(
        self, now: JudgedDay, gate: Gate, day: date, made: list[tuple[Move, str, Gate | None]]
    ) -> _Failed | tuple[Fact, ...]:
        """The facts that meet what blocks a gate today; or the day from which it could be met."""
        new: list[Fact] = []
        kinds: set[type[Fact]] = set()
        waits: list[tuple[date, Finding]] = []
        tried = {rule for move, rule, _ in made if move.what != "record_fact"}
        for finding in now.blocking(gate):
            opens = finding.satisfiable_from
            if opens is not None and opens > day:
                waits.append((opens, finding))
                if not finding.rule.endswith("lead_time") or finding.answer != "unknown":
                    continue
            is_tried = finding.rule in tried
            move = None if is_tried else move_for(finding.rule, now.main, day)
            if move is None:
                if opens is None or opens <= day:
                    waits.append((days_after(day, 1), finding))
                continue
            if kinds & {type(fact) for fact in move.facts}:
                continue
            kinds |= {type(fact) for fact in move.facts}
            move = move._replace(facts=self.named(move.facts))
            made.append((move, finding.rule, None))
            new += move.facts
        if waits:
            latest, finding = max(waits, key=lambda wait: wait[0])
            return _Failed(self._next_clinic_day(latest), finding)
        if not new:
            blocking = now.blocking(gate)
            return _Failed(days_after(day, 1), blocking[0] if blocking else None)
        if not self.constraints.clinic_can(day):
            made.clear()
            return _Failed(self._next_clinic_day(days_after(day, 1)), now.blocking(gate)[0])
        return tuple(new)

    def _keep_what_starts_a_clock(
        self, number: int, day: date, made: list[tuple[Move, str, Gate | None]], failed: _Failed
    ) -> _Failed:
        """The screening test, contraception and papers are done at once, for their days count from then.

        Everything else would lapse before the day on which it is needed.
        """
        if not self.constraints.clinic_can(day):
            return failed
        kept = [(move, rule, gate) for move, rule, gate in made if rule in _STARTS_A_CLOCK - self.begun]
        for move, rule, gate in kept:
            self.begun.add(rule)
            self._commit(number, day, move, rule, gate, earliest=day, latest=None)
        return failed

    def _hand_over(
        self,
        number: int,
        day: date,
        made: list[tuple[Move, str, Gate | None]],
        facts: tuple[Fact, ...],
        now: JudgedDay,
        deadline: date | None,
    ) -> date | _Failed:
        """The first day on which the patient can collect, inside the window; then the cycle is planned."""
        opened = hand_over_window(now.main.course, now.main.law)
        closes_on = None if opened is None else opened.window.closes_on
        if closes_on is not None and closes_on < day:
            closes_on = None  # days that are only advised (the EU's core)
        limit = closes_on or days_after(day, EARLY_DAYS)
        for given in days_from(day, limit):
            if not self.constraints.patient_can(given):
                continue
            if given != day and not self.judged(given, facts).is_ready("dispense"):
                break
            for move, rule, gate in made:
                latest = last_prescribing_day(now) if move.what == "prescription" else deadline
                self._commit(number, day, move, rule, gate, earliest=day, latest=latest)
            prescription = now.main.course.undispensed
            assert prescription is not None
            (handed,) = self.named(
                (Dispense(date=given, days_supply=prescription.days_supply, prescription=prescription.id),)
            )
            move = Move("dispense", "pharmacy", "Hand over the capsules.", (handed,))
            earliest = max(prescription.issued_on, self.on)
            self._commit(number, given, move, _WINDOW, "dispense", earliest=earliest, latest=closes_on)
            return given
        return _Failed(self._next_clinic_day(days_after(day, 1)), None)

    def _commit(
        self,
        number: int,
        day: date,
        move: Move,
        rule: str,
        gate: Gate | None,
        *,
        earliest: date,
        latest: date | None,
    ) -> None:
        self.case = msgspec.structs.replace(self.case, facts=(*self.case.facts, *move.facts))
        if isinstance(move.facts[0], Menses):
            day, earliest, latest = move.facts[0].day, move.facts[0].day, None
        if latest is not None and latest < day:
            latest = None
        slack = None if latest is None else days_between(day, latest)
        self.steps.append(
            Step(move.what, move.who, number, day, earliest, latest, slack, rule, move.says, gate, move.facts)
        )

    def _next_clinic_day(self, day: date) -> date:
        for later in days_from(day, days_after(day, _GIVE_UP_AFTER_DAYS)):
            if self.constraints.clinic_can(later):
                return later
        return days_after(day, _GIVE_UP_AFTER_DAYS + 1)

    # -- the end ---------------------------------------------------------------------------------------

    def end(self, last_dose: date) -> None:
        """The last dose and the tests after it, as the engine asks for them."""
        (stop,) = self.named((TreatmentStop(date=last_dose, reason="completed"),))
        self.case = msgspec.structs.replace(self.case, facts=(*self.case.facts, stop))
        now = self.judged(days_after(last_dose, 1)).main
        for finding in now.findings:
            for task in finding.tasks:
                if task.what not in ("end_of_treatment_test", "post_treatment_test") or task.due_on is None:
                    continue
                on = next(
                    (day for day in days_from(task.due_on, days_after(task.due_on, _GIVE_UP_AFTER_DAYS))
                     if self.constraints.clinic_can(day)),
                    task.due_on,
                )  # fmt: skip
                closes = task.closes_on
                slack = None if closes is None else days_between(on, closes)
                self.steps.append(
                    Step(task.what, task.who, 0, on, task.due_on, closes, slack, finding.rule, task.says)
                )


class _Failed(NamedTuple):
    """An attempt that came to nothing: the next day worth trying, and what stood in the way."""

    next_day: date
    finding: Finding | None


_STARTS_A_CLOCK = frozenset(
    {
        "pregnancy_testing.screening_test",
        "contraception.methods_accepted",
        "contraception.lead_time",
        "enrolment.patient_enrolled",
        "enrolment.consents_signed",
        "enrolment.prescriber_certified",
    }
)


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
    """The steps from `on` to the test after treatment, on the earliest days the engine finds ready.

    Of the days that fit, each cycle takes the first from a week before the capsules run out, which leaves
    the most slack until they do. Every planned prescription and hand-over was judged by the engine, in
    every reading of open dates, with what the plan puts on file before it. Facts dated after `on` count only
    where `what_if` supposes them. Planned tests are supposed to
    be negative. Where no day fits, the plan ends with the rule that forbids it. Raises what `review` raises.
    """
    constraints = constraints or Constraints()
    chosen, pack = programme or case.programme or "", policy or case.policy
    supposed = tuple(
        msgspec.structs.replace(fact, id=f"what-if-{count}") for count, fact in enumerate(what_if, 1)
    )
    so_far = tuple(fact for fact in case.facts if fact.day <= on)
    begun = msgspec.structs.replace(case, facts=(*so_far, *supposed))
    planner = _Planner(begun, law, on, constraints, chosen, pack)
    now = planner.judged(on).main
    started_on = now.course.sequence_started_on
    last_dose = until or days_after(started_on or on, USUAL_COURSE_DAYS)
    last_dose = max(last_dose, on)
    obstacle, gap, last_dose = _every_cycle(planner, on, last_dose, now, open_ended=until is None)
    if obstacle is None and _has_capsules(planner):
        planner.end(last_dose)
    if obstacle is not None:
        obstacle = _with_relaxing(obstacle, case, law, on, until, constraints, what_if, chosen, pack)
    return Plan(case.patient.id, chosen, on, last_dose, tuple(planner.steps), obstacle, gap)


def _has_capsules(planner: _Planner) -> bool:
    """Has anything been handed over, in the past or by the plan?"""
    return any(isinstance(fact, Dispense) for fact in planner.case.facts)


def _every_cycle(
    planner: _Planner, on: date, last_dose: date, now: Judgement, *, open_ended: bool
) -> tuple[Obstacle | None, int, date]:
    """Cycle after cycle until the capsules last to the end; what forbids it, the days without capsules
    on the way, and the last dose, which moves with the first one where no last day was asked for.
    """
    runs_out = _capsules_last_until(now)
    gap, number = 0, 0
    while runs_out is None or runs_out <= last_dose:
        number += 1
        aim = on if runs_out is None else max(on, days_after(runs_out, -EARLY_DAYS))
        deadline = None if runs_out is None or runs_out < on else runs_out
        given = planner.cycle(number, aim, deadline)
        if isinstance(given, Obstacle):
            return given, gap, last_dose
        if given > last_dose and runs_out is not None:
            break
        if runs_out is not None and given > runs_out:
            gap += days_between(max(runs_out, on), given)
        last = planner.steps[-1].facts[-1]
        assert isinstance(last, Dispense)
        runs_out = days_after(max(given, runs_out or given), last.days_supply)
        if number == 1 and now.course.sequence_started_on is None and open_ended:
            last_dose = days_after(given, USUAL_COURSE_DAYS)
    return None, gap, last_dose


def _capsules_last_until(now: Judgement) -> date | None:
    """The first day without capsules, as handed over so far; None before the first hand-over."""
    until: date | None = None
    for handed in now.course.sequence_hand_overs:
        until = days_after(max(handed.date, until or handed.date), handed.days_supply)
    return until


def _with_relaxing(
    obstacle: Obstacle,
    case: Case,
    law: Rulebook,
    on: date,
    until: date | None,
    constraints: Constraints,
    what_if: tuple[Fact, ...],
    programme: str,
    policy: str,
) -> Obstacle:
    """Which constraint, alone taken away, would let the plan go on."""
    ways: list[tuple[str, Constraints]] = []
    for absence in constraints.unavailable:
        others = tuple(each for each in constraints.unavailable if each != absence)
        says = f"the absence of {in_words(absence[0])} to {in_words(absence[1])}"
        ways.append((says, msgspec.structs.replace(constraints, unavailable=others)))
    if constraints.clinic_weekdays is not None:
        ways.append(("the clinic's weekdays", msgspec.structs.replace(constraints, clinic_weekdays=None)))
    helps = []
    for says, eased in ways:
        again = plan(
            case, law, on, until=until, constraints=eased, what_if=what_if, programme=programme, policy=policy
        )
        if again.obstacle is None:
            helps.append(says)
    return msgspec.structs.replace(obstacle, relaxing=tuple(helps))
