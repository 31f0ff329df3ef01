"""Are times, steps and slack told in words that cannot be misread?"""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from isovigil.decisions.catalogue import RULES
from isovigil.decisions.finding import Action, Finding, Task, TaskWord
from isovigil.usecases.worklist_words import (
    STEPS,
    in_short,
    short_day,
    short_instant,
    slack,
    step_of,
    uncapitalised,
)

NEW_YORK = ZoneInfo("America/New_York")
HONOLULU = ZoneInfo("Pacific/Honolulu")


def at(day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=NEW_YORK)


@pytest.mark.parametrize(
    ("deadline", "now", "told"),
    [
        (at(22, 23, 59), at(22), "today"),  # a day judged from its first moment has no hour
        (at(22, 23, 59), at(22, 14, 10), "9 hours"),
        (at(22, 23, 59), at(22, 22, 58), "1 hour"),
        (at(22, 23, 59), at(22, 23, 29), "30 minutes"),
        (at(22, 12), at(22, 13), "late"),
        (at(23, 0, 1), at(22, 23, 59), "1 day"),
        (at(24, 23, 59), at(22, 14, 10), "2 days"),
        (at(21, 23, 59), at(22, 0, 1), "1 day late"),
        (at(3, 23, 59), at(22), "19 days late"),
    ],
)
def test_slack_is_told_in_days_and_on_the_last_day_in_hours(deadline: datetime, now: datetime, told: str):
    assert slack(deadline, now, is_whole_day=False) == told


def test_a_step_due_some_time_today_has_no_hour():
    assert slack(at(22, 23, 59), at(22, 14, 10), is_whole_day=True) == "today"


def test_a_cut_off_is_told_in_the_clinics_own_time_with_its_zone():
    # 23:59:59 Eastern Standard Time is 18:59:59 in Hawaii, five hours behind.
    closes_at = datetime(2026, 11, 25, 23, 59, 59, tzinfo=NEW_YORK)
    assert short_instant(closes_at, date(2026, 11, 22)) == "Wed 25 Nov, 23:59 EST"
    assert short_instant(closes_at.astimezone(HONOLULU), date(2026, 11, 22)) == "Wed 25 Nov, 18:59 HST"


def test_another_year_is_named():
    assert short_day(date(2026, 12, 31), date(2026, 12, 1)) == "Thu 31 Dec"
    assert short_day(date(2027, 1, 1), date(2026, 12, 1)) == "Fri 1 Jan 2027"


def finding(
    rule: str, needs: str | None = None, task: TaskWord | None = None, action: Action | None = None
) -> Finding:
    """A finding of a rule that is not met and is the patient's move."""
    return Finding(
        rule=rule,
        gates=("dispense",),
        answer="not_met",
        strength="law",
        amber=False,
        says="It is so.",
        needs=needs,
        whose_move="patient",
        satisfiable_from=None,
        facts=(),
        values=(),
        action=action,
        tasks=() if task is None else (Task(task, "patient", None, None, None, rule, "It."),),
    )


def test_every_rule_that_can_hold_a_gate_up_has_a_step_with_a_verb():
    gated = {name for name, rule in RULES.items() if rule.gates and not name.startswith("visits.f")}
    by_task = {"dispensing.inside_the_window"}
    assert gated - set(STEPS) - by_task == set()


def test_a_window_is_opened_again_by_whatever_opened_it():
    rule = "dispensing.inside_the_window"
    assert step_of(finding(rule, task="pregnancy_test")) == "Take a new pregnancy test"
    assert step_of(finding(rule, task="counselling")) == "Confirm counselling anew"


def test_a_rule_without_a_step_of_its_own_says_the_first_thing_it_needs():
    said = step_of(finding("clinic.new_rule", "halve the dose or hold; a repeat test by 1 December."))
    assert said == "Halve the dose or hold"


def test_a_clinical_rule_that_only_looks_again_says_what_to_do():
    assert step_of(finding("clinic.new_rule", "a repeat test", task="laboratory")) == "Draw blood"


def test_a_reason_is_cut_between_sentences_and_never_inside_one():
    text = "ALT 187 U/L on 15 November 2026: 4.67 times the limit. It repeats ALT 135 U/L. CTCAE 5.0 grade 2."
    assert (
        in_short(text, 80) == "ALT 187 U/L on 15 November 2026: 4.67 times the limit. It repeats ALT 135 U/L."
    )
    assert in_short(text, 10) == "ALT 187 U/L on 15 November 2026: 4.67 times the limit."
    assert in_short(text, 200) == text


def test_a_hold_says_that_treatment_is_held_where_what_it_needs_does_not():
    said = step_of(finding("clinic.new_rule", "an eye examination; then a decision", action="hold"))
    assert said == "Hold treatment; an eye examination"
    assert (
        step_of(finding("clinic.new_rule", "halve the dose or hold", action="hold"))
        == "Halve the dose or hold"
    )


def test_an_abbreviation_keeps_its_capitals_inside_a_sentence():
    assert uncapitalised("ASQ or C-SSRS") == "ASQ or C-SSRS"
    assert uncapitalised("Draw blood") == "draw blood"
