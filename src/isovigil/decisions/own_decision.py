"""Did a prescriber decide for themselves to hold or stop treatment, and does that still stand?"""

from __future__ import annotations

from typing import Final

from isovigil.case.kinds import ClinicalDecision
from isovigil.decisions.advice import advised, gravity
from isovigil.decisions.clearing import CLEARING, decision_in_words
from isovigil.decisions.course import Course
from isovigil.decisions.finding import Outcome, not_applicable
from isovigil.decisions.rule import rule
from isovigil.law.law import Law

_BINDS: Final = "clinical_decision/own_decision_binds"


@rule("clinical_decision.standing", clinical=True)
def standing_decision(course: Course, law: Law) -> Outcome:
    """Does a prescriber's own decision to hold or stop treatment stand?

    Whatever it is about: also a matter on which no rule of ours has an opinion. It stands until its
    `valid_until`, or until a later decision about the same matter says `continue` or `reduce`.
    """
    binds = law.flag(_BINDS, course.today.day)
    standing = _standing(course) if binds.value else []
    if not standing:
        says = "No decision to hold or stop treatment stands, which reads as none made."
        return not_applicable(says, values=(binds,))
    gravest = max(standing, key=lambda each: (gravity(each.decision), each.sort_key()))
    about = gravest.about
    return advised(
        gravest.decision,
        decision_in_words(gravest),
        needs=f"a prescriber's decision to continue or reduce, about {about}",
        whose_move="prescriber",
        facts=standing,
        values=(binds,),
        task="visit",
    )


def _standing(course: Course) -> list[ClinicalDecision]:
    last: dict[str, ClinicalDecision] = {}
    for decision in course.all(ClinicalDecision):
        last[decision.about] = decision
    return [
        each
        for each in last.values()
        if each.decision not in CLEARING
        and (each.valid_until is None or not course.today.is_past(each.valid_until))
    ]
