"""Is it long enough after a completed course to begin another?"""

from __future__ import annotations

from datetime import date

from isovigil.calendar.days import in_words
from isovigil.case.fact import Fact
from isovigil.case.kinds import (
    Acknowledgement,
    Condition,
    CourseOpened,
    Enrolment,
    Prescription,
    PriorTherapy,
)
from isovigil.decisions.advice import advised, nothing_asked
from isovigil.decisions.clearing import cleared_by
from isovigil.decisions.course import Course
from isovigil.decisions.finding import Outcome, not_applicable
from isovigil.decisions.rule import rule
from isovigil.law.law import Law

_RULE = "response.second_course"
_PREPARES: tuple[type[Fact], ...] = (CourseOpened, Enrolment, Acknowledgement, Prescription)
"""The facts by which a further course is being prepared."""


@rule(_RULE, clinical=True)
def second_course(course: Course, law: Law) -> Outcome:
    """Is it long enough after a completed course to begin another?

    Acne keeps improving off the drug: at least two months (US), eight weeks (EU). While the skeleton
    grows the best interval is not known, and a specialist decides.
    """
    today = course.today.day
    gap = law.period("response/gap_before_second_course", today)
    ended = _last_completed_course(course, law)
    if ended is None:
        return not_applicable("No completed course is on record.", values=(gap,))
    if course.has_started:
        return not_applicable("The further course has begun.", values=(gap,))
    last_dose, about = ended
    if not [kind for kind in _PREPARES if course.all(kind)]:
        return not_applicable("No further course is being prepared.", facts=[about], values=(gap,))
    may_begin = gap.value.after(last_dose)
    says = f"The last course was completed on {in_words(last_dose)}"
    if not course.today.has_reached(may_begin) and cleared_by(course, _RULE, about) is None:
        return advised(
            "hold",
            f"{says}; acne keeps improving without the drug, so {gap.value.in_words()} pass before another.",
            needs=f"to wait until {in_words(may_begin)}, or a clinician's decision",
            whose_move="prescriber",
            facts=[about],
            values=(gap,),
            opens_on=may_begin,
        )
    growing = [fact for fact in course.chart.open_now(Condition) if fact.what == "growing_skeleton"]
    if growing and course.prescriptions and cleared_by(course, _RULE, growing[-1]) is None:
        return advised(
            "recheck",
            f"{says}. The patient still grows, and the best interval is then not known.",
            needs="a specialist's decision about a further course",
            whose_move="specialist",
            facts=[about, growing[-1]],
            values=(gap,),
            task="specialist_review",
        )
    return nothing_asked(
        f"{says}; {gap.value.in_words()} pass by {in_words(may_begin)}.", facts=[about], values=(gap,)
    )


def _last_completed_course(course: Course, law: Law) -> tuple[date, Fact] | None:
    """The day of the last dose of the last completed course, here or elsewhere, and the fact that says so."""
    follows = law.words("response/second_course_follows", course.today.day).value
    last: tuple[date, Fact] | None = None
    stop = course.last_stop
    if stop is not None and stop.reason in follows:
        last = (stop.date, stop)
    for fact in course.chart.all(PriorTherapy):
        if fact.what == "isotretinoin" and fact.to is not None and course.today.is_past(fact.to):
            last = (fact.to, fact) if last is None or fact.to > last[0] else last
    return last
