"""How are laboratory values of people on isotretinoin distributed?

Published means and spreads (clinical specification, part F):

- C6, Vieira 2012, n = 70: triglycerides 87.0 (SD 48.3) before and 105.3 (48.8) mg/dL on treatment, ALT 18.2
  (8.3) before and 23.3 (20.0) U/L on treatment.
- C0, Lee 2016, 1,574 patients: on treatment triglycerides 119.98 and cholesterol 184.74 mg/dL, ALT 21.77 and
  AST 22.67 U/L.

Values are log-normal. On treatment the mean is that of C0, the larger study; the spread is that of C6, for
ALT the middle between its spread before and on treatment, since one patient of 70 can make an SD of 20. That,
the correlations between the draws of one person (0.5 before to during, 0.95 from the person's own level to
each draw during) and the spread of cholesterol and AST are our own choices.

Nobody's natural values reach what would hold treatment: a hold nobody planted would be a violation nobody
knows. The values cut off are fewer than one in 5,000; the planted ones come on top.
"""

from __future__ import annotations

import math
from random import Random
from typing import Final, NamedTuple

TRIGLYCERIDES_IN_MMOL: Final = 88.57
"""mg/dL in one mmol/L of triglycerides."""
UPPER_LIMITS: Final = {"alt": 40, "ast": 40, "triglycerides": 150, "cholesterol": 200}
_BEFORE_TO_DURING: Final = 0.5
_DRAW_TO_DRAW: Final = 0.95
_HIGHEST_TRIGLYCERIDES: Final = 480.0
_HIGHEST_ALT: Final = 115.0
_MOST_OF_A_RAISED_BASELINE: Final = 1.4


class Spread(NamedTuple):
    """The parameters of a log-normal value."""

    mu: float
    sigma: float

    def at(self, standard: float) -> float:
        """The value at a standard normal deviate."""
        return math.exp(self.mu + standard * self.sigma)


def spread(mean: float, sd: float) -> Spread:
    """A log-normal value by its mean and standard deviation."""
    variance = math.log(1 + (sd / mean) ** 2)
    return Spread(math.log(mean) - variance / 2, math.sqrt(variance))


BEFORE: Final = {
    "triglycerides": spread(87.0, 48.3),
    "alt": spread(18.2, 8.3),
    "ast": spread(20.4, 6.3),
    "cholesterol": spread(165.0, 30.0),
}
DURING: Final = {
    "triglycerides": spread(119.98, 48.8),
    "alt": spread(21.77, 21.77 * (0.46 + 0.86) / 2),
    "ast": spread(22.67, 9.0),
    "cholesterol": spread(184.74, 32.0),
}


class Draws:
    """The blood values of one person, draw after draw."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._own: dict[str, float] = {}
        self._first: dict[str, float] = {}

    def before(self, analyte: str) -> float:
        """The value before treatment, in mg/dL or U/L."""
        own = self._chance.gauss(0.0, 1.0)
        value = self._below_a_hold(analyte, BEFORE[analyte].at(own))
        self._own[analyte] = _BEFORE_TO_DURING * own + math.sqrt(
            1 - _BEFORE_TO_DURING**2
        ) * self._chance.gauss(0.0, 1.0)
        self._first[analyte] = value
        return value

    def first(self, analyte: str) -> float:
        """The value before treatment, once it was drawn."""
        return self._first[analyte]

    def during(self, analyte: str) -> float:
        """A value on treatment, in mg/dL or U/L."""
        own = self._own[analyte]
        standard = _DRAW_TO_DRAW * own + math.sqrt(1 - _DRAW_TO_DRAW**2) * self._chance.gauss(0.0, 1.0)
        value = self._below_a_hold(analyte, DURING[analyte].at(standard))
        first = self._first[analyte]
        if first > UPPER_LIMITS[analyte] and analyte in ("alt", "ast"):
            value = min(value, _MOST_OF_A_RAISED_BASELINE * first)
        return value

    def _below_a_hold(self, analyte: str, value: float) -> float:
        if analyte == "triglycerides":
            return min(value, _HIGHEST_TRIGLYCERIDES)
        return min(value, _HIGHEST_ALT) if analyte in ("alt", "ast") else value
