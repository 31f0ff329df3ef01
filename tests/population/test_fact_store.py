"""Does the fact store give back the very facts it was given, and say the same of equal facts?"""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest

from isovigil.case.case import Case, Patient
from isovigil.case.fact import Fact
from isovigil.case.kinds import (
    Acne,
    Authorisation,
    CapsuleCount,
    Dispense,
    Laboratory,
    Medicine,
    PlatformOutage,
    Questionnaire,
    Reversal,
    Weight,
)
from isovigil.exchange.bulk.declared_tables import FACTS
from isovigil.exchange.bulk.fact_columns import FactColumns, Wordings
from isovigil.exchange.bulk.fact_reader import FactReader, read_facts
from isovigil.exchange.bulk.fact_rows import StoredPatient
from isovigil.exchange.bulk.table_files import part_name, schema_of, write_facts
from tests.population.exports import nation_lines, read_strictly

NEW_YORK, PARIS = ZoneInfo("America/New_York"), ZoneInfo("Europe/Paris")
DAY = date(2025, 3, 1)


def stored(patient: str, *facts: Fact, zone: str = "America/New_York") -> StoredPatient:
    case = Case(Patient(patient, date(2001, 2, 3), "female"), zone, facts, "us_ipledge", "balanced")
    return StoredPatient(patient, case, None, 1, 2)


def written(folder: Path, *several: StoredPatient) -> Path:
    columns = FactColumns()
    for each in several:
        columns.add(each)
    write_facts(folder, part_name(0), columns.table())
    return folder / FACTS.name / part_name(0)


def rows(*several: StoredPatient, wordings: Wordings | None = None) -> list[dict[str, object]]:
    columns = FactColumns(wordings)
    for each in several:
        columns.add(each)
    listed: list[dict[str, object]] = columns.table().cast(schema_of(FACTS)).to_pylist()
    return listed


HAND_OVER = Dispense(
    id="d1", date=DAY, days_supply=30, capsules=(CapsuleCount(20.0, 60),), prescription="rx1",
    at=datetime(2025, 3, 1, 9, 30, tzinfo=NEW_YORK),
)  # fmt: skip
ODD = (
    HAND_OVER,
    Authorisation(
        id="a", issued_at=datetime(2025, 11, 2, 1, 30, tzinfo=NEW_YORK, fold=1), number="7",
        do_not_dispense_after=datetime(2025, 11, 9, 23, 59, 59, 999999, tzinfo=NEW_YORK),
    ),
    PlatformOutage(
        id="p", from_at=datetime(2025, 3, 1, 0, 0, tzinfo=NEW_YORK),
        to_at=datetime(2025, 3, 1, 4, 0, tzinfo=NEW_YORK),
    ),
    Acne(id="acne", date=DAY, gags_areas={"nose": 2}, cass={"face": 3}, psychosocial_burden=False),
    Questionnaire(id="q", date=DAY, tool="phq9", items=(0, 1, None, 3, 0, 0, 0, 0, 1)),
    Medicine(id="m", from_=DAY, name='doxy "hyclate" — 100', to=date(2025, 4, 1), class_="tetracycline"),
    Laboratory(
        id="l", taken_on=DAY, analyte="alt", value=31.5, unit="U/L", upper_limit=40.0, comparator=">",
        recorded_at=datetime(2025, 3, 1, 23, 59, 59, 123456, tzinfo=NEW_YORK), supersedes="k",
    ),
    Weight(id="w", date=DAY, kg=64.0, withdrawn=True, entered_by="prescriber", source="a — b"),
    Reversal(id="r", date=DAY, dispense="d1"),
)  # fmt: skip


def test_every_fact_comes_back_as_it_was_in_its_own_order_and_zone(tmp_path: Path):
    given = [stored("a", *ODD), StoredPatient("b", None, "It cannot be read.", 3, 0), stored("c"),
             stored("d", HAND_OVER, zone="Europe/Paris")]  # fmt: skip
    found = list(FactReader().patients(read_facts(written(tmp_path, *given))))
    assert found[:3] == given[:3]
    assert repr(found[:3]) == repr(given[:3]), "also their types and zones"
    assert found[3].case is not None
    [fact] = found[3].case.facts
    assert isinstance(fact, Dispense)
    assert fact.at is not None
    # 09:30 in New York on the first of March (winter time, UTC-5) is 15:30 in Paris (UTC+1).
    assert (fact.at.hour, fact.at.tzinfo) == (15, PARIS)


def test_a_whole_nation_comes_back(tmp_path: Path):
    cases, _ = read_strictly(nation_lines(6))
    given = [StoredPatient(name, case, None, 0, 0) for name, case in sorted(cases.items())]
    assert list(FactReader().patients(read_facts(written(tmp_path, *given)))) == given


def test_what_a_fact_says_stands_in_plain_columns_too():
    found = {row["fact"]: row for row in rows(stored("a", *ODD))}
    names = ("what", "number", "unit", "comparator", "upper_limit", "ends_on", "items", "refers_to",
             "supersedes", "withdrawn")  # fmt: skip
    plain = {name: tuple(row[each] for each in names) for name, row in found.items()}
    assert plain["l"] == ("alt", 31.5, "U/L", ">", 40.0, None, None, None, "k", False)
    assert plain["d1"] == (None, 30.0, "d", None, None, None, None, "rx1", None, False)
    assert plain["r"] == (None, None, None, None, None, None, None, "d1", None, False)
    assert plain["w"] == (None, 64.0, "kg", None, None, None, None, None, None, True)
    assert plain["q"][6] == [0, 1, None, 3, 0, 0, 0, 0, 1]
    assert plain["m"][5] == date(2025, 4, 1)
    assert found["l"]["recorded_at"] == datetime(2025, 3, 2, 4, 59, 59, 123456, tzinfo=UTC)
    assert found[""]["withdrawn"] is None


@pytest.mark.parametrize("first", [0, 1], ids=["the whole number first", "the fraction first"])
def test_equal_facts_have_equal_rows_whichever_comes_first(first: int):
    a_float = Weight(id="w", date=DAY, kg=64.0)
    capsules = [(CapsuleCount(20.0, 60),), (CapsuleCount(20, 60),)]  # equal, but written otherwise
    pair = [
        stored("a", a_float, Dispense(id="d", date=DAY, days_supply=30, capsules=capsules[0])),
        stored(
            "a",
            Weight(id="w", date=DAY, kg=64),
            Dispense(id="d", date=DAY, days_supply=30, capsules=capsules[1]),
        ),
    ]
    pair = pair if first else pair[::-1]
    one, other = rows(pair[0]), rows(pair[1])
    together = rows(*pair)
    assert one == other == together[: len(one)] == together[len(one) :]
    assert [row["fields"] for row in one][1] == '{"kg":64.0}'


def test_the_same_instant_in_two_zones_is_written_in_each_zone():
    at = datetime(2025, 3, 1, 9, 30, tzinfo=NEW_YORK)
    facts = [Dispense(id="d", date=DAY, days_supply=30, at=each) for each in (at, at.astimezone(PARIS))]
    assert facts[0] == facts[1]
    [_, american, _, french] = rows(stored("a", facts[0]), stored("b", facts[1], zone="Europe/Paris"))
    assert '"at":"2025-03-01T09:30:00-05:00"' in str(american["fields"])
    assert '"at":"2025-03-01T15:30:00+01:00"' in str(french["fields"])


def test_what_was_put_into_words_for_one_piece_serves_the_next(monkeypatch: pytest.MonkeyPatch):
    wordings = Wordings()
    alone = [rows(stored("a", *ODD)), rows(stored("b", *ODD[::-1]))]
    assert [
        rows(stored("a", *ODD), wordings=wordings),
        rows(stored("b", *ODD[::-1]), wordings=wordings),
    ] == alone
    monkeypatch.setattr("isovigil.exchange.bulk.fact_columns._KEPT", 0)
    assert rows(stored("a", *ODD), wordings=wordings) == alone[0], "also where it was forgotten"


def test_nobody_at_all_is_an_empty_table():
    assert FactColumns().table().cast(schema_of(FACTS)) == pa.table(schema_of(FACTS).empty_table())
