"""Which patients trouble an engine most? Complete ones, slightly disturbed, on days that collide.

Each drawn patient begins as one of the complete base patients of the scenarios. Then facts are
left out, moved by a few days or added: tests of every result, hand-overs, reversals, stops,
corrections. Days lie close together, because windows, lockouts and corrections only meet there.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from tests.scenarios.scenario_patient import OnFile

BASES = {
    ("us_ipledge", "first_prescription"): date(2024, 3, 6),
    ("us_ipledge", "third_prescription"): date(2024, 3, 6),
    ("us_ipledge", "cannot_second_prescription"): date(2023, 5, 10),
    ("us_ipledge", "third_prescription_in_october_2023"): date(2023, 10, 18),
    ("us_ipledge", "third_prescription_in_december_2026"): date(2026, 12, 9),
    ("uk_mhra", "adult_first_prescription"): date(2026, 3, 3),
    ("uk_mhra", "adult_second_prescription"): date(2026, 3, 3),
    ("uk_mhra", "young_first_prescription"): date(2024, 1, 10),
}
"""Complete patients, and a day around which their dates matter."""

Mapping = dict[str, Any]
CLOSE = 16


def near(day: date, days: int = CLOSE) -> st.SearchStrategy[date]:
    """A day not far from the given one."""
    return st.integers(-days, days).map(lambda offset: day + timedelta(days=offset))


@st.composite
def added_fact(draw: DrawFn, around: date) -> Mapping:
    """One more fact, of the kinds that can upset a course."""
    day = draw(near(around)).isoformat()
    return draw(
        st.sampled_from(
            [
                {"kind": "pregnancy_test", "taken_on": day, "result": "negative", "setting": "laboratory"},
                {"kind": "pregnancy_test", "taken_on": day, "result": "negative", "setting": "home"},
                {"kind": "pregnancy_test", "taken_on": day, "result": "invalid", "setting": "clinic"},
                {"kind": "pregnancy_test", "taken_on": day, "result": "positive", "setting": "clinic"},
                {"kind": "dispense", "date": day, "days_supply": 30},
                {"kind": "dispense", "date": day, "days_supply": 10, "partial": True},
                {"kind": "prescription", "issued_on": day, "daily_dose_mg": 40, "days_supply": 30},
                {"kind": "counselling", "date": day},
                {"kind": "comprehension", "date": day, "passed": draw(st.booleans())},
                {"kind": "category", "date": day, "can_become_pregnant": draw(st.booleans()),
                 "by": "prescriber", "basis": "hysterectomy"},
                {"kind": "contraception", "from": day, "reported_by": "patient", "primary": "condom",
                 "secondary": "sponge"},
                {"kind": "contraception", "from": day, "to": day, "reported_by": "prescriber",
                 "primary": "implant", "secondary": "condom"},
                {"kind": "menses", "started_on": day},
                {"kind": "treatment_stop", "date": day, "reason": "completed"},
                {"kind": "certification", "who": "prescriber", "from": day, "to": day},
                {"kind": "condition", "from": day, "what": "breastfeeding", "to": day},
                {"kind": "attestation", "date": day, "what": "home_test_process", "by": "dr-1"},
                {"kind": "visit", "date": day, "mode": "video", "purpose": "follow_up"},
            ]
        )
    )  # fmt: skip


@st.composite
def troubled_patients(draw: DrawFn) -> tuple[Mapping, date]:
    """A case in case-file form, and the day to judge it."""
    (programme, base), around = draw(st.sampled_from(sorted(BASES.items())))
    on_file = OnFile.of_base(programme, base)
    facts = [dict(fact) for fact in on_file.facts.values()]
    for _ in range(draw(st.integers(0, 2))):
        facts.pop(draw(st.integers(0, len(facts) - 1)))
    for _ in range(draw(st.integers(0, 2))):
        _move(draw(st.sampled_from(facts)), timedelta(days=draw(st.integers(-9, 9))))
    for number, fact in enumerate(draw(st.lists(added_fact(around), max_size=3))):
        facts.append({"id": f"added-{number}", **fact})
    left = {fact["id"] for fact in facts}
    for fact in facts:
        if fact.get("prescription") not in (None, *left):
            del fact["prescription"]
    return {**on_file.header, "facts": facts}, draw(near(around, 24))


def _move(fact: Mapping, by: timedelta) -> None:
    for field in ("date", "taken_on", "issued_on", "signed_on", "started_on", "from", "to"):
        if isinstance(fact.get(field), str):
            fact[field] = (date.fromisoformat(fact[field]) + by).isoformat()
