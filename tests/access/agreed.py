"""Who may do what, as it was agreed on paper? Written by hand from the roles' duties, never from the code.

The table of the product (usecases/record/access.py) is compared with this one cell by cell: a change there
without one here, or the other way round, fails.
"""

from __future__ import annotations

from typing import Final

_ROLES: Final = (
    "prescriber",
    "nurse",
    "coordinator",
    "pharmacist",
    "programme_lead",
    "auditor",
    "administrator",
    "patient",
    "carer",
)
# P prescriber, N nurse, C coordinator, H pharmacist, L programme lead, A auditor, M administrator,
# p patient, c carer
_LETTERS: Final = dict(zip("PNCHLAMpc", _ROLES, strict=True))

VERBS: Final = {
    "see_worklist": "PNC......",
    "see_course": "PNC......",
    "see_own_record": ".......pc",
    "see_hand_over": "...H.....",
    "see_log": "....LAM..",
    "see_reads": ".....AMpc",
    "see_people": "....L.M..",
    "see_judging": "PNCHLAMpc",
    "register_patient": "PNC......",
    "record_facts": "PNCH...pc",
    "correct_facts": "PNC......",
    "sign_visit": "P........",
    "authorise_hand_over": "...H.....",
    "record_hand_over": "...H.....",
    "reverse_hand_over": "...H.....",
    "break_glass": "PN.H.....",
    "invite": "......M..",
    "invite_patient": "PNC......",
    "end_membership": "......M..",
    "adopt": "P........",
    "erase_patient": "......M..",
    "export_patient": "PNC....p.",
}
"""Each verb, and the letters of those who may."""

SEEN: Final = {
    # what a hand-over rests on, for the pharmacist: never contraception, mood, tests, photographs or notes
    "authorisation": "PNCH...pc",
    "dispense": "PNCH...pc",
    "prescription": "PNCH...pc",
    "return": "PNCH...pc",
    "reversal": "PNCH...pc",
    # what tells a parent nothing that a young person may keep for themselves
    "acne": "PNC....pc",
    "certification": "PNC....pc",
    "course": "PNC....pc",
    "enrolment": "PNC....pc",
    "eye_examination": "PNC....pc",
    "height": "PNC....pc",
    "intake": "PNC....pc",
    "laboratory": "PNC....pc",
    "platform_outage": "PNC....pc",
    "treatment_start": "PNC....pc",
    "visit": "PNC....pc",
    "weight": "PNC....pc",
}
"""Kinds of fact with the letters of those who see them."""
SEEN_OTHERWISE: Final = "PNC....p."
"""Every other kind: the clinic and the patient. Contraception, pregnancy and mood stand in many of them."""

RECORDED: Final = {
    "authorisation": ".........",  # it comes of a hand-over that was judged, and of nothing else
    # a prescriber's own word
    "clinical_decision": "P........",
    "opinion": "P........",
    "prescription": "P........",
    "treatment_start": "P........",
    "treatment_stop": "P........",
    # what a patient tells of themselves
    "contraception": "PNC....p.",
    "menses": "PNC....p.",
    "questionnaire": "PNC....p.",
    "intake": "PNC....pc",
    "symptom": "PNC....pc",
    "weight": "PNC....pc",
    # what a pharmacy does beside handing over
    "return": "PNCH.....",
}
RECORDED_OTHERWISE: Final = "PNC......"
ASSESSED: Final = {
    # that treatment may go on after thoughts of self-harm is a prescriber's own word
    "cleared": "P........",
    "continue_with_care": "P........",
    # and that it may not is anybody's who may record an assessment
    "not_cleared": "PNC......",
}
"""Outcomes of an assessment of the risk of self-harm, with the letters of those who record them."""


def roles(letters: str) -> frozenset[str]:
    """The roles of a line. Raises ValueError where a letter stands in another's place."""
    if any(letter not in {".", place} for letter, place in zip(letters, _LETTERS, strict=True)):
        raise ValueError(f"{letters!r} has a letter in the wrong place: {''.join(_LETTERS)}.")
    return frozenset(_LETTERS[letter] for letter in letters if letter != ".")
