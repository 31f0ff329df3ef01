"""Does any screen for self-harm ask for safety first?

Source: the clinical specification, D2, rows PSY-6 and PSY-7. Item 9 of PHQ-9 or PHQ-A overrides every
total. An emergency is cleared only with its assessment, whatever a later screen shows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from isovigil.calendar.days import in_words
from isovigil.case.kinds import Questionnaire
from isovigil.decisions.clearing import assessed
from isovigil.decisions.course import Course
from isovigil.decisions.finding import Outcome, not_applicable
from isovigil.decisions.mood_rows import (
    ACTIONS_TABLE,
    NOTHING,
    ONSET,
    Open,
    Reached,
    rows_of,
    said_of_rows,
    stops_at_onset,
)
from isovigil.decisions.mood_scores import (
    DEPRESSION,
    NOTHING_SHOWN,
    Screen,
    Source,
    answered_by_source,
    asq,
    cssrs,
    self_harm_item,
)
from isovigil.decisions.rule import rule
from isovigil.law.law import Law

_RULE = "mental_health.self_harm_risk"
_ROWS = "mental_health/self_harm_rows"
_SCREENS: tuple[Source, ...] = (("asq",), ("cssrs",))
_SOURCES: tuple[Source, ...] = (DEPRESSION, *_SCREENS)
_PLAIN = {
    "phq_item_9": "A positive answer to the last item of {tool}",
    "asq_non_acute": "A positive ASQ without acute thoughts",
    "asq_acute": "An acutely positive ASQ",
    "cssrs_low": "A C-SSRS of low risk",
    "cssrs_moderate": "A C-SSRS of moderate risk",
    "cssrs_high": "A C-SSRS of high risk",
}
_POSITIVE_ITEM = Screen("phq_item_9")
_TOOLS = {"phq9": "PHQ-9", "phqa": "PHQ-A", "asq": "ASQ", "cssrs": "C-SSRS"}


@rule(_RULE, clinical=True)
def self_harm_risk(course: Course, law: Law) -> Outcome:
    """Does item 9 of PHQ-9, ASQ or C-SSRS show a risk of self-harm?"""
    reached: list[Reached] = []
    unsettled: list[Open] = []
    answers = answered_by_source(course)
    for source in _SOURCES:
        if source in answers:
            _judge_source(course, law, answers[source], reached, unsettled)
    if not reached and not unsettled:
        return not_applicable("No screen for self-harm is on file.", strength="local_default")
    return said_of_rows(course, law, _RULE, reached, unsettled)


def _judge_source(
    course: Course,
    law: Law,
    held: tuple[Questionnaire, ...],
    reached: list[Reached],
    unsettled: list[Open],
) -> None:
    last = held[-1]
    rows = law.value(_ROWS, course.today.day)
    lasting = _standing_emergency(course, law, held, rows.value)
    if lasting is not None:
        shown = _shown(lasting, law)
        assert shown.grade is not None
        reached.append(Reached(lasting, rows.value[shown.grade], _says(lasting, shown.grade), (rows,)))
    shown = _shown(last, law)
    row = NOTHING if shown.grade is None else rows.value[shown.grade]
    if shown.grade is None:
        says = f"{_TOOLS[last.tool]} of {in_words(last.date)}: nothing positive"
    else:
        says = _says(last, shown.grade)
        if _is_onset(course, law, held):
            reached.append(
                Reached(last, ONSET, f"{says}, new since the start", (rows,), held, _badness_by(law))
            )
    if shown.grade is not None or shown.missing is None:
        reached.append(Reached(last, row, says, (rows,), held, _badness_by(law)))
    if shown.missing is not None and not _answered_since(course, last, law):
        unsettled.append(
            Open(
                f"{_TOOLS[last.tool]} of {in_words(last.date)} leaves self-harm open.",
                f"{shown.missing}, or an ASQ or C-SSRS",
                last,
            )
        )


def _says(fact: Questionnaire, grade: str) -> str:
    return f"{_PLAIN[grade].format(tool=_TOOLS[fact.tool])} on {in_words(fact.date)}"


def _shown(fact: Questionnaire, law: Law) -> Screen:
    """What one questionnaire shows of self-harm."""
    if fact.tool == "asq":
        return asq(fact)
    if fact.tool == "cssrs":
        return cssrs(fact)
    positive = law.number("mental_health/self_harm_item", fact.date).value
    item = self_harm_item(fact)
    if item.least >= positive:
        return _POSITIVE_ITEM
    if item.most >= positive:
        return Screen(None, f"the last item of {_TOOLS[fact.tool]}")
    return NOTHING_SHOWN


def _standing_emergency(
    course: Course, law: Law, held: tuple[Questionnaire, ...], rows: Mapping[str, str]
) -> Questionnaire | None:
    """The last earlier screen that was an emergency and that no favourable assessment followed."""
    if len(held) == 1:
        return None
    table = law.value(ACTIONS_TABLE, course.today.day)
    for fact in held[-2::-1]:
        grade = _shown(fact, law).grade
        if grade is None:
            continue
        row = rows_of(table)[rows[grade]].says
        if row["action"] == "emergency":
            return None if assessed(course, fact, tuple(row["assessment"])) is not None else fact
    return None


def _answered_since(course: Course, open_one: Questionnaire, law: Law) -> bool:
    """Did a whole ASQ or C-SSRS of that day or later answer what another one left open?"""
    return any(
        fact.date >= open_one.date and fact is not open_one and _shown(fact, law).missing is None
        for source in _SCREENS
        for fact in answered_by_source(course).get(source, ())
    )


def _is_onset(course: Course, law: Law, held: tuple[Questionnaire, ...]) -> bool:
    """Under the label-literal policy: is it positive on treatment, and was it not before?"""
    started_on = course.started_on
    if started_on is None or not stops_at_onset(course, law):
        return False
    before = [fact for fact in held if fact.date <= started_on]
    return not before or _shown(before[-1], law).grade is None


def _badness_by(law: Law) -> Callable[[Questionnaire], float]:
    """How bad a screen is beside others of its source: by its grade, then by the answer to item 9."""

    def badness(fact: Questionnaire) -> float:
        grade = _shown(fact, law).grade
        if grade is None:
            return 0.0
        return float(
            list(_PLAIN).index(grade) + (self_harm_item(fact).least if fact.tool in DEPRESSION else 0)
        )

    return badness
