"""Do glucose and HbA1c say that a new diabetes is to be confirmed?"""

from __future__ import annotations

from isovigil.calendar.days import in_words
from isovigil.case.kinds import Condition, Laboratory, Symptom
from isovigil.decisions.advice import advised, cannot_tell, not_yet_drawn, nothing_asked
from isovigil.decisions.course import Course
from isovigil.decisions.ctcae import counting_version, graded_in_words
from isovigil.decisions.finding import Outcome
from isovigil.decisions.laboratory_results import (
    baseline_of,
    canonical,
    in_plain,
    is_from,
    latest,
    may_be_worse,
)
from isovigil.decisions.laboratory_symptoms import reported
from isovigil.decisions.rule import rule
from isovigil.law.law import Law


@rule("laboratory.glucose", clinical=True, never_holds=True)
def glucose(course: Course, law: Law) -> Outcome:
    """Is a new diabetes to be confirmed?

    Asked for in diabetes, prediabetes, obesity and with thirst or frequent urination; not a stop rule.
    """
    wanted = law.words("laboratory/glucose_asked_for", course.today.day)
    conditions = course.chart.open_saying(Condition, wanted.value)
    symptoms = reported(course, law.words("laboratory/glucose_symptoms", course.today.day).value)
    found = [fact for analyte in ("hba1c", "glucose") if (fact := latest(course, analyte)) is not None]
    newest = max(found, key=lambda fact: fact.taken_on) if found else None
    unanswered = [one for one in symptoms if newest is None or newest.taken_on < one.date]
    if unanswered or (newest is None and conditions):
        return _asked_for([*conditions, *unanswered], law, course)
    if newest is None:
        return not_yet_drawn("glucose or HbA1c")
    high = [fact for fact in found if _is_high(fact, law)]
    version = counting_version(law, newest)
    says = f"{in_plain(newest)}. {_grades_in_words(newest, course, law)}".strip()
    if not high and not any(may_be_worse(fact) for fact in found):
        return nothing_asked(says, facts=[newest], values=(wanted, version))
    if any(fact.what == "diabetes" for fact in conditions):
        return nothing_asked(
            f"{says} Diabetes is known; treat it.", facts=(newest, *conditions), values=(wanted,)
        )
    return _to_be_confirmed(high or found, says, law)


def _grades_in_words(fact: Laboratory, course: Course, law: Law) -> str:
    if fact.analyte == "glucose" and not fact.fasting:
        return ""
    baseline = baseline_of(course, law, fact.analyte)
    return graded_in_words(fact, baseline, law, counting_version(law, fact).value)


def _is_high(fact: Laboratory, law: Law) -> bool:
    return is_from(
        canonical(fact), law.value("laboratory/new_diabetes_from", fact.taken_on).value[fact.analyte]
    )


def _to_be_confirmed(high: list[Laboratory], says: str, law: Law) -> Outcome:
    fact = high[0]
    bound = law.value("laboratory/new_diabetes_from", fact.taken_on)
    if fact.analyte == "glucose" and not fact.fasting:
        return cannot_tell(
            f"{says} It is not known to have been fasting.",
            needs="a fasting glucose or HbA1c",
            whose_move="prescriber",
            task="laboratory",
            facts=high,
            values=(bound,),
            opens_on=fact.taken_on,
        )
    return advised(
        "recheck",
        f"{says} {in_plain(fact)} is in the range of diabetes.",
        needs="a second glucose or HbA1c to confirm it, and a referral; treatment may go on",
        whose_move="prescriber",
        facts=high,
        values=(bound,),
        task="laboratory",
        opens_on=fact.taken_on,
    )


def _asked_for(because: list[Condition | Symptom], law: Law, course: Course) -> Outcome:
    last = because[-1]
    what = "thirst or frequent urination" if isinstance(last, Symptom) else last.what.replace("_", " ")
    return cannot_tell(
        f"Recorded on {in_words(last.day)}: {what}; no later glucose or HbA1c is on file.",
        needs="a fasting glucose or HbA1c",
        whose_move="prescriber",
        task="laboratory",
        facts=because,
        values=(law.words("laboratory/glucose_asked_for", course.today.day),),
        opens_on=last.day,
    )
