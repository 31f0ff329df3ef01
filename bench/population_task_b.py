"""Which twelve small rules stand for "reading is everything" when a population's engine is measured?

Task B of the comparison: facts in, an answer and the ids of the facts behind it out. They are no clinical
rules and nothing else uses them; the product's own rules are in `isovigil.decisions`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from isovigil.case.kinds import (
    Condition,
    Dispense,
    Laboratory,
    Medicine,
    PregnancyTest,
    Prescription,
    Questionnaire,
    Weight,
)
from isovigil.case.units import canonical_value

Answer = tuple[str, Any, tuple[str, ...]]


def task_b(facts: Sequence[Any]) -> list[Answer]:
    """The twelve answers about one patient."""
    own: dict[type[Any], list[Any]] = defaultdict(list)
    for fact in facts:
        own[type(fact)].append(fact)
    for several in own.values():
        several.sort(key=lambda fact: (fact.day, fact.id))
    tests, hand_overs, prescriptions = own[PregnancyTest], own[Dispense], own[Prescription]
    laboratory: dict[str, list[Any]] = defaultdict(list)
    for fact in own[Laboratory]:
        laboratory[fact.analyte].append(fact)
    return [
        *_tests(tests, prescriptions, hand_overs),
        *_hand_overs(hand_overs, prescriptions),
        *_laboratory(laboratory),
        *_mood(own[Questionnaire], own[Condition]),
        ("tetracycline", any("cycline" in fact.name.lower() for fact in own[Medicine]),
         tuple(fact.id for fact in own[Medicine])),
        ("cumulative", _cumulative(hand_overs, prescriptions, own[Weight]), ()),
    ]  # fmt: skip


def _tests(tests: list[Any], prescriptions: list[Any], hand_overs: list[Any]) -> list[Answer]:
    negatives = [test for test in tests if test.result == "negative"]
    last = prescriptions[-1].day if prescriptions else None
    near = [test for test in negatives if last is not None and 0 <= (last - test.day).days <= 7]
    start = hand_overs[0].day if hand_overs else None
    before = [test for test in negatives if start is None or test.day < start]
    apart = bool(before) and (before[-1].day - before[0].day).days >= 19
    positive = [
        test for test in tests if test.result == "positive" and start is not None and test.day >= start
    ]
    gaps = [late for early, late in pairwise(negatives) if (late.day - early.day).days > 35]
    return [
        ("hcg_near_prescription", bool(near), tuple(test.id for test in near)),
        ("two_negatives_apart", apart, tuple(test.id for test in before)),
        ("positive_in_therapy", bool(positive), tuple(test.id for test in positive)),
        ("hcg_gap", len(gaps), tuple(test.id for test in gaps)),
    ]


def _hand_overs(hand_overs: list[Any], prescriptions: list[Any]) -> list[Answer]:
    issued = {fact.id: fact.day for fact in prescriptions}
    late = [
        fact for fact in hand_overs
        if fact.prescription in issued and (fact.day - issued[fact.prescription]).days > 7
    ]  # fmt: skip
    long = [fact for fact in hand_overs if fact.days_supply > 30]
    return [
        ("late_hand_over", len(late), tuple(fact.id for fact in late)),
        ("long_supply", len(long), tuple(fact.id for fact in long)),
    ]


def _laboratory(laboratory: dict[str, list[Any]]) -> list[Answer]:
    alt = [fact for fact in laboratory["alt"] if fact.upper_limit and fact.value > 3 * fact.upper_limit]
    fat = [
        fact for fact in laboratory["triglycerides"]
        if canonical_value("triglycerides", fact.value, fact.unit) > 500
    ]  # fmt: skip
    return [
        ("alt_high", len(alt), tuple(fact.id for fact in alt)),
        ("triglycerides_high", len(fat), tuple(fact.id for fact in fat)),
    ]


def _mood(scores: list[Any], conditions: list[Any]) -> list[Answer]:
    told = [fact for fact in scores if fact.score is not None]
    low = [fact for fact in conditions if fact.what == "depression"]
    return [
        ("phq9", told[-1].score if told else None, (told[-1].id,) if told else ()),
        ("depression_unasked", bool(low) and not told, tuple(fact.id for fact in low)),
    ]


def _cumulative(hand_overs: list[Any], prescriptions: list[Any], weights: list[Any]) -> float | None:
    if not weights or not prescriptions:
        return None
    doses = {fact.id: fact.daily_dose_mg for fact in prescriptions}
    total = sum(fact.days_supply * doses.get(fact.prescription, 0.0) for fact in hand_overs)
    return round(total / weights[-1].kg, 2)
