"""Which twelve small rules stand for "reading is everything" when a population's engine is measured?

Task B of the comparison: narrow facts in; a status, a value and the ids of the facts behind it out. They are
no clinical rules and nothing else uses them; the product's own rules, with dated law, are in
`isovigil.decisions`. `population_task_b_plain.py` says the same over whole facts, to be held against it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from isovigil.case.units import canonical_value
from isovigil.exchange.bulk.narrow_facts import NarrowFact, Wanted

WANTED: Final[Wanted] = {
    "pregnancy_test": None,
    "prescription": None,
    "dispense": None,
    "medicine": None,
    "weight": None,
    "laboratory": frozenset({"alt", "triglycerides"}),
    "questionnaire": frozenset({"phq9"}),
    "condition": frozenset({"depression"}),
}
WINDOW, LEAD, GAP, SUPPLY, RECENT = 7, 19, 35, 30, 90
"""Days: around a prescription, between two tests, between later ones, of one supply, of a score."""
ALT_LIMITS, ALT_DOUBLED = 3, 2
FAT_STOP, FAT_WATCH = 500, 300
LEVEL, RISE, ITEM_9 = 10, 5, 8


class Answer(NamedTuple):
    """What one rule says: a status, a value, and the ids of the facts behind it."""

    status: str
    value: float | None
    evidence: tuple[str, ...]


NOT_APPLICABLE: Final = Answer("not_applicable", None, ())
UNKNOWN: Final = Answer("unknown", None, ())


class Own(NamedTuple):
    """The facts of one patient, as the rules ask for them, and the days of therapy."""

    negatives: list[NarrowFact]
    positives: list[NarrowFact]
    prescriptions: list[NarrowFact]
    hand_overs: list[NarrowFact]
    medicines: list[NarrowFact]
    weights: list[NarrowFact]
    alt: list[NarrowFact]
    fat: list[NarrowFact]
    scores: list[NarrowFact]
    depression: list[NarrowFact]
    ordered: list[NarrowFact | None]
    """The prescription of each hand-over, where it names one that is there."""
    last_days: list[int]
    """The last day for which each hand-over was enough."""
    start: int | None
    end: int
    """The last day for which capsules were handed over."""


def own_facts(facts: dict[str, list[NarrowFact]]) -> Own:
    """One patient's narrow facts, taken apart once for all rules."""
    none: list[NarrowFact] = []
    tests, blood = facts.get("pregnancy_test", none), facts.get("laboratory", none)
    prescriptions, hand_overs = facts.get("prescription", none), facts.get("dispense", none)
    by_id = {fact.id: fact for fact in prescriptions}
    last_days = [fact.day + int(fact.number or 0) - 1 for fact in hand_overs]
    return Own(
        [test for test in tests if test.what == "negative"],
        [test for test in tests if test.what == "positive"],
        prescriptions,
        hand_overs,
        facts.get("medicine", none),
        facts.get("weight", none),
        [fact for fact in blood if fact.what == "alt"],
        [fact for fact in blood if fact.what == "triglycerides"],
        facts.get("questionnaire", none),
        facts.get("condition", none),
        [by_id.get(fact.refers_to or "") for fact in hand_overs],
        last_days,
        hand_overs[0].day if hand_overs else None,
        max(last_days) if last_days else 0,
    )


def ids(facts: Sequence[NarrowFact]) -> tuple[str, ...]:
    return tuple([fact.id for fact in facts])


def negative_near_prescription(own: Own, on: int) -> Answer:
    """Was a negative test taken within the 7 days up to the last prescription?"""
    if not own.prescriptions:
        return NOT_APPLICABLE
    last = own.prescriptions[-1]
    near = [test for test in own.negatives if last.day - WINDOW <= test.day <= last.day]
    if not near:
        return Answer("not_met", None, (last.id,))
    return Answer("met", last.day - near[-1].day, (last.id, near[-1].id))


def two_negatives_before_start(own: Own, on: int) -> Answer:
    """Were two negatives taken 19 or more days apart before the first hand-over?"""
    if own.start is None:
        return NOT_APPLICABLE
    before = [test for test in own.negatives if test.day <= own.start]
    if len(before) < 2:
        return Answer("not_met", None, ids(before))
    apart = before[-1].day - before[0].day
    return Answer("met" if apart >= LEAD else "not_met", apart, (before[0].id, before[-1].id))


def no_positive_in_therapy(own: Own, on: int) -> Answer:
    """Was no test positive from the first hand-over on?"""
    if own.start is None:
        return NOT_APPLICABLE
    positive = [test for test in own.positives if test.day >= own.start]
    return Answer("not_met" if positive else "met", len(positive), ids(positive))


def no_long_gap_between_tests(own: Own, on: int) -> Answer:
    """Were negatives never more than 35 days apart?"""
    if len(own.negatives) < 2:
        return NOT_APPLICABLE
    longest, early, late = max(
        [(late.day - early.day, early.id, late.id) for early, late in pairwise(own.negatives)]
    )
    return Answer("met" if longest <= GAP else "not_met", longest, (early, late))


def handed_over_in_time(own: Own, on: int) -> Answer:
    """Was each hand-over within 7 days of its prescription?"""
    ordered = own.ordered
    if not any(ordered):
        return UNKNOWN if ordered else NOT_APPLICABLE
    late = [
        fact
        for fact, prescription in zip(own.hand_overs, ordered, strict=True)
        if prescription is not None and fact.day - prescription.day > WINDOW
    ]
    return Answer("not_met" if late else "met", len(late), ids(late))


def no_oversupply(own: Own, on: int) -> Answer:
    """Was no supply longer than 30 days, and none handed over before the one before had run out?"""
    if not own.hand_overs:
        return NOT_APPLICABLE
    wrong = [fact for fact in own.hand_overs if (fact.number or 0) > SUPPLY]
    later = own.hand_overs[1:]
    wrong += [fact for fact, last_day in zip(later, own.last_days, strict=False) if fact.day <= last_day]
    return Answer("not_met" if wrong else "met", len(wrong), ids(wrong))


def alt_not_high(own: Own, on: int) -> Answer:
    """Was ALT never above three times its own upper limit, and the last not twice the first?"""
    if not own.alt:
        return UNKNOWN
    first, last = own.alt[0], own.alt[-1]
    high = [fact for fact in own.alt if fact.upper_limit and _number(fact) > ALT_LIMITS * fact.upper_limit]
    if not high and first.unit == last.unit and _number(last) >= ALT_DOUBLED * _number(first) > 0:
        high = [first, last]
    return Answer("not_met" if high else "met", last.number, ids(high))


def triglycerides_not_high(own: Own, on: int) -> Answer:
    """Were triglycerides followed after the start, and the last not above 300 or 500 mg/dL?"""
    since = [fact for fact in own.fat if own.start is not None and fact.day > own.start]
    if not since:
        return UNKNOWN if own.start is not None else NOT_APPLICABLE
    last = since[-1]
    value = canonical_value("triglycerides", _number(last), last.unit or "")
    status = "stop" if value > FAT_STOP else "not_met" if value > FAT_WATCH else "met"
    return Answer(status, round(value, 1), (last.id,))


def mood_not_low(own: Own, on: int) -> Answer:
    """Is the last PHQ-9 below 10, not 5 above the first, and its ninth item nought?"""
    told = [(score, fact) for fact in own.scores if (score := _score(fact)) is not None]
    if not told:
        return UNKNOWN
    (first, _), (last, fact) = told[0], told[-1]
    ninth = fact.items[ITEM_9] if fact.items is not None and len(fact.items) > ITEM_9 else None
    if ninth:
        return Answer("stop", last, (fact.id,))
    return Answer("not_met" if last >= LEVEL or last - first >= RISE else "met", last, (fact.id,))


def no_tetracycline_in_therapy(own: Own, on: int) -> Answer:
    """Was no tetracycline taken while capsules were?"""
    if own.start is None:
        return NOT_APPLICABLE
    together = [
        fact for fact in own.medicines
        if "cycline" in (fact.what or "").lower() and fact.day <= own.end
        and (fact.ends_on is None or fact.ends_on >= own.start)
    ]  # fmt: skip
    return Answer("not_met" if together else "met", len(together), ids(together))


def cumulative_dose(own: Own, on: int) -> Answer:
    """How many mg/kg were handed over, by the doses prescribed and the last weight?"""
    if not own.hand_overs:
        return NOT_APPLICABLE
    if not own.weights:
        return UNKNOWN
    total = 0.0
    for fact, prescription in zip(own.hand_overs, own.ordered, strict=True):
        if prescription is None:
            return Answer("unknown", None, (fact.id,))
        total += (fact.number or 0.0) * (prescription.number or 0.0)
    weight = own.weights[-1]
    return Answer("met", round(total / _number(weight), 2), (weight.id, *ids(own.hand_overs)))


def depression_is_followed(own: Own, on: int) -> Answer:
    """Is somebody with depression asked the PHQ-9 within the last 90 days?"""
    low = [fact for fact in own.depression if fact.ends_on is None or fact.ends_on >= on]
    if not low:
        return NOT_APPLICABLE
    asked = [fact for fact in own.scores if fact.day >= on - RECENT]
    return Answer("met" if asked else "not_met", len(asked), ids(low) + ids(asked[-1:]))


def _number(fact: NarrowFact) -> float:
    return fact.number or 0.0


def _score(fact: NarrowFact) -> float | None:
    if fact.number is not None or fact.items is None:
        return fact.number
    answered = [item for item in fact.items if item is not None]
    return float(sum(answered)) if len(answered) == len(fact.items) else None


RULES: Final[tuple[Callable[[Own, int], Answer], ...]] = (
    negative_near_prescription, two_negatives_before_start, no_positive_in_therapy,
    no_long_gap_between_tests, handed_over_in_time, no_oversupply, alt_not_high, triglycerides_not_high,
    mood_not_low, no_tetracycline_in_therapy, cumulative_dose, depression_is_followed,
)  # fmt: skip


def task_b(facts: dict[str, list[NarrowFact]], on: int) -> list[Answer]:
    """The twelve answers about one patient on a day (as `date.toordinal` counts)."""
    own = own_facts(facts)
    return [rule(own, on) for rule in RULES]
