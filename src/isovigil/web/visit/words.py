"""In which words does the visit ask?"""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from isovigil.web.components import Words

RESULTS: Final = (
    ("negative", _("Negative")),
    ("positive", _("Positive")),
    ("invalid", _("Invalid")),
)
SETTINGS: Final = (
    ("clinic", _("In the clinic")),
    ("laboratory", _("In a laboratory")),
    ("home", _("At home")),
    ("supervised_remote", _("At home, supervised by video")),
)
SPECIMENS: Final = (("urine", _("Urine")), ("serum", _("Serum")))
MODES: Final = (
    ("in_person", _("In person")),
    ("video", _("By video")),
    ("asynchronous", _("By questionnaire")),
)
DECISIONS: Final = (
    ("", _("Choose")),
    ("continue", _("Continue as before")),
    ("reduce", _("Reduce the dose")),
    ("hold", _("Hold treatment")),
    ("stop", _("Stop treatment")),
)
STOP_REASONS: Final = (
    ("", _("Treatment goes on")),
    ("completed", _("Completed")),
    ("adverse_effect", _("An unwanted effect")),
    ("pregnancy", _("A pregnancy")),
    ("patient_choice", _("The patient's choice")),
    ("other", _("Another reason")),
)
METHODS: Final = (
    ("", _("None")),
    ("combined_pill", _("Combined pill")),
    ("progestin_only_pill", _("Progestin-only pill")),
    ("iud_hormonal", _("Hormonal coil")),
    ("iud_copper", _("Copper coil")),
    ("implant", _("Implant")),
    ("injection", _("Injection")),
    ("patch", _("Patch")),
    ("ring", _("Ring")),
    ("tubal_sterilisation", _("Tubal sterilisation")),
    ("partner_vasectomy", _("Partner's vasectomy")),
    ("condom", _("Condom")),
    ("female_condom", _("Female condom")),
    ("diaphragm_spermicide", _("Diaphragm with spermicide")),
    ("cervical_cap_spermicide", _("Cervical cap with spermicide")),
    ("sponge", _("Sponge")),
    ("abstinence", _("Abstinence")),
)
ANALYTES: Final = {"alt": "ALT", "triglycerides": _("Triglycerides"), "ldl": "LDL"}
FASTING: Final = (("", _("Not said")), ("yes", _("Fasting")), ("no", _("Not fasting")))


def method_words(method: str) -> Words:
    """The words of one method."""
    return dict(METHODS).get(method, method)
