"""Do the mood and self-harm scores add up as published, and does a worse one ever give a milder action?"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isovigil.case.kinds import Questionnaire
from isovigil.case.questionnaires import TOOL_SHAPES
from isovigil.decisions.advice import gravity
from isovigil.decisions.mood_scores import Score, Screen, asq, cssrs, self_harm_item, total
from tests.decisions.clinically_judged import assessed, clinically, decided, questionnaire

SHAPES = {str(tool): shape for tool, shape in TOOL_SHAPES.items()}
SCORE, RISK, SEXUAL = "mental_health.mood_score", "mental_health.self_harm_risk", "sexual_function.score"


def filled(tool: str, **answers: Any) -> Questionnaire:
    made = questionnaire(tool, **answers)
    assert isinstance(made, Questionnaire)
    return made


@pytest.mark.parametrize(
    ("answers", "score"),
    [
        ({"score": 8}, Score(8, 8)),
        ({"items": (1, 1, 1, 1, 1, 1, 1, 1, 0)}, Score(8, 8)),
        ({"items": (1, 1, 1, 1, 1, 1, 1, 1, None)}, Score(8, 11)),
        ({"items": (None,) * 9}, Score(0, 27)),
        ({"score": 9, "items": (1, 1, 1, 1, 1, 1, 1, 1, None)}, Score(9, 9)),
    ],
)
def test_a_total_is_known_from_and_to(answers: dict[str, Any], score: Score):
    assert total(filled("phq9", **answers)) == score


@pytest.mark.parametrize(
    ("answers", "item"),
    [
        ({"items": (3, 3, 3, 3, 3, 3, 3, 3, 0)}, Score(0, 0)),
        ({"items": (0,) * 8 + (2,)}, Score(2, 2)),
        ({"items": (0,) * 8 + (None,)}, Score(0, 3)),
        ({"score": 0}, Score(0, 0)),
        ({"score": 2}, Score(0, 2)),
        ({"score": 25}, Score(1, 3)),  # eight items give at most 24, so item 9 is at least 1
        ({"score": 27}, Score(3, 3)),
        (
            {"score": 4, "items": (1, None, 0, 0, 0, 0, 0, 0, None)},
            Score(0, 3),
        ),  # 4 - 1 = 3 left for two items
        (
            {"score": 6, "items": (1, None, 0, 0, 0, 0, 0, 0, None)},
            Score(2, 3),
        ),  # 5 left, the other at most 3
    ],
)
def test_item_nine_is_what_the_total_leaves_for_it(answers: dict[str, Any], item: Score):
    assert self_harm_item(filled("phq9", **answers)) == item


@pytest.mark.parametrize(
    ("items", "grade"),
    [
        ((0, 0, 0, 0, 0), None),
        ((1, 0, 0, 0, 0), "asq_non_acute"),
        ((0, 0, 0, 2, 0), "asq_non_acute"),
        ((0, 0, 0, 1, 1), "asq_acute"),
        ((0, 0, 0, 1, 2), "asq_acute"),
        ((0, 0, 0, 0, 1), "asq_acute"),
    ],
)
def test_asq_is_graded_by_its_items(items: tuple[int, ...], grade: str | None):
    assert asq(filled("asq", items=items)) == Screen(grade)


@pytest.mark.parametrize(
    ("items", "grade"),
    [
        ((0, 0, 0, 0, 0, 0, 0), None),
        ((1, 0, 0, 0, 0, 0, 0), "cssrs_low"),
        ((1, 1, 0, 0, 0, 0, 0), "cssrs_low"),
        ((1, 1, 1, 0, 0, 0, 0), "cssrs_moderate"),
        ((0, 0, 0, 0, 0, 1, 0), "cssrs_moderate"),
        ((1, 1, 0, 1, 0, 0, 0), "cssrs_high"),
        ((1, 1, 0, 0, 1, 0, 0), "cssrs_high"),
        ((0, 0, 0, 0, 0, 1, 1), "cssrs_high"),
    ],
)
def test_the_columbia_screener_is_graded_by_its_items(items: tuple[int, ...], grade: str | None):
    assert cssrs(filled("cssrs", items=items)) == Screen(grade)


@pytest.mark.parametrize(
    "answers", [{"items": (1, 1, None, None, None, 0, 0)}, {"items": (0, 0, 0, 0, 0, 1, None)}, {"score": 3}]
)
def test_a_columbia_screener_with_open_items_says_what_is_missing(answers: dict[str, Any]):
    assert cssrs(filled("cssrs", **answers)).missing is not None


def test_a_score_alone_of_a_positive_asq_leaves_item_five_open():
    assert asq(filled("asq", score=1)) == Screen("asq_non_acute", "item 5 of the ASQ")


# -- what always holds ----------------------------------------------------------------------------------


def items_of(tool: str, unanswered: bool = False) -> st.SearchStrategy[tuple[int | None, ...]]:
    shape = SHAPES[tool]
    one: st.SearchStrategy[int | None] = st.integers(shape.lowest, shape.highest)
    each = st.none() | one if unanswered else one
    return st.lists(each, min_size=shape.items, max_size=shape.items).map(tuple)


def how_grave(rule: str, tool: str, **answers: Any) -> int:
    return gravity(clinically(rule, [questionnaire(tool, **answers)]).action or "continue")


@pytest.mark.parametrize(
    ("rule", "tool"),
    [(SCORE, "phq2"), (SCORE, "phq9"), (SCORE, "phqa"), (SCORE, "gad7"), (RISK, "phq9"), (SEXUAL, "asex")],
)
@given(st.data())
def test_a_worse_score_never_gives_a_milder_action(rule: str, tool: str, data: st.DataObject):
    worse = list(data.draw(items_of(tool)))
    place = data.draw(st.integers(0, len(worse) - 1))
    shape = SHAPES[tool]
    milder = [*worse[:place], data.draw(st.integers(shape.lowest, worse[place] or 0)), *worse[place + 1 :]]
    assert how_grave(rule, tool, items=tuple(milder)) <= how_grave(rule, tool, items=tuple(worse))


@pytest.mark.parametrize("tool", ["asq", "cssrs"])
@given(st.data())
def test_a_further_yes_never_gives_a_milder_action(tool: str, data: st.DataObject):
    answers = list(data.draw(items_of(tool)))
    place = data.draw(st.integers(0, len(answers) - 1))
    more = [*answers[:place], 1, *answers[place + 1 :]]
    if answers[place] == 0:
        assert how_grave(RISK, tool, items=tuple(answers)) <= how_grave(RISK, tool, items=tuple(more))


@pytest.mark.parametrize(
    ("rule", "tool"),
    [
        (SCORE, "phq2"),
        (SCORE, "phq9"),
        (SCORE, "gad7"),
        (RISK, "phq9"),
        (RISK, "asq"),
        (RISK, "cssrs"),
        (SEXUAL, "asex"),
    ],
)
@given(st.data())
def test_leaving_answers_out_never_turns_advice_into_a_pass(rule: str, tool: str, data: st.DataObject):
    whole = data.draw(items_of(tool))
    left_out = data.draw(st.sets(st.integers(0, len(whole) - 1)))
    part = tuple(None if place in left_out else item for place, item in enumerate(whole))
    skips = tool == "cssrs" and (whole[1] == 0 or whole[5] == 0)  # items the screener itself skips
    if how_grave(rule, tool, items=whole) > 0 and not skips:
        assert clinically(rule, [questionnaire(tool, items=part)]).answer in ("not_met", "unknown")


@given(items_of("asq"), items_of("asq"), st.booleans(), st.booleans(), st.booleans())
def test_an_emergency_ends_only_with_its_assessment(first, later, decision, assessment, favourable):
    facts = [questionnaire("asq", "2024-03-03", items=first), questionnaire("asq", "2024-03-06", items=later)]
    if decision:
        facts.append(decided(RISK, "2024-03-08"))
    if assessment:
        outcome = "continue_with_care" if favourable else "not_cleared"
        facts.append(assessed("suicide_risk", "2024-03-07", outcome))
    acute = first[4] != 0 or later[4] != 0
    if acute and not (assessment and favourable):
        assert clinically(RISK, facts).action == "emergency"
    if later[4] != 0 and not decision:
        assert clinically(RISK, facts).action == "emergency"
