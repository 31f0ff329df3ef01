"""Which steps of self-care concern one patient, by the symptoms that stand and the conditions on file?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from isovigil.calendar.moment import Moment
from isovigil.case.case import Case
from isovigil.case.chart import Chart
from isovigil.case.kinds import Condition
from isovigil.decisions.course import Course
from isovigil.decisions.skin_procedures import procedures_put_off
from isovigil.decisions.symptom_reports import reported
from isovigil.exchange.patient_texts import Care, PatientTexts, Step
from isovigil.law.refusal import NoRuleInForce, ProgrammeNotModelled, UnknownPolicy, UnknownProgramme
from isovigil.law.rulebook import Rulebook

_SKIN = "skin"


class CarePlanned(NamedTuple):
    """One part of the plan: what everybody does, and what this patient does besides."""

    care: Care
    for_everybody: tuple[Step, ...]
    for_this_patient: tuple[Step, ...]


class SelfCarePlan(NamedTuple):
    """The whole plan, the parts that concern this patient most first."""

    texts: PatientTexts
    parts: tuple[CarePlanned, ...]


def self_care_plan(
    case: Case, at: datetime, known_by: datetime, texts: PatientTexts, rulebook: Rulebook
) -> SelfCarePlan:
    """The plan as of a moment: a symptom counts until it is reported as gone, a condition until it ends.

    Which procedures on the skin are put off, and for how long, is as the case's clinical policy says;
    where no programme's law is in force on the day, that one step is left out.
    """
    chart = Chart(case, Moment(at, ZoneInfo(case.time_zone)), known_by)
    codes = {code for code, told in reported(Course(chart)).items() if told.run}
    conditions = {fact.what for fact in chart.open_now(Condition)}
    parts = [_planned(care, codes, conditions) for care in texts.self_care]
    put_off = _put_off(case, at.date(), known_by.date(), texts, rulebook)
    parts = [
        part._replace(for_everybody=(*part.for_everybody, *put_off)) if part.care.key == _SKIN else part
        for part in parts
    ]
    parts.sort(key=lambda part: not part.for_this_patient)
    return SelfCarePlan(texts, tuple(parts))


def _put_off(case: Case, on: date, known_by: date, texts: PatientTexts, rulebook: Rulebook) -> list[Step]:
    """What to put off until some months after the last capsule; nothing where no law says."""
    if case.programme is None:
        return []
    try:
        law = rulebook.readings(case.programme, case.policy, known_by, [on])[0][0]
        procedures, wait = procedures_put_off(law, on)
    except (NoRuleInForce, ProgrammeNotModelled, UnknownProgramme, UnknownPolicy):
        return []
    named = ", ".join(texts.words.procedures[each] for each in procedures.value)
    return [Step(key="put_off", says=texts.words.put_off.format(months=wait.value.count, procedures=named))]


def _planned(care: Care, codes: Iterable[str], conditions: Iterable[str]) -> CarePlanned:
    own = tuple(
        step
        for step in care.steps
        if not (set(step.codes).isdisjoint(codes) and set(step.conditions).isdisjoint(conditions))
    )
    return CarePlanned(care, tuple(step for step in care.steps if step.is_for_everybody), own)
