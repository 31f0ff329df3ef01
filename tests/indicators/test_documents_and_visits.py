"""Do A6 to A8, A11 to A13, A17, A20 and A22 count hand-worked patients as the specification says?"""

from __future__ import annotations

from typing import Any

import pytest

from isovigil.case.kinds import Acknowledgement, Acne, Attestation, Counselling, Opinion, PriorTherapy
from isovigil.indicators.count import Count
from tests.indicators.audited_by_hand import (
    can,
    cannot,
    day,
    handed_over,
    hcg,
    of_one_course,
    prescribed,
    seen,
)

DONE, NOT_DONE = Count(1, 1), Count(0, 1)
BEGUN = (cannot(), prescribed("2025-01-06", "rx"), handed_over("2025-01-07", "rx"))
NOT_ASKED = ("the programme did not ask for it then",)


def form(on: str, version: str | None, *, complete: bool = True) -> Acknowledgement:
    return Acknowledgement(
        signed_on=day(on),
        form="uk_risk_form",
        by=("patient", "prescriber"),
        version=version,
        complete=complete,
    )


def attested(what: str, on: str) -> Attestation:
    return Attestation(date=day(on), what=what, by="Dr")  # type: ignore[arg-type] # a word of the tests


@pytest.mark.parametrize(
    ("signed", "version", "count"),
    [
        ("2026-01-21", "2023", DONE),
        ("2026-01-21", "2026", NOT_DONE),
        ("2026-01-22", "2023", NOT_DONE),
        ("2026-01-22", "2026", DONE),
    ],
)
def test_a6_the_version_is_that_of_the_day_it_was_signed(signed: str, version: str, count: Count):
    facts = (cannot("2026-01-02"), prescribed("2026-01-23"), form(signed, version))
    assert of_one_course("A6", *facts, on="2026-06-30") == count


def test_a6_an_incomplete_or_late_form_or_one_without_its_version_does_not_count():
    assert of_one_course("A6", *BEGUN, form("2025-01-06", "2023", complete=False)) == NOT_DONE
    assert of_one_course("A6", *BEGUN, form("2025-01-07", "2023")) == NOT_DONE
    assert of_one_course("A6", *BEGUN, form("2025-01-06", None)) == NOT_DONE


def opinion(by: str, on: str = "2025-01-05", *, supports: bool = True) -> Opinion:
    return Opinion(date=day(on), by=by, supports_treatment=supports)


@pytest.mark.parametrize(("born", "is_concerned"), [("2007-01-07", False), ("2007-01-08", True)])
def test_a7_is_about_those_under_eighteen_at_the_first_dose(born: str, is_concerned: bool):
    """The first dose is of 7 January 2025: who was born on 7 January 2007 is 18 that day."""
    count = of_one_course("A7", *BEGUN, born=born)
    assert (count == NOT_DONE) == is_concerned
    assert bool(count.excluded) != is_concerned


def test_a7_asks_for_two_different_prescribers_by_the_first_dose():
    def counted(*opinions: Opinion) -> Count:
        return of_one_course("A7", *BEGUN, *opinions, born="2009-05-01")

    assert counted(opinion("Dr A"), opinion("Dr B", "2025-01-07")) == DONE
    assert counted(opinion("Dr A"), opinion("Dr B", "2025-01-08")) == NOT_DONE
    assert counted(opinion("Dr A"), opinion("Dr A", "2025-01-06")) == NOT_DONE
    assert counted(opinion("Dr A"), opinion("Dr B", supports=False)) == NOT_DONE


@pytest.mark.parametrize(
    ("first_dose", "count"),
    [
        (
            "2024-04-30",
            Count(0, 0, ("it was not yet held to: services had until a set day to introduce it",)),
        ),
        ("2024-05-01", NOT_DONE),
        ("2026-01-21", NOT_DONE),
        ("2026-01-22", Count(0, 0, NOT_ASKED)),
    ],
)
def test_a7_was_asked_for_after_the_soft_period_and_until_january_2026(first_dose: str, count: Count):
    facts = (cannot("2023-12-01"), prescribed(first_dose, "rx"), handed_over(first_dose, "rx"))
    assert of_one_course("A7", *facts, born="2009-05-01", on="2026-06-30") == count


def test_a7_an_unknown_age_is_left_out_and_said():
    assert of_one_course("A7", *BEGUN, born=None).excluded == ("nobody recorded the date of birth",)


def test_a8_both_are_asked_for_of_everyone_since_january_2026():
    begun = (cannot("2026-01-02"), prescribed("2026-01-22", "rx"), handed_over("2026-01-22", "rx"))
    one = attested("no_other_suitable_treatment", "2026-01-22")
    other = attested("second_opinion_right", "2026-01-22")
    late = attested("second_opinion_right", "2026-01-23")
    assert of_one_course("A8", *begun, one, other, on="2026-06-30") == DONE
    assert of_one_course("A8", *begun, one, on="2026-06-30") == NOT_DONE
    assert of_one_course("A8", *begun, one, late, on="2026-06-30") == NOT_DONE
    before = (cannot(), prescribed("2026-01-21", "rx"), handed_over("2026-01-21", "rx"))
    assert of_one_course("A8", *before, on="2026-06-30").denominator == 0


def test_a11_the_first_appointment_is_in_person():
    assert of_one_course("A11", *BEGUN, seen("2025-01-02"), seen("2025-02-03", "video")) == DONE
    assert of_one_course("A11", *BEGUN, seen("2025-01-02", "video"), seen("2025-02-03")) == NOT_DONE
    assert of_one_course("A11", *BEGUN).excluded == ("no appointment is on file",)
    assert of_one_course("A11", *BEGUN, seen("2025-01-02"), programme="us_ipledge").excluded == NOT_ASKED


@pytest.mark.parametrize(
    ("on", "count"),
    [("2025-01-27", NOT_DONE), ("2025-01-28", DONE), ("2025-02-18", DONE), ("2025-02-19", NOT_DONE)],
)
def test_a12_the_first_review_is_21_to_42_days_after_the_first_dose(on: str, count: Count):
    """7 January plus 21 days is 28 January, plus 42 days 18 February."""
    assert of_one_course("A12", *BEGUN, seen(on)) == count


def test_a12_waits_for_a_review_that_may_still_come():
    assert of_one_course("A12", *BEGUN, on="2025-02-17").excluded == ("the review may still come in time",)
    assert of_one_course("A12", *BEGUN, on="2025-02-18") == NOT_DONE


def test_a13_counts_each_remote_test_by_what_is_documented():
    documented = {
        "specimen": "urine",
        "sensitivity_miu_ml": 25.0,
        "evidence": "photo",
        "entered_by": "prescriber",
    }
    full: dict[str, Any] = {"setting": "supervised_remote", **documented}
    facts = [hcg("2025-02-01", **full)]
    for number, lacking in enumerate(documented):
        facts.append(hcg(f"2025-03-0{number + 1}", **{**full, lacking: None}))
    assert of_one_course("A13", can(), prescribed("2025-01-06"), *facts, hcg("2025-04-01")) == Count(1, 5)


def test_a17_asks_for_severity_and_a_failed_antibiotic_and_topical():
    def tried(what: str, outcome: str = "inadequate") -> PriorTherapy:
        return PriorTherapy(from_=day("2024-06-01"), what=what, outcome=outcome)  # type: ignore[arg-type] # words of the tests

    acne = Acne(date=day("2025-01-06"), iga=4)
    both = (tried("oral_antibiotic"), tried("topical_retinoid"))
    assert of_one_course("A17", *BEGUN, acne, *both) == DONE
    assert of_one_course("A17", *BEGUN, *both) == NOT_DONE
    assert of_one_course("A17", *BEGUN, acne, both[0]) == NOT_DONE
    assert of_one_course("A17", *BEGUN, acne, both[0], tried("topical_retinoid", "adequate")) == NOT_DONE
    assert of_one_course("A17", *BEGUN, Acne(date=day("2025-01-07"), iga=4), *both) == NOT_DONE


def test_a20_gives_the_days_from_the_first_appointment_to_the_first_dose():
    """2 to 7 January: 5 days."""
    assert of_one_course("A20", *BEGUN, seen("2025-01-02"), seen("2025-01-06")) == Count(1, 1, (), (5,))
    assert of_one_course("A20", *BEGUN, seen("2025-01-08")).excluded


def test_a22_asks_for_all_three():
    told = Counselling(date=day("2025-01-06"), topics=("blood_donation",))
    card, checklist = attested("reminder_card", "2025-01-06"), attested("pharmacist_checklist", "2025-01-07")
    assert of_one_course("A22", *BEGUN, told, card, checklist) == DONE
    assert of_one_course("A22", *BEGUN, told, card) == NOT_DONE
    assert of_one_course("A22", *BEGUN, card, checklist) == NOT_DONE
