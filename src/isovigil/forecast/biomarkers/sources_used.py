"""Which sources did a forecast actually use?"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from isovigil.forecast.biomarkers.priors import published
from isovigil.forecast.biomarkers.values import Analyte
from isovigil.forecast.parameters import Source

_LIMITS = {
    "age": ("lowest_age", "highest_age"),
    "weight": ("lowest_weight", "highest_weight"),
    "dose": ("lowest_dose", "highest_dose"),
    "baseline_triglycerides": ("highest_baseline_triglycerides",),
    "triglycerides": ("highest_triglycerides",),
    "unexpected_value": ("furthest_value",),
}


@cache
def keys_for(
    analyte: Analyte, on_drug: bool, averaged_bursts: bool, not_fasting: bool, youth: bool
) -> tuple[str, ...]:
    """The keys of the sources behind one analyte's forecast, each once.

    The drug's parameters count only when there is any drug, the burst parameters only when bursts
    were averaged over, the table of youths only for youths.
    """
    names = [f"{analyte}_within_person"]
    if not_fasting and analyte == "triglycerides":
        names.append("triglycerides_within_person_not_fasting")
    if on_drug:
        names += [f"{analyte}_{part}" for part in ("drug_effect", "onset", "offset")]
        names += ["reference_dose", "dose_exponent", "baseline_effect_correlation"]
    if averaged_bursts and analyte == "ck":
        names += ["ck_burst_probability", "ck_burst_size"]
    parameters = published()
    keys = dict.fromkeys(_baseline_keys(analyte, youth))
    keys |= dict.fromkeys(key for name in names for key in parameters[name].sources)
    return tuple(keys)


def _baseline_keys(analyte: Analyte, youth: bool) -> tuple[str, ...]:
    """The sources of the baseline table of this analyte at this age."""
    rows = published().tables["baselines"]
    row = next(row for row in rows if row["analyte"] == analyte)
    return tuple(row["youth_sources"] if youth else row["sources"])


def keys_for_refusal(reasons: tuple[str, ...]) -> tuple[str, ...]:
    """The keys of the sources behind the limits that a refusal names."""
    parameters = published()
    keys = [key for name in reasons for limit in _LIMITS.get(name, ()) for key in parameters[limit].sources]
    if "co_medication" in reasons:
        keys += parameters.tables["medicines"]["sources"]
    return tuple(dict.fromkeys(keys))


def citations_for(keys: Iterable[str]) -> tuple[Source, ...]:
    """The sources with these keys, each once, in order of first use."""
    sources = published().sources
    return tuple(sources[key] for key in dict.fromkeys(keys))
