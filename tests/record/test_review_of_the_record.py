"""What could be shown or done as ready although something on record forbids it?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from isovigil.storage.models import HandOverClaim, WorklistRow
from isovigil.storage.tenancy import reading
from isovigil.usecases.record.correct_fact import correct_fact, fact_to_correct
from isovigil.usecases.record.hand_over import (
    AlreadyAuthorised,
    NoSuchAuthorisation,
    NotToday,
    authorise_hand_over,
    record_hand_over,
)
from isovigil.usecases.record.judging import judging_of
from isovigil.usecases.record.patient_case import Provenance, on_record
from isovigil.usecases.record.record_facts import NotInThisRecord, OfThePharmacy, record_facts
from isovigil.usecases.record.worklist_rows import refresh_worklist, worklist_lines
from tests.record.records import NOW, ON_SQLITE, Record, weight

pytestmark = ON_SQLITE
POSITIVE = {"kind": "pregnancy_test", "taken_on": "2026-03-10", "result": "positive", "setting": "clinic"}
CAPSULES = [{"mg": 30, "count": 30}]


def say(record: Record, fact: Mapping[str, object], at_hours: float = 0, **more: Any) -> UUID:
    """One fact by the prescriber, so many hours after NOW."""
    acting = record.acting("prescriber", NOW + timedelta(hours=at_hours))
    (recorded,) = record_facts(acting, record.patient, [fact], request=str(uuid4()), **more)
    return recorded


def prescription_on_record(record: Record) -> UUID:
    with reading(record.clinic):
        known = on_record(record.clinic, record.patient, judging_of(record.clinic))
    return next(each.recorded.id for each in known.facts if each.fact.kind == "prescription")


CORRECTED = {
    "kind": "prescription",
    "issued_on": "2026-03-05",
    "daily_dose_mg": 30,
    "days_supply": 30,
    "medium": "electronic",
    "capsules": CAPSULES,
    "refills": 0,
}


def correct_the_prescription(record: Record) -> UUID:
    return say(
        record,
        {**CORRECTED, "supersedes": str(prescription_on_record(record))},
        provenance=Provenance(reason="refills were left out"),
    )


def test_a_positive_test_counts_also_where_the_log_is_ahead_of_the_clock(record: Record) -> None:
    """A clock that ran two days ahead was put right; time in the log does not go back, so the positive test
    is recorded at 12 March although it is 10 March.
    """
    say(record, weight(68, "2026-03-12"), at_hours=48)
    say(record, POSITIVE)
    with pytest.raises(NotToday):
        authorise_hand_over(record.acting("pharmacist"), record.patient, request="a")


def test_a_line_is_worked_out_again_after_an_entry_although_the_clock_was_set_back(record: Record) -> None:
    """10:00 worked out, 12:00 a positive test, then the clock goes back to 10:30: the line is 2 h from ending
    by the clock, and the test is on record all the same.
    """
    nurse = record.acting("nurse")
    refresh_worklist(nurse)
    say(record, POSITIVE, at_hours=2)
    later = record.acting("nurse", NOW + timedelta(minutes=30))
    refresh_worklist(later)
    with reading(record.clinic):
        (line,) = worklist_lines(later, WorklistRow.objects.all())
    assert line.row.group == "safety"
    assert line.row.verdict == "stop"


def test_a_corrected_prescription_is_not_authorised_beside_the_one_it_corrects(record: Record) -> None:
    authorise_hand_over(record.acting("pharmacist"), record.patient, request="a")
    correct_the_prescription(record)
    with pytest.raises(AlreadyAuthorised):
        authorise_hand_over(record.acting("pharmacist"), record.patient, request="b")


def test_capsules_of_a_prescription_that_was_corrected_since_are_not_handed_over(record: Record) -> None:
    given = authorise_hand_over(record.acting("pharmacist"), record.patient, request="a")
    correct_the_prescription(record)
    with pytest.raises(NoSuchAuthorisation, match="corrected"):
        record_hand_over(
            record.acting("pharmacist"),
            record.patient,
            given.number,
            days_supply=30,
            capsules=CAPSULES,
            request="b",
        )


def test_a_fact_of_tomorrow_is_refused(record: Record) -> None:
    """A slip of the year would put a positive test out of everybody's sight until then."""
    with pytest.raises(Exception, match="2027"):
        say(record, {**POSITIVE, "taken_on": "2027-03-10"})


def test_an_authorisation_ends_with_its_day_where_the_programme_has_no_window(record: Record) -> None:
    """She can no longer become pregnant, so there is no window: the number is good until the end of the day,
    23:59:59 in New York, which is 03:59:59 UTC of 11 March.
    """
    say(
        record,
        {"kind": "category", "date": "2026-03-10", "can_become_pregnant": False, "by": "prescriber",
         "basis": "hysterectomy", "evidence": "operation report"},
        at_hours=-0.5,
    )  # fmt: skip
    given = authorise_hand_over(record.acting("pharmacist"), record.patient, request="a")
    end = given.do_not_dispense_after
    with pytest.raises(NoSuchAuthorisation, match="ended"):
        record_hand_over(
            record.acting("pharmacist", end + timedelta(seconds=1)),
            record.patient,
            given.number,
            days_supply=30,
            capsules=CAPSULES,
            request="b",
        )
    record_hand_over(
        record.acting("pharmacist", end),
        record.patient,
        given.number,
        days_supply=30,
        capsules=CAPSULES,
        request="c",
    )


def handed_over(record: Record) -> UUID:
    """The capsules of the prescription are handed over at NOW; the hand-over's id."""
    pharmacist = record.acting("pharmacist")
    given = authorise_hand_over(pharmacist, record.patient, request="authorise")
    return record_hand_over(
        pharmacist, record.patient, given.number, days_supply=30, capsules=CAPSULES, request="hand over"
    )


def test_a_hand_over_of_the_pharmacy_is_reversed_there_and_not_corrected_away(record: Record) -> None:
    """Marked as entered in error by the clinic, it would free its test for another month of capsules."""
    dispense = handed_over(record)
    away = {
        "kind": "dispense",
        "date": "2026-03-10",
        "days_supply": 30,
        "withdrawn": True,
        "supersedes": str(dispense),
    }
    with pytest.raises(OfThePharmacy, match="reverse"):
        say(record, away, 1, provenance=Provenance(reason="a slip"))


@pytest.mark.parametrize("by_number", [True, False])
def test_a_clinic_does_not_record_the_reversal_of_what_the_pharmacy_did(
    record: Record, by_number: bool
) -> None:
    dispense = handed_over(record)
    with reading(record.clinic):
        number = HandOverClaim.objects.get().number
    named = {"authorisation": number} if by_number else {"dispense": str(dispense)}
    with pytest.raises(OfThePharmacy, match="reverse"):
        say(record, {"kind": "reversal", "date": "2026-03-10", **named}, 1)


def test_a_fact_that_was_corrected_is_not_corrected_once_more(record: Record) -> None:
    """Two corrections of one fact would both stand; the second one corrects the first one."""
    nurse = record.acting("nurse")
    first = say(record, weight(68))

    def corrected(fact: UUID, kg: float) -> UUID:
        wrong = fact_to_correct(nurse, record.patient, fact)
        return correct_fact(
            nurse,
            wrong,
            {**wrong.says, "kg": kg},
            reason="misread",
            request=str(uuid4()),
            expected=wrong.course.known.seq,
        )

    second = corrected(first, 69.0)
    with pytest.raises(NotInThisRecord, match=str(second)):
        corrected(first, 70.0)
    corrected(second, 70.0)
