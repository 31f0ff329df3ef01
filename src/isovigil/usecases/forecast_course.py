"""What do one patient's record and the plans say about the course to come?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple, cast
from zoneinfo import ZoneInfo

import msgspec

from isovigil.calendar.moment import Moment
from isovigil.calendar.window import last_instant
from isovigil.case.case import Case
from isovigil.case.chart import Chart
from isovigil.case.kinds import Acne, Category, Laboratory, Medicine, Weight
from isovigil.case.units import canonical_value
from isovigil.forecast import biomarkers
from isovigil.forecast.course import CourseQuestion, CourseRefused, forecast_course
from isovigil.forecast.doses import HOURS_PER_DAY, Dose, DoseHistory
from isovigil.forecast.figure import POPULATION_MARK, RELEASE_MARK
from isovigil.forecast.panels import Scenario
from isovigil.forecast.plan_text import Plan
from isovigil.usecases.doses_on_record import DosesOnRecord, doses_on_record

RECORDED = "capsules already handed over"
BLOOD_DAYS_AFTER = 56.0
NEXT_VISIT_DAYS = 30.0
BASELINE_UNTIL_DAY = 7.0
EARLIEST_RESULT = timedelta(days=366)
ANYONE = "People on these doses"
LESIONS = ("comedones", "inflammatory", "nodules")
Points = dict[str, tuple[tuple[float, float], ...]]


class CaseForecast(msgspec.Struct, frozen=True):
    """One patient's forecast: a scenario for each plan, the recorded values, and who it is about.

    ``release`` goes with every copy: personal curves reach a patient only after a clinician's release.
    """

    patient: str
    on: date
    first_day: date
    weight_kg: float
    age_years: int | None
    sex: str | None
    scenarios: tuple[Scenario, ...]
    next_results: tuple[biomarkers.BiomarkerForecast, ...]
    points: Points
    release: str = RELEASE_MARK
    population: bool = False


def forecast_case(
    case: Case,
    on: date,
    plans: Sequence[Plan],
    *,
    until: date | None = None,
    adherence: float = 1.0,
    people: int = 200,
    seed: int = 1,
    thresholds: Sequence[biomarkers.Threshold] = (),
    fasting: bool | None = None,
    population: bool = False,
) -> CaseForecast:
    """The forecast for one case on a day, for each plan from the next day on.

    Without a plan only the capsules already handed over are counted: nothing is assumed to be
    prescribed. A ``population`` forecast holds the doses and the weight they are given for, and
    nothing else of the person. Raises CourseRefused with everything that is missing.
    """
    zone = ZoneInfo(case.time_zone)
    at = last_instant(on, zone)
    chart = Chart(case, Moment(at, zone), at)
    taken = doses_on_record(chart)
    weight = chart.latest(Weight)
    if weight is None or (taken is None and not plans):
        raise CourseRefused(_missing(weight, taken, plans, on))
    first_day = taken.first_day if taken is not None else on
    record = _Record(chart, on, first_day, weight.kg, taken)
    points = {} if population else _points(record)
    scenarios, results = [], []
    scenarios_asked: Sequence[Plan | None] = plans or (None,)
    for plan in scenarios_asked:
        question = _question(record, plan, points, adherence, until)
        if population:
            question = msgspec.structs.replace(question, sex=None, age_years=None, limits=())
        course = forecast_course(question, people=people, seed=seed)
        if population:
            scenarios.append(Scenario(course))
            continue
        days = tuple(day for day in course.days if day <= course.last_dose_day + BLOOD_DAYS_AFTER)
        asked = _Blood(record, biomarkers.dose_steps_of(question.doses), fasting)
        scenarios.append(Scenario(course, asked.curves(days)))
        results.append(asked.next_results(thresholds))
    found = CaseForecast(
        case.patient.id, on, first_day, weight.kg, chart.age_on(on), case.patient.sex,
        tuple(scenarios), tuple(results), points,
    )  # fmt: skip
    return _without_the_person(found) if population else found


def _without_the_person(found: CaseForecast) -> CaseForecast:
    """The same curves as those of people on these doses."""
    return msgspec.structs.replace(
        found, patient=ANYONE, age_years=None, sex=None, release=POPULATION_MARK, population=True
    )


class _Record(NamedTuple):
    """What the record holds that every scenario shares."""

    chart: Chart
    on: date
    first_day: date
    weight_kg: float
    taken: DosesOnRecord | None

    def day_of(self, day: date) -> float:
        """Days from the first dose."""
        return float((day - self.first_day).days)


def _missing(
    weight: Weight | None, taken: DosesOnRecord | None, plans: Sequence[Plan], on: date
) -> list[str]:
    """Everything without which there is no forecast, and what to record."""
    problems = []
    if weight is None:
        problems.append(f"no weight is on record by {on}; record a `weight` fact")
    if taken is None and not plans:
        problems.append(
            f"no hand-over with a strength is on record by {on} and no plan was given; record a `dispense` "
            'with `capsules`, or give a plan such as "40 mg twice daily with food until 120 mg/kg"'
        )
    return problems


def _question(
    record: _Record, plan: Plan | None, points: Points, adherence: float, until: date | None
) -> CourseQuestion:
    """One scenario as a question: what was taken by the day asked about, then the plan."""
    doses, said = _doses_of(record, plan, adherence)
    age = record.chart.age_on(record.on)
    return CourseQuestion(
        doses=doses,
        weight_kg=record.weight_kg,
        label=RECORDED if plan is None else plan.text,
        age_years=None if age is None else float(age),
        sex=record.chart.patient.sex,
        taken_until_day=record.day_of(record.on),
        until_day=None if until is None else record.day_of(until),
        baseline={key: points[key][0][1] for key in LESIONS if points.get(key)},
        assumptions=(*(record.taken.assumptions if record.taken else ()), *said),
        limits=_limits(record),
    )


def _doses_of(record: _Record, plan: Plan | None, adherence: float) -> tuple[DoseHistory, tuple[str, ...]]:
    """Doses taken, then those of the plan from the next day on (from the day itself before a start).

    Without a plan the capsules in hand are used up and nothing follows.
    """
    taken = record.taken
    if plan is None:
        assert taken is not None, "a forecast without a plan is refused without a hand-over"
        return taken.doses, ("no plan was given: only capsules already handed over are counted",)
    if taken is None:
        planned, already = plan.doses(record.weight_kg), DoseHistory.of([])
    else:
        starts_h = (record.day_of(record.on) + 1.0) * HOURS_PER_DAY
        already = DoseHistory.of(dose for dose in taken.doses.doses if dose.at_h < starts_h)
        planned = plan.doses(record.weight_kg, already_mg=already.cumulative_mg(), first_at_h=starts_h)
    said = list(plan.assumptions)
    if adherence < 1.0:
        said.append(f"{adherence:.0%} of the planned amount is taken, on average")
    less = (Dose(dose.at_h, dose.mg * adherence, dose.meal, dose.product) for dose in planned.doses)
    return DoseHistory.of([*already.doses, *less]), tuple(said)


def _limits(record: _Record) -> tuple[str, ...]:
    """What the record holds that the model does not know about."""
    said = []
    medicines = sorted({medicine.name for medicine in record.chart.open_now(Medicine)})
    if medicines:
        said.append(f"other medicines on record ({', '.join(medicines)}) are not part of the model")
    category = record.chart.latest(Category)
    if category is not None and category.can_become_pregnant:
        said.append("no risk to a pregnancy is modelled; the programme's rules always apply")
    return tuple(said)


def _points(record: _Record) -> Points:
    """The patient's own values by panel: lesion counts from the baseline on, results in shown units."""
    out: Points = {}
    for key in LESIONS:
        counts = [(record.day_of(fact.date), getattr(fact, key)) for fact in record.chart.all(Acne)]
        told = [(day, float(count)) for day, count in counts if count is not None]
        before = [each for each in told if each[0] <= BASELINE_UNTIL_DAY]
        if before:
            later = (each for each in told if each[0] > BASELINE_UNTIL_DAY)
            out[key] = ((0.0, before[-1][1]), *later)
    for result in _results(record):
        value = canonical_value(result.analyte, result.value, result.unit)
        out[result.analyte] = (*out.get(result.analyte, ()), (record.day_of(result.taken_on), value))
    return out


def _results(record: _Record) -> list[Laboratory]:
    """Results of the modelled analytes from the year before the first dose on."""
    return [
        result
        for result in record.chart.all(Laboratory)
        if result.analyte in biomarkers.ANALYTES and record.first_day - result.taken_on <= EARLIEST_RESULT
    ]


class _Blood:
    """The questions about blood results of one scenario."""

    def __init__(self, record: _Record, steps: tuple[biomarkers.DoseStep, ...], fasting: bool | None) -> None:
        age = record.chart.age_on(record.on)
        medicines = record.chart.open_now(Medicine)
        self.steps, self.fasting = steps, fasting
        self.person = biomarkers.Person(
            None if age is None else float(age),
            record.chart.patient.sex,
            record.weight_kg,
            tuple(medicine.class_ or medicine.name for medicine in medicines),
        )
        self.measured = [
            biomarkers.Measurement(
                cast("biomarkers.Analyte", result.analyte),
                record.day_of(result.taken_on),
                result.value,
                result.unit,
                result.fasting,
                result.comparator,
            )
            for result in _results(record)
        ]
        self.next_day = record.day_of(record.on) + NEXT_VISIT_DAYS

    def curves(self, days: Sequence[float]) -> tuple[biomarkers.BiomarkerCurve | biomarkers.Declined, ...]:
        """Every analyte through the course."""
        fasting = self.fasting is not False
        return biomarkers.biomarker_curves(self.person, self.steps, self.measured, days, fasting)

    def next_results(self, thresholds: Sequence[biomarkers.Threshold]) -> biomarkers.BiomarkerForecast:
        """Every analyte at the next visit."""
        visit = biomarkers.Visit(self.next_day, self.fasting)
        return biomarkers.forecast_biomarkers(self.person, self.steps, self.measured, visit, thresholds)
