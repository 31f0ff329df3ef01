"""Do the answers of a visit make the facts they stand for, and no other?"""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest

from isovigil.usecases.visit.answers import Answers, Decided, Result, facts_of
from isovigil.usecases.visit.asks import Asks, LastResult
from isovigil.usecases.visit.unit_guard import doubt_about

TODAY = date(2026, 3, 10)
ASKS = Asks(
    today=TODAY,
    asks_pregnancy_test=True,
    test_setting="clinic",
    test_specimen="urine",
    methods=("implant", "condom"),
    methods_since=date(2026, 1, 2),
    weight_kg=61.5,
    weighed_on=date(2026, 2, 10),
    counts=(12, 2),
    open_symptoms=("AE01", "AE09"),
    results=(LastResult("alt", ("U/L",), "U/L", 40.0, 22.0, date(2026, 2, 10)),),
    daily_dose_mg=40.0,
    days_supply=30,
    product="conventional",
    strengths=(10.0, 20.0, 40.0),
    most_days=30,
    mode="in_person",
    tool="phq9",
    asks_sexual_function=False,
    self_harm_asks_for=None,
    not_cleared_today=False,
    to_decide=(),
    due=(),
)
VISIT = {"kind": "visit", "date": "2026-03-10", "mode": "in_person", "purpose": "follow_up"}


def made(**answers: Any) -> list[dict[str, object]]:
    """The facts beside the visit itself."""
    first, *rest = facts_of(Answers(day=TODAY, **answers), ASKS, "Dr. Osei")
    assert first == VISIT
    return rest


def test_what_nobody_answered_makes_no_fact() -> None:
    assert made() == []


def test_a_suggestion_that_nobody_confirmed_makes_no_fact() -> None:
    assert made(is_unchanged=False) == []


def test_one_confirm_enters_the_methods_and_the_weight_for_today() -> None:
    assert made(is_unchanged=True) == [
        {
            "kind": "contraception",
            "from": "2026-03-10",
            "reported_by": "prescriber",
            "primary": "implant",
            "secondary": "condom",
        },
        {"kind": "weight", "date": "2026-03-10", "kg": 61.5},
    ]


def test_what_changed_stands_before_what_was_suggested() -> None:
    facts = made(is_unchanged=True, methods=("iud_copper", "condom"), weight_kg=63.0)
    assert [fact.get("primary") or fact.get("kg") for fact in facts] == ["iud_copper", 63.0]


def test_methods_are_never_entered_for_whom_they_do_not_concern() -> None:
    cannot = msgspec.structs.replace(ASKS, asks_pregnancy_test=False)
    answers = Answers(day=TODAY, is_unchanged=True, methods=("implant",))
    assert [fact["kind"] for fact in facts_of(answers, cannot, "Dr. Osei")] == ["visit", "weight"]


def test_none_of_these_ends_the_symptoms_that_were_open_and_invents_no_other() -> None:
    assert made(has_no_symptoms=True) == [
        {"kind": "symptom", "date": "2026-03-10", "code": "AE01", "severity": "none"},
        {"kind": "symptom", "date": "2026-03-10", "code": "AE09", "severity": "none"},
    ]


def test_the_total_of_nine_questions_is_computed_and_never_typed() -> None:
    (fact,) = made(phq9=(1, 2, 0, 3, 0, 0, 1, 0, 1))
    assert fact["score"] == 8  # 1 + 2 + 0 + 3 + 0 + 0 + 1 + 0 + 1
    assert fact["tool"] == "phq9"


def test_nine_answers_stand_in_the_place_of_two() -> None:
    (fact,) = made(phq2=(0, 0), phq9=(0,) * 9)
    assert fact["tool"] == "phq9"


def test_what_was_done_about_a_thought_of_self_harm_is_a_fact_with_a_name() -> None:
    facts = made(phq9=(0,) * 8 + (1,), self_harm_disposition="not_cleared")
    assert facts[1] == {
        "kind": "assessment",
        "date": "2026-03-10",
        "what": "suicide_risk",
        "outcome": "not_cleared",
        "by": "Dr. Osei",
    }


def test_a_result_keeps_its_own_unit_limit_and_sign() -> None:
    (fact,) = made(results=(Result("alt", 10.0, "U/L", 40.0, "<"),), drawn_on=date(2026, 3, 8), fasting=True)
    assert fact == {
        "kind": "laboratory",
        "taken_on": "2026-03-08",
        "analyte": "alt",
        "value": 10.0,
        "unit": "U/L",
        "upper_limit": 40.0,
        "comparator": "<",
        "fasting": True,
    }


def test_a_prescription_needs_a_dose_and_its_days() -> None:
    assert made(daily_dose_mg=40.0) == []
    (fact,) = made(daily_dose_mg=40.0, days_supply=30, capsules=((40.0, 30),))
    assert fact == {
        "kind": "prescription",
        "issued_on": "2026-03-10",
        "daily_dose_mg": 40.0,
        "days_supply": 30,
        "refills": 0,
        "product": "conventional",
        "capsules": [{"mg": 40.0, "count": 30}],
    }


def test_a_decision_has_its_reason_and_its_name() -> None:
    decided = Decided("laboratory.triglycerides", "continue", "Repeat came back at 140 mg/dL.")
    (fact,) = made(decided=(decided,))
    assert (fact["by"], fact["about"]) == ("Dr. Osei", "laboratory.triglycerides")


@pytest.mark.parametrize(
    ("analyte", "value", "unit", "likelier"),
    [
        ("triglycerides", 1.7, "mg/dL", ("mmol/L", "g/L")),  # 1.7 x 88.57 = 150.6; 1.7 x 100 = 170 mg/dL
        ("triglycerides", 150.0, "mmol/L", ("mg/dL",)),  # 150 x 88.57 = 13,286 mg/dL
        ("ldl", 2.6, "mg/dL", ("mmol/L", "g/L")),  # 2.6 x 38.67 = 100.5; 2.6 x 100 = 260 mg/dL
        ("alt", 0.4, "U/L", ("ukat/L",)),  # 0.4 x 60 = 24 U/L
    ],
)
def test_a_value_likelier_in_another_unit_is_doubted(
    analyte: str, value: float, unit: str, likelier: tuple[str, ...]
) -> None:
    doubt = doubt_about(analyte, value, unit)
    assert doubt is not None
    assert doubt.likelier == likelier


@pytest.mark.parametrize(
    ("analyte", "value", "unit"),
    [
        ("triglycerides", 25.0, "mg/dL"),
        ("triglycerides", 1.7, "mmol/L"),
        ("alt", 4.0, "U/L"),
        ("ldl", 98.0, "mg/dL"),
    ],
)
def test_an_everyday_value_is_not(analyte: str, value: float, unit: str) -> None:
    assert doubt_about(analyte, value, unit) is None


def test_a_value_just_below_what_is_seen_is_doubted_and_one_on_the_edge_is_not() -> None:
    assert doubt_about("triglycerides", 24.9, "mg/dL") is not None
    assert doubt_about("triglycerides", 25.0, "mg/dL") is None
