"""What has somebody typed into a form and not yet signed?"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from isovigil.proof.entries import SALT_BYTES
from isovigil.proof.sealing import NONCE_BYTES, Belonging, Opened, open_payload, seal_payload
from isovigil.storage import ledger
from isovigil.storage.models import Draft
from isovigil.storage.patient_keys import data_key_of
from isovigil.storage.tenancy import reading, writing
from isovigil.usecases.record.access import refuse_unless_allowed
from isovigil.usecases.record.acting import Acting
from isovigil.usecases.record.requests import hold_the_log


class KeptDraft(NamedTuple):
    """A form as it was left."""

    answers: Mapping[str, Any]
    saved_at: datetime
    based_on_seq: int
    """The patient's last entry when it was begun."""


def save_draft(acting: Acting, patient: UUID, form: str, answers: Mapping[str, Any]) -> KeptDraft:
    """Keep what was typed so far, over what was kept before; nobody else sees it.

    Raises:
        NotAllowed, Erased: As they say.
    """
    refuse_unless_allowed(acting, "record_facts", patient)
    with writing(acting.clinic, acting.person):
        hold_the_log(acting)  # two windows that save the same form take turns
        row = Draft.objects.filter(
            clinic=acting.clinic, patient=patient, person=acting.person, form=form
        ).first() or Draft(
            id=uuid4(),
            clinic_id=acting.clinic,
            patient_id=patient,
            person_id=acting.person,
            form=form,
            based_on_seq=ledger.last_seq_about(patient),
        )
        key = data_key_of(acting.clinic, patient)
        opened = Opened(secrets.token_bytes(SALT_BYTES), dict(answers))
        row.sealed = seal_payload(key, secrets.token_bytes(NONCE_BYTES), _belonging(acting, row), opened)
        row.saved_at = acting.at
        row.save()
    return KeptDraft(answers, acting.at, row.based_on_seq)


def draft_of(acting: Acting, patient: UUID, form: str) -> KeptDraft | None:
    """What this person left in this form about this patient; None where nothing.

    Raises:
        NotAllowed, Erased: As they say.
    """
    refuse_unless_allowed(acting, "record_facts", patient)
    with reading(acting.clinic, acting.person):
        row = Draft.objects.filter(
            clinic=acting.clinic, patient=patient, person=acting.person, form=form
        ).first()
        if row is None:
            return None
        key = data_key_of(acting.clinic, patient)
        opened = open_payload(key, _belonging(acting, row), bytes(row.sealed))
        return KeptDraft(opened.payload, row.saved_at, row.based_on_seq)


def drop_draft(acting: Acting, patient: UUID, form: str) -> None:
    """Throw away what this person left in this form."""
    with writing(acting.clinic, acting.person):
        Draft.objects.filter(clinic=acting.clinic, patient=patient, person=acting.person, form=form).delete()


def _belonging(acting: Acting, row: Draft) -> Belonging:
    return Belonging(clinic=str(acting.clinic), fact=str(row.id), category="draft")
