"""Do A1, A3, A14 to A16, A19 and A21 count hand-worked patients as the specification says?"""

from __future__ import annotations

import pytest

from isovigil.case.kinds import (
    Acknowledgement,
    AdverseEventReport,
    Contraception,
    ContraceptionWaiver,
    NonPregnancyCertificate,
    Pregnancy,
)
from isovigil.indicators.count import Count
from tests.indicators.audited_by_hand import (
    can,
    cannot,
    day,
    ended,
    handed_over,
    hcg,
    of_each_course,
    of_one_course,
    prescribed,
    seen,
)

DONE, NOT_DONE = Count(1, 1), Count(0, 1)


def form(on: str) -> Acknowledgement:
    return Acknowledgement(
        signed_on=day(on), form="uk_risk_form", by=("patient", "prescriber"), version="2023"
    )


@pytest.mark.parametrize(("signed", "count"), [("2025-02-10", DONE), ("2025-02-11", NOT_DONE)])
def test_a1_the_form_counts_up_to_the_day_of_the_first_prescription(signed: str, count: Count):
    assert of_one_course("A1", can(), prescribed("2025-02-10"), form(signed)) == count


def test_a1_is_about_those_who_can_become_pregnant_and_says_whom_it_leaves_out():
    assert of_one_course("A1", cannot(), prescribed("2025-02-10")) == Count(
        0, 0, ("the patient cannot become pregnant",)
    )
    assert of_one_course("A1", prescribed("2025-02-10")) == Count(
        0, 0, ("nobody recorded whether the patient can become pregnant",)
    )


def test_a1_in_the_united_states_asks_for_both_consents():
    def consent(name: str) -> Acknowledgement:
        return Acknowledgement(signed_on=day("2025-02-01"), form=name, by=("patient", "prescriber"))  # type: ignore[arg-type] # a word of the tests

    one, both = (
        [consent("us_patient_consent")],
        [consent("us_patient_consent"), consent("us_birth_defects_consent")],
    )
    facts = (can(), prescribed("2025-02-10"))
    assert of_one_course("A1", *facts, *one, programme="us_ipledge") == NOT_DONE
    assert of_one_course("A1", *facts, *both, programme="us_ipledge") == DONE


@pytest.mark.parametrize(
    ("test", "count"),
    [("2025-02-07", DONE), ("2025-02-06", NOT_DONE), ("2025-02-10", DONE), ("2025-02-11", NOT_DONE)],
)
def test_a3a_in_the_uk_the_test_is_at_most_three_days_old(test: str, count: Count):
    """10 February less 3 days is 7 February; a test of the day after is too late."""
    assert of_one_course("A3a", can(), prescribed("2025-02-10"), hcg(test)) == count


@pytest.mark.parametrize(("test", "count"), [("2025-02-04", DONE), ("2025-02-03", NOT_DONE)])
def test_a3a_in_the_united_states_the_prescription_is_inside_the_window(test: str, count: Count):
    """4 February is day 1, so 10 February is day 7."""
    facts = (can(), prescribed("2025-02-10"), hcg(test))
    assert of_one_course("A3a", *facts, programme="us_ipledge") == count


def test_a3a_a_positive_or_invalid_test_after_the_negative_one_undoes_it():
    facts = (can(), prescribed("2025-02-10"), hcg("2025-02-08"))
    assert of_one_course("A3a", *facts, hcg("2025-02-09", "positive")) == NOT_DONE
    assert of_one_course("A3a", *facts, hcg("2025-02-09", "invalid")) == NOT_DONE


def test_a3b_counts_each_later_prescription():
    """Three later prescriptions: tested the day before, not tested, tested four days before."""
    facts = (
        can(),
        *map(prescribed, ("2025-01-06", "2025-02-03", "2025-03-03", "2025-03-31")),
        *map(hcg, ("2025-02-02", "2025-03-27")),
    )
    assert of_one_course("A3b", *facts) == Count(1, 3)


def test_a3b_accepts_a_waiver_that_both_agreed_to_while_it_runs():
    def waiver(*by: str, to: str | None = None) -> ContraceptionWaiver:
        until = None if to is None else day(to)
        return ContraceptionWaiver(from_=day("2025-01-20"), agreed_by=by, reason="no contact", to=until)  # type: ignore[arg-type] # words of the tests

    facts = (can(), prescribed("2025-01-06"), prescribed("2025-02-03"))
    assert of_one_course("A3b", *facts, waiver("patient", "prescriber")) == DONE
    assert of_one_course("A3b", *facts, waiver("patient", "prescriber", to="2025-02-03")) == DONE
    assert of_one_course("A3b", *facts, waiver("patient", "prescriber", to="2025-02-02")) == NOT_DONE
    assert of_one_course("A3b", *facts, waiver("patient")) == NOT_DONE


@pytest.mark.parametrize(
    ("test", "count"),
    [("2025-03-31", NOT_DONE), ("2025-04-01", DONE), ("2025-04-15", DONE), ("2025-04-16", NOT_DONE)],
)
def test_a3c_in_the_uk_the_last_test_is_due_a_month_after_the_last_dose_and_late_after_14_days(
    test: str, count: Count
):
    """1 March plus one calendar month is 1 April; 14 days later is 15 April."""
    facts = (can(), prescribed("2025-01-06"), handed_over("2025-01-07"), ended("2025-03-01"), hcg(test))
    assert of_one_course("A3c", *facts) == count


@pytest.mark.parametrize(("test", "count"), [("2025-03-30", NOT_DONE), ("2025-03-31", DONE)])
def test_a3c_in_the_united_states_the_last_test_is_due_after_thirty_days(test: str, count: Count):
    """1 March plus 30 days is 31 March."""
    facts = (can(), prescribed("2025-01-06"), handed_over("2025-01-07"), ended("2025-03-01"), hcg(test))
    assert of_one_course("A3c", *facts, programme="us_ipledge") == count


@pytest.mark.parametrize(
    ("on", "left_out"),
    [
        ("2025-04-12", "treatment ended too lately to tell"),
        ("2025-04-13", "the last test may still come in time"),
    ],
)
def test_a3c_waits_six_weeks_and_then_until_the_last_day_in_time(on: str, left_out: str):
    """1 March plus 42 days is 12 April; due 1 April plus 14 days is 15 April."""
    facts = (can(), prescribed("2025-01-06"), handed_over("2025-01-07"), ended("2025-03-01"))
    assert of_one_course("A3c", *facts, on=on) == Count(0, 0, (left_out,))


def test_a3c_is_missed_from_the_sixteenth_of_april_on():
    facts = (can(), prescribed("2025-01-06"), handed_over("2025-01-07"), ended("2025-03-01"))
    assert of_one_course("A3c", *facts, on="2025-04-15").excluded
    assert of_one_course("A3c", *facts, on="2025-04-16") == NOT_DONE


def test_a3c_leaves_out_a_course_that_goes_on_or_ended_because_of_a_pregnancy():
    facts = (can(), prescribed("2025-01-06"), handed_over("2025-01-07"))
    assert of_one_course("A3c", *facts).excluded == ("treatment has not ended",)
    pregnant = of_one_course("A3c", *facts, ended("2025-02-01", "pregnancy"))
    assert pregnant.excluded == ("treatment ended because of a pregnancy",)


@pytest.mark.parametrize(("days", "count"), [(30, DONE), (31, NOT_DONE)])
def test_a14_thirty_days_are_allowed(days: int, count: Count):
    assert of_one_course("A14", can(), prescribed("2025-02-10", days=days)) == count


@pytest.mark.parametrize(("collected", "count"), [("2025-02-17", DONE), ("2025-02-18", NOT_DONE)])
def test_a15_in_the_uk_the_seventh_day_after_the_prescription_is_the_last(collected: str, count: Count):
    assert of_one_course("A15", can(), prescribed("2025-02-10", "rx"), handed_over(collected, "rx")) == count


@pytest.mark.parametrize(("collected", "count"), [("2025-02-14", DONE), ("2025-02-15", NOT_DONE)])
def test_a15_in_the_united_states_the_specimen_is_day_one_of_seven(collected: str, count: Count):
    """8 February is day 1, 14 February day 7."""
    facts = (can(), hcg("2025-02-08"), prescribed("2025-02-10", "rx"), handed_over(collected, "rx"))
    assert of_one_course("A15", *facts, programme="us_ipledge") == count


@pytest.mark.parametrize(("collected", "count"), [("2025-02-16", DONE), ("2025-02-17", NOT_DONE)])
def test_a15_in_italy_the_days_count_from_the_certificate(collected: str, count: Count):
    """The certificate of 9 February is day 0, 16 February day 7."""
    facts = (
        can(), NonPregnancyCertificate(date=day("2025-02-09")), prescribed("2025-02-10", "rx"),
        handed_over(collected, "rx"),
    )  # fmt: skip
    assert of_one_course("A15", *facts, programme="it_aifa") == count


def test_a15_says_when_no_prescription_is_on_file_for_a_hand_over():
    facts = (can(), handed_over("2025-02-01"), prescribed("2025-02-10"))
    assert of_one_course("A15", *facts).excluded == ("no prescription is on file for the hand-over",)


@pytest.mark.parametrize(("since", "count"), [("2025-01-14", DONE), ("2025-01-15", NOT_DONE)])
def test_a16_contraception_has_to_have_been_in_use_for_the_lead(since: str, count: Count):
    """The UK asks for 4 weeks (UK-PPP-04): 14 January plus 28 days is 11 February, the first dose's day."""
    coil = Contraception(from_=day(since), reported_by="prescriber", primary="iud_copper")
    facts = (
        can(),
        coil,
        hcg("2025-02-11"),
        prescribed("2025-02-11", "rx"),
        handed_over("2025-02-11", "rx"),
    )
    assert of_one_course("A16", *facts, with_replay=True) == count


def test_a16_without_a_replay_leaves_the_course_out_and_says_so():
    facts = (can(), prescribed("2025-02-11", "rx"), handed_over("2025-02-11", "rx"))
    assert of_one_course("A16", *facts).excluded == ("no replay was made of the first hand-over",)


def test_a16_says_when_something_graver_hides_the_answer():
    facts = (
        can(),
        hcg("2025-02-10", "positive"),
        prescribed("2025-02-11", "rx"),
        handed_over("2025-02-11", "rx"),
    )
    (reason,) = of_one_course("A16", *facts, with_replay=True).excluded
    assert "graver" in reason


@pytest.mark.parametrize(
    ("shown", "count"),
    [("2025-01-06", NOT_DONE), ("2025-01-07", DONE), ("2025-03-28", DONE), ("2025-03-29", NOT_DONE)],
)
def test_a19_a_pregnancy_counts_from_the_first_dose_to_a_month_after_the_last(shown: str, count: Count):
    """The first dose is of 7 January; 28 February plus a calendar month is 28 March."""
    facts = (can(), prescribed("2025-01-06"), handed_over("2025-01-07"), ended("2025-02-28"))
    assert of_one_course("A19", *facts, Pregnancy(date=day(shown))) == count
    assert of_one_course("A19", *facts, hcg(shown, "positive")) == count


def test_a19b_asks_whether_treatment_stopped_and_the_patient_was_referred_the_same_day():
    facts = (
        can(),
        prescribed("2025-01-06"),
        handed_over("2025-01-07"),
        hcg("2025-02-20", "positive", id="hcg"),
    )
    report = AdverseEventReport(date=day("2025-02-20"), about="hcg", to="regulator")
    late = AdverseEventReport(date=day("2025-02-21"), about="hcg", to="regulator")
    assert of_one_course("A19b", *facts, ended("2025-02-20", "pregnancy"), report) == DONE
    assert of_one_course("A19b", *facts, ended("2025-02-20", "pregnancy"), late) == NOT_DONE
    assert of_one_course("A19b", *facts, ended("2025-02-21", "pregnancy"), report) == NOT_DONE
    assert of_one_course("A19b", can(), prescribed("2025-01-06")) == Count(0, 0)


def test_a21_a_waiver_is_entered_anew_at_each_visit_while_it_is_open():
    def waiver(on: str) -> ContraceptionWaiver:
        return ContraceptionWaiver(from_=day(on), agreed_by=("patient", "prescriber"), reason="no contact")

    facts = (can(), prescribed("2025-01-06"), waiver("2025-01-06"), seen("2025-02-03"), seen("2025-03-03"))
    assert of_one_course("A21", *facts, waiver("2025-02-03")) == Count(1, 2)
    assert of_one_course("A21", can(), prescribed("2025-01-06")).excluded == ("no waiver is on file",)


def test_two_courses_are_counted_one_by_one():
    """The first course was tested for its first prescription, the second was not."""
    facts = (
        can(), hcg("2024-02-09"), prescribed("2024-02-10"), handed_over("2024-02-11"), ended("2024-06-10"),
        prescribed("2025-02-10"),
    )  # fmt: skip
    assert of_each_course("A3a", *facts) == [DONE, NOT_DONE]
