"""Which tests, and whose advice, does a medicine that acts on liver or blood fats ask for?

Clinical specification A5: methotrexate, ciclosporin, azoles, warfarin, fibrates. Days count from the
first one on which both medicines are taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from isovigil.calendar.days import Period, in_words
from isovigil.case.kinds import Laboratory, Medicine
from isovigil.decisions.advice import advised, nothing_asked
from isovigil.decisions.asked import joined
from isovigil.decisions.clearing import assessed, cleared_by
from isovigil.decisions.course import Course
from isovigil.decisions.finding import Outcome
from isovigil.decisions.medicines import medicines_since
from isovigil.decisions.rule import rule
from isovigil.law.law import Law
from isovigil.law.value import Dated

_RULE = "interactions.liver_and_lipid_active"
_ONCE = "none"
_IN_PLAIN = {"alt": "ALT", "ck": "creatine kinase", "inr": "INR"}


@rule(_RULE, clinical=True, never_holds=True)
def liver_and_lipid_active(course: Course, law: Law) -> Outcome:
    """Is a medicine taken that acts on liver or blood fats as well, and is it watched?"""
    table = law.value("interactions/monitoring", course.today.day)
    rows = {row["class"]: row for row in table.value}
    taken = [
        (each.medicine, rows[word])
        for each in medicines_since(course, law, course.today.day)
        for word in sorted(each.classes & rows.keys())
        if course.chart.is_open(each.medicine)
    ]
    if not taken:
        return nothing_asked(
            "No medicine is recorded that acts on liver or blood fats, which reads as none known.",
            values=(table,),
        )
    asked = [each for medicine, row in taken if (each := _asked(course, medicine, row, table)) is not None]
    if asked:
        return min(asked, key=lambda each: each.due_on or date.min)
    return nothing_asked(
        f"{joined([medicine.name for medicine, _ in taken])}: watched as it should be.",
        facts=[medicine for medicine, _ in taken],
        values=(table,),
    )


def _asked(course: Course, medicine: Medicine, row: Mapping[str, Any], table: Dated[Any]) -> Outcome | None:
    decided = cleared_by(course, _RULE, medicine)
    if row["specialist"] and decided is None and not assessed(course, medicine, ("hepatology", "specialist")):
        return advised(
            "recheck",
            f"{medicine.name} {row['because']}: a specialist weighs both together.",
            needs="a specialist's assessment, or a clinician's decision about it",
            whose_move="specialist",
            facts=[medicine],
            values=(table,),
            task="specialist_review",
        )
    if course.started_on is None:
        return None
    both_from = max(medicine.from_, course.started_on)
    opens_on = Period.parse(row["first_after"]).after(both_from)
    if not course.today.has_reached(opens_on):
        return None
    lacking: dict[str, date] = {}
    for analyte in row["tests"]:
        due = _due_on(course, analyte, opens_on, Period.parse(row["due"]).after(both_from), row["every"])
        if due is not None:
            lacking[analyte] = due
    if not lacking:
        return None
    tests = joined([_IN_PLAIN.get(analyte, analyte) for analyte in lacking])
    due_on = min(lacking.values())
    return advised(
        "recheck",
        f"{medicine.name} {row['because']}: {tests} by {in_words(due_on)}.",
        needs=tests,
        whose_move="prescriber",
        facts=[medicine],
        values=(table,),
        task="laboratory",
        opens_on=opens_on,
        due_on=due_on,
    )


def _due_on(course: Course, analyte: str, opens_on: date, first_due: date, every: str) -> date | None:
    """The day by which a test is due; None while a result stands."""
    taken = [
        fact.taken_on
        for fact in course.chart.all(Laboratory)
        if fact.analyte == analyte and fact.taken_on >= opens_on
    ]
    if not taken:
        return first_due
    if every == _ONCE:
        return None
    next_due = Period.parse(every).after(taken[-1])
    return next_due if course.today.has_reached(next_due) else None
