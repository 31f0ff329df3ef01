"""Which blood values, weights, scores and complaints does a made-up patient have, month by month?

Most are what a clinic sees every day. Some patients carry one finding that a person should notice.
Frequencies follow the field: dry lips in nearly everyone, raised enzymes and fats in a few.
"""

from __future__ import annotations

from datetime import date
from typing import Literal, NamedTuple

from isovigil.case.kinds import Laboratory, Questionnaire, Symptom, Weight
from isovigil.usecases.synthetic_clinic.diary import Diary
from isovigil.usecases.synthetic_clinic.people import is_adult_on

Finding = Literal[
    "nothing",
    "triglycerides_raised",
    "triglycerides_very_high",
    "alt_raised",
    "alt_high",
    "low_mood",
    "self_harm_item",
    "back_pain",
    "inflammatory_back_pain",
    "night_vision",
    "cracked_lips",
    "muscle_pain",
    "not_fasting",
]
BLOOD_TEST_MONTHS = (0, 1, 2)
"""Before the start and at the first two monthly visits, as most clinics do."""
WEIGHING_MONTHS = (0, 2, 4, 6)
_PHQ9_ITEMS = 9


class _Units(NamedTuple):
    """How the country's laboratories report blood fats: the unit, its factor from mg/dL, the limits."""

    unit: str
    triglycerides_factor: float
    cholesterol_factor: float
    triglycerides_limit: float
    cholesterol_limit: float
    digits: int


_US = _Units("mg/dL", 1.0, 1.0, 150, 200, 0)
_UK = _Units("mmol/L", 1 / 88.57, 1 / 38.67, 1.7, 5.2, 1)


def check_up(diary: Diary, on: date, month: int, finding: Finding = "nothing") -> None:
    """Everything looked at on one visit; month 0 is before the start."""
    _mood(diary, on, month, finding)
    if month in WEIGHING_MONTHS:
        drift = round(diary.chance.uniform(-1.2, 1.2), 1) if month else 0
        diary.note(Weight, "weight", date=on, kg=diary.person.weight_kg + drift)
    if month in BLOOD_TEST_MONTHS or (month > 1 and finding in _BLOOD_FINDINGS):
        _blood(diary, on, month, finding)
    if month:
        _complaints(diary, on, month, finding)


_BLOOD_FINDINGS = frozenset({"triglycerides_raised", "triglycerides_very_high", "alt_raised", "alt_high"})


def _blood(diary: Diary, on: date, month: int, finding: Finding) -> None:
    chance = diary.chance
    units = _UK if diary.programme == "uk_mhra" else _US
    on_treatment = min(month, 2)
    alt = chance.randint(12, 26) + 3 * on_treatment
    ast = chance.randint(13, 24) + 2 * on_treatment
    fat = chance.randint(55, 105) + 15 * on_treatment
    cholesterol = chance.randint(135, 172) + 8 * on_treatment
    if month and finding == "alt_raised":
        alt = chance.randint(58, 84)
    if month and finding == "alt_high":
        alt, ast = chance.randint(135, 190), chance.randint(95, 118)
    if month and finding == "triglycerides_raised":
        fat = chance.randint(260, 380)
    if month and finding == "triglycerides_very_high":
        fat = chance.randint(620, 900)
    for analyte, value in (("alt", alt), ("ast", ast)):
        diary.note(Laboratory, analyte, taken_on=on, analyte=analyte, value=value, unit="U/L", upper_limit=40)
    for analyte, value, factor, limit in (
        ("triglycerides", fat, units.triglycerides_factor, units.triglycerides_limit),
        ("cholesterol", cholesterol, units.cholesterol_factor, units.cholesterol_limit),
    ):
        diary.note(
            Laboratory,
            analyte,
            taken_on=on,
            analyte=analyte,
            value=round(value * factor, units.digits),
            unit=units.unit,
            upper_limit=limit,
            fasting=not (month and finding == "not_fasting"),
        )


def _mood(diary: Diary, on: date, month: int, finding: Finding) -> None:
    chance = diary.chance
    items = [0] * _PHQ9_ITEMS
    for place in chance.sample(range(_PHQ9_ITEMS - 1), chance.randint(0, 3)):
        items[place] = 1
    if month and finding == "low_mood":
        items = [2, 2, 2, 2, 1, 1, 1, chance.randint(0, 1), 0]
    if month and finding == "self_harm_item":
        items = [2, 2, 1, 2, 1, 1, 1, 0, 1]
    diary.note(
        Questionnaire,
        "mood",
        date=on,
        tool="phq9" if is_adult_on(diary.person, on) else "phqa",
        score=sum(items),
        items=tuple(items),
    )


def _complaints(diary: Diary, on: date, month: int, finding: Finding) -> None:
    chance = diary.chance
    if chance.random() < 0.9:
        severity = "moderate" if finding == "cracked_lips" else "mild"
        diary.note(Symptom, "lips", date=on, code="AE01", severity=severity)
    if chance.random() < 0.3:
        diary.note(Symptom, "skin", date=on, code="AE02", severity="mild")
    if chance.random() < 0.08:
        diary.note(Symptom, "nose", date=on, code="AE03", severity="mild")
    if month == 1 and chance.random() < 0.1:
        diary.note(Symptom, "flare", date=on, code="AE23", severity="mild")
    told = _TOLD_BY_FINDING.get(finding)
    if told is not None:
        code, severity, features = told
        diary.note(Symptom, "complaint", date=on, code=code, severity=severity, features=features)


_TOLD_BY_FINDING: dict[str, tuple[str, str, tuple[str, ...] | None]] = {
    "back_pain": ("AE09", "moderate", None),
    "inflammatory_back_pain": ("AE09", "moderate", ("inflammatory_pattern",)),
    "night_vision": ("AE05", "mild", None),
    "muscle_pain": ("AE08", "mild", None),
}
