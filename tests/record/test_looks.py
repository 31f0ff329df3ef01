"""Is each look at a record kept once, and none lost?"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from isovigil.storage.models import BreakGlass, ReadEvent
from isovigil.storage.tenancy import reading, writing
from isovigil.usecases.record.acting import Acting
from isovigil.usecases.record.reads import ONE_LOOK_LASTS, note_read
from isovigil.usecases.record.visit_read import read_visit
from tests.record.records import NOW, Record, a_patient

SECOND = timedelta(seconds=1)


def looks(record: Record) -> list[tuple[datetime, str]]:
    with reading(record.clinic):
        rows = ReadEvent.objects.filter(clinic=record.clinic).order_by("id")
        return list(rows.values_list("read_at", "page"))


def looked(record: Record, *ats: datetime, page: str = "visit") -> None:
    for at in ats:
        note_read(record.acting("nurse", at), record.patient, page)


def test_a_visit_that_asks_at_every_answer_is_one_look(record: Record):
    for answer in range(20):
        read_visit(record.acting("nurse", NOW + answer * 5 * SECOND), record.patient)
    assert looks(record) == [(NOW, "visit")]


def test_a_look_lasts_ten_minutes_and_then_another_begins(record: Record):
    assert timedelta(minutes=10) == ONE_LOOK_LASTS
    last = NOW + ONE_LOOK_LASTS - SECOND
    looked(record, NOW, last)
    assert looks(record) == [(NOW, "visit")]
    looked(record, NOW + ONE_LOOK_LASTS)
    assert looks(record) == [(NOW, "visit"), (NOW + ONE_LOOK_LASTS, "visit")]


def test_who_keeps_a_page_open_is_kept_again_and_again(record: Record):
    """Asked every minute for an hour: at 0, 10, 20, 30, 40 and 50 minutes a look begins."""
    looked(record, *(NOW + timedelta(minutes=minute) for minute in range(60)))
    assert [at for at, _ in looks(record)] == [NOW + timedelta(minutes=each) for each in range(0, 60, 10)]


def test_another_page_person_role_or_patient_is_another_look(record: Record):
    other = a_patient(record)
    nurse, prescriber = record.acting("nurse"), record.acting("prescriber")
    for acting, patient, page in (
        (nurse, record.patient, "visit"),
        (nurse, record.patient, "plan"),
        (prescriber, record.patient, "visit"),
        (nurse._replace(role="coordinator"), record.patient, "visit"),
        (nurse, other, "visit"),
    ):
        note_read(acting, patient, page)
        note_read(acting, patient, page)
    assert len(looks(record)) == 5


def test_under_broken_glass_every_look_is_kept(record: Record):
    looked(record, NOW)
    opened = under_broken_glass(record)
    for seconds in range(3):
        note_read(opened._replace(at=NOW + seconds * SECOND), record.patient, "visit")
    assert len(looks(record)) == 4


def test_a_look_under_broken_glass_stands_for_no_other(record: Record):
    note_read(under_broken_glass(record), record.patient, "visit")
    looked(record, NOW + SECOND)
    assert len(looks(record)) == 2


def test_a_look_of_later_does_not_stand_for_one_before_it(record: Record):
    """As after a clock was set back."""
    looked(record, NOW, NOW - SECOND)
    assert len(looks(record)) == 2


def under_broken_glass(record: Record) -> Acting:
    nurse = record.acting("nurse")
    entry: UUID = uuid4()
    with writing(record.clinic):
        BreakGlass.objects.create(
            id=entry,
            clinic_id=record.clinic,
            patient_id=record.patient,
            person_id=nurse.person,
            reason="An emergency",
            opened_at=NOW,
            ends_at=NOW + timedelta(hours=1),
        )
    return nurse._replace(break_glass=entry)
