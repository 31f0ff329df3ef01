"""Are the doses of a course read from the record as a pharmacist would count them?"""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from isovigil.calendar.moment import Moment
from isovigil.calendar.window import last_instant
from isovigil.case.chart import Chart
from isovigil.exchange.case_file import read_case_text
from isovigil.forecast.doses import Meal, Product
from isovigil.usecases.doses_on_record import DosesOnRecord, doses_on_record

HEAD = """
case: 1
patient: {id: p-001}
programme: us_ipledge
facts:
  - {kind: weight, date: 2024-01-01, kg: 60}
"""


def on_record(*facts: str, on: date = date(2024, 12, 31)) -> DosesOnRecord | None:
    case = read_case_text(HEAD + "".join(f"  - {fact}\n" for fact in facts), "case.yaml")
    zone = ZoneInfo(case.time_zone)
    at = last_instant(on, zone)
    return doses_on_record(Chart(case, Moment(at, zone), at))


def found(*facts: str) -> DosesOnRecord:
    record = on_record(*facts)
    assert record is not None
    return record


FORTY = "{kind: dispense, id: d1, date: 2024-03-01, days_supply: 30, capsules: [{mg: 40, count: 30}]}"
SIXTY = "{kind: dispense, id: d2, date: 2024-03-29, days_supply: 30, capsules: [{mg: 30, count: 60}]}"


def test_capsules_over_days_give_the_daily_dose_in_two_halves() -> None:
    """30 x 40 mg over 30 days from 1 March: 60 doses of 20 mg, the last on 30 March."""
    record = found(FORTY)
    assert len(record.doses.doses) == 60
    assert record.doses.doses[0].mg == 20.0
    assert record.covered_until == date(2024, 3, 30)


def test_an_early_refill_waits_until_the_capsules_before_it_are_used() -> None:
    """Handed over on 29 March, begun on 31 March, 30 days: until 29 April. 1,200 + 1,800 mg."""
    record = found(FORTY, SIXTY)
    assert record.covered_until == date(2024, 4, 29)
    assert record.doses.cumulative_mg() == 3000.0
    assert record.cumulative_mg(date(2024, 3, 30)) == 1200.0
    assert record.cumulative_mg(date(2024, 3, 31)) == 1260.0


def test_a_reversed_hand_over_does_not_count() -> None:
    record = found(FORTY, SIXTY, "{kind: reversal, date: 2024-03-30, dispense: d2}")
    assert record.doses.cumulative_mg() == 1200.0


def test_returned_capsules_shorten_the_last_hand_over() -> None:
    """10 x 40 mg come back: 400 mg, ten days of 40 mg."""
    record = found(FORTY, "{kind: return, date: 2024-03-25, capsules: [{mg: 40, count: 10}]}")
    assert record.doses.cumulative_mg() == 800.0


def test_treatment_ends_with_the_day_of_the_last_dose() -> None:
    """1 to 10 March: ten days of 40 mg."""
    record = found(FORTY, "{kind: treatment_stop, date: 2024-03-10, reason: completed}")
    assert record.doses.cumulative_mg() == 400.0
    assert record.stopped_on == date(2024, 3, 10)


def test_a_new_course_after_a_stop_forgets_the_doses_before_it() -> None:
    record = found(FORTY, "{kind: treatment_stop, date: 2024-03-20, reason: completed}", SIXTY)
    assert record.first_day == date(2024, 3, 29)
    assert record.doses.cumulative_mg() == 1800.0


def test_intake_gives_adherence_and_food_and_silence_is_an_assumption() -> None:
    """Five days of half the dose, fasted: 5 x 20 mg, then 25 x 40 mg with an ordinary meal."""
    record = found(
        FORTY, "{kind: intake, from: 2024-03-01, to: 2024-03-05, adherence: 0.5, with_food: false}"
    )
    assert record.doses.cumulative_mg() == 5 * 20.0 + 25 * 40.0
    assert record.doses.doses[0].meal is Meal.FASTED
    assert record.doses.doses[-1].meal is Meal.STANDARD
    assert any("every capsule handed over counts as taken" in said for said in record.assumptions)


def test_without_capsules_the_prescription_gives_strength_and_product() -> None:
    written = "issued_on: 2024-02-28, daily_dose_mg: 32, days_supply: 30, product: micronised"
    record = found(
        f"{{kind: prescription, {written}}}", "{kind: dispense, date: 2024-03-01, days_supply: 30}"
    )
    assert record.doses.cumulative_mg() == 960.0
    assert record.doses.doses[0].product is Product.MICRONISED


def test_a_hand_over_without_any_strength_is_named_and_not_guessed() -> None:
    record = found(FORTY, "{kind: dispense, date: 2024-04-05, days_supply: 30, product: lidose}")
    assert record.doses.cumulative_mg() == 1200.0
    assert any("2024-04-05 has no strength" in said for said in record.assumptions)


def test_no_hand_over_is_no_record() -> None:
    assert on_record() is None
