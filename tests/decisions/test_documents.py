"""Is the programme's own risk form signed, complete, and of the version that counts?"""

from datetime import date

import pytest

from isovigil.case import kinds
from isovigil.case.fact import Fact
from tests.decisions.judged import UK, US, can, cannot, day, fact, handed_over, judged, prescribed

RULE = "documents.risk_acknowledged"


def risk_form(on: str, version: str | None, *by: str, complete: bool = True) -> Fact:
    return fact(
        kinds.Acknowledgement,
        id=f"form-{on}",
        signed_on=day(on),
        form="uk_risk_form",
        by=by or ("patient", "prescriber"),
        version=version,
        complete=complete,
    )


def test_every_patient_signs_in_the_uk_and_nobody_in_the_us():
    assert judged(RULE, [cannot()], "2024-03-04", UK).answer == "unknown"
    assert judged(RULE, [can()], "2024-03-04", UK).answer == "unknown"
    assert judged(RULE, [can()], "2024-03-04", US).answer == "not_applicable"


# The new form came on 22 January 2026: a start on the 21st needs the form of 2023.
@pytest.mark.parametrize(
    ("on", "version", "answer"),
    [
        ("2026-01-21", "2023", "met"),
        ("2026-01-22", "2023", "not_met"),
        ("2026-01-21", "2026", "not_met"),
        ("2026-01-22", "2026", "met"),
        ("2026-01-22", None, "unknown"),
        ("2026-01-22", "2021", "not_met"),
    ],
)
def test_the_version_in_force_on_the_day_of_start_counts(on: str, version: str | None, answer: str):
    assert judged(RULE, [can(), risk_form("2026-01-10", version)], on, UK).answer == answer


def test_once_treatment_has_started_the_version_of_its_own_start_stays_valid():
    facts = [can(), risk_form("2026-01-10", "2023"), handed_over("2026-01-21")]
    outcome = judged(RULE, facts, "2026-02-20", UK)
    assert (outcome.answer, outcome.amber) == ("met", False)


@pytest.mark.parametrize(
    "form",
    [risk_form("2024-02-01", "2023", complete=False), risk_form("2024-02-01", "2023", "prescriber")],
    ids=["part", "not by the patient"],
)
def test_it_counts_only_when_complete_and_signed_by_the_patient(form: Fact):
    assert judged(RULE, [can(), form], "2024-03-04", UK).answer == "not_met"


def test_it_is_signed_before_the_first_prescription():
    same_day = [can(), prescribed("2024-03-02"), risk_form("2024-03-02", "2023")]
    assert judged(RULE, same_day, "2024-03-04", UK).answer == "met"
    a_day_late = [can(), prescribed("2024-03-02"), risk_form("2024-03-03", "2023")]
    late = judged(RULE, a_day_late, "2024-03-04", UK)
    assert (late.answer, late.task) == ("not_met", "prescription")


def test_signed_after_the_start_it_counts_from_then_on_and_asks_for_a_look():
    started = [can(), handed_over("2026-01-05")]
    assert judged(RULE, started, "2026-02-02", UK).answer == "unknown"
    for version in ("2023", "2026"):  # of the start, or of the day it was signed
        signed = judged(RULE, [*started, risk_form("2026-02-02", version)], "2026-02-02", UK)
        assert (signed.answer, signed.amber) == ("met", True)


# Signed on 1 February 2024: 18 that day if born on 1 February 2006, still 17 if born a day later.
@pytest.mark.parametrize(("born_on", "amber"), [(date(2006, 2, 1), False), (date(2006, 2, 2), True)])
def test_a_minor_signing_without_a_carer_asks_for_a_look_and_blocks_nothing(born_on: date, amber: bool):
    alone = judged(RULE, [can(), risk_form("2024-02-01", "2023")], "2024-03-04", UK, born_on)
    assert (alone.answer, alone.amber) == ("met", amber)
    both = risk_form("2024-02-01", "2023", "patient", "carer")
    assert judged(RULE, [can(), both], "2024-03-04", UK, born_on).amber is False


def test_a_course_begun_before_the_form_existed_needs_the_form_of_today():
    facts = [can("2023-09-01"), handed_over("2023-10-20")]
    assert judged(RULE, facts, "2023-11-20", UK).answer == "unknown"
    signed = [*facts, risk_form("2023-11-20", "2023")]
    assert judged(RULE, signed, "2023-11-20", UK).answer == "met"


def test_a_form_signed_between_the_first_prescription_and_the_first_dose_is_late_too():
    facts = [can(), prescribed("2024-03-01"), handed_over("2024-03-04")]
    in_time = judged(RULE, [*facts, risk_form("2024-03-01", "2023")], "2024-03-20", UK)
    late = judged(RULE, [*facts, risk_form("2024-03-02", "2023")], "2024-03-20", UK)
    assert (in_time.answer, in_time.amber) == ("met", False)
    assert (late.answer, late.amber) == ("met", True)
