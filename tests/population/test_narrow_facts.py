"""Do the plain columns of the fact store tell what the whole facts tell?"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import msgspec
import pyarrow.parquet as pq
import pytest

from isovigil.case.case import Case, Patient
from isovigil.case.fact import Fact
from isovigil.case.kinds import (
    Condition,
    Dispense,
    Laboratory,
    Medicine,
    PregnancyTest,
    Prescription,
    Questionnaire,
    Weight,
)
from isovigil.exchange.bulk.declared_tables import FACTS
from isovigil.exchange.bulk.fact_columns import FactColumns
from isovigil.exchange.bulk.fact_rows import StoredPatient
from isovigil.exchange.bulk.narrow_facts import (
    NarrowPatient,
    OldFactStore,
    narrow_patients,
    read_narrow,
)
from isovigil.exchange.bulk.table_files import part_name, write_facts
from tests.population.exports import nation_lines, read_strictly
from tests.profiles import how_many

BENCH = Path(__file__).resolve().parents[2] / "bench"
ON = date(2025, 6, 30)
LAB: dict[str, Any] = {"analyte": "alt", "unit": "U/L", "upper_limit": 40.0}


def narrow(folder: Path, cases: list[Case], wanted: Any, until: date = ON) -> list[NarrowPatient]:
    columns = FactColumns()
    for case in cases:
        columns.add(StoredPatient(case.patient.id, case, None, 0, 0))
    write_facts(folder, part_name(0), columns.table())
    return list(narrow_patients(read_narrow(folder / FACTS.name / part_name(0)), wanted, until))


def case_of(patient: str, *facts: Fact) -> Case:
    return Case(Patient(patient, date(2001, 2, 3)), "Europe/Paris", facts)


def test_facts_come_by_kind_in_order_of_day_then_number_then_id(tmp_path: Path):
    day = date(2025, 3, 1)
    facts = (
        Laboratory(id="z", taken_on=day, value=30.0, **LAB),
        Laboratory(id="b", taken_on=day, value=20.0, **LAB),
        Laboratory(id="a", taken_on=day, value=30.0, **LAB),
        Laboratory(id="first", taken_on=day - timedelta(days=1), value=99.0, **LAB),
        Laboratory(id="not asked", taken_on=day, analyte="ast", value=1.0, unit="U/L"),
        Laboratory(id="later", taken_on=day + timedelta(days=1), value=1.0, **LAB),
        Weight(id="w", date=day, kg=60.0),
    )
    nobody, found = narrow(tmp_path, [case_of("0"), case_of("p", *facts)],
                           {"laboratory": frozenset({"alt"})}, until=day)  # fmt: skip
    assert nobody == NarrowPatient("0", {})
    assert list(found.facts) == ["laboratory"]
    assert [fact.id for fact in found.facts["laboratory"]] == ["first", "b", "a", "z"]
    told = found.facts["laboratory"][1]
    assert told._asdict() == {
        "day": day.toordinal(), "id": "b", "what": "alt", "number": 20.0, "unit": "U/L", "comparator": None,
        "upper_limit": 40.0, "ends_on": None, "items": None, "refers_to": None,
    }  # fmt: skip


def test_what_was_entered_in_error_or_corrected_does_not_stand(tmp_path: Path):
    day = date(2025, 3, 1)

    def weight(name: str, **more: Any) -> Weight:
        return Weight(id=name, date=day, kg=60.0, **more)

    entries = [
        # in error; corrected by a fact that stands; corrected by one that is itself in error
        (weight("error", withdrawn=True), weight("right")),
        (weight("before"), weight("after", supersedes="before")),
        (weight("first"), weight("second", supersedes="first"), weight("taken back", supersedes="second",
         withdrawn=True)),
    ]  # fmt: skip
    found = narrow(tmp_path, [case_of(str(at), *facts) for at, facts in enumerate(entries)], {"weight": None})
    # Withdrawing the second entry withdraws what it said of the first, too.
    assert [[fact.id for fact in each.facts["weight"]] for each in found] == [["right"], ["after"], ["first"]]


def test_a_store_of_an_earlier_version_is_refused_with_what_to_do(tmp_path: Path):
    narrow(tmp_path, [case_of("p")], {"weight": None})
    path = tmp_path / FACTS.name / part_name(0)
    pq.write_table(pq.read_table(path).drop_columns(["unit", "items"]), path)
    with pytest.raises(OldFactStore, match=r"no column unit, items.*Judge its folder again"):
        read_narrow(path)


class Rules(NamedTuple):
    """The twelve small rules over narrow facts, and the same over whole facts."""

    wanted: Any
    narrow: Callable[[Any, int], list[Any]]
    plain: Callable[[Case, date], list[Any]]


@pytest.fixture(scope="module")
def rules() -> Rules:
    with pytest.MonkeyPatch.context() as patched:
        patched.syspath_prepend(str(BENCH))
        by_columns = importlib.import_module("population_task_b")
        plainly = importlib.import_module("population_task_b_plain")
    return Rules(by_columns.WANTED, by_columns.task_b, plainly.plain_task_b)


def assert_same_answers(rules: Rules, folder: Path, cases: list[Case]) -> set[tuple[int, str]]:
    """The statuses that occurred, by the rule's place."""
    found = narrow(folder, cases, rules.wanted)
    met = set()
    for case, own in zip(cases, found, strict=True):
        answers = [tuple(each) for each in rules.narrow(own.facts, ON.toordinal())]
        assert answers == rules.plain(case, ON), case.patient.id
        met |= {(place, str(answer[0])) for place, answer in enumerate(answers)}
    return met


def test_the_small_rules_answer_over_columns_what_they_answer_over_whole_facts(rules: Rules, tmp_path: Path):
    cases, _ = read_strictly(nation_lines(20, seed=5))
    assert_same_answers(rules, tmp_path, [case for _, case in sorted(cases.items())])


def test_the_small_rules_agree_on_facts_that_collide(rules: Rules, tmp_path: Path):
    met: set[tuple[int, str]] = set()
    for seed in range(how_many(quick=4, nightly=200)):
        chance = Random(seed)
        met |= assert_same_answers(rules, tmp_path, [_collided(f"p{at:03}", chance) for at in range(40)])
    # Every rule both passes and does not somewhere, or the agreement would say nothing.
    for place in range(12):
        statuses = {status for at, status in met if at == place}
        assert "met" in statuses, place
        assert len(statuses) > 1, place


def _collided(patient: str, chance: Random) -> Case:
    """Facts of a few days close together, some corrected, some in error, some on the limits."""
    facts: list[Fact] = []
    prescriptions = [f"rx{at}" for at in range(chance.randint(0, 4))]

    def several(most: int, made: Callable[[str, date], Fact]) -> None:
        for _ in range(chance.randint(0, most)):
            day = ON - timedelta(days=chance.choice([-1, 0, 7, 8, 15, 30, 35, 36, 60, 90, 91]))
            facts.append(made(f"f{len(facts):02}", day))

    for name in prescriptions:
        day = ON - timedelta(days=chance.choice([0, 1, 7, 8, 37, 60]))
        facts.append(Prescription(id=name, issued_on=day, daily_dose_mg=20.0, days_supply=30))
    several(
        4,
        lambda name, day: PregnancyTest(
            id=name,
            taken_on=day,
            result=chance.choice(["negative", "negative", "positive", "invalid"]),
            setting="laboratory",
        ),
    )
    several(
        4,
        lambda name, day: Dispense(
            id=name,
            date=day,
            days_supply=chance.choice([7, 8, 30, 31]),
            prescription=chance.choice([*prescriptions, *prescriptions, None]),
        ),
    )
    several(
        3,
        lambda name, day: Laboratory(
            id=name,
            taken_on=day,
            analyte="alt",
            value=chance.choice([20.0, 40.0, 120.0, 120.5]),
            unit="U/L",
            upper_limit=chance.choice([None, 40.0]),
        ),
    )
    several(
        3,
        lambda name, day: Laboratory(
            id=name,
            taken_on=day,
            analyte="triglycerides",
            value=chance.choice([1.5, 3.4, 300.0, 500.5]),
            unit=chance.choice(["mg/dL", "mmol/L"]),
        ),
    )
    several(
        3,
        lambda name, day: Questionnaire(
            id=name,
            date=day,
            tool=chance.choice(["phq9", "gad7"]),
            score=chance.choice([None, 4, 9, 10]),
            items=chance.choice([None, (1,) * 8 + (0,), (0,) * 8 + (1,), (0, None, 0)]),
        ),
    )
    several(2, lambda name, day: Weight(id=name, date=day, kg=chance.choice([50.0, 60.5])))
    several(
        1,
        lambda name, day: Medicine(
            id=name,
            from_=day,
            name=chance.choice(["Doxycycline 100 mg", "zinc"]),
            to=chance.choice([None, day]),
        ),
    )
    several(
        2,
        lambda name, day: Condition(
            id=name, from_=day, what=chance.choice(["depression", "other"]), to=chance.choice([None, ON, day])
        ),
    )
    named = [fact.id for fact in facts]
    return case_of(patient, *(_corrected(fact, named, chance) for fact in facts))


def _corrected(fact: Fact, named: list[str], chance: Random) -> Fact:
    if chance.random() > 0.1:
        return fact
    others = [name for name in named if name != fact.id]
    corrects = chance.choice([None, *others])
    return msgspec.structs.replace(fact, supersedes=corrects, withdrawn=chance.random() < 0.5)
