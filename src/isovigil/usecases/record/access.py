"""Which role may do what, and see which kinds of fact? The one table; anything not in it is refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, TypeGuard
from uuid import UUID

from isovigil.case.fact import Fact
from isovigil.case.kinds import KINDS, Assessment
from isovigil.case.words import AssessmentWord
from isovigil.decisions.clearing import FAVOURABLE
from isovigil.usecases.record.acting import CLINIC_ROLES, EVERY_ROLE, OWN_RECORD_ROLES, Acting, Role

Verb = Literal[
    "see_worklist",
    "see_course",
    "see_own_record",
    "see_hand_over",
    "see_log",
    "see_reads",
    "see_people",
    "see_judging",
    "register_patient",
    "record_facts",
    "correct_facts",
    "sign_visit",
    "authorise_hand_over",
    "record_hand_over",
    "reverse_hand_over",
    "break_glass",
    "invite",
    "invite_patient",
    "end_membership",
    "adopt",
    "erase_patient",
    "export_patient",
]

_PHARMACY: Final[frozenset[Role]] = frozenset({"pharmacist"})
_OVERSIGHT: Final[frozenset[Role]] = frozenset({"auditor", "administrator"})
_PATIENT: Final[frozenset[Role]] = frozenset({"patient"})

MAY: Final[Mapping[Verb, frozenset[Role]]] = {
    "see_worklist": CLINIC_ROLES,
    "see_course": CLINIC_ROLES,
    "see_own_record": OWN_RECORD_ROLES,
    "see_hand_over": _PHARMACY,
    "see_log": frozenset({"auditor", "administrator", "programme_lead"}),
    "see_reads": _OVERSIGHT | OWN_RECORD_ROLES,
    "see_people": frozenset({"administrator", "programme_lead"}),
    "see_judging": EVERY_ROLE,
    "register_patient": CLINIC_ROLES,
    "record_facts": CLINIC_ROLES | _PHARMACY | OWN_RECORD_ROLES,
    "correct_facts": CLINIC_ROLES,
    "sign_visit": frozenset({"prescriber"}),
    "authorise_hand_over": _PHARMACY,
    "record_hand_over": _PHARMACY,
    "reverse_hand_over": _PHARMACY,
    "break_glass": frozenset({"prescriber", "nurse", "pharmacist"}),
    "invite": frozenset({"administrator"}),
    "invite_patient": CLINIC_ROLES,
    "end_membership": frozenset({"administrator"}),
    "adopt": frozenset({"prescriber"}),
    "erase_patient": frozenset({"administrator"}),
    "export_patient": CLINIC_ROLES | _PATIENT,
}
OPENED_BY_BROKEN_GLASS: Final[frozenset[Verb]] = frozenset({"see_course"})
"""What a role that may break the glass can do for that one patient while it is broken."""

_HAND_OVER: Final = frozenset(
    {
        "authorisation",
        "dispense",
        "prescription",
        "return",
        "reversal",
    }
)
_BY_A_PRESCRIBER_ALONE: Final = frozenset(
    {
        "clinical_decision",
        "opinion",
        "prescription",
        "treatment_start",
        "treatment_stop",
    }
)
_BY_A_PATIENT: Final = frozenset(
    {
        "contraception",
        "intake",
        "menses",
        "questionnaire",
        "symptom",
        "weight",
    }
)
_FOR_A_CARER: Final = frozenset(
    {
        "acne",
        "authorisation",
        "certification",
        "course",
        "dispense",
        "enrolment",
        "eye_examination",
        "height",
        "intake",
        "laboratory",
        "platform_outage",
        "prescription",
        "return",
        "reversal",
        "treatment_start",
        "visit",
        "weight",
    }
)
"""A list of what may be shown, not of what may not: a young person may keep contraception, pregnancy and mood
from a parent, and these also stand between the lines of conditions (depression), medicines (the pill), why
treatment stopped, symptoms, assessments, consents and free text. A new kind of fact stays hidden."""
_ALL: Final = frozenset(KINDS)

KINDS_SEEN: Final[Mapping[Role, frozenset[str]]] = {
    "prescriber": _ALL,
    "nurse": _ALL,
    "coordinator": _ALL,
    "pharmacist": _HAND_OVER,
    "programme_lead": frozenset(),
    "auditor": frozenset(),
    "administrator": frozenset(),
    "patient": _ALL,
    "carer": _FOR_A_CARER,
}
KINDS_RECORDED: Final[Mapping[Role, frozenset[str]]] = {
    "prescriber": _ALL - {"authorisation"},
    "nurse": _ALL - _BY_A_PRESCRIBER_ALONE - {"authorisation"},
    "coordinator": _ALL - _BY_A_PRESCRIBER_ALONE - {"authorisation"},
    "pharmacist": frozenset({"return"}),
    "programme_lead": frozenset(),
    "auditor": frozenset(),
    "administrator": frozenset(),
    "patient": _BY_A_PATIENT,
    "carer": frozenset({"intake", "symptom", "weight"}),
}

ENDS_A_HOLD_FOR_SELF_HARM: Final[frozenset[AssessmentWord]] = frozenset({"suicide_risk", "mental_health"})
"""The assessments either of which, with a favourable outcome, ends a hold or an emergency for thoughts of
self-harm (rows PSY-6 and PSY-7 of `mental_health/actions`, and AE12)."""
LETS_TREATMENT_GO_ON: Final[frozenset[Role]] = frozenset({"prescriber"})
"""Who may record one with a favourable outcome, or take an unfavourable one back. It is a judgement as a
clinical decision is; an unfavourable one errs towards holding, and is open to whoever may record the kind."""


class NotAllowed(Exception):
    """This role may not do that. Says what, and who may; never whether the record exists."""

    def __init__(self, acting: Acting, what: str, who_may: frozenset[Role]) -> None:
        roles = ", ".join(sorted(who_may)).replace("_", " ") or "nobody"
        shown = acting.role.replace("_", " ")
        super().__init__(f"A {shown} may not {what}. Who may: {roles}.")
        self.what = what


class LetsTreatmentGoOn(NotAllowed):
    """The kind is open to this role, but what the entry says is a prescriber's judgement."""


class TooLongSinceSignIn(Exception):
    """Signing asks who you are once more, and the last answer is too old."""


def may(acting: Acting, verb: Verb, patient: UUID | None = None) -> bool:
    """May this person do this, for this patient where one is meant?"""
    if acting.break_glass is not None and verb in OPENED_BY_BROKEN_GLASS:
        return acting.role in MAY["break_glass"]
    if acting.role not in MAY[verb]:
        return False
    return acting.role not in OWN_RECORD_ROLES or patient is None or acting.patient == patient


def kinds_seen(acting: Acting) -> frozenset[str]:
    """Which kinds of fact the acting person may see; all of them under broken glass."""
    is_open = acting.break_glass is not None and acting.role in MAY["break_glass"]
    return _ALL if is_open else KINDS_SEEN[acting.role]


def refuse_unless_allowed(acting: Acting, verb: Verb, patient: UUID | None = None) -> None:
    """Raises NotAllowed unless the table lets this role do this, for this patient."""
    if not may(acting, verb, patient):
        raise NotAllowed(acting, verb.replace("_", " "), MAY[verb])


def refuse_unless_may_record(acting: Acting, kind: str) -> None:
    """Raises NotAllowed unless the table lets this role record this kind of fact."""
    if kind not in KINDS_RECORDED[acting.role]:
        who_may = frozenset(role for role, kinds in KINDS_RECORDED.items() if kind in kinds)
        raise NotAllowed(acting, f"record a {kind.replace('_', ' ')}", who_may)


def refuse_unless_may_let_treatment_go_on(acting: Acting, fact: Fact, corrects: Fact | None = None) -> None:
    """Who may say, after thoughts of self-harm, that treatment may go on? A prescriber alone.

    To record a favourable assessment says so; to take back or move to an earlier day one that was not
    cleared says so too, for an earlier favourable one may count again. To record one that was not cleared,
    and to withdraw a favourable one, can only hold.

    Args:
        acting: Who.
        fact: What is to be recorded.
        corrects: The entry on record that it names in `supersedes`.

    Raises:
        LetsTreatmentGoOn: It is another role's. Says who may.
    """
    if acting.role in LETS_TREATMENT_GO_ON:
        return
    if _is_of_self_harm(fact) and fact.outcome in FAVOURABLE and not fact.withdrawn:
        what = "record that treatment may go on after an assessment of the risk of self-harm"
        raise LetsTreatmentGoOn(acting, what, LETS_TREATMENT_GO_ON)
    if corrects is None or not _is_of_self_harm(corrects) or corrects.outcome in FAVOURABLE:
        return
    still_holds = _is_of_self_harm(fact) and not fact.withdrawn and fact.what == corrects.what
    if not still_holds or fact.day < corrects.day:
        what = "take back that an assessment of the risk of self-harm did not clear"
        raise LetsTreatmentGoOn(acting, what, LETS_TREATMENT_GO_ON)


def _is_of_self_harm(fact: Fact) -> TypeGuard[Assessment]:
    return isinstance(fact, Assessment) and fact.what in ENDS_A_HOLD_FOR_SELF_HARM
