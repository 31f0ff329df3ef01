"""Does the repository keep the rules of the house, and does each rule see what it is meant to see?"""

import pytest

from tests.code_health.house_rules import HOUSE_RULES
from tests.code_health.house_rules.house_rule import HouseRule, repository_files

each_rule = pytest.mark.parametrize("rule", HOUSE_RULES, ids=lambda rule: rule.asks)


@each_rule
def test_the_repository_keeps(rule: HouseRule):
    faults = rule.broken_in(repository_files())
    if faults:
        pytest.fail(rule.lesson(faults), pytrace=False)


@each_rule
def test_the_passing_example_passes(rule: HouseRule):
    assert rule.broken_in(rule.passing) == []


@each_rule
def test_the_failing_example_is_caught(rule: HouseRule):
    assert rule.broken_in(rule.failing)


@each_rule
def test_an_empty_repository_breaks_nothing(rule: HouseRule):
    assert rule.broken_in([]) == []


def test_the_repository_is_read_at_all():
    paths = {file.path for file in repository_files()}
    assert {"pyproject.toml", "Makefile", "src/isovigil/__init__.py"} <= paths


def test_a_lesson_says_what_where_why_and_what_instead():
    rule = HOUSE_RULES[0]
    lesson = rule.lesson(rule.broken_in(rule.failing))
    for part in (rule.asks, rule.failing[0].path, rule.why, rule.instead):
        assert part in lesson
