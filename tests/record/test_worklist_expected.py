"""Does the band of expected results speak of a population alone, and only while capsules last?"""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import msgspec
import pytest

from isovigil.calendar.moment import Moment
from isovigil.case.chart import Chart
from isovigil.case.kinds import Laboratory
from isovigil.exchange.case_file import case_from_mapping
from isovigil.usecases.expected_results import expected_results

FACTS = [
    {"kind": "weight", "id": "w", "date": "2025-12-20", "kg": 60},
    {"kind": "prescription", "id": "p", "issued_on": "2026-01-01", "daily_dose_mg": 40, "days_supply": 30},
    {
        "kind": "dispense",
        "id": "d",
        "date": "2026-01-01",
        "days_supply": 30,
        "capsules": [{"mg": 40, "count": 30}],
    },
]
CASE = case_from_mapping(
    {
        "case": 1,
        "patient": {"id": "p-1", "born_on": "2003-05-01", "sex": "female"},
        "programme": "us_ipledge",
        "policy": "balanced",
        "time_zone": "America/New_York",
        "facts": FACTS,
    }
)


def chart_on(day: date, *more: Laboratory) -> Chart:
    at = datetime(day.year, day.month, day.day, 17, tzinfo=UTC)
    case = msgspec.structs.replace(CASE, facts=(*CASE.facts, *more))
    return Chart(case, Moment(at, ZoneInfo(CASE.time_zone)), at)


def test_the_band_begins_today_and_ends_with_the_capsules():
    """30 days from 1 January are taken up to 30 January."""
    today = date(2026, 1, 10)
    expected = expected_results(chart_on(today), today)
    assert set(expected) == {"alt", "triglycerides"}
    for band in expected.values():
        assert (band.days[0].day, band.days[-1].day) == (today, date(2026, 1, 30))
        assert all(0 < each.low < each.middle < each.high for each in band.days)
    assert (expected["alt"].unit, expected["triglycerides"].unit) == ("U/L", "mg/dL")


@pytest.mark.parametrize("today", [date(2025, 12, 31), date(2026, 1, 31), date(2026, 3, 1)])
def test_without_capsules_there_is_no_band(today: date):
    assert expected_results(chart_on(today), today) == {}


def test_the_patients_own_results_change_nothing():
    today = date(2026, 1, 10)
    own = Laboratory(id="alt", taken_on=date(2026, 1, 9), analyte="alt", value=200, unit="U/L")
    assert expected_results(chart_on(today, own), today) == expected_results(chart_on(today), today)
