"""Is it settled, and on what grounds, whether the patient can become pregnant?"""

from __future__ import annotations

import re

from isovigil.calendar.days import in_words
from isovigil.case.kinds import Category
from isovigil.decisions.asked import category_not_recorded, joined
from isovigil.decisions.course import Course
from isovigil.decisions.finding import Outcome, met, not_applicable, not_met, unknown
from isovigil.decisions.rule import EVERY_GATE, rule
from isovigil.law.law import Law
from isovigil.law.value import Dated

_POST_MENOPAUSAL = "post_menopausal"


@rule("category.recorded", gates=EVERY_GATE)
def recorded(course: Course, law: Law) -> Outcome:
    """Is it recorded whether the patient can become pregnant?"""
    accepted = law.words("category/determined_by", course.today.day)
    category = course.category
    if category is None:
        return unknown(
            "Nobody recorded whether the patient can become pregnant.",
            needs="whether the patient can become pregnant, as the prescriber determines it",
            whose_move="prescriber",
            satisfiable_from=course.today.day,
            values=(accepted,),
            task="record_fact",
        )
    can = "can" if category.can_become_pregnant else "cannot"
    return met(
        f"The {category.by} recorded on {in_words(category.date)} that the patient {can} become pregnant.",
        facts=[category],
        values=(accepted,),
        amber=category.can_become_pregnant and category.by not in accepted.value,
    )


@rule("category.basis_documented", gates=EVERY_GATE)
def basis_documented(course: Course, law: Law) -> Outcome:
    """Is it documented on what grounds the patient cannot become pregnant?"""
    today = course.today.day
    bases = law.words("category/accepted_bases", today)
    if course.can_become_pregnant:
        return not_applicable("The patient can become pregnant, which needs no grounds.", values=(bases,))
    category = course.category
    if category is None:
        return category_not_recorded(bases)
    determined_by = law.words("category/determined_by", today)
    if category.by not in determined_by.value:
        return _not_documented(
            course,
            category,
            f"That the patient cannot become pregnant rests on the {category.by}'s word alone.",
            "the prescriber's own determination of the category and its grounds",
            determined_by,
        )
    if category.basis is None:
        return unknown(
            "Nobody recorded on what grounds the patient cannot become pregnant.",
            needs=f"accepted grounds: {_in_plain(bases.value)}",
            whose_move="prescriber",
            satisfiable_from=today,
            facts=[category],
            values=(bases,),
            task="record_fact",
        )
    if category.basis not in bases.value:
        return _not_documented(
            course,
            category,
            f"{_in_plain((category.basis,)).capitalize()} is not accepted as grounds that the patient "
            "cannot become pregnant.",
            f"accepted grounds ({_in_plain(bases.value)}), or the category that the patient can "
            "become pregnant",
            bases,
        )
    if category.basis == _POST_MENOPAUSAL:
        return _menopause_documented(course, law, category, bases)
    return met(
        f"The patient cannot become pregnant: {_in_plain((category.basis,))}.",
        facts=[category],
        values=(bases,),
    )


def _menopause_documented(
    course: Course, law: Law, category: Category, bases: Dated[tuple[str, ...]]
) -> Outcome:
    """Which laboratory findings document it depends on age; without an age the longer list holds."""
    today = course.today.day
    strict_name = "category/post_menopausal_evidence"
    if not law.holds(strict_name, today):
        return met("The patient cannot become pregnant: post menopausal.", facts=[category], values=(bases,))
    border = law.number("category/post_menopausal_age", today)
    age = course.chart.age_on(category.date)
    is_over = age is not None and age > border.value
    name = "category/post_menopausal_evidence_over_age" if is_over else strict_name
    asked = law.words(name, today)
    missing = [word for word in asked.value if not _names(category.evidence, word)]
    if not missing:
        return met(
            f"The patient cannot become pregnant: post menopausal, documented by {joined(asked.value)}."
            + _why_the_longer_list(age, border),
            facts=[category],
            values=(bases, border, asked),
            amber=age == border.value,
        )
    if category.evidence is None:
        return unknown(
            "Nobody recorded the laboratory evidence that the patient is post menopausal."
            + _why_the_longer_list(age, border),
            needs=f"evidence that names {joined(asked.value)}",
            whose_move="prescriber",
            satisfiable_from=today,
            facts=[category],
            values=(bases, border, asked),
            task="record_fact",
        )
    return _not_documented(
        course,
        category,
        f"Post menopausal is not documented: the evidence does not name {joined(missing)}."
        + _why_the_longer_list(age, border),
        f"evidence that names {joined(asked.value)}" + (", or the date of birth" if age is None else ""),
        bases,
        border,
        asked,
    )


def _why_the_longer_list(age: int | None, border: Dated[float]) -> str:
    if age is None:
        return " Without a date of birth the longer list is asked for."
    if age == border.value:
        return (
            f" The form leaves out patients of exactly {border.value:g} years; the stricter row is applied."
        )
    return ""


def _names(evidence: str | None, word: str) -> bool:
    return evidence is not None and bool(re.search(rf"\b{re.escape(word)}\b", evidence, re.IGNORECASE))


def _not_documented(
    course: Course, category: Category, says: str, needs: str, *values: Dated[object]
) -> Outcome:
    return not_met(
        says,
        needs=needs,
        whose_move="prescriber",
        satisfiable_from=course.today.day,
        facts=[category],
        values=values,
        task="record_fact",
    )


def _in_plain(words: tuple[str, ...]) -> str:
    return ", ".join(word.replace("_", " ") for word in words)
