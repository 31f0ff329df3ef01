"""Which steps of self-care concern one patient, by the symptoms that stand and the conditions on file?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from isovigil.calendar.moment import Moment
from isovigil.case.case import Case
from isovigil.case.chart import Chart
from isovigil.case.kinds import Condition
from isovigil.decisions.course import Course
from isovigil.decisions.symptom_reports import reported
from isovigil.exchange.patient_texts import Care, PatientTexts, Step


class CarePlanned(NamedTuple):
    """One part of the plan: what everybody does, and what this patient does besides."""

    care: Care
    for_everybody: tuple[Step, ...]
    for_this_patient: tuple[Step, ...]


class SelfCarePlan(NamedTuple):
    """The whole plan, the parts that concern this patient most first."""

    texts: PatientTexts
    parts: tuple[CarePlanned, ...]


def self_care_plan(case: Case, at: datetime, known_by: datetime, texts: PatientTexts) -> SelfCarePlan:
    """The plan as of a moment: a symptom counts until it is reported as gone, a condition until it ends."""
    chart = Chart(case, Moment(at, ZoneInfo(case.time_zone)), known_by)
    codes = {code for code, told in reported(Course(chart)).items() if told.run}
    conditions = {fact.what for fact in chart.open_now(Condition)}
    parts = [_planned(care, codes, conditions) for care in texts.self_care]
    parts.sort(key=lambda part: not part.for_this_patient)
    return SelfCarePlan(texts, tuple(parts))


def _planned(care: Care, codes: Iterable[str], conditions: Iterable[str]) -> CarePlanned:
    own = tuple(
        step
        for step in care.steps
        if not (set(step.codes).isdisjoint(codes) and set(step.conditions).isdisjoint(conditions))
    )
    return CarePlanned(care, tuple(step for step in care.steps if step.is_for_everybody), own)
