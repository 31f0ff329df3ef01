"""What is a biomarker forecast given, and what does it answer?

Days are numbers on one axis of the caller's choosing (commonly days since the first dose); only
differences between them matter. Every value is frozen.
"""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from isovigil.forecast.parameters import Source

Analyte = Literal["triglycerides", "cholesterol", "ldl", "hdl", "alt", "ast", "ck"]
ANALYTES: Final[tuple[Analyte, ...]] = (
    "triglycerides",
    "cholesterol",
    "ldl",
    "hdl",
    "alt",
    "ast",
    "ck",
)
Sex = Literal["female", "male", "other"]


class Person(msgspec.Struct, frozen=True):
    """Who the forecast is about. `None` means nobody recorded it.

    ``sex`` chooses the baseline tables only; other or unknown averages both tables.
    ``medicines`` are the classes of other medicines taken. ``exercises_strenuously`` matters to
    creatine kinase alone; unknown counts as yes.
    """

    age_years: float | None
    sex: Sex | None
    weight_kg: float | None
    medicines: tuple[str, ...] | None = None
    exercises_strenuously: bool | None = None


class DoseStep(msgspec.Struct, frozen=True):
    """One stretch of a constant daily dose, from ``from_day`` until just before ``to_day``.

    ``to_day`` None means it goes on. ``adherence`` is the share of capsules taken (0 to 1).
    ``relative_exposure`` is the exposure per mg relative to how the patients of the source
    studies took it: 1 unless the meal or the product is known to differ.
    """

    from_day: float
    to_day: float | None
    daily_dose_mg: float
    adherence: float = 1.0
    relative_exposure: float = 1.0


class Measurement(msgspec.Struct, frozen=True):
    """One earlier result. ``fasting`` None counts as not fasting; it matters to triglycerides.

    ``unit`` is a UCUM unit of that analyte. ``comparator`` is the laboratory's own (`<5`).
    """

    analyte: Analyte
    day: float
    value: float
    unit: str
    fasting: bool | None = None
    comparator: Literal["<", "<=", ">", ">="] | None = None


class Visit(msgspec.Struct, frozen=True):
    """The visit to forecast: its day, and whether the sample will be taken fasting."""

    day: float
    fasting: bool | None = None


class Threshold(msgspec.Struct, frozen=True):
    """A value at which somebody acts, handed in by the caller with its own citation."""

    analyte: Analyte
    value: float
    unit: str
    name: str
    direction: Literal["above", "below"] = "above"
    citation: str | None = None


class Interval(msgspec.Struct, frozen=True):
    """The range in which the next value lies with the stated chance, if the model is true."""

    low: float
    high: float


class Chance(msgspec.Struct, frozen=True):
    """How likely the next value is to pass one threshold.

    ``probability`` is None where ``shown`` reads "<1%" or ">99%": beyond those the model cannot
    tell one number from another.
    """

    threshold: Threshold
    probability: float | None
    shown: str
    frequency: str


class UncertaintyShares(msgspec.Struct, frozen=True):
    """Where the width of the interval comes from, as shares of the log variance that add to 1."""

    from_visit_to_visit: float
    between_people: float
    model: float


class AnalyteForecast(msgspec.Struct, frozen=True, tag="forecast"):
    """The next value of one analyte: its median and intervals in ``unit``.

    ``drug_effect`` is the share of the reference dose's full effect acting that day (1 = all).
    ``citation_keys`` name the sources, among the answer's citations, that this forecast used.
    """

    analyte: Analyte
    unit: str
    median: float
    interval_80: Interval
    interval_95: Interval
    chances: tuple[Chance, ...]
    uncertainty: UncertaintyShares
    drug_effect: float
    measurements_used: int
    evidence_grade: str
    evidence_because: str
    cautions: tuple[str, ...]
    would_narrow: tuple[str, ...]
    citation_keys: tuple[str, ...]


class Reason(msgspec.Struct, frozen=True):
    """One reason for declining: its name, what was seen, the edge, what would change it."""

    name: str
    seen: str
    edge: str
    would_change: str


class Declined(msgspec.Struct, frozen=True, tag="declined"):
    """No forecast of this analyte, with every reason. Clinicians' own rules decide instead."""

    analyte: Analyte
    reasons: tuple[Reason, ...]
    citation_keys: tuple[str, ...]

    def __str__(self) -> str:
        """The refusal in words."""
        parts = "; ".join(
            f"{reason.name}: {reason.seen}. The model holds for {reason.edge}. "
            f"What would change this: {reason.would_change}"
            for reason in self.reasons
        )
        return f"No forecast of {self.analyte}. {parts}"


class BiomarkerForecast(msgspec.Struct, frozen=True):
    """One visit's forecasts, in the order asked for, with the citations actually used."""

    visit: Visit
    answers: tuple[AnalyteForecast | Declined, ...]
    citations: tuple[Source, ...]
    parameter_hash: str
    statements: tuple[str, ...]

    def answer(self, analyte: Analyte) -> AnalyteForecast | Declined:
        """The answer for one analyte; raises KeyError when it was not asked for."""
        for answer in self.answers:
            if answer.analyte == analyte:
                return answer
        asked = ", ".join(answer.analyte for answer in self.answers)
        raise KeyError(f"{analyte} was not asked for. This forecast answers: {asked}.")


class BiomarkerCurve(msgspec.Struct, frozen=True, tag="curve"):
    """The predicted distribution of one analyte on each of ``days``, in ``unit``."""

    analyte: Analyte
    unit: str
    days: tuple[float, ...]
    median: tuple[float, ...]
    low_80: tuple[float, ...]
    high_80: tuple[float, ...]
    low_95: tuple[float, ...]
    high_95: tuple[float, ...]
    citation_keys: tuple[str, ...]


class DosePlan(msgspec.Struct, frozen=True):
    """A named way to go on from now: dose steps that follow those already taken."""

    name: str
    steps: tuple[DoseStep, ...]


class PlanForecast(msgspec.Struct, frozen=True):
    """One dose plan and what it would probably show at the visit."""

    plan: DosePlan
    forecast: BiomarkerForecast


class PlanComparison(msgspec.Struct, frozen=True):
    """Dose plans side by side in the order given. The order carries no preference."""

    plans: tuple[PlanForecast, ...]
    statements: tuple[str, ...]


class ForecastInputInvalid(ValueError):
    """The forecast was handed impossible facts; every problem is listed."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        self.problems = problems
        listed = "\n".join(f"  - {problem}" for problem in problems)
        super().__init__(f"The biomarker forecast cannot use what it was given:\n{listed}")
