"""What do the triglycerides ask for, before the start and on treatment?"""

from __future__ import annotations

from isovigil.calendar.days import days_after, in_words
from isovigil.case.kinds import Laboratory, Symptom
from isovigil.decisions.advice import advised, cannot_tell, not_yet_drawn
from isovigil.decisions.clearing import cleared_by
from isovigil.decisions.course import Course
from isovigil.decisions.finding import Outcome
from isovigil.decisions.laboratory_advice import Judged, advise, fasting_draw, still_standing
from isovigil.decisions.laboratory_bands import abnormal_before, action_of, place
from isovigil.decisions.laboratory_calm import calm_outcome, calm_results
from isovigil.decisions.laboratory_results import (
    Baseline,
    as_tabled,
    baseline_of,
    canonical,
    in_plain,
    is_from,
    on_treatment,
    results,
    worst_reading,
)
from isovigil.decisions.laboratory_symptoms import reported
from isovigil.decisions.rule import rule
from isovigil.law.law import Law

_RULE = "laboratory.triglycerides"
_ANALYTE = "triglycerides"
_TABLE = "laboratory/triglyceride_actions"
_BEFORE = "laboratory/triglyceride_baseline_actions"
_CALM_ON_TREATMENT = calm_results(_TABLE, (_ANALYTE,))
_CALM_BEFORE = calm_results(_BEFORE, (_ANALYTE,))


@rule(_RULE, clinical=True)
def triglycerides(course: Course, law: Law) -> Outcome:
    """What do the triglycerides ask for?

    Any value with symptoms of pancreatitis is an emergency (TG-S). A high value that was not known
    to be fasting asks for a fasting one before anything else.
    """
    suspected = _pancreatitis(course, law)
    if suspected is not None:
        return suspected
    found = _deciding(course)
    if found is None:
        return not_yet_drawn(_ANALYTE)
    if _may_be_judged(found, law):
        return _advice(course, law, found)
    earlier = [fact for fact in results(course)[_ANALYTE] if _may_be_judged(fact, law)]
    stood = _advice(course, law, earlier[-1]) if earlier else None
    return still_standing(_repeat_fasting(course, law, found), stood)


def _advice(course: Course, law: Law, found: Laboratory) -> Outcome:
    treated = on_treatment(course, found)
    calm = calm_outcome(
        _CALM_ON_TREATMENT if treated else _CALM_BEFORE,
        found,
        baseline_of(course, law, _ANALYTE) if treated else None,
        law,
    )
    if calm is not None:
        return calm
    if treated:
        judged = _on_treatment(course, law, found)
    else:
        placed = place(found, _BEFORE, law)
        judged = Judged(found, placed, action_of(placed), None)
    return advise(_RULE, course, law, judged, lambda: fasting_draw(law, found))


def _on_treatment(course: Course, law: Law, found: Laboratory) -> Judged:
    baseline = baseline_of(course, law, _ANALYTE)
    placed = place(found, _TABLE, law, baseline)
    if placed.place == 0:
        return Judged(found, placed, action_of(placed), baseline)
    before = abnormal_before(course, found, _TABLE, law, baseline, lambda one: _may_be_judged(one, law))
    raised = baseline_was_raised(baseline, law)
    action = action_of(
        placed,
        baseline_raised=raised,
        repeat_of=None if before is None else canonical(before),
        now=canonical(found),
    )
    because = []
    if raised:
        because.append("The baseline was raised.")
    if before is not None:
        higher = canonical(found) > canonical(before)
        because.append(f"It repeats {in_plain(before)} and is {'higher' if higher else 'not higher'}.")
    beside = () if before is None else (before,)
    return Judged(found, placed, action, baseline, " ".join(because), beside=beside)


def baseline_was_raised(baseline: Baseline | None, law: Law) -> bool:
    """Was any value of the baseline outside the mildest band?"""
    return baseline is not None and any(place(fact, _TABLE, law).place > 0 for fact in baseline.facts)


def _deciding(course: Course) -> Laboratory | None:
    """The last result; on one day a fasting one tells more than one that was not."""
    found = results(course).get(_ANALYTE)
    if not found:
        return None
    last = found[-1]
    if last.fasting:
        return last
    fasting = [fact for fact in found if fact.taken_on == last.taken_on and fact.fasting]
    return fasting[-1] if fasting else last


def _may_be_judged(fact: Laboratory, law: Law) -> bool:
    """Fasting, or below the value from which a repeat must be fasting. Not stated counts as not fasting."""
    if fact.fasting:
        return True
    tabled = as_tabled(fact)
    bound = law.value("laboratory/fasting_needed_from", fact.taken_on).value[tabled.unit]
    return not is_from(worst_reading(tabled), bound)


def _repeat_fasting(course: Course, law: Law, found: Laboratory) -> Outcome:
    """Nothing is decided on a high value that was not fasting, but a new one is due soon."""
    table = _TABLE if on_treatment(course, found) else _BEFORE
    placed = place(found, table, law)
    needed = law.value("laboratory/fasting_needed_from", found.taken_on)
    preparing, values = fasting_draw(law, found)
    _, due = placed.row["recheck_days"]
    due_on = days_after(found.taken_on, due)
    unit = as_tabled(found).unit
    status = "was not fasting" if found.fasting is False else "is not known to have been fasting"
    return cannot_tell(
        f"{in_plain(found)} {status}, and from {needed.value[unit]:g} {unit} on a fasting value "
        f"decides; if fasting it would be {placed.band}.",
        needs=f"triglycerides again by {in_words(due_on)}{preparing}",
        whose_move="prescriber",
        task="laboratory",
        facts=[found],
        values=(needed, *values),
        opens_on=found.taken_on,
        due_on=due_on,
    )


def _pancreatitis(course: Course, law: Law) -> Outcome | None:
    """TG-S: severe upper-belly or back pain, or vomiting, with any triglyceride value."""
    asked = law.words("laboratory/pancreatitis_symptoms", course.today.day)
    present = [fact for fact in reported(course, asked.value) if not _is_cleared(course, fact)]
    if not present:
        return None
    found = _deciding(course)
    with_value = "no triglyceride value is on file" if found is None else in_plain(found)
    symptom = present[-1]
    return advised(
        "emergency",
        f"TG-S: upper-belly pain or vomiting was reported on {in_words(symptom.date)}; {with_value}.",
        needs="stop; acute care today, with lipase and triglycerides",
        whose_move="prescriber",
        facts=(symptom, found),
        values=(asked,),
        task="specialist_review",
        opens_on=symptom.date,
        due_on=symptom.date,
    )


def _is_cleared(course: Course, symptom: Symptom) -> bool:
    among = [fact for fact in course.chart.all(Symptom) if fact.code == symptom.code]
    decision = cleared_by(
        course, _RULE, symptom, among=among, needs_assessment=("gastroenterology", "specialist")
    )
    return decision is not None
