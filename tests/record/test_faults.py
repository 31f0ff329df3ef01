"""If any one statement of a use case fails, is all of it done or none of it?

OWASP ASVS 5.0, 2.3.3. The first statement is made to fail, then the second, and so on until the use case
passes; once before the database has seen the statement, once after it has carried it out, and at last the
commit itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import DatabaseError, OperationalError, connection, connections

from isovigil.exchange.case_file import load_case
from isovigil.usecases.record.clinics import add_member, add_person
from isovigil.usecases.record.demo_clinic import put_patient_on_record
from isovigil.usecases.record.drafts import drop_draft, save_draft
from isovigil.usecases.record.erase_patient import erase_patient
from isovigil.usecases.record.hand_over import authorise_hand_over, record_hand_over, reverse_hand_over
from isovigil.usecases.record.judging import adopt
from isovigil.usecases.record.patient_case import Provenance
from isovigil.usecases.record.reads import note_read
from isovigil.usecases.record.record_facts import record_facts
from isovigil.usecases.record.register_patient import put_identity_right, register_patient
from isovigil.usecases.record.sign_log import sign_head
from isovigil.usecases.record.sign_visit import sign_visit
from isovigil.usecases.record.worklist_rows import refresh_worklist
from tests.record.records import IDENTITY, NOW, READY, Record, a_patient, weight
from tests.record.signing import WHATEVER_IS_SHOWN

UseCase = Callable[[Record], object]
KEY = "one request"
MOST_STATEMENTS = 80


def registering(record: Record) -> object:
    return register_patient(record.acting(), IDENTITY, KEY)


def importing(record: Record) -> object:
    return put_patient_on_record(record.acting(), IDENTITY, load_case(READY), source="made up")


def putting_right(record: Record) -> None:
    put_identity_right(
        record.acting(), record.patient, IDENTITY, reason="misspelt", expected=None, request=KEY
    )


def recording(record: Record) -> object:
    return record_facts(record.acting(), record.patient, [weight(70), weight(71)], request=KEY)


def correcting(record: Record) -> object:
    fact = next(row.id for row in record.entries() if row.category == "fact" and row.patient_id)
    right = {
        "kind": "prior_therapy",
        "from": "2025-06-11",
        "what": "oral_antibiotic",
        "outcome": "adequate",
        "supersedes": str(fact),
    }
    why = Provenance(reason="asked again")
    return record_facts(record.acting(), record.patient, [right], request=KEY, provenance=why)


def signing(record: Record) -> object:
    seq = max(row.seq for row in record.entries() if row.patient_id == record.patient)
    return sign_visit(
        record.acting("prescriber"),
        record.patient,
        [weight(70)],
        form="visit",
        expected=seq,
        request=KEY,
        to_sign=WHATEVER_IS_SHOWN,
    )


def drafting(record: Record) -> object:
    return save_draft(record.acting(), record.patient, "visit", {"kg": 70})


def dropping(record: Record) -> None:
    drop_draft(record.acting(), record.patient, "visit")


def authorising(record: Record) -> object:
    return authorise_hand_over(record.acting("pharmacist"), record.patient, request=KEY)


def authorised(record: Record) -> str:
    return authorise_hand_over(record.acting("pharmacist"), record.patient, request="before").number


def handing_over(record: Record) -> object:
    return record_hand_over(
        record.acting("pharmacist"),
        record.patient,
        authorised(record),
        days_supply=30,
        capsules=[{"mg": 30, "count": 30}],
        request=KEY,
    )


def reversing(record: Record) -> None:
    number = authorised(record)
    reverse_hand_over(record.acting("pharmacist"), record.patient, number, reason="returned", request=KEY)


def adopting(record: Record) -> object:
    return adopt(record.acting("prescriber"), "us_ipledge", "balanced")


def erasing(record: Record) -> None:
    erase_patient(record.acting("administrator"), record.patient, reason="asked to")


def looking(record: Record) -> None:
    note_read(record.acting(), record.patient, "course")


def signing_the_head(record: Record) -> object:
    return sign_head(record.clinic, NOW)


def listing(record: Record) -> object:
    return refresh_worklist(record.acting(), everything=True)


def giving_a_role(record: Record) -> object:
    return add_member(record.clinic, record.people["nurse"], "coordinator", NOW, by=None)


def letting_the_patient_in(record: Record) -> object:
    return add_member(
        record.clinic, record.people["auditor"], "patient", NOW, by=None, patient=record.patient
    )


def nothing(record: Record) -> None:
    """What has to be there before the use case that is tested."""


def a_draft(record: Record) -> None:
    save_draft(record.acting(), record.patient, "visit", {"kg": 69})


def an_authorisation(record: Record) -> None:
    authorised(record)


def a_way_in(record: Record) -> None:
    person = add_person("Wilhelmina", f"{uuid4().hex}@patient.example", NOW)
    add_member(record.clinic, person, "patient", NOW, by=None, patient=record.patient)
    refresh_worklist(record.acting())
    a_draft(record)


def somebody_else(record: Record) -> None:
    a_patient(record)
    refresh_worklist(record.acting())


EVERY_USE_CASE: list[tuple[UseCase, Callable[[Record], None]]] = [
    (registering, nothing),
    (importing, nothing),
    (putting_right, nothing),
    (recording, somebody_else),
    (correcting, nothing),
    (signing, a_draft),
    (drafting, nothing),
    (dropping, a_draft),
    (authorising, nothing),
    (handing_over, an_authorisation),
    (reversing, an_authorisation),
    (adopting, nothing),
    (erasing, a_way_in),
    (looking, nothing),
    (signing_the_head, nothing),
    (listing, somebody_else),
    (giving_a_role, nothing),
    (letting_the_patient_in, nothing),
]


class Injected(OperationalError):
    """As when the disk is full, the connection breaks, or the server is gone."""


@contextmanager
def statement_fails(number: int, *, carried_out: bool) -> Iterator[Callable[[], int]]:
    """The statement of this number fails, before or after it was carried out; tells how many there were.

    A BEGIN fails only before: the embedded database is in this process and either takes it or says no.
    """
    seen = 0

    def fail(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal seen
        if carried_out and sql.startswith("BEGIN"):
            return execute(sql, params, many, context)
        seen += 1
        if seen == number and not carried_out:
            raise Injected(sql)
        answer = execute(sql, params, many, context)
        if seen == number:
            raise Injected(sql)
        return answer

    with connection.execute_wrapper(fail):
        yield lambda: seen


def everything(record: Record) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table of the record."""
    with record.owner() as database:
        if record.server is not None:
            database.execute("SELECT set_config('isovigil.clinic', %s, false)", [str(record.clinic)])
        return {
            model._meta.db_table: database.execute(f"SELECT * FROM {model._meta.db_table}").fetchall()
            for model in apps.get_app_config("storage").get_models()
        }


@pytest.mark.parametrize("carried_out", [False, True], ids=["before it", "after it"])
@pytest.mark.parametrize(
    ("use_case", "first"), EVERY_USE_CASE, ids=[each.__name__ for each, _ in EVERY_USE_CASE]
)
def test_a_use_case_in_which_a_statement_fails_leaves_everything_as_it_was(
    record: Record, use_case: UseCase, first: Callable[[Record], None], *, carried_out: bool
):
    first(record)
    before = everything(record)
    for number in count(1):
        with statement_fails(number, carried_out=carried_out) as seen:
            refusal = refusal_of(lambda: use_case(record))
        if refusal is None:
            break
        assert isinstance(refusal, Injected)
        assert everything(record) == before, f"statement {number} ({refusal}) left something behind"
        assert not connection.in_atomic_block
        assert number < MOST_STATEMENTS
    assert seen() < number, "a failed statement was passed over in silence"
    assert number > 1, "no statement ever failed, so nothing was tested"
    assert everything(record) != before


def refusal_of(ask: Callable[[], object]) -> DatabaseError | None:
    """How the database's refusal comes out of the use case; None where it passes."""
    try:
        ask()
    except DatabaseError as refusal:
        return refusal
    return None


@pytest.mark.parametrize(
    ("use_case", "first"), EVERY_USE_CASE, ids=[each.__name__ for each, _ in EVERY_USE_CASE]
)
def test_a_use_case_whose_commit_fails_leaves_everything_as_it_was(
    record: Record,
    monkeypatch: pytest.MonkeyPatch,
    use_case: UseCase,
    first: Callable[[Record], None],
):
    first(record)
    before = everything(record)

    def fail() -> None:
        raise Injected("COMMIT")

    with monkeypatch.context() as patched:
        patched.setattr(connections["default"], "_commit", fail)
        with pytest.raises(Injected):
            use_case(record)
    assert everything(record) == before
    use_case(record)
    assert everything(record) != before
