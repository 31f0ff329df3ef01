"""In which words does the enrolment ask?"""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from isovigil.web.components import Words

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
YES_NO: Final = (("yes", _("Yes")), ("no", _("No")))
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
CONDITIONS: Final[dict[str, Words]] = {
    "breastfeeding": _("Are you breastfeeding?"),
    "allergy_isotretinoin": _("Are you allergic to isotretinoin, or to anything in the capsules?"),
    "allergy_soya": _("Are you allergic to soya?"),
    "allergy_peanut": _("Are you allergic to peanuts?"),
    "allergy_parabens": _("Are you allergic to parabens, a preservative in creams and medicines?"),
    "allergy_tartrazine": _("Are you allergic to tartrazine, a yellow colouring?"),
    "liver_insufficiency": _("Does your liver work badly?"),
    "hypervitaminosis_a": _("Have you had too much vitamin A in your blood?"),
    "intracranial_hypertension": _("Have you ever had raised pressure in the head?"),
    "depression": _("Have you ever had depression?"),
    "psychosis": _("Have you ever seen or heard what others did not, or had a psychosis?"),
    "self_harm_history": _("Have you ever hurt yourself on purpose, or tried to end your life?"),
    "ibd": _("Do you have Crohn's disease or ulcerative colitis?"),
    "diabetes": _("Do you have diabetes?"),
    "obesity": _("Has a doctor told you that your weight is a risk to your health?"),
    "alcohol_excess": _("Do you drink much alcohol?"),
    "hyperlipidaemia": _("Are the fats in your blood raised?"),
    "family_history_hyperlipidaemia": _("Do parents, brothers or sisters have raised blood fats?"),
    "bone_disease": _("Do you have a disease of the bones?"),
    "growing_skeleton": _("Are you still growing?"),
    "impact_sport": _("Do you do hard or contact sport?"),
    "contact_lens_wearer": _("Do you wear contact lenses?"),
    "dry_eye": _("Are your eyes often dry?"),
    "night_driver": _("Do you often drive at night?"),
}
"""Asked of the patient in these words, one by one; a condition without words here is asked by its name."""
MEDICINES: Final[dict[str, Words]] = {
    "tetracycline": _("Do you take doxycycline, minocycline or another tetracycline?"),
    "vitamin_a": _("Do you take vitamin A, or a supplement with it?"),
    "oral_retinoid": _("Do you take another retinoid by mouth?"),
    "methotrexate": _("Do you take methotrexate?"),
    "systemic_corticosteroid": _("Do you take cortisone tablets or injections?"),
    "phenytoin": _("Do you take phenytoin?"),
    "enzyme_inducer": _("Do you take medicine against epilepsy or tuberculosis?"),
    "st_johns_wort": _("Do you take St John's wort?"),
    "warfarin": _("Do you take warfarin?"),
}
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
