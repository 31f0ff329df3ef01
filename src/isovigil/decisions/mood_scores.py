"""How do a mood or self-harm questionnaire's answers score, and what is left open?

Source: the clinical specification, D2 (PHQ-2, PHQ-9, PHQ-A, GAD-7, ASQ, C-SSRS screener). An item
that was not answered is unknown: a score is then known only from and to.
"""

from __future__ import annotations

import msgspec

from isovigil.case.kinds import Questionnaire
from isovigil.case.questionnaires import TOOL_SHAPES, answered
from isovigil.case.words import Tool
from isovigil.decisions.course import Course

YES = 1
_NO = 0
DEPRESSION: tuple[Tool, ...] = ("phq9", "phqa")
"""The two forms of one questionnaire, for adults and for those under 18, with the same bands."""
_FORMS_OF_ONE: dict[Tool, tuple[Tool, ...]] = dict.fromkeys(DEPRESSION, DEPRESSION)
Source = tuple[Tool, ...]
"""The forms of one questionnaire, which are judged as one."""


class Score(msgspec.Struct, frozen=True, gc=False):
    """The least and the most a questionnaire's total can be."""

    least: int
    most: int

    @property
    def is_known(self) -> bool:
        """Is it one number?"""
        return self.least == self.most


def answered_by_source(course: Course) -> dict[Source, tuple[Questionnaire, ...]]:
    """The questionnaires that hold answers, from any course, oldest first; worked out once for a course."""
    return course.remember("questionnaires", lambda: _by_source(course))


def _by_source(course: Course) -> dict[Source, tuple[Questionnaire, ...]]:
    found: dict[Source, list[Questionnaire]] = {}
    for each in course.chart.all(Questionnaire):
        if not has_answers(each):
            continue
        source = _FORMS_OF_ONE.get(each.tool) or (each.tool,)
        same = found.get(source)
        if same is None:
            found[source] = [each]
        else:
            same.append(each)
    return {source: tuple(held) for source, held in found.items()}


def has_answers(fact: Questionnaire) -> bool:
    """Does it hold a score or items, and not only that the question was asked?"""
    return fact.score is not None or fact.items is not None


def total(fact: Questionnaire) -> Score:
    """The total of a questionnaire: as stated, or as its items add up to, open ones at their extremes."""
    if fact.score is not None:
        return Score(fact.score, fact.score)
    shape = TOOL_SHAPES[fact.tool]
    if fact.items is None:
        return Score(shape.score_from, shape.score_to)
    known = answered(fact.items)
    open_items = fact.items.count(None)
    return Score(known + open_items * shape.lowest, known + open_items * shape.highest)


def self_harm_item(fact: Questionnaire) -> Score:
    """The answer to the last item of PHQ-9 or PHQ-A, from and to, by what the total leaves for it."""
    if fact.items and (last := fact.items[-1]) is not None:
        return Score(last, last)
    shape = TOOL_SHAPES[fact.tool]
    items = fact.items or (None,) * shape.items
    if fact.score is None:
        return Score(shape.lowest, shape.highest)
    left = fact.score - answered(items)
    others = items.count(None) - 1
    return Score(max(0, left - others * shape.highest), min(shape.highest, left))


class Screen(msgspec.Struct, frozen=True, gc=False):
    """What a self-harm screen showed: a grade, or None where nothing is positive; and what is open."""

    grade: str | None
    missing: str | None = None


NOTHING_SHOWN = Screen(None)
"""Every answer is there, and none is positive."""


def asq(fact: Questionnaire) -> Screen:
    """ASQ: a yes or a refusal to any of the first four items is positive; the fifth tells how acute.

    A refusal of the fifth counts as a yes, as it does in the others.
    """
    if fact.items is None:
        if fact.score is None:
            return Screen(None, "the answers of the ASQ")
        return Screen("asq_non_acute", "item 5 of the ASQ") if fact.score else Screen(None)
    *first, acute = fact.items
    if acute:
        return Screen("asq_acute")
    if any(first):
        return Screen("asq_non_acute", "item 5 of the ASQ" if acute is None else None)
    missing = "the items of the ASQ that were not answered" if None in first else None
    return Screen(None, missing)


def cssrs(fact: Questionnaire) -> Screen:
    """C-SSRS screener: intent, plan or behaviour in the last three months is high; a method, or earlier
    behaviour, moderate; the first two items alone low.

    Items 3 to 5 are asked only after a yes to item 2, and item 7 only after a yes to item 6.
    """
    if fact.items is None:
        if fact.score is None or fact.score:
            return Screen("cssrs_low" if fact.score else None, "the items of the C-SSRS")
        return Screen(None)
    wish, thoughts, method, intent, plan, ever, lately = fact.items
    if thoughts == _NO:
        method, intent, plan = (each or _NO for each in (method, intent, plan))
    if ever == _NO:
        lately = lately or _NO
    if YES in (intent, plan, lately):
        return Screen("cssrs_high")
    answers = (wish, thoughts, method, intent, plan, ever, lately)
    missing = "the items of the C-SSRS that were not answered" if None in answers else None
    if YES in (method, ever):
        return Screen("cssrs_moderate", missing)
    return Screen("cssrs_low" if YES in answers else None, missing)
