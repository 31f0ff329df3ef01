"""What are people who take isotretinoin told, in which languages, and with which numbers?

One file a language (`forms/patient_texts/<language>.yaml`) feeds the page, the leaflet and the help.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from math import floor
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from isovigil.case.words import ConditionWord, SymptomCode
from isovigil.exchange.yaml_events import parse_yaml

_FOLDER = Path(__file__).resolve().parent.parent / "forms" / "patient_texts"
LANGUAGES: tuple[str, ...] = ("en", "es")
Said = Annotated[str, Meta(min_length=1)]


class _Strict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Refuses keys it does not know."""


class Often(_Strict, frozen=True, kw_only=True):
    """How many of how many: a number or [from, to], of people or of months of treatment, and who counted."""

    number: float | tuple[float, float]
    out_of: int
    source: str
    counted: Literal["people", "months"] = "people"
    at_most: bool = False
    code: SymptomCode | None = None
    """The symptom whose table holds the same number."""


class Item(_Strict, frozen=True, kw_only=True):
    """One thing to know."""

    key: Said
    title: Said
    text: Said
    help: Said | None = None
    often: Often | None = None
    source: str | None = None


class Section(_Strict, frozen=True, kw_only=True):
    """Things to know that belong together."""

    key: Said
    title: Said
    items: Annotated[tuple[Item, ...], Meta(min_length=1)]


class Step(_Strict, frozen=True, kw_only=True):
    """One thing to do: for everybody, or for people with one of these symptoms or conditions."""

    key: Said
    says: Said
    codes: tuple[SymptomCode, ...] = ()
    conditions: tuple[ConditionWord, ...] = ()

    @property
    def is_for_everybody(self) -> bool:
        """Does it need no symptom and no condition?"""
        return not (self.codes or self.conditions)


class Care(_Strict, frozen=True, kw_only=True):
    """What to do for one part of the body or of the day."""

    key: Said
    title: Said
    steps: Annotated[tuple[Step, ...], Meta(min_length=1)]


class Words(_Strict, frozen=True, kw_only=True):
    """The words around the numbers."""

    often: Said
    often_months: Said
    range: Said
    about: Said
    exactly: Said
    fewer: Said
    helps: Said
    sources: Said
    self_care_title: Said
    your_turn: Said
    seek_help: Said
    decimal: Said
    put_off: Said
    procedures: dict[str, Said]
    """How people call each procedure that a clinical policy puts off."""


class PatientTexts(_Strict, frozen=True, kw_only=True):
    """Everything told to people in one language."""

    language: Said
    title: Said
    intro: Said
    notice: Said
    words: Words
    sections: tuple[Section, ...]
    self_care: tuple[Care, ...]
    seek_help: tuple[Step, ...]

    def sources(self) -> tuple[str, ...]:
        """The ids of every source named, in the order they are first met."""
        return tuple(dict.fromkeys(self._sources()))

    def _sources(self) -> Iterator[str]:
        for section in self.sections:
            for item in section.items:
                if item.often is not None:
                    yield item.often.source
                if item.source is not None:
                    yield item.source


class NoSuchLanguage(Exception):
    """There are no texts in this language."""

    def __init__(self, language: str) -> None:
        super().__init__(
            f"There are no texts in the language {language!r}. There are {' and '.join(LANGUAGES)}."
        )


@cache
def patient_texts(language: str) -> PatientTexts:
    """The texts of one language. Raises NoSuchLanguage."""
    if language not in LANGUAGES:
        raise NoSuchLanguage(language)
    file = _FOLDER / f"{language}.yaml"
    read = parse_yaml(file.read_text(encoding="utf-8"), file.name)
    if read.problems:
        raise ValueError("\n".join(map(str, read.problems)))
    return msgspec.convert(read.value, PatientTexts)


def often_in_words(often: Often, words: Words) -> str:
    """A natural frequency: whole people of so many, with the counted number where it was rounded."""
    pattern = words.often if often.counted == "people" else words.often_months
    if isinstance(often.number, tuple):
        low, high = often.number
        number = words.range.format(low=f"{low:g}", high=f"{high:g}")
        return pattern.format(number=number, out_of=_grouped(often.out_of))
    if often.at_most:
        share = often.out_of / often.number
        told = pattern.format(number="1", out_of=_grouped(round(share)))
        return words.fewer.format(often=told)
    if float(often.number).is_integer():
        return pattern.format(number=f"{often.number:g}", out_of=_grouped(often.out_of))
    number = words.about.format(number=floor(often.number + 1 / 2))
    told = pattern.format(number=number, out_of=_grouped(often.out_of))
    return told + words.exactly.format(exact=f"{often.number:g}".replace(".", words.decimal))


def _grouped(number: int) -> str:
    """Thousands apart by a narrow no-break space, which both languages read."""
    return f"{number:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")
