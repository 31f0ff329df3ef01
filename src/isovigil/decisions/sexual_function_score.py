"""Does the sexual-function questionnaire show a problem that is new, or that outlasts treatment?

Source: the clinical specification, D3 (ASEX: total of 19 or more, any item of 5 or more, or three items of
4 or more). The scale is not given to minors by default; they are asked one open question.
"""

from __future__ import annotations

from typing import Literal

from isovigil.calendar.days import days_after, in_words
from isovigil.case.kinds import Questionnaire, TreatmentStop
from isovigil.case.questionnaires import TOOL_SHAPES
from isovigil.case.words import Tool
from isovigil.decisions.advice import advised, cannot_tell, nothing_asked
from isovigil.decisions.clearing import cleared_by
from isovigil.decisions.course import Course
from isovigil.decisions.finding import Outcome, not_applicable
from isovigil.decisions.mood_scores import has_answers, total
from isovigil.decisions.rule import rule
from isovigil.law.law import Law
from isovigil.law.value import Dated

_RULE = "sexual_function.score"
_ASEX: Tool = "asex"
_OPEN_QUESTION = "sexual_function_entry"
Positivity = Literal["positive", "negative", "open"]


@rule(_RULE, clinical=True, never_holds=True)
def sexual_function_score(course: Course, law: Law) -> Outcome:
    """Does the sexual-function questionnaire show a problem that is new, or that outlasts treatment?"""
    held = tuple([each for each in course.chart.saying(Questionnaire, (_ASEX,)) if has_answers(each)])
    if not held:
        return not_applicable("No sexual-function questionnaire is on file.", strength="local_default")
    last = held[-1]
    grown_up = law.number("sexual_function/questionnaire_from_age", last.date)
    age = course.chart.age_on(last.date)
    if age is not None and age < grown_up.value:
        return _of_a_minor(course, last, grown_up)
    values = _cuts(law, last)
    shows = positivity(last, law)
    says = f"ASEX of {in_words(last.date)} is {shows}"
    if shows == "negative":
        return nothing_asked(f"{says}.", facts=[last], values=values)
    if shows == "open":
        return cannot_tell(
            f"{says}: the answers on file do not settle it.",
            needs="the items of ASEX that were not answered",
            whose_move="patient",
            task="questionnaire",
            facts=[last],
            values=values,
            opens_on=last.date,
        )
    return _of_a_positive(course, law, held, says, values)


def positivity(fact: Questionnaire, law: Law) -> Positivity:
    """Is an ASEX positive by its total, one item or several? Open items are taken at both extremes."""
    shape = TOOL_SHAPES[_ASEX]
    sure = [shape.lowest if item is None else item for item in fact.items or (None,) * shape.items]
    cut = law.number("sexual_function/asex_total", fact.date).value
    score = total(fact)
    if score.least >= cut or _by_items(sure, law, fact):
        return "positive"
    if fact.items is not None and None not in fact.items:
        return "negative"
    spare = score.most - sum(sure)
    open_places = [place for place in range(shape.items) if fact.items is None or fact.items[place] is None]
    one = list(sure)
    one[open_places[0]] = min(shape.highest, one[open_places[0]] + spare)
    several = _spread(sure, open_places, spare, int(_several(law, fact).value["from"]))
    possible = score.most >= cut or _by_items(one, law, fact) or _by_items(several, law, fact)
    return "open" if possible else "negative"


def _spread(sure: list[int], places: list[int], spare: int, up_to: int) -> list[int]:
    """What is left of the total, given to the open items so that as many as possible reach `up_to`."""
    items = list(sure)
    for place in places:
        given = min(spare, max(0, up_to - items[place]))
        items[place] += given
        spare -= given
    return items


def _by_items(items: list[int], law: Law, fact: Questionnaire) -> bool:
    one, several = law.number("sexual_function/asex_one_item", fact.date), _several(law, fact)
    high = sum(item >= several.value["from"] for item in items)
    return max(items) >= one.value or high >= several.value["items"]


def _several(law: Law, fact: Questionnaire) -> Dated[dict[str, int]]:
    return law.value("sexual_function/asex_several_items", fact.date)


def _cuts(law: Law, fact: Questionnaire) -> tuple[Dated[object], ...]:
    names = ("asex_total", "asex_one_item", "asex_several_items")
    return tuple(law.value(f"sexual_function/{name}", fact.date) for name in names)


def _of_a_positive(
    course: Course, law: Law, held: tuple[Questionnaire, ...], says: str, values: tuple[Dated[object], ...]
) -> Outcome:
    last = held[-1]
    decision = cleared_by(course, _RULE, last, among=held)
    if decision is not None and decision.decision == "continue":
        says = f"{says}; {decision.by} decided on {in_words(decision.date)} to continue."
        return nothing_asked(says, facts=[last, decision], values=values, amber=True)
    within = law.days("sexual_function/review_within_days", last.date)
    due = days_after(last.date, within.value)
    ends = [stop.date for stop in course.chart.all(TreatmentStop) if stop.date < last.date]
    if ends and any(each.date <= ends[-1] and positivity(each, law) == "positive" for each in held[:-1]):
        return advised(
            "recheck",
            f"{says}, as it was before treatment ended on {in_words(ends[-1])}.",
            needs="a report to the regulator and a referral",
            whose_move="prescriber",
            facts=[last],
            values=(*values, within),
            task="report_adverse_event",
            opens_on=last.date,
            due_on=due,
        )
    started_on = course.started_on
    before = [each for each in held if started_on is None or each.date <= started_on]
    if before and positivity(before[-1], law) == "positive":
        return nothing_asked(
            f"{says}, and was before the first dose: not new.", facts=[last], values=values, amber=True
        )
    return advised(
        "recheck",
        f"{says}, and was not known to be before the first dose.",
        needs="a review: mood and antidepressants asked about, a pause discussed",
        whose_move="prescriber",
        facts=[last],
        values=(*values, within),
        task="visit",
        opens_on=last.date,
        due_on=due,
    )


def _of_a_minor(course: Course, last: Questionnaire, grown_up: Dated[float]) -> Outcome:
    asked = [each for each in course.chart.all(Questionnaire) if each.tool == _OPEN_QUESTION]
    says = f"ASEX is not scored under {grown_up.value:g} years; one open question is asked instead"
    says += f", last on {in_words(asked[-1].date)}." if asked else "."
    return nothing_asked(says, facts=[last, *asked[-1:]], values=(grown_up,), amber=not asked)
