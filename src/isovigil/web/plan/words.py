"""In which words is a step of a plan told to whoever carries it out?"""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from isovigil.web.components import Words

STEPS: Final[dict[str, Words]] = {
    "pregnancy_test": _("Pregnancy test"),
    "confirmatory_test": _("Second pregnancy test"),
    "end_of_treatment_test": _("Pregnancy test at the end of treatment"),
    "post_treatment_test": _("Pregnancy test after treatment"),
    "counselling": _("Talk with the clinic"),
    "comprehension": _("The programme's questions"),
    "contraception_entry": _("Say which birth control is used"),
    "consent": _("Sign the consent"),
    "attestation": _("Statement of the prescriber"),
    "certification": _("Certification in the programme"),
    "prescription": _("Prescription"),
    "dispense": _("Capsules at the pharmacy"),
    "reversal": _("Take back a hand-over"),
    "laboratory": _("Blood test"),
    "questionnaire": _("Questions about mood and health"),
    "visit": _("Appointment"),
    "weight": _("Weighing"),
    "eye_examination": _("Eye examination"),
    "specialist_review": _("Appointment with a specialist"),
    "report_pregnancy": _("Report the pregnancy"),
    "report_adverse_event": _("Report the harm"),
    "return_capsules": _("Bring capsules back"),
    "record_fact": _("Something to tell the clinic"),
}
SHORT: Final[dict[str, Words]] = {
    "pregnancy_test": _("Test"),
    "confirmatory_test": _("Second test"),
    "end_of_treatment_test": _("Test at the end"),
    "post_treatment_test": _("Test after it"),
    "counselling": _("Talk"),
    "comprehension": _("Questions"),
    "contraception_entry": _("Birth control"),
    "certification": _("Certification"),
    "dispense": _("Pharmacy"),
    "questionnaire": _("Mood and health"),
    "specialist_review": _("Specialist"),
    "record_fact": _("To be recorded"),
    "report_pregnancy": _("Report"),
    "report_adverse_event": _("Report"),
    "return_capsules": _("Capsules back"),
    "attestation": _("Statement"),
    "consent": _("Consent"),
    "reversal": _("Take back"),
}
"""Where there is little room: beside a row of the drawing."""
OF_THE_CLINIC: Final = frozenset({"attestation", "certification", "record_fact"})
"""The clinic's own paperwork, left out of what a patient takes home unless it is the patient's."""
WHO: Final[dict[str, Words]] = {
    "patient": _("Patient"),
    "carer": _("Parent or carer"),
    "prescriber": _("Prescriber"),
    "designee": _("Clinic"),
    "laboratory": _("Laboratory"),
    "pharmacy": _("Pharmacy"),
    "specialist": _("Specialist"),
    "programme": _("Programme"),
}
NEUTRAL_TITLES: Final[dict[str, Words]] = {
    "dispense": _("Pharmacy"),
    "prescription": _("Appointment"),
    "visit": _("Appointment"),
    "counselling": _("Appointment"),
}
"""What a calendar shows, which others may see: never what the treatment is, nor what a test is for."""
NEUTRAL: Final = _("Health reminder")
WEEKDAYS: Final = (
    ("0", _("Monday")),
    ("1", _("Tuesday")),
    ("2", _("Wednesday")),
    ("3", _("Thursday")),
    ("4", _("Friday")),
    ("5", _("Saturday")),
    ("6", _("Sunday")),
)
