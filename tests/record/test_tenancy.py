"""Can one clinic ever see, or touch, a row of another?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.apps import apps
from django.db import DatabaseError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from isovigil.storage import guards
from isovigil.storage.models import Clinic, Draft, Entry, Membership, PatientKey, ReadEvent
from isovigil.storage.tenancy import AnotherTransaction, every_clinic, reading, writing
from isovigil.usecases.record.acting import Acting
from isovigil.usecases.record.clinics import add_member, register_clinic
from isovigil.usecases.record.drafts import save_draft
from isovigil.usecases.record.members import roles_of
from isovigil.usecases.record.reads import note_read
from isovigil.usecases.record.record_facts import record_facts
from isovigil.usecases.record.register_patient import register_patient
from isovigil.usecases.record.sign_log import sign_head
from isovigil.usecases.record.worklist_rows import refresh_worklist
from tests.profiles import how_many
from tests.record.records import IDENTITY, NOW, ON_POSTGRESQL, ON_SQLITE, Record, at_once, weight

OF_ONE_CLINIC = (*guards.OF_ONE_CLINIC, "clinic")


def tables_with_a_clinic() -> set[str]:
    """By the models: every table with a column `clinic_id`, and the clinics themselves."""
    named = {
        model._meta.db_table
        for model in apps.get_app_config("storage").get_models()
        if any(field.column == "clinic_id" for field in model._meta.local_concrete_fields)
    }
    return named | {"clinic"}


def rows(database: Any, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = database.execute(statement, values).fetchall()
    return found


@ON_POSTGRESQL
def test_every_table_with_a_clinic_is_under_forced_row_level_security(record: Record):
    with record.owner() as database:
        in_catalogue = {
            name
            for (name,) in rows(
                database,
                "SELECT table_name FROM information_schema.columns "
                "WHERE column_name = 'clinic_id' AND table_schema = 'public'",
            )
        }
        forced = {
            name
            for (name,) in rows(
                database, "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity"
            )
        }
        policies = rows(database, "SELECT tablename, cmd FROM pg_policies")
    assert in_catalogue | {"clinic"} == tables_with_a_clinic() == set(OF_ONE_CLINIC)
    assert forced == tables_with_a_clinic()
    for table in forced:
        acts = {act for name, act in policies if name == table}
        assert acts == {"SELECT", "INSERT", "UPDATE", "DELETE"}, table


@ON_POSTGRESQL
def test_a_row_that_names_another_row_names_one_of_its_own_clinic(record: Record):
    """A reference is checked past row-level security, so each carries the clinic with it."""
    with record.owner() as database:
        references = rows(
            database,
            """SELECT conrelid::regclass::text, confrelid::regclass::text,
                   array(SELECT attname::text FROM unnest(conkey) AS k
                         JOIN pg_attribute ON attrelid = conrelid AND attnum = k)
               FROM pg_constraint WHERE contype = 'f'""",
        )
    of_clinics = tables_with_a_clinic() - {"clinic"}
    bound = {
        (table, named, column)
        for table, named, columns in references
        if "clinic_id" in columns
        for column in columns
    }
    for table, named, columns in references:
        if table in of_clinics and named in of_clinics and "clinic_id" not in columns:
            assert (table, named, columns[0]) in bound, f"{table}.{columns[0]} may name another clinic's row"


@ON_POSTGRESQL
def test_without_a_clinic_no_row_of_any_table_is_seen(record: Record):
    note_read(record.acting(), record.patient, "course")
    sign_head(record.clinic, NOW)
    for connect in (record.as_app, record.owner):
        with connect() as database:
            for table in OF_ONE_CLINIC:
                assert rows(database, f"SELECT count(*) FROM {table}") == [(0,)], table


@ON_POSTGRESQL
def test_the_clinic_does_not_outlive_its_transaction(record: Record):
    """A pooled connection must not show the next request what the last one was allowed to see."""
    with reading(record.clinic):
        assert Entry.objects.exists()
    assert not Entry.objects.exists()
    with writing(record.clinic):
        assert Entry.objects.exists()
    assert not Entry.objects.exists()
    assert every_clinic() == [record.clinic]
    assert not Clinic.objects.exists()


@dataclass
class Two:
    """Two clinics of one database, and somebody in each."""

    record: Record
    other: UUID
    others_nurse: Acting
    others_patient: UUID


@pytest.fixture
def two(record: Record) -> Two:
    return second_clinic(record)


def second_clinic(record: Record) -> Two:
    other = register_clinic("Another clinic", "Europe/Berlin", "eu_ppp", "balanced", NOW)
    add_member(other, record.people["nurse"], "nurse", NOW, by=None)
    nurse = record.acting(clinic=other)
    return Two(record, other, nurse, register_patient(nurse, IDENTITY, "theirs"))


@ON_POSTGRESQL
def test_another_clinics_rows_are_neither_added_nor_changed_nor_taken_away(two: Two):
    record = two.record
    with record.as_app() as database:
        database.execute("SELECT set_config('isovigil.clinic', %s, false)", [str(record.clinic)])
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
            database.execute(
                "INSERT INTO patient_record (id, clinic_id, registered_at) VALUES (%s, %s, now())",
                [uuid4(), two.other],
            )
        changed = database.execute(
            "UPDATE patient_key SET wrapped = NULL WHERE clinic_id = %s", [two.other]
        ).rowcount
        gone = database.execute("DELETE FROM draft WHERE clinic_id = %s", [two.other]).rowcount
        assert (changed, gone) == (0, 0)
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
            database.execute(
                "UPDATE patient_key SET clinic_id = %s WHERE patient_id = %s", [two.other, record.patient]
            )


@ON_POSTGRESQL
def test_nothing_is_recorded_at_one_clinic_about_another_clinics_patient(two: Two):
    nurse = two.record.acting()
    with pytest.raises(PatientKey.DoesNotExist):
        record_facts(nurse, two.others_patient, [weight()], request="a")
    with pytest.raises(PatientKey.DoesNotExist):
        save_draft(nurse, two.others_patient, "visit", {"kg": 68})
    with pytest.raises(DatabaseError, match="patient_id_of_the_same_clinic"):
        note_read(nurse, two.others_patient, "course")
    with reading(two.other):
        assert not ReadEvent.objects.exists()
        assert not Draft.objects.exists()


@ON_POSTGRESQL
def test_somebody_with_roles_at_two_clinics_sees_both_roles_and_each_clinics_rows_alone(two: Two):
    nurse = two.record.people["nurse"]
    assert {role.clinic for role in roles_of(nurse)} == {two.record.clinic, two.other}
    with reading(two.other):
        assert set(Entry.objects.values_list("clinic", flat=True)) == {two.other}
        assert set(Membership.objects.values_list("clinic", flat=True)) == {two.other}


@ON_SQLITE
def test_an_embedded_database_holds_one_clinic(record: Record):
    with pytest.raises(DatabaseError, match="an embedded database holds one clinic"):
        register_clinic("Another clinic", "Europe/Berlin", "eu_ppp", "balanced", NOW)
    assert every_clinic() == [record.clinic]


def test_nothing_is_written_while_reading(record: Record):
    """Neither lost in silence nor kept in secret: refused."""
    with pytest.raises(DatabaseError, match=r"readonly|read-only"), reading(record.clinic):
        ReadEvent.objects.create(
            clinic_id=record.clinic,
            patient_id=record.patient,
            person_id=record.people["nurse"],
            role="nurse",
            page="course",
            read_at=NOW,
        )
    with pytest.raises(AnotherTransaction), reading(record.clinic), writing(record.clinic):
        pass
    with pytest.raises(AnotherTransaction), reading(record.clinic):
        record_facts(record.acting(), record.patient, [weight()], request="a")
    record_facts(record.acting(), record.patient, [weight()], request="a")  # and afterwards it is as before


@ON_POSTGRESQL
def test_reading_is_one_unchanging_view(record: Record):
    """What another transaction commits meanwhile is not seen: no page shows half of a change.

    On the embedded database nothing can be committed while a reader holds the file.
    """
    before = len(record.entries())
    with reading(record.clinic):
        assert Entry.objects.count() == before
        at_once([lambda: record_facts(record.acting(), record.patient, [weight()], request="a")])
        assert Entry.objects.count() == before
    assert len(record.entries()) == before + 1


def test_no_transaction_of_one_clinic_stands_inside_anothers(record: Record):
    for outer in (reading, writing):
        for inner in (reading, writing):
            with pytest.raises(AnotherTransaction), outer(record.clinic), inner(uuid4()):
                pass
    with writing(record.clinic), reading(record.clinic), writing(record.clinic):
        assert Entry.objects.filter(clinic=record.clinic).exists()


ACTS = ("register", "weigh", "draft", "look", "list", "sign")
PROGRAMMES = st.lists(st.tuples(st.integers(0, 2), st.sampled_from(ACTS)), min_size=2, max_size=5)


class ThreeClinics:
    """Three clinics on one connection, as a pool would interleave them."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.clinics = [record.clinic]
        for name in ("Second", "Third"):
            clinic = register_clinic(name, "America/New_York", "us_ipledge", "balanced", NOW)
            add_member(clinic, record.people["nurse"], "nurse", NOW, by=None)
            self.clinics.append(clinic)
        self.patients: dict[UUID, list[UUID]] = {clinic: [] for clinic in self.clinics}
        self.expected = {clinic: len(record.entries(clinic)) for clinic in self.clinics}

    def run(self, clinic: UUID, act: str) -> None:
        nurse = self.record.acting(clinic=clinic)
        if act == "register" or not self.patients[clinic]:
            self.patients[clinic].append(register_patient(nurse, IDENTITY, uuid4().hex))
            self.expected[clinic] += 1
            return
        patient = self.patients[clinic][-1]
        if act == "weigh":
            record_facts(nurse, patient, [weight()], request=uuid4().hex)
            self.expected[clinic] += 1
            self.try_the_others_patients(nurse)
        elif act == "draft":
            save_draft(nurse, patient, "visit", {"kg": 68})
        elif act == "look":
            note_read(nurse, patient, "course")
        elif act == "list" and len(self.patients[clinic]) < 4:
            refresh_worklist(nurse)
        elif act == "sign":
            sign_head(clinic, NOW)

    def try_the_others_patients(self, nurse: Acting) -> None:
        for other in self.clinics:
            for theirs in self.patients[other][-1:]:
                if other != nurse.clinic:
                    with pytest.raises(PatientKey.DoesNotExist):
                        record_facts(nurse, theirs, [weight()], request=uuid4().hex)

    def check(self, clinic: UUID) -> None:
        with reading(clinic):
            for model in apps.get_app_config("storage").get_models():
                if model._meta.db_table in tables_with_a_clinic() - {"clinic"}:
                    seen = set(model._default_manager.values_list("clinic_id", flat=True).distinct())
                    assert seen <= {clinic}, model
            assert Entry.objects.count() == self.expected[clinic]


@ON_POSTGRESQL
def test_whatever_three_clinics_do_in_turn_none_sees_or_counts_anothers_rows(record: Record):
    three = ThreeClinics(record)

    @settings(
        max_examples=how_many(quick=200, nightly=2_000),
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(PROGRAMMES)
    def holds(programme: list[tuple[int, str]]) -> None:
        for number, act in programme:
            three.run(three.clinics[number], act)
        for clinic in three.clinics:
            three.check(clinic)
        assert not Entry.objects.exists()

    holds()
