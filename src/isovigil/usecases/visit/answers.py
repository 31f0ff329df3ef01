"""Which facts do the answers of a visit stand for? Pure: answers in, facts as in a case file out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final, Literal

import msgspec

from isovigil.usecases.visit.asks import SELF_HARM_REPORTED, Asks

FORM: Final = "visit/1"
"""The form and its version, as every fact of a visit names it."""
Decision = Literal["continue", "reduce", "hold", "stop"]
ASKED_APART: Final = frozenset({SELF_HARM_REPORTED})
"""Thoughts of self-harm are asked about with the nine questions, not with the other unwanted effects: "none
of these" says nothing about them."""


class Result(msgspec.Struct, frozen=True):
    """One laboratory result as it was typed."""

    analyte: str
    value: float
    unit: str
    upper_limit: float | None = None
    comparator: str | None = None


class Decided(msgspec.Struct, frozen=True):
    """What a prescriber decided about a finding, and why."""

    rule: str
    decision: Decision
    reason: str


class Answers(msgspec.Struct, frozen=True, kw_only=True):
    """What was answered; what is left out was not asked, and makes no fact."""

    day: date
    mode: str = "in_person"
    test_result: str | None = None
    test_taken_on: date | None = None
    test_setting: str = "clinic"
    test_specimen: str | None = None
    is_unchanged: bool = False
    """Somebody confirmed today what stood in the suggestions: methods and weight."""
    methods: tuple[str, ...] = ()
    """Other methods than the suggested ones."""
    is_counselled: bool = False
    weight_kg: float | None = None
    has_no_symptoms: bool = False
    symptoms: Mapping[str, str] = {}
    """The severity of each code that was answered."""
    features: Mapping[str, tuple[str, ...]] = {}
    phq2: tuple[int, int] | None = None
    phq9: tuple[int | None, ...] | None = None
    self_harm_disposition: str | None = None
    """The assessment of this day: what was done at once where item 9 was answered with more than "not at
    all", or how thoughts of self-harm that stood open from earlier were judged."""
    asked_sexual_function: bool = False
    inflammatory: int | None = None
    nodules: int | None = None
    iga: int | None = None
    drawn_on: date | None = None
    fasting: bool | None = None
    results: tuple[Result, ...] = ()
    taken_with_food: bool | None = None
    daily_dose_mg: float | None = None
    """What is prescribed today; None prescribes nothing."""
    days_supply: int | None = None
    capsules: tuple[tuple[float, int], ...] = ()
    stop_reason: str | None = None
    decided: tuple[Decided, ...] = ()


def facts_of(answers: Answers, asks: Asks, by: str) -> list[dict[str, Any]]:
    """The facts in the order in which they are read back; `by` is the prescriber who decides.

    Nothing is carried forward that nobody confirmed, and a question that was not asked makes no fact.
    """
    return [
        {name: value for name, value in fact.items() if value is not None}
        for fact in _facts(answers, asks, by)
    ]


def _facts(answers: Answers, asks: Asks, by: str) -> Iterator[dict[str, Any]]:
    day = answers.day.isoformat()
    yield {"kind": "visit", "date": day, "mode": answers.mode, "purpose": "follow_up"}
    if answers.test_result is not None:
        yield {
            "kind": "pregnancy_test",
            "taken_on": (answers.test_taken_on or answers.day).isoformat(),
            "result": answers.test_result,
            "setting": answers.test_setting,
            "specimen": answers.test_specimen,
        }
    yield from _methods(answers, asks, day)
    if answers.is_counselled:
        topics = ["contraception", "birth_defects"] if asks.asks_pregnancy_test else []
        yield {"kind": "counselling", "date": day, "topics": [*topics, "mood", "blood_donation"]}
    yield from _body(answers, asks, day)
    yield from _symptoms(answers, asks, day)
    yield from _mood(answers, asks, day, by)
    yield from _blood(answers)
    yield from _treatment(answers, asks, day)
    for decided in answers.decided:
        yield {
            "kind": "clinical_decision",
            "date": day,
            "about": decided.rule,
            "decision": decided.decision,
            "by": by,
            "reason": decided.reason,
        }


def _methods(answers: Answers, asks: Asks, day: str) -> Iterator[dict[str, Any]]:
    methods = answers.methods or (asks.methods if answers.is_unchanged else ())
    if not methods or not asks.asks_pregnancy_test:
        return
    if methods[0] == "abstinence":
        yield {"kind": "contraception", "from": day, "reported_by": "prescriber", "abstinence": True}
        return
    second = methods[1] if len(methods) > 1 else None
    yield {
        "kind": "contraception",
        "from": day,
        "reported_by": "prescriber",
        "primary": methods[0],
        "secondary": second,
    }


def _body(answers: Answers, asks: Asks, day: str) -> Iterator[dict[str, Any]]:
    kg = answers.weight_kg or (asks.weight_kg if answers.is_unchanged else None)
    if kg is not None:
        yield {"kind": "weight", "date": day, "kg": kg}
    if any(each is not None for each in (answers.inflammatory, answers.nodules, answers.iga)):
        yield {
            "kind": "acne",
            "date": day,
            "iga": answers.iga,
            "inflammatory": answers.inflammatory,
            "nodules": answers.nodules,
        }


def _symptoms(answers: Answers, asks: Asks, day: str) -> Iterator[dict[str, Any]]:
    """What was reported; where none was, what was open before is over."""
    told = dict(answers.symptoms)
    if answers.has_no_symptoms:
        told = {code: "none" for code in asks.open_symptoms if code not in ASKED_APART}
    for code, severity in sorted(told.items()):
        features = answers.features.get(code, ())
        yield {
            "kind": "symptom",
            "date": day,
            "code": code,
            "severity": severity,
            "features": list(features) if features and severity != "none" else None,
        }


def _mood(answers: Answers, asks: Asks, day: str, by: str) -> Iterator[dict[str, Any]]:
    if answers.phq9 is not None:
        yield {"kind": "questionnaire", "date": day, "tool": asks.tool, **_scored(answers.phq9)}
    elif answers.phq2 is not None:
        yield {"kind": "questionnaire", "date": day, "tool": "phq2", **_scored(answers.phq2)}
    if answers.self_harm_disposition is not None:
        yield {
            "kind": "assessment",
            "date": day,
            "what": "suicide_risk",
            "outcome": answers.self_harm_disposition,
            "by": by,
        }
    if answers.asked_sexual_function:
        yield {"kind": "questionnaire", "date": day, "tool": "sexual_function_entry"}


def _scored(items: tuple[int | None, ...]) -> dict[str, Any]:
    """The items, and their sum where every one was answered; the total is never typed."""
    answered = [item for item in items if item is not None]
    return {"items": list(items), "score": sum(answered) if len(answered) == len(items) else None}


def _blood(answers: Answers) -> Iterator[dict[str, Any]]:
    drawn_on = (answers.drawn_on or answers.day).isoformat()
    for result in answers.results:
        yield {
            "kind": "laboratory",
            "taken_on": drawn_on,
            "analyte": result.analyte,
            "value": result.value,
            "unit": result.unit,
            "upper_limit": result.upper_limit,
            "comparator": result.comparator,
            "fasting": answers.fasting,
        }


def _treatment(answers: Answers, asks: Asks, day: str) -> Iterator[dict[str, Any]]:
    if answers.stop_reason is not None:
        yield {"kind": "treatment_stop", "date": day, "reason": answers.stop_reason}
    if answers.daily_dose_mg is not None and answers.days_supply is not None:
        yield {
            "kind": "prescription",
            "issued_on": day,
            "daily_dose_mg": answers.daily_dose_mg,
            "days_supply": answers.days_supply,
            "refills": 0,
            "product": asks.product,
            "capsules": [{"mg": mg, "count": count} for mg, count in answers.capsules] or None,
        }
