"""How fast do the worklist and the course page answer with 5,000 open courses at 20 requests a second?

Run: .venv/bin/python bench/pages_under_load.py [--courses 5000] [--seconds 60] [--rate 20] [--postgresql]

The clinic is made up and put on record in bulk, once a day (the embedded one is kept in the system's
temporary folder). The real `isovigil serve` serves it on the loopback, two workers, with the process beside
it that looks after the record. The load is an open-loop generator in Python's asyncio (this file): a request
leaves when its time has come, whether or not earlier ones were answered, and its time is counted from when
it should have left, so that a queue is never left out. Every request has a connection of its own and is
signed in as a nurse. Meanwhile another process records one fact a second, so that worklist rows run out as
they do in a clinic, and every page has to be true at its own moment.

Goals: the 95th percentile of the worklist page below 300 ms; the median of the course page below 150 ms.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from http.cookiejar import CookieJar
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.record.postgresql import APP, OWNER, Server, a_server  # noqa: E402 - found once ROOT is known

SEED = 20261122
IN_ONE_TRANSACTION = 100
PATIENCE_SECONDS = 60
AT_MOST_OPEN = 400
"""So many requests unanswered, and the generator gives up: the server cannot follow."""
GOALS = {"worklist": ("p95", 300.0), "course": ("p50", 150.0)}
COURSE_RATE_SHARE = 0.25
"""Course pages are asked for at a quarter of the rate: people read a course longer than a list."""
SAMPLE = 300


class Asked(NamedTuple):
    courses: int
    seconds: float
    rate: float
    writes: float
    postgresql: bool


class Measured(NamedTuple):
    """Milliseconds of every answer, and those that were no answer."""

    took: list[float]
    failed: list[str]
    bytes: int


def main(asked: Asked) -> int:
    with a_server() if asked.postgresql else nullcontext() as server:
        environment = prepared(asked, server)
        with served(environment) as address:
            return measure(asked, address, environment)


def measure(asked: Asked, address: str, environment: dict[str, str]) -> int:
    cookie = signed_in(address)
    began = time.perf_counter()
    first = asyncio.run(one(address, "/worklist/", cookie, time.perf_counter()))
    print(
        f"first page after the start: {1e3 * (time.perf_counter() - began):.0f} ms, {first[1] / 1e3:.0f} kB"
    )
    patients = some_patients(environment)
    faults = 0
    with writing_meanwhile(environment, patients, asked):
        for name, paths, rate in (
            ("worklist", ["/worklist/"], asked.rate),
            ("course", [f"/course/{each}/" for each in patients], asked.rate * COURSE_RATE_SHARE),
        ):
            got = asyncio.run(load(address, paths, cookie, rate, asked.seconds))
            faults += told(name, got, rate)
    return 1 if faults else 0


def told(name: str, got: Measured, rate: float) -> bool:
    """Print one line; is the goal missed?"""
    ordered = sorted(got.took)
    at = {share: ordered[min(len(ordered) - 1, int(len(ordered) * share / 100))] for share in (50, 95, 99)}
    which, goal = GOALS[name]
    value = at[95] if which == "p95" else statistics.median(ordered)
    missed = value >= goal or bool(got.failed)
    print(
        f"{name:9} {rate:g}/s, {len(ordered)} answers of {got.bytes / max(1, len(ordered)) / 1e3:.0f} kB:  "
        f"p50 {at[50]:.0f}  p95 {at[95]:.0f}  p99 {at[99]:.0f} ms;  goal {which} < {goal:.0f} ms: "
        f"{'MISSED' if missed else 'met'} ({value / goal:.2f} of it); {len(got.failed)} failed"
        + (f", as {got.failed[0]}" if got.failed else "")
    )
    return missed


# -- the clinic -----------------------------------------------------------------------------------------


def prepared(asked: Asked, server: Server | None) -> dict[str, str]:
    """A clinic on record; the environment of a process that serves it."""
    source = b"".join(
        each.read_bytes() for each in sorted((ROOT / "src/isovigil/storage/migrations").glob("0*.py"))
    )
    digest = hashlib.sha256(source).hexdigest()[:8]
    today = datetime.now(UTC).date()
    home = Path(tempfile.gettempdir()) / f"isovigil-pages-{asked.courses}-{today}-{digest}"
    if server is not None:
        home = Path(tempfile.mkdtemp(prefix="isovigil-pages-"))
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "isovigil.settings",
        "ISOVIGIL_ENVIRONMENT": "demo",
        "ISOVIGIL_HOME": str(home),
        "ISOVIGIL_DATABASE": f"sqlite:///{home / 'record.sqlite3'}",
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}",
    }
    environment.pop("ISOVIGIL_KEYS", None)
    if server is not None:
        name = server.new_database()
        environment["ISOVIGIL_DATABASE"] = server.address(OWNER, name)
        subprocess.run([*HERE, "--migrate"], env=environment, check=True)
        environment["ISOVIGIL_DATABASE"] = server.address(APP, name)
    if not (home / "seeded").exists():
        if server is None:
            shutil.rmtree(home, ignore_errors=True)
            home.mkdir(parents=True)
        began = time.perf_counter()
        subprocess.run([*HERE, "--seed", str(asked.courses)], env=environment, check=True)
        (home / "seeded").write_text("yes", encoding="utf-8")
        print(f"{asked.courses} courses put on record and judged in {time.perf_counter() - began:.0f} s")
    which = "PostgreSQL" if server else "embedded database"
    print(f"{which}, {asked.courses} courses, {os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}")
    print("load: open-loop generator in Python's asyncio (bench/pages_under_load.py)")
    return environment


HERE = (sys.executable, str(Path(__file__).resolve()))


def migrate() -> None:
    django_set_up()
    from isovigil.usecases.record.start_up import prepare_database

    prepare_database(APP)


def seed(courses: int) -> None:
    """A made-up clinic, many patients in one transaction."""
    django_set_up()
    from django.conf import settings
    from django.db import connection

    from isovigil.case.time_zones import DEFAULT_TIME_ZONES
    from isovigil.storage.keys import make_keys
    from isovigil.storage.tenancy import writing
    from isovigil.usecases.record.acting import Acting
    from isovigil.usecases.record.clinics import add_member, add_person, register_clinic
    from isovigil.usecases.record.demo_clinic import (
        MEMBERS,
        NAME,
        POLICY,
        address_of,
        made_up_patients,
        put_patient_on_record,
    )
    from isovigil.usecases.record.start_up import prepare_database
    from isovigil.usecases.record.worklist_rows import refresh_worklist

    make_keys(Path(settings.ISOVIGIL_KEYS))
    if connection.vendor == "sqlite":
        prepare_database()
    now = datetime.now(UTC)
    clinic = register_clinic(NAME, DEFAULT_TIME_ZONES["us_ipledge"], "us_ipledge", POLICY, now)
    people = {role: add_person(name, address_of(role), now) for role, name in MEMBERS}
    for role, person in people.items():
        add_member(clinic, person, role, now, by=None)
    acting = Acting(people["coordinator"], "June Park", clinic, "coordinator", now)
    patients = list(made_up_patients("us_ipledge", now.date(), SEED, courses))
    for begin in range(0, courses, IN_ONE_TRANSACTION):
        with writing(clinic, acting.person):
            for identity, case in patients[begin : begin + IN_ONE_TRANSACTION]:
                put_patient_on_record(acting, identity, case, source="made up")
    began = time.perf_counter()
    rows = refresh_worklist(acting)
    print(f"{rows / (time.perf_counter() - began):.0f} worklist rows worked out a second")


def django_set_up() -> None:
    import django

    django.setup()


def some_patients(environment: dict[str, str]) -> list[str]:
    """Patients whose courses are looked at, drawn by a known seed."""
    answer = subprocess.run(
        [*HERE, "--list"], env=environment, check=True, capture_output=True, text=True
    ).stdout
    patients = sorted(json.loads(answer))
    return random.Random(SEED).sample(patients, min(SAMPLE, len(patients)))


def list_patients() -> None:
    django_set_up()
    from isovigil.storage.models import PatientRecord
    from isovigil.storage.tenancy import every_clinic, reading

    (clinic,) = every_clinic()
    with reading(clinic):
        print(json.dumps([str(each) for each in PatientRecord.objects.values_list("id", flat=True)]))


# -- the server -----------------------------------------------------------------------------------------


@contextmanager
def served(environment: dict[str, str]) -> Iterator[str]:
    """`isovigil serve` on a free port; its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "isovigil.cli", "serve", "--port", "0"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.search(r"http://[0-9.]+:[0-9]+", line)
        if found is None:
            raise SystemExit(f"The server did not begin: {line}{process.stdout.read()}")
        wait_for(found.group())
        yield found.group()
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


NO_PROXY = urllib.request.ProxyHandler({})
BROWSER = urllib.request.build_opener(NO_PROXY)


def wait_for(address: str) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        try:
            BROWSER.open(address + "/health", timeout=5).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("The server does not answer.")


def signed_in(address: str) -> str:
    """The cookies of a nurse."""
    jar = CookieJar()
    opener = urllib.request.build_opener(NO_PROXY, urllib.request.HTTPCookieProcessor(jar))
    page = opener.open(address + "/").read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token is not None
    body = urllib.parse.urlencode({"csrfmiddlewaretoken": token.group(1), "role": "nurse", "next": ""})
    opener.open(
        urllib.request.Request(address + "/demo/sign-in/", body.encode(), {"Referer": address})
    ).close()
    return "; ".join(f"{each.name}={each.value}" for each in jar)


@contextmanager
def writing_meanwhile(environment: dict[str, str], patients: Sequence[str], asked: Asked) -> Iterator[None]:
    """Another process records facts, so many a second, until the end."""
    if not asked.writes:
        yield
        return
    words = [*HERE, "--write", str(asked.writes)]
    process = subprocess.Popen(words, env=environment, stdin=subprocess.PIPE, text=True)
    assert process.stdin is not None
    process.stdin.write(json.dumps(list(patients)))
    process.stdin.close()
    try:
        yield
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


def write(rate: float) -> None:
    """Record a weight of one patient after another."""
    django_set_up()
    from uuid import UUID, uuid4

    from isovigil.storage.models import Membership
    from isovigil.storage.tenancy import every_clinic, reading
    from isovigil.usecases.record.acting import Acting
    from isovigil.usecases.record.record_facts import record_facts

    patients = [UUID(each) for each in json.load(sys.stdin)]
    (clinic,) = every_clinic()
    with reading(clinic):
        nurse = Membership.objects.get(clinic=clinic, role="nurse").person_id
    for patient in patients * 100:
        at = datetime.now(UTC)
        acting = Acting(nurse, "Nurse", clinic, "nurse", at)
        fact = {"kind": "weight", "date": str(at.date()), "kg": 68.5}
        record_facts(acting, patient, [fact], request=uuid4().hex)
        time.sleep(1 / rate)


# -- the load -------------------------------------------------------------------------------------------


async def load(address: str, paths: Sequence[str], cookie: str, rate: float, seconds: float) -> Measured:
    """So many requests a second, each leaving at its own time."""
    begin = time.perf_counter() + 0.2
    running: list[asyncio.Task[tuple[float, int, str]]] = []
    for number in range(int(rate * seconds)):
        leaves = begin + number / rate
        await asyncio.sleep(max(0.0, leaves - time.perf_counter()))
        if sum(not each.done() for each in running) > AT_MOST_OPEN:
            raise SystemExit(f"More than {AT_MOST_OPEN} requests wait: the server cannot follow.")
        running.append(asyncio.create_task(one(address, paths[number % len(paths)], cookie, leaves)))
    answers = await asyncio.gather(*running)
    failed = [why for _, _, why in answers if why]
    return Measured([1e3 * took for took, _, _ in answers], failed, sum(size for _, size, _ in answers))


async def one(address: str, path: str, cookie: str, leaves: float) -> tuple[float, int, str]:
    """Seconds since it should have left, bytes, and why it failed (empty: it did not)."""
    where = urllib.parse.urlsplit(address)
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            reader, writer = await asyncio.open_connection(where.hostname, where.port)
            lines = (
                f"GET {path} HTTP/1.1",
                f"Host: {where.netloc}",
                f"Cookie: {cookie}",
                "Connection: close",
            )
            writer.write("\r\n".join((*lines, "", "")).encode())
            answer = await reader.read(-1)
            writer.close()
    except (OSError, TimeoutError) as fault:
        return time.perf_counter() - leaves, 0, type(fault).__name__
    status = answer.split(b" ", 2)[1].decode() if answer else "nothing"
    is_whole = answer.rstrip().endswith(b"</html>")
    why = "" if status == "200" and is_whole else f"status {status}"
    return time.perf_counter() - leaves, len(answer), why


def asked_for(words: argparse.Namespace) -> Asked:
    return Asked(words.courses, words.seconds, words.rate, words.writes, words.postgresql)


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--courses", type=int, default=5_000)
    made.add_argument("--seconds", type=float, default=60)
    made.add_argument("--rate", type=float, default=20)
    made.add_argument("--writes", type=float, default=1, help="facts recorded a second meanwhile")
    made.add_argument("--postgresql", action="store_true")
    for name, takes in (("--seed", int), ("--write", float)):
        made.add_argument(name, type=takes, help=argparse.SUPPRESS)
    for name in ("--list", "--migrate"):
        made.add_argument(name, action="store_true", help=argparse.SUPPRESS)
    return made


if __name__ == "__main__":
    given = parser().parse_args()
    if given.migrate:
        migrate()
    elif given.seed:
        seed(given.seed)
    elif given.list:
        list_patients()
    elif given.write:
        write(given.write)
    else:
        raise SystemExit(main(asked_for(given)))
