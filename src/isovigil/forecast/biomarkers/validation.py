"""Which published figures does the model reproduce, and which does it miss?"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

import msgspec
import numpy as np

from isovigil.forecast.biomarkers.cohort import Cohort, Group, cohort_of
from isovigil.forecast.biomarkers.priors import PRIOR_SEXES, Model, baseline_of, model, place, published
from isovigil.forecast.outcome import Outcome, outcome_of

_BURST_NODES: Final = 41


class ValidationRow(msgspec.Struct, frozen=True):
    """One published figure beside the model's own, with the tolerance and the outcome.

    ``used_in_fitting`` is true when the same source stands behind the parameter of the drug's
    effect on that analyte, so that agreement is calibration rather than a test. ``known_miss``
    says why a figure is missed; empty when it should be met.
    """

    id: str
    what: str
    published: str
    model: str
    tolerance: str
    used_in_fitting: bool
    outcome: Outcome
    known_miss: str
    citation: str


class _Setting(NamedTuple):
    """What every measure needs: the row, the model, the analyte's place and the visits' effects."""

    row: Mapping[str, Any]
    model: Model
    at: int
    effects: tuple[float, ...]

    @property
    def cohort(self) -> Cohort:
        return cohort_of(self.model, self.at, _groups(self.model, self.at))


def validation_rows() -> tuple[ValidationRow, ...]:
    """Every published biomarker figure the model is held against, misses included.

    Deterministic and free of sampling; about a second in all.
    """
    return tuple(_judged(row) for row in published().tables["validation"])


def model_value(row_id: str) -> float:
    """The model's own figure for one row, in the row's unit; raises KeyError for an unknown row."""
    for row in published().tables["validation"]:
        if row["id"] == row_id:
            return _measured(row)
    raise KeyError(f"No validation row is called {row_id!r}.")


def _judged(row: Mapping[str, Any]) -> ValidationRow:
    """One row with the model's figure and the verdict."""
    value = _measured(row)
    unit = "" if row["unit"] == "1" else f" {row['unit']}"
    known_miss = row.get("known_miss", "")
    return ValidationRow(
        id=row["id"],
        what=f"{row['analyte']}: {row['what']}",
        published=row["published"],
        model=f"{value:.3g}{unit}",
        tolerance=f"{row['low']:g} to {row['high']:g}{unit} ({row['tolerance']})",
        used_in_fitting=row["source"] in published()[f"{row['analyte']}_drug_effect"].sources,
        outcome=outcome_of(value, row["low"], row["high"], known_miss),
        known_miss=known_miss,
        citation=published().sources[row["source"]].cite,
    )


def _measured(row: Mapping[str, Any]) -> float:
    """The model's figure for one row."""
    which, at = model(), place(row["analyte"])
    days = published().tables["cohorts"]["visit_days"]
    effects = tuple(1.0 - math.exp(-day / which.onset[at]) for day in days)
    return _MEASURES[row["measure"]](_Setting(row, which, at, effects))


def _groups(which: Model, at: int) -> tuple[Group, ...]:
    """The baselines of the validation cohort of this analyte."""
    stated = published().tables["cohorts"]
    if at == place("triglycerides"):
        return (Group(1.0, math.log(stated["triglycerides_median"]), stated["triglycerides_sd"]),)
    return tuple(_group_of(which, at, sex, 0.5) for sex in range(len(PRIOR_SEXES)))


def _group_of(which: Model, at: int, sex: int, share: float) -> Group:
    """The baseline of one sex at the cohort's age."""
    mean, sd = baseline_of(which, published().tables["cohorts"]["age_years"], (sex,))
    return Group(share, float(mean[at, 0]), float(sd[at, 0]))


def _alone(s: _Setting, sex: str) -> Cohort:
    """The cohort of one sex only."""
    return cohort_of(s.model, s.at, (_group_of(s.model, s.at, PRIOR_SEXES.index(sex), 1.0),))


def _newly_above_own_limit(s: _Setting) -> float:
    """New abnormal values against each sex's own upper limit, averaged over the sexes."""
    limits = published().tables["cohorts"]["alt_upper_limit"]
    shares = [_alone(s, sex).share_newly_above(limits[sex], s.effects) for sex in PRIOR_SEXES]
    return 100.0 * float(np.mean(shares))


def _men_above_a_multiple(s: _Setting) -> float:
    """Men above a multiple of their upper limit at the last visit."""
    limit = published().tables["cohorts"]["alt_upper_limit"]["male"] * s.row["multiple"]
    return 100.0 * _alone(s, "male").share_above(limit, s.effects[-1])


def _ever_above_with_bursts(s: _Setting) -> float:
    """Ever above the limit when men, half the cohort, may burst at each visit."""
    ln_limit = math.log(s.row["limit"])
    women, men = _alone(s, "female"), _alone(s, "male")
    burst_width = math.hypot(men.within, s.model.burst_sd)
    never = np.ones_like(men.level)
    for x in s.effects:
        high = men._replace(within=burst_width).above(ln_limit - s.model.burst_mean, x)
        chance = (1.0 - s.model.burst_chance) * men.above(ln_limit, x) + s.model.burst_chance * high
        never = never * (1.0 - chance)
    men_ever = float((men.weight * (1.0 - never)).sum())
    return 50.0 * (men_ever + women.share_ever_above(s.row["limit"], s.effects))


def _rise_on_low_dose(s: _Setting) -> float:
    """The typical rise on the low dose, in percent."""
    ratio = published().tables["cohorts"]["low_dose_mg_per_kg"] / s.model.reference_dose
    effect = s.effects[3] * ratio ** published().value("dose_exponent")
    return 100.0 * math.expm1(s.model.effect[s.at] * effect)


def _ratio_to_hdl(s: _Setting) -> float:
    """The ratio to HDL on treatment, from its published value before."""
    shift = s.model.effect[s.at] - s.model.effect[place("hdl")]
    return float(s.row["before"]) * math.exp(shift)


def _mean_ratio(s: _Setting) -> float:
    """The rise of the arithmetic mean, in percent."""
    return 100.0 * (s.cohort.mean(s.effects[-1]) / s.cohort.mean(0.0) - 1.0)


_MEASURES: Final[dict[str, Callable[[_Setting], float]]] = {
    "share": lambda s: 100.0 * s.cohort.share_above(s.row["limit"], 0.0),
    "visit": lambda s: 100.0 * s.cohort.share_above(s.row["limit"], s.effects[-1]),
    "ever": lambda s: 100.0 * s.cohort.share_ever_above(s.row["limit"], s.effects),
    "new_ever": lambda s: 100.0 * s.cohort.share_newly_above(s.row["limit"], s.effects),
    "mean": lambda s: s.cohort.mean(s.effects[-1]),
    "rise": lambda s: s.cohort.mean(s.effects[-1]) - s.cohort.mean(0.0),
    "mean_ratio": _mean_ratio,
    "typical": lambda s: 100.0 * math.expm1(float(s.model.effect[s.at])),
    "low_dose": _rise_on_low_dose,
    "left": lambda s: 100.0 * math.exp(-s.row["days_off"] / s.model.offset[s.at]),
    "onset": lambda s: 100.0 * (1.0 - math.exp(-s.row["day"] / s.model.onset[s.at])),
    "ratio": _ratio_to_hdl,
    "new_ever_alt": _newly_above_own_limit,
    "triple_alt": _men_above_a_multiple,
    "ever_ck": _ever_above_with_bursts,
}
