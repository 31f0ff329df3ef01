"""What does the engine say about one day of a plan, in every reading of the law?"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from isovigil.calendar.moment import Moment
from isovigil.calendar.window import first_instant, last_instant
from isovigil.case.case import Case
from isovigil.case.chart import Chart, days_up_to
from isovigil.case.fact import Fact
from isovigil.decisions.course import Course
from isovigil.decisions.finding import Finding, Gate, Task, TaskWord
from isovigil.decisions.judgement import Judgement, judge_every_reading
from isovigil.decisions.next_steps import next_steps
from isovigil.decisions.verdict import badness, programme_verdict
from isovigil.law.law import Law
from isovigil.law.rulebook import Rulebook


class JudgedDay(NamedTuple):
    """A day judged in every reading of the law; `main` is the worst of them, as in a review."""

    main: Judgement
    every: tuple[Judgement, ...]

    def is_ready(self, gate: Gate) -> bool:
        """Is a gate ready in every reading?"""
        return all(each.gates[gate].verdict == "ready" for each in self.every)

    def blocking(self, gate: Gate) -> list[Finding]:
        """What stands in the way at a gate, each rule once, in any reading."""
        found: dict[str, Finding] = {}
        for each in self.every:
            named = set(each.gates[gate].because)
            for finding in each.findings:
                stands = gate in finding.gates and programme_verdict(finding) != "ready"
                if stands or finding.rule in named:
                    found.setdefault(finding.rule, finding)
        return list(found.values())

    def task(self, what: TaskWord, rule: str) -> Task | None:
        """The next step of this kind, that of the rule before another's; None where none is asked for."""
        tasks = [task for task in next_steps(self.main) if task.what == what]
        return next((task for task in tasks if task.rule == rule), tasks[0] if tasks else None)


class Judge:
    """The engine, asked about one patient's days with the facts of a plan on file."""

    def __init__(self, case: Case, law: Rulebook, known_day: date, programme: str, policy: str) -> None:
        self.case = case
        self.law = law
        self.programme = programme
        self.policy = policy
        self._known_day = known_day
        self._zone = ZoneInfo(case.time_zone)
        self._count = 0

    def on(self, day: date, facts: tuple[Fact, ...] = ()) -> JudgedDay:
        """The patient on a day, with the facts of the plan so far and these on top."""
        case = msgspec.structs.replace(self.case, facts=(*self.case.facts, *facts)) if facts else self.case
        at, known_by = first_instant(day, self._zone), last_instant(day, self._zone)
        readings = self.law.readings(self.programme, self.policy, self._known_day, days_up_to(case, day))
        every = tuple(judge_every_reading(case, [reading for reading, _ in readings], at, known_by))
        return JudgedDay(max(every, key=lambda each: badness(each.gates)), every)

    def course_on(self, day: date) -> tuple[Course, Law]:
        """The patient's course on a day, unjudged, with the first reading of the law."""
        readings = self.law.readings(self.programme, self.policy, self._known_day, frozenset({day}))
        at, known_by = first_instant(day, self._zone), last_instant(day, self._zone)
        return Course(Chart(self.case, Moment(at, self._zone), known_by)), readings[0][0]

    def put_on_file(self, facts: tuple[Fact, ...]) -> None:
        """What the plan does is on file from here on."""
        self.case = msgspec.structs.replace(self.case, facts=(*self.case.facts, *facts))

    def named(self, facts: tuple[Fact, ...]) -> tuple[Fact, ...]:
        """The facts with ids of their own."""
        told = []
        for fact in facts:
            self._count += 1
            told.append(msgspec.structs.replace(fact, id=f"planned-{self._count}"))
        return tuple(told)


def may_prescribe(now: JudgedDay) -> bool:
    """Is there nothing to hand over yet that was prescribed for this cycle?"""
    course = now.main.course
    if course.undispensed is None:
        return True
    exists = next(each for each in now.main.findings if each.rule == "dispensing.prescription_exists")
    lapsed = next(each for each in now.main.findings if each.rule == "dispensing.inside_the_window")
    return exists.answer == "not_met" or lapsed.answer == "not_met"
