"""Why did one rule answer as it did, with the dates worked out?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec

from isovigil.calendar.days import Period, days_after, in_words
from isovigil.case.case import Case
from isovigil.case.fact import Fact
from isovigil.decisions.finding import BINDING, PASSES, Finding
from isovigil.decisions.review import Review
from isovigil.decisions.rule import RULES, START, Rule
from isovigil.exchange import review_words as words
from isovigil.exchange.fact_words import fact_in_words
from isovigil.exchange.review_content import supposes
from isovigil.law.rulebook import Rulebook
from isovigil.law.value import Dated, ValueHistory

_DAY_NOUGHT_OR_ONE = re.compile(r"^(?P<what>.+?) is day (?P<number>[01])\b")
_COUNTED_FROM: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"specimen|of the test", ("pregnancy_test",)),
    (r"last dose", ("treatment_stop",)),
    (r"bleeding", ("menses",)),
    (r"counselling", ("counselling",)),
    (r"in use", ("contraception",)),
    (r"of issue|prescription", ("prescription",)),
)
"""Which kind of fact a counting sentence speaks about before it says "is day 0" or "is day 1"."""
_FIRST_DOSE = "first dose"
_THE_EARLIEST = "screening"
_COUNTED_BACKWARDS = "days_before"


class ValueTold(msgspec.Struct, frozen=True):
    """One dated value that was used: its question, the value, since when, and on whose word."""

    asks: str
    value: str
    basis: str
    source: str
    counting: str | None
    note: str | None


class Explanation(msgspec.Struct, frozen=True):
    """One rule's answer, taken apart for a person."""

    rule: str
    patient: str
    day: str
    asks: str
    stake: str
    answer: str
    says: str
    facts: tuple[str, ...]
    values: tuple[ValueTold, ...]
    arithmetic: tuple[str, ...]
    clears: tuple[str, ...]
    other_readings: tuple[str, ...]
    """Where a date of law is open: what else might be supposed, and the verdicts then."""


def explain(rule_name: str, case: Case, review: Review, rulebook: Rulebook) -> Explanation:
    """The explanation of one finding of a review. Raises KeyError when the review has no such rule."""
    finding = {one.rule: one for one in review.findings}[rule_name]
    rule = RULES[rule_name]
    facts = [fact for fact in case.facts if fact.id in finding.facts]
    facts.sort(key=lambda fact: fact.sort_key())
    histories = rulebook.under_policy(review.programme, review.policy).values
    return Explanation(
        rule=rule_name,
        patient=review.patient,
        day=words.weekday_in_words(review.on),
        asks=rule.asks,
        stake=stake(rule, review, finding),
        answer=finding.answer,
        says=finding.says,
        facts=tuple(f"{fact_in_words(fact)} [{fact.id}]" for fact in facts),
        values=tuple(_value(value, histories, rulebook) for value in finding.values),
        arithmetic=tuple(_arithmetic(finding, facts, review, histories)),
        clears=tuple(_clears(finding, review)),
        other_readings=tuple(_other_readings(review, rulebook)),
    )


def _other_readings(review: Review, rulebook: Rulebook) -> Iterable[str]:
    programme = rulebook.under_policy(review.programme, review.policy)
    for other in review.alternatives:
        verdicts = [f"{words.GATES[gate].lower()} {verdict.verdict}" for gate, verdict in other.gates.items()]
        yield f"{supposes(other, review, programme)} ({other.decided_by}): {words.listed(verdicts)}."


def stake(rule: Rule, review: Review, finding: Finding) -> str:
    """Which gates the answer concerns, and what it does to them."""
    if finding.action is not None:
        return f"It is clinical advice: {words.ACTIONS[finding.action].lower()}."
    gates = [words.GATES[gate].lower() for gate in finding.gates]
    if not gates:
        return "It concerns no gate: it leads to steps only."
    judged = ""
    if rule.gates == START and review.course.started_on is not None:
        judged = f" It was judged on the day of the first dose, {in_words(review.course.started_on)}."
    if finding.strength not in BINDING:
        strength = words.STRENGTHS[finding.strength]
        return f"It concerns {_of(gates)} and rests on {strength}: it advises and never blocks.{judged}"
    return f"It concerns {_of(gates)}. {failing(rule)}{judged}"


def _of(gates: Sequence[str]) -> str:
    return f"the gate{'' if len(gates) == 1 else 's'} {words.listed(gates)}"


def failing(rule: Rule) -> str:
    """What a failure and a gap in the record each mean for the gates of a rule."""
    not_met, unknown = rule.when_not_met, rule.when_unknown
    if not_met == unknown:
        return f"When it is not met or unknown, the verdict is {not_met}."
    return f"When it is not met, the verdict is {not_met}; when unknown, {unknown}."


def _value(value: Dated[Any], histories: Mapping[str, ValueHistory], rulebook: Rulebook) -> ValueTold:
    name = value.name.partition("/")[2]
    held = histories.get(name)
    source = rulebook.sources.get(value.cite.source)
    title = value.cite.source if source is None else source.title
    strength = words.STRENGTHS[value.strength]
    return ValueTold(
        asks=f"{name}:" if held is None else held.asks,
        value=words.dated_in_words(value),
        basis=f"{strength} since {in_words(value.from_)}, confidence {value.confidence}",
        source=f"{title}, {value.cite.at} [{value.cite.source}]",
        counting=None if held is None else held.counting,
        note=value.note,
    )


def _arithmetic(
    finding: Finding, facts: Sequence[Fact], review: Review, histories: Mapping[str, ValueHistory]
) -> Iterable[str]:
    """Every length of time counted out from the fact that its own counting sentence speaks about."""
    for value in finding.values:
        name = value.name.partition("/")[2]
        held = histories.get(name)
        if held is None or held.counting is None or name.endswith(_COUNTED_BACKWARDS):
            continue
        counting = _DAY_NOUGHT_OR_ONE.search(held.counting)
        start = None if counting is None else _start(counting["what"], facts, review)
        if counting is not None and start is not None:
            told = _counted_out(value, int(counting["number"]), *start)
            if told is not None:
                yield told


def _start(what: str, facts: Sequence[Fact], review: Review) -> tuple[date, str] | None:
    """The day a count begins, and what it is; None where it cannot be told for certain."""
    if _FIRST_DOSE in what:
        return None if review.course.started_on is None else (review.course.started_on, "the first dose")
    kinds = next((kinds for phrase, kinds in _COUNTED_FROM if re.search(phrase, what)), ())
    found = [fact for fact in facts if fact.kind in kinds]
    if not found or ("contraception" in kinds and len({fact.day for fact in found}) > 1):
        return None
    begins = found[0] if _THE_EARLIEST in what else found[-1]
    return begins.day, f"{words.plain(begins.kind)} {begins.id}"


def _counted_out(value: Dated[Any], first_number: int, start: date, what: str) -> str | None:
    length = words.dated_in_words(value)
    begins = f"{day_of(start, what)} is day {first_number}"
    if isinstance(value.value, Period) and first_number == 0:
        return f"{begins}; {length} later is {in_words(value.value.after(start))}."
    if value.unit != "day" or not isinstance(value.value, int):
        return None
    last = in_words(days_after(start, value.value - first_number))
    return f"{begins}, so day {value.value} is {last}."


def day_of(day: date, what: str) -> str:
    """``4 March 2024 (pregnancy test f-12)``."""
    return f"{in_words(day)} ({what})"


def _clears(finding: Finding, review: Review) -> Iterable[str]:
    if finding.answer in PASSES:
        yield "Nothing has to be cleared."
        return
    if finding.needs:
        yield words.sentence(f"it needs {finding.needs}")
    if finding.whose_move:
        yield f"The next move is the {words.plain(finding.whose_move)}'s."
    if finding.satisfiable_from is not None:
        if finding.satisfiable_from <= review.on:
            yield "It can be met from today."
        else:
            yield f"The first day on which it can be met is {in_words(finding.satisfiable_from)}."
    for task in finding.tasks:
        when = words.days_from_to(task.opens_on, task.due_on, task.closes_on, review.on)
        yield f"Next step ({words.plain(task.what)}): {task.says} {words.sentence(when)}"
