"""For which clinic does this transaction read or write, so that no other clinic's rows can be seen?

On PostgreSQL the clinic is set for one transaction, and row-level security, forced on every table, shows and
accepts that clinic's rows alone; without it there are none. An embedded database holds one clinic.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connection, transaction

from isovigil.storage.models import Clinic


@contextmanager
def writing(clinic: UUID, person: UUID | None = None) -> Iterator[None]:
    """One transaction that may write, for one clinic: all of it is kept, or none of it."""
    with transaction.atomic():
        _show_only(clinic, person)
        yield


@contextmanager
def reading(clinic: UUID | None, person: UUID | None = None) -> Iterator[None]:
    """One unchanging view of one clinic's rows. Nothing can be written in it."""
    if connection.in_atomic_block or connection.vendor == "postgresql":
        with transaction.atomic():
            _show_only(clinic, person)
            yield
        return
    # A Django transaction on the embedded database takes the place of a writer; a reader must not.
    with connection.cursor() as cursor:
        cursor.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


def _show_only(clinic: UUID | None, person: UUID | None) -> None:
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('isovigil.clinic', %s, true), set_config('isovigil.person', %s, true)",
            [str(clinic or ""), str(person or "")],
        )


def every_clinic() -> list[UUID]:
    """The clinics that keep their record here; for the instance's own work, never for a person's request."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('isovigil.instance', 'yes', true)")
        return list(Clinic.objects.order_by("id").values_list("id", flat=True))
