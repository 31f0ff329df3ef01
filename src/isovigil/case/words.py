"""Which words may a fact use? Each list is closed; anything else is refused at the door."""

from __future__ import annotations

from typing import Literal

Enterer = Literal["patient", "carer", "prescriber", "designee", "pharmacist", "laboratory", "import"]
Sex = Literal["female", "male", "other"]
CategoryDeterminer = Literal["prescriber", "designee", "patient"]
CategoryBasis = Literal[
    "cisgender_male",
    "hysterectomy",
    "bilateral_oophorectomy",
    "post_menopausal",
    "tubal_sterilisation",
    "other",
]
CertifiedParty = Literal["prescriber", "designee", "pharmacy"]
ProfessionalRole = Literal[
    "dermatologist",
    "specialist_physician",
    "gp_extended_role",
    "gp",
    "nurse_specialist",
    "nurse_practitioner",
    "physician_assistant",
    "pharmacist",
]
Form = Literal[
    "us_patient_consent",
    "us_birth_defects_consent",
    "uk_risk_form",
    "eu_acknowledgement",
    "fr_agreement",
    "it_consent",
    "nl_consent",
]
Signer = Literal["patient", "carer", "prescriber"]
Topic = Literal[
    "contraception",
    "birth_defects",
    "mood",
    "sexual_function",
    "blood_donation",
    "sun",
    "skin_care",
    "eyes",
    "alcohol",
    "exercise",
    "emergency_contraception",
]
Reporter = Literal["patient", "prescriber"]
Method = Literal[
    "tubal_sterilisation",
    "partner_vasectomy",
    "iud_copper",
    "iud_hormonal",
    "implant",
    "injection",
    "combined_pill",
    "patch",
    "ring",
    "progestin_only_pill",
    "condom",
    "diaphragm_spermicide",
    "cervical_cap_spermicide",
    "sponge",
    "female_condom",
    "withdrawal",
    "fertility_awareness",
    "lactation",
]
TestResult = Literal["negative", "positive", "invalid"]
TestSetting = Literal["clinic", "laboratory", "home", "supervised_remote", "unknown"]
Specimen = Literal["urine", "serum"]
Analyte = Literal[
    "alt",
    "ast",
    "alp",
    "ggt",
    "bilirubin",
    "bilirubin_direct",
    "triglycerides",
    "cholesterol",
    "ldl",
    "hdl",
    "ck",
    "anc",
    "wbc",
    "platelets",
    "haemoglobin",
    "glucose",
    "hba1c",
    "creatinine",
    "inr",
    "lipase",
]
Comparator = Literal["<", "<=", ">", ">="]
PrescriptionMedium = Literal["paper", "electronic", "verbal", "repeat"]
ProductFamily = Literal["conventional", "lidose", "micronised"]
StopReason = Literal["completed", "adverse_effect", "pregnancy", "patient_choice", "lost", "other"]
VisitMode = Literal["in_person", "video", "asynchronous"]
VisitPurpose = Literal["screening", "initiation", "follow_up", "end"]
Attested = Literal[
    "no_other_suitable_treatment",
    "second_opinion_right",
    "home_test_process",
    "diary_shown",
    "pharmacist_checklist",
    "reminder_card",
    "medication_guide",
    "remote_follow_up_agreed",
]
PriorTherapyWord = Literal[
    "oral_antibiotic",
    "topical_retinoid",
    "benzoyl_peroxide",
    "azelaic_acid",
    "hormonal",
    "isotretinoin",
]
TherapyOutcome = Literal["inadequate", "intolerant", "contraindicated", "relapsed", "adequate"]
Tool = Literal[
    "phq2",
    "phq9",
    "phqa",
    "gad7",
    "asq",
    "cssrs",
    "asex",
    "mood_entry",
    "sexual_function_entry",
    "confidence",
]
Depth = Literal["full", "brief"]
SymptomCode = Literal[
    "AE01", "AE02", "AE03", "AE04", "AE05", "AE06", "AE07", "AE08", "AE09",
    "AE10", "AE11", "AE12", "AE13", "AE14", "AE15", "AE16", "AE17", "AE18",
    "AE19", "AE20", "AE21", "AE22", "AE23", "AE24", "AE25", "AE26", "AE27",
]  # fmt: skip
Severity = Literal["none", "mild", "moderate", "severe"]
SymptomFeature = Literal[
    "weakness",
    "dark_urine",
    "bloody",
    "over_20_minutes",
    "inflammatory_pattern",
    "light_sensitivity",
    "pain",
    "reduced_vision",
    "headache",
    "papilloedema",
    "blistering",
    "infected",
    "limits_eating",
    "widespread",
    "fulminans_signs",
    "fever",
]
ConditionWord = Literal[
    "liver_disease",
    "liver_insufficiency",
    "hyperlipidaemia",
    "family_history_hyperlipidaemia",
    "diabetes",
    "obesity",
    "alcohol_excess",
    "depression",
    "psychosis",
    "self_harm_history",
    "ibd",
    "intracranial_hypertension",
    "renal_impairment_severe",
    "bone_disease",
    "growing_skeleton",
    "pancreatitis",
    "hypervitaminosis_a",
    "allergy_isotretinoin",
    "allergy_soya",
    "allergy_peanut",
    "allergy_parabens",
    "allergy_tartrazine",
    "breastfeeding",
    "contact_lens_wearer",
    "night_driver",
    "impact_sport",
    "anxiety",
    "body_dysmorphic_disorder",
    "dry_eye",
    "prediabetes",
    "gilbert",
    "cirrhosis",
    "chronic_hepatitis",
    "other",
]
MedicineClass = Literal[
    "tetracycline",
    "vitamin_a",
    "oral_retinoid",
    "topical_retinoid",
    "phenytoin",
    "systemic_corticosteroid",
    "progestin_only_pill",
    "combined_hormonal",
    "st_johns_wort",
    "enzyme_inducer",
    "methotrexate",
    "azole",
    "warfarin",
    "ciclosporin",
    "fibrate",
    "other",
]
AssessmentWord = Literal[
    "suicide_risk",
    "mental_health",
    "hepatology",
    "lipid",
    "ophthalmology",
    "rheumatology",
    "gastroenterology",
    "neurology",
    "specialist",
]
AssessmentOutcome = Literal["cleared", "continue_with_care", "not_cleared"]
DecisionWord = Literal["continue", "reduce", "hold", "stop"]
ReportAddressee = Literal["registry", "regulator"]
GagsArea = Literal["forehead", "right_cheek", "left_cheek", "nose", "chin", "chest_back"]
GagsGrade = Literal[0, 1, 2, 3, 4]
CassSite = Literal["face", "chest", "back"]
CassGrade = Literal[0, 1, 2, 3, 4, 5]
