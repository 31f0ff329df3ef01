"""A made-up cohort on isotretinoin, drawn from published means, and what the balanced policy says of it.

Sources of the distributions (clinical specification, part F):

- C6, Vieira 2012, n = 70: triglycerides 87.0 (SD 48.3) before and 105.3 (48.8) mg/dL on treatment,
  ALT 18.2 (8.3) before and 23.3 (20.0) U/L on treatment.
- C0, Lee 2016, 1,574 patients: on treatment triglycerides 119.98 mg/dL, ALT 21.77 U/L, white cells 6.89.

Each value is log-normal. On treatment the mean is that of C0, the larger study; the spread is that of C6
for triglycerides. For ALT it is the middle between C6 before (SD/mean 0.46) and on treatment (0.86), since
one patient of 70 can make an SD of 20; that choice is our own. Baseline and treatment are correlated by
0.5, our own choice too. Neutrophils are 60 % of the white cells with a spread of 30 %.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from isovigil.case.fact import Fact
from isovigil.decisions.advice import gravity
from tests.laboratory.drawn import answered, on_treatment, result

HOLD = gravity("hold")
_TOGETHER = 0.5
_LIMITS = {"alt": 40.0, "triglycerides": 150.0}


class Spread(NamedTuple):
    """Mean and standard deviation of a log-normal value."""

    mean: float
    sd: float

    def at(self, standard: float) -> float:
        """The value at a standard normal deviate."""
        variance = math.log(1 + (self.sd / self.mean) ** 2)
        return math.exp(math.log(self.mean) - variance / 2 + standard * math.sqrt(variance))


BEFORE = {"triglycerides": Spread(87.0, 48.3), "alt": Spread(18.2, 8.3)}
DURING = {"triglycerides": Spread(119.98, 48.8), "alt": Spread(21.77, 21.77 * (0.46 + 0.86) / 2)}
NEUTROPHILS = Spread(6.89 * 0.6, 6.89 * 0.6 * 0.3)


def patient(chance: Random) -> list[Fact]:
    """One patient: a baseline, and the draw that the balanced policy asks for four weeks into treatment."""
    facts = on_treatment()
    for analyte, unit in (("triglycerides", "mg/dL"), ("alt", "U/L")):
        first = chance.gauss(0, 1)
        then = _TOGETHER * first + math.sqrt(1 - _TOGETHER**2) * chance.gauss(0, 1)
        limit, fasting = _LIMITS[analyte], analyte == "triglycerides" or None
        for spread, at, on in ((BEFORE, first, "2024-01-02"), (DURING, then, "2024-02-07")):
            value = round(spread[analyte].at(at), 1)
            facts.append(result(analyte, value, unit, on, upper_limit=limit, fasting=fasting))
    count = round(NEUTROPHILS.at(chance.gauss(0, 1)), 2)
    return [*facts, result("anc", count, "10*9/L", "2024-02-07", lower_limit=1.8)]


def patients(seed: int, count: int) -> Iterator[list[Fact]]:
    """So many patients of one seed."""
    chance = Random(seed)
    for _ in range(count):
        yield patient(chance)


def told(seed: int, count: int, policy: str = "balanced") -> dict[str, float]:
    """The share of patients with any abnormal value, and with a hold or stop, for each rule."""
    seen: Counter[str] = Counter()
    for facts in patients(seed, count):
        for rule in ("triglycerides", "liver", "blood_count"):
            action = gravity(answered(rule, facts, "2024-02-08", policy).action or "continue")
            seen[f"{rule} abnormal"] += action > 0
            seen[f"{rule} held"] += action >= HOLD
    return {name: times / count for name, times in seen.items()}
