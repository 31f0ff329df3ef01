"""In which words is a patient asked about conditions and medicines? She reads or hears each of them."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from isovigil.web.components import Words

YES_NO: Final = (("yes", _("Yes")), ("no", _("No")))
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
    "liver_disease": _("Do you have a disease of the liver?"),
    "renal_impairment_severe": _("Do your kidneys work very badly?"),
    "pancreatitis": _("Have you ever had an inflamed pancreas?"),
    "anxiety": _("Have you ever had an anxiety disorder?"),
    "body_dysmorphic_disorder": _("Are you very worried by how a part of your body looks?"),
    "prediabetes": _("Has a doctor told you that you may get diabetes?"),
    "gilbert": _("Do you have Gilbert's syndrome, which turns the eyes yellow at times?"),
    "cirrhosis": _("Do you have cirrhosis of the liver?"),
    "chronic_hepatitis": _("Do you have lasting hepatitis?"),
    "other": _("Do you have another illness?"),
}
"""Asked of the patient in these words, one by one."""
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
