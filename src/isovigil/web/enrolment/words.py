"""In which words does the enrolment ask?"""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from isovigil.web.components import Words
from isovigil.web.enrolment.asked_words import YES_NO

TASK_WORDS: Final[dict[str, Words]] = {
    "category": _("Can the patient become pregnant?"),
    "eligibility": _("How severe is the acne, and what was tried before?"),
    "conditions": _("Conditions and medicines, asked one by one"),
    "agreement": _("Attestations and opinions"),
    "certification": _("Certification of prescriber and pharmacy"),
    "programme": _("Enrolment in the programme"),
    "consents": _("Consents, with what they say told back"),
    "questions": _("The programme's own questions"),
    "contraception": _("Contraception agreed on"),
    "counselling": _("Counselling"),
    "tests": _("Pregnancy tests"),
    "baseline": _("Blood results before the start"),
    "mood": _("Mood and sexual function before the start"),
    "visit": _("First appointment"),
    "other": _("What else the programme asks for"),
}
IN_THE_VISIT: Final = frozenset({"baseline", "mood", "visit"})
"""Answered on the page of a visit, which has the whole questionnaire and the unit guard."""
BASES: Final[dict[str, Words]] = {
    "cisgender_male": _("A cisgender man or boy"),
    "hysterectomy": _("The womb was removed"),
    "bilateral_oophorectomy": _("Both ovaries were removed"),
    "post_menopausal": _("After the menopause, with laboratory evidence"),
    "tubal_sterilisation": _("Tubal sterilisation"),
    "other": _("Other grounds"),
}
IGA: Final = (
    ("", _("Not graded")),
    ("0", _("0, clear")),
    ("1", _("1, almost clear")),
    ("2", _("2, mild")),
    ("3", _("3, moderate")),
    ("4", _("4, severe")),
)
YES_NO_UNSAID: Final = (("", _("Not said")), *YES_NO)
BURDEN: Final = (
    ("", _("Not said")),
    ("none", _("None")),
    ("mild", _("Mild")),
    ("moderate", _("Moderate")),
    ("severe", _("Severe")),
)
THERAPIES: Final = (
    ("oral_antibiotic", _("Antibiotic by mouth")),
    ("topical_retinoid", _("Retinoid on the skin")),
    ("benzoyl_peroxide", _("Benzoyl peroxide")),
    ("azelaic_acid", _("Azelaic acid")),
    ("hormonal", _("Hormonal treatment")),
    ("isotretinoin", _("Isotretinoin before")),
)
OUTCOMES: Final = (
    ("", _("Not tried, or not said")),
    ("inadequate", _("Did not help enough")),
    ("intolerant", _("Could not be borne")),
    ("contraindicated", _("Could not be given")),
    ("relapsed", _("Helped, then the acne came back")),
    ("adequate", _("Helped")),
)
MEDICINE_NAMES: Final = {
    "tetracycline": "tetracycline antibiotic",
    "vitamin_a": "vitamin A supplement",
    "oral_retinoid": "oral retinoid",
    "methotrexate": "methotrexate",
    "systemic_corticosteroid": "systemic corticosteroid",
    "phenytoin": "phenytoin",
    "enzyme_inducer": "enzyme-inducing medicine",
    "st_johns_wort": "St John's wort",
    "warfarin": "warfarin",
}
"""Under which name a medicine goes on record that is told by its class; a product can be added later."""
ROLES: Final = (
    ("", _("Not said")),
    ("dermatologist", _("Dermatologist")),
    ("specialist_physician", _("Specialist physician")),
    ("gp_extended_role", _("GP with an extended role")),
    ("gp", _("GP")),
    ("nurse_specialist", _("Nurse specialist")),
    ("nurse_practitioner", _("Nurse practitioner")),
    ("physician_assistant", _("Physician assistant")),
)
ATTESTED: Final = {
    "eligibility.no_alternative_attested": (
        "no_other_suitable_treatment",
        _("No other suitable effective treatment exists for this patient"),
    ),
    "eligibility.second_opinion_acknowledged": (
        "second_opinion_right",
        _("The patient knows the right to a second opinion"),
    ),
}
TOPICS: Final = (
    ("contraception", _("Contraception")),
    ("birth_defects", _("Birth defects")),
    ("emergency_contraception", _("Emergency contraception")),
    ("mood", _("Mood")),
    ("sexual_function", _("Sexual function")),
    ("blood_donation", _("Blood donation")),
    ("sun", _("Sun")),
    ("skin_care", _("Skin care")),
    ("eyes", _("Eyes")),
    ("alcohol", _("Alcohol")),
    ("exercise", _("Exercise")),
)
REPORTERS: Final = (
    ("patient", _("The patient, in their own words or on the programme's site")),
    ("prescriber", _("The prescriber, after the talk")),
)
REGULAR: Final = (("", _("Not said")), ("yes", _("Regular")), ("no", _("Irregular")))
LANGUAGES: Final = (("en", "English"), ("es", "Español"))
