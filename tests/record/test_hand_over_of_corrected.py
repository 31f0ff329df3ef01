"""Which prescription is handed over where it was corrected, and where the correction was entered in error?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from isovigil.case.kinds import Dispense, Prescription
from isovigil.storage.models import HandOverClaim
from isovigil.storage.tenancy import reading
from isovigil.usecases.record.hand_over import (
    AlreadyAuthorised,
    NoSuchAuthorisation,
    authorise_hand_over,
    record_hand_over,
    reverse_hand_over,
)
from isovigil.usecases.record.judging import judging_of
from isovigil.usecases.record.patient_case import Provenance, on_record
from isovigil.usecases.record.record_facts import record_facts
from tests.record.records import NOW, Record

MINUTE = timedelta(minutes=1)
SAYS = {
    "kind": "prescription",
    "issued_on": "2026-03-05",
    "days_supply": 30,
    "medium": "electronic",
}
AS_FIRST_WRITTEN = {**SAYS, "daily_dose_mg": 30, "capsules": [{"mg": 30, "count": 30}]}
CORRECTED = {**SAYS, "daily_dose_mg": 20, "capsules": [{"mg": 20, "count": 30}]}


def prescription_on_record(record: Record) -> UUID:
    """The one prescription of the patient who is ready for her capsules."""
    with reading(record.clinic):
        known = on_record(record.clinic, record.patient, judging_of(record.clinic))
    (found,) = [each.fact for each in known.facts if isinstance(each.fact, Prescription)]
    return UUID(found.id)


def corrected(record: Record, wrong: UUID, says: dict[str, Any], key: str) -> UUID:
    (entry,) = record_facts(
        record.acting("prescriber", NOW - 10 * MINUTE),
        record.patient,
        [{**says, "supersedes": str(wrong)}],
        request=key,
        provenance=Provenance(reason="asked again"),
    )
    return entry


def authorised(record: Record, key: str = "authorise") -> str:
    return authorise_hand_over(record.acting("pharmacist"), record.patient, request=key).number


def claimed(record: Record, number: str) -> UUID:
    with reading(record.clinic):
        return HandOverClaim.objects.get(clinic=record.clinic, number=number).prescription


def test_a_corrected_prescription_is_handed_over_as_corrected(record: Record):
    correction = corrected(record, prescription_on_record(record), CORRECTED, "correct")
    assert claimed(record, authorised(record)) == correction


def test_a_correction_entered_in_error_corrects_nothing_and_the_first_prescription_is_handed_over(
    record: Record,
):
    first = prescription_on_record(record)
    correction = corrected(record, first, CORRECTED, "correct")
    corrected(record, correction, {**CORRECTED, "withdrawn": True}, "in error")
    number = authorised(record)
    assert claimed(record, number) == first
    handed_over = record_hand_over(
        record.acting("pharmacist"),
        record.patient,
        number,
        days_supply=30,
        capsules=[{"mg": 30, "count": 30}],
        request="hand over",
    )
    with reading(record.clinic):
        known = on_record(record.clinic, record.patient, judging_of(record.clinic))
    assert [each.fact.id for each in known.facts if isinstance(each.fact, Dispense)] == [str(handed_over)]


def test_what_was_authorised_as_corrected_stands_where_the_correction_was_in_error(record: Record):
    """A prescription and its correction are one: else its capsules could be handed over twice."""
    first = prescription_on_record(record)
    correction = corrected(record, first, CORRECTED, "correct")
    number = authorised(record)
    assert claimed(record, number) == correction
    corrected(record, correction, {**CORRECTED, "withdrawn": True}, "in error")
    with pytest.raises(AlreadyAuthorised):
        authorised(record, "again")
    with pytest.raises(NoSuchAuthorisation):
        record_hand_over(
            record.acting("pharmacist"),
            record.patient,
            number,
            days_supply=30,
            capsules=[{"mg": 20, "count": 30}],
            request="hand over",
        )
    reverse_hand_over(record.acting("pharmacist"), record.patient, number, reason="in error", request="back")
    assert claimed(record, authorised(record, "anew")) == first


def test_of_two_corrections_one_after_the_other_the_last_is_handed_over(record: Record):
    once = corrected(record, prescription_on_record(record), CORRECTED, "correct")
    twice = corrected(record, once, AS_FIRST_WRITTEN, "correct again")
    assert claimed(record, authorised(record)) == twice
