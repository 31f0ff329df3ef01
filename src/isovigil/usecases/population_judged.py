"""What do the tables of a population say about one patient?

The same `review` and `replay` that judge one patient in the clinic; here their answers become rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from isovigil.calendar.days import age_in_years
from isovigil.calendar.moment import Moment
from isovigil.calendar.window import first_instant, last_instant
from isovigil.case.case import Case
from isovigil.case.chart import Chart, days_of
from isovigil.case.kinds import Category, Laboratory, Visit
from isovigil.decisions.course import Course
from isovigil.decisions.replay import Replay, replay
from isovigil.decisions.review import (
    Review,
    ReviewedCourse,
    ReviewNotPossible,
    review_with_its_course,
)
from isovigil.decisions.rule import Verdict
from isovigil.decisions.verdict import GATES, worst
from isovigil.exchange.bulk.declared_tables import Rows
from isovigil.exchange.bulk.fact_rows import StoredPatient
from isovigil.exchange.bulk.finding_columns import FindingColumns
from isovigil.indicators.totals import Totals
from isovigil.law.law import Law
from isovigil.law.refusal import NoRuleInForce, ProgrammeNotModelled
from isovigil.law.rulebook import Rulebook, UnknownPolicy, UnknownProgramme
from isovigil.usecases.audit import audited
from isovigil.usecases.population_laboratory import LaboratoryColumns

_INSTANTS_KEPT: Final = 4096
"""The first and last instants of days, which thousands of patients have in common."""

Row = tuple[Any, ...]
Audit = dict[tuple[str, str], Totals]
"""What the audit indicators count, by programme and policy."""


class Asked(NamedTuple):
    """What a run asks about every patient."""

    on: date
    programme: str | None = None
    policy: str | None = None
    every_finding: bool = False
    with_replay: bool = True


class Collected(NamedTuple):
    """The tables of some patients while they are made."""

    rows: Rows
    findings: FindingColumns
    laboratory: LaboratoryColumns


def judge_patient(
    stored: StoredPatient, law: Rulebook, asked: Asked, into: Collected, audit: Audit | None = None
) -> None:
    """Add one patient's rows to the tables: a review of the day, a replay of every act, the grades.

    With the replay, what the audit indicators count in each course is added to `audit`, where it is given.
    """
    case, rows = stored.case, into.rows
    refusal, refused_for = stored.refusal, "reading" if stored.refusal is not None else None
    judged: ReviewedCourse | None = None
    if case is not None and refusal is None:
        try:
            judged = review_with_its_course(
                case, law, on=asked.on, programme=asked.programme, policy=asked.policy
            )
        except NoRuleInForce as nothing:
            refusal, refused_for = str(nothing), "law"
        except (ReviewNotPossible, ProgrammeNotModelled, UnknownPolicy, UnknownProgramme) as wrong:
            refusal, refused_for = str(wrong), "call"
    if case is None or judged is None:
        chart = None if case is None else _chart(case, asked.on)
        rows["patients"].append(_patient(stored, asked, None, chart, refusal, refused_for))
        return
    told, course = judged.review, judged.course
    rows["patients"].append(_patient(stored, asked, told, course.chart, refusal, refused_for))
    rows["verdicts"].append(_verdict(stored.patient, told))
    into.findings.add(stored.patient, told.findings, judged.shared, every=asked.every_finding)
    rows["tasks"].extend(_tasks(stored.patient, told))
    rows["courses"].append(_course(stored.patient, told, course))
    # Fewer days ask less of the law: where all of them left one way to read it, these do.
    reading = _reading(told, course.chart, law) if judged.assumed else judged.law
    # What was worked out about a course holds for the law by which it was judged.
    graded = course if reading.says_the_same_as(judged.law) else Course(course.chart)
    into.laboratory.add(stored.patient, graded, reading)
    if asked.with_replay:
        acts = replay(case, law, course.chart.known_by, programme=asked.programme, policy=asked.policy)
        rows["acts"].extend(_acts(stored.patient, acts))
        rows["broken"].extend(_broken(stored.patient, acts))
        if audit is not None:
            totals = audit.setdefault((told.programme, told.policy), Totals())
            for _, counts in audited(course.chart, reading, acts):
                totals.add(counts)


def _reading(told: Review, chart: Chart, law: Rulebook) -> Law:
    """The law by which the laboratory values are graded: that of their days, read with the earlier law."""
    days = [told.on, *(fact.taken_on for fact in chart.all(Laboratory))]
    return law.readings(told.programme, told.policy, told.on, days)[0][0]


def _chart(case: Case, on: date) -> Chart:
    zone = ZoneInfo(case.time_zone)
    return Chart(case, Moment(first_instant(on, zone), zone), last_instant(on, zone))


def _patient(
    stored: StoredPatient,
    asked: Asked,
    told: Review | None,
    chart: Chart | None,
    refusal: str | None,
    refused_for: str | None,
) -> Row:
    case = stored.case
    if case is None or chart is None:
        empty = (None,) * 8
        return (stored.patient, asked.programme, asked.policy, *empty, False, refusal, refused_for,
                stored.errors, stored.warnings)  # fmt: skip
    days = days_of(case)
    category = chart.latest(Category)
    born_on = case.patient.born_on
    return (
        stored.patient,
        told.programme if told is not None else asked.programme or case.programme,
        told.policy if told is not None else asked.policy or case.policy,
        case.time_zone,
        born_on,
        None if born_on is None or born_on > asked.on else age_in_years(born_on, asked.on),
        case.patient.sex,
        None if category is None else category.can_become_pregnant,
        len(case.facts),
        min(days, default=None),
        max(days, default=None),
        told is not None,
        refusal,
        refused_for,
        stored.errors,
        stored.warnings,
    )


def _utc(at: datetime | None) -> datetime | None:
    # As the clocks go back an hour comes twice, and Python holds its instants to be equal.
    return None if at is None else _utc_of(at, at.fold)


@lru_cache(maxsize=_INSTANTS_KEPT)
def _utc_of(at: datetime, fold: int) -> datetime:
    return at.astimezone(UTC)


def _verdict(patient: str, told: Review) -> Row:
    gates: list[Any] = []
    verdicts: list[Verdict] = []
    for gate in GATES:
        verdict = told.gates[gate]
        gates += (verdict.verdict, verdict.first_reason, verdict.because)
        verdicts.append(verdict.verdict)
    window = told.window
    return (
        patient,
        told.on,
        _utc(told.at),
        _utc(told.known_by),
        _utc(told.holds_until),
        told.regime.id,
        told.regime.overlays,
        *gates,
        worst(verdicts),
        told.start_frozen_on,
        told.clinical.action,
        told.clinical.findings,
        None if window is None else window.opens_on,
        None if window is None else window.closes_on,
        None if window is None else _utc(window.closes_at),
        [" ".join((other.regime, *(other.gates[gate].verdict for gate in GATES)))
         for other in told.alternatives],
        [other.decided_by for other in told.alternatives],
    )  # fmt: skip


def _tasks(patient: str, told: Review) -> Iterator[Row]:
    for place, task in enumerate(told.tasks, start=1):
        yield (patient, place, task.what, task.who, task.opens_on, task.due_on, task.closes_on, task.rule,
               task.says)  # fmt: skip


def _course(patient: str, told: Review, course: Course) -> Row:
    summary = told.course
    stop = course.last_stop
    shown = course
    before = course.ended_before
    if course.started_on is None and before is not None and not course.prescriptions:
        shown = before
    ended = stop if stop is not None and shown is before else None
    visits = course.chart.all(Visit)
    hand_overs = shown.hand_overs
    target = summary.target_mg_per_kg or (None, None)
    return (
        patient,
        summary.number,
        summary.started_on,
        summary.day,
        None if ended is None else ended.date,
        None if ended is None else ended.reason,
        visits[0].date if visits else None,
        len(shown.prescriptions),
        len(hand_overs),
        hand_overs[-1].date if hand_overs else None,
        summary.daily_mg_per_kg,
        summary.cumulative_mg_per_kg,
        summary.nominal_cumulative_mg_per_kg,
        *target,
        summary.days_to_target,
    )


def _acts(patient: str, told: Replay) -> Iterator[Row]:
    for act in told.acts:
        yield (
            patient,
            act.act,
            act.kind,
            act.on,
            act.gate,
            act.judged,
            act.verdict,
            [reason.rule for reason in act.because],
            [reason.rule for reason in act.to_look_at],
            act.regime,
            act.overlays,
            act.in_hindsight,
            [f"{regime} {verdict}" for regime, verdict in act.other_readings],
            act.refusal,
        )


def _broken(patient: str, told: Replay) -> Iterator[Row]:
    for act in told.acts:
        for reason in act.because:
            yield (patient, act.act, act.kind, act.on, reason.rule, reason.answer, reason.says, reason.needs)
