"""What does an indicator look at: one course of treatment, as it was on file on a day?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple, TypeVar

from isovigil.calendar.days import age_in_years
from isovigil.case.fact import Fact
from isovigil.case.kinds import (
    Acknowledgement,
    Acne,
    AdverseEventReport,
    Assessment,
    Attestation,
    ClinicalDecision,
    ContraceptionWaiver,
    Counselling,
    Dispense,
    Laboratory,
    NonPregnancyCertificate,
    Opinion,
    Pregnancy,
    PregnancyTest,
    Prescription,
    PriorTherapy,
    Questionnaire,
    TreatmentStop,
    Visit,
)
from isovigil.law.law import Law

F = TypeVar("F", bound=Fact)


LOOKED_AT: tuple[type[Fact], ...] = (
    Acknowledgement,
    Acne,
    AdverseEventReport,
    Assessment,
    Attestation,
    ClinicalDecision,
    ContraceptionWaiver,
    Counselling,
    Laboratory,
    NonPregnancyCertificate,
    Opinion,
    Pregnancy,
    PregnancyTest,
    PriorTherapy,
    Questionnaire,
    TreatmentStop,
    Visit,
)
"""The kinds of fact that some indicator looks at, beside prescriptions and hand-overs."""


class AuditedAct(NamedTuple):
    """One prescription or hand-over, as the replay judged it."""

    act: str
    """The fact's id."""
    on: date
    is_hand_over: bool
    in_the_way: frozenset[str]
    """The rules that made its verdict; empty where it was right."""
    is_stopped: bool
    """Was the verdict a stop or a hold? Then rules that merely wait are not named in `in_the_way`."""
    is_judged: bool
    """False on a day whose law is not held."""


class AuditedCourse(NamedTuple):
    """One course of one patient, with everything of it that was on file by the day of the audit.

    Facts that were corrected or entered in error are not among them; hand-overs that were reversed neither.
    """

    patient: str
    on: date
    """The day of the audit."""
    law: Law
    can_become_pregnant: bool | None
    """None where nobody recorded it: such a course is excluded, never counted as right."""
    born_on: date | None
    facts: Mapping[type[Fact], Sequence[Any]]
    """By kind, oldest first."""
    prescriptions: Sequence[Prescription]
    hand_overs: Sequence[Dispense]
    started_on: date | None
    """The day of the first dose."""
    ended_on: date | None
    """The day of the last dose, where treatment has ended."""
    acts: Sequence[AuditedAct]
    """As replayed, oldest first; empty where no replay was asked for."""

    def all(self, kind: type[F]) -> Sequence[F]:
        """The facts of a kind, oldest first."""
        return self.facts.get(kind, ())

    @property
    def first_prescription(self) -> Prescription | None:
        """The first prescription of the course."""
        return self.prescriptions[0] if self.prescriptions else None

    def age_on(self, day: date) -> int | None:
        """Completed years of age; None where the day of birth is not on file."""
        return None if self.born_on is None else age_in_years(self.born_on, day)

    def last_day(self) -> date:
        """The last day of treatment so far: of the last dose, else of the audit."""
        return self.on if self.ended_on is None else min(self.ended_on, self.on)
