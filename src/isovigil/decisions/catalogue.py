"""Which modules declare rules? Importing this one declares them all."""

from __future__ import annotations

from isovigil.decisions import (
    blood_donation,
    category,
    comprehension,
    contraception,
    contraindications,
    counselling,
    dispensing,
    documents,
    eligibility,
    enrolment,
    indication,
    laboratory,
    laboratory_bilirubin,
    laboratory_blood_count,
    laboratory_cholesterol,
    laboratory_creatine_kinase,
    laboratory_glucose,
    laboratory_liver,
    laboratory_triglycerides,
    mental_health,
    post_treatment,
    pregnancy_testing,
    prescription,
    sexual_function,
    test_before_prescription,
    test_setting,
    visits,
)
from isovigil.decisions.rule import RULES

TOPICS = (
    blood_donation,
    category,
    comprehension,
    contraception,
    contraindications,
    counselling,
    dispensing,
    documents,
    eligibility,
    enrolment,
    indication,
    laboratory,
    laboratory_bilirubin,
    laboratory_blood_count,
    laboratory_cholesterol,
    laboratory_creatine_kinase,
    laboratory_glucose,
    laboratory_liver,
    laboratory_triglycerides,
    mental_health,
    post_treatment,
    pregnancy_testing,
    prescription,
    sexual_function,
    test_before_prescription,
    test_setting,
    visits,
)
"""Every topic that declares rules, so that none can be forgotten in silence."""

__all__ = ["RULES", "TOPICS"]
