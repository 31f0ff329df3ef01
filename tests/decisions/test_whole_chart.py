"""Is the chart of a moment after everything on file the one admitted fact by fact?"""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given

from isovigil.calendar.moment import Moment
from isovigil.calendar.window import first_instant, last_instant
from isovigil.case.case import Case
from isovigil.case.chart import Chart, days_of
from isovigil.exchange.case_file import CaseProblems, case_from_mapping
from tests.decisions.judged import US
from tests.properties.patients import troubled_patients

LABORATORY = {"kind": "laboratory", "taken_on": "2025-03-01", "analyte": "alt", "value": 20, "unit": "U/L"}


def what_it_shows(chart: Chart) -> tuple[Any, ...]:
    days = [date.min, *sorted({fact.day for fact in chart.everything()}), date.max]
    kinds = chart.kinds()
    return (
        {kind: chart.all(kind) for kind in kinds},
        sorted(chart.coming),
        [chart.kinds_since(day) for day in days],
    )


def fact_by_fact(case: Case, today: Moment, known_by: datetime) -> Chart:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Chart, "_admit", lambda chart: chart._admit_one_by_one(chart._last_day_known()))
        return Chart(case, today, known_by)


def hold_to_it(case: Case, day: date, known_on: date) -> None:
    zone = ZoneInfo(case.time_zone)
    today, known_by = Moment(first_instant(day, zone), zone), last_instant(known_on, zone)
    shown = Chart(case, today, known_by)
    assert what_it_shows(shown) == what_it_shows(fact_by_fact(case, today, known_by))


@given(troubled_patients())
def test_of_every_troubled_patient_it_shows_the_same_on_every_day_about_its_facts(drawn):
    mapping, on = drawn
    try:
        case = case_from_mapping(mapping)
    except CaseProblems:
        return
    last = max((fact.day for fact in case.facts), default=on)
    for later in (-1, 0, 1, 2, 30):
        day = last + timedelta(days=later)
        hold_to_it(case, day, day)
        hold_to_it(case, on, day)


def with_facts(*facts: dict[str, Any]) -> Case:
    return case_from_mapping(
        {
            "case": 1,
            "patient": {"id": "p-1"},
            "programme": US,
            "time_zone": "America/New_York",
            "facts": [{"id": f"f-{place}", **fact} for place, fact in enumerate(facts)],
        }
    )


@pytest.mark.parametrize("hours_east", [-12, 0, 14])
@pytest.mark.parametrize("days_later", [0, 1, 2, 3])
def test_what_was_recorded_elsewhere_is_shown_from_the_instant_it_was(hours_east: int, days_later: int):
    recorded_at = datetime(2025, 3, 4, 23, 30, tzinfo=timezone(timedelta(hours=hours_east)))
    case = with_facts(LABORATORY | {"recorded_at": recorded_at.isoformat()})
    hold_to_it(case, date(2025, 6, 30), recorded_at.date() + timedelta(days=days_later))


def test_an_interval_that_still_runs_is_to_come_to_an_end():
    case = with_facts({"kind": "condition", "from": "2025-01-01", "to": "2025-07-10", "what": "ibd"})
    zone, day = ZoneInfo(case.time_zone), date(2025, 6, 30)
    chart = Chart(case, Moment(first_instant(day, zone), zone), last_instant(day, zone))
    assert chart.coming == [date(2025, 7, 11)]
    hold_to_it(case, day, day)


@pytest.mark.parametrize(
    "facts",
    [
        (LABORATORY, LABORATORY | {"supersedes": "f-0", "value": 30}),
        (LABORATORY | {"withdrawn": True},),
        (LABORATORY, {"kind": "treatment_stop", "date": "2025-05-01", "reason": "completed"}),
        (),
    ],
    ids=["a correction", "a fact entered in error", "two kinds", "nothing on file"],
)
def test_corrections_and_errors_are_left_out_as_ever(facts: tuple[dict[str, Any], ...]):
    hold_to_it(with_facts(*facts), date(2025, 6, 30), date(2025, 6, 30))


@given(troubled_patients())
def test_the_facts_of_each_kind_stand_by_day_then_the_worse_value_then_id(drawn):
    mapping, on = drawn
    try:
        case = case_from_mapping(mapping)
    except CaseProblems:
        return
    zone = ZoneInfo(case.time_zone)
    for day in (on, max((fact.day for fact in case.facts), default=on) + timedelta(days=30)):
        chart = Chart(case, Moment(first_instant(day, zone), zone), last_instant(day, zone))
        for kind in chart.kinds():
            facts = chart.all(kind)
            assert facts == sorted(facts, key=lambda fact: (fact.day, fact.severity_rank(), fact.id))


def test_the_days_of_a_case_include_those_of_corrected_facts_and_of_errors():
    corrected = LABORATORY | {"taken_on": "2025-03-02", "supersedes": "f-0"}
    error = LABORATORY | {"taken_on": "2025-03-03", "withdrawn": True}
    assert days_of(with_facts(LABORATORY, corrected, error)) == {
        date(2025, 3, 1),
        date(2025, 3, 2),
        date(2025, 3, 3),
    }
