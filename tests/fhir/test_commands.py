"""What do from-fhir and to-fhir print, write, refuse and exit with?"""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from isovigil.cli.exchange_commands import app_commands
from isovigil.exchange.case_file import case_from_mapping, load_case
from isovigil.exchange.case_writer import write_case
from isovigil.exchange.fhir.writing import write_clinic_as_fhir
from tests.fhir.bundles import bundle, hcg, order, patient


@pytest.fixture
def run():
    import typer

    app = typer.Typer()
    app_commands(app)
    return lambda *typed: CliRunner().invoke(app, list(map(str, typed)))


CASE = case_from_mapping(
    {
        "case": 1,
        "patient": {"id": "p-1", "born_on": "2001-04-02"},
        "programme": "us_ipledge",
        "facts": [{"kind": "weight", "date": "2024-03-04", "kg": 61}],
    }
)


def test_a_bundle_becomes_a_case_file(run, tmp_path):
    file = tmp_path / "b.json"
    file.write_bytes(bundle(patient(), hcg(), order()))
    done = run("from-fhir", file, "--programme", "us_ipledge")
    assert done.exit_code == 0
    written = tmp_path / "p1.yaml"
    written.write_text(done.stdout)
    assert [fact.kind for fact in load_case(written).facts] == ["pregnancy_test", "prescription"]


def test_without_a_programme_it_exits_with_2_and_writes_nothing(run, tmp_path):
    file = tmp_path / "b.json"
    file.write_bytes(bundle(patient(), hcg()))
    done = run("from-fhir", file, "--out", tmp_path / "out")
    assert done.exit_code == 2
    assert "--programme" in done.stderr
    assert not (tmp_path / "out").exists()


def test_files_split_by_type_are_read_together_and_the_outcome_is_written(run, tmp_path):
    export = tmp_path / "export"
    export.mkdir()
    (export / "Patient.ndjson").write_text(json.dumps(patient()) + "\n" + json.dumps(patient(id="p2")) + "\n")
    (export / "Observation.ndjson").write_text(json.dumps(hcg(status="preliminary")) + "\n")
    done = run(
        "from-fhir",
        export,
        "--programme",
        "us_ipledge",
        "--out",
        tmp_path / "out",
        "--outcome",
        tmp_path / "o.json",
    )
    assert done.exit_code == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["p1.yaml", "p2.yaml"]
    outcome = json.loads((tmp_path / "o.json").read_text())
    assert [each["severity"] for each in outcome["issue"]] == ["warning"]


def test_nothing_is_written_over(run, tmp_path):
    file = tmp_path / "b.json"
    file.write_bytes(bundle(patient()))
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "p1.yaml").write_text("mine")
    assert run("from-fhir", file, "--programme", "us_ipledge", "--out", tmp_path / "out").exit_code == 2
    assert (tmp_path / "out" / "p1.yaml").read_text() == "mine"


def test_a_case_file_becomes_a_bundle_that_is_the_same_case(run, tmp_path):
    file = tmp_path / "p-1.yaml"
    file.write_text(write_case(CASE, "yaml"))
    done = run("to-fhir", file)
    assert done.exit_code == 0
    (tmp_path / "p-1.json").write_text(done.stdout)
    assert load_case(tmp_path / "p-1.json") == CASE


def test_an_unreadable_case_leaves_everything_unwritten(run, tmp_path):
    (tmp_path / "good.yaml").write_text(write_case(CASE, "yaml"))
    (tmp_path / "bad.yaml").write_text("case: 1\n")
    assert run("to-fhir", tmp_path, "--out", tmp_path / "out").exit_code == 2
    assert not (tmp_path / "out").exists()


def test_a_clinic_written_as_fhir_is_read_back_through_the_front_door(tmp_path):
    (path,) = write_clinic_as_fhir([CASE], tmp_path / "clinic")
    assert path.name == "p-1.json"
    assert load_case(path) == CASE
