"""What holds for every patient, whatever nobody thought to list?"""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from isovigil.calendar.window import first_instant, last_instant
from isovigil.case.case import Case
from isovigil.decisions.review import Review, review
from isovigil.exchange.case_file import CaseProblems, case_from_mapping
from isovigil.exchange.review_json import review_as_json
from tests.properties.patients import Mapping, added_fact, troubled_patients
from tests.scenarios.judged import the_rulebook

NEEDED_KINDS = (
    "acknowledgement",
    "attestation",
    "category",
    "certification",
    "comprehension",
    "contraception",
    "counselling",
    "cycle",
    "enrolment",
    "menses",
    "opinion",
    "pregnancy_test",
    "visit",
)
"""The kinds whose absence is "unknown". Those recorded by exception, and the acts themselves
(prescriptions, hand-overs, authorisations, stops), say something when they are there.
"""


def case_of(mapping: Mapping) -> Case:
    try:
        return case_from_mapping(mapping)
    except CaseProblems:
        assume(False)
        raise


def judged(mapping: Mapping, on: date) -> Review:
    return review(case_of(mapping), the_rulebook(), on=on)


def verdicts(answer: Review) -> dict[str, str]:
    return {name: gate.verdict for name, gate in answer.gates.items()}


@given(troubled_patients(), st.sampled_from(NEEDED_KINDS))
def test_forgetting_what_a_rule_requires_never_turns_a_no_into_a_go(drawn, forgotten):
    mapping, on = drawn
    before = verdicts(judged(mapping, on))
    less = {**mapping, "facts": [fact for fact in mapping["facts"] if fact["kind"] != forgotten]}
    after = verdicts(judged(less, on))
    for gate in ("prescribe", "dispense"):
        if before[gate] != "ready":
            assert after[gate] != "ready", f"forgetting {forgotten} opened {gate}"


@given(troubled_patients(), st.randoms(use_true_random=False))
def test_the_order_of_facts_does_not_matter(drawn, chance: random.Random):
    mapping, on = drawn
    shuffled = list(mapping["facts"])
    chance.shuffle(shuffled)
    one = review_as_json(judged(mapping, on))
    assert review_as_json(judged({**mapping, "facts": shuffled}, on)) == one


@given(troubled_patients(), st.data(), st.integers(1, 400))
def test_what_is_recorded_later_never_changes_what_was_known_before(drawn, data, hours_later):
    mapping, on = drawn
    case = case_of(mapping)
    later = last_instant(on, ZoneInfo(case.time_zone)) + timedelta(hours=hours_later)
    late = {
        **data.draw(added_fact(on - timedelta(days=20))),
        "id": "late",
        "recorded_at": later.isoformat(),
    }
    assert review_as_json(judged({**mapping, "facts": [*mapping["facts"], late]}, on)) == (
        review_as_json(judged(mapping, on))
    )


@pytest.mark.parametrize(
    "fact",
    [
        {"kind": "pregnancy_test", "result": "positive", "setting": "home", "day": "taken_on"},
        {"kind": "pregnancy", "day": "date"},
    ],
    ids=["a positive test", "a pregnancy"],
)
@given(drawn=troubled_patients(), days_ago=st.integers(0, 40))
def test_neither_may_leave_a_gate_ready(fact, drawn, days_ago):
    mapping, on = drawn
    bad = {**fact, "id": "bad", fact["day"]: (on - timedelta(days=days_ago)).isoformat()}
    del bad["day"]
    answer = judged({**mapping, "facts": [*mapping["facts"], bad]}, on)
    assert answer.gates["prescribe"].verdict == "stop"
    assert answer.gates["dispense"].verdict == "stop"
    first_dose = answer.course.started_on
    if first_dose is None or first_dose > on - timedelta(days=days_ago):
        assert answer.gates["start"].verdict == "stop" or first_dose is not None


@given(troubled_patients())
def test_no_hand_over_is_ready_outside_its_window(drawn):
    mapping, on = drawn
    answer = judged(mapping, on)
    if answer.gates["dispense"].verdict != "ready" or answer.window is None:
        return
    assert answer.window.opens_on <= on <= answer.window.closes_on
    assert answer.at <= answer.window.closes_at
    if mapping["programme"] == "us_ipledge" and _can_become_pregnant(mapping, on):
        tested = [
            date.fromisoformat(fact["taken_on"])
            for fact in mapping["facts"]
            if fact["kind"] == "pregnancy_test" and fact["result"] == "negative"
        ]
        assert any(0 <= (on - day).days <= 6 for day in tested), "day 1 is the specimen day, day 7 the last"


def _can_become_pregnant(mapping: Mapping, on: date) -> bool:
    told = [
        (fact["date"], fact["can_become_pregnant"])
        for fact in mapping["facts"]
        if fact["kind"] == "category" and date.fromisoformat(fact["date"]) <= on
    ]
    return bool(told) and bool(max(told)[1])


def answer_at(case: Case, at: datetime, known_by: datetime) -> tuple[object, ...]:
    """All that counts as the answer: nothing in it changes from day to day by nature."""
    told = review(case, the_rulebook(), at, known_by)
    return (
        told.regime,
        [(name, gate) for name, gate in told.gates.items()],
        [(f.rule, f.answer, f.amber, f.gates, f.action) for f in told.findings],
        told.window,
        [(other.regime, other.gates, other.window) for other in told.alternatives],
    )


@given(troubled_patients())
def test_an_answer_holds_exactly_until_it_says(drawn):
    """Nothing changes before `holds_until`, something changes at it, with knowledge held still."""
    mapping, on = drawn
    case = case_of(mapping)
    zone = ZoneInfo(case.time_zone)
    known_by = last_instant(on, zone)
    told = review(case, the_rulebook(), on=on)
    now = answer_at(case, first_instant(on, zone), known_by)
    horizon = [first_instant(on + timedelta(days=days), zone) for days in range(1, 45)]
    for later in horizon:
        if told.holds_until is not None and later >= told.holds_until:
            break
        assert answer_at(case, later, known_by) == now, f"changed before it, by {later}"
    if told.holds_until is not None:
        before = told.holds_until - timedelta(seconds=1)
        if before > told.at:
            assert answer_at(case, before, known_by) == now, "changed a second too early"
        assert answer_at(case, told.holds_until, known_by) != now, "nothing changes at it"
