"""Is a nation repeatable, whatever the workers, and are its files what a bulk export's are?"""

from __future__ import annotations

import csv
import gzip
import json
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
import zstandard

from isovigil.synthetic_nation.folder import TYPES, Violation
from isovigil.synthetic_nation.nation import TRUTH, Nation, NationRefused, check, files_of, write_nation


def written(folder: Path, nation: Nation, workers: int = 1) -> dict[str, bytes]:
    for _ in write_nation(nation, folder, workers):
        pass
    return {each.name: each.read_bytes() for each in sorted(folder.iterdir())}


def test_the_same_seed_gives_the_same_bytes_whatever_the_workers(tmp_path: Path):
    nation = Nation(60, 5, files=3)
    one, two = (written(tmp_path / str(workers), nation, workers) for workers in (1, 2))
    assert one == two


def test_another_seed_gives_other_people(tmp_path: Path):
    one, two = (written(tmp_path / str(seed), Nation(20, seed)) for seed in (5, 6))
    assert one["Patient.ndjson"] != two["Patient.ndjson"]


def test_each_type_has_its_own_files_and_each_patient_is_once(tmp_path: Path):
    files = written(tmp_path, Nation(50, 5, files=2))
    assert set(files) == {TRUTH, *(f"{kind}.{number:04d}.ndjson" for kind in TYPES for number in (1, 2))}
    for name, text in files.items():
        if name != TRUTH:
            kinds = {json.loads(line)["resourceType"] for line in text.splitlines()}
            assert kinds <= {name.partition(".")[0]}
    patients = [
        json.loads(line)["id"]
        for name, text in files.items()
        if name.startswith("Patient.")
        for line in text.splitlines()
    ]
    assert sorted(patients) == [f"p{number:07d}" for number in range(1, 51)]


def test_one_file_of_a_type_has_no_number(tmp_path: Path):
    assert set(written(tmp_path, Nation(5, 5, files=1))) == {TRUTH, *(f"{kind}.ndjson" for kind in TYPES)}


def test_lines_are_shuffled_within_a_file(tmp_path: Path):
    text = written(tmp_path, Nation(100, 5, files=1))["Observation.ndjson"]
    subjects = [json.loads(line)["subject"]["reference"] for line in text.splitlines()]
    neighbours = sum(one == other for one, other in pairwise(subjects))
    assert neighbours < len(subjects) * 0.05


def test_compressed_files_hold_the_same_lines(tmp_path: Path):
    plain = written(tmp_path / "none", Nation(15, 5))
    gzipped = written(tmp_path / "gzip", Nation(15, 5, compression="gzip"))
    zstd = written(tmp_path / "zstd", Nation(15, 5, compression="zstd"))
    for kind in TYPES:
        expected = plain[f"{kind}.ndjson"]
        assert gzip.decompress(gzipped[f"{kind}.ndjson.gz"]) == expected
        assert zstandard.ZstdDecompressor().decompressobj().decompress(zstd[f"{kind}.ndjson.zst"]) == expected
    assert written(tmp_path / "again", Nation(15, 5, compression="gzip")) == gzipped


def test_the_truth_table_says_who_what_which_when_and_why(tmp_path: Path):
    text = written(tmp_path, Nation(150, 5))[TRUTH].decode()
    rows = list(csv.DictReader(text.splitlines()))
    assert rows
    for row in rows:
        assert list(row) == list(Violation._fields)
        assert all(row.values())
        assert date.fromisoformat(row["on"]) <= date(2025, 6, 30)
        assert row["act"].startswith(("MedicationRequest/", "MedicationDispense/"))


@pytest.mark.parametrize(
    ("patients", "files"), [(1, 1), (200, 1), (201, 2), (4_000, 2), (4_001, 3), (100_000, 50)]
)
def test_there_are_as_many_files_as_memory_asks_for(patients: int, files: int):
    """2,000 patients a file; two files at the least from 201 patients on, so that two cores have work."""
    assert files_of(Nation(patients, 1)) == files


def test_more_files_than_patients_are_not_made():
    assert files_of(Nation(3, 1, files=8)) == 3


@pytest.mark.parametrize("day", [date(2022, 3, 13), date(2026, 8, 8)])
def test_a_day_outside_the_law_known_is_refused(day: date):
    with pytest.raises(NationRefused, match="2022-03-14 to 2026-08-07"):
        check(Nation(1, 1, day))


@pytest.mark.parametrize("day", [date(2022, 3, 14), date(2026, 8, 7)])
def test_the_first_and_the_last_day_known_are_accepted(day: date):
    nation = Nation(1, 1, day)
    check(nation)
    assert files_of(nation) == 1


def test_nobody_is_no_nation():
    with pytest.raises(NationRefused, match="at least one patient"):
        check(Nation(0, 1))
