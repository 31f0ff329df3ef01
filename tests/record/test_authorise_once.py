"""Can the same capsules ever be handed over twice, however many ask at once?

A race is a number of requests let go at one instant, each with a key of its own, about one patient. Four
races are run over each patient in turn: who authorises, who records the hand-over, who reverses it, who
authorises again. Of each exactly one may succeed.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from threading import Barrier
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection

from isovigil.case.kinds import Authorisation, Dispense, Reversal
from isovigil.storage.models import HandOverClaim, HandOverDone, HandOverReversal
from isovigil.storage.tenancy import reading
from isovigil.usecases.record.hand_over import (
    AlreadyAuthorised,
    Authorised,
    NoSuchAuthorisation,
    NotToday,
    authorise_hand_over,
    record_hand_over,
    reverse_hand_over,
)
from isovigil.usecases.record.judging import judging_of
from isovigil.usecases.record.patient_case import on_record
from isovigil.usecases.record.record_facts import record_facts
from isovigil.usecases.record.requests import KeyReused
from tests.profiles import how_many
from tests.record.records import NOW, Record, a_patient

RACES = how_many(quick=1_000, nightly=10_000)
"""On both databases together."""
RACES_A_PATIENT = 4
RUNNERS = how_many(quick=2, nightly=4)
PROCESSES = 2
CAPSULES = [{"mg": 30, "count": 30}]


class Runners:
    """Threads that keep their connections, so that a race is decided in the database, not at the door."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._pool = ThreadPoolExecutor(count)

    def race(self, ask: Callable[[], Any]) -> list[Any]:
        """What each was answered, or its refusal."""
        start = Barrier(self.count)

        def run() -> Any:
            start.wait()
            try:
                return ask()
            except (AlreadyAuthorised, NoSuchAuthorisation, NotToday) as refusal:
                return refusal

        return [each.result() for each in [self._pool.submit(run) for _ in range(self.count)]]

    def end(self) -> None:
        start = Barrier(self.count)

        def leave() -> None:
            start.wait()
            connection.close()

        for each in [self._pool.submit(leave) for _ in range(self.count)]:
            each.result()
        self._pool.shutdown()


@contextmanager
def runners(count: int) -> Iterator[Runners]:
    pool = Runners(count)
    try:
        yield pool
    finally:
        pool.end()


def the_one_success(answers: list[Any]) -> Any:
    """Raises unless exactly one of them is no refusal."""
    won = [each for each in answers if not isinstance(each, Exception)]
    assert len(won) == 1, answers
    return won[0]


def race_over(record: Record, patient: UUID, pool: Runners) -> None:
    """The four races over one patient's prescription."""
    pharmacist = record.acting("pharmacist")
    won: Authorised = the_one_success(
        pool.race(lambda: authorise_hand_over(pharmacist, patient, request=uuid4().hex))
    )
    the_one_success(
        pool.race(
            lambda: record_hand_over(
                pharmacist,
                patient,
                won.number,
                days_supply=30,
                capsules=CAPSULES,
                request=uuid4().hex,
            )
        )
    )
    the_one_success(
        pool.race(
            lambda: reverse_hand_over(
                pharmacist, patient, won.number, reason="Counted wrong.", request=uuid4().hex
            )
        )
    )
    again: Authorised = the_one_success(
        pool.race(lambda: authorise_hand_over(pharmacist, patient, request=uuid4().hex))
    )
    assert again.prescription == won.prescription
    assert again.number != won.number


def test_of_all_who_ask_at_once_one_succeeds_in_every_race(record: Record):
    patients = RACES // 2 // RACES_A_PATIENT
    with runners(RUNNERS) as pool:
        for _ in range(patients):
            race_over(record, a_patient(record), pool)
    with reading(record.clinic):
        counts = [model.objects.count() for model in (HandOverClaim, HandOverDone, HandOverReversal)]
    # Each patient: authorised, handed over, reversed, and authorised once more.
    assert counts == [2 * patients, patients, patients]


def test_of_fifty_who_ask_at_once_one_succeeds(record: Record):
    with runners(50) as pool:
        race_over(record, record.patient, pool)
    with reading(record.clinic):
        known = on_record(record.clinic, record.patient, judging_of(record.clinic))
    kinds = [type(each.fact) for each in known.facts]
    assert kinds.count(Authorisation) == 2
    assert kinds.count(Dispense) == 1
    assert kinds.count(Reversal) == 2  # of the authorisation, and of the hand-over


ASK_IN_A_PROCESS = """
import json, sys, django
django.setup()
from datetime import datetime
from uuid import UUID, uuid4
from isovigil.usecases.record.acting import Acting
from isovigil.usecases.record.hand_over import AlreadyAuthorised, authorise_hand_over
from isovigil.usecases.record.judging import rulebook_in_use
asked = json.loads(sys.argv[1])
acting = Acting(
    UUID(asked["person"]), "P", UUID(asked["clinic"]), "pharmacist", datetime.fromisoformat(asked["at"])
)
rulebook_in_use()
print("ready", flush=True)
for line in sys.stdin:
    try:
        print(authorise_hand_over(acting, UUID(line.strip()), request=uuid4().hex).number, flush=True)
    except AlreadyAuthorised:
        print("refused", flush=True)
"""


def test_of_processes_that_share_nothing_but_the_database_one_succeeds(record: Record):
    patients = [a_patient(record) for _ in range(how_many(quick=15, nightly=200))]
    asked = {
        "person": str(record.people["pharmacist"]),
        "clinic": str(record.clinic),
        "at": NOW.isoformat(),
    }
    askers = [
        subprocess.Popen(
            [sys.executable, "-c", ASK_IN_A_PROCESS, json.dumps(asked)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=record.environment,
        )
        for _ in range(PROCESSES)
    ]
    try:
        assert [told(each) for each in askers] == ["ready"] * PROCESSES
        for patient in patients:
            for each in askers:
                assert each.stdin is not None
                each.stdin.write(f"{patient}\n")
                each.stdin.flush()
            answers = [told(each) for each in askers]
            assert answers.count("refused") == PROCESSES - 1, answers
    finally:
        for each in askers:
            each.communicate()


def told(asker: subprocess.Popen[str]) -> str:
    assert asker.stdout is not None
    return asker.stdout.readline().strip()


# --- one after the other ---


def test_the_same_request_is_answered_with_the_same_number(record: Record):
    pharmacist = record.acting("pharmacist")
    first = authorise_hand_over(pharmacist, record.patient, request="a")
    assert authorise_hand_over(pharmacist, record.patient, request="a") == first
    with pytest.raises(AlreadyAuthorised, match=first.number):
        authorise_hand_over(pharmacist, record.patient, request="b")


def test_a_number_is_used_once_and_never_after_its_reversal(record: Record):
    pharmacist = record.acting("pharmacist")
    number = authorise_hand_over(pharmacist, record.patient, request="a").number
    done = record_hand_over(
        pharmacist, record.patient, number, days_supply=30, capsules=CAPSULES, request="b"
    )
    assert done == record_hand_over(
        pharmacist, record.patient, number, days_supply=30, capsules=CAPSULES, request="b"
    )
    with pytest.raises(NoSuchAuthorisation, match="was used"):
        record_hand_over(pharmacist, record.patient, number, days_supply=30, capsules=CAPSULES, request="c")
    with pytest.raises(KeyReused):
        record_hand_over(pharmacist, record.patient, number, days_supply=29, capsules=CAPSULES, request="b")
    reverse_hand_over(pharmacist, record.patient, number, reason="Counted wrong.", request="d")
    reverse_hand_over(pharmacist, record.patient, number, reason="Counted wrong.", request="d")
    for request in "ef":
        with pytest.raises(NoSuchAuthorisation, match="was reversed"):
            reverse_hand_over(pharmacist, record.patient, number, reason="Counted wrong.", request=request)
    with pytest.raises(NoSuchAuthorisation, match="was reversed"):
        record_hand_over(pharmacist, record.patient, number, days_supply=30, capsules=CAPSULES, request="g")


def test_what_was_recorded_a_moment_before_is_not_missed(record: Record):
    """A positive test arrives between the prescription and the counter: nothing is handed over."""
    positive = {
        "kind": "pregnancy_test",
        "taken_on": "2026-03-10",
        "result": "positive",
        "setting": "laboratory",
        "specimen": "serum",
    }
    record_facts(record.acting("nurse"), record.patient, [positive], request="a")
    with pytest.raises(NotToday):
        authorise_hand_over(record.acting("pharmacist"), record.patient, request="b")


def test_a_positive_test_between_authorisation_and_hand_over_stops_the_hand_over(record: Record):
    pharmacist = record.acting("pharmacist")
    number = authorise_hand_over(pharmacist, record.patient, request="a").number
    positive = {
        "kind": "pregnancy_test",
        "taken_on": "2026-03-10",
        "result": "positive",
        "setting": "laboratory",
        "specimen": "serum",
    }
    record_facts(record.acting("nurse"), record.patient, [positive], request="b")
    with pytest.raises(NotToday):
        record_hand_over(pharmacist, record.patient, number, days_supply=30, capsules=CAPSULES, request="c")
    with reading(record.clinic):
        assert not HandOverDone.objects.exists()


def test_the_last_instant_of_the_window_is_inside_and_the_next_is_not(record: Record):
    """The test was taken on 4 March; its 7 days end with 10 March in New York, UTC-4 by then. The last second
    is 03:59:59 UTC of the 11th: authorised in the second before there is one second left, and in it none.
    """
    last = NOW.replace(day=11, hour=3, minute=59, second=59)
    for late in (last + timedelta(seconds=1), last + timedelta(microseconds=1), last):
        with pytest.raises(NotToday):
            authorise_hand_over(record.acting("pharmacist", late), record.patient, request="a")
    pharmacist = record.acting("pharmacist", last - timedelta(seconds=1))
    assert authorise_hand_over(pharmacist, record.patient, request="b").do_not_dispense_after == last
