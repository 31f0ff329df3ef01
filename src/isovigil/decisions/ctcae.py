"""Which grade does each version of CTCAE give a blood value, and which of them counts?

Graded in the reported unit, against the limits of the laboratory that reported it; never converted
first, and never against an assumed limit.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from isovigil.case.kinds import Laboratory
from isovigil.case.units import canonical_value
from isovigil.decisions.laboratory_results import (
    Baseline,
    as_tabled,
    is_above,
    is_below,
    is_from,
    was_raised,
    worst_reading,
)
from isovigil.law.law import Law
from isovigil.law.value import Dated

Row = Mapping[str, Any]

VERSIONS: Final = ("5.0", "6.0")
_TABLES: Final = {
    "alt": "liver_enzymes",
    "ast": "liver_enzymes",
    "bilirubin": "bilirubin",
    "ggt": "ggt",
    "alp": "alp",
    "triglycerides": "triglycerides",
    "cholesterol": "cholesterol",
    "ck": "creatine_kinase",
    "anc": "neutrophils",
    "wbc": "white_cells",
    "platelets": "platelets",
    "glucose": "glucose",
}


class Grade(NamedTuple):
    """The grade one version gives; None where it gives none, with the reason."""

    version: str
    grade: int | None
    because: str | None = None


def grades(fact: Laboratory, baseline: Baseline | None, law: Law) -> tuple[Grade, ...]:
    """What each version says of one result, oldest version first; empty for an analyte without a term.

    Source: CTCAE 5.0 and 6.0 (`ctcae/*` values).
    """
    table = _TABLES.get(fact.analyte)
    if table is None:
        return ()
    rows: tuple[Row, ...] = law.value(f"ctcae/{table}", fact.taken_on).value
    fact = as_tabled(fact)
    return tuple(_grade(version, rows, fact, baseline) for version in VERSIONS)


def counting_version(law: Law, fact: Laboratory) -> Dated[str]:
    """The version whose grade counts under the policy."""
    return law.word("ctcae/version", fact.taken_on)


def grades_in_words(told: tuple[Grade, ...], counts: str) -> str:
    """Both grades in a sentence: ``CTCAE 5.0 grade 1 (counts here), CTCAE 6.0 grade 3``."""
    if not told:
        return ""
    said = [
        f"CTCAE {one.version} {_in_words(one)}" + " (counts here)" * (one.version == counts) for one in told
    ]
    return ", ".join(said) + "."


def _in_words(one: Grade) -> str:
    if one.grade is None:
        return f"no grade: {one.because}"
    return f"grade {one.grade}"


def _grade(version: str, rows: tuple[Row, ...], fact: Laboratory, baseline: Baseline | None) -> Grade:
    kind = "raised" if was_raised(baseline) else "normal"
    for row in rows:
        if row["version"] != version or row.get("baseline", kind) != kind:
            continue
        if "no_term" in row:
            return Grade(version, None, row["no_term"])
        if row.get("unit", fact.unit) == fact.unit:
            return _by_row(version, row, fact, baseline)
    return Grade(version, None, f"it has no limits in {fact.unit}")


def _by_row(version: str, row: Row, fact: Laboratory, baseline: Baseline | None) -> Grade:
    """The highest grade whose bounds are all met, from the first on; each holds whatever the next holds.

    Ungradable where a bound that decides is unknown.
    """
    unknown: str | None = None
    reached = 0
    grade = 1
    while (bounds := row.get(f"grade_{grade}")) is not None:
        answer = _are_met(bounds, fact, baseline)
        if answer is False:
            break
        if answer is True:
            reached = grade
        else:
            unknown = answer
        grade += 1
    if reached == 0:
        return Grade(version, 0 if unknown is None else None, unknown)
    beyond = row[f"grade_{reached}"].get("defined_to_baseline")
    if beyond is not None and baseline is not None and is_above(baseline.in_limits or 0.0, beyond):
        return Grade(version, None, f"undefined for a baseline above {beyond:g} times the upper limit")
    return Grade(version, reached)


def _are_met(bounds: Mapping[str, float], fact: Laboratory, baseline: Baseline | None) -> bool | str:
    """Are all bounds of a grade met? A text says what is not known."""
    for bound, at in bounds.items():
        answer = _is_met(bound, at, fact, baseline)
        if answer is not True:
            return answer
    return True


def _is_met(bound: str, at: float, fact: Laboratory, baseline: Baseline | None) -> bool | str:
    """Is one bound met? A text says what is not known."""
    value = worst_reading(fact)
    if bound == "from":
        return is_from(value, at)
    if bound == "above":
        return is_above(value, at)
    if bound == "below":
        return is_below(value, at)
    if bound == "above_limit":
        limit = fact.upper_limit
        return "the report gives no upper limit" if limit is None else is_above(value, at * limit)
    if bound == "below_lower_limit":
        lower = fact.lower_limit
        return "the report gives no lower limit" if lower is None else is_below(value, at * lower)
    if bound == "defined_to_baseline":
        return True
    if baseline is None:
        return "no baseline is known"
    own = canonical_value(fact.analyte, value, fact.unit)
    return is_from(own, at * baseline.value) if bound == "from_base" else is_above(own, at * baseline.value)
