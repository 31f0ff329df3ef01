"""Where do the engine and the oracle differ about one day, and what is the smallest patient that shows it?"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from tests.oracle.answers import DayAnswer, Window
from tests.oracle.day_by_day import day_answer, readings_on
from tests.oracle.facts_seen import day_of

Review = Any
Judge = Callable[[Mapping[str, Any], date], Review]
"""The engine, called through its public `review` alone: a case in file format and a day in, a review out."""

POINTERS = ("prescription", "dispense", "about")
"""The fields by which one fact points at another."""

PASSES = ("met", "met_by_discretion")


def disagreements(case: Mapping[str, Any], on: date, judge: Judge) -> list[str]:
    """Every point on which the engine and the oracle differ about this case on this day."""
    try:
        judged = judge(case, on)
    except Exception as refused:  # noqa: BLE001 - a refusal is a difference like any other
        return [f"the engine refuses to review: {type(refused).__name__} ({refused})"]
    readings = readings_on(case, on)
    main = judged.regime.id if judged.regime.id in readings else readings[0]
    said = day_answer(case, on, main)
    if said is None:
        return []
    found = [*about_the_rules(said, judged), *about_the_window(said.window, judged.window, "window")]
    found += about_the_post_treatment_test(said, judged)
    for other in judged.alternatives:
        elsewhere = day_answer(case, on, other.regime) if other.regime in readings else None
        if elsewhere is not None:
            found += about_the_window(elsewhere.window, other.window, f"window under {other.regime}")
    return found


def about_the_rules(said: DayAnswer, judged: Review) -> list[str]:
    """Answers and first possible days, rule by rule; `undecided` holds nobody to anything."""
    findings = {finding.rule: finding for finding in judged.findings}
    found: list[str] = []
    for rule, word in said.rules.items():
        if word == "undecided":
            continue
        if rule not in findings:
            found.append(f"{rule}: the oracle says {word}, the review has no such finding")
            continue
        finding = findings[rule]
        fails_alike = word == "unknown" and finding.answer not in PASSES
        if finding.answer != word and not fails_alike:
            found.append(f"{rule}: the oracle says {word}, the engine {finding.answer} ({finding.says})")
        waits_until = said.days.get(rule)
        if waits_until and finding.answer == "not_met" and finding.satisfiable_from != waits_until:
            found.append(f"{rule}: possible from {waits_until}, the engine says {finding.satisfiable_from}")
        is_judged = rule == "dispensing.inside_the_window" and word == "met" and said.amber is not None
        if is_judged and finding.amber != said.amber:
            found.append(f"{rule}: amber is {said.amber}, the engine says {finding.amber}")
    return found


def about_the_window(said: Window | None, judged: Any, name: str) -> list[str]:
    """The first and the last day of the window."""
    seen = None if judged is None else (judged.opens_on, judged.closes_on, judged.closes_at)
    expected = None if said is None else (said.opens_on, said.closes_on, said.closes_at)
    if seen == expected:
        return []
    return [f"{name}: the oracle says {_readable(expected)}, the engine {_readable(seen)}"]


def _readable(window: tuple[date, date, datetime] | None) -> str:
    return "none" if window is None else f"{window[0]} to {window[1]} (until {window[2].isoformat()})"


def about_the_post_treatment_test(said: DayAnswer, judged: Review) -> list[str]:
    """A stopped course asks for its last test on the right day."""
    if said.post_treatment_test_on is None:
        return []
    days = [task.opens_on for task in judged.tasks if task.what == "post_treatment_test"]
    if days == [said.post_treatment_test_on]:
        return []
    return [f"post_treatment_test: the oracle says {said.post_treatment_test_on}, the engine's tasks {days}"]


def kind_of(point: str) -> str:
    """What a point of difference is about and how the two answer, without days and the engine's own words."""
    if point.startswith("window"):
        return point.split(":", 1)[0]
    return re.sub(r"\d{4}-\d\d-\d\d", "a day", point.split(" (", 1)[0])


def smallest(case: Mapping[str, Any], on: date, kind: str, judge: Judge) -> dict[str, Any]:
    """The case with every fact and optional field removed that this kind of difference does not need."""
    kept = dict(case)
    shrinking = True
    while shrinking:
        shrinking = False
        for candidate in slightly_smaller(kept):
            if kind in map(kind_of, disagreements(candidate, on, judge)):
                kept, shrinking = candidate, True
                break
    return kept


def slightly_smaller(case: dict[str, Any]) -> list[dict[str, Any]]:
    """The same case with one fact less, or with one fact's `reported_on` or `to` left out."""
    facts = case["facts"]
    fewer = [without(facts, fact) for fact in facts]
    for place, fact in enumerate(facts):
        for field in ("reported_on", "to"):
            if field in fact:
                simpler = {key: value for key, value in fact.items() if key != field}
                fewer.append([*facts[:place], simpler, *facts[place + 1 :]])
    return [{**case, "facts": some} for some in fewer]


def without(facts: list[dict[str, Any]], unwanted: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The facts without this one, and without those that point at it."""
    gone = {unwanted["id"]}
    kept = facts
    for _ in range(3):  # a reversal points at a dispense, which points at a prescription
        gone |= {fact["id"] for fact in kept if gone & {fact.get(pointer) for pointer in POINTERS}}
        kept = [fact for fact in kept if fact["id"] not in gone]
    return kept


def as_case_file(case: Mapping[str, Any]) -> str:
    """The case as a YAML case file, facts in the order of their days."""
    lines = ["case: 1", f"patient: {_in_one_line(case['patient'])}", f"programme: {case['programme']}"]
    lines += [f"time_zone: {case['time_zone']}"] if "time_zone" in case else []
    facts = sorted(case["facts"], key=day_of)
    return "\n".join([*lines, "facts:", *(f"  - {_in_one_line(fact)}" for fact in facts)])


def _in_one_line(fields: Mapping[str, Any]) -> str:
    written = {
        key: json.dumps(value) if isinstance(value, (bool, list, int, float)) or " " in str(value) else value
        for key, value in fields.items()
    }
    return "{" + ", ".join(f"{key}: {value}" for key, value in written.items()) + "}"


def told(case: Mapping[str, Any], on: date, kind: str, judge: Judge, seed: int) -> str:
    """The whole difference as a pharmacist can read it."""
    small = smallest(case, on, kind, judge)
    points = [point for point in disagreements(small, on, judge) if kind_of(point) == kind]
    return "\n".join(
        [f"timeline {seed}, judged on {on}:", *(f"  {point}" for point in points), as_case_file(small)]
    )
