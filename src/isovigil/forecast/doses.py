"""Which capsules were swallowed, when, with what food, and what does that deliver?"""

from __future__ import annotations

import enum
from collections.abc import Iterable

import msgspec
import numpy as np
from numpy.typing import NDArray

from isovigil.forecast.parameters import Reading

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

HOURS_PER_DAY = 24.0


class Meal(enum.StrEnum):
    """What the dose was taken with."""

    FASTED = "fasted"
    STANDARD = "standard_meal"
    HIGH_FAT = "high_fat"


class Product(enum.StrEnum):
    """The three formulations; they are not interchangeable milligram for milligram."""

    CONVENTIONAL = "conventional"
    LIDOSE = "lidose"
    MICRONISED = "micronised"


class Dose(msgspec.Struct, frozen=True, order=True):
    """One swallowed dose: hours after the start of the clock, and milligrams."""

    at_h: float
    mg: float
    meal: Meal = Meal.HIGH_FAT
    product: Product = Product.CONVENTIONAL


class DoseHistoryInvalid(ValueError):
    """A dose history that cannot be real; every problem is listed."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("The dose history cannot be used: " + "; ".join(problems))


class DoseHistory(msgspec.Struct, frozen=True):
    """Doses in order of time, however irregular.

    Order on input does not matter; two doses at one instant are both counted.
    """

    doses: tuple[Dose, ...]

    @classmethod
    def of(cls, doses: Iterable[Dose]) -> DoseHistory:
        """A checked history; raises DoseHistoryInvalid naming every impossible dose."""
        ordered = tuple(sorted(doses))
        problems = [
            f"dose {number}: time {dose.at_h} h and {dose.mg} mg must be finite and not negative"
            for number, dose in enumerate(ordered, start=1)
            if not (0 <= dose.at_h < np.inf and 0 <= dose.mg < np.inf)
        ]
        if problems:
            raise DoseHistoryInvalid(problems)
        return cls(ordered)

    @classmethod
    def regular(
        cls,
        mg: float,
        every_h: float,
        number: int,
        *,
        meal: Meal = Meal.HIGH_FAT,
        product: Product = Product.CONVENTIONAL,
        first_at_h: float = 0.0,
    ) -> DoseHistory:
        """``number`` equal doses of ``mg``, one every ``every_h`` hours."""
        return cls.of(Dose(first_at_h + every_h * k, mg, meal, product) for k in range(number))

    @property
    def times_h(self) -> Floats:
        """Hours at which each dose is swallowed."""
        return np.array([dose.at_h for dose in self.doses], dtype=np.float64)

    @property
    def mg(self) -> Floats:
        """Milligrams of each dose."""
        return np.array([dose.mg for dose in self.doses], dtype=np.float64)

    def cumulative_mg(self, until_h: float = np.inf) -> float:
        """Milligrams swallowed up to and including ``until_h``."""
        return float(sum(dose.mg for dose in self.doses if dose.at_h <= until_h))


class Schedule(msgspec.Struct, frozen=True):
    """A dose history as the arrays the model steps over.

    ``available_mg`` is milligrams times the typical availability of product and meal, shape
    (1, doses) when all people take the same and (people, doses) otherwise. ``fasted`` says which
    absorption (rate and lag) applies, ``varies_like_fasted`` which between-person spread of
    availability applies: micronised capsules are absorbed alike fed and fasted.
    """

    times_h: Floats
    available_mg: Floats
    fasted: Integers
    varies_like_fasted: Integers


def availability(reading: Reading, product: Product, meal: Meal) -> float:
    """Typical availability per milligram, relative to conventional with a high-fat meal."""
    return reading.value(f"available_{product.value}_{meal.value}")


def schedule_of(
    history: DoseHistory, reading: Reading, *, availability_falls_with_dose: bool = False
) -> Schedule:
    """The schedule for ``history``.

    With ``availability_falls_with_dose`` each dose is multiplied by (dose / 80 mg) ** -0.28, the
    between-study trend in dose-normalised exposure; it is off by default because the
    multiple-dose studies call the drug linear.
    """
    ways = dict.fromkeys((dose.product, dose.meal) for dose in history.doses)
    per_mg = {(product, meal): availability(reading, product, meal) for product, meal in ways}
    mg = history.mg
    factors = np.array([per_mg[dose.product, dose.meal] for dose in history.doses])
    available = mg * factors if len(mg) else np.zeros(0)
    if availability_falls_with_dose:
        exponent = reading.value("dose_exponent_of_availability")
        available = available * np.where(mg > 0, np.maximum(mg, 1e-9) / 80.0, 1.0) ** exponent
    fasted = [dose.meal is Meal.FASTED for dose in history.doses]
    spread = [dose.meal is Meal.FASTED and dose.product is not Product.MICRONISED for dose in history.doses]
    return Schedule(
        history.times_h,
        available[np.newaxis, :],
        np.array(fasted, dtype=np.int64),
        np.array(spread, dtype=np.int64),
    )
