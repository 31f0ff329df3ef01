"""Which blood draws are due, and is this patient to be watched more closely?"""

from __future__ import annotations

from datetime import date

from isovigil.calendar.days import in_words
from isovigil.case.kinds import (
    Acknowledgement,
    Condition,
    CourseOpened,
    Enrolment,
    Laboratory,
    Prescription,
)
from isovigil.decisions.advice import advised, cannot_tell, nothing_asked
from isovigil.decisions.asked import joined
from isovigil.decisions.clearing import assessed, cleared_by
from isovigil.decisions.closer_monitoring import (
    LIVER_INSUFFICIENCY,
    closer_because,
    conditions_that_matter,
    in_a_sentence,
    liver_diseases,
    since_when,
)
from isovigil.decisions.course import Course
from isovigil.decisions.dose_given import weight_on
from isovigil.decisions.finding import Outcome, not_applicable
from isovigil.decisions.laboratory_parsimony import parsimony_in_words
from isovigil.decisions.laboratory_results import (
    baseline_of,
    before_treatment,
    in_plain,
    is_above,
    name_of,
    results_on_treatment,
)
from isovigil.decisions.laboratory_schedule import Schedule, last_complete_draw, next_draw, schedule_of
from isovigil.decisions.rule import rule
from isovigil.law.law import Law

_CLOSER = "laboratory.closer_monitoring"
_A_NEW_COURSE = (CourseOpened, Prescription, Enrolment, Acknowledgement)
_NOTHING_ASKS_FOR_CLOSER_MONITORING = not_applicable(
    "Nothing recorded asks for closer monitoring.", strength="local_default"
)
_NO_COURSE_IS_PLANNED = not_applicable(
    "Treatment has ended and no new course is planned.", strength="local_default"
)


@rule("laboratory.baseline", clinical=True, never_holds=True)
def baseline(course: Course, law: Law) -> Outcome:
    """Is there a baseline of every blood value the policy asks for?"""
    if course.started_on is None and _is_over(course):
        return _NO_COURSE_IS_PLANNED
    schedule = schedule_of(course, law)
    missing = [name for name in schedule.analytes.value if not _has_baseline(course, law, name)]
    day = course.today.day if course.started_on is None else course.started_on
    within = law.period("laboratory/baseline_within", day)
    values = (schedule.analytes, within)
    facts = _baseline_facts(course, law, schedule)
    if not missing:
        told = "; ".join(in_plain(fact) for fact in facts)
        kept = " It stays the baseline of this course." if course.started_on is not None else ""
        return nothing_asked(f"The baseline is on file: {told}.{kept}", facts=facts, values=values)
    names = joined([name_of(name) for name in missing])
    if course.started_on is not None:
        drawn = [name for name in missing if results_on_treatment(course, name)]
        if len(drawn) == len(missing):
            return nothing_asked(
                f"No baseline of {names} was taken within {within.value.in_words()} before the first dose; "
                "results on treatment are judged by the laboratory's own limits.",
                facts=facts,
                values=values,
                amber=True,
            )
    return cannot_tell(
        f"No baseline of {names} is on file"
        + (f" within {within.value.in_words()}." if course.started_on is None else "."),
        needs=f"a blood draw for {names}{prepared(law, course)}",
        whose_move="prescriber",
        task="laboratory",
        facts=facts,
        values=values,
        opens_on=course.today.day if course.started_on is None else course.started_on,
    )


def _is_over(course: Course) -> bool:
    return course.has_ended and not any(course.all(kind) for kind in _A_NEW_COURSE)


def _has_baseline(course: Course, law: Law, analyte: str) -> bool:
    if course.started_on is not None:
        return baseline_of(course, law, analyte) is not None
    taken = before_treatment(course, analyte)
    if not taken:
        return False
    within = law.period("laboratory/baseline_within", course.today.day).value
    return not course.today.is_past(within.after(taken[-1].taken_on))


def _baseline_facts(course: Course, law: Law, schedule: Schedule) -> list[Laboratory]:
    facts: list[Laboratory] = []
    for analyte in schedule.analytes.value:
        known = baseline_of(course, law, analyte)
        facts += () if known is None else known.facts
    return facts


def prepared(law: Law, course: Course) -> str:
    """How to come to a blood draw: fasting for so long, and without alcohol."""
    day = course.today.day
    low, high = law.value("laboratory/fasting_hours", day).value
    dry = law.number("laboratory/alcohol_hours", day).value
    return f", fasting for {low:g} to {high:g} hours and without alcohol for {dry:g} hours"


@rule("laboratory.due", clinical=True, never_holds=True)
def due(course: Course, law: Law) -> Outcome:
    """Is a blood draw of the policy's schedule due?

    Peak dose is the first day at the highest prescribed daily dose; a rise sets its draw anew.
    """
    if course.started_on is None:
        return not_applicable(
            "The schedule begins with the first dose; laboratory.baseline asks before it.",
            strength="local_default",
        )
    schedule = schedule_of(course, law)
    draw = next_draw(course, law, schedule)
    values = (schedule.plan, schedule.analytes)
    names = joined([name_of(name) for name in schedule.analytes.value])
    spent = parsimony_in_words(course, law, schedule)
    facts = _last_draw(course, schedule)
    if draw is None:
        says = "Every draw of the schedule is made; while the results are normal no further one is asked for."
        return nothing_asked(f"{says} {spent}", facts=facts, values=values)
    closer = f" Closer monitoring because of {in_a_sentence(schedule.reasons)}." if schedule.reasons else ""
    window = f"from {in_words(draw.opens_on)} to {in_words(draw.due_on)}"
    needs = f"a blood draw for {names}, {window}{prepared(law, course)}"
    if not course.today.has_reached(draw.opens_on):
        says = f"The next draw is due on {in_words(draw.due_on)}.{closer} {spent}"
        return Outcome(
            "met",
            says,
            needs=needs,
            whose_move="prescriber",
            satisfiable_from=draw.opens_on,
            facts=tuple(fact.id for fact in facts),
            values=values,
            action="continue",
            task="laboratory",
            due_on=draw.due_on,
        )
    return cannot_tell(
        f"A draw for {names} is asked for by {in_words(draw.due_on)} and not on file.{closer} {spent}",
        needs=needs,
        whose_move="prescriber",
        task="laboratory",
        facts=facts,
        values=values,
        opens_on=draw.opens_on,
        due_on=draw.due_on,
    )


def _last_draw(course: Course, schedule: Schedule) -> list[Laboratory]:
    day: date | None = last_complete_draw(course, schedule.analytes.value)
    if day is None:
        return []
    found = [results_on_treatment(course, name)[-1] for name in schedule.analytes.value]
    return [fact for fact in found if fact.taken_on >= day]


@rule(_CLOSER, clinical=True)
def closer_monitoring(course: Course, law: Law) -> Outcome:
    """Does something known ask for closer blood monitoring, or for a liver specialist first?"""
    conditions = conditions_that_matter(course, law)
    if conditions:
        specialist = _liver_insufficiency(course, law, conditions) or _liver_disease(course, law)
        if specialist is not None:
            return specialist
    reasons = closer_because(course, law)
    if not reasons:
        return _NOTHING_ASKS_FOR_CLOSER_MONITORING
    return nothing_asked(
        f"Closer monitoring applies because of {in_a_sentence(reasons)}; laboratory.due says when.",
        facts=[reason.fact for reason in reasons],
        values=tuple({reason.value.name: reason.value for reason in reasons}.values()),
        amber=True,
    )


def _liver_insufficiency(course: Course, law: Law, present: list[Condition]) -> Outcome | None:
    """The policy says whether it rules treatment out or needs a specialist."""
    found = [fact for fact in present if fact.what == LIVER_INSUFFICIENCY and course.chart.is_open(fact)]
    if not found:
        return None
    held = law.word("laboratory/hepatic_insufficiency", course.today.day)
    blocks = held.value == "block"
    fact = found[-1]
    if not blocks and cleared_by(course, _CLOSER, fact, needs_assessment=("hepatology",)) is not None:
        return None
    return advised(
        "stop" if blocks else "hold",
        f"Recorded: {since_when(fact)}"
        + (", which rules treatment out." if blocks else "; only with a specialist's agreement."),
        needs="another treatment" if blocks else "hepatology's assessment and a decision to go on",
        whose_move="prescriber" if blocks else "specialist",
        facts=[fact],
        values=(held,),
        task="specialist_review",
    )


def _liver_disease(course: Course, law: Law) -> Outcome | None:
    """A note from hepatology, and a low first dose."""
    found = liver_diseases(course, law)
    if not found:
        return None
    words = law.words("laboratory/liver_diseases", course.today.day)
    most = law.number("laboratory/liver_disease_daily_dose", course.today.day)
    for fact in found:
        noted = assessed(course, fact, ("hepatology",)) is not None
        if not noted and cleared_by(course, _CLOSER, fact) is None:
            return advised(
                "hold",
                f"Recorded: {since_when(fact)}; no note from hepatology is on file.",
                needs="hepatology's assessment; then a first dose of at most "
                f"{most.value:g} mg/kg a day and the liver schedule",
                whose_move="specialist",
                facts=[fact],
                values=(words, most),
                task="specialist_review",
            )
    prescription = course.latest_prescription
    weight = None if prescription is None else weight_on(course, prescription.issued_on)
    first = prescription is not None and course.prescriptions[0] is prescription
    if prescription is None or weight is None or not first:
        return None
    if not is_above(prescription.daily_dose_mg, most.value * weight.kg):
        return None
    return advised(
        "reduce",
        f"The first dose is {prescription.daily_dose_mg / weight.kg:.2f} mg/kg a day "
        f"with {since_when(found[-1])}.",
        needs=f"a first dose of at most {most.value:g} mg/kg a day",
        whose_move="prescriber",
        facts=(prescription, weight, *found),
        values=(most, words),
        task="prescription",
    )
