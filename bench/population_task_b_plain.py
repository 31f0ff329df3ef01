"""What do the twelve small rules of Task B answer over whole facts, written as plainly as can be?

The reference that `population_task_b.py`, which reads the narrow columns of the fact store, is held against:
it shares neither a line nor a reader with it, and is not fast.
"""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Any

from isovigil.case.case import Case
from isovigil.case.fact import Fact
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

NO, NOTHING = ("not_applicable", None, ()), ("unknown", None, ())


def standing(case: Case, on: date) -> list[Any]:
    """The facts up to a day that were not entered in error and that nothing on file corrects."""
    void: set[str] = set()
    for fact in case.facts:
        if fact.withdrawn:
            void.add(fact.supersedes if fact.supersedes is not None else fact.id)
    gone = {
        fact.supersedes
        for fact in case.facts
        if fact.supersedes is not None and (fact.withdrawn or fact.id not in void)
    }
    return [fact for fact in case.facts if not fact.withdrawn and fact.id not in gone and fact.day <= on]


def _number_of(fact: Fact) -> float | None:
    names = {Laboratory: "value", Weight: "kg", Questionnaire: "score", Prescription: "daily_dose_mg",
             Dispense: "days_supply"}  # fmt: skip
    name = names.get(type(fact))
    return None if name is None else getattr(fact, name)


def _of_kind(facts: list[Any], kind: type[Fact]) -> list[Any]:
    def order(fact: Fact) -> tuple[date, bool, float, str]:
        number = _number_of(fact)
        return fact.day, number is None, number or 0.0, fact.id

    return sorted((fact for fact in facts if isinstance(fact, kind)), key=order)


def plain_task_b(case: Case, on: date) -> list[Any]:
    """The twelve answers about one patient: status, value, ids of the facts behind them."""
    facts = standing(case, on)
    tests, given = _of_kind(facts, PregnancyTest), _of_kind(facts, Dispense)
    ordered, scores = _of_kind(facts, Prescription), _of_kind(facts, Questionnaire)
    blood = _of_kind(facts, Laboratory)
    scores = [fact for fact in scores if fact.tool == "phq9"]
    return [
        *_tests(tests, ordered, given),
        *_hand_overs(given, ordered),
        _alt([fact for fact in blood if fact.analyte == "alt"]),
        _fat([fact for fact in blood if fact.analyte == "triglycerides"], given),
        _mood(scores),
        _tetracycline(_of_kind(facts, Medicine), given),
        _cumulative(given, ordered, _of_kind(facts, Weight)),
        _depression(_of_kind(facts, Condition), scores, on),
    ]


def _ids(facts: list[Any]) -> tuple[str, ...]:
    return tuple(fact.id for fact in facts)


def _days(early: date, late: date) -> int:
    return (late - early).days


def _tests(tests: list[Any], ordered: list[Any], given: list[Any]) -> list[Any]:
    negatives = [test for test in tests if test.result == "negative"]
    near: Any = NO
    if ordered:
        issued = ordered[-1].issued_on
        within = [test for test in negatives if 0 <= _days(test.taken_on, issued) <= 7]
        near = ("not_met", None, (ordered[-1].id,))
        if within:
            near = ("met", _days(within[-1].taken_on, issued), (ordered[-1].id, within[-1].id))
    two: Any = NO
    positive: Any = NO
    if given:
        start = given[0].date
        before = [test for test in negatives if test.taken_on <= start]
        two = ("not_met", None, _ids(before))
        if len(before) > 1:
            apart = _days(before[0].taken_on, before[-1].taken_on)
            two = ("met" if apart >= 19 else "not_met", apart, (before[0].id, before[-1].id))
        found = [test for test in tests if test.result == "positive" and test.taken_on >= start]
        positive = ("not_met" if found else "met", len(found), _ids(found))
    gap: Any = NO
    if len(negatives) > 1:
        gaps = [(_days(one.taken_on, two.taken_on), one.id, two.id) for one, two in pairwise(negatives)]
        longest = max(gaps)
        gap = ("not_met" if longest[0] > 35 else "met", longest[0], longest[1:])
    return [near, two, positive, gap]


def _hand_overs(given: list[Any], ordered: list[Any]) -> list[Any]:
    if not given:
        return [NO, NO]
    issued = {fact.id: fact.issued_on for fact in ordered}
    known = [fact for fact in given if fact.prescription in issued]
    late = [fact for fact in known if _days(issued[fact.prescription], fact.date) > 7]
    in_time = ("not_met" if late else "met", len(late), _ids(late)) if known else NOTHING
    wrong = [fact for fact in given if fact.days_supply > 30]
    for one, two in pairwise(given):
        if _days(one.date, two.date) < one.days_supply:
            wrong.append(two)
    return [in_time, ("not_met" if wrong else "met", len(wrong), _ids(wrong))]


def _alt(alt: list[Any]) -> Any:
    if not alt:
        return NOTHING
    high = [fact for fact in alt if fact.upper_limit is not None and fact.value > 3 * fact.upper_limit]
    if not high and alt[0].unit == alt[-1].unit and alt[0].value > 0 and alt[-1].value >= 2 * alt[0].value:
        high = [alt[0], alt[-1]]
    return ("not_met" if high else "met", alt[-1].value, _ids(high))


def _fat(fat: list[Any], given: list[Any]) -> Any:
    if not given:
        return NO
    since = [fact for fact in fat if fact.taken_on > given[0].date]
    if not since:
        return NOTHING
    value = canonical_value("triglycerides", since[-1].value, since[-1].unit)
    return ("stop" if value > 500 else "not_met" if value > 300 else "met", round(value, 1), (since[-1].id,))


def _score(fact: Any) -> float | None:
    if fact.score is not None:
        return float(fact.score)
    if fact.items is None or None in fact.items:
        return None
    return float(sum(fact.items))


def _mood(scores: list[Any]) -> Any:
    told = [fact for fact in scores if _score(fact) is not None]
    if not told:
        return NOTHING
    first, last = _score(told[0]), _score(told[-1])
    assert first is not None
    assert last is not None
    items: tuple[int | None, ...] = told[-1].items or ()
    if len(items) > 8 and items[8]:
        return ("stop", last, (told[-1].id,))
    return ("not_met" if last >= 10 or last - first >= 5 else "met", last, (told[-1].id,))


def _tetracycline(medicines: list[Any], given: list[Any]) -> Any:
    if not given:
        return NO
    end = max(fact.date.toordinal() + fact.days_supply - 1 for fact in given)
    together = [
        fact for fact in medicines
        if "cycline" in fact.name.lower() and fact.from_.toordinal() <= end
        and (fact.to is None or fact.to >= given[0].date)
    ]  # fmt: skip
    return ("not_met" if together else "met", len(together), _ids(together))


def _cumulative(given: list[Any], ordered: list[Any], weights: list[Any]) -> Any:
    if not given:
        return NO
    if not weights:
        return NOTHING
    doses = {fact.id: fact.daily_dose_mg for fact in ordered}
    total = 0.0
    for fact in given:
        if fact.prescription not in doses:
            return ("unknown", None, (fact.id,))
        total += fact.days_supply * doses[fact.prescription]
    return ("met", round(total / weights[-1].kg, 2), (weights[-1].id, *_ids(given)))


def _depression(conditions: list[Any], scores: list[Any], on: date) -> Any:
    low = [fact for fact in conditions if fact.what == "depression" and (fact.to is None or fact.to >= on)]
    if not low:
        return NO
    asked = [fact for fact in scores if _days(fact.date, on) <= 90]
    return ("met" if asked else "not_met", len(asked), _ids(low) + _ids(asked[-1:]))
