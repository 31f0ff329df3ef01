"""What will this course probably do, from the first capsule to two years after the last?

A forecast keeps two kinds of doubt apart. The bands (80% and 95%) are differences between people
who take the same doses. The range of the typical curve is what we do not know about the typical
person. Neither is a recommendation of a dose.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise

import msgspec
import numpy as np
from numpy.typing import NDArray

from isovigil.forecast import response
from isovigil.forecast.doses import HOURS_PER_DAY, DoseHistory, Schedule, schedule_of
from isovigil.forecast.parameters import Reading, Source, hash_of, load
from isovigil.forecast.people import Body, People, people_around, typical_people, uncertain_typical_people
from isovigil.forecast.relapse import Definition, RelapseForecast, relapse_forecast
from isovigil.forecast.response import Curve

Floats = NDArray[np.float64]
Simulator = Callable[[People, Schedule, Floats, Floats, Floats], Floats]

BANDS = (2.5, 10.0, 50.0, 90.0, 97.5)
YEARS_AFTER = 2.0
LONGEST_REGULAR_GAP_DAYS = 7
INTENDED_USE = (
    "Research and education: population averages with their doubt. Not for choosing a dose, and "
    "never a reason to skip a scheduled test. Pregnancy prevention and local monitoring rules "
    "always override."
)
NOT_MODELLED = "Pancreatitis, mood, birth defects, bowel and bone are not modelled and must not be inferred."


class CourseQuestion(msgspec.Struct, frozen=True):
    """One person's doses (hours from the start of the clock) and what is known of the person.

    ``taken_until_day`` parts what was taken from what is planned. ``adherence`` applies to the
    planned doses. ``baseline`` holds lesion counts before treatment by curve, when known.
    """

    doses: DoseHistory
    weight_kg: float
    label: str = "plan"
    age_years: float | None = None
    sex: str | None = None
    adherence: float = 1.0
    taken_until_day: float = 0.0
    until_day: float | None = None
    baseline: Mapping[str, float] = {}
    assumptions: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()


class CurveForecast(msgspec.Struct, frozen=True):
    """One curve at the forecast's days: the typical person, the bands, and the evidence."""

    key: str
    unit: str
    typical: tuple[float, ...]
    typical_low: tuple[float, ...]
    typical_high: tuple[float, ...]
    p2_5: tuple[float, ...]
    p10: tuple[float, ...]
    p50: tuple[float, ...]
    p90: tuple[float, ...]
    p97_5: tuple[float, ...]
    grade: str
    rank: int
    claim: str
    studies: str


class CourseForecast(msgspec.Struct, frozen=True):
    """Everything one course gives; days count from the first dose of the question's clock."""

    label: str
    days: tuple[float, ...]
    curves: Mapping[str, CurveForecast]
    relapse: tuple[RelapseForecast, ...]
    last_dose_day: float
    taken_until_day: float
    dose_steps: tuple[tuple[float, float], ...]
    cumulative_mg: float
    cumulative_mg_per_kg: float
    weight_kg: float
    people: int
    seed: int
    assumptions: tuple[str, ...]
    limits: tuple[str, ...]
    citations: tuple[Source, ...]
    parameter_hash: str
    model_version: str
    intended_use: str = INTENDED_USE
    not_modelled: str = NOT_MODELLED


class CourseRefused(ValueError):
    """The forecast cannot be made; every reason is listed with what would change it."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("No forecast: " + "; ".join(problems))


def forecast_course(
    question: CourseQuestion,
    *,
    people: int = 80,
    plausible_models: int = 16,
    seed: int = 1,
    compiled: bool = False,
) -> CourseForecast:
    """The forecast of one course.

    ``people`` virtual patients of the same weight give the bands, ``plausible_models`` versions of
    the typical patient the range of the typical curve. ``compiled`` uses the compiled step: worth
    it in a running service, not in a single command. Raises CourseRefused with every reason.
    """
    _refuse_impossible(question)
    exposure, skin, again = (Reading(load(name)) for name in ("exposure", "response", "relapse"))
    last_day = question.doses.doses[-1].at_h / HOURS_PER_DAY
    days = forecast_days(last_day, question.until_day)
    simulate = _compiled_simulator(seed) if compiled else _readable_simulator(seed)
    around = people_around(exposure, skin, question.weight_kg, people, seed)
    typical = typical_people(exposure, skin, question.weight_kg)
    plausible = uncertain_typical_people(
        exposure.parameters, skin.parameters, typical, plausible_models, seed + 1
    )
    steady = _together(typical, plausible)
    everyone = _together(around, _taking_on_average(steady, question.adherence))
    found = simulate(
        everyone, schedule_of(question.doses, exposure), days,
        *_chances(people, len(everyone), question.adherence, exposure),
    )  # fmt: skip
    crowd, middle = _readings(found[:people], days, skin), _readings(found[people:], days, skin)
    total = question.doses.cumulative_mg() * question.adherence
    per_kg = total / question.weight_kg
    steps = dose_steps(question.doses)
    return CourseForecast(
        label=question.label,
        days=tuple(days.tolist()),
        curves=_summarised(crowd, middle, question.baseline, skin),
        relapse=tuple(
            relapse_forecast(again, per_kg, definition=definition, sex=question.sex)
            for definition in Definition
        ),
        last_dose_day=last_day,
        taken_until_day=question.taken_until_day,
        dose_steps=steps,
        cumulative_mg=total,
        cumulative_mg_per_kg=per_kg,
        weight_kg=question.weight_kg,
        people=people,
        seed=seed,
        assumptions=(*question.assumptions, *_standing_assumptions(question)),
        limits=(*question.limits, *limits_of(question, steps)),
        citations=tuple(dict.fromkeys(c for reading in (exposure, skin, again) for c in reading.citations())),
        parameter_hash=hash_of(exposure.parameters, skin.parameters, again.parameters),
        model_version=skin.parameters.version,
    )


def forecast_days(last_dose_day: float, until_day: float | None) -> Floats:
    """Output days: weekly until 12 weeks after the last dose, then every 4 weeks to two years.

    Half-weeks are added in the four weeks after the first and after the last dose, where the
    curves bend.
    """
    end = until_day if until_day is not None else last_dose_day + YEARS_AFTER * 365.25
    weekly = np.arange(0.0, min(last_dose_day + 84.0, end) + 1e-9, 7.0)
    halves = weekly + 3.5
    bending = (halves < 28.0) | ((halves > last_dose_day - 3.5) & (halves < last_dose_day + 24.5))
    later = np.arange(weekly[-1] + 28.0, end + 1e-9, 28.0)
    days = np.unique(np.concatenate([weekly, halves[bending & (halves < end)], later]))
    return days if days[-1] > end - 1.0 else np.append(days, end)


def average_over_a_week(averages: Floats, days: Floats) -> Floats:
    """Averages since the output before, (n, times), as averages over the whole week before."""
    gaps = np.diff(days, prepend=0.0)
    out = averages.copy()
    for place in np.flatnonzero((gaps > 0.0) & (gaps < 6.5))[1:]:
        both = gaps[place] + gaps[place - 1]
        if both < 14.0:
            out[:, place] = (
                averages[:, place] * gaps[place] + averages[:, place - 1] * gaps[place - 1]
            ) / both
    return out


def dose_steps(history: DoseHistory) -> tuple[tuple[float, float], ...]:
    """(day, mg per day) at every change of the daily amount; the last is (last dose, 0).

    A dosing day's amount is spread until the next one when that spacing repeats and is at most a
    week, so that 20 mg on alternate days is 10 mg a day; any other day without capsules is a pause.
    """
    by_day: dict[int, float] = {}
    for dose in history.doses:
        day = int(dose.at_h // HOURS_PER_DAY)
        by_day[day] = by_day.get(day, 0.0) + dose.mg
    days = sorted(by_day)
    gaps = [after - day for day, after in pairwise(days)] or [1]
    gaps.append(gaps[-1])
    steps: list[tuple[float, float]] = []
    for place, day in enumerate(days):
        repeats = gaps[place] in {gaps[place - 1] if place else None, gaps[min(place + 1, len(gaps) - 1)]}
        spacing = gaps[place] if repeats and gaps[place] <= LONGEST_REGULAR_GAP_DAYS else 1
        amount = by_day[day] / spacing
        if not steps or abs(steps[-1][1] - amount) > 1e-6:
            steps.append((float(day), amount))
        if gaps[place] > spacing:
            steps.append((float(day + spacing), 0.0))
    if steps[-1][1] == 0.0:
        steps.pop()
    steps.append((history.doses[-1].at_h / HOURS_PER_DAY, 0.0))
    return tuple(steps)


def limits_of(question: CourseQuestion, steps: tuple[tuple[float, float], ...]) -> tuple[str, ...]:
    """Every way in which the question leaves the population the parameters come from."""
    support: Mapping[str, float] = load("exposure").tables["support"]
    said = []
    age, weight = question.age_years, question.weight_kg
    if age is not None and not support["lowest_age_years"] <= age <= support["highest_age_years"]:
        said.append(f"age {age:.0f} lies outside 12 to 40 years")
    if not support["lowest_weight_kg"] <= weight <= support["highest_weight_kg"]:
        said.append(f"weight {weight:g} kg lies outside 40 to 110 kg")
    for day, mg in steps:
        per_kg = mg / weight
        low, high = support["lowest_dose_mg_per_kg_day"], support["highest_dose_mg_per_kg_day"]
        if mg > 0 and not low <= per_kg <= high:
            said.append(f"{per_kg:.2f} mg/kg a day from day {day:.0f} lies outside 0.1 to 2 mg/kg a day")
    length = (question.doses.doses[-1].at_h - question.doses.doses[0].at_h) / HOURS_PER_DAY
    if length > support["longest_course_days"]:
        said.append(f"a course of {length:.0f} days is longer than the 12 months studied")
    return tuple(said)


def _refuse_impossible(question: CourseQuestion) -> None:
    problems = []
    if not question.doses.doses:
        problems.append("no dose is recorded or planned; add dispenses with capsules, or a plan")
    if not 0 < question.weight_kg < np.inf:
        problems.append(f"the weight is {question.weight_kg} kg; record a weight above 0")
    if not 0 <= question.adherence <= 1:
        problems.append(f"adherence is {question.adherence}; it is a share from 0 to 1")
    if problems:
        raise CourseRefused(problems)


def _chances(people: int, everyone: int, adherence: float, exposure: Reading) -> tuple[Floats, Floats]:
    """Adherence and occasion spread of each: the first ``people`` meet chance, typical ones do not."""
    by_chance = np.arange(everyone) < people
    occasions = exposure.value("availability_spread_between_occasions")
    return np.where(by_chance, adherence, 1.0), np.where(by_chance, occasions, 0.0)


def _readable_simulator(seed: int) -> Simulator:
    def run(people: People, schedule: Schedule, days: Floats, adherence: Floats, spread: Floats) -> Floats:
        amounts = response.taken_amounts(people, schedule, seed, adherence, spread)
        return response.simulate(people, schedule, days, amounts)

    return run


def _compiled_simulator(seed: int) -> Simulator:
    from isovigil.forecast import response_compiled

    def run(people: People, schedule: Schedule, days: Floats, adherence: Floats, spread: Floats) -> Floats:
        return response_compiled.simulate(
            people, schedule, days, seed=seed, adherence=adherence, occasion_spread=spread
        )

    return run


def _together(one: People, other: People) -> People:
    return People(
        np.concatenate([one.bodies, other.bodies]),
        np.concatenate([one.skins, other.skins]),
        np.concatenate([one.numbers, other.numbers]),
    )


def _taking_on_average(people: People, adherence: float) -> People:
    """The typical person who misses doses is shown on the average of what is taken."""
    bodies = people.bodies.copy()
    bodies[:, Body.AVAILABILITY_FED : Body.AVAILABILITY_FASTED + 1] *= adherence
    return People(bodies, people.skins, people.numbers)


_SHOWN: Mapping[str, tuple[Curve, str, str]] = {
    "exposure": (Curve.AVERAGE, "ng/mL, weekly average", "exposure"),
    "metabolite": (Curve.METABOLITE, "ng/mL", "exposure"),
    "sebum": (Curve.SEBUM, "of baseline", "sebum"),
    "gland": (Curve.GLAND, "of baseline", "gland"),
    "capacity": (Curve.CAPACITY, "of baseline", "capacity"),
    "comedones": (Curve.COMEDONES, "of baseline", "comedones"),
    "bacteria": (Curve.SEBUM, "log10 change", "bacteria"),
    "inflammation": (Curve.INFLAMMATION, "of baseline", "inflammation"),
    "inflammatory": (Curve.INFLAMMATORY, "of baseline", "inflammatory"),
    "nodules": (Curve.NODULES, "of baseline", "nodules"),
    "dry_lips": (Curve.LIPS, "probability", "dry_lips"),
}


def _readings(states: Floats, days: Floats, skin: Reading) -> Mapping[str, Floats]:
    """Each shown curve for every person, (n, times)."""
    shown = {key: states[:, :, place] for key, (place, _, _) in _SHOWN.items()}
    shown["exposure"] = average_over_a_week(shown["exposure"], days)
    shown["bacteria"] = skin.value("bacteria_per_sebum") * np.log10(shown["bacteria"])
    shown["dry_lips"] = dry_lips_probability(shown["dry_lips"], skin)
    return shown


def dry_lips_probability(lips: Floats, skin: Reading, grade: str = "dry_lips") -> Floats:
    """Probability of dry lips of at least ``grade`` (dry_lips, moderate_dry_lips, severe_dry_lips).

    Cumulative logit on ln C. The state Q that a constant concentration C keeps up satisfies
    Q / (1 - Q) = (t_off / t_on) C / EC50, so C / EC50 is read back from Q.
    """
    ratio = skin.value("dry_lips_onset_days") / skin.value("dry_lips_offset_days")
    half = skin.value("half_effect_dry_lips")
    with np.errstate(divide="ignore"):
        held = np.log(np.maximum(lips, 0.0)) - np.log1p(-np.minimum(lips, 1.0 - 1e-12)) + np.log(ratio)
    above = held + np.log(half) - np.log(skin.value(f"half_effect_{grade}"))
    return np.asarray(1.0 / (1.0 + np.exp(-skin.value("steepness_dry_lips") * np.clip(above, -50, 50))))


def _summarised(
    crowd: Mapping[str, Floats], middle: Mapping[str, Floats], baseline: Mapping[str, float], skin: Reading
) -> dict[str, CurveForecast]:
    evidence = skin.parameters.tables["curves"]
    keys = tuple(_SHOWN)
    scales = np.array([baseline.get(key, 1.0) for key in keys])[:, np.newaxis]
    steady = np.stack([middle[key] for key in keys])
    parts = [
        steady[np.newaxis, :, 0],
        percentiles(steady[:, 1:], BANDS[:: len(BANDS) - 1]),
        percentiles(np.stack([crowd[key] for key in keys]), BANDS),
    ]
    told = (np.concatenate(parts) * scales).tolist()
    out = {}
    for index, (key, (_, unit, grade)) in enumerate(_SHOWN.items()):
        typical, low, high, *rows = (tuple(part[index]) for part in told)
        out[key] = CurveForecast(
            key=key,
            unit="count" if key in baseline else unit,
            typical=typical,
            typical_low=low,
            typical_high=high,
            p2_5=rows[0],
            p10=rows[1],
            p50=rows[2],
            p90=rows[3],
            p97_5=rows[4],
            grade=evidence[grade]["grade"],
            rank=evidence[grade]["rank"],
            claim=evidence[grade]["claim"],
            studies=evidence[grade]["studies"],
        )
    return out


def percentiles(values: Floats, levels: tuple[float, ...]) -> Floats:
    """The percentiles over people of ``values`` (curves, people, times), (levels, curves, times).

    Between neighbours in rank it interpolates linearly, as numpy does by default, from one sort of
    all curves at once: a tenth of the time.
    """
    ranked = np.sort(values, axis=1)
    last = values.shape[1] - 1
    out = np.empty((len(levels), len(values), values.shape[2]))
    for place, level in enumerate(levels):
        rank = level / 100.0 * last
        below = min(int(rank), max(last - 1, 0))
        lower, upper = ranked[:, below], ranked[:, min(below + 1, last)]
        out[place] = lower + (upper - lower) * (rank - below)
    return out


def _standing_assumptions(question: CourseQuestion) -> tuple[str, ...]:
    said = ["weight scales clearance by (kg/70)^0.75 and volume by kg/70: an assumption"]
    if question.adherence < 1.0:
        said.append(f"{question.adherence:.0%} of planned doses are taken, missed at random")
    said.append("the weeks before week 20 follow an assumed shape; an early flare is not shown")
    return tuple(said)
