"""How are facts of an enrolment recorded together with who signed them, or with what was asked?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import msgspec

from isovigil.storage import ledger
from isovigil.storage.tenancy import writing
from isovigil.usecases.record.access import refuse_unless_allowed
from isovigil.usecases.record.acting import Acting
from isovigil.usecases.record.patient_case import Provenance, on_record
from isovigil.usecases.record.record_facts import append_facts, checked_facts, judging_for_writing
from isovigil.usecases.record.requests import (
    answer_given_before,
    hold_the_log,
    refuse_if_changed,
    remember_answer,
)
from isovigil.usecases.record.sign_visit import hash_of_facts


class Signer(msgspec.Struct, frozen=True):
    """Somebody who signed a consent, and what their signature means."""

    role: str
    name: str
    meaning: str


class ConsentAct(msgspec.Struct, frozen=True, kw_only=True):
    """Who signed which text, exactly, and how it was told back."""

    form: str
    text_version: str
    """Of our summary; the official form's version stands in the fact."""
    language: str
    text: str
    text_hash: str
    signers: tuple[Signer, ...]
    told_back: tuple[str, ...]
    """The risks whose question was answered rightly."""
    attempts: int
    """How often the questions were answered until each was right."""


class AskedAct(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked outright and how it was answered: a "no" makes no fact, and is kept here."""

    form: str
    answers: Mapping[str, bool]
    language: str | None = None
    """In which the questions were put; None where it was not kept."""


class ActOnRecord(msgspec.Struct, frozen=True):
    """An act as it stands in the log."""

    id: UUID
    at: datetime
    time_zone: str
    recorded_by: str
    act: ConsentAct | AskedAct
    facts_hash: str


_KINDS: dict[str, type[ConsentAct | AskedAct]] = {"consent": ConsentAct, "asked": AskedAct}


def record_with_act(
    acting: Acting,
    patient: UUID,
    facts: Sequence[Mapping[str, Any]],
    act: ConsentAct | AskedAct,
    *,
    form: str,
    expected: int | None,
    request: str,
) -> UUID:
    """Record facts and the act behind them, together or not at all; the id of the act.

    Raises:
        CaseProblems, NotAllowed, ChangedMeanwhile, KeyReused, Erased: As `record_facts`.
    """
    refuse_unless_allowed(acting, "record_facts", patient)
    kind = next(name for name, made in _KINDS.items() if isinstance(act, made))
    plain = msgspec.to_builtins(act)
    asked = {
        "what": kind,
        "patient": str(patient),
        "facts": msgspec.to_builtins(list(facts)),
        "act": plain,
        "form": form,
    }
    with writing(acting.clinic, acting.person):
        hold_the_log(acting)
        before = answer_given_before(acting, request, asked)
        if before is not None:
            return UUID(before["act"])
        refuse_if_changed(patient, expected)
        whence = Provenance(form=form)
        known = on_record(acting.clinic, patient, judging_for_writing(acting))
        checked = checked_facts(acting, known, facts, whence)
        recorded = append_facts(acting, patient, checked, whence) if checked else ()
        zone = known.case.time_zone
        payload = {
            "kind": kind,
            "act": plain,
            "of": [str(each.id) for each in recorded],
            "hash": hash_of_facts(recorded),
            "recorded_by": acting.name,
            "role": acting.role,
            "at": acting.at.astimezone(ZoneInfo(zone)).isoformat(),
            "time_zone": zone,
            "form": form,
        }
        entry = ledger.ToRecord(uuid4(), ledger.Category.ACT, payload, patient)
        ledger.append(acting.clinic, acting.person, acting.at, [entry])
        remember_answer(acting, request, patient, asked, {"act": str(entry.id)})
    return entry.id


def acts_of(clinic: UUID, patient: UUID) -> tuple[ActOnRecord, ...]:
    """Every consent and enquiry of a patient, oldest first; call inside `tenancy.reading`."""
    found = []
    for entry in ledger.entries_about(clinic, patient, ledger.Category.ACT):
        payload: Mapping[str, Any] = entry.payload or {}
        kind = _KINDS.get(str(payload.get("kind")))
        if kind is not None:
            found.append(
                ActOnRecord(
                    entry.id,
                    datetime.fromisoformat(payload["at"]),
                    payload["time_zone"],
                    payload["recorded_by"],
                    msgspec.convert(payload["act"], kind),
                    payload["hash"],
                )
            )
    return tuple(found)
