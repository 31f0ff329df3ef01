"""Whose move is it today, for every patient, and how long is left?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from isovigil.calendar.days import days_after, in_words
from isovigil.calendar.moment import Moment
from isovigil.calendar.window import last_instant
from isovigil.case.case import Case
from isovigil.case.chart import Chart
from isovigil.case.kinds import Acknowledgement, CourseOpened, Enrolment
from isovigil.decisions.course import Course
from isovigil.decisions.finding import PASSES, Finding, Gate
from isovigil.decisions.review import Review
from isovigil.decisions.rule import Verdict
from isovigil.decisions.verdict import severity
from isovigil.usecases.worklist_days import (
    Deadline,
    answer_changes,
    by_when_of,
    capsules_run_out,
    due_of,
    hand_over_by,
    why_no_day,
    window_closes,
)
from isovigil.usecases.worklist_words import in_short, slack, step_of

Group = Literal["safety", "closing", "ours", "patient", "pharmacy", "waiting", "nothing"]
GROUPS: tuple[Group, ...] = ("safety", "closing", "ours", "patient", "pharmacy", "waiting", "nothing")
"""Most urgent first: what endangers, what is about to lapse, then whose move it is."""

CLOSING_WITHIN = timedelta(hours=48)
LOOK_AHEAD_DAYS = 7
"""So long before the capsules run out the next appointment comes onto the list."""

_OUR_MOVERS = frozenset({"prescriber", "designee", "specialist"})
_PATIENTS_MOVERS = frozenset({"patient", "carer"})
_ONLY_THE_NEXT_DOSE = frozenset({"no_uptitrate"})
"""Advice for the next prescription; nothing to do before it."""
_WINDOW = "dispensing.inside_the_window"
_LAPSE_WITH_THE_WINDOW = frozenset({"counselling.recorded", "comprehension.passed"})


class OtherReading(msgspec.Struct, frozen=True):
    """The same gate where an open date of law falls the other way: its verdict, and which date decides.

    The verdict may be the same for other reasons, as when a lockout would not run.
    """

    verdict: Verdict
    decided_by: str
    without: tuple[str, ...]
    """The rules that stand in the way here and not there."""


class Row(msgspec.Struct, frozen=True):
    """One patient's line: the gate that matters next, why, what to do, whose move, by when."""

    patient: str
    case_file: str
    name: str | None
    group: Group
    gate: Gate | None
    """None once treatment has ended: then no gate matters, only what is due after it."""
    verdict: Verdict | None
    reason: str
    more_reasons: int
    rule: str | None
    next_step: str
    whose_move: str | None
    opens_on: date | None
    deadline: Deadline | None
    slack: str | None
    judged_on: date
    course_number: int
    course_day: int | None
    other_reading: OtherReading | None
    """What an unconfirmed date of law would change at this gate; None where it changes nothing."""
    no_day: str = ""
    """Why the step has no deadline, where it has none."""


class Worklist(msgspec.Struct, frozen=True):
    """Every patient once, in the order of urgency."""

    rows: tuple[Row, ...]

    def of(self, group: Group) -> list[Row]:
        """The rows of one group."""
        return [row for row in self.rows if row.group == group]

    @property
    def open_dates(self) -> Counter[str]:
        """For each open date of law: how many of the answers shown depend on it."""
        return Counter(row.other_reading.decided_by for row in self.rows if row.other_reading is not None)


class _Step(NamedTuple):
    """What comes next for one patient, before it is put into a group."""

    gate: Gate | None
    reason: str
    more: int
    rule: str | None
    says: str
    mover: str | None
    opens_on: date | None
    deadline: Deadline | None
    is_due: bool = True
    """False while there is nothing to do yet."""


def worklist(rows: Iterable[Row]) -> Worklist:
    """The rows in the order of urgency: group, then deadline, then verdict, then id."""
    return Worklist(tuple(sorted(rows, key=_urgency)))


def _urgency(row: Row) -> tuple[object, ...]:
    verdict = severity(row.verdict) if row.verdict else 0
    last = datetime.max.replace(tzinfo=ZoneInfo("UTC"))
    deadline = last if row.deadline is None else row.deadline.at
    first = -verdict if row.group == "safety" else 0
    opens_on = row.opens_on or date.min
    if row.group == "waiting":
        return (GROUPS.index(row.group), first, opens_on, deadline, -verdict, row.patient)
    return (GROUPS.index(row.group), first, deadline, -verdict, opens_on, row.patient)


def row_of(case: Case, review: Review, case_file: str = "", name: str | None = None) -> Row:
    """One patient's row, from the case and its review at one moment."""
    zone = ZoneInfo(case.time_zone)
    course = Course(Chart(case, Moment(review.at, zone), review.known_by))
    step = _next(course, review)
    gate = step.gate
    verdict = review.gates[gate].verdict if gate else None
    return Row(
        patient=review.patient,
        case_file=case_file,
        name=name,
        group=_group(step, verdict, review.at),
        gate=gate,
        verdict=verdict,
        reason=in_short(step.reason),
        more_reasons=step.more,
        rule=step.rule,
        next_step=step.says,
        whose_move=step.mover,
        opens_on=step.opens_on,
        deadline=step.deadline,
        slack=_slack(step.deadline, review.at),
        judged_on=review.on,
        course_number=review.course.number,
        course_day=review.course.day,
        other_reading=_other_reading(review, gate),
        no_day="" if step.deadline else why_no_day(course, verdict, is_due=step.is_due),
    )


def _slack(end: Deadline | None, at: datetime) -> str | None:
    return None if end is None else slack(end.at, at, is_whole_day=end.is_whole_day)


def _other_reading(review: Review, gate: Gate | None) -> OtherReading | None:
    if gate is None:
        return None
    here = review.gates[gate]
    for alternative in review.alternatives:
        there = alternative.gates[gate]
        if there != here:
            without = tuple(rule for rule in here.because if rule not in there.because)
            return OtherReading(there.verdict, alternative.decided_by, without)
    return None


def _group(step: _Step, verdict: Verdict | None, at: datetime) -> Group:
    if verdict in ("stop", "hold"):
        return "safety"
    if not step.is_due:
        return "nothing"
    if step.deadline is not None and not step.deadline.is_whole_day:
        left = step.deadline.at - at
        if timedelta(0) <= left <= CLOSING_WITHIN:
            return "closing"
    if step.opens_on is not None and step.opens_on > at.date():
        return "waiting"
    if step.mover in _OUR_MOVERS:
        return "ours"
    if step.mover in _PATIENTS_MOVERS:
        return "patient"
    return "pharmacy" if step.mover == "pharmacy" else "waiting"


def _next(course: Course, review: Review) -> _Step:
    """The gate that matters next, and what stands before it."""
    gate = _gate_that_matters(course, review)
    verdict = review.gates[gate].verdict
    if verdict in ("stop", "hold"):
        return _obstacle(course, review, gate)
    if _has_ended(course):
        return _after_treatment(review)
    window = window_closes(course, review)
    runs_out = capsules_run_out(course)
    if runs_out is not None and window is None and course.undispensed is None:
        first = days_after(runs_out.at.date(), -LOOK_AHEAD_DAYS)
        if review.on < first:
            return _asked_meanwhile(course, review, gate) or _on_treatment(gate, runs_out, first)
    if verdict != "ready":
        return _obstacle(course, review, gate)
    reason, more, rule = _to_look_at(review, gate)
    if gate == "dispense":
        by = window or hand_over_by(course, review)
        return _Step(gate, reason, more, rule, "Hand over the capsules", "pharmacy", None, by)
    end = window or answer_changes(review, runs_out) or runs_out
    return _Step(gate, reason, more, rule, "Write the prescription", "prescriber", None, end)


def _to_look_at(review: Review, gate: Gate) -> tuple[str, int, str | None]:
    """What a person should look at although the gate is ready; the rule only where there is such a thing."""
    told = {finding.rule: finding for finding in review.findings}
    open_ones = [told[rule] for rule in review.clinical.findings]
    amber = [one for one in review.findings if one.amber and one.answer in PASSES and gate in one.gates]
    worth_a_look = [*open_ones, *amber]
    if not worth_a_look:
        return "Everything is in place.", 0, None
    return f"Look at this: {worth_a_look[0].says}", len(worth_a_look) - 1, worth_a_look[0].rule


def _gate_that_matters(course: Course, review: Review) -> Gate:
    if course.undispensed is not None:
        return "dispense"
    if not course.has_started and review.gates["start"].verdict != "ready":
        return "start"
    return "prescribe"


def _has_ended(course: Course) -> bool:
    """Has treatment ended, with nothing begun for another course?"""
    if not course.has_ended:
        return False
    kinds = (Enrolment, Acknowledgement, CourseOpened)
    return not course.prescriptions and not any(course.all(kind) for kind in kinds)


def _asked_meanwhile(course: Course, review: Review, gate: Gate) -> _Step | None:
    """What medicine asks for between two appointments: a value to check again, a dose to reduce."""
    told = {finding.rule: finding for finding in review.findings}
    for rule in review.clinical.findings:
        asked = told[rule]
        opens_on = asked.satisfiable_from
        if asked.action in _ONLY_THE_NEXT_DOSE or (opens_on is not None and opens_on > review.on):
            continue
        mover = asked.whose_move or "prescriber"
        by = due_of(asked, course) or capsules_run_out(course)
        return _Step(gate, asked.says, 0, rule, step_of(asked), mover, None, by)
    return None


def _on_treatment(gate: Gate, runs_out: Deadline, first: date) -> _Step:
    last = days_after(runs_out.at.date(), -1)
    reason = f"Capsules last until {in_words(last)}."
    return _Step(gate, reason, 0, None, "Next appointment", None, first, runs_out, is_due=False)


def _obstacle(course: Course, review: Review, gate: Gate) -> _Step:
    """What to do first about a gate that is not ready: what can be done today, else what opens first."""
    verdict = review.gates[gate]
    told = {finding.rule: finding for finding in review.findings}
    reasons = [told[rule] for rule in verdict.because if rule in told]
    possible = [one for one in reasons if one.satisfiable_from is None or one.satisfiable_from <= review.on]
    is_stop = verdict.verdict == "stop"
    if not reasons:
        return _Step(gate, "", 0, None, "Look at the review", "prescriber", None, None)
    chosen = _root_of(possible, reasons) if possible or is_stop else _opens_first(reasons)
    said = chosen if possible else reasons[0]
    return _Step(
        gate,
        said.says[:1].upper() + said.says[1:],
        len(reasons) - 1,
        said.rule,
        step_of(chosen),
        chosen.whose_move or "prescriber",
        None if possible or verdict.verdict != "waiting" else chosen.satisfiable_from,
        by_when_of(chosen, course, review, verdict.verdict),
    )


def _root_of(possible: Sequence[Finding], reasons: Sequence[Finding]) -> Finding:
    """The reason to begin with. Once a window is over, this month's entries lapse with it: then it is
    the window that has to be opened anew, and naming an entry first would send people the wrong way.
    """
    first = (possible or reasons)[0]
    if first.rule in _LAPSE_WITH_THE_WINDOW:
        return next((one for one in possible if one.rule == _WINDOW), first)
    return first


def _opens_first(reasons: Sequence[Finding]) -> Finding:
    """Nothing can be done today: the step that opens first; a mere wait only where there is no step."""
    with_a_step = [one for one in reasons if one.tasks] or list(reasons)
    return min(with_a_step, key=lambda one: one.satisfiable_from or date.max)


def _after_treatment(review: Review) -> _Step:
    """What is due after the last dose, the earliest first; nothing once all of it is done."""
    zone = review.at.tzinfo
    assert isinstance(zone, ZoneInfo)
    due = [
        finding
        for finding in review.findings
        if finding.rule.startswith("post_treatment.") and finding.answer not in PASSES and finding.tasks
    ]
    if not due:
        deferred = [one for one in review.findings if one.rule == "blood_donation.deferred_until"]
        waits = [one for one in deferred if one.answer == "met"]
        reason = waits[0].says if waits else "Treatment has ended, and everything after it is done."
        return _Step(None, reason, 0, None, "Nothing to do", None, None, None, is_due=False)
    first = min(due, key=lambda one: one.tasks[0].due_on or one.tasks[0].closes_on or date.max)
    task = first.tasks[0]
    day = task.due_on or task.closes_on
    deadline = None if day is None else Deadline(last_instant(day, zone), "due", is_whole_day=True)
    opens_on = first.satisfiable_from
    if opens_on is not None and opens_on <= review.on:
        opens_on = None
    return _Step(
        None, first.says, len(due) - 1, first.rule, step_of(first), first.whose_move, opens_on, deadline
    )
