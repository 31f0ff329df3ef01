"""How is one recorded fact told in a line?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from isovigil.calendar.days import in_words
from isovigil.case.fact import Fact, own_fields
from isovigil.case.kinds import CapsuleCount
from isovigil.exchange.review_words import instant_in_words, number_in_words, plain

_UNIT_ENDINGS: Mapping[str, str] = {
    "daily_dose_mg": "mg a day",
    "days_supply": "days",
    "kg": "kg",
    "cm": "cm",
    "sensitivity_miu_ml": "mIU/mL",
    "cumulative_mg_per_kg": "mg/kg",
    "typical_days": "days",
}


def fact_in_words(fact: Fact) -> str:
    """``pregnancy test of 4 March 2024: result negative; setting clinic; specimen urine``."""
    details = [
        _detail(field.encode_name, field.name, value)
        for field in own_fields(type(fact))
        if field.name != fact.day_field and (value := getattr(fact, field.name)) is not None
    ]
    told = f"{plain(fact.kind)} of {in_words(fact.day)}"
    return f"{told}: {'; '.join(details)}" if details else told


def _detail(name: str, attribute: str, value: Any) -> str:
    unit = _UNIT_ENDINGS.get(attribute)
    label = {"daily_dose_mg": "dose", "days_supply": "supply", "kg": "weight", "cm": "height"}.get(
        attribute, name
    )
    return f"{plain(label)} {_value(value)}" + (f" {unit}" if unit else "")


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return instant_in_words(value)
    if isinstance(value, date):
        return in_words(value)
    if isinstance(value, int | float):
        return number_in_words(value)
    if isinstance(value, CapsuleCount):
        return f"{value.count} × {number_in_words(value.mg)} mg"
    if isinstance(value, Mapping):
        return ", ".join(f"{plain(str(key))} {_value(of)}" for key, of in value.items())
    if isinstance(value, list | tuple):
        return ", ".join("not answered" if one is None else _value(one) for one in value)
    return plain(str(value))
