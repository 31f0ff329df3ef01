"""How does a prescriber sign a visit: what it says, who signs, what that means, and when?"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import msgspec

from isovigil.proof.canonical import canonical
from isovigil.storage import ledger
from isovigil.storage.models import Draft
from isovigil.storage.tenancy import writing
from isovigil.usecases.record.access import TooLongSinceSignIn, refuse_unless_allowed
from isovigil.usecases.record.acting import Acting
from isovigil.usecases.record.patient_case import OnRecord, Provenance, on_record
from isovigil.usecases.record.record_facts import append_facts, checked_facts, judging_for_writing
from isovigil.usecases.record.requests import (
    answer_given_before,
    hold_the_log,
    refuse_if_changed,
    remember_answer,
)
from isovigil.usecases.record.shown_to_sign import ShownOtherwise, ShownToSign, ToSign, kept
from isovigil.usecases.record.visit_read import advice_on

SIGNED_IN_WITHIN: Final = timedelta(minutes=15)
MEANING: Final = "I have seen this patient's answers and results, and I decided what stands here."


def sign_visit(
    acting: Acting,
    patient: UUID,
    facts: Sequence[Mapping[str, Any]],
    *,
    form: str,
    expected: int,
    request: str,
    to_sign: ToSign,
    meaning: str = MEANING,
    reason: str | None = None,
) -> UUID:
    """Record the facts of a visit and the signature over them, together or not at all.

    The signature names the signer, the moment with the clinic's zone, the meaning, and the hash of every
    fact signed, so that it cannot be moved to another visit (21 CFR 11.50 and 11.70). It keeps what the
    signer was shown: the page is told again from the record as it is inside the transaction, and unless
    that has the hash that the page carried, nothing is signed. The draft goes. `reason` says why facts are
    corrected, where any are.

    Raises:
        NotAllowed: The role may not sign.
        TooLongSinceSignIn: The signer has to say once more who they are.
        ShownOtherwise: The advice, the rules, the record or the language changed since the page was shown.
        CaseProblems, ChangedMeanwhile, KeyReused, Erased, NoReason: As `record_facts`.
    """
    refuse_unless_allowed(acting, "sign_visit", patient)
    again = acting.signed_in_again_at
    if again is None or acting.at - again > SIGNED_IN_WITHIN:
        raise TooLongSinceSignIn("Confirm who you are, then sign; what you entered is kept.")
    whence = Provenance(form=form, reason=reason)
    asked = {
        "what": "sign_visit",
        "patient": str(patient),
        "facts": msgspec.to_builtins(list(facts)),
        "form": form,
        "meaning": meaning,
        "reason": reason,
        "shown": to_sign.hash,
    }
    with writing(acting.clinic, acting.person):
        hold_the_log(acting)
        before = answer_given_before(acting, request, asked)
        if before is not None:
            return UUID(before["signature"])
        refuse_if_changed(patient, expected)
        judging = judging_for_writing(acting)
        known = on_record(acting.clinic, patient, judging)
        checked = checked_facts(acting, known, facts, whence)
        shown = to_sign.tell(advice_on(acting, known, judging, checked), known)
        if shown.hash != to_sign.hash:
            raise ShownOtherwise(shown)
        recorded = append_facts(acting, patient, checked, whence)
        signature = _append_signature(acting, known, recorded, form, meaning, shown)
        Draft.objects.filter(clinic=acting.clinic, patient=patient, person=acting.person).delete()
        remember_answer(acting, request, patient, asked, {"signature": str(signature)})
    return signature


def _append_signature(
    acting: Acting,
    known: OnRecord,
    recorded: Sequence[ledger.Recorded],
    form: str,
    meaning: str,
    shown: ShownToSign,
) -> UUID:
    """Put the signature over recorded facts, and what was shown to the signer, into the log; its id."""
    signature = uuid4()
    payload = {
        "kind": "signature",
        "of": [str(each.id) for each in recorded],
        "hash": hash_of_facts(recorded),
        "by": acting.name,
        "role": acting.role,
        "meaning": meaning,
        "at": acting.at.astimezone(ZoneInfo(known.case.time_zone)).isoformat(),
        "time_zone": known.case.time_zone,
        "form": form,
        "shown": kept(shown),
    }
    entry = ledger.ToRecord(signature, ledger.Category.ACT, payload, known.patient)
    ledger.append(acting.clinic, acting.person, acting.at, [entry])
    return signature


def hash_of_facts(recorded: Sequence[ledger.Recorded]) -> str:
    """What a signature covers: SHA-256 over the facts' ids and payloads in their order, in hexadecimal."""
    return hashlib.sha256(
        canonical([{"id": str(each.id), "payload": each.payload} for each in recorded])
    ).hexdigest()
