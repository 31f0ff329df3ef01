"""What does the model believe about a person before seeing any of their own values?"""

from __future__ import annotations

from functools import cache
from typing import Final, NamedTuple

import numpy as np

from isovigil.forecast.biomarkers.personal_update import Nodes
from isovigil.forecast.biomarkers.quadrature import Numbers, averaging_nodes
from isovigil.forecast.biomarkers.values import ANALYTES, Analyte, Sex
from isovigil.forecast.parameters import ParameterSet, load

NODES_PER_PARAMETER: Final = 5
PRIOR_SEXES: Final = ("female", "male")


class Model(NamedTuple):
    """The published parameters as arrays, one place per analyte in the order of ``ANALYTES``."""

    effect: Numbers
    effect_sd: Numbers
    effect_doubt: Numbers
    within_fasting: Numbers
    within_not_fasting: Numbers
    onset: tuple[float, ...]
    offset: tuple[float, ...]
    first_age: Numbers  # [bands]
    baseline_mean: Numbers  # [analyte, sex, band], natural log of the median
    baseline_sd: Numbers  # [analyte, sex, band], sb = sqrt(total^2 - within^2), widened in youth
    reference_dose: float
    nodes: Nodes
    burst_chance: float
    burst_mean: float
    burst_sd: float


@cache
def published() -> ParameterSet:
    """The published parameters of the biomarker models."""
    return load("biomarkers")


@cache
def model() -> Model:
    """The model of the published parameters."""
    return model_of(published())


def model_of(parameters: ParameterSet, nodes_per_parameter: int = NODES_PER_PARAMETER) -> Model:
    """The arrays of one parameter set; more nodes average more finely and cost more."""

    def each(suffix: str) -> Numbers:
        return np.array([parameters.value(f"{analyte}_{suffix}") for analyte in ANALYTES])

    effects = [parameters[f"{analyte}_drug_effect"] for analyte in ANALYTES]
    within = each("within_person")
    not_fasting = within.copy()
    not_fasting[0] = parameters.value("triglycerides_within_person_not_fasting")
    ages, mean, sd = _baselines(parameters, within)
    burst = parameters["ck_burst_size"]
    return Model(
        effect=np.array([effect.value for effect in effects]),
        effect_sd=np.array([effect.spread for effect in effects]),
        effect_doubt=np.array([effect.uncertainty for effect in effects]),
        within_fasting=within,
        within_not_fasting=not_fasting,
        onset=tuple(each("onset").tolist()),
        offset=tuple(each("offset").tolist()),
        first_age=ages,
        baseline_mean=mean,
        baseline_sd=sd,
        reference_dose=parameters.value("reference_dose"),
        nodes=_nodes(parameters, nodes_per_parameter),
        burst_chance=parameters.value("ck_burst_probability"),
        burst_mean=burst.value,
        burst_sd=burst.spread,
    )


def _nodes(parameters: ParameterSet, count: int) -> Nodes:
    """The averaging nodes of the dose exponent and of the baseline-effect correlation."""
    rules = []
    for name in ("dose_exponent", "baseline_effect_correlation"):
        it = parameters[name]
        rules.append(averaging_nodes(it.value, it.uncertainty, it.low, it.high, count))
    return Nodes(rules[0][0], rules[0][1], rules[1][0], rules[1][1])


def _baselines(parameters: ParameterSet, within: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """First ages of the bands, and ln medians and between-person SDs [analyte, sex, band]."""
    rows = {(row["analyte"], row["sex"]): row for row in parameters.tables["baselines"]}
    ages = np.array(rows["triglycerides", "female"]["first_age"], dtype=np.float64)
    doubt = parameters.value("adolescent_enzyme_doubt")
    mean = np.empty((len(ANALYTES), len(PRIOR_SEXES), len(ages)))
    sd = np.empty_like(mean)
    for a, analyte in enumerate(ANALYTES):
        for s, sex in enumerate(PRIOR_SEXES):
            row = rows[analyte, sex]
            mean[a, s] = np.log(row["median"])
            variance = np.square(row["ln_sd"]) - within[a] ** 2
            if row["adolescent_doubt"]:
                variance[0] += doubt**2
            sd[a, s] = np.sqrt(variance)
    return ages, mean, sd


def sexes_considered(sex: Sex | None) -> tuple[int, ...]:
    """Which baseline tables are averaged: one when the sex is female or male, else both."""
    return (PRIOR_SEXES.index(sex),) if sex in PRIOR_SEXES else (0, 1)


def baseline_of(which: Model, age_years: float, sexes: tuple[int, ...]) -> tuple[Numbers, Numbers]:
    """Ln median and between-person SD at this age: each [analyte, sexes]."""
    band = int(np.searchsorted(which.first_age, age_years, side="right")) - 1
    if band < 0:
        raise ValueError(
            f"No baseline table holds age {age_years}; the youngest starts at "
            f"{which.first_age[0]:g}. Ask the support check before asking for a baseline."
        )
    places = list(sexes)
    return which.baseline_mean[:, places, band], which.baseline_sd[:, places, band]


def is_youth(which: Model, age_years: float | None) -> bool:
    """Whether the age falls in the youngest band, whose tables have sources of their own."""
    return age_years is not None and age_years < which.first_age[1]


def place(analyte: Analyte) -> int:
    """Where the analyte stands in every array of the model."""
    return ANALYTES.index(analyte)
