"""On which days of one cycle do test, entries, prescription and hand-over leave the most slack?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

import msgspec

from isovigil.calendar.days import days_after, days_between, in_words
from isovigil.case.fact import Fact
from isovigil.case.kinds import Counselling, Dispense, NonPregnancyCertificate, PregnancyTest, Questionnaire
from isovigil.decisions.cycle import hand_over_window
from isovigil.decisions.finding import Finding, Gate, Task, TaskWord
from isovigil.decisions.plan_judged import Judge, JudgedDay, may_prescribe
from isovigil.decisions.plan_laboratory import Draws
from isovigil.decisions.plan_parts import Constraints, Obstacle, Step, days_from, last_day_of, step_of
from isovigil.decisions.plan_steps import Move, move_for, periods_expected, prescription_like_the_last

_CONFIRMATORY = "pregnancy_testing.confirmatory_test"
_WINDOW = "dispensing.inside_the_window"
_EXISTS = "dispensing.prescription_exists"
_OPENING = (PregnancyTest, Counselling, NonPregnancyCertificate)
"""What a window or the days of a prescription can count from."""
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


class Made(NamedTuple):
    """One step of an attempt: what it does, the rule it meets, its days, and the gate it passed."""

    move: Move
    rule: str
    task: Task
    gate: Gate | None
    is_for_dispense: bool = False
    """Needed for the hand-over only, and not for the prescription."""


class Fit(NamedTuple):
    """A day on which a whole cycle fits: what is done on it, and the day of the hand-over."""

    day: date
    given: date
    made: tuple[Made, ...]
    opens_its_window: bool
    """Does the window count from something of this cycle, so that it moves with it?"""

    @property
    def facts(self) -> tuple[Fact, ...]:
        """What the cycle puts on file."""
        return tuple(fact for made in self.made for fact in made.move.facts)


class _Failed(NamedTuple):
    """An attempt that came to nothing: the next day worth trying, and what stood in the way."""

    next_day: date
    finding: Finding | None


def _kind_of(fact: Fact) -> tuple[type[Fact], str | None]:
    """What two facts of one day share that would meet the same rules: one test serves them all."""
    return type(fact), fact.tool if isinstance(fact, Questionnaire) else None


class CycleSearch:
    """Looks for the days of one cycle after the other, with the engine as the judge."""

    def __init__(self, judge: Judge, on: date, constraints: Constraints, give_up_after: int) -> None:
        self.judge = judge
        self.on = on
        self.constraints = constraints
        self.steps: list[Step] = []
        self.give_up_after = give_up_after
        self._begun: set[str] = set()
        """The rules whose clock a step of this plan has started already."""
        self._aim = on
        self._opens: dict[str, date] = {}
        """The first day on which each rule could be met, as told before that day came."""

    # -- one cycle --------------------------------------------------------------------------------------

    def next_cycle(self, number: int, aim: date, runs_out: date | None, draws: Draws) -> Obstacle | Fit:
        """Add the steps of the next hand-over, from the day aimed at on; or what forbids it.

        Of the days up to the one on which the capsules run out, the one with the most slack; else, and for
        a first hand-over, the earliest day on which the cycle fits.
        """
        self._aim = aim
        self._opens.clear()
        first = self._first_fit(number, aim)
        if isinstance(first, Obstacle):
            return first
        best = first
        if runs_out is not None and first.given <= runs_out:
            best = self._with_most_slack(first, runs_out, draws)
        self._keep(number, best)
        return best

    def _first_fit(self, number: int, aim: date) -> Obstacle | Fit:
        last_try = days_after(aim, self.give_up_after)
        why: Finding | None = None
        beyond = self._beyond_every_step(aim)
        if beyond is not None:
            return Obstacle(beyond.rule, beyond.says, beyond.needs, aim)
        day = aim
        while day <= last_try:
            came = self._attempt(day, number)
            if isinstance(came, Fit):
                return came
            if came.finding is not None and (why is None or came.finding.rule != why.rule):
                why = came.finding
            day = max(came.next_day, days_after(day, 1))
        if why is None:
            says = "No day fits on which patient and clinic are both there."
            return Obstacle(_WINDOW, says, None, last_try)
        return Obstacle(why.rule, why.says, why.needs, last_try)

    def _beyond_every_step(self, day: date) -> Finding | None:
        """What no planned step can change: a stop or a hold, or a category that nobody recorded."""
        now = self.judge.on(day).main
        if now.course.can_become_pregnant is None:
            return next((each for each in now.findings if each.rule == "category.recorded"), None)
        if now.gates["prescribe"].verdict not in ("stop", "hold"):
            return None
        named = now.gates["prescribe"].first_reason
        return next((each for each in now.findings if each.rule == named), None)

    # -- one attempt --------------------------------------------------------------------------------------

    def _attempt(self, day: date, number: int | None = None) -> Fit | _Failed:
        """Try to come as far as the hand-over, beginning on one day.

        With the number of a cycle, what only starts a clock is kept even where the rest does not fit yet.
        """
        made: list[Made] = []
        facts: tuple[Fact, ...] = ()
        for period in periods_expected(self.judge.case, day):
            named = self.judge.named((period,))
            says = f"The period begins as expected, on {in_words(period.started_on)}."
            task = Task("record_fact", "patient", period.started_on, None, None, _CONFIRMATORY, says)
            made.append(Made(Move("record_fact", "patient", says, named), _CONFIRMATORY, task, None))
            facts = (*facts, *named)
        while True:
            now = self.judge.on(day, facts)
            if now.is_ready("dispense") and now.main.course.undispensed is not None:
                return self._hand_over(day, made, facts, now)
            if now.is_ready("prescribe") and may_prescribe(now):
                if not self.constraints.allow("prescription", day):
                    return _Failed(self._next_day_for("prescription", day), None)
                new = self._prescribe(day, made, now)
            else:
                met = self._meet(now, day, made)
                if isinstance(met, _Failed):
                    return self._keep_what_starts_a_clock(number, day, made, met)
                new = met
            facts = (*facts, *new)

    def _prescribe(self, day: date, made: list[Made], now: JudgedDay) -> tuple[Fact, ...]:
        named = self.judge.named((prescription_like_the_last(now.main.course, now.main.law, day),))
        says = "Issue the prescription."
        task = now.task("prescription", _EXISTS)
        if task is None:  # an earlier one stands, which no hand-over can be made on any more
            task = Task("prescription", "prescriber", day, None, None, _EXISTS, says)
        made.append(Made(Move("prescription", "prescriber", says, named), _EXISTS, task, "prescribe"))
        return named

    def _meet(self, now: JudgedDay, day: date, made: list[Made]) -> _Failed | tuple[Fact, ...]:
        """The facts that meet what blocks a gate today; or the day from which it could be met."""
        gate: Gate = "dispense" if now.is_ready("prescribe") else "prescribe"
        blocking = now.blocking(gate)
        new, waits = self._moves(now, blocking, day, made)
        if waits:
            latest, finding = max(waits, key=lambda wait: wait[0])
            return _Failed(self._next_clinic_day(latest), finding)
        if gate == "prescribe":
            for_later = [
                each for each in now.blocking("dispense") if each not in blocking and each.rule != _WINDOW
            ]
            new += self._moves(now, for_later, day, made, new)[0]
        if not new:
            return _Failed(days_after(day, 1), blocking[0] if blocking else None)
        if not all(self.constraints.allow(each.move.what, day) for each in made if each.gate is None):
            made.clear()
            return _Failed(self._next_clinic_day(days_after(day, 1)), blocking[0])
        return tuple(new)

    def _moves(
        self,
        now: JudgedDay,
        findings: list[Finding],
        day: date,
        made: list[Made],
        beside: Sequence[Fact] = (),
    ) -> tuple[list[Fact], list[tuple[date, Finding]]]:
        """The facts that meet findings today, put among what is made; and the days others wait for."""
        new: list[Fact] = []
        waits: list[tuple[date, Finding]] = []
        tried = {each.rule for each in made if each.move.what != "record_fact"}
        kinds = {_kind_of(fact) for fact in beside}
        for finding in findings:
            opens = finding.satisfiable_from
            if opens is not None and opens > day:
                waits.append((opens, finding))
                self._opens[finding.rule] = opens
                if not finding.rule.endswith("lead_time") or finding.answer != "unknown":
                    continue
            move = None if finding.rule in tried else move_for(finding.rule, now.main, day)
            if move is None:
                if opens is None or opens <= day:
                    waits.append((days_after(day, 1), finding))
            elif not kinds & {_kind_of(fact) for fact in move.facts}:
                kinds |= {_kind_of(fact) for fact in move.facts}
                new += self._add(move, finding, made, now)
        return new, waits

    def _add(self, move: Move, finding: Finding, made: list[Made], now: JudgedDay) -> tuple[Fact, ...]:
        """Put a move among what is made, on the days of its own task."""
        move = move._replace(facts=self.judge.named(move.facts))
        task = now.task(move.what, finding.rule)
        opens_on = self._opens.get(finding.rule, self._aim)
        if task is None:
            task = Task(move.what, move.who, opens_on, None, None, finding.rule, move.says)
        task = msgspec.structs.replace(
            task, who=move.who, opens_on=opens_on, rule=finding.rule, says=move.says
        )
        made.append(Made(move, finding.rule, task, None, "prescribe" not in finding.gates))
        return move.facts

    def _keep_what_starts_a_clock(
        self, number: int | None, day: date, made: list[Made], failed: _Failed
    ) -> _Failed:
        """The screening test, contraception and papers are done at once, for their days count from then.

        Everything else would lapse before the day on which it is needed.
        """
        if number is None or not self.constraints.clinic_can(day):
            return failed
        for each in made:
            if each.rule in _STARTS_A_CLOCK - self._begun:
                self._begun.add(each.rule)
                self._commit(number, day, each, last=None)
        return failed

    def _hand_over(
        self, day: date, made: list[Made], facts: tuple[Fact, ...], now: JudgedDay
    ) -> Fit | _Failed:
        """The first day on which the patient can collect, inside the window."""
        task = now.task("dispense", _WINDOW)
        prescription = now.main.course.undispensed
        assert task is not None
        assert prescription is not None
        early = now.main.law.days("plan/appointment_days_before_run_out", day).value
        for given in days_from(day, task.closes_on or days_after(day, early)):
            if not self.constraints.allow("dispense", given):
                continue
            if given != day and not self.judge.on(given, facts).is_ready("dispense"):
                break
            handed = Dispense(date=given, days_supply=prescription.days_supply, prescription=prescription.id)
            move = Move("dispense", "pharmacy", "Hand over the capsules.", self.judge.named((handed,)))
            task = msgspec.structs.replace(task, says=move.says)
            opened = hand_over_window(now.main.course, now.main.law)
            moves = opened is not None and opened.opened_by.id in {fact.id for fact in facts}
            return Fit(day, given, (*made, Made(move, _WINDOW, task, "dispense")), moves)
        return _Failed(self._next_clinic_day(days_after(day, 1)), None)

    # -- the most slack -------------------------------------------------------------------------------------

    def _with_most_slack(self, first: Fit, runs_out: date, draws: Draws) -> Fit:
        """The fit with the largest smallest slack; of equals the one with fewer journeys, then the earliest.

        What each day would leave is reckoned from the days of the first fit; only a day that promises more
        is judged, and taken where the engine bears it out.
        """
        best, best_rank = first, self._rank(first, first.day, draws)
        promised = [(self._rank(first, day, draws, runs_out), day) for day in self._others(first, runs_out)]
        for rank, day in sorted(promised, key=lambda pair: (-pair[0][0], -pair[0][1], pair[1])):
            if rank <= best_rank:
                break
            came = self._attempt(day)
            if isinstance(came, Fit) and self._rank(came, day, draws) > best_rank:
                best, best_rank = came, self._rank(came, day, draws)
        return best

    def _others(self, first: Fit, runs_out: date) -> Iterator[date]:
        """The later days up to the run-out on which everything of the first fit could be done as well."""
        return (
            day
            for day in days_from(days_after(first.day, 1), runs_out)
            if all(self.constraints.allow(each.move.what, day) for each in first.made)
        )

    def _rank(self, fit: Fit, day: date, draws: Draws, runs_out: date | None = None) -> tuple[int, int]:
        """The smallest slack of a fit moved to a day, and how many blood draws it spares a journey."""
        moved = days_between(fit.day, day)
        is_tested = any(isinstance(fact, _OPENING) for fact in fit.facts)
        slacks = []
        for each in fit.made:
            last, closes_on = last_day_of(each.task, fit.day), each.task.closes_on
            follows = fit.opens_its_window if each.gate == "dispense" else is_tested
            if moved and closes_on is not None and follows:
                closes_on = days_after(closes_on, moved)
                last = closes_on if runs_out is None else min(closes_on, runs_out)
            if last is None:
                continue
            on = fit.given if each.gate == "dispense" and not moved else day
            latest = self.constraints.last_for(each.move.what, on, last)
            slacks.append(-1 if latest is None else days_between(on, latest))
        return min(slacks, default=0), draws.served_on(day)

    # -- keeping -------------------------------------------------------------------------------------------

    def _keep(self, number: int, fit: Fit) -> None:
        """Put a cycle on file; each entry within the days of the prescription or hand-over it is for."""
        opening = set(_OPENING)
        if any(isinstance(fact, PregnancyTest) for fact in fit.facts):
            opening.discard(Counselling)  # it opens the window where nobody is tested
        lasts: dict[Gate | None, date | None] = {}
        for each in fit.made:
            if each.gate is not None:
                on = fit.given if each.gate == "dispense" else fit.day
                lasts[each.gate] = last_day_of(each.task, on)
        for each in fit.made:
            day = fit.given if each.gate == "dispense" else fit.day
            last = None
            if each.gate is None and not opening & set(map(type, each.move.facts)):
                last = lasts.get("dispense" if each.is_for_dispense else "prescribe")
            self._commit(number, day, each, last=last)

    def _commit(self, number: int, day: date, each: Made, *, last: date | None) -> None:
        self.judge.put_on_file(each.move.facts)
        if each.move.what == "record_fact" and each.task.rule == _CONFIRMATORY:
            day = each.move.facts[0].day
            last = None
        step = step_of(
            each.task, day, self.constraints, cycle=number, from_day=self.on, last=last,
            gate=each.gate, facts=each.move.facts,
        )  # fmt: skip
        self.steps.append(step)

    def _next_clinic_day(self, day: date) -> date:
        return self._next_day_for("visit", day)

    def _next_day_for(self, what: TaskWord, day: date) -> date:
        beyond = days_after(day, self.give_up_after)
        return self.constraints.first_for(what, day, beyond) or days_after(beyond, 1)
