"""For which clinic does this transaction read or write, so that no other clinic's rows can be seen?

On PostgreSQL the clinic is set for one transaction, and row-level security, forced on every table, shows and
accepts that clinic's rows alone; without it there are none. An embedded database holds one clinic.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from fcntl import LOCK_EX, flock
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from django.db import DatabaseError, connection, transaction

from isovigil.storage.models import Clinic


class _Shown(NamedTuple):
    clinic: UUID | None
    person: UUID | None
    may_write: bool


_SHOWN: ContextVar[_Shown | None] = ContextVar("shown", default=None)


class AnotherTransaction(RuntimeError):
    """A transaction inside another would show another clinic, or write where only reading was meant."""


@contextmanager
def writing(clinic: UUID, person: UUID | None = None) -> Iterator[None]:
    """One transaction that may write, for one clinic: all of it is kept, or none of it.

    Raises:
        AnotherTransaction: It stands inside one for another clinic, or inside `reading`.
    """
    with _one_clinic(_Shown(clinic, person, may_write=True)) as outer, _in_turn(), transaction.atomic():
        _show_only(clinic, person)
        yield
        if outer is not None:
            _show_only(outer.clinic, outer.person)


@contextmanager
def reading(clinic: UUID | None, person: UUID | None = None) -> Iterator[None]:
    """One unchanging view of one clinic's rows. Nothing can be written in it: the database refuses.

    Inside `writing` it is a part of that transaction.

    Raises:
        AnotherTransaction: It stands inside one for another clinic.
    """
    with _one_clinic(_Shown(clinic, person, may_write=False)) as outer:
        if outer is not None:
            with transaction.atomic():
                _show_only(clinic, person)
                yield
                _show_only(outer.clinic, outer.person)
        elif connection.vendor == "postgresql":
            is_first = not connection.in_atomic_block
            with transaction.atomic(), connection.cursor() as cursor:
                unchanging = "ISOLATION LEVEL REPEATABLE READ, " if is_first else ""
                cursor.execute(f"SET TRANSACTION {unchanging}READ ONLY")
                _show_only(clinic, person)
                yield
        else:
            with _reading_the_file():
                yield


@contextmanager
def _one_clinic(asked: _Shown) -> Iterator[_Shown | None]:
    outer = _SHOWN.get()
    if outer is not None and (outer.clinic != asked.clinic or (asked.may_write and not outer.may_write)):
        wanted = "writing for" if asked.may_write else "reading"
        raise AnotherTransaction(
            f"{wanted.capitalize()} clinic {asked.clinic} was asked for inside a transaction that is "
            f"{'writing for' if outer.may_write else 'reading'} clinic {outer.clinic}. End that one first."
        )
    inner = asked if outer is None else asked._replace(may_write=outer.may_write)
    token = _SHOWN.set(inner)
    try:
        yield outer
    finally:
        _SHOWN.reset(token)


@contextmanager
def _in_turn() -> Iterator[None]:
    """Writers of the embedded database queue before it: SQLite itself lets in whoever happens to ask next,
    so that somebody unlucky among eight waits for a second and more (bench/record_writes.py).

    Only a queue: who ends without leaving it is taken out by the system, and the database's own lock stands.
    """
    place = Path(str(connection.settings_dict["NAME"]))
    if connection.vendor != "sqlite" or connection.in_atomic_block or not place.is_absolute():
        yield
        return
    with place.with_name(f"{place.name}-turn").open("ab") as queue:
        flock(queue, LOCK_EX)
        yield


@contextmanager
def _reading_the_file() -> Iterator[None]:
    """A Django transaction on the embedded database takes the place of a writer; a reader must not."""
    with connection.cursor() as cursor:
        begins = not connection.in_atomic_block
        try:
            if begins:
                cursor.execute("BEGIN DEFERRED")
            cursor.execute("PRAGMA query_only = ON")
            yield
        finally:
            try:
                cursor.execute("PRAGMA query_only = OFF")
                if begins and connection.connection.in_transaction:
                    cursor.execute("ROLLBACK")
            except DatabaseError:
                connection.close()  # one of which nobody knows what it still holds is not used again
                raise


def _show_only(clinic: UUID | None, person: UUID | None) -> None:
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('isovigil.clinic', %s, true), set_config('isovigil.person', %s, true)",
            [str(clinic or ""), str(person or "")],
        )


@contextmanager
def holding_an_invitation(token_digest: bytes) -> Iterator[None]:
    """One transaction in which whoever holds an invitation's token sees that one invitation, and no more."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('isovigil.invitation', %s, true)", [token_digest.hex()])
        yield


def every_clinic() -> list[UUID]:
    """The clinics that keep their record here; for the instance's own work, never for a person's request."""
    with transaction.atomic():
        _show_the_instance(shown=True)
        clinics = list(Clinic.objects.order_by("id").values_list("id", flat=True))
        _show_the_instance(shown=False)
        return clinics


def _show_the_instance(*, shown: bool) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('isovigil.instance', %s, true)", ["yes" if shown else ""])
