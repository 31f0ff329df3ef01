"""Did the patient pass the programme's questions for this cycle?"""

from __future__ import annotations

from isovigil.calendar.days import in_words
from isovigil.case.kinds import Comprehension
from isovigil.decisions.asked import asked_of, next_entry_day
from isovigil.decisions.course import Course
from isovigil.decisions.cycle import belongs_to_cycle, cycle_first_day
from isovigil.decisions.finding import Outcome, met, not_met, unknown
from isovigil.decisions.rule import DISPENSE, rule
from isovigil.law.law import Law
from isovigil.law.value import Dated


@rule("comprehension.passed", gates=DISPENSE)
def passed(course: Course, law: Law) -> Outcome:
    """Has the patient answered the programme's questions rightly, as this hand-over needs?

    Any pass counts: the questions may be tried again, and a later try takes nothing away.
    """
    asked = asked_of(course, law, "comprehension/concerns", "no questions to the patient")
    if isinstance(asked, Outcome):
        return asked
    answered = course.all(Comprehension)
    if course.has_started:
        answered = [fact for fact in answered if belongs_to_cycle(fact.date, course, law)]
    right = [fact for fact in answered if fact.passed]
    if right:
        return _in_order(course, law, right[-1], asked)
    when = "this cycle" if course.has_started else "this course"
    if answered:
        return not_met(
            f"The questions of {in_words(answered[-1].date)} were not passed.",
            needs=f"the programme's questions passed for {when}",
            whose_move="patient",
            satisfiable_from=next_entry_day(course),
            facts=[answered[-1]],
            values=(asked,),
            task="comprehension",
        )
    return unknown(
        f"No answers to the programme's questions are recorded for {when}.",
        needs=f"the programme's questions passed for {when}",
        whose_move="patient",
        satisfiable_from=next_entry_day(course),
        values=(asked,),
        task="comprehension",
    )


def _in_order(course: Course, law: Law, fact: Comprehension, asked: Dated[str]) -> Outcome:
    """The platform takes the test's result before the month's questions; the other order is only
    remarked on.
    """
    follows = law.flag("comprehension/questions_follow_test", course.today.day)
    first = cycle_first_day(course, law)
    is_early = follows.value and course.has_started and first is not None and fact.date < first
    return met(
        f"The questions were passed on {in_words(fact.date)}"
        + (f", before the test of {in_words(first)}." if is_early and first else "."),
        facts=[fact],
        values=(asked, follows),
        amber=is_early,
    )
