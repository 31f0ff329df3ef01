"""Do the symptoms' tables hold together, does each switch change an answer, and what always holds?"""

from __future__ import annotations

from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from isovigil.case import kinds, words
from isovigil.decisions.advice import ACTIONS, gravity
from isovigil.decisions.catalogue import RULES
from isovigil.decisions.finding import Outcome
from isovigil.decisions.symptom_course import TABLES
from isovigil.decisions.symptom_reports import SEVERITIES
from isovigil.decisions.symptom_triggers import _CONDITIONS
from isovigil.exchange.clinic_overlay import overlay_read
from tests.decisions.clinically_judged import (
    assessed,
    clinically,
    decided,
    questionnaire,
    symptom,
    with_value,
)
from tests.decisions.judged import day, fact, rulebook

CODES = {name.partition("/")[2]: code for code, name in TABLES.items()}
SYMPTOM_RULES = sorted(name for name in RULES if name.startswith("symptoms.") and name != "symptoms.course")
BEYOND_THE_CONDITIONS = {"within_days"}


def table(name: str) -> dict[str, Any]:
    value: dict[str, Any] = rulebook().policy("balanced").values[f"symptoms/{name}"].statements[0].value
    return value


each_table = pytest.mark.parametrize("name", CODES)


def test_every_code_of_the_case_file_has_one_table():
    assert sorted(CODES.values()) == sorted(get_args(words.SymptomCode))


@each_table
def test_a_table_says_what_to_ask_how_often_to_expect_it_and_what_helps(name: str):
    held = table(name)
    assert held["code"] == CODES[name]
    assert held["ask"].endswith("?")
    assert held["self_care"]
    for row in held["expected"]:
        assert row["says"]
        assert row["source"] in rulebook().sources


@each_table
def test_a_trigger_uses_only_words_that_a_fact_or_an_outcome_can_hold(name: str):
    for row in table(name).get("triggers", ()):
        when = row.get("when", {})
        assert set(when) <= set(_CONDITIONS) | BEYOND_THE_CONDITIONS
        assert set(when.get("features", ())) <= set(get_args(words.SymptomFeature))
        assert set(when.get("medicines", ())) <= set(get_args(words.MedicineClass))
        assert when.get("severity", "mild") in SEVERITIES[1:]
        assert row["action"] in ACTIONS[1:]
        assert set(row.get("assessment", ())) <= set(get_args(words.AssessmentWord))
        assert set(row.get("outcomes", ())) <= set(get_args(words.AssessmentOutcome))
        assert row.get("basis", {"source": "isovigil-defaults"})["source"] in rulebook().sources


@each_table
def test_what_only_an_assessment_ends_names_the_assessment(name: str):
    for row in table(name).get("triggers", ()):
        if row["action"] in ("stop", "emergency") or not row.get("ends_when_gone", True):
            assert row["assessment"]


@each_table
def test_people_advised_beside_a_symptom_have_a_condition_of_the_list(name: str):
    for row in table(name).get("advice", ()):
        assert set(row["conditions"]) <= set(get_args(words.ConditionWord))


# -- switches -------------------------------------------------------------------------------------


def test_the_default_policy_lowers_no_dose_in_summer_and_a_clinic_that_does_is_told_so():
    cut = with_value("symptoms/summer_dose_cut", value=True)
    assert clinically("symptoms.sun", [], "2024-07-10").action is None
    assert clinically("symptoms.sun", [], "2024-07-10", law=cut).action == "reduce"


@pytest.mark.parametrize(
    ("on", "action"),
    [("2024-05-31", None), ("2024-06-01", "reduce"), ("2024-08-31", "reduce"), ("2024-09-01", None)],
)
def test_summer_is_from_june_to_august(on: str, action: str | None):
    assert (
        clinically("symptoms.sun", [], on, law=with_value("symptoms/summer_dose_cut", value=True)).action
        == action
    )


def test_a_cut_off_of_two_asks_for_the_full_questionnaires_at_two():
    two = [questionnaire("phq2", score=2)]
    assert clinically("mental_health.mood_score", two).action == "continue"
    assert (
        clinically("mental_health.mood_score", two, law=with_value("mental_health/phq2_cut", 2)).action
        == "recheck"
    )


def test_the_label_read_word_by_word_stops_at_the_onset():
    new = [questionnaire("phq9", "2024-01-05", score=6), questionnaire("phq9", score=10)]
    assert clinically("mental_health.mood_score", new).action == "no_uptitrate"
    for policy in ("us_label", "us_label_legacy"):
        assert clinically("mental_health.mood_score", new, policy=policy).action == "stop"


def test_a_clinic_may_ask_everyone_for_a_mood_score():
    everyone = with_value("mental_health/score_needed_by_everyone", value=True)
    assert clinically("mental_health.mood_score", []).answer == "not_applicable"
    assert clinically("mental_health.mood_score", [], law=everyone).answer == "unknown"


def examined(on: str) -> Any:
    return fact(kinds.EyeExamination, id=f"eyes-{on}", date=day(on), normal=True)


SCHEDULED = ("eyes/examinations_scheduled", True)


def test_a_clinic_may_schedule_eye_examinations():
    law = with_value(*SCHEDULED)
    for rule in ("eyes.baseline", "eyes.examination_due"):
        assert clinically(rule, []).answer == "not_applicable"
        assert clinically(rule, [], law=law).answer == "unknown"
        assert clinically(rule, [examined("2024-01-05")], law=law).answer == "met"


@pytest.mark.parametrize(("on", "answer"), [("2024-07-05", "met"), ("2024-07-06", "unknown")])
def test_a_scheduled_examination_serves_for_182_days(on: str, answer: str):
    # 5 January to 5 July 2024: 26 + 29 + 31 + 30 + 31 + 30 + 5 = 182 days
    assert (
        clinically("eyes.examination_due", [examined("2024-01-05")], on, law=with_value(*SCHEDULED)).answer
        == answer
    )


@pytest.mark.parametrize(("on", "answer"), [("2024-01-09", "met"), ("2024-07-06", "unknown")])
def test_before_the_first_dose_an_old_examination_serves_as_long(on: str, answer: str):
    law = with_value(*SCHEDULED)
    outcome = clinically("eyes.baseline", [examined("2024-01-05")], on, law=law, started=False)
    assert outcome.answer == answer


# -- what always holds --------------------------------------------------------------------------------

features = st.lists(st.sampled_from(get_args(words.SymptomFeature)), max_size=2, unique=True)
codes = st.sampled_from(get_args(words.SymptomCode))
severities = st.sampled_from(SEVERITIES[1:])
days = st.integers(1, 9).map(lambda number: f"2024-03-0{number}")


def reports(least: int = 0) -> st.SearchStrategy[list[tuple[Any, ...]]]:
    return st.lists(st.tuples(codes, severities, days, features), min_size=least, max_size=5)


def told(drawn: list[tuple[Any, ...]], name: str = "s") -> list[Any]:
    return [
        symptom(code, severity, on, *have, name=f"{name}{place}")
        for place, (code, severity, on, have) in enumerate(drawn)
    ]


def gravest(facts: list[Any]) -> int:
    return max(gravity(clinically(rule, facts).action or "continue") for rule in SYMPTOM_RULES)


@given(reports(), reports(least=1))
def test_adding_symptoms_of_the_same_day_never_lowers_the_action(before, added):
    same_day = [(code, severity, "2024-03-05", have) for code, severity, _, have in before]
    more = [(code, severity, "2024-03-05", have) for code, severity, _, have in added]
    assert gravest(told(same_day) + told(more, "t")) >= gravest(told(same_day))


@given(reports(), reports(least=1))
def test_adding_a_symptom_not_reported_before_never_lowers_the_action(before, added):
    new = [row for row in added if row[0] not in {each[0] for each in before}]
    assert gravest(told(before) + told(new, "t")) >= gravest(told(before))


@given(codes, features, st.lists(severities, min_size=2, max_size=2))
def test_a_more_severe_report_never_gives_a_milder_action(code, have, two):
    milder, worse = sorted(two, key=SEVERITIES.index)
    actions = [gravest([symptom(code, each, "2024-03-03", *have, name="s")]) for each in (milder, worse)]
    assert actions[0] <= actions[1]


@given(codes, severities, features, st.sampled_from(get_args(words.SymptomFeature)))
def test_a_further_feature_never_gives_a_milder_action(code, severity, have, further):
    plain = [symptom(code, severity, "2024-03-03", *have, name="s")]
    more = [symptom(code, severity, "2024-03-03", *{*have, further}, name="s")]
    assert gravest(plain) <= gravest(more)


@given(reports(least=1), st.sampled_from(["continue", "reduce"]))
def test_no_decision_clears_an_emergency_without_its_assessment(drawn, word):
    facts = told(drawn)
    decisions = [decided(rule, "2024-03-09", word) for rule in SYMPTOM_RULES]
    decisions = [_renamed(each, place) for place, each in enumerate(decisions)]
    for rule in SYMPTOM_RULES:
        if clinically(rule, facts).action == "emergency":
            assert clinically(rule, facts + decisions).action == "emergency"


def _renamed(decision: Any, place: int) -> Any:
    return msgspec.structs.replace(decision, id=f"decision-{place}")


def test_an_outcome_of_a_standing_symptom_always_names_the_fact_and_a_value():
    for code in CODES.values():
        outcomes = [clinically(rule, [symptom(code, "severe")]) for rule in SYMPTOM_RULES]
        answered: list[Outcome] = [each for each in outcomes if each.answer != "not_applicable"]
        assert len(answered) == 1, code
        assert answered[0].facts
        assert answered[0].values


def test_an_assessment_alone_ends_no_hold():
    facts = [symptom("AE05", "mild"), assessed("ophthalmology", "2024-03-05", "cleared")]
    assert clinically("symptoms.vision", facts).action == "hold"


@pytest.mark.parametrize(
    ("value", "value_new", "rule", "facts", "on", "before", "after"),
    [
        (
            "mental_health/phq2_cut",
            "2",
            "mental_health.mood_score",
            [questionnaire("phq2", score=2)],
            "2024-03-10",
            "continue",
            "recheck",
        ),
        (
            "mental_health/score_needed_by_everyone",
            "true",
            "mental_health.mood_score",
            [],
            "2024-03-10",
            None,
            "recheck",
        ),
        ("symptoms/summer_dose_cut", "true", "symptoms.sun", [], "2024-07-10", None, "reduce"),
        ("eyes/examinations_scheduled", "true", "eyes.baseline", [], "2024-03-10", None, "recheck"),
    ],
    ids=lambda part: part if isinstance(part, str) and "/" in part else "",
)
def test_a_clinic_s_own_overlay_flips_the_switch(
    value: str, value_new: str, rule: str, facts: list[Any], on: str, before: str | None, after: str
):
    text = (
        "clinic: The clinic\ntightens:\n"
        f"  - {{value: {value}, policy: balanced, value_new: {value_new}, from: 2024-01-01, "
        "reason: our own caution, by: Dr A}\n"
    )
    stricter = overlay_read(rulebook(), text.encode(), "clinic.yaml")
    assert clinically(rule, facts, on).action == before
    assert clinically(rule, facts, on, law=stricter).action == after
