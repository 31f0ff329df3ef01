"""Which patients does the clinic know by a name, a number or a date of birth, and is somebody known already?

Who a patient is lies sealed, so no database can be asked: the clinic's identities are opened in memory, for
this one question, and nothing of it is kept.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import date
from typing import Final, NamedTuple
from uuid import UUID

import msgspec

from isovigil.proof.sealing import DoesNotOpen
from isovigil.storage import ledger
from isovigil.storage.models import Entry, IdempotencyKey
from isovigil.storage.patient_keys import data_keys_that_open
from isovigil.storage.tenancy import reading, writing
from isovigil.usecases.record.access import refuse_unless_allowed
from isovigil.usecases.record.acting import Acting
from isovigil.usecases.record.patient_case import Identity
from isovigil.usecases.record.register_patient import register_patient
from isovigil.usecases.record.requests import hold_the_log

MOST_FOUND: Final = 50
"""Longer lists are not read; a further word makes them short."""


class KnownPatient(NamedTuple):
    """A patient the clinic keeps a record of."""

    patient: UUID
    identity: Identity


class FoundPatients(NamedTuple):
    """Who answers to what was asked for."""

    patients: tuple[KnownPatient, ...]
    """By name, at most `MOST_FOUND`."""
    number: int
    """How many there are."""


class AlreadyKnown(Exception):
    """The clinic has somebody with this number, or of this name and date of birth."""

    def __init__(self, same_number: tuple[KnownPatient, ...], same_person: tuple[KnownPatient, ...]) -> None:
        super().__init__("This patient may be on record already. Look at who is, before a second is opened.")
        self.same_number = same_number
        """Nobody else may get a number that tells patients apart."""
        self.same_person = same_person
        """Of the same name and date of birth, under another number: perhaps the same, perhaps not."""


def find_patients(acting: Acting, wanted: str) -> FoundPatients:
    """Whose name, number or date of birth (as 2001-11-27) begins with each of the words asked for.

    Raises:
        NotAllowed: The role may not see the worklist.
    """
    refuse_unless_allowed(acting, "see_worklist")
    asked = [word for word in (_plain(each) for each in wanted.split()) if word]
    with reading(acting.clinic, acting.person):
        found = [each for each in _everybody(acting.clinic) if asked and _answers(each.identity, asked)]
    found.sort(key=lambda each: (_plain(each.identity.name), each.identity.second_id))
    return FoundPatients(tuple(found[:MOST_FOUND]), len(found))


def register_unless_known(acting: Acting, identity: Identity, request: str, *, is_another: bool) -> UUID:
    """Open a record for a patient nobody knows yet. The same request twice opens one.

    `is_another`: somebody looked, and this is another person of the same name and date of birth.

    Raises:
        AlreadyKnown: The number is taken; or the name and the date of birth are, and nobody looked.
        NotAllowed, KeyReused: As `register_patient`.
    """
    refuse_unless_allowed(acting, "register_patient")
    with writing(acting.clinic, acting.person):
        hold_the_log(acting)  # of two people who register one patient at once, the second sees the first's
        seen = IdempotencyKey.objects.filter(clinic=acting.clinic, actor=acting.person, key=request)
        if not seen.exists():
            _refuse_if_known(acting, identity, is_another=is_another)
        return register_patient(acting, identity, request)


def _refuse_if_known(acting: Acting, identity: Identity, *, is_another: bool) -> None:
    everybody = list(_everybody(acting.clinic))
    number, name = _number(identity.second_id), _plain(identity.name)
    same_number = tuple(each for each in everybody if _number(each.identity.second_id) == number)
    same_person = tuple(
        each
        for each in everybody
        if each not in same_number
        and _plain(each.identity.name) == name
        and _may_be_one_day(each.identity.born_on, identity.born_on)
    )
    if same_number or (same_person and not is_another):
        raise AlreadyKnown(same_number, same_person)


def _may_be_one_day(one: date | None, other: date | None) -> bool:
    """A date of birth that nobody recorded tells no two people apart."""
    return one is None or other is None or one == other


def _everybody(clinic: UUID) -> Iterator[KnownPatient]:
    """Every patient who can be read, as last put right; call inside `tenancy.reading` or `writing`.

    A record that does not open is left to the worklist, where it stands first.
    """
    rows = Entry.objects.filter(clinic=clinic, category=ledger.Category.IDENTITY).order_by("seq")
    last = {row.patient_id: row for row in rows if row.patient_id is not None}
    opened, _damaged = data_keys_that_open(clinic, list(last))
    for patient, key in opened.items():
        try:
            payload = ledger.open_entry(last[patient], key).payload
        except DoesNotOpen:
            continue
        yield KnownPatient(patient, msgspec.convert(payload["identity"], Identity))


def _answers(identity: Identity, asked: list[str]) -> bool:
    born_on = "" if identity.born_on is None else identity.born_on.isoformat()
    words = [*_plain(identity.name).split(), _plain(identity.second_id), _number(identity.second_id), born_on]
    return all(any(word.startswith(each) for word in words) for each in asked)


def _plain(text: str) -> str:
    """Without accents, capitals and doubled spaces: what two people may write differently of one name."""
    bare = unicodedata.normalize("NFKD", text)
    return " ".join("".join(sign for sign in bare if not unicodedata.combining(sign)).casefold().split())


def _number(text: str) -> str:
    return "".join(sign for sign in _plain(text) if sign.isalnum())
