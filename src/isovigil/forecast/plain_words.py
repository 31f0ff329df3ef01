"""How is a forecast told to a patient, without jargon and without false precision?

Chances are natural frequencies ("about 16 of 100 people"). The words are about people who take the
same doses; a personal telling exists too, and is marked for release by a clinician.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Literal

import msgspec

from isovigil.forecast.course import CourseForecast
from isovigil.forecast.relapse import Definition

Language = Literal["en", "es"]
LANGUAGES: tuple[Language, ...] = ("en", "es")


class PlainWords(msgspec.Struct, frozen=True):
    """A title, a mark that says whose curves these are, and short sections of sentences."""

    language: Language
    title: str
    mark: str
    sections: tuple[tuple[str, str], ...]
    parameter_hash: str

    def as_text(self) -> str:
        """The whole telling as plain text."""
        body = "\n\n".join(f"{heading}\n{sentences}" for heading, sentences in self.sections)
        return f"{self.title}\n{self.mark}\n\n{body}\n"


@cache
def _texts(language: str) -> Mapping[str, str]:
    """The sentences of one language (``words/<language>.toml``)."""
    file = resources.files("isovigil.forecast").joinpath("words", f"{language}.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))


def plain_words(course: CourseForecast, language: Language = "en", *, personal: bool = False) -> PlainWords:
    """The course in plain words. Raises ValueError for a language that is not written yet."""
    if language not in LANGUAGES:
        raise ValueError(f"No plain words in {language!r}; they are written in {', '.join(LANGUAGES)}.")
    text = _texts(language)
    last_week = max(1, round(course.last_dose_day / 7.0))
    told = min(20, last_week)
    systemic = _by_month(course, Definition.SYSTEMIC_THERAPY)
    anything = _by_month(course, Definition.ANY_PRESCRIPTION)

    def of(key: str, week: float, row: str = "typical") -> str:
        return in_a_hundred(_share(course, key, week, row), text)

    numbers = {
        "week4": of("sebum", min(4, last_week)),
        "end": of("sebum", last_week),
        "week8": of("inflammatory", min(8, last_week)),
        "week20": of("inflammatory", told),
        "last": str(told),
        "low": _bare(_share(course, "inflammatory", told, "p10")),
        "high": _bare(_share(course, "inflammatory", told, "p90")),
        "lips": _first_up(of("dry_lips", min(8, last_week))),
        "gland": of("gland", last_week + 52),
        "one": in_a_hundred(systemic[12.0], text),
        "two": in_a_hundred(systemic[24.0], text),
        "any": _first_up(in_a_hundred(anything[12.0], text)),
    }
    sections = tuple(
        (text[key], text[f"{key}_said"].format(**numbers))
        for key in ("oil", "spots", "lips", "after", "again", "care")
    )
    mark = text["personal" if personal else "population"]
    return PlainWords(language, text["title"], mark, sections, course.parameter_hash)


def in_a_hundred(share: float, text: Mapping[str, str] | None = None) -> str:
    """A share as a natural frequency in 100: "fewer than 1", "about 16", "more than 99"."""
    words = _texts("en") if text is None else text
    if share < 0.01:
        return words["fewer"]
    if share > 0.99:
        return words["more"]
    return words["about"].format(n=round(100 * share))


def _bare(share: float) -> str:
    """One end of a range, as a whole number of 100."""
    return str(round(100 * share))


def _by_month(course: CourseForecast, definition: Definition) -> dict[float, float]:
    """Probability of relapse by months after the last dose, in one definition."""
    found = next(each for each in course.relapse if each.definition is definition)
    return dict(zip(found.months, found.probability, strict=True))


def _share(course: CourseForecast, key: str, week: float, row: str) -> float:
    """A curve's share of its first value, or its probability, in the week nearest to ``week``."""
    curve = course.curves[key]
    place = min(range(len(course.days)), key=lambda index: abs(course.days[index] - 7.0 * week))
    values: tuple[float, ...] = getattr(curve, row)
    scale = 1.0 if curve.unit == "probability" else curve.typical[0]
    return values[place] / scale


def _first_up(words: str) -> str:
    return words[:1].upper() + words[1:]
