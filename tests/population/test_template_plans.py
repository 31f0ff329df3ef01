"""Do rows that follow the plan of their template make the same cases as the strict readers?"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pyarrow as pa
import pytest

from isovigil.exchange.bulk.assembling import Assembled, Assembler, Place
from isovigil.exchange.bulk.chunk_rows import row_schema
from isovigil.exchange.bulk.facts_of_rows import FactsOfRows, stored_of
from isovigil.exchange.bulk.flatten import Flattener
from isovigil.exchange.bulk.input_files import chunks_of, survey
from isovigil.exchange.bulk.known_templates import MET_ENOUGH
from isovigil.exchange.bulk.lines import line_of
from isovigil.exchange.bulk.rows_as_resources import Row
from isovigil.exchange.fhir.intake import take_in
from isovigil.exchange.fhir.reading import READERS
from tests.population.exports import CHANGES, Lines, changed, nation_lines, write_export
from tests.population.odd_resources import TEMPLATES, odd_lines
from tests.profiles import how_many

ZONES = ("us_ipledge", "uk_mhra", "nl_ppp")
"""New York, London, Amsterdam: a day can be another one in each."""
PATIENTS = 8

COLUMNS = ("patient", *Row._fields)
SHARED: dict[str, dict[str, Any]] = {
    "Organization/laboratory": {"type": [{"coding": [{"code": "laboratory"}]}]},
    "Medication/m1": {
        "code": {"coding": [{"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": "197844"}]}
    },
    "Medication/m2": {
        "code": {"coding": [{"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": "3640"}]}
    },
}

DAYS = (
    None, "", "2025-03-04", "2025-12-31", "2025-02-30", "2025-02", "2025", "0001-01-01", "1899-12-31",
    "2200-01-01", "9999-12-31", "1901-05-05", "2025-W10-2", "20250304", "yesterday",
    "2025-03-04T23:30:00-11:00", "2025-03-05T03:30:00Z", "2025-03-05T04:59:59.999+00:00",
    "2025-03-05T05:00:00+00:00", "2025-03-04T23:30:00", "2025-03-09T02:30:00-05:00",
    "2025-11-02T01:30:00-04:00", "2025-11-02T01:30:00-05:00", "2025-03-04T24:00:00Z",
    "2025-03-04T12:00:00+14:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00",
    "2025-03-04 10:00:00Z",
)  # fmt: skip
NUMBERS = (
    None,
    "0",
    "-0",
    "-3",
    "0.0001",
    "5",
    "4.999",
    "25",
    "25.5",
    "7",
    "7.5",
    "300",
    "501",
    "999999999999999",
)
IDS = ("", " ", "a b", "x" * 198, "x" * 300, "tab\there", "naïve", "a/b", "-", "\u2028", "1.5")


class Export(NamedTuple):
    """The rows of an export by patient, and what an assembler needs to know of it."""

    rows: dict[str, list[tuple[Any, ...]]]
    templates: dict[int, str]
    places: list[Place]
    lines: dict[tuple[int, int], bytes]

    def assembler(self, programme: str | None) -> Assembler:
        shared = {}
        for name, said in SHARED.items():
            kind, _, own = name.partition("/")
            [shared[name]] = take_in(json.dumps({"resourceType": kind, "id": own, **said}).encode()).entries
        return Assembler(
            self.templates, self.places, shared, programme, lambda chunk, line: self.lines.get((chunk, line))
        )


def export_of(lines: Lines, folder: Path) -> Export:
    chunks = chunks_of(survey(str(write_export(folder, lines))).files)
    flattener = Flattener()
    flats = [flattener.flatten(chunk) for chunk in chunks]
    rows: dict[str, list[tuple[Any, ...]]] = {}
    for flat in flats:
        table = flat.table.drop_columns(["targets"]).sort_by("patient")
        for patient, *own in zip(*(table.column(name).to_pylist() for name in COLUMNS), strict=True):
            if patient:
                rows.setdefault(patient, []).append(tuple(own))
    templates = {mark: text for flat in flats for mark, text in flat.templates.items()}
    known = {
        (chunk.number, line): text
        for chunk, flat in zip(chunks, flats, strict=True)
        for line in range(flat.lines)
        if (text := line_of(chunk, line)) is not None
    }
    return Export(rows, templates, [Place(chunk.file.name, 0) for chunk in chunks], known)


def nation_with_odd_templates(folder: Path) -> Export:
    """A made-up nation as it is, with odd templates."""
    lines = nation_lines(PATIENTS)
    ids = [json.loads(line)["id"] for line in lines["Patient"]]
    for kind, more in odd_lines(ids).items():
        lines[kind] = [*lines[kind], *more]
    return export_of(lines, folder)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Export:
    return nation_with_odd_templates(tmp_path_factory.mktemp("sound"))


def as_table(people: Iterable[tuple[str, Sequence[tuple[Any, ...]]]]) -> pa.Table:
    """The rows as they lie in a sorted file."""
    schema = row_schema()
    schema = schema.remove(schema.get_field_index("targets"))
    whole = [(patient, *row) for patient, rows in people for row in rows]
    return pa.table([list(column) for column in zip(*whole, strict=True)], schema=schema)


def assert_both_ways_agree(assembler: Assembler, patient: str, rows: Sequence[tuple[Any, ...]]) -> Assembled:
    """By plans, row by row, and in full: the same case to the letter, the same problems, refusal, counts."""
    planned, full = assembler.assemble(patient, rows), assembler.assemble_in_full(patient, rows)
    assert planned == full
    assert repr(planned) == repr(full)
    return full


def assert_all_at_once_agree(
    assembler: Assembler, people: Iterable[tuple[str, Sequence[tuple[Any, ...]]]]
) -> None:
    """The rows of many patients at once: each case as it is in full."""
    given = list(people)
    expected = [stored_of(assembler.assemble_in_full(*patient)) for patient in given]
    found = FactsOfRows(assembler).read(as_table(given)).patients()
    assert repr(list(found)) == repr([each for each in expected if each is not None])


@pytest.mark.parametrize("programme", [*ZONES, "no_such_programme", None])
def test_every_template_makes_the_same_facts_by_its_plan_as_by_the_readers(
    programme: str | None, sound: Export
):
    assembler = sound.assembler(programme)
    for _ in range(5):  # at first no plan is known; then nearly all are
        for patient, rows in sound.rows.items():
            assert_both_ways_agree(assembler, patient, rows)


@pytest.mark.parametrize("programme", ZONES)
def test_many_patients_at_once_make_the_cases_of_each(programme: str, sound: Export):
    assembler = sound.assembler(programme)
    for _ in range(2):
        assert_all_at_once_agree(assembler, sound.rows.items())


@pytest.mark.parametrize("seed", range(how_many(quick=12, nightly=400)))
def test_odd_rows_of_many_patients_at_once_make_the_cases_of_each(seed: int, sound: Export):
    chance = Random(seed)
    assembler = sound.assembler(ZONES[seed % len(ZONES)])
    for how_odd in (0.0, 0.01, 0.05, 0.3):
        people = [
            (patient, [otherwise(row, chance, rows) if chance.random() < how_odd else row for row in rows])
            for patient, rows in sound.rows.items()
        ]
        assert_all_at_once_agree(assembler, people)


def with_text(row: Row, column: str, text: str | None) -> Row:
    changes: dict[str, Any] = {column: text}
    return row._replace(**changes)


def one_by_one(rows: Sequence[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    """Each row of a patient alone with the patient, so that nothing else sends it the full way."""
    own = next(row for row in rows if row[2] == "Patient")
    for row in rows:
        if row is not own:
            yield [own, row]


def as_people(pairs: Iterable[Sequence[tuple[Any, ...]]]) -> Iterator[tuple[str, list[tuple[Any, ...]]]]:
    """Rows beside their patient's own, each pair as if it were another patient's."""
    for number, (own, *rows) in enumerate(pairs):
        yield f"patient{number}", [Row(*own)._replace(resource=f"patient{number}"), *rows]


@pytest.mark.parametrize("programme", ZONES)
def test_every_template_alone_makes_the_same_facts_with_any_day(programme: str, sound: Export):
    assembler, chance = sound.assembler(programme), Random(programme)
    for patient, rows in sound.rows.items():
        beside: list[list[tuple[Any, ...]]] = []
        for pair in one_by_one(rows):
            assert_both_ways_agree(assembler, patient, pair)
            row = Row(*pair[1])
            if row.template is None:
                continue
            odd = [
                [pair[0], with_text(row, column, day)]
                for day in chance.sample(DAYS, 5)
                for column in ("day", "later", "changed")
                if day is not None or (column, row.kind) != ("day", "Observation")
            ]
            for each in odd:
                assert_both_ways_agree(assembler, patient, each)
            beside += odd
        assert_all_at_once_agree(assembler, as_people(beside))


@pytest.mark.parametrize("programme", ZONES)
def test_every_template_alone_makes_the_same_facts_with_any_number(programme: str, sound: Export):
    assembler = sound.assembler(programme)
    for patient, rows in list(sound.rows.items())[:3]:
        beside: list[list[tuple[Any, ...]]] = []
        for pair in one_by_one(rows):
            row = Row(*pair[1])
            if row.kind != "Observation" or row.number is None:
                continue
            odd = [[pair[0], row._replace(number=number)] for number in NUMBERS]
            for each in odd:
                assert_both_ways_agree(assembler, patient, each)
            beside += odd
        assert_all_at_once_agree(assembler, as_people(beside))


def test_a_number_that_nobody_asks_for_needs_no_plan_of_its_own(sound: Export):
    """A value that is not final makes no fact, and what is told of it says no number."""
    known = sound.assembler("us_ipledge").known
    rows = [Row(*row) for own in sound.rows.values() for row in own]
    not_final = [row for row in rows if row.template is not None and row.number is not None
                 and '"preliminary"' in sound.templates[row.template]]  # fmt: skip
    plans = [known.plan(known.template(row.template or 0), row._replace(number=number), MET_ENOUGH)
             for row in not_final for number in ("1", "33", "4000")]  # fmt: skip
    assert len(not_final) > 1
    assert all(plan is not None and plan.base is None and len(plan.issues) == 1 for plan in plans)
    assert all(not known.template(row.template or 0).family.decided_by_number for row in not_final)


def test_a_number_that_is_a_score_or_a_result_decides_by_itself(sound: Export):
    known = sound.assembler("us_ipledge").known
    rows = [Row(*row) for own in sound.rows.values() for row in own]
    scores = [row for row in rows if row.template is not None and row.number is not None
              and '"44261-6"' in sound.templates[row.template]]  # fmt: skip
    for row in scores:
        known.plan(known.template(row.template or 0), row, MET_ENOUGH)
    assert scores
    assert all(known.template(row.template or 0).family.decided_by_number for row in scores)


def otherwise(row: tuple[Any, ...], chance: Random, others: Sequence[tuple[Any, ...]]) -> tuple[Any, ...]:
    """A row with one odd text, as reading may leave one in a row."""
    one = Row(*row)
    if one.template is None:
        return row
    column = chance.choice(("day", "later", "changed", "number", "under", "resource"))
    if column == "number" and one.kind == "Observation":
        return one._replace(number=chance.choice(NUMBERS))
    if column == "under" and one.kind == "MedicationDispense":
        named = Row(*chance.choice(others))
        under = chance.choice(
            (None, "MedicationRequest/x", f"{named.kind}/{named.resource}", "https://a.invalid/x/y")
        )
        return one._replace(under=under)
    if column == "resource" and one.kind != "Patient":
        return one._replace(resource=chance.choice((*IDS, Row(*chance.choice(others)).resource or "y")))
    if column in ("later", "changed") and one.kind != "Patient":
        return with_text(one, column, chance.choice(DAYS))
    if column == "day":
        day = chance.choice(DAYS)
        return row if day is None and one.kind == "Observation" else one._replace(day=day)
    return row


@pytest.mark.parametrize("seed", range(how_many(quick=12, nightly=400)))
def test_odd_rows_make_the_same_cases_both_ways(seed: int, sound: Export):
    chance = Random(seed)
    assembler = sound.assembler(ZONES[seed % len(ZONES)])
    how_odd = chance.choice((0.01, 0.05, 0.3))
    for patient, rows in sound.rows.items():
        # Of all rows together some always ask for the full way; of a few, often none does.
        kept = chance.sample(rows, min(len(rows), chance.choice((3, 8, 20, 60, len(rows)))))
        kept += [row for row in rows if row[2] == "Patient" and row not in kept]
        kept = [otherwise(row, chance, rows) if chance.random() < how_odd else row for row in kept]
        assert_both_ways_agree(assembler, patient, kept)


@pytest.mark.parametrize("seed", range(how_many(quick=4, nightly=100)))
def test_messy_lines_make_the_same_cases_both_ways(seed: int, tmp_path: Path):
    chance = Random(seed)
    lines = nation_lines(PATIENTS, seed)
    messy: Lines = {}
    for kind, listed in lines.items():
        messy[kind] = []
        for line in listed:
            is_wrong = chance.random() < 0.2
            messy[kind] += changed(line, chance.choice(tuple(CHANGES)), chance) if is_wrong else [line]
    export = export_of(messy, tmp_path)
    for programme in ZONES:
        assembler = export.assembler(programme)
        for patient, rows in export.rows.items():
            assert_both_ways_agree(assembler, patient, rows)


@pytest.mark.parametrize("name", IDS)
def test_every_template_alone_makes_the_same_facts_with_any_id(name: str, sound: Export):
    assembler = sound.assembler("us_ipledge")
    for patient, rows in list(sound.rows.items())[:3]:
        for own, other in one_by_one(rows):
            row = Row(*other)
            if row.template is not None:
                assert_both_ways_agree(assembler, patient, [own, row._replace(resource=name)])


def test_a_hand_over_names_a_prescription_or_nothing(sound: Export):
    assembler = sound.assembler("us_ipledge")
    for patient, rows in list(sound.rows.items())[:4]:
        own = next(row for row in rows if row[2] == "Patient")
        others = {row[9] or row[2]: row for row in rows if row is not own}.values()
        for hand_over in (Row(*row) for row in others if row[2] == "MedicationDispense"):
            for other in (Row(*row) for row in others if row[3] != hand_over.resource):
                named = hand_over._replace(under=f"{other.kind}/{other.resource}")
                assert_both_ways_agree(assembler, patient, [own, other, named])


def test_a_patient_given_twice_or_not_at_all_is_told_as_in_full(sound: Export):
    assembler = sound.assembler("us_ipledge")
    for _ in range(3):
        for patient, rows in sound.rows.items():
            own = next(row for row in rows if row[2] == "Patient")
            assert_both_ways_agree(assembler, patient, [*rows, own])
            assert_both_ways_agree(assembler, patient, [*rows, Row(*own)._replace(day="2001-01-01")])
            assert_both_ways_agree(assembler, patient, [row for row in rows if row is not own])


def test_rows_of_templates_met_before_are_not_read_again(
    sound: Export, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    """Else this folder's other tests would compare the readers with themselves."""
    export = export_of(nation_lines(PATIENTS), tmp_path)
    assembler = export.assembler("us_ipledge")
    expected = {}
    for _ in range(8):
        expected = {patient: assembler.assemble(patient, rows) for patient, rows in export.rows.items()}

    def asked(*_: Any) -> Any:
        raise AssertionError("A reader was asked.")

    for kind in READERS:
        monkeypatch.setitem(READERS, kind, asked)
    again = {patient: assembler.assemble(patient, rows) for patient, rows in export.rows.items()}
    assert again == expected
    at_once = FactsOfRows(assembler).read(as_table(export.rows.items())).patients()
    assert list(at_once) == list(map(stored_of, expected.values()))
    assert sum(len(each.case.facts) for each in again.values() if each.case is not None) > 100


def test_the_odd_templates_are_all_in_the_export(sound: Export):
    kinds = {Row(*row).resource for rows in sound.rows.values() for row in rows}
    odd = {name.split("-odd-")[1].split("-")[0] for name in kinds if name is not None and "-odd-" in name}
    assert odd == {str(place) for place in range(len(TEMPLATES))}
