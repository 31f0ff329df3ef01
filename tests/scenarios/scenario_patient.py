"""Which facts does one scenario case put on file?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import cache
from typing import Any

from tests.scenarios.scenario_file import (
    Base,
    Differences,
    FactChanges,
    ScenarioCase,
    ScenarioFile,
    ScenarioProblem,
    bases_of,
    lens_of,
)

Facts = dict[str, dict[str, Any]]
DAY = re.compile(r"\d{4}-\d{2}-\d{2}(?=$|T)")


class OnFile:
    """A patient's header and facts by id, while differences are applied one after the other."""

    def __init__(self, header: dict[str, Any], facts: Facts) -> None:
        self.header = header
        self.facts = facts

    @classmethod
    def of_base(cls, programme: str, name: str) -> OnFile:
        """The base patient as it stands in the programme's file."""
        patient, facts = base_facts(programme, name)
        return cls(
            {"case": 1, "patient": dict(patient), "programme": lens_of(programme)},
            {identifier: dict(fact) for identifier, fact in facts.items()},
        )

    def differing(self, differences: Differences, original: Facts) -> OnFile:
        """The same patient with what a case states differently; `original` holds what may be restored."""
        header = {**self.header, "patient": {**self.header["patient"], **differences.patient}}
        header["patient"] = _without_nulls(header["patient"])
        for field in ("programme", "policy", "time_zone"):
            if getattr(differences, field) is not None:
                header[field] = getattr(differences, field)
        facts = dict(self.facts)
        for identifier in differences.restore:
            facts[identifier] = dict(_named(original, identifier, "restore"))
        facts = dropped(facts, differences.without)
        facts = changed(facts, differences.change)
        return OnFile(header, joined(facts, differences.with_))

    def as_case_file(self) -> dict[str, Any]:
        """The case in the shape of a case file."""
        return {**self.header, "facts": list(self.facts.values())}


@cache
def base_facts(programme: str, name: str) -> tuple[dict[str, str], Facts]:
    """A base's header and facts by id, moved to its own dates where it is another one moved.

    The clinical cases may start from a patient of the programme they are seen through, too.
    """
    bases = bases_of(programme)
    if name not in bases and lens_of(programme) != programme:
        return base_facts(lens_of(programme), name)
    if name not in bases:
        raise ScenarioProblem(f"{programme} has no base named {name!r}; it has {', '.join(bases)}")
    base = bases[name]
    patient, facts = _own_facts(base) if base.moved is None else _moved_facts(programme, base)
    left = changed(dropped(facts, base.without), base.change)
    return {**patient, **base.patient}, joined(left, base.with_)


def _own_facts(base: Base) -> tuple[dict[str, str], Facts]:
    return {}, joined({}, base.facts)


def _moved_facts(programme: str, base: Base) -> tuple[dict[str, str], Facts]:
    assert base.moved is not None
    patient, facts = base_facts(programme, base.moved.base)
    by = timedelta(days=base.moved.by_days)
    return patient, {
        identifier: {field: _moved(value, by) for field, value in fact.items()}
        for identifier, fact in facts.items()
    }


def _moved(value: Any, by: timedelta) -> Any:
    if isinstance(value, str):
        return DAY.sub(lambda day: (date.fromisoformat(day[0]) + by).isoformat(), value)
    return value


def dropped(facts: Facts, without: Iterable[str]) -> Facts:
    """The facts without those named by id, or by kind; naming nothing that is there is a mistake."""
    left = dict(facts)
    for name in without:
        named = [each for each, fact in facts.items() if name in (each, fact["kind"])]
        if not named:
            raise ScenarioProblem(f"without: {name!r} is neither the id nor the kind of a fact on file")
        for identifier in named:
            left.pop(identifier, None)
    return left


def changed(facts: Facts, changes: FactChanges) -> Facts:
    """The facts with some fields changed; a field changed to null is no longer there."""
    after = dict(facts)
    for identifier, fields in changes.items():
        after[identifier] = _without_nulls({**_named(facts, identifier, "change"), **fields})
    return after


def joined(facts: Facts, added: Iterable[Mapping[str, Any]]) -> Facts:
    """The facts with others added, each under an id of its own."""
    after = dict(facts)
    for fact in added:
        identifier = fact.get("id")
        if not isinstance(identifier, str) or identifier in after:
            raise ScenarioProblem(f"a fact needs an id that no other has: {fact}")
        after[identifier] = dict(fact)
    return after


def _named(facts: Facts, identifier: str, by: str) -> dict[str, Any]:
    if identifier not in facts:
        raise ScenarioProblem(f"{by}: no fact on file has the id {identifier!r}")
    return facts[identifier]


def _without_nulls(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def patients_of(file: ScenarioFile, programme: str) -> list[tuple[ScenarioCase, OnFile]]:
    """Each case of a file with the patient it is about."""
    patients: list[tuple[ScenarioCase, OnFile]] = []
    for case in file.cases:
        base = case.base or file.base
        _, original = base_facts(programme, base)
        before = patients[-1][1] if file.ladder and patients else OnFile.of_base(programme, base)
        patients.append((case, before.differing(case, original)))
    return patients
