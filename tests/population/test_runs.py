"""Does a run judge everybody it can, say what it could not read, and go on where it stopped?"""

from __future__ import annotations

import gzip
import json
import os
import shutil
import signal
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import zstandard

from isovigil.batch import work
from isovigil.batch.command import run_population
from isovigil.batch.local_engine import Run, TemplatesTold
from isovigil.decisions.replay import replay
from isovigil.decisions.review import review
from isovigil.exchange.bulk import lines as bulk_lines
from isovigil.exchange.case_writer import write_case
from isovigil.exchange.rulebook_files import load_rulebook
from isovigil.usecases.population_judged import Asked
from isovigil.usecases.population_rules import RulesAsOf
from tests.population.exports import ON, Lines, nation_lines, read_strictly, write_export
from tests.population.tables_read import rows_of_tables

ASKED = Asked(ON, "us_ipledge", "balanced")
Tables = dict[str, list[dict[str, Any]]]
ORPHAN = (
    b'{"resourceType":"Observation","status":"final","code":{"coding":[{"system":"http://loinc.org",'
    b'"code":"1742-6"}]},"subject":{"reference":"Patient/nobody"},"id":"o"}'
)


@pytest.fixture(scope="module")
def sound() -> Lines:
    return nation_lines(8, seed=3)


@pytest.fixture(scope="module")
def judged(sound: Lines, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run over the sound export."""
    folder = tmp_path_factory.mktemp("judged")
    write_export(folder / "export", sound)
    assert judge(folder / "export", folder / "out") == 0
    return folder / "out"


def judge(given: Path, out: Path, asked: Asked = ASKED, **more: Any) -> int:
    return run_population(Run(str(given), out, asked, **more), "local")


def test_everybody_has_the_verdicts_findings_and_acts_that_review_and_replay_give(sound: Lines, judged: Path):
    tables = rows_of_tables(judged)
    law = load_rulebook()
    cases, _ = read_strictly(sound)
    assert [row["patient"] for row in tables["verdicts"]] == sorted(cases)
    for row in tables["verdicts"]:
        told = review(cases[row["patient"]], law, on=ON, programme="us_ipledge", policy="balanced")
        for gate in ("start", "prescribe", "dispense"):
            assert row[gate] == told.gates[gate].verdict
            assert row[f"{gate}_because"] == list(told.gates[gate].because)
        found = {each["rule"]: each for each in tables["findings"] if each["patient"] == row["patient"]}
        expected = {each.rule: each for each in told.findings if each.answer != "not_applicable"}
        assert {rule: each["says"] for rule, each in found.items()} == {
            rule: each.says for rule, each in expected.items()
        }
        acts = replay(cases[row["patient"]], law, told.known_by, programme="us_ipledge", policy="balanced")
        assert [
            (each["act"], each["judged"], each["verdict"], each["because"], each["in_hindsight"])
            for each in tables["acts"]
            if each["patient"] == row["patient"]
        ] == [
            (act.act, act.judged, act.verdict, [why.rule for why in act.because], act.in_hindsight)
            for act in acts.acts
        ]


def test_the_facts_of_the_store_are_judged_again_to_the_same_answers(judged: Path, tmp_path: Path):
    assert judge(judged, tmp_path / "again") == 0
    before, after = rows_of_tables(judged), rows_of_tables(tmp_path / "again")
    for name in ("patients", "verdicts", "findings", "tasks", "acts", "broken", "laboratory", "courses",
                 "facts"):  # fmt: skip
        assert after[name] == before[name], name


def test_another_day_and_the_rules_of_another_day_are_asked_of_the_store(judged: Path, tmp_path: Path):
    earlier = date(2025, 1, 15)
    assert judge(judged, tmp_path / "earlier", ASKED._replace(on=earlier)) == 0
    assert {row["on"] for row in rows_of_tables(tmp_path / "earlier")["verdicts"]} == {earlier}
    new_rules = date(2026, 12, 1)
    assert judge(judged, tmp_path / "new", rules_as_of=new_rules) == 0
    regimes = {row["regime"] for row in rows_of_tables(tmp_path / "new")["acts"]}
    assert regimes == {"us_ipledge/2026-modification"}
    law = RulesAsOf(load_rulebook(), new_rules)
    [(reading, _)] = law.readings("us_ipledge", "balanced", ON, [ON])
    assert reading.regime_on(ON).id == "us_ipledge/2026-modification"


@pytest.mark.parametrize("ending", [".gz", ".zst"])
def test_packed_files_split_in_two_give_the_same_tables(
    ending: str, sound: Lines, judged: Path, tmp_path: Path
):
    export = tmp_path / "export"
    export.mkdir()
    pack: dict[str, Callable[[bytes], bytes]] = {".gz": gzip.compress, ".zst": zstandard.compress}
    for kind, listed in sound.items():
        half = len(listed) // 2
        for number, part in enumerate((listed[:half], listed[half:])):
            packed = pack[ending](b"\n".join(part) + b"\n")
            (export / f"{kind}.{number}.ndjson{ending}").write_bytes(packed)
    assert judge(export, tmp_path / "out") == 0
    expected, found = rows_of_tables(judged), rows_of_tables(tmp_path / "out")
    for name in set(expected) - {"problems"}:
        assert found[name] == expected[name], name


def test_two_workers_write_what_one_writes(
    sound: Lines, judged: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    export = write_export(tmp_path / "export", sound)
    assert judge(export, tmp_path / "out", workers=2) == 0
    for part in sorted(judged.glob("*/*.parquet")):
        assert (tmp_path / "out" / part.relative_to(judged)).read_bytes() == part.read_bytes()


def test_an_interrupted_run_goes_on_and_does_nothing_twice(
    sound: Lines,
    judged: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    export, out = write_export(tmp_path / "export", sound), tmp_path / "out"
    written: list[str] = []
    judge_rows = work.judge_rows

    def stops_once(shard: Any) -> dict[str, Any]:
        if len(written) == 1:
            written.append("stopped")
            raise KeyboardInterrupt
        written.append(f"shard {shard.number}")
        return judge_rows(shard)

    monkeypatch.setattr(work, "judge_rows", stops_once)
    monkeypatch.setattr("isovigil.exchange.bulk.shards.FEWEST_ROWS", 100)
    assert judge(export, out) == 130
    assert "--resume goes on" in capsys.readouterr().err
    assert not (out / "run.json").exists()
    assert judge(export, out) == 2, "without --resume a begun folder is not touched"
    assert judge(export, out, ASKED._replace(on=date(2025, 1, 1)), resume=True) == 2
    assert judge(export, out, resume=True) == 0
    shards = [each for each in written if each != "stopped"]
    assert len(shards) == len(set(shards)) > 1
    assert rows_of_tables(out) == rows_of_tables(judged)
    assert not (out / "unfinished").exists()


def test_a_worker_that_is_killed_ends_the_run_with_what_is_finished_kept(
    sound: Lines, judged: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    export, out = write_export(tmp_path / "export", sound), tmp_path / "out"
    mark = tmp_path / "killed"
    kill_once = partial(kills_its_process_once, mark)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(work, "judge_rows", kill_once)
        patched.setattr("isovigil.exchange.bulk.shards.FEWEST_ROWS", 100)
        assert judge(export, out, workers=2) == 70
        assert "fewer --workers" in capsys.readouterr().err
        assert judge(export, out, workers=2, resume=True) == 0
    assert mark.exists()
    assert rows_of_tables(out) == rows_of_tables(judged)


def kills_its_process_once(mark: Path, shard: Any) -> dict[str, Any]:
    """Judge a shard in a worker, where nothing is patched; the first time, end the worker instead."""
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return work.judge_rows(shard)


def problems_of(lines: Lines, folder: Path) -> tuple[list[dict[str, Any]], Tables]:
    export = write_export(folder / "export", lines)
    assert judge(export, folder / "out", ASKED._replace(with_replay=False)) == 0
    tables = rows_of_tables(folder / "out")
    return tables["problems"], tables


@pytest.mark.parametrize(
    ("line", "severity", "said"),
    [
        (b'{"resourceType":"Observation","id":"cut', "error", "not JSON"),
        (b'{"resourceType":"Observation","id":"\xff\xfe"}', "error", "not JSON"),
        (ORPHAN, "error", "somebody who"),
        (b'{"resourceType":"MedicationOrder","id":"m","status":"active"}', "warning", "DSTU2"),
        (b"[1]", "error", "structure"),
        (b'{"resourceType":"Provenance","target":[{"reference":"Observation/o1"}', "error", "not JSON"),
    ],
    ids=["cut off", "not UTF-8", "an orphan", "an older version of FHIR", "no resource", "who recorded it"],
)  # fmt: skip
def test_a_bad_line_is_told_with_its_file_and_line_and_everybody_else_is_judged(
    line: bytes, severity: str, said: str, sound: Lines, tmp_path: Path
):
    lines = {kind: list(listed) for kind, listed in sound.items()}
    lines["Observation"].insert(6, line)
    problems, tables = problems_of(lines, tmp_path)
    told = [each for each in problems if (each["file"], each["line"]) == ("Observation.ndjson", 7)]
    assert [each["severity"] for each in told] == [severity]
    assert said in told[0]["says"] or said == told[0]["code"]
    assert sum(row["is_judged"] for row in tables["patients"]) == 8


def test_what_pieces_tell_of_templates_is_kept_once_and_two_of_one_mark_are_refused():
    templates = TemplatesTold()
    told = [{"lines": 1, "templates": [[1, "a"], [2, "b"]]}, {"lines": 2, "templates": [[2, "b"]]}]
    assert templates.taken_out(told) == [{"lines": 1}, {"lines": 2}]
    assert templates.by_mark() == ((1, "a"), (2, "b"))
    with pytest.raises(RuntimeError, match="share the mark 1; judge with --strict"):
        templates.taken_out([{"templates": [[1, "other"]]}])


def test_a_line_of_fifty_megabytes_is_told_and_its_patient_is_not_judged_if_it_may_be_grave(
    sound: Lines, tmp_path: Path
):
    lines = {kind: list(listed) for kind, listed in sound.items()}
    whose = json.loads(lines["Patient"][0])["id"].encode()
    padding = b" " * (50 * 1024 * 1024)
    lines["Observation"].insert(
        2,
        b'{"resourceType":"Observation","id":"long","subject":{"reference":"Patient/' + whose
        + b'"},"code":{"coding":[{"system":"http://loinc.org","code":"2106-3"}]},"text":"' + padding + b'"}',
    )  # fmt: skip
    problems, tables = problems_of(lines, tmp_path)
    [told] = [each for each in problems if each["line"] == 3 and each["file"] == "Observation.ndjson"]
    assert (told["patient"], told["severity"]) == (whose.decode(), "fatal")
    assert "at most 16 MiB are read" in told["says"]
    refused = [row["patient"] for row in tables["patients"] if not row["is_judged"]]
    assert refused == [whose.decode()]
    assert bulk_lines.LONGEST_LINE == 16 * 1024 * 1024


def test_a_cut_off_packed_file_is_told_and_what_came_before_is_read(sound: Lines, tmp_path: Path):
    export = write_export(tmp_path / "export", {k: v for k, v in sound.items() if k != "Encounter"})
    packed = gzip.compress(b"\n".join(sound["Encounter"]) + b"\n")
    (export / "Encounter.ndjson.gz").write_bytes(packed[: len(packed) // 2])
    assert judge(export, tmp_path / "out", ASKED._replace(with_replay=False)) == 0
    tables = rows_of_tables(tmp_path / "out")
    [told] = [each for each in tables["problems"] if "cut off" in each["says"]]
    assert (told["file"], told["severity"]) == ("Encounter.ndjson.gz", "error")
    assert 1 < told["line"] <= len(sound["Encounter"])
    assert any(row["kind"] == "visit" for row in tables["facts"])
    assert sum(row["is_judged"] for row in tables["patients"]) == 8


def test_a_laboratory_named_by_reference_is_looked_up_in_its_own_file(sound: Lines, tmp_path: Path):
    lines = {kind: list(listed) for kind, listed in sound.items()}
    place = next(place for place, line in enumerate(lines["Observation"]) if b'"2106-3"' in line)
    test = json.loads(lines["Observation"][place])
    test["performer"] = [{"reference": "Organization/north"}]
    lines["Observation"][place] = json.dumps(test).encode()
    laboratory = {
        "resourceType": "Organization",
        "id": "north",
        "type": [{"coding": [{"code": "laboratory"}]}],
    }
    lines["Organization"] = [json.dumps(laboratory).encode()]
    _, tables = problems_of(lines, tmp_path)
    [fact] = [row for row in tables["facts"] if row["fact"] == f"Observation/{test['id']}"]
    # A performer that is an organisation, but not one typed as a laboratory, would read as a clinic.
    assert json.loads(fact["fields"])["setting"] == "laboratory"


def test_the_same_id_given_twice_with_other_contents_is_told(sound: Lines, tmp_path: Path):
    lines = {kind: list(listed) for kind, listed in sound.items()}
    line = next(each for each in lines["Observation"] if b'"status":"final"' in each)
    lines["Observation"].append(line.replace(b'"status":"final"', b'"status":"amended"', 1))
    problems, _ = problems_of(lines, tmp_path)
    [told] = [each for each in problems if each["code"] == "duplicate"]
    assert (told["line"], told["file"]) == (len(lines["Observation"]), "Observation.ndjson")


def test_a_folder_of_case_files_is_judged_and_a_bad_one_told(sound: Lines, judged: Path, tmp_path: Path):
    folder = tmp_path / "cases"
    folder.mkdir()
    cases, _ = read_strictly(sound)
    for name, case in cases.items():
        (folder / f"{name}.yaml").write_text(write_case(case, "yaml"), encoding="utf-8")
    (folder / "bad.yaml").write_text("isovigil: case/1\npatient: {id: 5}\nfacts: nothing\n", encoding="utf-8")
    assert judge(folder, tmp_path / "out") == 0
    found, expected = rows_of_tables(tmp_path / "out"), rows_of_tables(judged)
    for name in ("verdicts", "findings", "acts", "laboratory"):
        assert found[name] == expected[name], name
    assert {each["file"] for each in found["problems"]} == {"bad.yaml"}


def test_what_was_told_of_the_input_stays_told_when_its_people_are_judged_again(sound: Lines, tmp_path: Path):
    lines = {kind: list(listed) for kind, listed in sound.items()}
    lines["Observation"].insert(6, ORPHAN)
    problems, _ = problems_of(lines, tmp_path)
    assert problems
    assert judge(tmp_path / "out", tmp_path / "again", ASKED._replace(with_replay=False)) == 0
    assert rows_of_tables(tmp_path / "again")["problems"] == problems
    before, after = (json.loads((tmp_path / out / "run.json").read_text()) for out in ("out", "again"))
    for count in ("rows problems", "problem error", "problem warning", "rows facts"):
        assert after["counts"].get(count) == before["counts"].get(count), count


def test_a_store_of_an_earlier_version_is_judged_to_the_same_and_kept_with_todays_columns(
    judged: Path, tmp_path: Path
):
    old = shutil.copytree(judged, tmp_path / "old")
    earlier = ["patient", "kind", "day", "fact", "what", "number", "recorded_at", "fields"]
    for part in (old / "facts").glob("*.parquet"):
        pq.write_table(pq.read_table(part).select(earlier), part)
    assert judge(old, tmp_path / "again", ASKED._replace(with_replay=False)) == 0
    expected, found = rows_of_tables(judged), rows_of_tables(tmp_path / "again")
    for name in ("patients", "verdicts", "findings", "laboratory", "courses", "facts"):
        assert found[name] == expected[name], name


def test_a_patient_whom_two_case_files_name_is_told_by_file_and_judged_by_neither(
    sound: Lines, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    folder = tmp_path / "cases"
    folder.mkdir()
    cases, _ = read_strictly(sound)
    for name, case in cases.items():
        (folder / f"{name}.yaml").write_text(write_case(case, "yaml"), encoding="utf-8")
    named, *others = sorted(cases)
    (folder / "zz-later.yaml").write_text(write_case(cases[named], "yaml"), encoding="utf-8")
    monkeypatch.setattr("isovigil.batch.local_engine.FILES_TOGETHER", 3)
    assert judge(folder, tmp_path / "out", ASKED._replace(with_replay=False)) == 0
    tables = rows_of_tables(tmp_path / "out")
    assert [row["patient"] for row in tables["patients"]] == [named, *others]
    assert [row["patient"] for row in tables["verdicts"]] == others
    [refused] = [row for row in tables["patients"] if not row["is_judged"]]
    assert refused["refused_for"] == "reading"
    assert f"{named}.yaml and zz-later.yaml" in refused["refusal"]
    told = [(row["file"], row["patient"], row["severity"], row["code"]) for row in tables["problems"]]
    assert told == [
        (f"{named}.yaml", named, "fatal", "duplicate"),
        ("zz-later.yaml", named, "fatal", "duplicate"),
    ]
    assert [row["kind"] for row in tables["facts"] if row["patient"] == named] == ["patient"]


def test_nothing_to_read_and_a_programme_not_held_are_told_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    (tmp_path / "empty").mkdir()
    assert judge(tmp_path / "empty", tmp_path / "out") == 2
    assert "holds no file that is read" in capsys.readouterr().err
    (tmp_path / "empty" / "Patient.ndjson").write_text('{"resourceType":"Patient","id":"p"}\n')
    assert judge(tmp_path / "empty", tmp_path / "out", ASKED._replace(programme="us_iplege")) == 2
    assert "us_ipledge" in capsys.readouterr().err
