"""How many writes does the record acknowledge in a second, and how many worklist rows can it work out?

Run: .venv/bin/python bench/record_writes.py [SECONDS]

A write is `record_facts` of one fact: checked beside what is on record, sealed, put into the log, and
answered once the transaction is durable. One client, then eight (processes that share nothing but the
database), each for SECONDS (5) on both databases, each client with patients of its own of 20 facts at most.
Then the worklist of 200 made-up patients is worked out from nothing.

The embedded database runs as it ships: rollback journal, synchronous=EXTRA. PostgreSQL is Debian's, as it
comes, with fsync. Beside each stands how often the same disk alone takes 4 KiB for good in a second: no
database that keeps its word is faster than that with one client.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "isovigil.settings")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import django
from django.db import connection

django.setup()  # before the models below are imported

# ruff: noqa: E402 - the record's modules can be imported once Django is set up

from isovigil.storage.models import WorklistRow
from isovigil.storage.tenancy import reading
from isovigil.usecases.record.demo_clinic import put_patient_on_record
from isovigil.usecases.record.judging import rulebook_in_use
from isovigil.usecases.record.patient_case import Identity
from isovigil.usecases.record.record_facts import record_facts
from isovigil.usecases.record.register_patient import register_patient
from isovigil.usecases.record.worklist_rows import refresh_worklist
from isovigil.usecases.synthetic_clinic.clinic import make_clinic
from tests.record.postgresql import Server, a_server
from tests.record.records import IDENTITY, NOW, Record, Templates, in_use, weight

CLIENTS = (1, 8)
FACTS_A_PATIENT = 20
PATIENTS = 200
_MILLISECONDS = 1e3


def main(seconds: float) -> None:
    rulebook_in_use()
    with tempfile.TemporaryDirectory() as place, a_server() as server:
        folder = Path(place)
        print(f"the disk alone: {synced_a_second(folder):.0f} x 4 KiB a second, one after the other")
        (folder / "template").mkdir()
        templates = Templates(folder / "template")
        for name in ("sqlite", "postgresql"):
            for clients in CLIENTS:
                with fresh(name, templates, folder, server) as record:
                    print(told(name, clients, write_with(record, clients, seconds), seconds))
            with fresh(name, templates, folder, server) as record:
                print(f"{name:10}  worklist: {rows_a_second(record):.0f} rows worked out a second")


@contextmanager
def fresh(name: str, templates: Templates, folder: Path, server: Server) -> Iterator[Record]:
    own = folder / uuid4().hex
    own.mkdir()
    copied = templates.copy_on_sqlite(own) if name == "sqlite" else templates.copy_on_postgresql(own, server)
    with in_use(copied, durable=True) as record:
        yield record


def write_with(record: Record, clients: int, seconds: float) -> list[float]:
    """Milliseconds of every acknowledged write of all clients, from one beginning to one end."""
    connection.close()
    pipes, end = [], time.perf_counter() + seconds
    for _ in range(clients):
        reads, writes = os.pipe()
        if os.fork() == 0:
            times = write_until(record, end)
            with os.fdopen(writes, "w") as out:
                out.write(" ".join(f"{each:.3f}" for each in times))
            connection.close()
            os._exit(0)
        os.close(writes)
        pipes.append(reads)
    answers = []
    for reads in pipes:
        with os.fdopen(reads) as written:
            answers += [float(each) for each in written.read().split()]
    for _ in range(clients):
        os.wait()
    return answers


def write_until(record: Record, end: float) -> list[float]:
    """A client's writes; registering its next patient is one of them, so that no waiting goes uncounted."""
    acting, patient = record.acting("nurse"), record.patient
    times: list[float] = []
    while (began := time.perf_counter()) < end:
        if len(times) % FACTS_A_PATIENT == 0:
            patient = register_patient(acting, IDENTITY, uuid4().hex)
        else:
            record_facts(acting, patient, [weight()], request=uuid4().hex)
        times.append((time.perf_counter() - began) * _MILLISECONDS)
    return times


def told(name: str, clients: int, times: list[float], seconds: float) -> str:
    ordered = sorted(times)
    half, late = statistics.median(ordered), ordered[int(len(ordered) * 0.99)]
    who = f"{clients} client{'s' if clients > 1 else ' '}"
    return (
        f"{name:10}  {who}: {len(times) / seconds:5.0f} writes a second, half within {half:.1f} ms, "
        f"99 of 100 within {late:.1f} ms, the last within {ordered[-1]:.1f} ms"
    )


def rows_a_second(record: Record) -> float:
    acting = record.acting("coordinator")
    for each in make_clinic("us_ipledge", NOW.date(), 7, PATIENTS):
        identity = Identity(name=each.person.name, second_id=each.person.id)
        put_patient_on_record(acting, identity, each.case, source="made up")
    began = time.perf_counter()
    refresh_worklist(acting, everything=True)
    took = time.perf_counter() - began
    with reading(record.clinic):
        assert WorklistRow.objects.count() == PATIENTS + 1
    return (PATIENTS + 1) / took


def synced_a_second(folder: Path, writes: int = 100) -> float:
    file = os.open(folder / "synced", os.O_WRONLY | os.O_CREAT)
    began = time.perf_counter()
    for _ in range(writes):
        os.pwrite(file, b"x" * 4096, 0)
        os.fsync(file)
    took = time.perf_counter() - began
    os.close(file)
    return writes / took


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 5)
