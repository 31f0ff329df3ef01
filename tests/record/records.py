"""What does every test of the record begin with: a clinic, its people and a patient, on either database?"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Barrier, Thread
from typing import Any, TypeVar
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.db import connection, connections
from django.db.utils import ConnectionHandler
from django.test.utils import override_settings

from isovigil.exchange.case_file import load_case
from isovigil.settings import _database
from isovigil.storage.keys import make_keys
from isovigil.storage.models import Entry
from isovigil.storage.tenancy import reading
from isovigil.usecases.record.acting import Acting, Role
from isovigil.usecases.record.clinics import add_member, add_person, register_clinic
from isovigil.usecases.record.demo_clinic import put_patient_on_record
from isovigil.usecases.record.patient_case import Identity
from isovigil.usecases.record.start_up import prepare_database
from tests.record.postgresql import APP, OWNER, Server

NOW = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)
"""11:00 in New York, on day 6 of the window that the patient's test of 4 March opened."""
ON_SQLITE = pytest.mark.parametrize("vendor", ["sqlite"], indirect=True)
ON_POSTGRESQL = pytest.mark.parametrize("vendor", ["postgresql"], indirect=True)
"""For what only one of the two has: roles and row-level security, or a file."""
NOT_WAITING = "PRAGMA synchronous=OFF;"
READY = Path(__file__).with_name("ready_to_hand_over.yaml")
IDENTITY = Identity(
    name="Wilhelmina Quillfeather-Test", second_id="QX-70551", born_on=date(2001, 11, 27), sex="female"
)
STAFF: tuple[Role, ...] = (
    "prescriber",
    "nurse",
    "coordinator",
    "pharmacist",
    "programme_lead",
    "auditor",
    "administrator",
)
Answer = TypeVar("Answer")


class Record:
    """One database with one clinic in it, and whoever works there."""

    def __init__(self, address: str, folder: Path, server: Server | None = None) -> None:
        self.address, self.folder, self.server = address, folder, server
        self.clinic = UUID(int=0)
        self.people: dict[Role, UUID] = {}
        self.patient = UUID(int=0)

    @property
    def keys(self) -> Path:
        return self.folder / "keys"

    @property
    def vendor(self) -> str:
        return connection.vendor

    @property
    def environment(self) -> dict[str, str]:
        """What another process needs to work on this very record."""
        here = {
            "ISOVIGIL_HOME": str(self.folder),
            "ISOVIGIL_KEYS": str(self.keys),
            "ISOVIGIL_DATABASE": self.address,
            "ISOVIGIL_ENVIRONMENT": "demo",
            "DJANGO_SETTINGS_MODULE": "isovigil.settings",
        }
        return {**os.environ, **here}

    def acting(self, role: Role = "nurse", at: datetime = NOW, *, clinic: UUID | None = None) -> Acting:
        name = f"A {role.replace('_', ' ')}"
        return Acting(self.people[role], name, clinic or self.clinic, role, at, signed_in_again_at=at)

    def entries(self, clinic: UUID | None = None) -> list[Entry]:
        """Every row of the clinic's log, in order."""
        with reading(clinic or self.clinic):
            return list(Entry.objects.filter(clinic=clinic or self.clinic).order_by("seq"))

    def owner(self) -> Any:
        """A connection that owns the tables: what a determined administrator would use."""
        if self.server is None:
            return closing(sqlite3.connect(self.address.removeprefix("sqlite://"), isolation_level=None))
        return self.server.connect(OWNER, self.name)

    def as_app(self) -> Any:
        """A bare connection as the role that serves, past everything the product's code says."""
        if self.server is None:
            return self.owner()
        return self.server.connect(APP, self.name)

    @property
    def name(self) -> str:
        return self.address.rpartition("/")[2]


def fill(record: Record) -> None:
    """A clinic, somebody in each of its roles, and one patient whose capsules may be handed over at NOW."""
    record.clinic = register_clinic("A clinic", "America/New_York", "us_ipledge", "balanced", NOW)
    for role in STAFF:
        person = add_person(f"A {role.replace('_', ' ')}", f"{role}@{uuid4().hex}.example", NOW)
        record.people[role] = person
        add_member(record.clinic, person, role, NOW, by=None)
    record.patient = a_patient(record)


def a_patient(record: Record, identity: Identity = IDENTITY) -> UUID:
    """One more patient whose capsules may be handed over at NOW."""
    acting = record.acting("coordinator", NOW - timedelta(hours=1))
    return put_patient_on_record(acting, identity, load_case(READY), source="made up")


@contextmanager
def connected_to(address: str, *, durable: bool = False) -> Iterator[None]:
    """Django's one connection, of every thread, leads to this database until the end.

    Tests that crash nothing do not wait for the disk; those that do ask for what ships.
    """
    described = ConnectionHandler({"default": _database(address)}).settings["default"]
    described["CONN_MAX_AGE"] = None
    if not durable and "init_command" in described["OPTIONS"]:
        described["OPTIONS"]["init_command"] += f" {NOT_WAITING}"
    before = connections.settings["default"]
    _forget()
    connections.settings["default"] = described
    try:
        yield
    finally:
        _forget()
        connections.settings["default"] = before


def _forget() -> None:
    connections["default"].close()
    del connections["default"]


@contextmanager
def in_use(record: Record, *, durable: bool = False) -> Iterator[Record]:
    """The product works on this record until the end."""
    with connected_to(record.address, durable=durable), override_settings(ISOVIGIL_KEYS=record.keys):
        yield record


class Templates:
    """Filled once a run; each test gets a copy."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._kept: dict[str, Record] = {}

    def copy_on_sqlite(self, folder: Path) -> Record:
        if "sqlite" not in self._kept:
            template = Record(f"sqlite://{self.folder / 'record.sqlite3'}", self.folder)
            make_keys(template.keys)
            with in_use(template):
                prepare_database()
                fill(template)
            self._kept["sqlite"] = template
        copied = folder / "record.sqlite3"
        shutil.copyfile(self.folder / "record.sqlite3", copied)
        return self._like("sqlite", Record(f"sqlite://{copied}", folder))

    def copy_on_postgresql(self, folder: Path, server: Server) -> Record:
        if "postgresql" not in self._kept:
            name = server.new_database()
            make_keys(self.folder / "keys")
            with connected_to(server.address(OWNER, name)):
                prepare_database(APP)
            template = Record(server.address(APP, name), self.folder, server)
            with in_use(template):
                fill(template)
            self._kept["postgresql"] = template
        name = server.new_database(self._kept["postgresql"].name)
        return self._like("postgresql", Record(server.address(APP, name), folder, server))

    def _like(self, vendor: str, record: Record) -> Record:
        template = self._kept[vendor]
        shutil.copytree(template.keys, record.keys)
        record.clinic, record.patient = template.clinic, template.patient
        record.people = dict(template.people)
        return record


def at_once(askers: Sequence[Callable[[], Answer]]) -> list[Answer | Exception]:
    """What each is answered, or how it is refused, when all ask at the same instant, each in a thread."""
    answers: list[Answer | Exception] = [RuntimeError("was never asked")] * len(askers)
    start = Barrier(len(askers))

    def ask(place: int) -> None:
        try:
            connection.ensure_connection()
            start.wait()
            answers[place] = askers[place]()
        except Exception as refusal:  # noqa: BLE001 - the refusal is what the test looks at
            answers[place] = refusal
        finally:
            connection.close()

    threads = [Thread(target=ask, args=(place,)) for place in range(len(askers))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def weight(kg: float = 68.5, on: str = "2026-03-10") -> Mapping[str, Any]:
    """A fact that anybody may record as often as they like."""
    return {"kind": "weight", "date": on, "kg": kg}


def the_keys() -> Path:
    return Path(settings.ISOVIGIL_KEYS)
