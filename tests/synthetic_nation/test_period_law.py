"""Is the generator's own table of the law dated, cited, and the same as the rulebook's by another hand?"""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from isovigil.law.value import Dated
from isovigil.synthetic_nation import period_law
from tests.synthetic_nation.made_up import whole_law

ON = date(2024, 6, 3)


def held(name: str, on: date = ON) -> Dated[object]:
    ((law, _), *_) = whole_law().readings("us_ipledge", "balanced", on, [on])
    return law.value(name, on)


@pytest.mark.parametrize("row", period_law.TABLE, ids=lambda row: row.asks)
def test_every_number_has_a_day_a_unit_and_a_source(row: period_law.DatedNumber):
    assert row.from_ >= period_law.FIRST_DAY
    assert row.cite
    assert row.unit


@pytest.mark.parametrize(
    ("row", "name"),
    [
        (period_law.WINDOW, "dispensing/window_days"),
        (period_law.OTHER_WINDOW, "dispensing/window_days_if_cannot_become_pregnant"),
        (period_law.BETWEEN_START_TESTS, "pregnancy_testing/days_between_start_tests"),
        (period_law.LOCKOUT, "dispensing/lockout_days_before_first_hand_over"),
        (period_law.MENSES, "pregnancy_testing/days_of_menses_for_confirmatory_test"),
        (period_law.SUPPLY, "prescription/supply_limit_days"),
        (period_law.REFILLS, "prescription/refills_allowed"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_two_hands_wrote_the_same_number(row: period_law.DatedNumber, name: str):
    assert held(name).value == row.value


def test_a_month_of_contraception_is_over_whatever_its_length():
    """The law says the later of a calendar month and 30 days; the longest month has 31."""
    lead = held("contraception/lead").value
    for day in (date(2024, 1, 31), date(2024, 2, 1), date(2024, 7, 1), date(2024, 12, 31)):
        over = lead.after(day)  # type: ignore[attr-defined] # a period
        assert over.toordinal() - day.toordinal() <= period_law.LEAD.value


def test_the_last_day_is_the_one_before_the_first_date_announced_for_the_modification():
    announced_for = date(2026, 8, 8)
    assert announced_for - period_law.LAST_DAY == timedelta(days=1)
