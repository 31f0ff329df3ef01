"""Which tables does the record have? One file a subject."""

from isovigil.storage.models.access import BreakGlass, Invitation, ReadEvent
from isovigil.storage.models.clinic import Adoption, Clinic
from isovigil.storage.models.hand_over import HandOverClaim, HandOverDone, HandOverReversal
from isovigil.storage.models.log import Entry, IdempotencyKey, LogHead, LogState
from isovigil.storage.models.patient import PatientKey, PatientRecord
from isovigil.storage.models.people import Membership, Person
from isovigil.storage.models.projection import Draft, WorklistRow

__all__ = [
    "Adoption",
    "BreakGlass",
    "Clinic",
    "Draft",
    "Entry",
    "HandOverClaim",
    "HandOverDone",
    "HandOverReversal",
    "IdempotencyKey",
    "Invitation",
    "LogHead",
    "LogState",
    "Membership",
    "PatientKey",
    "PatientRecord",
    "Person",
    "ReadEvent",
    "WorklistRow",
]
