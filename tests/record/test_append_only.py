"""Does the database itself refuse to change what was recorded, whoever asks?"""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction

from isovigil.storage import guards
from isovigil.storage.models import BreakGlass, Entry, Invitation
from isovigil.storage.tenancy import writing
from isovigil.usecases.record.drafts import save_draft
from isovigil.usecases.record.hand_over import authorise_hand_over, record_hand_over, reverse_hand_over
from isovigil.usecases.record.judging import adopt
from isovigil.usecases.record.reads import note_read
from isovigil.usecases.record.sign_log import sign_head
from isovigil.usecases.record.worklist_rows import refresh_worklist
from tests.record.records import NOW, ON_POSTGRESQL, ON_SQLITE, Record

REFUSED = (sqlite3.DatabaseError, psycopg.DatabaseError)
REFUSAL = r"isovigil: |permission denied"


@pytest.fixture
def full(record: Record) -> Record:
    """A row in every table."""
    pharmacist = record.acting("pharmacist")
    adopt(record.acting("prescriber"), "us_ipledge", "balanced")
    number = authorise_hand_over(pharmacist, record.patient, request="a").number
    capsules = [{"mg": 30, "count": 30}]
    record_hand_over(pharmacist, record.patient, number, days_supply=30, capsules=capsules, request="b")
    reverse_hand_over(pharmacist, record.patient, number, reason="counted wrong", request="c")
    note_read(record.acting("nurse"), record.patient, "course")
    save_draft(record.acting("nurse"), record.patient, "visit", {"kg": 68})
    sign_head(record.clinic, NOW)
    refresh_worklist(record.acting("nurse"))
    of_this_clinic = {"id": uuid4(), "clinic_id": record.clinic, "patient_id": record.patient}
    with writing(record.clinic):
        BreakGlass.objects.create(
            **of_this_clinic,
            person_id=record.people["nurse"],
            reason="She was found unconscious.",
            opened_at=NOW,
            ends_at=NOW + timedelta(hours=1),
        )
        Invitation.objects.create(
            **of_this_clinic,
            email="new@clinic.example",
            name="Somebody new",
            role="patient",
            invited_by_id=record.people["administrator"],
            invited_at=NOW,
            expires_at=NOW + timedelta(days=1),
            token_digest=b"digest",
        )
    return record


def bare(record: Record, who: str) -> Any:
    """A connection past everything the product's code says."""
    return record.owner() if who == "the owner" else record.as_app()


def execute(record: Record, database: Any, statement: str) -> int:
    """Run it as for the clinic whose rows these are; how many rows it changed."""
    if record.server is not None:
        database.execute("SELECT set_config('isovigil.clinic', %s, false)", [str(record.clinic)])
    return int(database.execute(statement).rowcount)


def count_of(record: Record, table: str) -> int:
    with record.owner() as database:
        if record.server is not None:
            database.execute("SELECT set_config('isovigil.clinic', %s, false)", [str(record.clinic)])
        (count,) = database.execute(f"SELECT count(*) FROM {table}").fetchone()
        return int(count)


def column_of(table: str) -> str:
    """Any column that an update could name."""
    (model,) = (each for each in apps.get_app_config("storage").get_models() if each._meta.db_table == table)
    return str(model._meta.pk.column)


@pytest.mark.parametrize("who", ["the app", "the owner"])
def test_what_is_appended_is_neither_changed_nor_taken_away_by_anybody(full: Record, who: str):
    for table in guards.APPEND_ONLY:
        before, column = count_of(full, table), column_of(table)
        assert before, f"{table} is empty, so nothing would be tested"
        statements = [f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"]
        statements += [f"TRUNCATE {table} CASCADE"] if full.server else []
        for statement in statements:
            with bare(full, who) as database, pytest.raises(REFUSED, match=REFUSAL):
                execute(full, database, statement)
        assert count_of(full, table) == before


@pytest.mark.parametrize("who", ["the app", "the owner"])
def test_no_row_that_the_record_leans_on_ever_goes(full: Record, who: str):
    for table in guards.NEVER_DELETED:
        before = count_of(full, table)
        assert before, f"{table} is empty, so nothing would be tested"
        with bare(full, who) as database, pytest.raises(REFUSED, match=REFUSAL):
            execute(full, database, f"DELETE FROM {table}")
        assert count_of(full, table) == before


@ON_POSTGRESQL
def test_the_role_that_serves_owns_nothing_and_may_update_nothing_that_is_appended(
    full: Record,
):
    with full.as_app() as database:
        (owned,) = database.execute(
            "SELECT count(*) FROM pg_tables WHERE tableowner = current_user"
        ).fetchone()
        may_change = database.execute(
            "SELECT table_name, privilege_type FROM information_schema.role_table_grants "
            "WHERE grantee = current_user AND privilege_type IN ('UPDATE', 'DELETE', 'TRUNCATE') "
            "AND table_name = ANY(%s)",
            [list(guards.APPEND_ONLY)],
        ).fetchall()
    assert owned == 0
    assert may_change == []


@ON_SQLITE
def test_sqlite_does_not_let_a_row_be_replaced(full: Record):
    for table in guards.APPEND_ONLY:
        with full.owner() as database, pytest.raises(sqlite3.DatabaseError, match="append-only"):
            database.execute(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table} LIMIT 1")


def test_the_guards_know_every_column_by_which_an_appended_row_is_one_of_a_kind():
    """SQLite's guard against replacement is written by hand; the models say what it must hold."""
    by_table = {model._meta.db_table: model for model in apps.get_app_config("storage").get_models()}
    for table in guards.APPEND_ONLY:
        told = by_table[table]._meta
        unique: set[tuple[str, ...]] = {(str(told.pk.column),)}
        for constraint in told.constraints:
            if isinstance(constraint, models.UniqueConstraint):
                columns = {field.name: str(field.column) for field in told.local_concrete_fields}
                unique.add(tuple(columns[name] for name in constraint.fields))
        unique |= {(str(field.column),) for field in told.local_concrete_fields if field.unique}
        assert set(guards.KNOWN_BY[table]) == unique, table


def test_every_table_of_the_record_is_guarded_one_way_or_the_other():
    """A new table must say whether its rows are appended for good, never deleted, or disposable."""
    tables = {model._meta.db_table for model in apps.get_app_config("storage").get_models()}
    disposable = {"worklist_row", "draft"}
    assert {*guards.APPEND_ONLY, *guards.NEVER_DELETED} | disposable == tables


def test_the_products_own_models_cannot_go_around_the_guards(full: Record):
    with pytest.raises(DatabaseError), writing(full.clinic):
        Entry.objects.filter(clinic=full.clinic).update(recorded_at=NOW)
    with pytest.raises(DatabaseError), writing(full.clinic):
        Entry.objects.filter(clinic=full.clinic, seq=1)._raw_delete(connection.alias)
    with pytest.raises(DatabaseError), writing(full.clinic):
        Entry.objects.get(clinic=full.clinic, seq=1).save()
    assert not transaction.get_connection().in_atomic_block
