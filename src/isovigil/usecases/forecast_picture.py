"""Which panels and which words make the picture of one patient's forecast?"""

from __future__ import annotations

from isovigil.forecast.biomarkers import AnalyteForecast
from isovigil.forecast.figure import Caption
from isovigil.forecast.panels import Panel, panels_of
from isovigil.usecases.forecast_course import CaseForecast

LONGEST_LABEL = 100


def picture_of(found: CaseForecast) -> tuple[tuple[Panel, ...], Caption]:
    """The panels and the caption of a personal or a population forecast."""
    limits: dict[str, tuple[tuple[float, str], ...]] = {}
    for answer in found.next_results[0].answers if found.next_results else ():
        if isinstance(answer, AnalyteForecast):
            limits[answer.analyte] = tuple((c.threshold.value, c.threshold.name) for c in answer.chances)
    panels = panels_of(found.scenarios, points=found.points, thresholds=limits)
    courses = [scenario.course for scenario in found.scenarios]
    first = courses[0]
    age = None if found.age_years is None else f"{found.age_years} years"
    name = found.patient if found.population else f"Patient {found.patient}"
    who = ", ".join(part for part in (name, f"{found.weight_kg:g} kg", found.sex, age) if part)
    warned = list(dict.fromkeys(limit for course in courses for limit in course.limits))
    hashes = [first.parameter_hash, *(result.parameter_hash for result in found.next_results[:1])]
    caption = Caption(
        title="Isotretinoin: what it does and what comes next",
        subtitle=f"{who} · seen from {found.on} · {first.label}",
        personal=not found.population,
        last_dose_day=max(course.last_dose_day for course in courses),
        end_day=max(course.days[-1] for course in courses),
        today_day=first.taken_until_day if first.taken_until_day > 0 else None,
        scenarios=tuple(course.label[:LONGEST_LABEL] for course in courses),
        statements=(
            first.intended_use,
            first.not_modelled,
            *((f"Limits: {'; '.join(warned)}.",) if warned else ()),
        ),
        parameter_hash=" + ".join(hashes),
        model_version=first.model_version,
    )
    return panels, caption
