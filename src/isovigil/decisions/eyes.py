"""Do the eyes ask for advice before the start, or for an examination?

Source: the clinical specification, A4 (contact lenses, dry eyes, night driving) and D1 (AE04 to AE06, AE14).
No source read asks for examinations without symptoms; a clinic may schedule them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import msgspec

from isovigil.calendar.days import days_after, in_words
from isovigil.case.kinds import Condition, EyeExamination, Symptom
from isovigil.decisions.advice import advised, cannot_tell, nothing_asked
from isovigil.decisions.clearing import cleared_by
from isovigil.decisions.course import Course
from isovigil.decisions.finding import Outcome, not_applicable
from isovigil.decisions.rule import rule
from isovigil.decisions.symptom_reports import reported
from isovigil.law.law import Law
from isovigil.law.value import Dated

_SCHEDULED = "eyes/examinations_scheduled"
_EVERY = "eyes/examination_every_days"
_DUE_RULE = "eyes.examination_due"


@rule("eyes.baseline", clinical=True, never_holds=True)
def baseline(course: Course, law: Law) -> Outcome:
    """Were the eyes looked at before the first dose where that is asked, and who needs advice?"""
    day = course.today.day
    scheduled = law.flag(_SCHEDULED, day)
    advice = law.value("eyes/advised_before_start", day)
    advised = [row["condition"] for row in advice.value]
    present = {each.what for each in course.chart.open_saying(Condition, advised)}
    rows = [row for row in advice.value if row["condition"] in present]
    if not scheduled.value and not rows:
        return not_applicable("No eye examination is asked for before the first dose.", values=(scheduled,))
    says = " ".join(row["says"] for row in rows)
    told = tuple(_used(advice, {"condition": row["condition"]}) for row in rows)
    if not scheduled.value:
        return nothing_asked(says, values=told)
    started_on = course.started_on
    examined = [
        each for each in course.chart.all(EyeExamination) if started_on is None or each.date <= started_on
    ]
    every = law.days(_EVERY, day)
    last = examined[-1] if examined else None
    serves = last is not None and (
        started_on is not None or not course.today.is_past(days_after(last.date, every.value))
    )
    if last is not None and serves:
        return nothing_asked(
            f"The eyes were examined on {in_words(last.date)}. {says}".rstrip(),
            facts=[last],
            values=(scheduled, every, *told),
            amber=not last.normal,
        )
    return cannot_tell(
        f"No eye examination before the first dose is on file. {says}".rstrip(),
        needs="an eye examination",
        whose_move="specialist",
        task="eye_examination",
        values=(scheduled, every, *told),
    )


@rule(_DUE_RULE, clinical=True, never_holds=True)
def examination_due(course: Course, law: Law) -> Outcome:
    """Is an eye examination due: by a symptom, by an abnormal result, or by the clinic's schedule?"""
    day = course.today.day
    examined = course.chart.latest(EyeExamination)
    asking = list(_asking(course, law))
    if asking:
        due, symptom, value = min(asking, key=lambda each: (each[0], each[1].id))
        return advised(
            "recheck",
            f"{symptom.code} reported on {in_words(symptom.date)} asks for an eye examination.",
            needs="an eye examination",
            whose_move="specialist",
            facts=[symptom],
            values=(value,),
            task="eye_examination",
            opens_on=symptom.date,
            due_on=due,
        )
    scheduled = law.flag(_SCHEDULED, day)
    if examined is not None and not examined.normal:
        return _after_an_abnormal_one(course, examined, scheduled)
    if not scheduled.value or not course.has_started:
        return not_applicable("No eye examination is due.", values=(scheduled,))
    every = law.days(_EVERY, day)
    if examined is not None and not course.today.is_past(days_after(examined.date, every.value)):
        return nothing_asked(
            f"The eyes were examined on {in_words(examined.date)}.",
            facts=[examined],
            values=(scheduled, every),
        )
    says = "No eye examination is on file." if examined is None else "The last eye examination is too old."
    return cannot_tell(
        says,
        needs="an eye examination",
        whose_move="specialist",
        task="eye_examination",
        facts=[examined],
        values=(scheduled, every),
    )


def _asking(course: Course, law: Law) -> Iterator[tuple[date, Symptom, Dated[Any]]]:
    """The standing reports that ask for an examination and have had none since, each with its due day."""
    told = reported(course)
    if not told:
        return
    table = law.value("eyes/symptoms_examined", course.today.day)
    for row in table.value:
        reports = told.get(row["code"])
        if reports is None or not reports.run:
            continue
        for report in reports.run[-1].present:
            wanted = row.get("features")
            if wanted is not None and set(wanted).isdisjoint(report.features or ()):
                continue
            if not any(each.date >= report.date for each in course.chart.all(EyeExamination)):
                yield days_after(report.date, row["within_days"]), report, _used(table, row)


def _after_an_abnormal_one(course: Course, examined: EyeExamination, scheduled: Dated[bool]) -> Outcome:
    decision = cleared_by(course, _DUE_RULE, examined, needs_assessment=("ophthalmology",))
    says = f"The eye examination of {in_words(examined.date)} was not normal"
    if decision is not None:
        return nothing_asked(
            f"{says}; {decision.by} decided on {in_words(decision.date)} to {decision.decision}.",
            facts=[examined, decision],
            values=(scheduled,),
            amber=True,
        )
    return advised(
        "recheck",
        f"{says}.",
        needs="an ophthalmologist's opinion",
        whose_move="specialist",
        facts=[examined],
        values=(scheduled,),
        task="specialist_review",
        opens_on=examined.date,
    )


def _used(table: Dated[Any], row: dict[str, Any]) -> Dated[Any]:
    return msgspec.structs.replace(table, value=row)
