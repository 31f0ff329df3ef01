"""Can every pair of colours that meets on a page be told apart, in light and in dark?"""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest

SHEET = Path(__file__).resolve().parents[2] / "src/isovigil/web/static/isovigil/isovigil.css"
TEXT, GRAPHIC = 4.5, 3.0  # WCAG 2.2: 1.4.3 for text, 1.4.11 for what is drawn

PAPERS = ("govuk-body-background-colour", "govuk-template-background-colour")
TEXTS_ON_PAPER = (
    "govuk-text-colour",
    "govuk-secondary-text-colour",
    "govuk-link-colour",
    "govuk-link-visited-colour",
    "govuk-link-hover-colour",
    "govuk-error-colour",
)
PAIRS = (
    *((text, paper, TEXT) for text, paper in product(TEXTS_ON_PAPER, PAPERS)),
    ("govuk-surface-text-colour", "govuk-surface-background-colour", TEXT),
    ("govuk-secondary-text-colour", "govuk-surface-background-colour", TEXT),
    ("govuk-inverse-text-colour", "govuk-success-colour", TEXT),
    ("govuk-focus-text-colour", "govuk-focus-colour", TEXT),
    ("govuk-text-colour", "govuk-hover-colour", TEXT),
    *(("govuk-focus-colour", paper, GRAPHIC) for paper in PAPERS),
    *(("govuk-input-border-colour", paper, GRAPHIC) for paper in PAPERS),
    *(("govuk-brand-colour", paper, GRAPHIC) for paper in PAPERS),
    *((tone, f"{tone}-wash", TEXT) for tone in ("ready", "waiting", "hold", "stop", "quiet")),
    ("stop-wash", "govuk-body-background-colour", GRAPHIC),
    # what is drawn in a chart, whose paper is the body's
    *(
        (colour, "govuk-body-background-colour", GRAPHIC)
        for colour in (
            "chart-line",
            "chart-first",
            "chart-second",
            "chart-band-edge",
            "chart-forecast-edge",
            "chart-alarm",
            "chart-today",
            "ready",
            "waiting",
            "hold",
            "quiet",
        )
    ),
    *((colour, "chart-band", GRAPHIC) for colour in ("chart-line", "chart-first", "chart-second")),
    *((colour, "chart-forecast", GRAPHIC) for colour in ("chart-line", "chart-first", "chart-second")),
    *((text, "govuk-body-background-colour", TEXT) for text in ("chart-alarm", "chart-today")),
)


def luminance(colour: str) -> float:
    """WCAG's relative luminance of #rrggbb."""

    def linear(part: int) -> float:
        share = part / 255
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)


def contrast(one: str, other: str) -> float:
    """WCAG's contrast ratio."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def tokens(scheme: str) -> dict[str, str]:
    """Every colour of a scheme, as the compiled sheet says."""
    css = SHEET.read_text("utf-8")
    light, _, rest = css.partition("@media(prefers-color-scheme: dark)")
    if not rest:
        light, _, rest = css.partition("@media (prefers-color-scheme: dark)")
    dark = rest.partition("}}")[0]
    found: dict[str, str] = {}
    for text in (light, dark) if scheme == "dark" else (light,):
        root = " ".join(re.findall(r":root\{([^{}]*)\}?", text))
        for name, colour in re.findall(r"--([a-z-]+):\s*(#[0-9a-fA-F]{3,6})", root):
            found[name] = colour if len(colour) == 7 else "#" + "".join(2 * one for one in colour[1:])
    return found


def test_black_on_white_is_21_to_1_and_a_colour_on_itself_1_to_1():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#777777") == pytest.approx(1)
    # (1.05) / (0.1845 + 0.05) = 4.48: the grey that famously just fails
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("front", "back", "least"), PAIRS)
def test_the_pair_can_be_told_apart(scheme: str, front: str, back: str, least: float):
    colours = tokens(scheme)
    found = contrast(colours[front], colours[back])
    assert found >= least, f"{front} {colours[front]} on {back} {colours[back]}: {found:.2f} < {least}"


def test_dark_is_a_scheme_of_its_own():
    light, dark = tokens("light"), tokens("dark")
    assert light.keys() == dark.keys()
    assert light["govuk-body-background-colour"] != dark["govuk-body-background-colour"]


def test_the_identity_of_others_is_not_used():
    css = SHEET.read_text("utf-8")
    # GOV.UK's blue and its focus yellow, its font, its crest; and nothing is fetched from anywhere
    for theirs in ("#1d70b8", "#ffdd00", "#fd0", "GDS Transport", "crest", "url("):
        assert theirs not in css
