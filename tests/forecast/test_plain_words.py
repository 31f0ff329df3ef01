"""Is the patient told in plain words, in both languages, with honest numbers?"""

from __future__ import annotations

import re
from functools import cache

import pytest

from isovigil.forecast.course import CourseForecast, CourseQuestion, forecast_course
from isovigil.forecast.plain_words import LANGUAGES, Language, in_a_hundred, plain_words
from isovigil.forecast.plan_text import read_plan

JARGON = re.compile(
    r"\b(mg/kg|confidence|interval|percentil|probabilit|hazard|EC50|sebum|exposure|posterior|ng/mL|comedon)",
    re.IGNORECASE,
)


@cache
def course() -> CourseForecast:
    doses = read_plan("40 mg twice daily with food until 120 mg/kg").doses(70.0)
    return forecast_course(CourseQuestion(doses, 70.0), people=60, plausible_models=8)


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.0, "fewer than 1"),
        (0.0099, "fewer than 1"),
        (0.01, "about 1"),
        (0.164, "about 16"),
        (0.99, "about 99"),
        (0.9901, "more than 99"),
    ],
)
def test_chances_are_natural_frequencies(share: float, words: str) -> None:
    assert in_a_hundred(share) == words


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_is_filled_in_and_no_jargon_is_left(language: Language) -> None:
    text = plain_words(course(), language).as_text()
    assert "{" not in text
    assert JARGON.search(text) is None


def test_relapse_at_120_mg_per_kg_is_told_as_sixteen_in_a_hundred_within_a_year() -> None:
    """1 - exp(-(12/166)^0.7 x exp(-0.004 (120 - 150))) = 0.164."""
    told = dict(plain_words(course()).sections)["Can acne come back?"]
    assert "about 16 need another course of tablets" in told


def test_both_languages_tell_the_same_numbers() -> None:
    english, spanish = (re.findall(r"\d+", plain_words(course(), each).as_text()) for each in LANGUAGES)
    assert english == spanish


def test_a_personal_telling_is_marked_for_release_by_a_clinician() -> None:
    assert plain_words(course(), personal=True).mark == "PERSONAL: for release by a clinician"
    assert "not a forecast for you alone" in plain_words(course()).mark


def test_a_language_not_written_yet_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="en, es"):
        plain_words(course(), "fr")  # type: ignore[arg-type]  # the wrong language is the test
