"""Which grade does each version of CTCAE give a blood value, and which of them counts?

Graded in the reported unit, against the limits of the laboratory that reported it; never converted
first, and never against an assumed limit.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from operator import attrgetter
from typing import Any, Final, NamedTuple

import msgspec

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
from isovigil.law.value import Dated, once_for_each_value

Row = Mapping[str, Any]

VERSIONS: Final = ("5.0", "6.0")
VERSION: Final = "ctcae/version"
"""The value that says whose grade counts."""
TABLES: Final = {
    "alt": "ctcae/liver_enzymes",
    "ast": "ctcae/liver_enzymes",
    "bilirubin": "ctcae/bilirubin",
    "ggt": "ctcae/ggt",
    "alp": "ctcae/alp",
    "triglycerides": "ctcae/triglycerides",
    "cholesterol": "ctcae/cholesterol",
    "ck": "ctcae/creatine_kinase",
    "anc": "ctcae/neutrophils",
    "wbc": "ctcae/white_cells",
    "platelets": "ctcae/platelets",
    "glucose": "ctcae/glucose",
}
graded_by = attrgetter("analyte", "value", "unit", "comparator", "upper_limit", "lower_limit")
"""All of a result that its grade depends on, beside the table and the baseline."""
_WITHOUT_BASELINE: Final = frozenset({"from", "above", "below", "above_limit", "below_lower_limit"})
"""The bounds that ask for nothing of the patient's own baseline."""
_GRADES_KEPT: Final = 16_384


class Grade(msgspec.Struct, frozen=True):
    """The grade one version gives; None where it gives none, with the reason."""

    version: str
    grade: int | None
    because: str | None = None


def grades(fact: Laboratory, baseline: Baseline | None, law: Law) -> tuple[Grade, ...]:
    """What each version says of one result, oldest version first; empty for an analyte without a term.

    Source: CTCAE 5.0 and 6.0 (`ctcae/*` values).
    """
    table = table_for(fact.analyte, law, fact.taken_on)
    return () if table is None else table.grades(fact, baseline)


def graded_in_words(fact: Laboratory, baseline: Baseline | None, law: Law, counts: str) -> str:
    """The same in a sentence, where one version counts; empty for an analyte without a term."""
    table = table_for(fact.analyte, law, fact.taken_on)
    return "" if table is None else table.in_words(fact, baseline, counts)


class _Term(msgspec.Struct, frozen=True):
    """One row of a version's table: what a value must reach for each grade."""

    no_term: str | None
    """Why the version gives no grade at all."""
    baseline: str | None
    """The baseline it is for: normal or raised; None where it is for both."""
    unit: str | None
    grades: tuple[tuple[tuple[str, float], ...], ...]
    """The bounds of grade 1, of grade 2 and so on."""
    beyond: tuple[float | None, ...]
    """For each grade the baseline, in upper limits, above which it is not defined."""


class _Told(NamedTuple):
    """What was told of one result, with the sentence it makes for each version that counts."""

    grades: tuple[Grade, ...]
    in_words: dict[str, str]


class GradeTable:
    """The rows of one table by version, with the grades they gave: results repeat."""

    def __init__(self, by_version: dict[str, list[_Term]]) -> None:
        self._by_version = by_version
        self._asking_for_baseline = frozenset(
            kind
            for kind in ("normal", "raised")
            if any(_asks_for_baseline(term, kind) for terms in by_version.values() for term in terms)
        )
        """The kinds of baseline of which a grade depends on how high it was, too."""
        self._told: dict[tuple[Any, ...], _Told] = {}

    def asked_of(self, baseline: Baseline | None) -> tuple[Any, ...]:
        """All of a baseline that a grade depends on: whether it was raised and, where asked, how high."""
        kind = "raised" if was_raised(baseline) else "normal"
        if baseline is None or kind not in self._asking_for_baseline:
            return (kind,)
        return (kind, baseline.value, baseline.in_limits)

    def grades(self, fact: Laboratory, baseline: Baseline | None) -> tuple[Grade, ...]:
        """What each version says of one result, oldest version first."""
        return self._of(fact, baseline).grades

    def in_words(self, fact: Laboratory, baseline: Baseline | None, counts: str) -> str:
        """The same in a sentence, where one version counts."""
        told = self._of(fact, baseline)
        sentence = told.in_words.get(counts)
        if sentence is None:
            sentence = told.in_words[counts] = grades_in_words(told.grades, counts)
        return sentence

    def _of(self, fact: Laboratory, baseline: Baseline | None) -> _Told:
        asked = self.asked_of(baseline)
        key = (graded_by(fact), asked)
        told = self._told.get(key)
        if told is None:
            if len(self._told) >= _GRADES_KEPT:
                self._told.clear()
            fact = as_tabled(fact)
            terms = self._by_version
            grades = tuple([_grade(name, terms[name], asked[0], fact, baseline) for name in VERSIONS])
            told = self._told[key] = _Told(grades, {})
        return told


def _asks_for_baseline(term: _Term, kind: str) -> bool:
    bounds = {bound for bounds in term.grades for bound, _ in bounds}
    return term.baseline in (None, kind) and not bounds <= _WITHOUT_BASELINE


def table_for(analyte: str, law: Law, on: date) -> GradeTable | None:
    """The table that grades an analyte's results of a day; None where no version has a term for it.

    Raises NoRuleInForce where the law holds none for the day.
    """
    name = TABLES.get(analyte)
    return None if name is None else _as_table(law.value(name, on))


@once_for_each_value
def _as_table(table: Dated[Any]) -> GradeTable:
    by_version = {
        version: [_as_term(row) for row in table.value if row["version"] == version] for version in VERSIONS
    }
    return GradeTable(by_version)


def _as_term(row: Row) -> _Term:
    grades: list[Mapping[str, float]] = []
    while (bounds := row.get(f"grade_{len(grades) + 1}")) is not None:
        grades.append(bounds)
    return _Term(
        row.get("no_term"),
        row.get("baseline"),
        row.get("unit"),
        tuple(tuple(bounds.items()) for bounds in grades),
        tuple(bounds.get("defined_to_baseline") for bounds in grades),
    )


def counting_version(law: Law, fact: Laboratory) -> Dated[str]:
    """The version whose grade counts under the policy."""
    return law.word(VERSION, fact.taken_on)


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


def _grade(version: str, terms: list[_Term], kind: str, fact: Laboratory, baseline: Baseline | None) -> Grade:
    for term in terms:
        if term.baseline is not None and term.baseline != kind:
            continue
        if term.no_term is not None:
            return Grade(version, None, term.no_term)
        if term.unit is None or term.unit == fact.unit:
            return _by_term(version, term, fact, baseline)
    return Grade(version, None, f"it has no limits in {fact.unit}")


def _by_term(version: str, term: _Term, fact: Laboratory, baseline: Baseline | None) -> Grade:
    """The highest grade whose bounds are all met, from the first on; each holds whatever the next holds.

    Ungradable where a bound that decides is unknown.
    """
    unknown: str | None = None
    reached = 0
    for grade, bounds in enumerate(term.grades, start=1):
        answer = _are_met(bounds, fact, baseline)
        if answer is False:
            break
        if answer is True:
            reached = grade
        else:
            unknown = answer
    if reached == 0:
        return Grade(version, 0 if unknown is None else None, unknown)
    beyond = term.beyond[reached - 1]
    if beyond is not None and baseline is not None and is_above(baseline.in_limits or 0.0, beyond):
        return Grade(version, None, f"undefined for a baseline above {beyond:g} times the upper limit")
    return Grade(version, reached)


def _are_met(
    bounds: tuple[tuple[str, float], ...], fact: Laboratory, baseline: Baseline | None
) -> bool | str:
    """Are all bounds of a grade met? A text says what is not known."""
    for bound, at in bounds:
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
