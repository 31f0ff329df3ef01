"""At which blood values does the clinic's own policy ask for something, for one patient?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from isovigil.case.case import Case
from isovigil.case.kinds import Laboratory
from isovigil.case.units import canonical_unit
from isovigil.forecast.biomarkers import Analyte, Threshold
from isovigil.forecast.parameters import load
from isovigil.law.law import Law
from isovigil.law.refusal import NoRuleInForce, ProgrammeNotModelled, UnknownProgramme
from isovigil.law.rulebook import Rulebook
from isovigil.law.value import Dated

TABLES: Mapping[str, tuple[Analyte, ...]] = {
    "triglyceride_actions": ("triglycerides",),
    "cholesterol_actions": ("cholesterol", "ldl"),
    "liver_actions": ("alt", "ast"),
    "creatine_kinase_actions": ("ck",),
}
BY_VALUE = ("from", "above")
BY_LIMIT = ("from_limit", "above_limit")
ACTIONS = {"no_uptitrate": "do not raise the dose"}
NOTHING_FOLLOWS = "continue"


class _Limit(NamedTuple):
    """The laboratory's own upper limit on the latest result that states one."""

    value: float
    unit: str


def action_thresholds(case: Case, rulebook: Rulebook, on: date) -> tuple[Threshold, ...]:
    """Each value from which the case's clinical policy asks for something, with its citation.

    Multiples of the upper limit need a result that states it; without one they are left out. Bounds
    that count only where a baseline was raised are no thresholds of the next value alone. Where no
    programme is named or its law cannot be read for the day, the published reference lines stand in. Raises
    UnknownPolicy for a policy that is not there.
    """
    if case.programme is None:
        return reference_lines()
    try:
        law = rulebook.readings(case.programme, case.policy, on, [on])[0][0]
        held = [(law.value(f"laboratory/{table}", on), table) for table in TABLES if _holds(law, table, on)]
    except (NoRuleInForce, ProgrammeNotModelled, UnknownProgramme):
        return reference_lines()
    limits = _upper_limits(case)
    found = (
        threshold
        for table, name in held
        for analyte in TABLES[name]
        for threshold in _of_table(table, analyte, limits.get(analyte))
    )
    return tuple(found) or reference_lines()


def reference_lines() -> tuple[Threshold, ...]:
    """The published lines used where no clinical policy says otherwise."""
    lines = load("reference_lines")
    return tuple(
        Threshold(
            row["analyte"], row["value"], row["unit"], row["name"], citation=lines.sources[row["source"]].cite
        )
        for row in lines.tables["lines"]
    )


def _holds(law: Law, table: str, on: date) -> bool:
    return law.holds(f"laboratory/{table}", on)


def _upper_limits(case: Case) -> dict[str, _Limit]:
    """The upper limit of each analyte on the latest result that states one."""
    stated = sorted(
        (fact for fact in case.facts if isinstance(fact, Laboratory) and fact.upper_limit is not None),
        key=lambda fact: fact.taken_on,
    )
    return {fact.analyte: _Limit(fact.upper_limit or 0.0, fact.unit) for fact in stated}


def _of_table(held: Dated[Any], analyte: Analyte, limit: _Limit | None) -> Iterator[Threshold]:
    """The thresholds of one table of the policy."""
    cited = f"{held.cite.source}, {held.cite.at}"
    for row in held.value:
        if row["action"] == NOTHING_FOLLOWS:
            continue
        then = ACTIONS.get(row["action"], row["action"])
        bound = next((row[key] for key in BY_VALUE if key in row), None)
        times = next((row[key] for key in BY_LIMIT if key in row), None)
        if bound is not None:
            unit = canonical_unit(analyte)
            value, unit = (bound[unit], unit) if unit in bound else next((v, u) for u, v in bound.items())
            yield Threshold(analyte, value, unit, f"{value:g} {unit}, {then}", citation=cited)
        elif times is not None and limit is not None:
            value = times * limit.value
            over = "the upper limit" if times == 1 else f"{times:g} x limit"
            yield Threshold(
                analyte, value, limit.unit, f"{over} ({value:g} {limit.unit}), {then}", citation=cited
            )
