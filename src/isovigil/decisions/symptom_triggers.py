"""Which trigger of a symptom's table does a report set off, and what ends it?

Each table (`symptoms/<name>`) lists triggers with an action. A trigger without a condition fires at any
severity but none. Source: the clinical specification, D1, as each table cites it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import msgspec

from isovigil.calendar.days import days_after, in_words
from isovigil.case.kinds import ClinicalDecision, Condition, Medicine, Symptom
from isovigil.decisions.advice import graver, gravity
from isovigil.decisions.clearing import (
    FAVOURABLE,
    assessed,
    cleared_by,
    decision_in_words,
    graver_decision,
)
from isovigil.decisions.course import Course
from isovigil.decisions.finding import Action
from isovigil.decisions.symptom_reports import SEVERITIES, Reported, at_least, severity_rank
from isovigil.law.law import Law
from isovigil.law.source import Citation
from isovigil.law.value import Dated

Row = Mapping[str, Any]
_NO_TRIGGER: Row = {"action": "continue"}


class Judged(NamedTuple):
    """What one symptom comes to under its table, before it is said as an outcome."""

    action: Action
    says: str
    row: Row
    report: Symptom
    value: Dated[Any]
    decision: ClinicalDecision | None = None
    """The decision that ended what the trigger asked for."""
    graver: ClinicalDecision | None = None
    """A clinician's own decision to hold or stop, where the table asks for less."""
    advice: tuple[str, ...] = ()


def judge_symptom(
    course: Course, law: Law, rule: str, table: Dated[Row], reported: Reported
) -> Judged | None:
    """The worst of what the standing reports of one symptom set off; None when it is gone for good."""
    standing = [
        _decided(course, rule, table, reported, report, row)
        for report in (reported.run[-1].present if reported.run else ())
        for row in _fired(course, law, table.value, reported, report)
    ]
    standing += _lasting(course, law, rule, table, reported)
    return max(standing, key=lambda each: gravity(each.action), default=None)


def _fired(course: Course, law: Law, table: Row, reported: Reported, report: Symptom) -> list[Row]:
    """The triggers a report sets off; a row without action when it sets off none."""
    rows = [row for row in table.get("triggers", ()) if _fires(course, law, row, reported, report)]
    return rows or [_NO_TRIGGER]


def _fires(course: Course, law: Law, row: Row, reported: Reported, report: Symptom) -> bool:
    when: Row = row.get("when", {})
    return all(_CONDITIONS[name](course, law, when, reported, report) for name in when if name in _CONDITIONS)


def _has_feature(course: Course, law: Law, when: Row, reported: Reported, report: Symptom) -> bool:
    return not set(when["features"]).isdisjoint(report.features or ())


def _is_severe(course: Course, law: Law, when: Row, reported: Reported, report: Symptom) -> bool:
    return at_least(report, when["severity"])


def _came_back(course: Course, law: Law, when: Row, reported: Reported, report: Symptom) -> bool:
    """Was it there on so many days within so many days up to the last report?"""
    days = [each.day for each in reported.days if each.present]
    wanted: int = when["reported_on_days"]
    return len(days) >= wanted and (days[-1] - days[-wanted]).days < when["within_days"]


def _lasted(course: Course, law: Law, when: Row, reported: Reported, report: Symptom) -> bool:
    days: int = when["for_days"]
    return reported.run_days >= days


def _takes(course: Course, law: Law, when: Row, reported: Reported, report: Symptom) -> bool:
    return any(each.class_ in when["medicines"] for each in course.chart.open_now(Medicine))


def _is_growing(course: Course, law: Law, when: Row, reported: Reported, report: Symptom) -> bool:
    """A skeleton of unknown age is not taken for a grown one."""
    if has_condition(course, ("growing_skeleton",)):
        return True
    age = course.chart.age_on(report.date)
    return age is None or age < law.number("symptoms/growing_until_age", report.date).value


def _is_later_course(course: Course, law: Law, when: Row, reported: Reported, report: Symptom) -> bool:
    first: int = when["course_from"]
    return course.number >= first


def _can_become_pregnant(course: Course, law: Law, when: Row, reported: Reported, report: Symptom) -> bool:
    return course.can_become_pregnant is not False


_CONDITIONS: Mapping[str, Callable[[Course, Law, Row, Reported, Symptom], bool]] = {
    "features": _has_feature,
    "severity": _is_severe,
    "reported_on_days": _came_back,
    "for_days": _lasted,
    "medicines": _takes,
    "growing": _is_growing,
    "course_from": _is_later_course,
    "can_become_pregnant": _can_become_pregnant,
}
"""What a trigger may ask for; all that it asks for must hold. `within_days` belongs to `reported_on_days`."""


def has_condition(course: Course, what: tuple[str, ...]) -> bool:
    """Is one of these conditions on file and not over?"""
    return bool(course.chart.open_saying(Condition, what))


# -- what ends a trigger ----------------------------------------------------------------------------


def _decided(
    course: Course, rule: str, table: Dated[Row], reported: Reported, report: Symptom, row: Row
) -> Judged:
    """A trigger that fired, under the decision that clears it or makes it graver, if there is one."""
    action: Action = row["action"]
    says = _in_words(table.value, report, row)
    cleared = None
    if action != "continue":
        cleared = cleared_by(
            course,
            rule,
            report,
            among=reported.reports,
            badness=lambda fact: _badness(course, table.value, fact),
            needs_assessment=tuple(row.get("assessment", ())),
            outcomes=tuple(row.get("outcomes", FAVOURABLE)),
        )
    graver_one = None
    if cleared is not None:
        action = "reduce" if cleared.decision == "reduce" else "continue"
    else:
        graver_one = graver_decision(course, rule, report, reported.reports, action)
        if graver_one is not None:
            action = graver(action, graver_one.decision)
    told = cleared or graver_one
    if told is not None:
        says += f" {decision_in_words(told)}"
    return Judged(
        action, says, row, report, _narrowed(table, row), cleared, graver_one, _advice(course, table.value)
    )


def _lasting(course: Course, law: Law, rule: str, table: Dated[Row], reported: Reported) -> list[Judged]:
    """Triggers of earlier reports that do not end by themselves when the symptom is gone or milder.

    An emergency, and whatever its table says so of, ends only with its assessment. An earlier report
    that was assessed is over; the last ones need a decision besides.
    """
    lasting = [row for row in table.value.get("triggers", ()) if not _ends_when_gone(row)]
    if not lasting:
        return []
    current = reported.run[-1].present if reported.run else ()
    found = []
    for report in reported.reports:
        if report.severity == "none" or report in current:
            continue
        for row in lasting:
            if _fires(course, law, row, reported, report) and not _is_over(course, report, row):
                judged = _decided(course, rule, table, reported, report, row)
                if judged.decision is None:
                    found.append(judged)
    return found


def _ends_when_gone(row: Row) -> bool:
    return row["action"] != "emergency" and bool(row.get("ends_when_gone", True))


def _is_over(course: Course, report: Symptom, row: Row) -> bool:
    """Was it assessed since? What is reported later is judged by its own triggers."""
    words, outcomes = tuple(row["assessment"]), tuple(row.get("outcomes", FAVOURABLE))
    return assessed(course, report, words, outcomes) is not None


def _badness(course: Course, table: Row, fact: Any) -> float:
    """The gravest action a report can set off by itself, then its severity."""
    actions = [
        gravity(row["action"])
        for row in table.get("triggers", ())
        if _sets_off_by_itself(row.get("when", {}), fact)
    ]
    return max(actions, default=0) * len(SEVERITIES) + severity_rank(fact)


def _sets_off_by_itself(when: Row, report: Symptom) -> bool:
    if "features" in when and set(when["features"]).isdisjoint(report.features or ()):
        return False
    return "severity" not in when or at_least(report, when["severity"])


# -- how it is said -----------------------------------------------------------------------------------


def _in_words(table: Row, report: Symptom, row: Row) -> str:
    told = f"{table['plain']}, {report.severity}, reported on {in_words(report.date)}"
    told = told[0].upper() + told[1:]
    if "says" in row:
        return f"{told}: {row['says']}."
    expected = table["expected"][0]["says"]
    return f"{told}. Known of it: {expected}. What helps: {table['self_care']}."


def _advice(course: Course, table: Row) -> tuple[str, ...]:
    """What people with certain conditions are told as well."""
    return tuple(
        row["says"] for row in table.get("advice", ()) if has_condition(course, tuple(row["conditions"]))
    )


def _narrowed(table: Dated[Row], row: Row) -> Dated[Any]:
    """The table's value as far as it was used: the symptom, the condition and the action.

    A trigger with a basis of its own carries that citation.
    """
    used = {"code": table.value["code"], "action": row["action"]}
    if "when" in row:
        used["when"] = row["when"]
    basis = row.get("basis")
    if basis is None:
        return msgspec.structs.replace(table, value=used)
    cite = Citation(basis["source"], basis["at"])
    return msgspec.structs.replace(table, value=used, cite=cite, strength="guidance")


def due_on(judged: Judged) -> Any:
    """By when the trigger's step is due; None where it sets none."""
    days = judged.row.get("within_days")
    return None if days is None else days_after(judged.report.date, days)
