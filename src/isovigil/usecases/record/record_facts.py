"""How are facts about a patient recorded, and corrected, without losing what was there?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final
from uuid import UUID, uuid4

import msgspec

from isovigil.case.fact import Fact
from isovigil.case.words import Enterer
from isovigil.exchange.case_file import case_from_mapping
from isovigil.exchange.case_writer import case_as_mapping, fact_as_mapping
from isovigil.storage import ledger
from isovigil.storage.models import HandOverClaim, HandOverDone
from isovigil.storage.tenancy import writing
from isovigil.usecases.record.access import (
    NotAllowed,
    refuse_unless_allowed,
    refuse_unless_may_let_treatment_go_on,
    refuse_unless_may_record,
)
from isovigil.usecases.record.acting import CLINIC_ROLES, Acting, Role
from isovigil.usecases.record.judging import Judging, judging_of
from isovigil.usecases.record.patient_case import OnRecord, Provenance, on_record
from isovigil.usecases.record.requests import (
    answer_given_before,
    hold_the_log,
    refuse_if_changed,
    remember_answer,
)

ENTERED_BY: Final[Mapping[Role, Enterer]] = {
    "prescriber": "prescriber",
    "nurse": "designee",
    "coordinator": "designee",
    "pharmacist": "pharmacist",
    "patient": "patient",
    "carer": "carer",
}


class NotInThisRecord(Exception):
    """A correction names a fact that this patient's record does not hold."""


class OfThePharmacy(Exception):
    """What a pharmacy authorised or handed over here is taken back there, with its claim, or not at all."""


class NoReason(Exception):
    """A correction does not say why; whoever reads the record later would have to guess."""


def record_facts(
    acting: Acting,
    patient: UUID,
    facts: Sequence[Mapping[str, Any]],
    *,
    request: str,
    expected: int | None = None,
    provenance: Provenance | None = None,
) -> tuple[UUID, ...]:
    """Record facts about a patient, all or none, and return their ids.

    Args:
        acting: Who, and when.
        patient: About whom.
        facts: In the shape of a case file, without `id`, `recorded_at` and `entered_by`. `supersedes` names
            the fact a correction replaces; it needs a reason in the provenance.
        request: A key drawn by the caller for this request; the same key again does nothing twice.
        expected: The patient's last entry when the form was opened; None takes the record as it is.
        provenance: Whence they come.

    Raises:
        CaseProblems: Something is wrong with a fact, or with it beside the others; every problem is listed.
        NotAllowed: The role may not record this kind, or not with what it says.
        ChangedMeanwhile, KeyReused, Erased, NotInThisRecord, NoReason: As they say.
    """
    refuse_unless_allowed(acting, "record_facts", patient)
    whence = provenance or Provenance()
    asked = {
        "what": "record_facts",
        "patient": str(patient),
        "facts": msgspec.to_builtins(list(facts)),
        "provenance": msgspec.to_builtins(whence),
    }
    with writing(acting.clinic, acting.person):
        hold_the_log(acting)
        before = answer_given_before(acting, request, asked)
        if before is not None:
            return tuple(UUID(each) for each in before["facts"])
        refuse_if_changed(patient, expected)
        judging = judging_for_writing(acting)
        checked = checked_facts(acting, on_record(acting.clinic, patient, judging), facts, whence)
        recorded = append_facts(acting, patient, checked, whence)
        remember_answer(acting, request, patient, asked, {"facts": [str(each.id) for each in recorded]})
    return tuple(each.id for each in recorded)


def judging_for_writing(acting: Acting) -> Judging:
    """What the clinic judges by; a fact may be recorded also where nothing has been adopted yet."""
    from isovigil.storage.models import Clinic
    from isovigil.usecases.record.judging import NotAdopted, rulebook_in_use

    try:
        return judging_of(acting.clinic)
    except NotAdopted:
        here = Clinic.objects.get(id=acting.clinic)
        return Judging(here.programme, here.policy, rulebook_in_use().digest, None, None)


def checked_facts(
    acting: Acting, known: OnRecord, facts: Sequence[Mapping[str, Any]], whence: Provenance
) -> tuple[Fact, ...]:
    """The new facts, checked each and beside what is on record; each has its id.

    Raises what `record_facts` raises.
    """
    if whence.imported and acting.role not in CLINIC_ROLES:
        raise NotAllowed(acting, "say when something was learned elsewhere", CLINIC_ROLES)
    on_file = {str(each.recorded.id): each.fact for each in known.facts}
    new: list[dict[str, Any]] = []
    for given in facts:
        named = given.get("supersedes")
        if named is not None:
            refuse_unless_allowed(acting, "correct_facts")
            if named not in on_file:
                raise NotInThisRecord(f"There is no fact {named} in this patient's record to correct.")
            if not whence.imported and not (whence.reason or "").strip():
                raise NoReason(f"Say why fact {named} is corrected; the reason stands beside both for good.")
        _refuse_what_the_pharmacy_did(acting, given)
        added = {} if whence.imported else {"recorded_at": acting.at, "entered_by": ENTERED_BY[acting.role]}
        new.append({**given, **added, "id": str(uuid4())})
    checked = sound_beside(known, new)
    for fact in checked:
        refuse_unless_may_record(acting, fact.kind)
        # What is imported was judged elsewhere, by whoever it names; to transcribe it is no judgement.
        if not whence.imported:
            refuse_unless_may_let_treatment_go_on(acting, fact, on_file.get(fact.supersedes or ""))
    return checked


def sound_beside(known: OnRecord, new: Sequence[Mapping[str, Any]]) -> tuple[Fact, ...]:
    """New facts in the shape of a case file, with their ids, checked each and beside what is on record.

    Raises:
        CaseProblems: Something is wrong with one; every problem is listed.
    """
    mapping = case_as_mapping(known.case)
    mapping["time_zone"] = known.case.time_zone
    mapping["facts"] = [*mapping["facts"], *new]
    return case_from_mapping(mapping, name="record").facts[len(known.case.facts) :]


def _refuse_what_the_pharmacy_did(acting: Acting, given: Mapping[str, Any]) -> None:
    """A fact alone would leave the claim standing, and free a test whose capsules were handed over."""
    done = {str(given[name]) for name in ("supersedes", "dispense") if given.get(name) is not None}
    number = given.get("authorisation") if given.get("kind") == "reversal" else None
    if (
        HandOverDone.objects.filter(clinic=acting.clinic, dispense__in=_ids(done)).exists()
        or HandOverClaim.objects.filter(clinic=acting.clinic, number=number or "").exists()
    ):
        raise OfThePharmacy("The pharmacy handed this over here. The pharmacy has to reverse it.")


def _ids(named: Iterable[str]) -> list[UUID]:
    """Those that can be the id of an entry; a fact that is made up names others as it likes."""
    found = []
    for each in named:
        with suppress(ValueError):
            found.append(UUID(each))
    return found


def append_facts(
    acting: Acting, patient: UUID, facts: Sequence[Fact], whence: Provenance
) -> tuple[ledger.Recorded, ...]:
    """Put checked facts into the log; for use cases that already hold it and checked them."""
    return ledger.append(acting.clinic, acting.person, acting.at, entries_of(patient, facts, whence))


def entries_of(patient: UUID, facts: Sequence[Fact], whence: Provenance) -> list[ledger.ToRecord]:
    """Checked facts as the log takes them."""
    plain = msgspec.to_builtins(whence)
    return [
        ledger.ToRecord(
            UUID(fact.id), ledger.Category.FACT, _payload(fact, plain, keep=whence.imported), patient
        )
        for fact in facts
    ]


def _payload(fact: Fact, provenance: Mapping[str, Any], *, keep: bool) -> Mapping[str, Any]:
    """What is sealed. When it was recorded stands beside it, unless it was learned elsewhere."""
    given = fact_as_mapping(fact)
    given.pop("id")
    if not keep:
        given.pop("recorded_at", None)
    return {"kind": "fact", "fact": msgspec.to_builtins(given), "provenance": provenance}
