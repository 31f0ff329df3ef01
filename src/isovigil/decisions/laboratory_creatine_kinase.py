"""What does creatine kinase ask for, and who needs it?"""

from __future__ import annotations

from typing import Any

from isovigil.calendar.days import days_after, in_words
from isovigil.case.kinds import Laboratory, Symptom
from isovigil.decisions.advice import cannot_tell, graver, not_yet_drawn
from isovigil.decisions.course import Course
from isovigil.decisions.finding import Outcome
from isovigil.decisions.laboratory_advice import Judged, advise, rested_draw, still_standing
from isovigil.decisions.laboratory_bands import action_of, in_the_worst_band, place
from isovigil.decisions.laboratory_results import (
    baseline_of,
    canonical,
    in_plain,
    is_above,
    latest,
    worst_reading,
)
from isovigil.decisions.laboratory_symptoms import reported
from isovigil.decisions.rule import rule
from isovigil.law.law import Law
from isovigil.law.value import Dated

_RULE = "laboratory.creatine_kinase"
_TABLE = "laboratory/creatine_kinase_actions"
_TODAY = frozenset({"weakness", "dark_urine"})


@rule(_RULE, clinical=True)
def creatine_kinase(course: Course, law: Law) -> Outcome:
    """What does creatine kinase ask for?

    Not a routine test: it is asked for by muscle symptoms and by an AST above ALT.
    """
    found = latest(course, "ck")
    asked = law.words("laboratory/creatine_kinase_symptoms", course.today.day)
    symptoms = reported(course, asked.value)
    wanted = _wanted(course, found, symptoms, law, asked)
    if found is None:
        return not_yet_drawn("creatine kinase") if wanted is None else wanted
    advice = _advice(course, law, found, symptoms)
    return advice if wanted is None else still_standing(wanted, advice)


def _advice(course: Course, law: Law, found: Laboratory, symptoms: list[Symptom]) -> Outcome:
    placed = place(found, _TABLE, law)
    action = action_of(placed, symptoms=bool(symptoms))
    because = []
    if symptoms:
        because.append(f"Muscle symptoms were reported on {in_words(symptoms[-1].date)}.")
    if placed.place and any("dark_urine" in (symptom.features or ()) for symptom in symptoms):
        placed = in_the_worst_band(placed)
        action = graver(action, placed.row["action"])
        because.append("The urine is dark.")
    judged = Judged(
        found, placed, action, baseline_of(course, law, "ck"), " ".join(because), "ask about exercise"
    )
    return advise(_RULE, course, law, judged, lambda: rested_draw(law, found))


def _wanted(
    course: Course, found: Laboratory | None, symptoms: list[Symptom], law: Law, asked: Dated[Any]
) -> Outcome | None:
    """Creatine kinase that is asked for and not there yet."""
    unanswered = [one for one in symptoms if found is None or found.taken_on < one.date]
    if unanswered:
        symptom = unanswered[-1]
        today = bool(_TODAY & set(symptom.features or ()))
        due = 0 if today else _days_for_a_repeat(law, symptom)
        return cannot_tell(
            f"Muscle symptoms were reported on {in_words(symptom.date)}, and no later creatine kinase "
            "is on file.",
            needs="creatine kinase" + (" today" if today else ""),
            whose_move="prescriber",
            task="laboratory",
            facts=[symptom],
            values=(asked,),
            opens_on=symptom.date,
            due_on=days_after(symptom.date, due),
        )
    ast = _ast_above_alt(course)
    if ast is None or (found is not None and found.taken_on >= ast.taken_on):
        return None
    return cannot_tell(
        f"{in_plain(ast)} is raised and above ALT, which can come from muscle.",
        needs="creatine kinase",
        whose_move="prescriber",
        task="laboratory",
        facts=[ast],
        values=(asked,),
        opens_on=ast.taken_on,
    )


def _days_for_a_repeat(law: Law, symptom: Symptom) -> int:
    """The days the table gives for looking again at a mild rise."""
    days: int = law.value(_TABLE, symptom.date).value[1]["recheck_days"][1]
    return days


def _ast_above_alt(course: Course) -> Laboratory | None:
    alt, ast = latest(course, "alt"), latest(course, "ast")
    if alt is None or ast is None or alt.taken_on != ast.taken_on or ast.upper_limit is None:
        return None
    raised = is_above(worst_reading(ast), ast.upper_limit)
    return ast if raised and is_above(canonical(ast), canonical(alt)) else None
