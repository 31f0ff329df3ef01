"""Can what was recorded be read without the keys, or after its person was erased?"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.sessions.backends.db import SessionStore
from pytest_django import Settings

from isovigil.proof.canonical import canonical
from isovigil.proof.sealing import DoesNotOpen, repeated_nonces
from isovigil.storage import ledger
from isovigil.storage.keys import NoKeys, add_master_key, keys, make_keys
from isovigil.storage.models import (
    Draft,
    IdempotencyKey,
    Invitation,
    Membership,
    PatientKey,
    Person,
    WorklistRow,
)
from isovigil.storage.patient_keys import Erased, rewrap_keys
from isovigil.storage.tenancy import reading, writing
from isovigil.usecases.record.check_log import check_log
from isovigil.usecases.record.clinics import add_member, add_person
from isovigil.usecases.record.drafts import draft_of, save_draft
from isovigil.usecases.record.erase_patient import erase_patient
from isovigil.usecases.record.hand_over import authorise_hand_over
from isovigil.usecases.record.judging import judging_of
from isovigil.usecases.record.patient_case import on_record
from isovigil.usecases.record.record_facts import record_facts
from isovigil.usecases.record.register_patient import put_identity_right, register_patient
from isovigil.usecases.record.replay_record import replay_record
from isovigil.usecases.record.sign_log import sign_head
from isovigil.usecases.record.worklist_rows import refresh_worklist, worklist_lines
from tests.record.records import IDENTITY, NOW, ON_SQLITE, Record, a_patient, the_keys, weight
from tests.record.test_export import exported

POSITIVE = {
    "kind": "pregnancy_test",
    "taken_on": "2026-03-10",
    "result": "positive",
    "setting": "laboratory",
    "specimen": "serum",
}
TELLING = (
    b"Quillfeather",
    b"QX-70551",
    b"positive",
    b"2001-11-27",
    b"pregnancy_test",
    b"iud_copper",
    b"serum",
)


def fill(record: Record) -> None:
    """Something about the patient in every place that keeps anything about patients."""
    nurse = record.acting()
    authorise_hand_over(record.acting("pharmacist"), record.patient, request="a")
    record_facts(nurse, record.patient, [POSITIVE], request="b")
    put_identity_right(nurse, record.patient, IDENTITY, reason="misspelt", expected=None, request="c")
    save_draft(nurse, record.patient, "visit", {"said": "Quillfeather, positive, serum"})
    refresh_worklist(nurse)
    person = add_person(IDENTITY.name, "wilhelmina@patient.example", NOW)
    add_member(record.clinic, person, "patient", NOW, by=None, patient=record.patient)
    record.people["patient"] = person


def bytes_on_disk(record: Record) -> bytes:
    """Every byte that the database wrote: the file, or every file of the server's database and its log."""
    if record.server is None:
        place = Path(record.address.removeprefix("sqlite://"))
        return b"".join(each.read_bytes() for each in place.parent.glob(f"{place.name}*"))
    with record.server.as_superuser(record.name) as database:
        database.execute("CHECKPOINT")
        (number,) = database.execute(
            "SELECT oid FROM pg_database WHERE datname = current_database()"
        ).fetchone() or (0,)
    files = (record.server.data / "base" / str(number)).iterdir()
    return b"".join(each.read_bytes() for each in files)


def test_no_byte_of_the_database_tells_what_was_recorded_about_a_patient(record: Record):
    nurse = record.acting()
    authorise_hand_over(record.acting("pharmacist"), record.patient, request="a")
    record_facts(nurse, record.patient, [POSITIVE], request="b")
    save_draft(nurse, record.patient, "visit", {"said": "Quillfeather, positive, serum"})
    refresh_worklist(nurse)
    on_disk = bytes_on_disk(record)
    assert record.patient.bytes.hex().encode() in on_disk or record.patient.bytes in on_disk
    assert [word for word in TELLING if word in on_disk] == []


def test_the_search_above_finds_what_is_in_the_clear(record: Record):
    """The clinic's own name is no secret, and the same search sees it."""
    assert b"A clinic" in bytes_on_disk(record)


def test_the_hash_of_a_request_cannot_be_tried_out(record: Record):
    """Whoever knows every field but "positive" or "negative" needs the patient's key to find out which."""
    record_facts(record.acting(), record.patient, [POSITIVE], request="b")
    asked = {
        "what": "record_facts",
        "patient": str(record.patient),
        "facts": [POSITIVE],
        "provenance": {},
    }
    with reading(record.clinic):
        kept = bytes(IdempotencyKey.objects.get(key="b").request_hash)
        assert kept == ledger.request_hash(record.clinic, record.patient, asked)  # the guess is right
        assert kept != ledger.request_hash(record.clinic, None, asked)  # and of no use without the key
    assert kept != hashlib.sha256(canonical(asked)).digest()


def test_without_the_master_key_nothing_opens(record: Record, tmp_path: Path, settings: Settings):
    make_keys(tmp_path / "other keys")
    settings.ISOVIGIL_KEYS = tmp_path / "other keys"
    with pytest.raises(DoesNotOpen), reading(record.clinic):
        on_record(record.clinic, record.patient, judging_of(record.clinic))
    settings.ISOVIGIL_KEYS = tmp_path / "none"
    with pytest.raises(NoKeys), reading(record.clinic):
        on_record(record.clinic, record.patient, judging_of(record.clinic))


def test_no_nonce_is_used_twice_under_a_key(record: Record):
    a_patient(record)
    for number in range(5):
        save_draft(record.acting(), record.patient, "visit", {"kg": number})
    refresh_worklist(record.acting())
    sealed = [bytes(row.sealed) for row in record.entries() if row.patient_id is not None]
    with reading(record.clinic):
        sealed += [bytes(row.sealed) for row in Draft.objects.all()]
        sealed += [bytes(row.sealed) for row in WorklistRow.objects.all()]
    assert repeated_nonces(sealed) == ()


# --- another master key ---


def test_a_new_master_key_wraps_new_keys_at_once_and_old_ones_when_asked(record: Record):
    before = {row.patient_id: row.wrapped for row in patient_keys(record)}
    old = keys().newest
    new = add_master_key(the_keys())
    assert keys().newest == new != old  # found while running
    later = register_patient(record.acting(), IDENTITY, "later")
    with writing(record.clinic):
        assert rewrap_keys(record.clinic) == len(before)
        assert rewrap_keys(record.clinic) == 0
    after = {row.patient_id: row.wrapped for row in patient_keys(record)}
    assert all(after[patient] != wrapped for patient, wrapped in before.items())
    for file in sorted(the_keys().glob("master-*.key"))[:1]:
        file.unlink()  # the old key is not needed any more
    for patient in (record.patient, later):
        with reading(record.clinic):
            assert on_record(record.clinic, patient, judging_of(record.clinic)).identity == IDENTITY
    assert check_log(record.clinic).faults == ()


def patient_keys(record: Record) -> list[PatientKey]:
    with reading(record.clinic):
        return list(PatientKey.objects.filter(clinic=record.clinic))


# --- erasure ---


@pytest.fixture
def erased(record: Record) -> Record:
    """A record whose patient was in every part of it, and was erased."""
    fill(record)
    sign_head(record.clinic, NOW)
    erase_patient(
        record.acting("administrator", NOW + timedelta(hours=1)), record.patient, reason="asked to be"
    )
    return record


def test_nothing_about_an_erased_patient_can_be_read_or_added(erased: Record):
    nurse = erased.acting("nurse", NOW + timedelta(hours=2))
    with reading(erased.clinic):
        entries = ledger.entries_about(erased.clinic, erased.patient)
        assert entries
        assert all(each.is_erased and each.payload is None for each in entries)
        assert not Draft.objects.filter(patient=erased.patient).exists()
        assert not WorklistRow.objects.filter(patient=erased.patient).exists()
    with pytest.raises(Erased), reading(erased.clinic):
        on_record(erased.clinic, erased.patient, judging_of(erased.clinic))
    with pytest.raises(Erased):
        record_facts(nurse, erased.patient, [weight()], request="after")
    with pytest.raises(Erased):
        record_facts(nurse, erased.patient, [POSITIVE], request="b")  # a retry is not answered either
    with pytest.raises(Erased):
        save_draft(nurse, erased.patient, "visit", {})
    with pytest.raises(Erased):
        authorise_hand_over(erased.acting("pharmacist"), erased.patient, request="after")
    with pytest.raises(Erased):
        erase_patient(erased.acting("administrator"), erased.patient, reason="again")
    assert draft_of(nurse, erased.patient, "visit") is None


def test_the_others_are_read_as_before(record: Record):
    other = a_patient(record)
    fill(record)
    erase_patient(record.acting("administrator"), record.patient, reason="asked to be")
    refresh_worklist(record.acting())
    with reading(record.clinic):
        assert on_record(record.clinic, other, judging_of(record.clinic)).identity == IDENTITY
        lines = worklist_lines(record.acting(), WorklistRow.objects.all())
    assert [line.patient for line in lines] == [other]


def test_the_proof_stands_and_the_replay_says_erased(erased: Record, tmp_path: Path):
    checked = check_log(erased.clinic)
    about = [row for row in erased.entries() if row.patient_id == erased.patient]
    assert checked.faults == ()
    assert checked.erased == len(about)
    done, code, said = exported(erased, tmp_path / "export", "payloads")
    assert (code, done.faults) == (0, ()), said
    text = (tmp_path / "export/log.jsonl").read_text("utf-8")
    assert "Quillfeather" not in text
    told = replay_record(erased.acting(at=NOW + timedelta(days=1)), erased.patient)
    assert told.replay is None
    assert told.erased is not None
    assert (told.erased.at, told.erased.entries) == (NOW + timedelta(hours=1), len(about))
    assert str(told.erased).startswith("Erased on 10 March 2026: ")


def test_before_it_the_replay_judges_each_act(record: Record):
    told = replay_record(record.acting(), record.patient)
    assert told.erased is None
    assert told.replay is not None
    assert [(act.kind, str(act.on), act.judged) for act in told.replay.acts] == [
        ("prescription", "2026-03-05", "right")
    ]


def test_an_erased_patients_account_goes_and_a_carers_stays(record: Record):
    fill(record)
    carer = add_person("Ines", "ines@carer.example", NOW)
    add_member(record.clinic, carer, "carer", NOW, by=None, patient=record.patient)
    session = SessionStore()
    session["_auth_user_id"] = str(record.people["patient"])
    session.save()
    erase_patient(record.acting("administrator"), record.patient, reason="asked to be")
    gone, stays = (Person.objects.get(id=each) for each in (record.people["patient"], carer))
    assert (gone.name, gone.is_active, gone.has_usable_password()) == ("", False, False)
    assert gone.email.endswith("@erased.invalid")
    assert (stays.name, stays.is_active) == ("Ines", True)
    with reading(record.clinic):
        assert not Membership.objects.filter(patient=record.patient, ended_at=None).exists()
        assert not Invitation.objects.filter(patient=record.patient).exclude(name="").exists()


def test_the_account_of_somebody_who_has_another_role_stays(record: Record):
    fill(record)
    add_member(record.clinic, record.people["patient"], "nurse", NOW, by=None)
    erase_patient(record.acting("administrator"), record.patient, reason="asked to be")
    assert Person.objects.get(id=record.people["patient"]).name == IDENTITY.name


@ON_SQLITE
def test_no_byte_of_the_file_holds_the_key_or_the_name_once_they_are_erased(record: Record):
    """SQLite would leave what was overwritten in its free pages; it is told to wipe them."""
    fill(record)
    wrapped = {row.patient_id: dict(row.wrapped or {}) for row in patient_keys(record)}
    key = str(wrapped[record.patient]["wrapped"]).encode()
    assert key in bytes_on_disk(record)
    assert b"Quillfeather" in bytes_on_disk(record)  # the account's name, needed to sign in
    erase_patient(record.acting("administrator"), record.patient, reason="asked to be")
    on_disk = bytes_on_disk(record)
    assert key not in on_disk
    assert [word for word in (*TELLING, b"wilhelmina@patient") if word in on_disk] == []


def test_what_names_an_erased_patient_is_the_id_alone(erased: Record):
    with erased.owner() as database:
        if erased.server is not None:
            database.execute("SELECT set_config('isovigil.clinic', %s, false)", [str(erased.clinic)])
        rows = database.execute("SELECT sealed FROM entry WHERE patient_id IS NULL").fetchall()
    told = b"".join(bytes(sealed) for (sealed,) in rows)
    assert b"Quillfeather" not in told
    assert str(erased.patient).encode() in told  # the entry of the erasure
