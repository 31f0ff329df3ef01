"""Was a result typed in another unit than the one chosen?

A lipid of 1.7 is everyday in mmol/L and impossible in mg/dL. Where the value lies outside what people are
seen with in the chosen unit and inside it in another, somebody has to say which is meant.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from isovigil.case.units import UNITS, canonical_unit, canonical_value

SEEN_FROM_TO: Final[dict[str, tuple[float, float]]] = {
    "alt": (4.0, 3000.0),
    "triglycerides": (25.0, 6000.0),
    "ldl": (15.0, 500.0),
}
"""In the canonical unit (U/L, mg/dL, mg/dL): from the lowest to the highest that is likelier a result than a
slip. Our own, wide; it never refuses, it only asks."""


class Doubt(NamedTuple):
    """A result that may stand in another unit."""

    analyte: str
    value: float
    unit: str
    as_canonical: float
    canonical_unit: str
    likelier: tuple[str, ...]
    """Units in which the value would be an everyday one."""


def doubt_about(analyte: str, value: float, unit: str) -> Doubt | None:
    """What is doubtful about a typed result; None where nothing is."""
    if analyte not in SEEN_FROM_TO or unit not in UNITS[analyte] or _is_seen(analyte, value, unit):
        return None
    likelier = tuple(_units_in_which_it_is_seen(analyte, value))
    in_canonical = canonical_value(analyte, value, unit)
    return Doubt(analyte, value, unit, in_canonical, canonical_unit(analyte), likelier)


def _is_seen(analyte: str, value: float, unit: str) -> bool:
    low, high = SEEN_FROM_TO[analyte]
    return low <= canonical_value(analyte, value, unit) <= high


def _units_in_which_it_is_seen(analyte: str, value: float) -> Iterator[str]:
    for unit in UNITS[analyte]:
        if _is_seen(analyte, value, unit):
            yield unit
