"""Do rows taken as columns make the same fact store as patients put together one after the other?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pytest

from isovigil.exchange.bulk import facts_of_rows
from isovigil.exchange.bulk.assembling import Assembler
from isovigil.exchange.bulk.chunk_rows import row_schema
from isovigil.exchange.bulk.declared_tables import FACTS
from isovigil.exchange.bulk.fact_columns import FactColumns
from isovigil.exchange.bulk.facts_of_rows import FactsOfRows, FactsRead, stored_of
from isovigil.exchange.bulk.rows_as_resources import Row
from isovigil.exchange.bulk.table_files import part_name, write_facts
from tests.population.exports import CHANGES, RAW_CHANGES, Lines, changed, nation_lines
from tests.population.test_template_plans import (
    DAYS,
    IDS,
    NUMBERS,
    ZONES,
    Export,
    export_of,
    nation_with_odd_templates,
    otherwise,
    with_text,
)
from tests.profiles import how_many

PATIENTS = 8
Rows = Sequence[tuple[Any, ...]]


def as_table(people: Mapping[str, Rows]) -> pa.Table:
    """The rows of some patients as sorting leaves them."""
    schema = row_schema().remove(row_schema().get_field_index("targets"))
    rows = [(patient, *row) for patient, own in sorted(people.items()) for row in own]
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)


def assert_same_facts(
    by_columns: FactsOfRows, one_by_one: Assembler, people: Mapping[str, Rows]
) -> FactsRead:
    """Every case to the letter, every column of the fact store, every problem, and what is unread."""
    expected, problems, whole = FactColumns(), [], []
    unread: Counter[tuple[str, str]] = Counter()
    for patient, rows in sorted(people.items()):
        found = one_by_one.assemble(patient, rows)
        stored = stored_of(found)
        problems += [(patient if stored is None else stored.patient, each) for each in found.problems]
        unread.update(found.unread)
        if stored is not None:
            expected.add(stored)
            whole.append(stored)
    read = by_columns.read(as_table(people))
    patients = list(read.patients())
    assert patients == whole
    assert repr(patients) == repr(whole)
    assert (
        read.table.drop_columns(["fields"]).to_pylist()
        == expected.table().drop_columns(["fields"]).to_pylist()
    )
    assert read.table.schema == expected.table().schema
    assert read.problems == problems
    assert read.unread == unread
    return read


@pytest.fixture(autouse=True)
def made_three_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that few people, too, are made in several runs."""
    monkeypatch.setattr(facts_of_rows, "_AT_A_TIME", 3)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Export:
    return nation_with_odd_templates(tmp_path_factory.mktemp("sound"))


@pytest.mark.parametrize("programme", [*ZONES, "no_such_programme", None])
def test_a_nation_makes_the_same_facts(programme: str | None, sound: Export):
    by_columns = FactsOfRows(sound.assembler(programme))
    for _ in range(2):  # at first no plan is known; then nearly all are
        assert_same_facts(by_columns, sound.assembler(programme), sound.rows)


def alone(people: Mapping[str, Rows]) -> dict[str, list[Row]]:
    """Each row of each patient alone with the patient, as somebody of their own."""
    found = {}
    for patient, rows in people.items():
        own = next(Row(*row) for row in rows if row[2] == "Patient")
        others = [Row(*row) for row in rows if row[2] != "Patient"]
        for place, row in enumerate(others):
            name = f"{patient}-{place:04}"
            found[name] = [own._replace(resource=name), row]
    return found


@pytest.mark.parametrize("programme", ZONES)
def test_every_template_alone_makes_the_same_facts_with_any_day_number_and_id(programme: str, sound: Export):
    by_columns, assembler = FactsOfRows(sound.assembler(programme)), sound.assembler(programme)
    chance, people = Random(programme), alone(sound.rows)
    assert_same_facts(by_columns, assembler, people)
    for column in ("day", "later", "changed", "number", "resource"):
        for _ in range(how_many(quick=4, nightly=40)):
            odd = {}
            for name, (own, row) in people.items():
                texts = {"number": NUMBERS, "resource": IDS}.get(column, DAYS)
                text = chance.choice(texts)
                is_possible = row.template is not None and (
                    row.number is not None if column == "number" else text is not None or column != "day"
                )
                odd[name] = [own, with_text(row, column, text) if is_possible else row]
            assert_same_facts(by_columns, assembler, odd)


@pytest.mark.parametrize("seed", range(how_many(quick=12, nightly=400)))
def test_odd_rows_make_the_same_facts(seed: int, sound: Export):
    chance = Random(seed)
    programme = ZONES[seed % len(ZONES)]
    by_columns, assembler = FactsOfRows(sound.assembler(programme)), sound.assembler(programme)
    how_odd = chance.choice((0.002, 0.01, 0.05, 0.3))
    for _ in range(3):
        people = {}
        for patient, rows in sound.rows.items():
            kept = chance.sample(rows, min(len(rows), chance.choice((3, 8, 20, 60, len(rows)))))
            kept += [row for row in rows if row[2] == "Patient" and row not in kept]
            people[patient] = [
                otherwise(row, chance, rows) if chance.random() < how_odd else row for row in kept
            ]
        assert_same_facts(by_columns, assembler, people)


@pytest.mark.parametrize("seed", range(how_many(quick=4, nightly=100)))
def test_messy_lines_make_the_same_facts(seed: int, tmp_path: Path):
    chance = Random(seed)
    how_messy = chance.choice((0.01, 0.05, 0.2))
    messy: Lines = {}
    for kind, listed in nation_lines(PATIENTS, seed).items():
        messy[kind] = []
        for line in listed:
            is_wrong = chance.random() < how_messy
            what = chance.choice((*CHANGES, *RAW_CHANGES))
            messy[kind] += changed(line, what, chance) if is_wrong else [line]
    export = export_of(messy, tmp_path)
    for programme in ZONES:
        by_columns = FactsOfRows(export.assembler(programme))
        for _ in range(2):
            assert_same_facts(by_columns, export.assembler(programme), export.rows)


def test_a_hand_over_names_a_prescription_of_the_same_patient_or_nothing(sound: Export):
    by_columns, assembler = FactsOfRows(sound.assembler("us_ipledge")), sound.assembler("us_ipledge")
    everybodys = [Row(*row) for rows in sound.rows.values() for row in rows if row[3]]
    chance = Random(7)
    for _ in range(how_many(quick=6, nightly=60)):
        people = {}
        for patient, rows in sound.rows.items():
            people[patient] = [
                Row(*row)._replace(under=f"{other.kind}/{other.resource}")
                if row[2] == "MedicationDispense" and row[9] is not None and chance.random() < 0.1
                and (other := chance.choice(everybodys)) else row
                for row in rows
            ]  # fmt: skip
        assert_same_facts(by_columns, assembler, people)


def test_two_patients_may_have_the_same_ids_and_one_may_not(sound: Export):
    by_columns, assembler = FactsOfRows(sound.assembler("us_ipledge")), sound.assembler("us_ipledge")
    patient, rows = next(iter(sound.rows.items()))
    own = next(row for row in rows if row[2] == "Patient")
    again = [Row(*row)._replace(resource="again") if row is own else row for row in rows]
    for _ in range(2):
        assert_same_facts(by_columns, assembler, {patient: rows, "again": again})
        twice = {patient: [*rows, rows[-1]], "nobody": [row for row in rows if row is not own]}
        assert_same_facts(by_columns, assembler, {**twice, "two": [*again, own]})


def test_the_file_of_the_fact_store_is_the_same_byte_for_byte(sound: Export, tmp_path: Path):
    assembler, one_by_one = sound.assembler("us_ipledge"), FactColumns()
    for patient, rows in sorted(sound.rows.items()):
        stored = stored_of(assembler.assemble(patient, rows))
        if stored is not None:
            one_by_one.add(stored)
    by_columns = FactsOfRows(sound.assembler("us_ipledge")).read(as_table(sound.rows))
    written = []
    for name, table in (("one by one", one_by_one.table()), ("by columns", by_columns.table)):
        write_facts(tmp_path / name, part_name(0), table)
        written.append((tmp_path / name / FACTS.name / part_name(0)).read_bytes())
    assert written[0] == written[1]


def test_no_rows_make_no_facts(sound: Export):
    read = assert_same_facts(FactsOfRows(sound.assembler("us_ipledge")), sound.assembler("us_ipledge"), {})
    assert read.table.num_rows == 0


def test_most_rows_are_taken_as_columns(tmp_path: Path):
    """Else the tests above would compare reading one by one with itself."""
    export = export_of(nation_lines(PATIENTS), tmp_path)
    by_columns = FactsOfRows(export.assembler("us_ipledge"))
    for _ in range(8):
        read = by_columns.read(as_table(export.rows))
    assert read.one_by_one["patients"] == 0
    assert read.one_by_one["rows"] < sum(map(len, export.rows.values())) / 10
