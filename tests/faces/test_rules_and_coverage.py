"""Can anybody see which rules and values were in force on a day, and what is missing?"""

from __future__ import annotations

import json
from datetime import date

import pytest

from isovigil.exchange.coverage_listed import checked_in_words, coverage_as_markdown, coverage_listed
from isovigil.exchange.rulebook_files import load_rulebook
from isovigil.exchange.rules_listed import rules_as_markdown, rules_in_force
from isovigil.law.refusal import NoRuleInForce
from tests.faces.hand_made import RULEBOOK
from tests.faces.typed import typed

DAY = date(2024, 3, 11)


def test_a_value_is_listed_with_its_start_strength_confidence_and_source() -> None:
    (value,) = rules_in_force(RULEBOOK, "us_ipledge", "balanced", DAY, DAY).readings[0].values
    assert (value.name, value.in_words, value.from_) == (
        "us_ipledge/dispensing/window_days",
        "7 days",
        date(2021, 12, 13),
    )
    assert (value.strength, value.confidence, value.title, value.at) == (
        "law",
        "high",
        "The programme's own guide",
        "windows",
    )


@pytest.mark.parametrize(
    ("day", "readings"),
    # The start is scheduled for 8 August 2026 and unconfirmed: from that day on both readings are told.
    [(date(2026, 8, 7), 1), (date(2026, 8, 8), 2)],
)
def test_an_open_date_is_told_in_both_readings_from_the_day_it_may_have_begun(
    day: date, readings: int
) -> None:
    listed = rules_in_force(RULEBOOK, "us_ipledge", "balanced", day, day)
    assert len(listed.readings) == readings
    if readings == 2:
        assert listed.readings[1].supposes == (
            "This reading supposes that “The modification of 2026 (R3)” is in force "
            "(the effective date of the 2026 modification is unconfirmed)."
        )


def test_a_day_before_the_first_regime_is_refused() -> None:
    day = date(2021, 12, 12)
    assert rules_in_force(RULEBOOK, "us_ipledge", "balanced", date(2021, 12, 13), DAY).rules
    with pytest.raises(NoRuleInForce):
        rules_in_force(RULEBOOK, "us_ipledge", "balanced", day, DAY)


def test_the_markdown_names_each_rule_and_each_value() -> None:
    text = rules_as_markdown(rules_in_force(RULEBOOK, "us_ipledge", "balanced", DAY, DAY))
    assert "`pregnancy_testing.monthly_test`" in text
    assert "| For how many days may capsules be handed over? | 7 days | law since 13 December 2021" in text


@pytest.mark.parametrize(
    ("day", "overdue"),
    # To be verified again by 21 May 2027: that day is still in time, the next is not.
    [(date(2027, 5, 21), ()), (date(2027, 5, 22), ("dispensing/window_days",))],
)
def test_a_value_is_overdue_from_the_day_after_it_had_to_be_verified(
    day: date, overdue: tuple[str, ...]
) -> None:
    (covered,) = coverage_listed(RULEBOOK, day).programmes
    assert covered.overdue == overdue
    assert ("OVERDUE: 1 value" in checked_in_words(covered)) == bool(overdue)


def test_coverage_names_gaps_and_other_countries() -> None:
    text = coverage_as_markdown(coverage_listed(RULEBOOK, DAY))
    assert "The full document could not be read. \\[us-22 (windows)\\]" in text
    assert "### Norway (Norge)" in text
    assert (
        "- us-22: The programme's own guide, The programme. [link](<https://example.org/guide?a=1&b=2>)"
        in text
    )
    assert "Can be judged from 13 December 2021 on." in text


@pytest.mark.parametrize("command", ["rules", "coverage"])
@pytest.mark.parametrize("form", ["table", "json", "markdown"])
def test_the_commands_answer_in_every_format(command: str, form: str) -> None:
    came = typed(command, "--on", "2024-03-11", "--format", form)
    assert (came.code, came.err) == (0, "")
    if form == "json":
        assert all(json.loads(line)["on"] == "2024-03-11" for line in came.out.splitlines())
    if form == "table":
        assert max(map(len, came.out.splitlines())) <= 80
    for programme in load_rulebook().programmes:
        assert programme in came.out


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("rules", "us_ipleg"), 2, "us_ipledge"),
        (("rules", "us_ipledge", "--on", "soon"), 2, "--on 'soon' is not a calendar day"),
        (("rules", "us_ipledge", "--format", "html"), 2, "is not one of table, json, markdown"),
        (("rules", "us_ipledge", "--policy", "brave"), 2, "'brave'"),
        (("rules", "us_ipledge", "--on", "2003-03-03"), 3, "No rule is in force"),
        (("coverage", "--format", "html"), 2, "is not one of table, json, markdown"),
    ],
)
def test_a_wrong_call_is_refused_by_name(words: tuple[str, ...], code: int, told: str) -> None:
    came = typed(*words)
    assert (came.code, came.out) == (code, "")
    assert told in came.err


def test_a_country_that_is_not_modelled_is_refused_with_what_is_missing() -> None:
    country = load_rulebook().coverage.not_modelled[0].id
    came = typed("rules", country)
    assert (came.code, came.out) == (3, "")
    assert "What is known to be missing" in came.err
