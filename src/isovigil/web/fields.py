"""How does a form's field become a question on a page?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import msgspec
from django import forms
from django.core.exceptions import ValidationError
from django.utils.safestring import SafeString
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from isovigil.web.components import Words

FIRST_YEAR: Final = 1900
"""Nobody in care was born before it; an earlier year is a slip of the keyboard."""
LAST_YEAR: Final = 2100
"""Nor is a day of care planned beyond it."""
_PARTS: Final = ("day", "month", "year")
_PART_WORDS: Final = {
    "day": gettext_lazy("Day"),
    "month": gettext_lazy("Month"),
    "year": gettext_lazy("Year"),
}
_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            ("jan", "ene"),
            ("feb",),
            ("mar",),
            ("apr", "abr"),
            ("may",),
            ("jun",),
            ("jul",),
            ("aug", "ago"),
            ("sep", "set"),
            ("oct",),
            ("nov",),
            ("dec", "dic"),
        ),
        start=1,
    )
    for name in names
}
"""The first three letters of a month in English and Spanish."""


class Choice(msgspec.Struct, frozen=True):
    """One answer to choose."""

    id: str
    name: str
    value: str
    words: Words
    is_chosen: bool
    hint: Words


class Part(msgspec.Struct, frozen=True):
    """One of the three boxes of a day."""

    id: str
    name: str
    words: Words
    value: str
    width: int
    has_error: bool


class FieldShown(msgspec.Struct, frozen=True):
    """A field, ready to be drawn."""

    kind: str
    """input, select, textarea, radios, checkboxes, checkbox or date."""
    id: str
    label: Words
    hint: Words
    errors: tuple[str, ...]
    widget: SafeString | str
    is_optional: bool
    prefix: Words
    suffix: Words
    choices: tuple[Choice, ...]
    parts: tuple[Part, ...]
    described_by: str
    is_small: bool
    is_inline: bool
    legend_size: str


class SummaryLine(msgspec.Struct, frozen=True):
    """One line of the error summary, and the box it leads to."""

    words: str
    target: str


class DateParts(forms.MultiWidget):
    """Day, month and year in three boxes: nothing to click through, and no order to guess."""

    def __init__(self, attrs: Mapping[str, Any] | None = None) -> None:
        boxes: dict[str, forms.Widget | type[forms.Widget]] = {part: forms.TextInput() for part in _PARTS}
        super().__init__(boxes, dict(attrs or {}))

    def decompress(self, value: date | str | None) -> list[str | None]:
        """A day as its three parts."""
        if isinstance(value, date):
            return [str(value.day), str(value.month), str(value.year)]
        return [None, None, None]


class DatePartsField(forms.Field):
    """A day asked for in three boxes. The month may also be written as a word: 3, Mar or March."""

    widget = DateParts

    def __init__(self, *, names: Words = "", **kwargs: Any) -> None:
        self.names = names
        """What the day is of, for the errors: `the day of the specimen`."""
        super().__init__(**kwargs)

    def clean(self, value: Any) -> date | None:
        """The day, or None where it is left out and may be. Raises ValidationError with what to do."""
        texts = [str(text or "").strip() for text in (value or ("", "", ""))]
        names = self.names or self.label or ""
        missing = [
            str(_PART_WORDS[part]).lower() for part, text in zip(_PARTS, texts, strict=True) if not text
        ]
        if len(missing) == len(_PARTS):
            if self.required:
                raise ValidationError(
                    _("Enter %(names)s, such as 27 3 2026.") % {"names": names}, code="none"
                )
            return None
        if missing:
            raise ValidationError(
                _("Enter %(names)s whole: %(missing)s is missing.")
                % {"names": names, "missing": ", ".join(missing)},
                code="part",
            )
        return _day_of(texts, str(names))


def _day_of(texts: list[str], names: str) -> date:
    written = " ".join(texts)
    month = _MONTHS.get(texts[1][:3].casefold()) if not texts[1].isdecimal() else int(texts[1])
    if month is None or not texts[0].isdecimal() or not texts[2].isdecimal():
        raise ValidationError(
            _("“%(written)s” is not a day. Write %(names)s in numbers, such as 27 3 2026.")
            % {"written": written, "names": names},
            code="letters",
        )
    year = int(texts[2])
    if len(texts[2]) != len("2026") or not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValidationError(
            _("Write the year of %(names)s with four digits, such as 2026; “%(written)s” was written.")
            % {"names": names, "written": texts[2]},
            code="year",
        )
    try:
        return date(year, month, int(texts[0]))
    except (ValueError, OverflowError) as wrong:
        raise ValidationError(
            _("There is no day %(written)s in the calendar. Check the day and the month.")
            % {"written": written},
            code="calendar",
        ) from wrong


class DayInput(forms.DateInput):
    """A day in one box, for staff who type many: the browser's own date field."""

    input_type = "date"

    def __init__(self, attrs: Mapping[str, Any] | None = None) -> None:
        super().__init__(dict(attrs or {}), format="%Y-%m-%d")


class PageForm(forms.Form):
    """A form whose errors say what to do, each with the name of its field."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask_for_what_is_missing(self.fields)


def ask_for_what_is_missing(fields: Mapping[str, forms.Field]) -> None:
    """Let each field that is left empty say what to do, with its label."""
    for field in fields.values():
        says = _CHOOSE if isinstance(field, forms.ChoiceField) else _FILL_IN
        field.error_messages["required"] = format_lazy(says, name=field.label or "")


_CHOOSE: Final = gettext_lazy("Choose an answer: {name}")
_FILL_IN: Final = gettext_lazy("Fill in: {name}")


# -- from a bound field to what is drawn -------------------------------------------------------------


def shown(bound: forms.BoundField, *, hint: Words, width: str, **looks: Any) -> FieldShown:
    """What the field's template needs: the same for every widget."""
    kind = _kind(bound.field.widget)
    identity = str(bound.auto_id)
    said = hint or bound.help_text
    errors = tuple(str(error) for error in bound.errors)
    described = [f"{identity}-hint"] if said else []
    described += [f"{identity}-error"] if errors else []
    hints = looks.pop("choice_hints")
    marks_optional = looks.pop("marks_optional")
    return FieldShown(
        kind=kind,
        id=identity,
        label=bound.label or "",
        hint=said,
        errors=errors,
        widget=_drawn(bound, kind, width, " ".join(described), bool(errors)),
        is_optional=marks_optional and not bound.field.required,
        choices=_choices(bound, hints) if kind in {"radios", "checkboxes", "checkbox"} else (),
        parts=_parts(bound, identity, bool(errors)) if kind == "date" else (),
        described_by=" ".join(described),
        **looks,
    )


def _kind(widget: forms.Widget) -> str:
    if isinstance(widget, DateParts):
        return "date"
    if isinstance(widget, forms.CheckboxSelectMultiple):
        return "checkboxes"
    if isinstance(widget, forms.RadioSelect):
        return "radios"
    if isinstance(widget, forms.CheckboxInput):
        return "checkbox"
    if isinstance(widget, forms.Select):
        return "select"
    return "textarea" if isinstance(widget, forms.Textarea) else "input"


def _drawn(
    bound: forms.BoundField, kind: str, width: str, described: str, has_error: bool
) -> SafeString | str:
    if kind not in {"input", "select", "textarea"}:
        return ""
    classes = [f"govuk-{kind}", *([f"govuk-input--width-{width}"] if width else [])]
    classes += [f"govuk-{kind}--error"] if has_error else []
    attributes: dict[str, Any] = {"class": " ".join(classes)}
    if described:
        attributes["aria-describedby"] = described
    if bound.field.required:
        attributes["required"] = False  # the server answers with words; the browser's bubble cannot be linked
    return bound.as_widget(attrs=attributes)


def _choices(bound: forms.BoundField, hints: Mapping[str, Words]) -> tuple[Choice, ...]:
    if isinstance(bound.field.widget, forms.CheckboxInput):
        return (
            Choice(str(bound.auto_id), bound.html_name, "on", bound.label or "", bool(bound.value()), ""),
        )
    return tuple(
        Choice(
            id=str(bound.auto_id) if place == 0 else f"{bound.auto_id}_{place}",
            name=str(one.data["name"]),
            value=str(one.data["value"]),
            words=one.data["label"],
            is_chosen=bool(one.data["selected"]),
            hint=hints.get(str(one.data["value"]), ""),
        )
        for place, one in enumerate(bound.subwidgets)
    )


def _parts(bound: forms.BoundField, identity: str, has_error: bool) -> tuple[Part, ...]:
    value = bound.value()
    texts = value if isinstance(value, list) else DateParts().decompress(value)
    return tuple(
        Part(
            id=identity if part == "day" else f"{identity}_{part}",
            name=f"{bound.html_name}_{part}",
            words=_PART_WORDS[part],
            value=str(text or ""),
            width=4 if part == "year" else 2,
            has_error=has_error,
        )
        for part, text in zip(_PARTS, texts, strict=True)
    )


def lines_of(form: forms.BaseForm) -> list[SummaryLine]:
    """Every error of a form with the box it leads to, in the order of the fields."""
    first = next(iter(form), None)
    lines = [
        SummaryLine(str(error), str(first.auto_id) if first is not None else "main")
        for error in form.non_field_errors()
    ]
    return lines + [SummaryLine(str(error), str(bound.auto_id)) for bound in form for error in bound.errors]
