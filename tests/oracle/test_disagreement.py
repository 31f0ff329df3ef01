"""Is a wrong engine caught, and is the patient who shows it small enough to read?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from tests.oracle import us_days
from tests.oracle.answers import DayAnswer
from tests.oracle.day_by_day import day_answer, readings_on
from tests.oracle.disagreement import Judge, disagreements, told
from tests.oracle.timelines import Case

# One attempt missed: 4 March + 6 days = 10 March; locked out until 4 March + 19 days = 23 March.
MISSED: Case = {
    "case": 1,
    "patient": {"id": "p-1", "born_on": "1998-03-05"},
    "programme": "us_ipledge",
    "facts": [
        {
            "kind": "category",
            "id": "f-1",
            "date": "2024-01-02",
            "can_become_pregnant": True,
            "by": "prescriber",
        },
        {
            "kind": "pregnancy_test",
            "id": "f-2",
            "taken_on": "2024-03-04",
            "result": "negative",
            "setting": "clinic",
        },
        {
            "kind": "prescription",
            "id": "f-3",
            "issued_on": "2024-03-05",
            "daily_dose_mg": 40,
            "days_supply": 30,
        },
        {"kind": "menses", "id": "f-4", "started_on": "2024-03-02"},
        {"kind": "cycle", "id": "f-5", "date": "2024-03-01", "regular": True},
    ],
}
LOCKED, FREE = date(2024, 3, 22), date(2024, 3, 23)


def as_review(said: DayAnswer, other: DayAnswer | None = None) -> SimpleNamespace:
    """The oracle's answer in the shape of a review."""
    findings = [
        SimpleNamespace(
            rule=rule, answer=word, says="-", satisfiable_from=said.days.get(rule), amber=said.amber
        )
        for rule, word in said.rules.items()
    ]
    alternatives = [] if other is None else [SimpleNamespace(regime=other.reading, window=other.window)]
    tasks = [SimpleNamespace(what="post_treatment_test", opens_on=said.post_treatment_test_on)]
    return SimpleNamespace(
        regime=SimpleNamespace(id=said.reading),
        findings=findings,
        window=said.window,
        alternatives=alternatives,
        tasks=tasks,
    )


def perfect(case: Mapping[str, Any], on: date) -> SimpleNamespace:
    """An engine that is the oracle itself."""
    answers = [day_answer(case, on, reading) for reading in readings_on(case, on)]
    if answers[0] is None:  # nobody recorded the category, so the oracle answers nothing
        return SimpleNamespace(regime=SimpleNamespace(id=us_days.R2_STAYS))
    return as_review(answers[0], answers[-1] if len(answers) > 1 else None)


@pytest.fixture
def lockout_too_short(monkeypatch: pytest.MonkeyPatch) -> Judge:
    """An engine whose lockout is a day too short."""

    def judge(case: Mapping[str, Any], on: date) -> SimpleNamespace:
        with monkeypatch.context() as wrong:
            wrong.setattr(us_days, "LOCKOUT_DAYS", 18)
            return perfect(case, on)

    return judge


@pytest.mark.parametrize("on", [LOCKED, FREE, date(2026, 11, 20)])
def test_an_engine_that_agrees_raises_no_point(on: date) -> None:
    assert disagreements(MISSED, on, perfect) == []


def test_a_wrong_lockout_is_named_on_the_day_it_shows(lockout_too_short: Judge) -> None:
    points = disagreements(MISSED, LOCKED, lockout_too_short)
    assert points == ["dispensing.no_lockout: the oracle says not_met, the engine met (-)"]
    assert disagreements(MISSED, FREE, lockout_too_short) == []


def test_a_wrong_first_free_day_is_named_before_it_shows(lockout_too_short: Judge) -> None:
    points = disagreements(MISSED, date(2024, 3, 11), lockout_too_short)
    assert points == ["dispensing.no_lockout: possible from 2024-03-23, the engine says 2024-03-22"]


def test_the_patient_shown_keeps_only_the_facts_the_difference_needs(lockout_too_short: Judge) -> None:
    kind = "dispensing.no_lockout: the oracle says not_met, the engine met"
    text = told(MISSED, LOCKED, kind, lockout_too_short, seed=0)
    kinds = [line.split("kind: ")[1].split(",")[0] for line in text.splitlines() if "kind: " in line]
    assert kinds == ["category", "pregnancy_test", "prescription"]


def test_an_unknown_rule_must_not_pass() -> None:
    def passes(case: Mapping[str, Any], on: date) -> SimpleNamespace:
        judged = perfect(case, on)
        for finding in judged.findings:
            finding.answer = "met"
        return judged

    nothing = {**MISSED, "facts": MISSED["facts"][:1]}
    named = {point.split(":")[0] for point in disagreements(nothing, LOCKED, passes)}
    assert "dispensing.inside_the_window" in named
    assert "pregnancy_testing.screening_test" in named
