"""Which panels does the figure of a forecast have, and what is in each?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from isovigil.forecast.biomarkers import BiomarkerCurve, Declined
from isovigil.forecast.biomarkers.priors import published
from isovigil.forecast.course import CourseForecast, CurveForecast

SKIN_ONLY_TO_WEEKS_AFTER = 8.0
BIOMARKER_WEEKS_AFTER = 8.0


class Scenario(msgspec.Struct, frozen=True):
    """One plan: its course and, where the person is known, the probable blood results."""

    course: CourseForecast
    biomarkers: tuple[BiomarkerCurve | Declined, ...] = ()


class Series(msgspec.Struct, frozen=True):
    """One line with its bands; the first series of a panel belongs to the first scenario."""

    label: str
    days: tuple[float, ...]
    middle: tuple[float, ...]
    band_80: tuple[tuple[float, ...], tuple[float, ...]] | None = None
    band_95: tuple[tuple[float, ...], tuple[float, ...]] | None = None
    doubt: tuple[tuple[float, ...], tuple[float, ...]] | None = None
    stepped: bool = False


class Panel(msgspec.Struct, frozen=True):
    """One panel: what it shows, how good the evidence is, its lines, points and limits."""

    key: str
    title: str
    unit: str
    grade: str
    studies: str
    series: tuple[Series, ...]
    points: tuple[tuple[float, float], ...] = ()
    thresholds: tuple[tuple[float, str], ...] = ()
    percent: bool = False
    note: str | None = None
    floor: float | None = 0.0
    rank: int | None = None


_RANKS = {"low": 1, "low-moderate": 2}
_TITLES: Mapping[str, str] = {
    "exposure": "Isotretinoin in the blood",
    "sebum": "Oil (sebum) produced",
    "gland": "Size of the oil glands",
    "comedones": "Blocked pores (comedones)",
    "bacteria": "C. acnes on the cheek",
    "inflammatory": "Papules and pustules",
    "nodules": "Nodules",
    "dry_lips": "Dry lips, any",
    "triglycerides": "Triglycerides",
    "cholesterol": "Cholesterol",
    "ldl": "LDL cholesterol",
    "hdl": "HDL cholesterol",
    "alt": "ALT",
    "ast": "AST",
    "ck": "Creatine kinase",
}
_SKIN = ("exposure", "sebum", "gland", "comedones", "bacteria", "inflammatory", "nodules", "dry_lips")
_LESIONS = ("comedones", "inflammatory", "nodules")


def panels_of(
    scenarios: Sequence[Scenario],
    *,
    points: Mapping[str, tuple[tuple[float, float], ...]] | None = None,
    thresholds: Mapping[str, tuple[tuple[float, str], ...]] | None = None,
    analytes: Sequence[str] = ("triglycerides", "alt"),
) -> tuple[Panel, ...]:
    """The panels in reading order: dose, blood level, the four mechanisms, effects, results, relapse."""
    own, limits = points or {}, thresholds or {}
    found = [_dose_panel(scenarios)]
    found += [_course_panel(key, scenarios, own.get(key, ())) for key in _SKIN]
    for analyte in analytes:
        panel = _biomarker_panel(analyte, scenarios, own.get(analyte, ()), limits.get(analyte, ()))
        if panel is not None:
            found.append(panel)
    found.append(_relapse_panel(scenarios))
    return tuple(found)


def _dose_panel(scenarios: Sequence[Scenario]) -> Panel:
    series = []
    for scenario in scenarios:
        days, amounts = zip(*scenario.course.dose_steps, strict=True)
        series.append(Series(scenario.course.label, days, amounts, stepped=True))
    total = " · ".join(f"{item.course.cumulative_mg_per_kg:.0f} mg/kg in all" for item in scenarios)
    return Panel("dose", "Dose", "mg a day", "recorded and planned", total, tuple(series))


def _course_panel(key: str, scenarios: Sequence[Scenario], own: tuple[tuple[float, float], ...]) -> Panel:
    first = scenarios[0].course.curves[key]
    percent = first.unit in {"of baseline", "probability"}
    series = tuple(_series(item.course, item.course.curves[key], key, percent) for item in scenarios)
    note = "after treatment people stay clear or relapse: see relapse" if key in _LESIONS else None
    unit = {"of baseline": "% of before treatment", "probability": "% of people"}.get(first.unit, first.unit)
    return Panel(
        key, _TITLES[key], unit, first.grade, first.studies, series, points=own, percent=percent,
        note=note, floor=None if key == "bacteria" else 0.0, rank=first.rank,
    )  # fmt: skip


def _series(course: CourseForecast, curve: CurveForecast, key: str, percent: bool) -> Series:
    """One curve; lesion curves stop some weeks after treatment, where their mean is no one's course."""
    last = len(course.days)
    if key in _LESIONS:
        until = course.last_dose_day + 7.0 * SKIN_ONLY_TO_WEEKS_AFTER
        last = sum(day <= until for day in course.days)
    scale = 100.0 if percent else 1.0

    def cut(values: tuple[float, ...]) -> tuple[float, ...]:
        return tuple(scale * value for value in values[:last])

    return Series(
        course.label, course.days[:last], cut(curve.typical), (cut(curve.p10), cut(curve.p90)),
        (cut(curve.p2_5), cut(curve.p97_5)), (cut(curve.typical_low), cut(curve.typical_high)),
    )  # fmt: skip


def _biomarker_panel(
    analyte: str,
    scenarios: Sequence[Scenario],
    own: tuple[tuple[float, float], ...],
    limits: tuple[tuple[float, str], ...],
) -> Panel | None:
    answers = [
        (item, answer) for item in scenarios for answer in item.biomarkers if answer.analyte == analyte
    ]
    if not answers:
        return None
    curves = [(item, answer) for item, answer in answers if isinstance(answer, BiomarkerCurve)]
    refusals = [answer for _, answer in answers if isinstance(answer, Declined)]
    note = f"No forecast: {refusals[0].reasons[0].seen}" if refusals else None
    series = tuple(
        Series(
            item.course.label, curve.days, curve.median,
            (curve.low_80, curve.high_80), (curve.low_95, curve.high_95),
        )
        for item, curve in curves
    )  # fmt: skip
    evidence = published().tables["evidence"][analyte]
    return Panel(
        analyte, _TITLES[analyte], curves[0][1].unit if curves else "", f"{evidence['grade']} for one person",
        evidence["because"], series, own, limits, note=note, rank=_RANKS[evidence["grade"]],
    )  # fmt: skip


def _relapse_panel(scenarios: Sequence[Scenario]) -> Panel:
    """Relapse by months after the last dose, drawn on the days of the course."""
    series = []
    for item in scenarios:
        systemic = next(r for r in item.course.relapse if r.definition.value == "systemic_therapy")
        days = [item.course.last_dose_day + month * 365.25 / 12.0 for month in systemic.months]
        start = item.course.last_dose_day
        series.append(
            Series(
                item.course.label,
                (start, *days),
                (0.0, *(100.0 * p for p in systemic.probability)),
                doubt=(
                    (0.0, *(100.0 * p for p in systemic.low)),
                    (0.0, *(100.0 * p for p in systemic.high)),
                ),
            )
        )
    return Panel(
        "relapse", "Relapse after treatment", "% needing a new systemic treatment", "moderate-low",
        "claims cohort, n=19,907; others disagree", tuple(series), rank=2,
    )  # fmt: skip
