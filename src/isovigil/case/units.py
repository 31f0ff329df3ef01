"""Which units may a laboratory value be reported in, and how do they relate?

Factors: `spec/clinical-monitoring.md` E5 (UCUM, case-sensitive). A value is graded in the unit
it was reported in; conversion serves only ordering, plotting and chemistry-based tables.
"""

from __future__ import annotations

from typing import Final

_ENZYME: Final = {"U/L": 1.0, "[IU]/L": 1.0, "ukat/L": 60.0}
_COUNT: Final = {"10*9/L": 1.0, "10*3/uL": 1.0}
_GRAM_PER_LITRE: Final = 100.0
"""mg/dL, exactly: 1 g is 1,000 mg and 1 L is 10 dL (UCUM). French laboratories report in g/L."""
_CHOLESTEROL: Final = {"mg/dL": 1.0, "mmol/L": 38.67, "g/L": _GRAM_PER_LITRE}
_BILIRUBIN: Final = {"mg/dL": 1.0, "umol/L": 1 / 17.1}

UNITS: Final[dict[str, dict[str, float]]] = {
    "alt": _ENZYME,
    "ast": _ENZYME,
    "alp": _ENZYME,
    "ggt": _ENZYME,
    "ck": _ENZYME,
    "lipase": _ENZYME,
    "bilirubin": _BILIRUBIN,
    "bilirubin_direct": _BILIRUBIN,
    "triglycerides": {"mg/dL": 1.0, "mmol/L": 88.57, "g/L": _GRAM_PER_LITRE},
    "cholesterol": _CHOLESTEROL,
    "ldl": _CHOLESTEROL,
    "hdl": _CHOLESTEROL,
    "anc": _COUNT,
    "wbc": _COUNT,
    "platelets": _COUNT,
    "haemoglobin": {"g/dL": 1.0, "g/L": 0.1, "mmol/L": 1.6114},
    "glucose": {"mg/dL": 1.0, "mmol/L": 18.016, "g/L": _GRAM_PER_LITRE},
    "hba1c": {"%": 1.0, "mmol/mol": 1 / 10.929},
    "creatinine": {"mg/dL": 1.0, "umol/L": 1 / 88.42},
    "inr": {"1": 1.0, "{INR}": 1.0, "{ratio}": 1.0},
}
"""For each analyte its accepted UCUM units and how many canonical units one of them is.

The first unit named for an analyte is its canonical one.
"""

SAME_UNIT: Final[dict[str, tuple[str, float]]] = {"g/L": ("mg/dL", _GRAM_PER_LITRE)}
"""Units that are others but for a power of ten, so that a limit in the one is a limit in the other."""

DIGITS_KEPT: Final = 9
"""Decimals kept when a power of ten is moved: none that was measured is lost, and 1.13 × 100 is 113."""

CENTIMETRES_IN_A_METRE: Final = 100

_HBA1C_OFFSET_PERCENT: Final = 2.15


def converts(analyte: str, unit: str) -> bool:
    """Is this a unit the analyte can be reported in?"""
    return unit in UNITS[analyte]


def canonical_unit(analyte: str) -> str:
    """The unit that `canonical_value` answers in."""
    return next(iter(UNITS[analyte]))


def canonical_value(analyte: str, value: float, unit: str) -> float:
    """The value in the analyte's canonical unit. Raises KeyError for a unit that does not convert.

    HbA1c has an offset as well as a factor: NGSP % = IFCC / 10.929 + 2.15.
    """
    converted = value * UNITS[analyte][unit]
    if analyte == "hba1c" and unit != "%":
        return converted + _HBA1C_OFFSET_PERCENT
    return converted
