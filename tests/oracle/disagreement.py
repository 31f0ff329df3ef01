"""Where do the engine and the oracle differ about one day, and what is the smallest patient that shows it?"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from tests.oracle.answers import DayAnswer, Window
from tests.oracle.day_by_day import day_answer, readings_on
from tests.oracle.facts_seen import day_of

Review = Any
Judge = Callable[[Mapping[str, Any], date], Review]
"""The engine, called through its public `review` alone: a case in file format and a day in, a review out."""

PASSES = ("met", "met_by_discretion")


def disagreements(case: Mapping[str, Any], on: date, judge: Judge) -> list[str]:
    """Every point on which the engine and the oracle differ about this case on this day."""
    judged = judge(case, on)
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
        if rule == "dispensing.inside_the_window" and word == "met" and finding.amber != said.amber:
            found.append(f"{rule}: amber is {said.amber}, the engine says {finding.amber}")
    return found


def about_the_window(said: Window | None, judged: Any, name: str) -> list[str]:
    """The first and the last day of the window."""
    seen = None if judged is None else Window(judged.opens_on, judged.closes_on)
    return [] if seen == said else [f"{name}: the oracle says {said}, the engine {seen}"]


def about_the_post_treatment_test(said: DayAnswer, judged: Review) -> list[str]:
    """A stopped course asks for its last test on the right day."""
    if said.post_treatment_test_on is None:
        return []
    days = [task.opens_on for task in judged.tasks if task.what == "post_treatment_test"]
    if days == [said.post_treatment_test_on]:
        return []
    return [f"post_treatment_test: the oracle says {said.post_treatment_test_on}, the engine's tasks {days}"]


def subject(point: str) -> str:
    """What a point of difference is about, without its words and days."""
    return point.split(":", 1)[0]


def smallest(case: Mapping[str, Any], on: date, about: str, judge: Judge) -> dict[str, Any]:
    """The case with every fact and optional field removed that the difference does not need."""

    def still_differs(candidate: Mapping[str, Any]) -> bool:
        try:
            return about in {subject(point) for point in disagreements(candidate, on, judge)}
        except (ValueError, KeyError):
            return False

    kept = dict(case)
    shrinking = True
    while shrinking:
        shrinking = False
        for candidate in slightly_smaller(kept):
            if still_differs(candidate):
                kept, shrinking = candidate, True
                break
    return kept


def slightly_smaller(case: dict[str, Any]) -> list[dict[str, Any]]:
    """The same case with one fact less, or with one fact's `reported_on` or `to` left out."""
    facts = case["facts"]
    fewer = [facts[:place] + facts[place + 1 :] for place in range(len(facts))]
    for place, fact in enumerate(facts):
        for field in ("reported_on", "to"):
            if field in fact:
                simpler = {key: value for key, value in fact.items() if key != field}
                fewer.append([*facts[:place], simpler, *facts[place + 1 :]])
    return [{**case, "facts": some} for some in fewer]


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


def told(case: Mapping[str, Any], on: date, about: str, judge: Judge, seed: int) -> str:
    """The whole difference as a pharmacist can read it."""
    small = smallest(case, on, about, judge)
    points = [point for point in disagreements(small, on, judge) if subject(point) == about]
    return "\n".join(
        [f"timeline {seed}, judged on {on}:", *(f"  {point}" for point in points), as_case_file(small)]
    )
