"""Does the oracle itself give the specification's own answers where the European programmes differ?"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.oracle.answers import DayAnswer
from tests.oracle.day_by_day import day_answer

BASE: list[dict[str, Any]] = [
    {"kind": "category", "id": "c", "date": "2025-01-01", "can_become_pregnant": True, "by": "prescriber"},
    {
        "kind": "contraception",
        "id": "m",
        "from": "2025-01-01",
        "reported_by": "patient",
        "primary": "implant",
    },
]


def said(programme: str, on: str, *facts: dict[str, Any], base: list[dict[str, Any]] = BASE) -> DayAnswer:
    named = [{"id": f"f-{place}", **fact} for place, fact in enumerate(facts)]
    case = {"case": 1, "patient": {"id": "p"}, "programme": programme, "facts": [*base, *named]}
    answer = day_answer(case, date.fromisoformat(on), programme)
    assert answer is not None
    return answer


def negative_on(on: str) -> dict[str, Any]:
    return {"kind": "pregnancy_test", "taken_on": on, "result": "negative", "setting": "clinic"}


def prescribed(on: str, **more: Any) -> dict[str, Any]:
    return {"kind": "prescription", "issued_on": on, "daily_dose_mg": 40, "days_supply": 30, **more}


# Section 5.2, vectors 3 to 5, 9 to 11 and 13; their days are the specification's.


@pytest.mark.parametrize(("on", "word"), [("2026-03-08", "met"), ("2026-03-09", "not_met")])
def test_vector_4_a_german_prescription_lasts_six_days_after_its_issue(on: str, word: str):
    answer = said("de_amvv", on, negative_on("2026-03-01"), prescribed("2026-03-02"))
    assert answer.rules["dispensing.inside_the_window"] == word


def test_a_german_prescription_counts_from_its_signature():
    signed = prescribed("2026-03-02", signed_at="2026-03-03T09:00:00+01:00")
    answer = said("de_amvv", "2026-03-09", negative_on("2026-03-01"), signed)
    assert answer.rules["dispensing.inside_the_window"] == "met"


@pytest.mark.parametrize("programme", ["fr_ansm", "nl_ppp", "eu_ppp"])
@pytest.mark.parametrize(("on", "word"), [("2026-03-09", "met"), ("2026-03-10", "not_met")])
def test_elsewhere_it_lasts_seven(programme: str, on: str, word: str):
    answer = said(programme, on, negative_on("2026-03-01"), prescribed("2026-03-02"))
    assert answer.rules["dispensing.inside_the_window"] == word


@pytest.mark.parametrize(("on", "word"), [("2026-03-08", "met"), ("2026-03-09", "not_met")])
def test_vector_5_in_italy_the_days_count_from_the_certificate(on: str, word: str):
    certificate = {"kind": "non_pregnancy_certificate", "date": "2026-03-01"}
    answer = said("it_aifa", on, negative_on("2026-03-01"), certificate, prescribed("2026-03-03"))
    assert answer.rules["dispensing.inside_the_window"] == word


def test_vectors_9_and_10_five_weeks_until_2018_and_a_clamped_month_since():
    def due(given: str, stopped: str) -> date | None:
        category = {**BASE[0], "date": "2010-01-01"}
        handed = {"kind": "dispense", "date": given, "days_supply": 30}
        stop = {"kind": "treatment_stop", "date": stopped, "reason": "completed"}
        return said("eu_ppp", stopped, handed, stop, base=[category]).post_treatment_test_on

    assert due("2017-05-20", "2017-06-01") == date(2017, 7, 6)
    assert due("2026-01-20", "2026-01-31") == date(2026, 2, 28)


@pytest.mark.parametrize(
    ("programme", "passes"), [("eu_ppp", date(2026, 4, 3)), ("it_aifa", date(2026, 3, 31))]
)
def test_vector_11_a_month_of_contraception_or_in_italy_four_weeks(programme: str, passes: date):
    begun = {"kind": "contraception", "from": "2026-03-03", "reported_by": "patient", "primary": "implant"}
    answer = said(programme, "2026-03-20", begun, base=BASE[:1])
    assert answer.days["contraception.lead_time"] == passes


def test_vector_13_a_man_may_have_sixty_days_in_germany_and_not_in_italy():
    category = {**BASE[0], "can_become_pregnant": False, "basis": "cisgender_male"}
    sixty = prescribed("2026-03-02", days_supply=60)
    limit = "prescription.supply_limit"
    assert said("de_amvv", "2026-03-02", sixty, base=[category]).rules[limit] == "not_applicable"
    assert said("it_aifa", "2026-03-02", sixty, base=[category]).rules[limit] == "not_met"


def test_a_test_serves_for_three_days():
    for issued, word in (("2026-03-04", "met"), ("2026-03-05", "not_met")):
        answer = said("nl_ppp", issued, negative_on("2026-03-01"), prescribed(issued))
        assert answer.rules["pregnancy_testing.test_before_prescription"] == word
