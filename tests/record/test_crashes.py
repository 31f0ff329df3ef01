"""Is anything lost, or done twice, that was acknowledged, when a process, a server or a disk gives out?

A killed process proves that the database's own recovery works and that our transactions stand where they
must. It proves nothing about power loss: the system's own memory survives the process (docs/adr/0008).
"""

from __future__ import annotations

import os
import resource
import select
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random
from threading import Event, Thread
from uuid import UUID

import pytest
from django.db import DatabaseError, InterfaceError, connection, connections

from isovigil.case.kinds import Weight
from isovigil.storage.models import IdempotencyKey
from isovigil.storage.tenancy import reading
from isovigil.usecases.record.check_log import check_log
from isovigil.usecases.record.judging import judging_of, rulebook_in_use
from isovigil.usecases.record.patient_case import on_record
from isovigil.usecases.record.record_facts import record_facts
from isovigil.usecases.record.register_patient import register_patient
from tests.profiles import how_many
from tests.record.postgresql import Server
from tests.record.records import IDENTITY, ON_POSTGRESQL, ON_SQLITE, Record, in_use, weight
from tests.record.test_export import exported

KILLS = how_many(quick=20, nightly=200)
CRASHES = how_many(quick=2, nightly=50)
WRITERS = 2
EVERY_PATIENT = 25
"""A writer registers a new patient after so many facts, so that no record grows without end."""


@pytest.fixture
def durable(record: Record, request: pytest.FixtureRequest) -> Iterator[Record]:
    """The record as it ships, waiting for the disk at every commit."""
    if record.server is None:
        with in_use(record, durable=True):
            yield record
        return
    record.server.wait_for_the_disk(wait=True)
    yield record
    record.server.wait_for_the_disk(wait=False)


def test_a_durable_record_waits_for_the_disk(durable: Record):
    """docs/adr/0008: rollback journal, synchronous=EXTRA (3), freed pages wiped; PostgreSQL as it comes."""
    wanted: dict[str, object] = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
    ask = "SHOW {}"
    if durable.server is None:
        wanted = {"journal_mode": "truncate", "synchronous": 3, "foreign_keys": 1, "secure_delete": 1}
        ask = "PRAGMA {}"
    told = {}
    with connection.cursor() as cursor:
        for name in wanted:
            cursor.execute(ask.format(name))
            told[name] = cursor.fetchone()[0]
    assert told == wanted


@dataclass
class Client:
    """One client that sends a request again, with the same key, until it is answered."""

    number: int
    answered: dict[str, str] = field(default_factory=dict)

    def go_on(self, record: Record, tell: Callable[[str, str], None]) -> None:
        """Write for ever, from the first request that was not answered; tell each answer at once."""
        acting = record.acting("nurse")
        patient = UUID(int=0)
        begin = len(self.answered) // (EVERY_PATIENT + 1) * (EVERY_PATIENT + 1)
        for number in count(begin):
            key = f"client {self.number}, request {number}"
            if number % (EVERY_PATIENT + 1) == 0:
                patient = register_patient(acting, IDENTITY, key)
                answer = str(patient)
            else:
                kg = 40 + number % 100
                (fact,) = record_facts(acting, patient, [weight(kg)], request=key)
                answer = str(fact)
            tell(key, answer)

    def hear(self, told: str) -> None:
        """Every answer, also to a request sent again, is the one that was given first."""
        for line in told.splitlines():
            key, _, answer = line.partition("=")
            assert self.answered.setdefault(key, answer) == answer


class Process:
    """A client in a process of its own, forked from this one, that can be killed at any instant."""

    def __init__(self, client: Client, record: Record, before: Callable[[], None] = lambda: None) -> None:
        self.client = client
        self._answers, told = os.pipe()
        connection.close()  # nothing of a database is ever carried over a fork
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self._answers)
            code = 1
            try:
                before()
                client.go_on(record, lambda key, answer: _tell(told, key, answer))
            except DatabaseError as refusal:
                os.write(told, f"refused={refusal}\n".encode())
                code = 7
            finally:
                os._exit(code)
        os.close(told)

    def wait_for_an_answer(self) -> None:
        select.select([self._answers], [], [], 30)

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)

    def end(self) -> tuple[int, str]:
        """Its exit code, and everything that it was told before it ended."""
        parts = []
        while part := os.read(self._answers, 1 << 16):
            parts.append(part)
        os.close(self._answers)
        _, status = os.waitpid(self.pid, 0)
        return os.waitstatus_to_exitcode(status), b"".join(parts).decode()


def _tell(pipe: int, key: str, answer: str) -> None:
    os.write(pipe, f"{key}={answer}\n".encode())


def check_nothing_lost_or_doubled(record: Record, clients: list[Client]) -> int:
    """Every answer stands in the record, once, and the record holds nothing else; how many there were."""
    answered = {key: answer for client in clients for key, answer in client.answered.items()}
    with reading(record.clinic):
        done = {
            row.key: str(row.answer.get("patient") or row.answer["facts"][0])
            for row in IdempotencyKey.objects.filter(clinic=record.clinic)
        }
    assert answered.items() <= done.items(), "an acknowledged answer is not in the record"
    # At most the one request that each client had under way was done without its answer being heard.
    assert len(done) - len(answered) <= len(clients)
    recorded = Counter(str(row.id) for row in record.entries())
    facts = {answer for key, answer in done.items() if answer not in patients_of(done)}
    assert facts <= recorded.keys()
    known = 0
    for patient in patients_of(done):
        with reading(record.clinic):
            told = on_record(record.clinic, UUID(patient), judging_of(record.clinic))
        weights = [each for each in told.facts if isinstance(each.fact, Weight)]
        assert {str(each.recorded.id) for each in weights} <= facts
        known += len(weights)
    assert known == len(facts), "a fact was recorded twice, or under another patient"
    assert check_log(record.clinic).faults == ()
    return len(answered)


def patients_of(done: dict[str, str]) -> set[str]:
    return {answer for key, answer in done.items() if int(key.rpartition(" ")[2]) % (EVERY_PATIENT + 1) == 0}


def test_nothing_is_lost_or_doubled_when_writing_processes_are_killed(durable: Record, tmp_path: Path):
    record = durable
    rulebook_in_use()  # read once here, not by every process
    chance = Random(KILLS)
    clients = [Client(number) for number in range(WRITERS)]
    for _ in range(KILLS // WRITERS):
        processes = [Process(client, record) for client in clients]
        for process in processes:
            process.wait_for_an_answer()
        for process in processes:
            time.sleep(chance.uniform(0, 0.15))
            process.kill()
        for process in processes:
            code, told = process.end()
            assert code == -signal.SIGKILL
            process.client.hear(told)
    assert check_nothing_lost_or_doubled(record, clients) > KILLS
    _, code, said = exported(record, tmp_path / "export", "rows")
    assert code == 0, said


@ON_POSTGRESQL
def test_nothing_is_lost_or_doubled_when_the_server_is_stopped_hard(durable: Record, postgresql: Server):
    """`pg_ctl stop -m immediate`: every backend ends where it is; the next start recovers from the log."""
    record = durable
    clients = [Client(number) for number in range(3)]
    ended = Event()

    def keep_on(client: Client) -> None:
        def tell(key: str, answer: str) -> None:
            client.hear(f"{key}={answer}")
            if ended.is_set():
                raise StopIteration

        while not ended.is_set():
            try:
                client.go_on(record, tell)
            except (DatabaseError, InterfaceError):
                connections["default"].close()
                time.sleep(0.05)
            except StopIteration:
                break
        connections["default"].close()

    threads = [Thread(target=keep_on, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    heard = [0]
    for _ in range(CRASHES):
        wait_until_more_is_heard(clients, heard)
        postgresql.stop("immediate")
        postgresql.start()
    wait_until_more_is_heard(clients, heard)
    ended.set()
    for thread in threads:
        thread.join()
    connection.close()
    assert check_nothing_lost_or_doubled(record, clients) >= heard[-1]


def wait_until_more_is_heard(clients: list[Client], heard: list[int]) -> None:
    """Until twenty more answers have come; each round of the test writes something."""
    while (now := sum(len(client.answered) for client in clients)) < heard[-1] + 20:
        time.sleep(0.01)
    heard.append(now)


@ON_SQLITE
def test_a_full_disk_refuses_and_loses_nothing(durable: Record):
    """A limit on the size of files stands for the full disk: the same calls of SQLite fail."""
    record = durable
    rulebook_in_use()
    database = Path(record.address.removeprefix("sqlite://"))
    room = 40_000

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (database.stat().st_size + room,) * 2)

    client = Client(0)
    process = Process(client, record, before=limit)
    code, told = process.end()
    *answers, refusal = told.splitlines()
    assert code == 7
    assert refusal.startswith("refused=")
    assert "disk" in refusal  # "database or disk is full", or "disk I/O error"
    client.hear("\n".join(answers))
    assert check_nothing_lost_or_doubled(record, [client]) > 1
    assert all(still_read(record))
    # With room again the same request is carried out, and the record goes on.
    more = Process(client, record)
    more.wait_for_an_answer()
    more.kill()
    client.hear(more.end()[1])
    check_nothing_lost_or_doubled(record, [client])


def still_read(record: Record) -> Iterator[int]:
    for _ in range(20):
        yield len(record.entries())


@pytest.mark.parametrize("lines", [["a=1", "a=2"]])
def test_a_client_that_is_answered_differently_says_so(lines: list[str]):
    """The tests above lean on this."""
    with pytest.raises(AssertionError):
        Client(0).hear("\n".join(lines))
