"""Does an explanation count the days out, and say who must do what from when?"""

from __future__ import annotations

from datetime import date
from io import StringIO

import msgspec
import pytest
from rich.console import Group

from isovigil.calendar.days import Period
from isovigil.case.kinds import PregnancyTest
from isovigil.cli.explain_command import parts_of
from isovigil.cli.review_table import show, terminal
from isovigil.exchange.finding_explained import explain
from isovigil.law.rulebook import Rulebook
from tests.faces.golden_text import golden
from tests.faces.hand_made import (
    LATE_TEST,
    PROGRAMME,
    RULEBOOK,
    case,
    dated,
    history,
    open_date_review,
    waiting_review,
)

RULE = "pregnancy_testing.monthly_test"


def rulebook_with(name: str, unit: str, value: object, counting: str) -> Rulebook:
    values = {**PROGRAMME.values, name: history(name, "How long?", unit, value, counting)}
    programme = msgspec.structs.replace(PROGRAMME, values=values)
    return Rulebook(msgspec.structs.replace(RULEBOOK.parts, programmes={"us_ipledge": programme}), "0" * 64)


def test_the_explanation_says_what_was_agreed() -> None:
    file = StringIO()
    told = explain(RULE, case(), waiting_review(), RULEBOOK)
    show(terminal(file), Group(*parts_of(told)))
    assert file.getvalue() == golden("explain_monthly_test.txt")


def test_a_window_of_seven_days_from_day_1_ends_six_days_later() -> None:
    # The specimen of 4 March is day 1; 4 + (7 - 1) = 10 March is day 7.
    assert explain(RULE, case(), waiting_review(), RULEBOOK).arithmetic == (
        "4 March 2024 (pregnancy test f-12) is day 1, so day 7 is 10 March 2024.",
    )


@pytest.mark.parametrize(
    ("unit", "held", "value", "expected"),
    [
        # Day 0 is 4 March: 4 + 7 = 11 March.
        ("day", 7, 7, "4 March 2024 (pregnancy test f-12) is day 0, so day 7 is 11 March 2024."),
        # A calendar month after 4 March is 4 April; 30 days after it is 3 April.
        (
            "period",
            "P1M",
            Period.parse("P1M"),
            "4 March 2024 (pregnancy test f-12) is day 0; 1 calendar month later is 4 April 2024.",
        ),
        (
            "period",
            "P30D",
            Period.parse("P30D"),
            "4 March 2024 (pregnancy test f-12) is day 0; 30 days later is 3 April 2024.",
        ),
    ],
)
def test_a_length_from_day_0_ends_that_many_days_later(
    unit: str, held: object, value: object, expected: str
) -> None:
    name = "pregnancy_testing/example"
    rulebook = rulebook_with(name, unit, held, "The day of the test is day 0.")
    late = msgspec.structs.replace(LATE_TEST, values=(dated(name, value, unit),))
    told = explain(RULE, case(), waiting_review(findings=(late,)), rulebook)
    assert told.arithmetic == (expected,)


def test_a_length_counted_backwards_is_not_counted_forwards() -> None:
    name = "pregnancy_testing/counts_from_days_before"
    rulebook = rulebook_with(name, "day", 7, "The day of the test is day 0.")
    late = msgspec.structs.replace(LATE_TEST, values=(dated(name, 7, "day"),))
    assert explain(RULE, case(), waiting_review(findings=(late,)), rulebook).arithmetic == ()


@pytest.mark.parametrize(
    ("counting", "expected"),
    [
        # 29 January is the screening test, 4 March the later one: 29 January + 19 = 17 February.
        (
            "The day of the screening specimen is day 0.",
            "29 January 2024 (pregnancy test f-2) is day 0, so day 19 is",
        ),
        ("The day of the specimen is day 0.", "4 March 2024 (pregnancy test f-12) is day 0, so day 19 is"),
    ],
)
def test_of_two_tests_the_counting_sentence_says_which_one_begins(counting: str, expected: str) -> None:
    name = "pregnancy_testing/example"
    screening = PregnancyTest(id="f-2", taken_on=date(2024, 1, 29), result="negative", setting="clinic")
    two_tests = msgspec.structs.replace(case(), facts=(*case().facts, screening))
    late = msgspec.structs.replace(LATE_TEST, facts=("f-2", "f-12"), values=(dated(name, 19, "day"),))
    told = explain(
        RULE, two_tests, waiting_review(findings=(late,)), rulebook_with(name, "day", 19, counting)
    )
    assert told.arithmetic[0].startswith(expected)


def test_a_length_counted_from_something_else_is_not_counted_from_the_test() -> None:
    name = "pregnancy_testing/example"
    rulebook = rulebook_with(name, "day", 7, "The day of the last dose is day 0.")
    late = msgspec.structs.replace(LATE_TEST, values=(dated(name, 7, "day"),))
    assert explain(RULE, case(), waiting_review(findings=(late,)), rulebook).arithmetic == ()


def test_what_clears_it_names_the_first_possible_day() -> None:
    later = msgspec.structs.replace(LATE_TEST, satisfiable_from=date(2024, 3, 12))
    told = explain(RULE, case(), waiting_review(findings=(later,)), RULEBOOK)
    assert told.clears == (
        "It needs a new negative pregnancy test.",
        "The next move is the patient's.",
        "The first day on which it can be met is 12 March 2024.",
    )


def test_an_open_date_of_law_is_told_with_the_verdicts_of_the_other_reading() -> None:
    (told,) = explain(RULE, case(), open_date_review(), RULEBOOK).other_readings
    assert told == (
        "If “The modification of 2026 (R3)” (us_ipledge/2026-modification) is already in force "
        "(the effective date of the 2026 modification is unconfirmed): "
        "start ready, prescribe ready and dispense ready."
    )


def test_a_rule_that_is_met_has_nothing_to_clear() -> None:
    met = msgspec.structs.replace(LATE_TEST, answer="met")
    told = explain(RULE, case(), waiting_review(findings=(met,)), RULEBOOK)
    assert told.clears == ("Nothing has to be cleared.",)
