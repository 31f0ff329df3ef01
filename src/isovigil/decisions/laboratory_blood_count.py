"""What do the blood counts ask for?"""

from __future__ import annotations

from isovigil.case.kinds import Laboratory
from isovigil.decisions.advice import cannot_tell, gravest, not_yet_drawn, nothing_asked
from isovigil.decisions.course import Course
from isovigil.decisions.ctcae import counting_version, graded_in_words
from isovigil.decisions.finding import Outcome
from isovigil.decisions.laboratory_advice import Judged, advise
from isovigil.decisions.laboratory_bands import action_of, place
from isovigil.decisions.laboratory_results import (
    baseline_of,
    in_plain,
    is_below,
    latest,
    worst_reading,
)
from isovigil.decisions.rule import rule
from isovigil.law.law import Law

_RULE = "laboratory.blood_count"
_TABLES = {"anc": "laboratory/neutrophil_actions", "platelets": "laboratory/platelet_actions"}


@rule(_RULE, clinical=True)
def blood_count(course: Course, law: Law) -> Outcome:
    """What do the blood counts ask for?

    Not routine; judged where somebody counted.
    """
    outcomes = [
        _advice(course, law, fact, table)
        for analyte, table in _TABLES.items()
        if (fact := latest(course, analyte)) is not None
    ]
    white = latest(course, "wbc")
    if white is not None:
        outcomes.append(_white_cells(course, law, white))
    if not outcomes:
        return not_yet_drawn("the blood count")
    return gravest(outcomes)


def _advice(course: Course, law: Law, fact: Laboratory, table: str) -> Outcome:
    placed = place(fact, table, law)
    judged = Judged(fact, placed, action_of(placed), baseline_of(course, law, fact.analyte))
    return advise(_RULE, course, law, judged)


def _white_cells(course: Course, law: Law, white: Laboratory) -> Outcome:
    """White cells have no band of their own: a low count asks which cells are few."""
    neutrophils = latest(course, "anc")
    counted = neutrophils is not None and neutrophils.taken_on >= white.taken_on
    version = counting_version(law, white)
    says = f"{in_plain(white)}. {graded_in_words(white, None, law, version.value)}"
    lower = white.lower_limit
    if counted or (lower is not None and not is_below(worst_reading(white), lower)):
        return nothing_asked(says, facts=(white, neutrophils), values=(version,))
    because = "the report gives no lower limit" if lower is None else "the count is low"
    return cannot_tell(
        f"{says} {because.capitalize()}, and neutrophils were not counted.",
        needs="a neutrophil count",
        whose_move="prescriber",
        task="laboratory",
        facts=[white],
        values=(version,),
        opens_on=white.taken_on,
    )
