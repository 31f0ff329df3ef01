"""Are the patient, the prescriber and the pharmacy enrolled, and are the consents signed?"""

from datetime import date

import pytest

from isovigil.case import kinds
from isovigil.case.fact import Fact
from tests.decisions.judged import UK, US, can, cannot, day, fact, judged, stopped

ON = "2024-03-04"


def form(
    what: str = "us_patient_consent",
    *by: str,
    on: str = "2024-02-01",
    complete: bool = True,
) -> Fact:
    return fact(
        kinds.Acknowledgement,
        id=f"{what}-{on}",
        signed_on=day(on),
        form=what,
        by=by or ("patient", "prescriber"),
        complete=complete,
    )


def certified(who: str, from_: str, to: str | None = None) -> Fact:
    return fact(
        kinds.Certification,
        id=f"{who}-certified",
        who=who,
        from_=day(from_),
        to=None if to is None else day(to),
    )


def test_everyone_is_enrolled_in_the_us_and_only_some_in_the_uk():
    assert judged("enrolment.patient_enrolled", [cannot()], ON, US).answer == "unknown"
    assert judged("enrolment.patient_enrolled", [cannot()], ON, UK).answer == "not_applicable"
    assert judged("enrolment.patient_enrolled", [can()], ON, UK).answer == "unknown"
    assert judged("enrolment.patient_enrolled", [], ON, UK).answer == "unknown"


def test_an_enrolment_serves_its_own_course_only():
    enrolment = fact(kinds.Enrolment, id="enrolment", date=day("2024-01-05"))
    assert judged("enrolment.patient_enrolled", [can(), enrolment], ON).answer == "met"
    again = [can(), enrolment, stopped("2024-02-01")]
    assert judged("enrolment.patient_enrolled", again, ON).answer == "unknown"


def test_those_who_can_become_pregnant_sign_two_consents_and_others_one():
    first, second = form(), form("us_birth_defects_consent")
    assert judged("enrolment.consents_signed", [cannot(), first], ON).answer == "met"
    assert judged("enrolment.consents_signed", [can(), first, second], ON).answer == "met"
    lacking = judged("enrolment.consents_signed", [can(), first], ON)
    assert (lacking.answer, lacking.task) == ("unknown", "consent")
    assert "birth defects" in lacking.says


@pytest.mark.parametrize(
    "signed", [form(complete=False), form("us_patient_consent", "patient")], ids=["part", "alone"]
)
def test_a_consent_counts_only_when_complete_and_signed_by_both(signed: Fact):
    assert judged("enrolment.consents_signed", [cannot(), signed], ON).answer == "not_met"


# Signed on 1 February 2024: 18 that day if born on 1 February 2006, still 17 if born a day later.
@pytest.mark.parametrize(
    ("born_on", "answer"),
    [(date(2006, 2, 1), "met"), (date(2006, 2, 2), "not_met"), (None, "unknown")],
)
def test_a_carer_signs_too_for_a_patient_under_18_on_the_day_of_signing(born_on: date | None, answer: str):
    assert judged("enrolment.consents_signed", [cannot(), form()], ON, US, born_on).answer == answer
    with_carer = form("us_patient_consent", "patient", "carer", "prescriber")
    assert judged("enrolment.consents_signed", [cannot(), with_carer], ON, US, born_on).answer == "met"


def test_a_consent_signed_again_mends_the_first_one():
    facts = [cannot(), form(complete=False), form(on="2024-02-20")]
    assert judged("enrolment.consents_signed", facts, ON).answer == "met"


def test_the_uk_has_no_consents_and_no_certification_beside_its_risk_form():
    for rule in ("consents_signed", "prescriber_certified", "pharmacy_certified"):
        assert judged(f"enrolment.{rule}", [can()], ON, UK).answer == "not_applicable"


@pytest.mark.parametrize("who", ["prescriber", "pharmacy"])
def test_a_certification_must_run_today(who: str):
    rule = f"enrolment.{who}_certified"
    assert judged(rule, [], ON).answer == "unknown"
    assert judged(rule, [certified(who, "2023-06-01")], ON).answer == "met"
    # The last day still counts, the day after it does not.
    assert judged(rule, [certified(who, "2023-06-01", "2024-03-04")], ON).answer == "met"
    assert judged(rule, [certified(who, "2023-06-01", "2024-03-03")], ON).answer == "not_met"


def test_one_partys_certification_is_not_the_others():
    facts = [certified("pharmacy", "2023-06-01")]
    assert judged("enrolment.prescriber_certified", facts, ON).answer == "unknown"


# One year from 4 March 2023 is 4 March 2024, which is still inside.
@pytest.mark.parametrize(("from_", "amber"), [("2023-03-04", False), ("2023-03-03", True)])
def test_a_certification_older_than_the_renewal_interval_only_asks_for_a_look(from_: str, amber: bool):
    outcome = judged("enrolment.prescriber_certified", [certified("prescriber", from_)], ON)
    assert (outcome.answer, outcome.amber) == ("met", amber)
