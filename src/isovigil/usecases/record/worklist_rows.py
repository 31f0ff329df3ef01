"""How does the worklist stay true without judging everybody at every look?

A row is kept until the first instant at which it may no longer be so (the review's `holds_until`), until
something is recorded about the patient, or until another policy is adopted. Then it is worked out again.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from django.db.models import Q

from isovigil.calendar.window import first_instant
from isovigil.decisions.review import Review, ReviewNotPossible
from isovigil.law.refusal import NoRuleInForce
from isovigil.proof.entries import SALT_BYTES
from isovigil.proof.sealing import NONCE_BYTES, Belonging, DoesNotOpen, Opened, open_payload, seal_payload
from isovigil.storage import ledger
from isovigil.storage.models import Clinic, Entry, PatientRecord, WorklistRow
from isovigil.storage.patient_keys import data_keys_that_open
from isovigil.storage.tenancy import reading, writing
from isovigil.usecases.record.acting import Acting
from isovigil.usecases.record.judging import Judging, judge_now, judging_of
from isovigil.usecases.record.patient_case import DamagedRecord, Identity, identity_told_by, told_by
from isovigil.usecases.record.requests import hold_the_log
from isovigil.usecases.record.worklist_prepared import due_to_follow, take_over
from isovigil.usecases.worklist import CLOSING_WITHIN, GROUPS, Row, row_of
from isovigil.usecases.worklist_days import NOT_JUDGED
from isovigil.usecases.worklist_words import slack

AT_ONCE: Final = 25
"""So many patients are worked out in one transaction, so that nobody waits long for the log."""
_MEANWHILE: Final = timedelta(seconds=60)
"""So long a request may take (gunicorn ends it then): what another worked out while it ran stands for it too.
A row of a later moment than that was worked out before a clock was set back."""
_LAST: Final = "9999"
DOES_NOT_VERIFY: Final = "The record of this patient does not verify: what is kept is not what was recorded."
_TELL_WHO_RUNS_IT: Final = "Hold treatment, and tell whoever runs this system at once"
_ASK_WHICH_RULES: Final = "Hold treatment, and ask which rules apply to this patient"


class Line(NamedTuple):
    """One line of the worklist: the row, and who it is about."""

    patient: UUID
    row: Row
    second_id: str
    language: str | None = None
    """The patient's; None where it cannot be read."""


class _Kept(msgspec.Struct, frozen=True):
    """What is sealed of a line."""

    row: Row
    second_id: str
    language: str | None = None


def refresh_worklist(acting: Acting, *, everything: bool = False) -> int:
    """Work out every row that is missing or may no longer be so; how many that were.

    What was prepared for this time takes its place first, and need not be worked out. `everything` works out
    all of them from the log, as after the projections were thrown away.
    """
    with reading(acting.clinic, acting.person):
        judging = judging_of(acting.clinic)
        is_prepared = due_to_follow(acting.clinic, acting.at, judging.adoption).exists()
    if is_prepared:
        with writing(acting.clinic, acting.person):
            hold_the_log(acting)
            take_over(acting.clinic, acting.at, judging.adoption)
    with reading(acting.clinic, acting.person):
        stale = stale_lines(acting, judging, everything=everything)
    for begin in range(0, len(stale), AT_ONCE):
        some = stale[begin : begin + AT_ONCE]
        with writing(acting.clinic, acting.person):
            hold_the_log(acting)  # or an entry added meanwhile would mark a row that is then written over
            if not everything:  # while this one waited for the log, another request may have done the work
                still = set(stale_lines(acting, judging))
                some = [each for each in some if each in still]
            _keep(acting, judging, some)
    return len(stale)


def stale_lines(acting: Acting, judging: Judging, *, everything: bool = False) -> list[UUID]:
    """Whose line is missing, has run out, was marked by a new entry, or is another policy's.

    Call inside `tenancy.reading` or `tenancy.writing`.
    """
    everybody = PatientRecord.objects.filter(clinic=acting.clinic, patientkey__destroyed_at=None)
    stale = Q(worklistrow=None) | Q(worklistrow__holds_until__lte=acting.at)
    stale |= Q(worklistrow__worked_out_at__gt=acting.at + _MEANWHILE)
    if judging.adoption is None:
        stale |= Q(worklistrow__adoption__isnull=False)
    else:
        stale |= Q(worklistrow__adoption=None) | ~Q(worklistrow__adoption=judging.adoption)
    wanted = everybody if everything else everybody.filter(stale)
    return list(wanted.order_by("id").values_list("id", flat=True))


def _keep(acting: Acting, judging: Judging, patients: Sequence[UUID]) -> None:
    kept = rows_worked_out(acting, judging, patients)
    WorklistRow.objects.bulk_create(
        kept, update_conflicts=True, unique_fields=["patient"], update_fields=_REPLACED
    )


def rows_worked_out(acting: Acting, judging: Judging, patients: Sequence[UUID]) -> list[WorklistRow]:
    """The rows of patients as of the moment of `acting`, sealed and not yet kept.

    Call inside `tenancy.writing`, holding the log.
    """
    if not patients:
        return []
    keys, damaged = data_keys_that_open(acting.clinic, list(patients))
    zone_name = Clinic.objects.values_list("time_zone", flat=True).get(id=acting.clinic)
    rows_of = ledger.rows_about_many(acting.clinic, list(keys))
    unread = [_does_not_verify(acting, patient, zone_name, None) for patient in damaged]
    rows = [_row_of(acting, judging, line, b"") for line in unread]  # without its key nothing can be sealed
    for patient, key in keys.items():
        worked_out = _worked_out(acting, judging, patient, zone_name, rows_of[patient], key)
        rows.append(_sealed(acting, judging, worked_out, key))
    return rows


_REPLACED: Final = (
    "clinic",
    "worked_out_at",
    "holds_until",
    "up_to_seq",
    "adoption",
    "group",
    "order",
    "owner",
    "sealed",
    "next_from",
    "next_until",
    "next_sealed",
)
"""What was prepared goes with the row it was prepared beside: both may be wrong for the same reason."""


class _WorkedOut(NamedTuple):
    """A line, and until when it stands."""

    patient: UUID
    row: Row
    second_id: str
    up_to_seq: int
    holds_until: datetime
    language: str | None = None


def _worked_out(
    acting: Acting, judging: Judging, patient: UUID, zone_name: str, rows: Sequence[Entry], key: bytes
) -> _WorkedOut:
    """One patient's line. One record that cannot be read or judged says so on its own line, in safety."""
    at = acting.at.astimezone(ZoneInfo(zone_name))
    try:
        known = told_by((ledger.recorded(row, key) for row in rows), patient, zone_name, judging)
    except (DamagedRecord, DoesNotOpen):
        return _does_not_verify(acting, patient, zone_name, _who_it_still_says(rows, key))
    who = known.identity
    try:
        review = judge_now(known.case, judging, acting)
    except (NoRuleInForce, ReviewNotPossible) as refusal:
        row = _not_judged(patient, who.name, at, str(refusal), _ASK_WHICH_RULES)
        return _WorkedOut(patient, row, who.second_id, known.seq, next_midnight(at), who.language)
    row = row_of(known.case, review, name=who.name)
    return _WorkedOut(patient, row, who.second_id, known.seq, _holds_until(review, row, at), who.language)


def _who_it_still_says(rows: Sequence[Entry], key: bytes) -> Identity | None:
    """The last entry that says who the patient is and still opens: a person must know whose record it is."""
    for row in reversed(rows):
        if row.category == ledger.Category.IDENTITY:
            with suppress(DamagedRecord, DoesNotOpen):
                return identity_told_by(ledger.recorded(row, key))
    return None


def _does_not_verify(acting: Acting, patient: UUID, zone_name: str, identity: Identity | None) -> _WorkedOut:
    """The line of a record that is not what was checked in; without a name, its own number tells it apart."""
    at = acting.at.astimezone(ZoneInfo(zone_name))
    name = None if identity is None else identity.name
    second_id = f"record {str(patient)[:8]}" if identity is None else identity.second_id
    row = _not_judged(patient, name, at, DOES_NOT_VERIFY, _TELL_WHO_RUNS_IT)
    return _WorkedOut(patient, row, second_id, 0, next_midnight(at))


def work_out_again(acting: Acting, patient: UUID) -> None:
    """Have a line worked out at the next look, as when its record was found not to verify meanwhile."""
    with writing(acting.clinic, acting.person):
        WorklistRow.objects.filter(clinic=acting.clinic, patient=patient).update(
            holds_until=acting.at, next_from=None, next_sealed=None
        )


def _sealed(acting: Acting, judging: Judging, line: _WorkedOut, key: bytes) -> WorklistRow:
    told = msgspec.to_builtins(_Kept(line.row, line.second_id, line.language))
    kept = Opened(secrets.token_bytes(SALT_BYTES), told)
    nonce = secrets.token_bytes(NONCE_BYTES)
    sealed = seal_payload(key, nonce, _belonging(acting.clinic, line.patient), kept)
    return _row_of(acting, judging, line, sealed)


def _row_of(acting: Acting, judging: Judging, line: _WorkedOut, sealed: bytes) -> WorklistRow:
    return WorklistRow(
        patient_id=line.patient,
        clinic_id=acting.clinic,
        worked_out_at=acting.at,
        holds_until=line.holds_until,
        up_to_seq=line.up_to_seq,
        adoption_id=judging.adoption,
        group=line.row.group,
        order=_order(line.row),
        owner=line.row.whose_move or "",
        sealed=sealed,
    )


def _not_judged(patient: UUID, name: str | None, at: datetime, why: str, step: str) -> Row:
    """A row that says why this patient could not be judged: never missing, never a pass."""
    return Row(
        patient=str(patient),
        case_file="",
        name=name,
        group="safety",
        gate=None,
        verdict="hold",
        reason=why,
        more_reasons=0,
        rule=None,
        next_step=step,
        whose_move="prescriber",
        opens_on=None,
        deadline=None,
        slack=None,
        judged_on=at.date(),
        course_number=0,
        course_day=None,
        other_reading=None,
        no_day=NOT_JUDGED,
    )


def _holds_until(review: Review, row: Row, at: datetime) -> datetime:
    """Until when the line stands: its review, and its group, which moves with the clock."""
    ends = [next_midnight(at)]
    if review.holds_until is not None:
        ends.append(review.holds_until)
    if row.deadline is not None:
        turns = (row.deadline.at - CLOSING_WITHIN, row.deadline.at + timedelta(seconds=1))
        ends += [turn for turn in turns if turn > at]
    return min(ends)


def next_midnight(at: datetime) -> datetime:
    """The first instant of the day after one, in UTC: then the day of the course and the days left change.

    `at` is told in the clinic's own zone. Where the clocks skip midnight, it is when the day begins.
    """
    return first_instant(at.date() + timedelta(days=1), ZoneInfo(str(at.tzinfo))).astimezone(UTC)


def _order(row: Row) -> str:
    """What sorts as `usecases.worklist` orders rows: group, then what is due first."""
    deadline = _LAST if row.deadline is None else f"{row.deadline.at:%Y-%m-%dT%H:%M}"
    opens_on = "" if row.opens_on is None else row.opens_on.isoformat()
    severity = {"stop": "0", "hold": "1", "waiting": "2", "ready": "3"}.get(row.verdict or "", "4")
    group = GROUPS.index(row.group)
    if row.group == "safety":
        return f"{group} {severity} {deadline} {row.patient}"
    if row.group == "waiting":
        return f"{group} {opens_on} {deadline} {severity} {row.patient}"
    return f"{group} {deadline} {severity} {row.patient}"


def _belonging(clinic: UUID, patient: UUID) -> Belonging:
    return Belonging(clinic=str(clinic), fact=str(patient), category="worklist")


def worklist_lines(acting: Acting, rows: Iterable[WorklistRow]) -> list[Line]:
    """What kept rows say, opened; call inside `tenancy.reading`.

    Instants stand in the clinic's zone, and how long is left is told for the moment of the request.
    """
    listed = list(rows)
    zone = ZoneInfo(Clinic.objects.values_list("time_zone", flat=True).get(id=acting.clinic))
    keys, damaged = data_keys_that_open(acting.clinic, [row.patient_id for row in listed])
    lines = []
    for row in listed:
        if row.patient_id in damaged:
            told = _does_not_verify(acting, row.patient_id, str(zone), None)
            lines.append(Line(row.patient_id, told.row, told.second_id))
        key = keys.get(row.patient_id)
        if key is not None:
            opened = open_payload(key, _belonging(acting.clinic, row.patient_id), bytes(row.sealed))
            kept = msgspec.convert(opened.payload, _Kept)
            now = _told_now(kept.row, acting.at.astimezone(zone))
            lines.append(Line(row.patient_id, now, kept.second_id, kept.language))
    return lines


def _told_now(row: Row, at: datetime) -> Row:
    end = row.deadline
    if end is None:
        return row
    here = msgspec.structs.replace(end, at=end.at.astimezone(at.tzinfo))
    return msgspec.structs.replace(
        row, deadline=here, slack=slack(here.at, at, is_whole_day=end.is_whole_day)
    )
