"""Which question on a page asks for a field of a fact, and which value does the answer stand for?

The kind's own declaration decides; nothing here lists fields. What no plain question can ask is left out, and
keeps what it says.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _

from isovigil.case.kinds import CapsuleCount
from isovigil.exchange.declared_types import Declared, DeclaredField, declared
from isovigil.exchange.review_words import plain
from isovigil.web.fields import DayInput

_CAPSULES: Final = re.compile(r"\s*(\d+)\s*[x×]\s*(\d+(?:[.,]\d+)?)(?:\s*mg)?\s*")
_LONG_TEXT: Final = 200
_NOT_ANSWERED: Final = "-"


class CapsulesField(forms.CharField):
    """Capsules as `30 x 40 mg, 30 x 20 mg`."""

    def clean(self, value: Any) -> Any:
        """Each strength with its count; nothing where none is said. Raises ValidationError."""
        text = super().clean(value)
        if not text.strip():
            return None
        parts = [_CAPSULES.fullmatch(part) for part in text.split(", ")]
        if not all(parts):
            raise forms.ValidationError(_("Write count and strength, as 30 x 40 mg, 30 x 20 mg."))
        return [{"mg": float(each[2].replace(",", ".")), "count": int(each[1])} for each in parts if each]


class ItemsField(forms.CharField):
    """The answers of a questionnaire as `0, 1, -, 2`; a hyphen was not answered."""

    def clean(self, value: Any) -> Any:
        """The items; nothing where none is said. Raises ValidationError."""
        text = super().clean(value)
        if not text.strip():
            return None
        parts = [part.strip() for part in text.split(",")]
        if not all(part == _NOT_ANSWERED or (part.isascii() and part.isdigit()) for part in parts):
            raise forms.ValidationError(_("Write one number for each question, as 0, 1, -, 2."))
        return [None if part == _NOT_ANSWERED else int(part) for part in parts]


class InstantField(forms.DateTimeField):
    """A day with a time in the clinic's zone."""

    def __init__(self, **kwargs: Any) -> None:
        box = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(widget=box, **kwargs)


def field_for(field: DeclaredField) -> forms.Field | None:
    """The question for a declared field; None where no plain question can ask for it."""
    kind = declared(field.type)
    common: dict[str, Any] = {"label": plain(field.name).capitalize(), "required": field.required}
    if kind.shape is Literal:
        choices = [(str(word), plain(str(word))) for word in kind.arguments]
        return forms.ChoiceField(choices=_with_nothing(choices, field), **common)
    if kind.shape is bool:
        choices = [("yes", str(_("yes"))), ("no", str(_("no")))]
        return forms.ChoiceField(choices=_with_nothing(choices, field), **common)
    if kind.shape is tuple:
        return _field_of_several(declared(kind.arguments[0]), common)
    return _field_of_one(kind, common)


def _with_nothing(choices: list[tuple[str, str]], field: DeclaredField) -> list[tuple[str, str]]:
    return choices if field.required else [("", str(_("not recorded"))), *choices]


def _field_of_one(kind: Declared, common: dict[str, Any]) -> forms.Field | None:
    if kind.shape is date:
        return forms.DateField(widget=DayInput(), **common)
    if kind.shape is datetime:
        return InstantField(**common)
    lowest, highest = kind.limits.get("ge", kind.limits.get("gt")), kind.limits.get("le")
    if kind.shape is int:
        return forms.IntegerField(min_value=lowest, max_value=highest, **common)
    if kind.shape is float:
        return forms.FloatField(min_value=lowest, max_value=highest, localize=True, **common)
    if kind.shape is str:
        most = kind.limits.get("max_length", _LONG_TEXT)
        box = forms.Textarea(attrs={"rows": 2}) if most > _LONG_TEXT else forms.TextInput()
        return forms.CharField(max_length=most, widget=box, **common)
    return None


def _field_of_several(item: Declared, common: dict[str, Any]) -> forms.Field | None:
    if item.shape is Literal:
        choices = [(str(word), plain(str(word))) for word in item.arguments]
        return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **common)
    if item.shape is CapsuleCount:
        return CapsulesField(help_text=_("As 30 x 40 mg, 30 x 20 mg."), **common)
    if item.shape is int:
        return ItemsField(help_text=_("One number for each question; - was not answered."), **common)
    return None


def shown_value(field: DeclaredField, value: Any, zone: ZoneInfo) -> Any:
    """What stands in the box before anybody touched it."""
    kind = declared(field.type)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if kind.shape is datetime:
        return datetime.fromisoformat(value).astimezone(zone) if isinstance(value, str) else value
    if kind.shape is tuple and value is not None:
        item = declared(kind.arguments[0]).shape
        if item is CapsuleCount:
            return ", ".join(f"{each['count']} x {each['mg']:g} mg" for each in value)
        if item is int:
            return ", ".join(_NOT_ANSWERED if each is None else str(each) for each in value)
        return list(value)
    return value


def said_value(field: DeclaredField, answer: Any, zone: ZoneInfo) -> Any:
    """The value of an answer as a case file writes it; None where nothing is said."""
    kind = declared(field.type)
    if answer is None or answer in ("", []):
        return None
    if kind.shape is bool:
        return answer == "yes"
    if kind.shape is Literal:
        return next(word for word in kind.arguments if str(word) == answer)
    if isinstance(answer, datetime):
        return answer.replace(tzinfo=zone) if answer.tzinfo is None else answer
    return answer


def same(one: Any, other: Any) -> bool:
    """Do two values say the same, however they are written?"""
    return bool(_bare(one) == _bare(other))


def _bare(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _bare(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_bare(each) for each in value]
    return value.isoformat() if isinstance(value, date) else value
