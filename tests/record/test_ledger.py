"""Is everything that was recorded kept, in order, once, and told back as it was said?"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial
from uuid import uuid4

import pytest

from isovigil.case.kinds import Weight
from isovigil.exchange.case_file import CaseProblems
from isovigil.storage import ledger
from isovigil.storage.models import Entry, LogState
from isovigil.storage.tenancy import reading, writing
from isovigil.usecases.record.access import NotAllowed
from isovigil.usecases.record.judging import judging_of
from isovigil.usecases.record.patient_case import (
    FactOnRecord,
    NotYetOnRecord,
    OnRecord,
    Provenance,
    on_record,
)
from isovigil.usecases.record.record_facts import NoReason, NotInThisRecord, record_facts
from isovigil.usecases.record.register_patient import put_identity_right, register_patient
from isovigil.usecases.record.requests import ChangedMeanwhile, KeyReused
from isovigil.usecases.record.sign_visit import sign_visit
from tests.record.records import IDENTITY, NOW, Record, at_once, weight
from tests.record.signing import WHATEVER_IS_SHOWN

MINUTE = timedelta(minutes=1)


def known(record: Record, *, known_by: datetime | None = None) -> OnRecord:
    with reading(record.clinic):
        return on_record(record.clinic, record.patient, judging_of(record.clinic), known_by=known_by)


def weights(record: Record, *, known_by: datetime | None = None) -> list[FactOnRecord]:
    return [each for each in known(record, known_by=known_by).facts if isinstance(each.fact, Weight)]


def last_seq(record: Record) -> int:
    return known(record).seq


# --- what is said comes back ---


def test_a_fact_comes_back_with_who_said_it_when_it_was_true_when_it_was_learned_and_whence(record: Record):
    whence = Provenance(
        on_behalf_of="the patient", source="told by telephone", form="visit/3", reason=None, imported=False
    )
    acting = record.acting("nurse", NOW + MINUTE)
    (fact,) = record_facts(
        acting, record.patient, [weight(68.5, "2026-03-09")], request="a", provenance=whence
    )
    told = weights(record)[-1]
    assert told.recorded.id == fact
    assert told.fact.day == date(2026, 3, 9)  # true in the world
    assert told.fact.recorded_at == NOW + MINUTE == told.recorded.recorded_at  # learned here
    assert told.recorded.actor == record.people["nurse"]
    assert told.fact.entered_by == "designee"  # the law's word for a nurse who enters for the prescriber
    assert told.provenance == whence
    assert isinstance(told.fact, Weight)
    assert told.fact.kg == 68.5


def test_a_correction_leaves_what_it_corrects_and_says_why(record: Record):
    (wrong,) = record_facts(record.acting(), record.patient, [weight(86)], request="a")
    why = Provenance(reason="Digits were swapped.")
    right = {**weight(68), "supersedes": str(wrong)}
    record_facts(record.acting(), record.patient, [right], request="b", provenance=why)
    first, second = weights(record)[-2:]
    assert (first.recorded.id, second.fact.supersedes) == (wrong, str(wrong))
    assert second.provenance.reason == "Digits were swapped."


@pytest.mark.parametrize("reason", [None, "", "   "])
def test_a_correction_without_a_reason_is_refused(record: Record, reason: str | None):
    (wrong,) = record_facts(record.acting(), record.patient, [weight(86)], request="a")
    before = len(record.entries())
    right = {**weight(68), "supersedes": str(wrong)}
    with pytest.raises(NoReason):
        record_facts(
            record.acting(), record.patient, [right], request="b", provenance=Provenance(reason=reason)
        )
    with pytest.raises(NoReason):
        sign_visit(
            record.acting("prescriber"),
            record.patient,
            [right],
            form="visit",
            expected=last_seq(record),
            request="c",
            to_sign=WHATEVER_IS_SHOWN,
            reason=reason,
        )
    with pytest.raises(NoReason):
        put_identity_right(
            record.acting(), record.patient, IDENTITY, reason=reason or "", expected=None, request="d"
        )
    assert len(record.entries()) == before


def test_a_fact_of_another_patient_is_not_corrected_from_here(record: Record):
    other = register_patient(record.acting(), IDENTITY, "other")
    (theirs,) = record_facts(record.acting(), other, [weight(86)], request="a")
    right = {**weight(68), "supersedes": str(theirs)}
    with pytest.raises(NotInThisRecord):
        record_facts(
            record.acting(), record.patient, [right], request="b", provenance=Provenance(reason="wrong")
        )


def test_nobody_but_the_clinic_may_say_that_something_was_learned_elsewhere(record: Record):
    pharmacist = record.acting("pharmacist")
    returned = {"kind": "return", "date": "2026-03-10", "recorded_at": "2020-01-01T00:00:00Z"}
    with pytest.raises(NotAllowed):
        record_facts(
            pharmacist, record.patient, [returned], request="a", provenance=Provenance(imported=True)
        )


def test_one_wrong_fact_keeps_the_others_out_too(record: Record):
    before = len(record.entries())
    with pytest.raises(CaseProblems):
        record_facts(record.acting(), record.patient, [weight(), {"kind": "weight"}], request="a")
    assert len(record.entries()) == before
    record_facts(record.acting(), record.patient, [weight()], request="a")  # the key was not used up


# --- the same request twice ---


def test_the_same_request_is_answered_the_same_and_done_once(record: Record):
    first = record_facts(record.acting(), record.patient, [weight()], request="a")
    before = len(record.entries())
    later = record.acting("nurse", NOW + timedelta(days=30))
    assert record_facts(later, record.patient, [weight()], request="a") == first
    assert len(record.entries()) == before


def test_the_same_request_is_answered_also_when_the_record_went_on(record: Record):
    """A retry is judged by whether it was done, not by the version that it meant: it was done."""
    seq = last_seq(record)
    first = record_facts(record.acting(), record.patient, [weight()], request="a", expected=seq)
    record_facts(record.acting(), record.patient, [weight(70)], request="b")
    assert record_facts(record.acting(), record.patient, [weight()], request="a", expected=seq) == first


def test_the_same_key_for_another_request_is_refused(record: Record):
    record_facts(record.acting(), record.patient, [weight(68)], request="a")
    with pytest.raises(KeyReused):
        record_facts(record.acting(), record.patient, [weight(69)], request="a")
    with pytest.raises(KeyReused):
        register_patient(record.acting(), IDENTITY, "a")
    other = record.acting("prescriber")
    assert record_facts(other, record.patient, [weight(69)], request="a")  # keys are each person's own


def test_of_many_simultaneous_requests_with_one_key_one_is_carried_out(record: Record):
    before = len(record.entries())
    answers = at_once([lambda: record_facts(record.acting(), record.patient, [weight()], request="a")] * 8)
    assert len(set(answers)) == 1, answers
    assert isinstance(answers[0], tuple)
    assert len(record.entries()) == before + 1


# --- two people at once ---


def test_whoever_saw_an_older_record_is_told_so(record: Record):
    seq = last_seq(record)
    record_facts(record.acting(), record.patient, [weight(68)], request="a", expected=seq)
    with pytest.raises(ChangedMeanwhile) as refusal:
        record_facts(record.acting("prescriber"), record.patient, [weight(86)], request="b", expected=seq)
    assert (refusal.value.expected, refusal.value.found) == (seq, seq + 1)


def test_of_two_who_saw_the_same_record_one_is_first_and_the_other_is_told(record: Record):
    seq = last_seq(record)
    answers = at_once(
        [
            partial(record_facts, record.acting(), record.patient, [weight()], request=key, expected=seq)
            for key in "abcd"
        ]
    )
    assert sum(isinstance(each, tuple) for each in answers) == 1
    assert sum(isinstance(each, ChangedMeanwhile) for each in answers) == 3


def test_parallel_writers_leave_neither_gap_nor_double_and_time_never_goes_back(record: Record):
    before = len(record.entries())

    def record_five(writer: int) -> None:
        for number in range(5):
            # Each writer's clock is set differently, and one of them runs backwards.
            at = NOW + timedelta(seconds=writer * 7 - number * (11 if writer == 3 else -2))
            record_facts(record.acting("nurse", at), record.patient, [weight()], request=f"{writer}/{number}")

    answers = at_once([partial(record_five, writer) for writer in range(8)])
    assert answers == [None] * 8
    rows = record.entries()
    assert [row.seq for row in rows] == list(range(1, before + 40 + 1))
    assert len({row.id for row in rows}) == len(rows)
    instants = [row.recorded_at for row in rows]
    assert instants == sorted(instants)


def test_a_clock_that_was_set_back_records_nothing_before_what_is_there(record: Record):
    record_facts(record.acting("nurse", NOW + 5 * MINUTE), record.patient, [weight()], request="a")
    record_facts(record.acting("nurse", NOW - 5 * MINUTE), record.patient, [weight()], request="b")
    last, one_before = weights(record)[-1], weights(record)[-2]
    assert last.recorded.recorded_at == one_before.recorded.recorded_at == NOW + 5 * MINUTE


# --- as known on ---


def test_what_was_known_on_a_day_is_what_was_recorded_by_then(record: Record):
    record_facts(
        record.acting("nurse", NOW + MINUTE), record.patient, [weight(86, "2026-03-01")], request="a"
    )
    (wrong,) = [each.recorded.id for each in weights(record)[-1:]]
    right = {**weight(68, "2026-03-01"), "supersedes": str(wrong)}
    record_facts(
        record.acting("nurse", NOW + 3 * MINUTE),
        record.patient,
        [right],
        request="b",
        provenance=Provenance(reason="Digits were swapped."),
    )
    told = [
        [each.fact.kg for each in weights(record, known_by=NOW + after) if isinstance(each.fact, Weight)]
        for after in (MINUTE - timedelta(microseconds=1), MINUTE, 2 * MINUTE, 3 * MINUTE)
    ]
    # 68 kg was weighed in January; 86 and its correction are about 1 March and were learned on the 10th.
    assert told == [[68], [68, 86], [68, 86], [68, 86, 68]]


def test_nothing_is_made_up_about_the_time_before_the_patient_was_on_record(record: Record):
    with pytest.raises(NotYetOnRecord):
        known(record, known_by=NOW - timedelta(days=365))


def test_who_the_patient_is_is_told_as_it_was_known(record: Record):
    import msgspec

    renamed = msgspec.structs.replace(IDENTITY, name="Wilhelmina Newname-Test")
    put_identity_right(
        record.acting("nurse", NOW + MINUTE),
        record.patient,
        renamed,
        reason="She married.",
        expected=None,
        request="a",
    )
    assert known(record).identity == renamed
    assert known(record, known_by=NOW).identity == IDENTITY


# --- the log itself ---


def test_an_entry_whose_id_is_taken_is_refused_and_nothing_moves(record: Record):
    taken = record.entries()[0].id
    before = len(record.entries())
    with reading(record.clinic):
        tree = bytes(LogState.objects.get().tree)
    thing = ledger.ToRecord(taken, ledger.Category.CLINIC, {"kind": "note"})
    with pytest.raises(Exception, match=r"entry_pkey|append-only"), writing(record.clinic):
        ledger.append(record.clinic, None, NOW, [thing])
    assert len(record.entries()) == before
    with reading(record.clinic):
        assert bytes(LogState.objects.get().tree) == tree


def test_nothing_of_a_transaction_that_fails_at_its_end_is_kept(record: Record):
    before = [row.id for row in record.entries()]
    thing = ledger.ToRecord(uuid4(), ledger.Category.CLINIC, {"kind": "note"})

    def append_and_fail() -> None:
        with writing(record.clinic):
            ledger.append(record.clinic, None, NOW, [thing])
            assert Entry.objects.filter(id=thing.id).exists()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        append_and_fail()
    assert [row.id for row in record.entries()] == before
